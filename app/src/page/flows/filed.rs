//! What a flow is kept under: a folder, and tags, which are the same that AWS's tag operations have.

use std::collections::{BTreeMap, BTreeSet};

use flow::wire::{FlowSummary, RenameFlow};
use leptos::prelude::*;

use super::Page;
use crate::api;
use crate::ui::dialog::Dialog;
use crate::ui::save::{SaveRow, Saving};

/// Which flows are looked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Wanted {
    pub words: String,
    /// None for all, empty for those in no folder.
    pub folder: Option<String>,
    pub tag: Option<String>,
}

impl Wanted {
    pub fn fits(&self, flow: &FlowSummary) -> bool {
        let words = self.words.trim().to_lowercase();
        let tags: Vec<String> = flow.tags.iter().map(tag_label).collect();
        let texts = [&flow.title, &flow.name, &flow.description, &flow.folder].into_iter().chain(&tags);
        self.folder.as_ref().is_none_or(|folder| *folder == flow.folder)
            && self.tag.as_ref().is_none_or(|tag| tags.contains(tag))
            && (words.is_empty() || texts.into_iter().any(|text| text.to_lowercase().contains(&words)))
    }
}

/// `team: care`, or `urgent` of a tag without a value.
pub fn tag_label((key, value): (&String, &String)) -> String {
    if value.is_empty() { key.clone() } else { format!("{key}: {value}") }
}

/// The folders and tags that there are, to look for; nothing where there are none.
#[component]
pub fn Filters(flows: Signal<Vec<FlowSummary>>, wanted: RwSignal<Wanted>) -> impl IntoView {
    let folders = Memo::new(move |_| {
        let filled =
            |flows: &Vec<FlowSummary>| flows.iter().map(|flow| flow.folder.clone()).collect::<BTreeSet<_>>();
        flows.with(filled).into_iter().filter(|folder| !folder.is_empty()).collect::<Vec<_>>()
    });
    let tags = Memo::new(move |_| {
        let labels = |flows: &Vec<FlowSummary>| {
            flows
                .iter()
                .flat_map(|flow| flow.tags.iter().map(tag_label).collect::<Vec<_>>())
                .collect::<BTreeSet<_>>()
        };
        flows.with(labels).into_iter().collect::<Vec<_>>()
    });
    let choose = move |event| {
        let folder = event_target_value(&event);
        wanted.update(|wanted| {
            wanted.folder = match folder.as_str() {
                "*" => None,
                other => Some(other.to_owned()),
            };
        });
    };
    let toggle = move |tag: String| {
        wanted.update(|wanted| wanted.tag = if wanted.tag.as_ref() == Some(&tag) { None } else { Some(tag) });
    };
    view! {
        <Show when=move || { !folders.with(Vec::is_empty) || !tags.with(Vec::is_empty) }>
            <div class="filters">
                <Show when=move || !folders.with(Vec::is_empty)>
                    <select class="select narrow-select" aria-label="Folder" on:change=choose>
                        <option value="*">"All folders"</option>
                        {move || {
                            folders
                                .get()
                                .into_iter()
                                .map(|folder| view! { <option value=folder.clone()>{folder.clone()}</option> })
                                .collect_view()
                        }}
                        <option value="">"In no folder"</option>
                    </select>
                </Show>
                <div class="row wrap" role="group" aria-label="Tags">
                    {move || {
                        tags.get()
                            .into_iter()
                            .map(|tag| {
                                let (own, chosen) = (tag.clone(), tag.clone());
                                view! {
                                    <button
                                        type="button"
                                        class="chip tag"
                                        aria-pressed=move || {
                                            wanted.with(|wanted| wanted.tag.as_ref() == Some(&own)).to_string()
                                        }
                                        on:click=move |_| toggle(chosen.clone())
                                    >
                                        {tag}
                                    </button>
                                }
                            })
                            .collect_view()
                    }}
                </div>
            </div>
        </Show>
    }
}

#[component]
pub fn FileDialog(flow: FlowSummary) -> impl IntoView {
    let page: Page = expect_context();
    let known: BTreeSet<String> =
        page.flows.ready_untracked().unwrap_or_default().flows.into_iter().map(|flow| flow.folder).collect();
    let folder = RwSignal::new(flow.folder);
    let written: Vec<String> = flow.tags.iter().map(tag_label).collect();
    let written = StoredValue::new(written.join(", "));
    let before = StoredValue::new(flow.tags);
    let tags = RwSignal::new(written.get_value());
    let saving = Saving::default();
    let id = StoredValue::new(flow.id);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let change = RenameFlow {
            folder: Some(folder.get_untracked()),
            tags: tags.with_untracked(|typed| {
                let is_other = written.with_value(|written| written != typed);
                is_other.then(|| before.with_value(|before| read_tags(typed, before)))
            }),
            ..RenameFlow::default()
        };
        let id = id.get_value();
        saving.run(async move { api::flows::rename(&id, &change).await }, move |_| {
            page.open.try_set(None);
            page.reload();
        });
    };
    view! {
        <Dialog title="Folder and tags" on_close=page.close()>
            <form class="form" on:submit=submit>
                <div class="field">
                    <label for="file-folder">"Folder"</label>
                    <input
                        class="input"
                        id="file-folder"
                        list="file-folders"
                        autocomplete="off"
                        placeholder="In no folder"
                        prop:value=folder
                        on:input=move |event| folder.set(event_target_value(&event))
                    />
                    <datalist id="file-folders">
                        {known
                            .into_iter()
                            .filter(|folder| !folder.is_empty())
                            .map(|folder| view! { <option value=folder></option> })
                            .collect_view()}
                    </datalist>
                </div>
                <div class="field">
                    <label for="file-tags">"Tags"</label>
                    <input
                        class="input"
                        id="file-tags"
                        autocomplete="off"
                        placeholder="urgent, team: care"
                        prop:value=tags
                        on:input=move |event| tags.set(event_target_value(&event))
                    />
                    <span class="hint">"Words with commas between them. Programs see the same tags by AWS's operations."</span>
                </div>
                <SaveRow saving on_close=page.close() />
            </form>
        </Dialog>
    }
}

/// Tags as they are typed. Those that stand as they did are as they were: keys and values may have colons too.
fn read_tags(text: &str, before: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
    let known = |part: &str| before.iter().find(|tag| tag_label(*tag) == part);
    parts
        .map(|part| match (known(part), part.split_once(':')) {
            (Some((key, value)), _) => (key.clone(), value.clone()),
            (None, Some((key, value))) => (key.trim().to_owned(), value.trim().to_owned()),
            (None, None) => (part.to_owned(), String::new()),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_read_as_they_are_shown() {
        let none = BTreeMap::new();
        let tags = read_tags("urgent, team: care ,, area : a:b", &none);
        let labels: Vec<String> = tags.iter().map(tag_label).collect();
        assert_eq!(labels, ["area: a:b", "team: care", "urgent"]);
        assert_eq!(read_tags(&labels.join(", "), &none), tags);
        let odd = BTreeMap::from([("a:b".to_owned(), "c".to_owned()), ("d:e".to_owned(), String::new())]);
        assert_eq!(read_tags("new, a:b: c, d:e", &odd).len(), 3);
        assert!(odd.iter().all(|(key, value)| read_tags("new, a:b: c, d:e", &odd).get(key) == Some(value)));
    }
}
