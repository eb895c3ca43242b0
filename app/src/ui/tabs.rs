//! Tabs: arrow keys move between them, Tab leaves them.

use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// A row of tabs for panels with the id `NAME-panel`.
#[component]
pub fn Tabs(
    /// Unique on the page.
    name: &'static str,
    /// What the tabs are about.
    label: &'static str,
    tabs: Vec<&'static str>,
    selected: RwSignal<usize>,
    /// A tab, by its place, that says how many things its panel holds.
    #[prop(optional)]
    count: Option<(usize, Signal<usize>)>,
) -> impl IntoView {
    let root = NodeRef::<html::Div>::new();
    let last = tabs.len().saturating_sub(1);
    let on_key = move |event: leptos::ev::KeyboardEvent| {
        let at = selected.get_untracked();
        let next = match event.key().as_str() {
            "ArrowRight" => {
                if at == last {
                    0
                } else {
                    at + 1
                }
            }
            "ArrowLeft" => {
                if at == 0 {
                    last
                } else {
                    at - 1
                }
            }
            "Home" => 0,
            "End" => last,
            _ => return,
        };
        event.prevent_default();
        selected.set(next);
        let tab = root.get_untracked().and_then(|root| root.children().item(next as u32));
        if let Some(tab) = tab.and_then(|tab| tab.dyn_into::<HtmlElement>().ok()) {
            let _refused = tab.focus();
        }
    };
    view! {
        <div class="tabs" role="tablist" aria-label=label node_ref=root on:keydown=on_key>
            {tabs
                .into_iter()
                .enumerate()
                .map(|(at, tab)| {
                    view! {
                        <button
                            type="button"
                            role="tab"
                            id=format!("{name}-tab-{at}")
                            aria-controls=format!("{name}-panel")
                            aria-selected=move || (selected.get() == at).to_string()
                            tabindex=move || if selected.get() == at { "0" } else { "-1" }
                            on:click=move |_| selected.set(at)
                        >
                            {tab}
                            {count
                                .filter(|(counted, _)| *counted == at)
                                .map(|(_, count)| {
                                    view! {
                                        <Show when=move || { count.get() > 0 }>
                                            " "
                                            <span class="chip num">{move || count.get()}</span>
                                        </Show>
                                    }
                                })}
                        </button>
                    }
                })
                .collect_view()}
        </div>
    }
}
