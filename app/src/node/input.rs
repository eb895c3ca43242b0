//! Input: where a run begins.

use flow::node::input::DOCUMENT;
use flow::value::Type;
use leptos::prelude::*;

use super::field::TypeSelect;
use crate::editor::change::set_output_type;
use crate::editor::session::{Card, use_editor};

pub const ICON: &str = "M6 4l13 8-13 8z";

pub fn form(card: Card) -> impl IntoView {
    let editor = use_editor();
    let kind = Signal::derive(move || {
        card.node.with(|node| node.outputs.first().map(|output| output.kind)).or(Some(Type::String))
    });
    let choose = Callback::new(move |kind| {
        let name = card.name();
        editor.change("Change the input's type", |document| {
            set_output_type(document, &name, DOCUMENT, kind);
        });
    });
    view! {
        <div class="field">
            <span class="label">"Type"</span>
            <TypeSelect label="Type" value=kind on_change=choose />
            <p class="hint">"What callers send must be of this type."</p>
        </div>
    }
}
