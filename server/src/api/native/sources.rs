//! Data sources of knowledge bases: where documents come from, and the jobs that bring them.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use flow::wire::{
    CreateDataSource, DataSource, DataSourceList, ErrorDocument, IngestionJob, IngestionJobList, ItemState,
    SourceItem, SourceItemList,
};
use serde::Deserialize;

use super::{App, Problem};
use crate::api::extract::{Body, Bytes, Path, Query};

/// Data sources of a knowledge base
///
/// Each with how much it has, and its newest job.
#[utoipa::path(get, path = "/api/knowledge-bases/{id}/sources", tag = "Knowledge",
    params(("id", description = "The knowledge base's id")),
    responses((status = 200, body = DataSourceList), (status = 404, body = ErrorDocument)))]
pub(super) async fn list(
    State(app): State<App>,
    Path(id): Path<String>,
) -> Result<Json<DataSourceList>, Problem> {
    Ok(Json(app.service.data_sources(&id).await?))
}

/// Make a data source
///
/// Documents that are given (`custom`), objects of a bucket (`bucket`), or pages of the web (`web`). How its documents
/// are cut stays as it is made.
#[utoipa::path(post, path = "/api/knowledge-bases/{id}/sources", tag = "Knowledge", request_body = CreateDataSource,
    params(("id", description = "The knowledge base's id")),
    responses((status = 201, body = DataSource), (status = 400, body = ErrorDocument),
        (status = 404, body = ErrorDocument), (status = 409, body = ErrorDocument)))]
pub(super) async fn create(
    State(app): State<App>,
    Path(id): Path<String>,
    Body(create): Body<CreateDataSource>,
) -> Result<(StatusCode, Json<DataSource>), Problem> {
    Ok((StatusCode::CREATED, Json(app.service.create_data_source(&id, create).await?)))
}

/// A data source
#[utoipa::path(get, path = "/api/knowledge-bases/{id}/sources/{source}", tag = "Knowledge",
    params(("id", description = "The knowledge base's id"), ("source", description = "The data source's id")),
    responses((status = 200, body = DataSource), (status = 404, body = ErrorDocument)))]
pub(super) async fn get(
    State(app): State<App>,
    Path((id, source)): Path<(String, String)>,
) -> Result<Json<DataSource>, Problem> {
    Ok(Json(app.service.data_source(&id, &source).await?))
}

/// Delete a data source with its documents
#[utoipa::path(delete, path = "/api/knowledge-bases/{id}/sources/{source}", tag = "Knowledge",
    params(("id", description = "The knowledge base's id"), ("source", description = "The data source's id")),
    responses((status = 204), (status = 404, body = ErrorDocument)))]
pub(super) async fn delete(
    State(app): State<App>,
    Path((id, source)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    app.service.delete_data_source(&id, &source).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sync jobs of a data source
#[utoipa::path(get, path = "/api/knowledge-bases/{id}/sources/{source}/jobs", tag = "Knowledge",
    params(("id", description = "The knowledge base's id"), ("source", description = "The data source's id")),
    responses((status = 200, body = IngestionJobList), (status = 404, body = ErrorDocument)))]
pub(super) async fn jobs(
    State(app): State<App>,
    Path((id, source)): Path<(String, String)>,
) -> Result<Json<IngestionJobList>, Problem> {
    Ok(Json(app.service.ingestion_jobs(&id, &source).await?))
}

/// Sync a data source
///
/// New documents are read, changed ones again, and those that are gone go. A document that cannot be read says why and
/// stops no other. The job goes on by itself, also after a restart.
#[utoipa::path(post, path = "/api/knowledge-bases/{id}/sources/{source}/jobs", tag = "Knowledge",
    params(("id", description = "The knowledge base's id"), ("source", description = "The data source's id")),
    responses((status = 202, body = IngestionJob), (status = 400, body = ErrorDocument),
        (status = 404, body = ErrorDocument), (status = 409, body = ErrorDocument)))]
