//! The browser app's files, compressed at build time and kept in the binary.
//!
//! Hashed files may be kept for ever, the page never. Client routes get the page; a missing file is a 404.

use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{Html, IntoResponse as _, Response};
use rust_embed::{EmbeddedFile, RustEmbed};

use super::native::problem;

#[derive(RustEmbed)]
#[folder = "../app/dist"]
#[allow_missing = true]
struct Files;

/// What a server without the app says.
const NOT_BUILT: &str = "<!doctype html><html lang=en><meta charset=utf-8><title>Anabranch</title>\
    <h1>The browser app is not built</h1>\
    <p>This server was built without it. Run <code>cargo xtask serve</code> in the project's folder: it builds the \
    app and starts the server. The API answers all the same: see <a href=/api/docs>its description</a>.";

pub(super) async fn serve(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path().trim_start_matches('/');
    if path == "api" || path.starts_with("api/") {
        let detail = "There is no such route. GET /api/docs lists them.";
        return problem(StatusCode::NOT_FOUND, "no_route", detail).into_response();
    }
    if !matches!(method, Method::GET | Method::HEAD) {
        return problem(StatusCode::METHOD_NOT_ALLOWED, "no_method", "Only GET is answered here.")
            .into_response();
    }
    let asset = path.starts_with("assets/");
    let is_file = path.rsplit('/').next().is_some_and(|name| name.contains('.'));
    if let Some(response) = (asset || is_file).then(|| file(path, &headers)).flatten() {
        return response;
    }
    if asset || is_file {
        return (StatusCode::NOT_FOUND, "not found").into_response();
    }
    file("index.html", &headers).unwrap_or_else(|| Html(NOT_BUILT).into_response())
}

fn file(path: &str, headers: &HeaderMap) -> Option<Response> {
    let plain = Files::get(path)?;
    let accepted =
        headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let accepts = |coding: &str| {
        accepted.split(',').any(|part| {
            let mut words = part.split(';').map(str::trim);
            words.next() == Some(coding) && words.next() != Some("q=0")
        })
    };
    let packed = [("br", "br"), ("gzip", "gz")]
        .into_iter()
        .filter(|(coding, _)| accepts(coding))
        .find_map(|(coding, end)| Some((coding, Files::get(&format!("{path}.{end}"))?)));
    Some(match packed {
        Some((coding, file)) => respond(path, &file, Some(coding)),
        None => respond(path, &plain, None),
    })
}

fn respond(path: &str, file: &EmbeddedFile, coding: Option<&'static str>) -> Response {
    let mut response = file.data.to_vec().into_response();
    let headers = response.headers_mut();
    let kind = match path.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("json") => "application/json",
        _ => "application/octet-stream",
    };
    let keep = if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(keep));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Some(coding) = coding {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
    }
    response
}
