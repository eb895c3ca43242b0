//! The kinds that have no form of their own yet: what they hold, readable.

use flow::definition::NodeType;
use leptos::prelude::*;

use crate::editor::session::Card;

/// The pictures of these kinds.
pub fn icon(kind: NodeType) -> &'static str {
    match kind {
        NodeType::Agent => "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8M4 21c0-4 4-6 8-6s8 2 8 6",
        NodeType::Loop | NodeType::LoopInput | NodeType::LoopController => {
            "M17 2l4 4-4 4M3 11a5 5 0 0 1 5-5h13M7 22l-4-4 4-4M21 13a5 5 0 0 1-5 5H3"
        }
        NodeType::InlineCode => "M8 6l-6 6 6 6M16 6l6 6-6 6",
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
