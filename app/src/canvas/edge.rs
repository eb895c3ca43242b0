//! Wires: one path each, which only its two ends can wake, and the one that is being drawn.

use flow::layout::{self, Row};
use flow::trace::State;
use leptos::prelude::*;

use super::geometry::curve;
use super::stage::{Stage, use_stage};
use crate::editor::session::{Light, Wire, use_editor};

#[component]
pub fn Edge(wire: Wire) -> impl IntoView {
    let editor = use_editor();
    let Wire { name, source, target, from, to } = wire;
    let label = {
        let (from, to) = (from.clone(), to.clone());
        move || {
            let source = source.node.with(|node| node.name.clone());
            let target = target.node.with(|node| node.name.clone());
            let to = to.as_ref().map(crate::editor::document::row_name).unwrap_or_default();
            format!("Edge from {source} {} to {target} {to}", crate::editor::document::row_name(&from))
                .trim_end()
                .to_owned()
        }
    };
    let path = {
        let (from, to) = (from.clone(), to.clone());
        Memo::new(move |_| {
            let end = match &to {
                Some(to) => target.handle(to),
                None => target.beside(layout::gate()),
            };
            curve(source.handle(&from), end)
        })
    };
    let is_gate = to.is_none();
    let start_row = from.clone();
    let state = Memo::new(move |_| {
        source.light.with(|source| target.light.with(|target| state(&from, source.as_ref(), target.as_ref())))
    });
    // How many values went over it, where it is more than one.
    let items = Memo::new(move |_| {
        let count = |light: &Option<Light>| light.as_ref().map_or(0, |light| light.count);
        let (source, target) = (source.light.with(count), target.light.with(count));
        let many = if target > 1 { target } else { source };
        (many > 1 && matches!(state.get(), Flowing::Live | Flowing::Done)).then_some(many)
    });
    let middle = {
        let (from, to) = (start_row, to.clone());
        move || {
            let start = source.handle(&from);
            let end = match &to {
                Some(to) => target.handle(to),
                None => target.beside(layout::gate()),
            };
            ((start.x + end.x) / 2.0, (start.y + end.y) / 2.0)
        }
    };
    let selected = {
        let name = name.clone();
        Memo::new(move |_| editor.selection.with(|selection| selection.connections.contains(&name)))
    };
    let choose = {
        let name = name.clone();
        move |event: leptos::ev::KeyboardEvent| {
            if matches!(event.key().as_str(), "Enter" | " ") {
                event.prevent_default();
                event.stop_propagation();
                editor.select(crate::editor::selection::Selection::connection(&name));
            }
        }
    };
    view! {
        <g
            class="wire"
            class:sel=move || selected.get()
            class:done=move || state.get() == Flowing::Done
            class:live=move || state.get() == Flowing::Live
            class:off=move || state.get() == Flowing::Off
            class:gate=is_gate
            role="button"
            aria-pressed=move || selected.get().to_string()
            aria-label=label
            tabindex="0"
            data-wire=name.clone()
            on:keydown=choose
        >
            <path class="hit" d=move || path.get()></path>
            <path class="edge" d=move || path.get()></path>
            {move || {
                items.get().map(|items| {
                    let (x, y) = middle();
                    view! {
                        <text class="count" x=x y=y - 5.0 text-anchor="middle">
                            {format!("×{items}")}
                        </text>
                    }
                })
            }}
        </g>
    }
}

/// The wire that is being drawn, with the reason where it cannot end here.
#[component]
pub fn LooseWire() -> impl IntoView {
    let stage = use_stage();
    move || {
        stage.wire.get().map(|loose| {
            let path = match loose.from.row {
                Row::Input(_) => curve(loose.end, loose.start),
                _ => curve(loose.start, loose.end),
            };
            let class = match loose.verdict {
                None => "edge loose",
                Some(Ok(_)) => "edge loose valid",
                Some(Err(_)) if loose.taken.is_some() => "edge loose valid",
                Some(Err(_)) => "edge loose invalid",
            };
            view! { <path class=class d=path></path> }
        })
    }
}

/// Why the wire cannot end here, beside the pointer.
#[component]
pub fn Reason() -> impl IntoView {
    let stage: Stage = use_stage();
    move || {
        let loose = stage.wire.get()?;
        let Some(Err(reason)) = loose.verdict else { return None };
        let at = stage.viewport.get().to_screen(loose.end);
        Some(view! {
            <div
                class="reason"
                style:transform=format!("translate({:.0}px, {:.0}px)", at.x + 14.0, at.y + 14.0)
            >
                {reason}
            </div>
        })
    }
}

/// What a run does to a wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flowing {
    Idle,
    Live,
    Done,
    Off,
}

fn state(from: &Row, source: Option<&Light>, target: Option<&Light>) -> Flowing {
    let Some(source) = source else { return Flowing::Idle };
    let taken = match (from, &source.branch) {
        (Row::Condition(name), Some(branch)) => name == branch,
        _ => true,
    };
    match (source.state, target.map(|target| target.state)) {
        (State::Skipped, _) => Flowing::Off,
        (State::Ok | State::Given, _) if !taken => Flowing::Off,
        (_, Some(State::Skipped)) => Flowing::Off,
        (State::Ok | State::Given, Some(State::Running)) => Flowing::Live,
        (State::Ok | State::Given, Some(_)) => Flowing::Done,
        _ => Flowing::Idle,
    }
}
