//! Notes and groups on the page: signals that show what the document has of them, as [`session`](super::session) does
//! for its nodes.

use std::collections::HashMap;

use flow::address::is_inside;
use flow::extensions::{Group, Note, Position, Tint};
use flow::layout;
use leptos::prelude::*;

use super::document::{Document, Port};
use super::group;
use super::selection::Selection;
use super::session::{Card, Editor};

/// A note on the page.
#[derive(Clone, Copy, PartialEq)]
pub struct NoteCard {
    pub id: StoredValue<String>,
    pub text: RwSignal<String>,
    pub color: RwSignal<Tint>,
    pub place: RwSignal<Position>,
    pub size: RwSignal<(f64, f64)>,
    pub selected: RwSignal<bool>,
}

/// A group on the page.
#[derive(Clone, Copy, PartialEq)]
pub struct GroupCard {
    pub id: StoredValue<String>,
    pub group: RwSignal<Group>,
    /// The cards of its nodes, and of what is inside those.
    pub members: RwSignal<Vec<Card>>,
    /// The ports inside that are entered from outside, then those that are left: those of its card.
    pub ports: RwSignal<(Vec<Port>, Vec<Port>)>,
    /// The groups directly within it.
    pub inner: RwSignal<Vec<GroupCard>>,
    /// How many groups lie within it, one in the other.
    pub depth: RwSignal<usize>,
    pub selected: RwSignal<bool>,
    /// It is inside another that is collapsed.
    pub hidden: RwSignal<bool>,
}

impl GroupCard {
    /// The top left corner of what is in it.
    pub fn corner(self) -> Position {
        self.members.with(|members| {
            let places: Vec<Position> = members.iter().map(|card| card.place.get()).collect();
            let (x, y) = layout::corner(places.iter());
            Position { x, y }
        })
    }

    /// The size of its card, where it is collapsed.
    pub fn size(self) -> (f64, f64) {
        let rows = self.ports.with(|(entered, left)| entered.len() + left.len());
        let ports =
            if rows == 0 { 0.0 } else { 1.0 + 2.0 * layout::PORTS_PADDING + layout::ROW * rows as f64 };
        (layout::WIDTH, layout::HEADER + ports)
    }

    /// Where the wire of a port inside meets its card.
    pub fn handle(self, port: &Port) -> Position {
        let corner = self.corner();
        let row = |at: usize| layout::HEADER + 1.0 + layout::PORTS_PADDING + layout::ROW * (at as f64 + 0.5);
        let (x, y) = self.ports.with(|(entered, left)| {
            let into = entered.iter().position(|own| own == port).map(|at| (0.0, row(at)));
            let out =
                || left.iter().position(|own| own == port).map(|at| (layout::WIDTH, row(entered.len() + at)));
            into.or_else(out).unwrap_or((0.0, layout::HEADER / 2.0))
        });
        Position { x: corner.x + x, y: corner.y + y }
    }
}

impl Editor {
    /// The note of this id.
    pub fn note(self, id: &str) -> Option<NoteCard> {
        self.notes
            .with_untracked(|notes| notes.iter().find(|note| note.id.with_value(|own| own == id)).copied())
    }

    /// The group of this id.
    pub fn group(self, id: &str) -> Option<GroupCard> {
        self.groups.with_untracked(|groups| {
            groups.iter().find(|group| group.id.with_value(|own| own == id)).copied()
        })
    }

    pub(super) fn sync_board(self, document: &Document) {
        self.sync_notes(document);
        self.sync_groups(document);
    }

    /// Shows on notes and groups what is selected.
    pub(super) fn select_on_board(self, selection: &Selection) {
        let set = |signal: RwSignal<bool>, selected: bool| {
            if signal.get_untracked() != selected {
                signal.set(selected);
            }
        };
        for note in self.notes.get_untracked() {
            set(note.selected, note.id.with_value(|id| selection.notes.contains(id)));
        }
        for group in self.groups.get_untracked() {
            set(group.selected, group.id.with_value(|id| selection.groups.contains(id)));
        }
    }

