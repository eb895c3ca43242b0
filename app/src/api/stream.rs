//! Runs as they happen: the events of an invoke or of an execution, taken up again where a connection breaks.

use flow::event::{Body, Event};
use flow::wire::{ExecutionHandle, GiveInput};
use gloo_net::http::{Method, Response};
use gloo_timers::future::TimeoutFuture;
use serde::Serialize;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, ReadableStreamDefaultReader};

use super::path::{encode, flow as at};
use super::request::StreamCall;
use super::sse::{Message, Parser};
use super::{Answer, Error, request};

/// How often a broken stream is taken up again before we give up.
const RETRIES: u32 = 5;

/// What to call: the draft, or what an alias points at.
#[derive(Clone, Debug, PartialEq)]
pub enum Target {
    /// At this revision, which is what the page shows: the server refuses to run another.
    Draft(u64),
    Alias(String),
}

impl Target {
    pub(super) fn path(&self, flow: &str) -> String {
        match self {
            Self::Draft(_) => at(flow, "/draft/invoke"),
            Self::Alias(alias) => at(flow, &format!("/aliases/{}/invoke", encode(alias))),
        }
    }

    fn revision(&self) -> Option<u64> {
        match self {
            Self::Draft(revision) => Some(*revision),
            Self::Alias(_) => None,
        }
    }
}

/// What an invoke stream delivers.
#[derive(Clone, Debug, PartialEq)]
pub enum StreamItem {
    /// First: which execution this is.
    Execution(ExecutionHandle),
    /// Then: what happens in it.
    Event(Event),
}

/// Calls a flow and delivers what happens, until it ended or asks something. The run goes on where the signal aborts the wait: to end
/// it, [`executions::stop`](super::executions::stop) it.
pub async fn stream_invoke(
    flow: &str,
    target: &Target,
    invoke: &impl Serialize,
    signal: Option<&AbortSignal>,
    mut on_item: impl FnMut(StreamItem),
) -> Answer<()> {
    let body = serde_json::to_string(invoke).map_err(|error| Error::Unreadable(error.to_string()))?;
    let call = StreamCall { body: Some(body), revision: target.revision(), ..StreamCall::default() };
    run(&target.path(flow), call, Place::default(), signal, &mut on_item).await
}

/// Answers the question of an execution and delivers what happens after the event `after`, until it ended or asks again.
pub async fn stream_input(
    execution: &str,
    after: u64,
    content: String,
    signal: Option<&AbortSignal>,
    mut on_item: impl FnMut(StreamItem),
) -> Answer<()> {
    let body = serde_json::to_string(&GiveInput { content, node: None });
    let body = body.map_err(|error| Error::Unreadable(error.to_string()))?;
    let call = StreamCall { body: Some(body), ..StreamCall::default() };
    let path = format!("/api/executions/{}/input", encode(execution));
    run(&path, call, Place { seq: after, ..Place::default() }, signal, &mut on_item).await
}

/// Reads the run that a request begins or takes up.
async fn run(
    path: &str,
    call: StreamCall,
    mut place: Place,
    signal: Option<&AbortSignal>,
    on_item: &mut impl FnMut(StreamItem),
) -> Answer<()> {
    let response = request::open_stream(Method::POST, path, call, signal).await?;
    let cut = match place.read(response, on_item).await {
        Ok(()) if place.ended => return Ok(()),
        Ok(()) => Error::Offline,
        Err(Error::Offline) => Error::Offline,
        Err(error) => return Err(error),
    };
    let Some(execution) = place.execution.clone() else { return Err(cut) };
    place.follow(&execution, signal, on_item).await
}

/// Delivers what happens in an execution after the event `after` (0 for all of it), until it ended or asks something.
pub async fn stream_events(
    execution: &str,
    after: u64,
    signal: Option<&AbortSignal>,
    mut on_event: impl FnMut(Event),
) -> Answer<()> {
    let mut place = Place { seq: after, ..Place::default() };
    let mut on_item = |item| {
        if let StreamItem::Event(event) = item {
            on_event(event);
        }
    };
    place.follow(execution, signal, &mut on_item).await
}

/// How far a stream has been read.
#[derive(Default)]
struct Place {
    execution: Option<String>,
    seq: u64,
    /// Whether nothing more will come, or nothing before a question is answered.
    ended: bool,
}

