//! Running the draft, or a part of it: saves it, calls it, and folds its events into the trace that the page shows.

use std::collections::BTreeMap;
use std::time::Duration;

use flow::event::{Event, Status};
use flow::part::{Given, Part};
use flow::trace::{State, Trace};
use flow::wire::InvokeDraft;
use leptos::prelude::*;
use leptos::task::spawn_local;
use send_wrapper::SendWrapper;
use serde_json::Value;
use web_sys::AbortController;

use super::saver::Saver;
use crate::api::{self, StreamItem, Target, stream_input, stream_invoke};
use crate::editor::document::Document;
use crate::editor::folds::Chosen;
use crate::editor::given::{Known, can_be_given};
use crate::editor::session::Editor;
use crate::ui::browser;
use crate::ui::toast::{Toasts, use_toasts};

/// The answer of a run that a person stopped, which is no failure.
pub const STOPPED: &str = "Stopped.";

/// What is said where a run goes on and cannot be followed any more.
const LOST: &str = "The connection was lost. The run goes on without this page.";

/// How far a run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    Idle,
    /// The draft is being saved and the run asked for.
    Starting,
    Running,
    Stopping,
}

/// One question and its answer in the chat.
#[derive(Clone, Debug, PartialEq)]
pub struct Turn {
    pub id: usize,
    pub input: String,
    /// None while it runs.
    pub answer: Option<Result<String, String>>,
    /// The node whose question the answer is.
    pub asks: Option<String>,
    /// The execution, where it goes on without being seen here.
    pub elsewhere: Option<String>,
}

/// The runs of this page, as a context.
#[derive(Clone, Copy)]
pub struct Runner {
    editor: Editor,
    saver: Saver,
    toasts: Toasts,
    pub phase: RwSignal<Phase>,
    pub trace: RwSignal<Trace>,
    pub events: RwSignal<Vec<Event>>,
    pub turns: RwSignal<Vec<Turn>>,
    /// Which item or round of each iteration is shown.
    pub chosen: RwSignal<Chosen>,
    /// The run before the one that is shown.
    pub previous: RwSignal<Option<Trace>>,
    /// What is given in the place of running nodes, by their names, until it is unpinned.
    pub pins: RwSignal<BTreeMap<String, Given>>,
    /// What the flow was called with last.
    pub input: RwSignal<Option<Value>>,
    known: StoredValue<Known>,
    /// The document as it was when the run began that is shown.
    ran: StoredValue<Document>,
    /// Whether the canvas is about to show what is new.
    shining: StoredValue<bool>,
    pub execution: RwSignal<Option<String>>,
    /// Microseconds that the run takes so far.
    pub clock: RwSignal<u64>,
    /// Whether the pane is open.
    pub open: RwSignal<bool>,
    abort: StoredValue<Option<SendWrapper<AbortController>>>,
    began: StoredValue<u64>,
}

impl Runner {
    pub fn new(editor: Editor, saver: Saver) -> Self {
        let pins = browser::stored(&pins_key(editor)).and_then(|text| serde_json::from_str(&text).ok());
        let pins = pins.unwrap_or_default();
        let runner = Self {
            editor,
            saver,
            toasts: use_toasts(),
            phase: RwSignal::new(Phase::Idle),
            trace: RwSignal::new(Trace::default()),
            events: RwSignal::new(Vec::new()),
            turns: RwSignal::new(Vec::new()),
            chosen: RwSignal::new(Chosen::new()),
            previous: RwSignal::new(None),
            pins: RwSignal::new(pins),
            input: RwSignal::new(None),
            known: StoredValue::new(Known::default()),
            ran: StoredValue::new(Document::default()),
            shining: StoredValue::new(false),
            execution: RwSignal::new(None),
            clock: RwSignal::new(0),
            open: RwSignal::new(true),
            abort: StoredValue::new(None),
            began: StoredValue::new(0),
        };
        runner.tick();
        // Another item was chosen.
        Effect::new(move || {
            runner.chosen.track();
            if runner.trace.with_untracked(|trace| trace.status.is_some()) {
                runner.shine();
            }
        });
        // The run goes on without this page; only our waiting ends.
        on_cleanup(move || {
            if let Some(abort) = runner.abort.try_get_value().flatten() {
                abort.abort();
            }
        });
        runner
    }

