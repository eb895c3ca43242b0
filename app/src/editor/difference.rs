//! What a change did to a document, small enough to keep hundreds of, and good for both directions.
//!
//! Always holds: `Difference::between(a, b)` turns `a` into `b` when applied, and `b` into `a` when reverted, equal
//! to the last byte of their JSON.

use std::collections::BTreeMap;

use flow::definition::{Connection, Node};
use flow::extensions::{Group, LoopPolarity, NodeExtension, Note};

use super::document::Document;

/// The parts of a document that a change touched.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    nodes: Splice<Node>,
    connections: Splice<Connection>,
    notes: Splice<Note>,
    groups: Splice<Group>,
    /// Entries of nodes, before and after.
    extensions: BTreeMap<String, (Option<NodeExtension>, Option<NodeExtension>)>,
    /// Before and after.
    polarity: (LoopPolarity, LoopPolarity),
}

impl Difference {
    /// What leads from one document to the other.
    pub fn between(before: &Document, after: &Document) -> Self {
        let (old, new) = (&before.extensions.nodes, &after.extensions.nodes);
        let names = old.keys().chain(new.keys().filter(|name| !old.contains_key(*name)));
        Self {
            nodes: Splice::between(&before.definition.nodes, &after.definition.nodes),
            connections: Splice::between(&before.definition.connections, &after.definition.connections),
            notes: Splice::between(&before.extensions.notes, &after.extensions.notes),
            groups: Splice::between(&before.extensions.groups, &after.extensions.groups),
            extensions: names
                .filter(|name| old.get(*name) != new.get(*name))
                .map(|name| (name.clone(), (old.get(name).cloned(), new.get(name).cloned())))
                .collect(),
            polarity: (before.extensions.loop_polarity, after.extensions.loop_polarity),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
            && self.connections.is_empty()
            && self.notes.is_empty()
            && self.groups.is_empty()
            && self.extensions.is_empty()
            && self.polarity.0 == self.polarity.1
    }

    /// Does it.
    pub fn apply(&self, document: &mut Document) {
        self.nodes.apply(&mut document.definition.nodes);
        self.connections.apply(&mut document.definition.connections);
        self.notes.apply(&mut document.extensions.notes);
        self.groups.apply(&mut document.extensions.groups);
        for (name, (_, after)) in &self.extensions {
            put(document, name, after.as_ref());
        }
        document.extensions.loop_polarity = self.polarity.1;
    }

    /// Takes it back.
    pub fn revert(&self, document: &mut Document) {
        self.nodes.revert(&mut document.definition.nodes);
        self.connections.revert(&mut document.definition.connections);
        self.notes.revert(&mut document.extensions.notes);
        self.groups.revert(&mut document.extensions.groups);
        for (name, (before, _)) in &self.extensions {
            put(document, name, before.as_ref());
        }
        document.extensions.loop_polarity = self.polarity.0;
    }
}

fn put(document: &mut Document, name: &str, entry: Option<&NodeExtension>) {
    match entry {
        Some(entry) => document.extensions.nodes.insert(name.to_owned(), entry.clone()),
        None => document.extensions.nodes.remove(name),
    };
}

/// One stretch of a list that was replaced by another.
#[derive(Clone, Debug, PartialEq)]
struct Splice<T> {
    at: usize,
    old: Vec<T>,
    new: Vec<T>,
}

impl<T: Clone + PartialEq> Splice<T> {
    fn between(before: &[T], after: &[T]) -> Self {
        let at = before.iter().zip(after).take_while(|(a, b)| a == b).count();
        let (old, new) = (&before[at..], &after[at..]);
        let tail = old.iter().rev().zip(new.iter().rev()).take_while(|(a, b)| a == b).count();
        Self { at, old: old[..old.len() - tail].to_vec(), new: new[..new.len() - tail].to_vec() }
    }

    fn is_empty(&self) -> bool {
        self.old.is_empty() && self.new.is_empty()
    }

    fn apply(&self, list: &mut Vec<T>) {
        replace(list, self.at, self.old.len(), &self.new);
    }

    fn revert(&self, list: &mut Vec<T>) {
        replace(list, self.at, self.new.len(), &self.old);
    }
}

fn replace<T: Clone>(list: &mut Vec<T>, at: usize, count: usize, with: &[T]) {
    let at = at.min(list.len());
    let end = (at + count).min(list.len());
    list.splice(at..end, with.iter().cloned());
}
