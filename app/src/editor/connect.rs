//! Whether two ports can be connected, and in words why not.

use flow::address::{is_inside, join, name as name_of, place as owner_of};
use flow::definition::{
    ConditionalConnection, Connection, ConnectionConfiguration, ConnectionType, DataConnection, Node,
    NodeInput,
};
use flow::layout::Row;
use flow::name::free_connection_name;
use flow::node::Ports;
use flow::value::Type;

use super::document::{Document, Port};

/// Where the loose end of a wire is.
#[derive(Clone, Debug, PartialEq)]
pub enum Target {
    Port(Port),
    /// A node's card, away from its handles.
    Node(String),
}

impl Target {
    pub fn node(&self) -> &str {
        match self {
            Self::Port(port) => &port.node,
            Self::Node(node) => node,
        }
    }
}

/// A connection that can be made, by the addresses of its nodes.
#[derive(Clone, Debug, PartialEq)]
pub enum Link {
    Data { source: String, output: String, target: String, input: String },
    Gate { source: String, condition: String, target: String },
}

impl Link {
    /// For the announcement.
    pub fn label(&self) -> String {
        match self {
            Self::Data { source, output, target, input } => {
                format!("{} {output} to {} {input}", name_of(source), name_of(target))
            }
            Self::Gate { source, condition, target } => {
                format!("{} {condition} to {}", name_of(source), name_of(target))
            }
        }
    }
}

/// The connection from a port to a target, or a sentence that says why there is none. `except` names a connection
/// that is being moved, and so is not in the way.
///
/// # Errors
/// The reason, for a person.
pub fn link(document: &Document, from: &Port, to: &Target, except: Option<&str>) -> Result<Link, String> {
    match (&from.row, to) {
        (Row::Input(_), Target::Port(source)) if !matches!(source.row, Row::Input(_)) => {
            link(document, source, &Target::Port(from.clone()), except)
        }
        (Row::Input(input), Target::Node(node)) => from_node(document, node, from, input, except),
        (Row::Input(_), Target::Port(_)) => Err("Connect an input to an output.".to_owned()),
        (Row::Condition(condition), to) => gate(document, from, condition, to.node(), except),
        (Row::Output(output), Target::Port(Port { node, row: Row::Input(input) })) => {
            data(document, from, output, node, input, except)
        }
        (Row::Output(_), Target::Port(_)) => Err("Connect an output to an input.".to_owned()),
        (Row::Output(output), Target::Node(node)) => into_node(document, from, output, node, except),
    }
}

/// Makes the connection, and gives a free-typed input the type of what it receives. Returns its address.
pub fn connect(document: &mut Document, link: &Link) -> String {
    let (source, target) = match link {
        Link::Data { source, target, .. } | Link::Gate { source, target, .. } => (source, target),
    };
    let owner = owner_of(source);
    let (kind, configuration) = match link {
        Link::Data { output, input, .. } => {
            follow_type(document, source, output, target, input);
            let ports = DataConnection { source_output: output.clone(), target_input: input.clone() };
            (ConnectionType::Data, ConnectionConfiguration::Data(ports))
        }
        Link::Gate { condition, .. } => {
            let gate = ConditionalConnection { condition: condition.clone() };
            (ConnectionType::Conditional, ConnectionConfiguration::Conditional(gate))
        }
    };
    let Some(body) = document.definition.body_at_mut(owner) else { return String::new() };
    let (source, target) = (name_of(source), name_of(target));
    let name = free_connection_name(body, source, target);
    body.connections.push(Connection {
        name: name.clone(),
        kind,
        source: source.to_owned(),
        target: target.to_owned(),
        configuration: Some(configuration),
    });
    join(owner, &name)
}

