//! InvokeAgent: an agent's answer as AWS's event stream, each trace sent as soon as what it tells has happened.
//!
//! Always holds: what keeps an answer from beginning is a plain error; what happens after is told in the stream, which
//! ends with the answer or an exception. A caller that closes the stream stops the agent.

use axum::body::{Body as HttpBody, Bytes};
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flow::event::{RunError, Status};
use futures_util::stream::{self, Stream, StreamExt as _};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::agents::absent;
use super::error::Error;
use super::flows::moment;
use super::invoke::failure;
use super::request::Request;
use super::trace::agent_parts;
use super::{Answer, Door, frame};
use crate::clock;
use crate::service::{AgentSaid as Said, Words};

/// The most of an answer in one chunk, in bytes: AWS's is a million.
const LARGEST: usize = 900_000;
/// What is answered to a call that ends a session.
const ENDED: &str = "The session has ended.";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Invoke {
    #[serde(default)]
    input_text: String,
    #[serde(default)]
    enable_trace: bool,
    #[serde(default)]
    end_session: bool,
    #[serde(default)]
    session_state: SessionState,
    memory_id: Option<String>,
    prompt_creation_configurations: Option<Value>,
    /// How to cut the answer, of which whoever reads it puts the pieces together.
    #[serde(rename = "streamingConfigurations")]
    _streaming: Option<Value>,
    /// Asks for faster models, which here are as fast as they are.
    #[serde(rename = "bedrockModelConfigurations")]
    _performance: Option<Value>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SessionState {
    session_attributes: Option<Map<String, Value>>,
    prompt_session_attributes: Option<Map<String, Value>>,
    invocation_id: Option<Value>,
    return_control_invocation_results: Option<Value>,
    files: Option<Value>,
    knowledge_base_configurations: Option<Value>,
    conversation_history: Option<Value>,
}

impl Invoke {
    /// Refuses what would be promised and not kept.
    fn check(&self) -> Result<(), Error> {
        let state = &self.session_state;
        let memory = self.memory_id.as_ref().map(|id| json!(id));
        absent("memoryId", memory.as_ref())?;
        absent("promptCreationConfigurations", self.prompt_creation_configurations.as_ref())?;
        absent("sessionState.invocationId", state.invocation_id.as_ref())?;
        let results = state.return_control_invocation_results.as_ref();
        absent("sessionState.returnControlInvocationResults", results)?;
        absent("sessionState.files", state.files.as_ref())?;
        let bases = state.knowledge_base_configurations.as_ref();
        absent("sessionState.knowledgeBaseConfigurations", bases)?;
        absent("sessionState.conversationHistory", state.conversation_history.as_ref())
    }
}

pub(super) async fn invoke(door: &Door, request: Request) -> Answer {
    let body: Invoke = request.body()?;
    body.check()?;
    let text = (!body.input_text.trim().is_empty()).then_some(body.input_text);
    let text = if body.end_session { String::new() } else { text.ok_or_else(silent)? };
    let (agent, alias, id) =
        (request.label("agentId"), request.label("agentAliasId"), request.label("sessionId"));
    let session = door.app.service.agent_session(agent, alias, id).await?;
    if body.end_session {
        session.end().await?;
        return Ok(respond(id, stream::iter([chunks(ENDED)])));
    }
    let words = Words {
        text,
        prompt_attributes: body.session_state.prompt_session_attributes.map(Value::Object),
        session_attributes: body.session_state.session_attributes.map(Value::Object),
    };
    let teller = Teller {
        called: (agent.to_owned(), alias.to_owned()),
        version: session.serving.version(),
        session: id.to_owned(),
        trace: body.enable_trace,
    };
    let frames = session.answer(words).map(move |said| teller.tell(said));
    Ok(respond(id, frames.filter(|frames| std::future::ready(!frames.is_empty()))))
}

fn silent() -> Error {
    Error::field("inputText", "Say something to the agent, or end the session with endSession.")
}

fn respond(session: &str, frames: impl Stream<Item = Bytes> + Send + 'static) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "application/vnd.amazon.eventstream".to_owned()),
        (header::CACHE_CONTROL, "no-store".to_owned()),
        (HeaderName::from_static("x-amzn-bedrock-agent-content-type"), "application/json".to_owned()),
        (HeaderName::from_static("x-amz-bedrock-agent-session-id"), session.to_owned()),
    ];
    let frames = frames.map(Ok::<_, std::convert::Infallible>);
    (StatusCode::OK, headers, HttpBody::from_stream(frames)).into_response()
}

/// How an answer is told to one caller.
struct Teller {
    /// The agent and the alias, as the caller named them.
    called: (String, String),
    version: String,
    session: String,
    trace: bool,
}

impl Teller {
    fn tell(&self, said: Said) -> Bytes {
        match said {
            Said::Step(step) if self.trace => {
                let (agent, alias) = &self.called;
                let called = Some((agent.as_str(), alias.as_str()));
                let at = moment(clock::now());
                let parts = agent_parts(called, Some(&self.version), &self.session, &at, &step);
                // One that is too large to be read is left out; the answer counts.
                let frames: Vec<Bytes> =
                    parts.iter().filter_map(|part| frame::event("trace", part)).collect();
                frames.concat().into()
            }
            Said::Step(_) => Bytes::new(),
            Said::Answer(text) => chunks(&text),
            Said::Failed(why) => {
                let error = RunError { node: None, code: why.code, message: why.message };
                failure(Status::Failed, Some(&error))
            }
        }
    }
}

/// An answer, cut between characters where it is long.
fn chunks(text: &str) -> Bytes {
    let (mut rest, mut frames) = (text, Vec::new());
    loop {
        let (piece, more) = rest.split_at(rest.floor_char_boundary(LARGEST));
        frames.extend(frame::event("chunk", &json!({"bytes": STANDARD.encode(piece)})));
        if more.is_empty() {
            return frames.concat().into();
        }
        rest = more;
    }
}
