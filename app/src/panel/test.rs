//! The test pane: a chat with the draft, the trace of the last run, its events, its output, and what it did otherwise
//! than an earlier one.

mod compare;
mod events;
mod output;
mod saved;

use flow::definition::NodeType;
use flow::event::Status;
use flow::trace::duration;
use flow::value::Type;
use leptos::html;
use leptos::prelude::*;
use leptos_router::components::A;
use serde_json::Value;

use super::runner::{Phase, Runner, STOPPED, Turn, use_runner};
use super::trace::TraceView;
use crate::editor::session::{Editor, use_editor};
use crate::ui::browser;
use crate::ui::copy::CopyButton;
use crate::ui::icon::{Glyph, Icon};
use crate::ui::status::{label, tone};
use crate::ui::tabs::Tabs;
use compare::Compare;
use events::Events;
pub use output::Output;
use saved::SavedInputs;

/// The tabs, in their order.
const TABS: [&str; 4] = ["Test", "Events", "Output", "Compare"];
const TEST: usize = 0;
const EVENTS: usize = 1;
const OUTPUT: usize = 2;

/// What is typed into the pane; the top bar's button runs with it too.
#[derive(Clone, Copy)]
pub struct Ask {
    pub text: RwSignal<String>,
    pub wrong: RwSignal<Option<String>>,
    box_: NodeRef<html::Textarea>,
}

impl Ask {
    /// With the sample of the template that the flow was just made of, so that it runs at once.
    pub fn provide(flow: &str) -> Self {
        let sample = browser::stored(&sample_key(flow)).unwrap_or_default();
        browser::store(&sample_key(flow), None);
        let ask = Self { text: RwSignal::new(sample), wrong: RwSignal::new(None), box_: NodeRef::new() };
        provide_context(ask);
        ask
    }

    /// Runs with what is typed, or asks for it. What is typed comes back where the run is refused before it begins.
    pub fn send_to(self, runner: Runner, editor: Editor) {
        if runner.phase.get_untracked() != Phase::Idle {
            return;
        }
        runner.open.set(true);
        let replies = untrack(move || runner.waits());
        let kind = if replies { Type::String } else { input_type(editor) };
        let typed = self.text.get_untracked();
        let parsed = parse(&typed, kind);
        let give_back = move || {
            self.text.try_update(|text| {
                if text.is_empty() {
                    *text = typed;
                }
            });
        };
        match parsed {
            Ok(Value::String(text)) if replies => {
                self.wrong.set(None);
                self.text.set(String::new());
                runner.reply(text, give_back);
            }
            Ok(input) => {
                self.wrong.set(None);
                if kind == Type::String {
                    self.text.set(String::new());
                }
                runner.run(input, give_back);
            }
            Err(why) => self.refuse(why),
        }
    }
}

impl Ask {
    /// Runs one node, or that and what follows it, with what the flow was called with last, or else with what is typed.
    pub fn send_part(self, runner: Runner, editor: Editor, node: String, following: bool) {
        let typed = self.text.get_untracked();
        let input = runner.input.get_untracked().map_or_else(|| parse(&typed, input_type(editor)), Ok);
        runner.open.set(true);
        match input {
            Ok(input) => {
                self.wrong.set(None);
                runner.run_part(input, node, following);
            }
            Err(why) => self.refuse(why),
        }
    }

    /// Runs the whole flow again with what it was called with last.
    pub fn send_again(self, runner: Runner) {
        if let Some(input) = runner.input.get_untracked() {
            self.wrong.set(None);
            runner.run(input, || {});
        }
    }

    fn refuse(self, why: String) {
        self.wrong.set(Some(why));
        let box_ = self.box_;
        leptos::leptos_dom::helpers::request_animation_frame(move || {
            if let Some(element) = box_.try_get_untracked().flatten() {
                let _refused = element.focus();
            }
        });
    }
}

/// Keeps an input that shows a flow at work, for when its editor opens.
pub fn keep_sample(flow: &str, input: &Value) {
    browser::store(&sample_key(flow), Some(&flow::value::to_text(input)));
}

fn sample_key(flow: &str) -> String {
    format!("anabranch.sample.{flow}")
}

/// The type that the flow's Input node declares.
fn input_type(editor: Editor) -> Type {
    editor.look(|document| {
        document
            .definition
            .first(NodeType::Input)
            .and_then(|node| node.outputs.first().map(|output| output.kind))
            .unwrap_or(Type::String)
    })
}

/// What is typed as a value of the flow's input type.
fn parse(text: &str, kind: Type) -> Result<Value, String> {
    if kind == Type::String {
        return match text.trim().is_empty() {
            true => Err("Write a message to send.".to_owned()),
            false => Ok(Value::String(text.to_owned())),
        };
    }
    let value: Value = serde_json::from_str(text).map_err(|error| match text.trim().is_empty() {
        true => format!("Write {} as JSON, such as {}.", kind.noun(), example(kind)),
        false => format!("This is not JSON yet: {error}."),
    })?;
    if kind.accepts(&value) {
        Ok(value)
    } else {
        Err(format!("The flow takes {}, and this is {}.", kind.noun(), flow::value::shape(&value)))
    }
}

