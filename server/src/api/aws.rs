//! Amazon Bedrock's own API, as its unmodified SDKs speak it.
//!
//! Always holds: every request is authenticated before it is looked at further; an operation that is not answered yet
//! says so by its name; nothing answered has a null member or a union with other than one. The path is routed as it is
//! on the wire, since an ARN is one segment of it only while its slashes are encoded.

mod access;
mod agent_aliases;
mod agent_bases;
mod agent_collaborators;
mod agent_groups;
mod agent_versions;
mod agents;
mod aliases;
mod arn;
mod constraint;
mod data_sources;
mod documents;
mod error;
mod execution_events;
mod executions;
mod flows;
mod frame;
mod generate;
mod ingestion;
mod invoke;
mod invoke_agent;
mod knowledge_bases;
mod model;
mod operation;
mod page;
mod prompts;
mod request;
mod retrieve;
mod runtime;
mod tags;
mod trace;
mod validation;
mod versions;

use std::sync::Arc;

use axum::Router;
use axum::extract::{OriginalUri, Request as HttpRequest, State};
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::Value;
use tokio::sync::Mutex;
use tracing::error;

use self::error::Error;
use self::request::Request;
use super::App;
use crate::{clock, id};

/// What the operations share.
#[derive(Clone)]
struct Door {
    app: App,
    /// Held while something with an idempotency token is made, so that a retry waits for the first attempt.
    creating: Arc<Mutex<()>>,
}

/// What an operation answers.
type Answer = Result<Response, Error>;

/// Every route of AWS's API.
pub fn router(app: App) -> Router {
    Router::new().fallback(answer).with_state(Door { app, creating: Arc::default() })
}

async fn answer(State(door): State<Door>, OriginalUri(uri): OriginalUri, request: HttpRequest) -> Response {
    let mut response = match perform(&door, &uri, request).await {
        Ok(response) => response,
        Err(error) => error.into_response(),
    };
    // What AWS's clients show as the request's id, in their logs and errors.
    if let Some(id) = id::by_time(clock::now()).ok().and_then(|id| HeaderValue::from_str(&id).ok()) {
        response.headers_mut().insert("x-amzn-requestid", id);
    }
    response
}

async fn perform(door: &Door, uri: &Uri, request: HttpRequest) -> Answer {
    let (method, headers) = (request.method().clone(), request.headers().clone());
    let body = access::admit(&door.app, uri, request).await?;
    let path = uri.path().strip_prefix("/aws").unwrap_or(uri.path());
    let found = operation::find(method.as_str(), path);
    let found = found.ok_or_else(|| Error::unknown_operation(&method, uri.path()))?;
    let operation = found.operation;
    let answer = match Request::new(&found, uri.query(), &headers, body) {
        Ok(request) => dispatch(door, &operation.name, request).await,
        Err(error) => Err(error),
    };
    answer.map_err(|problem| {
        if let Some(inner) = &problem.inner {
            error!(aws.operation = operation.name.as_str(), "{inner}");
        }
        problem.of(operation.service)
    })
}

