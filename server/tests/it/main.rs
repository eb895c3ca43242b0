//! The server over real HTTP: one binary, a server on a free port for each test, a temporary data folder.

// Tests call from outside, as any client does.
#![allow(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic
)]

mod agent_versions;
mod agents;
mod arrows;
mod bots;
mod buckets;
mod code;
mod converse;
mod durability;
mod flow_executions;
mod flows;
mod functions;
mod gate;
mod harness;
mod imports;
mod ingestion;
mod knowledge;
mod mcp;
mod models;
mod prompts;
mod questions;
mod retrieval;
mod runs;
mod upstream;
mod vector_stores;
