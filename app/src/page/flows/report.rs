//! The dialog between a dropped file and a draft: what the file holds, what of it could not be read, and what its flows
//! need of this place.

use flow::wire::{CreateFlow, Need, ReadFlow, Reading, Unread};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::Page;
use crate::api;
use crate::ui::dialog::Dialog;
use crate::ui::format::count;
use crate::ui::icon::{Glyph, Icon};
use crate::ui::navigate::navigator;
use crate::ui::toast::use_toasts;

/// A file, and what the server says of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Brought {
    pub name: String,
    pub reading: Result<Reading, String>,
}

/// A flow of a file, and whether it is wanted.
#[derive(Clone)]
struct Choice {
    flow: StoredValue<ReadFlow>,
    wanted: RwSignal<bool>,
}

#[component]
pub fn ImportDialog(files: Vec<Brought>) -> impl IntoView {
    let page: Page = expect_context();
    let toasts = use_toasts();
    let go = navigator();
    let busy = RwSignal::new(false);
    let choices = RwSignal::new(Vec::<Choice>::new());
    let sections = files.into_iter().map(|file| view! { <File file choices /> }).collect_view();
    let wanted = move || {
        choices.with(|all| all.iter().filter(|choice| choice.wanted.get()).cloned().collect::<Vec<_>>())
    };
    let import = move |_| {
        busy.set(true);
        let flows: Vec<ReadFlow> =
            untrack(wanted).into_iter().map(|choice| choice.flow.get_value()).collect();
        spawn_local(async move {
            let mut made = Vec::new();
            for flow in flows {
                match api::flows::create(&create(flow)).await {
                    Ok(flow) => made.push(flow),
                    Err(error) => toasts.fail(error),
                }
            }
            match made.as_slice() {
                [only] => {
                    toasts.say(format!("Imported “{}”.", only.title));
                    go.try_run(format!("/flows/{}", only.id));
                }
                several => {
                    if !several.is_empty() {
                        toasts.say(format!("Imported {}.", count(several.len() as u64, "flow")));
                    }
                    page.open.try_set(None);
                    page.reload();
                }
            }
        });
    };
    view! {
        <Dialog title="Import" on_close=page.close() wide=true>
            <div class="stack">
                {sections} <div class="actions">
                    <span class="dim small grow">"Nothing runs until you run it."</span>
                    <button type="button" class="btn" on:click=move |_| page.open.set(None)>
                        "Cancel"
                    </button>
                    <button
                        type="button"
                        class="btn primary"
                        autofocus
                        disabled=move || busy.get() || wanted().is_empty()
                        on:click=import
                    >
                        {move || match wanted().len() {
                            0 | 1 => "Open as a draft".to_owned(),
                            many => format!("Import {}", count(many as u64, "flow")),
                        }}
                    </button>
                </div>
            </div>
        </Dialog>
    }
}

fn create(flow: ReadFlow) -> CreateFlow {
    CreateFlow {
        title: Some(flow.title),
        description: Some(flow.description),
        definition: Some(flow.definition),
        extensions: Some(flow.extensions),
        template: None,
    }
}

#[component]
fn File(file: Brought, choices: RwSignal<Vec<Choice>>) -> impl IntoView {
    let Reading { format, flows, unread } = match file.reading {
        Ok(reading) => reading,
        Err(error) => return view! { <Refused name=file.name error /> }.into_any(),
    };
    let alone = flows.len() == 1;
    let nothing = flows.is_empty();
    let label = format!("{}: {}", file.name, format.label());
    view! {
        <section class="stack brought" aria-label=label>
            <p class="dim">
                <b>{file.name}</b>
                " is "
                {format.label()}
                "."
            </p>
            {nothing
                .then(|| view! { <p class="notice bad" role="alert">"No flow in it can be read."</p> })}
            {flows.into_iter().map(|flow| view! { <FlowReport flow alone choices /> }).collect_view()}
            <LeftOut unread title="Beside the flows" open=nothing />
        </section>
    }
    .into_any()
}

#[component]
fn Refused(name: String, error: String) -> impl IntoView {
    view! {
        <div class="notice bad" role="alert">
            <Icon glyph=Glyph::Alert />
            <p class="grow">
                <b>{name}</b>
                ": "
                {error}
            </p>
        </div>
    }
}

#[component]
fn FlowReport(
    flow: ReadFlow,
    /// The only flow of its file, which is wanted.
    alone: bool,
    choices: RwSignal<Vec<Choice>>,
) -> impl IntoView {
    let wanted = RwSignal::new(true);
    let report = flow.report.clone();
    let (title, description) = (flow.title.clone(), flow.description.clone());
    let size =
        format!("{}, {}", count(report.nodes as u64, "node"), count(report.connections as u64, "connection"));
    choices.update_untracked(|all| all.push(Choice { flow: StoredValue::new(flow), wanted }));
    let label = title.clone();
    let check = (!alone).then(|| {
        view! {
            <input
                type="checkbox"
                aria-label=format!("Import {label}")
                prop:checked=wanted
                on:change=move |event| wanted.set(event_target_checked(&event))
            />
        }
    });
    view! {
        <section class="box" aria-label=label>
            <header>
                {check} <h3 class="clip">{title}</h3> <span class="grow"></span> <span class="chip num">{size}</span>
            </header>
            <div class="inside">
                {(!description.is_empty()).then(|| view! { <p class="dim">{description}</p> })}
                <Needs needs=report.needs /> <LeftOut unread=report.unread title="Not taken over" open=false />
            </div>
        </section>
    }
}

#[component]
fn Needs(needs: Vec<Need>) -> impl IntoView {
    if needs.is_empty() {
        return view! { <p class="dim">"It needs nothing that is not here."</p> }.into_any();
    }
    let row = |need: Need| {
        let advice = need.advice();
        view! {
            <tr>
                <td class="tight">{need.kind.label()}</td>
                <td>
                    <code class="name">{need.name}</code>
                    <p class="small dim">{advice} " " {need.hint}</p>
                </td>
                <td class="small dim">{need.nodes.join(", ").replace('/', " › ")}</td>
            </tr>
        }
    };
    view! {
        <table class="table needs" aria-label="What it needs">
            <thead>
                <tr>
                    <th>"It needs"</th>
                    <th>"As the file has it, and what to do"</th>
                    <th>"At"</th>
                </tr>
            </thead>
            <tbody>{needs.into_iter().map(row).collect_view()}</tbody>
        </table>
    }
    .into_any()
}

#[component]
fn LeftOut(unread: Vec<Unread>, title: &'static str, open: bool) -> impl IntoView {
    (!unread.is_empty()).then(|| {
        let summary = format!("{title} ({})", unread.len());
        let line = |unread: Unread| {
            view! {
                <li>
                    <code class="name">{unread.member}</code>
                    <p class="small dim">{unread.why}</p>
                </li>
            }
        };
        view! {
            <details class="left-out" prop:open=open>
                <summary>{summary}</summary>
                <ul>{unread.into_iter().map(line).collect_view()}</ul>
            </details>
        }
    })
}
