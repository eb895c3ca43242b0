//! A plan: a checked, indexed, pre-parsed flow. Immutable, and shared by every run of a version.
//!
//! Nodes run in **regions**: the flow's own nodes, what lies between an Iterator and its Collector, and the body of a
//! Loop. A run makes one frame of the first, and of the others one an item or iteration.
//!
//! Always holds: a plan comes from a flow without errors, so a run never meets an unknown name, a circle or an
//! expression that cannot be read.

use std::collections::{BTreeMap, HashMap};

use crate::check::{Report, check};
use crate::condition::Condition;
use crate::definition::{
    Configuration, Definition, InlinePrompt, InputCategory, KnowledgeBaseConfiguration, LexConfiguration,
    LoopControllerConfiguration, Node, NodeType, ObjectConfiguration, ObjectService,
};
use crate::expression::Expression;
use crate::extensions::{Answer, Extensions, LoopPolarity, NodeExtension};
use crate::iteration::{self, ITEM};
use crate::join::Join;
use crate::node::{code, prompt};
use crate::value::Type;

/// How often a loop goes round where it does not say.
pub const USUAL_ITERATIONS: usize = 10;
/// The most that AWS allows, and we too.
pub const MOST_ITERATIONS: usize = 1000;

/// A flow that is ready to run.
#[derive(Clone, Debug)]
pub struct Plan {
    pub(crate) nodes: Vec<PlannedNode>,
    /// The first is the flow itself.
    pub(crate) regions: Vec<Region>,
    pub(crate) input: usize,
}

/// Nodes that run together, once a frame.
#[derive(Clone, Debug, Default)]
pub(crate) struct Region {
    /// The Iterator or Loop that makes its frames; none for the flow itself.
    pub owner: Option<usize>,
    pub nodes: Vec<usize>,
}

#[derive(Clone, Debug)]
pub(crate) struct PlannedNode {
    pub name: String,
    pub kind: PlannedKind,
    /// The region that it runs in, and its place there.
    pub region: usize,
    pub slot: usize,
    pub inputs: Vec<PlannedInput>,
    /// For each Condition node that gates this one, the branches of which any opens it.
    pub gates: BTreeMap<usize, Vec<usize>>,
    /// Nodes to look at again when this one ends.
    pub dependents: Vec<usize>,
    pub outputs: Vec<(String, Type)>,
    /// It is skipped where it would begin.
    pub disabled: bool,
}

#[derive(Clone, Debug)]
pub(crate) enum PlannedKind {
    Input,
    Output,
    Condition { branches: Vec<(String, Option<Condition>)> },
    Prompt { prompt: Box<InlinePrompt>, answer: Option<Answer> },
    Function { arn: String },
    Code { code: String, limit: u16 },
    Agent { alias_arn: String },
    KnowledgeBase(Box<KnowledgeBaseConfiguration>),
    Lex(LexConfiguration),
    Storage { bucket: String },
    Retrieval { bucket: String },
    Iterator { region: usize, parallel: usize },
    Collector { iterator: usize },
    Loop { region: usize, input: usize, controller: usize },
    LoopInput,
    LoopController(Box<Controller>),
}

/// When a loop goes on.
#[derive(Clone, Debug)]
pub(crate) struct Controller {
    pub name: String,
    pub condition: Condition,
    pub polarity: LoopPolarity,
    pub most: usize,
}

#[derive(Clone, Debug)]
pub(crate) struct PlannedInput {
    pub name: String,
    pub kind: Type,
    pub category: Option<InputCategory>,
    pub expression: Expression,
    pub text: String,
    /// The nodes and outputs it is fed from, in the order of the connections; none for an optional input that is not
    /// connected.
    pub sources: Vec<(usize, String)>,
    /// What is made of them where there may be several.
    pub join: Option<Join>,
}

impl Plan {
    /// Plans a flow.
    ///
    /// # Errors
    /// The report, where it has errors.
    pub fn new(definition: &Definition, extensions: &Extensions) -> Result<Self, Report> {
        let report = check(definition, extensions);
        if !report.can_run() {
            return Err(report);
        }
        // `check` has said all there is to say; what it let through and we cannot plan is our mistake.
        plan(definition, extensions).ok_or(report)
    }

    /// The name of the Input node.
    pub fn input_name(&self) -> &str {
        &self.nodes[self.input].name
    }

