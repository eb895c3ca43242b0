//! The data sources of a base: how much each has, its sync, and what could not be read.

use std::time::Duration;

use flow::wire::{DataSource, IngestionJob, ItemState, JobStatus, Place, SourceItem};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::base::{Open, Page};
use crate::api;
use crate::ui::dialog::Confirm;
use crate::ui::format::count;
use crate::ui::icon::{Glyph, Icon};
use crate::ui::load::Loaded;
use crate::ui::toast::use_toasts;

/// How often is looked while something goes on.
const PULSE: Duration = Duration::from_millis(700);

#[component]
pub fn Sources() -> impl IntoView {
    let page: Page = expect_context();
    watch_work(page);
    let sources = move || match page.sources.get() {
        Loaded::Ready(list) => list.data_sources,
        Loaded::Loading | Loaded::Failed(_) => Vec::new(),
    };
    view! {
        <section class="box" aria-labelledby="sources-heading">
            <header>
                <h2 id="sources-heading">"Data sources"</h2>
                <span class="grow"></span>
                <button type="button" class="btn" on:click=move |_| page.open.set(Some(Open::AddSource))>
                    <Icon glyph=Glyph::Plus />
                    "Add a source"
                </button>
            </header>
            <Show
                when=move || !sources().is_empty()
                fallback=|| {
                    view! {
                        <p class="inside dim small">
                            "A folder, a bucket or pages of the web: whatever is there is read, and synced again when you say so."
                        </p>
                    }
                }
            >
                <ul aria-labelledby="sources-heading">
                    <For each=sources key=|source| format!("{source:?}") let:source>
                        <Row source />
                    </For>
                </ul>
            </Show>
            <Unread />
        </section>
    }
}

/// Looks again and again while a job runs or something waits to be read.
fn watch_work(page: Page) {
    let asks = StoredValue::new(false);
    let look = move || {
        let works = page.sources.ready_untracked().map(|list| list.data_sources.iter().any(is_at_work));
        if works != Some(true) || asks.get_value() {
            return;
        }
        asks.set_value(true);
        spawn_local(async move {
            page.refresh().await;
            let _left = asks.try_set_value(false);
        });
    };
    let interval = set_interval_with_handle(look, PULSE);
    on_cleanup(move || {
        if let Ok(interval) = interval {
            interval.clear();
        }
    });
}

fn is_at_work(source: &DataSource) -> bool {
    source.waiting > 0 || running(source).is_some()
}

fn running(source: &DataSource) -> Option<&IngestionJob> {
    source.job.as_ref().filter(|job| !job.status.is_end())
}

#[component]
fn Row(source: DataSource) -> impl IntoView {
    let page: Page = expect_context();
    let stored = StoredValue::new(source.clone());
    let running = running(&source).cloned();
    let remove = format!("Delete {}", source.name);
    let can_sync = source.place != Place::Custom && running.is_none();
    let trouble = source.job.clone().filter(|job| job.status == JobStatus::Failed);
    view! {
        <li class="line-item source">
            <div class="about">
                <b>{source.name.clone()}</b>
                <span class="dim small">{format!("{} · {}", place(&source.place), amount(&source))}</span>
                {running.map(|job| view! { <Progress source=source.clone() job /> })}
                {trouble
                    .map(|job| {
                        view! { <span class="wrong small">{job.counts.reasons.first().cloned().unwrap_or_default()}</span> }
                    })}
            </div>
            {can_sync.then(|| view! { <Sync source /> })}
            <button
                type="button"
                class="btn quiet icon"
                aria-label=remove
                on:click=move |_| page.open.set(Some(Open::RemoveSource(stored.get_value())))
            >
                <Icon glyph=Glyph::Trash />
            </button>
        </li>
    }
}

fn place(place: &Place) -> String {
    match place {
        Place::Custom => "Added one by one".to_owned(),
        Place::Bucket { bucket, prefix } => format!("s3://{bucket}/{prefix}"),
        Place::Web { urls } => count(urls.len() as u64, "page"),
    }
}