    /// Runs the draft as it stands on the screen, round what is pinned. `give_back` is called where the run was refused
    /// before it began.
    pub fn run(self, input: Value, give_back: impl FnOnce() + 'static) {
        let given = self.pinned();
        let part = (!given.is_empty()).then(|| Part { given, ..Part::default() });
        let shown = flow::value::to_text(&input);
        self.begin(input, part, shown, give_back);
    }

    /// Runs one node, or that and what follows it, on what the others gave before.
    pub fn run_part(self, input: Value, node: String, following: bool) {
        let anew = following.then_some(node.as_str());
        let mut given =
            self.known.with_value(|known| self.editor.look(|document| known.in_force(document, anew)));
        given.extend(self.pinned());
        given.remove(&node);
        let shown = if following { format!("Run from {node}") } else { format!("Run {node} alone") };
        self.begin(input, Some(Part { node: Some(node), following, given }), shown, || {});
    }

    /// What a node gave when it ran last.
    pub fn known(self, node: &str) -> Option<Given> {
        self.known.with_value(|known| known.of(node).cloned())
    }

    /// Gives this in the place of running the node, from now on and also when the page is loaded anew.
    pub fn pin(self, node: String, given: Given) {
        self.pins.update(|pins| drop(pins.insert(node, given)));
        self.keep_pins();
    }

    pub fn unpin(self, node: &str) {
        self.pins.update(|pins| drop(pins.remove(node)));
        self.keep_pins();
    }

    fn keep_pins(self) {
        let text =
            self.pins.with_untracked(|pins| serde_json::to_string(pins).ok().filter(|_| !pins.is_empty()));
        browser::store(&pins_key(self.editor), text.as_deref());
    }

    /// The pins of nodes that there are.
    pub fn pinned(self) -> BTreeMap<String, Given> {
        let mut pins = self.pins.get_untracked();
        self.editor.look(|document| pins.retain(|node, _| can_be_given(&document.definition, node)));
        pins
    }

    fn begin(self, input: Value, part: Option<Part>, shown: String, give_back: impl FnOnce() + 'static) {
        if self.phase.get_untracked() != Phase::Idle {
            return;
        }
        self.phase.set(Phase::Starting);
        self.open.set(true);
        let before = self.trace.with_untracked(|trace| trace.status.is_some().then(|| trace.clone()));
        if before.is_some() {
            self.previous.set(before);
        }
        self.chosen.set(Chosen::new());
        self.input.set(Some(input.clone()));
        self.trace.set(Trace::default());
        self.events.set(Vec::new());
        self.execution.set(None);
        self.clock.set(0);
        self.editor.shine(None, &Chosen::new());
        self.take_turn(shown);
        spawn_local(async move {
            let outcome = self.perform(input, part).await;
            if outcome.is_err() && self.execution.try_get_untracked() == Some(None) {
                give_back();
            }
            self.finish(outcome);
        });
    }

    /// The execution whose question waits for an answer here.
    pub fn waits(self) -> bool {
        self.phase.get() == Phase::Idle && self.trace.with(|trace| trace.question.is_some())
    }

