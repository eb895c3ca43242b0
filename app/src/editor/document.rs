//! The document that is edited: a flow's two halves, and what is asked of them again and again.
//!
//! Always holds after [`Document::settled`]: every node has a place.

use std::collections::BTreeMap;

use flow::definition::{Connection, Definition};
use flow::extensions::{Extensions, Position};
use flow::layout::{self, Row};

/// A flow as it stands on the screen.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Document {
    pub definition: Definition,
    pub extensions: Extensions,
}

/// A port: a row of a node's card.
#[derive(Clone, Debug, PartialEq)]
pub struct Port {
    pub node: String,
    pub row: Row,
}

impl Port {
    pub fn new(node: &str, row: Row) -> Self {
        Self { node: node.to_owned(), row }
    }

    /// The name that people and assistive technology know it by.
    pub fn label(&self) -> String {
        match &self.row {
            Row::Input(name) => format!("{} input {name}", self.node),
            Row::Output(name) => format!("{} output {name}", self.node),
            Row::Condition(name) => format!("{} condition {name}", self.node),
        }
    }
}

/// The name of a row, without its side.
pub fn row_name(row: &Row) -> &str {
    match row {
        Row::Input(name) | Row::Output(name) | Row::Condition(name) => name,
    }
}

impl Document {
    /// The documents with a place for every node, so that nothing jumps when one is moved.
    pub fn settled(definition: Definition, extensions: Extensions) -> Self {
        let places = layout::places(&definition, &extensions);
        let mut document = Self { definition, extensions };
        for (name, place) in places {
            document.extensions.node_mut(&name).position = Some(place);
        }
        document
    }

    /// Where a node stands.
    pub fn place(&self, node: &str) -> Position {
        self.extensions.nodes.get(node).and_then(|extension| extension.position).unwrap_or_default()
    }

    /// Where every node stands.
    pub fn places(&self) -> BTreeMap<String, Position> {
        self.definition.nodes.iter().map(|node| (node.name.clone(), self.place(&node.name))).collect()
    }

    /// The connection of this name.
    pub fn connection(&self, name: &str) -> Option<&Connection> {
        self.definition.connections.iter().find(|connection| connection.name == name)
    }

    /// The connection that enters this input.
    pub fn into_input(&self, node: &str, input: &str) -> Option<&Connection> {
        self.definition.connections.iter().find(|connection| {
            connection.target == node && connection.data().is_some_and(|data| data.target_input == input)
        })
    }

    /// Whether a way leads from one node to another.
    pub fn leads(&self, from: &str, to: &str) -> bool {
        let (mut seen, mut open) = (vec![from], vec![from]);
        while let Some(at) = open.pop() {
            if at == to {
                return true;
            }
            for connection in self.definition.connections.iter().filter(|c| c.source == at) {
                if !seen.contains(&connection.target.as_str()) {
                    seen.push(&connection.target);
                    open.push(&connection.target);
                }
            }
        }
        false
    }
}

/// The port that a connection leaves.
pub fn source_port(connection: &Connection) -> Option<Port> {
    let row = match (connection.data(), connection.condition()) {
        (Some(data), _) => Row::Output(data.source_output.clone()),
        (None, Some(condition)) => Row::Condition(condition.to_owned()),
        (None, None) => return None,
    };
    Some(Port::new(&connection.source, row))
}
