//! A flow as a picture: what past executions and versions are shown on. Drawn of the documents alone, with the measures
//! of the canvas. Absent on purpose: everything that changes a flow.

mod difference;
mod drawing;
mod run;
mod view;

pub use difference::{drawing_of_both, marks_of_changes};
pub use drawing::Drawing;
pub use run::marks_of_run;
pub use view::FlowPicture;

use std::collections::HashMap;

/// What is said of the nodes and the wires of a picture.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Marks {
    /// By the nodes' addresses.
    pub nodes: HashMap<String, Mark>,
    /// The class of a wire, by its ends.
    pub lines: HashMap<String, &'static str>,
}

/// What is said of a node: never by colour alone.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    pub class: &'static str,
    pub sign: &'static str,
    pub words: String,
}
