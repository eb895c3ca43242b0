//! Copy and paste as JSON text: a part of a flow is a small flow, and so it crosses tabs, flows and instances.

use flow::address::{is_inside, join, moved, name, place};
use flow::definition::{Connection, Definition, Node};
use flow::extensions::{Extensions, Position};
use flow::name::{free_connection_name, free_copy_name};
use serde::{Deserialize, Serialize};

use super::change::rename;
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

/// The selected nodes with the connections between them, as text; none where no node is selected. A loop takes its body
/// along; the ends of a body are of no use elsewhere.
pub fn copy(document: &Document, selection: &Selection) -> Option<String> {
    let is_end = |address: &String| document.node(address).is_none_or(|node| node.kind.is_loop_end());
    let chosen: Vec<String> = selection.outermost().into_iter().filter(|address| !is_end(address)).collect();
    let mut clip = Document::default();
    let mut names: Vec<(String, String)> = Vec::new();
    for address in chosen {
        let node = document.node(&address)?.clone();
        let name = free_copy_name(&clip.definition, &node.name);
        take_along(document, &mut clip, &address, &name);
        clip.definition.nodes.push(Node { name: name.clone(), ..node });
        clip.put(&name, document.place(&address));
        names.push((address, name));
    }
    if names.is_empty() {
        return None;
    }
    let connections = document.definition.every_connection();
    let between = connections.iter().map(|(address, connection)| (place(address), *connection));
    connect_between(&mut clip, &names, between);
    let Document { definition, extensions } = clip;
    serde_json::to_string_pretty(&Clip { format: FORMAT.to_owned(), definition, extensions }).ok()
}

/// Whether a text is a part of a flow.
pub fn is_clip(text: &str) -> bool {
    text.contains(FORMAT)
}

/// Adds what a text holds to the flow, or to the body of a loop, under free names: at a place, or beside the originals.
/// Returns the addresses of the new nodes; none where the text is no clip.
pub fn paste(document: &mut Document, text: &str, owner: &str, at: Option<Position>) -> Option<Vec<String>> {
    let clip: Clip = serde_json::from_str(text).ok()?;
    if clip.format != FORMAT || clip.definition.nodes.is_empty() {
        return None;
    }
    let source = Document::settled(clip.definition, clip.extensions);
    let by = shift(document, &source, at);
    let mut names: Vec<(String, String)> = Vec::new();
    for node in &source.definition.nodes {
        let address = join(owner, &free_copy_name(&document.definition, &node.name));
        take_along(&source, document, &node.name, &address);
        let (body, name) = document.around_mut(&address)?;
        body.nodes.push(Node { name: name.to_owned(), ..node.clone() });
        let place = source.place(&node.name);
        document.put(&address, Position { x: place.x + by.x, y: place.y + by.y });
        names.push((node.name.clone(), address));
    }
    let connections = source.definition.connections.iter().map(|connection| ("", connection));
    connect_between(document, &names, connections);
    for (_, address) in &names {
        rename_inside(document, address);
    }
    Some(names.into_iter().map(|(_, new)| new).collect())
}

/// Copies what is ours of a node and of what is inside it.
fn take_along(from: &Document, to: &mut Document, old: &str, new: &str) {
    let entries = from.extensions.nodes.iter();
    let renamed = entries.filter_map(|(key, entry)| Some((moved(key, old, new)?, entry.clone())));
    to.extensions.nodes.extend(renamed);
}

/// Copies the connections that have both ends among copied nodes, whose old and new addresses are given.
fn connect_between<'a>(
    document: &mut Document,
    names: &[(String, String)],
    connections: impl Iterator<Item = (&'a str, &'a Connection)>,
) {
    let new = |place: &str, old: &str| {
        let old = join(place, old);
        names.iter().find(|(address, _)| *address == old).map(|(_, new)| new)
    };
    for (place, connection) in connections {
        let (Some(from), Some(to)) = (new(place, &connection.source), new(place, &connection.target)) else {
            continue;
        };
        let Some((body, _)) = document.around_mut(from) else { continue };
        let (source, target) = (name(from), name(to));
        let name = free_connection_name(body, source, target);
        body.connections.push(Connection {
            name,
            source: source.to_owned(),
            target: target.to_owned(),
            ..connection.clone()
        });
    }
}

