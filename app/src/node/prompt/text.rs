//! A text of the prompt. What is seen is drawn behind the text area, so that variables have their colour; the text
//! area lies above it with the caret alone visible, and grows with it.

use flow::check::Field;
use flow::node::prompt::texts;
use flow::template::{Piece, pieces};
use leptos::prelude::*;

use crate::editor::document::Document;
use crate::editor::prompt::set_text;
use crate::editor::session::{Card, use_editor};
use crate::node::field::{Problems, is_wrong};

#[component]
pub fn Text(card: Card, at: usize, label: String) -> impl IntoView {
    let editor = use_editor();
    let id = format!("text-{}-{at}", card.id);
    let text = Memo::new(move |_| {
        card.node.with(|node| {
            let text = node.inline_prompt().and_then(|prompt| texts(prompt).get(at).map(|t| (*t).to_owned()));
            text.unwrap_or_default()
        })
    });
    // The document before the person began to type here; the text area has the focus for as long.
    let start = StoredValue::new(None::<Document>);
    let begin = move |_| start.set_value(Some(editor.look(Document::clone)));
    let write = move |event| {
        let (name, text) = (card.name(), event_target_value(&event));
        let burst = format!("{} text {at}", card.id);
        start.with_value(|start| {
            editor.type_in("Edit the prompt", &burst, |document| {
                set_text(document, &name, at, &text, start.as_ref());
            });
        });
    };
    let problems = format!("problems-{id}");
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <div class="prompt-box" class:wrong-box=move || is_wrong(card, &Field::Prompt)>
                <pre aria-hidden="true">{move || coloured(&text.get())} "\n"</pre>
                <textarea
                    id=id
                    spellcheck="false"
                    aria-invalid=move || is_wrong(card, &Field::Prompt).to_string()
                    aria-describedby=problems.clone()
                    prop:value=move || text.get()
                    on:focus=begin
                    on:input=write
                ></textarea>
            </div>
            <Problems card field=Field::Prompt id=problems />
        </div>
    }
}

fn coloured(text: &str) -> Vec<AnyView> {
    pieces(text)
        .into_iter()
        .map(|piece| match piece {
            Piece::Text(plain) => plain.to_owned().into_any(),
            Piece::Variable(_, (start, end)) => {
                let shown = text.get(start..end).unwrap_or_default().to_owned();
                view! { <span class="var">{shown}</span> }.into_any()
            }
        })
        .collect()
}
