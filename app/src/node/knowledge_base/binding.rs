//! The dialog that lets a knowledge base answer to the id of a definition that was made elsewhere.

use flow::wire::{CreateKnowledgeBase, KnowledgeBase, UpdateKnowledgeBase};
use leptos::prelude::*;

use super::KnowledgeBases;
use crate::api::{self, Answer};
use crate::ui::dialog::Dialog;
use crate::ui::save::{SaveRow, Saving};
use crate::ui::toast::use_toasts;

/// The dialog that is open.
#[derive(Clone, Debug, PartialEq)]
pub enum Open {
    /// Which base answers to this id.
    Answer(String),
}

/// Whichever dialog is open.
#[component]
pub fn KnowledgeDialogs() -> impl IntoView {
    let known: KnowledgeBases = expect_context();
    move || known.open.get().map(|Open::Answer(id)| view! { <LetAnswer id /> })
}

/// The choice of a new base.
const NEW: &str = "";

#[component]
fn LetAnswer(id: String) -> impl IntoView {
    let known: KnowledgeBases = expect_context();
    let toasts = use_toasts();
    let bases = known.list.ready_untracked().unwrap_or_default().knowledge_bases;
    let first = bases.first().map_or_else(|| NEW.to_owned(), |base| base.id.clone());
    let chosen = RwSignal::new(first);
    let name = RwSignal::new(String::new());
    let saving = Saving::default();
    let is_new = move || chosen.with(|chosen| chosen == NEW);
    let (bases, id) = (StoredValue::new(bases), StoredValue::new(id));
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let chosen = bases.with_value(|bases| {
            let chosen = chosen.get_untracked();
            bases.iter().find(|base| base.id == chosen).cloned()
        });
        let (id, name) = (id.get_value(), name.get_untracked());
        saving.run(let_answer(chosen, name, id), move |base| {
            toasts.say(format!("{} answers to it.", base.name));
            known.reload();
            known.open.try_set(None);
        });
    };
    view! {
        <Dialog title="Which knowledge base answers?" on_close=known.close()>
            <form class="form" on:submit=submit>
                <p>
                    "The flow asks " <span class="mono">{id.get_value()}</span>
                    ". Choose which knowledge base answers to that id here; the flow stays as it is."
                </p>
                <div class="field">
                    <label for="answer-base">"Knowledge base"</label>
                    <select
                        id="answer-base"
                        class="select"
                        autofocus
                        on:change=move |event| chosen.set(event_target_value(&event))
                    >
                        {bases
                            .get_value()
                            .into_iter()
                            .map(|base| view! { <option value=base.id>{base.name}</option> })
                            .collect_view()}
                        <option value=NEW>"A new one"</option>
                    </select>
                </div>
                <Show when=is_new>
                    <div class="field">
                        <label for="answer-name">"Its name"</label>
                        <input
                            id="answer-name"
                            class="input"
                            required
                            autocomplete="off"
                            prop:value=name
                            on:input=move |event| name.set(event_target_value(&event))
                        />
                        <span class="hint">"Put documents into it on the Knowledge page."</span>
                    </div>
                </Show>
                <SaveRow saving on_close=known.close() />
            </form>
        </Dialog>
    }
}

async fn let_answer(chosen: Option<KnowledgeBase>, name: String, id: String) -> Answer<KnowledgeBase> {
    let base = match chosen {
        Some(base) => base,
        None => api::knowledge::create(&CreateKnowledgeBase { name, id: None }).await?,
    };
    let answers_to = Some(base.answers_to.into_iter().chain([id]).collect());
    api::knowledge::update(&base.id, &UpdateKnowledgeBase { answers_to, ..UpdateKnowledgeBase::default() })
        .await
}
