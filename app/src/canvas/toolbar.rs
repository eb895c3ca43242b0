//! What stands round the selection at its size on the screen: the box around several things, which can be dragged, and
//! the buttons above it.

use leptos::prelude::*;

use super::command::Command;
use super::geometry::Rect;
use super::note::Swatches;
use super::stage::use_stage;
use super::tools::titled;
use crate::editor::session::use_editor;
use crate::editor::{group, note};
use crate::ui::icon::{Glyph, Icon};

/// What is around all that is selected, while the hand is at rest; none where nothing is.
fn selected() -> Memo<Option<(Rect, usize)>> {
    let editor = use_editor();
    Memo::new(move |_| {
        let selection = editor.selection.get();
        editor.cards.track();
        let nodes = selection.outermost();
        let cards = nodes
            .iter()
            .filter_map(|node| editor.card(node))
            .filter(|card| card.folded.with(Option::is_none));
        let nodes: Vec<Rect> = cards.map(|card| Rect::of(card.place.get(), card.size.get())).collect();
        let notes = selection.notes.iter().filter_map(|id| editor.note(id));
        let notes: Vec<Rect> = notes.map(|note| Rect::of(note.place.get(), note.size.get())).collect();
        let groups =
            selection.groups.iter().filter_map(|id| editor.group(id)).filter_map(|group| group.rect());
        let many = nodes.len() + notes.len();
        let groups: Vec<Rect> = groups.collect();
        Some((Rect::around(nodes.into_iter().chain(notes).chain(groups))?, many))
    })
}

/// The box around several things. It lies below them, so that each can still be grabbed.
#[component]
pub fn SelectionBox() -> impl IntoView {
    let editor = use_editor();
    let around = selected();
    // A group has a ground of its own, and a head to drag it by.
    let grouped = move || editor.selection.with(|selection| !selection.groups.is_empty());
    move || {
        around.get().filter(|(_, many)| *many > 1 && !grouped()).map(|(rect, _)| {
            let rect = rect.grown(10.0);
            view! {
                <div
                    class="selection-box"
                    aria-hidden="true"
                    data-selected="true"
                    style:transform=format!("translate({}px, {}px)", rect.x, rect.y)
                    style:width=format!("{}px", rect.width)
                    style:height=format!("{}px", rect.height)
                ></div>
            }
        })
    }
}

/// The buttons above what is selected.
#[component]
pub fn SelectionTools() -> impl IntoView {
    let stage = use_stage();
    let editor = use_editor();
    let around = selected();
    let shown = Memo::new(move |_| {
        !stage.busy.get() && stage.menu.with(Option::is_none) && around.with(Option::is_some)
    });
    let place = move || {
        let Some((rect, _)) = around.get() else { return String::new() };
        let viewport = stage.viewport.get();
        let top = viewport.to_screen(flow::extensions::Position { x: rect.x + rect.width / 2.0, y: rect.y });
        format!("translate(calc({:.0}px - 50%), {:.0}px)", top.x, top.y - 44.0)
    };
    let note = Memo::new(move |_| editor.selection.with(|s| s.notes.iter().next().cloned()));
    let grouped = Memo::new(move |_| editor.selection.with(|s| s.groups.iter().next().cloned()));
    let is = move |command: Command| {
        editor.selection.track();
        stage.is_possible(command)
    };
    let one = move || is(Command::Rename);
    view! {
        <Show when=move || shown.get()>
            <div
                class="selection-tools"
                role="toolbar"
                aria-label="Selection"
                style:transform=place
                on:pointerdown=|event| event.stop_propagation()
                on:dblclick=|event| event.stop_propagation()
            >
                <Show when=move || is(Command::RunNode)>
                    <Tool command=Command::RunNode glyph=Glyph::Play label="Run selected node" />
                </Show>
                <Show when=one>
                    <Tool command=Command::Connect glyph=Glyph::Open label="Connect from here" />
                    <Tool command=Command::Rename glyph=Glyph::Pencil label="Rename here" />
                </Show>
                <Show when=move || is(Command::Copy)>
                    <Tool command=Command::Duplicate glyph=Glyph::Copy label="Duplicate selection" />
                    <Tool command=Command::Disable glyph=Glyph::Power label="Disable or enable selection" />
                </Show>
                <Show when=move || note.get().is_some()>
                    <Swatches
                        chosen=Signal::derive(move || {
                            let card = note.get().and_then(|id| editor.note(&id));
                            card.map(|card| card.color.get()).unwrap_or_default()
                        })
                        on_choose=Callback::new(move |tint| {
                            let notes = editor.selection.with_untracked(|s| s.notes.clone());
                            editor.change("Colour", |document| {
                                notes.iter().for_each(|id| note::edit(document, id, |note| note.color = tint));
                            });
                        })
                    />
                </Show>
                <Show when=move || grouped.get().is_some()>
                    <Swatches
                        chosen=Signal::derive(move || {
                            let card = grouped.get().and_then(|id| editor.group(&id));
                            card.map(|card| card.group.with(|group| group.color)).unwrap_or_default()
                        })
                        on_choose=Callback::new(move |tint| {
                            let groups = editor.selection.with_untracked(|s| s.groups.clone());
                            editor.change("Colour", |document| {
                                groups.iter().for_each(|id| group::edit(document, id, |group| group.color = tint));
                            });
                        })
                    />
                </Show>
                <Tool command=Command::Delete glyph=Glyph::Trash label="Delete selection" />
            </div>
        </Show>
    }
}

#[component]
fn Tool(command: Command, glyph: Glyph, label: &'static str) -> impl IntoView {
    let stage = use_stage();
    view! {
        <button
            type="button"
            class="btn quiet icon small"
            aria-label=label
            title=move || titled(stage, command, label)
            on:click=move |_| stage.run(command)
        >
            <Icon glyph />
        </button>
    }
}
