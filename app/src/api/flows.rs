//! Flows, their drafts, templates and files.

use flow::wire::{CreateFlow, Flow, FlowList, Reading, RenameFlow, SaveDraft, Saved, Template};
use serde_json::Value;

use super::path::flow as at;
use super::{Answer, request};

pub async fn list() -> Answer<FlowList> {
    request::get("/api/flows").await
}

pub async fn templates() -> Answer<Vec<Template>> {
    request::get("/api/templates").await
}

pub async fn create(flow: &CreateFlow) -> Answer<Flow> {
    request::post("/api/flows", flow).await
}

pub async fn get(flow: &str) -> Answer<Flow> {
    request::get(&at(flow, "")).await
}

/// Replaces the draft. [`Error::is_conflict`](super::Error::is_conflict) where it is no longer at `revision`.
pub async fn save(flow: &str, revision: u64, draft: &SaveDraft) -> Answer<Saved> {
    request::put_if_match(&at(flow, ""), revision, draft).await
}

pub async fn rename(flow: &str, change: &RenameFlow) -> Answer<Flow> {
    request::patch(&at(flow, ""), change).await
}

/// [`Error::is_in_use`](super::Error::is_in_use) where aliases point at it, unless forced.
pub async fn delete(flow: &str, force: bool) -> Answer<()> {
    request::delete(&at(flow, if force { "?force=true" } else { "" })).await
}

pub async fn duplicate(flow: &str) -> Answer<Flow> {
    request::act(&at(flow, "/duplicate")).await
}

/// The flow as a file in this format.
pub async fn export(flow: &str, format: &str) -> Answer<Value> {
    request::get(&at(flow, &format!("/export?format={format}"))).await
}

/// What a file holds. Nothing is made of it.
pub async fn read(file: String) -> Answer<Reading> {
    request::post_text("/api/read", file).await
}
