//! What is selected: nodes and connections, by name. It is no part of the document and of its history.

use std::collections::BTreeSet;

use flow::definition::Definition;

/// The selected nodes and connections.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    pub nodes: BTreeSet<String>,
    pub connections: BTreeSet<String>,
}

impl Selection {
    /// Exactly one node.
    pub fn node(name: &str) -> Self {
        Self { nodes: [name.to_owned()].into(), connections: BTreeSet::new() }
    }

    /// Exactly these nodes.
    pub fn nodes(names: impl IntoIterator<Item = String>) -> Self {
        Self { nodes: names.into_iter().collect(), connections: BTreeSet::new() }
    }

    /// Exactly one connection.
    pub fn connection(name: &str) -> Self {
        Self { nodes: BTreeSet::new(), connections: [name.to_owned()].into() }
    }

    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty() && self.connections.is_empty()
    }

    /// The node, where exactly one is selected and nothing else.
    pub fn only_node(&self) -> Option<&String> {
        let mut nodes = self.nodes.iter();
        match (nodes.next(), nodes.next()) {
            (Some(node), None) if self.connections.is_empty() => Some(node),
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

    /// Forgets what the definition no longer has.
    pub fn retain(&mut self, definition: &Definition) {
        self.nodes.retain(|name| definition.node(name).is_some());
        self.connections.retain(|name| definition.connections.iter().any(|c| c.name == *name));
    }

    /// A renamed node stays selected.
    pub fn rename(&mut self, from: &str, to: &str) {
        if self.nodes.remove(from) {
            self.nodes.insert(to.to_owned());
        }
    }
}
