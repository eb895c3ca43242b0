//! Input: where a run begins.

use super::{Group, Kind, Port, Ports};
use crate::definition::{Configuration, Empty, Node, NodeOutput, NodeType};
use crate::value::Type;

/// The only output's name.
pub const DOCUMENT: &str = "document";

pub(super) const KIND: Kind = Kind {
    label: "Input",
    group: Group::Io,
    about: "Where a run begins. Its output is what the caller sends.",
    inputs: Ports::Fixed(&[]),
    outputs: Ports::Fixed(&[Port::required(DOCUMENT, None)]),
};

pub(super) fn fresh(name: &str) -> Node {
    Node {
        name: name.to_owned(),
        kind: NodeType::Input,
        configuration: Some(Configuration::Input(Empty {})),
        inputs: Default::default(),
        outputs: vec![NodeOutput { name: DOCUMENT.to_owned(), kind: Type::String }].into(),
    }
}
