//! The trace of a run: a line and a bar for each node, and on demand what went in and what came out. The same for the
//! editor and for past executions.

use flow::event::{Field, ModelCall, Source};
use flow::trace::{Row, State, Trace, duration};
use leptos::prelude::*;
use serde_json::Value;

/// More would make the page slow, and nobody reads so far.
const MOST_LINES: usize = 500;

/// The lines of a run.
#[component]
pub fn TraceView(
    #[prop(into)] trace: Signal<Trace>,
    /// Microseconds that a running run takes so far; 0 for one that is over.
    #[prop(into)]
    clock: Signal<u64>,
) -> impl IntoView {
    let open = RwSignal::new(None::<usize>);
    let whole = Memo::new(move |_| trace.with(|trace| trace.rows.len()));
    let count = Memo::new(move |_| whole.get().min(MOST_LINES));
    view! {
        <div class="trace">
            <Show when=move || count.get() == 0>
                <p class="hint">"Run the flow: each node shows here when it ran, how long it took and what went through it."</p>
            </Show>
            <For each=move || 0..count.get() key=|at| *at let:at>
                <Line trace clock at open />
            </For>
            <Show when=move || { whole.get() > MOST_LINES }>
                <p class="hint">
                    {move || whole.get() - MOST_LINES} " more are not shown here; the events have all of them."
                </p>
            </Show>
        </div>
    }
}

#[component]
fn Line(trace: Signal<Trace>, clock: Signal<u64>, at: usize, open: RwSignal<Option<usize>>) -> impl IntoView {
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
            Some(row) if row.state == State::Running => duration(clock.get().saturating_sub(row.start)),
            Some(row) => row.duration().unwrap_or_default(),
            None => String::new(),
        })
    };
    let class = move || match state.get() {
        Some(State::Running) => "line running",
        Some(State::Failed) => "line failed",
        Some(State::Skipped) => "line skipped",
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
            on:click=toggle
        >
            <span class="clip">
                {move || node.get()} " "
                {move || {
                    let place = row.with(|row| row.as_ref().map(Row::place).unwrap_or_default());
                    (!place.is_empty()).then(|| view! { <span class="hint">{place}</span> " " })
                }}
                {move || {
                    row.with(|row| row.as_ref().and_then(|row| row.branch.clone()))
                        .map(|branch| view! { <span class="chip">{branch}</span> })
                }}
                {move || {
                    (state.get() == Some(State::Failed)).then(|| view! { <span class="chip bad">"failed"</span> })
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
                .map(|failure| view! { <p class="line-failure">{failure.message}</p> })
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
            {row.failure.map(|failure| view! { <p class="wrong">{failure.message}</p> })}
            {(row.state == State::Skipped)
                .then(|| view! { <p class="hint">"No branch that was taken leads here."</p> })}
            {row.branch.map(|branch| view! { <p>"Took " <span class="chip">{branch}</span></p> })}
            <Fields title="Inputs" fields=row.inputs />
            <Fields title="Outputs" fields=row.outputs />
            {(!row.omitted.is_empty())
                .then(|| {
                    let items: Vec<String> = row.omitted.iter().map(|item| (item + 1).to_string()).collect();
                    view! {
                        <p class="hint">"Left out, since no branch that was taken led here: item " {items.join(", ")}</p>
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
