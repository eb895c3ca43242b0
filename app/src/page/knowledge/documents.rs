//! The documents of a base, and how each was cut.

use flow::wire::{Document, DocumentText};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::base::{Open, Page};
use crate::api;
use crate::ui::browser;
use crate::ui::dialog::{Confirm, Dialog};
use crate::ui::format::{ago, count};
use crate::ui::icon::{Glyph, Icon};
use crate::ui::load::{Failure, Loaded, Loader};
use crate::ui::toast::use_toasts;

#[component]
pub fn Documents() -> impl IntoView {
    let page: Page = expect_context();
    move || {
        match page.documents.get() {
        Loaded::Loading => ().into_any(),
        Loaded::Failed(error) => view! {
            <div class="inside">
                <Failure error retry=Callback::new(move |()| page.reload()) />
            </div>
        }
        .into_any(),
        Loaded::Ready(list) if list.documents.is_empty() => view! {
            <div class="nothing">
                <Icon glyph=Glyph::Upload />
                <b>"Drop files anywhere on this page"</b>
                <span>"Text, Markdown, HTML, PDF, Word, CSV or JSON. They are cut into passages that questions find."</span>
            </div>
        }
        .into_any(),
        Loaded::Ready(list) => view! {
            <ul aria-labelledby="documents-heading">
                {list.documents.into_iter().map(|document| view! { <Row document /> }).collect_view()}
            </ul>
        }
        .into_any(),
    }
    }
}

#[component]
fn Row(document: Document) -> impl IntoView {
    let page: Page = expect_context();
    let stored = StoredValue::new(document.clone());
    let told = format!(
        "{} · {} · {}",
        count(document.passages, "passage"),
        count(document.characters, "character"),
        ago(browser::now(), document.added_at)
    );
    let remove = format!("Delete {}", document.title);
    view! {
        <li class="line-item">
            <div class="about">
                <button
                    type="button"
                    class="link-like"
                    on:click=move |_| page.open.set(Some(Open::Show(stored.get_value())))
                >
                    {document.title}
                </button>
                <span class="dim small">{told}</span>
            </div>
            <button
                type="button"
                class="btn quiet icon"
                aria-label=remove
                on:click=move |_| page.open.set(Some(Open::Remove(stored.get_value())))
            >
                <Icon glyph=Glyph::Trash />
            </button>
        </li>
    }
}

/// A document's passages, in order.
#[component]
pub fn ShowDocument(document: Document) -> impl IntoView {
    let page: Page = expect_context();
    let text: Loader<DocumentText> = Loader::default();
    let id = StoredValue::new(document.id);
    let load = move || {
        let (base, id) = (page.id.get_value(), id.get_value());
        text.load(async move { api::knowledge::document(&base, &id).await });
    };
    load();
    view! {
        <Dialog title=document.title wide=true on_close=page.close()>
            {move || match text.get() {
                Loaded::Loading => ().into_any(),
                Loaded::Failed(error) => {
                    view! { <Failure error retry=Callback::new(move |()| load()) /> }.into_any()
                }
                Loaded::Ready(text) => {
                    let (source, passages) = (text.text, text.passages);
                    view! {
                        <p class="dim small">
                            {match passages.len() {
                                1 => "It is short enough to be one passage.",
                                _ => "This is how it was cut. A passage begins with the end of the one before, so that nothing is lost between two.",
                            }}
                        </p>
                        <div class="side-by-side">
                        <section class="source-text" tabindex="0" aria-label="Text">
                            <p>{source}</p>
                        </section>
                        <ol class="passages" aria-label="Passages">
                            {passages
                                .into_iter()
                                .enumerate()
                                .map(|(at, passage)| {
                                    view! {
                                        <li class="passage">
                                            <span class="faint small num">{format!("Passage {}", at + 1)}</span>
                                            <p>{passage}</p>
                                        </li>
                                    }
                                })
                                .collect_view()}
                        </ol>
                        </div>
                    }
                        .into_any()
                }
            }}
        </Dialog>
    }
}

#[component]
pub fn DeleteDocument(document: Document) -> impl IntoView {
    let page: Page = expect_context();
    let toasts = use_toasts();
    let title = format!("Delete “{}”?", document.title);
    let message = "No question will find its passages any more.".to_owned();
    let id = StoredValue::new(document.id);
    let delete = Callback::new(move |()| {
        let (base, id) = (page.id.get_value(), id.get_value());
        spawn_local(async move {
            match api::knowledge::remove(&base, &id).await {
                Ok(()) => page.reload(),
                Err(error) => toasts.fail(error),
            }
            page.open.try_set(None);
        });
    });
    view! { <Confirm title message action="Delete" on_confirm=delete on_close=page.close() /> }
}
