//! A scripted model server on loopback that speaks the real OpenAI protocol.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::serve::ListenerExt as _;
use axum::{Json, Router};
use futures_util::StreamExt as _;
use serde_json::{Value, json};
use tokio::sync::{Mutex, Notify, mpsc};

/// The pieces of an answer to a request.
pub type Answer = Arc<dyn Fn(&Value) -> Vec<String> + Send + Sync>;

/// A text or calls of tools, from a request.
pub type Turn = Arc<dyn Fn(&Value) -> Said + Send + Sync>;

/// What a model says in one answer.
pub enum Said {
    Text(&'static str),
    /// Names and arguments, as the model writes them.
    Calls(Vec<(&'static str, String)>),
}

/// What the upstream answers.
#[derive(Clone)]
pub enum Script {
    /// These pieces, from the request.
    Pieces(Answer),
    /// A text or calls of tools.
    Turns(Turn),
    /// A text or calls of tools, when the gate opens.
    HeldTurns(Turn),
    /// The first piece, then the rest when the gate opens.
    Held(Vec<String>),
    /// A status, headers and a body.
    Refuse(u16, Option<&'static str>, &'static str),
    /// Bytes of a stream as they are; then the connection ends.
    Raw(&'static str),
}

#[derive(Clone)]
pub struct Upstream {
    port: u16,
    state: Arc<Inner>,
}

pub struct Inner {
    script: Mutex<Script>,
    pub requests: Mutex<Vec<Value>>,
    gate: Notify,
    in_flight: AtomicUsize,
    most_in_flight: AtomicUsize,
    closed_early: AtomicUsize,
    /// What is done with texts that are to be embedded.
    pub embeds: Mutex<Embeds>,
    /// How many texts were embedded, by model.
    pub embedded: Mutex<HashMap<String, usize>>,
    /// Whether there is a `rerank`.
    pub reranks: AtomicBool,
}

/// What is done with texts that are to be embedded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Embeds {
    Answer,
    /// So many texts more are answered, then none.
    Hold(usize),
    Refuse,
}

impl Upstream {
    pub async fn start(script: Script) -> Self {
        let state = Arc::new(Inner {
            script: Mutex::new(script),
            requests: Mutex::default(),
            gate: Notify::new(),
            in_flight: AtomicUsize::new(0),
            most_in_flight: AtomicUsize::new(0),
            closed_early: AtomicUsize::new(0),
            embeds: Mutex::new(Embeds::Answer),
            embedded: Mutex::default(),
            reranks: AtomicBool::new(false),
        });
        let router = Router::new()
            .route("/v1/chat/completions", post(chat))
            .route("/v1/embeddings", post(embed))
            .route("/v1/rerank", post(rerank))
            .route("/model/{model}/invoke", post(invoke))
            .route("/v1/models", get(|| async { Json(json!({"data": [{"id": "model"}, {"id": "other"}]})) }))
            .with_state(Arc::clone(&state));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let listener = listener.tap_io(|connection| connection.set_nodelay(true).unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { port, state }
    }

    /// Answers every prompt with a text made from it.
    pub async fn echo() -> Self {
        Self::start(Script::Pieces(Arc::new(|request| vec![format!("[{}]", prompt(request))]))).await
    }

    /// The same server as Bedrock's runtime, which speaks chat completions at another path.
    pub fn bedrock_url(&self) -> String {
        format!("http://127.0.0.1:{}/openai/v1", self.port)
    }

    pub fn base_url(&self) -> String {
        format!("http://127.0.0.1:{}/v1", self.port)
    }

    pub async fn set(&self, script: Script) {
        *self.state.script.lock().await = script;
    }

    pub async fn set_embeds(&self, embeds: Embeds) {
        *self.state.embeds.lock().await = embeds;
    }

    pub fn set_reranks(&self) {
        self.state.reranks.store(true, Ordering::SeqCst);
    }

    /// How many texts a model has embedded.
    pub async fn embedded(&self, model: &str) -> usize {
        self.state.embedded.lock().await.get(model).copied().unwrap_or_default()
    }

    /// Lets everything that is held go on.
    pub fn open(&self) {
        self.state.gate.notify_waiters();
    }

    pub async fn requests(&self) -> Vec<Value> {
        self.state.requests.lock().await.clone()
    }

    pub async fn until_in_flight(&self, count: usize) {
        eventually(|| self.state.in_flight.load(Ordering::SeqCst) == count, "calls in flight").await;
    }

    pub async fn until_closed_early(&self, count: usize) {
        eventually(|| self.state.closed_early.load(Ordering::SeqCst) == count, "closed connections").await;
    }

    pub fn most_in_flight(&self) -> usize {
        self.state.most_in_flight.load(Ordering::SeqCst)
    }
}

/// The last message of a request.
pub fn prompt(request: &Value) -> String {
    request["messages"].as_array().unwrap().last().unwrap()["content"].as_str().unwrap().to_owned()
}

async fn eventually(holds: impl Fn() -> bool, what: &str) {
    for _ in 0..400 {
        if holds() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("{what}: not seen in ten seconds");
}

async fn chat(State(state): State<Arc<Inner>>, Json(request): Json<Value>) -> Response {
    state.requests.lock().await.push(request.clone());
    let script = state.script.lock().await.clone();
    match script {
        Script::Refuse(status, retry_after, body) => {
            let mut response = (StatusCode::from_u16(status).unwrap(), body).into_response();
            if let Some(seconds) = retry_after {
                response.headers_mut().insert("retry-after", seconds.parse().unwrap());
            }
            response
        }
        Script::Raw(bytes) => events(futures_util::stream::iter([Ok(Bytes::from(bytes))])),
        Script::Pieces(pieces) => {
            let pieces = pieces(&request);
            stream(state, pieces, false)
        }
        Script::Held(pieces) => stream(state, pieces, true),
        Script::Turns(turn) => said(state, turn(&request)),
        Script::HeldTurns(turn) => {
            let opened = state.gate.notified();
            state.in_flight.fetch_add(1, Ordering::SeqCst);
            opened.await;
            state.in_flight.fetch_sub(1, Ordering::SeqCst);
            said(Arc::clone(&state), turn(&request))
        }
    }
}

fn said(state: Arc<Inner>, said: Said) -> Response {
    match said {
        Said::Text(text) => stream(state, vec![text.to_owned()], false),
        Said::Calls(calls) => events(futures_util::stream::iter([Ok(called(&calls))])),
    }
}

/// Calls of tools as a stream tells them: the arguments of each in two pieces.
fn called(calls: &[(&str, String)]) -> Bytes {
    let chunk = |delta: Value| format!("data: {}\n\n", json!({"choices": [{"index": 0, "delta": delta}]}));
    let mut told = String::new();
    for (index, (name, arguments)) in calls.iter().enumerate() {
        let (first, second) = arguments.split_at(arguments.len() / 2);
        let call = json!({"index": index, "id": format!("call_{index}"), "type": "function",
            "function": {"name": name, "arguments": first}});
        told.push_str(&chunk(json!({"tool_calls": [call]})));
        let more = json!({"index": index, "function": {"arguments": second}});
        told.push_str(&chunk(json!({"tool_calls": [more]})));
    }
    let end = json!({"choices": [{"index": 0, "delta": {}, "finish_reason": "tool_calls"}]});
    let usage = json!({"choices": [], "usage": {"prompt_tokens": 10, "completion_tokens": 3}});
    format!("{told}data: {end}\n\ndata: {usage}\n\ndata: [DONE]\n\n").into()
}

fn stream(state: Arc<Inner>, pieces: Vec<String>, held: bool) -> Response {
    let (sender, receiver) = mpsc::channel::<Result<Bytes, Infallible>>(1);
    tokio::spawn(async move {
        let now = state.in_flight.fetch_add(1, Ordering::SeqCst) + 1;
        state.most_in_flight.fetch_max(now, Ordering::SeqCst);
        let finished = tell(&state, &sender, &pieces, held).await;
        state.in_flight.fetch_sub(1, Ordering::SeqCst);
        if !finished {
            state.closed_early.fetch_add(1, Ordering::SeqCst);
        }
    });
    let stream = futures_util::stream::unfold(receiver, |mut receiver| async move {
        receiver.recv().await.map(|piece| (piece, receiver))
    });
    events(stream)
}

/// Whether the client stayed to the end.
async fn tell(
    state: &Inner,
    sender: &mpsc::Sender<Result<Bytes, Infallible>>,
    pieces: &[String],
    held: bool,
) -> bool {
    for (at, piece) in pieces.iter().enumerate() {
        let opened = state.gate.notified();
        let chunk = json!({"choices": [{"index": 0, "delta": {"content": piece}, "finish_reason": null}]});
        if sender.send(Ok(format!("data: {chunk}\n\n").into())).await.is_err() {
            return false;
        }
        if held && at == 0 {
            tokio::select! {
                () = opened => {}
                () = sender.closed() => return false,
            }
        }
    }
    let end = json!({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]});
    let usage = json!({"choices": [], "usage": {"prompt_tokens": 7, "completion_tokens": pieces.len()}});
    sender.send(Ok(format!("data: {end}\n\ndata: {usage}\n\ndata: [DONE]\n\n").into())).await.is_ok()
}

fn events(stream: impl futures_util::Stream<Item = Result<Bytes, Infallible>> + Send + 'static) -> Response {
    let body = Body::from_stream(stream.boxed());
    ([("content-type", "text/event-stream")], body).into_response()
}

/// What words mean: those of a line mean the same.
const MEANINGS: [&str; 6] = [
    "money refund refunds reimbursed cash card",
    "parcel parcels delivery shipment courier",
    "cat kitten feline",
    "rule rules policy",
    "colour paint hue",
    "music song melody",
];

/// A vector: how many words of each meaning a text has. The model `wide` has one number more.
fn vector(model: &str, text: &str) -> Vec<f64> {
    let words: Vec<String> = text.split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase).collect();
    let count = |meaning: &&str| {
        words.iter().filter(|word| meaning.split(' ').any(|of| of == word.as_str())).count() as f64
    };
    let mut vector: Vec<f64> = MEANINGS.iter().map(count).collect();
    vector.push(0.01);
    if model == "wide" {
        vector.push(0.0);
    }
    vector
}

async fn embed(State(state): State<Arc<Inner>>, Json(request): Json<Value>) -> Response {
    let texts: Vec<&str> =
        request["input"].as_array().unwrap().iter().map(|text| text.as_str().unwrap()).collect();
    let model = request["model"].as_str().unwrap();
    loop {
        let mut embeds = state.embeds.lock().await;
        match *embeds {
            Embeds::Answer => break,
            Embeds::Hold(more) if more >= texts.len() => {
                *embeds = Embeds::Hold(more - texts.len());
                break;
            }
            Embeds::Hold(_) => {}
            Embeds::Refuse => {
                let body = json!({"error": {"message": "no memory left"}});
                return (StatusCode::INTERNAL_SERVER_ERROR, Json(body)).into_response();
            }
        }
        drop(embeds);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    *state.embedded.lock().await.entry(model.to_owned()).or_default() += texts.len();
    let item = |(at, text): (usize, &&str)| json!({"index": at, "embedding": vector(model, text)});
    let data: Vec<Value> = texts.iter().enumerate().map(item).collect();
    Json(json!({"data": data, "usage": {"prompt_tokens": texts.len()}})).into_response()
}

/// Embeddings as Bedrock's InvokeModel gives them, to who has the key.
async fn invoke(
    State(state): State<Arc<Inner>>,
    Path(model): Path<String>,
    headers: HeaderMap,
    Json(request): Json<Value>,
) -> Response {
    if headers.get("authorization").is_none_or(|key| key != "Bearer aws-key") {
        let message = json!({"message": "Authentication failed: Please make sure your API Key is valid."});
        return (StatusCode::FORBIDDEN, Json(message)).into_response();
    }
    state.requests.lock().await.push(request.clone());
    if model.starts_with("amazon.titan-embed") {
        let text = request["inputText"].as_str().unwrap();
        return Json(json!({"embedding": vector(&model, text), "inputTextTokenCount": 3})).into_response();
    }
    let texts = request["texts"].as_array().unwrap();
    let vectors: Vec<_> = texts.iter().map(|text| vector(&model, text.as_str().unwrap())).collect();
    let answer =
        json!({"id": "1", "texts": texts, "embeddings": vectors, "response_type": "embeddings_floats"});
    ([("x-amzn-bedrock-input-token-count", "5")], Json(answer)).into_response()
}

/// The longer a text, the better.
async fn rerank(State(state): State<Arc<Inner>>, Json(request): Json<Value>) -> Response {
    if !state.reranks.load(Ordering::SeqCst) {
        return (StatusCode::NOT_FOUND, "no such route").into_response();
    }
    let texts = request["documents"].as_array().unwrap();
    let score = |text: &Value| text.as_str().unwrap().len() as f64 / 10_000.0;
    let result = |(at, text): (usize, &Value)| json!({"index": at, "relevance_score": score(text)});
    let results: Vec<Value> = texts.iter().enumerate().map(result).collect();
    Json(json!({"results": results})).into_response()
}
