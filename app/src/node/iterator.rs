//! Iterator: what its items are, and how many may be under way together.

use flow::check::Field;
use flow::iteration::ITEM;
use flow::value::Type;
use leptos::prelude::*;

use super::field::{Problems, TypeSelect};
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
    let id = format!("parallel-{}", card.id);
    let parallel = move || {
        let wanted = editor.watch(|document| document.extensions.node(&card.name()).parallel);
        wanted.map(|wanted| wanted.to_string()).unwrap_or_default()
    };
    let wrong = RwSignal::new(None::<&'static str>);
    let write = move |event| {
        let text = event_target_value(&event);
        let text = text.trim();
        let wanted = if text.is_empty() { Ok(None) } else { text.parse::<u16>().map(Some) };
        match wanted {
            Ok(wanted) => {
                wrong.set(None);
                let (name, burst) = (card.name(), format!("{} parallel", card.id));
                editor.type_in("Change how many items go together", &burst, |document| {
                    set_parallel(document, &name, wanted);
                });
            }
            Err(_) => wrong.set(Some("This is a whole number, such as 4.")),
        }
    };
    let problems = format!("problems-parallel-{}", card.id);
    view! {
        <div class="field">
            <span class="label">"Items are"</span>
            <TypeSelect label="Items are" value=kind on_change=choose />
            <p class="hint">"What follows runs once for each item. A Collector gathers what the items come to."</p>
        </div>
        <div class="field">
            <label for=id.clone()>"Items at the same time"</label>
            <input
                class="input"
                id=id
                inputmode="numeric"
                placeholder="1"
                aria-describedby=problems.clone()
                aria-invalid=move || wrong.with(Option::is_some).to_string()
                prop:value=parallel
                on:input=write
            />
            {move || wrong.get().map(|why| view! { <p class="wrong">{why}</p> })}
            <Problems card field=Field::Configuration id=problems />
            <p class="hint">"Empty: one after the other, as with AWS."</p>
        </div>
    }
}
