//! Whole definitions: each reads back equal, and what `check` says of it, word for word.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::path::Path;

use flow::check::check;
use flow::definition::Definition;
use flow::extensions::Extensions;
use proptest::prelude::*;
use serde_json::{Value, json};

fn text(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/definitions/{name}.json"));
    std::fs::read_to_string(path).unwrap()
}

fn read(text: &str) -> Definition {
    serde_json::from_str(text).unwrap()
}

#[test]
fn every_member_of_every_kind_reads_back_as_it_was_written() {
    let text = text("everything");
    let whole: Value = serde_json::from_str(&text).unwrap();
    let kinds: std::collections::BTreeSet<&str> = ["nodes", "nodes/12/configuration/loop/definition/nodes"]
        .iter()
        .flat_map(|path| whole.pointer(&format!("/{path}")).unwrap().as_array().unwrap())
        .map(|node| node["type"].as_str().unwrap())
        .collect();
    assert_eq!(kinds.len(), 16, "{kinds:?}");
    let again = serde_json::to_value(read(&text)).unwrap();
    assert_eq!(again, whole);
    // Equal values may have been written differently: numbers to the last digit, and members in their order.
    for written in ["\"top_k\":51.248178375505404", "0.30000000000000004", "512.0", "\"z\":null,\"a\":[true"]
    {
        assert!(again.to_string().contains(written), "{written}");
    }
}

#[test]
fn what_aws_does_not_know_is_refused_by_name() {
    let whole: Value = serde_json::from_str(&text("everything")).unwrap();
    for (place, member) in [
        ("/nodes/1/configuration/prompt/guardrailConfiguration", "guardrailID"),
        ("/nodes/4/configuration/knowledgeBase/promptTemplate", "template"),
        ("/nodes/4/configuration/knowledgeBase/rerankingConfiguration", "model"),
        ("/nodes/4/configuration/knowledgeBase/orchestrationConfiguration", "inference"),
        ("/nodes/12/configuration/loop/definition", "node"),
        ("/connections/0/configuration/data", "source"),
    ] {
        let mut wrong = whole.clone();
        wrong.pointer_mut(place).unwrap()[member] = json!(1);
        let error = serde_json::from_value::<Definition>(wrong).unwrap_err().to_string();
        assert!(error.contains(member), "{error}");
    }
    let mut nulls = whole;
    nulls["nodes"][0]["inputs"] = Value::Null;
    assert!(
        serde_json::from_value::<Definition>(nulls).is_ok(),
        "AWS's JSON takes a null for an absent member"
    );
}

/// Serde's derived readers would take them as a structure's members in their order.
#[test]
fn an_array_is_no_structure() {
    let whole: Value = serde_json::from_str(&text("everything")).unwrap();
    // What AWS leaves open: any JSON stands there.
    let open = |place: &str| place.ends_with("/json") || place.contains("/additionalModelRequestFields");
    let mut places = Vec::new();
    objects("", &whole, &mut places);
    assert!(places.len() > 150, "{}", places.len());
    for place in places.into_iter().filter(|place| !open(place)) {
        for items in
            [Vec::new(), whole.pointer(&place).unwrap().as_object().unwrap().values().cloned().collect()]
        {
            let mut wrong = whole.clone();
            *wrong.pointer_mut(&place).unwrap() = Value::Array(items);
            assert!(serde_json::from_value::<Definition>(wrong).is_err(), "{place}");
        }
    }
}

/// The places of all objects in a value, itself among them.
fn objects(place: &str, value: &Value, places: &mut Vec<String>) {
    if value.is_object() {
        places.push(place.to_owned());
    }
    for (name, member) in value.as_object().into_iter().flatten() {
        objects(&format!("{place}/{name}"), member, places);
    }
    for (at, item) in value.as_array().into_iter().flatten().enumerate() {
        objects(&format!("{place}/{at}"), item, places);
    }
}

#[test]
fn what_check_says() {
    for name in ["everything", "broken"] {
        let report = check(&read(&text(name)), &Extensions::default());
        insta::assert_json_snapshot!(name, report);
    }
}

