//! Dragging what is selected: cards, with a loop what is inside it, and notes. The frames around them follow, and a loop
//! under the hand takes what nothing connects to the outside. With Alt, what is dragged past the edge of its loop leaves
//! it.

use std::sync::OnceLock;

use flow::address::{is_inside, place};
use flow::extensions::Position;
use flow::layout;
use leptos::prelude::*;

use super::geometry::Rect;
use super::gesture::Hit;
use super::guide;
use super::proximity::Near;
use super::stage::Stage;
use super::target::{grounds, offset};
use crate::editor::board::NoteCard;
use crate::editor::selection::Selection;
use crate::editor::session::{Card, Wire};
use crate::editor::{adopt, arrange, change, connect, note, splice};

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
    /// The notes that move along, and where they stood.
    notes: Vec<(NoteCard, Position)>,
    /// What stands still, to come in line with.
    still: Vec<Rect>,
    /// A single node that nothing is connected to, and the connections that it can be put into.
    wires: Vec<Wire>,
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
    /// Lies close around its body, without those that leave it.
    fn follow(&self, without: &[String]) {
        let stays = |card: &&Card| {
            let own = card.name();
            !without.iter().any(|other| *other == own || is_inside(&own, other))
        };
        let card = |card: &Card| Rect::of(card.place.get_untracked(), card.size.get_untracked());
        let Some(around) = Rect::around(self.body.iter().filter(stays).map(card)) else { return };
        let (begin, size) = self
            .card
            .node
            .with_untracked(|node| (layout::body(node), layout::frame(node, (around.width, around.height))));
        self.card.stand(Position { x: around.x - begin.x, y: around.y - begin.y }, size);
    }

    /// Where it was before anything was dragged.
    fn stood(&self) -> Rect {
        Rect::of(self.place, self.size)
    }
}

/// The middle of a card's header, by which it belongs to what is below.
fn header_of(card: &Card) -> Position {
    let (at, (width, _)) = (card.place.get_untracked(), card.size.get_untracked());
    Position { x: at.x + width / 2.0, y: at.y + layout::HEADER / 2.0 }
}

impl Stage {
    pub(super) fn begin_drag(self, hit: &Hit) {
        let is_selected = self.editor.selection.with_untracked(|selection| match hit {
            Hit::Node(node) => selection.nodes.contains(node),
            Hit::Note(note) => selection.notes.contains(note),
            Hit::Group(group) => selection.groups.contains(group),
            _ => true,
        });
        if !is_selected {
            self.editor.select(self.selection_of(hit));
        }
        let chosen = self.editor.selection.with_untracked(Selection::outermost);
        let cards = self.editor.cards.get_untracked();
        let moves = |card: &Card| {
            let own = card.name();
            chosen.iter().any(|address| own == *address || is_inside(&own, address))
        };
        let moving: Vec<(Card, Position)> =
            cards.iter().filter(|card| moves(card)).map(|card| (*card, card.place.get_untracked())).collect();
        // What is around it, or in it, is no line to come into.
        let beside = |card: &&Card| {
            card.is_shown() && !moves(card) && !chosen.iter().any(|address| is_inside(address, &card.name()))
        };
        let still = cards
            .iter()
            .filter(beside)
            .map(|card| Rect::of(card.place.get_untracked(), card.size.get_untracked()));
        let notes = self.editor.selection.with_untracked(|selection| selection.notes.clone());
        let notes = notes.iter().filter_map(|id| self.editor.note(id));
        let ground = |(owner, rect)| Ground { owner, rect, takes: OnceLock::new() };
        let grounds = self.editor.look(|document| grounds(document, &chosen)).into_iter().map(ground);
        let drag = Drag {
            still: still.collect(),
            notes: notes.map(|note| (note, note.place.get_untracked())).collect(),
            wires: self.wires_for(&chosen),
            moving,
            around: self.frames_around(&chosen),
            grounds: grounds.collect(),
            chosen,
        };
        self.drag.set_value(drag);
    }

