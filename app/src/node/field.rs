//! The small parts that forms are made of: fields that write into the document, and their problems.

use flow::check::Field;
use flow::value::Type;
use leptos::prelude::*;

use crate::editor::session::Card;

/// What is wrong with a part of a node, below its field.
#[component]
pub fn Problems(card: Card, #[prop(into)] field: Signal<Field>) -> impl IntoView {
    let messages = Memo::new(move |_| {
        let field = field.get();
        card.problems.with(|problems| {
            problems
                .iter()
                .filter(|problem| problem.field.as_ref() == Some(&field))
                .map(|problem| problem.message.clone())
                .collect::<Vec<_>>()
        })
    });
    move || messages.get().into_iter().map(|message| view! { <p class="wrong">{message}</p> }).collect_view()
}

/// Whether a part of a node has a problem.
pub fn is_wrong(card: Card, field: &Field) -> bool {
    card.problems.with(|problems| problems.iter().any(|problem| problem.field.as_ref() == Some(field)))
}

/// A choice among the value types.
#[component]
pub fn TypeSelect(
    #[prop(into)] label: Signal<String>,
    #[prop(into)] value: Signal<Option<Type>>,
    on_change: Callback<Type>,
) -> impl IntoView {
    let choose = move |event| {
        let name = event_target_value(&event);
        if let Some(kind) = Type::ALL.into_iter().find(|kind| kind.to_string() == name) {
            on_change.run(kind);
        }
    };
    view! {
        <select
            class="select"
            aria-label=label
            prop:value=move || value.get().map(|kind| kind.to_string()).unwrap_or_default()
            on:change=choose
        >
            {Type::ALL
                .map(|kind| {
                    let name = kind.to_string();
                    view! {
                        <option value=name.clone() selected=move || value.get() == Some(kind)>
                            {name.clone()}
                        </option>
                    }
                })
                .collect_view()}
        </select>
    }
}
