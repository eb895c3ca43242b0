//! Inputs that are kept for trying a flow again and again: in this browser, for each flow its own.

use leptos::leptos_dom::helpers::request_animation_frame;
use leptos::prelude::*;

use super::Ask;
use crate::editor::session::use_editor;
use crate::ui::browser;
use crate::ui::dialog::Dialog;
use crate::ui::format::excerpt;
use crate::ui::icon::{Glyph, Icon};

/// More are not kept; the oldest goes.
const MOST: usize = 50;
/// How much of an input is shown in the list.
const LONG: usize = 160;

#[component]
pub fn SavedInputs(ask: Ask) -> impl IntoView {
    let editor = use_editor();
    let open = RwSignal::new(false);
    let key = StoredValue::new(format!("anabranch.inputs.{}", editor.flow_id.get_value()));
    let kept = RwSignal::new(read(&key.get_value()));
    let change = move |change: &dyn Fn(&mut Vec<String>)| {
        // Another tab may have kept some meanwhile.
        let mut inputs = read(&key.get_value());
        change(&mut inputs);
        browser::store(&key.get_value(), serde_json::to_string(&inputs).ok().as_deref());
        kept.set(inputs);
    };
    let typed = move || ask.text.get();
    let keep = move |_| {
        let text = ask.text.get_untracked();
        change(&|inputs| {
            inputs.retain(|known| *known != text);
            inputs.insert(0, text.clone());
            inputs.truncate(MOST);
        });
    };
    let close = Callback::new(move |()| open.set(false));
    view! {
        <button type="button" class="btn quiet small" aria-haspopup="dialog" on:click=move |_| open.set(true)>
            "Saved inputs"
        </button>
        {move || {
            open.get().then(|| view! {
                <Dialog title="Saved inputs" on_close=close>
                    <ul class="saved-inputs" aria-label="Saved inputs">
                        {move || {
                            kept.get()
                                .into_iter()
                                .map(|text| {
                                    let (used, gone) = (text.clone(), text.clone());
                                    view! {
                                        <li>
                                            <button
                                                type="button"
                                                class="saved clip"
                                                title="Use this input"
                                                on:click=move |_| {
                                                    ask.text.set(used.clone());
                                                    ask.wrong.set(None);
                                                    open.set(false);
                                                    // After the dialog has given the focus back.
                                                    request_animation_frame(|| browser::focus_soon(".test textarea"));
                                                }
                                            >
                                                {excerpt(&text, LONG)}
                                            </button>
                                            <button
                                                type="button"
                                                class="btn quiet icon small"
                                                aria-label=format!("Remove {}", excerpt(&text, 40))
                                                on:click=move |_| change(&|inputs| inputs.retain(|known| *known != gone))
                                            >
                                                <Icon glyph=Glyph::Trash />
                                            </button>
                                        </li>
                                    }
                                })
                                .collect_view()
                        }}
                    </ul>
                    <Show when=move || kept.with(Vec::is_empty)>
                        <p class="hint">"Keep what you type to try the flow with it again after a change."</p>
                    </Show>
                    <div class="actions">
                        <button
                            type="button"
                            class="btn primary"
                            disabled=move || typed().trim().is_empty()
                            on:click=keep
                        >
                            "Keep what is typed"
                        </button>
                    </div>
                </Dialog>
            })
        }}
    }
}

fn read(key: &str) -> Vec<String> {
    browser::stored(key).and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
}
