//! What moves by itself: the viewport on its way, cards on their way to where they were put, and the canvas that goes
//! along with a hand at its edge. People who want stillness see the end at once.

use std::time::Duration;

use flow::extensions::Position;
use leptos::ev;
use leptos::leptos_dom::helpers::set_timeout;
use leptos::prelude::*;

use super::geometry::Rect;
use super::hand::Hand;
use super::stage::Stage;
use super::viewport::{Viewport, along};
use crate::editor::session::Card;
use crate::ui::browser;

/// How long the viewport is on its way, and cards, in milliseconds.
const TRAVEL: f64 = 200.0;
const GLIDE: f64 = 280.0;
/// How long after a move what is seen is kept.
const KEEP_VIEW: Duration = Duration::from_millis(300);

impl Stage {
    /// Opens a flow where this person left it, else all of it; where it is left is kept from then on.
    pub fn open_where_left(self) {
        self.measure();
        let key = format!("anabranch.view.{}", self.editor.flow_id.get_value());
        let left = browser::stored(&key).and_then(|text| Viewport::read(&text));
        // What is not seen at all is of no use.
        let seen = left.filter(|left| {
            let seen = left.seen(self.size.get_untracked());
            self.editor.look(Rect::of_all).is_some_and(|all| seen.touches(&all))
        });
        if let Some(to) = seen.or_else(|| self.whole()) {
            self.viewport.set(to);
        }
        self.looks.set(true);
        // By its owner: the effect lives as long as the page.
        self.editor.own(|| self.keep_view(key));
    }

    /// Keeps what is seen, a few times a second while it moves, and when the page goes.
    fn keep_view(self, key: String) {
        let moved = StoredValue::new(false);
        let keep = move || {
            let now = self.viewport.try_get_untracked();
            if let (Some(true), Some(now)) = (moved.try_update_value(std::mem::take), now) {
                browser::store(&key, Some(&now.written()));
            }
        };
        let later = keep.clone();
        Effect::new(move |before: Option<()>| {
            self.viewport.track();
            if before.is_some() && !moved.get_value() {
                moved.set_value(true);
                set_timeout(later.clone(), KEEP_VIEW);
            }
        });
        let hide = window_event_listener(ev::pagehide, {
            let keep = keep.clone();
            move |_| keep()
        });
        on_cleanup(move || {
            hide.remove();
            keep();
        });
    }

    /// Shows the whole flow.
    pub fn fit(self) {
        if let Some(to) = self.whole() {
            self.travel(to);
        }
    }

    fn whole(self) -> Option<Viewport> {
        self.measure();
        let notes = self.editor.notes.get_untracked().into_iter();
        let notes = notes.map(|note| Rect::of(note.place.get_untracked(), note.size.get_untracked()));
        let around = Rect::around(self.editor.look(Rect::of_all).into_iter().chain(notes))?;
        Some(Viewport::fit(around, self.size.get_untracked()))
    }

    /// Goes to another viewport, unless a hand takes it elsewhere meanwhile.
    pub fn travel(self, to: Viewport) {
        if browser::prefers_stillness() {
            return self.viewport.set(to);
        }
        let from = self.viewport.get_untracked();
        self.step_travel(from, to, js_sys::Date::now(), from);
    }

    fn step_travel(self, from: Viewport, to: Viewport, began: f64, last: Viewport) {
        self.next_frame(move |stage| {
            if stage.viewport.get_untracked() != last {
                return;
            }
            let part = (js_sys::Date::now() - began) / TRAVEL;
            let now = from.towards(to, part);
            stage.viewport.set(now);
            if part < 1.0 {
                stage.step_travel(from, to, began, now);
            }
        });
    }

    /// Cards go from where they stood to where the document has them, unless it changes meanwhile.
    pub(super) fn glide(self, before: Vec<(Card, Position)>) {
        let moved: Vec<(Card, Position, Position)> = before
            .into_iter()
            .map(|(card, from)| (card, from, card.place.get_untracked()))
            .filter(|(_, from, to)| from != to)
            .collect();
        if browser::prefers_stillness() || moved.is_empty() {
            return;
        }
        for (card, from, _) in &moved {
            card.place.set(*from);
        }
        self.step_glide(moved, js_sys::Date::now(), self.editor.tick.get_untracked());
    }

    fn step_glide(self, moved: Vec<(Card, Position, Position)>, began: f64, tick: u64) {
        self.next_frame(move |stage| {
            if stage.editor.tick.get_untracked() != tick || !stage.is_at_rest() {
                return stage.editor.settle_places();
            }
            let part = (js_sys::Date::now() - began) / GLIDE;
            let eased = 1.0 - (1.0 - part.clamp(0.0, 1.0)).powi(3);
            for (card, from, to) in &moved {
                let between = |a: f64, b: f64| if part >= 1.0 { b } else { a + (b - a) * eased };
                card.place.set(Position { x: between(from.x, to.x), y: between(from.y, to.y) });
            }
            if part < 1.0 {
                stage.step_glide(moved, began, tick);
            }
        });
    }

    /// A hand that holds something at the edge takes the canvas along, a step in each frame.
    pub(super) fn go_along(self, pointer: i32, at: Position) {
        let by = along(at, self.size.get_untracked());
        if by == (0.0, 0.0) || !self.hand.with_value(Hand::goes_along) {
            return self.along.set_value(None);
        }
        let waits = self.along.with_value(Option::is_some);
        self.along.set_value(Some((pointer, at)));
        if !waits {
            self.next_frame(Self::step_along);
        }
    }

    fn step_along(self) {
        let Some((pointer, at)) = self.along.try_update_value(Option::take).flatten() else { return };
        let (dx, dy) = along(at, self.size.get_untracked());
        if (dx, dy) == (0.0, 0.0) || !self.hand.with_value(Hand::goes_along) {
            return;
        }
        self.viewport.update(|viewport| *viewport = viewport.pan(dx, dy));
        self.hand.update_value(|hand| hand.shift(dx, dy));
        self.move_hand(pointer, at);
    }
}
