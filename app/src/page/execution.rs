//! One execution: what went in, what came out, and its trace; live while it runs.

mod replay;

use std::time::Duration;

use flow::event::{Event, Status};
use flow::trace::Trace;
use flow::wire::{Execution, ExecutionSummary};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_params_map;
use send_wrapper::SendWrapper;
use web_sys::AbortController;

use super::executions::{called_as, duration, tokens};
use crate::api::{self, Error};
use crate::editor::folds::Chosen;
use crate::panel::trace::{TraceView, pretty};
use crate::ui::browser;
use crate::ui::icon::{Glyph, Icon};
use crate::ui::load::{Failure, Loaded, Loader};
use crate::ui::status::StatusChip;
use crate::ui::toast::use_toasts;
use replay::{Moment, Replay};

/// How often the clock of a running execution moves on.
const PULSE: Duration = Duration::from_millis(100);

#[component]
pub fn ExecutionPage() -> impl IntoView {
    let params = use_params_map();
    move || {
        let id = params.with(|params| params.get("id")).unwrap_or_default();
        view! { <ExecutionOf id /> }
    }
}

/// What the parts of this page share.
#[derive(Clone, Copy)]
struct Page {
    id: StoredValue<String>,
    execution: Loader<Execution>,
    trace: RwSignal<Trace>,
    events: RwSignal<Vec<Event>>,
    /// Which item or round of each iteration is shown.
    chosen: RwSignal<Chosen>,
    /// Microseconds that it takes so far, while it is followed.
    clock: RwSignal<u64>,
    /// Why it is no longer followed, though it runs.
    lost: RwSignal<Option<Error>>,
    /// Counts the times that it was asked to be followed.
    attempt: RwSignal<u32>,
}

impl Page {
    fn load(self) {
        let Some(id) = self.id.try_get_value() else { return };
        self.execution.load(async move { api::executions::get(&id).await });
    }

    /// Takes one more event, once, however often it comes.
    fn take(self, event: &Event) {
        if self.trace.try_with_untracked(|trace| event.seq > trace.seq) == Some(true) {
            self.trace.update(|trace| trace.fold(event));
            self.events.update(|events| events.push(event.clone()));
        }
    }

    fn follow_again(self) {
        self.lost.set(None);
        self.attempt.update(|attempt| *attempt += 1);
    }

    /// Folds what is known into the trace; what still happens comes by a stream.
    fn show(self, execution: &Execution) {
        browser::set_title(&format!("{} · Execution", execution.summary.flow_title));
        execution.events.iter().for_each(|event| self.take(event));
        let runs = self.trace.with_untracked(|trace| trace.status == Some(Status::Running));
        // What waits for an answer goes on when someone gives it, here or elsewhere.
        if execution.summary.status == Status::Running && runs {
            self.tick(execution.summary.started_at);
            self.follow();
        }
    }

    /// Reads the events as they come, and asks for the whole once more when the last has come.
    fn follow(self) {
        let controller = AbortController::new().ok().map(SendWrapper::new);
        let signal = controller.as_ref().map(|controller| controller.signal());
        on_cleanup(move || {
            if let Some(controller) = controller {
                controller.abort();
            }
        });
        let (id, after) = (self.id.get_value(), self.trace.with_untracked(|trace| trace.seq));
        spawn_local(async move {
            let fold = |event: Event| {
                self.take(&event);
            };
            match api::stream_events(&id, after, signal.as_ref(), fold).await {
                Ok(()) => self.load(),
                Err(Error::Aborted) => {}
                Err(error) => self.lost.set(Some(error)),
            }
        });
    }

    /// Moves the clock on: by this machine's, which may differ from the server's, but never to before the newest event.
    fn tick(self, started_at: u64) {
        let tick = move || {
            if self.lost.with_untracked(Option::is_none) {
                let known = self.trace.with_untracked(|trace| trace.elapsed);
                self.clock.set(known.max(browser::now().saturating_sub(started_at) * 1_000));
            }
        };
        tick();
        let interval = set_interval_with_handle(tick, PULSE);
        on_cleanup(move || {
            if let Ok(interval) = interval {
                interval.clear();
            }
        });
    }
}

