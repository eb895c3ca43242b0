//! Stored prompts, which Prompt nodes name.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use flow::wire::{CreatePrompt, ErrorDocument, Prompt, PromptList};

use super::{App, Problem};
use crate::api::extract::{Body, Path};

/// Stored prompts
///
/// By name, each with its versions.
#[utoipa::path(get, path = "/api/prompts", tag = "Prompts", responses((status = 200, body = PromptList)))]
pub(super) async fn list(State(app): State<App>) -> Result<Json<PromptList>, Problem> {
    Ok(Json(app.service.prompts().await?))
}

/// Keep a prompt
///
/// AWS's API for prompts changes it and makes versions of it.
#[utoipa::path(post, path = "/api/prompts", tag = "Prompts", request_body = CreatePrompt,
    responses((status = 201, body = Prompt), (status = 400, body = ErrorDocument), (status = 409, body = ErrorDocument)))]
pub(super) async fn create(
    State(app): State<App>,
    Body(create): Body<CreatePrompt>,
) -> Result<(StatusCode, Json<Prompt>), Problem> {
    Ok((StatusCode::CREATED, Json(app.service.keep_prompt(create).await?)))
}

/// A stored prompt
#[utoipa::path(get, path = "/api/prompts/{prompt}", tag = "Prompts", params(("prompt", description = "Id or name")),
    responses((status = 200, body = Prompt), (status = 404, body = ErrorDocument)))]
pub(super) async fn get(State(app): State<App>, Path(prompt): Path<String>) -> Result<Json<Prompt>, Problem> {
    Ok(Json(app.service.prompt(&prompt).await?))
}

/// Delete a stored prompt
///
/// With its versions. One that a flow's draft names stays; what is published keeps what it said.
#[utoipa::path(delete, path = "/api/prompts/{prompt}", tag = "Prompts", params(("prompt", description = "Id or name")),
    responses((status = 204), (status = 404, body = ErrorDocument), (status = 409, body = ErrorDocument)))]
pub(super) async fn delete(
    State(app): State<App>,
    Path(prompt): Path<String>,
) -> Result<StatusCode, Problem> {
    app.service.delete_prompt(&prompt, None).await?;
    Ok(StatusCode::NO_CONTENT)
}
