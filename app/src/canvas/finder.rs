//! Finding nodes on the canvas: by anything that they say, step by step through the hits.

use std::collections::HashSet;

use leptos::html;
use leptos::prelude::*;

use super::focus::still;
use super::stage::use_stage;
use crate::editor::find;
use crate::editor::selection::Selection;
use crate::editor::session::use_editor;
use crate::ui::icon::{Glyph, Icon};

#[component]
pub fn Finder() -> impl IntoView {
    let stage = use_stage();
    view! {
        <Show when=move || stage.finding.get()>
            <Bar />
        </Show>
    }
}

#[component]
fn Bar() -> impl IntoView {
    let stage = use_stage();
    let editor = use_editor();
    let input = NodeRef::<html::Input>::new();
    let query = RwSignal::new(String::new());
    let at = RwSignal::new(0usize);
    let hits = Memo::new(move |_| {
        let invalid: HashSet<String> = editor
            .report
            .with(|report| report.problems.iter().filter_map(|problem| problem.node.clone()).collect());
        editor.watch(|document| find::find(document, &invalid, &query.get()))
    });
    Effect::new(move || {
        if let Some(input) = input.get() {
            stage.next_frame(move |_| {
                still(&input);
                input.select();
            });
        }
    });
    let go = move |to: usize| {
        at.set(to);
        if let Some(hit) = hits.with_untracked(|hits| hits.get(to).cloned()) {
            editor.select(Selection::node(&hit));
            stage.bring(&hit);
            editor.say(find::words(&hit, to, hits.with_untracked(Vec::len)));
        }
    };
    let step = move |by: isize| {
        let many = hits.with_untracked(Vec::len) as isize;
        if many > 0 {
            go((at.get_untracked() as isize + by).rem_euclid(many) as usize);
        }
    };
    let close = move || {
        stage.finding.set(false);
        let hit = hits.with_untracked(|hits| hits.get(at.get_untracked()).cloned());
        match hit.and_then(|hit| editor.card(&hit)) {
            Some(card) => super::focus::focus(card),
            None => stage.focus_pane(),
        }
    };
    let on_key = move |event: leptos::ev::KeyboardEvent| {
        event.stop_propagation();
        match event.key().as_str() {
            "Enter" if event.shift_key() => step(-1),
            "Enter" => step(1),
            "Escape" => close(),
            _ => return,
        }
        event.prevent_default();
    };
    let status = move || match (query.with(|query| query.trim().is_empty()), hits.with(Vec::len)) {
        (true, _) => String::new(),
        (_, 0) => "Nothing found".to_owned(),
        (_, many) => format!("{} of {many}", at.get() + 1),
    };
    view! {
        <div class="finder" role="search" aria-label="Find" on:pointerdown=|event| event.stop_propagation() on:keydown=on_key>
            <input
                class="input"
                node_ref=input
                type="text"
                aria-label="Find"
                placeholder="Find: words, is:invalid, is:unused"
                autocomplete="off"
                spellcheck="false"
                on:input=move |event| {
                    query.set(event_target_value(&event));
                    go(0);
                }
            />
            <span class="found" role="status">{status}</span>
            <button type="button" class="btn quiet small" aria-label="Previous hit" on:click=move |_| step(-1)>
                "↑"
            </button>
            <button type="button" class="btn quiet small" aria-label="Next hit" on:click=move |_| step(1)>
                "↓"
            </button>
            <button type="button" class="btn quiet icon small" aria-label="Close find" on:click=move |_| close()>
                <Icon glyph=Glyph::Close />
            </button>
        </div>
    }
}
