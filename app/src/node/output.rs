//! Output: a value that the caller receives.

use flow::check::Field;
use flow::node::output::DOCUMENT;
use flow::value::Type;
use leptos::prelude::*;

use super::field::{Problems, TypeSelect};
use crate::editor::inputs::set_type;
use crate::editor::session::{Card, use_editor};

pub const ICON: &str = "M5 12h13M13 6l6 6-6 6M4 5v14";

pub fn form(card: Card) -> impl IntoView {
    let editor = use_editor();
    let kind = Signal::derive(move || {
        card.node.with(|node| node.inputs.first().map(|input| input.kind)).or(Some(Type::String))
    });
    let choose = Callback::new(move |kind| {
        let name = card.name();
        editor.change("Change the output's type", |document| set_type(document, &name, DOCUMENT, kind));
    });
    view! {
        <div class="field">
            <span class="label">"Type"</span>
            <TypeSelect label="Type" value=kind on_change=choose />
            <Problems card field=Field::Input(DOCUMENT.to_owned()) id=format!("problems-output-{}", card.id) />
            <p class="hint">"It follows the output that is connected to it."</p>
        </div>
    }
}
