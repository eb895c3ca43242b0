//! The stored prompts: which one a Prompt takes, and the way to keep one that is written in a node.

use flow::check::Field;
use flow::definition::{InlinePrompt, Node};
use flow::node::prompt::{arn, texts, variables};
use flow::wire::{CreatePrompt, PromptList, PromptVersion};
use leptos::prelude::*;

use crate::api;
use crate::editor::prompt::{name_stored, write_here};
use crate::editor::session::{Card, use_editor};
use crate::node::bound::Bound;
use crate::node::field::{Problems, is_wrong};
use crate::ui::dialog::Dialog;
use crate::ui::save::{SaveRow, Saving};
use crate::ui::toast::use_toasts;

/// The prompts that the server has, as a context. What is open is the prompt that is about to be kept.
pub type StoredPrompts = Bound<PromptList, InlinePrompt>;

/// Asks for them, and lets the editor know them.
pub fn provide() -> StoredPrompts {
    let editor = use_editor();
    let stored = StoredPrompts::provide(|| Box::pin(api::prompts::list()));
    Effect::new(move || {
        if let Some(list) = stored.list.ready() {
            editor.know_prompts(&list);
        }
    });
    stored
}

/// What a card says of the stored prompt that its node names.
pub fn summary(arn: &str) -> String {
    let list = use_context::<StoredPrompts>().and_then(|stored| stored.list.ready()).unwrap_or_default();
    match list.find(arn) {
        Some((prompt, version)) => called(&prompt.name, version),
        None if arn.is_empty() => "No prompt chosen".to_owned(),
        None => arn.rsplit('/').next().unwrap_or(arn).to_owned(),
    }
}

fn called(name: &str, version: &PromptVersion) -> String {
    match version.version {
        Some(version) => format!("{name}, version {version}"),
        None => format!("{name}, draft"),
    }
}

/// Where the prompt is taken from. Not there while there is nothing to choose.
#[component]
pub fn Source(card: Card) -> impl IntoView {
    let stored: StoredPrompts = expect_context();
    let is_there = Memo::new(move |_| {
        card.node.with(|node| arn(node).is_some())
            || stored.list.ready().is_some_and(|list| !list.prompts.is_empty())
    });
    view! {
        <Show when=move || is_there.get()>
            <Choose card />
        </Show>
    }
}

/// The choice of the prompt that is written in the node.
const HERE: &str = "";

#[component]
fn Choose(card: Card) -> impl IntoView {
    let editor = use_editor();
    let stored: StoredPrompts = expect_context();
    let id = format!("source-{}", card.id);
    let problems = format!("problems-{id}");
    let list = move || stored.list.ready().unwrap_or_default();
    let value = Memo::new(move |_| card.node.with(|node| arn(node).unwrap_or(HERE).to_owned()));
    let choose = move |event| {
        let (name, arn) = (card.name(), event_target_value(&event));
        let list = stored.list.ready_untracked().unwrap_or_default();
        let says = |arn: &str| list.find(arn).map(|(_, version)| version.prompt.clone());
        match arn.as_str() {
            HERE => {
                let prompt = says(&value.get_untracked());
                editor.change("Write the prompt here", |document| write_here(document, &name, prompt));
            }
            _ => {
                let variables = says(&arn).map(|prompt| variables(&prompt));
                editor
                    .change("Take a stored prompt", |document| name_stored(document, &name, &arn, variables));
            }
        }
    };
    // One of elsewhere, or one that is gone, stays until another is chosen.
    let unknown = move || Some(value.get()).filter(|arn| arn != HERE && list().find(arn).is_none());
    let options = move || {
        let list = list();
        let versions = list.prompts.iter().flat_map(|prompt| {
            prompt.versions.iter().map(|version| (version.arn.clone(), called(&prompt.name, version)))
        });
        versions.collect::<Vec<_>>()
    };
    let option = move |arn: String, shown: String| {
        let own = arn.clone();
        view! {
            <option value=arn selected=move || value.get() == own>
                {shown}
            </option>
        }
    };
    view! {
        <div class="field">
            <label for=id.clone()>"Taken from"</label>
            <select
                class="select"
                id=id
                aria-invalid=move || is_wrong(card, &Field::StoredPrompt).to_string()
                aria-describedby=problems.clone()
                prop:value=move || value.get()
                on:change=choose
            >
                {option(HERE.to_owned(), "This node".to_owned())}
                {move || unknown().map(|arn| option(arn.clone(), arn))}
                {move || options().into_iter().map(|(arn, shown)| option(arn, shown)).collect_view()}
            </select>
            <Problems card field=Field::StoredPrompt id=problems />
        </div>
    }
}

