//! Text to be copied whole.

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::browser;
use super::icon::{Glyph, Icon};
use super::toast::use_toasts;

/// How long the button says that it worked.
const LONG_ENOUGH: Duration = Duration::from_secs(2);

/// Code with a button that copies it.
#[component]
pub fn Code(
    #[prop(into)] text: Signal<String>,
    /// What it is, for those who do not see it.
    label: &'static str,
) -> impl IntoView {
    let toasts = use_toasts();
    // A message at the corner of the page is out of sight behind a dialog.
    let copied = RwSignal::new(false);
    let copy = move |_| {
        let text = text.get_untracked();
        spawn_local(async move {
            if browser::copy(&text).await {
                copied.try_set(true);
                set_timeout(
                    move || {
                        copied.try_set(false);
                    },
                    LONG_ENOUGH,
                );
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
                {move || view! { <Icon glyph=if copied.get() { Glyph::Check } else { Glyph::Copy } /> }}
                <span role="status">{move || if copied.get() { "Copied" } else { "Copy" }}</span>
            </button>
        </div>
    }
}
