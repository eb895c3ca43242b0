//! Resizing notes and groups, by their handles and by keys, and cutting connections by a stroke.

use std::collections::BTreeSet;

use flow::extensions::Position;
use flow::layout;
use leptos::prelude::*;

use super::geometry::Rect;
use super::gesture::Hit;
use super::stage::Stage;
use crate::editor::board::{GroupCard, NoteCard};
use crate::editor::document::Document;
use crate::editor::{change, group, note};
use crate::ui::format::count;

/// The handles: where they are, and which way they resize.
const SIDES: [(&str, (i8, i8)); 8] = [
    ("nw", (-1, -1)),
    ("n", (0, -1)),
    ("ne", (1, -1)),
    ("e", (1, 0)),
    ("se", (1, 1)),
    ("s", (0, 1)),
    ("sw", (-1, 1)),
    ("w", (-1, 0)),
];

/// The eight handles of a note or a group.
#[component]
pub fn Grips() -> impl IntoView {
    SIDES
        .map(|(at, (x, y))| {
            view! { <i class=format!("grip {at}") data-side=format!("{x} {y}") aria-hidden="true"></i> }
        })
        .collect_view()
}

/// What is being resized.
#[derive(Clone, Copy)]
enum What {
    Note(NoteCard),
    Group(GroupCard),
}

impl What {
    fn rect(self) -> Option<Rect> {
        match self {
            Self::Note(note) => Some(Rect::of(note.place.get_untracked(), note.size.get_untracked())),
            Self::Group(group) => untrack(|| group.rect()),
        }
    }

    /// Shows it so large, ahead of the document.
    fn show(self, rect: Rect) {
        match self {
            Self::Note(note) => {
                note.place.set(Position { x: rect.x, y: rect.y });
                note.size.set((rect.width, rect.height));
            }
            Self::Group(card) => {
                if let Some(least) = untrack(|| card.least()) {
                    card.group.update(|group| group.room = group::room(least, rect));
                }
            }
        }
    }

    fn noun(self) -> &'static str {
        match self {
            Self::Note(_) => "note",
            Self::Group(_) => "group",
        }
    }

    /// Writes down how large it is shown.
    fn keep(self, document: &mut Document) {
        match self {
            Self::Note(card) => note::edit(document, &card.id.get_value(), |note| {
                note.position = card.place.get_untracked();
                (note.width, note.height) = card.size.get_untracked();
            }),
            Self::Group(card) => group::edit(document, &card.id.get_value(), |group| {
                group.room = card.group.with_untracked(|shown| shown.room);
            }),
        }
    }
}

/// What is being resized, by which handle, and how it stood.
#[derive(Clone, Copy)]
pub(super) struct Resize {
    what: What,
    side: (i8, i8),
    before: Rect,
}

impl Stage {
    pub(super) fn start_resize(self, of: &Hit, side: (i8, i8)) {
        let what = match of {
            Hit::Note(id) => self.editor.note(id).map(What::Note),
            Hit::Group(id) => self.editor.group(id).map(What::Group),
            _ => None,
        };
        self.editor.select(self.selection_of(of));
        let resize = what.and_then(|what| Some(Resize { what, side, before: what.rect()? }));
        self.resize.set_value(resize);
    }

    pub(super) fn resize_by(self, dx: f64, dy: f64) {
        let Some(Resize { what, side, before }) = self.resize.get_value() else { return };
        let zoom = self.viewport.with_untracked(|viewport| viewport.zoom);
        let free = self.free.get_value() || self.wishes.get_untracked().off_grid;
        let snap = |by: f64| if free { by } else { layout::snap(by) };
        let by = Position { x: snap(dx / zoom), y: snap(dy / zoom) };
        let from = (Position { x: before.x, y: before.y }, (before.width, before.height));
        let (place, size) = note::resized(from, side, by, self.keep.get_value());
        what.show(Rect::of(place, size));
    }

    pub(super) fn drop_resize(self) {
        let Some(Resize { what, .. }) = self.resize.get_value() else { return };
        self.editor.change(&format!("Resize the {}", what.noun()), |document| what.keep(document));
    }

    pub(super) fn cancel_resize(self) {
        if let Some(Resize { what, before, .. }) = self.resize.get_value() {
            what.show(before);
        }
    }

    /// Makes the selected notes and groups larger or smaller, by their right and lower edges; steps in quick succession
    /// are one step of undo. Returns whether there were any.
    pub(super) fn grow(self, dx: f64, dy: f64) -> bool {
        let selection = self.editor.selection.get_untracked();
        let notes = selection.notes.iter().filter_map(|id| self.editor.note(id)).map(What::Note);
        let groups = selection.groups.iter().filter_map(|id| self.editor.group(id));
        let groups = groups.filter(|group| !group.group.with_untracked(|group| group.collapsed));
        let all: Vec<What> = notes.chain(groups.map(What::Group)).collect();
        let Some(first) = all.first().copied() else { return false };
        if self.wishes.get_untracked().locked {
            self.say_locked();
            return true;
        }
        for what in &all {
            let Some(rect) = what.rect() else { continue };
            let from = (Position { x: rect.x, y: rect.y }, (rect.width, rect.height));
            let (place, size) = note::resized(from, (1, 1), Position { x: dx, y: dy }, false);
            what.show(Rect::of(place, size));
        }
        let burst = format!("resize {:?} {:?}", selection.notes, selection.groups);
        let label = format!("Resize the {}", first.noun());
        self.editor.type_in(&label, &burst, |document| all.iter().for_each(|what| what.keep(document)));
        if let Some(rect) = first.rect() {
            self.editor.say(format!("Now {:.0} by {:.0}", rect.width, rect.height));
        }
        true
    }

    pub(super) fn start_cut(self, at: Position) {
        let at = self.viewport.get_untracked().to_flow(at);
        self.cut.set(Some((at, at)));
    }

    pub(super) fn cut_to(self, at: Position) {
        let Some((from, _)) = self.cut.get_untracked() else { return };
        let to = self.viewport.get_untracked().to_flow(at);
        self.cut.set(Some((from, to)));
        let course = self.course.get_untracked();
        let wires = self.editor.wires.get_untracked().into_iter();
        let crossed = untrack(|| {
            wires
                .filter(|wire| {
                    let (begin, end) = wire.ends();
                    course.crosses(begin, end, (from, to))
                })
                .map(|wire| wire.name)
                .collect::<BTreeSet<String>>()
        });
        if self.severed.with_untracked(|old| *old != crossed) {
            self.severed.set(crossed);
        }
    }

    pub(super) fn drop_cut(self) {
        let severed: Vec<String> = self.severed.get_untracked().into_iter().collect();
        self.cancel_cut();
        if severed.is_empty() {
            return;
        }
        self.editor.change("Cut", |document| change::remove(document, &[], &severed));
        self.editor.say(format!("Cut {}", count(severed.len() as u64, "connection")));
    }

    pub(super) fn cancel_cut(self) {
        self.cut.set(None);
        self.severed.set(BTreeSet::new());
    }
}
