//! Output: a value that the caller receives.

use super::{Group, Kind, Port, Ports};
use crate::definition::{Configuration, Empty, Node, NodeInput, NodeType};
use crate::value::Type;

/// The only input's name.
pub const DOCUMENT: &str = "document";

pub(super) const KIND: Kind = Kind {
    label: "Output",
    group: Group::Io,
    about: "What the caller receives. A flow may have one at the end of each branch.",
    inputs: Ports::Fixed(&[Port::required(DOCUMENT, None)]),
    outputs: Ports::Fixed(&[]),
};

pub(super) fn fresh(name: &str) -> Node {
    Node {
        name: name.to_owned(),
        kind: NodeType::Output,
        configuration: Some(Configuration::Output(Empty {})),
        inputs: vec![NodeInput {
            name: DOCUMENT.to_owned(),
            kind: Type::String,
            expression: "$.data".to_owned(),
            category: None,
        }]
        .into(),
        outputs: Default::default(),
    }
}
