//! Aliases.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use flow::wire::{Alias, AliasList, AliasMoves, ErrorDocument, PutAlias};

use super::{App, Problem};
use crate::api::extract::{Body, Path};
use crate::service::alias_on_the_wire;

/// Aliases
#[utoipa::path(get, path = "/api/flows/{flow}/aliases", tag = "Aliases", params(("flow", description = "Id or name")),
    responses((status = 200, body = AliasList)))]
pub(super) async fn list(
    State(app): State<App>,
    Path(flow): Path<String>,
) -> Result<Json<AliasList>, Problem> {
    let aliases = app.service.aliases(&flow).await?.iter().map(alias_on_the_wire).collect();
    Ok(Json(AliasList { aliases }))
}

/// Point an alias at a version
///
/// Makes the alias where there is none of this name. What is called changes at once.
#[utoipa::path(put, path = "/api/flows/{flow}/aliases/{alias}", tag = "Aliases", request_body = PutAlias,
    params(("flow", description = "Id or name"), ("alias", description = "Id or name")),
    responses((status = 200, body = Alias), (status = 404, body = ErrorDocument)))]
pub(super) async fn put(
    State(app): State<App>,
    Path((flow, alias)): Path<(String, String)>,
    Body(put): Body<PutAlias>,
) -> Result<Json<Alias>, Problem> {
    Ok(Json(app.service.put_alias(&flow, &alias, put.version).await?))
}

/// Where an alias has pointed
///
/// Newest first, at most 100. Pointing it at one of these versions moves it back.
#[utoipa::path(get, path = "/api/flows/{flow}/aliases/{alias}/moves", tag = "Aliases",
    params(("flow", description = "Id or name"), ("alias", description = "Id or name")),
    responses((status = 200, body = AliasMoves), (status = 404, body = ErrorDocument)))]
pub(super) async fn moves(
    State(app): State<App>,
    Path((flow, alias)): Path<(String, String)>,
) -> Result<Json<AliasMoves>, Problem> {
    Ok(Json(AliasMoves { moves: app.service.alias_moves(&flow, &alias).await? }))
}

/// Delete an alias
#[utoipa::path(delete, path = "/api/flows/{flow}/aliases/{alias}", tag = "Aliases",
    params(("flow", description = "Id or name"), ("alias", description = "Id or name")),
    responses((status = 204), (status = 404, body = ErrorDocument)))]
pub(super) async fn delete(
    State(app): State<App>,
    Path((flow, alias)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    app.service.delete_alias(&flow, &alias).await?;
    Ok(StatusCode::NO_CONTENT)
}
