//! The canvas itself: one transform over all cards, one SVG with all wires, and the pointer's events in one place.

use std::collections::HashMap;

use flow::layout;
use leptos::ev;
use leptos::prelude::*;
use send_wrapper::SendWrapper;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, ResizeObserver};

use super::context::OpenContext;
use super::edge::{Edge, LooseWire, Reason};
use super::finder::Finder;
use super::focus::still;
use super::geometry::distance;
use super::gesture::{self, Hit};
use super::group::GroupView;
use super::keyboard::is_mac;
use super::menu::{Menu, OpenMenu};
use super::minimap::Minimap;
use super::node::{NodeCard, row_of};
use super::note::NoteView;
use super::region::Regions;
use super::stage::{Stage, use_stage};
use super::toolbar::{SelectionBox, SelectionTools};
use super::tools::Tools;
use super::viewport::Viewport;
use crate::editor::document::Port;
use crate::editor::session::{Card, use_editor};
use crate::editor::walk;
use crate::node::KindIcon;
use crate::ui::browser;

/// How near to its end a wire is grabbed by it, in screen pixels: past the handle, ten more.
const END: f64 = 22.0;
/// From how far out the details of cards are left away.
const FAR: f64 = 0.4;

#[component]
pub fn Canvas() -> impl IntoView {
    let editor = use_editor();
    let stage = use_stage();
    follow_pointer(stage);
    follow_size(stage);
    let cards = in_reading_order(stage);
    let cards = move || if stage.looks.get() { cards.get() } else { Vec::new() };
    let wires = move || if stage.looks.get() { editor.wires.get() } else { Vec::new() };
    let transform = move || {
        let Viewport { x, y, zoom } = stage.viewport.get();
        format!("translate({x}px, {y}px) scale({zoom})")
    };
    let grid = move || {
        let Viewport { x, y, zoom } = stage.viewport.get();
        // What is drawn stays apart when one looks from afar, and lines are loud.
        let apart =
            if zoom < 0.45 { 4.0 } else { 1.0 } * stage.wishes.with(|wishes| wishes.background.apart());
        let step = layout::GRID * zoom * apart;
        (format!("{x}px {y}px"), format!("{step}px {step}px"))
    };
    let far = Memo::new(move |_| stage.viewport.with(|viewport| viewport.zoom < FAR));
    view! {
        <div
            class="canvas"
            class:panning=move || stage.panning.get()
            class:space=move || stage.space.get()
            class:wiring=move || stage.wire.with(Option::is_some)
            class:marks=move || stage.wishes.with(|wishes| wishes.marquee)
            class:locked=move || stage.wishes.with(|wishes| wishes.locked)
            class:far=move || far.get()
            data-background=move || stage.wishes.with(|wishes| wishes.background.key())
            node_ref=stage.root
            role="application"
            aria-label="Canvas"
            aria-describedby="canvas-help"
            tabindex="0"
            style:background-position=move || grid().0
            style:background-size=move || grid().1
            on:pointerdown=move |event| press(stage, &event)
            on:wheel=move |event| turn(stage, &event)
            on:dblclick=move |event| quick_add(stage, &event)
            on:contextmenu=move |event| open_context(stage, &event)
            on:focusin=move |event: ev::FocusEvent| {
                if let Some(target) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) {
                    stage.focused(&target);
                }
            }
            on:dragover=|event| event.prevent_default()
            on:drop=move |event| stage.take_dropped(&event)
        >
            <p id="canvas-help" class="visually-hidden">
                "Arrow keys walk from node to node, Alt and arrow keys move a node, C connects it, Delete removes it. \
                 Press the question mark for all shortcuts."
            </p>
            <div class="world" style:transform=transform>
                <For each=move || editor.groups.get() key=|group| group.id.get_value() let:card>
                    <GroupView card />
                </For>
                <For each=move || editor.notes.get() key=|note| note.id.get_value() let:note>
                    <NoteView note />
                </For>
                <Regions />
                <SelectionBox />
                <For each=cards key=|card| card.id let:card>
                    <NodeCard card />
                </For>
                // After the cards, as the Tab key goes; the style draws them below.
                <svg class="edges" aria-hidden="false">
                    <For each=wires key=|wire| wire.key() let:wire>
                        <Edge wire />
                    </For>
                </svg>
                <svg class="edges above" aria-hidden="true">
                    <LooseWire />
                    {move || {
                        stage.near.get().map(|near| view! {
                            <path class="edge near" d=stage.course.get().path(near.from, near.to)></path>
                        })
                    }}
                    {move || {
                        stage.guides.get().into_iter().map(|line| view! {
                            <line class="guide" x1=line.from.x y1=line.from.y x2=line.to.x y2=line.to.y></line>
                        }).collect_view()
                    }}
                    {move || {
                        stage.cut.get().map(|(from, to)| view! {
                            <line class="cut" x1=from.x y1=from.y x2=to.x y2=to.y></line>
                        })
                    }}
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
            <SelectionTools />
            <Finder />
            <OpenMenu />
            <OpenContext />
            <div class="visually-hidden" role="status" aria-live="polite">
                {move || editor.announcement.get()}
            </div>
        </div>
    }
}

