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
    inputs: [Input; 1],
    enable_trace: Option<bool>,
    execution_id: Option<String>,
    /// Asks for faster models, which here are as fast as they are.
    #[serde(rename = "modelPerformanceConfiguration")]
    _performance: Option<Value>,
}

/// `FlowInput`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Input {
    node_name: String,
    node_output_name: Option<String>,
    node_input_name: Option<String>,
    content: Content,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Content {
    document: Value,
}

pub(super) async fn invoke(door: &Door, request: Request) -> Answer {
    const LABEL: &str = "flowAliasIdentifier";
    let flow = request.flow()?;
    let alias = arn::alias(LABEL, request.label(LABEL), &flow)?;
    let Invoke { inputs: [input], enable_trace, execution_id: id, .. } = request.body()?;
    let trace = enable_trace.unwrap_or_default();
    let service = &door.app.service;
    // Found once: an alias that is moved meanwhile changes neither what runs nor how it is told.
    let start = service.callable(&flow, Target::Alias(alias)).await?;
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
    let node = input.node_name;
    if input.node_input_name.is_some_and(|name| name != AGENT_INPUT) {
        let message = format!("The input of {node} that takes an answer is named {AGENT_INPUT}.");
        return Err(Error::field("inputs[0].nodeInputName", message));
    }
    let text = match input.content.document {
        Value::String(text) => text,
        _ => return Err(Error::field("inputs[0].content.document", "An answer to an agent is a String.")),
    };
    let feed = service.answer_to(execution, Some(node), text).await?;
    Ok(respond(feed, definition, trace))
}

/// The one document, which has to be for the flow's Input node.
pub(super) fn only_input(input: Input, definition: &Definition) -> Result<Value, Error> {
    let name = input.node_name;
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
    if input.node_input_name.is_some() {
        let message = format!("{name} begins the flow and has no inputs. Leave this out.");
        return Err(Error::field("inputs[0].nodeInputName", message));
    }
    Ok(input.content.document)
}

fn respond(feed: Arc<Feed>, definition: Definition, trace: bool) -> axum::response::Response {
    let headers = [
        (header::CACHE_CONTROL, "no-store".to_owned()),
        (HeaderName::from_static("x-amz-bedrock-flow-execution-id"), feed.id.clone()),
    ];
    let reader = feed.reader(feed.since);
    let teller = Teller { definition, run: feed.id.clone(), trace, over: false };
    let telling = Telling { reader, teller, _caller: Caller(feed) };
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
    teller: Teller,
    _caller: Caller,
}

impl Telling {
    /// The frames of what happened since the last call; none when all is told.
    async fn next(&mut self) -> Option<Bytes> {
        while !self.teller.over {
            let events = self.reader.next().await;
            let frames = self.teller.tell(events.as_deref());
            if !frames.is_empty() {
                return Some(frames.concat().into());
            }
        }
        None
    }
}

/// What is told of a run.
struct Teller {
    definition: Definition,
    run: String,
    trace: bool,
    /// Whether the frame that ends the stream was told.
    over: bool,
}

impl Teller {
    /// The frames of these events; none of what comes after the one that ends the stream. Without events no more will
    /// come: where nothing has ended the stream by then, the server stopped before it could write the end down.
    fn tell(&mut self, events: Option<&[Arc<Event>]>) -> Vec<Bytes> {
        let Some(events) = events else {
            return vec![
                self.end("internalServerException", "The server stopped during this run. Run it again."),
            ];
        };
        let mut frames = Vec::new();
        for event in events {
            if !self.over {
                frames.extend(self.frames(event));
            }
        }
        frames
    }

    /// A frame that ends the stream.
    fn end(&mut self, name: &'static str, message: &str) -> Bytes {
        self.over = true;
        frame::exception(name, &json!({"message": message}))
    }

