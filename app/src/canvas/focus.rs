//! The focus on the canvas: given without scrolling, since the viewport alone says what is seen.

use js_sys::{Function, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::HtmlElement;

use crate::editor::session::Card;
use crate::ui::browser;

/// Gives a card the focus of the keyboard.
pub fn focus(card: Card) {
    let element = browser::document().and_then(|document| document.get_element_by_id(&element_id(card)));
    if let Some(element) = element.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        still(&element);
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
