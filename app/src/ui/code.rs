//! Text to be copied whole.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::browser;
use super::icon::{Glyph, Icon};
use super::toast::use_toasts;

/// Code with a button that copies it.
#[component]
pub fn Code(
    #[prop(into)] text: Signal<String>,
    /// What it is, for those who do not see it.
    label: &'static str,
) -> impl IntoView {
    let toasts = use_toasts();
    let copy = move |_| {
        let text = text.get_untracked();
        spawn_local(async move {
            if browser::copy(&text).await {
                toasts.say("Copied.");
            } else {
                toasts.fail("The browser did not let us copy. Select the text and copy it by hand.");
            }
        });
    };
    view! {
        <div class="codebox">
            <pre tabindex="0" role="region" aria-label=label>
                <code>{text}</code>
            </pre>
            <button type="button" class="btn small" on:click=copy>
                <Icon glyph=Glyph::Copy />
                "Copy"
            </button>
        </div>
    }
}
