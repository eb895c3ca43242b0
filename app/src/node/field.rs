//! The small parts that forms are made of: fields that write into the document, and their problems.

use flow::check::Field;
use flow::definition::Node;
use flow::value::Type;
use leptos::prelude::*;

use crate::editor::session::Card;
use crate::panel::fix::FixButton;
use crate::ui::code_field::Mark;

/// What is wrong with a part of a node, below its field, which names this by `aria-describedby`.
#[component]
pub fn Problems(card: Card, #[prop(into)] field: Signal<Field>, #[prop(into)] id: String) -> impl IntoView {
    let messages = Memo::new(move |_| {
        let field = field.get();
        card.problems.with(|problems| {
            problems
                .iter()
                .filter(|problem| problem.field.as_ref() == Some(&field))
                .cloned()
                .collect::<Vec<_>>()
        })
    });
    view! {
        <div class="wrongs" id=id>
            {move || {
                let each = messages.get().into_iter();
                each.map(|problem| {
                    view! {
                        <p class="wrong">{problem.message.clone()}</p>
                        <FixButton problem />
                    }
                })
                    .collect_view()
            }}
        </div>
    }
}

/// Whether a part of a node has a problem.
pub fn is_wrong(card: Card, field: &Field) -> bool {
    card.problems.with(|problems| problems.iter().any(|problem| problem.field.as_ref() == Some(field)))
}

/// Where in a part's text its problems are.
pub fn marks(card: Card, field: &Field) -> Vec<Mark> {
    card.problems.with(|problems| {
        problems.iter().filter(|problem| problem.field.as_ref() == Some(field)).filter_map(Mark::of).collect()
    })
}

/// A node's inputs, each with what is said of it where it is offered: its type.
pub fn typed_inputs(card: Card) -> Vec<(String, String)> {
    card.node.with_untracked(typed)
}

/// The same of a node of a document.
pub fn typed(node: &Node) -> Vec<(String, String)> {
    node.inputs.iter().map(|input| (input.name.clone(), input.kind.to_string())).collect()
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

/// A whole number that may be left out. What is none stays in the field, and it is said what would be.
#[component]
pub fn WholeNumber(
    card: Card,
    label: &'static str,
    /// The start of the ids of its elements.
    stem: &'static str,
    #[prop(into)] placeholder: String,
    #[prop(into)] value: Signal<Option<String>>,
    /// What it is, such as `a whole number, such as 4`.
    means: &'static str,
    /// The largest that can be written down.
    most: u64,
    write: Callback<Option<u64>>,
    /// The part of the node whose problems are its own.
    #[prop(optional)]
    field: Option<Field>,
    #[prop(optional)] hint: Option<&'static str>,
) -> impl IntoView {
    let id = format!("{stem}-{}", card.id);
    let (problems, hints) = (format!("problems-{id}"), format!("hint-{id}"));
    let wrong = RwSignal::new(false);
    let part = StoredValue::new(field);
    let invalid = move || {
        let has_problem = part.with_value(|field| field.as_ref().is_some_and(|field| is_wrong(card, field)));
        (wrong.get() || has_problem).to_string()
    };
    let take = move |event| {
        let wanted = whole(&event_target_value(&event)).filter(|wanted| wanted.is_none_or(|it| it <= most));
        wrong.set(wanted.is_none());
        if let Some(wanted) = wanted {
            write.run(wanted);
        }
    };
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <input
                class="input"
                id=id
                inputmode="numeric"
                autocomplete="off"
                placeholder=placeholder
                aria-describedby=format!("{problems} {hints}")
                aria-invalid=invalid
                prop:value=move || value.get().unwrap_or_default()
                on:input=take
            />
            <div id=problems>
                {move || wrong.get().then(|| view! { <p class="wrong">"This is " {means} "."</p> })}
                {part.get_value().map(|field| view! { <Problems card field id=format!("{stem}-found-{}", card.id) /> })}
            </div>
            {hint.map(|hint| view! { <p class="hint" id=hints>{hint}</p> })}
        </div>
    }
}

/// The number of a text; `Some(None)` where it is empty, none where it is another text.
fn whole(text: &str) -> Option<Option<u64>> {
    match text.trim() {
        "" => Some(None),
        text => text.parse().ok().map(Some),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_number_may_be_absent_and_nothing_else() {
        for (text, number) in [
            ("", Some(None)),
            ("  ", Some(None)),
            (" 4 ", Some(Some(4))),
            ("0", Some(Some(0))),
            ("4.5", None),
            ("-1", None),
            ("four", None),
            ("99999999999999999999", None),
        ] {
            assert_eq!(whole(text), number, "{text:?}");
        }
    }
}