/// Every port that a wire from here could end at, in the order of the nodes.
pub fn candidates(document: &Document, from: &Port) -> Vec<(Target, Link)> {
    let mut found = Vec::new();
    let Some((body, _)) = document.around(&from.node) else { return found };
    for node in &body.nodes {
        let address = join(owner_of(&from.node), &node.name);
        let targets: Vec<Target> = match from.row {
            Row::Condition(_) => vec![Target::Node(address)],
            _ => flow::layout::rows(node)
                .into_iter()
                .map(|row| Target::Port(Port::new(&address, row)))
                .collect(),
        };
        for target in targets {
            if let Ok(link) = link(document, from, &target, None) {
                found.push((target, link));
            }
        }
    }
    found
}

fn gate(
    document: &Document,
    from: &Port,
    condition: &str,
    target: &str,
    except: Option<&str>,
) -> Result<Link, String> {
    can_meet(document, &from.node, target)?;
    let node = document.node(target).ok_or("There is no such node.")?;
    if node.kind.starts() {
        return Err("A run begins here. Nothing can lead to it.".to_owned());
    }
    let (body, source) = document.around(&from.node).ok_or("There is no such node.")?;
    let taken = body.connections.iter().any(|connection| {
        Some(connection.name.as_str()) != except.map(name_of)
            && connection.source == source
            && connection.target == name_of(target)
            && connection.condition() == Some(condition)
    });
    if taken {
        return Err(format!("{condition} already leads to {}.", name_of(target)));
    }
    Ok(Link::Gate { source: from.node.clone(), condition: condition.to_owned(), target: target.to_owned() })
}

fn data(
    document: &Document,
    from: &Port,
    output: &str,
    target: &str,
    input: &str,
    except: Option<&str>,
) -> Result<Link, String> {
    can_meet(document, &from.node, target)?;
    let port = document.node(target).and_then(|node| node.input(input));
    let (Some(port), Some(node)) = (port, document.node(target)) else {
        return Err(format!("{} has no input {input}.", name_of(target)));
    };
    if let Some(taken) = document.into_input(target, input)
        && Some(taken.name.as_str()) != except.map(name_of)
    {
        if document.extensions.join(target, input).is_none() {
            let source = &taken.source;
            return Err(format!("{input} is already connected to {source}. Drop it to join them."));
        }
        let again = |connection: &&Connection| {
            connection.source == name_of(&from.node)
                && connection.data().is_some_and(|data| data.source_output == output)
        };
        if document.all_into(target, input).any(|connection| again(&connection)) {
            return Err(format!("{} {output} already leads to {input}.", name_of(&from.node)));
        }
    }
    let kind = document.node(&from.node).and_then(|node| node.output(output)).map(|port| port.kind);
    if let Some(kind) = kind
        && !fits(kind, node, port)
    {
        return Err(format!("{output} is {}, {input} takes {}.", a(kind), a(port.kind)));
    }
    Ok(Link::Data {
        source: from.node.clone(),
        output: output.to_owned(),
        target: target.to_owned(),
        input: input.to_owned(),
    })
}

/// From an output to a node's card: to the first of its inputs that takes it.
fn into_node(
    document: &Document,
    from: &Port,
    output: &str,
    target: &str,
    except: Option<&str>,
) -> Result<Link, String> {
    can_meet(document, &from.node, target)?;
    let node = document.node(target).ok_or("There is no such node.")?;
    if node.kind.starts() {
        return Err("A run begins here. Nothing can lead to it.".to_owned());
    }
    first_of(
        node.inputs.iter().map(|port| data(document, from, output, target, &port.name, except)),
        format!("{} has no inputs.", name_of(target)),
    )
}

/// From an input back to a node's card: from the first of its outputs that fits.
fn from_node(
    document: &Document,
    source: &str,
    to: &Port,
    input: &str,
    except: Option<&str>,
) -> Result<Link, String> {
    can_meet(document, source, &to.node)?;
    let node = document.node(source).ok_or("There is no such node.")?;
    first_of(
        node.outputs.iter().map(|port| {
            let from = Port::new(source, Row::Output(port.name.clone()));
            data(document, &from, &port.name, &to.node, input, except)
        }),
        format!("{} has no outputs.", name_of(source)),
    )
}