pub(super) fn example(kind: Type) -> &'static str {
    match kind {
        Type::String => "\"text\"",
        Type::Number => "12.5",
        Type::Boolean => "true",
        Type::Object => "{\"name\": \"Ada\"}",
        Type::Array => "[\"one\", \"two\"]",
    }
}

#[component]
pub fn TestPane() -> impl IntoView {
    let runner = use_runner();
    let tab = RwSignal::new(TEST);
    view! {
        <Show when=move || runner.open.get()>
            <section class="test" role="region" aria-label="Test">
                <Header tab />
                <div
                    class="test-panel"
                    role="tabpanel"
                    id="test-panel"
                    aria-label=move || TABS.get(tab.get()).copied()
                >
                    {move || match tab.get() {
                        TEST => view! {
                            <Chat />
                            <TraceView trace=runner.trace clock=runner.clock chosen=runner.chosen />
                        }
                            .into_any(),
                        EVENTS => view! { <Events /> }.into_any(),
                        OUTPUT => view! { <Output trace=runner.trace /> }.into_any(),
                        _ => view! { <Compare /> }.into_any(),
                    }}
                </div>
            </section>
        </Show>
    }
}

#[component]
fn Header(tab: RwSignal<usize>) -> impl IntoView {
    let runner = use_runner();
    let tokens = Memo::new(move |_| runner.trace.with(|trace| trace.tokens()));
    let events = Signal::derive(move || runner.events.with(Vec::len));
    view! {
        <div class="head">
            <Tabs name="test" label="Test" tabs=TABS.to_vec() selected=tab count=(EVENTS, events) />
            <span class="grow"></span>
            <StatusChip />
            <Show when=move || { tokens.get() != (0, 0) }>
                <span class="chip num">{move || tokens.get().0 + tokens.get().1} " tokens"</span>
            </Show>
            <button
                type="button"
                class="btn quiet icon"
                aria-label="Close the test pane"
                on:click=move |_| runner.open.set(false)
            >
                <Icon glyph=Glyph::Close />
            </button>
        </div>
    }
}

/// How the run stands. It is read aloud when that changes, and not with every tick of the clock beside it.
#[component]
fn StatusChip() -> impl IntoView {
    let runner = use_runner();
    let status = Memo::new(move |_| runner.trace.with(|trace| trace.status));
    let is_lost = Memo::new(move |_| runner.trace.with(|trace| trace.is_lost));
    let look = Memo::new(move |_| match (runner.phase.get(), status.get()) {
        (Phase::Starting, _) => ("run", "Starting…"),
        (Phase::Stopping, _) => ("wait", "Stopping…"),
        (_, Some(Status::Running)) if is_lost.get() => ("wait", "Not followed"),
        (_, Some(status)) => (tone(status), label(status)),
        (_, None) => ("", ""),
    });
    let time = move || {
        let elapsed = runner.trace.with(|trace| trace.elapsed);
        match (status.get(), runner.phase.get()) {
            (None, _) | (_, Phase::Starting) => String::new(),
            (Some(Status::Running), Phase::Running | Phase::Stopping) => {
                duration(elapsed.max(runner.clock.get()))
            }
            _ => duration(elapsed),
        }
    };
    view! {
        <span class=move || format!("chip num {}", look.get().0) class:unseen=move || look.get().1.is_empty()>
            <span class="dot" aria-hidden="true"></span>
            <span role="status">{move || look.get().1}</span>
            {time}
        </span>
    }
}

