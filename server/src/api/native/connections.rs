//! Model connections, models, and the embedded model.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use flow::wire::{
    Connection, ConnectionList, ConnectionTest, ErrorDocument, LocalModel, ModelList, ModelMap, PutConnection,
};

use super::{App, Problem};
use crate::api::extract::{Body, Path};

/// Connections
///
/// And the model servers that were found on this machine.
#[utoipa::path(get, path = "/api/connections", tag = "Models", responses((status = 200, body = ConnectionList)))]
pub(super) async fn list(State(app): State<App>) -> Result<Json<ConnectionList>, Problem> {
    app.service.look_for_servers().await;
    Ok(Json(app.service.connections().await?))
}

/// Make or replace a connection
///
/// An absent key keeps the stored one, unless the address changes.
#[utoipa::path(put, path = "/api/connections/{name}", tag = "Models", request_body = PutConnection,
    params(("name", description = "The first half of connection/model")),
    responses((status = 200, body = Connection), (status = 400, body = ErrorDocument)))]
pub(super) async fn put(
    State(app): State<App>,
    Path(name): Path<String>,
    Body(put): Body<PutConnection>,
) -> Result<Json<Connection>, Problem> {
    Ok(Json(app.service.put_connection(&name, put).await?))
}

/// Delete a connection
#[utoipa::path(delete, path = "/api/connections/{name}", tag = "Models", params(("name", description = "Its name")),
    responses((status = 204), (status = 404, body = ErrorDocument)))]
pub(super) async fn delete(State(app): State<App>, Path(name): Path<String>) -> Result<StatusCode, Problem> {
    app.service.delete_connection(&name).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Try a connection
#[utoipa::path(post, path = "/api/connections/{name}/test", tag = "Models", params(("name", description = "Its name")),
    responses((status = 200, body = ConnectionTest), (status = 404, body = ErrorDocument)))]
pub(super) async fn test(
    State(app): State<App>,
    Path(name): Path<String>,
) -> Result<Json<ConnectionTest>, Problem> {
    Ok(Json(app.service.test_connection(&name).await?))
}

/// Models that a Prompt can name
#[utoipa::path(get, path = "/api/models", tag = "Models", responses((status = 200, body = ModelList)))]
pub(super) async fn models(State(app): State<App>) -> Result<Json<ModelList>, Problem> {
    Ok(Json(app.service.model_list().await?))
}

/// Which model answers for AWS ids
#[utoipa::path(get, path = "/api/model-map", tag = "Models", responses((status = 200, body = ModelMap)))]
pub(super) async fn map(State(app): State<App>) -> Result<Json<ModelMap>, Problem> {
    Ok(Json(app.service.model_map().await?))
}

/// Change which model answers for AWS ids
#[utoipa::path(put, path = "/api/model-map", tag = "Models", request_body = ModelMap,
    responses((status = 200, body = ModelMap), (status = 400, body = ErrorDocument)))]
pub(super) async fn put_map(
    State(app): State<App>,
    Body(map): Body<ModelMap>,
) -> Result<Json<ModelMap>, Problem> {
    Ok(Json(app.service.put_model_map(map).await?))
}

/// The embedded model
#[utoipa::path(get, path = "/api/local-model", tag = "Models", responses((status = 200, body = LocalModel)))]
pub(super) async fn local_model(State(app): State<App>) -> Json<LocalModel> {
    Json(app.service.local_model())
}

/// Fetch the embedded model
///
/// Goes on in the background; the embedded model's state says how far it is.
#[utoipa::path(post, path = "/api/local-model/fetch", tag = "Models",
    responses((status = 202, body = LocalModel), (status = 409, body = ErrorDocument)))]
pub(super) async fn fetch_local_model(State(app): State<App>) -> Result<Response, Problem> {
    let state = app.service.fetch_local_model()?;
    Ok((StatusCode::ACCEPTED, Json(state)).into_response())
}
