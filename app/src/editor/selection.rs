//! What is selected: nodes and connections, by their addresses. It is no part of the document and of its history.

use std::collections::BTreeSet;

use flow::address::{is_inside, moved};

use super::document::Document;

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

    /// Forgets what the document no longer has.
    pub fn retain(&mut self, document: &Document) {
        self.nodes.retain(|address| document.node(address).is_some());
        self.connections.retain(|address| document.connection(address).is_some());
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
