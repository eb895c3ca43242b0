//! The trace of a run: a line and a bar for each node, and on demand what went in and what came out. The same for the
//! editor and for past executions.

use flow::event::{Field, ModelCall, Source, Step};
use flow::node::knowledge_base::{Passage, titles};
use flow::trace::{Row, State, Talk, Trace, duration};
use leptos::prelude::*;
use serde_json::Value;

use crate::editor::folds::{Chosen, Entry, Fold, Folded, What, entries};
use crate::ui::format::count;

/// More would make the page slow, and nobody reads so far.
const MOST_LINES: usize = 500;

/// The lines of a run.
#[component]
pub fn TraceView(
    #[prop(into)] trace: Signal<Trace>,
    /// Microseconds that a running run takes so far; 0 for one that is over.
    #[prop(into)]
    clock: Signal<u64>,
    /// Which item or round of each iteration is shown.
    chosen: RwSignal<Chosen>,
) -> impl IntoView {
    let open = RwSignal::new(None::<usize>);
    // States change within a row as well: a fold tells how many items failed.
    let entries = Memo::new(move |_| chosen.with(|chosen| trace.with(|trace| entries(&trace.rows, chosen))));
    let whole = Memo::new(move |_| entries.with(Vec::len));
    let shown = move || entries.with(|entries| entries.iter().take(MOST_LINES).map(key).collect::<Vec<_>>());
    view! {
        <div class="trace">
            <Show when=move || whole.get() == 0>
                <p class="hint">"Run the flow: each node shows here when it ran, how long it took and what went through it."</p>
            </Show>
            <For each=shown key=Clone::clone let:entry>
                {match entry {
                    Key::Row(at, depth) => view! { <Line trace clock at depth open /> }.into_any(),
                    Key::Fold(fold, depth) => view! { <Stepper entries fold depth chosen /> }.into_any(),
                }}
            </For>
            <Show when=move || { whole.get() > MOST_LINES }>
                <p class="hint">
                    {move || whole.get() - MOST_LINES} " more are not shown here; the events have all of them."
                </p>
            </Show>
        </div>
    }
}

/// What stays of a line while its run goes on.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Key {
    Row(usize, usize),
    Fold(Fold, usize),
}

fn key(entry: &Entry) -> Key {
    match &entry.what {
        What::Row(at) => Key::Row(*at, entry.depth),
        What::Fold(folded) => Key::Fold(folded.fold.clone(), entry.depth),
    }
}

/// Which item or round of an iteration is shown, and the way to the others.
#[component]
fn Stepper(entries: Memo<Vec<Entry>>, fold: Fold, depth: usize, chosen: RwSignal<Chosen>) -> impl IntoView {
    let (node, fold) = (fold.node.clone(), StoredValue::new(fold));
    let folded = Memo::new(move |_| {
        entries.with(|entries| {
            entries.iter().find_map(|entry| match &entry.what {
                What::Fold(folded) if fold.with_value(|fold| *fold == folded.fold) => Some(folded.clone()),
                _ => None,
            })
        })
    });
    let beside = move |by| folded.with(|folded| folded.as_ref().and_then(|folded| folded.beside(by)));
    let step = move |by| {
        if let Some(to) = untrack(|| beside(by)) {
            chosen.update(|chosen| {
                chosen.insert(fold.get_value(), to);
            });
        }
    };
    let is_loop = move || folded.with(|folded| folded.as_ref().is_some_and(|folded| folded.is_loop));
    let noun = if untrack(is_loop) { "round" } else { "item" };
    view! {
        <div class="fold" role="group" aria-label=format!("{node}, {noun}s") style:padding-left=inset(depth)>
            <span class="clip">{node.clone()}</span>
            <button
                type="button"
                class="btn quiet icon small"
                aria-label=format!("Previous {noun} of {node}")
                disabled=move || beside(-1).is_none()
                on:click=move |_| step(-1)
            >
                "‹"
            </button>
            <span class="num" aria-live="polite">
                {move || folded.with(|folded| folded.as_ref().map(Folded::label))}
            </span>
            <button
                type="button"
                class="btn quiet icon small"
                aria-label=format!("Next {noun} of {node}")
                disabled=move || beside(1).is_none()
                on:click=move |_| step(1)
            >
                "›"
            </button>
            {move || {
                let failed = folded.with(|folded| folded.as_ref().map_or(0, |folded| folded.failed));
                (failed > 0).then(|| view! { <span class="chip bad">{failed} " failed"</span> })
            }}
        </div>
    }
}

