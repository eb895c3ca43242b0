//! What changed between two states of a flow, said in the words of the editor.
//!
//! Always holds: equal documents give no change and unequal ones give at least one; a field without words of its own
//! is named by its path, so that nothing is left out. A node that only got another name is said to be renamed. Where
//! things stand on the canvas is apart from what runs: see [`What::is_logic`].

mod fields;
mod lines;

use std::collections::{BTreeMap, BTreeSet};

use crate::definition::{Connection, Definition, Node, NodeType};
use crate::extensions::{Extensions, Note};

pub use fields::FieldChange;
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
    /// By its name after the change, where it has one.
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

/// Names before to names after, of the nodes that only got another name.
fn renamed<'a>(before: &'a Definition, after: &'a Definition) -> BTreeMap<&'a str, &'a str> {
    let mut gained: Vec<&Node> =
        after.nodes.iter().filter(|node| before.node(&node.name).is_none()).collect();
    let lost = before.nodes.iter().filter(|node| after.node(&node.name).is_none());
    let mut renamed = BTreeMap::new();
    for old in lost {
        if let Some(at) = gained.iter().position(|new| same_but_name(old, new)) {
            renamed.insert(old.name.as_str(), gained.remove(at).name.as_str());
        }
    }
    renamed
}

fn same_but_name(a: &Node, b: &Node) -> bool {
    a.kind == b.kind && a.configuration == b.configuration && a.inputs == b.inputs && a.outputs == b.outputs
}

/// The name after, of a name before.
fn now<'a>(name: &'a str, renamed: &BTreeMap<&'a str, &'a str>) -> &'a str {
    renamed.get(name).copied().unwrap_or(name)
}

/// The name before, of a name after.
fn then<'a>(name: &'a str, renamed: &BTreeMap<&'a str, &'a str>) -> &'a str {
    renamed.iter().find(|(_, new)| **new == name).map_or(name, |(old, _)| old)
}

fn nodes(before: State, after: State, renamed: &BTreeMap<&str, &str>) -> Vec<Change> {
    let subject = |node: &Node| Subject::Node { name: node.name.clone(), kind: node.kind };
    let mut changes = Vec::new();
    for node in &after.0.nodes {
        let new = fields::of_node(node, &after.1.node(&node.name));
        let what = match before.0.node(then(&node.name, renamed)) {
            None => What::Added(fields::compare(&Vec::new(), &new)),
            Some(old) => {
                let old = fields::of_node(old, &before.1.node(&old.name));
                let fields = fields::compare(&old, &new);
                if fields.is_empty() {
                    continue;
                }
                What::Changed(fields)
            }
        };
        changes.push(Change { subject: subject(node), what });
    }
    for node in &before.0.nodes {
        if after.0.node(now(&node.name, renamed)).is_none() {
            let old = fields::of_node(node, &before.1.node(&node.name));
            let what = What::Removed(fields::compare(&old, &Vec::new()));
            changes.push(Change { subject: subject(node), what });
        }
    }
    changes
}

fn connections(before: &Definition, after: &Definition, renamed: &BTreeMap<&str, &str>) -> Vec<Change> {
    let none = BTreeMap::new();
    let mut old: Vec<(String, &Connection)> =
        before.connections.iter().map(|c| (ends(c, renamed), c)).collect();
    let mut changes = Vec::new();
    for connection in &after.connections {
        let new = ends(connection, &none);
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
fn ends(connection: &Connection, renamed: &BTreeMap<&str, &str>) -> String {
    let end = |node: &str, port: Option<&str>| match port {
        Some(port) => format!("{node}.{port}"),
        None => node.to_owned(),
    };
    let source = end(now(&connection.source, renamed), connection.source_port());
    let input = connection.data().map(|data| data.target_input.as_str());
    format!("{source} → {}", end(now(&connection.target, renamed), input))
}

fn notes(before: &Extensions, after: &Extensions) -> Vec<Change> {
    let texts = |notes: &[Note]| notes.iter().map(|note| note.text.clone()).collect::<BTreeSet<_>>();
    let (old, new) = (texts(&before.notes), texts(&after.notes));
    let change = |text: &String, what| Change { subject: Subject::Note { text: text.clone() }, what };
    let added = new.difference(&old).map(|text| change(text, What::Added(Vec::new())));
    let removed = old.difference(&new).map(|text| change(text, What::Removed(Vec::new())));
    added.chain(removed).collect()
}

fn moved(before: State, after: State, renamed: &BTreeMap<&str, &str>) -> Vec<Change> {
    let mut changes = Vec::new();
    for node in &after.0.nodes {
        let old = then(&node.name, renamed);
        let stays =
            before.0.node(old).is_none() || before.1.node(old).position == after.1.node(&node.name).position;
        if !stays {
            let subject = Subject::Node { name: node.name.clone(), kind: node.kind };
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
    let nodes = after.0.nodes.iter();
    nodes
        .map(|node| Change {
            subject: Subject::Node { name: node.name.clone(), kind: node.kind },
            what: What::Moved,
        })
        .collect()
}

#[cfg(test)]
mod tests;
