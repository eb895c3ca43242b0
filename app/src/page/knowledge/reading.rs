//! How far the model is that reads a base's passages for their meaning.

use std::time::Duration;

use flow::wire::{Embedding, EmbeddingState, KnowledgeBase};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::base::Page;
use crate::api;

/// How often it is asked how far it is.
const EVERY: Duration = Duration::from_secs(1);

#[component]
pub fn Reading(base: Memo<Option<KnowledgeBase>>) -> impl IntoView {
    let page: Page = expect_context();
    let embedding = Memo::new(move |_| base.with(|base| base.as_ref().map(|base| base.embedding.clone())));
    let asks = set_interval_with_handle(
        move || {
            let is_under_way =
                |now: &Embedding| matches!(now.state, EmbeddingState::Working | EmbeddingState::Waiting);
            let under_way = embedding.try_with_untracked(|now| now.as_ref().is_some_and(is_under_way));
            let (Some(true), Some(id)) = (under_way, page.id.try_get_value()) else { return };
            spawn_local(async move {
                if let Ok(base) = api::knowledge::get(&id).await {
                    page.base.set(base);
                }
            });
        },
        EVERY,
    );
    if let Ok(asks) = asks {
        on_cleanup(move || asks.clear());
    }
    view! {
        <p class="dim small spaced" role="status">
            {move || embedding.with(|embedding| embedding.as_ref().map(told))}
            " "
            {move || {
                let Embedding { state, done, total, .. } = embedding.get()?;
                (state == EmbeddingState::Working)
                    .then(|| view! { <progress aria-label="Passages read" value=done.to_string() max=total.max(1).to_string()></progress> })
            }}
        </p>
    }
}

fn told(embedding: &Embedding) -> String {
    let Embedding { model, state, done, total, message, .. } = embedding;
    let until = match (&embedding.until_then, &embedding.until_then_in) {
        (Some(before), Some(store)) => format!("Until then {before} answers, from {store}."),
        (Some(before), None) if before == model => {
            "Until then what is kept on this server answers.".to_owned()
        }
        (Some(before), None) => format!("Until then {before} answers."),
        (None, _) => "Until then passages are found by their words.".to_owned(),
    };
    match state {
        EmbeddingState::Off => {
            "Passages are found by their words alone. Under Change, choose a model that reads their meaning."
                .to_owned()
        }
        EmbeddingState::Ready => {
            format!("Passages are found by their words and by their meaning, as {model} reads it.")
        }
        EmbeddingState::Working => format!("{model} reads the passages: {done} of {total}. {until}"),
        EmbeddingState::Waiting => format!("{model} has read {done} of {total} passages. {message} {until}"),
    }
}
