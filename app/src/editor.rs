//! The editor without a browser: the document that is edited, its changes, undo, selection, clipboard and saving. What
//! a run did is folded by [`flow::trace`].
//!
//! Always holds: everything here but [`session`] and [`board`] is plain Rust, knows no signal and is tested natively.
//! Those are where it meets the page: the document is the truth, and signals are its view.

pub mod adopt;
pub mod arrange;
pub mod autosave;
pub mod board;
pub mod change;
pub mod clipboard;
pub mod connect;
pub mod difference;
pub mod document;
pub mod find;
pub mod fix;
pub mod folds;
pub mod given;
pub mod group;
pub mod history;
pub mod inputs;
pub mod joins;
pub mod kept;
pub mod knowledge;
pub mod note;
pub mod picture;
pub mod prompt;
pub mod repeat;
pub mod selection;
pub mod session;
pub mod splice;
pub mod stored;
pub mod strands;
pub mod told;
pub mod tree;
pub mod walk;
