//! Where a new node goes: under the hand that carries it, behind the selected node, or where nothing stands.

use flow::definition::NodeType;
use flow::extensions::Position;
use flow::layout::{self, Row};
use leptos::prelude::*;

use super::stage::Stage;
use crate::editor::change;
use crate::editor::document::{Document, Port};
use crate::editor::selection::Selection;

/// How much room the problems below a node may take, in flow units.
const ISSUE: f64 = 60.0;
/// How far a node stands behind the one that it follows.
const GAP: f64 = 84.0;
/// The least height that is kept free for a new node.
const HEIGHT: f64 = 90.0;

impl Stage {
    /// Adds a node as a palette button says: connected behind the selected one, else in the middle.
    pub fn add(self, kind: NodeType) {
        let selected = self.editor.selection.with_untracked(|selection| selection.only_node().cloned());
        let (at, from) = match &selected {
            Some(name) => self.editor.look(|document| (beside(document, name), free_port(document, name))),
            None => (self.clear_middle(), None),
        };
        self.add_at(kind, at, from.as_ref());
    }

    /// Adds a node at a place, connected to a port where they fit; one step of undo.
    pub fn add_at(self, kind: NodeType, at: Position, from: Option<&Port>) {
        let at = Position { x: layout::snap(at.x), y: layout::snap(at.y) };
        let model = self.models.list.with_untracked(|models| models.default_model.clone());
        let label = format!("Add {}", kind.describe().label);
        let added = self.editor.change(&label, |document| match from {
            Some(from) => change::add_connected(document, kind, at, &model, from),
            None => change::add(document, kind, at, &model),
        });
        if let Some(name) = added {
            self.editor.say(format!("Added {name}"));
            self.editor.select(Selection::node(&name));
            // The card is on the page after this frame.
            self.next_frame(move |stage| stage.reveal(&name));
        }
    }

    /// Near the middle of what is seen, where nothing stands.
    pub fn clear_middle(self) -> Position {
        let middle = self.middle();
        let at = Position { x: middle.x - layout::WIDTH / 2.0, y: middle.y - layout::HEADER };
        self.editor.look(|document| clear(document, at))
    }

    /// The corner of a node that is carried by its header.
    pub(super) fn carried_corner(self, at: Position) -> Position {
        let at = self.viewport.get_untracked().to_flow(at);
        let corner = Position { x: at.x - layout::WIDTH / 2.0, y: at.y - layout::HEADER / 2.0 };
        Position { x: layout::snap(corner.x), y: layout::snap(corner.y) }
    }

    pub(super) fn drop_carried(self, kind: NodeType, at: Position) {
        self.carried.set(None);
        let (width, height) = self.size.get_untracked();
        if (0.0..=width).contains(&at.x) && (0.0..=height).contains(&at.y) {
            self.add_at(kind, self.carried_corner(at), None);
        }
    }
}

/// The first output of a node, or the first branch of a Condition that leads nowhere yet.
fn free_port(document: &Document, name: &str) -> Option<Port> {
    let used = |condition: &str| {
        let mut connections = document.definition.connections.iter();
        connections.any(|c| c.source == name && c.condition() == Some(condition))
    };
    let rows = layout::rows(document.definition.node(name)?);
    let is_free = |row: &Row| match row {
        Row::Input(_) => false,
        Row::Output(_) => true,
        Row::Condition(condition) => !used(condition),
    };
    rows.into_iter().find(is_free).map(|row| Port::new(name, row))
}

/// To the right of a node, where nothing stands.
fn beside(document: &Document, name: &str) -> Position {
    let place = document.place(name);
    clear(document, Position { x: place.x + layout::WIDTH + GAP, y: place.y })
}

/// The first place from here downwards where nothing stands, nor what may be said below a node.
fn clear(document: &Document, mut at: Position) -> Position {
    let taken = |at: Position| {
        document.definition.nodes.iter().any(|node| {
            let place = document.place(&node.name);
            let (width, height) = layout::size(node);
            (place.x - at.x).abs() < width && at.y < place.y + height + ISSUE && place.y < at.y + HEIGHT
        })
    };
    while taken(at) {
        at.y += layout::GRID;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_node_stands_on_nothing_and_takes_the_next_branch() {
        let mut document = Document::default();
        let origin = Position::default();
        let name = change::add(&mut document, NodeType::Condition, origin, "m").unwrap();
        assert_eq!(beside(&document, &name), Position { x: layout::WIDTH + GAP, y: 0.0 });
        assert!(clear(&document, origin).y >= layout::size(&document.definition.nodes[0]).1 + ISSUE);
        let branch = free_port(&document, &name).unwrap();
        assert_eq!(branch.row, Row::Condition("default".into()));
        change::add_connected(&mut document, NodeType::Output, origin, "m", &branch).unwrap();
        assert_eq!(free_port(&document, &name), None);
    }
}
