//! Retrieval: the bucket that is read from, and what is read.

use flow::node::retrieval::CONTENT;
use flow::value::Type;
use leptos::prelude::*;

use super::bucket::BucketField;
use super::field::TypeSelect;
use crate::editor::change::set_output_type;
use crate::editor::session::{Card, use_editor};

pub const ICON: &str = "M12 15V3M7 8l5-5 5 5M4 21h16";

pub fn form(card: Card) -> impl IntoView {
    let editor = use_editor();
    let kind = Signal::derive(move || {
        card.node.with(|node| node.output(CONTENT).map(|output| output.kind)).or(Some(Type::String))
    });
    let choose = Callback::new(move |kind| {
        let name = card.name();
        editor.change("Change the content's type", |document| {
            set_output_type(document, &name, CONTENT, kind);
        });
    });
    view! {
        <BucketField card />
        <div class="field">
            <span class="label">"The content is"</span>
            <TypeSelect label="The content is" value=kind on_change=choose />
            <p class="hint">"A String is the object's text as it is; anything else is read as JSON. At most 10 MiB."</p>
        </div>
    }
}
