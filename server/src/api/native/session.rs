//! Signing in and out, and what this server is.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use flow::wire::{About, ErrorDocument, SignIn, SignedIn};
use serde::Serialize;
use utoipa::ToSchema;

use super::{App, Problem, problem};
use crate::api::extract::Body;
use crate::auth::session;
use crate::error::Error;

/// A new sign-in link.
#[derive(Serialize, ToSchema)]
pub(super) struct Link {
    /// Works once, for ten minutes.
    url: String,
}

/// Sign in
///
/// Exchanges the one-time token of a sign-in link for a session: a cookie, and a proof for the header
/// `X-Anabranch-Proof` of every request.
#[utoipa::path(post, path = "/api/session", tag = "Session", request_body = SignIn,
    responses((status = 200, body = SignedIn), (status = 401, body = ErrorDocument)))]
pub(super) async fn sign_in(
    State(app): State<App>,
    Body(sign_in): Body<SignIn>,
) -> Result<Response, Problem> {
    let secrets = app.sessions.sign_in(&sign_in.token).await.map_err(|error| match error {
        session::Error::Link => problem(StatusCode::UNAUTHORIZED, "link_used", error.to_string()),
        session::Error::Store(error) => error.into(),
        session::Error::Randomness(error) => Error::from(error).into(),
    })?;
    let cookie = format!("{}={}; Path=/; HttpOnly; SameSite=Strict", cookie_name(&app), secrets.token);
    let mut response = Json(SignedIn { proof: secrets.proof }).into_response();
    if let Ok(value) = HeaderValue::from_str(&cookie) {
        response.headers_mut().insert(header::SET_COOKIE, value);
    }
    Ok(response)
}

/// Sign out
#[utoipa::path(delete, path = "/api/session", tag = "Session", responses((status = 204)))]
pub(super) async fn sign_out(State(app): State<App>, headers: HeaderMap) -> Result<Response, Problem> {
    if let Some(token) = cookie(&app, &headers) {
        app.sessions.sign_out(&token).await?;
    }
    let mut response = StatusCode::NO_CONTENT.into_response();
    let cookie = format!("{}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0", cookie_name(&app));
    if let Ok(value) = HeaderValue::from_str(&cookie) {
        response.headers_mut().insert(header::SET_COOKIE, value);
    }
    Ok(response)
}

/// Make a sign-in link
///
/// What `anabranch open` calls.
#[utoipa::path(post, path = "/api/session/link", tag = "Session", responses((status = 200, body = Link)))]
pub(super) async fn make_link(State(app): State<App>) -> Result<Json<Link>, Problem> {
    let token = app.sessions.link().map_err(Error::from)?;
    Ok(Json(Link { url: format!("{}/#login={token}", app.service.url) }))
}

/// What this server is
#[utoipa::path(get, path = "/api/about", tag = "Session", responses((status = 200, body = About)))]
pub(super) async fn about(State(app): State<App>) -> Result<Json<About>, Problem> {
    Ok(Json(About {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        url: app.service.url.clone(),
        data_folder: app.service.data_folder.display().to_string(),
        running_executions: app.service.running().await?,
    }))
}

/// A cookie goes to every port of a host, so its name holds ours.
fn cookie_name(app: &App) -> String {
    let port = app.service.url.rsplit(':').next().unwrap_or_default();
    format!("anabranch_{port}")
}

/// The session's token.
pub(super) fn cookie(app: &App, headers: &HeaderMap) -> Option<String> {
    let name = cookie_name(app);
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .find_map(|pair| pair.trim().strip_prefix(&name)?.strip_prefix('=').map(str::to_owned))
}
