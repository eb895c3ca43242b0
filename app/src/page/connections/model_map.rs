//! Which model answers for AWS's model ids, so that AWS definitions run unmodified.

use flow::wire::{ModelList, ModelMap, ModelMapEntry};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::Page;
use crate::api;
use crate::ui::icon::{Glyph, Icon};
use crate::ui::load::Loader;
use crate::ui::toast::use_toasts;

/// A row as it is edited. Its id keeps the focus where it is while others come and go.
#[derive(Clone, Copy)]
struct Row {
    id: usize,
    aws_id: RwSignal<String>,
    model: RwSignal<String>,
}

#[component]
pub fn ModelMapCard() -> impl IntoView {
    let page: Page = expect_context();
    let toasts = use_toasts();
    let models = Loader::<ModelList>::default();
    let map = Loader::<ModelMap>::default();
    map.load(api::models::map());
    Effect::new(move || {
        page.changes.track();
        models.load(api::models::list());
    });
    let rows = RwSignal::new(Vec::<Row>::new());
    let default_model = RwSignal::new(String::new());
    let next = StoredValue::new(0_usize);
    let add = move |entry: ModelMapEntry| {
        let id = next.get_value();
        next.set_value(id + 1);
        let row = Row { id, aws_id: RwSignal::new(entry.aws_id), model: RwSignal::new(entry.model) };
        rows.update(|rows| rows.push(row));
    };
    Effect::new(move || {
        if let Some(map) = map.ready() {
            rows.set(Vec::new());
            default_model.set(map.default_model);
            map.entries.into_iter().for_each(add);
        }
    });
    let edited = Memo::new(move |_| ModelMap {
        entries: rows.with(|rows| rows.iter().filter_map(entry).collect()),
        default_model: default_model.get().trim().to_owned(),
    });
    let changed = move || map.ready().is_some_and(|map| map != edited.get());
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let edited = edited.get_untracked();
        spawn_local(async move {
            match api::models::put_map(&edited).await {
                Ok(saved) => {
                    map.set(saved);
                    toasts.say("Saved.");
                }
                Err(error) => toasts.fail(error),
            }
        });
    };
    view! {
        <form class="box" aria-labelledby="map-heading" on:submit=submit>
            <header>
                <h2 id="map-heading">"Models"</h2>
                <span class="grow"></span>
                <button type="submit" class="btn" disabled=move || !changed()>
                    "Save"
                </button>
            </header>
            <div class="inside">
                <datalist id="known-models">
                    {move || {
                        models
                            .ready()
                            .unwrap_or_default()
                            .models
                            .into_iter()
                            .map(|model| view! { <option value=model.id>{model.note}</option> })
                            .collect_view()
                    }}
                </datalist>
                <div class="field">
                    <label for="default-model">"Default model"</label>
                    <input
                        id="default-model"
                        class="input mono"
                        list="known-models"
                        autocomplete="off"
                        required
                        prop:value=default_model
                        on:input=move |event| default_model.set(event_target_value(&event))
                    />
                    <span class="hint">"Answers in new prompts, and for every AWS model id that is not named below."</span>
                </div>
                <fieldset class="map">
                    <legend>"AWS model ids"</legend>
                    <For each=move || rows.get() key=|row| row.id let:row>
                        <MapRow row rows />
                    </For>
                    <div>
                        <button
                            type="button"
                            class="btn small"
                            on:click=move |_| add(ModelMapEntry { aws_id: String::new(), model: String::new() })
                        >
                            <Icon glyph=Glyph::Plus />
                            "Add a row"
                        </button>
                    </div>
                </fieldset>
                <p class="dim small">
                    "A flow made for AWS names models such as " <code>"anthropic.claude-3-haiku-20240307-v1:0"</code>
                    ". Here you say which model answers instead; " <code>"anthropic.*"</code> " stands for all that begin so."
                </p>
            </div>
        </form>
    }
}

#[component]
fn MapRow(row: Row, rows: RwSignal<Vec<Row>>) -> impl IntoView {
    view! {
        <div class="map-row">
            <input
                class="input mono"
                aria-label="AWS model id"
                placeholder="anthropic.claude-3-haiku-*"
                autocomplete="off"
                prop:value=row.aws_id
                on:input=move |event| row.aws_id.set(event_target_value(&event))
            />
            <span aria-hidden="true">"→"</span>
            <input
                class="input mono"
                aria-label="Model that answers"
                placeholder="connection/model"
                list="known-models"
                autocomplete="off"
                prop:value=row.model
                on:input=move |event| row.model.set(event_target_value(&event))
            />
            <button
                type="button"
                class="btn quiet icon"
                aria-label="Remove this row"
                on:click=move |_| rows.update(|rows| rows.retain(|other| other.id != row.id))
            >
                <Icon glyph=Glyph::Trash />
            </button>
        </div>
    }
}

/// A row that says something.
fn entry(row: &Row) -> Option<ModelMapEntry> {
    let (aws_id, model) = (row.aws_id.get(), row.model.get());
    let entry = ModelMapEntry { aws_id: aws_id.trim().to_owned(), model: model.trim().to_owned() };
    (!entry.aws_id.is_empty() || !entry.model.is_empty()).then_some(entry)
}
