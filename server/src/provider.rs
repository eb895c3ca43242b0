//! Model providers: what answers a Prompt.
//!
//! Always holds: a model id is `connection/model`, or an AWS id that the model map leads to one; every failure is
//! typed and says what to do; a provider calls through [`crate::egress`] alone.

#[cfg(feature = "local-models")]
mod embedded;
#[cfg(feature = "local-models")]
pub mod local;
mod openai;
mod registry;
mod sse;

use std::path::PathBuf;
use std::sync::Arc;

use flow::event::{Failure, FailureCode, Step};
use flow::message::{Chat, Finish, ToolCall, Usage};
use flow::wire::LocalModel;
use futures_util::future::BoxFuture;
use tokio::sync::mpsc;

use crate::egress::Egress;
use crate::task::Supervisor;

#[cfg(feature = "local-models")]
pub use embedded::fetch as fetch_embedded;
pub use openai::OpenAi;
pub use registry::{Endpoint, LOCAL, Registry, Resolved, bare};

/// The embedded model's model id.
pub const EMBEDDED: &str = "local/smollm2";
/// The model id of the embedded model that gives texts their vectors.
pub const EMBEDDER: &str = "local/minilm";

/// Something that answers chats.
pub trait Provider: Send + Sync {
    /// Answers a chat with a model of this provider; pieces of the answer go into `pieces` as they come. Dropping the
    /// future stops the call.
    fn chat<'a>(
        &'a self,
        model: &'a str,
        chat: &'a Chat,
        pieces: &'a Pieces,
    ) -> BoxFuture<'a, Result<Answer, Error>>;

    /// Whether its models may be given tools. One that may not is to be asked without.
    fn takes_tools(&self) -> bool {
        true
    }

    /// Whether its models may be shown images.
    fn takes_images(&self) -> bool {
        true
    }

    /// One vector for each text, of this length where one is given.
    fn embed<'a>(
        &'a self,
        model: &'a str,
        texts: Vec<String>,
        dimensions: Option<u32>,
        purpose: Purpose,
    ) -> BoxFuture<'a, Result<Vectors, Error>>;

    /// How well each of these texts answers a question, from 0 to 1.
    fn rerank<'a>(
        &'a self,
        model: &'a str,
        question: &'a str,
        texts: Vec<String>,
    ) -> BoxFuture<'a, Result<Vec<f64>, Error>>;

    /// How many tokens a model would read of a chat, without an answer to it where that can be had.
    fn count<'a>(&'a self, model: &'a str, chat: &'a Chat) -> BoxFuture<'a, Result<u64, Error>>;

    /// The models it has.
    fn models(&self) -> BoxFuture<'_, Result<Vec<String>, Error>>;
}

/// The weights of an embedded model.
pub trait Weights: Send + Sync {
    /// How they stand.
    fn status(&self) -> LocalModel;
    /// Begins to fetch them, unless that is under way.
    fn fetch(&self, tasks: &Supervisor);
}

/// The embedded model: who answers with it, and its weights.
pub struct Embedded {
    pub provider: Arc<dyn Provider>,
    pub weights: Arc<dyn Weights>,
}

/// The embedded model, with its weights in this folder or the user's cache; none where this build has none.
#[cfg(feature = "local-models")]
pub fn embedded(folder: Option<PathBuf>, egress: &Egress) -> Option<Embedded> {
    embedded::new(folder, egress)
}

/// The embedded model, which this build does not have.
#[cfg(not(feature = "local-models"))]
pub fn embedded(_: Option<PathBuf>, _: &Egress) -> Option<Embedded> {
    None
}

/// What is told of an answer before it is whole.
#[derive(Clone, Debug, PartialEq)]
pub enum Piece {
    Text(String),
    /// Something that was done on the way.
    Step(Step),
    /// Something that code printed.
    Printed(String),
}

/// Where the pieces of an answer go.
#[derive(Clone, Debug)]
pub struct Pieces(mpsc::Sender<Piece>);

impl Pieces {
    /// Pieces that arrive at the receiver, which may lag by this many.
    pub fn channel(lag: usize) -> (Self, mpsc::Receiver<Piece>) {
        let (sender, receiver) = mpsc::channel(lag);
        (Self(sender), receiver)
    }

    /// Passes a piece on. A receiver that has gone away is no error: the answer counts, not its pieces.
    pub async fn push(&self, text: String) {
        if !text.is_empty() {
            let _ = self.0.send(Piece::Text(text)).await;
        }
    }

    /// Passes a step on.
    pub async fn step(&self, step: Step) {
        let _ = self.0.send(Piece::Step(step)).await;
    }

    /// Passes on what code printed.
    pub async fn print(&self, text: String) {
        let _ = self.0.send(Piece::Printed(text)).await;
    }

    /// Passes a piece on from a thread that cannot wait; whether there is a receiver still.
    pub fn push_blocking(&self, text: String) -> bool {
        self.0.blocking_send(Piece::Text(text)).is_ok()
    }
}

/// A whole answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    pub text: String,
    /// The tools that the model wishes to call before it answers.
    pub calls: Vec<ToolCall>,
    pub usage: Option<Usage>,
    /// How a constrained answer was found, where the model did not simply answer.
    pub served_by: Option<String>,
    pub finish: Finish,
}

/// What texts are given vectors for. Some models read a question otherwise than what answers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    Passage,
    Question,
}

/// What texts mean, as numbers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Vectors {
    /// One for each text, in their order.
    pub vectors: Vec<Vec<f64>>,
    /// How many tokens were read, where that is known.
    pub tokens: Option<u64>,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// There is no such connection or model.
    #[error("{0}")]
    Unknown(String),
    /// Nobody answers for the provider, or it says that it cannot now.
    #[error("{0}")]
    Away(String),
    /// The provider has had too many calls.
    #[error("{0}")]
    Busy(String),
    /// The model is not here yet.
    #[error("{0}")]
    NotReady(String),
    /// The provider refused, or failed.
    #[error("{message}")]
    Refused {
        message: String,
        /// Of its answer, where it gave one.
        status: Option<u16>,
    },
    /// The provider's answer cannot be understood, or breaks off.
    #[error("{0}")]
    Garbled(String),
    #[error("{0}")]
    TimedOut(String),
    /// The chat asks for what this provider cannot do.
    #[error("{0}")]
    Unfit(String),
}

impl Error {
    /// The provider failed in a way that no status tells.
    fn refused(message: impl Into<String>) -> Self {
        Self::Refused { message: message.into(), status: None }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let code = match error {
            Error::Unknown(_) | Error::Unfit(_) => FailureCode::Validation,
            Error::Away(_) | Error::Busy(_) | Error::NotReady(_) | Error::Refused { .. } => {
                FailureCode::DependencyFailed
            }
            Error::Garbled(_) => FailureCode::BadGateway,
            Error::TimedOut(_) => FailureCode::TimedOut,
        };
        Self { code, message: error.to_string() }
    }
}