    /// The type that the flow's input must have.
    pub fn input_type(&self) -> Type {
        self.nodes[self.input].outputs.first().map_or(Type::String, |(_, kind)| *kind)
    }
}

fn plan(definition: &Definition, extensions: &Extensions) -> Option<Plan> {
    let mut planner = Planner { extensions, nodes: Vec::new(), regions: vec![Region::default()] };
    let first = planner.scope(definition, "", 0)?;
    let input = definition.nodes.iter().position(|node| node.kind == NodeType::Input)?;
    Some(Plan {
        nodes: planner.nodes.into_iter().collect::<Option<_>>()?,
        regions: planner.regions,
        input: first + input,
    })
}

struct Planner<'a> {
    extensions: &'a Extensions,
    /// None where a node's place is taken and it is not planned yet.
    nodes: Vec<Option<PlannedNode>>,
    regions: Vec<Region>,
}

impl Planner<'_> {
    /// Plans the nodes of a definition that runs in a region; answers the place of the first.
    fn scope(&mut self, definition: &Definition, place: &str, region: usize) -> Option<usize> {
        let first = self.nodes.len();
        self.nodes.resize_with(first + definition.nodes.len(), || None);
        let (paths, faults) = iteration::paths(definition);
        if !faults.is_empty() {
            return None;
        }
        let mut bodies: HashMap<usize, usize> = HashMap::new();
        for (at, node) in definition.nodes.iter().enumerate() {
            if matches!(node.kind, NodeType::Iterator | NodeType::Loop) {
                bodies.insert(at, self.regions.len());
                self.regions.push(Region { owner: Some(first + at), nodes: Vec::new() });
            }
        }
        let index: HashMap<&str, usize> =
            definition.nodes.iter().enumerate().map(|(at, node)| (node.name.as_str(), first + at)).collect();
        for (at, node) in definition.nodes.iter().enumerate() {
            let own = match paths[at].last() {
                Some(iterator) => *bodies.get(iterator)?,
                None => region,
            };
            let key = format!("{place}{}", node.name);
            let kind = self.kind(definition, node, &key, bodies.get(&at).copied(), &index)?;
            let slot = self.regions[own].nodes.len();
            self.regions[own].nodes.push(first + at);
            self.nodes[first + at] = Some(PlannedNode {
                name: node.name.clone(),
                kind,
                region: own,
                slot,
                inputs: inputs(definition, node, self.extensions.nodes.get(&key), &index)?,
                gates: gates(definition, node, &index)?,
                dependents: dependents(definition, node, &index),
                outputs: node.outputs.iter().map(|output| (output.name.clone(), output.kind)).collect(),
                disabled: self.extensions.is_disabled(&key, node.kind),
            });
        }
        Some(first)
    }

    fn kind(
        &mut self,
        definition: &Definition,
        node: &Node,
        key: &str,
        body: Option<usize>,
        index: &HashMap<&str, usize>,
    ) -> Option<PlannedKind> {
        let extension = self.extensions.nodes.get(key);
        Some(match (&node.configuration, node.kind) {
            (_, NodeType::Input) => PlannedKind::Input,
            (_, NodeType::Output) => PlannedKind::Output,
            (_, NodeType::LoopInput) => PlannedKind::LoopInput,
            (_, NodeType::Condition) => {
                let branch = |name: &str, text: Option<&str>| match text {
                    None => Some((name.to_owned(), None)),
                    Some(text) => Some((name.to_owned(), Some(Condition::parse(text).ok()?))),
                };
                let branches: Option<Vec<_>> =
                    node.conditions().iter().map(|c| branch(&c.name, c.expression.as_deref())).collect();
                PlannedKind::Condition { branches: branches? }
            }
            (_, NodeType::Prompt) => PlannedKind::Prompt {
                prompt: Box::new(prompt::of(node, self.extensions)?.clone()),
                answer: extension.and_then(|extension| extension.answer.clone()),
            },
            (_, NodeType::Iterator) => PlannedKind::Iterator {
                region: body?,
                parallel: extension.and_then(|extension| extension.parallel).map_or(1, usize::from),
            },
            (_, NodeType::Collector) => {
                let iterator = definition.connections.iter().find(|c| {
                    c.target == node.name && c.data().is_some_and(|d| d.target_input == iteration::SIZE)
                });
                PlannedKind::Collector { iterator: *index.get(iterator?.source.as_str())? }
            }
            (Some(Configuration::LambdaFunction(function)), _) => {
                PlannedKind::Function { arn: function.lambda_arn.clone() }
            }
            (Some(Configuration::InlineCode(code)), _) => PlannedKind::Code {
                code: code.code.clone(),
                limit: extension.and_then(|extension| extension.time_limit).unwrap_or(code::USUAL_LIMIT),
            },
            (Some(Configuration::Agent(agent)), _) => {
                PlannedKind::Agent { alias_arn: agent.agent_alias_arn.clone() }
            }
            (Some(Configuration::KnowledgeBase(base)), _) => PlannedKind::KnowledgeBase(base.clone()),
            (Some(Configuration::Lex(lex)), _) => PlannedKind::Lex(lex.clone()),
            (Some(Configuration::Storage(object)), _) => PlannedKind::Storage { bucket: bucket(object) },
            (Some(Configuration::Retrieval(object)), _) => PlannedKind::Retrieval { bucket: bucket(object) },
            (Some(Configuration::Loop(inner)), _) => {
                let region = body?;
                let first = self.scope(&inner.definition, &format!("{key}/"), region)?;
                let find = |kind| inner.definition.nodes.iter().position(|node| node.kind == kind);
                PlannedKind::Loop {
                    region,
                    input: first + find(NodeType::LoopInput)?,
                    controller: first + find(NodeType::LoopController)?,
                }
            }
            (Some(Configuration::LoopController(controller)), _) => {
                PlannedKind::LoopController(Box::new(self.controller(controller)?))
            }
            _ => return None,
        })
    }

    fn controller(&self, controller: &LoopControllerConfiguration) -> Option<Controller> {
        let condition = &controller.continue_condition;
        let most = match &controller.max_iterations {
            None => USUAL_ITERATIONS,
            Some(number) => iterations(number)?,
        };
        Some(Controller {
            name: condition.name.clone(),
            condition: Condition::parse(condition.expression.as_deref()?).ok()?,
            polarity: self.extensions.loop_polarity,
            most,
        })
    }
}

