//! Collector: gathers what the items of an Iterator came to.

use super::{Group, Kind, Port, Ports};
use crate::definition::{Configuration, Empty, Node, NodeInput, NodeOutput, NodeType};
use crate::iteration::{ITEM, SIZE};
use crate::value::Type;

/// The only output's name.
pub const COLLECTED: &str = "collectedArray";

pub(super) const KIND: Kind = Kind {
    label: "Collector",
    group: Group::Logic,
    about: "Gathers what each item of an Iterator came to into an array, in the order of the items. \
            Items whose branch was not taken are left out. Connect the Iterator's arraySize here too.",
    inputs: Ports::Fixed(&[Port::required(ITEM, None), Port::required(SIZE, Some(Type::Number))]),
    outputs: Ports::Fixed(&[Port::required(COLLECTED, Some(Type::Array))]),
};

pub(super) fn fresh(name: &str) -> Node {
    Node {
        name: name.to_owned(),
        kind: NodeType::Collector,
        configuration: Some(Configuration::Collector(Empty {})),
        inputs: vec![NodeInput::whole(ITEM, Type::String), NodeInput::whole(SIZE, Type::Number)].into(),
        outputs: vec![NodeOutput { name: COLLECTED.to_owned(), kind: Type::Array }].into(),
    }
}
