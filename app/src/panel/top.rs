//! The top bar: which flow this is, how it stands, and what can be done with all of it.

use flow::wire::RenameFlow;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::components::A;

use super::problems::ProblemsButton;
use super::runner::{Phase, use_runner};
use super::saver::{SavedChip, use_saver};
use super::test::Ask;
use crate::api;
use crate::canvas::keyboard::is_mac;
use crate::editor::session::use_editor;
use crate::page::export::ExportDialog;
use crate::page::publish::PublishDialog;
use crate::page::use_it::UseItDialog;
use crate::ui::browser;
use crate::ui::icon::Glyph;
use crate::ui::menu::{Item, Menu};
use crate::ui::navigate::navigator;
use crate::ui::toast::use_toasts;

#[component]
pub fn TopBar() -> impl IntoView {
    let editor = use_editor();
    let saver = use_saver();
    let aliases = move || saver.flow.with(|flow| flow.aliases.clone());
    let versions = format!("/flows/{}/versions", editor.flow_id.get_value());
    view! {
        <header class="top">
            <div class="logo">
                <i aria-hidden="true"></i>
                "Anabranch"
            </div>
            <nav class="trail" aria-label="Breadcrumb">
                <A href="/">"Flows"</A>
                <span aria-hidden="true">" / "</span>
                <Title />
            </nav>
            <SavedChip />
            <span class="chip extra">"Draft"</span>
            <For each=aliases key=|alias| (alias.id.clone(), alias.version) let:alias>
                <span class="chip extra">{alias.name} " → v" {alias.version}</span>
            </For>
            <span class="grow"></span>
            <button
                type="button"
                class="btn icon"
                aria-label="Undo"
                title="Undo (Ctrl Z)"
                disabled=move || !editor.can_undo()
                on:click=move |_| editor.undo()
            >
                "↶"
            </button>
            <button
                type="button"
                class="btn icon"
                aria-label="Redo"
                title="Redo (Ctrl Shift Z)"
                disabled=move || !editor.can_redo()
                on:click=move |_| editor.redo()
            >
                "↷"
            </button>
            <ProblemsButton />
            <LinkButton href=versions label="Versions" />
            <UseItButton />
            <PublishButton />
            <TestButton />
            <RunButton />
            <More />
        </header>
    }
}

/// Publishes what is on the screen, so that it is saved first.
#[component]
fn PublishButton() -> impl IntoView {
    let editor = use_editor();
    let saver = use_saver();
    let toasts = use_toasts();
    let open = RwSignal::new(false);
    let begin = move |_| {
        spawn_local(async move {
            if saver.flush().await {
                open.try_set(true);
            } else {
                toasts.fail("The draft is not saved yet, so it cannot be published. Try again when it is.");
            }
        });
    };
    let close = Callback::new(move |()| open.set(false));
    let published = Callback::new(move |_| {
        open.set(false);
        spawn_local(saver.refresh());
    });
    let dialog = move || {
        let mut flow = saver.flow.get_untracked();
        flow.report = editor.report.get_untracked();
        view! { <PublishDialog flow on_published=published on_close=close /> }
    };
    view! {
        <button type="button" class="btn" aria-label="Publish" on:click=begin>
            "Publish…"
        </button>
        {move || open.get().then(dialog)}
    }
}

/// How programs call this flow, once an alias points at a version of it.
#[component]
fn UseItButton() -> impl IntoView {
    let saver = use_saver();
    let runner = use_runner();
    let open = RwSignal::new(false);
    let published = Memo::new(move |_| saver.flow.with(|flow| !flow.aliases.is_empty()));
    let dialog = move || {
        let flow = saver.flow.get_untracked();
        let sample = runner.trace.with_untracked(|trace| trace.input.clone());
        let close = Callback::new(move |()| open.set(false));
        view! { <UseItDialog flow alias=None sample on_close=close /> }
    };
    view! {
        <Show when=move || published.get()>
            <button type="button" class="btn" on:click=move |_| open.set(true)>
                "Use it"
            </button>
        </Show>
        {move || open.get().then(dialog)}
    }
}

