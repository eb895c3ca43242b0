//! What can go wrong with the embedded models, in words that say what to do.

use std::path::PathBuf;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the local model is not on this machine yet; fetch it with `anabranch model fetch`")]
    Absent,
    #[error(
        "the prompt has {tokens} tokens; the local model reads at most {limit}: shorten the prompt or connect a larger model"
    )]
    PromptTooLong { tokens: usize, limit: usize },
    #[error("the local model needs at least {needed} labels to choose from, and got {got}")]
    TooFewLabels { needed: usize, got: usize },
    #[error("an example has the label `{0}`, which is not among the labels to choose from")]
    UnknownLabel(String),
    #[error("the local model was asked for nothing: add a message")]
    NoMessages,
    #[error("the call was cancelled")]
    Cancelled,
    #[error("`{path}` is damaged ({message}); delete it and run `anabranch model fetch` again", path = .path.display())]
    Damaged { path: PathBuf, message: String },
    #[error("{what}: {source}")]
    Io { what: String, source: std::io::Error },
    /// A bug or an exhausted machine; the text is for the log, not for a reader.
    #[error("the local model failed: {0}")]
    Inference(String),
}

impl Error {
    /// For `map_err`: an input or output error with what was being done.
    pub fn io(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        let what = what.into();
        move |source| Self::Io { what, source }
    }

    pub fn damaged(path: &std::path::Path, message: impl ToString) -> Self {
        Self::Damaged { path: path.to_owned(), message: message.to_string() }
    }
}

impl From<candle_core::Error> for Error {
    fn from(error: candle_core::Error) -> Self {
        // Without its backtrace, which candle appends to every error.
        Self::Inference(error.to_string().lines().next().unwrap_or_default().to_owned())
    }
}

impl From<tokenizers::Error> for Error {
    fn from(error: tokenizers::Error) -> Self {
        Self::Inference(error.to_string())
    }
}
