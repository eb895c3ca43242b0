//! One change, for reading: a node with its fields before and after, a connection, a note.

use flow::diff::{Change, FieldChange, Line, Subject, What};
use leptos::prelude::*;

use crate::ui::format::excerpt;

/// Lines that stay are shown only near those that change.
const CONTEXT: usize = 2;

#[component]
pub fn ChangeView(change: Change) -> impl IntoView {
    let (word, class) = match &change.what {
        What::Added(_) => ("added", "what added"),
        What::Removed(_) => ("removed", "what removed"),
        What::Changed(_) => ("changed", "what changed"),
        What::Moved => ("moved", "what"),
    };
    let id = match &change.subject {
        Subject::Node { name, .. } => Some(change_id(name)),
        _ => None,
    };
    let fields = match change.what {
        What::Added(fields) | What::Removed(fields) | What::Changed(fields) => fields,
        What::Moved => Vec::new(),
    };
    view! {
        <article class="change" id=id tabindex="-1">
            <header>
                <Headline subject=change.subject />
                <span class="grow"></span>
                <span class=class>{word}</span>
            </header>
            {(!fields.is_empty())
                .then(|| {
                    view! { <dl>{fields.into_iter().map(|field| view! { <FieldView field /> }).collect_view()}</dl> }
                })}
        </article>
    }
}

/// Where the words on a node are on the page.
pub fn change_id(address: &str) -> String {
    format!("change-{}", address.replace('/', "."))
}

#[component]
fn Headline(subject: Subject) -> impl IntoView {
    match subject {
        Subject::Node { name, kind } => {
            let kind = kind.describe();
            view! {
                <i class=format!("ico tiny {}", kind.group.token()) aria-hidden="true"></i>
                <b class="clip">{name}</b>
                <span class="faint small">{kind.label}</span>
            }
            .into_any()
        }
        Subject::Connection { ends } => view! {
            <span class="faint small">"Connection"</span>
            <b class="clip" title=ends.clone()>
                {ends.clone()}
            </b>
        }
        .into_any(),
        Subject::Note { text } => view! {
            <span class="faint small">"Note"</span>
            <b class="clip">{excerpt(&text, 60)}</b>
        }
        .into_any(),
    }
}

/// A field before and after.
#[component]
pub fn FieldView(field: FieldChange) -> impl IntoView {
    let body = match field.lines() {
        Some(lines) => view! { <Lines lines /> }.into_any(),
        None => {
            let arrow = field.before.is_some() && field.after.is_some();
            view! {
                {field.before.map(|text| view! { <span class="from">{text}</span> })}
                {arrow.then(|| view! { <span class="arrow">"→"</span> })}
                {field.after.map(|text| view! { <span class="to">{text}</span> })}
            }
            .into_any()
        }
    };
    view! {
        <dt>{field.label}</dt>
        <dd>{body}</dd>
    }
}

#[component]
fn Lines(lines: Vec<Line>) -> impl IntoView {
    let shown = near_changes(&lines);
    let rows = lines.into_iter().zip(shown).filter(|(_, shown)| *shown).map(|(line, _)| {
        let (class, text) = match line {
            Line::Same(text) => ("", text),
            Line::Removed(text) => ("removed", text),
            Line::Added(text) => ("added", text),
        };
        view! { <span class=class>{text}</span> }
    });
    view! { <div class="lines">{rows.collect_view()}</div> }
}

/// For each line, whether it is a change or close to one.
fn near_changes(lines: &[Line]) -> Vec<bool> {
    let changed = |line: &Line| !matches!(line, Line::Same(_));
    (0..lines.len())
        .map(|at| {
            let near = at.saturating_sub(CONTEXT)..(at + CONTEXT + 1).min(lines.len());
            lines[near].iter().any(changed)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_far_from_a_change_are_left_out() {
        let same = || Line::Same("x".into());
        let lines = [same(), same(), same(), Line::Added("y".into()), same(), same(), same()];
        assert_eq!(near_changes(&lines), [false, true, true, true, true, true, false]);
    }
}
