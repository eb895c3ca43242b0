//! The inputs of a kind that may have any: added, renamed, removed. Their types and expressions have a tab of their own.

use flow::check::Field;
use leptos::prelude::*;

use super::field::{NameInput, Problems, Wrong};
use crate::editor::inputs;
use crate::editor::session::{Card, use_editor};
use crate::ui::icon::{Glyph, Icon};

#[component]
pub fn Inputs(card: Card) -> impl IntoView {
    let editor = use_editor();
    let count = Memo::new(move |_| card.node.with(|node| node.inputs.len()));
    let add = move |_| {
        let name = card.name();
        editor.change("Add an input", |document| inputs::add(document, &name));
    };
    view! {
        <div class="field">
            <span class="label">"Inputs"</span>
            <For each=move || 0..count.get() key=|at| *at let:at>
                <Input card at />
            </For>
            <button type="button" class="btn small" on:click=add>
                <Icon glyph=Glyph::Plus />
                "Add input"
            </button>
        </div>
    }
}

#[component]
fn Input(card: Card, at: usize) -> impl IntoView {
    let editor = use_editor();
    let name = Memo::new(move |_| {
        card.node.with(|node| node.inputs.get(at).map(|input| input.name.clone()).unwrap_or_default())
    });
    let rename = Callback::new(move |to: String| {
        let (node, from) = (card.name(), name.get_untracked());
        editor.change("Rename an input", |document| inputs::rename(document, &node, &from, &to))
    });
    let wrong = RwSignal::new(None::<String>);
    let remove = move |_| {
        let (node, name) = (card.name(), name.get_untracked());
        editor.change("Remove an input", |document| inputs::remove(document, &node, &name));
    };
    view! {
        <div class="branch-head">
            <NameInput label="Input name" name rename wrong />
            <button
                type="button"
                class="btn quiet icon small"
                aria-label=move || format!("Remove input {}", name.get())
                on:click=remove
            >
                <Icon glyph=Glyph::Close />
            </button>
        </div>
        <Wrong wrong />
        <Problems
            card
            field=Signal::derive(move || Field::Input(name.get()))
            id=format!("problems-input-{}-{at}", card.id)
        />
    }
}
