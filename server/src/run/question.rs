//! Executions that wait for an answer: taken up, stopped, or ended for want of one.

use std::sync::Arc;
use std::time::Duration;

use flow::event::{Event, FailureCode, RunError, Status};
use flow::plan::Plan;
use flow::run::{Question, Run};
use tokio::sync::oneshot;
use tracing::{error, warn};

use super::driver::Stamp;
use super::{Error, Feed, Flows, Going, LONGEST, LONGEST_STARTED, MOST, Runner};
use crate::clock;
use crate::node::Origin;
use crate::store::{self, ExecutionRow};

/// How long a question waits for its answer.
pub const PATIENCE: Duration = Duration::from_secs(24 * 3600);
/// How often it is looked whether one has waited too long.
const PULSE: Duration = Duration::from_secs(60);
/// What is said of a run whose question nobody answered.
const UNANSWERED: &str = "Nobody answered the question within 24 hours. Run it again.";

/// An answer to a paused execution.
#[derive(Clone, Debug)]
pub struct Reply {
    pub execution: ExecutionRow,
    /// The node that has to be the one that asks, where it is said.
    pub node: Option<String>,
    pub text: String,
    /// AWS's id of the alias that it was called by, for what its nodes tell others.
    pub alias_id: String,
}

impl Runner {
    /// Answers the question of an execution, which goes on where it was.
    ///
    /// # Errors
    /// It does not wait for an answer, or for one to another node.
    pub async fn answer(&self, reply: Reply, flows: Flows) -> Result<Arc<Feed>, Error> {
        let Reply { execution: row, node, text, alias_id } = reply;
        let id = row.id;
        let (asked, events) = match self.store.paused(&id).await {
            Ok(found) => found,
            Err(store::Error::NotFound) => return Err(Error::NotWaiting(id)),
            Err(error) => return Err(error.into()),
        };
        let questions: Vec<Question> =
            serde_json::from_str(&asked).map_err(|error| Error::Lost(error.to_string()))?;
        let asks = questions.first().map(|question| question.node.clone()).unwrap_or_default();
        if let Some(given) = node.filter(|given| *given != asks) {
            return Err(Error::Elsewhere { asks, given });
        }
        if self.live.lock().len() >= MOST {
            return Err(Error::Busy);
        }
        let plan = self.plan_of(&row.digest).await?;
        let bodies = events.iter().map(|event| &event.body);
        let mut run = Run::replay(plan, bodies, questions).map_err(|error| Error::Lost(error.to_string()))?;
        run.answer(text);
        let (stamp, started_at) = (Stamp::after(&events, row.started_at), row.started_at);
        let feed = Arc::new(Feed::again(id.clone(), events));
        let longest = if row.name.is_some() { LONGEST_STARTED } else { LONGEST };
        let origin = Origin { execution_id: id, flow_id: row.flow_id, alias_id, flows };
        let going = Going { run, feed, origin, stamp, started_at, longest };
        // One task takes it up and drives it: a caller that goes away in between leaves no run that nobody drives.
        let (told, begun) = oneshot::channel();
        let runner = self.clone();
        self.tasks.start("run", async move { runner.take_up(going, asked, told).await });
        begun.await.unwrap_or(Err(Error::Stopping))
    }

    /// The plan of an execution. Its documents are read where the plan is not kept any more.
    async fn plan_of(&self, digest: &str) -> Result<Arc<Plan>, Error> {
        if let Some(plan) = self.kept_plan(digest) {
            return Ok(plan);
        }
        let (definition, extensions) = self.store.documents(digest).await?;
        self.plan(digest, &definition, &extensions)
    }

    /// `asked` is what was asked when the run was rebuilt: what it asks since is answered by none who did not see it.
    async fn take_up(self, going: Going, asked: String, told: oneshot::Sender<Result<Arc<Feed>, Error>>) {
        let id = going.feed.id.clone();
        match self.store.take_paused(id.clone(), asked).await {
            Ok(true) => self.go_on(going, told).await,
            Ok(false) => drop(told.send(Err(Error::NotWaiting(id)))),
            Err(error) => drop(told.send(Err(error.into()))),
        }
    }

    /// Stops an execution that waits; whether it did.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn stop_waiting(&self, id: &str) -> Result<bool, store::Error> {
        Ok(self.end_waiting(id, Status::Aborted, None).await?.is_some())
    }

    /// Stops an execution that was asked to while it paused; what happened.
    pub(super) async fn stop_paused(&self, id: &str) -> Vec<Event> {
        match self.end_waiting(id, Status::Aborted, None).await {
            Ok(Some(events)) => events,
            Ok(None) => {
                // It was answered just now, and is stopped where it goes on.
                self.stop(id);
                Vec::new()
            }
            Err(error) => {
                error!(run.id = id, "a run that was asked to stop waits for an answer still: {error}");
                Vec::new()
            }
        }
    }

    /// Ends the executions whose question nobody answers, until the server stops.
    pub fn watch_questions(&self) {
        let (runner, stopping) = (self.clone(), self.tasks.stopping());
        self.tasks.start("unanswered questions", async move {
            loop {
                if let Err(error) = runner.end_unanswered().await {
                    error!("unanswered questions could not be looked for: {error}");
                }
                tokio::select! {
                    () = tokio::time::sleep(PULSE) => {}
                    () = stopping.cancelled() => return,
                }
            }
        });
    }

    async fn end_unanswered(&self) -> Result<(), store::Error> {
        let patience = u64::try_from(PATIENCE.as_millis()).unwrap_or(u64::MAX);
        for id in self.store.paused_before(clock::now().saturating_sub(patience)).await? {
            warn!(run.id = id, "nobody answered the question of this execution");
            let late = RunError { node: None, code: FailureCode::TimedOut, message: UNANSWERED.to_owned() };
            self.end_waiting(&id, Status::TimedOut, Some(late)).await?;
        }
        Ok(())
    }

    /// Ends an execution that waits; what happened then, or none where it does not wait.
    async fn end_waiting(
        &self,
        id: &str,
        status: Status,
        error: Option<RunError>,
    ) -> Result<Option<Vec<Event>>, store::Error> {
        let row = self.store.execution(id).await?;
        let finished = self.closing(row, status, error).await?;
        let events = finished.events.clone();
        Ok(self.store.end_paused(finished).await?.then_some(events))
    }
}
