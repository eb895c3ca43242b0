//! The built-in model: whether its weights are here, and how they get here.

use flow::wire::{LocalModel, LocalModelState as State};
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::Page;
use crate::api;
use crate::ui::format::bytes;
use crate::ui::load::{Failure, Loaded, Loader};
use crate::ui::toast::use_toasts;

/// How often a download is asked for.
const PULSE: u32 = 700;

#[component]
pub fn LocalModelCard() -> impl IntoView {
    let page: Page = expect_context();
    let model = Loader::<LocalModel>::default();
    let load = move || model.load(api::models::local());
    load();
    watch(model, page);
    view! {
        <section class="box" aria-labelledby="local-heading">
            <header>
                <h2 id="local-heading">"Built-in model"</h2>
                <span class="chip">"tiny, for first steps"</span>
                <span class="grow"></span>
                {move || model.ready().map(|model| view! { <StateChip state=model.state /> })}
            </header>
            <div class="inside">
                {move || match model.get() {
                    Loaded::Loading => ().into_any(),
                    Loaded::Failed(error) => {
                        view! { <Failure error retry=Callback::new(move |()| load()) /> }.into_any()
                    }
                    Loaded::Ready(state) => view! { <Body state model /> }.into_any(),
                }}
            </div>
        </section>
    }
}

#[component]
fn StateChip(state: State) -> impl IntoView {
    let (tone, words) = match state {
        State::NotBuilt => ("", "not in this build"),
        State::Absent => ("", "not here yet"),
        State::Fetching => ("run", "fetching"),
        State::Ready => ("ok", "ready"),
        State::Failed => ("bad", "failed"),
    };
    view! {
        <span class=format!("chip {tone}")>
            <span class="dot" aria-hidden="true"></span>
            {words}
        </span>
    }
}

#[component]
fn Body(state: LocalModel, model: Loader<LocalModel>) -> impl IntoView {
    let toasts = use_toasts();
    let fetch = move |_| {
        spawn_local(async move {
            match api::models::fetch_local().await {
                Ok(state) => model.set(state),
                Err(error) => toasts.fail(error),
            }
        });
    };
    let failed = state.state == State::Failed;
    view! {
        {(state.state != State::NotBuilt)
            .then(|| {
                view! {
                    <p>
                        <code>{state.id.clone()}</code>
                        " runs inside this server: no key, no network. It is small and often wrong; connect a larger model for real work."
                    </p>
                }
            })}
        // The chip says already that it is ready.
        {(!state.message.is_empty() && state.state != State::Ready)
            .then(|| view! { <p class=if failed { "wrong" } else { "dim small" }>{state.message.clone()}</p> })}
        {(state.state == State::Fetching).then(|| view! { <Progress done=state.done total=state.total /> })}
        {matches!(state.state, State::Absent | State::Failed)
            .then(|| {
                view! {
                    <div class="alias-row">
                        <button type="button" class="btn primary" on:click=fetch>
                            {if failed { "Try again" } else { "Fetch it" }}
                        </button>
                        <span class="dim small">{(state.total > 0).then(|| bytes(state.total))}</span>
                    </div>
                    <p class="dim small">
                        "Without a network: bring the file by other means, then run "
                        <code>"anabranch model fetch --file PATH"</code> " on the server's machine."
                    </p>
                }
            })}
    }
}

#[component]
fn Progress(done: u64, total: u64) -> impl IntoView {
    let words = if total > 0 { format!("{} of {}", bytes(done), bytes(total)) } else { bytes(done) };
    let known = (total > 0).then(|| done.to_string());
    view! {
        <progress class="progress" aria-label="Download" max=total.max(1).to_string() value=known></progress>
        <p class="dim small num">{words}</p>
    }
}

/// Asks again while the weights are on their way.
fn watch(model: Loader<LocalModel>, page: Page) {
    spawn_local(async move {
        loop {
            TimeoutFuture::new(PULSE).await;
            // The signal goes with the page, and with it this loop.
            if page.changes.try_get_untracked().is_none() {
                return;
            }
            if model.ready_untracked().is_none_or(|model| model.state != State::Fetching) {
                continue;
            }
            if let Ok(state) = api::models::local().await {
                if state.state == State::Ready {
                    page.changes.try_update(|changes| *changes += 1);
                }
                model.set(state);
            }
        }
    });
}
