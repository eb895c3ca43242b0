//! The dialogs that make, change and delete a knowledge base.

use flow::wire::{CreateKnowledgeBase, KnowledgeBase, UpdateKnowledgeBase, VectorStoreList};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::base::Page;
use crate::api;
use crate::ui::dialog::{Confirm, Dialog};
use crate::ui::load::Loader;
use crate::ui::navigate::navigator;
use crate::ui::save::{SaveRow, Saving};
use crate::ui::toast::use_toasts;

#[component]
pub fn NewBase(on_close: Callback<()>) -> impl IntoView {
    let go = navigator();
    let name = RwSignal::new(String::new());
    let id = RwSignal::new(String::new());
    let saving = Saving::default();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let id = Some(id.get_untracked().trim().to_owned()).filter(|id| !id.is_empty());
        let create = CreateKnowledgeBase { name: name.get_untracked(), id };
        saving.run(async move { api::knowledge::create(&create).await }, move |base| {
            let _page_is_gone = go.try_run(format!("/knowledge/{}", base.id));
        });
    };
    view! {
        <Dialog title="New knowledge base" on_close>
            <form class="form" on:submit=submit>
                <div class="field">
                    <label for="base-name">"Name"</label>
                    <input
                        id="base-name"
                        class="input"
                        required
                        autofocus
                        autocomplete="off"
                        placeholder="Shop handbook"
                        prop:value=name
                        on:input=move |event| name.set(event_target_value(&event))
                    />
                </div>
                <div class="field">
                    <label for="base-id">"Id"</label>
                    <input
                        id="base-id"
                        class="input mono"
                        spellcheck="false"
                        autocomplete="off"
                        placeholder="made up"
                        prop:value=id
                        on:input=move |event| id.set(event_target_value(&event))
                    />
                    <span class="hint">"Only where a flow made for AWS names one: ten capital letters and digits."</span>
                </div>
                <SaveRow saving on_close=on_close save="Create" />
            </form>
        </Dialog>
    }
}

/// The name, and the other ids that the base answers to.
#[component]
pub fn EditBase(base: KnowledgeBase) -> impl IntoView {
    let page: Page = expect_context();
    let name = RwSignal::new(base.name);
    let ids = RwSignal::new(base.answers_to.join("\n"));
    let model = RwSignal::new(base.embedding.model.clone());
    let before = StoredValue::new(base.embedding.model);
    let store = RwSignal::new(base.vector_store.clone().unwrap_or_default());
    let store_before = StoredValue::new(base.vector_store.unwrap_or_default());
    let saving = Saving::default();
    let id = StoredValue::new(base.id);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let ids = ids.get_untracked();
        let ids = ids.lines().map(str::trim).filter(|id| !id.is_empty()).map(str::to_owned);
        let model = model.get_untracked().trim().to_owned();
        let update = UpdateKnowledgeBase {
            name: Some(name.get_untracked()),
            answers_to: Some(ids.collect()),
            embedding_model: Some(model).filter(|model| before.with_value(|before| before != model)),
            vector_store: Some(store.get_untracked())
                .filter(|store| store_before.with_value(|before| before != store)),
        };
        let id = id.get_value();
        saving.run(async move { api::knowledge::update(&id, &update).await }, move |base| {
            page.base.set(base);
            page.open.try_set(None);
        });
    };
    view! {
        <Dialog title="Change the knowledge base" on_close=page.close()>
            <form class="form" on:submit=submit>
                <div class="field">
                    <label for="base-name">"Name"</label>
                    <input
                        id="base-name"
                        class="input"
                        required
                        autofocus
                        autocomplete="off"
                        prop:value=name
                        on:input=move |event| name.set(event_target_value(&event))
                    />
                </div>
                <div class="field">
                    <label for="base-ids">"Also answers to"</label>
                    <textarea
                        id="base-ids"
                        class="textarea mono short"
                        rows="3"
                        spellcheck="false"
                        placeholder="one id a line"
                        prop:value=ids
                        on:input=move |event| ids.set(event_target_value(&event))
                    ></textarea>
                    <span class="hint">"Ids in flows that were made elsewhere. Such flows then work as they are."</span>
                </div>
                <div class="field">
                    <label for="base-model">"Model that reads the meaning"</label>
                    <input
                        id="base-model"
                        class="input"
                        spellcheck="false"
                        autocomplete="off"
                        placeholder="none: passages are found by their words alone"
                        prop:value=model
                        on:input=move |event| model.set(event_target_value(&event))
                    />
                    <span class="hint">
                        "One that embeds, as connection/model, such as local/minilm. Another model reads every passage anew."
                    </span>
                </div>
                <StoreField store />
                <SaveRow saving on_close=page.close() />
            </form>
        </Dialog>
    }
}

/// Where the vectors are, where there is a choice.
#[component]
fn StoreField(store: RwSignal<String>) -> impl IntoView {
    let stores: Loader<VectorStoreList> = Loader::default();
    stores.load(api::vector_stores::list());
    let names = Memo::new(move |_| {
        let known = stores.ready().unwrap_or_default().vector_stores;
        let mut names: Vec<String> = known.into_iter().map(|store| store.name).collect();
        let chosen = store.get();
        if !chosen.is_empty() && !names.contains(&chosen) {
            names.push(chosen);
        }
        names
    });
    view! {
        <Show when=move || names.with(|names| !names.is_empty())>
            <div class="field">
                <label for="base-store">"Where that is kept"</label>
                <select
                    id="base-store"
                    class="select"
                    on:change=move |event| store.set(event_target_value(&event))
                >
                    <option value="" selected=move || store.with(String::is_empty)>"On this server"</option>
                    {move || {
                        let option = |name: String| {
                            let (value, shown) = (name.clone(), name.clone());
                            view! {
                                <option value=value selected=move || store.with(|store| *store == name)>
                                    {shown}
                                </option>
                            }
                        };
                        names.get().into_iter().map(option).collect_view()
                    }}
                </select>
                <span class="hint">"Vector stores are added on the Connections page. Texts stay on this server."</span>
            </div>
        </Show>
    }
}

#[component]
pub fn DeleteBase(base: KnowledgeBase) -> impl IntoView {
    let page: Page = expect_context();
    let toasts = use_toasts();
    let go = navigator();
    let title = format!("Delete “{}”?", base.name);
    let message = "Its documents go with it. Flows that ask it will fail until they ask another.".to_owned();
    let id = StoredValue::new(base.id);
    let delete = Callback::new(move |()| {
        let id = id.get_value();
        spawn_local(async move {
            match api::knowledge::delete(&id).await {
                Ok(()) => {
                    let _page_is_gone = go.try_run("/knowledge".to_owned());
                }
                Err(error) => {
                    toasts.fail(error);
                    page.open.try_set(None);
                }
            }
        });
    });
    view! { <Confirm title message action="Delete" on_confirm=delete on_close=page.close() /> }
}