/// How far a line within folds stands in.
fn inset(depth: usize) -> String {
    format!("{}px", 14 + 16 * depth.min(6))
}

#[component]
fn Line(
    trace: Signal<Trace>,
    clock: Signal<u64>,
    at: usize,
    depth: usize,
    open: RwSignal<Option<usize>>,
) -> impl IntoView {
    let row = Memo::new(move |_| trace.with(|trace| trace.rows.get(at).cloned()));
    let node =
        Memo::new(move |_| row.with(|row| row.as_ref().map(|row| row.node.clone()).unwrap_or_default()));
    let state = Memo::new(move |_| row.with(|row| row.as_ref().map(|row| row.state)));
    let is_open = Memo::new(move |_| open.get() == Some(at));
    let bar = move || {
        trace.with(|trace| {
            let Some(row) = trace.rows.get(at) else { return (0.0, 0.0) };
            let mut grown = Trace { elapsed: trace.elapsed, ..Trace::default() };
            if trace.is_running() {
                grown.elapsed = grown.elapsed.max(clock.get());
            }
            grown.bar(row)
        })
    };
    let time = move || {
        row.with(|row| match row {
            Some(row) if row.state == State::Skipped => "not taken".to_owned(),
            Some(row) if row.state == State::Given => "given".to_owned(),
            Some(row) if row.state == State::Running => duration(clock.get().saturating_sub(row.start)),
            Some(row) => row.duration().unwrap_or_default(),
            None => String::new(),
        })
    };
    let class = move || match state.get() {
        Some(State::Running | State::Waiting) => "line running",
        Some(State::Failed) => "line failed",
        Some(State::Skipped | State::Given) => "line skipped",
        Some(State::Stopped | State::Lost) => "line stopped",
        _ => "line",
    };
    let toggle = move |_| open.update(|open| *open = if *open == Some(at) { None } else { Some(at) });
    view! {
        <button
            type="button"
            class=class
            class:on=move || is_open.get()
            aria-expanded=move || is_open.get().to_string()
            style:padding-left=inset(depth)
            on:click=toggle
        >
            <span class="clip">
                {move || node.get()} " "
                {move || {
                    row.with(|row| row.as_ref().and_then(|row| row.branch.clone()))
                        .map(|branch| view! { <span class="chip">{branch}</span> })
                }}
                {move || {
                    (state.get() == Some(State::Failed)).then(|| view! { <span class="chip bad">"failed"</span> })
                }}
                {move || {
                    (state.get() == Some(State::Waiting))
                        .then(|| view! { <span class="chip wait">"asks"</span> })
                }}
                {move || {
                    (state.get() == Some(State::Stopped)).then(|| view! { <span class="chip wait">"stopped"</span> })
                }}
                {move || {
                    (state.get() == Some(State::Lost)).then(|| view! { <span class="chip wait">"not known"</span> })
                }}
            </span>
            <span class="timing" aria-hidden="true">
                <i
                    style:left=move || format!("{:.2}%", bar().0 * 100.0)
                    style:width=move || format!("{:.2}%", bar().1 * 100.0)
                ></i>
            </span>
            <span class="num">{time}</span>
            <span class="num">
                {move || row.with(|row| row.as_ref().and_then(|row| tokens(row.model.as_ref())))}
            </span>
        </button>
        {move || {
            row.with(|row| row.as_ref().and_then(|row| row.failure.clone()))
                .map(|failure| view! { <p class="line-failure">{first_line(&failure.message)}</p> })
        }}
        {move || {
            is_open.get().then(|| row.get()).flatten().map(|row| {
                view! {
                    <div class="line-open">
                        <NodeRun row />
                    </div>
                }
            })
        }}
    }
}

