//! Bindings of functions.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use flow::wire::{ErrorDocument, Function, FunctionList, FunctionTest, PutFunction, TryFunction};

use super::{App, Problem};
use crate::api::extract::{Body, Path};

/// Bindings of functions
///
/// Which address each function's ARN leads to.
#[utoipa::path(get, path = "/api/functions", tag = "Functions", responses((status = 200, body = FunctionList)))]
pub(super) async fn list(State(app): State<App>) -> Result<Json<FunctionList>, Problem> {
    Ok(Json(app.service.functions().await?))
}

/// Bind a function
///
/// Absent headers keep the stored ones, and a header without a secret its own, unless the address changes. An ARN with
/// a version or alias that is not bound is answered by the binding of the ARN without it.
#[utoipa::path(put, path = "/api/functions/{arn}", tag = "Functions", request_body = PutFunction,
    params(("arn", description = "The function's ARN as the node has it, percent-encoded")),
    responses((status = 200, body = Function), (status = 400, body = ErrorDocument)))]
pub(super) async fn put(
    State(app): State<App>,
    Path(arn): Path<String>,
    Body(put): Body<PutFunction>,
) -> Result<Json<Function>, Problem> {
    Ok(Json(app.service.put_function(&arn, put).await?))
}

/// Delete a binding
#[utoipa::path(delete, path = "/api/functions/{arn}", tag = "Functions", params(("arn", description = "Its ARN")),
    responses((status = 204), (status = 404, body = ErrorDocument)))]
pub(super) async fn delete(State(app): State<App>, Path(arn): Path<String>) -> Result<StatusCode, Problem> {
    app.service.delete_function(&arn).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Try a binding
///
/// Calls the function once, with the event that a node sends it.
#[utoipa::path(post, path = "/api/functions/{arn}/test", tag = "Functions", request_body = TryFunction,
    params(("arn", description = "Its ARN")),
    responses((status = 200, body = FunctionTest), (status = 400, body = ErrorDocument),
        (status = 404, body = ErrorDocument)))]
pub(super) async fn test(
    State(app): State<App>,
    Path(arn): Path<String>,
    Body(with): Body<TryFunction>,
) -> Result<Json<FunctionTest>, Problem> {
    Ok(Json(app.service.test_function(&arn, with).await?))
}
