//! What holds of a parser whatever the text is: no panic, places of errors that lie in the text, and what was read can be
//! used. The fuzz targets in `flow/fuzz` and the tests on stable share it.

use flow::check::check;
use flow::condition::{Condition, Finding};
use flow::definition::Definition;
use flow::diff::diff;
use flow::expression::Expression;
use flow::extensions::Extensions;
use flow::layout;
use flow::plan::Plan;
use flow::template;
use flow::value::Type;
use serde_json::{Value, json};

/// Something of every shape, for expressions and conditions to look at.
fn sample() -> Value {
    json!({"a": [1, "two", null, {"b": true, "first name": [[]]}], "é": {"": -1.5e300}, "b": {"b": {"b": "b"}}})
}

fn lies_in(span: (usize, usize), text: &str) {
    assert!(span.0 <= span.1 && span.1 <= text.len(), "{span:?} is not in {text:?}");
    assert!(text.is_char_boundary(span.0) && text.is_char_boundary(span.1), "{span:?} cuts {text:?}");
}

pub fn expression(text: &str) {
    match Expression::parse(text) {
        Err(error) => lies_in(error.span, text),
        Ok(expression) => {
            for value in [sample(), sample()["a"].clone(), json!("text"), Value::Null] {
                let found = expression.evaluate(&value);
                assert!(!expression.is_whole() || found.as_ref().ok() == Some(&value), "{text:?}");
                let is_array = matches!(found, Ok(Value::Array(_)));
                assert!(!expression.gathers() || found.is_err() || is_array, "{text:?} gathers no array");
            }
            let _ = (expression.container(), expression.quotes());
        }
    }
}

pub fn condition(text: &str) {
    match Condition::parse(text) {
        Err(error) => lies_in(error.span, text),
        Ok(condition) => {
            let kind = |name: &str| Type::ALL.get(name.len() % 6).copied();
            for finding in condition.findings(&kind) {
                let (Finding::Error(error) | Finding::Warning(error)) = finding;
                lies_in(error.span, text);
            }
            let values = |value: Value| ["a", "b", "é", "value"].map(|name| (name.to_owned(), value.clone()));
            for value in [json!("a"), json!(1), json!(true), Value::Null, sample()] {
                assert_eq!(
                    condition.holds(&values(value.clone())),
                    condition.holds(&values(value)),
                    "{text:?}"
                );
            }
            condition.holds(&[]);
        }
    }
}

pub fn template(text: &str) {
    let variables = template::variables(text);
    let values: Vec<(String, Value)> = variables.iter().map(|name| (name.clone(), json!("{{a}}"))).collect();
    // What was filled in is not looked at again.
    let filled = template::fill(text, &values).expect("every variable has a value");
    assert!(variables.is_empty() || filled.contains("{{a}}"), "{text:?}");
    if variables.is_empty() {
        assert_eq!(filled, text);
    } else {
        assert!(template::fill(text, &[]).is_err(), "{text:?} needs values");
    }
    template::examples(text, &["a".to_owned(), "b".to_owned(), String::new()]);
}

/// A document that AWS's JSON may be. `null` stands for what is not there.
pub fn definition(text: &str) {
    let Ok(definition) = serde_json::from_str::<Definition>(text) else { return };
    let written = serde_json::to_string(&definition).expect("a definition can be written");
    let again: Definition = serde_json::from_str(&written).expect("what was written can be read");
    assert_eq!(again, definition);
    assert_eq!(serde_json::to_string(&again).expect("again"), written);
    let extensions = Extensions::default();
    let report = check(&definition, &extensions);
    for problem in report.problems.iter().chain(&report.portability) {
        assert!(!problem.message.is_empty());
    }
    assert_eq!(Plan::new(&definition, &extensions).is_ok(), report.can_run(), "{written}");
    layout::arrange(&definition);
    layout::thumbnail(&definition, &extensions);
    let state = (&definition, &extensions);
    assert!(diff(state, state).is_empty());
}

pub fn extensions(text: &str) {
    let Ok(mut extensions) = serde_json::from_str::<Extensions>(text) else { return };
    let written = serde_json::to_string(&extensions).expect("extensions can be written");
    let again: Extensions = serde_json::from_str(&written).expect("what was written can be read");
    assert_eq!(serde_json::to_string(&again).expect("again"), written);
    let definition: Definition = serde_json::from_value(json!({"nodes": [
        {"name": "Each", "type": "Iterator"}, {"name": "a", "type": "Prompt"}], "connections": []}))
    .expect("a definition");
    check(&definition, &extensions);
    layout::places(&definition, &extensions);
    extensions.rename("a", "b");
    extensions.retain(&definition);
    assert!(extensions.nodes.keys().all(|name| ["Each", "a"].contains(&name.as_str())));
}
