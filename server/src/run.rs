//! Executions: the one loop around `flow::run::Run`, the feed of what happens, and what is left of a crash.
//!
//! Always holds: an execution is in the store before its caller hears of it; it ends in exactly one status, also where
//! its caller goes away or its driver breaks; its end is in the store before anyone hears of it.

mod driver;
mod feed;
mod keep;
mod log;

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use flow::definition::Definition;
use flow::event::{Body, Event, FailureCode, RunError, Status};
use flow::extensions::Extensions;
use flow::plan::Plan;
use flow::run::{InputError, Run};
use futures_util::FutureExt as _;
use parking_lot::Mutex;
use serde_json::Value;
use tokio::sync::oneshot;
use tracing::{error, info, warn};

use driver::{Driver, End};
pub use feed::{Feed, Reader};
use keep::Keep;
use log::Log;

use crate::node::{Context, Origin};
use crate::store::{self, ExecutionFilter, ExecutionRow, Finished, Store};
use crate::task::Supervisor;
use crate::{clock, id};

/// The longest a run may take.
pub const LONGEST: Duration = Duration::from_secs(3600);
/// How many executions may run at once.
const MOST: usize = 1000;
/// How many plans are kept.
const PLANS: usize = 256;
/// What is said of a run that the server's stop cut off.
const INTERRUPTED: &str = "The server stopped during this run. Run it again.";

type Live = Arc<Mutex<HashMap<String, Arc<Feed>>>>;

/// Starts and stops executions.
#[derive(Clone)]
pub struct Runner {
    store: Store,
    context: Context,
    tasks: Supervisor,
    live: Live,
    plans: Arc<Mutex<HashMap<String, Arc<Plan>>>>,
}

/// What to run.
#[derive(Clone, Debug)]
pub struct Start {
    pub flow_id: String,
    pub flow_title: String,
    /// The name of the alias it is called by; none for the draft.
    pub alias: Option<String>,
    /// The alias's id; AWS's test alias for the draft.
    pub alias_id: String,
    pub version: Option<u64>,
    pub definition: Definition,
    pub extensions: Extensions,
    /// Of the two documents.
    pub digest: String,
    pub input: Value,
    /// The id it shall have, where the caller chose one.
    pub id: Option<String>,
}

