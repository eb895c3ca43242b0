//! The browser's services that pages need: storage, clipboard, files, title, focus.
//!
//! Always holds: each does nothing, or gives nothing, where the browser refuses; none panics.

use gloo_timers::future::TimeoutFuture;
use leptos::leptos_dom::helpers::request_animation_frame;
use leptos::task::spawn_local;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Blob, BlobPropertyBag, Document, Element, HtmlAnchorElement, HtmlElement, MouseEvent, Storage, Url,
    Window,
};

/// How often, and how many milliseconds apart, a page that is on its way is looked for.
const TRIES: u32 = 200;
const FRAME: u32 = 16;

pub fn window() -> Option<Window> {
    web_sys::window()
}

pub fn document() -> Option<Document> {
    window()?.document()
}

/// What this browser keeps under a key.
pub fn stored(key: &str) -> Option<String> {
    storage()?.get_item(key).ok().flatten()
}

/// Keeps a value under a key; none forgets it.
pub fn store(key: &str, value: Option<&str>) {
    let Some(storage) = storage() else { return };
    let _kept = match value {
        Some(value) => storage.set_item(key, value),
        None => storage.remove_item(key),
    };
}

/// Puts text into the clipboard; whether that worked.
pub async fn copy(text: &str) -> bool {
    let Some(window) = window() else { return false };
    // Without a secure context there is no clipboard at all, whatever the type says.
    let navigator = window.navigator();
    if js_sys::Reflect::get(&navigator, &"clipboard".into()).is_ok_and(|clipboard| clipboard.is_undefined()) {
        return false;
    }
    JsFuture::from(navigator.clipboard().write_text(text)).await.is_ok()
}

/// The text in the clipboard, where the browser lets the page read it.
pub async fn pasted() -> Option<String> {
    let navigator = window()?.navigator();
    if js_sys::Reflect::get(&navigator, &"clipboard".into()).is_ok_and(|clipboard| clipboard.is_undefined()) {
        return None;
    }
    JsFuture::from(navigator.clipboard().read_text()).await.ok()?.as_string()
}

/// The text of a file, or what a picture of a flow carries; none where the browser cannot read it.
pub async fn text_of(file: &web_sys::File) -> Option<String> {
    let bytes = JsFuture::from(file.array_buffer()).await.ok()?;
    let bytes = js_sys::Uint8Array::new(&bytes).to_vec();
    flow::picture::carried(&bytes).or_else(|| String::from_utf8(bytes).ok())
}

/// Whether the person wants nothing to move that need not.
pub fn prefers_stillness() -> bool {
    let query =
        window().and_then(|window| window.match_media("(prefers-reduced-motion: reduce)").ok().flatten());
    query.is_some_and(|query| query.matches())
}

/// Hands the person a file of JSON.
pub fn download(name: &str, text: &str) {
    let _refused = try_download(name, &JsValue::from_str(text), "application/json");
}

/// Hands the person a file of some other kind.
pub fn download_as(name: &str, content: &JsValue, kind: &str) {
    let _refused = try_download(name, content, kind);
}

/// The page's own address without a trailing slash, such as `http://127.0.0.1:8650`.
pub fn origin() -> String {
    window().and_then(|window| window.location().origin().ok()).unwrap_or_default()
}

/// The fragment of the address, without `#`.
pub fn fragment() -> String {
    let hash = window().and_then(|window| window.location().hash().ok()).unwrap_or_default();
    hash.trim_start_matches('#').to_owned()
}

/// Removes the fragment from the address and from the history, so that a secret in it is not kept.
pub fn clear_fragment() {
    let Some(window) = window() else { return };
    let location = window.location();
    let address = location.pathname().unwrap_or_default() + &location.search().unwrap_or_default();
    if let Ok(history) = window.history() {
        let _refused = history.replace_state_with_url(&JsValue::NULL, "", Some(&address));
    }
}

/// Loads the page anew.
pub fn reload() {
    if let Some(window) = window() {
        let _refused = window.location().reload();
    }
}

/// Names the page in the browser's tab.
pub fn set_title(title: &str) {
    if let Some(document) = document() {
        document.set_title(&format!("{title} · Anabranch"));
    }
}

/// Whether a click is not for the row or card that holds what was clicked: a link in it goes somewhere by itself, and a
/// key held down asks the browser for something else.
pub fn opens_itself(event: &MouseEvent) -> bool {
    let element = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let link = element.and_then(|element| element.closest("a, button").ok().flatten());
    link.is_some() || event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key()
}

/// Focuses what the selector finds, once the current changes are on the page.
pub fn focus_soon(selector: &'static str) {
    request_animation_frame(move || focus_now(selector));
}

/// Focuses what the selector finds at once: what is typed next goes there.
pub fn focus_now(selector: &str) {
    if let Some(element) = find(selector) {
        let _refused = element.focus();
    }
}

/// Focuses the element of this id, once the current changes are on the page.
pub fn focus_id_soon(id: String) {
    request_animation_frame(move || {
        let element = document().and_then(|document| document.get_element_by_id(&id));
        if let Some(element) = element.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
            let _refused = element.focus();
        }
    });
}

/// Focuses what the selector finds as soon as it is on the page, unless the person goes on to something else meanwhile.
pub fn focus_once_there(selector: &'static str) {
    let before = focused();
    spawn_local(async move {
        for _ in 0..TRIES {
            TimeoutFuture::new(FRAME).await;
            let now = focused();
            // What had the focus may have gone with its page; the browser then gives it to the body.
            if now != before && now.is_some_and(|now| now.tag_name() != "BODY") {
                return;
            }
            if let Some(element) = find(selector) {
                if !element.has_attribute("tabindex") {
                    element.set_tab_index(-1);
                }
                let _refused = element.focus();
                return;
            }
        }
    });
}

/// The element that has the focus.
pub fn focused() -> Option<HtmlElement> {
    document()?.active_element()?.dyn_into().ok()
}

/// Milliseconds since the Unix epoch.
pub fn now() -> u64 {
    js_sys::Date::now() as u64
}

/// A moment as the person's own settings write it.
pub fn local_time(at: u64) -> String {
    let date = js_sys::Date::new(&JsValue::from_f64(at as f64));
    String::from(date.to_locale_string("default", &JsValue::UNDEFINED))
}

fn find(selector: &str) -> Option<HtmlElement> {
    document()?.query_selector(selector).ok()??.dyn_into().ok()
}

fn storage() -> Option<Storage> {
    window()?.local_storage().ok().flatten()
}

fn try_download(name: &str, content: &JsValue, kind: &str) -> Result<(), JsValue> {
    let options = BlobPropertyBag::new();
    options.set_type(kind);
    let parts = js_sys::Array::of1(content);
    let blob = Blob::new_with_str_sequence_and_options(&parts, &options)?;
    let url = Url::create_object_url_with_blob(&blob)?;
    let document = document().ok_or(JsValue::NULL)?;
    let link: HtmlAnchorElement = document.create_element("a")?.unchecked_into();
    link.set_href(&url);
    link.set_download(name);
    link.click();
    Url::revoke_object_url(&url)
}
