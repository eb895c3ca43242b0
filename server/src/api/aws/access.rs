//! Who may call: a request signed with the owner's key pair, or one that bears the owner's API key.

use axum::body::Bytes;
use axum::extract::Request;
use axum::http::uri::Authority;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};

use super::error::Error;
use crate::api::App;
use crate::auth::sigv4::{self, Claim, Head, Key, Refusal};
use crate::{auth, clock};

/// The largest body: the largest event that AWS's clients read.
const LARGEST: usize = 24 * 1024 * 1024;

/// Authenticates a request; its body.
pub(super) async fn admit(app: &App, uri: &Uri, request: Request) -> Result<Bytes, Error> {
    let claim = check(app, uri, &request)?;
    if length(request.headers()).is_some_and(|length| length > LARGEST as u64) {
        return Err(too_large());
    }
    let body = match Limited::new(request.into_body(), LARGEST).collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) if error.is::<LengthLimitError>() => return Err(too_large()),
        Err(_) => return Err(Error::validation("The body broke off.")),
    };
    if let Some(claim) = claim {
        claim.verify(&body).map_err(refused)?;
    }
    Ok(body)
}

/// Checks what can be without the body; a signature is left to be checked with it.
fn check(app: &App, uri: &Uri, request: &Request) -> Result<Option<Claim>, Error> {
    let headers = request.headers();
    if let Some(key) = bearer(headers) {
        return if auth::same(key, &app.key.api_key) {
            Ok(None)
        } else {
            Err(Error::of_kind(StatusCode::FORBIDDEN, "UnrecognizedClientException", UNKNOWN_KEY))
        };
    }
    let head = Head {
        method: request.method().as_str(),
        path: uri.path(),
        query: uri.query(),
        authority: uri.authority().map(Authority::as_str),
        headers,
    };
    let key = Key { id: &app.key.access_key_id, secret: &app.key.secret_access_key };
    let now = i64::try_from(clock::now() / 1000).unwrap_or(i64::MAX);
    sigv4::check(&head, key, now).map(Some).map_err(refused)
}

const UNKNOWN_KEY: &str = "The API key is not this server's. Run: eval \"$(anabranch env)\"";

/// The only `Authorization` header's bearer key.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => value.to_str().ok()?.strip_prefix("Bearer ").map(str::trim),
        _ => None,
    }
}

fn length(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn too_large() -> Error {
    let message = "The body is larger than 24 MiB.";
    Error::of_kind(StatusCode::PAYLOAD_TOO_LARGE, "RequestEntityTooLargeException", message)
}

fn refused(refusal: Refusal) -> Error {
    let kind = match refusal {
        Refusal::Unsigned => "MissingAuthenticationTokenException",
        Refusal::Malformed => "IncompleteSignatureException",
        Refusal::UnknownKey | Refusal::SessionToken => "UnrecognizedClientException",
        _ => "InvalidSignatureException",
    };
    Error::of_kind(StatusCode::FORBIDDEN, kind, refusal.to_string())
}
