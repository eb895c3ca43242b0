//! The embedded model as a provider: `local/smollm2`, tiny, on this machine, for first steps.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;

use flow::message::{Chat, Finish, Role, Usage};
use flow::wire::{LocalModel, LocalModelState};
use futures_util::future::BoxFuture;
use tracing::warn;

use super::local::weights::{MODELS, usual_folder};
use super::local::{self, Generate, LocalModels, Message, Status};
use super::{
    Answer, EMBEDDED, EMBEDDER, Embedded, Error, LOCAL, Pieces, Provider, Purpose, Vectors, Weights,
};
use crate::egress::Egress;
use crate::fetch::{self, Hub, Source};
use crate::task::Supervisor;

/// The model's name in its connection.
const MODEL: &str = "smollm2";
/// The name of the model that embeds.
const EMBEDS: &str = "minilm";
/// How long an answer is where the node sets no limit.
const USUAL_LENGTH: u32 = 256;

#[derive(Clone)]
struct Local {
    models: LocalModels,
    hub: Hub,
}

/// The embedded model, with its weights in this folder or the user's cache.
pub(super) fn new(folder: Option<PathBuf>, egress: &Egress) -> Option<Embedded> {
    let local = Arc::new(Local {
        models: LocalModels::new(folder.or_else(usual_folder)?),
        hub: Hub { egress: egress.clone() },
    });
    Some(Embedded { provider: Arc::<Local>::clone(&local), weights: local })
}

/// Fetches the weights, from files of the user's where there are any, and tells how it goes, a line at a time.
///
/// # Errors
/// What went wrong and what to do.
pub async fn fetch(
    folder: Option<PathBuf>,
    egress: &Egress,
    files: Vec<PathBuf>,
    tell: impl Fn(String) + Send + Sync,
) -> Result<(), String> {
    let folder =
        folder.or_else(usual_folder).ok_or("this machine has no cache folder; set ANABRANCH_MODELS")?;
    let models = LocalModels::new(folder);
    if models.status() == Status::Ready {
        tell("The embedded model is here.".to_owned());
        return Ok(());
    }
    let sources =
        if files.is_empty() { vec![Source::Anywhere] } else { files.into_iter().map(Source::File).collect() };
    let hub = Hub { egress: egress.clone() };
    let mut progress = fetch::in_lines(&tell);
    for source in sources {
        models.fetch(source, &hub, &mut progress).await.map_err(|error| error.to_string())?;
    }
    match models.status() {
        Status::Ready => {
            tell("The embedded model is here.".to_owned());
            Ok(())
        }
        _ => Err("files are still missing; bring each with --file".to_owned()),
    }
}

impl Local {
    async fn answer(&self, chat: &Chat, pieces: &Pieces) -> Result<Answer, Error> {
        if let Some(choice) = &chat.choice {
            let examples = choice.examples.iter().map(|e| (e.text.clone(), e.label.clone())).collect();
            let (labels, otherwise) = (choice.labels.clone(), choice.otherwise.as_deref());
            let chosen = self.models.choose(labels, examples, choice.query.clone(), otherwise).await?;
            pieces.push(chosen.label.clone()).await;
            let served_by = Some(chosen.served_by.label().to_owned());
            return Ok(Answer { text: chosen.label, served_by, ..Answer::default() });
        }
        let request = Generate {
            messages: messages(chat),
            max_tokens: chat.max_tokens.unwrap_or(USUAL_LENGTH),
            temperature: chat.temperature.unwrap_or(0.0),
            top_p: chat.top_p,
            stop: chat.stop.clone(),
            seed: u64::from_le_bytes(crate::id::random().unwrap_or_default()),
        };
        let pieces = pieces.clone();
        let generated = self
            .models
            .generate(request, move |text| match pieces.push_blocking(text.to_owned()) {
                true => ControlFlow::Continue(()),
                false => ControlFlow::Break(()),
            })
            .await?;
        let usage = Usage {
            input_tokens: generated.prompt_tokens.into(),
            output_tokens: generated.completion_tokens.into(),
        };
        let finish = match generated.finish {
            local::Finish::Stop => Finish::Done,
            local::Finish::StopSequence => Finish::Stopped(generated.stopped_by),
            local::Finish::Length => Finish::Length,
        };
        Ok(Answer { text: generated.text, usage: Some(usage), finish, ..Answer::default() })
    }

    async fn vectors(&self, texts: Vec<String>, dimensions: Option<u32>) -> Result<Vectors, Error> {
        if dimensions.is_some_and(|dimensions| dimensions != WIDTH) {
            return Err(Error::Unfit(format!("{EMBEDDER} gives vectors of {WIDTH} numbers alone.")));
        }
        let tokens = self.models.count_embedded(texts.clone()).await?;
        let vectors = self.models.embed(texts).await?;
        let wide = |vector: Vec<f32>| vector.into_iter().map(f64::from).collect();
        Ok(Vectors { vectors: vectors.into_iter().map(wide).collect(), tokens: Some(tokens as u64) })
    }
}

