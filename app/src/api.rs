//! A typed client of the native API: one function a route, over the bodies of [`flow::wire`].
//!
//! Always holds: every request carries the session's proof; every failure is an [`Error`] that reads as a sentence;
//! a refused session is told to the shell, which shows the sign-in page.

pub mod agents;
pub mod bots;
pub mod buckets;
pub mod connections;
mod error;
pub mod executions;
pub mod flows;
pub mod functions;
pub mod knowledge;
pub mod models;
mod path;
pub mod prompts;
mod request;
pub mod session;
pub mod sse;
mod stream;
pub mod vector_stores;
pub mod versions;

pub use error::Error;
pub use path::encode;
pub use stream::{StreamItem, Target, stream_events, stream_input, stream_invoke};

/// What a call of the API comes to.
pub type Answer<T> = Result<T, Error>;
