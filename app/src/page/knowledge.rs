//! Knowledge: the bases that there are, and a new one.

mod add;
mod add_source;
mod ask;
mod asked;
pub mod base;
mod dialogs;
mod documents;
mod evaluation;
mod found;
mod reading;
mod sources;

use flow::wire::{KnowledgeBase, KnowledgeBaseList};
use leptos::prelude::*;

use crate::api;
use crate::ui::browser;
use crate::ui::format::{ago, count};
use crate::ui::load::{Failure, Loaded, Loader};
use dialogs::NewBase;

#[component]
pub fn KnowledgePage() -> impl IntoView {
    browser::set_title("Knowledge");
    let bases: Loader<KnowledgeBaseList> = Loader::default();
    let reload = move || bases.load(api::knowledge::list());
    reload();
    let making = RwSignal::new(false);
    view! {
        <div class="bar">
            <h1>"Knowledge"</h1>
            <span class="grow"></span>
            <button type="button" class="btn primary" on:click=move |_| making.set(true)>
                "New knowledge base"
            </button>
        </div>
        <div class="narrow">
            {move || match bases.get() {
                Loaded::Loading => ().into_any(),
                Loaded::Failed(error) => {
                    view! { <Failure error retry=Callback::new(move |()| reload()) /> }.into_any()
                }
                Loaded::Ready(list) if list.knowledge_bases.is_empty() => view! { <Teaching /> }.into_any(),
                Loaded::Ready(list) => view! { <Bases bases=list.knowledge_bases /> }.into_any(),
            }}
        </div>
        <Show when=move || making.get()>
            <NewBase on_close=Callback::new(move |()| making.set(false)) />
        </Show>
    }
}

#[component]
fn Bases(bases: Vec<KnowledgeBase>) -> impl IntoView {
    let row = |base: KnowledgeBase| {
        let address = format!("/knowledge/{}", base.id);
        let told = format!(
            "{} · {} · {}",
            count(base.documents, "document"),
            count(base.passages, "passage"),
            ago(browser::now(), base.updated_at)
        );
        view! {
            <li class="line-item">
                <div class="about">
                    <b>
                        <a class="link" href=address>
                            {base.name}
                        </a>
                    </b>
                    <span class="dim small">{told}</span>
                </div>
                <span class="faint small mono">{base.id}</span>
            </li>
        }
    };
    view! {
        <ul class="box" aria-label="Knowledge bases">
            {bases.into_iter().map(row).collect_view()}
        </ul>
    }
}

/// What someone without a knowledge base needs to know.
#[component]
fn Teaching() -> impl IntoView {
    view! {
        <section class="teach panel" aria-label="How it works">
            <h2>"Let flows answer from your own documents"</h2>
            <ol>
                <li>
                    <b>"Add documents"</b>
                    <span>
                        "Make a knowledge base and drop text or Markdown files into it, or paste a text. Nothing leaves this machine."
                    </span>
                </li>
                <li>
                    <b>"Ask"</b>
                    <span>"Each document is cut into passages. Ask a question, and see which passages answer it and how well."</span>
                </li>
                <li>
                    <b>"Use it in a flow"</b>
                    <span>"A Knowledge base node gives the passages to the next node, or an answer that a model makes of them."</span>
                </li>
            </ol>
            <p class="dim">"The template “Answer from documents” on the Flows page brings sample documents."</p>
        </section>
    }
}
