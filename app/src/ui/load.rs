//! What a page asks of the server: nothing yet, the answer, or why there is none.
//!
//! Always holds: while a page asks again, it keeps showing the last answer; an answer that comes after a newer one
//! was asked for is dropped; a page that is gone asks nothing and takes nothing, whoever still holds its loader.

use std::future::Future;

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::icon::{Glyph, Icon};
use crate::api::{Answer, Error};

/// How far the asking is.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Loaded<T> {
    #[default]
    Loading,
    Ready(T),
    Failed(Error),
}

/// One thing that a page asks for.
pub struct Loader<T: Send + Sync + 'static> {
    state: RwSignal<Loaded<T>>,
    turn: StoredValue<u64>,
}

impl<T: Send + Sync + 'static> Clone for Loader<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for Loader<T> {}

impl<T: Clone + PartialEq + Send + Sync + 'static> Default for Loader<T> {
    fn default() -> Self {
        Self { state: RwSignal::new(Loaded::Loading), turn: StoredValue::new(0) }
    }
}

impl<T: Clone + PartialEq + Send + Sync + 'static> Loader<T> {
    /// Asks, or asks again.
    pub fn load(self, ask: impl Future<Output = Answer<T>> + 'static) {
        let turn = self.turn.try_update_value(|turn| {
            *turn += 1;
            *turn
        });
        if turn.is_none() {
            return;
        }
        spawn_local(async move {
            let answer = ask.await;
            if self.turn.try_get_value() != turn {
                return;
            }
            match answer {
                Ok(value) => self.set(value),
                Err(error) => self.state.set(Loaded::Failed(error)),
            }
        });
    }

    /// Puts an answer that came another way. An equal one disturbs nothing on the page.
    pub fn set(self, value: T) {
        let news = Loaded::Ready(value);
        if self.state.try_with_untracked(|state| *state != news) == Some(true) {
            self.state.set(news);
        }
    }

    /// Forgets the answer.
    pub fn clear(self) {
        self.state.set(Loaded::Loading);
    }

    pub fn get(self) -> Loaded<T> {
        self.state.get()
    }

    /// The answer, where there is one.
    pub fn ready(self) -> Option<T> {
        self.state.with(|state| match state {
            Loaded::Ready(value) => Some(value.clone()),
            _ => None,
        })
    }

    /// As [`Loader::ready`], without following it. For code that goes on after the page may have gone.
    pub fn ready_untracked(self) -> Option<T> {
        self.state.try_get_untracked().and_then(|state| match state {
            Loaded::Ready(value) => Some(value),
            _ => None,
        })
    }

    pub fn failure(self) -> Option<Error> {
        self.state.with(|state| match state {
            Loaded::Failed(error) => Some(error.clone()),
            _ => None,
        })
    }
}

/// Says that something could not be loaded, with a way to try again.
#[component]
pub fn Failure(
    error: Error,
    retry: Callback<()>,
    /// What that means for the page, where it does not say so itself.
    #[prop(optional)]
    what: &'static str,
) -> impl IntoView {
    view! {
        <div class="notice bad" role="alert">
            <Icon glyph=Glyph::Alert />
            <p class="grow">{error.to_string()} " " {what}</p>
            <button type="button" class="btn" on:click=move |_| retry.run(())>
                "Try again"
            </button>
        </div>
    }
}
