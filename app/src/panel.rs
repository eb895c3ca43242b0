//! What stands round the canvas.

mod about;
pub mod conflict;
pub mod fix;
pub mod inspector;
mod keep;
pub mod palette;
pub mod problems;
pub mod runner;
pub mod saver;
pub mod test;
pub mod top;
pub mod trace;
mod try_node;