    fn frames(&mut self, event: &Event) -> Vec<Bytes> {
        match &event.body {
            Body::Output { node, value, .. } => vec![self.output(node, value)],
            Body::InputRequested { node, text, .. } => {
                self.over = true;
                let content = json!({"document": text});
                let payload = json!({"nodeName": node, "nodeType": "AgentNode", "content": content});
                let reason = json!({"completionReason": "INPUT_REQUIRED"});
                let request = frame::event("flowMultiTurnInputRequestEvent", &payload);
                request.into_iter().chain(frame::event("flowCompletionEvent", &reason)).collect()
            }
            Body::ExecutionEnded { status: Status::Succeeded, .. } => {
                self.over = true;
                let reason = json!({"completionReason": "SUCCESS"});
                frame::event("flowCompletionEvent", &reason).into_iter().collect()
            }
            Body::ExecutionEnded { status, error } => {
                self.over = true;
                vec![failure(*status, error.as_ref())]
            }
            // One that is too large to be read is in the execution's log still.
            _ if self.trace => {
                let traces = traces(&self.definition, &self.run, event);
                traces.iter().filter_map(|trace| frame::event("flowTraceEvent", trace)).collect()
            }
            _ => Vec::new(),
        }
    }

    /// An output, or that it cannot be told: AWS's clients take a null for a document that is not there, and read no
    /// event of more than 24 MiB.
    fn output(&mut self, node: &str, value: &Value) -> Bytes {
        if value.is_null() {
            let message = format!("{node}: The output is null, which cannot be told here. Give it a value.");
            return self.end("validationException", &message);
        }
        let content = json!({"document": value});
        let payload = json!({"nodeName": node, "nodeType": "FlowOutputNode", "content": content});
        frame::event("flowOutputEvent", &payload).unwrap_or_else(|| {
            let message =
                format!("{node}: The output has more than 24 MiB, which AWS's clients do not read.");
            self.end("validationException", &message)
        })
    }
}

/// A run that did not succeed, as the exception that fits it.
pub(super) fn failure(status: Status, error: Option<&RunError>) -> Bytes {
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

    fn teller() -> Teller {
        let definition = serde_json::from_value(json!({"nodes": []})).unwrap();
        Teller { definition, run: "run".to_owned(), trace: true, over: false }
    }

    fn output(value: Value) -> Arc<Event> {
        event(Body::Output { node: "Out".into(), value, chain: Vec::new() })
    }

    fn event(body: Body) -> Arc<Event> {
        Arc::new(Event { seq: 1, at: 0, elapsed: 0, body })
    }

    #[test]
    fn what_cannot_be_told_is_an_exception_that_names_its_node_and_ends_the_stream() {
        for (value, why) in [
            (Value::Null, "Out: The output is null"),
            (json!("x".repeat(24 * 1024 * 1024)), "Out: The output has more than 24 MiB"),
        ] {
            let mut teller = teller();
            let told = text(&teller.tell(Some(&[output(value), output(json!("late"))])));
            assert!(told.contains("validationException") && told.contains(why), "{told}");
            assert!(teller.over && !told.contains("late"), "{told}");
        }
        let mut teller = teller();
        let told = text(&teller.tell(Some(&[output(json!({"a": null}))])));
        assert!(told.contains(r#""content":{"document":{"a":null}}"#), "{told}");
        assert!(!teller.over);
    }

    #[test]
    fn a_stream_never_ends_in_silence() {
        let succeeded = Body::ExecutionEnded { status: Status::Succeeded, error: None };
        let mut whole = teller();
        assert!(text(&whole.tell(Some(&[event(succeeded)]))).contains("SUCCESS"));
        assert!(whole.over);
        // The server stopped before the end was on disk, and nobody hears of such an end.
        let mut cut = teller();
        cut.tell(Some(&[output(json!("x"))]));
        let told = text(&cut.tell(None));
        assert!(told.contains("internalServerException") && told.contains("server stopped"), "{told}");
        assert!(cut.over);
    }
}