async fn dispatch(door: &Door, operation: &str, request: Request) -> Answer {
    match operation {
        "CreateFlow" => flows::create(door, request).await,
        "GetFlow" => flows::get(door, request).await,
        "UpdateFlow" => flows::update(door, request).await,
        "DeleteFlow" => flows::delete(door, request).await,
        "ListFlows" => flows::list(door, request).await,
        "PrepareFlow" => flows::prepare(door, request).await,
        "ValidateFlowDefinition" => flows::validate(door, request).await,
        "CreateFlowVersion" => versions::create(door, request).await,
        "GetFlowVersion" => versions::get(door, request).await,
        "DeleteFlowVersion" => versions::delete(door, request).await,
        "ListFlowVersions" => versions::list(door, request).await,
        "CreateFlowAlias" => aliases::create(door, request).await,
        "GetFlowAlias" => aliases::get(door, request).await,
        "UpdateFlowAlias" => aliases::update(door, request).await,
        "DeleteFlowAlias" => aliases::delete(door, request).await,
        "ListFlowAliases" => aliases::list(door, request).await,
        "CreatePrompt" => prompts::create(door, request).await,
        "GetPrompt" => prompts::get(door, request).await,
        "UpdatePrompt" => prompts::update(door, request).await,
        "DeletePrompt" => prompts::delete(door, request).await,
        "ListPrompts" => prompts::list(door, request).await,
        "CreatePromptVersion" => prompts::create_version(door, request).await,
        "CreateKnowledgeBase" => knowledge_bases::create(door, request).await,
        "GetKnowledgeBase" => knowledge_bases::get(door, request).await,
        "UpdateKnowledgeBase" => knowledge_bases::update(door, request).await,
        "DeleteKnowledgeBase" => knowledge_bases::delete(door, request).await,
        "ListKnowledgeBases" => knowledge_bases::list(door, request).await,
        "CreateDataSource" => data_sources::create(door, request).await,
        "GetDataSource" => data_sources::get(door, request).await,
        "UpdateDataSource" => data_sources::update(door, request).await,
        "DeleteDataSource" => data_sources::delete(door, request).await,
        "ListDataSources" => data_sources::list(door, request).await,
        "StartIngestionJob" => ingestion::start(door, request).await,
        "GetIngestionJob" => ingestion::get(door, request).await,
        "StopIngestionJob" => ingestion::stop(door, request).await,
        "ListIngestionJobs" => ingestion::list(door, request).await,
        "IngestKnowledgeBaseDocuments" => documents::ingest(door, request).await,
        "GetKnowledgeBaseDocuments" => documents::get(door, request).await,
        "DeleteKnowledgeBaseDocuments" => documents::delete(door, request).await,
        "ListKnowledgeBaseDocuments" => documents::list(door, request).await,
        "TagResource" => tags::tag(door, request).await,
        "UntagResource" => tags::untag(door, request).await,
        "ListTagsForResource" => tags::list(door, request).await,
        "InvokeFlow" => invoke::invoke(door, request).await,
        "InvokeAgent" => invoke_agent::invoke(door, request).await,
        "StartFlowExecution" => executions::start(door, request).await,
        "GetFlowExecution" => executions::get(door, request).await,
        "StopFlowExecution" => executions::stop(door, request).await,
        "ListFlowExecutions" => executions::list(door, request).await,
        "ListFlowExecutionEvents" => execution_events::list(door, request).await,
        "GetExecutionFlowSnapshot" => executions::snapshot(door, request).await,
        "CreateAgent" => agents::create(door, request).await,
        "GetAgent" => agents::get(door, request).await,
        "UpdateAgent" => agents::update(door, request).await,
        "DeleteAgent" => agents::delete(door, request).await,
        "ListAgents" => agents::list(door, request).await,
        "PrepareAgent" => agents::prepare(door, request).await,
        "GetAgentVersion" => agent_versions::get(door, request).await,
        "DeleteAgentVersion" => agent_versions::delete(door, request).await,
        "ListAgentVersions" => agent_versions::list(door, request).await,
        "CreateAgentAlias" => agent_aliases::create(door, request).await,
        "GetAgentAlias" => agent_aliases::get(door, request).await,
        "UpdateAgentAlias" => agent_aliases::update(door, request).await,
        "DeleteAgentAlias" => agent_aliases::delete(door, request).await,
        "ListAgentAliases" => agent_aliases::list(door, request).await,
        "CreateAgentActionGroup" => agent_groups::create(door, request).await,
        "GetAgentActionGroup" => agent_groups::get(door, request).await,
        "UpdateAgentActionGroup" => agent_groups::update(door, request).await,
        "DeleteAgentActionGroup" => agent_groups::delete(door, request).await,
        "ListAgentActionGroups" => agent_groups::list(door, request).await,
        "AssociateAgentKnowledgeBase" => agent_bases::associate(door, request).await,
        "GetAgentKnowledgeBase" => agent_bases::get(door, request).await,
        "UpdateAgentKnowledgeBase" => agent_bases::update(door, request).await,
        "DisassociateAgentKnowledgeBase" => agent_bases::disassociate(door, request).await,
        "ListAgentKnowledgeBases" => agent_bases::list(door, request).await,
        "Retrieve" => retrieve::retrieve(door, request).await,
        "RetrieveAndGenerate" => generate::whole(door, request).await,
        "RetrieveAndGenerateStream" => generate::streamed(door, request).await,
        "Rerank" => retrieve::rerank(door, request).await,
        "AssociateAgentCollaborator" => agent_collaborators::associate(door, request).await,
        "GetAgentCollaborator" => agent_collaborators::get(door, request).await,
        "UpdateAgentCollaborator" => agent_collaborators::update(door, request).await,
        "DisassociateAgentCollaborator" => agent_collaborators::disassociate(door, request).await,
        "ListAgentCollaborators" => agent_collaborators::list(door, request).await,
        "Converse" => runtime::converse(door, request).await,
        "ConverseStream" => runtime::converse_stream(door, request).await,
        "InvokeModel" => runtime::invoke(door, request).await,
        "InvokeModelWithResponseStream" => runtime::invoke_stream(door, request).await,
        "CountTokens" => runtime::count_tokens(door, request).await,
        other => Err(Error::not_yet(other)),
    }
}

/// A JSON answer without the members that are null.
fn json(status: StatusCode, mut body: Value) -> Answer {
    if let Value::Object(members) = &mut body {
        members.retain(|_, value| !value.is_null());
    }
    Ok(document(status, &body))
}

/// A JSON answer as it is.
fn document(status: StatusCode, body: &Value) -> Response {
    (status, [(header::CONTENT_TYPE, JSON)], body.to_string()).into_response()
}

const JSON: HeaderValue = HeaderValue::from_static("application/json");
