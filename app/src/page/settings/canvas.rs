//! How the canvas is to behave in this browser.

use leptos::prelude::*;

use crate::canvas::course::Course;
use crate::canvas::wishes::{Background, Wheel, Wishes};

/// A choice that is on or off: what it is called, what is said of it, and where it is kept.
struct Choice {
    label: &'static str,
    about: &'static str,
    is_on: fn(&Wishes) -> bool,
    set: fn(&mut Wishes, bool),
}

const CHOICES: [Choice; 6] = [
    Choice {
        label: "Drag selects",
        about: "A drag on the empty canvas draws a frame; Space and drag pans.",
        is_on: |wishes| wishes.marquee,
        set: |wishes, on| wishes.marquee = on,
    },
    Choice {
        label: "A frame takes what it touches",
        about: "Otherwise what lies in it whole.",
        is_on: |wishes| wishes.partial,
        set: |wishes, on| wishes.partial = on,
    },
    Choice {
        label: "Snap to the grid",
        about: "Alt while dragging goes without.",
        is_on: |wishes| !wishes.off_grid,
        set: |wishes, on| wishes.off_grid = !on,
    },
    Choice {
        label: "Snap to other nodes' lines",
        about: "What is dragged comes in line with edges and middles nearby.",
        is_on: |wishes| !wishes.no_guides,
        set: |wishes, on| wishes.no_guides = !on,
    },
    Choice {
        label: "Make room",
        about: "Nodes step aside for one that is dropped on them.",
        is_on: |wishes| wishes.push,
        set: |wishes, on| wishes.push = on,
    },
    Choice {
        label: "Connect what is near",
        about: "A node that is dropped beside another is connected to it.",
        is_on: |wishes| wishes.near,
        set: |wishes, on| wishes.near = on,
    },
];

#[component]
pub fn CanvasChoices() -> impl IntoView {
    let wishes = Wishes::load();
    view! {
        <section class="box" aria-labelledby="canvas-choices">
            <header>
                <h2 id="canvas-choices">"Canvas"</h2>
            </header>
            <div class="inside">
                {CHOICES
                    .into_iter()
                    .map(|Choice { label, about, is_on, set }| {
                        view! {
                            <label class="check">
                                <input
                                    type="checkbox"
                                    prop:checked=move || wishes.with(is_on)
                                    on:change=move |event| wishes.update(|wishes| set(wishes, event_target_checked(&event)))
                                />
                                <span>{label} " " <small class="dim">{about}</small></span>
                            </label>
                        }
                    })
                    .collect_view()}
                <Segments
                    label="Wheel"
                    options=Wheel::ALL.map(|wheel| (wheel.words(), wheel)).to_vec()
                    chosen=Signal::derive(move || wishes.with(|wishes| wishes.wheel))
                    on_choose=move |wheel| wishes.update(|wishes| wishes.wheel = wheel)
                />
                <Segments
                    label="Background"
                    options=Background::ALL.map(|background| (background.words(), background)).to_vec()
                    chosen=Signal::derive(move || wishes.with(|wishes| wishes.background))
                    on_choose=move |background| wishes.update(|wishes| wishes.background = background)
                />
                <Segments
                    label="Wires"
                    options=Course::ALL.map(|course| (course.words(), course)).to_vec()
                    chosen=Signal::derive(move || wishes.with(|wishes| wishes.course))
                    on_choose=move |course| wishes.update(|wishes| wishes.course = course)
                />
                <p class="dim small">"The canvas stands still where your system asks for less motion."</p>
            </div>
        </section>
    }
}

/// One of several, all of them in sight.
#[component]
fn Segments<T: Copy + PartialEq + Send + Sync + 'static>(
    label: &'static str,
    options: Vec<(&'static str, T)>,
    chosen: Signal<T>,
    #[prop(into)] on_choose: Callback<T>,
) -> impl IntoView {
    let option = move |(words, value)| {
        view! {
            <button
                type="button"
                aria-pressed=move || (chosen.get() == value).to_string()
                on:click=move |_| on_choose.run(value)
            >
                {words}
            </button>
        }
    };
    view! {
        <div class="field">
            <span class="label">{label}</span>
            <div class="segments fit" role="group" aria-label=label>
                {options.into_iter().map(option).collect_view()}
            </div>
        </div>
    }
}
