//! Changing how a way goes: a node put into a connection, a node taken out of the middle, an end led elsewhere.

use flow::address::{join, name, place as owner_of};
use flow::definition::{Connection, NodeType};
use flow::extensions::Position;
use flow::layout::{self, Row};

use super::change;
use super::connect::{self, Link, Target};
use super::document::{Document, Port, source_port};

/// Leads a connection through a node: `a → b` becomes `a → node → b`.
///
/// # Errors
/// Why it cannot go through this node.
pub fn through(document: &mut Document, connection: &str, node: &str) -> Result<(), String> {
    let mut trial = document.clone();
    let owner = owner_of(connection).to_owned();
    let old = trial.connection(connection).cloned().ok_or("The connection is no longer there.")?;
    let from = source_port(&old, &owner).ok_or("It has no beginning.")?;
    change::remove(&mut trial, &[], &[connection.to_owned()]);
    let first = connect::link(&trial, &from, &Target::Node(node.to_owned()), None)?;
    connect::connect(&mut trial, &first);
    let second = onward(&trial, node, &old, &owner)?;
    connect::connect(&mut trial, &second);
    *document = trial;
    Ok(())
}

/// Adds a node of a kind in the middle of a connection. Returns its address.
///
/// # Errors
/// Why it does not fit there.
pub fn insert(
    document: &mut Document,
    connection: &str,
    kind: NodeType,
    at: Position,
    model: &str,
) -> Result<String, String> {
    let mut trial = document.clone();
    let node = change::add_in(&mut trial, owner_of(connection), kind, at, model)
        .ok_or("This kind cannot be added here.")?;
    through(&mut trial, connection, &node)?;
    *document = trial;
    Ok(node)
}

/// Whether a node is free to be put into a connection: nothing leads to it and nothing from it.
pub fn is_free(document: &Document, address: &str) -> bool {
    let Some((body, name)) = document.around(address) else { return false };
    let has_both = body.node(name).is_some_and(|node| !node.inputs.is_empty() && !node.outputs.is_empty());
    has_both && !body.connections.iter().any(|c| c.source == name || c.target == name)
}

/// Removes nodes, and leads what came to each on to where it led, as far as the types fit. Answers why one stayed.
pub fn heal(document: &mut Document, nodes: &[String]) -> Option<String> {
    let mut kept = None;
    for address in nodes {
        let Some((body, name)) = document.around(address) else { continue };
        let owner = owner_of(address).to_owned();
        let into: Vec<Port> = body
            .connections
            .iter()
            .filter(|c| c.target == name)
            .filter_map(|connection| source_port(connection, &owner))
            .collect();
        let out: Vec<Connection> = body.connections.iter().filter(|c| c.source == name).cloned().collect();
        if let Some(reason) = change::remove(document, std::slice::from_ref(address), &[]) {
            kept = kept.or(Some(reason));
            continue;
        }
        for end in out {
            let target = end_of(&end, &owner);
            let link = into.iter().find_map(|from| connect::link(document, from, &target, None).ok());
            if let Some(link) = link {
                connect::connect(document, &link);
            }
        }
    }
    kept
}

/// Leads a connection elsewhere by one of its ends. It keeps its name and its place among the others.
pub fn redirect(document: &mut Document, connection: &str, link: &Link) {
    let Some((body, own)) = document.around(connection) else { return };
    let Some(at) = body.connections.iter().position(|c| c.name == own) else { return };
    change::remove(document, &[], &[connection.to_owned()]);
    let made = connect::connect(document, link);
    let Some((body, made)) = document.around_mut(&made) else { return };
    let Some(new) = body.connections.iter().position(|c| c.name == made) else { return };
    let mut moved = body.connections.remove(new);
    name(connection).clone_into(&mut moved.name);
    let at = at.min(body.connections.len());
    body.connections.insert(at, moved);
}