    /// Answers the question of the run that is shown, which goes on. `give_back` as with [`Runner::run`].
    pub fn reply(self, text: String, give_back: impl FnOnce() + 'static) {
        let Some(execution) = self.execution.get_untracked() else { return };
        if self.phase.get_untracked() != Phase::Idle {
            return;
        }
        self.phase.set(Phase::Starting);
        self.take_turn(text.clone());
        let before = self.trace.with_untracked(|trace| trace.seq);
        spawn_local(async move {
            let abort = self.abortable();
            let signal = abort.as_ref().map(|abort| abort.signal());
            let took = self.trace.try_with_untracked(|trace| trace.elapsed).unwrap_or_default() / 1_000;
            self.began.try_update_value(|began| *began = browser::now().saturating_sub(took));
            let take = move |item| self.take(item);
            let answer = stream_input(&execution, before, text, signal.as_ref(), take).await;
            let outcome = answer.map_err(|error| words(&error));
            if outcome.is_err() && self.trace.try_with_untracked(|trace| trace.seq) == Some(before) {
                give_back();
            }
            self.finish(outcome);
        });
    }

    fn take_turn(self, input: String) {
        self.turns.update(|turns| {
            turns.push(Turn { id: turns.len(), input, answer: None, asks: None, elsewhere: None });
        });
    }

    /// What ends our waiting for a stream, and not the run.
    fn abortable(self) -> Option<SendWrapper<AbortController>> {
        let abort = AbortController::new().ok().map(SendWrapper::new);
        self.abort.try_update_value(|place| place.clone_from(&abort));
        abort
    }

    /// Asks the server to end the run. Its last event says when it did.
    pub fn stop(self) {
        let Some(execution) = self.execution.get_untracked() else { return };
        if self.phase.get_untracked() == Phase::Idle {
            return self.give_up(execution);
        }
        self.phase.set(Phase::Stopping);
        spawn_local(async move {
            let Err(error) = api::executions::stop(&execution).await else { return };
            // It ended while we asked: its last event is on its way, or is there already.
            if has_ended(&error) {
                return;
            }
            self.toasts.fail(error);
            self.phase.try_update(|phase| {
                if *phase == Phase::Stopping {
                    *phase = Phase::Running;
                }
            });
        });
    }

    /// Ends a run that waits for an answer; nothing tells of its end but this.
    fn give_up(self, execution: String) {
        let after = self.trace.with_untracked(|trace| trace.seq);
        spawn_local(async move {
            if let Err(error) = api::executions::stop(&execution).await {
                self.toasts.fail(error);
                return;
            }
            let take = move |event| self.take(StreamItem::Event(event));
            if let Err(error) = api::stream_events(&execution, after, None, take).await {
                self.toasts.fail(error);
            }
        });
    }

    async fn perform(self, input: Value, part: Option<Part>) -> Result<(), String> {
        let Some(revision) = self.saver.saved_revision().await else {
            return Err(
                "The draft could not be saved, so it was not run. Try again when it is saved.".to_owned()
            );
        };
        self.editor.note_names();
        self.ran.try_update_value(|ran| *ran = self.editor.look(Document::clone));
        let abort = self.abortable();
        let signal = abort.as_ref().map(|abort| abort.signal());
        self.began.try_update_value(|began| *began = browser::now());
        let Some(id) = self.editor.flow_id.try_get_value() else { return Ok(()) };
        let target = Target::Draft(revision);
        let call = InvokeDraft { input, part };
        let answer = stream_invoke(&id, &target, &call, signal.as_ref(), move |item| self.take(item)).await;
        match answer {
            Err(error) if error.is_conflict() => {
                self.saver.contest().await;
                Err("The draft was changed elsewhere meanwhile, so it was not run.".to_owned())
            }
            other => other.map_err(|error| words(&error)),
        }
    }

    fn take(self, item: StreamItem) {
        match item {
            StreamItem::Execution(handle) => {
                self.execution.try_set(Some(handle.execution_id));
                self.phase.try_set(Phase::Running);
            }
            StreamItem::Event(event) => {
                self.trace.try_update(|trace| trace.fold(&event));
                self.events.try_update(|events| events.push(event));
                self.shine_soon();
            }
        }
    }

