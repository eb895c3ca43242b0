//! The list of problems, opened by a button in the top bar. An entry goes to its place.

use flow::check::{Problem, Severity};
use leptos::prelude::*;

use super::fix::FixButton;
use crate::canvas::stage::use_stage;
use crate::editor::selection::Selection;
use crate::editor::session::use_editor;
use crate::ui::dialog::Dialog;
use crate::ui::format::count;

#[component]
pub fn ProblemsButton() -> impl IntoView {
    let editor = use_editor();
    let open = RwSignal::new(false);
    let total = Memo::new(move |_| editor.report.with(|report| report.problems.len()));
    let errors = Memo::new(move |_| editor.report.with(flow::check::Report::errors));
    view! {
        <button
            type="button"
            class="btn problem-count"
            class:bad=move || { errors.get() > 0 }
            class:wait=move || { errors.get() == 0 && total.get() > 0 }
            class:ok=move || total.get() == 0
            aria-haspopup="dialog"
            on:click=move |_| open.set(true)
        >
            <span class="dot" aria-hidden="true"></span>
            {move || match total.get() {
                0 => "No problems".to_owned(),
                many => count(many as u64, "problem"),
            }}
        </button>
        <Show when=move || open.get()>
            <Dialog title="Problems" on_close=Callback::new(move |()| open.set(false))>
                <List open />
            </Dialog>
        </Show>
    }
}

#[component]
fn List(open: RwSignal<bool>) -> impl IntoView {
    let editor = use_editor();
    let portability = move || editor.report.with(|report| report.portability.clone());
    view! {
        {move || {
            let mut problems = editor.report.with(|report| report.problems.clone());
            problems.sort_by_key(|problem| problem.severity != Severity::Error);
            if problems.is_empty() {
                return view! { <p class="hint">"Nothing is wrong. The flow can run and be published."</p> }
                    .into_any();
            }
            let entries = problems.into_iter().map(|problem| view! { <Entry problem open /> }).collect_view();
            view! { <ul class="problem-list">{entries}</ul> }.into_any()
        }}
        <Show when=move || !portability().is_empty()>
            <h3>"Would not run on AWS"</h3>
            <p class="hint">"All of it runs here. It matters only if you take the flow to AWS."</p>
            <ul class="problem-list quiet">
                {move || {
                    portability().into_iter().map(|problem| view! { <Entry problem open note=true /> }).collect_view()
                }}
            </ul>
        </Show>
    }
}

#[component]
fn Entry(
    problem: Problem,
    open: RwSignal<bool>,
    /// It keeps nothing from running here.
    #[prop(optional)]
    note: bool,
) -> impl IntoView {
    let editor = use_editor();
    let stage = use_stage();
    let place = problem.node.clone().or_else(|| problem.connection.clone()).map(|at| at.replace('/', " › "));
    let (class, severity) = match problem.severity {
        _ if note => ("problem note", "Note"),
        Severity::Error => ("problem error", "Error"),
        Severity::Warning => ("problem warning", "Warning"),
    };
    let offered = (!note).then(|| problem.clone());
    let (node, connection) = (problem.node, problem.connection);
    let go = move |_| {
        open.set(false);
        match (&node, &connection) {
            (Some(node), _) => {
                editor.select(Selection::node(node));
                let node = node.clone();
                stage.after_dialog(move |stage| stage.reveal(&node));
            }
            (None, Some(connection)) => editor.select(Selection::connection(connection)),
            (None, None) => {}
        }
    };
    view! {
        <li>
            <button type="button" class=class on:click=go>
                <span class="dot" aria-hidden="true"></span>
                <span>
                    <b class="visually-hidden">{severity} ": "</b>
                    {problem.message}
                    <small>{place}</small>
                </span>
            </button>
            {offered.map(|problem| view! { <FixButton problem then=".dialog header button" /> })}
        </li>
    }
}
