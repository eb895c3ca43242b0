//! Two sides changed one draft: both are shown, and both are kept.

use flow::diff::{Change, FieldChange, Subject, What, diff};
use flow::wire::Flow;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::saver::use_saver;
use crate::api::Error;
use crate::editor::document::Document;
use crate::editor::session::use_editor;
use crate::ui::dialog::Dialog;
use crate::ui::format::{count, excerpt};
use crate::ui::toast::use_toasts;

/// How much of a text is shown.
const LONG: usize = 120;

#[component]
pub fn Conflict() -> impl IntoView {
    let saver = use_saver();
    move || {
        let theirs = saver.theirs.get().filter(|_| saver.asks.get())?;
        Some(view! { <Sides theirs /> })
    }
}

#[component]
fn Sides(theirs: Flow) -> impl IntoView {
    let saver = use_saver();
    let editor = use_editor();
    let toasts = use_toasts();
    let busy = RwSignal::new(false);
    // Places that were never given are no difference.
    let theirs = Document::settled(theirs.definition, theirs.extensions);
    let changes = editor.look(|document| {
        diff((&theirs.definition, &theirs.extensions), (&document.definition, &document.extensions))
    });
    let said = move |answer: Result<String, Error>, words: &str| {
        busy.set(false);
        match answer {
            Ok(title) => toasts.say(format!("{words} {title}.")),
            Err(error) => toasts.fail(error),
        }
    };
    let copy = move |_| {
        busy.set(true);
        spawn_local(async move { said(saver.keep_mine_as_copy().await, "Your version is kept as") });
    };
    let over = move |_| {
        busy.set(true);
        spawn_local(async move { said(saver.save_mine_over().await, "The other version is kept as") });
    };
    view! {
        // Put aside, it waits behind a button in the top bar, and nothing is saved until then.
        <Dialog title="This flow was changed elsewhere too" on_close=Callback::new(move |()| saver.asks.set(false)) wide=true>
            <p>
                "Another tab or another person saved this draft since you opened it. Nothing is lost: whichever side \
                 you go on with, the other becomes a flow of its own."
            </p>
            <Differences changes />
            <div class="actions">
                <button type="button" class="btn" disabled=move || busy.get() on:click=over>
                    "Save mine over theirs"
                </button>
                <button type="button" class="btn primary" disabled=move || busy.get() on:click=copy>
                    "Keep mine as a copy"
                </button>
            </div>
        </Dialog>
    }
}

/// What is different, in words: first what runs, then how much only stands elsewhere.
#[component]
fn Differences(changes: Vec<Change>) -> impl IntoView {
    let (logic, moved): (Vec<Change>, Vec<Change>) =
        changes.into_iter().partition(|change| change.what.is_logic());
    view! {
        <ul class="differences" aria-label="What differs">
            {logic.into_iter().map(|change| view! { <Difference change /> }).collect_view()}
            {(!moved.is_empty())
                .then(|| {
                    view! { <li class="hint">{count(moved.len() as u64, "thing")} " only moved on the canvas."</li> }
                })}
        </ul>
    }
}

#[component]
fn Difference(change: Change) -> impl IntoView {
    let subject = match change.subject {
        Subject::Node { name, .. } => name,
        Subject::Connection { ends } => ends,
        Subject::Note { text } => excerpt(&text, LONG),
    };
    let (words, fields) = match change.what {
        What::Added(_) => ("is only in yours.", Vec::new()),
        What::Removed(_) => ("is only in theirs.", Vec::new()),
        What::Changed(fields) => ("differs.", fields),
        What::Moved => ("only moved.", Vec::new()),
    };
    view! {
        <li>
            <b>{subject}</b>
            " "
            {words}
            {fields.into_iter().map(|field| view! { <p class="hint">{both(field)}</p> }).collect_view()}
        </li>
    }
}

/// A field on both sides: `Temperature: 0 in yours, 0.7 in theirs`.
fn both(field: FieldChange) -> String {
    let side = |text: Option<String>| match text {
        Some(text) => format!("“{}”", excerpt(&text, LONG)),
        None => "nothing".to_owned(),
    };
    format!("{}: {} in yours, {} in theirs", field.label, side(field.after), side(field.before))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_told_of_from_both_sides() {
        let label = "Temperature".to_owned();
        let field = FieldChange { label, before: Some("0.7".into()), after: None };
        assert_eq!(both(field), "Temperature: nothing in yours, “0.7” in theirs");
    }
}
