//! Flow executions: runs that StartFlowExecution begins and that nobody waits for.
//!
//! They are found by the ids of their flow and alias and their name, also when flow or alias is gone. A run that
//! InvokeFlow begins has no such name and is none of them. Here they have AWS's five statuses: one that waits for an
//! answer runs, and one that a stop of the server cut off has failed.

use axum::http::StatusCode;
use flow::event::{Body, FailureCode, RunError, Status};
use serde::Deserialize;
use serde_json::{Value, json};

use super::flows::{moment, without_nulls};
use super::invoke::{Input, only_input};
use super::page;
use super::request::Request;
use super::{Answer, Door, Error, arn, json};
use crate::service::{Start, Target};
use crate::store::{ExecutionRow, FlowExecutionFilter, FlowExecutionRow};

const ALIAS: &str = "flowAliasIdentifier";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Begin {
    inputs: [Input; 1],
    flow_execution_name: Option<String>,
    /// Asks for faster models, which here are as fast as they are.
    #[serde(rename = "modelPerformanceConfiguration")]
    _performance: Option<Value>,
}

pub(super) async fn start(door: &Door, request: Request) -> Answer {
    let flow = request.flow()?;
    let alias = arn::alias(ALIAS, request.label(ALIAS), &flow)?;
    let Begin { inputs: [input], flow_execution_name: name, .. } = request.body()?;
    let service = &door.app.service;
    // Found once: an alias that is moved meanwhile does not change what runs.
    let start = service.callable(&flow, Target::Alias(alias)).await?;
    let input = only_input(input, &start.definition)?;
    let (flow, alias) = (start.flow_id.clone(), start.alias_id.clone());
    let start = Start { input, ..start };
    let name = service.start_flow_execution(start, name).await?;
    json(StatusCode::OK, json!({"executionArn": arn::of_execution(&flow, &alias, &name)}))
}

pub(super) async fn get(door: &Door, request: Request) -> Answer {
    let row = found(door, &request).await?;
    let mut body = about(&row);
    body["startedAt"] = json!(moment(row.execution.started_at));
    body["errors"] = errors(door, &row.execution).await?;
    json(StatusCode::OK, body)
}

pub(super) async fn stop(door: &Door, request: Request) -> Answer {
    let row = found(door, &request).await?;
    let ended = door.app.service.stop_to_the_end(&row.execution.id).await?;
    json(StatusCode::OK, json!({"executionArn": arn_of(&row), "status": status(ended.status)}))
}

pub(super) async fn list(door: &Door, request: Request) -> Answer {
    let service = &door.app.service;
    let flow = service.flow_row(&request.flow()?).await?.id;
    let alias_id = match request.text(ALIAS) {
        Some(given) => {
            let alias = arn::alias(ALIAS, given, &flow)?;
            Some(service.callable_alias(&flow, &alias).await?)
        }
        None => None,
    };
    let (most, list) = (page::most(&request), format!("executions of {flow}"));
    let before = page::position(&list, &request)?;
    // One more than the page holds says whether another follows.
    let filter = FlowExecutionFilter { flow, alias_id, before, limit: most + 1 };
    let mut rows = service.flow_executions(filter).await?;
    let more = rows.len() > most;
    rows.truncate(most);
    let last = rows.last().filter(|_| more).map(|row| &row.execution);
    let next = last.map(|last| page::token(&list, &format!("{}/{}", last.started_at, last.id)));
    let summaries: Vec<Value> = rows.iter().map(summary).collect();
    json(StatusCode::OK, json!({"flowExecutionSummaries": summaries, "nextToken": next}))
}

/// The definition that runs, which neither a save nor a move of the alias has changed.
pub(super) async fn snapshot(door: &Door, request: Request) -> Answer {
    let row = found(door, &request).await?;
    let definition = door.app.service.definition_of(&row.execution).await?;
    let definition =
        serde_json::to_string(&definition).map_err(|error| Error::internal(error.to_string()))?;
    let snapshot = json!({
        "flowIdentifier": row.execution.flow_id,
        "flowAliasIdentifier": row.named.alias_id,
        "flowVersion": version(&row.execution),
        "executionRoleArn": arn::of_role(&row.named.aws_role),
        "customerEncryptionKeyArn": row.named.aws_key,
        "definition": definition,
    });
    json(StatusCode::OK, snapshot)
}

/// The execution that the path names.
pub(super) async fn found(door: &Door, request: &Request) -> Result<FlowExecutionRow, Error> {
    let flow = request.flow()?;
    let alias = arn::alias(ALIAS, request.label(ALIAS), &flow)?;
    let service = &door.app.service;
    let (flow, alias) = service.ids(&flow, &alias).await?;
    let name = arn::execution(request.label("executionIdentifier"), &flow, &alias)?;
    Ok(service.flow_execution(&flow, &alias, &name).await?)
}

fn summary(row: &FlowExecutionRow) -> Value {
    let mut summary = without_nulls(about(row));
    summary["createdAt"] = json!(moment(row.execution.started_at));
    summary
}

fn about(row: &FlowExecutionRow) -> Value {
    json!({
        "executionArn": arn_of(row),
        "flowIdentifier": row.execution.flow_id,
        "flowAliasIdentifier": row.named.alias_id,
        "flowVersion": version(&row.execution),
        "status": status(row.execution.status),
        "endedAt": row.execution.ended_at.map(moment),
    })
}

fn arn_of(row: &FlowExecutionRow) -> String {
    arn::of_execution(&row.execution.flow_id, &row.named.alias_id, &row.named.name)
}

fn version(row: &ExecutionRow) -> String {
    row.version.map_or_else(|| "DRAFT".to_owned(), |version| version.to_string())
}

fn status(status: Status) -> &'static str {
    match status {
        Status::Running | Status::InputRequired => "Running",
        Status::Succeeded => "Succeeded",
        Status::Failed | Status::Interrupted => "Failed",
        Status::TimedOut => "TimedOut",
        Status::Aborted => "Aborted",
    }
}

/// `FlowExecutionErrors`: why it ended as it did; null where there is no more to say than its status.
async fn errors(door: &Door, row: &ExecutionRow) -> Result<Value, Error> {
    if !row.status.is_final() {
        return Ok(Value::Null);
    }
    let ends = door.app.service.logged(&row.id, &["executionEnded"], 0, 1).await?;
    Ok(match ends.first().map(|event| &event.body) {
        Some(Body::ExecutionEnded { error: Some(error), .. }) => json!([failure(error)]),
        _ => Value::Null,
    })
}

/// `FlowExecutionError`. AWS has a name for what took too long alone.
fn failure(error: &RunError) -> Value {
    let name = (error.code == FailureCode::TimedOut).then_some("ExecutionTimedOut");
    without_nulls(json!({"nodeName": error.node, "message": error.message, "error": name}))
}
