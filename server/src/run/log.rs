//! The log of a run: a reader of its feed that writes events into the store, as many at once as have come.
//!
//! Always holds: what is in the store has no gap. Events that cannot be written are tried again until they are, or
//! until the server stops.

use std::sync::Arc;

use flow::event::{Body, Event};
use tokio::sync::watch;

use super::keep::Keep;
use super::{Feed, Reader};

/// The runner's view of the log.
pub(super) struct Log {
    written: watch::Receiver<u64>,
}

impl Log {
    /// The log of a feed, and the task that writes it. The end of a run is not its to write, nor a question.
    pub(super) fn new(feed: &Arc<Feed>, keep: Keep) -> (Self, impl Future<Output = ()> + Send + 'static) {
        let (sender, written) = watch::channel(feed.since);
        (Self { written }, write(feed.reader(feed.since), keep, sender))
    }

    /// Waits until the events up to this place are written, or never will be.
    pub(super) async fn caught_up(&mut self, seq: u64) {
        let _ = self.written.wait_for(|written| *written >= seq).await;
    }
}

async fn write(mut reader: Reader, keep: Keep, written: watch::Sender<u64>) {
    let id = reader.id().to_owned();
    while let Some(events) = reader.next().await {
        let last = events.last().map_or(0, |event| event.seq);
        let events: Vec<Event> = events
            .iter()
            .filter(|event| !matches!(event.body, Body::ExecutionEnded { .. } | Body::InputRequested { .. }))
            .map(|event| Event::clone(event))
            .collect();
        if !events.is_empty() && !keep.events(&id, events).await {
            return;
        }
        written.send_replace(last);
    }
}
