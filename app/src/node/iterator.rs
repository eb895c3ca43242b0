//! Iterator: what its items are, and how many may be under way together.

use flow::check::Field;
use flow::iteration::ITEM;
use flow::value::Type;
use leptos::prelude::*;

use super::field::{TypeSelect, WholeNumber};
use crate::editor::change::{set_output_type, set_parallel};
use crate::editor::session::{Card, use_editor};

pub const ICON: &str = "M4 6h16M4 12h10M4 18h6";

pub fn form(card: Card) -> impl IntoView {
    let editor = use_editor();
    let kind = Signal::derive(move || {
        card.node.with(|node| node.output(ITEM).map(|output| output.kind)).or(Some(Type::String))
    });
    let choose = Callback::new(move |kind| {
        let name = card.name();
        editor.change("Change the items' type", |document| set_output_type(document, &name, ITEM, kind));
    });
    let parallel = Signal::derive(move || {
        let wanted = editor.watch(|document| document.extensions.node(&card.name()).parallel);
        wanted.map(|wanted| wanted.to_string())
    });
    let write = Callback::new(move |wanted: Option<u64>| {
        let (name, burst) = (card.name(), format!("{} parallel", card.id));
        editor.type_in("Change how many items go together", &burst, |document| {
            set_parallel(document, &name, wanted.and_then(|wanted| u16::try_from(wanted).ok()));
        });
    });
    view! {
        <div class="field">
            <span class="label">"Items are"</span>
            <TypeSelect label="Items are" value=kind on_change=choose />
            <p class="hint">"What follows runs once for each item. A Collector gathers what the items come to."</p>
        </div>
        <WholeNumber
            card
            label="Items at the same time"
            stem="parallel"
            placeholder="1"
            value=parallel
            means="a whole number, such as 4"
            most=u16::MAX.into()
            write
            field=Field::Configuration
            hint="Empty: one after the other, as with AWS."
        />
    }
}
