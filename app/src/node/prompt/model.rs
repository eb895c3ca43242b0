//! The model: chosen from those the server knows, or written, since AWS ids are names too.

use flow::check::Field;
use flow::wire::ModelList;
use leptos::prelude::*;

use crate::editor::prompt::set_model;
use crate::editor::session::{Card, use_editor};
use crate::node::field::{Problems, is_wrong};

/// The models that the server offers, as a context.
#[derive(Clone, Copy)]
pub struct Models(pub RwSignal<ModelList>);

#[component]
pub fn Model(card: Card) -> impl IntoView {
    let editor = use_editor();
    let models: Models = expect_context();
    let id = format!("model-{}", card.id);
    let list = format!("models-{}", card.id);
    let model = Memo::new(move |_| {
        card.node.with(|node| node.inline_prompt().map(|p| p.model_id.clone()).unwrap_or_default())
    });
    let note = move || {
        let model = model.get();
        models
            .0
            .with(|list| list.models.iter().find(|known| known.id == model).map(|known| known.note.clone()))
    };
    let write = move |event| {
        let (name, model) = (card.name(), event_target_value(&event));
        let burst = format!("{} model", card.id);
        editor.type_in("Change the model", &burst, |document| set_model(document, &name, &model));
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
                    prop:value=move || model.get()
                    on:input=write
                />
                <span class="hint">{note}</span>
            </div>
            <datalist id=list>
                {move || {
                    models
                        .0
                        .get()
                        .models
                        .into_iter()
                        .map(|model| view! { <option value=model.id>{model.note}</option> })
                        .collect_view()
                }}
            </datalist>
            <Problems card field=Field::Model />
        </div>
    }
}
