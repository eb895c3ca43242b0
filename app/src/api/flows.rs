//! Flows, their drafts, templates and files.

use flow::check::Report;
use flow::definition::Definition;
use flow::extensions::Extensions;
use flow::wire::{
    CheckFlow, CreateFlow, Flow, FlowFile, FlowList, Invoke, Invoked, RenameFlow, SaveDraft, Saved, Template,
};
use serde_json::Value;

use super::path::flow as at;
use super::stream::Target;
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

pub async fn export(flow: &str) -> Answer<FlowFile> {
    request::get(&at(flow, "/export")).await
}

/// Makes a flow of a file's text: ours or a bare AWS definition.
pub async fn import(json: String) -> Answer<Flow> {
    request::post_text("/api/flows/import", json).await
}

pub async fn check(definition: Definition, extensions: Extensions) -> Answer<Report> {
    request::post("/api/check", &CheckFlow { definition, extensions }).await
}

/// Calls a flow and waits for its end. Pages that show a run use [`stream_invoke`](super::stream_invoke).
pub async fn invoke(flow: &str, target: &Target, input: Value) -> Answer<Invoked> {
    request::post(&target.path(flow), &Invoke { input }).await
}
