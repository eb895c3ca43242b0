//! What a document's metadata have to be: Bedrock's filter grammar.
//!
//! Always holds: an attribute that a document does not have fits no comparison, `notEquals` and `notIn` too, as AWS says
//! it; texts are compared as they are written. Absent on purpose: dates, which are texts or numbers there as here.

use serde_json::{Map, Value};

/// How deep one may stand in another: AWS's own is one.
const DEEPEST: usize = 16;

/// What has to hold of a document.
#[derive(Clone, Debug, PartialEq)]
pub enum Filter {
    /// All of them.
    All(Vec<Filter>),
    /// One of them.
    Any(Vec<Filter>),
    Attribute {
        key: String,
        test: Test,
        value: Value,
    },
}

/// How an attribute is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Test {
    Equals,
    NotEquals,
    GreaterThan,
    GreaterThanOrEquals,
    LessThan,
    LessThanOrEquals,
    In,
    NotIn,
    StartsWith,
    ListContains,
    StringContains,
}

/// Why something is no filter, and where in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// Such as `.andAll[1].equals`; empty for the whole.
    pub path: String,
    pub message: String,
}

/// By their names.
const TESTS: [(&str, Test); 11] = [
    ("equals", Test::Equals),
    ("notEquals", Test::NotEquals),
    ("greaterThan", Test::GreaterThan),
    ("greaterThanOrEquals", Test::GreaterThanOrEquals),
    ("lessThan", Test::LessThan),
    ("lessThanOrEquals", Test::LessThanOrEquals),
    ("in", Test::In),
    ("notIn", Test::NotIn),
    ("startsWith", Test::StartsWith),
    ("listContains", Test::ListContains),
    ("stringContains", Test::StringContains),
];

impl Filter {
    /// Reads a filter as AWS's API has it.
    ///
    /// # Errors
    /// It is none; says where and what to give.
    pub fn read(value: &Value) -> Result<Self, Wrong> {
        read(value, "", 0)
    }

    /// Whether it asks for an attribute whose name begins so.
    pub fn names(&self, prefix: &str) -> bool {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().any(|part| part.names(prefix)),
            Self::Attribute { key, .. } => key.starts_with(prefix),
        }
    }

    /// Whether a document with these metadata fits.
    pub fn fits(&self, metadata: &Map<String, Value>) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(|part| part.fits(metadata)),
            Self::Any(parts) => parts.iter().any(|part| part.fits(metadata)),
            Self::Attribute { key, test, value } => {
                metadata.get(key).is_some_and(|has| test.holds(has, value))
            }
        }
    }
}

/// Whether a value may be compared with.
type Fits = fn(&Value) -> bool;

impl Test {
    fn holds(self, has: &Value, value: &Value) -> bool {
        let contains = |list: &Value, item: &Value| {
            list.as_array().is_some_and(|items| items.iter().any(|other| same(other, item)))
        };
        let compare = |holds: fn(f64, f64) -> bool| {
            has.as_f64().zip(value.as_f64()).is_some_and(|(has, value)| holds(has, value))
        };
        let text = value.as_str().unwrap_or_default();
        match self {
            Self::Equals => same(has, value),
            Self::NotEquals => !same(has, value),
            Self::GreaterThan => compare(|a, b| a > b),
            Self::GreaterThanOrEquals => compare(|a, b| a >= b),
            Self::LessThan => compare(|a, b| a < b),
            Self::LessThanOrEquals => compare(|a, b| a <= b),
            Self::In => contains(value, has),
            Self::NotIn => !contains(value, has),
            Self::StartsWith => has.as_str().is_some_and(|has| has.starts_with(text)),
            Self::ListContains => contains(has, value),
            Self::StringContains => match has {
                Value::Array(items) => {
                    items.iter().any(|item| item.as_str().is_some_and(|item| item.contains(text)))
                }
                has => has.as_str().is_some_and(|has| has.contains(text)),
            },
        }
    }

    /// What it is compared with, where that is not anything.
    fn wants(self) -> Option<(&'static str, Fits)> {
        match self {
            Self::GreaterThan | Self::GreaterThanOrEquals | Self::LessThan | Self::LessThanOrEquals => {
                Some(("a number", Value::is_number))
            }
            Self::In | Self::NotIn => Some(("a list", Value::is_array)),
            Self::StartsWith | Self::StringContains => Some(("a text", Value::is_string)),
            Self::Equals | Self::NotEquals | Self::ListContains => {
                Some(("a text, a number or a boolean", |value| !(value.is_object() || value.is_null())))
            }
        }
    }
}

/// Numbers are the same however they are written.
fn same(a: &Value, b: &Value) -> bool {
    match (a.as_f64(), b.as_f64()) {
        (Some(a), Some(b)) => a == b,
        _ => a == b,
    }
}

