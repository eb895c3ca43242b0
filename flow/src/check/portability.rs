//! What runs here and AWS would refuse, or would do otherwise, and why.
//!
//! Always holds: a note keeps nothing from running. One of the severity Error is what AWS refuses by its published
//! quotas, its API's model or its list of findings, and has the type that AWS gives it; the rest are warnings.

use super::joins::fed;
use super::{Field, Problem, ProblemType};
use crate::definition::{Configuration, Definition, InferenceConfiguration, Node, NodeType};
use crate::expression::Expression;
use crate::extensions::{Extensions, LoopPolarity};
use crate::name;

/// AWS's quotas of a definition.
const NODES: usize = 40;
const CONNECTIONS: usize = 20;
const CONDITIONS: usize = 5;
const INPUTS: usize = 20;
const OUTPUTS: usize = 5;
const CODE_INPUTS: usize = 5;
const CODE: usize = 5_000_000;
const EXPRESSION: usize = 64;

/// How many nodes of a kind AWS allows in a definition.
fn quota(kind: NodeType) -> Option<usize> {
    match kind {
        NodeType::Input | NodeType::Iterator | NodeType::Collector => Some(1),
        NodeType::Condition | NodeType::InlineCode | NodeType::Lex => Some(5),
        NodeType::Storage | NodeType::Retrieval => Some(10),
        NodeType::Output
        | NodeType::Prompt
        | NodeType::Agent
        | NodeType::KnowledgeBase
        | NodeType::LambdaFunction => Some(20),
        NodeType::Loop | NodeType::LoopInput | NodeType::LoopController => None,
    }
}

pub(super) fn check(definition: &Definition, extensions: &Extensions, place: &str, notes: &mut Vec<Problem>) {
    quotas(definition, notes);
    for node in &definition.nodes {
        let from = notes.len();
        ports(node, notes);
        configuration(node, notes);
        beyond(definition, node, extensions, place, notes);
        if !place.is_empty() {
            inside_a_loop(node, notes);
        }
        for note in &mut notes[from..] {
            note.node.get_or_insert_with(|| node.name.clone());
        }
    }
}

fn refused(message: impl Into<String>) -> Problem {
    Problem::error(ProblemType::Unspecified, message)
}

fn quotas(definition: &Definition, notes: &mut Vec<Problem>) {
    let mut more = |count: usize, most: usize, what: &str| {
        if count > most {
            notes.push(refused(format!("AWS allows {most} {what} in a flow, and this one has {count}.")));
        }
    };
    more(definition.nodes.len(), NODES, "nodes");
    more(definition.connections.len(), CONNECTIONS, "connections");
    // A second Input is an error here too.
    for kind in NodeType::ALL.into_iter().filter(|kind| *kind != NodeType::Input) {
        let count = definition.nodes.iter().filter(|node| node.kind == kind).count();
        if let Some(most) = quota(kind) {
            let label = kind.describe().label;
            more(count, most, &format!("{label} node{}", if most == 1 { "" } else { "s" }));
        }
    }
}

fn ports(node: &Node, notes: &mut Vec<Problem>) {
    for (count, most, what) in
        [(node.inputs.len(), INPUTS, "inputs"), (node.outputs.len(), OUTPUTS, "outputs")]
    {
        if count > most {
            notes.push(refused(format!("AWS allows {most} {what} at a node, and this one has {count}.")));
        }
    }
    for input in &node.inputs {
        let field = Field::Input(input.name.clone());
        if input.expression.chars().count() > EXPRESSION {
            let message = format!("AWS allows {EXPRESSION} characters in an expression.");
            notes.push(refused(message).in_field(field.clone()));
        }
        if Expression::parse(&input.expression).is_ok_and(|expression| expression.quotes()) {
            let message = "AWS does not document names in quotes in an expression.";
            notes.push(Problem::warning(ProblemType::Unspecified, message).in_field(field));
        }
    }
    for condition in node.conditions() {
        if condition.expression.as_deref().is_some_and(|text| text.chars().count() > EXPRESSION) {
            let message = format!("AWS allows {EXPRESSION} characters in a condition.");
            notes.push(refused(message).in_field(Field::Condition(condition.name.clone())));
        }
    }
    if let Some(name) = port_names(node).find(|name| !name::is_node_name(name)) {
        notes.push(refused(format!(
            "AWS does not take {name} as a name: two letters or digits at least, single _ between."
        )));
    }
}