/// Why an execution did not begin.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the flow has errors")]
    Problems(Box<flow::check::Report>),
    #[error(transparent)]
    Input(#[from] InputError),
    #[error("{MOST} executions are running")]
    Busy,
    #[error("there is an execution {0} already")]
    Exists(String),
    #[error("the server is stopping")]
    Stopping,
    #[error(transparent)]
    Store(#[from] store::Error),
    #[error(transparent)]
    Randomness(#[from] id::NoRandomness),
}

impl Runner {
    /// Runs flows with these effects.
    pub fn new(store: Store, context: Context, tasks: Supervisor) -> Self {
        Self { store, context, tasks, live: Arc::default(), plans: Arc::default() }
    }

    /// Begins an execution; it goes on whoever listens.
    ///
    /// # Errors
    /// The flow or the input does not allow it, or it could not be recorded.
    pub async fn start(&self, start: Start) -> Result<Arc<Feed>, Error> {
        let plan = self.plan(&start)?;
        let run = Run::new(plan, start.input.clone())?;
        if self.live.lock().len() >= MOST {
            return Err(Error::Busy);
        }
        // One task records and drives: a caller that goes away in between leaves no run that nobody drives.
        let (told, begun) = oneshot::channel();
        let runner = self.clone();
        self.tasks.start("run", async move { runner.execute(run, start, told).await });
        begun.await.unwrap_or(Err(Error::Stopping))
    }

    async fn execute(self, run: Run, start: Start, told: oneshot::Sender<Result<Arc<Feed>, Error>>) {
        let started_at = clock::now();
        let (flow_id, alias_id) = (start.flow_id.clone(), start.alias_id.clone());
        let feed = match self.record(start, started_at).await {
            Ok(id) => Arc::new(Feed::new(id)),
            Err(error) => {
                let _ = told.send(Err(error));
                return;
            }
        };
        let _listed = Listed::new(&self.live, &feed);
        let _ = told.send(Ok(Arc::clone(&feed)));
        let began = Instant::now();
        let keep = Keep { store: self.store.clone(), stopping: self.tasks.stopping() };
        let (mut log, writing) = Log::new(&feed, keep.clone());
        self.tasks.start("run log", writing);
        let driver = Driver {
            run,
            feed: Arc::clone(&feed),
            context: self.context.clone(),
            origin: Arc::new(Origin { execution_id: feed.id.clone(), flow_id, alias_id }),
            stopping: self.tasks.stopping(),
        };
        let driven = AssertUnwindSafe(driver.drive()).catch_unwind().await;
        let end = driven.unwrap_or_else(|_| {
            error!(run.id = feed.id, "the driver of a run broke");
            End::broken(&feed, started_at)
        });
        log.caught_up(end.event.seq - 1).await;
        let finished = Finished {
            id: feed.id.clone(),
            status: end.status,
            at: clock::now(),
            error: end.error.map(|error| error.message),
            input_tokens: end.tokens.input,
            output_tokens: end.tokens.output,
            events: vec![end.event.clone()],
        };
        let kept = keep.end(&finished).await;
        let took = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        info!(run.id = feed.id, run.status = end.status.name(), run.milliseconds = took, "run ended");
        // An end that is not on disk is told to nobody: the next start of the server will decide it.
        feed.publish(if kept { vec![end.event] } else { Vec::new() }, true);
    }

    /// Writes down that an execution begins; answers its id.
    async fn record(&self, start: Start, now: u64) -> Result<String, Error> {
        let id = match start.id {
            Some(id) => id,
            None => id::by_time(now)?,
        };
        let row = ExecutionRow {
            id: id.clone(),
            flow_id: start.flow_id,
            flow_title: start.flow_title,
            alias: start.alias,
            version: start.version,
            digest: start.digest,
            status: Status::Running,
            started_at: now,
            ended_at: None,
            error: None,
            input_tokens: 0,
            output_tokens: 0,
        };
        match self.store.insert_execution(row, &start.definition, &start.extensions).await {
            Err(store::Error::Taken(_)) => Err(Error::Exists(id)),
            Err(error) => Err(error.into()),
            Ok(()) => Ok(id),
        }
    }

    /// The feed of an execution that is running.
    pub fn live(&self, id: &str) -> Option<Arc<Feed>> {
        self.live.lock().get(id).cloned()
    }

    /// Asks an execution to stop; whether it was running.
    pub fn stop(&self, id: &str) -> bool {
        let feed = self.live(id);
        if let Some(feed) = &feed {
            feed.ask_to_stop();
        }
        feed.is_some()
    }

    /// Ends the executions that a crash cut off. To be called once, before any is started.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn recover(&self) -> Result<(), store::Error> {
        loop {
            let filter =
                ExecutionFilter { status: Some(Status::Running), limit: 100, ..ExecutionFilter::default() };
            let cut_off = self.store.executions(filter).await?;
            if cut_off.is_empty() {
                return Ok(());
            }
            for row in cut_off {
                warn!(
                    run.id = row.id,
                    flow.id = row.flow_id,
                    "this execution was cut off by a stop of the server"
                );
                self.interrupt(row).await?;
            }
        }
    }

    async fn interrupt(&self, row: ExecutionRow) -> Result<(), store::Error> {
        let last = self.store.last_event(&row.id).await?;
        let mut tokens = Tokens::default();
        // Events that cannot be read any more must not keep the server from starting.
        for event in self.store.events(&row.id, 0).await.unwrap_or_default() {
            tokens.count(&event.body);
        }
        let (status, at) = (Status::Interrupted, clock::now());
        let error =
            RunError { node: None, code: FailureCode::InternalServer, message: INTERRUPTED.to_owned() };
        let end = Event {
            seq: last + 1,
            at,
            elapsed: at.saturating_sub(row.started_at).saturating_mul(1000),
            body: Body::ExecutionEnded { status, error: Some(error) },
        };
        let finished = Finished {
            id: row.id,
            status,
            at,
            error: Some(INTERRUPTED.to_owned()),
            input_tokens: tokens.input,
            output_tokens: tokens.output,
            events: vec![end],
        };
        self.store.finish_execution(finished).await
    }

    fn plan(&self, start: &Start) -> Result<Arc<Plan>, Error> {
        if let Some(plan) = self.plans.lock().get(&start.digest) {
            return Ok(Arc::clone(plan));
        }
        let plan = Plan::new(&start.definition, &start.extensions)
            .map_err(|report| Error::Problems(Box::new(report)))?;
        let plan = Arc::new(plan);
        let mut plans = self.plans.lock();
        if plans.len() >= PLANS {
            info!("the kept plans are dropped, since there are many");
            plans.clear();
        }
        plans.insert(start.digest.clone(), Arc::clone(&plan));
        Ok(plan)
    }
}

/// An execution is in the list of those that run for as long as this is held.
struct Listed {
    live: Live,
    id: String,
}

impl Listed {
    fn new(live: &Live, feed: &Arc<Feed>) -> Self {
        live.lock().insert(feed.id.clone(), Arc::clone(feed));
        Self { live: Arc::clone(live), id: feed.id.clone() }
    }
}

impl Drop for Listed {
    fn drop(&mut self) {
        self.live.lock().remove(&self.id);
    }
}

/// What models read and wrote in a run. Providers say how much; what they say may be anything.
#[derive(Clone, Copy, Debug, Default)]
struct Tokens {
    input: u64,
    output: u64,
}

impl Tokens {
    fn count(&mut self, body: &Body) {
        if let Body::NodeCompleted { model: Some(model), .. } = body
            && let Some(usage) = model.usage
        {
            self.input = self.input.saturating_add(usage.input_tokens);
            self.output = self.output.saturating_add(usage.output_tokens);
        }
    }
}
