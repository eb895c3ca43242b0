//! Storage: writes an object to a bucket, which a binding leads to a store.

use serde_json::Value;

use super::{Group, Kind, Port, Ports};
use crate::definition::ObjectService;
use crate::definition::{Bucket, Configuration, Node, NodeInput, NodeOutput, NodeType, ObjectConfiguration};
use crate::value::Type;

/// What is written.
pub const CONTENT: &str = "content";
/// Where it is written, within the bucket.
pub const KEY: &str = "objectKey";
/// Where it was written: `s3://BUCKET/KEY`.
pub const URI: &str = "s3Uri";

pub(super) const KIND: Kind = Kind {
    label: "Storage",
    group: Group::Data,
    about: "Writes a value to a bucket under a key. The Connections page says where the bucket is: a folder here, or \
            a store elsewhere.",
    runs: true,
    inputs: Ports::Fixed(&[Port::required(CONTENT, None), Port::required(KEY, Some(Type::String))]),
    outputs: Ports::Fixed(&[Port::required(URI, Some(Type::String))]),
};

/// An object to write.
#[derive(Clone, Debug, PartialEq)]
pub struct Write {
    pub bucket: String,
    pub key: String,
    /// A text as it is; anything else as compact JSON.
    pub content: Value,
}

pub(super) fn fresh(name: &str) -> Node {
    Node {
        name: name.to_owned(),
        kind: NodeType::Storage,
        configuration: Some(Configuration::Storage(object(""))),
        inputs: vec![NodeInput::whole(CONTENT, Type::String), NodeInput::whole(KEY, Type::String)].into(),
        outputs: vec![NodeOutput { name: URI.to_owned(), kind: Type::String }].into(),
    }
}

/// The configuration of a node that uses this bucket.
pub(super) fn object(bucket: &str) -> ObjectConfiguration {
    ObjectConfiguration {
        service_configuration: ObjectService::S3(Bucket { bucket_name: bucket.to_owned() }),
    }
}

/// What a node writes with these values.
pub(crate) fn write(bucket: &str, values: Vec<(String, Value)>) -> Write {
    let mut write = Write { bucket: bucket.to_owned(), key: String::new(), content: Value::Null };
    for (name, value) in values {
        match (name.as_str(), value) {
            (KEY, Value::String(key)) => write.key = key,
            (CONTENT, content) => write.content = content,
            _ => {}
        }
    }
    write
}
