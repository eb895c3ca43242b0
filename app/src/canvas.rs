//! The canvas: where nodes stand and how hands move them.
//!
//! [`geometry`], [`course`], [`viewport`], [`gesture`], [`hand`], [`guide`], [`command`], [`keymap`] and [`target`] are
//! pure and tested natively; the rest draws. Always holds: a gesture writes signals only, and its release is one change of the document.

mod act;
pub mod clip;
pub mod command;
pub mod context;
pub mod course;
mod drag;
pub mod edge;
mod export;
mod finder;
mod focus;
mod frame;
pub mod geometry;
pub mod gesture;
mod group;
pub mod guide;
pub mod hand;
pub mod keyboard;
pub mod keymap;
pub mod menu;
pub mod minimap;
mod motion;
pub mod node;
mod note;
pub mod outline;
pub mod pane;
mod placement;
mod proximity;
mod recent;
mod region;
mod resize;
pub mod sheet;
pub mod stage;
pub mod target;
mod toolbar;
pub mod tools;
pub mod viewport;
mod wiring;
pub mod wishes;
