//! Where a new node goes: under the hand that carries it, behind the selected node, or where nothing stands; into a
//! loop's body where that is there.

use flow::address::{name, place};
use flow::definition::NodeType;
use flow::extensions::Position;
use flow::layout::{self, Row};
use leptos::prelude::*;

use super::geometry::Rect;
use super::stage::Stage;
use super::target;
use crate::editor::document::{Document, Port};
use crate::editor::selection::Selection;
use crate::editor::{change, splice};

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
        // What cannot be in a loop follows the loop.
        let selected = selected.map(|node| if kind.fits_in_loop() { node } else { outermost(&node) });
        let size = fresh_size(kind);
        let (spot, from) = match &selected {
            Some(node) => self.editor.look(|document| {
                let at = beside(document, node, size);
                (Spot { owner: place(node).to_owned(), at }, free_port(document, node))
            }),
            None => (Spot { owner: String::new(), at: self.clear_middle(size) }, None),
        };
        self.add_at(kind, &spot, from.as_ref());
    }

    /// Adds a node at a spot, connected to a port where they fit; one step of undo.
    pub fn add_at(self, kind: NodeType, spot: &Spot, from: Option<&Port>) {
        let at = Position { x: layout::snap(spot.at.x), y: layout::snap(spot.at.y) };
        let model = self.models.list.with_untracked(|models| models.default_model.clone());
        let label = format!("Add {}", kind.describe().label);
        let added = self.editor.change(&label, |document| match from {
            Some(from) => change::add_connected(document, kind, at, &model, from),
            None => change::add_in(document, &spot.owner, kind, at, &model),
        });
        if let Some(address) = added {
            self.editor.say(match place(&address) {
                "" => format!("Added {address}"),
                owner => format!("Added {} to {}", name(&address), name(owner)),
            });
            self.editor.select(Selection::node(&address));
            // The card is on the page after this frame.
            self.next_frame(move |stage| stage.reveal(&address));
        }
    }

    /// Puts a new node into a connection; one step of undo.
    pub fn insert_in(self, kind: NodeType, wire: &str, at: Position) {
        let at = Position { x: layout::snap(at.x), y: layout::snap(at.y) };
        let model = self.models.list.with_untracked(|models| models.default_model.clone());
        let label = format!("Insert {}", kind.describe().label);
        match self.editor.change(&label, |document| splice::insert(document, wire, kind, at, &model)) {
            Ok(address) => {
                self.editor.say(format!("Inserted {}", name(&address)));
                self.editor.select(Selection::node(&address));
                self.next_frame(move |stage| stage.reveal(&address));
            }
            Err(reason) => self.refuse(reason),
        }
    }

    /// Where the keyboard adds a node that follows none: beside the selected one where that is in a loop, else near the
    /// middle of what is seen, where nothing stands.
    pub fn free_spot(self) -> Spot {
        let selected = self.editor.selection.with_untracked(|selection| selection.only_node().cloned());
        match selected.filter(|node| !place(node).is_empty()) {
            Some(node) => Spot {
                owner: place(&node).to_owned(),
                at: self.editor.look(|document| beside(document, &node, (layout::WIDTH, HEIGHT))),
            },
            None => Spot { owner: String::new(), at: self.clear_middle((layout::WIDTH, HEIGHT)) },
        }
    }

    /// Near the middle of what is seen, where nothing stands.
    fn clear_middle(self, size: (f64, f64)) -> Position {
        let middle = self.middle();
        let at = Position { x: middle.x - size.0 / 2.0, y: middle.y - layout::HEADER };
        self.editor.look(|document| clear(document, "", at, size))
    }

    /// The corner of a node that is carried by its header.
    pub(super) fn carried_corner(self, at: Position) -> Position {
        let at = self.viewport.get_untracked().to_flow(at);
        let corner = Position { x: at.x - layout::WIDTH / 2.0, y: at.y - layout::HEADER / 2.0 };
        Position { x: layout::snap(corner.x), y: layout::snap(corner.y) }
    }

    /// Something is carried over the canvas: the loop below it shows that it would take it.
    pub(super) fn carry(self, kind: NodeType, at: Position) {
        self.carried.set(Some((kind, self.carried_corner(at))));
        self.show_taker(&self.taker(kind, at));
    }

    pub(super) fn drop_carried(self, kind: NodeType, at: Position) {
        self.carried.set(None);
        self.show_taker("");
        let (width, height) = self.size.get_untracked();
        if (0.0..=width).contains(&at.x) && (0.0..=height).contains(&at.y) {
            let spot = Spot { owner: self.taker(kind, at), at: self.carried_corner(at) };
            self.add_at(kind, &spot, None);
        }
    }

    /// The loop that takes a node which is let go here; a loop takes no node that it cannot run.
    fn taker(self, kind: NodeType, at: Position) -> String {
        let at = self.viewport.get_untracked().to_flow(at);
        match kind.fits_in_loop() {
            true => self.editor.look(|document| target::body_at(document, at)),
            false => String::new(),
        }
    }

    /// Shows which loop would take what is carried or dragged; none where the name is empty.
    pub(super) fn show_taker(self, owner: &str) {
        let taker = self.editor.card(owner).map(|card| card.id);
        if self.taker.get_untracked() != taker {
            self.taker.set(taker);
        }
    }
}

