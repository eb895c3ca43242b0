//! The kinds that have no form of their own yet: what they hold, readable.

use flow::definition::NodeType;
use leptos::prelude::*;

use crate::editor::session::Card;

/// The pictures of these kinds.
pub fn icon(kind: NodeType) -> &'static str {
    match kind {
        NodeType::Lex => "M4 5h16v11H9l-5 4z",
        _ => "",
    }
}

pub fn form(card: Card) -> impl IntoView {
    let kind = move || card.node.with(|node| node.kind.describe());
    let state = move || match kind().runs {
        true => "It runs as it is; it cannot be changed here yet.",
        false => "It is kept as it is; this version does not run it yet.",
    };
    let configuration =
        move || card.node.with(|node| serde_json::to_string_pretty(&node.configuration).unwrap_or_default());
    view! {
        <p class="hint">{move || kind().about} " " {state}</p>
        <div class="field">
            <span class="label">"Configuration"</span>
            <pre class="readable" tabindex="0">{configuration}</pre>
        </div>
    }
}
