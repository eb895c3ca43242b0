//! An operation's input: parts of the path, of the query, of the headers, and a JSON body.
//!
//! Always holds: it is what AWS's model says that it must be. SDKs check that required members are there; patterns,
//! most lengths and enums are left to the server.

use axum::body::Bytes;
use axum::http::HeaderMap;
use percent_encoding::percent_decode_str;
use serde::de::DeserializeOwned;
use serde_json::{Map, Number, Value};

use super::arn;
use super::constraint::violations;
use super::error::Error;
use super::model::{self, Kind, Member, Place};
use super::operation::Found;

/// An operation's input.
#[derive(Debug)]
pub(super) struct Request {
    /// The members that are not in the body.
    located: Map<String, Value>,
    body: Value,
    /// The body where it is no JSON object of members.
    pub payload: Bytes,
}

impl Request {
    pub fn new(found: &Found, query: Option<&str>, headers: &HeaderMap, body: Bytes) -> Result<Self, Error> {
        let Some((name, input)) =
            found.operation.input.as_deref().and_then(|name| Some((name, model::shape(name)?)))
        else {
            return Err(Error::not_yet(&found.operation.name));
        };
        let sources = Sources { labels: &found.labels, query: pairs(query)?, headers };
        let mut located = Map::new();
        for (member, known) in &input.members {
            if let Some(value) = sources.value(member, known) {
                located.insert(member.clone(), value);
            }
        }
        let payload = input.members.iter().find(|(_, member)| member.place == Place::Payload);
        let request = match payload {
            Some((_, known)) if model::shape(&known.shape).is_some_and(|shape| shape.kind == Kind::Blob) => {
                Self { located, body: Value::Object(Map::new()), payload: body }
            }
            _ => Self { located, body: object(&body)?, payload: Bytes::new() },
        };
        let found = violations(name, |member| request.member(member));
        if found.is_empty() { Ok(request) } else { Err(Error::fields(found)) }
    }

    /// A member, wherever it was.
    fn member(&self, name: &str) -> Option<&Value> {
        self.located.get(name).or_else(|| self.body.get(name))
    }

    /// A text that is in the path, or that is required.
    pub fn label(&self, name: &'static str) -> &str {
        self.text(name).unwrap_or_default()
    }

    /// A member that is a text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.member(name)?.as_str()
    }

    /// A member that is a list of texts.
    pub fn texts(&self, name: &str) -> Vec<String> {
        let items = self.member(name).and_then(Value::as_array).into_iter().flatten();
        items.filter_map(|item| item.as_str().map(str::to_owned)).collect()
    }

    /// A member that is a whole number.
    pub fn number(&self, name: &str) -> Option<u64> {
        self.member(name)?.as_u64()
    }

    /// A boolean; false where it is absent.
    pub fn flag(&self, name: &'static str) -> bool {
        self.member(name).and_then(Value::as_bool).unwrap_or_default()
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
    pub fn metadata_only(&self) -> bool {
        self.text("includedData") == Some("METADATA_ONLY")
    }

    /// The body's members. An absent body has none.
    pub fn body<T: DeserializeOwned>(&self) -> Result<T, Error> {
        serde_path_to_error::deserialize(&self.body).map_err(|error| {
            let path = error.path().to_string();
            let what = error.inner().to_string();
            if path == "." { Error::validation(what) } else { Error::field(path, what) }
        })
    }
}

/// Where members are that are not in the body.
struct Sources<'a> {
    labels: &'a [(&'static str, String)],
    query: Vec<(String, String)>,
    headers: &'a HeaderMap,
}

impl Sources<'_> {
    fn value(&self, name: &str, member: &Member) -> Option<Value> {
        let wire = member.wire.as_deref().unwrap_or(name);
        let mut texts = match member.place {
            Place::Body | Place::Payload => return None,
            Place::Path => all(self.labels.iter().map(|(label, value)| (*label, value.as_str())), wire),
            Place::Query => all(self.query.iter().map(|(name, value)| (name.as_str(), value.as_str())), wire),
            Place::Header => self.headers.get(wire)?.to_str().ok().map(str::to_owned).into_iter().collect(),
        };
        let kind = model::shape(&member.shape)?.kind;
        if texts.is_empty() {
            return None;
        }
        Some(if kind == Kind::List { texts.into() } else { typed(kind, texts.swap_remove(0)) })
    }
}

/// The values of this name.
fn all<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>, wanted: &str) -> Vec<String> {
    pairs.filter(|(name, _)| *name == wanted).map(|(_, value)| value.to_owned()).collect()
}

/// A text as the JSON that it stands for; itself where it stands for none of this kind.
fn typed(kind: Kind, text: String) -> Value {
    match (kind, text.as_str()) {
        (Kind::Boolean, "true") => true.into(),
        (Kind::Boolean, "false") => false.into(),
        (Kind::Integer, digits) => digits.parse::<Number>().map_or_else(|_| text.into(), Value::Number),
        _ => text.into(),
    }
}

fn pairs(query: Option<&str>) -> Result<Vec<(String, String)>, Error> {
    let pairs = query.unwrap_or_default().split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Ok((decoded(name)?, decoded(value)?))
        })
        .collect()
}

fn decoded(text: &str) -> Result<String, Error> {
    let text = percent_decode_str(text).decode_utf8();
    text.map(|text| text.into_owned()).map_err(|_| Error::validation("The query is not UTF-8."))
}

/// A body, which is a JSON object or absent.
fn object(body: &Bytes) -> Result<Value, Error> {
    if body.is_empty() {
        return Ok(Value::Object(Map::new()));
    }
    match serde_json::from_slice(body) {
        Ok(body @ Value::Object(_)) => Ok(body),
        Ok(_) => Err(Error::validation("The body is a JSON object.")),
        Err(error) => Err(Error::validation(format!("The body is not JSON: {error}"))),
    }
}

/// A member that must be there.
pub(super) fn required<T>(name: &'static str, value: Option<T>) -> Result<T, Error> {
    value.ok_or_else(|| Error::field(name, "This member is required."))
}

/// A version's number.
pub(super) fn number_of_version(member: &str, text: &str) -> Result<u64, Error> {
    text.parse().map_err(|_| Error::field(member, "A version is a number of at most five digits."))
}
