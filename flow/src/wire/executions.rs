//! Calls of flows, and the executions that they begin.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::definition::Definition;
use crate::event::{Event, Status};
use crate::extensions::Extensions;
use crate::part::Part;

/// Calls a flow.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Invoke {
    /// Any JSON but null. It must be of the type of the flow's input.
    pub input: Value,
}

/// Runs a draft, or a part of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InvokeDraft {
    /// Any JSON but null. It must be of the type of the flow's input, where the Input node runs.
    pub input: Value,
    /// What of the draft runs, where that is not the whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<Part>,
}

/// The answer of a call that has ended, or waits for an answer itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Invoked {
    pub execution_id: String,
    /// `Succeeded`, or `InputRequired`.
    pub status: Status,
    /// What each Output node that was reached received, in the order they were reached.
    pub outputs: Vec<OutputValue>,
    /// For `InputRequired`, what is asked. `POST /api/executions/{id}/input` answers it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<InputRequest>,
}

/// A question of a node's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InputRequest {
    /// The node that asks.
    pub node: String,
    /// What it asks.
    pub content: String,
}

/// Answers the question of an execution.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GiveInput {
    pub content: String,
    /// The node that asks. Where it is given, it must be that one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node: Option<String>,
}

/// What an Output node received.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OutputValue {
    pub node: String,
    pub value: Value,
}

/// The first event of an invoke stream, before those of the run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ExecutionHandle {
    pub execution_id: String,
}

/// An execution in a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ExecutionSummary {
    pub id: String,
    pub flow_id: String,
    pub flow_title: String,
    /// The alias it was called by; none for the draft.
    pub alias: Option<String>,
    /// The version that ran; none for the draft.
    pub version: Option<u64>,
    /// What its caller named it, where AWS's StartFlowExecution began it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    pub status: Status,
    pub started_at: u64,
    pub ended_at: Option<u64>,
    /// Why it failed, in a sentence.
    pub error: Option<String>,
    pub input_tokens: u64,
    pub output_tokens: u64,
}

/// A page of executions, newest first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ExecutionList {
    pub executions: Vec<ExecutionSummary>,
    /// Send it as `after` for the next page.
    pub next: Option<String>,
}

/// An execution with the flow as it ran and everything that happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Execution {
    #[serde(flatten)]
    pub summary: ExecutionSummary,
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub definition: Definition,
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub extensions: Extensions,
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<Object>))]
    pub events: Vec<Event>,
}
