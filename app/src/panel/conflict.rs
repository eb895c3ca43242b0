//! Two sides changed one draft: both are shown, and both are kept.

use flow::diff::{Change, FieldChange, Subject, What, diff};
use flow::merge::{Choices, Side};
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
    let choices = RwSignal::new(Choices::new());
    let merged = saver.merged(&Choices::new());
    let conflicts = merged.as_ref().map(|merged| merged.conflicts.clone()).unwrap_or_default();
    let can_merge = merged.is_some();
    let both = move |_| {
        busy.set(true);
        spawn_local(async move {
            if saver.merge_both(&choices.get_untracked()).await {
                toasts.say("Both sides are in the flow now. Undo takes theirs out again.");
            }
            busy.try_set(false);
        });
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
                 you go on with, the other becomes a flow of its own; or go on with both in one."
            </p>
            <Differences changes />
            <InQuestion conflicts choices />
            <div class="actions">
                <button type="button" class="btn" disabled=move || busy.get() on:click=over>
                    "Save mine over theirs"
                </button>
                <button type="button" class="btn" class:primary=!can_merge disabled=move || busy.get() on:click=copy>
                    "Keep mine as a copy"
                </button>
                {can_merge
                    .then(|| {
                        view! {
                            <button type="button" class="btn primary" disabled=move || busy.get() on:click=both>
                                "Merge both"
                            </button>
                        }
                    })}
            </div>
        </Dialog>
    }
}

/// What both sides changed, each in its own way, and which of them a merge takes.
#[component]
fn InQuestion(conflicts: Vec<flow::merge::Conflict>, choices: RwSignal<Choices>) -> impl IntoView {
    let any = !conflicts.is_empty();
    let short = |value: &Option<serde_json::Value>| match value {
        Some(value) => excerpt(&flow::value::to_text(value), LONG),
        None => "removed".to_owned(),
    };
    view! {
        {any.then(|| view! { <p class="strong">"Both of you changed this. Choose what a merge takes:"</p> })}
        {conflicts
            .into_iter()
            .map(|conflict| {
                let default = if conflict.mine.is_some() { Side::Mine } else { Side::Theirs };
                let key = StoredValue::new(conflict.key);
                let is = move |side: Side| {
                    key.with_value(|key| choices.with(|choices| choices.get(key).copied().unwrap_or(default) == side))
                };
                let option = move |side: Side, words: String| {
                    let label = if side == Side::Mine { "Mine" } else { "Theirs" };
                    view! {
                        <button
                            type="button"
                            class="choice"
                            aria-pressed=move || is(side).to_string()
                            on:click=move |_| choices.update(|choices| {
                                choices.insert(key.get_value(), side);
                            })
                        >
                            <b>{label}</b>
                            <span class="told">{words}</span>
                        </button>
                    }
                };
                view! {
                    <div class="in-question" role="group" aria-label=conflict.place.clone()>
                        <b>{conflict.place.clone()}</b>
                        <div class="choices">
                            {option(Side::Mine, short(&conflict.mine))} {option(Side::Theirs, short(&conflict.theirs))}
                        </div>
                    </div>
                }
            })
            .collect_view()}
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
