//! Knowledge base: which one, passages or an answer, how many passages, and how a model is asked.

pub mod binding;

use flow::check::Field;
use flow::definition::Node;
use flow::node::knowledge_base::{USUAL_PROMPT, USUAL_RESULTS};
use flow::wire::{KnowledgeBase, KnowledgeBaseList};
use leptos::prelude::*;

use super::bound::{Bound, LeadsNowhere};
use super::field::{Problems, is_wrong};
use super::prompt::Models;
use super::prompt::model::ModelField;
use super::prompt::settings::Sampling;
use crate::api;
use crate::editor::knowledge::{base, set_base, set_count, set_model, set_prompt};
use crate::editor::offers::{Place, variables};
use crate::editor::prompt::number;
use crate::editor::session::{Card, use_editor};
use crate::ui::code_field::{Asked, CodeField, Language};
use crate::ui::format::count;
use binding::Open;

pub const ICON: &str = "M4 5a3 3 0 0 1 3-3h13v17H7a3 3 0 0 0-3 3zM20 19v3H7";

/// The knowledge bases that the server has, as a context.
pub type KnowledgeBases = Bound<KnowledgeBaseList, Open>;

/// Asks for them.
pub fn provide() -> KnowledgeBases {
    Bound::provide(|| Box::pin(api::knowledge::list()))
}

/// The base's name where the page knows it, else its id.
pub fn summary(node: &Node) -> String {
    let id = id(node);
    if id.is_empty() {
        return "No knowledge base chosen".to_owned();
    }
    let known: Option<KnowledgeBases> = use_context();
    let list = known.and_then(|known| known.list.ready()).unwrap_or_default();
    list.find(id).map_or_else(|| id.to_owned(), |base| base.name.clone())
}

/// What is said on a card whose base is not here; nothing where it is, or that is not known.
pub fn unbound(card: Card) -> Option<String> {
    let known: KnowledgeBases = use_context()?;
    let list = known.list.ready()?;
    card.node
        .with(|node| !id(node).is_empty() && list.find(id(node)).is_none())
        .then(|| "No knowledge base here answers to this id yet.".to_owned())
}

pub fn form(card: Card) -> impl IntoView {
    // They may have been changed elsewhere.
    expect_context::<KnowledgeBases>().reload();
    let answers = Memo::new(move |_| card.node.with(|node| model(node).is_some()));
    view! {
        <Base card />
        <Mode card answers />
        <Count card />
        <Show when=move || answers.get()>
            <AnswerFields card />
        </Show>
    }
}

/// Which base: chosen from those that are here. One that is not here stays until another is chosen.
#[component]
fn Base(card: Card) -> impl IntoView {
    let editor = use_editor();
    let known: KnowledgeBases = expect_context();
    let field = format!("base-{}", card.id);
    let problems = format!("problems-{field}");
    let value = Memo::new(move |_| card.node.with(|node| id(node).to_owned()));
    let choose = move |event| {
        let (node, id) = (card.name(), event_target_value(&event));
        editor.change("Choose the knowledge base", |document| set_base(document, &node, &id));
    };
    let options = move || {
        let chosen = value.get();
        let list = known.list.ready().unwrap_or_default();
        let here = list.find(&chosen).map(|base| base.id.clone());
        let other = match (&here, chosen.is_empty()) {
            (None, true) => Some((String::new(), "Choose a knowledge base".to_owned())),
            (None, false) => Some((chosen.clone(), format!("{chosen}, which is not here"))),
            (Some(_), _) => None,
        };
        let bases = list.knowledge_bases.into_iter().map(|base| {
            // An id that it answers to stays as the definition has it.
            let id = if here.as_ref() == Some(&base.id) { chosen.clone() } else { base.id };
            (id, base.name)
        });
        other
            .into_iter()
            .chain(bases)
            .map(|(id, name)| {
                let selected = id == chosen;
                view! { <option value=id selected=selected>{name}</option> }
            })
            .collect_view()
    };
    view! {
        <div class="field">
            <label for=field.clone()>"Knowledge base"</label>
            <select
                class="select"
                id=field
                aria-invalid=move || is_wrong(card, &Field::Configuration).to_string()
                aria-describedby=problems.clone()
                on:change=choose
            >
                {options}
            </select>
            <Problems card field=Field::Configuration id=problems />
        </div>
        <Here value />
    }
}

/// Whether the base is here, and the way to change that.
#[component]
fn Here(value: Memo<String>) -> impl IntoView {
    let known: KnowledgeBases = expect_context();
    move || {
        let id = value.get();
        known.show(|list| match list.find(&id) {
            Some(base) => view! { <Known base=base.clone() /> }.into_any(),
            None if id.is_empty() && list.knowledge_bases.is_empty() => {
                view! {
                    <div class="notice bound">
                        <p class="grow">"There is no knowledge base yet. Make one and put documents into it."</p>
                        <a class="btn small" href="/knowledge">
                            "Open Knowledge"
                        </a>
                    </div>
                }
                    .into_any()
            }
            None if id.is_empty() => ().into_any(),
            None => {
                let name = id.clone();
                view! {
                    <LeadsNowhere action="Let one answer to it" on_action=known.opens(Open::Answer(id))>
                        "No knowledge base here answers to " <span class="mono">{name}</span> ", so the node cannot run."
                    </LeadsNowhere>
                }
                    .into_any()
            }
        })
    }
}

