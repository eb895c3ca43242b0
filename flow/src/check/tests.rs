//! Every rule on its smallest failing definition, and the corpus of real flows where it is there.

use std::path::Path;

use serde_json::{Value, json};

use super::*;

fn node(name: &str, kind: &str, rest: Value) -> Value {
    let mut node = json!({"name": name, "type": kind});
    if let (Some(node), Some(rest)) = (node.as_object_mut(), rest.as_object()) {
        node.extend(rest.clone());
    }
    node
}

fn input() -> Value {
    node("Start", "Input", json!({"outputs": [{"name": "document", "type": "String"}]}))
}

fn output(name: &str) -> Value {
    node(name, "Output", json!({"inputs": [{"name": "document", "type": "String", "expression": "$.data"}]}))
}

fn data(name: &str, source: &str, from: &str, target: &str, to: &str) -> Value {
    json!({"name": name, "type": "Data", "source": source, "target": target,
           "configuration": {"data": {"sourceOutput": from, "targetInput": to}}})
}

fn gate(name: &str, source: &str, condition: &str, target: &str) -> Value {
    json!({"name": name, "type": "Conditional", "source": source, "target": target,
           "configuration": {"conditional": {"condition": condition}}})
}

fn prompt(name: &str, text: &str) -> Value {
    let mut inputs = Vec::new();
    for variable in crate::template::variables(text) {
        inputs.push(json!({"name": variable, "type": "String", "expression": "$.data"}));
    }
    node(
        name,
        "Prompt",
        json!({"configuration": {"prompt": {"sourceConfiguration": {"inline": {"modelId": "m", "templateType": "TEXT",
                   "templateConfiguration": {"text": {"text": text}}}}}},
               "inputs": inputs, "outputs": [{"name": "modelCompletion", "type": "String"}]}),
    )
}

fn condition(name: &str, conditions: Value) -> Value {
    node(
        name,
        "Condition",
        json!({"configuration": {"condition": {"conditions": conditions}},
               "inputs": [{"name": "tone", "type": "String", "expression": "$.data"}]}),
    )
}

/// Input, a condition with two branches, an output behind each.
fn branching() -> Value {
    json!({"nodes": [input(),
                     condition("Route", json!([{"name": "angry", "expression": "tone == \"angry\""}, {"name": "default"}])),
                     output("Out1"), output("Out2")],
           "connections": [data("c1", "Start", "document", "Route", "tone"),
                           data("c2", "Start", "document", "Out1", "document"),
                           data("c3", "Start", "document", "Out2", "document"),
                           gate("g1", "Route", "angry", "Out1"), gate("g2", "Route", "default", "Out2")]})
}

fn found(definition: Value) -> Vec<String> {
    let definition: Definition = serde_json::from_value(definition).expect("a definition");
    let mut found: Vec<String> = check(&definition, &Extensions::default())
        .problems
        .iter()
        .map(|p| {
            let place = p.node.as_deref().or(p.connection.as_deref()).unwrap_or_default();
            format!("{:?} {:?} {place}", p.severity, p.kind)
        })
        .collect();
    found.sort();
    found
}

fn with(mut definition: Value, change: impl FnOnce(&mut Value)) -> Value {
    change(&mut definition);
    definition
}

#[test]
fn a_good_flow_has_no_problem() {
    assert_eq!(found(branching()), Vec::<String>::new());
    let flow = json!({"nodes": [input(), prompt("Ask", "Q: {{q}}"), output("Out")],
        "connections": [data("c1", "Start", "document", "Ask", "q"), data("c2", "Ask", "modelCompletion", "Out", "document")]});
    assert_eq!(found(flow), Vec::<String>::new());
}