/// What went into a node and what came out.
#[component]
pub fn NodeRun(row: Row) -> impl IntoView {
    let answer = (row.state == State::Running && !row.text.is_empty()).then(|| row.text.clone());
    let model = row.model.clone();
    view! {
        <div class="node-run">
            {row.failure.map(|failure| view! { <p class="wrong told">{failure.message}</p> })}
            {(row.state == State::Given)
                .then(|| view! { <p class="hint">"It did not run: this was given to the run in its place."</p> })}
            {(row.state == State::Skipped)
                .then(|| view! { <p class="hint">"No branch that was taken leads here."</p> })}
            {row.branch.map(|branch| view! { <p>"Took " <span class="chip">{branch}</span></p> })}
            <Fields title="Inputs" fields=row.inputs />
            <Steps steps=row.steps />
            <Said talk=row.talk />
            <Fields title="Outputs" fields=row.outputs />
            {(!row.omitted.is_empty())
                .then(|| {
                    let items: Vec<String> = row.omitted.iter().map(|item| (item + 1).to_string()).collect();
                    view! {
                        <p class="hint">"Left out, since no branch that was taken led here: item " {items.join(", ")}</p>
                    }
                })}
            {(!row.printed.is_empty())
                .then(|| {
                    view! {
                        <p class="run-heading">"Printed"</p>
                        <pre class="readable" tabindex="0" role="region" aria-label="Printed">{row.printed}</pre>
                    }
                })}
            {answer.map(|text| view! { <pre class="readable">{text}</pre> })}
            {model.map(|model| view! { <Served model /> })}
        </div>
    }
}

#[component]
fn Fields(title: &'static str, fields: Vec<Field>) -> impl IntoView {
    (!fields.is_empty()).then(|| {
        view! {
            <p class="run-heading">{title}</p>
            {fields.into_iter().map(|field| view! { <OneField field /> }).collect_view()}
        }
    })
}

#[component]
fn OneField(field: Field) -> impl IntoView {
    let of = |source: &Source| format!("{} {}", source.node, source.output);
    let joined: Vec<String> = field.joined.iter().map(of).collect();
    // Of a value that was joined, every part says the same expression.
    let part = field.source.as_ref().or(field.joined.first()).map(|source| source.expression.clone());
    let part = part.filter(|part| part != "$.data").map(|part| format!(" {part}")).unwrap_or_default();
    let from = field.source.as_ref().map(of).or((!joined.is_empty()).then(|| joined.join(", ")));
    let source = from.map(|from| format!("from {from}{part}"));
    view! {
        <div class="run-field">
            <span class="mono">{field.name}</span>
            <span class="hint">{source}</span>
            <pre class="readable" tabindex="0">{pretty(&field.value)}</pre>
        </div>
    }
}

/// What an agent did, a line for each step; on demand what a tool got and gave.
#[component]
fn Steps(steps: Vec<Step>) -> impl IntoView {
    (!steps.is_empty()).then(|| {
        view! {
            <p class="run-heading">"Steps"</p>
            <ol class="steps">{steps.into_iter().map(|step| view! { <OneStep step /> }).collect_view()}</ol>
        }
    })
}

