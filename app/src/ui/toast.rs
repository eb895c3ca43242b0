//! Short messages at the corner of the page, read aloud by assistive technology.

use std::fmt::Display;
use std::time::Duration;

use leptos::prelude::*;

use super::icon::{Glyph, Icon};

const GOOD_NEWS: Duration = Duration::from_secs(4);
const BAD_NEWS: Duration = Duration::from_secs(12);

#[derive(Clone, PartialEq)]
struct Toast {
    id: u64,
    text: String,
    bad: bool,
}

/// Where pages leave messages, as a context.
#[derive(Clone, Copy)]
pub struct Toasts {
    shown: RwSignal<Vec<Toast>>,
    next: StoredValue<u64>,
}

impl Toasts {
    pub fn provide() {
        provide_context(Self { shown: RwSignal::new(Vec::new()), next: StoredValue::new(0) });
    }

    /// Says that something worked.
    pub fn say(self, text: impl Into<String>) {
        self.show(text.into(), false);
    }

    /// Says that something failed, and why.
    pub fn fail(self, why: impl Display) {
        self.show(why.to_string(), true);
    }

    fn show(self, text: String, bad: bool) {
        let id = self.next.get_value();
        self.next.set_value(id + 1);
        self.shown.update(|shown| {
            shown.retain(|toast| toast.text != text);
            shown.push(Toast { id, text, bad });
        });
        set_timeout(move || self.hide(id), if bad { BAD_NEWS } else { GOOD_NEWS });
    }

    fn hide(self, id: u64) {
        self.shown.try_update(|shown| shown.retain(|toast| toast.id != id));
    }
}

/// The context of the page's messages.
pub fn use_toasts() -> Toasts {
    expect_context()
}

/// Where the messages appear.
#[component]
pub fn ToastRegion() -> impl IntoView {
    let toasts = use_toasts();
    view! {
        <div class="toasts" role="status" aria-live="polite">
            <For each=move || toasts.shown.get() key=|toast| toast.id let:toast>
                <div class="toast" class:bad=toast.bad>
                    <Icon glyph=if toast.bad { Glyph::Alert } else { Glyph::Check } />
                    <p>{toast.text.clone()}</p>
                    <button
                        type="button"
                        class="btn quiet icon small"
                        aria-label="Dismiss"
                        on:click=move |_| toasts.hide(toast.id)
                    >
                        <Icon glyph=Glyph::Close />
                    </button>
                </div>
            </For>
        </div>
    }
}