    /// Shows what is new on the canvas with the next frame, however many events come until then.
    fn shine_soon(self) {
        if self.shining.try_update_value(|shining| std::mem::replace(shining, true)) != Some(false) {
            return;
        }
        leptos::leptos_dom::helpers::request_animation_frame(move || {
            if self.shining.try_update_value(|shining| *shining = false).is_some() {
                self.shine();
            }
        });
    }

    fn shine(self) {
        let Some(chosen) = self.chosen.try_get_untracked() else { return };
        self.trace.try_with_untracked(|trace| {
            self.editor.shine(Some(trace).filter(|trace| trace.status.is_some()), &chosen);
        });
    }

    fn finish(self, outcome: Result<(), String>) {
        if self.trace.try_update(Trace::lose).is_none() {
            return;
        }
        self.shine();
        let trace = self.trace.get_untracked();
        self.known.update_value(|known| self.ran.with_value(|document| known.learn(document, &trace)));
        let answer = match outcome {
            Err(_) if trace.is_lost => Err(LOST.to_owned()),
            Err(why) => Err(why),
            Ok(()) => answer(&trace),
        };
        // A failure is an alert of its own.
        let asks = trace.question.as_ref().map(|question| question.node.clone());
        if let Ok(answer) = &answer {
            self.editor.say(match &asks {
                Some(node) => format!("{node} asks: {answer}"),
                None => format!("The run succeeded. {answer}"),
            });
        }
        let elsewhere = self.execution.get_untracked().filter(|_| trace.is_lost);
        self.turns.update(|turns| {
            if let Some(turn) = turns.last_mut() {
                (turn.answer, turn.asks, turn.elsewhere) = (Some(answer), asks, elsewhere);
            }
        });
        self.phase.set(Phase::Idle);
    }

    /// Moves the clock on while a run goes on.
    fn tick(self) {
        let interval = set_interval_with_handle(
            move || {
                if matches!(self.phase.get_untracked(), Phase::Running | Phase::Stopping) {
                    self.clock.set((browser::now().saturating_sub(self.began.get_value())) * 1_000);
                }
            },
            Duration::from_millis(100),
        );
        on_cleanup(move || {
            if let Ok(interval) = interval {
                interval.clear();
            }
        });
    }
}

/// The answer of a run that ended, or why there is none, and what to do.
fn answer(trace: &Trace) -> Result<String, String> {
    match trace.status {
        Some(Status::Succeeded) => Ok(match trace.outputs.is_empty() {
            false => trace.answer(),
            // Of a part that reaches no Output: what the last of its nodes gave.
            true => given_last(trace),
        }),
        Some(Status::InputRequired) => {
            Ok(trace.question.as_ref().map(|question| question.content.clone()).unwrap_or_default())
        }
        Some(Status::Aborted) => Err(STOPPED.to_owned()),
        _ => Err(match &trace.error {
            Some(error) => match &error.node {
                Some(node) => format!("{node}: {}", error.message),
                None => error.message.clone(),
            },
            None => "The run ended without an answer. Run it again.".to_owned(),
        }),
    }
}

fn given_last(trace: &Trace) -> String {
    let row = trace.rows.iter().rev().find(|row| row.state == State::Ok);
    let outputs = row.map(|row| row.outputs.as_slice()).unwrap_or_default();
    outputs.iter().map(|field| flow::value::to_text(&field.value)).collect::<Vec<_>>().join("\n\n")
}

/// Whether there was nothing left to stop.
fn has_ended(error: &api::Error) -> bool {
    error.document().is_some_and(|document| document.status == 409 && document.code == "ended")
}

fn words(error: &api::Error) -> String {
    match error.report() {
        Some(report) => {
            let first = report.problems.first().map(|problem| problem.message.clone()).unwrap_or_default();
            format!("The flow cannot run yet. {first} The problem list in the top bar has all of it.")
        }
        None => error.to_string(),
    }
}

fn pins_key(editor: Editor) -> String {
    format!("anabranch.pins.{}", editor.flow_id.get_value())
}

/// The runs of this page.
pub fn use_runner() -> Runner {
    expect_context()
}
