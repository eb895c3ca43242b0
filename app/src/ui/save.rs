//! Forms that save something: whether that is under way, why it did not go well, and the row that they end with.

use std::future::Future;

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api::Answer;

/// How a form's saving stands.
#[derive(Clone, Copy)]
pub struct Saving {
    busy: RwSignal<bool>,
    wrong: RwSignal<Option<String>>,
}

impl Default for Saving {
    fn default() -> Self {
        Self { busy: RwSignal::new(false), wrong: RwSignal::new(None) }
    }
}

impl Saving {
    /// Says why nothing is sent.
    pub fn refuse(self, why: String) {
        self.wrong.set(Some(why));
    }

    /// Sends it; `done` takes what came of it, where that went well. The form may be gone by then.
    pub fn run<T: 'static>(
        self,
        work: impl Future<Output = Answer<T>> + 'static,
        done: impl FnOnce(T) + 'static,
    ) {
        self.busy.set(true);
        self.wrong.set(None);
        spawn_local(async move {
            match work.await {
                Ok(value) => done(value),
                Err(error) => {
                    self.wrong.try_set(Some(error.to_string()));
                }
            }
            self.busy.try_set(false);
        });
    }
}

/// What such a form ends with: what went wrong, and the ways out and on.
#[component]
pub fn SaveRow(
    saving: Saving,
    on_close: Callback<()>,
    #[prop(default = "Save")] save: &'static str,
    /// Whether there is nothing that could be saved.
    #[prop(optional)]
    disabled: bool,
) -> impl IntoView {
    view! {
        {move || saving.wrong.get().map(|wrong| view! { <p class="wrong" role="alert">{wrong}</p> })}
        <div class="actions">
            <button type="button" class="btn" on:click=move |_| on_close.run(())>
                "Cancel"
            </button>
            <button type="submit" class="btn primary" disabled=move || disabled || saving.busy.get()>
                {save}
            </button>
        </div>
    }
}
