//! A JSON value as a tree whose branches open and close.

use leptos::prelude::*;
use serde_json::Value;

use super::format::{count, excerpt};

/// More members of one value are not shown.
const MOST: usize = 200;
/// How many levels are open at first.
const OPEN: usize = 2;
/// How much of a branch is told while it is closed.
const LONG: usize = 60;

#[component]
pub fn JsonTree(value: Value) -> impl IntoView {
    view! { <div class="json mono" tabindex="0" role="group" aria-label="JSON">{branch(None, value, 0)}</div> }
}

fn branch(key: Option<String>, value: Value, depth: usize) -> AnyView {
    let short = excerpt(&value.to_string(), LONG);
    let (members, size): (Vec<(String, Value)>, String) = match value {
        Value::Array(items) if !items.is_empty() => {
            let size = count(items.len() as u64, "item");
            (items.into_iter().enumerate().map(|(at, item)| (at.to_string(), item)).collect(), size)
        }
        Value::Object(members) if !members.is_empty() => {
            let size = count(members.len() as u64, "member");
            (members.into_iter().collect(), size)
        }
        leaf => return view! { <div class="leaf">{name(key)} {scalar(&leaf)}</div> }.into_any(),
    };
    let open = RwSignal::new(depth < OPEN);
    let more = members.len().saturating_sub(MOST);
    let members = StoredValue::new(members);
    view! {
        <details
            prop:open=move || open.get()
            on:toggle=move |event| {
                use leptos::wasm_bindgen::JsCast as _;
                let element = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
                if let Some(element) = element {
                    open.set(element.has_attribute("open"));
                }
            }
        >
            <summary>
                {name(key)} <span class="hint">{size}</span>
                <Show when=move || !open.get()>
                    " " <span class="hint">{short.clone()}</span>
                </Show>
            </summary>
            // What is closed is not made: a large value opens at once.
            <Show when=move || open.get()>
                {move || {
                    let members = members.get_value().into_iter().take(MOST);
                    members.map(|(key, value)| branch(Some(key), value, depth + 1)).collect_view()
                }}
                {(more > 0).then(|| view! { <p class="hint">{more} " more"</p> })}
            </Show>
        </details>
    }
    .into_any()
}

fn name(key: Option<String>) -> impl IntoView {
    key.map(|key| view! { <span class="key">{key} ": "</span> })
}

fn scalar(value: &Value) -> impl IntoView + use<> {
    let class = match value {
        Value::String(_) => "of-text",
        Value::Number(_) => "of-number",
        _ => "of-word",
    };
    view! { <span class=class>{value.to_string()}</span> }
}
