//! Dragging cards: those that are selected, and with a loop what is inside it. The frames around them follow, and a loop
//! under the hand takes what nothing connects to the outside.

use std::sync::OnceLock;

use flow::address::{is_inside, place};
use flow::extensions::Position;
use flow::layout;
use leptos::prelude::*;

use super::geometry::Rect;
use super::stage::Stage;
use super::target::{grounds, offset};
use crate::editor::adopt;
use crate::editor::change;
use crate::editor::selection::Selection;
use crate::editor::session::Card;

/// What is being dragged.
#[derive(Clone, Default)]
pub(super) struct Drag {
    /// The addresses of what was chosen; what is inside those moves along.
    chosen: Vec<String>,
    /// Everything that moves, and where it stood.
    moving: Vec<(Card, Position)>,
    /// The loops around it that stay, the innermost first.
    around: Vec<Frame>,
    /// The loops that may take it, those inside others behind them.
    grounds: Vec<Ground>,
}

/// A loop that something can be dropped on, where it is while that is dragged.
#[derive(Clone)]
struct Ground {
    owner: String,
    rect: Rect,
    /// Whether it takes what is dragged. Asked when that is over it, and once.
    takes: OnceLock<bool>,
}

/// A loop's card, the cards of its body, and how it stood.
#[derive(Clone)]
struct Frame {
    card: Card,
    body: Vec<Card>,
    place: Position,
    size: (f64, f64),
}

impl Frame {
    /// Lies close around its body.
    fn follow(&self) {
        let card = |card: &Card| Rect::of(card.place.get_untracked(), card.size.get_untracked());
        let Some(around) = Rect::around(self.body.iter().map(card)) else { return };
        let (begin, size) = self
            .card
            .node
            .with_untracked(|node| (layout::body(node), layout::frame(node, (around.width, around.height))));
        self.card.stand(Position { x: around.x - begin.x, y: around.y - begin.y }, size);
    }
}

impl Stage {
    pub(super) fn begin_drag(self, address: &str) {
        if !self.editor.selection.with_untracked(|selection| selection.nodes.contains(address)) {
            self.editor.select(Selection::node(address));
        }
        let chosen = self.editor.selection.with_untracked(Selection::outermost);
        let cards = self.editor.cards.get_untracked();
        let moves = |card: &Card| {
            let own = card.name();
            chosen.iter().any(|address| own == *address || is_inside(&own, address))
        };
        let moving = cards.iter().filter(|card| moves(card)).map(|card| (*card, card.place.get_untracked()));
        let ground = |(owner, rect)| Ground { owner, rect, takes: OnceLock::new() };
        let grounds = self.editor.look(|document| grounds(document, &chosen)).into_iter().map(ground);
        let drag = Drag {
            moving: moving.collect(),
            around: self.frames_around(&chosen),
            grounds: grounds.collect(),
            chosen,
        };
        self.drag.set_value(drag);
    }

    fn frames_around(self, chosen: &[String]) -> Vec<Frame> {
        let owners = |address: &String| {
            let up = |address: &String| Some(place(address).to_owned()).filter(|owner| !owner.is_empty());
            std::iter::successors(up(address), up).collect::<Vec<_>>()
        };
        let mut around: Vec<String> = chosen.iter().flat_map(owners).collect();
        around.sort_by_key(|owner| (std::cmp::Reverse(owner.matches('/').count()), owner.clone()));
        around.dedup();
        let frame = |owner: &String| {
            let card = self.editor.card(owner)?;
            let body =
                self.editor.cards.get_untracked().into_iter().filter(|card| place(&card.name()) == owner);
            let (place, size) = (card.place.get_untracked(), card.size.get_untracked());
            Some(Frame { card, body: body.collect(), place, size })
        };
        around.iter().filter_map(frame).collect()
    }

    /// One offset for all, snapped by the first, so that they keep their distances.
    pub(super) fn drag_by(self, dx: f64, dy: f64) {
        let zoom = self.viewport.with_untracked(|viewport| viewport.zoom);
        let taker = self.drag.with_value(|drag| {
            let (_, first) = drag.moving.first()?;
            let snap = |at: f64| if self.free.get_value() { at } else { layout::snap(at) };
            let by =
                Position { x: snap(first.x + dx / zoom) - first.x, y: snap(first.y + dy / zoom) - first.y };
            for (card, at) in &drag.moving {
                card.stand(offset(*at, by), card.size.get_untracked());
            }
            drag.around.iter().for_each(Frame::follow);
            let Ground { owner, takes, .. } = drag.taker()?;
            let possible =
                || self.editor.look(|document| adopt::possible(document, &drag.chosen, owner).is_ok());
            takes.get_or_init(possible).then(|| owner.clone())
        });
        self.show_taker(&taker.unwrap_or_default());
    }

    pub(super) fn drop_drag(self) {
        self.show_taker("");
        let drag = self.drag.get_value();
        let moved: Vec<(String, Position)> = drag
            .moving
            .iter()
            .map(|(card, _)| (card.name(), card.place.get_untracked()))
            .filter(|(address, _)| drag.chosen.contains(address))
            .collect();
        let label = match moved.as_slice() {
            [(address, _)] => format!("Move {}", flow::address::name(address)),
            many => format!("Move {} nodes", many.len()),
        };
        let owner = drag.taker().map(|ground| ground.owner.clone());
        let taken = self.editor.change(&label, |document| {
            change::place(document, &moved);
            owner.map(|owner| adopt::adopt(document, &drag.chosen, &owner))
        });
        match taken {
            None => {}
            Some(Ok(addresses)) => self.editor.select(Selection::nodes(addresses)),
            Some(Err(reason)) => self.refuse(reason),
        }
    }

    pub(super) fn cancel_drag(self) {
        self.show_taker("");
        self.drag.with_value(|drag| {
            drag.moving.iter().for_each(|(card, at)| card.stand(*at, card.size.get_untracked()));
            drag.around.iter().for_each(|frame| frame.card.stand(frame.place, frame.size));
        });
    }
}

impl Drag {
    /// The loop that would take what is dragged: the one below the first card's header, unless that is in it already.
    fn taker(&self) -> Option<&Ground> {
        let (card, _) = self.moving.first()?;
        let (at, (width, _)) = (card.place.get_untracked(), card.size.get_untracked());
        let middle = Position { x: at.x + width / 2.0, y: at.y + layout::HEADER / 2.0 };
        let below = self.grounds.iter().rfind(|ground| ground.rect.contains(middle))?;
        (!is_inside(&card.name(), &below.owner)).then_some(below)
    }
}
