//! A plan: a checked, indexed, pre-parsed flow. Immutable, and shared by every run of a version.
//!
//! Always holds: a plan comes from a flow without errors, so a run never meets an unknown name, a circle or an
//! expression that cannot be read.

use std::collections::{BTreeMap, HashMap};

use crate::check::{Report, check};
use crate::condition::Condition;
use crate::definition::{Definition, InlinePrompt, Node, NodeType};
use crate::expression::Expression;
use crate::extensions::{Answer, Extensions};
use crate::value::Type;

/// A flow that is ready to run.
#[derive(Clone, Debug)]
pub struct Plan {
    pub(crate) nodes: Vec<PlannedNode>,
    pub(crate) input: usize,
}

#[derive(Clone, Debug)]
pub(crate) struct PlannedNode {
    pub name: String,
    pub kind: PlannedKind,
    pub inputs: Vec<PlannedInput>,
    /// For each Condition node that gates this one, the branches of which any opens it.
    pub gates: BTreeMap<usize, Vec<usize>>,
    /// Nodes to look at again when this one ends.
    pub dependents: Vec<usize>,
    pub outputs: Vec<(String, Type)>,
}

#[derive(Clone, Debug)]
pub(crate) enum PlannedKind {
    Input,
    Output,
    Condition { branches: Vec<(String, Option<Condition>)> },
    Prompt { prompt: Box<InlinePrompt>, answer: Option<Answer> },
}

#[derive(Clone, Debug)]
pub(crate) struct PlannedInput {
    pub name: String,
    pub kind: Type,
    pub expression: Expression,
    pub text: String,
    /// The node and output it is fed from; none for an optional input that is not connected.
    pub source: Option<(usize, String)>,
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
        let index: HashMap<&str, usize> =
            definition.nodes.iter().enumerate().map(|(at, node)| (node.name.as_str(), at)).collect();
        let mut nodes = Vec::with_capacity(definition.nodes.len());
        for node in &definition.nodes {
            // `check` has said all there is to say; what it let through and we cannot plan is our mistake.
            let Some(kind) = kind(node, extensions) else { return Err(report) };
            nodes.push(PlannedNode {
                name: node.name.clone(),
                kind,
                inputs: inputs(definition, node, &index),
                gates: gates(definition, node, &index),
                dependents: dependents(definition, node, &index),
                outputs: node.outputs.iter().map(|output| (output.name.clone(), output.kind)).collect(),
            });
        }
        let Some(input) = definition.nodes.iter().position(|node| node.kind == NodeType::Input) else {
            return Err(report);
        };
        Ok(Self { nodes, input })
    }

    /// The name of the Input node.
    pub fn input_name(&self) -> &str {
        &self.nodes[self.input].name
    }

    /// The type that the flow's input must have.
    pub fn input_type(&self) -> Type {
        self.nodes[self.input].outputs.first().map_or(Type::String, |(_, kind)| *kind)
    }

    /// The model ids that a run may call.
    pub fn models(&self) -> impl Iterator<Item = &str> {
        self.nodes.iter().filter_map(|node| match &node.kind {
            PlannedKind::Prompt { prompt, .. } => Some(prompt.model_id.as_str()),
            _ => None,
        })
    }
}

fn kind(node: &Node, extensions: &Extensions) -> Option<PlannedKind> {
    match node.kind {
        NodeType::Input => Some(PlannedKind::Input),
        NodeType::Output => Some(PlannedKind::Output),
        NodeType::Condition => {
            let branch = |name: &str, text: Option<&str>| match text {
                None => Some((name.to_owned(), None)),
                Some(text) => Some((name.to_owned(), Some(Condition::parse(text).ok()?))),
            };
            let branches: Option<Vec<_>> =
                node.conditions().iter().map(|c| branch(&c.name, c.expression.as_deref())).collect();
            Some(PlannedKind::Condition { branches: branches? })
        }
        NodeType::Prompt => Some(PlannedKind::Prompt {
            prompt: Box::new(node.inline_prompt()?.clone()),
            answer: extensions.nodes.get(&node.name).and_then(|extension| extension.answer.clone()),
        }),
        _ => None,
    }
}

fn inputs(definition: &Definition, node: &Node, index: &HashMap<&str, usize>) -> Vec<PlannedInput> {
    node.inputs
        .iter()
        .filter_map(|input| {
            let source = definition
                .connections
                .iter()
                .filter(|c| c.target == node.name)
                .filter_map(|c| Some((c, c.data()?)))
                .find(|(_, data)| data.target_input == input.name)
                .and_then(|(c, data)| Some((*index.get(c.source.as_str())?, data.source_output.clone())));
            Some(PlannedInput {
                name: input.name.clone(),
                kind: input.kind,
                expression: Expression::parse(&input.expression).ok()?,
                text: input.expression.clone(),
                source,
            })
        })
        .collect()
}

fn gates(definition: &Definition, node: &Node, index: &HashMap<&str, usize>) -> BTreeMap<usize, Vec<usize>> {
    let mut gates: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for connection in definition.connections.iter().filter(|c| c.target == node.name) {
        let (Some(condition), Some(&source)) =
            (connection.condition(), index.get(connection.source.as_str()))
        else {
            continue;
        };
        let branch = definition.nodes[source].conditions().iter().position(|c| c.name == condition);
        gates.entry(source).or_default().extend(branch);
    }
    gates
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
