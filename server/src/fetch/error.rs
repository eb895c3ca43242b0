//! What can go wrong with a fetch, in words that say what to do.

use std::io;
use std::path::PathBuf;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("`{path}` is not one of the files of {what} (its SHA-256 is {found})", path = .path.display())]
    NotOurs { path: PathBuf, what: &'static str, found: String },
    /// In a sentence of its own.
    #[error("{0}")]
    Nowhere(String),
    #[error("{what}: {source}")]
    Io { what: String, source: io::Error },
    /// A bug; the text is for the log.
    #[error("the fetch broke: {0}")]
    Broken(String),
}

impl Error {
    /// For `map_err`: an input or output error with what was being done.
    pub fn io(what: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let what = what.into();
        move |source| Self::Io { what, source }
    }
}
