//! The model: chosen from those the server knows, or written, since AWS ids are names too.

use flow::check::Field;
use flow::wire::ModelList;
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api;
use crate::editor::prompt::set_model;
use crate::editor::session::{Card, use_editor};
use crate::node::field::{Problems, is_wrong};

/// Milliseconds between tries while the list cannot be read.
const RETRY: u32 = 5_000;

/// The models that the server offers, as a context.
#[derive(Clone, Copy)]
pub struct Models {
    pub list: RwSignal<ModelList>,
    /// Whether the list could not be read so far.
    pub is_missing: RwSignal<bool>,
}

impl Models {
    /// Asks for them, again and again until they are there.
    pub fn load() -> Self {
        let models = Self { list: RwSignal::new(ModelList::default()), is_missing: RwSignal::new(false) };
        spawn_local(async move {
            loop {
                if let Ok(list) = api::models::list().await {
                    models.list.try_set(list);
                    models.is_missing.try_set(false);
                    return;
                }
                // A page that is gone takes nothing any more.
                if models.is_missing.try_set(true).is_some() {
                    return;
                }
                TimeoutFuture::new(RETRY).await;
            }
        });
        models
    }
}

/// The model of a Prompt.
#[component]
pub fn Model(card: Card) -> impl IntoView {
    let editor = use_editor();
    let model = Memo::new(move |_| {
        card.node.with(|node| node.inline_prompt().map(|p| p.model_id.clone()).unwrap_or_default())
    });
    let write = Callback::new(move |model: String| {
        let name = card.name();
        let burst = format!("{} model", card.id);
        editor.type_in("Change the model", &burst, |document| set_model(document, &name, &model));
    });
    view! { <ModelField card model write /> }
}

/// A field for a model of a node.
#[component]
pub fn ModelField(card: Card, model: Memo<String>, write: Callback<String>) -> impl IntoView {
    let models: Models = expect_context();
    let id = format!("model-{}", card.id);
    let list = format!("models-{}", card.id);
    let problems = format!("problems-{id}");
    let note = move || {
        let model = model.get();
        models
            .list
            .with(|list| list.models.iter().find(|known| known.id == model).map(|known| known.note.clone()))
    };
    view! {
        <div class="field">
            <label for=id.clone()>"Model"</label>
            <div class="model-box">
                <input
                    class="input"
                    id=id
                    list=list.clone()
                    spellcheck="false"
                    autocomplete="off"
                    placeholder="connection/model or an AWS model id"
                    aria-invalid=move || is_wrong(card, &Field::Model).to_string()
                    aria-describedby=problems.clone()
                    prop:value=move || model.get()
                    on:input=move |event| write.run(event_target_value(&event))
                />
                <span class="hint">{note}</span>
            </div>
            <ModelOptions id=list />
            <Show when=move || models.is_missing.get()>
                <p class="hint">"The list of models cannot be read at the moment. Trying again."</p>
            </Show>
            <Problems card field=Field::Model id=problems />
        </div>
    }
}

/// The models that a field with this list offers.
#[component]
pub fn ModelOptions(#[prop(into)] id: String) -> impl IntoView {
    let models = use_context::<Models>().unwrap_or_else(Models::load);
    view! {
        <datalist id=id>
            {move || {
                models
                    .list
                    .get()
                    .models
                    .into_iter()
                    .map(|model| view! { <option value=model.id>{model.note}</option> })
                    .collect_view()
            }}
        </datalist>
    }
}
