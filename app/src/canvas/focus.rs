//! The focus on the canvas: given without scrolling, since the viewport alone says what is seen.

use js_sys::{Function, Object, Reflect};
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::HtmlElement;

use super::stage::Stage;
use crate::editor::session::Card;
use crate::ui::browser;

/// Gives a card the focus of the keyboard.
pub fn focus(card: Card) {
    let element = browser::document().and_then(|document| document.get_element_by_id(&element_id(card)));
    if let Some(element) = element.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        still(&element);
    }
}

/// How many cards there are from which on the Tab key comes to one of them alone; the arrow keys lead on.
const MANY: usize = 50;

impl Stage {
    /// Whether the Tab key comes to this card: to each, or where they are many to the one that had the focus last.
    pub(super) fn tab_index(self, card: Card) -> &'static str {
        let first = self.editor.cards.with(|cards| {
            (cards.len() > MANY).then(|| {
                let held = self.roving.get().filter(|held| cards.iter().any(|card| card.id == *held));
                held.or_else(|| cards.first().map(|card| card.id))
            })
        });
        match first.flatten() {
            Some(only) if only != card.id => "-1",
            _ => "0",
        }
    }

    /// A card took the focus: it is the one to come back to, and by the keyboard it comes into view.
    pub(super) fn focused(self, element: &web_sys::Element) {
        let Some(id) = element.get_attribute("data-card") else { return };
        let card = self
            .editor
            .cards
            .with_untracked(|cards| cards.iter().find(|card| card.id.to_string() == id).copied());
        let Some(card) = card else { return };
        self.roving.set(Some(card.id));
        if element.matches(":focus-visible").unwrap_or_default() {
            self.bring(&card.name());
        }
    }
}

/// Gives an element the focus, and scrolls nothing to it.
pub fn still(element: &HtmlElement) {
    let _refused = try_still(element);
}

/// The id of a card's element.
pub fn element_id(card: Card) -> String {
    format!("card-{}", card.id)
}

fn try_still(element: &HtmlElement) -> Result<JsValue, JsValue> {
    let options = Object::new();
    Reflect::set(&options, &"preventScroll".into(), &true.into())?;
    Reflect::get(element, &"focus".into())?.dyn_into::<Function>()?.call1(element, &options)
}