/// The cards as the Tab key goes through them.
fn in_reading_order(stage: Stage) -> Memo<Vec<Card>> {
    let editor = stage.editor;
    Memo::new(move |before: Option<&Vec<Card>>| {
        let order: HashMap<String, usize> =
            editor.watch(walk::order).into_iter().enumerate().map(|(at, name)| (name, at)).collect();
        let mut cards = editor.cards.get();
        cards.sort_by_cached_key(|card| order.get(&card.name()).copied());
        if before.is_some_and(|before| *before != cards) {
            keep_focus(stage);
        }
        cards
    })
}

/// An element that changes its place among its siblings loses the focus.
fn keep_focus(stage: Stage) {
    let Some(held) = browser::focused().filter(|held| held.has_attribute("data-card")) else { return };
    stage.next_frame(move |_| {
        if browser::focused().is_none_or(|focused| focused.tag_name().eq_ignore_ascii_case("body")) {
            still(&held);
        }
    });
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
    let wishes = stage.wishes.get_untracked();
    gesture::With {
        shift: event.shift_key(),
        control: event.ctrl_key() || event.meta_key(),
        alt: event.alt_key(),
        pan: event.button() == 1 || stage.space.get_untracked(),
        touch: event.pointer_type() == "touch",
        marquee: wishes.marquee,
        locked: wishes.locked,
    }
}

fn press(stage: Stage, event: &ev::PointerEvent) {
    if event.button() > 1 {
        return;
    }
    let Some(target) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) else { return };
    let hit = match hit(stage, &target) {
        Hit::Connection(connection) => end_near(stage, connection, client(event)),
        hit => hit,
    };
    if event.button() == 1 {
        event.prevent_default();
    }
    stage.press(event.pointer_id(), hit, client(event), with(stage, event));
}

/// The end of a connection that is grabbed within reach of it, else the connection.
fn end_near(stage: Stage, connection: String, client: (f64, f64)) -> Hit {
    stage.measure();
    let at = stage.viewport.get_untracked().to_flow(stage.local(client));
    let reach = END / stage.viewport.with_untracked(|viewport| viewport.zoom);
    let wires = stage.editor.wires.get_untracked();
    let ends = untrack(|| {
        wires.iter().find(|wire| wire.name == connection).map(|wire| (wire.ends(), wire.to.is_some()))
    });
    match ends {
        // A gate enters at the card: nothing is there from which its beginning could be led elsewhere.
        Some(((from, _), true)) if distance(from, at) <= reach => Hit::End { connection, begins: true },
        Some(((_, to), _)) if distance(to, at) <= reach => Hit::End { connection, begins: false },
        _ => Hit::Connection(connection),
    }
}

/// The menu of what is there. The browser's own is for what people type into.
fn open_context(stage: Stage, event: &ev::MouseEvent) {
    let Some(target) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) else { return };
    let own =
        target.closest("input, textarea, .quick, .tools, .mini, .finder, .selection-tools").ok().flatten();
    if own.is_some() {
        return;
    }
    event.prevent_default();
    stage.measure();
    let at = stage.local((f64::from(event.client_x()), f64::from(event.client_y())));
    stage.open_context(&hit(stage, &target), at);
}

