//! Knowledge: how documents are cut into passages, and how a question finds them.
//!
//! Always holds: cutting loses no word of a text, and a question is words alone, whatever signs it has; a question is
//! answered by words where it cannot be by meaning, and the answer says so. Absent on purpose: where passages are kept,
//! which is an [`Index`]'s matter, and where their vectors are, which is a [`VectorStore`]'s.

pub mod cite;
mod cut;
mod filter;
mod fuse;
mod matrix;
mod pgvector;
mod qdrant;
mod words;

use std::collections::HashSet;
use std::sync::Arc;

use async_trait::async_trait;
use flow::event::Failure;
use flow::wire::{PassageList, Ranking};
use futures_util::future::BoxFuture;

pub use cut::{Cut, cut};
pub use filter::{Filter, Wrong};
pub use fuse::{Ranked, fuse};
pub use matrix::{Matrix, pack};
pub use pgvector::{PgVector, Postgres};
pub use qdrant::Qdrant;
pub use words::words;

/// A question to a base, and how it is to be answered.
#[derive(Clone, Debug, Default)]
pub struct Question {
    pub text: String,
    /// How many passages at most.
    pub most: usize,
    pub ranking: Ranking,
    pub minimum_score: Option<f64>,
    pub filter: Option<Filter>,
    /// Whether to give the smallest passages even where they are parts of others.
    pub parts: bool,
    /// A model that puts what was found in order again, as `connection/model`.
    pub rerank: Option<String>,
}

impl Question {
    /// A question as it is usually asked.
    pub fn new(text: &str, most: usize) -> Self {
        Self { text: text.to_owned(), most, ..Self::default() }
    }
}

/// Something that keeps passages and finds them again.
pub trait Index: Send + Sync {
    /// The passages of a base that answer a question, best first. The base may be called by another id that it answers
    /// to.
    fn find<'a>(&'a self, base: &'a str, question: &'a Question)
    -> BoxFuture<'a, Result<PassageList, Error>>;
}

/// A set of vectors, of one base by one model, as its store knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VectorSet {
    /// Its number in this database.
    pub id: i64,
    /// What it is called in a store elsewhere: small letters and digits, which no other set is called.
    pub place: String,
}

/// Something that keeps vectors of passages, in sets.
#[async_trait]
pub trait VectorStore: Send + Sync {
    /// Makes an empty set for vectors of this width, in the place of what is there.
    async fn begin(&self, set: &VectorSet, width: usize) -> Result<(), VectorError>;

    /// Takes vectors in, each with its passage's number. One that is there is replaced.
    async fn put(&self, set: &VectorSet, vectors: Vec<(i64, Vec<f32>)>) -> Result<(), VectorError>;

    /// The passages whose vectors are nearest to one, nearest first, each with its cosine; of these passages alone,
    /// where some are given.
    async fn nearest(
        &self,
        set: &VectorSet,
        vector: Vec<f32>,
        most: usize,
        among: Option<Arc<HashSet<i64>>>,
    ) -> Result<Vec<(i64, f64)>, VectorError>;

    /// Deletes the vectors of passages that are gone.
    async fn remove(&self, set: &VectorSet, passages: &[i64]) -> Result<(), VectorError>;

    /// Forgets a set that is not asked any more, or that was never there.
    async fn forget(&self, set: &VectorSet) -> Result<(), VectorError>;
}

/// Why nothing was looked for.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("there is no knowledge base {0}")]
    NoBase(String),
    /// What a model that was to put the passages in order said.
    #[error("{}", .0.message)]
    Rerank(Failure),
    /// For the log alone.
    #[error("{0}")]
    Index(String),
}

/// Why a store of vectors did not do it.
#[derive(Debug, thiserror::Error)]
pub enum VectorError {
    /// It cannot be used now, and why.
    #[error("{0}")]
    Away(String),
    /// It has no such set, or not any more.
    #[error("It has lost these vectors.")]
    Lost,
    /// For the log alone.
    #[error("{0}")]
    Broken(String),
}

/// A passage as a model reads it that compares it with a question.
pub fn read(title: &str, text: &str) -> String {
    format!("{title}\n{text}")
}
