//! The one loop around the pure run: asks what to do, does it, reports back, and publishes what happened.

use std::sync::Arc;
use std::time::{Duration, Instant};

use flow::event::{Body, Event, Failure, FailureCode, RunError, Status};
use flow::run::{Completion, Next, Run, Task, TaskId};
use futures_util::StreamExt as _;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tracing::{error, info};

use super::log::Log;
use super::{Feed, LONGEST};
use crate::clock;
use crate::node::{self, Context};
use crate::provider::Pieces;
use crate::store::{Finished, Store};

/// Pieces of an answer that may wait before the model does.
const LAG: usize = 64;

type Outcome = (TaskId, Result<Completion, Failure>);

pub(super) struct Driver {
    pub run: Run,
    pub feed: Arc<Feed>,
    pub store: Store,
    pub context: Context,
    pub stopping: CancellationToken,
}

impl Driver {
    /// Runs to the end.
    pub(super) async fn drive(mut self, mut log: Log) {
        let mut stamp = Stamp { began: Instant::now(), seq: 0, input_tokens: 0, output_tokens: 0 };
        let mut under_way: FuturesUnordered<BoxFuture<'static, Outcome>> = FuturesUnordered::new();
        let (pieces, mut arriving) = mpsc::channel::<(TaskId, String)>(LAG);
        let deadline = tokio::time::sleep(LONGEST);
        tokio::pin!(deadline);
        let status = loop {
            let next = self.run.next();
            if let Next::Ended(status) = next {
                break status;
            }
            self.feed.publish(stamp.events(self.run.events()), false);
            if let Next::Start(task) = next {
                under_way.push(Box::pin(perform(task, self.context.clone(), pieces.clone())));
                continue;
            }
            tokio::select! {
                // Pieces come before the end of what they belong to.
                biased;
                () = self.feed.asked_to_stop() => self.run.stop(Status::Aborted, None),
                () = self.stopping.cancelled() => {
                    self.run.stop(Status::Interrupted, Some(why("The server stopped during this run. Run it again.")));
                }
                () = &mut deadline => self.run.stop(Status::TimedOut, Some(why("The run took longer than an hour."))),
                Some((task, text)) = arriving.recv() => self.run.delta(task, text),
                Some((task, result)) = under_way.next() => match result {
                    Ok(completion) => self.run.complete(task, completion),
                    Err(failure) => self.run.fail(task, failure),
                },
            }
        };
        // Closes the connections of what is still under way.
        drop(under_way);
        let mut events = stamp.events(self.run.events());
        let end = events.pop();
        self.feed.publish(events, false);
        log.caught_up(stamp.seq.saturating_sub(1)).await;
        self.finish(status, end, &stamp).await;
    }

    /// Writes the end down, then tells it.
    async fn finish(self, status: Status, end: Option<Event>, stamp: &Stamp) {
        let message = self.run.error().map(|error| error.message.clone());
        let finished = Finished {
            id: self.feed.id.clone(),
            status,
            at: clock::now(),
            error: message,
            input_tokens: stamp.input_tokens,
            output_tokens: stamp.output_tokens,
            events: end.iter().cloned().collect(),
        };
        // A full disk may get room again; the run is told as ended meanwhile only if it does not.
        for wait in [0, 100, 500, 2000] {
            tokio::time::sleep(Duration::from_millis(wait)).await;
            match self.store.finish_execution(finished.clone()).await {
                Ok(()) => break,
                Err(problem) => {
                    error!(run.id = finished.id, "the end of a run could not be written: {problem}")
                }
            }
        }
        let took = u64::try_from(stamp.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        info!(run.id = finished.id, run.status = status.name(), run.milliseconds = took, "run ended");
        self.feed.publish(end.into_iter().collect(), true);
    }
}

/// Does a task, passing its pieces on under its id.
async fn perform(task: Task, context: Context, pieces: mpsc::Sender<(TaskId, String)>) -> Outcome {
    let id = task.id;
    let (sink, mut arriving) = Pieces::channel(LAG);
    let forward = async {
        while let Some(text) = arriving.recv().await {
            if pieces.send((id, text)).await.is_err() {
                break;
            }
        }
    };
    let work = async {
        let result = node::perform(task.work, &context, &sink).await;
        drop(sink);
        result
    };
    let (result, ()) = tokio::join!(work, forward);
    (id, result)
}

fn why(message: &str) -> RunError {
    RunError { node: None, code: FailureCode::TimedOut, message: message.to_owned() }
}

/// Gives events their place and time, and counts tokens on the way.
struct Stamp {
    began: Instant,
    seq: u64,
    input_tokens: u64,
    output_tokens: u64,
}

impl Stamp {
    fn events(&mut self, bodies: Vec<Body>) -> Vec<Event> {
        let at = clock::now();
        let elapsed = u64::try_from(self.began.elapsed().as_micros()).unwrap_or(u64::MAX);
        bodies
            .into_iter()
            .map(|body| {
                self.seq += 1;
                if let Body::NodeCompleted { model: Some(model), .. } = &body
                    && let Some(usage) = model.usage
                {
                    self.input_tokens += usage.input_tokens;
                    self.output_tokens += usage.output_tokens;
                }
                Event { seq: self.seq, at, elapsed, body }
            })
            .collect()
    }
}
