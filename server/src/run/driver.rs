//! The one loop around the pure run: asks what to do, does it, reports back, and publishes what happened.

use std::sync::Arc;
use std::time::{Duration, Instant};

use flow::event::{Body, Event, Failure, FailureCode, RunError, Status};
use flow::run::{Next, Question, Run, Task, TaskId};
use futures_util::StreamExt as _;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::{Feed, INTERRUPTED, Tokens};
use crate::clock;
use crate::node::{self, Context, Origin};
use crate::provider::{Piece, Pieces};

/// Pieces of an answer that may wait before the model does.
const LAG: usize = 64;

type Outcome = (TaskId, Result<node::Outcome, Failure>);

pub(super) struct Driver {
    pub run: Run,
    pub feed: Arc<Feed>,
    pub context: Context,
    pub origin: Arc<Origin>,
    pub stopping: CancellationToken,
    pub stamp: Stamp,
    /// How long it may take.
    pub longest: Duration,
}

/// Why a run does not go on.
pub(super) enum Drove {
    Ended(End),
    Paused(Pause),
}

/// A run that waits for an answer, before anyone hears of it.
pub(super) struct Pause {
    pub questions: Vec<Question>,
    pub tokens: Tokens,
    /// The question, which is not published yet.
    pub event: Event,
}

/// How a run ended, before anyone hears of it.
pub(super) struct End {
    pub status: Status,
    pub error: Option<RunError>,
    pub tokens: Tokens,
    /// The last event, which is not published yet.
    pub event: Event,
}

impl Driver {
    /// Runs to the end or to a question, and publishes everything but that itself.
    pub(super) async fn drive(mut self) -> Drove {
        let mut under_way: FuturesUnordered<BoxFuture<'static, Outcome>> = FuturesUnordered::new();
        let (pieces, mut arriving) = mpsc::channel::<(TaskId, Piece)>(LAG);
        let deadline = tokio::time::sleep(self.longest);
        tokio::pin!(deadline);
        let ended = loop {
            let next = self.run.next();
            match next {
                Next::Ended(status) => break Some(status),
                Next::Paused => break None,
                Next::Start(_) | Next::Wait => {}
            }
            self.feed.publish(self.stamp.events(self.run.events()), false);
            if let Next::Start(task) = next {
                let (context, origin) = (self.context.clone(), Arc::clone(&self.origin));
                under_way.push(Box::pin(perform(task, context, origin, pieces.clone())));
                continue;
            }
            tokio::select! {
                // Pieces come before the end of what they belong to.
                biased;
                () = self.feed.asked_to_stop() => self.run.stop(Status::Aborted, None),
                () = self.stopping.cancelled() => {
                    self.run.stop(Status::Interrupted, Some(why(FailureCode::InternalServer, INTERRUPTED)));
                }
                () = &mut deadline => {
                    self.run.stop(Status::TimedOut, Some(late(self.longest)));
                }
                Some((task, piece)) = arriving.recv() => self.tell(task, piece),
                Some((task, result)) = under_way.next() => {
                    // What came with the end, in the same turn, belongs before it.
                    while let Ok((task, piece)) = arriving.try_recv() {
                        self.tell(task, piece);
                    }
                    match result {
                        Ok(node::Outcome::Done(completion)) => self.run.complete(task, completion),
                        Ok(node::Outcome::Asked { text, state }) => self.run.ask(task, text, state),
                        Err(failure) => self.run.fail(task, failure),
                    }
                }
            }
        };
        // Closes the connections of what is still under way.
        drop(under_way);
        let mut events = self.stamp.events(self.run.events());
        let last = events.pop();
        self.feed.publish(events, false);
        let tokens = self.stamp.tokens;
        match (ended, last) {
            (None, Some(event)) => Drove::Paused(Pause { questions: self.run.questions(), tokens, event }),
            (ended, last) => {
                let (status, error) = (ended.unwrap_or(Status::Failed), self.run.error().cloned());
                let end = || Body::ExecutionEnded { status, error: error.clone() };
                let event = last.unwrap_or_else(|| self.stamp.event(end()));
                Drove::Ended(End { status, error, tokens, event })
            }
        }
    }
}

impl Driver {
    fn tell(&mut self, task: TaskId, piece: Piece) {
        match piece {
            Piece::Text(text) => self.run.delta(task, text),
            Piece::Step(step) => self.run.note(task, step),
            Piece::Printed(text) => self.run.printed(task, text),
        }
    }
}

impl End {
    /// The end of a run whose driver broke, which is a mistake of ours.
    pub(super) fn broken(feed: &Feed, started_at: u64) -> Self {
        let (status, at) = (Status::Failed, clock::now());
        let error = Some(why(
            FailureCode::InternalServer,
            "Something went wrong here while the flow ran. The server's log says what.",
        ));
        let body = Body::ExecutionEnded { status, error: error.clone() };
        let elapsed = at.saturating_sub(started_at).saturating_mul(1000);
        let event = Event { seq: feed.count() + 1, at, elapsed, body };
        Self { status, error, tokens: Tokens::default(), event }
    }
}

/// Does a task, passing its pieces on under its id.
async fn perform(
    task: Task,
    context: Context,
    origin: Arc<Origin>,
    pieces: mpsc::Sender<(TaskId, Piece)>,
) -> Outcome {
    let id = task.id;
    let (sink, mut arriving) = Pieces::channel(LAG);
    let forward = async {
        while let Some(piece) = arriving.recv().await {
            if pieces.send((id, piece)).await.is_err() {
                break;
            }
        }
    };
    let work = async {
        let result = node::perform(task, &context, &origin, &sink).await;
        drop(sink);
        result
    };
    let (result, ()) = tokio::join!(work, forward);
    (id, result)
}

/// Why a run ends that took longer than it may.
fn late(longest: Duration) -> RunError {
    let allowed = match longest.as_secs() / 3600 {
        1 => "an hour".to_owned(),
        hours => format!("{hours} hours"),
    };
    why(FailureCode::TimedOut, &format!("The run took longer than {allowed}."))
}

fn why(code: FailureCode, message: &str) -> RunError {
    RunError { node: None, code, message: message.to_owned() }
}

/// Gives events their place and time, and counts tokens on the way.
pub(super) struct Stamp {
    began: Instant,
    /// Microseconds that the run had taken before.
    before: u64,
    seq: u64,
    tokens: Tokens,
}

impl Stamp {
    /// For a run that goes on after these events; `started_at` is when it began.
    pub(super) fn after(events: &[Event], started_at: u64) -> Self {
        let mut tokens = Tokens::default();
        events.iter().for_each(|event| tokens.count(&event.body));
        let waited = clock::now().saturating_sub(started_at).saturating_mul(1000);
        let before = events.last().map_or(0, |last| last.elapsed.max(waited));
        Self { began: Instant::now(), before, seq: events.last().map_or(0, |last| last.seq), tokens }
    }

    fn events(&mut self, bodies: Vec<Body>) -> Vec<Event> {
        bodies.into_iter().map(|body| self.event(body)).collect()
    }

    fn event(&mut self, body: Body) -> Event {
        self.seq += 1;
        self.tokens.count(&body);
        let elapsed = u64::try_from(self.began.elapsed().as_micros()).unwrap_or(u64::MAX);
        let elapsed = self.before.saturating_add(elapsed);
        Event { seq: self.seq, at: clock::now(), elapsed, body }
    }
}
