//! Bindings of bots.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use flow::wire::{Bot, BotList, BotTest, ErrorDocument, PutBot, TryBot};
use serde::Deserialize;

use super::{App, Problem};
use crate::api::extract::{Body, Path, Query};

/// For which locale a binding is.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Locale {
    #[serde(default)]
    locale: String,
}

/// Bindings of bots
///
/// Which intents each bot alias of a Lex node stands for.
#[utoipa::path(get, path = "/api/bots", tag = "Bots", responses((status = 200, body = BotList)))]
pub(super) async fn list(State(app): State<App>) -> Result<Json<BotList>, Problem> {
    Ok(Json(app.service.bots().await?))
}

/// Bind a bot
///
/// Replaces the intents of a bot's alias. Without a locale it answers for every locale that has no binding of its own.
#[utoipa::path(put, path = "/api/bots/{arn}", tag = "Bots", request_body = PutBot,
    params(("arn", description = "The bot alias's ARN as the node has it, percent-encoded"),
        ("locale" = Option<String>, Query, description = "Such as en_US")),
    responses((status = 200, body = Bot), (status = 400, body = ErrorDocument)))]
pub(super) async fn put(
    State(app): State<App>,
    Path(arn): Path<String>,
    Query(Locale { locale }): Query<Locale>,
    Body(put): Body<PutBot>,
) -> Result<Json<Bot>, Problem> {
    Ok(Json(app.service.put_bot(&arn, &locale, put).await?))
}

/// Delete a binding
#[utoipa::path(delete, path = "/api/bots/{arn}", tag = "Bots",
    params(("arn", description = "Its ARN"), ("locale" = Option<String>, Query, description = "Its locale")),
    responses((status = 204), (status = 404, body = ErrorDocument)))]
pub(super) async fn delete(
    State(app): State<App>,
    Path(arn): Path<String>,
    Query(Locale { locale }): Query<Locale>,
) -> Result<StatusCode, Problem> {
    app.service.delete_bot(&arn, &locale).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Try a binding
///
/// Names the intent of a message, as a Lex node would.
#[utoipa::path(post, path = "/api/bots/{arn}/test", tag = "Bots", request_body = TryBot,
    params(("arn", description = "Its ARN"), ("locale" = Option<String>, Query, description = "Such as en_US")),
    responses((status = 200, body = BotTest), (status = 404, body = ErrorDocument)))]
pub(super) async fn test(
    State(app): State<App>,
    Path(arn): Path<String>,
    Query(Locale { locale }): Query<Locale>,
    Body(with): Body<TryBot>,
) -> Result<Json<BotTest>, Problem> {
    Ok(Json(app.service.test_bot(&arn, &locale, with).await?))
}
