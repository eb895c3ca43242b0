//! What a flow is and how it runs. Pure: no clock, no randomness, no I/O, no async; the same code in the browser and
//! in the server.
//!
//! - A **flow** is a [`definition::Definition`], AWS's own document, and [`extensions::Extensions`], ours, under one
//!   revision. Its editable state is the **draft**; a **version** is an immutable copy of it, and an **alias** a name
//!   that points at a version.
//! - A **node** has a kind, a configuration, input and output **ports**. A **connection** carries a value from an
//!   output to an input, or is a gate that a Condition node opens.
//! - [`check::check`] says what is wrong with a flow. A flow without errors becomes a [`plan::Plan`].
//! - A **run** ([`run::Run`]) is a state machine over a plan. A run that a caller asked for is an **execution**.
//! - An [`event::Event`] is one thing that happened in a run.

pub mod address;
pub mod check;
pub mod condition;
pub mod definition;
pub mod diff;
pub mod event;
pub mod export;
pub mod expression;
pub mod extensions;
pub mod import;
pub mod iteration;
pub mod join;
pub mod layout;
pub mod merge;
pub mod message;
pub mod name;
pub mod node;
mod object;
pub mod part;
pub mod plan;
pub mod run;
pub mod template;
pub mod templates;
pub mod trace;
pub mod value;
pub mod wire;
