//! The flows: what there is, how it did lately, and ways to begin another.

mod card;
mod create;
mod delete;
mod filed;
mod import;
mod rename;
mod report;
pub mod templates;
pub mod thumbnail;

use flow::wire::{FlowList, FlowSummary, Template};
use leptos::prelude::*;

use crate::api;
use crate::page::export::ExportDialog;
use crate::ui::browser;
use crate::ui::icon::{Glyph, Icon};
use crate::ui::load::{Failure, Loaded, Loader};
use card::FlowCard;
use create::NewFlow;
use delete::DeleteFlow;
use filed::{FileDialog, Filters, Wanted};
use import::{ImportButton, import_dropped_files};
use rename::RenameFlowDialog;
use report::{Brought, ImportDialog};
use templates::Templates;

/// The dialog that is open.
#[derive(Clone, Debug, PartialEq)]
enum Open {
    New,
    Rename(FlowSummary),
    File(FlowSummary),
    Delete(FlowSummary),
    Export(FlowSummary),
    Import(Vec<Brought>),
}

/// What the parts of this page share.
#[derive(Clone, Copy)]
struct Page {
    flows: Loader<FlowList>,
    templates: Loader<Vec<Template>>,
    open: RwSignal<Option<Open>>,
}

impl Page {
    fn reload(self) {
        self.flows.load(api::flows::list());
    }

    fn close(self) -> Callback<()> {
        Callback::new(move |()| self.open.set(None))
    }
}

#[component]
pub fn FlowsPage() -> impl IntoView {
    browser::set_title("Flows");
    let page = Page { flows: Loader::default(), templates: Loader::default(), open: RwSignal::new(None) };
    provide_context(page);
    page.reload();
    page.templates.load(api::flows::templates());
    let dragging = import_dropped_files();
    let wanted = RwSignal::new(Wanted::default());
    let all = Signal::derive(move || page.flows.ready().map(|list| list.flows).unwrap_or_default());
    view! {
        <div class="bar">
            <h1>"Flows"</h1>
            <span class="grow"></span>
            <input
                type="search"
                class="input search"
                placeholder="Search flows"
                aria-label="Search flows"
                prop:value=move || wanted.with(|wanted| wanted.words.clone())
                on:input=move |event| wanted.update(|wanted| wanted.words = event_target_value(&event))
            />
            <ImportButton />
            <button type="button" class="btn primary" on:click=move |_| page.open.set(Some(Open::New))>
                "New flow"
            </button>
        </div>
        <Filters flows=all wanted />
        {move || match page.flows.get() {
            Loaded::Loading => view! { <Skeleton /> }.into_any(),
            Loaded::Failed(error) => {
                view! { <Failure error retry=Callback::new(move |()| page.reload()) /> }.into_any()
            }
            Loaded::Ready(list) if list.flows.is_empty() => view! { <Teaching /> }.into_any(),
            Loaded::Ready(list) => view! { <Grid flows=list.flows wanted /> }.into_any(),
        }}
        <Templates />
        <Show when=move || dragging.get()>
            <div class="drop-hint" aria-hidden="true">
                <Icon glyph=Glyph::Upload />
                "Drop to import"
            </div>
        </Show>
        {move || {
            page.open
                .get()
                .map(|open| match open {
                    Open::New => view! { <NewFlow /> }.into_any(),
                    Open::Rename(flow) => view! { <RenameFlowDialog flow /> }.into_any(),
                    Open::File(flow) => view! { <FileDialog flow /> }.into_any(),
                    Open::Delete(flow) => view! { <DeleteFlow flow /> }.into_any(),
                    Open::Export(flow) => {
                        view! { <ExportDialog id=flow.id title=flow.title on_close=page.close() /> }.into_any()
                    }
                    Open::Import(files) => view! { <ImportDialog files /> }.into_any(),
                })
        }}
    }
}

#[component]
fn Grid(flows: Vec<FlowSummary>, wanted: RwSignal<Wanted>) -> impl IntoView {
    let flows = StoredValue::new(flows);
    let found = Memo::new(move |_| {
        let wanted = wanted.get();
        flows.with_value(|flows| {
            flows.iter().filter(|flow| wanted.fits(flow)).cloned().collect::<Vec<FlowSummary>>()
        })
    });
    view! {
        <ul class="grid" aria-label="Flows">
            <For each=move || found.get() key=|flow| flow.id.clone() let:flow>
                <FlowCard flow />
            </For>
        </ul>
        <Show when=move || found.with(Vec::is_empty)>
            <p class="dim" role="status">
                {move || match wanted.with(|wanted| wanted.words.trim().to_owned()) {
                    words if words.is_empty() => "No flow is kept there.".to_owned(),
                    words => format!("No flow is called like “{words}”."),
                }}
            </p>
        </Show>
    }
}

/// The page before the first answer, so that nothing jumps when it comes.
#[component]
fn Skeleton() -> impl IntoView {
    view! {
        <div class="grid" aria-busy="true">
            <div class="card ghost"></div>
            <div class="card ghost"></div>
        </div>
    }
}

/// What someone without flows needs to know.
#[component]
fn Teaching() -> impl IntoView {
    view! {
        <section class="teach panel" aria-label="How it works">
            <h2>"Draw what your model calls do, test it, put it to use"</h2>
            <ol>
                <li>
                    <b>"Draw"</b>
                    <span>
                        "A flow is a few nodes and what runs between them: an input, prompts, conditions, outputs."
                    </span>
                </li>
                <li>
                    <b>"Test"</b>
                    <span>"Type a message and watch it pass from node to node. A small model is built in; no key is needed."</span>
                </li>
                <li>
                    <b>"Publish"</b>
                    <span>
                        "Publishing keeps a version for ever and points an alias at it. Programs call the alias, by curl or by the AWS SDKs."
                    </span>
                </li>
            </ol>
            <p class="dim">"The quickest way to see it: use a template below, then press Run."</p>
        </section>
    }
}
