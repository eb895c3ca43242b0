//! A button that opens a list of actions: arrow keys move, Escape closes, the focus comes back.

use leptos::ev;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, Node};

use super::icon::{Glyph, Icon};

/// One action of a menu.
#[derive(Clone)]
pub struct Item {
    pub label: String,
    pub glyph: Glyph,
    pub danger: bool,
    pub act: Callback<()>,
}

impl Item {
    pub fn new(glyph: Glyph, label: impl Into<String>, act: impl Fn() + Send + Sync + 'static) -> Self {
        Self { label: label.into(), glyph, danger: false, act: Callback::new(move |()| act()) }
    }

    /// Marks what takes something away.
    pub fn danger(mut self) -> Self {
        self.danger = true;
        self
    }
}

/// A "more" button with its menu.
#[component]
pub fn Menu(
    /// What the button is for, such as `Actions for Support triage`.
    #[prop(into)]
    label: String,
    items: Vec<Item>,
) -> impl IntoView {
    let open = RwSignal::new(false);
    let root = NodeRef::<html::Div>::new();
    let list = NodeRef::<html::Div>::new();
    let items = StoredValue::new(items);
    let close = move || {
        open.set(false);
        focus_within(root.get_untracked().as_deref(), "button", 0);
    };
    Effect::new(move || {
        if open.get() && list.get().is_some() {
            focus_within(list.get_untracked().as_deref(), "[role=menuitem]", 0);
        }
    });
    let outside = window_event_listener(ev::pointerdown, move |event| {
        let inside = event.target().and_then(|target| target.dyn_into::<Node>().ok());
        let inside = root.get_untracked().is_some_and(|root| root.contains(inside.as_ref()));
        if open.get_untracked() && !inside {
            open.set(false);
        }
    });
    on_cleanup(move || outside.remove());
    view! {
        <div class="menu" node_ref=root on:keydown=move |event| on_key(&event, list, open, close)>
            <button
                type="button"
                class="btn quiet icon small"
                aria-haspopup="menu"
                aria-expanded=move || open.get().to_string()
                aria-label=label.clone()
                title=label
                on:click=move |event| {
                    event.prevent_default();
                    open.update(|open| *open = !*open);
                }
            >
                <Icon glyph=Glyph::More />
            </button>
            <Show when=move || open.get()>
                <div class="menu-list" role="menu" node_ref=list>
                    {items
                        .get_value()
                        .into_iter()
                        .map(|item| {
                            view! {
                                <button
                                    type="button"
                                    role="menuitem"
                                    tabindex="-1"
                                    class:danger=item.danger
                                    on:click=move |event| {
                                        event.prevent_default();
                                        close();
                                        item.act.run(());
                                    }
                                >
                                    <Icon glyph=item.glyph />
                                    {item.label}
                                </button>
                            }
                        })
                        .collect_view()}
                </div>
            </Show>
        </div>
    }
}

fn on_key(event: &ev::KeyboardEvent, list: NodeRef<html::Div>, open: RwSignal<bool>, close: impl Fn()) {
    if !open.get_untracked() {
        return;
    }
    let list = list.get_untracked();
    let step = match event.key().as_str() {
        "ArrowDown" => 1,
        "ArrowUp" => -1,
        "Escape" => return close(),
        "Tab" => return open.set(false),
        _ => return,
    };
    event.prevent_default();
    move_focus(list.as_deref(), step);
}

/// Gives the focus to the item so many steps on, round and round.
pub fn move_focus(list: Option<&HtmlElement>, step: i32) {
    let Some(items) = list.and_then(|list| list.query_selector_all("[role=menuitem]").ok()) else { return };
    let length = items.length() as i32;
    let focused = super::browser::focused();
    let at = (0..length)
        .find(|at| items.get(*at as u32).as_ref() == focused.as_ref().map(|focused| focused.as_ref()))
        .unwrap_or(0);
    if length > 0 {
        focus_within(list, "[role=menuitem]", (at + step).rem_euclid(length) as u32);
    }
}

/// Gives the focus to one of what the selector finds.
pub fn focus_within(root: Option<&HtmlElement>, selector: &str, at: u32) {
    let found = root.and_then(|root| root.query_selector_all(selector).ok()).and_then(|found| found.get(at));
    if let Some(element) = found.and_then(|node| node.dyn_into::<HtmlElement>().ok()) {
        let _refused = element.focus();
    }
}
