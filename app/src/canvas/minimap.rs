//! The whole flow in small, with the part that is seen. A press or a drag goes there.

use flow::extensions::Position;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::geometry::Rect;
use super::stage::use_stage;
use super::viewport::Viewport;
use crate::editor::selection::Selection;
use crate::editor::session::{Card, use_editor};

const WIDTH: f64 = 164.0;
const HEIGHT: f64 = 104.0;

#[component]
pub fn Minimap() -> impl IntoView {
    let editor = use_editor();
    let stage = use_stage();
    let held = StoredValue::new(false);
    // Where it was pressed: the map itself moves on with what is seen.
    let pressed = StoredValue::new(None::<Position>);
    // The cards as the document has them: following each move of a drag would wake for all of them.
    let cards = Memo::new(move |_| editor.watch(Rect::of_all));
    // Everything that is there, and what is seen of it.
    let frame = Memo::new(move |_| {
        let seen = stage.viewport.get().seen(stage.size.get());
        let all = cards.get().map_or(seen, |cards| cards.join(&seen));
        let margin = all.width.max(all.height) * 0.04;
        Rect {
            x: all.x - margin,
            y: all.y - margin,
            width: all.width + 2.0 * margin,
            height: all.height + 2.0 * margin,
        }
    });
    let view_box = move || {
        let frame = frame.get();
        format!("{} {} {} {}", frame.x, frame.y, frame.width, frame.height)
    };
    let place = move |event: &web_sys::MouseEvent| {
        let element = event.current_target().and_then(|t| t.dyn_into::<web_sys::Element>().ok())?;
        let corner = element.get_bounding_client_rect();
        let frame = frame.get_untracked();
        let scale = (frame.width / WIDTH).max(frame.height / HEIGHT);
        let from_middle = |at: f64, length: f64| (at - length / 2.0) * scale;
        Some(Position {
            x: frame.x + frame.width / 2.0 + from_middle(f64::from(event.client_x()) - corner.left(), WIDTH),
            y: frame.y + frame.height / 2.0 + from_middle(f64::from(event.client_y()) - corner.top(), HEIGHT),
        })
    };
    let go = move |event: &web_sys::MouseEvent| {
        if let Some(at) = place(event) {
            stage.viewport.update(|viewport| *viewport = viewport.centred(at, stage.size.get_untracked()));
        }
    };
    // A click on a node selects it.
    let choose = move || {
        let Some(at) = pressed.get_value() else { return };
        let cards = editor.cards.get_untracked();
        let under = |card: &&Card| {
            card.is_shown() && Rect::of(card.place.get_untracked(), card.size.get_untracked()).contains(at)
        };
        if let Some(card) = cards.iter().rev().find(under) {
            editor.select(Selection::node(&card.name()));
        }
    };
    let turn = move |event: leptos::ev::WheelEvent| {
        event.prevent_default();
        event.stop_propagation();
        let (width, height) = stage.size.get_untracked();
        let factor = Viewport::wheel(event.delta_y(), event.delta_mode(), false);
        stage.viewport.update(|v| *v = v.zoom_at(Position { x: width / 2.0, y: height / 2.0 }, factor));
    };
    view! {
        <svg
            class="mini"
            viewBox=view_box
            role="img"
            aria-label="Overview"
            on:pointerdown=move |event| {
                event.stop_propagation();
                held.set_value(true);
                pressed.set_value(place(&event));
                go(&event);
            }
            on:pointermove=move |event| {
                if held.get_value() {
                    go(&event);
                }
            }
            on:pointerup=move |_| held.set_value(false)
            on:click=move |_| choose()
            on:wheel=turn
            on:pointerleave=move |_| held.set_value(false)
        >
            <For each=move || editor.cards.get() key=|card| card.id let:card>
                <Show when=move || card.folded.with(Option::is_none)>
                    <MiniCard card />
                </Show>
            </For>
            <For each=move || editor.groups.get() key=|group| group.id.get_value() let:card>
                <Show when=move || card.group.with(|group| group.collapsed) && !card.hidden.get()>
                    {move || {
                        card.rect().map(|rect| view! {
                            <rect class="mini-frame" x=rect.x y=rect.y width=rect.width height=rect.height rx="12"></rect>
                        })
                    }}
                </Show>
            </For>
            {move || {
                let seen = stage.viewport.get().seen(stage.size.get());
                view! {
                    <rect
                        class="seen"
                        x=seen.x
                        y=seen.y
                        width=seen.width
                        height=seen.height
                        vector-effect="non-scaling-stroke"
                    ></rect>
                }
            }}
        </svg>
    }
}

#[component]
fn MiniCard(card: Card) -> impl IntoView {
    let token = card.node.with_untracked(|node| match node.body() {
        Some(_) => "frame",
        None => node.kind.describe().group.token(),
    });
    let class =
        move || if card.selected.get() { format!("mini-{token} sel") } else { format!("mini-{token}") };
    view! {
        <rect
            class=class
            x=move || card.place.get().x
            y=move || card.place.get().y
            width=move || card.size.get().0
            height=move || card.size.get().1
            rx="12"
        ></rect>
    }
}
