//! A run played again on the flow as it ran: a bar to go to any moment of it.

use std::time::Duration;

use flow::event::{Body, Event};
use flow::trace::{Trace, duration};
use flow::wire::Execution;
use leptos::prelude::*;

use crate::editor::document::Document;
use crate::editor::folds::{Chosen, shown};
use crate::panel::trace::NodeRun;
use crate::picture::{Drawing, FlowPicture, marks_of_run};

/// How long a step is shown while the run is played.
const STEP: Duration = Duration::from_millis(140);
/// In how many steps a long run is played.
const STEPS: usize = 120;

/// Which moment of a run is shown, as what all of its page follows.
#[derive(Clone, Copy)]
pub struct Moment {
    events: RwSignal<Vec<Event>>,
    /// How many of the events have happened; none for all there are.
    at: RwSignal<Option<usize>>,
    playing: RwSignal<bool>,
}

impl Moment {
    pub fn new(events: RwSignal<Vec<Event>>) -> Self {
        Self { events, at: RwSignal::new(None), playing: RwSignal::new(false) }
    }

    /// The run as it was then; `whole` is it as it is.
    pub fn trace(self, whole: RwSignal<Trace>) -> Memo<Trace> {
        Memo::new(move |_| match self.at.get() {
            None => whole.get(),
            Some(at) => self.events.with(|events| Trace::of(events.iter().take(at))),
        })
    }

    /// Whether the run is shown as it is.
    pub fn is_now(self) -> bool {
        self.at.get().is_none()
    }

    fn count(self) -> usize {
        self.events.with(Vec::len)
    }

    fn now(self) -> usize {
        self.at.get().unwrap_or_else(|| self.count()).min(self.count())
    }

    fn go(self, to: usize) {
        let count = self.events.with_untracked(Vec::len);
        self.at.set((to < count).then_some(to.max(1)));
    }

    fn step(self, by: isize) {
        self.go(untrack(|| self.now()).saturating_add_signed(by));
    }

    /// One step on, until the end.
    fn play_on(self) {
        if !self.playing.get_untracked() {
            return;
        }
        let (now, count) = untrack(|| (self.now(), self.count()));
        self.go(now + (count / STEPS).max(1));
        self.playing.set(self.at.with_untracked(Option::is_some));
    }

    fn toggle(self) {
        let plays = !self.playing.get_untracked();
        if plays && self.at.with_untracked(Option::is_none) {
            self.go(1);
        }
        self.playing.set(plays);
    }

    /// What happened last, in words.
    fn words(self) -> String {
        let (now, count) = (self.now(), self.count());
        let told = self.events.with(|events| {
            events
                .get(now.saturating_sub(1))
                .map(|event| format!("{}, {}", duration(event.elapsed), what(&event.body)))
        });
        format!("{now} of {count}: {}", told.unwrap_or_default())
    }
}

/// The flow as it ran, how it stood at the moment, and what the chosen node did.
#[component]
pub fn Replay(
    execution: Execution,
    moment: Moment,
    trace: Memo<Trace>,
    chosen: RwSignal<Chosen>,
) -> impl IntoView {
    let drawing = Drawing::of(&Document::settled(execution.definition, execution.extensions));
    let marks = {
        let drawing = drawing.clone();
        Memo::new(move |_| trace.with(|trace| chosen.with(|chosen| marks_of_run(&drawing, trace, chosen))))
    };
    let looked_at = RwSignal::new(None::<String>);
    let interval = set_interval_with_handle(move || moment.play_on(), STEP);
    on_cleanup(move || {
        if let Ok(interval) = interval {
            interval.clear();
        }
    });
    view! {
        <section class="box" aria-labelledby="replay-heading">
            <header>
                <h2 id="replay-heading">"Replay"</h2>
                <span class="grow"></span>
                <span class="small faint">"Choose a node to see what went in and out."</span>
            </header>
            <div class="replay">
                <FlowPicture drawing marks chosen=looked_at label="The flow as it ran" />
                <Looked looked_at trace chosen />
            </div>
            <Scrub moment />
        </section>
    }
}

#[component]
fn Looked(
    looked_at: RwSignal<Option<String>>,
    trace: Memo<Trace>,
    chosen: RwSignal<Chosen>,
) -> impl IntoView {
    move || {
        let address = looked_at.get()?;
        let row = trace.with(|trace| chosen.with(|chosen| shown(trace, &address, chosen).cloned()));
        Some(view! {
            <div class="looked" role="region" aria-label=format!("What {address} did") tabindex="0">
                <h3>{address.clone()}</h3>
                {match row {
                    Some(row) => view! { <NodeRun row /> }.into_any(),
                    None => view! { <p class="hint">"It has not begun at this moment."</p> }.into_any(),
                }}
            </div>
        })
    }
}

#[component]
fn Scrub(moment: Moment) -> impl IntoView {
    let count = Memo::new(move |_| moment.count());
    view! {
        <div class="scrub">
            <button
                type="button"
                class="btn small"
                on:click=move |_| moment.toggle()
            >
                {move || if moment.playing.get() { "Pause" } else { "Play" }}
            </button>
            <button
                type="button"
                class="btn icon small"
                aria-label="Previous event"
                disabled=move || moment.now() <= 1
                on:click=move |_| moment.step(-1)
            >
                "‹"
            </button>
            <button
                type="button"
                class="btn icon small"
                aria-label="Next event"
                disabled=move || { moment.now() >= count.get() }
                on:click=move |_| moment.step(1)
            >
                "›"
            </button>
            <input
                type="range"
                aria-label="Moment of the run"
                min="1"
                max=move || count.get().max(1).to_string()
                aria-valuetext=move || moment.words()
                prop:value=move || moment.now().to_string()
                on:input=move |event| {
                    moment.playing.set(false);
                    if let Ok(to) = event_target_value(&event).parse() {
                        moment.go(to);
                    }
                }
            />
            <span class="num small dim clip">{move || moment.words()}</span>
        </div>
    }
}

/// What an event tells, in a few words.
fn what(body: &Body) -> String {
    match body {
        Body::ExecutionStarted { .. } => "the run began".to_owned(),
        Body::NodeGiven { node, .. } => format!("{node} was given"),
        Body::NodeStarted { node, .. } => format!("{node} began"),
        Body::NodeDelta { node, .. } => format!("{node} streams"),
        Body::NodePrinted { node, .. } => format!("{node} printed"),
        Body::AgentStep { node, .. } => format!("{node} took a step"),
        Body::InputRequested { node, .. } => format!("{node} asked"),
        Body::InputGiven { node, .. } => format!("{node} was answered"),
        Body::NodeCompleted { node, .. } => format!("{node} succeeded"),
        Body::ConditionEvaluated { node, satisfied, .. } => format!("{node} took {satisfied}"),
        Body::NodeFailed { node, .. } => format!("{node} failed"),
        Body::NodeSkipped { node, .. } => format!("{node} was not taken"),
        Body::Output { node, .. } => format!("{node} received its value"),
        Body::ExecutionEnded { status, .. } => crate::ui::status::label(*status).to_lowercase(),
    }
}