/// From the first port of the node that fits to where the connection led.
fn onward(document: &Document, node: &str, old: &Connection, owner: &str) -> Result<Link, String> {
    let target = end_of(old, owner);
    let rows = document.node(node).map(layout::rows).unwrap_or_default();
    let mut reason = format!("{} has no outputs.", name(node));
    for row in rows.into_iter().filter(|row| !matches!(row, Row::Input(_))) {
        match connect::link(document, &Port::new(node, row), &target, None) {
            Ok(link) => return Ok(link),
            Err(why) => reason = why,
        }
    }
    Err(reason)
}

/// Where a connection ends: at an input, or at the node where it is a gate.
fn end_of(connection: &Connection, owner: &str) -> Target {
    let node = join(owner, &connection.target);
    match connection.data() {
        Some(data) => Target::Port(Port::new(&node, Row::Input(data.target_input.clone()))),
        None => Target::Node(node),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Input → Prompt → Output, and a second Prompt that is free.
    fn document() -> Document {
        let mut document = Document::default();
        for kind in [NodeType::Input, NodeType::Prompt, NodeType::Output, NodeType::Prompt] {
            change::add(&mut document, kind, Position::default(), "m").unwrap();
        }
        for (from, output, to, input) in [
            ("FlowInputNode", "document", "Prompt_1", "input"),
            ("Prompt_1", "modelCompletion", "FlowOutputNode", "document"),
        ] {
            let from = Port::new(from, Row::Output(output.into()));
            let to = Target::Port(Port::new(to, Row::Input(input.into())));
            let link = connect::link(&document, &from, &to, None).unwrap();
            connect::connect(&mut document, &link);
        }
        document
    }

    fn ways(document: &Document) -> Vec<(String, String, String)> {
        let way = |c: &Connection| (c.name.clone(), c.source.clone(), c.target.clone());
        document.definition.connections.iter().map(way).collect()
    }

    #[test]
    fn a_connection_goes_through_a_node_and_heals_when_it_goes() {
        let mut document = document();
        let before = document.clone();
        assert!(is_free(&document, "Prompt_2") && !is_free(&document, "Prompt_1"));
        through(&mut document, "Prompt1ToFlowOutputNode", "Prompt_2").unwrap();
        let pairs: Vec<(String, String)> = ways(&document).into_iter().map(|(_, a, b)| (a, b)).collect();
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(
            pairs,
            [
                pair("FlowInputNode", "Prompt_1"),
                pair("Prompt_1", "Prompt_2"),
                pair("Prompt_2", "FlowOutputNode")
            ]
        );
        assert_eq!(heal(&mut document, &["Prompt_2".to_owned()]), None);
        assert_eq!(document.definition.connections, before.definition.connections);
        let reason = through(&mut document, "Prompt1ToFlowOutputNode", "FlowInputNode").unwrap_err();
        assert!(reason.contains("circle"), "{reason}");
        assert_eq!(document.definition.connections, before.definition.connections, "it left all as it was");
    }

    #[test]
    fn several_in_a_row_heal_to_one_way() {
        let mut document = document();
        let added =
            insert(&mut document, "FlowInputNodeToPrompt1", NodeType::Prompt, Position::default(), "m")
                .unwrap();
        assert_eq!(heal(&mut document, &["Prompt_1".to_owned(), added]), None);
        let [only] = ways(&document).try_into().unwrap();
        assert_eq!((only.1.as_str(), only.2.as_str()), ("FlowInputNode", "FlowOutputNode"));
    }

    #[test]
    fn an_end_is_led_elsewhere_under_the_old_name() {
        let mut document = document();
        let from = Port::new("FlowInputNode", Row::Output("document".into()));
        let to = Target::Port(Port::new("Prompt_2", Row::Input("input".into())));
        let link = connect::link(&document, &from, &to, Some("FlowInputNodeToPrompt1")).unwrap();
        redirect(&mut document, "FlowInputNodeToPrompt1", &link);
        assert_eq!(
            ways(&document)[0],
            ("FlowInputNodeToPrompt1".into(), "FlowInputNode".into(), "Prompt_2".into())
        );
        assert_eq!(document.definition.connections.len(), 2);
    }
}
