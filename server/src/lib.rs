//! Anabranch, the server: everything with an effect.
//!
//! A request comes in at [`api`], which knows HTTP; [`service`] holds the rules; [`run`] drives executions, whose
//! nodes ([`node`]) ask models ([`provider`]) through the one HTTP client ([`egress`]), find passages ([`knowledge`]) and
//! run code in a sandbox ([`python`]); [`store`] keeps it all.
//! `tests/it/arrows.rs` says who may know whom.

pub mod api;
pub mod app;
pub mod arn;
pub mod auth;
pub mod clock;
pub mod command;
pub mod config;
pub mod egress;
pub mod error;
pub mod fetch;
pub mod folder;
pub mod id;
pub mod knowledge;
pub mod node;
pub mod provider;
pub mod python;
pub mod reader;
pub mod run;
pub mod service;
pub mod store;
pub mod task;
pub mod telemetry;
