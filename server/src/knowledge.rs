//! Knowledge: how documents are cut into passages, and how a question finds them.
//!
//! Always holds: cutting loses no word of a text, and a question is words alone, whatever signs it has. Absent on
//! purpose: where passages are kept, which is an [`Index`]'s matter.

mod cut;
mod words;

use flow::node::knowledge_base::Passage;
use futures_util::future::BoxFuture;

pub use cut::{Cut, cut};
pub use words::words;

/// Something that keeps passages and finds them again.
pub trait Index: Send + Sync {
    /// The passages of a base that fit these words best, best first. The base may be called by another id that it
    /// answers to.
    fn search<'a>(
        &'a self,
        base: &'a str,
        words: &'a [String],
        most: usize,
    ) -> BoxFuture<'a, Result<Vec<Passage>, Error>>;
}

/// Why nothing was looked for.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("there is no knowledge base {0}")]
    NoBase(String),
    /// For the log alone.
    #[error("{0}")]
    Index(String),
}
