//! Typed values on the wires, and which port types fit each other.
//!
//! Always holds: nothing is coerced. `null` matches no type, integers and floats are both Number, a text that looks
//! like JSON is a String.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// `FlowNodeIODataType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Type {
    String,
    Number,
    Boolean,
    Object,
    Array,
}

impl Type {
    /// Every type, in the order of the specification.
    pub const ALL: [Self; 5] = [Self::String, Self::Number, Self::Boolean, Self::Object, Self::Array];

    /// The type of a value; none for `null`.
    pub fn of(value: &Value) -> Option<Self> {
        match value {
            Value::Null => None,
            Value::Bool(_) => Some(Self::Boolean),
            Value::Number(_) => Some(Self::Number),
            Value::String(_) => Some(Self::String),
            Value::Array(_) => Some(Self::Array),
            Value::Object(_) => Some(Self::Object),
        }
    }

    /// Its name with its article, for sentences: `a String`, `an Object`.
    pub fn noun(self) -> &'static str {
        match self {
            Self::String => "a String",
            Self::Number => "a Number",
            Self::Boolean => "a Boolean",
            Self::Object => "an Object",
            Self::Array => "an Array",
        }
    }

    /// Whether a value is of this type.
    pub fn accepts(self, value: &Value) -> bool {
        Self::of(value) == Some(self)
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// A value as text, where text is needed: a String as it is, anything else as compact JSON.
pub fn to_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Whether a value is no larger than what is left, in about the bytes that it takes; what is left then is less.
pub(crate) fn fits(value: &Value, left: &mut usize) -> bool {
    let own = match value {
        Value::String(text) => text.len() + 2,
        _ => 4,
    };
    let Some(rest) = left.checked_sub(own) else { return false };
    *left = rest;
    match value {
        Value::Array(items) => items.iter().all(|item| fits(item, left)),
        Value::Object(members) => members.iter().all(|(name, member)| {
            *left = left.saturating_sub(name.len());
            fits(member, left)
        }),
        _ => true,
    }
}

/// How deep arrays and objects may lie within each other in a value. Events hold values, and their readers stop at 127.
pub const DEEPEST: usize = 100;

/// Whether arrays and objects lie within each other deeper than [`DEEPEST`].
pub fn is_too_deep(value: &Value) -> bool {
    !is_within(value, DEEPEST)
}

fn is_within(value: &Value, levels: usize) -> bool {
    let inside = levels.checked_sub(1);
    match value {
        Value::Array(items) => inside.is_some_and(|left| items.iter().all(|item| is_within(item, left))),
        Value::Object(members) => {
            inside.is_some_and(|left| members.values().all(|member| is_within(member, left)))
        }
        _ => true,
    }
}

/// A value's shape in a few words, for error messages: `an Object with name, age`, never its content.
pub fn shape(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Array(items) => format!("an Array of {} items", items.len()),
        Value::Object(members) if members.is_empty() => "an empty Object".to_owned(),
        Value::Object(members) => {
            let mut names: Vec<&str> = members.keys().take(8).map(String::as_str).collect();
            if members.len() > names.len() {
                names.push("…");
            }
            format!("an Object with {}", names.join(", "))
        }
        Value::Number(_) => "a Number".to_owned(),
        Value::String(_) => "a String".to_owned(),
        Value::Bool(_) => "a Boolean".to_owned(),
    }
}
