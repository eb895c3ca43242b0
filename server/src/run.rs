//! Executions: the one loop around `flow::run::Run`, the feed of what happens, and what is left of a crash.
//!
//! Always holds: an execution is in the store before its caller hears of it; it ends in exactly one status, also where
//! its caller goes away or its driver breaks; its end is in the store before anyone hears of it, and so is a question.
//! An execution that waits for an answer is in the store alone, and is rebuilt from there when it is answered.

mod driver;
mod feed;
mod keep;
mod log;
mod question;

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use flow::definition::Definition;
use flow::event::{Body, Event, FailureCode, RunError, Status};
use flow::extensions::Extensions;
use flow::part::Part;
use flow::plan::Plan;
use flow::run::{InputError, Run};
use futures_util::FutureExt as _;
use parking_lot::Mutex;
use serde_json::Value;
use tokio::sync::oneshot;
use tracing::{error, info, warn};

use driver::{Driver, Drove, End, Stamp};
pub use feed::{Feed, Reader};
use keep::Keep;
use log::Log;
pub use question::Reply;

pub use crate::node::flows::Flows;
use crate::node::{Context, Origin};
use crate::store::{self, ExecutionFilter, ExecutionRow, Finished, Named, Paused, Store};
use crate::task::Supervisor;
use crate::{clock, id};

/// The longest a run may take whose caller waits for it.
const LONGEST: Duration = Duration::from_secs(3600);
/// The longest a run may take that AWS's StartFlowExecution began.
const LONGEST_STARTED: Duration = Duration::from_secs(24 * 3600);
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
    /// What of the flow runs, where that is not the whole.
    pub part: Option<Part>,
    /// The id it shall have, where the caller chose one.
    pub id: Option<String>,
    /// What AWS's StartFlowExecution adds, where that begins it.
    pub named: Option<Naming>,
}

/// How AWS's StartFlowExecution begins a run.
#[derive(Clone, Debug)]
pub struct Naming {
    /// Its name within the alias; its id where the caller chose none.
    pub name: Option<String>,
    /// The flow's role and key.
    pub aws_role: String,
    pub aws_key: Option<String>,
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
    #[error("the alias has an execution {0} already")]
    NameTaken(String),
    #[error("the execution {0} waits for no answer")]
    NotWaiting(String),
    #[error("the question is {asks}'s, not {given}'s")]
    Elsewhere { asks: String, given: String },
    #[error("a paused run could not be taken up: {0}")]
    Lost(String),
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

    /// What nodes' effects use, for what answers without a flow.
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// Begins an execution; it goes on whoever listens. `flows` is how its nodes call other flows.
    ///
    /// # Errors
    /// The flow or the input does not allow it, or it could not be recorded.
    pub async fn start(&self, start: Start, flows: Flows) -> Result<Arc<Feed>, Error> {
        let plan = self.plan(&start.digest, &start.definition, &start.extensions)?;
        let run = match &start.part {
            None => Run::new(plan, start.input.clone())?,
            Some(part) => Run::part(plan, start.input.clone(), part.clone())?,
        };
        if self.live.lock().len() >= MOST {
            return Err(Error::Busy);
        }
        // One task records and drives: a caller that goes away in between leaves no run that nobody drives.
        let (told, begun) = oneshot::channel();
        let runner = self.clone();
        self.tasks.start("run", async move { runner.execute(run, start, flows, told).await });
        begun.await.unwrap_or(Err(Error::Stopping))
    }

    async fn execute(
        self,
        run: Run,
        start: Start,
        flows: Flows,
        told: oneshot::Sender<Result<Arc<Feed>, Error>>,
    ) {
        let started_at = clock::now();
        let (flow_id, alias_id) = (start.flow_id.clone(), start.alias_id.clone());
        let longest = if start.named.is_some() { LONGEST_STARTED } else { LONGEST };
        match self.record(start, started_at).await {
            Ok(id) => {
                let (feed, stamp) = (Arc::new(Feed::new(id.clone())), Stamp::after(&[], started_at));
                let origin = Origin { execution_id: id, flow_id, alias_id, flows };
                self.go_on(Going { run, feed, origin, stamp, started_at, longest }, told).await;
            }
            Err(error) => {
                let _ = told.send(Err(error));
            }
        }
    }

    /// Drives a run, from its beginning or from where it was taken up, to its end or to a question.
    async fn go_on(self, going: Going, told: oneshot::Sender<Result<Arc<Feed>, Error>>) {
        let Going { run, feed, origin, stamp, started_at, longest } = going;
        let listed = Listed::new(&self.live, &feed);
        let _ = told.send(Ok(Arc::clone(&feed)));
        let began = Instant::now();
        let keep = Keep { store: self.store.clone(), stopping: self.tasks.stopping() };
        let (mut log, writing) = Log::new(&feed, keep.clone());
        self.tasks.start("run log", writing);
        let driver = Driver {
            run,
            feed: Arc::clone(&feed),
            context: self.context.clone(),
            origin: Arc::new(origin),
            stopping: self.tasks.stopping(),
            stamp,
            longest,
        };
        let driven = AssertUnwindSafe(driver.drive()).catch_unwind().await;
        let drove = driven.unwrap_or_else(|_| {
            error!(run.id = feed.id, "the driver of a run broke");
            Drove::Ended(End::broken(&feed, started_at))
        });
        let took = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        let (events, kept) = match drove {
            Drove::Paused(pause) => {
                log.caught_up(pause.event.seq - 1).await;
                info!(run.id = feed.id, run.milliseconds = took, "run waits for an answer");
                let paused = Paused {
                    id: feed.id.clone(),
                    questions: serde_json::to_string(&pause.questions).unwrap_or_default(),
                    at: clock::now(),
                    events: vec![pause.event.clone()],
                    input_tokens: pause.tokens.input,
                    output_tokens: pause.tokens.output,
                };
                let kept = keep.pause(&paused).await;
                // It may be answered, and be listed anew, as soon as someone hears of the question.
                drop(listed);
                let mut events = vec![pause.event];
                // It is in the store as waiting before it leaves the list, and only then is it looked whether a stop
                // came. So one that found it in the list, after it was driven for the last time, is seen here; one that
                // did not find it there finds it waiting, and ends it itself.
                if kept && feed.is_asked_to_stop() {
                    events.extend(self.stop_paused(&feed.id).await);
                }
                (events, kept)
            }
            Drove::Ended(end) => {
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
                info!(run.id = feed.id, run.status = end.status.name(), run.milliseconds = took, "run ended");
                (vec![end.event], kept)
            }
        };
        // What is not on disk is told to nobody: the next start of the server will decide it.
        feed.publish(if kept { events } else { Vec::new() }, true);
    }

