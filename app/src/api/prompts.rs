//! Stored prompts.

use flow::wire::{CreatePrompt, Prompt, PromptList};

use super::{Answer, request};

pub async fn list() -> Answer<PromptList> {
    request::get("/api/prompts").await
}

pub async fn create(prompt: &CreatePrompt) -> Answer<Prompt> {
    request::post("/api/prompts", prompt).await
}
