//! What changed between two states of a flow, said in the words of the editor.
//!
//! Always holds: equal documents give no change and unequal ones give at least one; a field without words of its own
//! is named by its path, so that nothing is left out. A node that only got another name is said to be renamed. Where
//! things stand on the canvas is apart from what runs: see [`What::is_logic`].

mod fields;
mod lines;

use std::collections::{BTreeMap, BTreeSet};

use crate::address::{self, join};
use crate::definition::{Connection, Definition, Node, NodeType};
use crate::extensions::{Extensions, Note};

pub use fields::FieldChange;
pub(crate) use fields::label;
pub use lines::{Line, lines};

/// One thing that changed.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    pub subject: Subject,
    pub what: What,
}

/// What a change is about.
#[derive(Clone, Debug, PartialEq)]
pub enum Subject {
    /// By its name after the change, where it has one; inside a loop with the way to it.
    Node { name: String, kind: NodeType },
    /// `ClassifyTone.modelCompletion → RouteByTone.tone`.
    Connection { ends: String },
    /// By its first words.
    Note { text: String },
}

/// What happened to it.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// With what it has.
    Added(Vec<FieldChange>),
    /// With what it had.
    Removed(Vec<FieldChange>),
    Changed(Vec<FieldChange>),
    /// It only stands elsewhere, or elsewhere in the list.
    Moved,
}

impl What {
    /// Whether it can change what a run does.
    pub fn is_logic(&self) -> bool {
        !matches!(self, Self::Moved)
    }
}

/// A state of a flow: its two documents.
pub type State<'a> = (&'a Definition, &'a Extensions);

/// What changed from `before` to `after`: nodes, connections, notes, and last what only moved.
pub fn diff(before: State, after: State) -> Vec<Change> {
    // Names that are taken twice would be compared crosswise.
    if before == after {
        return Vec::new();
    }
    let renamed = renamed(before.0, after.0);
    let mut changes = nodes(before, after, &renamed);
    changes.extend(connections(before.0, after.0, &renamed));
    changes.extend(notes(before.1, after.1));
    changes.extend(moved(before, after, &renamed));
    if changes.is_empty() && before != after {
        changes.extend(reordered(after));
    }
    changes
}

/// Addresses before to addresses after, of the nodes that only got another name, and of what is in loops that did.
type Renamed = BTreeMap<String, String>;

fn renamed(before: &Definition, after: &Definition) -> Renamed {
    let nodes = after.every_node();
    let mut gained: Vec<&(String, &Node)> =
        nodes.iter().filter(|(address, _)| before.at(address).is_none()).collect();
    let mut renamed = Renamed::new();
    // Loops come before what is in them, so that the loop's new name is known by then.
    for (old, node) in before.every_node() {
        let place = now(address::place(&old), &renamed);
        let stays = after.at(&join(&place, &node.name)).is_some();
        if stays && place == address::place(&old) {
            continue;
        }
        let twin = |(new, other): &&(String, &Node)| {
            address::place(new) == place
                && if stays { node.name == other.name } else { same_but_name(node, other) }
        };
        if let Some(at) = gained.iter().position(twin) {
            renamed.insert(old, gained.remove(at).0.clone());
        }
    }
    renamed
}

/// A loop's body has changes of its own.
fn same_but_name(a: &Node, b: &Node) -> bool {
    let loops = a.body().is_some() && b.body().is_some();
    a.kind == b.kind
        && (loops || a.configuration == b.configuration)
        && a.inputs == b.inputs
        && a.outputs == b.outputs
}

/// The address after, of an address before.
fn now(address: &str, renamed: &Renamed) -> String {
    renamed.get(address).cloned().unwrap_or_else(|| address.to_owned())
}

/// The address before, of an address after.
fn then(address: &str, renamed: &Renamed) -> String {
    renamed.iter().find(|(_, new)| *new == address).map_or(address, |(old, _)| old).to_owned()
}

