//! Taking nodes into a loop's body, and out of it.
//!
//! Always holds: nothing is lost. What something outside is connected to stays where it is, and a sentence says why.

use flow::address::{is_inside, join, name, place, split};
use flow::name::{free_connection_name, free_copy_name};

use super::document::Document;

/// Whether a loop can take these nodes, or the flow itself, whose address is empty.
///
/// # Errors
/// A sentence that says why not.
pub fn possible(document: &Document, nodes: &[String], owner: &str) -> Result<(), String> {
    for address in nodes {
        let Some(node) = document.node(address) else { continue };
        if node.kind.is_loop_end() {
            return Err(format!("{} belongs to its own loop.", node.name));
        }
        if !owner.is_empty() && !node.kind.fits_in_loop() {
            let label = node.kind.describe().label;
            return Err(format!("{} stays outside: a loop has no {label} node.", node.name));
        }
        let Some((body, own)) = document.around(address) else { continue };
        let chosen = |name: &str| nodes.contains(&join(place(address), name));
        let outside = body
            .connections
            .iter()
            .any(|c| (c.source == own && !chosen(&c.target)) || (c.target == own && !chosen(&c.source)));
        if outside && is_inside(place(address), owner) {
            let around = name(place(address));
            return Err(format!(
                "{own} is connected inside {around}, so it stays inside. Remove those connections to move it out."
            ));
        }
        if outside {
            let owner = name(owner);
            return Err(format!(
                "{own} is connected outside of {owner}, so it stays outside. Remove those connections to move it in."
            ));
        }
    }
    Ok(())
}

/// Moves nodes with the connections between them into a loop's body, or to the flow itself; they stay where they are on
/// the canvas. Returns their new addresses.
///
/// # Errors
/// A sentence that says why they stay.
pub fn adopt(document: &mut Document, nodes: &[String], owner: &str) -> Result<Vec<String>, String> {
    possible(document, nodes, owner)?;
    let mut moved: Vec<(String, String)> = Vec::new();
    let mut connections = Vec::new();
    for address in nodes {
        let at = document.place(address);
        let (from, own) = split(address);
        let Some(body) = document.definition.body_at_mut(from) else { continue };
        let Some(index) = body.nodes.iter().position(|node| node.name == own) else { continue };
        let mut node = body.nodes.remove(index);
        let (leaving, staying) = body.connections.drain(..).partition(|c| c.source == own);
        body.connections.extend::<Vec<_>>(staying);
        connections.extend::<Vec<(String, _)>>(
            Vec::into_iter(leaving).map(|connection| (from.to_owned(), connection)).collect(),
        );
        let taken = document.body(owner).is_some_and(|body| body.node(own).is_some());
        if taken {
            node.name = free_copy_name(&document.definition, own);
        }
        let new = join(owner, &node.name);
        document.extensions.rename(address, &new);
        if let Some(body) = document.definition.body_at_mut(owner) {
            body.nodes.push(node);
        }
        document.put(&new, at);
        moved.push((address.clone(), new));
    }
    let now = |from: &str, old: &str| {
        let old = join(from, old);
        moved.iter().find(|(address, _)| *address == old).map(|(_, new)| name(new).to_owned())
    };
    for (from, mut connection) in connections {
        let ends = (now(&from, &connection.source), now(&from, &connection.target));
        let (Some(body), (Some(source), Some(target))) = (document.definition.body_at_mut(owner), ends)
        else {
            continue;
        };
        connection.name = free_connection_name(body, &source, &target);
        (connection.source, connection.target) = (source, target);
        body.connections.push(connection);
    }
    Ok(moved.into_iter().map(|(_, new)| new).collect())
}

#[cfg(test)]
mod tests {
    use flow::definition::NodeType;
    use flow::extensions::Position;
    use flow::layout::Row;

    use super::*;
    use crate::editor::change;
    use crate::editor::document::Port;

    #[test]
    fn a_loop_takes_what_is_free_and_nothing_else() {
        let mut document = Document::default();
        let at = Position { x: 40.0, y: 60.0 };
        change::add(&mut document, NodeType::Loop, Position { x: 900.0, y: 0.0 }, "m").unwrap();
        let first = change::add(&mut document, NodeType::Prompt, at, "m").unwrap();
        let from = Port::new(&first, Row::Output("modelCompletion".into()));
        let second = change::add_connected(&mut document, NodeType::Prompt, at, "m", &from).unwrap();
        let input = change::add(&mut document, NodeType::Input, at, "m").unwrap();
        let before = document.clone();
        for (nodes, words) in [
            (vec![first.clone()], "Prompt_1 is connected outside of Loop_1"),
            (vec![input], "a loop has no Input node"),
            (vec!["Loop_1/LoopInput_1".to_owned()], "belongs to its own loop"),
        ] {
            let reason = adopt(&mut document, &nodes, "Loop_1").unwrap_err();
            assert!(reason.contains(words), "{reason}");
            assert_eq!(document, before);
        }
        let taken = adopt(&mut document, &[first, second], "Loop_1").unwrap();
        assert_eq!(taken, ["Loop_1/Prompt_1", "Loop_1/Prompt_2"]);
        assert_eq!(document.place("Loop_1/Prompt_1"), at);
        assert!(document.definition.connections.is_empty());
        assert_eq!(document.body("Loop_1").unwrap().connections[3].target, "Prompt_2");
        assert!(!document.extensions.nodes.contains_key("Prompt_1"));
        document.settle();
        assert_eq!(document.place("Loop_1/Prompt_1"), at);
    }

    #[test]
    fn a_loop_gives_back_what_is_free_and_nothing_else() {
        let mut document = Document::default();
        change::add(&mut document, NodeType::Loop, Position { x: 900.0, y: 0.0 }, "m").unwrap();
        let at = Position { x: 40.0, y: 60.0 };
        let free = change::add(&mut document, NodeType::Prompt, at, "m").unwrap();
        let before = document.clone();
        let inside = adopt(&mut document, &[free], "Loop_1").unwrap();
        assert_eq!(adopt(&mut document, &inside, "").unwrap(), ["Prompt_1"]);
        assert_eq!(document.definition, before.definition);
        assert_eq!(document.place("Prompt_1"), at);
        let reason = adopt(&mut document, &["Loop_1/LoopController_1".to_owned()], "").unwrap_err();
        assert!(reason.contains("belongs to its own loop"), "{reason}");
        let from = Port::new("Loop_1/LoopInput_1", Row::Output("loopInput".into()));
        let wired = change::add_connected(&mut document, NodeType::Prompt, at, "m", &from).unwrap();
        let reason = adopt(&mut document, &[wired], "").unwrap_err();
        assert!(reason.contains("is connected inside Loop_1, so it stays inside"), "{reason}");
    }

    #[test]
    fn a_loop_goes_into_another_with_all_that_is_inside() {
        let mut document = Document::default();
        for _ in 0..2 {
            change::add(&mut document, NodeType::Loop, Position::default(), "m").unwrap();
        }
        adopt(&mut document, &["Loop_1".to_owned()], "Loop_2").unwrap();
        assert!(document.node("Loop_2/Loop_1/LoopInput_1").is_some());
        assert!(document.extensions.nodes.contains_key("Loop_2/Loop_1/LoopInput_1"));
        assert_eq!(document.extensions.nodes.len(), 6);
    }
}
