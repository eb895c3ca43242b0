//! The canvas: where nodes stand and how hands move them.
//!
//! [`geometry`], [`viewport`], [`gesture`] and [`target`] are pure and tested natively; the rest draws. Always holds:
//! a gesture writes signals only, and its release is one change of the document.

mod drag;
pub mod edge;
mod focus;
mod frame;
pub mod geometry;
pub mod gesture;
pub mod keyboard;
pub mod menu;
pub mod minimap;
pub mod node;
pub mod pane;
mod placement;
mod region;
pub mod sheet;
pub mod stage;
pub mod target;
pub mod tools;
pub mod viewport;
