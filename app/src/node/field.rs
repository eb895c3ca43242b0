//! The small parts that forms are made of: fields that write into the document, and their problems.

use flow::check::Field;
use flow::value::Type;
use leptos::prelude::*;

use crate::editor::session::Card;

/// What is wrong with a part of a node, below its field, which names this by `aria-describedby`.
#[component]
pub fn Problems(card: Card, #[prop(into)] field: Signal<Field>, #[prop(into)] id: String) -> impl IntoView {
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
    view! {
        <div class="wrongs" id=id>
            {move || {
                messages.get().into_iter().map(|message| view! { <p class="wrong">{message}</p> }).collect_view()
            }}
        </div>
    }
}

/// Whether a part of a node has a problem.
pub fn is_wrong(card: Card, field: &Field) -> bool {
    card.problems.with(|problems| problems.iter().any(|problem| problem.field.as_ref() == Some(field)))
}

/// A name, taken on when the field is left: half a name would rename what speaks of it back and forth.
#[component]
pub fn NameInput(
    label: &'static str,
    #[prop(into)] name: Signal<String>,
    /// Gives it this name, or says why it cannot have it.
    #[prop(into)]
    rename: Callback<String, Result<(), String>>,
    wrong: RwSignal<Option<String>>,
) -> impl IntoView {
    let take = move |event: leptos::ev::Event| {
        let to = event_target_value(&event).trim().to_owned();
        wrong.set(rename.run(to).err());
    };
    // Another name came, by undo perhaps: what was said of the old one is over.
    Effect::new(move || {
        name.track();
        wrong.set(None);
    });
    view! {
        <input
            class="input"
            aria-label=label
            spellcheck="false"
            autocomplete="off"
            aria-invalid=move || wrong.with(Option::is_some).to_string()
            prop:value=move || name.get()
            on:change=take
        />
    }
}

/// What a node's configuration names: written, with what the server knows offered.
#[component]
pub fn Named(
    card: Card,
    label: &'static str,
    /// The start of the ids of its elements.
    stem: &'static str,
    placeholder: &'static str,
    value: Memo<String>,
    write: Callback<String>,
    /// Names, each with what is told of it.
    offered: impl Fn() -> Vec<(String, String)> + Send + 'static,
) -> impl IntoView {
    let id = format!("{stem}-{}", card.id);
    let list = format!("{stem}s-{}", card.id);
    let problems = format!("problems-{id}");
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <input
                class="input mono"
                id=id
                list=list.clone()
                spellcheck="false"
                autocomplete="off"
                placeholder=placeholder
                aria-invalid=move || is_wrong(card, &Field::Configuration).to_string()
                aria-describedby=problems.clone()
                prop:value=move || value.get()
                on:input=move |event| write.run(event_target_value(&event))
            />
            <datalist id=list>
                {move || {
                    offered().into_iter().map(|(name, told)| view! { <option value=name>{told}</option> }).collect_view()
                }}
            </datalist>
            <Problems card field=Field::Configuration id=problems />
        </div>
    }
}

/// Why a name was not taken on.
#[component]
pub fn Wrong(wrong: RwSignal<Option<String>>) -> impl IntoView {
    move || wrong.get().map(|why| view! { <p class="wrong" role="alert">{why}</p> })
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