#[test]
fn a_chain_of_conditions_is_checked_in_little_room() {
    let node = |at: usize| {
        json!({"name": format!("C{at}"), "type": "Condition",
            "inputs": [{"name": "tone", "type": "String", "expression": "$.data"}],
            "configuration": {"condition": {"conditions": [{"name": "default"}]}}})
    };
    let mut nodes = vec![
        json!({"name": "In", "type": "Input", "outputs": [{"name": "document", "type": "String"}]}),
        json!({"name": "Out", "type": "Output", "inputs": [{"name": "document", "type": "String", "expression": "$.data"}]}),
    ];
    let mut connections = Vec::new();
    let data = |target: &str, input: &str| {
        json!({"name": format!("d{target}"), "type": "Data", "source": "In", "target": target,
            "configuration": {"data": {"sourceOutput": "document", "targetInput": input}}})
    };
    for at in 0..1990 {
        nodes.push(node(at));
        connections.push(data(&format!("C{at}"), "tone"));
        let next = if at == 1989 { "Out".to_owned() } else { format!("C{}", at + 1) };
        connections.push(json!({"name": format!("g{at}"), "type": "Conditional", "source": format!("C{at}"),
            "target": next, "configuration": {"conditional": {"condition": "default"}}}));
    }
    connections.push(data("Out", "document"));
    let definition = serde_json::from_value(json!({"nodes": nodes, "connections": connections})).unwrap();
    assert_eq!(check(&definition, &Extensions::default()).problems, []);
}

#[test]
fn a_flow_that_is_too_large_is_told_so_and_nothing_else() {
    let output = |name: String| {
        json!({"name": name, "type": "Output", "inputs": [{"name": "document", "type": "String",
        "expression": "$.data"}]})
    };
    let input = json!({"name": "In", "type": "Input", "outputs": [{"name": "document", "type": "String"}]});
    let flow = |outputs: usize, connections: usize| {
        let mut nodes = vec![input.clone()];
        nodes.extend((0..outputs).map(|at| output(format!("Out{at}"))));
        let connection = |at: usize| {
            json!({"name": format!("c{at}"), "type": "Data", "source": "In",
            "target": format!("Out{}", at % outputs), "configuration": {"data": {"sourceOutput": "document", "targetInput": "document"}}})
        };
        let connections: Vec<Value> = (0..connections).map(connection).collect();
        serde_json::from_value::<Definition>(json!({"nodes": nodes, "connections": connections})).unwrap()
    };
    let found = |definition: &Definition| check(definition, &Extensions::default());
    let most = found(&flow(1999, 1999));
    assert!(most.can_run());
    let notes: Vec<&str> = most.portability.iter().map(|note| note.message.as_str()).collect();
    assert_eq!(
        notes,
        [
            "AWS allows 40 nodes in a flow, and this one has 2000.",
            "AWS allows 20 connections in a flow, and this one has 1999.",
            "AWS allows 20 Output nodes in a flow, and this one has 1999.",
        ]
    );
    let words =
        "A flow has at most 2000 nodes and 4000 connections, those in loops among them. Split it in two.";
    for too_large in [flow(2000, 2000), flow(10, 4001)] {
        let messages: Vec<String> =
            found(&too_large).problems.into_iter().map(|problem| problem.message).collect();
        assert_eq!(messages, [words]);
    }
    let mut looped = flow(1000, 1000);
    let mut body = serde_json::to_value(flow(1000, 1000)).unwrap();
    body["nodes"][0]["type"] = json!("LoopInput");
    let again = json!({"name": "Again", "type": "Loop", "configuration": {"loop": {"definition": body}}});
    looped.nodes.push(serde_json::from_value(again).unwrap());
    assert_eq!(found(&looped).problems[0].message, words);
}

proptest! {
    #[test]
    fn numbers_keep_every_digit(number in proptest::num::f64::NORMAL) {
        let written = json!({"nodes": [{"name": "In", "type": "Prompt", "configuration": {"prompt": {"sourceConfiguration":
            {"inline": {"templateType": "TEXT", "templateConfiguration": {"text": {"text": ""}}, "modelId": "m",
                "additionalModelRequestFields": {"x": number}}}}}}]})
        .to_string();
        prop_assert_eq!(serde_json::to_string(&read(&written)).unwrap(), written);
    }
}
