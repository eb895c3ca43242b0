//! Prompt: the model, the texts whose variables become inputs, and how the model is asked.

pub mod model;
pub mod settings;
pub mod stored;
mod text;

use flow::definition::{ChatRole, InlinePrompt, Node, TemplateConfiguration};
use flow::node::prompt::arn;
use leptos::prelude::*;

use crate::editor::session::Card;
pub use model::Models;

pub const ICON: &str =
    "M12 3v4M12 17v4M3 12h4M17 12h4M6 6l2.5 2.5M15.5 15.5 18 18M18 6l-2.5 2.5M8.5 15.5 6 18";

pub fn summary(node: &Node) -> String {
    match node.inline_prompt() {
        Some(prompt) if prompt.model_id.is_empty() => "No model chosen".to_owned(),
        Some(prompt) => prompt.model_id.clone(),
        None => stored::summary(arn(node).unwrap_or_default()),
    }
}

pub fn form(card: Card) -> impl IntoView {
    let is_stored = Memo::new(move |_| card.node.with(|node| arn(node).is_some()));
    view! {
        <stored::Source card />
        {move || match is_stored.get() {
            true => view! { <stored::Says card /> }.into_any(),
            false => written(card).into_any(),
        }}
    }
}

/// The form of a prompt that is written in the node.
fn written(card: Card) -> impl IntoView {
    let labels =
        Memo::new(move |_| card.node.with(|node| node.inline_prompt().map(labels).unwrap_or_default()));
    let variables = Memo::new(move |_| {
        card.node.with(|node| node.inputs.iter().map(|input| input.name.clone()).collect::<Vec<_>>())
    });
    view! {
        <model::Model card />
        <For each=move || labels.get().into_iter().enumerate() key=|(at, label)| (*at, label.clone()) let:item>
            <text::Text card at=item.0 label=item.1 />
        </For>
        <p class="hint variables">
            {move || if variables.with(Vec::is_empty) {
                "Write {{name}} in the prompt, and name becomes an input."
            } else {
                "Variables become inputs: "
            }}
            {move || {
                variables.get().into_iter().map(|name| view! { <span class="var">{name}</span> " " }).collect_view()
            }}
        </p>
        <settings::Settings card />
        <stored::Keep card />
    }
}

/// What each of the prompt's texts is called, in the order of [`flow::node::prompt::texts`].
fn labels(prompt: &InlinePrompt) -> Vec<String> {
    let TemplateConfiguration::Chat(chat) = &prompt.template_configuration else {
        return vec!["Prompt".to_owned()];
    };
    let text =
        |block: &&flow::definition::ContentBlock| matches!(block, flow::definition::ContentBlock::Text(_));
    let system = chat.system.iter().filter(text).map(|_| "System".to_owned());
    let messages = chat.messages.iter().flat_map(|message| {
        let name = match message.role {
            ChatRole::User => "User",
            ChatRole::Assistant => "Assistant",
        };
        message.content.iter().filter(text).map(move |_| name.to_owned())
    });
    system.chain(messages).collect()
}