#[component]
fn ExecutionOf(id: String) -> impl IntoView {
    browser::set_title("Execution");
    let page = Page {
        id: StoredValue::new(id),
        execution: Loader::default(),
        trace: RwSignal::new(Trace::default()),
        events: RwSignal::new(Vec::new()),
        chosen: RwSignal::new(Chosen::new()),
        clock: RwSignal::new(0),
        lost: RwSignal::new(None),
        attempt: RwSignal::new(0),
    };
    page.load();
    Effect::new(move || {
        page.attempt.track();
        if let Loaded::Ready(execution) = page.execution.get() {
            page.show(&execution);
        }
    });
    let retry = Callback::new(move |()| page.load());
    move || match page.execution.get() {
        Loaded::Loading => view! {
            <Unnamed />
            <div class="spinner" role="status" aria-label="Loading"></div>
        }
        .into_any(),
        Loaded::Failed(error) => view! {
            <Unnamed />
            <Failure error retry />
        }
        .into_any(),
        Loaded::Ready(execution) => view! { <Report execution page /> }.into_any(),
    }
}

/// The page's heading before it is known which execution it is.
#[component]
fn Unnamed() -> impl IntoView {
    view! {
        <div class="bar">
            <p class="crumb">
                <a href="/executions">"Executions"</a>
                " /"
            </p>
            <h1>"Execution"</h1>
        </div>
    }
}

#[component]
fn Report(execution: Execution, page: Page) -> impl IntoView {
    let summary = execution.summary.clone();
    let moment = Moment::new(page.events);
    let then = moment.trace(page.trace);
    // Of a moment of the past, the clock stands where that is.
    let clock =
        Memo::new(move |_| if moment.is_now() { page.clock.get() } else { then.with(|trace| trace.elapsed) });
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
        <Lost page />
        <Asks page />
        {summary
            .error
            .map(|error| {
                view! {
                    <div class="notice bad spaced" role="alert">
                        <Icon glyph=Glyph::Alert />
                        <p class="told">{error}</p>
                    </div>
                }
            })}
        <div class="stack">
            <Replay execution moment trace=then chosen=page.chosen />
            <section class="box" aria-labelledby="trace-heading">
                <header>
                    <h2 id="trace-heading">"Trace"</h2>
                    <span class="grow"></span>
                    <span class="small faint">"Open a line to see what went in and out."</span>
                </header>
                <TraceView trace=then clock chosen=page.chosen />
            </section>
            <InAndOut trace=page.trace running />
        </div>
    }
}

/// What the execution waits for an answer to, and where to give it.
#[component]
fn Asks(page: Page) -> impl IntoView {
    let question = Memo::new(move |_| page.trace.with(|trace| trace.question.clone()));
    let (text, busy) = (RwSignal::new(String::new()), RwSignal::new(false));
    let wrong = RwSignal::new(None::<String>);
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        busy.set(true);
        wrong.set(None);
        let (id, content) = (page.id.get_value(), text.get_untracked());
        let after = page.trace.with_untracked(|trace| trace.seq);
        spawn_local(async move {
            let fold = |item| {
                if let api::StreamItem::Event(event) = item {
                    page.take(&event);
                }
            };
            let outcome = api::stream_input(&id, after, content, None, fold).await;
            busy.try_set(false);
            match outcome {
                Ok(()) => {
                    text.try_set(String::new());
                }
                Err(error) => {
                    wrong.try_set(Some(error.to_string()));
                }
            }
            page.load();
        });
    };
    move || {
        question.get().map(|question| {
            view! {
                <form class="notice spaced asks" on:submit=send>
                    <div class="field grow">
                        <label for="reply">{question.node} " asks: " {question.content}</label>
                        <textarea
                            id="reply"
                            class="textarea"
                            rows="2"
                            required
                            prop:value=text
                            on:input=move |event| text.set(event_target_value(&event))
                        ></textarea>
                        {move || wrong.get().map(|wrong| view! { <p class="wrong" role="alert">{wrong}</p> })}
                        <span class="hint">"The run goes on with your answer. It waits 24 hours for one."</span>
                    </div>
                    <button type="submit" class="btn primary" disabled=busy>
                        "Answer"
                    </button>
                </form>
            }
        })
    }
}

/// Says that the run goes on without this page.
#[component]
fn Lost(page: Page) -> impl IntoView {
    let again = Callback::new(move |()| page.follow_again());
    move || {
        page.lost.get().map(|error| {
            view! {
                <div class="spaced">
                    <Failure what="What follows is not shown here." error retry=again />
                </div>
            }
        })
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
fn InAndOut(trace: RwSignal<Trace>, running: bool) -> impl IntoView {
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
                    <p class="dim small">
                        {if running { "No Output node was reached yet." } else { "No Output node was reached." }}
                    </p>
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
        let id = id.get_value();
        spawn_local(async move {
            if let Err(error) = api::executions::stop(&id).await {
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