fn bucket(object: &ObjectConfiguration) -> String {
    let ObjectService::S3(bucket) = &object.service_configuration;
    bucket.bucket_name.clone()
}

/// How often a loop may go round, where this number says so: 1 to 1000.
pub(crate) fn iterations(number: &serde_json::Number) -> Option<usize> {
    let most = prompt::tokens(number)?;
    usize::try_from(most).ok().filter(|most| *most <= MOST_ITERATIONS)
}

fn inputs(
    definition: &Definition,
    node: &Node,
    extension: Option<&NodeExtension>,
    index: &HashMap<&str, usize>,
) -> Option<Vec<PlannedInput>> {
    let planned = |input: &crate::definition::NodeInput| {
        let sources = definition
            .connections
            .iter()
            .filter(|c| c.target == node.name)
            .filter_map(|c| Some((c, c.data()?)))
            .filter(|(_, data)| data.target_input == input.name)
            .filter_map(|(c, data)| Some((*index.get(c.source.as_str())?, data.source_output.clone())))
            .collect();
        Some(PlannedInput {
            name: input.name.clone(),
            kind: input.kind,
            category: input.category,
            expression: Expression::parse(&input.expression).ok()?,
            text: input.expression.clone(),
            sources,
            join: extension.and_then(|extension| extension.joins.get(&input.name)).copied(),
        })
    };
    node.inputs.iter().map(planned).collect()
}

fn gates(
    definition: &Definition,
    node: &Node,
    index: &HashMap<&str, usize>,
) -> Option<BTreeMap<usize, Vec<usize>>> {
    let mut gates: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for connection in definition.connections.iter().filter(|c| c.target == node.name) {
        let Some(condition) = connection.condition() else { continue };
        let source = definition.node(&connection.source)?;
        let branch = source.conditions().iter().position(|c| c.name == condition)?;
        gates.entry(*index.get(connection.source.as_str())?).or_default().push(branch);
    }
    Some(gates)
}

fn dependents(definition: &Definition, node: &Node, index: &HashMap<&str, usize>) -> Vec<usize> {
    let mut targets: Vec<usize> = definition
        .connections
        .iter()
        .filter(|c| c.source == node.name)
        .filter_map(|c| index.get(c.target.as_str()).copied())
        .collect();
    targets.sort_unstable();
    targets.dedup();
    targets
}

/// The input of a Collector that the items come to.
pub(crate) fn is_item(input: &PlannedInput) -> bool {
    input.name == ITEM
}
