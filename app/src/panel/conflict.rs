//! Two sides changed one draft: both are shown, and both are kept.

use flow::wire::Flow;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::saver::use_saver;
use crate::api::Error;
use crate::editor::session::use_editor;
use crate::ui::dialog::Dialog;
use crate::ui::format::count;
use crate::ui::toast::use_toasts;

#[component]
pub fn Conflict() -> impl IntoView {
    let saver = use_saver();
    move || {
        let theirs = saver.theirs.get().filter(|_| saver.asks.get())?;
        Some(view! { <Sides theirs /> })
    }
}

#[component]
fn Sides(theirs: Flow) -> impl IntoView {
    let saver = use_saver();
    let editor = use_editor();
    let toasts = use_toasts();
    let busy = RwSignal::new(false);
    let (mine, other) = editor.look(|document| {
        let names = |flow: &flow::definition::Definition| {
            flow.nodes.iter().map(|node| node.name.clone()).collect::<Vec<_>>()
        };
        let changed = document
            .definition
            .nodes
            .iter()
            .filter(|node| theirs.definition.node(&node.name).is_some_and(|other| other != *node))
            .map(|node| node.name.clone())
            .collect::<Vec<_>>();
        let (mine, other) = (names(&document.definition), names(&theirs.definition));
        let only = |these: &[String], those: &[String]| {
            these.iter().filter(|name| !those.contains(name)).cloned().collect::<Vec<_>>()
        };
        (
            Side { nodes: mine.len(), only: only(&mine, &other), differs: changed.clone() },
            Side { nodes: other.len(), only: only(&other, &mine), differs: changed },
        )
    });
    let said = move |answer: Result<String, Error>, words: &str| {
        busy.set(false);
        match answer {
            Ok(title) => toasts.say(format!("{words} {title}.")),
            Err(error) => toasts.fail(error),
        }
    };
    let copy = move |_| {
        busy.set(true);
        spawn_local(async move { said(saver.keep_mine_as_copy().await, "Your version is kept as") });
    };
    let over = move |_| {
        busy.set(true);
        spawn_local(async move { said(saver.save_mine_over().await, "The other version is kept as") });
    };
    view! {
        // Put aside, it waits behind a button in the top bar, and nothing is saved until then.
        <Dialog title="This flow was changed elsewhere too" on_close=Callback::new(move |()| saver.asks.set(false)) wide=true>
            <p>
                "Another tab or another person saved this draft since you opened it. Nothing is lost: whichever side \
                 you go on with, the other becomes a flow of its own."
            </p>
            <div class="row2">
                <SideView title="Yours" side=mine />
                <SideView title="Theirs" side=other />
            </div>
            <div class="actions">
                <button type="button" class="btn" disabled=move || busy.get() on:click=over>
                    "Save mine over theirs"
                </button>
                <button type="button" class="btn primary" disabled=move || busy.get() on:click=copy>
                    "Keep mine as a copy"
                </button>
            </div>
        </Dialog>
    }
}

struct Side {
    nodes: usize,
    only: Vec<String>,
    differs: Vec<String>,
}

#[component]
fn SideView(title: &'static str, side: Side) -> impl IntoView {
    let list = |label: &'static str, names: Vec<String>| {
        (!names.is_empty()).then(|| view! { <p class="hint">{label} <b>{names.join(", ")}</b></p> })
    };
    view! {
        <section class="side">
            <h3>{title}</h3>
            <p>{count(side.nodes as u64, "node")}</p>
            {list("Only here: ", side.only)}
            {list("Different: ", side.differs)}
        </section>
    }
}
