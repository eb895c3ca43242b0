//! What happened in a flow execution: of the flow as a whole, or of its nodes.
//!
//! Read from the log, so that one that runs and one that ended are told the same way. Pages hold at most ten, and a
//! page begins where the one before ended, also within what the log has as one event and AWS as several.

use axum::http::StatusCode;
use flow::definition::{Definition, NodeType};
use flow::event::{Body, Event, FailureCode, RunError, Status};
use serde_json::{Value, json};

use super::flows::moment;
use super::request::Request;
use super::trace::{EVENT, member, told};
use super::{Answer, Door, Error, executions, json, page};

/// `FlowExecutionEventType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Flow,
    Node,
}

pub(super) async fn list(door: &Door, request: Request) -> Answer {
    let row = executions::found(door, &request).await?.execution;
    let kind = Kind::of(&request)?;
    let (most, list) = (page::most(&request), format!("{kind:?} events of {}", row.id));
    let from = page::position(&list, &request)?.unwrap_or_default();
    let definition = door.app.service.definition_of(&row).await?;
    let telling = Telling { door, definition: &definition, id: &row.id, kind };
    let (events, next) = telling.page(from, most).await?;
    let next = next.map(|(seq, index)| page::token(&list, &format!("{seq}/{index}")));
    json(StatusCode::OK, json!({"flowExecutionEvents": events, "nextToken": next}))
}

impl Kind {
    fn of(request: &Request) -> Result<Self, Error> {
        match request.text("eventType") {
            Some("Flow") => Ok(Self::Flow),
            Some("Node") => Ok(Self::Node),
            _ => Err(Error::field("eventType", "This is Node or Flow.")),
        }
    }

    /// The types of ours that it is told by.
    fn types(self) -> &'static [&'static str] {
        match self {
            Self::Flow => &["executionStarted", "output", "executionEnded"],
            Self::Node => &["nodeStarted", "nodeCompleted", "nodeFailed", "conditionEvaluated", "agentStep"],
        }
    }
}

/// The events of an execution as they are told to a caller.
struct Telling<'a> {
    door: &'a Door,
    definition: &'a Definition,
    id: &'a str,
    kind: Kind,
}

impl Telling<'_> {
    /// At most so many from a place on, and the place of the next. A place is an event of ours, and which of AWS's it
    /// is told by.
    async fn page(
        &self,
        from: (u64, usize),
        most: usize,
    ) -> Result<(Vec<Value>, Option<(u64, usize)>), Error> {
        let (mut page, mut after) = (Vec::new(), from.0.saturating_sub(1));
        loop {
            let types = self.kind.types();
            let events = self.door.app.service.logged(self.id, types, after, most + 1).await?;
            for event in &events {
                let told_before = if event.seq == from.0 { from.1 } else { 0 };
                for (index, told) in self.tell(event).into_iter().enumerate().skip(told_before) {
                    if page.len() == most {
                        return Ok((page, Some((event.seq, index))));
                    }
                    page.push(told);
                }
            }
            match events.last() {
                Some(last) if events.len() > most => after = last.seq,
                _ => return Ok((page, None)),
            }
        }
    }

    /// `FlowExecutionEvent`s, each with one member.
    fn tell(&self, event: &Event) -> Vec<Value> {
        match self.kind {
            Kind::Flow => of_flow(self.definition, event).into_iter().collect(),
            Kind::Node => of_node(self.definition, self.id, event),
        }
    }
}

fn of_flow(definition: &Definition, event: &Event) -> Option<Value> {
    let at = moment(event.at);
    match &event.body {
        Body::ExecutionStarted { input, .. } => {
            let node = definition.first(NodeType::Input)?;
            let port = node.outputs.first().map_or("document", |port| port.name.as_str());
            Some(member("flowInputEvent", &node.name, &at, "fields", field(port, input)?))
        }
        Body::Output { node, value, .. } => {
            let port = definition.node(node).and_then(|node| node.inputs.first());
            let port = port.map_or("document", |port| port.name.as_str());
            Some(member("flowOutputEvent", node, &at, "fields", field(port, value)?))
        }
        Body::ExecutionEnded { status, error } => {
            let (code, message) = why(*status, error.as_ref())?;
            let body = json!({"timestamp": at, "errorCode": code, "errorMessage": message});
            Some(json!({"flowFailureEvent": body}))
        }
        _ => None,
    }
}

fn of_node(definition: &Definition, id: &str, event: &Event) -> Vec<Value> {
    let Body::NodeFailed { node, failure, .. } = &event.body else {
        return told(&EVENT, definition, id, event);
    };
    let code = match failure.code {
        FailureCode::Validation => "VALIDATION",
        FailureCode::DependencyFailed | FailureCode::TimedOut => "DEPENDENCY_FAILED",
        FailureCode::BadGateway => "BAD_GATEWAY",
        FailureCode::InternalServer => "INTERNAL_SERVER",
    };
    let mut failed = member("nodeFailureEvent", node, &moment(event.at), "errorCode", json!(code));
    failed["nodeFailureEvent"]["errorMessage"] = json!(failure.message);
    vec![failed]
}

/// The one field of a flow's input or output; none for a null, which AWS's clients cannot read.
fn field(name: &str, value: &Value) -> Option<Value> {
    (!value.is_null()).then(|| json!([{"name": name, "content": {"document": value}}]))
}

/// `FlowErrorCode`, and what went wrong; none where nothing did.
fn why(status: Status, error: Option<&RunError>) -> Option<(&'static str, String)> {
    let error = error.filter(|_| status != Status::Succeeded)?;
    let code = match (&error.node, error.code) {
        (Some(_), _) | (None, FailureCode::TimedOut) => "NODE_EXECUTION_FAILED",
        (None, FailureCode::Validation) => "VALIDATION",
        (None, _) => "INTERNAL_SERVER",
    };
    let message = match &error.node {
        Some(node) => format!("{node}: {}", error.message),
        None => error.message.clone(),
    };
    Some((code, message))
}
