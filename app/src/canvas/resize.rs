//! Resizing notes by their handles, and cutting connections by a stroke.

use std::collections::BTreeSet;

use flow::extensions::Position;
use flow::layout;
use leptos::prelude::*;

use super::geometry::crosses;
use super::stage::Stage;
use crate::editor::board::NoteCard;
use crate::editor::selection::Selection;
use crate::editor::{change, note};
use crate::ui::format::count;

/// A note that is being resized: by which handle, and how it stood.
#[derive(Clone, Copy)]
pub(super) struct Resize {
    note: NoteCard,
    side: (i8, i8),
    place: Position,
    size: (f64, f64),
}

impl Stage {
    pub(super) fn start_resize(self, id: &str, side: (i8, i8)) {
        let resize = self.editor.note(id).map(|note| Resize {
            note,
            side,
            place: note.place.get_untracked(),
            size: note.size.get_untracked(),
        });
        self.editor.select(Selection::note(id));
        self.resize.set_value(resize);
    }

    pub(super) fn resize_by(self, dx: f64, dy: f64) {
        let Some(Resize { note, side, place, size }) = self.resize.get_value() else { return };
        let zoom = self.viewport.with_untracked(|viewport| viewport.zoom);
        let snap = |by: f64| if self.free.get_value() { by } else { layout::snap(by) };
        let by = Position { x: snap(dx / zoom), y: snap(dy / zoom) };
        let (place, size) = note::resized((place, size), side, by, self.keep.get_value());
        note.place.set(place);
        note.size.set(size);
    }

    pub(super) fn drop_resize(self) {
        let Some(Resize { note, .. }) = self.resize.get_value() else { return };
        let (place, size) = (note.place.get_untracked(), note.size.get_untracked());
        self.editor.change("Resize the note", |document| {
            note::edit(document, &note.id.get_value(), |note| {
                (note.position, note.width, note.height) = (place, size.0, size.1);
            });
        });
    }

    pub(super) fn cancel_resize(self) {
        if let Some(Resize { note, place, size, .. }) = self.resize.get_value() {
            note.place.set(place);
            note.size.set(size);
        }
    }

    pub(super) fn start_cut(self, at: Position) {
        let at = self.viewport.get_untracked().to_flow(at);
        self.cut.set(Some((at, at)));
    }

    pub(super) fn cut_to(self, at: Position) {
        let Some((from, _)) = self.cut.get_untracked() else { return };
        let to = self.viewport.get_untracked().to_flow(at);
        self.cut.set(Some((from, to)));
        let wires = self.editor.wires.get_untracked().into_iter();
        let crossed = untrack(|| {
            wires
                .filter(|wire| {
                    let (begin, end) = wire.ends();
                    crosses(begin, end, (from, to))
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