fn nodes(before: State, after: State, renamed: &Renamed) -> Vec<Change> {
    let subject = |address: String, node: &Node| Subject::Node { name: address, kind: node.kind };
    let fields = |state: State, address: &str, node: &Node| {
        fields::of_node(node, &state.1.node(address), state.1.loop_polarity)
    };
    let mut changes = Vec::new();
    for (address, node) in after.0.every_node() {
        let new = fields(after, &address, node);
        let was = then(&address, renamed);
        let what = match before.0.at(&was) {
            None => What::Added(fields::compare(&Vec::new(), &new)),
            Some(old) => {
                let changed = fields::compare(&fields(before, &was, old), &new);
                if changed.is_empty() {
                    continue;
                }
                What::Changed(changed)
            }
        };
        changes.push(Change { subject: subject(address, node), what });
    }
    for (address, node) in before.0.every_node() {
        if after.0.at(&now(&address, renamed)).is_none() {
            let what = What::Removed(fields::compare(&fields(before, &address, node), &Vec::new()));
            changes.push(Change { subject: subject(address, node), what });
        }
    }
    changes
}

fn connections(before: &Definition, after: &Definition, renamed: &Renamed) -> Vec<Change> {
    let none = Renamed::new();
    let mut old: Vec<(String, &Connection)> = before
        .every_connection()
        .into_iter()
        .map(|(address, c)| (ends(c, address::place(&address), renamed), c))
        .collect();
    let mut changes = Vec::new();
    for (address, connection) in after.every_connection() {
        let new = ends(connection, address::place(&address), &none);
        let subject = Subject::Connection { ends: new.clone() };
        match old.iter().position(|(old, _)| *old == new) {
            None => changes.push(Change { subject, what: What::Added(Vec::new()) }),
            Some(at) => {
                let (_, was) = old.remove(at);
                if was.name != connection.name {
                    let name = FieldChange::new("Name", Some(&was.name), Some(&connection.name));
                    changes.push(Change { subject, what: What::Changed(vec![name]) });
                }
            }
        }
    }
    let removed = old
        .into_iter()
        .map(|(ends, _)| Change { subject: Subject::Connection { ends }, what: What::Removed(Vec::new()) });
    changes.extend(removed);
    changes
}

/// What a connection joins, with the nodes' names of today.
fn ends(connection: &Connection, place: &str, renamed: &Renamed) -> String {
    let end = |node: &str, port: Option<&str>| {
        let node = now(&join(place, node), renamed);
        match port {
            Some(port) => format!("{node}.{port}"),
            None => node,
        }
    };
    let source = end(&connection.source, connection.source_port());
    let input = connection.data().map(|data| data.target_input.as_str());
    format!("{source} → {}", end(&connection.target, input))
}

fn notes(before: &Extensions, after: &Extensions) -> Vec<Change> {
    let texts = |notes: &[Note]| notes.iter().map(|note| note.text.clone()).collect::<BTreeSet<_>>();
    let (old, new) = (texts(&before.notes), texts(&after.notes));
    let change = |text: &String, what| Change { subject: Subject::Note { text: text.clone() }, what };
    let added = new.difference(&old).map(|text| change(text, What::Added(Vec::new())));
    let removed = old.difference(&new).map(|text| change(text, What::Removed(Vec::new())));
    added.chain(removed).collect()
}

fn moved(before: State, after: State, renamed: &Renamed) -> Vec<Change> {
    let mut changes = Vec::new();
    for (address, node) in after.0.every_node() {
        let old = then(&address, renamed);
        let stays =
            before.0.at(&old).is_none() || before.1.node(&old).position == after.1.node(&address).position;
        if !stays {
            let subject = Subject::Node { name: address, kind: node.kind };
            changes.push(Change { subject, what: What::Moved });
        }
    }
    for note in &after.1.notes {
        let twin = before.1.notes.iter().find(|old| old.text == note.text);
        if twin.is_some_and(|twin| twin != note) {
            changes.push(Change { subject: Subject::Note { text: note.text.clone() }, what: What::Moved });
        }
    }
    changes
}

/// The documents differ in the order of their lists alone, or in entries that say nothing.
fn reordered(after: State) -> Vec<Change> {
    let nodes = after.0.every_node().into_iter();
    nodes
        .map(|(name, node)| Change { subject: Subject::Node { name, kind: node.kind }, what: What::Moved })
        .collect()
}

#[cfg(test)]
mod tests;
