//! CloudFormation's functions, kept as placeholders. None is ever evaluated: `{"Ref": "Model"}` is the text `${Model}`,
//! and a text that `Fn::Sub` or `Fn::Join` puts together is that text with placeholders in it.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value};

/// The longest text that replacing may make.
pub const LONGEST: usize = 8 * 1024 * 1024;

/// What a function stands for.
#[derive(Clone, Debug, PartialEq)]
pub enum Text {
    /// `AWS::NoValue`: the member is not there.
    Nothing,
    /// A text, with `${…}` where something is decided on deployment.
    Placeholder(String),
}

/// Whether a value is a function: an object whose only member is one's name. `Condition` is none here, since it only
/// stands inside others, and a flow has members of that name.
pub fn is_function(value: &Value) -> bool {
    called(value).is_some()
}

fn called(value: &Value) -> Option<(&str, &Value)> {
    let object = value.as_object().filter(|object| object.len() == 1)?;
    let (name, argument) = object.iter().next()?;
    ((name == "Ref" && argument.is_string()) || name.starts_with("Fn::")).then_some((name, argument))
}

/// What a function, or the text that stands in its place, says.
pub fn text(value: &Value) -> Text {
    if value.get("Ref").and_then(Value::as_str) == Some("AWS::NoValue") && is_function(value) {
        return Text::Nothing;
    }
    let mut text = written(value);
    if text.len() > LONGEST {
        text = "${…}".to_owned();
    }
    Text::Placeholder(text)
}

fn written(value: &Value) -> String {
    let Some((name, argument)) = called(value) else { return plain(value) };
    let known = match (name, argument) {
        ("Ref", Value::String(name)) => Some(format!("${{{name}}}")),
        ("Fn::GetAtt", Value::String(path)) => Some(format!("${{{path}}}")),
        ("Fn::GetAtt", Value::Array(path)) => {
            Some(format!("${{{}}}", path.iter().map(plain).collect::<Vec<_>>().join(".")))
        }
        ("Fn::Sub", Value::String(text)) => Some(text.clone()),
        ("Fn::Sub", Value::Array(parts)) => match parts.as_slice() {
            [Value::String(text), Value::Object(values)] => replaced(text, values, str::to_owned),
            _ => None,
        },
        ("Fn::Join", Value::Array(parts)) => match parts.as_slice() {
            [Value::String(between), Value::Array(parts)] => joined(parts, between),
            _ => None,
        },
        _ => None,
    };
    // The braces of its own JSON would end a placeholder too early.
    let other = || format!("${{{name} {}}}", argument.to_string().replace(['{', '}'], ""));
    known.unwrap_or_else(other)
}

/// Texts with another between them. None where that grows too long.
fn joined(parts: &[Value], between: &str) -> Option<String> {
    let mut whole = String::new();
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            whole.push_str(between);
        }
        whole.push_str(&written(part));
        if whole.len() > LONGEST {
            return None;
        }
    }
    Some(whole)
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// A text with the values of some names in the place of `${name}`, each through `form`.
/// None where it grows too long.
pub fn replaced(text: &str, values: &Map<String, Value>, form: impl Fn(&str) -> String) -> Option<String> {
    // Each is written once: values may replace parts of values.
    let values: HashMap<&str, String> =
        values.iter().map(|(name, value)| (name.as_str(), form(&written(value)))).collect();
    let mut whole = String::new();
    let mut rest = text;
    while let Some((before, from)) = rest.find("${").map(|start| rest.split_at(start)) {
        // What is not closed is no name.
        let Some(end) = from.find('}') else { break };
        let name = from[2..end].trim();
        whole.push_str(before);
        whole.push_str(values.get(name).map_or(&from[..=end], String::as_str));
        rest = &from[end + 1..];
        if whole.len() > LONGEST {
            return None;
        }
    }
    whole.push_str(rest);
    (whole.len() <= LONGEST).then_some(whole)
}

/// The names between `${` and `}` in a text, in their order; `${!name}` stands for itself.
pub fn placeholders(text: &str) -> Vec<&str> {
    let (mut names, mut seen) = (Vec::new(), HashSet::new());
    let mut rest = text;
    while let Some(start) = rest.find("${") {
        let from = &rest[start + 2..];
        let Some(end) = from.find('}') else { break };
        let name = from[..end].trim();
        if !name.is_empty() && !name.starts_with('!') && seen.insert(name) {
            names.push(name);
        }
        rest = &from[end + 1..];
    }
    names
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn functions_become_placeholders() {
        for (function, text) in [
            (json!({"Ref": "Model"}), "${Model}"),
            (json!({"Fn::GetAtt": ["Worker", "Arn"]}), "${Worker.Arn}"),
            (json!({"Fn::GetAtt": "Worker.Arn"}), "${Worker.Arn}"),
            (json!({"Fn::Sub": "arn:${AWS::Partition}:x"}), "arn:${AWS::Partition}:x"),
            (json!({"Fn::Sub": ["${a}-${b}", {"a": "1", "b": {"Ref": "B"}}]}), "1-${B}"),
            (json!({"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, ":x"]]}), "arn:${AWS::Partition}:x"),
            (json!({"Fn::ImportValue": "Shared"}), "${Fn::ImportValue \"Shared\"}"),
            (json!({"Fn::If": ["C", {"Ref": "A"}, 1]}), "${Fn::If [\"C\",\"Ref\":\"A\",1]}"),
        ] {
            assert!(is_function(&function), "{function}");
            assert_eq!(super::text(&function), Text::Placeholder(text.into()), "{function}");
        }
        assert_eq!(super::text(&json!({"Ref": "AWS::NoValue"})), Text::Nothing);
        assert!(!is_function(&json!({"Ref": "a", "b": 1})) && !is_function(&json!({"text": "a"})));
    }

    #[test]
    fn names_are_found_in_a_text() {
        assert_eq!(placeholders("${a} ${!b} ${ c } ${a} ${"), ["a", "c"]);
        assert!(placeholders("{{a}} $a {b}").is_empty());
    }

    #[test]
    fn replacing_stops_where_it_grows_too_long() {
        let values = json!({"a": "x".repeat(1024 * 1024)});
        assert_eq!(replaced(&"${a}".repeat(9), values.as_object().unwrap(), str::to_owned), None);
        assert_eq!(replaced("${b} ${", values.as_object().unwrap(), str::to_owned).unwrap(), "${b} ${");
    }
}
