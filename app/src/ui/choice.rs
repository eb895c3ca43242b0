//! One of several ways, with a line on each.

use leptos::prelude::*;

/// A radio button as a card.
#[component]
pub fn Choice(
    /// The same for all that exclude each other.
    name: &'static str,
    #[prop(into)] label: String,
    #[prop(into)] about: String,
    #[prop(into)] checked: Signal<bool>,
    on_choose: Callback<()>,
) -> impl IntoView {
    view! {
        <label class="choice">
            <input type="radio" name=name prop:checked=checked on:change=move |_| on_choose.run(()) />
            <span>
                <b>{label}</b>
                <span class="dim">{about}</span>
            </span>
        </label>
    }
}
