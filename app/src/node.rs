//! The node kinds on the page: icon, a line about the configuration, and the form of the inspector. One file each.

pub mod agent;
pub mod bound;
pub mod bucket;
pub mod builder;
mod code;
mod collector;
mod condition;
pub mod field;
pub mod function;
mod input;
mod inputs;
mod iterator;
pub mod join;
pub mod knowledge_base;
pub mod lex;
mod output;
pub mod picker;
pub mod prompt;
mod repeat;
mod retrieval;
mod storage;

use flow::definition::{Node, NodeType};
use leptos::prelude::*;

use crate::editor::session::Card;

/// The line below a card's name; empty where there is nothing to say.
pub fn summary(node: &Node) -> String {
    match node.kind {
        NodeType::Prompt => prompt::summary(node),
        NodeType::Condition => condition::summary(node),
        NodeType::LambdaFunction => function::summary(node),
        NodeType::Loop => repeat::summary(node),
        NodeType::LoopController => repeat::controller::summary(node),
        NodeType::Lex => lex::summary(node),
        NodeType::KnowledgeBase => knowledge_base::summary(node),
        NodeType::Storage | NodeType::Retrieval => bucket::summary(node),
        NodeType::Agent => agent::summary(node),
        NodeType::InlineCode => code::summary(node),
        NodeType::Input | NodeType::Output => String::new(),
        other => other.describe().label.to_owned(),
    }
}

/// What is said on a card that is bound to nothing, which is no problem of the flow's own.
pub fn unbound(card: Card) -> Option<String> {
    match card.node.with_untracked(|node| node.kind) {
        NodeType::LambdaFunction => function::unbound(card),
        NodeType::Agent => agent::unbound(card),
        NodeType::Lex => lex::unbound(card),
        NodeType::KnowledgeBase => knowledge_base::unbound(card),
        NodeType::Storage | NodeType::Retrieval => bucket::unbound(card),
        _ => None,
    }
}

/// The form of the Configure tab.
pub fn form(card: Card) -> AnyView {
    match card.node.with_untracked(|node| node.kind) {
        NodeType::Prompt => prompt::form(card).into_any(),
        NodeType::Condition => condition::form(card).into_any(),
        NodeType::Input => input::form(card).into_any(),
        NodeType::Output => output::form(card).into_any(),
        NodeType::Iterator => iterator::form(card).into_any(),
        NodeType::Collector => collector::form(card).into_any(),
        NodeType::LambdaFunction => function::form(card).into_any(),
        NodeType::Loop => repeat::form(card).into_any(),
        NodeType::LoopInput => repeat::begin_form(card).into_any(),
        NodeType::LoopController => repeat::controller::form(card).into_any(),
        NodeType::Lex => lex::form(card).into_any(),
        NodeType::KnowledgeBase => knowledge_base::form(card).into_any(),
        NodeType::Storage => storage::form(card).into_any(),
        NodeType::Retrieval => retrieval::form(card).into_any(),
        NodeType::Agent => agent::form(card).into_any(),
        NodeType::InlineCode => code::form(card).into_any(),
    }
}

/// A kind's coloured square.
#[component]
pub fn KindIcon(kind: NodeType) -> impl IntoView {
    view! {
        <span class=format!("ico {}", kind.describe().group.token()) aria-hidden="true">
            <svg viewBox="0 0 24 24">
                <path d=path(kind)></path>
            </svg>
        </span>
    }
}

fn path(kind: NodeType) -> &'static str {
    match kind {
        NodeType::Input => input::ICON,
        NodeType::Output => output::ICON,
        NodeType::Prompt => prompt::ICON,
        NodeType::Condition => condition::ICON,
        NodeType::Iterator => iterator::ICON,
        NodeType::Collector => collector::ICON,
        NodeType::LambdaFunction => function::ICON,
        NodeType::Loop => repeat::ICON,
        NodeType::LoopInput => repeat::BEGIN_ICON,
        NodeType::LoopController => repeat::controller::ICON,
        NodeType::Lex => lex::ICON,
        NodeType::KnowledgeBase => knowledge_base::ICON,
        NodeType::Storage => storage::ICON,
        NodeType::Retrieval => retrieval::ICON,
        NodeType::Agent => agent::ICON,
        NodeType::InlineCode => code::ICON,
    }
}