pub(super) async fn sync(
    State(app): State<App>,
    Path((id, source)): Path<(String, String)>,
) -> Result<(StatusCode, Json<IngestionJob>), Problem> {
    let job = app.service.start_ingestion(&id, &source, String::new(), None).await?;
    Ok((StatusCode::ACCEPTED, Json(job)))
}

/// A sync job
#[utoipa::path(get, path = "/api/knowledge-bases/{id}/sources/{source}/jobs/{job}", tag = "Knowledge",
    params(("id", description = "The knowledge base's id"), ("source", description = "The data source's id"),
        ("job", description = "The job's id")),
    responses((status = 200, body = IngestionJob), (status = 404, body = ErrorDocument)))]
pub(super) async fn job(
    State(app): State<App>,
    Path((id, source, job)): Path<(String, String, String)>,
) -> Result<Json<IngestionJob>, Problem> {
    Ok(Json(app.service.ingestion_job(&id, &source, &job).await?))
}

/// Stop a sync job
///
/// What it has done stays; another job goes on with the rest.
#[utoipa::path(post, path = "/api/knowledge-bases/{id}/sources/{source}/jobs/{job}/stop", tag = "Knowledge",
    params(("id", description = "The knowledge base's id"), ("source", description = "The data source's id"),
        ("job", description = "The job's id")),
    responses((status = 202, body = IngestionJob), (status = 404, body = ErrorDocument),
        (status = 409, body = ErrorDocument)))]
pub(super) async fn stop(
    State(app): State<App>,
    Path((id, source, job)): Path<(String, String, String)>,
) -> Result<(StatusCode, Json<IngestionJob>), Problem> {
    Ok((StatusCode::ACCEPTED, Json(app.service.stop_ingestion(&id, &source, &job).await?)))
}

/// Which items are wanted.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Which {
    /// Of this data source alone.
    source: Option<String>,
    /// In this state alone: pending, indexed, failed.
    state: Option<ItemState>,
    /// After the item of this source …
    after_source: Option<String>,
    /// … and this name.
    after: Option<String>,
}

/// What the data sources have
///
/// Each file, page or given document, with what became of it; at most 200 at once.
#[utoipa::path(get, path = "/api/knowledge-bases/{id}/items", tag = "Knowledge", params(Which,
        ("id" = String, Path, description = "The knowledge base's id")),
    responses((status = 200, body = SourceItemList), (status = 404, body = ErrorDocument)))]
pub(super) async fn items(
    State(app): State<App>,
    Path(id): Path<String>,
    Query(which): Query<Which>,
) -> Result<Json<SourceItemList>, Problem> {
    let after = which.after_source.as_deref().zip(which.after.as_deref());
    let items = app.service.source_items(&id, which.source.as_deref(), which.state, after).await?;
    Ok(Json(items))
}

/// What a file is called, and where it goes.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Named {
    /// Its name, whose ending says what it is.
    name: String,
    /// A data source whose documents are given; the base's own unless named.
    source: Option<String>,
}

/// Add a file
///
/// Text, Markdown, HTML, PDF, Word, CSV, JSON or JSON lines, as the body. It is kept when this is answered, and read
/// soon after: `GET /api/knowledge-bases/ID/items` says what became of it. A file of the same name is replaced.
#[utoipa::path(post, path = "/api/knowledge-bases/{id}/files", tag = "Knowledge",
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    params(Named, ("id" = String, Path, description = "The knowledge base's id")),
    responses((status = 202, body = SourceItem), (status = 400, body = ErrorDocument),
        (status = 404, body = ErrorDocument)))]
pub(super) async fn add_file(
    State(app): State<App>,
    Path(id): Path<String>,
    Query(named): Query<Named>,
    Bytes(bytes): Bytes,
) -> Result<(StatusCode, Json<SourceItem>), Problem> {
    let added = app.service.add_file(&id, named.source.as_deref(), &named.name, bytes).await?;
    Ok((StatusCode::ACCEPTED, Json(added)))
}
