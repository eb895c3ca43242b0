//! A tool's arguments, looked at as far as a model is likely to get them wrong: that they are an object, what is
//! missing, what is not known, and the types and choices of its members. The tool itself looks deeper.

use flow::value::{DEEPEST, is_too_deep};
use serde_json::{Map, Value};

/// The arguments that a model wrote.
///
/// # Errors
/// A sentence for the model.
pub(super) fn read(arguments: &str) -> Result<Value, String> {
    if arguments.trim().is_empty() {
        return Ok(Value::Object(Map::new()));
    }
    match serde_json::from_str::<Value>(arguments) {
        Ok(value) if is_too_deep(&value) => Err(format!(
            "The arguments are nested more than {DEEPEST} levels deep. Call the tool again with less."
        )),
        Ok(value @ Value::Object(_)) => Ok(value),
        Ok(_) => Err("The arguments must be a JSON object. Call the tool again with one.".to_owned()),
        Err(error) => Err(format!("The arguments are no JSON: {error}. Call the tool again with JSON.")),
    }
}

/// Whether arguments fit a schema.
///
/// # Errors
/// A sentence for the model.
pub(super) fn check(schema: &Value, arguments: &Value) -> Result<(), String> {
    let none = Map::new();
    let given = arguments.as_object().unwrap_or(&none);
    let known = schema["properties"].as_object().unwrap_or(&none);
    let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
    for name in required {
        if !given.contains_key(name) {
            return Err(format!("The argument {name} is missing. Call the tool again with it."));
        }
    }
    for (name, value) in given {
        match known.get(name) {
            Some(member) => fits(name, member, value)?,
            None if schema["additionalProperties"] == Value::Bool(false) => {
                return Err(format!("There is no argument {name}. Call the tool again without it."));
            }
            None => {}
        }
    }
    Ok(())
}

fn fits(name: &str, member: &Value, value: &Value) -> Result<(), String> {
    let kinds: Vec<&str> = match &member["type"] {
        Value::String(kind) => vec![kind],
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    if !kinds.is_empty() && !kinds.iter().any(|kind| is(kind, value)) {
        return Err(format!("The argument {name} must be {}, and is {value}.", kinds.join(" or ")));
    }
    if let Some(choices) = member["enum"].as_array()
        && !choices.contains(value)
    {
        let choices: Vec<String> = choices.iter().map(Value::to_string).collect();
        return Err(format!("The argument {name} must be one of {}, and is {value}.", choices.join(", ")));
    }
    Ok(())
}

fn is(kind: &str, value: &Value) -> bool {
    match kind {
        "string" => value.is_string(),
        "number" => value.is_number(),
        "integer" => value.as_f64().is_some_and(|number| number.fract() == 0.0),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        "null" => value.is_null(),
        // A word that JSON Schema does not have forbids nothing.
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_a_model_gets_wrong_is_told_to_it() {
        let schema = json!({"type": "object", "required": ["order"], "additionalProperties": false,
            "properties": {"order": {"type": "string"}, "count": {"type": "integer"},
                "how": {"enum": ["fast", "slow"]}, "note": {"type": ["string", "null"]}}});
        assert_eq!(check(&schema, &json!({"order": "A", "count": 2.0, "how": "fast", "note": null})), Ok(()));
        for (arguments, told) in [
            (json!({}), "order is missing"),
            (json!({"order": 7}), "order must be string, and is 7"),
            (json!({"order": "A", "count": 1.5}), "count must be integer"),
            (json!({"order": "A", "how": "soon"}), r#"one of "fast", "slow", and is "soon""#),
            (json!({"order": "A", "note": 1}), "must be string or null"),
            (json!({"order": "A", "colour": "red"}), "There is no argument colour"),
        ] {
            let error = check(&schema, &arguments).unwrap_err();
            assert!(error.contains(told), "{error}");
        }
        assert_eq!(check(&json!({}), &json!({"anything": 1})), Ok(()));
        assert!(read("[1]").unwrap_err().contains("object"));
        assert!(read("{").unwrap_err().contains("no JSON"));
        assert_eq!(read(" "), Ok(json!({})));
    }
}
