//! The picture on the page: it fits its place, or is zoomed and scrolled; its nodes can be chosen.

use flow::address;
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;

use super::drawing::{Block, Line};
use super::{Drawing, Mark, Marks};
use crate::canvas::course::Course;
use crate::canvas::wishes::Wishes;
use crate::ui::format::excerpt;

/// How much each press on a zoom button zooms.
const STEP: f64 = 1.25;
/// The letters of a name that fit a card.
const LONG: usize = 24;

#[component]
pub fn FlowPicture(
    drawing: Drawing,
    #[prop(into)] marks: Signal<Marks>,
    /// The address of the node that is looked at.
    chosen: RwSignal<Option<String>>,
    /// What the picture shows.
    label: &'static str,
) -> impl IntoView {
    let around = drawing.around();
    let course = Wishes::kept().course;
    // None fits the whole flow into its place.
    let zoom = RwSignal::new(None::<f64>);
    let pixels = move |length: f64| {
        zoom.get().map_or_else(|| "100%".to_owned(), |zoom| format!("{:.0}px", length * zoom))
    };
    let step = move |by: f64| zoom.update(|zoom| *zoom = Some((zoom.unwrap_or(0.8) * by).clamp(0.1, 2.0)));
    let (frames, cards): (Vec<Block>, Vec<Block>) =
        drawing.blocks.into_iter().partition(|block| block.is_frame);
    let all = |blocks: Vec<Block>| {
        blocks.into_iter().map(|block| view! { <Node block marks chosen /> }).collect_view()
    };
    view! {
        <div class="picture">
            <div class="picture-tools">
                <button type="button" class="btn icon small" aria-label="Zoom out" on:click=move |_| step(1.0 / STEP)>
                    "−"
                </button>
                <button type="button" class="btn icon small" aria-label="Zoom in" on:click=move |_| step(STEP)>
                    "+"
                </button>
                <button type="button" class="btn small" on:click=move |_| zoom.set(None)>
                    "Fit"
                </button>
            </div>
            <div class="picture-place" tabindex="0" role="group" aria-label=label>
                <svg
                    viewBox=format!("{} {} {} {}", around.x, around.y, around.width, around.height)
                    preserveAspectRatio="xMidYMid meet"
                    style:width=move || pixels(around.width)
                    style:height=move || pixels(around.height)
                >
                    {all(frames)}
                    {drawing.lines.into_iter().map(|line| view! { <Wire line course marks /> }).collect_view()}
                    {all(cards)}
                </svg>
            </div>
        </div>
    }
}

#[component]
fn Wire(line: Line, course: Course, marks: Signal<Marks>) -> impl IntoView {
    let ends = line.ends;
    let class = move || {
        let class = marks.with(|marks| marks.lines.get(&ends).copied().unwrap_or_default());
        format!("pic-wire {class}")
    };
    view! { <path class=class d=course.path(line.from, line.to)></path> }
}

#[component]
fn Node(block: Block, marks: Signal<Marks>, chosen: RwSignal<Option<String>>) -> impl IntoView {
    let Block { address, kind, at, is_frame } = block;
    let name = address::name(&address).to_owned();
    let address = StoredValue::new(address);
    let mark = Memo::new(move |_| {
        address.with_value(|address| marks.with(|marks| marks.nodes.get(address).cloned()))
    });
    let is_chosen =
        move || address.with_value(|address| chosen.with(|chosen| chosen.as_ref() == Some(address)));
    let choose = move || chosen.set(Some(address.get_value()));
    let words = move || mark.with(|mark| mark.as_ref().map(|mark: &Mark| mark.words.clone()));
    let label = {
        let name = name.clone();
        move || words().map_or_else(|| name.clone(), |words| format!("{name}: {words}"))
    };
    let class = move || {
        let class = mark.with(|mark| mark.as_ref().map_or("", |mark| mark.class));
        format!(
            "pic-node {class}{}{}",
            if is_frame { " frame" } else { "" },
            if is_chosen() { " on" } else { "" }
        )
    };
    let on_key = move |event: KeyboardEvent| {
        if matches!(event.key().as_str(), "Enter" | " ") {
            event.prevent_default();
            choose();
        }
    };
    let about = kind.describe();
    view! {
        <g
            class=class
            role="button"
            tabindex="0"
            aria-label=label
            aria-pressed=move || is_chosen().to_string()
            on:click=move |_| choose()
            on:keydown=on_key
        >
            <rect class="pic-card" x=at.x y=at.y width=at.width height=at.height rx="8"></rect>
            <rect class=format!("pic-kind {}", about.group.token()) x=at.x + 11.0 y=at.y + 12.0 width="22" height="22" rx="6"></rect>
            <text class="pic-name" x=at.x + 42.0 y=at.y + 21.0>
                {excerpt(&name, LONG)}
            </text>
            <text class="pic-words" x=at.x + 42.0 y=at.y + 36.0>
                {move || words().unwrap_or_else(|| about.label.to_owned())}
            </text>
            <text class="pic-sign" x=at.x + at.width - 20.0 y=at.y + 26.0 text-anchor="middle">
                {move || mark.with(|mark| mark.as_ref().map(|mark| mark.sign))}
            </text>
        </g>
    }
}
