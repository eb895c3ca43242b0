//! Copy and paste as JSON text: a part of a flow is a small flow, and so it crosses tabs, flows and instances.

use flow::definition::{Definition, Node};
use flow::extensions::{Extensions, Position};
use flow::name::{free_connection_name, free_copy_name};
use serde::{Deserialize, Serialize};

use super::document::Document;
use super::selection::Selection;

/// The `format` of a clip.
const FORMAT: &str = "anabranch/clip/1";
/// How far a copy stands from its original.
pub const OFFSET: f64 = 40.0;

#[derive(Serialize, Deserialize)]
struct Clip {
    format: String,
    definition: Definition,
    extensions: Extensions,
}

/// The selected nodes with the connections between them, as text; none where no node is selected.
pub fn copy(document: &Document, selection: &Selection) -> Option<String> {
    let chosen = |name: &str| selection.nodes.contains(name);
    let nodes: Vec<Node> = document.definition.nodes.iter().filter(|n| chosen(&n.name)).cloned().collect();
    if nodes.is_empty() {
        return None;
    }
    let connections: Vec<_> = document
        .definition
        .connections
        .iter()
        .filter(|c| chosen(&c.source) && chosen(&c.target))
        .cloned()
        .collect();
    let definition = Definition { nodes: nodes.into(), connections: connections.into() };
    let mut extensions = document.extensions.clone();
    extensions.retain(&definition);
    extensions.notes.clear();
    serde_json::to_string_pretty(&Clip { format: FORMAT.to_owned(), definition, extensions }).ok()
}

/// Adds what a text holds, under free names: at a place, or beside the originals. Returns the names of the new nodes;
/// none where the text is no clip.
pub fn paste(document: &mut Document, text: &str, at: Option<Position>) -> Option<Vec<String>> {
    let clip: Clip = serde_json::from_str(text).ok()?;
    if clip.format != FORMAT || clip.definition.nodes.is_empty() {
        return None;
    }
    let source = Document::settled(clip.definition, clip.extensions);
    let by = shift(&source, at);
    let mut names: Vec<(String, String)> = Vec::new();
    for node in &source.definition.nodes {
        let name = free_copy_name(&document.definition, &node.name);
        let mut entry = source.extensions.node(&node.name);
        let place = source.place(&node.name);
        entry.position = Some(Position { x: place.x + by.x, y: place.y + by.y });
        document.extensions.nodes.insert(name.clone(), entry);
        document.definition.nodes.push(Node { name: name.clone(), ..node.clone() });
        names.push((node.name.clone(), name));
    }
    let new_name = |old: &str| names.iter().find(|(name, _)| name == old).map(|(_, new)| new.clone());
    for connection in &source.definition.connections {
        let (Some(from), Some(to)) = (new_name(&connection.source), new_name(&connection.target)) else {
            continue;
        };
        let mut connection = connection.clone();
        connection.name = free_connection_name(&document.definition, &from, &to);
        (connection.source, connection.target) = (from, to);
        document.definition.connections.push(connection);
    }
    Some(names.into_iter().map(|(_, new)| new).collect())
}

fn shift(source: &Document, at: Option<Position>) -> Position {
    let Some(at) = at else { return Position { x: OFFSET, y: OFFSET } };
    let places = source.places();
    let left = places.values().map(|place| place.x).fold(f64::INFINITY, f64::min);
    let top = places.values().map(|place| place.y).fold(f64::INFINITY, f64::min);
    Position { x: at.x - left, y: at.y - top }
}

#[cfg(test)]
mod tests {
    use flow::definition::NodeType;
    use flow::layout::Row;

    use super::*;
    use crate::editor::change;
    use crate::editor::document::Port;

    #[test]
    fn a_copy_has_free_names_and_its_inner_connections() {
        let mut document = Document::default();
        change::add(&mut document, NodeType::Input, Position { x: 10.0, y: 0.0 }, "m").unwrap();
        let from = Port::new("FlowInputNode", Row::Output("document".into()));
        let at = Position { x: 300.0, y: 20.0 };
        change::add_connected(&mut document, NodeType::Prompt, at, "m", &from).unwrap();
        let every = Selection::nodes(document.definition.nodes.iter().map(|node| node.name.clone()));
        let text = copy(&document, &every).unwrap();
        let names = paste(&mut document, &text, None).unwrap();
        assert_eq!(names.len(), 2);
        assert_eq!(document.definition.nodes.len(), 4);
        assert_eq!(document.definition.connections[1].source, names[0]);
        assert_eq!(document.place(&names[1]), Position { x: 340.0, y: 60.0 });
        let names = paste(&mut document, &text, Some(Position::default())).unwrap();
        assert_eq!(document.place(&names[1]), Position { x: 290.0, y: 20.0 });
        assert!(paste(&mut document, "hello", None).is_none());
        assert!(copy(&document, &Selection::default()).is_none());
    }
}
