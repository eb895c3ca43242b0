//! Executions: the one loop around `flow::run::Run`, the feed of what happens, and what is left of a crash.
//!
//! Always holds: an execution is in the store before its caller hears of it; it ends in exactly one status; its end is
//! in the store before anyone hears of it.

mod driver;
mod feed;
mod log;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use flow::definition::Definition;
use flow::event::{Body, Event, FailureCode, RunError, Status};
use flow::extensions::Extensions;
use flow::plan::Plan;
use flow::run::{InputError, Run};
use parking_lot::Mutex;
use serde_json::Value;
use tracing::{info, warn};

pub use feed::{Feed, Reader};

use crate::node::Context;
use crate::store::{self, ExecutionFilter, ExecutionRow, Finished, Store};
use crate::task::Supervisor;
use crate::{clock, id};

/// The longest a run may take.
pub const LONGEST: Duration = Duration::from_secs(3600);
/// How many executions may run at once.
const MOST: usize = 1000;
/// How many plans are kept.
const PLANS: usize = 256;

/// Starts and stops executions.
#[derive(Clone)]
pub struct Runner {
    store: Store,
    context: Context,
    tasks: Supervisor,
    live: Arc<Mutex<HashMap<String, Arc<Feed>>>>,
    plans: Arc<Mutex<HashMap<String, Arc<Plan>>>>,
}

/// What to run.
#[derive(Clone, Debug)]
pub struct Start {
    pub flow_id: String,
    pub flow_title: String,
    pub alias: Option<String>,
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
        let run = Run::new(plan, start.input)?;
        if self.live.lock().len() >= MOST {
            return Err(Error::Busy);
        }
        let now = clock::now();
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
        self.store.insert_execution(row, &start.definition, &start.extensions).await?;
        let feed = Arc::new(Feed::new(id.clone()));
        self.live.lock().insert(id.clone(), Arc::clone(&feed));
        let driver = driver::Driver {
            run,
            feed: Arc::clone(&feed),
            store: self.store.clone(),
            context: self.context.clone(),
            stopping: self.tasks.stopping(),
        };
        let (log, writing) = log::Log::new(&feed, self.store.clone());
        self.tasks.start("run log", writing);
        let live = Arc::clone(&self.live);
        self.tasks.start("run", async move {
            driver.drive(log).await;
            live.lock().remove(&id);
        });
        Ok(feed)
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
                let events = self.store.events(&row.id, 0).await.unwrap_or_default();
                let at = clock::now();
                let error = RunError {
                    node: None,
                    code: FailureCode::InternalServer,
                    message: "The server stopped during this run. Run it again.".to_owned(),
                };
                let message = error.message.clone();
                let end = Event {
                    seq: events.last().map_or(0, |event| event.seq) + 1,
                    at,
                    elapsed: at.saturating_sub(row.started_at).saturating_mul(1000),
                    body: Body::ExecutionEnded { status: Status::Interrupted, error: Some(error) },
                };
                self.store
                    .finish_execution(Finished {
                        id: row.id,
                        status: Status::Interrupted,
                        at,
                        error: Some(message),
                        input_tokens: 0,
                        output_tokens: 0,
                        events: vec![end],
                    })
                    .await?;
            }
        }
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
