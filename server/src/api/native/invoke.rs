//! Calling a flow.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Response};
use flow::wire::{ErrorDocument, Invoke, InvokeDraft, Invoked};

use super::{App, Problem};
use crate::api::extract::{Body, Path, revision, wants_events};
use crate::api::sse;
use crate::run::Feed;
use crate::service::Target;

/// Call a flow
///
/// Answers when the run has ended, or when an agent in it asks something: then the status is `InputRequired`, and
/// `POST /api/executions/{id}/input` answers. With `Accept: text/event-stream` it streams what happens as it happens. A
/// caller that goes away leaves the run going.
#[utoipa::path(post, path = "/api/flows/{flow}/aliases/{alias}/invoke", tag = "Invoke", request_body = Invoke,
    params(("flow", description = "Id or name"), ("alias", description = "Id or name")),
    responses((status = 200, body = Invoked), (status = 400, body = ErrorDocument), (status = 404, body = ErrorDocument),
        (status = 424, body = ErrorDocument), (status = 429, body = ErrorDocument), (status = 504, body = ErrorDocument)))]
pub(super) async fn alias(
    State(app): State<App>,
    Path((flow, alias)): Path<(String, String)>,
    headers: HeaderMap,
    Body(invoke): Body<Invoke>,
) -> Result<Response, Problem> {
    let feed = app.service.invoke(&flow, Target::Alias(alias), invoke.input).await?;
    answer(&app, feed, &headers).await
}

/// Run a draft
///
/// What the test pane calls: the draft as it is stored. With `If-Match`, only at that revision; 412 says that the draft
/// has moved on. A draft that runs is prepared for AWS's test alias.
///
/// With `part` it runs one node, or that and what follows it, and takes what other nodes gave as given: as one tries a
/// step again on the data of an earlier run. Such a run is an execution like any other, and prepares nothing.
#[utoipa::path(post, path = "/api/flows/{flow}/draft/invoke", tag = "Invoke", request_body = InvokeDraft,
    params(("flow", description = "Id or name"), ("If-Match" = Option<String>, Header, description = "The revision")),
    responses((status = 200, body = Invoked), (status = 400, body = ErrorDocument), (status = 412, body = ErrorDocument),
        (status = 422, body = ErrorDocument), (status = 424, body = ErrorDocument), (status = 429, body = ErrorDocument),
        (status = 504, body = ErrorDocument)))]
pub(super) async fn draft(
    State(app): State<App>,
    Path(flow): Path<String>,
    headers: HeaderMap,
    Body(invoke): Body<InvokeDraft>,
) -> Result<Response, Problem> {
    let target = Target::Draft(revision(&headers)?);
    let feed = match invoke.part {
        None => app.service.invoke(&flow, target, invoke.input).await?,
        Some(part) => app.service.invoke_part(&flow, target, invoke.input, part).await?,
    };
    answer(&app, feed, &headers).await
}

async fn answer(app: &App, feed: Arc<Feed>, headers: &HeaderMap) -> Result<Response, Problem> {
    if wants_events(headers) {
        return Ok(sse::live(&feed));
    }
    Ok(Json(app.service.wait(feed).await?).into_response())
}