/// The first that can be, else the first reason why not, else the given one.
fn first_of(mut links: impl Iterator<Item = Result<Link, String>>, without: String) -> Result<Link, String> {
    let first = match links.next() {
        Some(Ok(link)) => return Ok(link),
        Some(Err(reason)) => reason,
        None => without,
    };
    links.find_map(Result::ok).ok_or(first)
}

/// Whether two nodes can be connected at all.
fn can_meet(document: &Document, source: &str, target: &str) -> Result<(), String> {
    if source == target {
        return Err("A node cannot be connected to itself.".to_owned());
    }
    same_body(source, target)?;
    if document.leads(target, source) {
        return Err(format!(
            "This would go round in a circle: {0} already comes after {1}.",
            name_of(source),
            name_of(target)
        ));
    }
    Ok(())
}

/// A connection stays inside a loop or outside: values come and go by the loop's own ports.
fn same_body(source: &str, target: &str) -> Result<(), String> {
    let (from, to) = (owner_of(source), owner_of(target));
    if from == to {
        return Ok(());
    }
    if !to.is_empty() && (from.is_empty() || !is_inside(source, to)) {
        let (target, owner) = (name_of(target), name_of(to));
        return Err(format!("{target} is inside the loop {owner}. Connect {owner} itself."));
    }
    let (source, owner) = (name_of(source), name_of(from));
    Err(format!(
        "{source} is inside the loop {owner}. Lead it to the loop's controller, and connect {owner} itself."
    ))
}

/// A part may be selected out of an Object or an Array, and an expression may already do so.
fn fits(source: Type, node: &Node, port: &NodeInput) -> bool {
    source == port.kind
        || is_free(node, &port.name)
        || port.expression != "$.data"
        || matches!(source, Type::Object | Type::Array)
}

/// Whether any type may be declared for this input.
fn is_free(node: &Node, input: &str) -> bool {
    match node.kind.describe().inputs {
        Ports::Free | Ports::Variables => true,
        Ports::Fixed(ports) => ports.iter().any(|port| port.name == input && port.kind.is_none()),
    }
}

pub(super) fn follow_type(document: &mut Document, source: &str, output: &str, target: &str, input: &str) {
    let Some(kind) = document.node(source).and_then(|node| node.output(output)).map(|port| port.kind) else {
        return;
    };
    let join = document.extensions.join(target, input);
    // The first of several says of what type they are.
    if join.is_some_and(|join| !join.gathers()) && document.into_input(target, input).is_some() {
        return;
    }
    take_type(document, target, input, join.map_or(kind, |join| join.gives(kind)));
}

/// Declares an input to be of a type, where it may have any and takes the whole value.
pub(super) fn take_type(document: &mut Document, target: &str, input: &str, kind: Type) {
    let Some(node) = document.node_mut(target) else { return };
    if !is_free(node, input) {
        return;
    }
    if let Some(port) = node.inputs.iter_mut().find(|port| port.name == input && port.expression == "$.data")
    {
        port.kind = kind;
        super::repeat::follow(document, target);
    }
}

fn a(kind: Type) -> String {
    match kind {
        Type::Object | Type::Array => format!("an {kind}"),
        _ => format!("a {kind}"),
    }
}

#[cfg(test)]
mod tests {
    use flow::definition::NodeType;
    use flow::extensions::Position;

    use super::*;
    use crate::editor::change;

    fn document() -> Document {
        let mut document = Document::default();
        for kind in [NodeType::Input, NodeType::Prompt, NodeType::Condition, NodeType::Output] {
            change::add(&mut document, kind, Position::default(), "m").unwrap();
        }
        document
    }

    fn output(node: &str, name: &str) -> Port {
        Port::new(node, Row::Output(name.to_owned()))
    }

    fn input(node: &str, name: &str) -> Target {
        Target::Port(Port::new(node, Row::Input(name.to_owned())))
    }