fn read(value: &Value, path: &str, depth: usize) -> Result<Filter, Wrong> {
    let wrong = |path: &str, message: &str| Wrong { path: path.to_owned(), message: message.to_owned() };
    if depth > DEEPEST {
        return Err(wrong(path, "These filters stand too deep in each other. Give fewer levels."));
    }
    let members: Vec<(&String, &Value)> =
        value.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null()).collect();
    let &[(name, value)] = members.as_slice() else {
        let message = "A filter has exactly one member, such as equals, in or andAll.";
        return Err(wrong(path, message));
    };
    let path = format!("{path}.{name}");
    if let "andAll" | "orAll" = name.as_str() {
        let parts = value.as_array().filter(|parts| parts.len() > 1);
        let parts = parts.ok_or_else(|| wrong(&path, "Give a list of at least two filters."))?;
        let parts = parts.iter().enumerate();
        let parts = parts
            .map(|(at, part)| read(part, &format!("{path}[{at}]"), depth + 1))
            .collect::<Result<_, _>>()?;
        return Ok(if name == "andAll" { Filter::All(parts) } else { Filter::Any(parts) });
    }
    let known = TESTS.iter().find(|(known, _)| known == name);
    let names = || TESTS.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
    let (_, test) = known.ok_or_else(|| {
        wrong(&path, &format!("There is no such test. There are andAll, orAll, {}.", names()))
    })?;
    let key = value["key"].as_str().filter(|key| !key.is_empty());
    let key = key.ok_or_else(|| wrong(&path, "Give the name of a metadata attribute as key."))?;
    match test.wants() {
        Some((what, fits)) if !fits(&value["value"]) => {
            Err(wrong(&format!("{path}.value"), &format!("{name} compares with {what}. Give that.")))
        }
        _ => Ok(Filter::Attribute { key: key.to_owned(), test: *test, value: value["value"].clone() }),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn fits(filter: Value) -> bool {
        let metadata =
            json!({"year": 2024, "kind": "policy", "open": true, "tags": ["red", "dark blue"], "price": 9.5});
        Filter::read(&filter).unwrap().fits(metadata.as_object().unwrap())
    }

    #[test]
    fn every_test_holds_and_does_not() {
        for (test, key, holds, fails) in [
            ("equals", "year", json!(2024.0), json!(2023)),
            ("equals", "kind", json!("policy"), json!("Policy")),
            ("equals", "open", json!(true), json!(false)),
            ("notEquals", "kind", json!("other"), json!("policy")),
            ("greaterThan", "year", json!(2023.9), json!(2024)),
            ("greaterThanOrEquals", "year", json!(2024), json!(2025)),
            ("lessThan", "price", json!(9.6), json!(9.5)),
            ("lessThanOrEquals", "price", json!(9.5), json!(9)),
            ("in", "kind", json!(["a", "policy"]), json!(["a"])),
            ("in", "year", json!([2024]), json!(["2024"])),
            ("notIn", "kind", json!(["a"]), json!(["a", "policy"])),
            ("startsWith", "kind", json!("pol"), json!("icy")),
            ("listContains", "tags", json!("red"), json!("blue")),
            ("stringContains", "kind", json!("oli"), json!("OLI")),
            ("stringContains", "tags", json!("blue"), json!("green")),
        ] {
            assert!(fits(json!({test: {"key": key, "value": holds}})), "{test} {key}");
            assert!(!fits(json!({test: {"key": key, "value": fails}})), "{test} {key}");
            assert!(!fits(json!({test: {"key": "absent", "value": holds}})), "{test} of what is absent");
        }
    }

    #[test]
    fn filters_are_joined() {
        let is = |kind: &str| json!({"equals": {"key": "kind", "value": kind}});
        let new = json!({"greaterThan": {"key": "year", "value": 2000}});
        assert!(fits(json!({"andAll": [is("policy"), new]})));
        assert!(!fits(json!({"andAll": [is("other"), new]})));
        assert!(fits(json!({"orAll": [is("other"), {"andAll": [is("policy"), new]}]})));
        assert!(!fits(json!({"orAll": [is("other"), is("third")]})));
    }

    #[test]
    fn what_is_no_filter_is_told_where() {
        let one = json!({"equals": {"key": "a", "value": 1}});
        for (filter, path) in [
            (json!("x"), ""),
            (json!({}), ""),
            (json!({"equals": {"key": "a", "value": 1}, "in": {"key": "a", "value": []}}), ""),
            (json!({"like": {"key": "a", "value": 1}}), ".like"),
            (json!({"equals": {"value": 1}}), ".equals"),
            (json!({"equals": {"key": "a"}}), ".equals.value"),
            (json!({"greaterThan": {"key": "a", "value": "1"}}), ".greaterThan.value"),
            (json!({"in": {"key": "a", "value": "b"}}), ".in.value"),
            (json!({"startsWith": {"key": "a", "value": 1}}), ".startsWith.value"),
            (json!({"andAll": [one]}), ".andAll"),
            (
                json!({"orAll": [one, {"andAll": [one, {"in": {"key": "a", "value": 1}}]}]}),
                ".orAll[1].andAll[1].in.value",
            ),
        ] {
            let wrong = Filter::read(&filter).unwrap_err();
            assert_eq!(wrong.path, path, "{filter}: {}", wrong.message);
        }
        let deep = (0..40).fold(one.clone(), |inner, _| json!({"andAll": [one, inner]}));
        assert!(Filter::read(&deep).is_err());
    }
}
