//! The document that is edited: a flow's two halves, and what is asked of them again and again.
//!
//! A node is known by its address, `Loop/Node` inside a loop, and so is a connection: one editor serves the flow and
//! the bodies of its loops, however deep. Places are asked for and told as they are on the canvas; what is written down
//! is where a node stands in its body.
//!
//! Always holds after [`Document::settled`]: every node has a place, and the nodes of a body begin where it begins.

use std::collections::BTreeMap;

use flow::address::{join, name, place, split};
use flow::definition::{Connection, Definition, Node};
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
    /// The node's address.
    pub node: String,
    pub row: Row,
}

impl Port {
    pub fn new(node: &str, row: Row) -> Self {
        Self { node: node.to_owned(), row }
    }

    /// The name that people and assistive technology know it by.
    pub fn label(&self) -> String {
        let node = name(&self.node);
        match &self.row {
            Row::Input(name) => format!("{node} input {name}"),
            Row::Output(name) => format!("{node} output {name}"),
            Row::Condition(name) => format!("{node} condition {name}"),
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
        for (address, place) in places {
            document.extensions.node_mut(&address).position = Some(place);
        }
        document.extensions.settle();
        document
    }

    /// Lets the frame of every loop lie close around its body again: the frame moves, the nodes stay where they are.
    pub fn settle(&mut self) {
        let loops: Vec<String> = self
            .every_node()
            .into_iter()
            .filter(|(_, node)| node.body().is_some())
            .map(|(at, _)| at)
            .collect();
        // The inner ones first, since the outer ones lie around them.
        for owner in loops.iter().rev() {
            let inner: Vec<String> = self.body(owner).map(|body| addresses(body, owner)).unwrap_or_default();
            let places: Vec<Position> = inner.iter().map(|address| self.own_place(address)).collect();
            let (left, top) = layout::corner(places.iter());
            if (left, top) == (0.0, 0.0) {
                continue;
            }
            let shift = |at: Position, by: f64| Position { x: at.x + by * left, y: at.y + by * top };
            for (address, at) in inner.iter().zip(places) {
                self.extensions.node_mut(address).position = Some(shift(at, -1.0));
            }
            let at = shift(self.own_place(owner), 1.0);
            self.extensions.node_mut(owner).position = Some(at);
        }
    }

    /// The node at an address.
    pub fn node(&self, address: &str) -> Option<&Node> {
        self.definition.at(address)
    }

    /// The node at an address, to change it.
    pub fn node_mut(&mut self, address: &str) -> Option<&mut Node> {
        self.definition.at_mut(address)
    }

    /// Every node with its address, those inside loops right behind their loop.
    pub fn every_node(&self) -> Vec<(String, &Node)> {
        self.definition.every_node()
    }

    /// The body of a loop; the flow itself where no loop is named.
    pub fn body(&self, owner: &str) -> Option<&Definition> {
        self.definition.body_at(owner)
    }

    /// The definition that has a node or a connection, and its name there.
    pub fn around<'a>(&self, address: &'a str) -> Option<(&Definition, &'a str)> {
        let (owner, name) = split(address);
        Some((self.body(owner)?, name))
    }

