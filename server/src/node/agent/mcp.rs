//! The tools of an MCP server, over streamable HTTP: the protocol is the crate's, every call is [`crate::egress`]'s.
//!
//! Always holds: a call goes to the address that the owner named, and carries the owner's headers to nowhere else; what
//! a failure says has no secret of theirs; nothing waits longer than its binding says. Absent on purpose: the server's
//! own stream of notices, and everything of the protocol but tools.

use std::collections::HashMap;
use std::sync::Arc;

use flow::message::Tool;
use futures_util::StreamExt as _;
use futures_util::stream::BoxStream;
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderName, HeaderValue};
use reqwest::{Method, StatusCode};
use rmcp::ServiceExt as _;
use rmcp::model::{
    CallToolRequestParams, CallToolResult, ClientJsonRpcMessage, ContentBlock, PaginatedRequestParams,
    ServerJsonRpcMessage,
};
use rmcp::service::{RoleClient, RunningService, ServiceError};
use rmcp::transport::streamable_http_client::{
    SseError, StreamableHttpClient, StreamableHttpClientTransport, StreamableHttpClientTransportConfig,
    StreamableHttpError, StreamableHttpPostResponse,
};
use serde_json::Value;
use sse_stream::{Sse, SseStream};
use url::Url;

use crate::egress::{self, Egress, Reach};
use crate::node::function::{Binding, header};

/// The largest answer, in bytes.
const LARGEST: usize = 10 * 1024 * 1024;
/// How many pages its tools may be on, how many tools there may be, and how large they may be in all, in bytes of JSON.
const MOST_PAGES: usize = 20;
const MOST_TOOLS: usize = 200;
const LARGEST_TOOLS: usize = 1024 * 1024;
const SESSION: HeaderName = HeaderName::from_static("mcp-session-id");

type Failed = StreamableHttpError<egress::Error>;

/// A server that answers, and what it has.
pub(super) struct Session {
    pub name: String,
    pub tools: Vec<Tool>,
    binding: Arc<Binding>,
    service: RunningService<RoleClient, ()>,
}

impl Session {
    /// Greets a server and asks for its tools.
    ///
    /// # Errors
    /// What went wrong and what to do.
    pub(super) async fn open(name: &str, binding: Arc<Binding>, egress: &Egress) -> Result<Self, String> {
        let failed = |why: String| {
            let why = binding.quoted(&why);
            format!("The MCP server {name} could not be used: {why}. Its address is on the Agents page.")
        };
        let client = Client { egress: egress.clone(), binding: Arc::clone(&binding) };
        let config = StreamableHttpClientTransportConfig::with_uri(binding.url.as_str());
        let transport = StreamableHttpClientTransport::with_client(client, config);
        let opened = async {
            let service = ().serve(transport).await.map_err(|error| failed(told(&error)))?;
            let tools = all_tools(&service).await.map_err(failed)?;
            Ok::<_, String>((service, tools))
        };
        let late = |_| failed("it did not answer in time".to_owned());
        let (service, tools) = tokio::time::timeout(binding.timeout, opened).await.map_err(late)??;
        Ok(Self { name: name.to_owned(), tools, binding: Arc::clone(&binding), service })
    }

    /// Calls a tool; its result, or why there is none.
    pub(super) async fn call(&self, tool: &str, arguments: Value) -> Result<String, String> {
        let mut params = CallToolRequestParams::new(tool.to_owned());
        if let Value::Object(arguments) = arguments {
            params = params.with_arguments(arguments);
        }
        let patience = self.binding.timeout;
        match tokio::time::timeout(patience, self.service.call_tool(params)).await {
            Err(_) => Err(format!("{tool} did not answer within {} s.", patience.as_secs())),
            Ok(Err(ServiceError::McpError(error))) => Err(self.binding.quoted(&error.message)),
            Ok(Err(error)) => Err(self.binding.quoted(&format!("{tool} failed: {}.", told(&error)))),
            Ok(Ok(result)) => {
                let failed = result.is_error == Some(true);
                let text = self.binding.without_secrets(text(result));
                if failed { Err(text) } else { Ok(text) }
            }
        }
    }

    /// Says goodbye.
    pub(super) async fn close(self) {
        let _ended_already = self.service.cancel().await;
    }
}

/// The tools of a server, page by page; or why they are not taken.
async fn all_tools(service: &RunningService<RoleClient, ()>) -> Result<Vec<Tool>, String> {
    let (mut tools, mut size, mut cursor) = (Vec::new(), 0, None);
    for _ in 0..MOST_PAGES {
        let params = PaginatedRequestParams::default().with_cursor(cursor.take());
        let page = service.list_tools(Some(params)).await.map_err(|error| told(&error))?;
        for tool in page.tools {
            let tool = Tool {
                name: tool.name.into_owned(),
                description: tool.description.map(std::borrow::Cow::into_owned).unwrap_or_default(),
                parameters: Value::Object(tool.input_schema.as_ref().clone()),
            };
            size += tool.name.len() + tool.description.len() + tool.parameters.to_string().len();
            tools.push(tool);
        }
        if tools.len() > MOST_TOOLS {
            return Err(format!("it has more than {MOST_TOOLS} tools"));
        }
        if size > LARGEST_TOOLS {
            return Err("its tools and their schemas have more than 1 MiB".to_owned());
        }
        match page.next_cursor {
            None => return Ok(tools),
            next => cursor = next,
        }
    }
    Err(format!("its list of tools has more than {MOST_PAGES} pages"))
}

