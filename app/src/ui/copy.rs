//! A button that copies a text, and says whether it could.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::browser;
use super::icon::{Glyph, Icon};
use super::toast::use_toasts;

#[component]
pub fn CopyButton(
    /// What is copied: `Copy the answer`.
    label: &'static str,
    text: Callback<(), String>,
) -> impl IntoView {
    let toasts = use_toasts();
    let copy = move |_| {
        let text = text.run(());
        spawn_local(async move {
            match browser::copy(&text).await {
                true => toasts.say("Copied."),
                false => toasts.fail("The browser did not let us copy. Select the text and copy it by hand."),
            }
        });
    };
    view! {
        <button type="button" class="btn quiet icon small" aria-label=label title=label on:click=copy>
            <Icon glyph=Glyph::Copy />
        </button>
    }
}