/// Where a node is added: in a loop's body or the flow itself, and where on the canvas.
#[derive(Clone, Debug, PartialEq)]
pub struct Spot {
    pub owner: String,
    pub at: Position,
}

/// The node of the flow itself that a node is, or is in.
fn outermost(address: &str) -> String {
    address.split('/').next().unwrap_or_default().to_owned()
}

/// The size of a new node.
fn fresh_size(kind: NodeType) -> (f64, f64) {
    let mut document = Document::default();
    let added = change::add(&mut document, kind, Position::default(), "");
    added.map_or((layout::WIDTH, HEIGHT), |address| document.size(&address))
}

/// The first output of a node, or the first branch of a Condition that leads nowhere yet.
fn free_port(document: &Document, address: &str) -> Option<Port> {
    let (body, name) = document.around(address)?;
    let used = |condition: &str| {
        body.connections.iter().any(|c| c.source == name && c.condition() == Some(condition))
    };
    let rows = layout::rows(body.node(name)?);
    let is_free = |row: &Row| match row {
        Row::Input(_) => false,
        Row::Output(_) => true,
        Row::Condition(condition) => !used(condition),
    };
    rows.into_iter().find(is_free).map(|row| Port::new(address, row))
}

/// To the right of a node, where there is room for one of this size.
fn beside(document: &Document, address: &str, size: (f64, f64)) -> Position {
    let place = document.place(address);
    let at = Position { x: place.x + document.size(address).0 + GAP, y: place.y };
    clear(document, flow::address::place(address), at, size)
}

/// The first place from here downwards where nothing of this body stands, nor what may be said below a node.
fn clear(document: &Document, owner: &str, mut at: Position, size: (f64, f64)) -> Position {
    let cards = Rect::of_body(document, owner);
    let taken = |at: Position| {
        cards.iter().any(|card| {
            card.x < at.x + size.0
                && at.x < card.x + card.width
                && at.y < card.y + card.height + ISSUE
                && card.y < at.y + size.1.max(HEIGHT)
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
        let size = (layout::WIDTH, HEIGHT);
        assert_eq!(beside(&document, &name, size), Position { x: layout::WIDTH + GAP, y: 0.0 });
        assert!(
            clear(&document, "", origin, size).y >= layout::size(&document.definition.nodes[0]).1 + ISSUE
        );
        let branch = free_port(&document, &name).unwrap();
        assert_eq!(branch.row, Row::Condition("default".into()));
        change::add_connected(&mut document, NodeType::Output, origin, "m", &branch).unwrap();
        assert_eq!(free_port(&document, &name), None);
    }

    #[test]
    fn a_loop_finds_room_for_all_of_it() {
        let mut document = Document::default();
        change::add(&mut document, NodeType::Input, Position::default(), "m").unwrap();
        let far = Position { x: 620.0, y: 0.0 };
        change::add(&mut document, NodeType::Output, far, "m").unwrap();
        let card = (layout::WIDTH, HEIGHT);
        assert!(beside(&document, "FlowInputNode", card).y < 1.0);
        let below = beside(&document, "FlowInputNode", fresh_size(NodeType::Loop));
        assert!(below.y >= document.size("FlowOutputNode").1, "the Output stands in its way");
        change::add(&mut document, NodeType::Loop, below, "m").unwrap();
        let inside = beside(&document, "Loop_1/LoopInput_1", card);
        assert_eq!(inside.y, document.place("Loop_1/LoopInput_1").y, "what is outside is in nobody's way");
    }
}
