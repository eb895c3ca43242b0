//! Copy and paste as JSON text: a part of a flow is a small flow, and so it crosses tabs, flows and instances.

use flow::address::{is_inside, join, moved, name, place};
use flow::definition::{Connection, Definition, Node};
use flow::extensions::{Extensions, Position};
use flow::layout::Row;
use flow::name::{free_connection_name, free_copy_name};
use serde::{Deserialize, Serialize};

use super::change::rename;
use super::connect::{self, Target};
use super::document::{Document, Port, source_port};
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
    /// What led into it from outside, by the names that the sources had there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    incoming: Vec<Connection>,
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
    let incoming = incoming(&connections, &names);
    let Document { definition, extensions } = clip;
    serde_json::to_string_pretty(&Clip { format: FORMAT.to_owned(), definition, extensions, incoming }).ok()
}

/// Whether a text is a part of a flow.
pub fn is_clip(text: &str) -> bool {
    text.contains(FORMAT)
}

/// The connections that end at copied nodes and begin elsewhere, with the ends' new names.
fn incoming(connections: &[(String, &Connection)], names: &[(String, String)]) -> Vec<Connection> {
    let new = |address: String| names.iter().find(|(old, _)| *old == address).map(|(_, new)| new);
    let enters = |(address, connection): &(String, &Connection)| {
        let owner = place(address);
        let target = new(join(owner, &connection.target))?;
        let outside = new(join(owner, &connection.source)).is_none();
        outside.then(|| Connection { target: target.clone(), ..(*connection).clone() })
    };
    connections.iter().filter_map(enters).collect()
}

/// How a clip is added.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct How {
    /// The place of its corner; beside the originals where it says none.
    pub at: Option<Position>,
    /// What led into the originals leads into the copies too, where that is here.
    pub wired: bool,
}

/// Adds what a text holds to the flow, or to the body of a loop, under free names. Returns the addresses of the new
/// nodes; none where the text is no clip.
pub fn paste(document: &mut Document, text: &str, owner: &str, how: How) -> Option<Vec<String>> {
    let clip: Clip = serde_json::from_str(text).ok()?;
    if clip.format != FORMAT || clip.definition.nodes.is_empty() {
        return None;
    }
    let source = Document::settled(clip.definition, clip.extensions);
    let by = shift(document, &source, how.at);
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
    if how.wired {
        lead_in(document, owner, &names, &clip.incoming);
    }
    for (_, address) in &names {
        rename_inside(document, address);
    }
    Some(names.into_iter().map(|(_, new)| new).collect())
}

/// Leads into copies what led into their originals, as far as it is here and fits.
fn lead_in(document: &mut Document, owner: &str, names: &[(String, String)], incoming: &[Connection]) {
    for connection in incoming {
        let Some((_, target)) = names.iter().find(|(old, _)| *old == connection.target) else { continue };
        if document.node(&join(owner, &connection.source)).is_none() {
            continue;
        }
        let to = match connection.data() {
            Some(data) => Target::Port(Port::new(target, Row::Input(data.target_input.clone()))),
            None => Target::Node(target.clone()),
        };
        let link =
            source_port(connection, owner).and_then(|from| connect::link(document, &from, &to, None).ok());
        if let Some(link) = link {
            connect::connect(document, &link);
        }
    }
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
        let names = paste(&mut document, &text, "", How::default()).unwrap();
        assert_eq!(names.len(), 2);
        assert_eq!(document.definition.nodes.len(), 4);
        assert_eq!(document.definition.connections[1].source, names[0]);
        assert_eq!(document.place(&names[1]), Position { x: 340.0, y: 60.0 });
        let again = paste(&mut document, &text, "", How::default()).unwrap();
        assert_eq!(document.place(&again[1]), Position { x: 380.0, y: 100.0 }, "a copy hides no other");
        let names =
            paste(&mut document, &text, "", How { at: Some(Position::default()), wired: false }).unwrap();
        assert_eq!(document.place(&names[1]), Position { x: 290.0, y: 20.0 });
        assert!(paste(&mut document, "hello", "", How::default()).is_none());
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
        let names = paste(&mut document, &text, &owner, How::default()).unwrap();
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
        let names = paste(&mut document, &text, "", How::default()).unwrap();
        assert_eq!(names, ["Prompt_3"]);
        assert_eq!(
            document.place("Prompt_3"),
            Position { x: before.x + 2.0 * OFFSET, y: before.y + 2.0 * OFFSET }
        );
    }

    #[test]
    fn what_led_into_the_originals_leads_into_copies_where_that_is_wanted() {
        let mut document = Document::default();
        let input = change::add(&mut document, NodeType::Input, Position::default(), "m").unwrap();
        let from = Port::new(&input, Row::Output("document".into()));
        let prompt =
            change::add_connected(&mut document, NodeType::Prompt, Position::default(), "m", &from).unwrap();
        let text = copy(&document, &Selection::node(&prompt)).unwrap();
        let wired = How { wired: true, ..How::default() };
        let mut elsewhere = Document::default();
        paste(&mut elsewhere, &text, "", wired).unwrap();
        assert!(elsewhere.definition.connections.is_empty(), "what it came from is not here");
        paste(&mut document, &text, "", How::default()).unwrap();
        assert_eq!(document.definition.connections.len(), 1);
        let copy = paste(&mut document, &text, "", wired).unwrap();
        let last = document.definition.connections.last().unwrap();
        assert_eq!((last.source.as_str(), last.target.as_str()), (input.as_str(), copy[0].as_str()));
    }
}