/// What the stored prompt says that the node names.
#[component]
pub fn Says(card: Card) -> impl IntoView {
    let editor = use_editor();
    let stored: StoredPrompts = expect_context();
    // What it says may have been changed elsewhere.
    stored.reload();
    let found = Memo::new(move |_| {
        let arn = card.node.with(|node| arn(node).map(str::to_owned))?;
        let list = stored.list.ready()?;
        list.find(&arn).map(|(_, version)| version.clone())
    });
    let take = move |arn: String, variables: Vec<String>| {
        let name = card.name();
        editor.change("Take the prompt's inputs", |document| {
            name_stored(document, &name, &arn, Some(variables))
        });
    };
    move || {
        let version = found.get()?;
        let is_draft = version.version.is_none();
        let shown = texts(&version.prompt).join("\n\n");
        let variables = variables(&version.prompt);
        let differ = card.node.with(|node| inputs(node) != variables);
        Some(view! {
            <div class="field">
                <span class="label">"It says"</span>
                <pre class="readable" tabindex="0">{shown}</pre>
                <p class="hint">
                    {version.prompt.model_id}
                    {is_draft.then_some(". A draft is taken as it is when the flow is prepared or published.")}
                </p>
            </div>
            {differ
                .then(|| {
                    let (arn, variables) = (version.arn, variables);
                    view! {
                        <button
                            type="button"
                            class="btn small"
                            on:click=move |_| take(arn.clone(), variables.clone())
                        >
                            "Take its inputs"
                        </button>
                    }
                })}
        })
    }
}

fn inputs(node: &Node) -> Vec<String> {
    node.inputs.iter().map(|input| input.name.clone()).collect()
}

/// The way to keep the prompt of the node for others.
#[component]
pub fn Keep(card: Card) -> impl IntoView {
    let stored: StoredPrompts = expect_context();
    let open = move |_| stored.open.set(card.node.with_untracked(|node| node.inline_prompt().cloned()));
    view! {
        <button type="button" class="btn small" on:click=open>
            "Save as a prompt"
        </button>
    }
}

/// The dialog that keeps a prompt, where it is open.
#[component]
pub fn PromptDialog() -> impl IntoView {
    let stored: StoredPrompts = expect_context();
    move || stored.open.get().map(|prompt| view! { <KeepPrompt prompt /> })
}

#[component]
fn KeepPrompt(prompt: InlinePrompt) -> impl IntoView {
    let stored: StoredPrompts = expect_context();
    let toasts = use_toasts();
    let (name, saving) = (RwSignal::new(String::new()), Saving::default());
    let prompt = StoredValue::new(prompt);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let create =
            CreatePrompt { name: name.get_untracked(), description: None, prompt: prompt.get_value() };
        saving.run(async move { api::prompts::create(&create).await }, move |kept| {
            toasts.say(format!("Saved {}. Any Prompt can take it.", kept.name));
            stored.reload();
            stored.open.try_set(None);
        });
    };
    view! {
        <Dialog title="Save as a prompt" on_close=stored.close()>
            <form class="form" on:submit=submit>
                <p>"It is kept with its model and its settings. This node stays as it is."</p>
                <div class="field">
                    <label for="prompt-name">"Its name"</label>
                    <input
                        id="prompt-name"
                        class="input"
                        required
                        autofocus
                        autocomplete="off"
                        spellcheck="false"
                        placeholder="order-summary"
                        prop:value=name
                        on:input=move |event| name.set(event_target_value(&event))
                    />
                </div>
                <SaveRow saving on_close=stored.close() />
            </form>
        </Dialog>
    }
}
