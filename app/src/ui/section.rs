//! A titled box of lines on a page, with the ways to add, change and delete one.

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

/// The buttons that change a line and delete it.
#[component]
pub fn LineActions(
    /// What the line is about.
    name: String,
    on_edit: Callback<()>,
    on_delete: Callback<()>,
) -> impl IntoView {
    view! {
        <button type="button" class="btn" aria-label=format!("Edit {name}") on:click=move |_| on_edit.run(())>
            "Edit"
        </button>
        <button
            type="button"
            class="btn danger"
            aria-label=format!("Delete {name}")
            on:click=move |_| on_delete.run(())
        >
            "Delete"
        </button>
    }
}
