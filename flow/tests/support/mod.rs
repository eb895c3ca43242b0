//! Definitions in a few words, for tests.

#![allow(dead_code, clippy::unwrap_used, clippy::expect_used)]

use serde_json::{Value, json};

pub fn node(
    name: &str,
    kind: &str,
    configuration: Value,
    inputs: &[(&str, &str, &str)],
    outputs: &[(&str, &str)],
) -> Value {
    let inputs: Vec<Value> = inputs
        .iter()
        .map(|(name, kind, expression)| json!({"name": name, "type": kind, "expression": expression}))
        .collect();
    let outputs: Vec<Value> =
        outputs.iter().map(|(name, kind)| json!({"name": name, "type": kind})).collect();
    let mut node = json!({"name": name, "type": kind, "inputs": inputs, "outputs": outputs});
    if !configuration.is_null() {
        node["configuration"] = configuration;
    }
    node
}

pub fn input(kind: &str) -> Value {
    node("Start", "Input", json!({"input": {}}), &[], &[("document", kind)])
}

pub fn output(name: &str, kind: &str) -> Value {
    node(name, "Output", json!({"output": {}}), &[("document", kind, "$.data")], &[])
}

/// A prompt whose text is `NAME: ` and its inputs.
pub fn prompt(name: &str, inputs: &[&str]) -> Value {
    let text: Vec<String> = inputs.iter().map(|input| format!("{{{{{input}}}}}")).collect();
    let configuration = json!({"prompt": {"sourceConfiguration": {"inline": {"modelId": "m", "templateType": "TEXT",
        "templateConfiguration": {"text": {"text": format!("{name}: {}", text.join(" "))}}}}}});
    let inputs: Vec<(&str, &str, &str)> = inputs.iter().map(|input| (*input, "String", "$.data")).collect();
    node(name, "Prompt", configuration, &inputs, &[("modelCompletion", "String")])
}

pub fn condition(name: &str, kind: &str, branches: &[(&str, &str)]) -> Value {
    let mut conditions: Vec<Value> =
        branches.iter().map(|(name, expression)| json!({"name": name, "expression": expression})).collect();
    conditions.push(json!({"name": "default"}));
    node(
        name,
        "Condition",
        json!({"condition": {"conditions": conditions}}),
        &[("value", kind, "$.data")],
        &[],
    )
}

pub fn iterator(name: &str, item: &str) -> Value {
    let outputs = [("arrayItem", item), ("arraySize", "Number")];
    node(name, "Iterator", json!({"iterator": {}}), &[("array", "Array", "$.data")], &outputs)
}

pub fn collector(name: &str, item: &str) -> Value {
    let inputs = [("arrayItem", item, "$.data"), ("arraySize", "Number", "$.data")];
    node(name, "Collector", json!({"collector": {}}), &inputs, &[("collectedArray", "Array")])
}

/// `A.out > B.in` carries a value, `A?branch > B` is a gate.
pub fn connect(ways: &[&str]) -> Vec<Value> {
    let connection = |(at, way): (usize, &&str)| {
        let (from, to) = way.split_once(" > ").expect("a way");
        let name = format!("c{at}");
        if let Some((source, branch)) = from.split_once('?') {
            return json!({"name": name, "type": "Conditional", "source": source, "target": to,
                "configuration": {"conditional": {"condition": branch}}});
        }
        let ((source, output), (target, input)) =
            (from.split_once('.').unwrap(), to.split_once('.').unwrap());
        json!({"name": name, "type": "Data", "source": source, "target": target,
            "configuration": {"data": {"sourceOutput": output, "targetInput": input}}})
    };
    ways.iter().enumerate().map(connection).collect()
}

pub fn flow(nodes: Vec<Value>, ways: &[&str]) -> Value {
    json!({"nodes": nodes, "connections": connect(ways)})
}