#[test]
fn each_rule_finds_its_fault() {
    type Change = fn(&mut Value);
    let cases: Vec<(&str, Change)> = vec![
        ("Error UnknownConnectionSource c1", |d| d["connections"][0]["source"] = json!("Nobody")),
        ("Error UnknownConnectionTarget c3", |d| d["connections"][2]["target"] = json!("Nobody")),
        ("Error UnknownConnectionSourceOutput c2", |d| {
            d["connections"][1]["configuration"]["data"]["sourceOutput"] = json!("nothing");
        }),
        ("Error UnknownConnectionTargetInput c2", |d| {
            d["connections"][1]["configuration"]["data"]["targetInput"] = json!("nothing");
        }),
        ("Error UnknownConnectionCondition g1", |d| {
            d["connections"][3]["configuration"]["conditional"]["condition"] = json!("sad");
        }),
        ("Error MissingConnectionConfiguration c2", |d| {
            d["connections"][1].as_object_mut().expect("object").remove("configuration");
        }),
        ("Error MalformedConditionExpression Route", |d| {
            d["nodes"][1]["configuration"]["condition"]["conditions"][0]["expression"] = json!("tone = 1");
        }),
        ("Error MissingDefaultCondition Route", |d| {
            d["nodes"][1]["configuration"]["condition"]["conditions"][1] =
                json!({"name": "other", "expression": "tone != \"angry\""});
        }),
        ("Error DuplicateConditionExpression Route", |d| {
            d["nodes"][1]["configuration"]["condition"]["conditions"]
                .as_array_mut()
                .expect("array")
                .push(json!({"name": "again", "expression": "tone == \"angry\""}));
        }),
        ("Error MalformedNodeInputExpression Out1", |d| {
            d["nodes"][2]["inputs"][0]["expression"] = json!("$.dat");
        }),
        ("Error IncompatibleConnectionDataType Out1", |d| {
            d["nodes"][2]["inputs"][0]["type"] = json!("Number")
        }),
        ("Error DuplicateConnections c9", |d| {
            let again = data("c9", "Start", "document", "Out1", "document");
            d["connections"].as_array_mut().expect("array").push(again);
        }),
        ("Error UnfulfilledNodeInput Out1", |d| {
            d["connections"].as_array_mut().expect("array").remove(1);
        }),
        ("Error MissingNodeInput Out1", |d| d["nodes"][2]["inputs"] = json!([])),
        ("Error MissingNodeOutput Start", |d| d["nodes"][0]["outputs"] = json!([])),
        ("Error UnknownNodeOutput Out2", |d| {
            d["nodes"][3]["outputs"] = json!([{"name": "more", "type": "String"}])
        }),
        ("Error MissingNodeConfiguration Route", |d| {
            d["nodes"][1].as_object_mut().expect("object").remove("configuration");
        }),
        ("Error MissingStartingNodes ", |d| {
            d["nodes"].as_array_mut().expect("array").remove(0);
        }),
        ("Error UnreachableNode Lost", |d| d["nodes"].as_array_mut().expect("array").push(output("Lost"))),
        ("Error Unspecified Route", |d| {
            d["connections"].as_array_mut().expect("array").remove(4);
        }),
        ("Error Unspecified Fn", |d| {
            d["nodes"].as_array_mut().expect("array").push(node("Fn", "LoopInput", json!({})));
        }),
    ];
    for (expected, change) in cases {
        let found = found(with(branching(), change));
        assert!(found.iter().any(|problem| problem == expected), "{expected} is not in {found:?}");
    }
}

#[test]
fn two_exclusive_branches_never_meet() {
    let flow = json!({"nodes": [input(),
            condition("Route", json!([{"name": "angry", "expression": "tone == \"angry\""}, {"name": "default"}])),
            prompt("Calm", "{{m}}"), prompt("Reply", "{{m}}"), prompt("Both", "{{aa}} {{bb}}"), output("Out")],
        "connections": [data("c1", "Start", "document", "Route", "tone"), data("c2", "Start", "document", "Calm", "m"),
            data("c3", "Start", "document", "Reply", "m"), gate("g1", "Route", "angry", "Calm"),
            gate("g2", "Route", "default", "Reply"), data("c4", "Calm", "modelCompletion", "Both", "aa"),
            data("c5", "Reply", "modelCompletion", "Both", "bb"), data("c6", "Both", "modelCompletion", "Out", "document")]});
    assert_eq!(found(flow), ["Error UnsatisfiedConnectionConditions Both"]);
}

#[test]
fn a_circle_is_named_and_what_lies_behind_it_is_not() {
    let flow = json!({"nodes": [input(), prompt("One", "{{q}}"), prompt("Two", "{{q}}"), output("Out")],
        "connections": [data("c1", "Two", "modelCompletion", "One", "q"), data("c2", "One", "modelCompletion", "Two", "q"),
            data("c3", "Two", "modelCompletion", "Out", "document")]});
    assert_eq!(
        found(flow),
        [
            "Error CyclicConnection c1",
            "Error CyclicConnection c2",
            "Error UnreachableNode One",
            "Error UnreachableNode Out",
            "Error UnreachableNode Two"
        ]
    );
}

#[test]
fn the_corpus_reads_back_equal() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/bedrock/corpus");
    let Ok(files) = std::fs::read_dir(folder) else { return };
    for file in files {
        let path = file.expect("an entry").path();
        let text = std::fs::read_to_string(&path).expect("a text");
        let whole: Value = serde_json::from_str(&text).expect("JSON");
        let definition: Definition = serde_json::from_value(whole.clone())
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        assert_eq!(serde_json::to_value(&definition).expect("JSON"), whole, "{}", path.display());
        check(&definition, &Extensions::default());
        crate::layout::arrange(&definition);
    }
}
