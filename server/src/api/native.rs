//! The native API: JSON for people, the browser and curl. Errors are RFC 9457 problem documents.

mod agents;
mod aliases;
mod bots;
mod buckets;
mod connections;
mod docs;
mod executions;
mod flows;
mod functions;
mod invoke;
mod knowledge;
mod prompts;
mod session;
mod sources;
mod vector_stores;
mod versions;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use flow::event::{FailureCode, Status};
use flow::wire::ErrorDocument;
use tracing::error;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::App;
use crate::auth::{Caller, same};
use crate::error::Error;

/// The header with a session's proof.
pub const PROOF: &str = "x-anabranch-proof";

#[derive(OpenApi)]
#[openapi(info(
    title = "Anabranch",
    description = "Flows, their versions and aliases, and their executions. Send the key that `anabranch env` prints \
                   as `Authorization: Bearer KEY`. Errors are problem documents (RFC 9457) whose `code` is stable."
))]
struct Description;

/// Every route of the native API.
pub(super) fn router(app: &App) -> Router {
    let (guarded, description) = OpenApiRouter::with_openapi(Description::openapi())
        .routes(routes!(session::sign_out))
        .routes(routes!(session::make_link))
        .routes(routes!(session::about))
        .routes(routes!(flows::list, flows::create))
        .routes(routes!(flows::get, flows::save, flows::rename, flows::delete))
        .routes(routes!(flows::duplicate))
        .routes(routes!(flows::export))
        .routes(routes!(flows::import))
        .routes(routes!(flows::read))
        .routes(routes!(flows::templates))
        .routes(routes!(flows::check))
        .routes(routes!(versions::list))
        .routes(routes!(versions::get))
        .routes(routes!(versions::restore))
        .routes(routes!(versions::publish))
        .routes(routes!(aliases::list))
        .routes(routes!(aliases::put, aliases::delete))
        .routes(routes!(aliases::moves))
        .routes(routes!(invoke::alias))
        .routes(routes!(invoke::draft))
        .routes(routes!(executions::list))
        .routes(routes!(executions::get))
        .routes(routes!(executions::events))
        .routes(routes!(executions::stop))
        .routes(routes!(executions::input))
        .routes(routes!(agents::list, agents::create))
        .routes(routes!(agents::get, agents::put, agents::delete))
        .routes(routes!(agents::bind, agents::unbind))
        .routes(routes!(agents::servers))
        .routes(routes!(agents::put_server, agents::delete_server))
        .routes(routes!(agents::tools))
        .routes(routes!(prompts::list, prompts::create))
        .routes(routes!(prompts::get, prompts::delete))
        .routes(routes!(functions::list))
        .routes(routes!(functions::put, functions::delete))
        .routes(routes!(functions::test))
        .routes(routes!(bots::list))
        .routes(routes!(bots::put, bots::delete))
        .routes(routes!(bots::test))
        .routes(routes!(buckets::list))
        .routes(routes!(buckets::put, buckets::delete))
        .routes(routes!(buckets::test))
        .routes(routes!(vector_stores::list))
        .routes(routes!(vector_stores::put, vector_stores::delete))
        .routes(routes!(vector_stores::test))
        .routes(routes!(knowledge::list, knowledge::create))
        .routes(routes!(knowledge::get, knowledge::update, knowledge::delete))
        .routes(routes!(knowledge::documents, knowledge::add))
        .routes(routes!(knowledge::document, knowledge::remove))
        .routes(routes!(knowledge::query))
        .routes(routes!(knowledge::answer))
        .routes(routes!(knowledge::questions, knowledge::set_questions))
        .routes(routes!(knowledge::evaluations, knowledge::evaluate))
        .routes(routes!(sources::list, sources::create))
        .routes(routes!(sources::get, sources::delete))
        .routes(routes!(sources::jobs, sources::sync))
        .routes(routes!(sources::job))
        .routes(routes!(sources::stop))
        .routes(routes!(sources::items))
        .routes(routes!(sources::add_file))
        .routes(routes!(connections::list))
        .routes(routes!(connections::put, connections::delete))
        .routes(routes!(connections::test))
        .routes(routes!(connections::models))
        .routes(routes!(connections::map, connections::put_map))
        .routes(routes!(connections::local_model))
        .routes(routes!(connections::fetch_local_model))
        .split_for_parts();
    let guarded = guarded.route_layer(middleware::from_fn_with_state(app.clone(), authenticate));
    let (open, session) = OpenApiRouter::new().routes(routes!(session::sign_in)).split_for_parts();
    let mut description = description;
    description.merge(session);
    let described = docs::Described::new(&description);
    let open = open
        .route(
            "/api/openapi.json",
            get({
                let described = described.clone();
                move || async move { described.json() }
            }),
        )
        .route("/api/docs", get(move || async move { described.page() }));
    open.merge(guarded)
        .method_not_allowed_fallback(|| async {
            let detail = "This route does not answer that method. GET /api/docs says which it answers.";
            problem(StatusCode::METHOD_NOT_ALLOWED, "no_method", detail)
        })
        .layer(tower_http::set_header::SetResponseHeaderLayer::if_not_present(
            header::CACHE_CONTROL,
            HeaderValue::from_static("no-store"),
        ))
        .with_state(app.clone())
}

