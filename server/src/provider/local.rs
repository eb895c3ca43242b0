//! The models inside this process: a tiny language model and an embedder, for first steps without a key or a network.
//!
//! Always: weights are loaded when first asked for; at most one call at a time uses each model, others wait in line;
//! dropping a call's future ends its work within one token; a call never fetches anything by itself, only
//! [`LocalModels::fetch`] does.
//!
//! Absent on purpose: other models, other devices, more than one generation at a time. The language model has 135 million
//! parameters and is weak, and the product says so.

mod bert;
pub mod choice;
mod error;
mod language;
mod llama;
mod requantise;
mod sample;
pub mod shots;
mod stop;
mod tokens;
pub mod weights;

pub use choice::{Choice, ServedBy};
pub use error::Error;

use crate::fetch::{self, Download, Progress, Source};
use bert::Bert;
use language::Language;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Semaphore;
use weights::{MODELS, Weights};

/// A handle on the models; clones share them.
#[derive(Clone)]
pub struct LocalModels {
    shared: Arc<Shared>,
}

struct Shared {
    weights: Weights,
    language: Line<Language>,
    bert: Line<Bert>,
    /// What the fetch under way, or the one that failed last, has to say.
    fetch: Mutex<Option<Status>>,
}

/// Whether the models can be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    Absent,
    Fetching(Progress),
    Ready,
    Failed { message: String },
}

/// One turn of a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    pub role: Role,
    pub content: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    System,
    User,
    Assistant,
}

/// What to answer, and how.
#[derive(Clone, Debug)]
pub struct Generate {
    pub messages: Vec<Message>,
    pub max_tokens: u32,
    /// 0: always the likeliest token.
    pub temperature: f64,
    pub top_p: Option<f64>,
    pub stop: Vec<String>,
    pub seed: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Generated {
    pub text: String,
    pub prompt_tokens: u32,
    pub completion_tokens: u32,
    pub finish: Finish,
    /// The text that stopped it.
    pub stopped_by: Option<String>,
}

/// Why an answer ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finish {
    /// The model said all it had to say.
    Stop,
    StopSequence,
    /// As many tokens as were allowed, or as fit.
    Length,
}

impl LocalModels {
    /// The models whose weights are, or will be, in `folder`.
    pub fn new(folder: PathBuf) -> Self {
        let shared = Shared {
            weights: Weights::new(folder),
            language: Line::new(),
            bert: Line::new(),
            fetch: Mutex::new(None),
        };
        Self { shared: Arc::new(shared) }
    }

    pub fn status(&self) -> Status {
        match lock(&self.shared.fetch).clone() {
            Some(fetching @ Status::Fetching(_)) => fetching,
            _ if self.shared.weights.ready() => Status::Ready,
            Some(failed) => failed,
            None => Status::Absent,
        }
    }

    /// Brings the weights onto this machine, and returns what is then true. Every change is also in
    /// [`LocalModels::status`]; a dropped future leaves nothing half done.
    ///
    /// # Errors
    /// What went wrong, and what to do.
    pub async fn fetch(
        &self,
        source: Source,
        download: &(impl Download + Sync),
        mut on_progress: impl FnMut(&Progress) + Send,
    ) -> Result<Status, fetch::Error> {
        let mut outcome = Outcome { shared: &self.shared, status: None };
        let report = |progress: Progress| {
            on_progress(&progress);
            *lock(&self.shared.fetch) = Some(Status::Fetching(progress));
        };
        let done = fetch::fetch(&MODELS, self.shared.weights.folder(), source, download, report).await;
        if let Err(error) = &done {
            outcome.status = Some(Status::Failed { message: error.to_string() });
        }
        drop(outcome);
        done.map(|()| self.status())
    }

    /// Answers a conversation. `on_text` gets each piece as it comes, on another thread, and may end the call. A single
    /// message that shows examples is read as [`shots`] says.
    pub async fn generate(
        &self,
        mut request: Generate,
        on_text: impl FnMut(&str) -> ControlFlow<()> + Send + 'static,
    ) -> Result<Generated, Error> {
        request.messages = shots::spread(request.messages);
        self.language(move |model, alive| model.generate(&request, on_text, || alive.get())).await
    }

    /// How many tokens [`LocalModels::generate`] would read of a conversation.
    pub async fn count(&self, messages: Vec<Message>) -> Result<usize, Error> {
        let messages = shots::spread(messages);
        self.language(move |model, _| model.count(&messages)).await
    }

