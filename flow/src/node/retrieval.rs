//! Retrieval: reads an object from a bucket, which a binding leads to a store.

use serde_json::Value;

use super::{Group, Kind, Port, Ports, storage, text};
use crate::definition::{Configuration, Node, NodeInput, NodeOutput, NodeType};
use crate::value::Type;

/// Which object, within the bucket.
pub const KEY: &str = storage::KEY;
/// What was read.
pub const CONTENT: &str = "s3Content";

pub(super) const KIND: Kind = Kind {
    label: "Retrieval",
    group: Group::Data,
    about: "Reads the object of a key from a bucket: a text, or JSON where the output's type asks for it. The \
            Connections page says where the bucket is.",
    inputs: Ports::Fixed(&[Port::required(KEY, Some(Type::String))]),
    outputs: Ports::Fixed(&[Port::required(CONTENT, None)]),
};

/// An object to read.
#[derive(Clone, Debug, PartialEq)]
pub struct Read {
    pub bucket: String,
    pub key: String,
    /// The type that is wanted: a text as it is, anything else read as JSON.
    pub kind: Type,
}

pub(super) fn fresh(name: &str) -> Node {
    Node {
        name: name.to_owned(),
        kind: NodeType::Retrieval,
        configuration: Some(Configuration::Retrieval(storage::object(""))),
        inputs: vec![NodeInput::whole(KEY, Type::String)].into(),
        outputs: vec![NodeOutput { name: CONTENT.to_owned(), kind: Type::String }].into(),
    }
}

/// What a node reads with these values.
pub(crate) fn read(bucket: &str, kind: Type, values: Vec<(String, Value)>) -> Read {
    Read { bucket: bucket.to_owned(), key: text(values, KEY), kind }
}
