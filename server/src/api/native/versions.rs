//! Versions and publishing.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use flow::wire::{ErrorDocument, Flow, Publish, Published, Version, VersionList};

use super::{App, Problem};
use crate::api::extract::Body;
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
#[utoipa::path(post, path = "/api/flows/{flow}/versions/{version}/restore", tag = "Versions",
    params(("flow", description = "Id or name"), ("version" = u64, Path)), responses((status = 200, body = Flow)))]
pub(super) async fn restore(
    State(app): State<App>,
    Path((flow, version)): Path<(String, u64)>,
) -> Result<Json<Flow>, Problem> {
    Ok(Json(app.service.restore(&flow, version).await?))
}

/// Publish
///
/// Makes the draft a version and points an alias at it, `live` unless another is named; 422 says what to mend first.
#[utoipa::path(post, path = "/api/flows/{flow}/publish", tag = "Versions", request_body = Publish,
    params(("flow", description = "Id or name")),
    responses((status = 201, body = Published), (status = 422, body = ErrorDocument)))]
pub(super) async fn publish(
    State(app): State<App>,
    Path(flow): Path<String>,
    Body(publish): Body<Publish>,
) -> Result<Response, Problem> {
    let published = app.service.publish(&flow, publish).await?;
    Ok((StatusCode::CREATED, Json(published)).into_response())
}