/// What is answered where a handler broke, which is a mistake of ours.
pub(super) fn broken(_: Box<dyn std::any::Any + Send>) -> Response {
    error!("a request's handler broke");
    Problem::from(Error::Internal("a handler broke".to_owned())).into_response()
}

/// Lets a request through that carries a session or the owner's key.
async fn authenticate(State(app): State<App>, request: Request, next: Next) -> Response {
    match caller(&app, request.headers()).await {
        Ok(Some(_)) => next.run(request).await,
        Ok(None) => {
            let detail = "Sign in with the link that the server printed, or send Authorization: Bearer KEY. \
                          anabranch open makes a new link; anabranch env prints the key.";
            let mut response = problem(StatusCode::UNAUTHORIZED, "not_signed_in", detail).into_response();
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            response
        }
        Err(error) => Problem::from(error).into_response(),
    }
}

async fn caller(app: &App, headers: &HeaderMap) -> Result<Option<Caller>, Error> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(key) = text("authorization").and_then(|value| value.strip_prefix("Bearer ")) {
        return Ok(same(key.trim(), &app.key.api_key).then_some(Caller::Key));
    }
    let (Some(token), Some(proof)) = (session::cookie(app, headers), text(PROOF)) else { return Ok(None) };
    let verified = app.sessions.verify(&token, proof).await?;
    Ok(verified.then_some(Caller::Session))
}

/// A problem document as an answer.
#[derive(Debug)]
pub(super) struct Problem(pub ErrorDocument);

/// A problem document with a stable code and a sentence.
pub(super) fn problem(status: StatusCode, code: &str, detail: impl Into<String>) -> Problem {
    Problem(ErrorDocument {
        kind: "about:blank".to_owned(),
        title: status.canonical_reason().unwrap_or("Error").to_owned(),
        status: status.as_u16(),
        detail: detail.into(),
        code: code.to_owned(),
        field: None,
        execution_id: None,
        node: None,
        revision: None,
        report: None,
    })
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let detail = error.to_string();
        match error {
            Error::NotFound { .. } => problem(StatusCode::NOT_FOUND, "not_found", detail),
            Error::Invalid { field, .. } => {
                let field = Some(field.to_owned());
                Self(ErrorDocument { field, ..problem(StatusCode::BAD_REQUEST, "invalid", detail).0 })
            }
            Error::Conflict { code, .. } => problem(StatusCode::CONFLICT, code, detail),
            Error::Revision { current, .. } => {
                let base = problem(StatusCode::PRECONDITION_FAILED, "revision_conflict", detail).0;
                Self(ErrorDocument { revision: Some(current), ..base })
            }
            Error::Problems(report) => {
                let base = problem(StatusCode::UNPROCESSABLE_ENTITY, "flow_has_problems", detail).0;
                Self(ErrorDocument { report: Some(*report), ..base })
            }
            Error::Input(_) => {
                let field = Some("input".to_owned());
                Self(ErrorDocument { field, ..problem(StatusCode::BAD_REQUEST, "invalid_input", detail).0 })
            }
            Error::Run { execution, status, error } => {
                let code = error.as_ref().map(|error| error.code);
                let (http, name) = outcome(status, code);
                let node = error.and_then(|error| error.node);
                let base = problem(http, name, detail).0;
                Self(ErrorDocument { execution_id: Some(execution), node, ..base })
            }
            Error::Quota(_) => problem(StatusCode::BAD_REQUEST, "too_many", detail),
            Error::Model(_) => problem(StatusCode::BAD_GATEWAY, "model_failed", detail),
            Error::Busy(_) => problem(StatusCode::TOO_MANY_REQUESTS, "busy", detail),
            Error::Stopping => problem(StatusCode::SERVICE_UNAVAILABLE, "stopping", detail),
            Error::Full => problem(StatusCode::INSUFFICIENT_STORAGE, "disk_full", detail),
            Error::Internal(inner) => {
                error!("a request failed: {inner}");
                problem(StatusCode::INTERNAL_SERVER_ERROR, "internal", detail)
            }
        }
    }
}

/// How a run that did not succeed is answered.
fn outcome(status: Status, code: Option<FailureCode>) -> (StatusCode, &'static str) {
    match (status, code) {
        (Status::TimedOut, _) => (StatusCode::GATEWAY_TIMEOUT, "timed_out"),
        (Status::Aborted, _) => (StatusCode::CONFLICT, "stopped"),
        (Status::Interrupted, _) => (StatusCode::SERVICE_UNAVAILABLE, "interrupted"),
        (_, Some(FailureCode::Validation)) => (StatusCode::BAD_REQUEST, "validation"),
        (_, Some(FailureCode::BadGateway)) => (StatusCode::FAILED_DEPENDENCY, "bad_gateway"),
        (_, Some(FailureCode::InternalServer)) => (StatusCode::INTERNAL_SERVER_ERROR, "internal"),
        _ => (StatusCode::FAILED_DEPENDENCY, "dependency_failed"),
    }
}

impl From<crate::store::Error> for Problem {
    fn from(error: crate::store::Error) -> Self {
        Error::from(error).into()
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(self.0)).into_response();
        let kind = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
        response
    }
}
