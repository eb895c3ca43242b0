//! Model providers: what answers a Prompt.
//!
//! Always holds: a model id is `connection/model`, or an AWS id that the model map leads to one; every failure is
//! typed and says what to do; a provider calls through [`crate::egress`] alone.

mod openai;
mod registry;
mod sse;

use flow::event::{Failure, FailureCode};
use flow::message::{Chat, Usage};
use futures_util::future::BoxFuture;
use tokio::sync::mpsc;

pub use openai::OpenAi;
pub use registry::{Endpoint, LOCAL, Registry, Resolved};

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

    /// The models it has.
    fn models(&self) -> BoxFuture<'_, Result<Vec<String>, Error>>;
}

/// Where the pieces of an answer go.
#[derive(Clone, Debug)]
pub struct Pieces(mpsc::Sender<String>);

impl Pieces {
    /// Pieces that arrive at the receiver, which may lag by this many.
    pub fn channel(lag: usize) -> (Self, mpsc::Receiver<String>) {
        let (sender, receiver) = mpsc::channel(lag);
        (Self(sender), receiver)
    }

    /// Passes a piece on. A receiver that has gone away is no error: the answer counts, not its pieces.
    pub async fn push(&self, text: String) {
        if !text.is_empty() {
            let _ = self.0.send(text).await;
        }
    }

    /// The sender itself, for a thread that cannot wait.
    pub fn sender(&self) -> mpsc::Sender<String> {
        self.0.clone()
    }
}

/// A whole answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    pub text: String,
    pub usage: Option<Usage>,
    /// How a constrained answer was found, where the model did not simply answer.
    pub served_by: Option<String>,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// There is no such connection or model.
    #[error("{0}")]
    Unknown(String),
    /// The provider refused, or is not there.
    #[error("{0}")]
    Refused(String),
    /// The provider's answer cannot be understood, or breaks off.
    #[error("{0}")]
    Garbled(String),
    #[error("{0}")]
    TimedOut(String),
    /// The chat asks for what this provider cannot do.
    #[error("{0}")]
    Unfit(String),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let code = match error {
            Error::Unknown(_) | Error::Unfit(_) => FailureCode::Validation,
            Error::Refused(_) => FailureCode::DependencyFailed,
            Error::Garbled(_) => FailureCode::BadGateway,
            Error::TimedOut(_) => FailureCode::TimedOut,
        };
        Self { code, message: error.to_string() }
    }
}