/// How many numbers a vector has.
const WIDTH: u32 = 384;

fn messages(chat: &Chat) -> Vec<Message> {
    let message = |message: &flow::message::Message| match message.role {
        Role::System => Message::system(&message.text),
        Role::User => Message::user(&message.text),
        Role::Assistant => Message::assistant(&message.text),
    };
    chat.messages.iter().map(message).collect()
}

fn unknown(model: &str) -> Error {
    Error::Unknown(format!("There is no local model {model}. The local one is {EMBEDDED}."))
}

impl Provider for Local {
    fn chat<'a>(
        &'a self,
        model: &'a str,
        chat: &'a Chat,
        pieces: &'a Pieces,
    ) -> BoxFuture<'a, Result<Answer, Error>> {
        Box::pin(async move {
            if model != MODEL {
                return Err(unknown(model));
            }
            self.answer(chat, pieces).await
        })
    }

    /// It is far too small for that.
    fn takes_tools(&self) -> bool {
        false
    }

    fn takes_images(&self) -> bool {
        false
    }

    fn embed<'a>(
        &'a self,
        model: &'a str,
        texts: Vec<String>,
        dimensions: Option<u32>,
        _: Purpose,
    ) -> BoxFuture<'a, Result<Vectors, Error>> {
        Box::pin(async move {
            match model {
                EMBEDS => self.vectors(texts, dimensions).await,
                MODEL => Err(Error::Unfit(format!("{EMBEDDED} does not embed. {EMBEDDER} does."))),
                _ => Err(unknown(model)),
            }
        })
    }

    /// By how near their meanings are, which is what finds passages too.
    fn rerank<'a>(
        &'a self,
        model: &'a str,
        question: &'a str,
        texts: Vec<String>,
    ) -> BoxFuture<'a, Result<Vec<f64>, Error>> {
        Box::pin(async move {
            if model != EMBEDS {
                return Err(Error::Unfit(format!("{LOCAL}/{model} puts nothing in order. {EMBEDDER} does.")));
            }
            let mut all = vec![question.to_owned()];
            all.extend(texts);
            let vectors = self.models.embed(all).await?;
            let (question, texts) =
                vectors.split_first().ok_or_else(|| Error::refused("No text was read."))?;
            let cosine =
                |text: &Vec<f32>| text.iter().zip(question).map(|(a, b)| f64::from(a * b)).sum::<f64>();
            Ok(texts.iter().map(|text| cosine(text).clamp(0.0, 1.0)).collect())
        })
    }

    fn count<'a>(&'a self, model: &'a str, chat: &'a Chat) -> BoxFuture<'a, Result<u64, Error>> {
        Box::pin(async move {
            if model != MODEL {
                return Err(unknown(model));
            }
            Ok(self.models.count(messages(chat)).await? as u64)
        })
    }

    fn models(&self) -> BoxFuture<'_, Result<Vec<String>, Error>> {
        Box::pin(async { Ok(vec![MODEL.to_owned()]) })
    }
}

impl Weights for Local {
    fn status(&self) -> LocalModel {
        let total = MODELS.bytes();
        let (state, message, done, total) = match self.models.status() {
            Status::Ready => (LocalModelState::Ready, "Ready.".to_owned(), total, total),
            Status::Absent => (
                LocalModelState::Absent,
                "Not here yet. Fetch it: anabranch model fetch".to_owned(),
                0,
                total,
            ),
            Status::Fetching(progress) => {
                (LocalModelState::Fetching, progress.phase, progress.done, progress.total)
            }
            Status::Failed { message } => (LocalModelState::Failed, message, 0, total),
        };
        LocalModel { id: EMBEDDED.to_owned(), state, message, done, total }
    }

    fn fetch(&self, tasks: &Supervisor) {
        if matches!(self.models.status(), Status::Fetching(_) | Status::Ready) {
            return;
        }
        let local = self.clone();
        let stopping = tasks.stopping();
        tasks.start("fetch embedded model", async move {
            tokio::select! {
                fetched = local.models.fetch(Source::Anywhere, &local.hub, |_| ()) => {
                    if let Err(error) = fetched {
                        warn!("the embedded model could not be fetched: {error}");
                    }
                }
                () = stopping.cancelled() => {}
            }
        });
    }
}

impl From<local::Error> for Error {
    fn from(error: local::Error) -> Self {
        match error {
            local::Error::PromptTooLong { .. }
            | local::Error::TooFewLabels { .. }
            | local::Error::UnknownLabel(_)
            | local::Error::NoMessages => Self::Unfit(sentence(&error.to_string())),
            local::Error::Inference(inner) => {
                warn!("the embedded model failed: {inner}");
                Self::refused("The local model failed. The server's log says why.")
            }
            local::Error::Absent => Self::NotReady(sentence(&error.to_string())),
            other => Self::refused(sentence(&other.to_string())),
        }
    }
}

/// A clause as a sentence.
fn sentence(clause: &str) -> String {
    let mut letters = clause.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}
