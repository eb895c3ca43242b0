//! The editor without a browser: the document that is edited, its changes, undo, selection, clipboard and saving. What
//! a run did is folded by [`flow::trace`].
//!
//! Always holds: everything here but [`session`] is plain Rust, knows no signal and is tested natively. [`session`]
//! is where it meets the page: the document is the truth, and signals are its view.

pub mod adopt;
pub mod autosave;
pub mod change;
pub mod clipboard;
pub mod connect;
pub mod difference;
pub mod document;
pub mod fix;
pub mod folds;
pub mod given;
pub mod history;
pub mod inputs;
pub mod joins;
pub mod kept;
pub mod knowledge;
pub mod prompt;
pub mod repeat;
pub mod selection;
pub mod session;
pub mod stored;
pub mod told;
pub mod tree;
pub mod walk;
