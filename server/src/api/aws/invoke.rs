//! InvokeFlow: a run as AWS's event stream, each frame sent as soon as what it tells has happened.
//!
//! Always holds: what keeps a run from beginning is a plain error; what happens to it after is told in the stream,
//! which ends with a completion or an exception. A caller that closes the stream stops its run.

use std::sync::Arc;

use axum::body::{Body as HttpBody, Bytes};
use axum::http::{HeaderName, StatusCode, header};
use axum::response::IntoResponse as _;
use flow::definition::{Definition, NodeType};
use flow::event::{Body, Event, FailureCode, RunError, Status};
use futures_util::stream;
use serde::Deserialize;
use serde_json::{Value, json};

use super::error::Error;
use super::request::{Request, required};
use super::trace::traces;
use super::{Answer, Door, arn, frame};
use crate::run::{Feed, Reader};
use crate::service::{Start, Target};

/// The input of an agent's node that a reply to its question is for.
const AGENT_INPUT: &str = flow::node::agent::TEXT;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Invoke {
    inputs: Option<Vec<Input>>,
    #[serde(default)]
    enable_trace: Option<bool>,
    execution_id: Option<String>,
    /// Asks for faster models, which here are as fast as they are.
    #[serde(rename = "modelPerformanceConfiguration")]
    _performance: Option<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Input {
    node_name: Option<String>,
    node_output_name: Option<String>,
    node_input_name: Option<String>,
    content: Option<Content>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Content {
    document: Option<Value>,
}

pub(super) async fn invoke(door: &Door, request: Request) -> Answer {
    const LABEL: &str = "flowAliasIdentifier";
    let flow = request.flow()?;
    let alias = arn::alias(LABEL, request.label(LABEL), &flow)?;
    let body: Invoke = request.body()?;
    let id = body.execution_id;
    let service = &door.app.service;
    // Found once: an alias that is moved meanwhile changes neither what runs nor how it is told.
    let start = service.callable(&flow, Target::Alias(alias)).await?;
    let trace = body.enable_trace.unwrap_or(false);
    let input = sole(body.inputs)?;
    if input.node_input_name.is_some() {
        return reply(door, &start, id, input, trace).await;
    }
    let definition = start.definition.clone();
    let input = only_input(input, &definition)?;
    let feed = service.begin(Start { input, id, ..start }).await?;
    Ok(respond(feed, definition, trace))
}

/// A reply to the question of an agent, whose run goes on.
async fn reply(door: &Door, start: &Start, id: Option<String>, input: Input, trace: bool) -> Answer {
    let id = required("executionId", id)?;
    let service = &door.app.service;
    let (execution, definition) = service.execution_flow(&id).await?;
    if execution.flow_id != start.flow_id || execution.alias != start.alias {
        return Err(Error::not_found(format!("This alias of the flow has no execution {id}.")));
    }
    let node = required("inputs[0].nodeName", input.node_name)?;
    if input.node_input_name.is_some_and(|name| name != AGENT_INPUT) {
        let message = format!("The input of {node} that takes an answer is named {AGENT_INPUT}.");
        return Err(Error::field("inputs[0].nodeInputName", message));
    }
    let content = required("inputs[0].content", input.content)?;
    let text = match required("inputs[0].content.document", content.document)? {
        Value::String(text) => text,
        _ => return Err(Error::field("inputs[0].content.document", "An answer to an agent is a String.")),
    };
    let feed = service.answer_to(execution, Some(node), text).await?;
    Ok(respond(feed, definition, trace))
}

/// The one input.
fn sole(inputs: Option<Vec<Input>>) -> Result<Input, Error> {
    let mut inputs = required("inputs", inputs)?;
    match (inputs.pop(), inputs.is_empty()) {
        (Some(input), true) => Ok(input),
        _ => Err(Error::field("inputs", "A flow takes exactly one input.")),
    }
}

/// The one document, which has to be for the flow's Input node.
fn only_input(input: Input, definition: &Definition) -> Result<Value, Error> {
    let name = required("inputs[0].nodeName", input.node_name)?;
    let start = definition.first(NodeType::Input);
    let start = start.ok_or_else(|| Error::validation("The flow has no Input node."))?;
    if name != start.name {
        let message = format!("The flow's Input node is named {}, not {name}.", start.name);
        return Err(Error::field("inputs[0].nodeName", message));
    }
    let port = start.outputs.first().map_or("document", |output| output.name.as_str());
    if input.node_output_name.is_some_and(|given| given != port) {
        let message = format!("The output of {name} is named {port}.");
        return Err(Error::field("inputs[0].nodeOutputName", message));
    }
    let content = required("inputs[0].content", input.content)?;
    required("inputs[0].content.document", content.document)
}

fn respond(feed: Arc<Feed>, definition: Definition, trace: bool) -> axum::response::Response {
    let headers = [
        (header::CACHE_CONTROL, "no-store".to_owned()),
        (HeaderName::from_static("x-amz-bedrock-flow-execution-id"), feed.id.clone()),
    ];
    let reader = feed.reader(feed.since);
    let telling = Telling { reader, definition, trace, over: false, _caller: Caller(feed) };
    let frames = stream::unfold(telling, |mut telling| async move {
        let frames = telling.next().await?;
        Some((Ok::<_, std::convert::Infallible>(frames), telling))
    });
    let kind = [(header::CONTENT_TYPE, frame::STREAM)];
    (StatusCode::OK, kind, headers, HttpBody::from_stream(frames)).into_response()
}

/// The caller of a run. Dropped with the response's body, whether that was sent whole or the caller went away; a run
/// that has ended already does not mind being asked to.
struct Caller(Arc<Feed>);

impl Drop for Caller {
    fn drop(&mut self) {
        self.0.ask_to_stop();
    }
}

/// A run as it is told to one caller.
struct Telling {
    reader: Reader,
    definition: Definition,
    trace: bool,
    /// Whether the frame that ends the stream was sent.
    over: bool,
    _caller: Caller,
}

impl Telling {
    /// The frames of what happened since the last call; none when all is told.
    async fn next(&mut self) -> Option<Bytes> {
        while !self.over {
            let events = self.reader.next().await?;
            let mut frames: Vec<Bytes> = Vec::new();
            for event in &events {
                frames.extend(frames_of(&self.definition, self.reader.id(), self.trace, event));
                self.over = ends(event);
                if self.over {
                    break;
                }
            }
            if !frames.is_empty() {
                return Some(frames.concat().into());
            }
        }
        None
    }
}

/// Whether the stream ends with this event: AWS's clients take a null for a document that is not there, so that one
/// cannot be told, and the stream ends with an exception.
fn ends(event: &Event) -> bool {
    match &event.body {
        Body::Output { value, .. } => value.is_null(),
        body => matches!(body, Body::ExecutionEnded { .. } | Body::InputRequested { .. }),
    }
}

fn frames_of(definition: &Definition, run: &str, trace: bool, event: &Event) -> Vec<Bytes> {
    match &event.body {
        Body::Output { node, value: Value::Null, .. } => {
            let message = format!("{node}: The output is null, which cannot be told here. Give it a value.");
            vec![frame::exception("validationException", &json!({"message": message}))]
        }
        Body::Output { node, value, .. } => {
            let content = json!({"document": value});
            let payload = json!({"nodeName": node, "nodeType": "FlowOutputNode", "content": content});
            vec![frame::event("flowOutputEvent", &payload)]
        }
        Body::InputRequested { node, text, .. } => {
            let content = json!({"document": text});
            let payload = json!({"nodeName": node, "nodeType": "AgentNode", "content": content});
            let reason = json!({"completionReason": "INPUT_REQUIRED"});
            vec![
                frame::event("flowMultiTurnInputRequestEvent", &payload),
                frame::event("flowCompletionEvent", &reason),
            ]
        }
        Body::ExecutionEnded { status: Status::Succeeded, .. } => {
            vec![frame::event("flowCompletionEvent", &json!({"completionReason": "SUCCESS"}))]
        }
        Body::ExecutionEnded { status, error } => vec![failure(*status, error.as_ref())],
        _ if trace => {
            traces(definition, run, event).iter().map(|trace| frame::event("flowTraceEvent", trace)).collect()
        }
        _ => Vec::new(),
    }
}

/// A run that did not succeed, as the exception that fits it.
fn failure(status: Status, error: Option<&RunError>) -> Bytes {
    let Some(error) = error else {
        let message = match status {
            Status::Aborted => "The run was stopped.".to_owned(),
            other => format!("The run ended as {}.", other.name()),
        };
        return frame::exception("conflictException", &json!({"message": message}));
    };
    let message = match &error.node {
        Some(node) => format!("{node}: {}", error.message),
        None => error.message.clone(),
    };
    let name = match error.code {
        // The server's stop is no fault of anything that the flow calls.
        _ if status == Status::Interrupted => "internalServerException",
        FailureCode::Validation => "validationException",
        FailureCode::DependencyFailed | FailureCode::TimedOut => "dependencyFailedException",
        FailureCode::BadGateway => "badGatewayException",
        FailureCode::InternalServer => "internalServerException",
    };
    let mut payload = json!({"message": message});
    if let (Some(node), "dependencyFailedException" | "badGatewayException") = (&error.node, name) {
        payload["resourceName"] = json!(node);
    }
    frame::exception(name, &payload)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(frames: &[Bytes]) -> String {
        frames.iter().map(|frame| String::from_utf8_lossy(frame).into_owned()).collect()
    }

    #[test]
    fn a_null_output_is_an_exception_that_names_its_node_and_ends_the_stream() {
        let definition: Definition = serde_json::from_value(json!({"nodes": []})).unwrap();
        let event = |body: Body| Event { seq: 1, at: 0, elapsed: 0, body };
        let output = |value: Value| event(Body::Output { node: "Out".into(), value, chain: Vec::new() });
        let null = output(Value::Null);
        assert!(ends(&null));
        let told = text(&frames_of(&definition, "run", true, &null));
        assert!(told.contains("validationException") && told.contains("Out: The output is null"), "{told}");
        let within = output(json!({"a": null}));
        assert!(!ends(&within));
        let told = text(&frames_of(&definition, "run", false, &within));
        assert!(told.contains(r#""content":{"document":{"a":null}}"#), "{told}");
        assert!(ends(&event(Body::ExecutionEnded { status: Status::Succeeded, error: None })));
    }
}
