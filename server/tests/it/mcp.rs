//! A server of tools on loopback that speaks MCP: plain JSON-RPC over streamable HTTP, with a session.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::sync::{Mutex, Notify};

/// What the server was sent.
#[derive(Clone, Debug)]
pub struct Heard {
    pub method: String,
    pub headers: HeaderMap,
    pub body: Value,
}

#[derive(Clone)]
pub struct McpServer {
    port: u16,
    ears: Ears,
}

#[derive(Clone, Default)]
struct Ears {
    heard: Arc<Mutex<Vec<Heard>>>,
    /// Whether the second of a pair was greeted.
    second: Arc<Notify>,
}

const SESSION: &str = "session-1";

impl McpServer {
    pub async fn start() -> Self {
        let ears = Ears::default();
        let router = Router::new().fallback(answer).with_state(ears.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { port, ears }
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/mcp", self.port)
    }

    /// Where its list of tools never ends.
    pub fn endless(&self) -> String {
        format!("http://127.0.0.1:{}/endless", self.port)
    }

    /// Where it refuses every key and repeats it, after many words.
    pub fn wordy(&self) -> String {
        format!("http://127.0.0.1:{}/wordy", self.port)
    }

    /// Two, the first of which answers once the second was greeted.
    pub fn pair(&self) -> [String; 2] {
        ["first", "second"].map(|place| format!("http://127.0.0.1:{}/{place}", self.port))
    }

    pub async fn heard(&self) -> Vec<Heard> {
        self.ears.heard.lock().await.clone()
    }
}

async fn answer(
    State(ears): State<Ears>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let name = body["method"].as_str().unwrap_or(method.as_str()).to_owned();
    ears.heard.lock().await.push(Heard {
        method: name.clone(),
        headers: headers.clone(),
        body: body.clone(),
    });
    if uri.path() == "/wordy" {
        let key = headers["authorization"].to_str().unwrap();
        return (StatusCode::UNAUTHORIZED, format!("{}{key}", "x".repeat(120))).into_response();
    }
    if headers.get("authorization").is_none_or(|key| key != "Bearer sk-canary-mcp") {
        return (StatusCode::UNAUTHORIZED, "the key Bearer sk-canary-mcp is needed").into_response();
    }
    if name != "initialize" && headers.get("mcp-session-id").is_none_or(|id| id != SESSION) {
        return StatusCode::NOT_FOUND.into_response();
    }
    let result = |result: Value| json!({"jsonrpc": "2.0", "id": body["id"], "result": result});
    match name.as_str() {
        "initialize" => {
            match uri.path() {
                "/first" => ears.second.notified().await,
                "/second" => ears.second.notify_one(),
                _ => {}
            }
            let version = body["params"]["protocolVersion"].clone();
            let hello = json!({"protocolVersion": version, "capabilities": {"tools": {}},
                "serverInfo": {"name": "test", "version": "1"}});
            ([("mcp-session-id", SESSION)], Json(result(hello))).into_response()
        }
        "tools/list" => {
            let schema = json!({"type": "object", "required": ["city"],
                "properties": {"city": {"type": "string"}}});
            let mut tools = json!({"tools": [
                {"name": "weather", "description": "The weather of a city", "inputSchema": schema},
                {"name": "broken/tool", "description": "Always fails", "inputSchema": {"type": "object"}},
            ]});
            if uri.path() == "/endless" {
                tools["nextCursor"] = json!("more");
            }
            // As a stream, as many servers answer.
            let told = format!("event: message\ndata: {}\n\n", result(tools));
            ([("content-type", "text/event-stream")], told).into_response()
        }
        "tools/call" if body["params"]["name"] == "weather" => {
            // It repeats its key, as some do.
            let city = body["params"]["arguments"]["city"].as_str().unwrap();
            let text = format!("Rain in {city} for {}", headers["authorization"].to_str().unwrap());
            Json(result(json!({"content": [{"type": "text", "text": text}]}))).into_response()
        }
        "tools/call" => {
            let content = json!([{"type": "text", "text": "out of order for Bearer sk-canary-mcp"}]);
            Json(result(json!({"content": content, "isError": true}))).into_response()
        }
        "DELETE" => StatusCode::NO_CONTENT.into_response(),
        "GET" => StatusCode::METHOD_NOT_ALLOWED.into_response(),
        _ => StatusCode::ACCEPTED.into_response(),
    }
}
