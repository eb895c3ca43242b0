//! Wires: one path each, which only its two ends can wake, and the one that is being drawn.

use flow::extensions::Position;
use flow::layout::Row;
use flow::trace::State;
use leptos::prelude::*;

use super::course::middle;
use super::menu::Menu;
use super::node::classes;
use super::stage::{Stage, use_stage};
use crate::editor::selection::Selection;
use crate::editor::session::{Card, Light, Wire, use_editor};

#[component]
pub fn Edge(wire: Wire) -> impl IntoView {
    let editor = use_editor();
    let stage = use_stage();
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
            let (from, end) = ends(source, &from, target, to.as_ref());
            stage.course.get().path(from, end)
        })
    };
    // Both its ends are in one collapsed group.
    let hidden =
        move || source.folded.with(|group| group.is_some() && target.folded.with(|other| group == other));
    let severed = {
        let name = name.clone();
        let opens = name.clone();
        let cut = Memo::new(move |_| stage.severed.with(|severed| severed.contains(&name)));
        let opened =
            Memo::new(move |_| stage.opened.with(|opened| opened.as_deref() == Some(opens.as_str())));
        move || (cut.get(), opened.get())
    };
    let hovered = RwSignal::new(false);
    let tools = {
        let (name, label, from, to) = (name.clone(), label.clone(), from.clone(), to.clone());
        let selected = name.clone();
        let shown = Memo::new(move |_| {
            let chosen = editor.selection.with(|s| s.connections.contains(&selected) && s.nodes.is_empty());
            (hovered.get() || chosen) && !stage.busy.get()
        });
        move || {
            shown.get().then(|| {
                let (from, end) = ends(source, &from, target, to.as_ref());
                let middle = middle(from, end);
                view! { <EdgeTools name=name.clone() label=label() middle /> }
            })
        }
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
    let halfway = {
        let (from, to) = (start_row, to.clone());
        move || {
            let (from, end) = ends(source, &from, target, to.as_ref());
            middle(from, end)
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
                editor.select(Selection::connection(&name));
            }
        }
    };
    view! {
        <g
            class:folded=hidden
            on:pointerenter=move |_| hovered.set(true)
            on:pointerleave=move |_| hovered.set(false)
        >
        <g
            class=move || {
                let (cut, opened) = severed();
                classes(
                    "wire",
                    [
                        (state.get().class(), true),
                        ("severed", cut),
                        ("opened", opened),
                        ("sel", selected.get()),
                        ("gate", is_gate),
                    ],
                )
            }
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
                    let Position { x, y } = halfway();
                    view! {
                        <text class="count" x=x y=y - 5.0 text-anchor="middle">
                            {format!("×{items}")}
                        </text>
                    }
                })
            }}
        </g>
        {tools}
        </g>
    }
}

fn ends(source: Card, from: &Row, target: Card, to: Option<&Row>) -> (Position, Position) {
    (source.handle(from), to.map_or_else(|| target.gate(), |to| target.handle(to)))
}

/// What can be done with a wire, at its middle and at one size on the screen.
#[component]
fn EdgeTools(name: String, label: String, middle: Position) -> impl IntoView {
    let stage = use_stage();
    let transform = move || {
        let zoom = stage.viewport.with(|viewport| viewport.zoom);
        format!("translate({:.1} {:.1}) scale({:.3})", middle.x, middle.y, 1.0 / zoom)
    };
    let insert = {
        let name = name.clone();
        move || stage.menu.set(Menu::insert(stage, &name))
    };
    let delete = move || {
        stage.editor.select(Selection::connection(&name));
        stage.delete();
    };
    view! {
        <g class="wire-tools" transform=transform>
            <Tool label=format!("Insert into {label}") x=-14.0 path="M-5 0h10M0 -5v10" act=Callback::new(move |()| insert()) />
            <Tool label=format!("Delete {label}") x=14.0 path="M-4 -4l8 8M4 -4l-8 8" act=Callback::new(move |()| delete()) />
        </g>
    }
}

#[component]
fn Tool(label: String, x: f64, path: &'static str, act: Callback<()>) -> impl IntoView {
    view! {
        <g
            class="wire-tool"
            role="button"
            aria-label=label
            transform=format!("translate({x} 0)")
            on:pointerdown=|event| event.stop_propagation()
            on:click=move |event| {
                event.stop_propagation();
                act.run(());
            }
            on:dblclick=|event| event.stop_propagation()
        >
            <circle r="12"></circle>
            <path d=path></path>
        </g>
    }
}

/// The wire that is being drawn, with the reason where it cannot end here.
#[component]
pub fn LooseWire() -> impl IntoView {
    let stage = use_stage();
    move || {
        stage.wire.get().map(|loose| {
            let course = stage.course.get();
            let path = match loose.from.row {
                Row::Input(_) => course.path(loose.end, loose.start),
                _ => course.path(loose.start, loose.end),
            };
            let class = match loose.verdict {
                None => "edge loose",
                Some(Ok(_)) => "edge loose valid",
                Some(Err(_)) if loose.taken.is_some() => "edge loose valid",
                Some(Err(_)) => "edge loose invalid",
            };
            let backwards = matches!(loose.from.row, Row::Input(_));
            let others = loose.others.iter().map(|(_, start)| match backwards {
                true => course.path(loose.end, *start),
                false => course.path(*start, loose.end),
            });
            let others = others.map(|path| view! { <path class=class d=path></path> }).collect_view();
            view! {
                <path class=class d=path></path>
                {others}
            }
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

impl Flowing {
    /// As the style calls it.
    fn class(self) -> &'static str {
        match self {
            Self::Idle => "",
            Self::Live => "live",
            Self::Done => "done",
            Self::Off => "off",
        }
    }
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