#[component]
fn Known(base: KnowledgeBase) -> impl IntoView {
    let address = format!("/knowledge/{}", base.id);
    view! {
        <p class="hint">
            {format!("{}, {}. ", count(base.documents, "document"), count(base.passages, "passage"))}
            <a class="link" href=address>
                "Open it"
            </a>
        </p>
    }
}

/// Passages as they are, or an answer from them.
#[component]
fn Mode(card: Card, answers: Memo<bool>) -> impl IntoView {
    let editor = use_editor();
    let models: Models = expect_context();
    let set = move |answer: bool| {
        let node = card.name();
        if answer == answers.get_untracked() {
            return;
        }
        let model = answer.then(|| models.list.with_untracked(|list| list.default_model.clone()));
        editor.change("Change what the node gives", |document| set_model(document, &node, model.as_deref()));
    };
    view! {
        <div class="field">
            <span class="label" id=format!("gives-{}", card.id)>"It gives"</span>
            <div class="segments fit" role="group" aria-labelledby=format!("gives-{}", card.id)>
                <button
                    type="button"
                    aria-pressed=move || (!answers.get()).to_string()
                    on:click=move |_| set(false)
                >
                    "Passages"
                </button>
                <button type="button" aria-pressed=move || answers.get().to_string() on:click=move |_| set(true)>
                    "An answer"
                </button>
            </div>
            <p class="hint">
                {move || if answers.get() {
                    "A model answers from the passages, as a text."
                } else {
                    "The passages themselves, as an array, the best first."
                }}
            </p>
        </div>
    }
}

#[component]
fn Count(card: Card) -> impl IntoView {
    let editor = use_editor();
    let id = format!("count-{}", card.id);
    let why = format!("problems-{id}");
    let wrong = RwSignal::new(None::<String>);
    let value = Memo::new(move |_| {
        card.node.with(|node| {
            base(node)
                .and_then(|base| base.number_of_results.as_ref())
                .map(ToString::to_string)
                .unwrap_or_default()
        })
    });
    let write = move |event| match number(&event_target_value(&event)) {
        Ok(number) => {
            wrong.set(None);
            let node = card.name();
            let burst = format!("{} count", card.id);
            editor.type_in("Change the number of passages", &burst, |document| {
                set_count(document, &node, number)
            });
        }
        Err(why) => wrong.set(Some(why)),
    };
    view! {
        <div class="field">
            <label for=id.clone()>"Passages, at most"</label>
            <input
                class="input"
                id=id
                inputmode="numeric"
                placeholder=USUAL_RESULTS.to_string()
                aria-invalid=move || wrong.with(Option::is_some).to_string()
                aria-describedby=why.clone()
                prop:value=move || value.get()
                on:input=write
            />
            <div class="wrongs" id=why>
                {move || wrong.get().map(|why| view! { <p class="wrong">{why}</p> })}
            </div>
        </div>
    }
}

/// What stands for something in the prompt, between two `$`.
const SIGNS: [(&str, &str); 3] = [
    ("search_results", "the passages"),
    ("query", "the question"),
    ("output_format_instructions", "how to cite"),
];

/// How the model is asked.
#[component]
fn AnswerFields(card: Card) -> impl IntoView {
    let editor = use_editor();
    let id = format!("asked-{}", card.id);
    let named = Memo::new(move |_| card.node.with(|node| model(node).unwrap_or_default().to_owned()));
    let choose = Callback::new(move |model: String| {
        let node = card.name();
        let burst = format!("{} model", card.id);
        editor.type_in("Change the model", &burst, |document| set_model(document, &node, Some(&model)));
    });
    let text = Memo::new(move |_| {
        card.node.with(|node| {
            let template = base(node).and_then(|base| base.prompt_template.as_ref());
            template.and_then(|template| template.text_prompt_template.clone()).unwrap_or_default()
        })
    });
    let burst = move || format!("{} asked", card.id);
    let write = Callback::new(move |text: String| {
        let node = card.name();
        editor.type_in("Edit the prompt", &burst(), |document| set_prompt(document, &node, &text));
    });
    let offer = Callback::new(|Asked { text, at, explicit }: Asked| {
        let names = SIGNS.map(|(name, told)| (name.to_owned(), told.to_owned()));
        variables(Place { text: &text, at, asked: explicit }, &names, ("$", "$"))
    });
    let hint = format!("hint-{id}");
    view! {
        <ModelField card model=named write=choose />
        <div class="field">
            <label for=id.clone()>"Prompt"</label>
            <CodeField
                language=Language::Prompt
                id
                label=Signal::stored("Prompt".to_owned())
                value=text
                on_text=write
                described_by=hint.clone()
                placeholder=USUAL_PROMPT
                offer
                step=Callback::new(move |back| editor.step_typing(&burst(), back))
            />
            <p class="hint" id=hint>
                <code>"$search_results$"</code>
                " is where the passages go, "
                <code>"$query$"</code>
                " the question. Empty: the prompt shown."
            </p>
        </div>
        <Sampling card />
    }
}

/// The id of a KnowledgeBase node's base.
fn id(node: &Node) -> &str {
    base(node).map_or("", |base| &base.knowledge_base_id)
}

/// The model that answers.
fn model(node: &Node) -> Option<&str> {
    base(node)?.model_id.as_deref()
}
