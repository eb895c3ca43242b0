//! Flows and their drafts.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use flow::check::Report;
use flow::wire::{
    CheckFlow, CreateFlow, ErrorDocument, Flow, FlowFile, FlowList, Imported, Reading, RenameFlow, SaveDraft,
    Saved, Template,
};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{App, Problem};
use crate::api::extract::{Body, Path, Query, Text, if_match};
use crate::service::ExportFormat;

/// Flows
///
/// Every flow, the last changed first.
#[utoipa::path(get, path = "/api/flows", tag = "Flows", responses((status = 200, body = FlowList)))]
pub(super) async fn list(State(app): State<App>) -> Result<Json<FlowList>, Problem> {
    Ok(Json(FlowList { flows: app.service.flows().await? }))
}

/// Make a flow
///
/// From a template, from documents, or a blank one.
#[utoipa::path(post, path = "/api/flows", tag = "Flows", request_body = CreateFlow,
    responses((status = 201, body = Flow), (status = 400, body = ErrorDocument)))]
pub(super) async fn create(
    State(app): State<App>,
    Body(create): Body<CreateFlow>,
) -> Result<Response, Problem> {
    let flow = app.service.create_from_wire(create).await?;
    Ok((StatusCode::CREATED, with_revision(flow)).into_response())
}

/// A flow with its draft
#[utoipa::path(get, path = "/api/flows/{flow}", tag = "Flows", params(("flow", description = "Id or name")),
    responses((status = 200, body = Flow), (status = 404, body = ErrorDocument)))]
pub(super) async fn get(State(app): State<App>, Path(flow): Path<String>) -> Result<Response, Problem> {
    Ok(with_revision(app.service.flow(&flow).await?))
}

/// Save a draft
///
/// Replaces both documents. `If-Match` carries the revision that the change is based on; 412 says that the draft has
/// moved on.
#[utoipa::path(put, path = "/api/flows/{flow}", tag = "Flows", request_body = SaveDraft,
    params(("flow", description = "Id or name"), ("If-Match" = String, Header, description = "The revision")),
    responses((status = 200, body = Saved), (status = 412, body = ErrorDocument), (status = 428, body = ErrorDocument)))]
pub(super) async fn save(
    State(app): State<App>,
    Path(flow): Path<String>,
    headers: HeaderMap,
    Body(save): Body<SaveDraft>,
) -> Result<Response, Problem> {
    let based_on = if_match(&headers)?;
    let saved = app.service.save_draft(&flow, based_on, save).await?;
    let revision = saved.revision;
    Ok(tagged(Json(saved).into_response(), revision))
}

/// Rename a flow, or file it
///
/// A new title, description, folder or tags. The draft and its revision stay.
#[utoipa::path(patch, path = "/api/flows/{flow}", tag = "Flows", request_body = RenameFlow,
    params(("flow", description = "Id or name")), responses((status = 200, body = Flow), (status = 400, body = ErrorDocument)))]
pub(super) async fn rename(
    State(app): State<App>,
    Path(flow): Path<String>,
    Body(rename): Body<RenameFlow>,
) -> Result<Response, Problem> {
    Ok(with_revision(app.service.rename_flow(&flow, rename).await?))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(super) struct Delete {
    /// Delete it also where aliases serve it.
    #[serde(default)]
    force: bool,
}

/// Delete a flow
///
/// 409 names the aliases that serve it, unless `force` is true.
#[utoipa::path(delete, path = "/api/flows/{flow}", tag = "Flows", params(("flow", description = "Id or name"), Delete),
    responses((status = 204), (status = 409, body = ErrorDocument)))]
pub(super) async fn delete(
    State(app): State<App>,
    Path(flow): Path<String>,
    Query(delete): Query<Delete>,
) -> Result<StatusCode, Problem> {
    app.service.delete_flow(&flow, delete.force).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Copy a flow
#[utoipa::path(post, path = "/api/flows/{flow}/duplicate", tag = "Flows", params(("flow", description = "Id or name")),
    responses((status = 201, body = Flow)))]
pub(super) async fn duplicate(State(app): State<App>, Path(flow): Path<String>) -> Result<Response, Problem> {
    let flow = app.service.duplicate_flow(&flow).await?;
    Ok((StatusCode::CREATED, with_revision(flow)).into_response())
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(super) struct Export {
    /// `anabranch` with positions and notes, `api` for AWS's CreateFlow, or `cloudformation` for a template.
    #[serde(default)]
    #[param(value_type = Option<String>)]
    format: ExportFormat,
}

/// A flow as a file
///
/// What of it AWS would refuse, or do otherwise, is in the flow's `report` under `portability`.
#[utoipa::path(get, path = "/api/flows/{flow}/export", tag = "Flows", params(("flow", description = "Id or name"), Export),
    responses((status = 200, body = FlowFile)))]
pub(super) async fn export(
    State(app): State<App>,
    Path(flow): Path<String>,
    Query(export): Query<Export>,
) -> Result<Response, Problem> {
    let (name, file) = app.service.export_flow(&flow, export.format).await?;
    let mut response = Json(file).into_response();
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}.json\"")) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, value);
    }
    Ok(response)
}

/// Read a file
///
/// Says which flows a file holds, what of them cannot be read, and what they need of this place: an export of this app,
/// JSON of AWS's API, a CloudFormation template in JSON or YAML, Terraform's JSON. Nothing is stored or run.
#[utoipa::path(post, path = "/api/read", tag = "Flows", request_body(content = String, content_type = "text/plain"),
    responses((status = 200, body = Reading), (status = 400, body = ErrorDocument)))]
pub(super) async fn read(State(app): State<App>, Text(file): Text) -> Result<Json<Reading>, Problem> {
    Ok(Json(app.service.read_file(&file).await?))
}

/// Import flows
///
/// Makes the flows that `POST /api/read` finds in a file. Nothing in it is run.
#[utoipa::path(post, path = "/api/flows/import", tag = "Flows",
    request_body(content = String, content_type = "text/plain"),
    responses((status = 201, body = Imported), (status = 400, body = ErrorDocument)))]
pub(super) async fn import(State(app): State<App>, Text(file): Text) -> Result<Response, Problem> {
    let imported = app.service.import_file(&file).await?;
    Ok((StatusCode::CREATED, Json(imported)).into_response())
}

/// Templates
#[utoipa::path(get, path = "/api/templates", tag = "Flows", responses((status = 200, body = Vec<Template>)))]
pub(super) async fn templates(State(app): State<App>) -> Result<Json<Vec<Template>>, Problem> {
    Ok(Json(app.service.templates().await?))
}

/// Check a flow
///
/// What is wrong with two documents. Nothing is stored or run.
#[utoipa::path(post, path = "/api/check", tag = "Flows", request_body = CheckFlow, responses((status = 200, body = Object)))]
pub(super) async fn check(State(app): State<App>, Body(check): Body<CheckFlow>) -> Json<Report> {
    Json(app.service.check(&check.definition, &check.extensions).await)
}

pub(super) fn with_revision(flow: Flow) -> Response {
    let revision = flow.revision;
    tagged(Json(flow).into_response(), revision)
}

/// An answer with the revision of the draft it tells of.
fn tagged(mut response: Response, revision: u64) -> Response {
    if let Ok(revision) = HeaderValue::from_str(&format!("\"{revision}\"")) {
        response.headers_mut().insert(header::ETAG, revision);
    }
    response
}