    #[test]
    fn says_why_a_connection_is_impossible() {
        let mut document = document();
        let start = output("FlowInputNode", "document");
        let made = link(&document, &start, &input("Prompt_1", "input"), None).unwrap();
        let name = connect(&mut document, &made);
        assert_eq!(name, "FlowInputNodeToPrompt1");
        let completion = output("Prompt_1", "modelCompletion");
        for (from, to, words) in [
            (&start, input("Prompt_1", "input"), "already connected"),
            (&completion, input("Prompt_1", "input"), "itself"),
            (&start, Target::Port(completion.clone()), "output to an input"),
            (&completion, Target::Node("FlowInputNode".into()), "circle"),
        ] {
            let reason = link(&document, from, &to, None).unwrap_err();
            assert!(reason.contains(words), "{reason}");
        }
        assert!(link(&document, &start, &input("Prompt_1", "input"), Some(&name)).is_ok());
    }

    #[test]
    fn a_gate_enters_at_the_node_and_a_drop_on_a_card_finds_the_port() {
        let document = document();
        let branch = Port::new("Condition_1", Row::Condition("default".into()));
        for to in [Target::Node("FlowOutputNode".into()), input("FlowOutputNode", "document")] {
            assert!(matches!(link(&document, &branch, &to, None), Ok(Link::Gate { .. })));
        }
        assert!(link(&document, &branch, &Target::Node("FlowInputNode".into()), None).is_err());
        let start = output("FlowInputNode", "document");
        let found = link(&document, &start, &Target::Node("Condition_1".into()), None).unwrap();
        assert!(matches!(found, Link::Data { input, .. } if input == "value"));
        let backwards = Port::new("Condition_1", Row::Input("value".into()));
        let found = link(&document, &backwards, &Target::Node("FlowInputNode".into()), None).unwrap();
        assert!(matches!(found, Link::Data { source, .. } if source == "FlowInputNode"));
    }

    #[test]
    fn a_wire_does_not_cross_a_loops_frame() {
        let mut document = document();
        change::add(&mut document, NodeType::Loop, Position::default(), "m").unwrap();
        change::add_in(&mut document, "Loop_1", NodeType::Loop, Position::default(), "m").unwrap();
        let start = output("FlowInputNode", "document");
        let begin = output("Loop_1/LoopInput_1", "loopInput");
        for (from, to, words) in [
            (
                &start,
                Target::Node("Loop_1/LoopController_1".into()),
                "inside the loop Loop_1. Connect Loop_1 itself.",
            ),
            (&start, Target::Node("Loop_1/Loop_2/LoopController_2".into()), "Connect Loop_2 itself."),
            (&begin, Target::Node("FlowOutputNode".into()), "Lead it to the loop's controller"),
            (&begin, Target::Node("Loop_1/Loop_2/LoopController_2".into()), "Connect Loop_2 itself."),
        ] {
            let reason = link(&document, from, &to, None).unwrap_err();
            assert!(reason.contains(words), "{reason}");
        }
        let taken = document.into_input("Loop_1/Loop_2", "loopInput").unwrap();
        let address = format!("Loop_1/{}", taken.name);
        change::remove(&mut document, &[], std::slice::from_ref(&address));
        let made = link(&document, &begin, &Target::Node("Loop_1/Loop_2".into()), None).unwrap();
        assert_eq!(connect(&mut document, &made), "Loop_1/LoopInput1ToLoop2");
        assert!(document.connection("Loop_1/LoopInput1ToLoop2").is_some());
        assert!(candidates(&document, &begin).iter().all(|(target, _)| target.node().starts_with("Loop_1/")));
    }

    #[test]
    fn a_free_input_takes_the_type_of_its_source() {
        let mut document = document();
        document.node_mut("FlowInputNode").unwrap().outputs[0].kind = Type::Number;
        let start = output("FlowInputNode", "document");
        let made = link(&document, &start, &input("Condition_1", "value"), None).unwrap();
        connect(&mut document, &made);
        let node = document.node("Condition_1").unwrap();
        assert_eq!(node.input("value").unwrap().kind, Type::Number);
    }
}
