//! The buttons at the canvas's corner: zoom, fit, tidy up, and what a drag does.

use leptos::prelude::*;

use super::command::Command;
use super::stage::{Stage, use_stage};

#[component]
pub fn Tools() -> impl IntoView {
    let stage = use_stage();
    view! {
        <div class="tools" role="toolbar" aria-label="View" on:pointerdown=|event| event.stop_propagation()>
            <Tool command=Command::ZoomIn path="M12 5v14M5 12h14" />
            <Tool command=Command::ZoomOut path="M5 12h14" />
            <Tool command=Command::Fit path="M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5" />
            <Tool command=Command::Tidy path="M3 5h6v5H3zM15 3h6v5h-6zM15 15h6v5h-6zM9 8h3v10h3M12 6h3" />
            <Switch
                label="Drag selects"
                on=Signal::derive(move || stage.wishes.with(|wishes| wishes.marquee))
                command=Command::SwapDrag
                path="M4 4h3M10 4h4M17 4h3v3M20 10v4M20 17v3h-3M14 20h-4M7 20H4v-3M4 14v-4M4 7V4"
            />
            <Switch
                label="Lock"
                on=Signal::derive(move || stage.wishes.with(|wishes| wishes.locked))
                command=Command::Lock
                path="M6 11h12v9H6zM9 11V8a3 3 0 0 1 6 0v3"
            />
            <Switch
                label="Outline"
                on=stage.outline.into()
                command=Command::Outline
                path="M4 6h4M10 6h10M8 12h3M13 12h7M8 18h3M13 18h7"
            />
            <button
                type="button"
                class="btn quiet icon"
                aria-label="Keyboard shortcuts"
                title=move || titled(stage, Command::Sheet, "Keyboard shortcuts")
                on:click=move |_| stage.sheet.set(true)
            >
                "?"
            </button>
        </div>
    }
}

#[component]
fn Tool(command: Command, path: &'static str) -> impl IntoView {
    let stage = use_stage();
    view! {
        <button
            type="button"
            class="btn quiet icon"
            aria-label=command.label()
            title=move || titled(stage, command, command.label())
            on:click=move |_| stage.run(command)
        >
            <Drawn path />
        </button>
    }
}

/// Something that is on or off.
#[component]
fn Switch(label: &'static str, on: Signal<bool>, command: Command, path: &'static str) -> impl IntoView {
    let stage = use_stage();
    view! {
        <button
            type="button"
            class="btn quiet icon"
            class:on=on
            aria-label=label
            aria-pressed=move || on.get().to_string()
            title=move || titled(stage, command, label)
            on:click=move |_| stage.run(command)
        >
            <Drawn path />
        </button>
    }
}

/// A label with the keys that are in force.
pub(super) fn titled(stage: Stage, command: Command, label: &str) -> String {
    match stage.keys(command) {
        keys if keys.is_empty() => label.to_owned(),
        keys => format!("{label} ({keys})"),
    }
}

#[component]
fn Drawn(path: &'static str) -> impl IntoView {
    view! {
        <svg class="icon-svg" viewBox="0 0 24 24" aria-hidden="true">
            <path d=path></path>
        </svg>
    }
}
