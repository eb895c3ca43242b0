//! An operation's input: labels of the path, the query, and a JSON body, with what AWS says about their values.
//!
//! SDKs check that required members are there; patterns, most lengths and enums are left to the server.

use axum::body::Bytes;
use percent_encoding::percent_decode_str;
use serde::de::DeserializeOwned;
use serde_json::{Deserializer, Value};

use super::arn;
use super::error::Error;

/// An operation's input.
#[derive(Debug)]
pub(super) struct Request {
    labels: Vec<(&'static str, String)>,
    query: Vec<(String, String)>,
    body: Bytes,
}

impl Request {
    pub fn new(labels: Vec<(&'static str, String)>, query: Option<&str>, body: Bytes) -> Result<Self, Error> {
        let mut pairs = Vec::new();
        for pair in query.unwrap_or_default().split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            pairs.push((decoded(name)?, decoded(value)?));
        }
        Ok(Self { labels, query: pairs, body })
    }

    /// A part of the path.
    pub fn label(&self, name: &'static str) -> &str {
        self.labels.iter().find(|(label, _)| *label == name).map_or("", |(_, value)| value)
    }

    /// A member of the query.
    pub fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// A boolean of the query; false where it is absent.
    pub fn flag(&self, name: &'static str) -> Result<bool, Error> {
        match self.query(name) {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(_) => Err(Error::field(name, "This is true or false.")),
        }
    }

    /// The flow's id, of an id or ARN.
    pub fn flow(&self) -> Result<String, Error> {
        arn::flow(self.label("flowIdentifier"))
    }

    /// The version's number.
    pub fn version(&self) -> Result<u64, Error> {
        number_of_version("flowVersion", self.label("flowVersion"))
    }

    /// Whether the definition is to be left out.
    pub fn metadata_only(&self) -> Result<bool, Error> {
        match self.query("includedData") {
            None | Some("ALL_DATA") => Ok(false),
            Some("METADATA_ONLY") => Ok(true),
            Some(_) => Err(Error::field("includedData", "This is ALL_DATA or METADATA_ONLY.")),
        }
    }

    /// The body's members. An absent body has none.
    pub fn body<T: DeserializeOwned>(&self) -> Result<T, Error> {
        let bytes: &[u8] = if self.body.is_empty() { b"{}" } else { &self.body };
        let mut reader = Deserializer::from_slice(bytes);
        let parsed = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
            let path = error.path().to_string();
            let what = error.inner().to_string();
            if path == "." { Error::validation(what) } else { Error::field(path, what) }
        })?;
        reader.end().map_err(|error| Error::validation(format!("After the body's end: {error}")))?;
        Ok(parsed)
    }
}

fn decoded(text: &str) -> Result<String, Error> {
    let text = percent_decode_str(text).decode_utf8();
    text.map(|text| text.into_owned()).map_err(|_| Error::validation("The query is not UTF-8."))
}

/// A member that must be there.
pub(super) fn required<T>(name: &'static str, value: Option<T>) -> Result<T, Error> {
    value.ok_or_else(|| Error::field(name, "This member is required."))
}

/// The name of a flow or alias: `([0-9a-zA-Z][_-]?){1,100}`.
pub(super) fn name(value: Option<String>) -> Result<String, Error> {
    let name = required("name", value)?;
    let plain = |byte: &u8| byte.is_ascii_alphanumeric();
    let good = name.as_bytes().first().is_some_and(plain)
        && name.bytes().all(|byte| plain(&byte) || matches!(byte, b'-' | b'_'))
        && name.as_bytes().windows(2).all(|pair| pair.iter().any(plain))
        && name.bytes().filter(plain).count() <= 100;
    let message = "A name has letters and digits, at most 100, each followed by at most one - or _.";
    if good { Ok(name) } else { Err(Error::field("name", message)) }
}

/// A description, empty where it is absent.
pub(super) fn description(value: Option<String>) -> Result<String, Error> {
    match value {
        None => Ok(String::new()),
        Some(text) if (1..=200).contains(&text.chars().count()) => Ok(text),
        Some(_) => Err(Error::field("description", "A description has 1 to 200 characters.")),
    }
}

/// An idempotency token.
pub(super) fn token(value: Option<String>) -> Result<Option<String>, Error> {
    let Some(token) = value else { return Ok(None) };
    let good = (33..=256).contains(&token.len())
        && token.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && !token.starts_with('-')
        && !token.ends_with('-');
    let message = "A token has 33 to 256 letters, digits and - between them.";
    if good { Ok(Some(token)) } else { Err(Error::field("clientToken", message)) }
}

/// Tags are not kept yet; to drop some silently would be a lie.
pub(super) fn no_tags(tags: Option<Value>) -> Result<(), Error> {
    match tags {
        None => Ok(()),
        Some(Value::Object(tags)) if tags.is_empty() => Ok(()),
        Some(Value::Object(_)) => {
            Err(Error::field("tags", "Anabranch does not keep tags yet. Leave them out."))
        }
        Some(_) => Err(Error::field("tags", "Tags are a map.")),
    }
}

/// A version's number.
pub(super) fn number_of_version(member: &str, text: &str) -> Result<u64, Error> {
    let number = (1..=5).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = if number { text.parse().ok() } else { None };
    number.ok_or_else(|| Error::field(member, "A version is a number of at most five digits."))
}
