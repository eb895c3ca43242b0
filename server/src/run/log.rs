//! The log of a run: a reader of its feed that writes events into the store, as many at once as have come.

use std::sync::Arc;

use flow::event::{Body, Event};
use tokio::sync::watch;
use tracing::error;

use super::{Feed, Reader};
use crate::store::Store;

/// The driver's view of the log.
pub(super) struct Log {
    written: watch::Receiver<u64>,
}

impl Log {
    /// The log of a feed, and the task that writes it. The end of a run is not its to write.
    pub(super) fn new(feed: &Arc<Feed>, store: Store) -> (Self, impl Future<Output = ()> + Send + 'static) {
        let (sender, written) = watch::channel(0);
        (Self { written }, write(feed.reader(0), store, sender))
    }

    /// Waits until the events up to this place are written, or cannot be.
    pub(super) async fn caught_up(&mut self, seq: u64) {
        let _ = self.written.wait_for(|written| *written >= seq).await;
    }
}

async fn write(mut reader: Reader, store: Store, written: watch::Sender<u64>) {
    let id = reader.id().to_owned();
    while let Some(events) = reader.next().await {
        let last = events.last().map_or(0, |event| event.seq);
        let events: Vec<Event> = events
            .iter()
            .filter(|event| !matches!(event.body, Body::ExecutionEnded { .. }))
            .map(|event| Event::clone(event))
            .collect();
        if !events.is_empty()
            && let Err(problem) = store.append_events(id.clone(), events).await
        {
            error!(run.id = id, "events of a run could not be written: {problem}");
        }
        written.send_replace(last);
    }
}
