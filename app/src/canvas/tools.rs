//! The buttons at the canvas's corner: zoom, fit, tidy up.

use leptos::prelude::*;

use super::stage::use_stage;
use super::viewport::STEP;

#[component]
pub fn Tools() -> impl IntoView {
    let stage = use_stage();
    view! {
        <div class="tools" role="toolbar" aria-label="View" on:pointerdown=|event| event.stop_propagation()>
            <Tool label="Zoom in" path="M12 5v14M5 12h14" act=Callback::new(move |()| stage.zoom(STEP)) />
            <Tool label="Zoom out" path="M5 12h14" act=Callback::new(move |()| stage.zoom(1.0 / STEP)) />
            <Tool
                label="Fit"
                path="M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5"
                act=Callback::new(move |()| stage.fit())
            />
            <Tool
                label="Tidy up"
                path="M3 5h6v5H3zM15 3h6v5h-6zM15 15h6v5h-6zM9 8h3v10h3M12 6h3"
                act=Callback::new(move |()| stage.tidy())
            />
            <button
                type="button"
                class="btn quiet icon"
                aria-label="Keyboard shortcuts"
                title="Keyboard shortcuts (?)"
                on:click=move |_| stage.sheet.set(true)
            >
                "?"
            </button>
        </div>
    }
}

#[component]
fn Tool(label: &'static str, path: &'static str, act: Callback<()>) -> impl IntoView {
    view! {
        <button
            type="button"
            class="btn quiet icon"
            aria-label=label
            title=label
            on:click=move |_| act.run(())
        >
            <svg class="icon-svg" viewBox="0 0 24 24" aria-hidden="true">
                <path d=path></path>
            </svg>
        </button>
    }
}
