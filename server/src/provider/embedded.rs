//! The embedded model as a provider: `local/smollm2`, tiny, on this machine, for first steps.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;
use std::{env, io};

use flow::message::{Chat, Role, Usage};
use flow::wire::{LocalModel, LocalModelState};
use futures_util::StreamExt as _;
use futures_util::future::BoxFuture;
use reqwest::{Method, header};
use tracing::warn;
use url::Url;

use super::local::weights::{MODELS, usual_folder};
use super::local::{self, Download, Generate, LocalModels, Message, Progress, Source, Status};
use super::{Answer, EMBEDDED, Embedded, Error, Pieces, Provider, Weights};
use crate::egress::{Call, Egress, Reach};
use crate::task::Supervisor;

/// The model's name in its connection.
const MODEL: &str = "smollm2";
/// How long an answer is where the node sets no limit.
const USUAL_LENGTH: u32 = 256;
/// How many times the hub may send us on.
const HOPS: usize = 5;

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
    let mut last = String::new();
    for source in sources {
        let progress = |progress: &Progress| {
            let tenth = (progress.done * 10).checked_div(progress.total).unwrap_or(0);
            let line = format!("{} {} %", progress.phase, tenth * 10);
            if line != last {
                tell(line.clone());
                last = line;
            }
        };
        models.fetch(source, &hub, progress).await.map_err(|error| error.to_string())?;
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
            return Ok(Answer { text: chosen.label, usage: None, served_by });
        }
        let messages = chat
            .messages
            .iter()
            .map(|message| match message.role {
                Role::System => Message::system(&message.text),
                Role::User => Message::user(&message.text),
                Role::Assistant => Message::assistant(&message.text),
            })
            .collect();
        let request = Generate {
            messages,
            max_tokens: chat.max_tokens.unwrap_or(USUAL_LENGTH),
            temperature: chat.temperature.unwrap_or(0.0),
            top_p: chat.top_p,
            stop: chat.stop.clone(),
            seed: u64::from_le_bytes(crate::id::random().unwrap_or_default()),
        };
        let sender = pieces.sender();
        let generated = self
            .models
            .generate(request, move |text| match sender.blocking_send(text.to_owned()) {
                Ok(()) => ControlFlow::Continue(()),
                Err(_) => ControlFlow::Break(()),
            })
            .await?;
        let usage = Usage {
            input_tokens: generated.prompt_tokens.into(),
            output_tokens: generated.completion_tokens.into(),
        };
        Ok(Answer { text: generated.text, usage: Some(usage), served_by: None })
    }
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
                let message = format!("There is no local model {model}. The local one is {EMBEDDED}.");
                return Err(Error::Unknown(message));
            }
            self.answer(chat, pieces).await
        })
    }

    fn models(&self) -> BoxFuture<'_, Result<Vec<String>, Error>> {
        Box::pin(async { Ok(vec![MODEL.to_owned()]) })
    }
}

impl Weights for Local {
    fn status(&self) -> LocalModel {
        let total = MODELS.iter().map(local::weights::Model::bytes).sum();
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
                Self::Refused("The local model failed. The server's log says why.".to_owned())
            }
            other => Self::Refused(sentence(&other.to_string())),
        }
    }
}

/// A clause as a sentence.
fn sentence(clause: &str) -> String {
    let mut letters = clause.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}

/// Downloads through the egress client. The hub sends on to other hosts; no header of ours goes along.
#[derive(Clone)]
struct Hub {
    egress: Egress,
}

impl Hub {
    async fn open(&self, url: &str) -> Result<crate::egress::Response, String> {
        let mut url = Url::parse(url).map_err(|error| error.to_string())?;
        for _ in 0..HOPS {
            let call = Call {
                method: Method::GET,
                url: url.clone(),
                headers: Vec::new(),
                body: None,
                reach: Reach::Public,
                patience: None,
            };
            let response = self.egress.call(call).await.map_err(|error| error.to_string())?;
            if !response.status.is_redirection() {
                return Ok(response);
            }
            let next = response.headers.get(header::LOCATION).and_then(|value| value.to_str().ok());
            url = next
                .and_then(|next| url.join(next).ok())
                .filter(|next| next.scheme() == "https")
                .ok_or("it sends on to nowhere")?;
        }
        Err("it sends on too often".to_owned())
    }
}

impl Download for Hub {
    async fn get(
        &self,
        url: &str,
        piece: &mut (dyn FnMut(&[u8]) -> io::Result<()> + Send),
    ) -> Result<(), String> {
        if env::var_os("ANABRANCH_OFFLINE").is_some() {
            return Err("ANABRANCH_OFFLINE is set".to_owned());
        }
        let response = self.open(url).await?;
        if !response.status.is_success() {
            return Err(format!("it answered {}", response.status));
        }
        let mut stream = response.stream();
        while let Some(bytes) = stream.next().await {
            piece(&bytes.map_err(|error| error.to_string())?).map_err(|error| error.to_string())?;
        }
        Ok(())
    }
}
