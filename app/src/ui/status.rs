//! An execution's status as a chip.

use flow::event::Status;
use leptos::prelude::*;

/// The words of a status.
pub fn label(status: Status) -> &'static str {
    match status {
        Status::Running => "Running",
        Status::InputRequired => "Waits for an answer",
        Status::Succeeded => "Succeeded",
        Status::Failed => "Failed",
        Status::TimedOut => "Timed out",
        Status::Aborted => "Stopped",
        Status::Interrupted => "Interrupted",
    }
}

/// The class that gives a status its colour.
pub fn tone(status: Status) -> &'static str {
    match status {
        Status::Running => "run",
        Status::Succeeded => "ok",
        Status::Failed | Status::TimedOut => "bad",
        Status::InputRequired | Status::Aborted | Status::Interrupted => "wait",
    }
}

#[component]
pub fn StatusChip(status: Status) -> impl IntoView {
    view! {
        <span class=format!("chip {}", tone(status))>
            <span class="dot" aria-hidden="true"></span>
            {label(status)}
        </span>
    }
}
