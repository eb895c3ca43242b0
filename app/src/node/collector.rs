//! Collector: what it gathers.

use flow::check::Field;
use flow::iteration::{ITEM, SIZE};
use flow::value::Type;
use leptos::prelude::*;

use super::field::{Problems, TypeSelect};
use crate::editor::inputs::set_type;
use crate::editor::session::{Card, use_editor};

pub const ICON: &str = "M4 6h6M4 12h10M4 18h16";

pub fn form(card: Card) -> impl IntoView {
    let editor = use_editor();
    let kind = Signal::derive(move || {
        card.node.with(|node| node.input(ITEM).map(|input| input.kind)).or(Some(Type::String))
    });
    let choose = Callback::new(move |kind| {
        let name = card.name();
        editor.change("Change the items' type", |document| set_type(document, &name, ITEM, kind));
    });
    let problems = move |input: &str| {
        view! {
            <Problems card field=Field::Input(input.to_owned()) id=format!("problems-{input}-{}", card.id) />
        }
    };
    view! {
        <div class="field">
            <span class="label">"Items are"</span>
            <TypeSelect label="Items are" value=kind on_change=choose />
            {problems(ITEM)}
            {problems(SIZE)}
            <p class="hint">
                "It waits for every item, and keeps their order. Items whose branch was not taken are left out. Connect \
                 arraySize of the Iterator to arraySize here."
            </p>
        </div>
    }
}
