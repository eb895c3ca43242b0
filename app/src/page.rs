//! The pages, one file each, and what surrounds them.

pub mod agents;
pub mod arrival;
pub mod connect;
pub mod connections;
pub mod editor;
pub mod execution;
pub mod executions;
pub mod export;
pub mod flows;
pub mod knowledge;
pub mod missing;
pub mod part;
pub mod publish;
pub mod session;
pub mod settings;
pub mod shell;
pub mod sign_in;
pub mod templates;
pub mod use_it;
pub mod versions;
