//! Python for Code nodes: CPython as WebAssembly, in a sandbox of its own for each run.
//!
//! Always: code sees what it is given, the clock and randomness, and nothing else of this machine: no files, environment,
//! network or processes; it has 256 MiB of memory and is ended at its time limit, and at once when nobody waits for it any
//! more; as many runs go together as this machine has cores, others wait in line, which their time limit does not count;
//! nothing is fetched but by the owner's command.
//!
//! Absent on purpose: packages beyond the standard library, threads, and anything that one run leaves to the next.

mod answer;
mod error;
pub mod interpreter;
mod output;
mod sandbox;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};
use tokio::runtime::Handle;
use tokio::sync::{OnceCell, Semaphore};
use tokio::time::{MissedTickBehavior, interval, timeout};
use tokio_util::sync::CancellationToken;
use tracing::{debug, warn};

use crate::task::Supervisor;
pub use answer::Finding;
use answer::{findings, value};
pub use error::Error;
use output::Output;
use sandbox::Machine;

/// How often running code looks up, and may be ended.
const TICK: Duration = Duration::from_millis(10);
/// How often what was printed is passed on.
const PASS_ON: Duration = Duration::from_millis(100);
/// The most that is kept of what one run prints.
const LONGEST_LOG: usize = 64 * 1024;
/// The largest result, in bytes of JSON.
pub const LARGEST_RESULT: usize = 10 * 1024 * 1024;
/// How long a check may take, all codes together.
const CHECK: Duration = Duration::from_secs(4);
/// How long whoever asks for a check waits: for the interpreter, which is compiled when it is first used, and for others.
const PATIENCE: Duration = Duration::from_secs(5);
/// How soon the interpreter is ready where it was compiled before.
const SOON: Duration = Duration::from_secs(2);
/// What whoever waits longer is told.
const UNREADY: &str = "(Python is made ready, which takes up to a minute the first time.)\n";
/// How many checks are remembered.
const REMEMBERED: usize = 1000;

/// A handle on the interpreter; clones share it.
#[derive(Clone)]
pub struct Python {
    shared: Arc<Shared>,
}

struct Shared {
    /// Where the interpreter is, or will be; none where this machine has no place for it.
    folder: Option<PathBuf>,
    tasks: Supervisor,
    /// One a core for code that runs, and one more for checks, which wait for no run.
    turns: Arc<Semaphore>,
    checking: Arc<Semaphore>,
    /// Made ready by the first who comes, on a thread that may block; the others wait without one.
    machine: OnceCell<Arc<Machine>>,
    /// What was found in codes before, by their digests.
    findings: Mutex<HashMap<Digest, Option<Finding>>>,
}

type Digest = [u8; 32];

/// Code to run.
#[derive(Clone, Debug)]
pub struct Job {
    /// What a traceback calls it.
    pub name: String,
    pub code: String,
    /// The variables that it begins with.
    pub inputs: Map<String, Value>,
    pub limit: Duration,
}