    /// Chooses the one of `labels` that fits `query`: as the most similar of `examples` (each a text and its label) were
    /// labelled, or without examples as the language model finds likeliest. `otherwise` is the label for what is like
    /// none of the examples.
    pub async fn choose(
        &self,
        labels: Vec<String>,
        examples: Vec<(String, String)>,
        query: String,
        otherwise: Option<&str>,
    ) -> Result<Choice, Error> {
        let task = choice::Task::new(labels, examples, query)?.with_otherwise(otherwise);
        if task.has_examples() {
            self.bert(move |model, alive| task.nearest(model, || alive.get())).await
        } else {
            self.language(move |model, alive| task.likeliest(model, || alive.get())).await
        }
    }

    /// One vector of 384 numbers for each text, of length one.
    pub async fn embed(&self, texts: Vec<String>) -> Result<Vec<Vec<f32>>, Error> {
        self.bert(move |model, alive| model.embed(&texts, || alive.get())).await
    }

    /// How many tokens [`LocalModels::embed`] reads of these texts.
    pub async fn count_embedded(&self, texts: Vec<String>) -> Result<usize, Error> {
        self.bert(move |model, _| model.count(&texts)).await
    }

    async fn language<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Language, &Alive) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let open = |weights: &Weights| Language::open(&weights.present()?.language());
        self.run(|shared| &shared.language, open, work).await
    }

    async fn bert<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Bert, &Alive) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let open = |weights: &Weights| {
            let weights = weights.present()?;
            Bert::open(&weights.embedder(), &weights.vocabulary())
        };
        self.run(|shared| &shared.bert, open, work).await
    }

    /// Waits for a turn, then works on a thread that may block.
    async fn run<M: Send + 'static, T: Send + 'static>(
        &self,
        line: fn(&Shared) -> &Line<M>,
        open: impl FnOnce(&Weights) -> Result<M, Error> + Send + 'static,
        work: impl FnOnce(&mut M, &Alive) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let turn = line(&self.shared).turn.clone().acquire_owned().await.map_err(|_| Error::Cancelled)?;
        let alive = Alive(Arc::new(AtomicBool::new(true)));
        let _ends_with_this_future = EndOnDrop(alive.clone());
        let shared = self.shared.clone();
        let done = tokio::task::spawn_blocking(move || {
            // Given back by the thread and not by the future: a dropped future's work may run for one more token.
            let _turn = turn;
            let mut slot = line(&shared).open();
            let model = match &mut *slot {
                Some(model) => model,
                empty => empty.insert(open(&shared.weights)?),
            };
            work(model, &alive)
        });
        done.await.map_err(|error| Error::Inference(error.to_string()))?
    }
}

impl Message {
    pub fn system(content: impl Into<String>) -> Self {
        Self { role: Role::System, content: content.into() }
    }

    pub fn user(content: impl Into<String>) -> Self {
        Self { role: Role::User, content: content.into() }
    }

    pub fn assistant(content: impl Into<String>) -> Self {
        Self { role: Role::Assistant, content: content.into() }
    }
}

impl Role {
    fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::User => "user",
            Self::Assistant => "assistant",
        }
    }
}

/// A model that is opened when first needed, and whose users wait in line, first come first served.
struct Line<M> {
    turn: Arc<Semaphore>,
    model: Mutex<Option<M>>,
}

impl<M> Line<M> {
    fn new() -> Self {
        Self { turn: Arc::new(Semaphore::new(1)), model: Mutex::new(None) }
    }

    /// A model whose user panicked is in no known state, so it is opened again.
    fn open(&self) -> MutexGuard<'_, Option<M>> {
        self.model.lock().unwrap_or_else(|poisoned| {
            self.model.clear_poison();
            let mut slot = poisoned.into_inner();
            *slot = None;
            slot
        })
    }
}

/// Whether anybody still waits for an answer.
#[derive(Clone)]
struct Alive(Arc<AtomicBool>);

impl Alive {
    fn get(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

struct EndOnDrop(Alive);

impl Drop for EndOnDrop {
    fn drop(&mut self) {
        self.0.0.store(false, Ordering::Relaxed);
    }
}

/// Writes down how a fetch ended, also when its future was dropped.
struct Outcome<'a> {
    shared: &'a Shared,
    status: Option<Status>,
}

impl Drop for Outcome<'_> {
    fn drop(&mut self) {
        *lock(&self.shared.fetch) = self.status.take();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod real;
#[cfg(test)]
mod tests;
