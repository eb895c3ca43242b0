//! Whether two ports can be connected, and in words why not.

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

/// A connection that can be made.
#[derive(Clone, Debug, PartialEq)]
pub enum Link {
    Data { source: String, output: String, target: String, input: String },
    Gate { source: String, condition: String, target: String },
}

impl Link {
    /// For the announcement.
    pub fn label(&self) -> String {
        match self {
            Self::Data { source, output, target, input } => format!("{source} {output} to {target} {input}"),
            Self::Gate { source, condition, target } => format!("{source} {condition} to {target}"),
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

/// Makes the connection, and gives a free-typed input the type of what it receives. Returns its name.
pub fn connect(document: &mut Document, link: &Link) -> String {
    let (source, target) = match link {
        Link::Data { source, target, .. } | Link::Gate { source, target, .. } => (source, target),
    };
    let name = free_connection_name(&document.definition, source, target);
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
    document.definition.connections.push(Connection {
        name: name.clone(),
        kind,
        source: source.clone(),
        target: target.clone(),
        configuration: Some(configuration),
    });
    name
}

/// Every port that a wire from here could end at, in the order of the nodes.
pub fn candidates(document: &Document, from: &Port) -> Vec<(Target, Link)> {
    let mut found = Vec::new();
    for node in &document.definition.nodes {
        let targets: Vec<Target> = match from.row {
            Row::Condition(_) => vec![Target::Node(node.name.clone())],
            _ => flow::layout::rows(node)
                .into_iter()
                .map(|row| Target::Port(Port::new(&node.name, row)))
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
    no_loop(document, &from.node, target)?;
    let node = document.definition.node(target).ok_or("There is no such node.")?;
    if node.kind.starts() {
        return Err("A run begins here. Nothing can lead to it.".to_owned());
    }
    let taken = document.definition.connections.iter().any(|connection| {
        Some(connection.name.as_str()) != except
            && connection.source == from.node
            && connection.target == target
            && connection.condition() == Some(condition)
    });
    if taken {
        return Err(format!("{condition} already leads to {target}."));
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
    no_loop(document, &from.node, target)?;
    let port = document.definition.node(target).and_then(|node| node.input(input));
    let (Some(port), Some(node)) = (port, document.definition.node(target)) else {
        return Err(format!("{target} has no input {input}."));
    };
    if let Some(taken) = document.into_input(target, input)
        && Some(taken.name.as_str()) != except
    {
        if document.extensions.join(target, input).is_none() {
            let source = &taken.source;
            return Err(format!("{input} is already connected to {source}. Drop it to join them."));
        }
        let again = |connection: &&Connection| {
            connection.source == from.node
                && connection.target == target
                && connection.data().is_some_and(|d| d.source_output == output && d.target_input == input)
        };
        if document.definition.connections.iter().any(|connection| again(&connection)) {
            return Err(format!("{} {output} already leads to {input}.", from.node));
        }
    }
    let kind =
        document.definition.node(&from.node).and_then(|node| node.output(output)).map(|port| port.kind);
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
    no_loop(document, &from.node, target)?;
    let node = document.definition.node(target).ok_or("There is no such node.")?;
    if node.kind.starts() {
        return Err("A run begins here. Nothing can lead to it.".to_owned());
    }
    first_of(
        node.inputs.iter().map(|port| data(document, from, output, target, &port.name, except)),
        format!("{target} has no inputs."),
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
    no_loop(document, source, &to.node)?;
    let node = document.definition.node(source).ok_or("There is no such node.")?;
    first_of(
        node.outputs.iter().map(|port| {
            let from = Port::new(source, Row::Output(port.name.clone()));
            data(document, &from, &port.name, &to.node, input, except)
        }),
        format!("{source} has no outputs."),
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

fn no_loop(document: &Document, source: &str, target: &str) -> Result<(), String> {
    if source == target {
        return Err("A node cannot be connected to itself.".to_owned());
    }
    if document.leads(target, source) {
        return Err(format!("This would go round in a circle: {source} already comes after {target}."));
    }
    Ok(())
}

/// A part may be selected out of an Object or an Array, and an expression may already do so.
fn fits(source: Type, node: &Node, port: &NodeInput) -> bool {
    source == port.kind
        || is_free(node, &port.name)
        || port.expression != "$.data"
        || matches!(source, Type::Object | Type::Array)
}

/// Whether any type may be declared for this input.
pub fn is_free(node: &Node, input: &str) -> bool {
    match node.kind.describe().inputs {
        Ports::Free | Ports::Variables => true,
        Ports::Fixed(ports) => ports.iter().any(|port| port.name == input && port.kind.is_none()),
    }
}

fn follow_type(document: &mut Document, source: &str, output: &str, target: &str, input: &str) {
    let Some(kind) =
        document.definition.node(source).and_then(|node| node.output(output)).map(|port| port.kind)
    else {
        return;
    };
    let join = document.extensions.join(target, input);
    // The first of several says of what type they are.
    if join.is_some_and(|join| !join.gathers()) && document.into_input(target, input).is_some() {
        return;
    }
    let kind = join.map_or(kind, |join| join.gives(kind));
    let Some(node) = document.definition.node_mut(target) else { return };
    if !is_free(node, input) {
        return;
    }
    if let Some(port) = node.inputs.iter_mut().find(|port| port.name == input && port.expression == "$.data")
    {
        port.kind = kind;
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
    fn a_free_input_takes_the_type_of_its_source() {
        let mut document = document();
        document.definition.node_mut("FlowInputNode").unwrap().outputs[0].kind = Type::Number;
        let start = output("FlowInputNode", "document");
        let made = link(&document, &start, &input("Condition_1", "value"), None).unwrap();
        connect(&mut document, &made);
        let node = document.definition.node("Condition_1").unwrap();
        assert_eq!(node.input("value").unwrap().kind, Type::Number);
    }
}