    fn sync_notes(self, document: &Document) {
        let old = self.notes.get_untracked();
        let known: HashMap<String, NoteCard> = old.iter().map(|note| (note.id.get_value(), *note)).collect();
        let show = |note: &Note| {
            let card = known.get(&note.id).copied().unwrap_or_else(|| self.own(|| fresh_note(note)));
            put(card.text, note.text.clone());
            put(card.color, note.color);
            put(card.place, note.position);
            put(card.size, (note.width, note.height));
            card
        };
        let notes: Vec<NoteCard> = document.extensions.notes.iter().map(show).collect();
        if notes != old {
            self.notes.set(notes);
        }
    }

    fn sync_groups(self, document: &Document) {
        let old = self.groups.get_untracked();
        let known: HashMap<String, GroupCard> =
            old.iter().map(|group| (group.id.get_value(), *group)).collect();
        let (groups, cards) = (&document.extensions.groups, self.cards.get_untracked());
        let show = |group: &Group| {
            let card = known.get(&group.id).copied().unwrap_or_else(|| self.own(|| fresh_group(group)));
            let within = |card: &&Card| {
                let own = card.name();
                group.nodes.iter().any(|node| *node == own || is_inside(&own, node))
            };
            put(card.members, cards.iter().filter(within).copied().collect());
            put(card.ports, group::border(document, group));
            put(card.depth, group::depth(groups, group));
            put(card.group, group.clone());
            card
        };
        let shown: Vec<GroupCard> = groups.iter().map(show).collect();
        for (outer, card) in groups.iter().zip(&shown) {
            let inner = groups.iter().zip(&shown);
            let inner = inner.filter(|(inner, _)| group::is_directly_in(groups, inner, outer));
            put(card.inner, inner.map(|(_, card)| *card).collect());
        }
        fold(&cards, &shown);
        if shown != old {
            self.groups.set(shown);
        }
    }
}

/// Tells each card in which collapsed group it is: the outermost.
fn fold(cards: &[Card], groups: &[GroupCard]) {
    let mut collapsed: Vec<GroupCard> =
        groups.iter().filter(|group| group.group.with_untracked(|group| group.collapsed)).copied().collect();
    collapsed.sort_by_key(|group| std::cmp::Reverse(group.members.with_untracked(Vec::len)));
    let around = |card: &Card| {
        collapsed.iter().find(|group| group.members.with_untracked(|members| members.contains(card))).copied()
    };
    for card in cards {
        put(card.folded, around(card));
    }
    for group in groups {
        let first = group.members.with_untracked(|members| members.first().copied());
        let outer = first.and_then(|card| card.folded.get_untracked());
        put(group.hidden, outer.is_some_and(|outer| outer != *group));
    }
}

fn put<T: PartialEq + Send + Sync + 'static>(signal: RwSignal<T>, value: T) {
    if signal.with_untracked(|old| *old != value) {
        signal.set(value);
    }
}

fn fresh_note(note: &Note) -> NoteCard {
    NoteCard {
        id: StoredValue::new(note.id.clone()),
        text: RwSignal::new(note.text.clone()),
        color: RwSignal::new(note.color),
        place: RwSignal::new(note.position),
        size: RwSignal::new((note.width, note.height)),
        selected: RwSignal::new(false),
    }
}

fn fresh_group(group: &Group) -> GroupCard {
    GroupCard {
        id: StoredValue::new(group.id.clone()),
        group: RwSignal::new(group.clone()),
        members: RwSignal::new(Vec::new()),
        ports: RwSignal::new(Default::default()),
        inner: RwSignal::new(Vec::new()),
        depth: RwSignal::new(0),
        selected: RwSignal::new(false),
        hidden: RwSignal::new(false),
    }
}