    /// Writes down that an execution begins; answers its id.
    async fn record(&self, start: Start, now: u64) -> Result<String, Error> {
        let id = match start.id {
            Some(id) => id,
            None => id::by_time(now)?,
        };
        let named = start.named.map(|naming| Named {
            alias_id: start.alias_id,
            name: naming.name.unwrap_or_else(|| id.clone()),
            aws_role: naming.aws_role,
            aws_key: naming.aws_key,
        });
        let name = named.as_ref().map(|named| named.name.clone());
        let row = ExecutionRow {
            id: id.clone(),
            flow_id: start.flow_id,
            flow_title: start.flow_title,
            alias: start.alias,
            version: start.version,
            name: name.clone(),
            digest: start.digest,
            status: Status::Running,
            started_at: now,
            ended_at: None,
            error: None,
            input_tokens: 0,
            output_tokens: 0,
        };
        match self.store.insert_execution(row, named, &start.definition, &start.extensions).await {
            Err(store::Error::Taken("name")) => Err(Error::NameTaken(name.unwrap_or_default())),
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
        // Asked while the list is locked: a run that leaves the list then sees that it was asked.
        let live = self.live.lock();
        let feed = live.get(id);
        if let Some(feed) = feed {
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
        let mut tokens = Tokens::default();
        // Events that cannot be read any more must not keep the server from starting.
        for event in self.store.events(&row.id, 0).await.unwrap_or_default() {
            tokens.count(&event.body);
        }
        let row = ExecutionRow { input_tokens: tokens.input, output_tokens: tokens.output, ..row };
        let error =
            RunError { node: None, code: FailureCode::InternalServer, message: INTERRUPTED.to_owned() };
        let finished = self.closing(row, Status::Interrupted, Some(error)).await?;
        self.store.finish_execution(finished).await
    }

    /// The end of an execution that nobody drives.
    async fn closing(
        &self,
        row: ExecutionRow,
        status: Status,
        error: Option<RunError>,
    ) -> Result<Finished, store::Error> {
        let (last, at) = (self.store.last_event(&row.id).await?, clock::now());
        let message = error.as_ref().map(|error| error.message.clone());
        let end = Event {
            seq: last + 1,
            at,
            elapsed: at.saturating_sub(row.started_at).saturating_mul(1000),
            body: Body::ExecutionEnded { status, error },
        };
        Ok(Finished {
            id: row.id,
            status,
            at,
            error: message,
            input_tokens: row.input_tokens,
            output_tokens: row.output_tokens,
            events: vec![end],
        })
    }

    fn kept_plan(&self, digest: &str) -> Option<Arc<Plan>> {
        self.plans.lock().get(digest).cloned()
    }

    fn plan(
        &self,
        digest: &str,
        definition: &Definition,
        extensions: &Extensions,
    ) -> Result<Arc<Plan>, Error> {
        if let Some(plan) = self.kept_plan(digest) {
            return Ok(plan);
        }
        let plan = Plan::new(definition, extensions).map_err(|report| Error::Problems(Box::new(report)))?;
        let plan = Arc::new(plan);
        let mut plans = self.plans.lock();
        if plans.len() >= PLANS {
            info!("the kept plans are dropped, since there are many");
            plans.clear();
        }
        plans.insert(digest.to_owned(), Arc::clone(&plan));
        Ok(plan)
    }
}

/// A run that is about to be driven.
struct Going {
    run: Run,
    feed: Arc<Feed>,
    origin: Origin,
    stamp: Stamp,
    started_at: u64,
    /// How long it may take from here.
    longest: Duration,
}

/// An execution is in the list of those that run for as long as this is held.
struct Listed {
    live: Live,
    feed: Arc<Feed>,
}

impl Listed {
    fn new(live: &Live, feed: &Arc<Feed>) -> Self {
        live.lock().insert(feed.id.clone(), Arc::clone(feed));
        Self { live: Arc::clone(live), feed: Arc::clone(feed) }
    }
}

impl Drop for Listed {
    fn drop(&mut self) {
        let mut live = self.live.lock();
        // One that was taken up again meanwhile is another's.
        if live.get(&self.feed.id).is_some_and(|feed| Arc::ptr_eq(feed, &self.feed)) {
            live.remove(&self.feed.id);
        }
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
