//! Iterator: passes an array's items on, and what follows runs once for each.

use super::{Group, Kind, Port, Ports};
use crate::definition::{Configuration, Empty, Node, NodeInput, NodeOutput, NodeType};
use crate::iteration::{ITEM, SIZE};
use crate::value::Type;

/// The only input's name.
pub const ARRAY: &str = "array";

pub(super) const KIND: Kind = Kind {
    label: "Iterator",
    group: Group::Logic,
    about: "Passes an array's items on, one by one: what follows runs once for each item. \
            A Collector gathers what they come to; without one, each Output answers once an item.",
    inputs: Ports::Fixed(&[Port::required(ARRAY, Some(Type::Array))]),
    outputs: Ports::Fixed(&[Port::required(ITEM, None), Port::required(SIZE, Some(Type::Number))]),
};

pub(super) fn fresh(name: &str) -> Node {
    Node {
        name: name.to_owned(),
        kind: NodeType::Iterator,
        configuration: Some(Configuration::Iterator(Empty {})),
        inputs: vec![NodeInput::whole(ARRAY, Type::Array)].into(),
        outputs: vec![
            NodeOutput { name: ITEM.to_owned(), kind: Type::String },
            NodeOutput { name: SIZE.to_owned(), kind: Type::Number },
        ]
        .into(),
    }
}
