//! A try of something on the server: whether it is under way, and what the last one came to.

use std::future::Future;

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api::Answer;

/// How a try stands.
#[derive(Clone, Copy)]
pub struct Trial {
    busy: RwSignal<bool>,
    /// Whether it went well, and words; or why it could not be tried.
    outcome: RwSignal<Option<Result<(bool, String), String>>>,
}

impl Default for Trial {
    fn default() -> Self {
        Self { busy: RwSignal::new(false), outcome: RwSignal::new(None) }
    }
}

impl Trial {
    pub fn is_busy(self) -> bool {
        self.busy.get()
    }

    /// Says why nothing is tried.
    pub fn refuse(self, why: String) {
        self.outcome.set(Some(Err(why)));
    }

    /// Tries it; the line may be gone when it has answered.
    pub fn run(self, work: impl Future<Output = Answer<(bool, String)>> + 'static) {
        self.busy.set(true);
        spawn_local(async move {
            let outcome = work.await.map_err(|error| error.to_string());
            self.outcome.try_set(Some(outcome));
            self.busy.try_set(false);
        });
    }
}

/// What the last try came to, where there was one.
#[component]
pub fn Outcome(trial: Trial) -> impl IntoView {
    move || {
        trial.outcome.get().map(|outcome| {
            let (ok, message) = outcome.unwrap_or_else(|why| (false, why));
            view! {
                <p class="result" class:ok=ok class:bad=!ok role="status">
                    {message}
                </p>
            }
        })
    }
}
