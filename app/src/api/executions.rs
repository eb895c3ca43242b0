//! Past and running executions.

use flow::event::Status;
use flow::wire::{Execution, ExecutionList};

use super::path::{encode, query};
use super::{Answer, request};

/// Which executions to list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    /// A flow's id.
    pub flow: Option<String>,
    pub status: Option<Status>,
    /// Words in the flow's title, the id, the name, the input or the failure.
    pub search: Option<String>,
}

/// A page of executions after the cursor, newest first.
pub async fn list(filter: &Filter, after: Option<String>, limit: u32) -> Answer<ExecutionList> {
    let query = query(&[
        ("flow", filter.flow.clone()),
        ("status", filter.status.map(|status| status.name().to_owned())),
        ("search", filter.search.clone()),
        ("after", after),
        ("limit", Some(limit.to_string())),
    ]);
    request::get(&format!("/api/executions{query}")).await
}

pub async fn get(execution: &str) -> Answer<Execution> {
    request::get(&format!("/api/executions/{}", encode(execution))).await
}

/// Asks a running execution to stop. Its events say when it did.
pub async fn stop(execution: &str) -> Answer<()> {
    request::act_silently(&format!("/api/executions/{}/stop", encode(execution))).await
}
