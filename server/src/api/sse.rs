//! A run's feed, and an answer from a knowledge base, as server-sent events. A run's have their `seq` as their id, so that
//! a reader can go on where it was.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::response::sse::{Event as Frame, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use flow::event::Event;
use flow::wire::{AnswerEvent, ExecutionHandle};
use futures_util::stream::{self, Stream, StreamExt as _};
use serde::Serialize;

use crate::knowledge::cite::Part;
use crate::provider::Error as ModelError;
use crate::run::Feed;
use crate::service::{Answering, Events};

/// How often a quiet stream says that it is alive.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// The stream of an execution that has just begun, or was taken up.
pub(super) fn live(feed: &Arc<Feed>) -> Response {
    let handle = ExecutionHandle { execution_id: feed.id.clone() };
    let first = Frame::default().event("execution").json_data(&handle).unwrap_or_default();
    respond(stream::once(async { Ok(first) }).chain(follow(feed, feed.since)))
}

/// The stream of any execution's events after a place.
pub(super) fn events(events: Events, after: u64) -> Response {
    match events {
        Events::Live(feed) => respond(follow(&feed, after)),
        Events::Past(events) => {
            let frames: Vec<Result<Frame, Infallible>> =
                events.iter().map(|event| Ok(frame(event))).collect();
            respond(stream::iter(frames))
        }
    }
}

fn follow(feed: &Arc<Feed>, after: u64) -> impl Stream<Item = Result<Frame, Infallible>> + Send + use<> {
    stream::unfold(feed.reader(after), |mut reader| async move {
        let events = reader.next().await?;
        let frames: Vec<Result<Frame, Infallible>> = events.iter().map(|event| Ok(frame(event))).collect();
        Some((stream::iter(frames), reader))
    })
    .flatten()
}

/// The stream of an answer as it is made. Who stops reading stops the model.
pub(super) fn answer(answering: Answering) -> Response {
    let (found, session) = (answering.found.clone(), answering.session.clone());
    let first = named(&AnswerEvent::Found { found, session });
    let told = stream::unfold(Some(answering), |answering| async move {
        let mut answering = answering?;
        let part = answering.next().await;
        let goes_on = matches!(part, Some(Ok(_)));
        Some((Ok(named(&said(part))), goes_on.then_some(answering)))
    });
    respond(stream::once(async { Ok(first) }).chain(told))
}

fn said(part: Option<Result<Part, ModelError>>) -> AnswerEvent {
    match part {
        Some(Ok(Part::Text(text))) => AnswerEvent::Text { text },
        Some(Ok(Part::Cited(cited))) => AnswerEvent::Cited(cited),
        Some(Err(error)) => AnswerEvent::Failed { message: error.to_string() },
        None => AnswerEvent::Ended,
    }
}

fn frame(event: &Event) -> Frame {
    named(event).id(event.seq.to_string())
}

/// An event that is named by its type.
fn named(event: &impl Serialize) -> Frame {
    let body = serde_json::to_value(event).unwrap_or_default();
    let name = body["type"].as_str().unwrap_or("event").to_owned();
    Frame::default().event(name).data(body.to_string())
}

fn respond(frames: impl Stream<Item = Result<Frame, Infallible>> + Send + 'static) -> Response {
    let keep_alive = KeepAlive::new().interval(HEARTBEAT);
    let mut response = Sse::new(frames).keep_alive(keep_alive).into_response();
    response.headers_mut().insert("cache-control", axum::http::HeaderValue::from_static("no-store"));
    response
}