/// What an element of the canvas stands for.
pub fn hit(stage: Stage, target: &Element) -> Hit {
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
    let side = attribute("data-side").and_then(|side| {
        let (x, y) = side.split_once(' ')?;
        Some((x.parse().ok()?, y.parse().ok()?))
    });
    let corner = |of: Hit| match side {
        Some(side) => Hit::Corner { of: Box::new(of), side },
        None => of,
    };
    if let Some(note) = attribute("data-note") {
        return corner(Hit::Note(note));
    }
    if let Some(group) = attribute("data-group") {
        if side.is_some() {
            return corner(Hit::Group(group));
        }
        // The ground of an open group is the pane's; its head, and its whole card, are the group's.
        let own = target.closest("[data-group-head], .collapsed").ok().flatten();
        return if own.is_some() { Hit::Group(group) } else { Hit::Pane };
    }
    if attribute("data-selected").is_some() {
        return Hit::Selected;
    }
    match (card, attribute("data-row").as_deref().and_then(row_of)) {
        (Some(card), Some(row)) => Hit::Port(Port::new(&card.name(), row)),
        (Some(card), None) => Hit::Node(card.name()),
        (None, _) => Hit::Pane,
    }
}

/// A double click on the pane, or on a loop's ground, offers what can be added there.
fn quick_add(stage: Stage, event: &ev::MouseEvent) {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let on_pane = |target: Element| {
        let above = target
            .closest(".tools, .mini, .quick, .finder, .wire, .wire-tools, .context, .selection-tools")
            .ok()
            .flatten();
        above.is_none() && (target.has_attribute("data-ground") || matches!(hit(stage, &target), Hit::Pane))
    };
    if target.is_some_and(on_pane) {
        let at = stage.local((f64::from(event.client_x()), f64::from(event.client_y())));
        stage.menu.set(Some(Menu::quick_add(stage, at, None)));
    }
}

/// Moves and releases count wherever they happen, since a gesture may leave the canvas.
fn follow_pointer(stage: Stage) {
    let go = window_event_listener(ev::pointermove, move |event| {
        stage.go(event.pointer_id(), client(&event), event.alt_key(), event.shift_key());
    });
    let release = window_event_listener(ev::pointerup, move |event| {
        stage.release(event.pointer_id(), client(&event));
    });
    let lose = window_event_listener(ev::pointercancel, move |event| stage.lose(event.pointer_id()));
    let resize = window_event_listener(ev::resize, move |_| stage.measure());
    on_cleanup(move || {
        go.remove();
        release.remove();
        lose.remove();
        resize.remove();
    });
}

/// The wheel zooms the flow, never the page; a list above the canvas scrolls by it.
fn turn(stage: Stage, event: &web_sys::WheelEvent) {
    let inside_list = event
        .target()
        .and_then(|target| target.dyn_into::<Element>().ok())
        .and_then(|target| target.closest(".quick, .context").ok().flatten())
        .is_some();
    if inside_list && !event.ctrl_key() {
        return;
    }
    event.prevent_default();
    if inside_list {
        return;
    }
    stage.measure();
    let at = stage.local((f64::from(event.client_x()), f64::from(event.client_y())));
    let (turned, mode) = ((event.delta_x(), event.delta_y()), event.delta_mode());
    let pans = stage.space.get_untracked() || stage.wishes.get_untracked().pans(turned, mode);
    if pans && !event.ctrl_key() && !event.meta_key() {
        let sideways = event.shift_key() && !is_mac();
        return stage.viewport.update(|viewport| *viewport = viewport.scroll(turned, mode, sideways));
    }
    // A pinch comes as a wheel with Ctrl, and on a Mac in much smaller steps.
    let pinch = event.ctrl_key() && is_mac();
    let factor = Viewport::wheel(event.delta_y(), event.delta_mode(), pinch);
    stage.viewport.update(|viewport| *viewport = viewport.zoom_at(at, factor));
}

/// Panels open and close beside the canvas without the window changing its size.
fn follow_size(stage: Stage) {
    let seen = Closure::<dyn Fn()>::new(move || stage.measure());
    let Ok(observer) = ResizeObserver::new(seen.as_ref().unchecked_ref()) else { return };
    let watching = observer.clone();
    Effect::new(move || {
        if let Some(root) = stage.root.get() {
            watching.observe(&root);
        }
    });
    let both = SendWrapper::new((observer, seen));
    on_cleanup(move || both.0.disconnect());
}

fn client(event: &ev::PointerEvent) -> (f64, f64) {
    (f64::from(event.client_x()), f64::from(event.client_y()))
}
