//! Bodies and headers as types, with errors that name the member.

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use flow::wire::ErrorDocument;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use serde::de::DeserializeOwned;

use super::native::{Problem, problem};

/// The largest body: a definition of 8 MiB and its extensions.
const LARGEST: usize = 9 * 1024 * 1024;

/// A JSON body. Members it does not know are refused by name.
pub(super) struct Body<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Response;

    async fn from_request(request: Request, _: &S) -> Result<Self, Response> {
        if !is_json(request.headers()) {
            let detail = "Send the body as application/json.";
            return Err(problem(StatusCode::UNSUPPORTED_MEDIA_TYPE, "not_json", detail).into_response());
        }
        let bytes = read(request).await?;
        parse(&bytes).map(Self).map_err(Problem::into_response)
    }
}

/// A text as it is, such as a file's.
pub(super) struct Text(pub String);

impl<S: Send + Sync> FromRequest<S> for Text {
    type Rejection = Response;

    async fn from_request(request: Request, _: &S) -> Result<Self, Response> {
        let bytes = read(request).await?;
        String::from_utf8(bytes.into()).map(Self).map_err(|_| {
            let detail = "The file is no text in UTF-8.";
            problem(StatusCode::BAD_REQUEST, "not_text", detail).into_response()
        })
    }
}

/// A file as it is.
pub(super) struct Bytes(pub Vec<u8>);

impl<S: Send + Sync> FromRequest<S> for Bytes {
    type Rejection = Response;

    async fn from_request(request: Request, _: &S) -> Result<Self, Response> {
        read(request).await.map(|bytes| Self(bytes.into()))
    }
}

/// The parts of a path.
pub(super) struct Path<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let found = axum::extract::Path::from_request_parts(parts, state).await;
        found.map(|axum::extract::Path(value)| Self(value)).map_err(|rejection| {
            problem(StatusCode::BAD_REQUEST, "invalid_path", rejection.body_text()).into_response()
        })
    }
}

/// The members of a query. Those it does not know are refused by name.
pub(super) struct Query<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let found = axum::extract::Query::from_request_parts(parts, state).await;
        found.map(|axum::extract::Query(value)| Self(value)).map_err(|rejection| {
            problem(StatusCode::BAD_REQUEST, "invalid_query", rejection.body_text()).into_response()
        })
    }
}

/// Reads a body, up to the cap.
async fn read(request: Request) -> Result<axum::body::Bytes, Response> {
    match Limited::new(request.into_body(), LARGEST).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => {
            let detail = "The body is larger than 9 MiB.";
            Err(problem(StatusCode::PAYLOAD_TOO_LARGE, "too_large", detail).into_response())
        }
        Err(_) => Err(problem(StatusCode::BAD_REQUEST, "broken_body", "The body broke off.").into_response()),
    }
}

/// Parses JSON; the error names the member and the place.
pub(super) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let parsed: Result<T, _> = serde_path_to_error::deserialize(&mut reader);
    let value = parsed.map_err(|error| {
        let path = error.path().to_string();
        let field = (path != ".").then_some(path);
        let detail = match &field {
            Some(field) => format!("{field}: {}", error.inner()),
            None => format!("The body does not fit: {}", error.inner()),
        };
        Problem(ErrorDocument { field, ..problem(StatusCode::BAD_REQUEST, "invalid_body", detail).0 })
    })?;
    reader.end().map_err(|error| {
        problem(StatusCode::BAD_REQUEST, "invalid_body", format!("After the body's end: {error}"))
    })?;
    Ok(value)
}

fn is_json(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).is_some_and(|value| {
        let kind = value.split(';').next().unwrap_or_default().trim();
        kind.eq_ignore_ascii_case("application/json")
    })
}

/// The revision in `If-Match`, which must be there.
pub(super) fn if_match(headers: &HeaderMap) -> Result<u64, Problem> {
    revision(headers)?.ok_or_else(|| {
        let detail = "Send the revision that the change is based on as If-Match, such as \"7\".";
        problem(StatusCode::PRECONDITION_REQUIRED, "revision_required", detail)
    })
}

/// The revision in `If-Match`, where there is one.
pub(super) fn revision(headers: &HeaderMap) -> Result<Option<u64>, Problem> {
    let Some(value) = headers.get(header::IF_MATCH) else { return Ok(None) };
    let revision = value.to_str().ok().and_then(|text| text.trim().trim_matches('"').parse().ok());
    revision.map(Some).ok_or_else(|| {
        problem(StatusCode::BAD_REQUEST, "invalid_revision", "If-Match is a revision, such as \"7\".")
    })
}

/// Whether the caller wants a stream of events.
pub(super) fn wants_events(headers: &HeaderMap) -> bool {
    headers
        .get_all(header::ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .any(|value| value.split(',').any(|kind| kind.trim().starts_with("text/event-stream")))
}

/// The place in `Last-Event-ID`, from which a stream goes on; the beginning where it is absent.
pub(super) fn last_event(headers: &HeaderMap) -> Result<u64, Problem> {
    let Some(value) = headers.get("last-event-id") else { return Ok(0) };
    value.to_str().ok().and_then(|id| id.trim().parse().ok()).ok_or_else(|| {
        let detail = "Last-Event-ID is the id of an event of this stream, such as 7.";
        problem(StatusCode::BAD_REQUEST, "invalid_event_id", detail)
    })
}