    /// The same, to change it.
    pub fn around_mut<'a>(&mut self, address: &'a str) -> Option<(&mut Definition, &'a str)> {
        let (owner, name) = split(address);
        Some((self.definition.body_at_mut(owner)?, name))
    }

    /// Where a node stands on the canvas.
    pub fn place(&self, address: &str) -> Position {
        let (own, from) = (self.own_place(address), self.beginning(place(address)));
        Position { x: own.x + from.x, y: own.y + from.y }
    }

    /// Puts a node somewhere on the canvas.
    pub fn put(&mut self, address: &str, at: Position) {
        let from = self.beginning(place(address));
        let own = Position { x: at.x - from.x, y: at.y - from.y };
        self.extensions.node_mut(address).position = Some(own);
    }

    /// Where the body of a loop begins on the canvas.
    pub fn beginning(&self, owner: &str) -> Position {
        if owner.is_empty() {
            return Position::default();
        }
        let (at, by) = (self.place(owner), self.node(owner).map(layout::body).unwrap_or_default());
        Position { x: at.x + by.x, y: at.y + by.y }
    }

    /// A node's width and height; a loop's with its body.
    pub fn size(&self, address: &str) -> (f64, f64) {
        self.node(address).map(|node| self.size_of(address, node)).unwrap_or_default()
    }

    /// The same, of a node that is known: looking each of many up would take the square of their number.
    pub fn size_of(&self, address: &str, node: &Node) -> (f64, f64) {
        if self.is_collapsed(address, node) {
            return (layout::WIDTH, layout::HEADER);
        }
        layout::extent(node, address, &|address| self.own_place(address))
    }

    /// Whether only a node's header is drawn. A loop lies around its body, which cannot be left away.
    pub fn is_collapsed(&self, address: &str, node: &Node) -> bool {
        node.body().is_none() && self.extensions.nodes.get(address).is_some_and(|node| node.collapsed)
    }

    /// The middle of a port's handle on the canvas.
    pub fn handle(&self, address: &str, node: &Node, row: &Row) -> Option<Position> {
        let (width, _) = self.size_of(address, node);
        let by = layout::port(node, width, row)?;
        let y = if self.is_collapsed(address, node) { layout::gate().y } else { by.y };
        let at = self.place(address);
        Some(Position { x: at.x + by.x, y: at.y + y })
    }

    /// Where every node stands on the canvas.
    pub fn places(&self) -> BTreeMap<String, Position> {
        self.every_node().into_iter().map(|(address, _)| (address.clone(), self.place(&address))).collect()
    }

    /// The connection at this address.
    pub fn connection(&self, address: &str) -> Option<&Connection> {
        let (body, name) = self.around(address)?;
        body.connections.iter().find(|connection| connection.name == name)
    }

    /// The connections that enter this input, in their order.
    pub fn all_into(&self, node: &str, input: &str) -> impl Iterator<Item = &Connection> {
        let around = self.around(node);
        around.into_iter().flat_map(move |(body, node)| {
            body.connections.iter().filter(move |connection| {
                connection.target == node && connection.data().is_some_and(|data| data.target_input == input)
            })
        })
    }

    /// The first connection that enters this input.
    pub fn into_input(&self, node: &str, input: &str) -> Option<&Connection> {
        self.all_into(node, input).next()
    }

    /// Where an input's first value comes from: a node's address, and its output.
    pub fn source(&self, node: &str, input: &str) -> Option<(String, &str)> {
        let connection = self.into_input(node, input)?;
        Some((join(place(node), &connection.source), &connection.data()?.source_output))
    }

    fn own_place(&self, address: &str) -> Position {
        self.extensions.nodes.get(address).and_then(|extension| extension.position).unwrap_or_default()
    }

    /// Whether a way leads from one node to another.
    pub fn leads(&self, from: &str, to: &str) -> bool {
        let Some((body, from)) = self.around(from) else { return false };
        let (mut seen, mut open) = (vec![from], vec![from]);
        while let Some(at) = open.pop() {
            if at == name(to) {
                return true;
            }
            for connection in body.connections.iter().filter(|c| c.source == at) {
                if !seen.contains(&connection.target.as_str()) {
                    seen.push(&connection.target);
                    open.push(&connection.target);
                }
            }
        }
        false
    }
}

/// The addresses of a body's own nodes.
pub fn addresses(body: &Definition, owner: &str) -> Vec<String> {
    body.nodes.iter().map(|node| join(owner, &node.name)).collect()
}

/// The port that a connection leaves; `owner` is the loop that it is in.
pub fn source_port(connection: &Connection, owner: &str) -> Option<Port> {
    let row = match (connection.data(), connection.condition()) {
        (Some(data), _) => Row::Output(data.source_output.clone()),
        (None, Some(condition)) => Row::Condition(condition.to_owned()),
        (None, None) => return None,
    };
    Some(Port::new(&join(owner, &connection.source), row))
}

#[cfg(test)]
mod tests {
    use flow::definition::NodeType;

    use super::*;
    use crate::editor::change;

    /// A loop in a loop: `Loop_1/Loop_2`.
    fn nested() -> Document {
        let mut document = Document::default();
        let at = Position { x: 100.0, y: 200.0 };
        let outer = change::add(&mut document, NodeType::Loop, at, "m").unwrap();
        change::add_in(&mut document, &outer, NodeType::Loop, Position { x: 400.0, y: 500.0 }, "m").unwrap();
        document.settle();
        document
    }

    #[test]
    fn settling_moves_frames_and_no_node() {
        let mut document = nested();
        let inner = "Loop_1/Loop_2/LoopInput_2";
        for at in [Position { x: -300.0, y: 40.0 }, Position { x: 700.0, y: 900.0 }] {
            document.put(inner, at);
            let before = document.places();
            document.settle();
            assert_eq!(document.place(inner), at);
            for (address, node) in document.every_node() {
                let owner = place(&address);
                if node.body().is_none() {
                    assert_eq!(before[&address], document.place(&address), "{address}");
                }
                if !owner.is_empty() {
                    let (at, begin) = (document.place(&address), document.beginning(owner));
                    assert!(at.x >= begin.x && at.y >= begin.y, "{address} is outside of its frame");
                    let (size, frame) = (document.size(&address), document.size(owner));
                    let corner = document.place(owner);
                    assert!(at.x + size.0 < corner.x + frame.0 && at.y + size.1 < corner.y + frame.1);
                }
            }
            let settled = document.clone();
            document.settle();
            assert_eq!(document, settled, "it is settled");
        }
    }

    #[test]
    fn a_loop_takes_its_body_along() {
        let mut document = nested();
        let (inner, before) = ("Loop_1/Loop_2/LoopController_2", document.places());
        let (at, corner) = (before[inner], before["Loop_1"]);
        document.put("Loop_1", Position { x: corner.x + 60.0, y: corner.y - 20.0 });
        assert_eq!(document.place(inner), Position { x: at.x + 60.0, y: at.y - 20.0 });
    }
}