/// What a result says, in text; what is no text is named.
fn text(result: CallToolResult) -> String {
    let parts = result.content.into_iter().map(|block| match block {
        ContentBlock::Text(text) => text.text,
        ContentBlock::Image(_) => "(an image)".to_owned(),
        ContentBlock::Audio(_) => "(a sound)".to_owned(),
        other => serde_json::to_string(&other).unwrap_or_default(),
    });
    let text = parts.collect::<Vec<_>>().join("\n");
    match result.structured_content {
        Some(value) if text.is_empty() => value.to_string(),
        _ => text,
    }
}

/// The cause of an error, without the names of types that the crate puts before it.
fn told(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    let words = cause.to_string();
    let words = words.rsplit("] error: ").next().unwrap_or(&words);
    let words = words.trim_start_matches("unexpected server response: ").trim_start_matches("Client error: ");
    let words = words.split(", when send ").next().unwrap_or(words);
    words.trim_end_matches('.').to_owned()
}

/// The crate's HTTP, done by the one client of this server.
#[derive(Clone)]
struct Client {
    egress: Egress,
    binding: Arc<Binding>,
}

impl Client {
    async fn send(
        &self,
        method: Method,
        session: Option<Arc<str>>,
        more: HashMap<HeaderName, HeaderValue>,
        body: Option<Vec<u8>>,
    ) -> Result<egress::Response, Failed> {
        let unfit = |what: &str| Failed::UnexpectedServerResponse(format!("a bad {what}").into());
        let mut headers: Vec<(HeaderName, HeaderValue)> = more.into_iter().collect();
        headers.push((CONTENT_TYPE, HeaderValue::from_static("application/json")));
        headers.push((ACCEPT, HeaderValue::from_static("application/json, text/event-stream")));
        for (name, secret) in &self.binding.headers {
            headers.push(header(name, secret).ok_or_else(|| unfit("header"))?);
        }
        if let Some(session) = session {
            headers.push((SESSION, HeaderValue::from_str(&session).map_err(|_| unfit("session"))?));
        }
        let call = egress::Call {
            method,
            url: Url::clone(&self.binding.url),
            headers,
            body,
            // The owner named this server, so it may be on this machine.
            reach: Reach::Trusted,
            patience: Some(self.binding.timeout),
        };
        self.egress.call(call).await.map_err(Failed::Client)
    }
}

impl StreamableHttpClient for Client {
    type Error = egress::Error;

    async fn post_message(
        &self,
        _uri: Arc<str>,
        message: ClientJsonRpcMessage,
        session_id: Option<Arc<str>>,
        _auth_header: Option<String>,
        custom_headers: HashMap<HeaderName, HeaderValue>,
    ) -> Result<StreamableHttpPostResponse, Failed> {
        let is_known = session_id.is_some();
        let body = serde_json::to_vec(&message)?;
        let response = self.send(Method::POST, session_id, custom_headers, Some(body)).await?;
        let status = response.status;
        if matches!(status, StatusCode::ACCEPTED | StatusCode::NO_CONTENT) {
            return Ok(StreamableHttpPostResponse::Accepted);
        }
        if status == StatusCode::NOT_FOUND && is_known {
            return Err(Failed::SessionExpired);
        }
        let text = |name: &HeaderName| response.headers.get(name).and_then(|value| value.to_str().ok());
        let session = text(&SESSION).map(str::to_owned);
        let is_stream = text(&CONTENT_TYPE).is_some_and(|kind| kind.starts_with("text/event-stream"));
        if status.is_success() && is_stream {
            return Ok(StreamableHttpPostResponse::Sse(events(response), session));
        }
        let body = response.bytes().await.map_err(Failed::Client)?;
        match serde_json::from_slice::<ServerJsonRpcMessage>(&body) {
            Ok(message) => Ok(StreamableHttpPostResponse::Json(message, session)),
            Err(_) if !status.is_success() => {
                let said = self.binding.quoted(&String::from_utf8_lossy(&body));
                Err(Failed::UnexpectedServerResponse(
                    format!("it answered {} {said}", status.as_u16()).into(),
                ))
            }
            // What is a notice needs no answer.
            Err(_) if body.is_empty() => Ok(StreamableHttpPostResponse::Accepted),
            Err(error) => Err(error.into()),
        }
    }

    async fn delete_session(
        &self,
        _uri: Arc<str>,
        session_id: Arc<str>,
        _auth_header: Option<String>,
        custom_headers: HashMap<HeaderName, HeaderValue>,
    ) -> Result<(), Failed> {
        self.send(Method::DELETE, Some(session_id), custom_headers, None).await.map(drop)
    }

    async fn get_stream(
        &self,
        _uri: Arc<str>,
        _session_id: Option<Arc<str>>,
        _last_event_id: Option<String>,
        _auth_header: Option<String>,
        _custom_headers: HashMap<HeaderName, HeaderValue>,
    ) -> Result<BoxStream<'static, Result<Sse, SseError>>, Failed> {
        // We want no notices; the answer to a call comes with the call.
        Err(Failed::ServerDoesNotSupportSse)
    }
}

/// The events of an answer, which ends where it grows too large.
fn events(response: egress::Response) -> BoxStream<'static, Result<Sse, SseError>> {
    let mut left = LARGEST;
    let pieces = response.stream().map(move |piece| {
        let piece = piece?;
        left = left
            .checked_sub(piece.len())
            .ok_or_else(|| egress::Error::TooLarge("the MCP server".to_owned()))?;
        Ok::<_, egress::Error>(std::io::Cursor::new(piece))
    });
    SseStream::from_bytes_stream(pieces).boxed()
}
