//! Executions.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use flow::event::Status;
use flow::wire::{ErrorDocument, Execution, ExecutionList, GiveInput, Invoked};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{App, Problem};
use crate::api::extract::{Body, Path, Query, last_event, wants_events};
use crate::api::sse;
use crate::store::ExecutionFilter;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(super) struct Which {
    /// Only of this flow, by id or name.
    flow: Option<String>,
    /// Only with this status.
    status: Option<Status>,
    /// Only with these words in the flow's title, the id, the name, the input or the failure.
    search: Option<String>,
    /// The `next` of the page before.
    after: Option<String>,
    /// How many, 50 unless it says otherwise, 200 at most.
    limit: Option<u32>,
}

/// Executions
///
/// Newest first.
#[utoipa::path(get, path = "/api/executions", tag = "Executions", params(Which), responses((status = 200, body = ExecutionList)))]
pub(super) async fn list(
    State(app): State<App>,
    Query(which): Query<Which>,
) -> Result<Json<ExecutionList>, Problem> {
    let filter = ExecutionFilter {
        flow: which.flow,
        status: which.status,
        search: which.search,
        after: which.after,
        limit: which.limit.unwrap_or(50),
    };
    Ok(Json(app.service.executions(filter).await?))
}

/// An execution
///
/// With the flow as it ran and everything that happened.
#[utoipa::path(get, path = "/api/executions/{execution}", tag = "Executions", params(("execution", description = "Id")),
    responses((status = 200, body = Execution), (status = 404, body = ErrorDocument)))]
pub(super) async fn get(
    State(app): State<App>,
    Path(execution): Path<String>,
) -> Result<Json<Execution>, Problem> {
    Ok(Json(app.service.execution(&execution).await?))
}

/// An execution's events
///
/// Server-sent events, from the beginning or after `Last-Event-ID`, to the end of the run.
#[utoipa::path(get, path = "/api/executions/{execution}/events", tag = "Executions",
    params(("execution", description = "Id"), ("Last-Event-ID" = Option<u64>, Header, description = "Go on after this event")),
    responses((status = 200, content_type = "text/event-stream"), (status = 404, body = ErrorDocument)))]
pub(super) async fn events(
    State(app): State<App>,
    Path(execution): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let after = last_event(&headers)?;
    Ok(sse::events(app.service.events(&execution, after).await?, after))
}

/// Answer an execution's question
///
/// An execution that is `InputRequired` goes on where it was. Answers as a call does: when the run has ended or asks
/// again; with `Accept: text/event-stream` it streams what happens from there. A question waits 24 hours.
#[utoipa::path(post, path = "/api/executions/{execution}/input", tag = "Executions", request_body = GiveInput,
    params(("execution", description = "Id")),
    responses((status = 200, body = Invoked), (status = 400, body = ErrorDocument), (status = 404, body = ErrorDocument),
        (status = 409, body = ErrorDocument), (status = 424, body = ErrorDocument), (status = 504, body = ErrorDocument)))]
pub(super) async fn input(
    State(app): State<App>,
    Path(execution): Path<String>,
    headers: HeaderMap,
    Body(input): Body<GiveInput>,
) -> Result<Response, Problem> {
    let feed = app.service.answer(&execution, input.node, input.content).await?;
    if wants_events(&headers) {
        return Ok(sse::live(&feed));
    }
    Ok(Json(app.service.wait(feed).await?).into_response())
}

/// Stop an execution
#[utoipa::path(post, path = "/api/executions/{execution}/stop", tag = "Executions", params(("execution", description = "Id")),
    responses((status = 202), (status = 409, body = ErrorDocument)))]
pub(super) async fn stop(
    State(app): State<App>,
    Path(execution): Path<String>,
) -> Result<StatusCode, Problem> {
    app.service.stop(&execution).await?;
    Ok(StatusCode::ACCEPTED)
}