#[component]
fn OneStep(step: Step) -> impl IntoView {
    match step {
        Step::Model { model, text, calls, usage, took } => {
            let did = match calls.is_empty() {
                true => "answered".to_owned(),
                false => format!("called {}", calls.join(", ")),
            };
            let tokens = tokens(Some(&ModelCall { model: model.clone(), served_by: None, usage }));
            view! {
                <li>
                    <div class="step">
                        <span class="clip">{model} " " {did}</span>
                        <span class="num">{tokens}</span>
                        <span class="num">{duration(took)}</span>
                    </div>
                    {(!calls.is_empty() && !text.is_empty())
                        .then(|| view! { <pre class="readable" tabindex="0">{text}</pre> })}
                </li>
            }
            .into_any()
        }
        Step::Tool { name, from, arguments, result, failed, took } => view! {
            <Called name about=from failed took>
                <pre class="readable" tabindex="0">{pretty(&arguments)}</pre>
                <pre class="readable" tabindex="0">{result}</pre>
            </Called>
        }
        .into_any(),
        Step::Agent { name, message, answer, failed, steps, took, .. } => view! {
            <Called name about="agent".to_owned() failed took>
                <pre class="readable" tabindex="0">{message}</pre>
                <ol class="steps">{steps.into_iter().map(|step| view! { <OneStep step /> }).collect_view()}</ol>
                <pre class="readable" tabindex="0">{answer}</pre>
            </Called>
        }
        .into_any(),
        Step::Lookup { name, base, query, found, failure, took } => {
            let about = match &failure {
                None => format!("knowledge base {base}{}", looked(&found)),
                Some(_) => format!("knowledge base {base}"),
            };
            view! {
                <Called name about failed=failure.is_some() took>
                    <pre class="readable" tabindex="0">{query}</pre>
                    {failure.map(|why| view! { <p class="wrong told">{why}</p> })}
                    {found.into_iter().map(|passage| view! { <OnePassage passage /> }).collect_view()}
                </Called>
            }
            .into_any()
        }
    }
}

/// What an agent called, and on demand what that got and gave.
#[component]
fn Called<C: IntoView + 'static>(
    name: String,
    /// What it is, and where.
    about: String,
    failed: bool,
    took: u64,
    children: TypedChildren<C>,
) -> impl IntoView {
    view! {
        <li>
            <details>
                <summary class="step">
                    <span class="clip">
                        <span class="mono">{name}</span>
                        " "
                        <span class="hint">{about}</span>
                        {failed.then(|| view! { <span class="chip bad">"failed"</span> })}
                    </span>
                    <span class="num">{duration(took)}</span>
                </summary>
                {children.into_inner()()}
            </details>
        </li>
    }
}

/// How much a look-up found, and of which documents.
fn looked(found: &[Passage]) -> String {
    match found.is_empty() {
        true => ", nothing found".to_owned(),
        false => format!(", {} of {}", count(found.len() as u64, "passage"), titles(found)),
    }
}

#[component]
fn OnePassage(passage: Passage) -> impl IntoView {
    view! {
        <div class="run-field">
            <span>{passage.title}</span>
            <span class="hint">{format!("passage {}, score {:.2}", passage.place + 1, passage.score)}</span>
            <pre class="readable" tabindex="0">{passage.text}</pre>
        </div>
    }
}

/// What an agent asked a person, and the replies.
#[component]
fn Said(talk: Vec<Talk>) -> impl IntoView {
    (!talk.is_empty()).then(|| {
        view! {
            <p class="run-heading">"Asked"</p>
            {talk
                .into_iter()
                .map(|said| {
                    let (who, text) = match said {
                        Talk::Question(text) => ("question", text),
                        Talk::Reply(text) => ("answer", text),
                    };
                    view! {
                        <div class="run-field">
                            <span class="hint">{who}</span>
                            <span></span>
                            <pre class="readable" tabindex="0">{text}</pre>
                        </div>
                    }
                })
                .collect_view()}
        }
    })
}

#[component]
fn Served(model: ModelCall) -> impl IntoView {
    let tokens = tokens(Some(&model));
    view! {
        <p class="hint">
            {model.model} {tokens.map(|tokens| format!(" · {tokens}"))}
            {model.served_by.map(|by| format!(" · {by}"))}
        </p>
    }
}

/// What a failure is in short; the traceback of code follows it.
fn first_line(message: &str) -> String {
    message.lines().next().unwrap_or_default().to_owned()
}

/// A value for reading: text as it is, anything else as indented JSON.
pub fn pretty(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => serde_json::to_string_pretty(other).unwrap_or_default(),
    }
}

fn tokens(model: Option<&ModelCall>) -> Option<String> {
    let usage = model?.usage?;
    Some(format!("{} → {} tok", usage.input_tokens, usage.output_tokens))
}
