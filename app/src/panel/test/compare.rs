//! The run that is shown beside an earlier one: what each node did otherwise.

use std::collections::HashMap;

use flow::diff::FieldChange;
use flow::event::Status;
use flow::trace::{Row, State, Trace, duration};
use flow::wire::ExecutionList;
use leptos::prelude::*;

use crate::api::{self, executions::Filter};
use crate::editor::session::use_editor;
use crate::page::versions::FieldView;
use crate::panel::runner::use_runner;
use crate::panel::trace::pretty;
use crate::ui::browser;
use crate::ui::format::{ago, count};
use crate::ui::load::Loader;
use crate::ui::status::label;

/// How many earlier runs are offered.
const OFFERED: u32 = 20;

#[component]
pub fn Compare() -> impl IntoView {
    let runner = use_runner();
    let editor = use_editor();
    let earlier = Loader::<ExecutionList>::default();
    let filter = Filter { flow: Some(editor.flow_id.get_value()), ..Filter::default() };
    earlier.load(async move { api::executions::list(&filter, None, OFFERED).await });
    // The run before on this page, or one that is fetched.
    let fetched = Loader::<Trace>::default();
    let chosen = RwSignal::new(None::<String>);
    let other = move || match chosen.get() {
        None => runner.previous.get(),
        Some(_) => fetched.ready(),
    };
    let choose = move |event| {
        let id = Some(event_target_value(&event)).filter(|id| !id.is_empty());
        chosen.set(id.clone());
        if let Some(id) = id {
            fetched.clear();
            fetched.load(async move { Ok(Trace::of(&api::executions::get(&id).await?.events)) });
        }
    };
    let shown = move || runner.trace.with(|trace| trace.status.is_some());
    view! {
        <div class="outputs-pane">
            <div class="row">
                <label class="small dim" for="compare-with">
                    "This run beside"
                </label>
                <select class="select narrow-select" id="compare-with" on:change=choose>
                    <option value="">"the run before on this page"</option>
                    {move || {
                        let own = runner.execution.get();
                        let list = earlier.ready().unwrap_or_default().executions.into_iter();
                        list.filter(|it| Some(&it.id) != own.as_ref())
                            .map(|it| {
                                let words = format!("{}, {}", ago(browser::now(), it.started_at), label(it.status));
                                view! { <option value=it.id>{words}</option> }
                            })
                            .collect_view()
                    }}
                </select>
            </div>
            {move || match (other(), shown()) {
                (_, false) => {
                    view! { <p class="hint">"Run the flow, and see here what it did otherwise than before."</p> }.into_any()
                }
                (None, true) => {
                    view! { <p class="hint">"Choose an earlier run, or run the flow once more."</p> }.into_any()
                }
                (Some(before), true) => {
                    let differences = runner.trace.with(|after| differences(&before, after));
                    view! { <Table differences /> }.into_any()
                }
            }}
        </div>
    }
}

/// What one node did in two runs; `what` is empty where it did the same.
#[derive(Clone, Debug, PartialEq)]
struct Difference {
    name: String,
    took: (String, String),
    what: Vec<FieldChange>,
}

#[component]
fn Table(differences: Vec<Difference>) -> impl IntoView {
    let (other, same): (Vec<Difference>, Vec<Difference>) =
        differences.into_iter().partition(|difference| !difference.what.is_empty());
    let none = other.is_empty();
    view! {
        {other
            .into_iter()
            .map(|Difference { name, took, what }| {
                view! {
                    <section class="change" aria-label=name.clone()>
                        <header>
                            <b class="clip">{name.clone()}</b>
                            <span class="grow"></span>
                            <span class="num small faint">{took.0} " → " {took.1}</span>
                        </header>
                        <dl>{what.into_iter().map(|field| view! { <FieldView field /> }).collect_view()}</dl>
                    </section>
                }
            })
            .collect_view()}
        <p class="hint">
            {if none { "Every node did the same: ".to_owned() } else { format!("{} did the same: ", count(same.len() as u64, "node")) }}
            {same.into_iter().map(|it| format!("{} ({} → {})", it.name, it.took.0, it.took.1)).collect::<Vec<_>>().join(", ")}
        </p>
    }
}

/// Node by node, in the order of the later run; last what ran only before.
fn differences(before: &Trace, after: &Trace) -> Vec<Difference> {
    let name = |row: &&Row| (row.node.clone(), row.chain.clone());
    let by_name = |trace: &Trace| -> HashMap<_, usize> {
        // The first of a name, so the last goes in first.
        trace.rows.iter().enumerate().rev().map(|(at, row)| (name(&row), at)).collect()
    };
    let (old, new) = (by_name(before), by_name(after));
    let gone = before.rows.iter().filter(|row| !new.contains_key(&name(row)));
    let twin = |row: &Row| old.get(&name(&row)).and_then(|at| before.rows.get(*at));
    let pairs = after.rows.iter().map(|row| (twin(row), Some(row)));
    let mut found = vec![whole(before, after)];
    found.extend(pairs.chain(gone.map(|row| (Some(row), None))).map(|(a, b)| one(a, b)));
    found
}

