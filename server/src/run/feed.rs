//! The feed of a run: one journal in memory, and a cursor for each reader.
//!
//! Always holds: a reader sees every event once and in order, however late it comes and however slow it is; a slow
//! reader never stops the run.

use std::sync::Arc;

use flow::event::Event;
use parking_lot::Mutex;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// The journal of one run.
#[derive(Debug)]
pub struct Feed {
    /// The execution's id.
    pub id: String,
    /// The place of the last event from before it was taken up; 0 where it began here.
    pub since: u64,
    events: Mutex<Vec<Arc<Event>>>,
    /// How many events there are, and whether more can come.
    progress: watch::Sender<(usize, bool)>,
    stop: CancellationToken,
}

impl Feed {
    pub(super) fn new(id: String) -> Self {
        Self::again(id, Vec::new())
    }

    /// Of a run that goes on after these events.
    pub(super) fn again(id: String, events: Vec<Event>) -> Self {
        let count = events.len();
        Self {
            id,
            since: count as u64,
            events: Mutex::new(events.into_iter().map(Arc::new).collect()),
            progress: watch::Sender::new((count, false)),
            stop: CancellationToken::new(),
        }
    }

    /// Adds events; `last` says that no more will come, or none before a question is answered.
    pub(super) fn publish(&self, events: Vec<Event>, last: bool) {
        let count = {
            let mut journal = self.events.lock();
            journal.extend(events.into_iter().map(Arc::new));
            journal.len()
        };
        self.progress.send_replace((count, last));
    }

    /// A reader of the events after this `seq`.
    pub fn reader(self: &Arc<Self>, after: u64) -> Reader {
        let progress = self.progress.subscribe();
        // A place that has not come yet is none: the reader goes on from the newest event.
        let at = usize::try_from(after).unwrap_or(usize::MAX).min(progress.borrow().0);
        Reader { feed: Arc::clone(self), at, progress }
    }

    /// How many events there are so far.
    pub(super) fn count(&self) -> u64 {
        self.progress.borrow().0 as u64
    }

    /// Asks the run to stop.
    pub fn ask_to_stop(&self) {
        self.stop.cancel();
    }

    /// Whether someone asked the run to stop.
    pub(super) fn is_asked_to_stop(&self) -> bool {
        self.stop.is_cancelled()
    }

    /// Resolves when someone asked the run to stop.
    pub(super) async fn asked_to_stop(&self) {
        self.stop.cancelled().await;
    }

    /// The last event, once the run has ended.
    pub fn end(&self) -> Option<Arc<Event>> {
        if !self.progress.borrow().1 {
            return None;
        }
        self.events.lock().last().cloned()
    }
}

/// A place in a feed.
#[derive(Debug)]
pub struct Reader {
    feed: Arc<Feed>,
    at: usize,
    progress: watch::Receiver<(usize, bool)>,
}

impl Reader {
    /// The execution's id.
    pub fn id(&self) -> &str {
        &self.feed.id
    }

    /// The events since the last call, as soon as there are any; none when the run has ended and all were read.
    pub async fn next(&mut self) -> Option<Vec<Arc<Event>>> {
        loop {
            // Marked as seen before the journal is looked at: an event that comes between wakes the wait below.
            let (count, ended) = *self.progress.borrow_and_update();
            if count > self.at {
                let events = self.feed.events.lock()[self.at..count].to_vec();
                self.at = count;
                return Some(events);
            }
            if ended || self.progress.changed().await.is_err() {
                return None;
            }
        }
    }
}