#[component]
fn Chat() -> impl IntoView {
    let runner = use_runner();
    let editor = use_editor();
    let ask: Ask = expect_context();
    let list = NodeRef::<html::Div>::new();
    let kind = Memo::new(move |_| {
        editor.tick.track();
        // An answer to a question is text, whatever the flow takes.
        if runner.waits() { Type::String } else { input_type(editor) }
    });
    // The newest words stay in sight.
    Effect::new(move || {
        runner.trace.track();
        // To ask how tall nothing is has the whole page laid out.
        if let Some(list) = list.get().filter(|_| !runner.turns.with(Vec::is_empty)) {
            list.set_scroll_top(list.scroll_height());
        }
    });
    let busy = move || runner.phase.get() != Phase::Idle;
    let on_key = move |event: leptos::ev::KeyboardEvent| {
        let send = event.key() == "Enter" && !event.shift_key() && !event.is_composing();
        // Ctrl Enter is the whole page's key.
        if send && !event.ctrl_key() && !event.meta_key() && kind.get_untracked() == Type::String {
            event.prevent_default();
            ask.send_to(runner, editor);
        }
    };
    view! {
        <div class="chat">
            <div class="turns" role="log" aria-label="Conversation" tabindex="0" node_ref=list>
                <For each=move || runner.turns.get() key=|turn| (turn.id, turn.answer.is_some()) let:turn>
                    <TurnView turn />
                </For>
            </div>
            {move || ask.wrong.get().map(|why| view! { <p class="wrong" role="alert">{why}</p> })}
            <div class="ask-tools">
                <SavedInputs ask />
                <span class="grow"></span>
                <Pinned />
                <Show when=move || runner.input.with(Option::is_some) && !busy() && !runner.waits()>
                    <button
                        type="button"
                        class="btn quiet small"
                        title="Run the flow again with the same input"
                        on:click=move |_| ask.send_again(runner)
                    >
                        <Icon glyph=Glyph::Refresh />
                        "Run again"
                    </button>
                </Show>
            </div>
            <div class="ask">
                <textarea
                    class="textarea"
                    class:mono=move || kind.get() != Type::String
                    node_ref=ask.box_
                    rows=move || if kind.get() == Type::String { 1 } else { 3 }
                    aria-label="Input"
                    placeholder=move || match kind.get() {
                        _ if runner.waits() => "Answer the question".to_owned(),
                        Type::String if runner.turns.with(Vec::is_empty) => "Send an input".to_owned(),
                        Type::String => "Send another input".to_owned(),
                        other => format!("{other} as JSON"),
                    }
                    prop:value=move || ask.text.get()
                    on:input=move |event| {
                        ask.text.set(event_target_value(&event));
                        ask.wrong.set(None);
                    }
                    on:keydown=on_key
                ></textarea>
                <Show when=move || runner.waits()>
                    <button
                        type="button"
                        class="btn"
                        title="End this run without an answer"
                        on:click=move |_| runner.stop()
                    >
                        "End run"
                    </button>
                </Show>
                <Show
                    when=busy
                    fallback=move || {
                        view! {
                            <button
                                type="button"
                                class="btn primary icon"
                                aria-label="Run"
                                title="Run (Ctrl Enter)"
                                on:click=move |_| ask.send_to(runner, editor)
                            >
                                "↵"
                            </button>
                        }
                    }
                >
                    <button
                        type="button"
                        class="btn icon stop"
                        aria-label="Stop"
                        title="Stop"
                        disabled=move || runner.phase.get() != Phase::Running
                        on:click=move |_| runner.stop()
                    >
                        <span class="stop-mark" aria-hidden="true"></span>
                    </button>
                </Show>
            </div>
        </div>
    }
}

/// That a run goes round some nodes, which is seen before it is begun.
#[component]
fn Pinned() -> impl IntoView {
    let runner = use_runner();
    let editor = use_editor();
    move || {
        editor.tick.track();
        runner.pins.track();
        let names = runner.pinned().into_keys().collect::<Vec<_>>().join(", ");
        (!names.is_empty()).then(
            || view! { <span class="chip wait clip" title=names.clone()>"Pinned: " {names.clone()}</span> },
        )
    }
}

#[component]
fn TurnView(turn: Turn) -> impl IntoView {
    let runner = use_runner();
    let Turn { input, answer, asks, elsewhere, .. } = turn;
    view! {
        <div class="msg me">{input}</div>
        {match answer {
            Some(Ok(question)) if asks.is_some() => {
                view! {
                    <div class="msg it asks">
                        <span class="chip wait">{asks} " asks"</span>
                        {question}
                    </div>
                }
                    .into_any()
            }
            Some(Ok(answer)) => {
                let text = answer.clone();
                view! {
                    <div class="msg it">{answer}</div>
                    <CopyButton label="Copy the answer" text=Callback::new(move |()| text.clone()) />
                }
                    .into_any()
            }
            Some(Err(why)) if why == STOPPED => view! { <div class="msg it dim">{why}</div> }.into_any(),
            Some(Err(why)) => {
                view! {
                    <div class="msg it failed" role="alert">
                        {why}
                        {elsewhere.map(|execution| {
                            view! { " " <A href=format!("/executions/{execution}")>"Open the execution"</A> }
                        })}
                    </div>
                }
                    .into_any()
            }
            None => {
                view! {
                    <div class="msg it">
                        {move || runner.trace.with(|trace| trace.answer())}
                        <span class="caret" aria-hidden="true">
                            "▍"
                        </span>
                    </div>
                }
                    .into_any()
            }
        }}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn input_is_of_the_flows_type() {
        assert_eq!(parse("{\"a\":1}", Type::String), Ok(Value::String("{\"a\":1}".into())));
        assert_eq!(parse("3", Type::Number), Ok(serde_json::json!(3)));
        assert!(parse(" ", Type::String).is_err());
        assert!(parse("{", Type::Object).unwrap_err().contains("not JSON"));
        assert!(parse("[1]", Type::Object).unwrap_err().contains("an Array of 1"));
    }
}
