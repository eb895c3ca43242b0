//! Versions and publishing.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use flow::wire::{ErrorDocument, Flow, Publish, Published, Version, VersionList};

use super::flows::with_revision;
use super::{App, Problem};
use crate::api::extract::{Body, Path, if_match, revision};
use crate::service::version_summary;

/// Versions
///
/// Newest first.
#[utoipa::path(get, path = "/api/flows/{flow}/versions", tag = "Versions", params(("flow", description = "Id or name")),
    responses((status = 200, body = VersionList)))]
pub(super) async fn list(
    State(app): State<App>,
    Path(flow): Path<String>,
) -> Result<Json<VersionList>, Problem> {
    let versions = app.service.versions(&flow).await?.iter().map(version_summary).collect();
    Ok(Json(VersionList { versions }))
}

/// A version
#[utoipa::path(get, path = "/api/flows/{flow}/versions/{version}", tag = "Versions",
    params(("flow", description = "Id or name"), ("version" = u64, Path)),
    responses((status = 200, body = Version), (status = 404, body = ErrorDocument)))]
pub(super) async fn get(
    State(app): State<App>,
    Path((flow, version)): Path<(String, u64)>,
) -> Result<Json<Version>, Problem> {
    let row = app.service.version(&flow, version).await?;
    Ok(Json(Version {
        version: row.version,
        description: row.description,
        digest: row.digest,
        created_at: row.created_at,
        definition: row.definition,
        extensions: row.extensions,
    }))
}

/// Make a version the draft again
///
/// Replaces the draft. `If-Match` carries the draft's revision; 412 says that it has moved on.
#[utoipa::path(post, path = "/api/flows/{flow}/versions/{version}/restore", tag = "Versions",
    params(("flow", description = "Id or name"), ("version" = u64, Path),
        ("If-Match" = String, Header, description = "The draft's revision")),
    responses((status = 200, body = Flow), (status = 412, body = ErrorDocument), (status = 428, body = ErrorDocument)))]
pub(super) async fn restore(
    State(app): State<App>,
    Path((flow, version)): Path<(String, u64)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let based_on = if_match(&headers)?;
    Ok(with_revision(app.service.restore(&flow, based_on, version).await?))
}

/// Publish
///
/// Makes the draft a version and points an alias at it, `live` unless another is named; 422 says what to mend first.
/// With `If-Match`, only the draft of that revision.
#[utoipa::path(post, path = "/api/flows/{flow}/publish", tag = "Versions", request_body = Publish,
    params(("flow", description = "Id or name"), ("If-Match" = Option<String>, Header, description = "The revision")),
    responses((status = 201, body = Published), (status = 412, body = ErrorDocument), (status = 422, body = ErrorDocument)))]
pub(super) async fn publish(
    State(app): State<App>,
    Path(flow): Path<String>,
    headers: HeaderMap,
    Body(publish): Body<Publish>,
) -> Result<Response, Problem> {
    let published = app.service.publish(&flow, revision(&headers)?, publish).await?;
    Ok((StatusCode::CREATED, Json(published)).into_response())
}