/// Gives the nodes in a copied loop names that no other node has, as every new node gets.
fn rename_inside(document: &mut Document, owner: &str) {
    let inside = |address: &String| is_inside(address, owner);
    let inner: Vec<String> =
        document.every_node().into_iter().map(|(address, _)| address).filter(inside).collect();
    // The innermost first: a renamed loop changes the addresses of what is in it.
    for address in inner.iter().rev() {
        let same = |other: &(String, &Node)| name(&other.0) == name(address);
        if document.every_node().iter().filter(|other| same(other)).count() > 1 {
            let free = free_copy_name(&document.definition, name(address));
            let _well_formed = rename(document, address, &free);
        }
    }
}

/// How far copies stand from their originals: where they are wanted, else beside them and beside earlier copies.
fn shift(document: &Document, source: &Document, at: Option<Position>) -> Position {
    let places = source.places();
    if let Some(at) = at {
        let (left, top) = flow::layout::corner(places.values());
        return Position { x: at.x - left, y: at.y - top };
    }
    let taken: Vec<Position> = document.places().into_values().collect();
    let mut by = Position { x: OFFSET, y: OFFSET };
    let is_taken = |by: Position| {
        places.values().any(|place| taken.contains(&Position { x: place.x + by.x, y: place.y + by.y }))
    };
    while is_taken(by) {
        by = Position { x: by.x + OFFSET, y: by.y + OFFSET };
    }
    by
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
        let names = paste(&mut document, &text, "", None).unwrap();
        assert_eq!(names.len(), 2);
        assert_eq!(document.definition.nodes.len(), 4);
        assert_eq!(document.definition.connections[1].source, names[0]);
        assert_eq!(document.place(&names[1]), Position { x: 340.0, y: 60.0 });
        let again = paste(&mut document, &text, "", None).unwrap();
        assert_eq!(document.place(&again[1]), Position { x: 380.0, y: 100.0 }, "a copy hides no other");
        let names = paste(&mut document, &text, "", Some(Position::default())).unwrap();
        assert_eq!(document.place(&names[1]), Position { x: 290.0, y: 20.0 });
        assert!(paste(&mut document, "hello", "", None).is_none());
        assert!(copy(&document, &Selection::default()).is_none());
    }

    #[test]
    fn a_loop_is_copied_with_its_body_into_itself_even() {
        let mut document = Document::default();
        let at = Position { x: 100.0, y: 100.0 };
        let owner = change::add(&mut document, NodeType::Loop, at, "m").unwrap();
        let from = Port::new("Loop_1/LoopInput_1", Row::Output("loopInput".into()));
        let prompt = change::add_connected(&mut document, NodeType::Prompt, at, "m", &from).unwrap();
        document.extensions.node_mut(&prompt).note = "mine".into();
        document.settle();
        let text = copy(&document, &Selection::nodes([owner.clone(), prompt.clone()])).unwrap();
        let names = paste(&mut document, &text, &owner, None).unwrap();
        assert_eq!(names, ["Loop_1/Loop_2"]);
        let copied = document.body("Loop_1/Loop_2").unwrap();
        let inner: Vec<&str> = copied.nodes.iter().map(|node| node.name.as_str()).collect();
        assert_eq!(inner, ["LoopInput_2", "LoopController_2", "Prompt_2"]);
        assert!(copied.connections.iter().all(|c| inner.contains(&c.source.as_str())));
        assert_eq!(document.extensions.node("Loop_1/Loop_2/Prompt_2").note, "mine");
        assert_eq!(document.body(&owner).unwrap().nodes.len(), 4);
        assert!(copy(&document, &Selection::node("Loop_1/LoopInput_1")).is_none());
        // A node of a body goes into the flow itself, beside where it was and where its copy in the loop's copy is.
        let before = document.place(&prompt);
        let text = copy(&document, &Selection::node(&prompt)).unwrap();
        let names = paste(&mut document, &text, "", None).unwrap();
        assert_eq!(names, ["Prompt_3"]);
        assert_eq!(
            document.place("Prompt_3"),
            Position { x: before.x + 2.0 * OFFSET, y: before.y + 2.0 * OFFSET }
        );
    }
}
