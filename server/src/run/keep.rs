//! Writing what a run must not lose: tried again, with growing waits, until it is on disk or the server stops.

use std::time::Duration;

use flow::event::Event;
use tokio_util::sync::CancellationToken;
use tracing::error;

use crate::store::{self, Finished, Paused, Store};

/// The longest wait between two tries.
const LONGEST: Duration = Duration::from_secs(5);

/// Writes what a run must not lose.
#[derive(Clone)]
pub(super) struct Keep {
    pub store: Store,
    pub stopping: CancellationToken,
}

impl Keep {
    /// Writes events down; whether they are on disk.
    pub(super) async fn events(&self, execution: &str, events: Vec<Event>) -> bool {
        let write = || self.store.append_events(execution.to_owned(), events.clone());
        self.patiently(execution, write).await
    }

    /// Writes an end down; whether it is on disk.
    pub(super) async fn end(&self, finished: &Finished) -> bool {
        self.patiently(&finished.id, || self.store.finish_execution(finished.clone())).await
    }

    /// Writes a pause down; whether it is on disk.
    pub(super) async fn pause(&self, paused: &Paused) -> bool {
        self.patiently(&paused.id, || self.store.pause_execution(paused.clone())).await
    }

    async fn patiently<F>(&self, execution: &str, write: impl Fn() -> F) -> bool
    where
        F: Future<Output = store::Result<()>>,
    {
        let mut wait = Duration::from_millis(100);
        loop {
            match write().await {
                Ok(()) => return true,
                Err(store::Error::Closed) => return false,
                Err(problem) => {
                    error!(run.id = execution, "what happened in a run could not be written: {problem}");
                }
            }
            if self.stopping.is_cancelled() {
                return false;
            }
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = self.stopping.cancelled() => {}
            }
            wait = LONGEST.min(wait * 2);
        }
    }
}
