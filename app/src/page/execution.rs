//! One execution: what went in, what came out, and its trace; live while it runs.

use flow::event::Event;
use flow::wire::{Execution, ExecutionSummary};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_params_map;
use send_wrapper::SendWrapper;
use web_sys::AbortController;

use super::executions::{called_as, duration, tokens};
use crate::api;
use crate::editor::trace::Trace;
use crate::panel::trace::{TraceView, pretty};
use crate::ui::browser;
use crate::ui::load::{Failure, Loaded, Loader};
use crate::ui::status::StatusChip;
use crate::ui::toast::use_toasts;

#[component]
pub fn ExecutionPage() -> impl IntoView {
    let params = use_params_map();
    move || {
        let id = params.with(|params| params.get("id")).unwrap_or_default();
        view! { <ExecutionOf id /> }
    }
}

#[component]
fn ExecutionOf(id: String) -> impl IntoView {
    browser::set_title("Execution");
    let execution = Loader::<Execution>::default();
    let trace = RwSignal::new(Trace::default());
    let id = StoredValue::new(id);
    let load = move || execution.load(async move { api::executions::get(&id.get_value()).await });
    load();
    let mut follows = false;
    Effect::new(move || {
        let Loaded::Ready(execution) = execution.get() else { return };
        browser::set_title(&format!("{} · Execution", execution.summary.flow_title));
        trace.set(Trace::of(&execution.events));
        if !execution.summary.status.is_final() && !std::mem::replace(&mut follows, true) {
            follow(id.get_value(), trace, load);
        }
    });
    move || match execution.get() {
        Loaded::Loading => {
            view! { <div class="spinner" role="status" aria-label="Loading"></div> }.into_any()
        }
        Loaded::Failed(error) => view! { <Failure error retry=Callback::new(move |()| load()) /> }.into_any(),
        Loaded::Ready(execution) => view! { <Report summary=execution.summary trace /> }.into_any(),
    }
}

/// Folds what still happens into the trace, then asks for the whole once more.
fn follow(id: String, trace: RwSignal<Trace>, done: impl Fn() + 'static) {
    let controller = AbortController::new().ok().map(SendWrapper::new);
    let signal = controller.as_ref().map(|controller| controller.signal());
    on_cleanup(move || {
        if let Some(controller) = controller {
            controller.abort();
        }
    });
    spawn_local(async move {
        let after = trace.with_untracked(|trace| trace.seq);
        let fold = |event: Event| {
            trace.try_update(|trace| trace.fold(&event));
        };
        if api::stream_events(&id, after, signal.as_ref(), fold).await.is_ok() {
            done();
        }
    });
}

#[component]
fn Report(summary: ExecutionSummary, trace: RwSignal<Trace>) -> impl IntoView {
    let running = !summary.status.is_final();
    let id = StoredValue::new(summary.id.clone());
    view! {
        <div class="bar">
            <p class="crumb">
                <a href="/executions">"Executions"</a>
                " /"
            </p>
            <h1 class="clip">{summary.flow_title.clone()}</h1>
            <StatusChip status=summary.status />
            <span class="grow"></span>
            {running.then(|| view! { <Stop id /> })}
            <a class="btn" href=format!("/flows/{}", summary.flow_id)>
                "Open flow"
            </a>
        </div>
        <Facts summary=summary.clone() />
        {summary
            .error
            .map(|error| view! { <p class="notice bad spaced" role="alert">{error}</p> })}
        <div class="stack">
            <section class="box" aria-labelledby="trace-heading">
                <header>
                    <h2 id="trace-heading">"Trace"</h2>
                    <span class="grow"></span>
                    <span class="small faint">"Open a line to see what went in and out."</span>
                </header>
                <TraceView trace=trace clock=Signal::stored(0) />
            </section>
            <InAndOut trace />
        </div>
    }
}

#[component]
fn Facts(summary: ExecutionSummary) -> impl IntoView {
    let facts = [
        ("Called as", called_as(&summary)),
        ("Started", browser::local_time(summary.started_at)),
        ("Duration", duration(&summary)),
        ("Tokens", tokens(&summary)),
        ("Id", summary.id),
    ];
    view! {
        <dl class="facts">
            {facts
                .into_iter()
                .filter(|(_, value)| !value.is_empty())
                .map(|(name, value)| {
                    view! {
                        <div>
                            <dt>{name}</dt>
                            <dd class="num">{value}</dd>
                        </div>
                    }
                })
                .collect_view()}
        </dl>
    }
}

/// What the flow was called with, and what each Output node received.
#[component]
fn InAndOut(trace: RwSignal<Trace>) -> impl IntoView {
    let input = Memo::new(move |_| trace.with(|trace| trace.input.as_ref().map(pretty)));
    let outputs = Memo::new(move |_| trace.with(|trace| trace.outputs.clone()));
    view! {
        <section class="box" aria-labelledby="values-heading">
            <header>
                <h2 id="values-heading">"Input and outputs"</h2>
            </header>
            <div class="inside outputs">
                {move || {
                    input.get().map(|text| {
                        view! {
                            <div>
                                <h3>"Input"</h3>
                                <pre>{text}</pre>
                            </div>
                        }
                    })
                }}
                {move || {
                    outputs
                        .get()
                        .into_iter()
                        .map(|output| {
                            view! {
                                <div>
                                    <h3>{output.node}</h3>
                                    <pre>{pretty(&output.value)}</pre>
                                </div>
                            }
                        })
                        .collect_view()
                }}
                <Show when=move || outputs.with(Vec::is_empty)>
                    <p class="dim small">"No Output node was reached."</p>
                </Show>
            </div>
        </section>
    }
}

#[component]
fn Stop(id: StoredValue<String>) -> impl IntoView {
    let toasts = use_toasts();
    let asked = RwSignal::new(false);
    let stop = move |_| {
        asked.set(true);
        spawn_local(async move {
            if let Err(error) = api::executions::stop(&id.get_value()).await {
                toasts.fail(error);
                asked.try_set(false);
            }
        });
    };
    view! {
        <button type="button" class="btn danger" disabled=asked on:click=stop>
            {move || if asked.get() { "Stopping…" } else { "Stop" }}
        </button>
    }
}