    /// The connections that a single free node can be put into.
    fn wires_for(self, chosen: &[String]) -> Vec<Wire> {
        let [only] = chosen else { return Vec::new() };
        self.editor.look(|document| {
            if !splice::is_free(document, only) {
                return Vec::new();
            }
            let wires = self.editor.wires.get_untracked().into_iter();
            let near = wires.filter(|wire| place(&wire.name) == place(only));
            near.filter(|wire| splice::through(&mut document.clone(), &wire.name, only).is_ok()).collect()
        })
    }

    /// The connection whose middle is under the dragged node.
    fn wire_below(self, drag: &Drag) -> Option<String> {
        let (card, _) = drag.moving.first()?;
        let rect = Rect::of(card.place.get_untracked(), card.size.get_untracked());
        let below = |wire: &&Wire| untrack(|| rect.contains(wire.middle()));
        drag.wires.iter().find(below).map(|wire| wire.name.clone())
    }

    /// The connection that a single dragged node would get from what it is near, where a person wants that.
    fn near_of(self, drag: &Drag, opens: bool) -> Option<Near> {
        let wanted = self.wishes.get_untracked().near && !opens && drag.chosen.len() == 1;
        let (card, _) = drag.moving.first().filter(|_| wanted)?;
        self.nearest(*card)
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
            let by = self.snapped(drag, dx / zoom, dy / zoom)?;
            for (card, at) in &drag.moving {
                card.stand(offset(*at, by), card.size.get_untracked());
            }
            for (note, at) in &drag.notes {
                note.place.set(offset(*at, by));
            }
            let leaves = self.leaves(drag);
            drag.around.iter().for_each(|frame| match leaves {
                Some(_) => frame.follow(&drag.chosen),
                None => frame.follow(&[]),
            });
            let opened = self.wire_below(drag);
            self.show_near(self.near_of(drag, opened.is_some()));
            if self.opened.with_untracked(|old| *old != opened) {
                self.opened.set(opened);
            }
            let Ground { owner, takes, .. } = drag.taker()?;
            let possible =
                || self.editor.look(|document| adopt::possible(document, &drag.chosen, owner).is_ok());
            takes.get_or_init(possible).then(|| owner.clone())
        });
        self.show_taker(&taker.unwrap_or_default());
    }

    /// What takes what Alt lets out of its loop: a loop around that, or the flow itself, whose address is empty.
    fn leaves(self, drag: &Drag) -> Option<String> {
        self.free.get_value().then(|| drag.out_of()).flatten()
    }

    /// How far it goes: to a line that is near, else to the grid; with Alt exactly as far as the hand.
    fn snapped(self, drag: &Drag, dx: f64, dy: f64) -> Option<Position> {
        let first = drag.moving.first().map(|(_, at)| *at).or(drag.notes.first().map(|(_, at)| *at))?;
        if self.free.get_value() {
            self.guides.set(Vec::new());
            return Some(Position { x: dx, y: dy });
        }
        let box_of = |(card, at): &(Card, Position)| Rect::of(*at, card.size.get_untracked());
        let notes = drag.notes.iter().map(|(note, at)| Rect::of(*at, note.size.get_untracked()));
        let chosen = drag.moving.iter().filter(|(card, _)| drag.chosen.contains(&card.name()));
        let around = Rect::around(chosen.map(box_of).chain(notes)).unwrap_or_default();
        let moved = Rect { x: around.x + dx, y: around.y + dy, ..around };
        let zoom = self.viewport.with_untracked(|viewport| viewport.zoom);
        let wishes = self.wishes.get_untracked();
        let still = if wishes.no_guides { &[] } else { drag.still.as_slice() };
        let guides = guide::find(moved, still, guide::NEAR / zoom);
        let grid = |from: f64, by: f64| if wishes.off_grid { by } else { layout::snap(from + by) - from };
        let by = Position {
            x: guides.dx.map_or_else(|| grid(first.x, dx), |by| dx + by),
            y: guides.dy.map_or_else(|| grid(first.y, dy), |by| dy + by),
        };
        if self.guides.with_untracked(|old| *old != guides.lines) {
            self.guides.set(guides.lines);
        }
        Some(by)
    }

    /// Nothing is dragged any more.
    fn end_drag(self) -> Option<String> {
        self.show_taker("");
        self.guides.set(Vec::new());
        self.show_near(None);
        self.opened.try_update(Option::take).flatten()
    }

    pub(super) fn drop_drag(self) {
        let near = self.near.get_untracked();
        let opened = self.end_drag();
        let drag = self.drag.get_value();
        let pushes = self.wishes.get_untracked().push;
        let notes: Vec<(String, Position)> =
            drag.notes.iter().map(|(note, _)| (note.id.get_value(), note.place.get_untracked())).collect();
        let moved: Vec<(String, Position)> = drag
            .moving
            .iter()
            .map(|(card, _)| (card.name(), card.place.get_untracked()))
            .filter(|(address, _)| drag.chosen.contains(address))
            .collect();
        let label = match moved.as_slice() {
            [(address, _)] => format!("Move {}", flow::address::name(address)),
            [] => "Move the note".to_owned(),
            many => format!("Move {} nodes", many.len()),
        };
        let leaves = self.leaves(&drag);
        let owner = drag.taker().map(|ground| ground.owner.clone()).or_else(|| leaves.clone());
        let taken = self.editor.change(&label, |document| {
            change::place(document, &moved);
            for (id, at) in &notes {
                note::edit(document, id, |note| note.position = *at);
            }
            if let (Some(wire), [(node, _)]) = (&opened, moved.as_slice()) {
                return splice::through(document, wire, node).err().map(Err);
            }
            let taken = owner.map(|owner| adopt::adopt(document, &drag.chosen, &owner));
            if taken.is_none() && pushes {
                arrange::push(document, &drag.chosen);
            }
            if let (None, Some(near)) = (&taken, &near) {
                connect::connect(document, &near.link);
            }
            taken
        });
        match taken {
            None => {
                if opened.is_some() {
                    self.editor.say("Put into the connection");
                } else if let Some(near) = near {
                    self.editor.say(format!("Connected {}", near.link.label()));
                }
            }
            Some(Ok(addresses)) => {
                self.editor.select(Selection::nodes(addresses));
                if leaves.is_some() {
                    self.editor.say("Moved out of the loop");
                }
            }
            Some(Err(reason)) => self.refuse(reason),
        }
    }

    pub(super) fn cancel_drag(self) {
        self.end_drag();
        self.drag.with_value(|drag| {
            drag.moving.iter().for_each(|(card, at)| card.stand(*at, card.size.get_untracked()));
            drag.notes.iter().for_each(|(note, at)| note.place.set(*at));
            drag.around.iter().for_each(|frame| frame.card.stand(frame.place, frame.size));
        });
    }
}

impl Drag {
    /// Where what is dragged is once it is past the edge of its loop: in a loop around that, or in none.
    fn out_of(&self) -> Option<String> {
        let (card, _) = self.moving.first()?;
        let owner = place(self.chosen.first()?);
        if self.chosen.iter().any(|other| place(other) != owner) {
            return None;
        }
        let middle = header_of(card);
        let mut past = self.around.iter().skip_while(|frame| !frame.stood().contains(middle));
        let taker = past.next().map(|frame| frame.card.name()).unwrap_or_default();
        (taker != owner).then_some(taker)
    }

    /// The loop that would take what is dragged: the one below the first card's header, unless that is in it already.
    fn taker(&self) -> Option<&Ground> {
        let (card, _) = self.moving.first()?;
        let middle = header_of(card);
        let below = self.grounds.iter().rfind(|ground| ground.rect.contains(middle))?;
        (!is_inside(&card.name(), &below.owner)).then_some(below)
    }
}
