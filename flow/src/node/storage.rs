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

/// The longest key, as S3 has it.
const LONGEST_KEY: usize = 1024;
/// The longest name of a bucket, as S3 has it.
const LONGEST_BUCKET: usize = 63;

/// Whether a bucket of this name can be a folder on the server, or a bucket of a store.
pub fn is_bucket_name(name: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    name.len() <= LONGEST_BUCKET
        && name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && name.chars().all(fits)
        && !name.contains("..")
        && !name.ends_with('.')
}

/// Why a key is refused, and what it has to be; none where it is fine. No key leads out of its bucket, whatever store
/// the bucket is in.
pub fn refusal(key: &str) -> Option<&'static str> {
    if key.is_empty() {
        Some("The key is empty. Give the object a name, such as reports/today.json.")
    } else if key.len() > LONGEST_KEY {
        Some("The key is longer than 1,024 bytes. Give the object a shorter one.")
    } else if key.starts_with('/') || key.ends_with('/') || key.contains("//") {
        Some("A key neither begins nor ends with /, and has no // in it.")
    } else if key.split('/').any(|part| part == "." || part == "..") {
        Some("A key has no . or .. between its slashes, so that it stays in its bucket.")
    } else if key.contains('\\') || key.chars().any(char::is_control) {
        Some("A key has no backslash and no control characters.")
    } else {
        None
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_stay_in_their_bucket() {
        for key in
            ["a", "a/b.json", "..a/b..", "...", "grüße 1.txt", "a%2e%2e", "~", "a#1b", &"k".repeat(1024)]
        {
            assert_eq!(refusal(key), None, "{key}");
        }
        let long = "k".repeat(1025);
        for key in [
            "",
            "/",
            "/etc/passwd",
            "a/",
            "a//b",
            ".",
            "..",
            "../a",
            "a/../b",
            "a/..",
            "./a",
            "a/./b",
            "a\0b",
            "a\nb",
            "a\\..\\b",
            &long,
        ] {
            assert!(refusal(key).is_some(), "{key:?}");
        }
    }

    #[test]
    fn buckets_are_folders_by_plain_names_alone() {
        for name in ["reports", "my.bucket-1", "A_b", "0"] {
            assert!(is_bucket_name(name), "{name}");
        }
        let long = "b".repeat(64);
        for name in
            ["", ".", "..", ".hidden", "a/b", "a\\b", "a..b", "a.", "${Bucket}", "a b", "ü", "a\0", &long]
        {
            assert!(!is_bucket_name(name), "{name:?}");
        }
    }
}
