//! One request and its answer: proof header, JSON both ways, errors as [`Error`].

use flow::wire::ErrorDocument;
use gloo_net::http::{Method, RequestBuilder, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::JsCast;
use web_sys::AbortSignal;

use super::{Answer, Error, session};

/// The header that a page of another origin cannot send.
const PROOF: &str = "X-Anabranch-Proof";

pub async fn get<T: DeserializeOwned>(path: &str) -> Answer<T> {
    read(send(RequestBuilder::new(path)).await?).await
}

pub async fn post<T: DeserializeOwned>(path: &str, body: &impl Serialize) -> Answer<T> {
    read(send_json(RequestBuilder::new(path).method(Method::POST), body).await?).await
}

pub async fn put<T: DeserializeOwned>(path: &str, body: &impl Serialize) -> Answer<T> {
    read(send_json(RequestBuilder::new(path).method(Method::PUT), body).await?).await
}

pub async fn put_if_match<T: DeserializeOwned>(
    path: &str,
    revision: u64,
    body: &impl Serialize,
) -> Answer<T> {
    read(send_json(if_match(RequestBuilder::new(path).method(Method::PUT), revision), body).await?).await
}

pub async fn post_if_match<T: DeserializeOwned>(
    path: &str,
    revision: u64,
    body: &impl Serialize,
) -> Answer<T> {
    read(send_json(if_match(RequestBuilder::new(path).method(Method::POST), revision), body).await?).await
}

pub async fn patch<T: DeserializeOwned>(path: &str, body: &impl Serialize) -> Answer<T> {
    read(send_json(RequestBuilder::new(path).method(Method::PATCH), body).await?).await
}

/// A `POST` that carries nothing.
pub async fn act<T: DeserializeOwned>(path: &str) -> Answer<T> {
    read(send(RequestBuilder::new(path).method(Method::POST)).await?).await
}

/// As [`act`], on the draft at this revision alone.
pub async fn act_if_match<T: DeserializeOwned>(path: &str, revision: u64) -> Answer<T> {
    read(send(if_match(RequestBuilder::new(path).method(Method::POST), revision)).await?).await
}

/// A `POST` that carries nothing and whose answer says nothing.
pub async fn act_silently(path: &str) -> Answer<()> {
    send(RequestBuilder::new(path).method(Method::POST)).await.map(drop)
}

pub async fn delete(path: &str) -> Answer<()> {
    send(RequestBuilder::new(path).method(Method::DELETE)).await.map(drop)
}

/// A `POST` of a text as it is, such as a file's.
pub async fn post_text<T: DeserializeOwned>(path: &str, text: String) -> Answer<T> {
    let builder =
        with_proof(RequestBuilder::new(path).method(Method::POST)).header("Content-Type", "text/plain");
    let request = builder.body(text).map_err(unreadable)?;
    read(accept(request.send().await).await?).await
}

/// A `POST` of a file's bytes.
pub async fn post_file<T: DeserializeOwned>(path: &str, file: &web_sys::File) -> Answer<T> {
    let builder = with_proof(RequestBuilder::new(path).method(Method::POST))
        .header("Content-Type", "application/octet-stream");
    let request = builder.body(file.clone()).map_err(unreadable)?;
    read(accept(request.send().await).await?).await
}

/// What a request for a stream of events carries along.
#[derive(Default)]
pub struct StreamCall {
    pub body: Option<String>,
    /// The draft that it is about.
    pub revision: Option<u64>,
    /// The event that was read last.
    pub last_event: Option<u64>,
}

/// A request whose answer is a stream of events.
pub async fn open_stream(
    method: Method,
    path: &str,
    call: StreamCall,
    signal: Option<&AbortSignal>,
) -> Answer<Response> {
    let mut builder = with_proof(RequestBuilder::new(path).method(method))
        .header("Accept", "text/event-stream")
        .abort_signal(signal);
    if let Some(seq) = call.last_event {
        builder = builder.header("Last-Event-ID", &seq.to_string());
    }
    if let Some(revision) = call.revision {
        builder = if_match(builder, revision);
    }
    let request = match call.body {
        Some(body) => builder.header("Content-Type", "application/json").body(body),
        None => builder.build(),
    };
    accept(request.map_err(unreadable)?.send().await).await
}

/// What a failed `fetch` or read means.
pub fn from_fetch(error: &gloo_net::Error) -> Error {
    match error {
        gloo_net::Error::JsError(js) if js.name == "AbortError" => Error::Aborted,
        gloo_net::Error::JsError(_) => Error::Offline,
        other => Error::Unreadable(other.to_string()),
    }
}

/// What a rejected promise of the streams API means.
pub fn from_js(error: &wasm_bindgen::JsValue) -> Error {
    let name = error.dyn_ref::<js_sys::Error>().map(|error| String::from(error.name()));
    let name =
        name.or_else(|| js_sys::Reflect::get(error, &"name".into()).ok().and_then(|name| name.as_string()));
    if name.as_deref() == Some("AbortError") { Error::Aborted } else { Error::Offline }
}

async fn send(builder: RequestBuilder) -> Answer<Response> {
    let request = with_proof(builder).build().map_err(unreadable)?;
    accept(request.send().await).await
}

async fn send_json(builder: RequestBuilder, body: &impl Serialize) -> Answer<Response> {
    let request = with_proof(builder).json(body).map_err(unreadable)?;
    accept(request.send().await).await
}

fn if_match(builder: RequestBuilder, revision: u64) -> RequestBuilder {
    builder.header("If-Match", &format!("\"{revision}\""))
}

fn with_proof(builder: RequestBuilder) -> RequestBuilder {
    match session::proof() {
        Some(proof) => builder.header(PROOF, &proof),
        None => builder,
    }
}

async fn accept(answer: Result<Response, gloo_net::Error>) -> Answer<Response> {
    let response = answer.map_err(|error| from_fetch(&error))?;
    if response.ok() {
        return Ok(response);
    }
    if response.status() == 401 {
        session::refused();
    }
    Err(Error::Refused(Box::new(document(response).await)))
}

/// The server's problem document; one of our own where something between us answered instead.
async fn document(response: Response) -> ErrorDocument {
    let (status, title) = (response.status(), response.status_text());
    response.json().await.unwrap_or_else(|_| ErrorDocument {
        kind: "about:blank".into(),
        detail: format!("The server answered {status} without saying why."),
        title,
        status,
        code: "unknown".into(),
        field: None,
        execution_id: None,
        node: None,
        revision: None,
        report: None,
    })
}

async fn read<T: DeserializeOwned>(response: Response) -> Answer<T> {
    let text = response.text().await.map_err(|error| from_fetch(&error))?;
    serde_json::from_str(&text).map_err(unreadable)
}

fn unreadable(error: impl std::fmt::Display) -> Error {
    Error::Unreadable(error.to_string())
}