/// What is done with a flow now and then.
#[component]
fn More() -> impl IntoView {
    let editor = use_editor();
    let saver = use_saver();
    let toasts = use_toasts();
    let go = navigator();
    let open = RwSignal::new(false);
    let begin = move || {
        spawn_local(async move {
            if saver.flush().await {
                open.try_set(true);
            } else {
                toasts.fail("The draft is not saved yet, so it cannot be exported. Try again when it is.");
            }
        });
    };
    let items = vec![
        Item::new(Glyph::Download, "Export…", begin),
        Item::new(Glyph::External, "Connect a program", move || go.run("/connect".to_owned())),
    ];
    let dialog = move || {
        let title = saver.flow.with_untracked(|flow| flow.title.clone());
        let on_close = Callback::new(move |()| open.set(false));
        view! { <ExportDialog id=editor.flow_id.get_value() title on_close /> }
    };
    view! {
        <Menu label="More" items />
        {move || open.get().then(dialog)}
    }
}

/// A button that goes to another page of this app.
#[component]
fn LinkButton(href: String, label: &'static str) -> impl IntoView {
    let navigate = leptos_router::hooks::use_navigate();
    view! {
        <button type="button" class="btn" on:click=move |_| navigate(&href, Default::default())>
            {label}
        </button>
    }
}

/// Opens the test pane again, where it was closed.
#[component]
fn TestButton() -> impl IntoView {
    let runner = use_runner();
    view! {
        <Show when=move || !runner.open.get()>
            <button
                type="button"
                class="btn"
                aria-label="Open the test pane"
                on:click=move |_| {
                    runner.open.set(true);
                    browser::focus_soon(".test textarea");
                }
            >
                "Test"
            </button>
        </Show>
    }
}

#[component]
fn RunButton() -> impl IntoView {
    let runner = use_runner();
    let editor = use_editor();
    let ask: Ask = expect_context();
    let running = move || runner.phase.get() != Phase::Idle;
    view! {
        <Show
            when=running
            fallback=move || {
                view! {
                    <button
                        type="button"
                        class="btn primary"
                        aria-label="Run flow"
                        on:click=move |_| ask.send_to(runner, editor)
                    >
                        "▶ Run "
                        <kbd>{if is_mac() { "⌘↵" } else { "Ctrl ↵" }}</kbd>
                    </button>
                }
            }
        >
            <button
                type="button"
                class="btn"
                aria-label="Stop flow"
                disabled=move || runner.phase.get() != Phase::Running
                on:click=move |_| runner.stop()
            >
                <span class="stop-mark" aria-hidden="true"></span>
                "Stop"
            </button>
        </Show>
    }
}

/// The title, changed in place.
#[component]
fn Title() -> impl IntoView {
    let saver = use_saver();
    let editor = use_editor();
    let toasts = use_toasts();
    let edits = RwSignal::new(false);
    let input = NodeRef::<html::Input>::new();
    let title = Memo::new(move |_| saver.flow.with(|flow| flow.title.clone()));
    Effect::new(move || {
        if let Some(input) = input.get() {
            leptos::leptos_dom::helpers::request_animation_frame(move || {
                let _refused = input.focus();
                input.select();
            });
        }
    });
    let rename = move |to: String| {
        edits.set(false);
        let to = to.trim().to_owned();
        if to.is_empty() || to == title.get_untracked() {
            return;
        }
        let id = editor.flow_id.get_value();
        spawn_local(async move {
            match api::flows::rename(&id, &RenameFlow { title: Some(to), ..Default::default() }).await {
                Ok(renamed) => {
                    browser::set_title(&renamed.title);
                    saver.flow.try_update(|flow| flow.title = renamed.title);
                }
                Err(error) => toasts.fail(error),
            }
        });
    };
    view! {
        <Show
            when=move || edits.get()
            fallback=move || {
                view! {
                    <button type="button" class="title" title="Rename" on:click=move |_| edits.set(true)>
                        <h1>{move || title.get()}</h1>
                    </button>
                }
            }
        >
            <input
                class="input title-input"
                node_ref=input
                aria-label="Title"
                prop:value=title.get_untracked()
                on:blur=move |event| {
                    if edits.get_untracked() {
                        rename(event_target_value(&event));
                    }
                }
                on:keydown=move |event| {
                    match event.key().as_str() {
                        "Enter" => rename(event_target_value(&event)),
                        "Escape" => edits.set(false),
                        _ => return,
                    }
                    browser::focus_soon(".top .title");
                }
            />
        </Show>
    }
}
