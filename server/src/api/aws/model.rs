//! AWS's service models: every operation, and what the inputs of those that are answered must be.
//!
//! The table beside this file is read out of the models that AWS's own clients carry, by `end2end/aws/model.py`; it is
//! not changed by hand.

use std::collections::{BTreeMap, HashMap};
use std::sync::{LazyLock, OnceLock};

use regex::Regex;
use serde::Deserialize;

use super::operation::Operation;

static MODEL: LazyLock<Model> =
    LazyLock::new(|| serde_json::from_str(include_str!("model.json")).unwrap_or_default());

#[derive(Default, Deserialize)]
struct Model {
    operations: Vec<Operation>,
    shapes: HashMap<String, Shape>,
}

/// Every operation.
pub(super) fn operations() -> &'static [Operation] {
    &MODEL.operations
}

/// The shape of this name.
pub(super) fn shape(name: &str) -> Option<&'static Shape> {
    MODEL.shapes.get(name)
}

/// What a value must be. A shape has what its type asks for, and the limits that AWS sets.
#[derive(Debug, Deserialize)]
pub(super) struct Shape {
    #[serde(rename = "type")]
    pub kind: Kind,
    /// The least value of a number, or length of a text in characters, of a list or map in items.
    pub min: Option<f64>,
    /// The greatest.
    pub max: Option<f64>,
    pub pattern: Option<Pattern>,
    /// The only texts; none where there are more.
    #[serde(rename = "enum", default)]
    pub texts: Vec<String>,
    /// Of a structure or union.
    #[serde(default)]
    pub members: BTreeMap<String, Member>,
    /// Of a list's items.
    #[serde(rename = "member", default)]
    pub item: String,
    /// Of a map's keys.
    #[serde(default)]
    pub key: String,
    /// Of a map's values.
    #[serde(default)]
    pub value: String,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(super) enum Kind {
    Structure,
    /// A structure with exactly one member.
    Union,
    List,
    Map,
    String,
    Integer,
    #[serde(alias = "double")]
    Float,
    Boolean,
    /// Any JSON.
    Document,
    Blob,
}

#[derive(Debug, Deserialize)]
pub(super) struct Member {
    pub shape: String,
    #[serde(default)]
    pub required: bool,
    /// Where it is in a request.
    #[serde(rename = "in", default)]
    pub place: Place,
    /// Its name there, where that is another.
    #[serde(rename = "as")]
    pub wire: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(super) enum Place {
    /// A member of the body's object.
    #[default]
    Body,
    Path,
    Query,
    Header,
    /// The body itself.
    Payload,
}

/// What a text must match as a whole. It is compiled when it is first asked for.
#[derive(Debug, Deserialize)]
#[serde(from = "String")]
pub(super) struct Pattern {
    pub text: String,
    compiled: OnceLock<Option<Regex>>,
}

impl From<String> for Pattern {
    fn from(text: String) -> Self {
        Self { text, compiled: OnceLock::new() }
    }
}

impl Pattern {
    pub fn fits(&self, text: &str) -> bool {
        self.compiled().as_ref().is_none_or(|pattern| pattern.is_match(text))
    }

    fn compiled(&self) -> &Option<Regex> {
        // There is no looking ahead here. What follows this one excludes the same.
        let text = self.text.strip_prefix(r"(?![\-_+.])").unwrap_or(&self.text);
        self.compiled.get_or_init(|| Regex::new(&format!("^(?:{text})$")).ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole() {
        assert!(operations().len() > 120, "{}", operations().len());
        let known = |name: &str| assert!(shape(name).is_some(), "{name}");
        for operation in operations() {
            operation.input.as_deref().into_iter().for_each(known);
        }
        for (name, shape) in &MODEL.shapes {
            shape.members.values().for_each(|member| known(&member.shape));
            for part in [&shape.item, &shape.key, &shape.value] {
                assert!(part.is_empty() || MODEL.shapes.contains_key(part), "{name}: {part}");
            }
            if let Some(pattern) = &shape.pattern {
                assert!(pattern.compiled().is_some(), "{}", pattern.text);
            }
        }
    }

    #[test]
    fn a_pattern_is_of_the_whole_text() {
        let pattern = Pattern::from("a|bc".to_owned());
        assert!(pattern.fits("a") && pattern.fits("bc"));
        assert!(!pattern.fits("ac") && !pattern.fits("abc") && !pattern.fits("a\n"));
    }
}