impl Place {
    /// Reads the execution's events to its end, over as many connections as that takes.
    async fn follow(
        &mut self,
        execution: &str,
        signal: Option<&AbortSignal>,
        on_item: &mut impl FnMut(StreamItem),
    ) -> Answer<()> {
        let path = format!("/api/executions/{}/events", encode(execution));
        let mut failures = 0;
        loop {
            let before = self.seq;
            let last = (self.seq > 0).then_some(self.seq);
            let call = StreamCall { last_event: last, ..StreamCall::default() };
            let outcome = match request::open_stream(Method::GET, &path, call, signal).await {
                Ok(response) => self.read(response, on_item).await,
                Err(error) => Err(error),
            };
            match outcome {
                _ if self.ended => return Ok(()),
                Ok(()) | Err(Error::Offline) if failures < RETRIES => {
                    failures = if self.seq > before { 0 } else { failures + 1 };
                    TimeoutFuture::new(250 << failures).await;
                }
                Ok(()) => return Err(Error::Offline),
                Err(error) => return Err(error),
            }
        }
    }

    async fn read(&mut self, response: Response, on_item: &mut impl FnMut(StreamItem)) -> Answer<()> {
        each_message(response, |message| self.take(message, on_item)).await
    }

    fn take(&mut self, message: &Message, on_item: &mut impl FnMut(StreamItem)) -> Answer<()> {
        let item = decode(message)?;
        match &item {
            StreamItem::Execution(handle) => self.execution = Some(handle.execution_id.clone()),
            // A stream that is taken up again may begin with what was read already.
            StreamItem::Event(event) if event.seq <= self.seq => return Ok(()),
            StreamItem::Event(event) => {
                self.seq = event.seq;
                self.ended = matches!(event.body, Body::ExecutionEnded { .. } | Body::InputRequested { .. });
            }
        }
        on_item(item);
        Ok(())
    }
}

/// Reads the events of a response as they come.
pub(super) async fn each_message(
    response: Response,
    mut take: impl FnMut(&Message) -> Answer<()>,
) -> Answer<()> {
    let stream = response.body().ok_or_else(|| Error::Unreadable("it has no body".into()))?;
    let reader: ReadableStreamDefaultReader = stream.get_reader().unchecked_into();
    let mut parser = Parser::default();
    while let Some(bytes) = next_chunk(&reader).await? {
        for message in parser.push(&bytes) {
            take(&message)?;
        }
    }
    Ok(())
}

fn decode(message: &Message) -> Answer<StreamItem> {
    let decoded = if message.event.as_deref() == Some("execution") {
        serde_json::from_str(&message.data).map(StreamItem::Execution)
    } else {
        serde_json::from_str(&message.data).map(StreamItem::Event)
    };
    decoded.map_err(|error| Error::Unreadable(error.to_string()))
}

async fn next_chunk(reader: &ReadableStreamDefaultReader) -> Answer<Option<Vec<u8>>> {
    let chunk = JsFuture::from(reader.read()).await.map_err(|error| request::from_js(&error))?;
    let member =
        |name: &str| js_sys::Reflect::get(&chunk, &name.into()).map_err(|error| request::from_js(&error));
    if member("done")?.is_truthy() {
        return Ok(None);
    }
    Ok(Some(js_sys::Uint8Array::new(&member("value")?).to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(event: &str, data: &str) -> Message {
        Message { id: None, event: Some(event.to_owned()), data: data.to_owned() }
    }

    #[test]
    fn repeated_events_are_delivered_once() {
        let mut place = Place::default();
        let mut seen = Vec::new();
        let mut take = |place: &mut Place, event, data| {
            place.take(&message(event, data), &mut |item| seen.push(item)).unwrap();
        };
        take(&mut place, "execution", r#"{"executionId":"e1"}"#);
        let skipped = r#"{"seq":1,"at":5,"elapsed":7,"type":"nodeSkipped","node":"A"}"#;
        take(&mut place, "nodeSkipped", skipped);
        take(&mut place, "nodeSkipped", skipped);
        let ended = r#"{"seq":2,"at":5,"elapsed":9,"type":"executionEnded","status":"Succeeded"}"#;
        take(&mut place, "executionEnded", ended);
        assert_eq!((seen.len(), place.seq, place.ended), (3, 2, true));
        assert_eq!(place.execution.as_deref(), Some("e1"));
    }

    #[test]
    fn targets_have_their_paths() {
        assert_eq!(Target::Draft(3).path("triage"), "/api/flows/triage/draft/invoke");
        assert_eq!(Target::Alias("live".into()).path("triage"), "/api/flows/triage/aliases/live/invoke");
    }
}
