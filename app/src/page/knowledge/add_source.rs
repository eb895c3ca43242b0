//! The form of a new data source: where its documents are, and how they are cut.

use flow::wire::{Chunking, CreateDataSource, Place};
use leptos::prelude::*;

use super::base::Page;
use crate::api;
use crate::ui::dialog::Dialog;
use crate::ui::save::{SaveRow, Saving};
use crate::ui::toast::use_toasts;

/// The ways to cut, each with its word, its name and what it does.
const WAYS: [(&str, &str, &str); 5] = [
    (
        "headings",
        "At headings and paragraphs",
        "Passages of at most 1,000 characters. Right for most documents.",
    ),
    ("fixed", "All of one size", "Passages of 300 tokens; each repeats a fifth of the one before."),
    (
        "sentences",
        "Between sentences",
        "Passages of at most 300 tokens; each repeats the last sentence of the one before.",
    ),
    (
        "hierarchical",
        "Large passages in small ones",
        "Small passages are found, and the large ones that they are in can be given with them.",
    ),
    ("none", "Not at all", "Each document is one passage. For short ones."),
];

fn chunking(way: &str) -> Chunking {
    match way {
        "fixed" => Chunking::Fixed { max_tokens: 300, overlap_percentage: 20 },
        "sentences" => Chunking::Sentences { max_tokens: 300, repeated: 1 },
        "hierarchical" => {
            Chunking::Hierarchical { parent_tokens: 1500, child_tokens: 300, overlap_tokens: 60 }
        }
        "none" => Chunking::None,
        _ => Chunking::Headings,
    }
}

#[component]
pub fn AddSource() -> impl IntoView {
    let page: Page = expect_context();
    let toasts = use_toasts();
    let name = RwSignal::new(String::new());
    let is_web = RwSignal::new(false);
    let bucket = RwSignal::new(String::new());
    let prefix = RwSignal::new(String::new());
    let urls = RwSignal::new(String::new());
    let way = RwSignal::new("headings".to_owned());
    let saving = Saving::default();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let place = if is_web.get_untracked() {
            Place::Web { urls: urls.get_untracked().split_whitespace().map(str::to_owned).collect() }
        } else {
            Place::Bucket { bucket: bucket.get_untracked(), prefix: prefix.get_untracked() }
        };
        let create =
            CreateDataSource { name: name.get_untracked(), place, chunking: chunking(&way.get_untracked()) };
        let base = page.id.get_value();
        let make = async move {
            let source = api::knowledge::add_source(&base, &create).await?;
            api::knowledge::sync(&base, &source.id).await?;
            Ok(source)
        };
        saving.run(make, move |source| {
            toasts.say(format!("“{}” is being read.", source.name));
            page.reload();
            page.open.try_set(None);
        });
    };
    let told = move || {
        let way = way.get();
        WAYS.iter().find(|(word, ..)| *word == way).map_or("", |(_, _, told)| told)
    };
    view! {
        <Dialog title="Add a data source" wide=true on_close=page.close()>
            <form class="form" on:submit=submit>
                <Text id="source-name" label="Name" value=name placeholder="Handbook" hint="" focus=true required=true />
                <div class="field">
                    <label for="source-kind">"Where the documents are"</label>
                    <select
                        id="source-kind"
                        class="select"
                        on:change=move |event| is_web.set(event_target_value(&event) == "web")
                    >
                        <option value="bucket">"A bucket or folder"</option>
                        <option value="web">"Pages of the web"</option>
                    </select>
                </div>
                <Show
                    when=move || is_web.get()
                    fallback=move || {
                        view! {
                            <Text
                                id="source-bucket"
                                label="Bucket"
                                value=bucket
                                placeholder="handbook"
                                hint="A folder of this name among the data folder's buckets, unless the Connections page leads it elsewhere."
                                required=true
                            />
                            <Text
                                id="source-prefix"
                                label="Only what begins with"
                                value=prefix
                                placeholder="policies/"
                                hint="Empty for everything."
                            />
                        }
                    }
                >
                    <div class="field">
                        <label for="source-urls">"Addresses"</label>
                        <textarea
                            id="source-urls"
                            class="textarea"
                            rows="5"
                            required
                            placeholder="https://…"
                            prop:value=urls
                            on:input=move |event| urls.set(event_target_value(&event))
                        ></textarea>
                        <span class="hint">"One a line. These pages are read; links on them are not followed."</span>
                    </div>
                </Show>
                <div class="field">
                    <label for="source-way">"How they are cut"</label>
                    <select
                        id="source-way"
                        class="select"
                        on:change=move |event| way.set(event_target_value(&event))
                    >
                        {WAYS
                            .iter()
                            .map(|(word, name, _)| view! { <option value=*word>{*name}</option> })
                            .collect_view()}
                    </select>
                    <span class="hint">{told}</span>
                </div>
                <SaveRow saving on_close=page.close() save="Add and read" />
            </form>
        </Dialog>
    }
}

#[component]
fn Text(
    id: &'static str,
    label: &'static str,
    value: RwSignal<String>,
    placeholder: &'static str,
    hint: &'static str,
    #[prop(optional)] focus: bool,
    #[prop(optional)] required: bool,
) -> impl IntoView {
    view! {
        <div class="field">
            <label for=id>{label}</label>
            <input
                id=id
                class="input"
                required=required
                autofocus=focus
                autocomplete="off"
                placeholder=placeholder
                prop:value=value
                on:input=move |event| value.set(event_target_value(&event))
            />
            {(!hint.is_empty()).then(|| view! { <span class="hint">{hint}</span> })}
        </div>
    }
}
