//! Notes on the canvas: behind the nodes, shown as Markdown, written in place.

use flow::extensions::Tint;
use leptos::html;
use leptos::prelude::*;

use super::resize::Grips;
use super::stage::use_stage;
use crate::editor::board::NoteCard;
use crate::editor::note;
use crate::editor::session::use_editor;
use crate::ui::markdown::Markdown;

#[component]
pub fn NoteView(note: NoteCard) -> impl IntoView {
    let stage = use_stage();
    let id = note.id.get_value();
    let writes = {
        let id = id.clone();
        Memo::new(move |_| stage.writing.with(|writing| writing.as_deref() == Some(id.as_str())))
    };
    // Its first words say which it is.
    let name = move || {
        let text = note.text.get();
        let first = text.lines().next().unwrap_or_default().trim_start_matches(['#', '-', '*', ' ']);
        match first.is_empty() {
            true => "Note".to_owned(),
            false => format!("Note: {}", first.chars().take(60).collect::<String>()),
        }
    };
    let write = {
        let id = id.clone();
        move || stage.writing.set(Some(id.clone()))
    };
    let by_key = {
        let write = write.clone();
        move |event: leptos::ev::KeyboardEvent| {
            if matches!(event.key().as_str(), "Enter" | "F2") && !writes.get_untracked() {
                event.prevent_default();
                event.stop_propagation();
                write();
            }
        }
    };
    view! {
        <div
            class=move || format!("note-card tint-{}", note.color.get().name())
            class:sel=move || note.selected.get()
            style:transform=move || {
                let at = note.place.get();
                format!("translate({}px, {}px)", at.x, at.y)
            }
            style:width=move || format!("{}px", note.size.get().0)
            style:height=move || format!("{}px", note.size.get().1)
            role="group"
            aria-roledescription="note"
            aria-label=name
            tabindex="0"
            data-note=id.clone()
            on:dblclick=move |event| {
                event.stop_propagation();
                write();
            }
            on:keydown=by_key
        >
            <Show
                when=move || writes.get()
                fallback=move || view! { <div class="prose">{move || view! { <Markdown text=note.text.get() /> }}</div> }
            >
                <Writing note />
            </Show>
            <Show when=move || note.selected.get() && !writes.get()>
                <Grips />
            </Show>
        </div>
    }
}

/// The text of a note while it is written; kept when the field is left.
#[component]
fn Writing(note: NoteCard) -> impl IntoView {
    let stage = use_stage();
    let editor = use_editor();
    let area = NodeRef::<html::Textarea>::new();
    Effect::new(move || {
        if let Some(area) = area.get() {
            stage.next_frame(move |_| super::focus::still(&area));
        }
    });
    let keep = move |text: String| {
        let id = note.id.get_value();
        if stage.writing.with_untracked(|writing| writing.as_deref() != Some(id.as_str())) {
            return;
        }
        stage.writing.set(None);
        editor.change("Write a note", |document| note::edit(document, &id, |note| note.text = text));
    };
    view! {
        <textarea
            node_ref=area
            aria-label="Note text"
            placeholder="Markdown: # Heading, **bold**, - list"
            prop:value=note.text.get_untracked()
            on:pointerdown=|event| event.stop_propagation()
            on:wheel=|event| event.stop_propagation()
            on:blur=move |event| keep(event_target_value(&event))
            on:keydown=move |event| {
                event.stop_propagation();
                if event.key() == "Escape" {
                    keep(event_target_value(&event));
                    stage.focus_pane();
                }
            }
        ></textarea>
    }
}

/// The colours to choose from, for a note or a group.
#[component]
pub fn Swatches(#[prop(into)] chosen: Signal<Tint>, on_choose: Callback<Tint>) -> impl IntoView {
    Tint::ALL
        .map(|tint| {
            view! {
                <button
                    type="button"
                    class=format!("swatch tint-{}", tint.name())
                    aria-label=format!("Colour {}", tint.name())
                    aria-pressed=move || (chosen.get() == tint).to_string()
                    on:click=move |_| on_choose.run(tint)
                ></button>
            }
        })
        .collect_view()
}
