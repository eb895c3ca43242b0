//! Supervised tasks: each has a name, ends when asked to, and is waited for at the end.

use std::future::Future;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{Instrument as _, info_span, warn};

/// Starts tasks and ends them together.
#[derive(Clone, Debug, Default)]
pub struct Supervisor {
    tracker: TaskTracker,
    stopping: CancellationToken,
}

impl Supervisor {
    /// Starts a task. It should end soon after [`Supervisor::stopping`] says so.
    pub fn start<F>(&self, name: &'static str, task: F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.tracker.spawn(task.instrument(info_span!("task", name)));
    }

    /// Does something to its end, also where whoever waits for it goes away; none where it broke.
    pub async fn finish<F>(&self, name: &'static str, task: F) -> Option<F::Output>
    where
        F: Future<Output: Send> + Send + 'static,
    {
        let (told, done) = oneshot::channel();
        self.start(name, async move {
            let _ = told.send(task.await);
        });
        done.await.ok()
    }

    /// Resolves when the server stops.
    pub fn stopping(&self) -> CancellationToken {
        self.stopping.clone()
    }

    /// Asks every task to end and waits for them, at most this long.
    pub async fn stop(&self, patience: Duration) {
        self.stopping.cancel();
        self.tracker.close();
        if tokio::time::timeout(patience, self.tracker.wait()).await.is_err() {
            warn!(task.left = self.tracker.len(), "some tasks did not end in time");
        }
    }
}
