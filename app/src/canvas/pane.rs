//! The canvas itself: one transform over all cards, one SVG with all wires, and the pointer's events in one place.

use flow::layout;
use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::Element;

use super::edge::{Edge, LooseWire, Reason};
use super::gesture::{self, Hit};
use super::menu::{Menu, OpenMenu};
use super::minimap::Minimap;
use super::node::{NodeCard, row_of};
use super::stage::{Stage, use_stage};
use super::tools::Tools;
use super::viewport::Viewport;
use crate::editor::document::Port;
use crate::editor::session::use_editor;
use crate::node::KindIcon;

#[component]
pub fn Canvas() -> impl IntoView {
    let editor = use_editor();
    let stage = use_stage();
    follow_pointer(stage);
    follow_size(stage);
    let transform = move || {
        let Viewport { x, y, zoom } = stage.viewport.get();
        format!("translate({x}px, {y}px) scale({zoom})")
    };
    let grid = move || {
        let Viewport { x, y, zoom } = stage.viewport.get();
        // Dots stay apart when one looks from afar.
        let step = layout::GRID * zoom * if zoom < 0.45 { 4.0 } else { 1.0 };
        (format!("{x}px {y}px"), format!("{step}px {step}px"))
    };
    view! {
        <div
            class="canvas"
            class:panning=move || stage.panning.get()
            class:space=move || stage.space.get()
            class:wiring=move || stage.wire.with(Option::is_some)
            node_ref=stage.root
            role="application"
            aria-label="Canvas"
            aria-describedby="canvas-help"
            tabindex="0"
            style:background-position=move || grid().0
            style:background-size=move || grid().1
            on:pointerdown=move |event| press(stage, &event)
            on:dblclick=move |event| quick_add(stage, &event)
        >
            <p id="canvas-help" class="visually-hidden">
                "Arrow keys walk from node to node, Alt and arrow keys move a node, C connects it, Delete removes it. \
                 Press the question mark for all shortcuts."
            </p>
            <div class="world" style:transform=transform>
                <svg class="edges" aria-hidden="false">
                    <For each=move || editor.wires.get() key=|wire| wire.key() let:wire>
                        <Edge wire />
                    </For>
                </svg>
                <For each=move || editor.cards.get() key=|card| card.id let:card>
                    <NodeCard card />
                </For>
                <svg class="edges above" aria-hidden="true">
                    <LooseWire />
                    {move || {
                        stage.marquee.get().map(|rect| view! {
                            <rect class="marquee" x=rect.x y=rect.y width=rect.width height=rect.height></rect>
                        })
                    }}
                </svg>
                <Ghost />
            </div>
            <Show when=move || editor.cards.with(Vec::is_empty)>
                <div class="empty">
                    <p>"Drag a node from the left, or press Tab to add one."</p>
                </div>
            </Show>
            <Tools />
            <Minimap />
            <Reason />
            <OpenMenu />
            <div class="visually-hidden" role="status" aria-live="polite">
                {move || editor.announcement.get()}
            </div>
        </div>
    }
}

/// What is carried from the palette.
#[component]
fn Ghost() -> impl IntoView {
    let stage = use_stage();
    move || {
        stage.carried.get().map(|(kind, at)| {
            view! {
                <div class="node ghost" style:transform=format!("translate({}px, {}px)", at.x, at.y)>
                    <header>
                        <KindIcon kind />
                        <div class="titles">
                            <h3>{kind.describe().label}</h3>
                        </div>
                    </header>
                </div>
            }
        })
    }
}

/// What a pointer's press carries along.
pub fn with(stage: Stage, event: &ev::PointerEvent) -> gesture::With {
    gesture::With {
        shift: event.shift_key(),
        control: event.ctrl_key() || event.meta_key(),
        pan: event.button() == 1 || stage.space.get_untracked(),
        touch: event.pointer_type() == "touch",
    }
}

