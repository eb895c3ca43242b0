//! A titled box of lines on a page, with the way to add one, and what a try of such a line came to.

use leptos::prelude::*;

use super::load::{Failure, Loaded, Loader};

#[component]
pub fn Section<L: Clone + PartialEq + Send + Sync + 'static>(
    /// The start of the heading's id.
    id: &'static str,
    title: &'static str,
    /// What adds a line.
    add: &'static str,
    on_add: Callback<()>,
    list: Loader<L>,
    on_retry: Callback<()>,
    /// The lines, or what there is to say without any.
    lines: fn(L) -> AnyView,
) -> impl IntoView {
    let heading = format!("{id}-heading");
    let named_by = heading.clone();
    view! {
        <section class="box" aria-labelledby=named_by>
            <header>
                <h2 id=heading>{title}</h2>
                <span class="grow"></span>
                <button type="button" class="btn" on:click=move |_| on_add.run(())>
                    {add}
                </button>
            </header>
            {move || match list.get() {
                Loaded::Loading => ().into_any(),
                Loaded::Failed(error) => {
                    view! {
                        <div class="inside">
                            <Failure error retry=on_retry />
                        </div>
                    }
                        .into_any()
                }
                Loaded::Ready(list) => lines(list),
            }}
        </section>
    }
}

/// What a try of a line came to: whether it went well, and words; or why it could not be tried.
#[component]
pub fn Outcome(outcome: Result<(bool, String), String>) -> impl IntoView {
    let (ok, message) = outcome.unwrap_or_else(|why| (false, why));
    view! {
        <p class="result" class:ok=ok class:bad=!ok role="status">
            {message}
        </p>
    }
}