fn whole(before: &Trace, after: &Trace) -> Difference {
    let status =
        |trace: &Trace| trace.status.map_or(String::new(), |status: Status| label(status).to_owned());
    let input = |trace: &Trace| trace.input.as_ref().map(pretty).unwrap_or_default();
    let answer = |trace: &Trace| trace.answer();
    let tokens = |trace: &Trace| (trace.tokens().0 + trace.tokens().1).to_string();
    let fields = [
        ("Status", status(before), status(after)),
        ("Input", input(before), input(after)),
        ("Answer", answer(before), answer(after)),
        ("Tokens", tokens(before), tokens(after)),
    ];
    Difference {
        name: "The run".to_owned(),
        took: (duration(before.elapsed), duration(after.elapsed)),
        what: changed(fields),
    }
}

fn one(before: Option<&Row>, after: Option<&Row>) -> Difference {
    let row = after.or(before);
    let name =
        row.map(|row| format!("{} {}", row.node, row.place()).trim_end().to_owned()).unwrap_or_default();
    let took = |row: Option<&Row>| row.and_then(Row::duration).unwrap_or_else(|| "–".to_owned());
    let state = |row: Option<&Row>| row.map_or("not reached", |row| words(row.state)).to_owned();
    let branch = |row: Option<&Row>| row.and_then(|row| row.branch.clone()).unwrap_or_default();
    let outputs = |row: Option<&Row>| {
        let of =
            |row: &Row| row.outputs.iter().map(|field| pretty(&field.value)).collect::<Vec<_>>().join("\n");
        row.map(of).unwrap_or_default()
    };
    let failure = |row: Option<&Row>| {
        row.and_then(|row| Some(row.failure.as_ref()?.message.clone())).unwrap_or_default()
    };
    let fields = [
        ("State", state(before), state(after)),
        ("Branch", branch(before), branch(after)),
        ("Output", outputs(before), outputs(after)),
        ("Failure", failure(before), failure(after)),
    ];
    Difference { name, took: (took(before), took(after)), what: changed(fields) }
}

fn changed<const N: usize>(fields: [(&str, String, String); N]) -> Vec<FieldChange> {
    let some = |text: String| (!text.is_empty()).then_some(text);
    let changed = fields.into_iter().filter(|(_, before, after)| before != after);
    changed
        .map(|(label, before, after)| FieldChange {
            label: label.to_owned(),
            before: some(before),
            after: some(after),
        })
        .collect()
}

/// How a node stands, in words.
fn words(state: State) -> &'static str {
    match state {
        State::Running => "running",
        State::Waiting => "waits for an answer",
        State::Ok => "succeeded",
        State::Given => "given, not run",
        State::Failed => "failed",
        State::Skipped => "not taken",
        State::Stopped => "stopped",
        State::Lost => "not known",
    }
}

#[cfg(test)]
mod tests {
    use flow::event::{Body, Event, Field};
    use serde_json::json;

    use super::*;

    fn trace(answers: &[(&str, &str)]) -> Trace {
        let started = Body::ExecutionStarted { input: json!("hi"), part: None };
        let bodies = answers.iter().map(|(node, text)| Body::NodeCompleted {
            node: (*node).to_owned(),
            outputs: vec![Field { name: "out".into(), value: json!(text), source: None, joined: vec![] }],
            model: None,
            omitted: vec![],
            chain: vec![],
        });
        let events: Vec<Event> = (1..)
            .zip(std::iter::once(started).chain(bodies))
            .map(|(seq, body)| Event { seq, at: 0, elapsed: seq, body })
            .collect();
        Trace::of(&events)
    }

    #[test]
    fn only_what_differs_is_told_in_full() {
        let before = trace(&[("Tone", "angry"), ("Answer", "sorry"), ("Old", "x")]);
        let after = trace(&[("Tone", "angry"), ("Answer", "hello")]);
        let told: Vec<(String, Vec<String>)> = differences(&before, &after)
            .into_iter()
            .map(|it| (it.name, it.what.into_iter().map(|field| field.label).collect()))
            .collect();
        let line = |name: &str, fields: &[&str]| {
            (name.to_owned(), fields.iter().map(|field| (*field).to_owned()).collect::<Vec<_>>())
        };
        assert_eq!(
            told,
            [
                line("The run", &[]),
                line("Tone", &[]),
                line("Answer", &["Output"]),
                line("Old", &["State", "Output"])
            ]
        );
    }
}