fn press(stage: Stage, event: &ev::PointerEvent) {
    if event.button() > 1 {
        return;
    }
    let Some(target) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) else { return };
    let hit = hit(stage, &target);
    if event.button() == 1 {
        event.prevent_default();
    }
    stage.press(hit, client(event), with(stage, event));
}

fn hit(stage: Stage, target: &Element) -> Hit {
    let attribute = |name: &str| {
        target.closest(&format!("[{name}]")).ok().flatten().and_then(|element| element.get_attribute(name))
    };
    if let Some(name) = attribute("data-wire") {
        return Hit::Connection(name);
    }
    let card = attribute("data-card").and_then(|id| {
        let cards = stage.editor.cards.get_untracked();
        cards.into_iter().find(|card| card.id.to_string() == id)
    });
    match (card, attribute("data-row").as_deref().and_then(row_of)) {
        (Some(card), Some(row)) => Hit::Port(Port::new(&card.name(), row)),
        (Some(card), None) => Hit::Node(card.name()),
        (None, _) => Hit::Pane,
    }
}

/// A double click on the pane offers what can be added there.
fn quick_add(stage: Stage, event: &ev::MouseEvent) {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let on_pane = target.is_some_and(|target| matches!(hit(stage, &target), Hit::Pane));
    if on_pane {
        let at = stage.local((f64::from(event.client_x()), f64::from(event.client_y())));
        stage.menu.set(Some(Menu::quick_add(stage, at, None)));
    }
}

/// Moves and releases count wherever they happen, since a gesture may leave the canvas.
fn follow_pointer(stage: Stage) {
    let go = window_event_listener(ev::pointermove, move |event| stage.go(client(&event)));
    let release = window_event_listener(ev::pointerup, move |event| stage.release(client(&event)));
    let lose = window_event_listener(ev::pointercancel, move |_| {
        stage.cancel();
    });
    let resize = window_event_listener(ev::resize, move |_| stage.measure());
    // Not passive, so that the page itself does not scroll or zoom.
    let wheel = stage.root;
    Effect::new(move || {
        let Some(root) = wheel.get() else { return };
        let options = web_sys::AddEventListenerOptions::new();
        options.set_passive(false);
        let turn = wasm_bindgen::closure::Closure::<dyn Fn(web_sys::WheelEvent)>::new(move |event| {
            turn(stage, &event);
        });
        let _refused = root.add_event_listener_with_callback_and_add_event_listener_options(
            "wheel",
            turn.as_ref().unchecked_ref(),
            &options,
        );
        // It lives as long as the element that it listens to.
        turn.forget();
    });
    on_cleanup(move || {
        go.remove();
        release.remove();
        lose.remove();
        resize.remove();
    });
}

fn turn(stage: Stage, event: &web_sys::WheelEvent) {
    let inside_list = event
        .target()
        .and_then(|target| target.dyn_into::<Element>().ok())
        .and_then(|target| target.closest(".quick").ok().flatten())
        .is_some();
    if inside_list {
        return;
    }
    event.prevent_default();
    stage.measure();
    let at = stage.local((f64::from(event.client_x()), f64::from(event.client_y())));
    let factor = Viewport::wheel(event.delta_y(), event.delta_mode(), event.ctrl_key());
    stage.viewport.update(|viewport| *viewport = viewport.zoom_at(at, factor));
}

/// Panels open and close beside the canvas without the window changing its size.
fn follow_size(stage: Stage) {
    Effect::new(move || {
        let Some(root) = stage.root.get() else { return };
        let seen = wasm_bindgen::closure::Closure::<dyn Fn()>::new(move || stage.measure());
        if let Ok(observer) = web_sys::ResizeObserver::new(seen.as_ref().unchecked_ref()) {
            observer.observe(&root);
        }
        // It lives as long as the element that it observes.
        seen.forget();
    });
}

fn client(event: &ev::PointerEvent) -> (f64, f64) {
    (f64::from(event.client_x()), f64::from(event.client_y()))
}
