//! CodeMirror, as `app/code` wraps it: fetched when the first field is shown, and asked for by hand, since bindings made
//! by macros are not safe code.
//!
//! Always holds: places are bytes here and UTF-16 there.

use js_sys::{Function, Promise, Reflect};
use serde::Serialize;
use serde_json::json;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::HtmlElement;

use super::Mark;
use crate::editor::offers::Offers;
use crate::ui::browser;

/// What a field is, and begins with.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Settings {
    pub id: String,
    pub text: String,
    pub language: &'static str,
    pub one_line: bool,
    pub placeholder: String,
    pub described_by: String,
    pub own_history: bool,
}

/// What a field tells and asks.
pub struct Handlers {
    /// A text was typed.
    pub tell: Box<dyn Fn(String)>,
    /// What could stand at these bytes of a text, and whether the person asked.
    pub offer: Box<dyn Fn(String, usize, bool) -> Option<Offers>>,
    /// Back in the document's history, or forth.
    pub step: Box<dyn Fn(bool)>,
}

/// A field on the page. It hears and asks for as long as this is kept.
pub struct Field {
    object: JsValue,
    _tell: Closure<dyn Fn(String)>,
    _offer: Closure<dyn Fn(String, u32, bool) -> String>,
    _step: Closure<dyn Fn(bool)>,
}

/// The module; none where it cannot be had.
pub async fn load() -> Option<JsValue> {
    let load: Function = get(&browser::window()?.into(), "codeFields")?.dyn_into().ok()?;
    let promise: Promise = load.call0(&JsValue::UNDEFINED).ok()?.dyn_into().ok()?;
    JsFuture::from(promise).await.ok()
}

impl Field {
    /// Takes the place of what is in `host`.
    pub fn mount(
        module: &JsValue,
        host: &HtmlElement,
        settings: &Settings,
        handlers: Handlers,
    ) -> Option<Self> {
        let Handlers { tell, offer, step } = handlers;
        let tell = Closure::wrap(tell as Box<dyn Fn(String)>);
        let offer = Closure::wrap(Box::new(move |text: String, at: u32, asked: bool| {
            let at = byte(&text, at as usize);
            told(&text, offer(text.clone(), at, asked)).to_string()
        }) as Box<dyn Fn(String, u32, bool) -> String>);
        let step = Closure::wrap(step as Box<dyn Fn(bool)>);
        let mount: Function = get(module, "mount")?.dyn_into().ok()?;
        let settings = serde_json::to_string(settings).ok()?;
        let given = [host.into(), settings.into(), tell.as_ref().clone(), offer.as_ref().clone()];
        let given: js_sys::Array = given.into_iter().chain([step.as_ref().clone()]).collect();
        let object = mount.apply(&JsValue::UNDEFINED, &given).ok()?;
        Some(Self { object, _tell: tell, _offer: offer, _step: step })
    }

    /// Shows this text, the cursor where it is, and underlines what is wrong with it.
    pub fn show(&self, text: &str, marks: &[Mark]) {
        let found = marks.iter().map(|mark| {
            json!({
                "from": utf16(text, mark.span.0),
                "to": utf16(text, mark.span.1),
                "severity": if mark.is_error { "error" } else { "warning" },
                "message": mark.message,
            })
        });
        let found = found.collect::<serde_json::Value>().to_string();
        self.call("show", &[text.into(), found.into()]);
    }

    /// Says what it is called, and whether it is wrong.
    pub fn say(&self, label: &str, invalid: bool) {
        self.call("say", &[label.into(), invalid.into()]);
    }

    pub fn destroy(&self) {
        self.call("destroy", &[]);
    }

    fn call(&self, name: &str, given: &[JsValue]) {
        if let Some(method) = get(&self.object, name).and_then(|method| method.dyn_into::<Function>().ok()) {
            let _refused = method.apply(&self.object, &given.iter().collect());
        }
    }
}

fn told(text: &str, found: Option<Offers>) -> serde_json::Value {
    let Some(Offers { from, to, options }) = found else { return serde_json::Value::Null };
    let options = options.into_iter().map(|offer| {
        let apply = offer.apply.unwrap_or_else(|| offer.label.clone());
        json!({"label": offer.label, "detail": offer.detail, "apply": apply})
    });
    json!({"from": utf16(text, from), "to": utf16(text, to), "options": options.collect::<Vec<_>>()})
}

fn get(object: &JsValue, name: &str) -> Option<JsValue> {
    Reflect::get(object, &name.into()).ok().filter(|value| !value.is_undefined())
}

/// The place in UTF-16 of these bytes, the two signs of a line's end on some systems being one there.
fn utf16(text: &str, byte: usize) -> usize {
    let is_told = |(at, letter): &(usize, char)| *letter != '\r' || !text[at + 1..].starts_with('\n');
    let before = text.char_indices().take_while(|(at, _)| *at < byte);
    before.filter(is_told).map(|(_, letter)| letter.len_utf16()).sum()
}

/// The bytes of this place in UTF-16.
fn byte(text: &str, utf16: usize) -> usize {
    let mut passed = 0;
    let past = text.char_indices().find(|(_, letter)| {
        let here = passed >= utf16;
        passed += letter.len_utf16();
        here
    });
    past.map_or(text.len(), |(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_in_both_ways() {
        let text = "aé😀b";
        for (in_bytes, in_utf16) in [(0, 0), (1, 1), (3, 2), (7, 4), (8, 5)] {
            assert_eq!(utf16(text, in_bytes), in_utf16);
            assert_eq!(byte(text, in_utf16), in_bytes);
        }
        assert_eq!(utf16(text, 99), 5);
        assert_eq!(utf16("a\r\nb\rc", 5), 4);
        assert_eq!(byte(text, 99), 8);
    }
}
