//! One knowledge base: its documents on the left, questions to it on the right.

use flow::wire::{DataSource, DataSourceList, Document, DocumentList, KnowledgeBase, SourceItemList};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::add::{AddText, PickFiles, take_dropped_files};
use super::add_source::AddSource;
use super::ask::Ask;
use super::dialogs::{DeleteBase, EditBase};
use super::documents::{DeleteDocument, Documents, ShowDocument};
use super::evaluation::Evaluate;
use super::reading::Reading;
use super::sources::{DeleteSource, Sources};
use crate::api;
use crate::node::prompt::Models;
use crate::ui::browser;
use crate::ui::format::count;
use crate::ui::icon::{Glyph, Icon};
use crate::ui::load::{Failure, Loaded, Loader};

/// The dialog that is open.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Open {
    Add,
    Edit(KnowledgeBase),
    Delete(KnowledgeBase),
    Show(Document),
    Remove(Document),
    AddSource,
    RemoveSource(DataSource),
}

/// What the parts of this page share.
#[derive(Clone, Copy)]
pub(super) struct Page {
    pub id: StoredValue<String>,
    pub base: Loader<KnowledgeBase>,
    pub documents: Loader<DocumentList>,
    pub sources: Loader<DataSourceList>,
    /// What could not be read.
    pub unread: Loader<SourceItemList>,
    pub open: RwSignal<Option<Open>>,
}

impl Page {
    pub fn reload(self) {
        let Some(id) = self.id.try_get_value() else { return };
        self.base.load({
            let id = id.clone();
            async move { api::knowledge::get(&id).await }
        });
        self.sources.load({
            let id = id.clone();
            async move { api::knowledge::sources(&id).await }
        });
        self.unread.load({
            let id = id.clone();
            async move { api::knowledge::unread(&id).await }
        });
        self.documents.load(async move { api::knowledge::documents(&id).await });
    }

    /// Asks for all of it again, and is done when the answers are there. What cannot be had now stays as it was.
    pub async fn refresh(self) {
        let Some(id) = self.id.try_get_value() else { return };
        if let Ok(base) = api::knowledge::get(&id).await {
            self.base.set(base);
        }
        if let Ok(sources) = api::knowledge::sources(&id).await {
            self.sources.set(sources);
        }
        if let Ok(unread) = api::knowledge::unread(&id).await {
            self.unread.set(unread);
        }
        if let Ok(documents) = api::knowledge::documents(&id).await {
            self.documents.set(documents);
        }
    }

    pub fn close(self) -> Callback<()> {
        Callback::new(move |()| self.open.set(None))
    }
}

#[component]
pub fn KnowledgeBasePage() -> impl IntoView {
    let params = use_params_map();
    // A link from one base to another keeps the component. On the way to another page the parameters are told again,
    // and by then the base may be deleted.
    let id = Memo::new(move |_| params.with(|params| params.get("id")).unwrap_or_default());
    move || {
        let id = id.get();
        (!id.is_empty()).then(|| view! { <BaseOf id /> })
    }
}

#[component]
fn BaseOf(id: String) -> impl IntoView {
    let page = Page {
        id: StoredValue::new(id),
        base: Loader::default(),
        documents: Loader::default(),
        sources: Loader::default(),
        unread: Loader::default(),
        open: RwSignal::new(None),
    };
    provide_context(page);
    provide_context(Models::load());
    page.reload();
    let hovering = take_dropped_files(page);
    // What is read anew while something is under way replaces no field that a person writes in.
    let base = Memo::new(move |_| page.base.ready());
    let is_there = Memo::new(move |_| base.with(Option::is_some));
    move || {
        if is_there.get() {
            return view! { <Shown base hovering /> }.into_any();
        }
        match page.base.get() {
            Loaded::Failed(error) => {
                view! { <Failure error retry=Callback::new(move |()| page.reload()) /> }.into_any()
            }
            Loaded::Loading | Loaded::Ready(_) => ().into_any(),
        }
    }
}

#[component]
fn Shown(base: Memo<Option<KnowledgeBase>>, hovering: RwSignal<bool>) -> impl IntoView {
    let page: Page = expect_context();
    let name = Memo::new(move |_| base.with(|base| base.as_ref().map(|base| base.name.clone())));
    Effect::new(move |_| {
        if let Some(name) = name.get() {
            browser::set_title(&name);
        }
    });
    let open = move |open: fn(KnowledgeBase) -> Open| page.open.set(base.get_untracked().map(open));
    view! {
        <div class="bar">
            <p class="crumb">
                <a href="/knowledge">"Knowledge"</a>
                " /"
            </p>
            <h1>{name}</h1>
            <span class="grow"></span>
            <button type="button" class="btn" on:click=move |_| open(Open::Edit)>
                "Change"
            </button>
            <button type="button" class="btn danger" on:click=move |_| open(Open::Delete)>
                "Delete"
            </button>
        </div>
        {move || base.get().map(|base| view! { <About base /> })}
        <Reading base />
        <div class="knowledge">
            <div class="column">
            <section class="box" aria-labelledby="documents-heading">
                <header>
                    <h2 id="documents-heading">"Documents"</h2>
                    <span class="grow"></span>
                    <PickFiles />
                    <button type="button" class="btn" on:click=move |_| page.open.set(Some(Open::Add))>
                        <Icon glyph=Glyph::Plus />
                        "Paste a text"
                    </button>
                </header>
                <Documents />
            </section>
            <Sources />
            </div>
            <div class="stack">
                <Ask />
                <Evaluate />
            </div>
        </div>
        <Show when=move || hovering.get()>
            <div class="drop-hint" aria-hidden="true">
                <Icon glyph=Glyph::Upload />
                "Drop to add"
            </div>
        </Show>
        <Dialogs />
    }
}

/// Its ids, and how much it has.
#[component]
fn About(base: KnowledgeBase) -> impl IntoView {
    let others = match base.answers_to.as_slice() {
        [] => String::new(),
        ids => format!(" · also answers to {}", ids.join(", ")),
    };
    view! {
        <p class="dim small spaced">
            <span class="mono">{base.id}</span>
            {others}
            {format!(" · {}", count(base.passages, "passage"))}
        </p>
    }
}

#[component]
fn Dialogs() -> impl IntoView {
    let page: Page = expect_context();
    move || {
        page.open.get().map(|open| match open {
            Open::Add => view! { <AddText /> }.into_any(),
            Open::Edit(base) => view! { <EditBase base /> }.into_any(),
            Open::Delete(base) => view! { <DeleteBase base /> }.into_any(),
            Open::Show(document) => view! { <ShowDocument document /> }.into_any(),
            Open::Remove(document) => view! { <DeleteDocument document /> }.into_any(),
            Open::AddSource => view! { <AddSource /> }.into_any(),
            Open::RemoveSource(source) => view! { <DeleteSource source /> }.into_any(),
        })
    }
}
