//! What is selected: nodes and connections by their addresses, notes and groups by their ids. A group is selected with
//! all its nodes. It is no part of the document and of its history.

use std::collections::BTreeSet;

use flow::address::{is_inside, join, moved, place};
use flow::definition::Connection;

use super::document::Document;

/// The selected nodes, connections, notes and groups.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    pub nodes: BTreeSet<String>,
    pub connections: BTreeSet<String>,
    pub notes: BTreeSet<String>,
    pub groups: BTreeSet<String>,
}

impl Selection {
    /// Exactly one node.
    pub fn node(name: &str) -> Self {
        Self::nodes([name.to_owned()])
    }

    /// Exactly these nodes.
    pub fn nodes(names: impl IntoIterator<Item = String>) -> Self {
        Self { nodes: names.into_iter().collect(), ..Self::default() }
    }

    /// Exactly one connection.
    pub fn connection(name: &str) -> Self {
        Self { connections: [name.to_owned()].into(), ..Self::default() }
    }

    /// Exactly one note.
    pub fn note(id: &str) -> Self {
        Self { notes: [id.to_owned()].into(), ..Self::default() }
    }

    /// A group and its nodes.
    pub fn group(document: &Document, id: &str) -> Self {
        let group = document.extensions.groups.iter().find(|group| group.id == id);
        let nodes = group.map(|group| group.nodes.clone()).unwrap_or_default();
        Self { groups: [id.to_owned()].into(), ..Self::nodes(nodes) }
    }

    /// These nodes, and each connection that touches one of them.
    pub fn with_connections(document: &Document, nodes: BTreeSet<String>) -> Self {
        let every = document.definition.every_connection().into_iter();
        let touches = |address: &str, connection: &Connection| {
            let end = |end: &String| nodes.contains(&join(place(address), end));
            end(&connection.source) || end(&connection.target)
        };
        let connections = every.filter(|(address, c)| touches(address, c)).map(|(address, _)| address);
        Self { connections: connections.collect(), ..Self::nodes(nodes) }
    }

    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The node, where exactly one is selected and nothing else.
    pub fn only_node(&self) -> Option<&String> {
        let mut nodes = self.nodes.iter();
        match (nodes.next(), nodes.next()) {
            (Some(node), None) if self.connections.is_empty() && self.notes.is_empty() => Some(node),
            _ => None,
        }
    }

    /// Adds a node, or removes it where it is selected.
    pub fn toggle_node(&mut self, name: &str) {
        if !self.nodes.remove(name) {
            self.nodes.insert(name.to_owned());
        }
    }

    /// Adds a connection, or removes it where it is selected.
    pub fn toggle_connection(&mut self, name: &str) {
        if !self.connections.remove(name) {
            self.connections.insert(name.to_owned());
        }
    }

    /// Adds a note, or removes it where it is selected.
    pub fn toggle_note(&mut self, id: &str) {
        if !self.notes.remove(id) {
            self.notes.insert(id.to_owned());
        }
    }

    /// Adds a group, or removes it where it is selected.
    pub fn toggle_group(&mut self, id: &str) {
        if !self.groups.remove(id) {
            self.groups.insert(id.to_owned());
        }
    }

    /// Forgets what the document no longer has.
    pub fn retain(&mut self, document: &Document) {
        self.nodes.retain(|address| document.node(address).is_some());
        self.connections.retain(|address| document.connection(address).is_some());
        self.notes.retain(|id| document.extensions.notes.iter().any(|note| note.id == *id));
        self.groups.retain(|id| document.extensions.groups.iter().any(|group| group.id == *id));
    }

    /// A renamed node stays selected, and so does what is inside it.
    pub fn rename(&mut self, from: &str, to: &str) {
        for addresses in [&mut self.nodes, &mut self.connections] {
            *addresses = std::mem::take(addresses)
                .into_iter()
                .map(|address| moved(&address, from, to).unwrap_or(address))
                .collect();
        }
    }

    /// The selected nodes that are in no selected loop: those go with their loop.
    pub fn outermost(&self) -> Vec<String> {
        let in_another = |address: &String| self.nodes.iter().any(|owner| is_inside(address, owner));
        self.nodes.iter().filter(|address| !in_another(address)).cloned().collect()
    }
}