fn amount(source: &DataSource) -> String {
    let mut told = count(source.documents, "document");
    if source.waiting > 0 {
        told.push_str(&format!(" · {} to be read", source.waiting));
    }
    if source.failed > 0 {
        told.push_str(&format!(" · {} could not be read", source.failed));
    }
    told
}

#[component]
fn Sync(source: DataSource) -> impl IntoView {
    let page: Page = expect_context();
    let toasts = use_toasts();
    let label = format!("Sync {}", source.name);
    let id = StoredValue::new(source.id);
    let sync = move |_| {
        let (base, id) = (page.id.get_value(), id.get_value());
        spawn_local(async move {
            match api::knowledge::sync(&base, &id).await {
                Ok(_) => page.reload(),
                Err(error) => toasts.fail(error),
            }
        });
    };
    view! {
        <button type="button" class="btn" aria-label=label on:click=sync>
            "Sync"
        </button>
    }
}

/// How far a job is, with the way to stop it.
#[component]
fn Progress(source: DataSource, job: IngestionJob) -> impl IntoView {
    let page: Page = expect_context();
    let toasts = use_toasts();
    let (done, found) = (job.counts.done(), job.counts.found);
    let told = match job.status {
        JobStatus::Stopping => "Stopping …".to_owned(),
        _ if found == 0 => "Looking what is there …".to_owned(),
        _ => format!("{done} of {}", count(found, "document")),
    };
    let stop = move |_| {
        let (base, source, job) = (page.id.get_value(), source.id.clone(), job.id.clone());
        spawn_local(async move {
            match api::knowledge::stop(&base, &source, &job).await {
                Ok(_) => page.reload(),
                Err(error) => toasts.fail(error),
            }
        });
    };
    view! {
        <div class="syncing">
            <progress class="progress" aria-label="Sync" max=found.max(1).to_string() value=done.to_string()></progress>
            <span class="dim small" role="status">
                {told}
            </span>
            <button type="button" class="btn quiet" on:click=stop>
                "Stop"
            </button>
        </div>
    }
}

/// What could not be read, each with its reason, and what waits.
#[component]
fn Unread() -> impl IntoView {
    let page: Page = expect_context();
    move || {
        let items: Vec<SourceItem> = match page.unread.get() {
            Loaded::Ready(list) => list.items,
            Loaded::Loading | Loaded::Failed(_) => Vec::new(),
        };
        let shown = items.into_iter().filter(|item| item.state == ItemState::Failed).map(|item| {
            view! {
                <li class="unread">
                    <b class="small">{item.uri}</b>
                    <span class="wrong small">{item.reason}</span>
                </li>
            }
        });
        let shown: Vec<_> = shown.collect();
        (!shown.is_empty()).then(|| {
            view! {
                <h3 id="unread-heading" class="inside small">
                    "Could not be read"
                </h3>
                <ul class="unread-list" aria-labelledby="unread-heading">
                    {shown}
                </ul>
            }
        })
    }
}

#[component]
pub fn DeleteSource(source: DataSource) -> impl IntoView {
    let page: Page = expect_context();
    let toasts = use_toasts();
    let title = format!("Delete “{}”?", source.name);
    let message = format!(
        "Its {} leave this knowledge base. What they were read from stays.",
        count(source.documents, "document")
    );
    let id = StoredValue::new(source.id);
    let delete = Callback::new(move |()| {
        let (base, id) = (page.id.get_value(), id.get_value());
        spawn_local(async move {
            match api::knowledge::delete_source(&base, &id).await {
                Ok(()) => page.reload(),
                Err(error) => toasts.fail(error),
            }
            page.open.try_set(None);
        });
    });
    view! { <Confirm title message action="Delete" on_confirm=delete on_close=page.close() /> }
}