impl Python {
    /// The interpreter in this folder, or in the user's cache.
    pub fn new(folder: Option<PathBuf>, tasks: Supervisor) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let shared = Shared {
            folder: folder.or_else(interpreter::usual_folder),
            tasks,
            turns: Arc::new(Semaphore::new(cores)),
            checking: Arc::new(Semaphore::new(1)),
            machine: OnceCell::new(),
            findings: Mutex::default(),
        };
        Self { shared: Arc::new(shared) }
    }

    /// Whether the interpreter is on this machine.
    pub fn is_here(&self) -> bool {
        self.shared.folder.as_deref().is_some_and(interpreter::is_in)
    }

    /// Runs code; the value of its last expression. What it prints goes to `print` as it comes. Dropping the future ends
    /// the code.
    ///
    /// # Errors
    /// Why there is no value.
    pub async fn run<F: Future<Output = ()>>(
        &self,
        job: Job,
        print: impl FnMut(String) -> F,
    ) -> Result<Value, Error> {
        let name = format!("<{}>", job.name);
        let task = json!({"name": name, "code": job.code, "inputs": job.inputs});
        let answer = self.execute(&self.shared.turns, task, job.limit, print).await?;
        value(&answer)
    }

    /// What is wrong with each of these codes, without running any; nothing where the interpreter is not here, or not
    /// ready yet.
    pub async fn check(&self, codes: &[&str]) -> Vec<Option<Finding>> {
        let unknown: Vec<&str> = {
            let known = self.shared.findings.lock();
            codes.iter().copied().filter(|code| !known.contains_key(&digest(code))).collect()
        };
        if !unknown.is_empty() && self.is_here() {
            let _out_of_patience = timeout(PATIENCE, self.look(unknown)).await;
        }
        let known = self.shared.findings.lock();
        codes.iter().map(|code| known.get(&digest(code)).cloned().flatten()).collect()
    }

    async fn look(&self, codes: Vec<&str>) {
        let task = json!({"check": codes});
        let checked = match self.execute(&self.shared.checking, task, CHECK, |_| async {}).await {
            Ok(answer) => findings(&answer),
            Err(Error::Late(_)) => None,
            Err(error) => return warn!("code could not be checked: {error}"),
        };
        // Code that takes too long to read is not looked at again.
        let checked = checked.unwrap_or_else(|| vec![None; codes.len()]);
        let mut known = self.shared.findings.lock();
        if known.len() + codes.len() > REMEMBERED {
            known.clear();
        }
        known.extend(codes.into_iter().map(digest).zip(checked));
    }

    /// Makes the interpreter ready, which takes long when this version does it for the first time on this machine.
    ///
    /// # Errors
    /// It is not here, or does not fit.
    pub async fn prepare(&self) -> Result<(), Error> {
        self.machine().await.map(drop)
    }

    async fn machine(&self) -> Result<Arc<Machine>, Error> {
        if let Some(machine) = self.shared.machine.get() {
            return Ok(Arc::clone(machine));
        }
        // To its end, also where whoever waits goes away: the next one shall find it done.
        let shared = Arc::clone(&self.shared);
        let opening = async move {
            let open = || async {
                let own = Arc::clone(&shared);
                let opened = tokio::task::spawn_blocking(move || own.open()).await;
                opened.unwrap_or_else(|error| Err(Error::Broken(error.to_string())))
            };
            shared.machine.get_or_try_init(open).await.cloned()
        };
        let opened = self.shared.tasks.finish("prepare python", opening).await;
        opened.unwrap_or_else(|| Err(Error::Broken("the interpreter was not made ready".to_owned())))
    }

    /// Has the guest do a task; the line that it answers with.
    async fn execute<F: Future<Output = ()>>(
        &self,
        turns: &Arc<Semaphore>,
        task: Value,
        limit: Duration,
        mut print: impl FnMut(String) -> F,
    ) -> Result<Vec<u8>, Error> {
        let machine = match timeout(SOON, self.machine()).await {
            Ok(machine) => machine?,
            Err(_) => {
                print(UNREADY.to_owned()).await;
                self.machine().await?
            }
        };
        let turn = Arc::clone(turns).acquire_owned().await;
        let turn = turn.map_err(|_| Error::Broken("no turns are given any more".to_owned()))?;
        let (log, answer) = (Output::new(LONGEST_LOG), Output::new(LARGEST_RESULT + 1024));
        let wanted = CancellationToken::new();
        let _ends_with_this_future = wanted.clone().drop_guard();
        let run = Run { task, limit, log: log.clone(), answer: answer.clone(), wanted };
        let running = self.shared.tasks.finish("python", async move {
            let ended = run.run_to_end(machine).await;
            // Given back when the code has ended, and not when nobody waits for it any more.
            drop(turn);
            ended
        });
        tokio::pin!(running);
        let mut passing = interval(PASS_ON);
        let ended = loop {
            tokio::select! {
                ended = &mut running => break ended,
                _ = passing.tick() => {
                    if let Some(text) = log.lines() {
                        print(text).await;
                    }
                }
            }
        };
        if let Some(text) = log.rest() {
            print(text).await;
        }
        match ended {
            Some(ended) => ended.and_then(|()| answer.last_line()),
            None => Err(Error::Stopped),
        }
    }
}

impl Shared {
    /// The interpreter, made ready, which may take a minute.
    fn open(&self) -> Result<Arc<Machine>, Error> {
        let folder =
            self.folder.as_deref().filter(|folder| interpreter::is_in(folder)).ok_or(Error::Absent)?;
        let began = Instant::now();
        let opened = Machine::open(&interpreter::module(folder), &interpreter::compiled(folder));
        let opened = opened.map_err(|error| Error::Broken(format!("{error:#}")))?;
        debug!(python.milliseconds = began.elapsed().as_millis(), "Python is ready");
        Ok(Arc::new(opened))
    }
}

/// One use of the sandbox.
struct Run {
    task: Value,
    limit: Duration,
    log: Output,
    answer: Output,
    /// Cancelled when nobody waits for it any more.
    wanted: CancellationToken,
}

impl Run {
    /// Runs on a thread that may block, and has the code look up at every tick until it has ended.
    async fn run_to_end(self, machine: Arc<Machine>) -> Result<(), Error> {
        let runtime = Handle::current();
        let own = Arc::clone(&machine);
        let mut running = tokio::task::spawn_blocking(move || runtime.block_on(self.within_limits(&own)));
        let mut tick = interval(TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                ended = &mut running => {
                    return ended.unwrap_or_else(|error| Err(Error::Broken(error.to_string())));
                }
                _ = tick.tick() => machine.tick(),
            }
        }
    }

    async fn within_limits(self, machine: &Machine) -> Result<(), Error> {
        let task = self.task.to_string().into_bytes();
        tokio::select! {
            ended = machine.run(task, self.log, self.answer) => ended,
            () = self.wanted.cancelled() => Err(Error::Stopped),
            () = tokio::time::sleep(self.limit) => Err(Error::Late(self.limit)),
        }
    }
}

fn digest(code: &str) -> Digest {
    Sha256::digest(code).into()
}