/// The names of a node's ports and conditions.
fn port_names(node: &Node) -> impl Iterator<Item = &str> {
    let inputs = node.inputs.iter().map(|input| input.name.as_str());
    let outputs = node.outputs.iter().map(|output| output.name.as_str());
    inputs.chain(outputs).chain(node.conditions().iter().map(|condition| condition.name.as_str()))
}

fn configuration(node: &Node, notes: &mut Vec<Problem>) {
    if node.conditions().len() > CONDITIONS {
        let message = format!("AWS allows {CONDITIONS} conditions in a node, default among them.");
        notes.push(refused(message).in_field(Field::Configuration));
    }
    if let Some(Configuration::InlineCode(code)) = &node.configuration {
        if node.inputs.len() > CODE_INPUTS {
            let message = format!("AWS allows {CODE_INPUTS} inputs at a Code node.");
            notes.push(refused(message));
        }
        if code.code.chars().count() > CODE {
            notes.push(refused(format!("AWS allows {CODE} characters of code.")).in_field(Field::Code));
        }
    }
    let Some(prompt) = node.inline_prompt() else { return };
    if prompt.model_id.contains('/') && !prompt.model_id.starts_with("arn:") {
        let message = "The model is a connection of yours, which AWS does not know.";
        notes.push(Problem::warning(ProblemType::Unspecified, message).in_field(Field::Model));
    }
    if let Some(InferenceConfiguration::Text(settings)) = &prompt.inference_configuration
        && settings.temperature.as_ref().and_then(serde_json::Number::as_f64).is_some_and(|t| t > 1.0)
    {
        notes.push(refused("AWS takes a temperature from 0 to 1.").in_field(Field::Configuration));
    }
}

/// What our extensions say of a node, for which AWS has no field.
fn beyond(
    definition: &Definition,
    node: &Node,
    extensions: &Extensions,
    place: &str,
    notes: &mut Vec<Problem>,
) {
    let mut note = |kind: ProblemType, message: String, field: Field| {
        notes.push(Problem::warning(kind, message).in_field(field));
    };
    if node.kind == NodeType::LoopController && extensions.loop_polarity != LoopPolarity::default() {
        let message = "AWS has no switch for how continueCondition is read.".to_owned();
        note(ProblemType::Unspecified, message, Field::Configuration);
    }
    let Some(extension) = extensions.nodes.get(&format!("{place}{}", node.name)) else { return };
    if extensions.is_disabled(&format!("{place}{}", node.name), node.kind) {
        let message = "It is disabled here, and AWS would run it.".to_owned();
        note(ProblemType::Unspecified, message, Field::Configuration);
    }
    if extension.answer.is_some() && node.kind == NodeType::Prompt {
        let message = "AWS does not hold the answer to one of a list.".to_owned();
        note(ProblemType::Unspecified, message, Field::Answer);
    }
    if extension.parallel.is_some_and(|parallel| parallel > 1) && node.kind == NodeType::Iterator {
        let message = "AWS goes through items one after the other.".to_owned();
        note(ProblemType::Unspecified, message, Field::Configuration);
    }
    if extension.time_limit.is_some() && node.kind == NodeType::InlineCode {
        let message = "AWS lets nobody say how long code may take.".to_owned();
        note(ProblemType::Unspecified, message, Field::TimeLimit);
    }
    for (input, join) in extension.joins.iter().filter(|(input, _)| node.input(input).is_some()) {
        let (count, field) = (fed(definition, &node.name, input), Field::Input(input.clone()));
        if count > 1 {
            let message = format!("AWS takes one connection at an input, and {count} end at {input}.");
            notes.push(Problem::error(ProblemType::MultipleNodeInputConnections, message).in_field(field));
        } else if join.gathers() && count == 1 {
            let message = format!("AWS does not make an Array of what comes to {input}.");
            notes.push(Problem::error(ProblemType::IncompatibleConnectionDataType, message).in_field(field));
        }
    }
}

fn inside_a_loop(node: &Node, notes: &mut Vec<Problem>) {
    match node.kind {
        NodeType::Condition => notes.push(Problem::error(
            ProblemType::LoopIncompatibleNodeType,
            "AWS allows no Condition inside a loop.",
        )),
        NodeType::Loop => notes.push(Problem::warning(
            ProblemType::LoopIncompatibleNodeType,
            "AWS does not document a loop inside a loop.",
        )),
        _ => {}
    }
}
