//! What runs here and AWS would refuse: each note on its smallest flow, which has no problem of its own.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use flow::check::check;
use serde_json::{Value, json};
use support::{condition, flow, input, node, output, prompt};

/// Input, a prompt, a condition with two branches and two outputs; AWS would take it.
fn plain() -> Value {
    flow(
        vec![
            input("String"),
            prompt("Ask", &["question"]),
            condition("Route", "String", &[("yes", "value == \"yes\"")]),
            output("Good", "String"),
            output("Bad", "String"),
        ],
        &[
            "Start.document > Ask.question",
            "Ask.modelCompletion > Route.value",
            "Start.document > Good.document",
            "Start.document > Bad.document",
            "Route?yes > Good",
            "Route?default > Bad",
        ],
    )
}

fn push(list: &mut Value, item: Value) {
    list.as_array_mut().unwrap().push(item);
}

/// Adds this many nodes of a kind, each fed from the Input.
fn many(d: &mut Value, count: usize, made: impl Fn(String) -> Value) {
    for at in 0..count {
        let node = made(format!("More{at}"));
        let (name, port) = (node["name"].clone(), node["inputs"][0]["name"].clone());
        push(&mut d["nodes"], node);
        push(
            &mut d["connections"],
            json!({"name": format!("more{at}"), "type": "Data", "source": "Start", "target": name,
                "configuration": {"data": {"sourceOutput": "document", "targetInput": port}}}),
        );
    }
}

type Change = fn(&mut Value, &mut Value);

fn notes(change: Change) -> Vec<String> {
    let (mut definition, mut extensions) = (plain(), json!({}));
    change(&mut definition, &mut extensions);
    let definition = serde_json::from_value(definition).unwrap();
    let report = check(&definition, &serde_json::from_value(extensions).unwrap());
    assert!(report.can_run(), "{:#?}", report.problems);
    let line = |p: flow::check::Problem| {
        format!("{:?} {:?} {}: {}", p.severity, p.kind, p.node.unwrap_or_default(), p.message)
    };
    report.portability.into_iter().map(line).collect()
}

#[test]
fn each_note_says_what_aws_would_not_take() {
    let cases: Vec<(Change, Vec<&str>)> = vec![
        (|_, _| {}, vec![]),
        (
            |_, e| e["nodes"] = json!({"Ask": {"disabled": true}, "Start": {"disabled": true}}),
            vec!["Warning Unspecified Ask: It is disabled here, and AWS would run it."],
        ),
        (
            |d, _| many(d, 19, |name| output(&name, "String")),
            vec![
                "Error Unspecified : AWS allows 20 connections in a flow, and this one has 25.",
                "Error Unspecified : AWS allows 20 Output nodes in a flow, and this one has 21.",
            ],
        ),
        (
            |d, _| {
                many(d, 5, |name| condition(&name, "String", &[]));
                for at in 0..5 {
                    push(
                        &mut d["connections"],
                        json!({"name": format!("g{at}"), "type": "Conditional", "source": format!("More{at}"),
                        "target": "Good", "configuration": {"conditional": {"condition": "default"}}}),
                    );
                }
            },
            vec!["Error Unspecified : AWS allows 5 Condition nodes in a flow, and this one has 6."],
        ),
        (
            |d, _| {
                let names: Vec<String> = (0..21).map(|at| format!("in{at}")).collect();
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                d["nodes"][1] = prompt("Ask", &names);
                d["connections"].as_array_mut().unwrap().remove(0);
                for name in names {
                    push(
                        &mut d["connections"],
                        json!({"name": name, "type": "Data", "source": "Start", "target": "Ask",
                        "configuration": {"data": {"sourceOutput": "document", "targetInput": name}}}),
                    );
                }
            },
            vec![
                "Error Unspecified : AWS allows 20 connections in a flow, and this one has 26.",
                "Error Unspecified Ask: AWS allows 20 inputs at a node, and this one has 21.",
            ],
        ),
        (
            |d, _| {
                d["nodes"][0]["outputs"][0]["type"] = json!("Object");
                let long = format!("$.data.{}", "x".repeat(58));
                d["nodes"][1]["inputs"][0]["expression"] = json!(long);
                d["nodes"][3]["inputs"][0]["expression"] = json!("$.data['first name']");
                d["nodes"][4]["inputs"][0]["expression"] = json!("$.data.x");
            },
            vec![
                "Error Unspecified Ask: AWS allows 64 characters in an expression.",
                "Warning Unspecified Good: AWS does not document names in quotes in an expression.",
            ],
        ),
        (
            |d, _| {
                d["nodes"][2]["configuration"]["condition"]["conditions"][0]["expression"] =
                    json!(format!("value == \"{}\"", "x".repeat(60)));
                for at in 0..4 {
                    let other =
                        json!({"name": format!("more{at}"), "expression": format!("value == \"{at}\"")});
                    d["nodes"][2]["configuration"]["condition"]["conditions"]
                        .as_array_mut()
                        .unwrap()
                        .insert(0, other);
                    push(
                        &mut d["connections"],
                        json!({"name": format!("g{at}"), "type": "Conditional", "source": "Route",
                        "target": "Good", "configuration": {"conditional": {"condition": format!("more{at}")}}}),
                    );
                }
            },
            vec![
                "Error Unspecified Route: AWS allows 64 characters in a condition.",
                "Error Unspecified Route: AWS allows 5 conditions in a node, default among them.",
            ],
        ),
        (
            |d, _| {
                d["nodes"][1] = prompt("Ask", &["a-b"]);
                d["connections"][0]["configuration"]["data"]["targetInput"] = json!("a-b");
            },
            vec![
                "Error Unspecified Ask: AWS does not take a-b as a name: two letters or digits at least, single _ between.",
            ],
        ),
        (
            |d, e| {
                let inline = &mut d["nodes"][1]["configuration"]["prompt"]["sourceConfiguration"]["inline"];
                inline["modelId"] = json!("local/smollm2");
                inline["inferenceConfiguration"] = json!({"text": {"temperature": 1.5}});
                *e = json!({"nodes": {"Ask": {"answer": {"oneOf": ["yes", "no"]}}}});
            },
            vec![
                "Warning Unspecified Ask: The model is a connection of yours, which AWS does not know.",
                "Error Unspecified Ask: AWS takes a temperature from 0 to 1.",
                "Warning Unspecified Ask: AWS does not hold the answer to one of a list.",
            ],
        ),
        (
            |d, e| {
                d["nodes"][3]["inputs"][0]["type"] = json!("Array");
                *e = json!({"nodes": {"Good": {"joins": {"document": "all"}}}});
            },
            vec![
                "Error IncompatibleConnectionDataType Good: AWS does not make an Array of what comes to document.",
            ],
        ),
        (
            |d, e| {
                push(
                    &mut d["connections"],
                    json!({"name": "c9", "type": "Data", "source": "Ask", "target": "Good",
                    "configuration": {"data": {"sourceOutput": "modelCompletion", "targetInput": "document"}}}),
                );
                *e = json!({"nodes": {"Good": {"joins": {"document": "any"}}}});
            },
            vec![
                "Error MultipleNodeInputConnections Good: AWS takes one connection at an input, and 2 end at document.",
            ],
        ),
    ];
    for (change, expected) in cases {
        assert_eq!(notes(change), expected);
    }
}

#[test]
fn a_loop_and_its_parts_are_noted_by_the_way_to_them() {
    fn looped(definition: &mut Value, extensions: &mut Value) {
        let mut controller = node(
            "Again",
            "LoopController",
            json!({"loopController": {"continueCondition": {"name": "more", "expression": "text != \"x\""}}}),
            &[("text", "String", "$.data"), ("done", "String", "$.data")],
            &[],
        );
        controller["inputs"][0]["category"] = json!("LoopCondition");
        controller["inputs"][1]["category"] = json!("ExitLoop");
        let begin = node("Begin", "LoopInput", json!({"loopInput": {}}), &[], &[("text", "String")]);
        let ways = [
            "Begin.text > Again.text",
            "Begin.text > Again.done",
            "Begin.text > Route.value",
            "Route?default > More",
            "Begin.text > More.text",
        ];
        let body = json!({"nodes": [begin, controller, condition("Route", "String", &[]), prompt("More", &["text"])],
            "connections": support::connect(&ways)});
        let repeat = node(
            "Refine",
            "Loop",
            json!({"loop": {"definition": body}}),
            &[("text", "String", "$.data")],
            &[("done", "String")],
        );
        *definition = flow(
            vec![input("String"), repeat, output("Out", "String")],
            &["Start.document > Refine.text", "Refine.done > Out.document"],
        );
        *extensions = json!({"loopPolarity": "exitWhenTrue"});
    }
    assert_eq!(
        notes(looped),
        [
            "Warning Unspecified Refine/Again: AWS has no switch for how continueCondition is read.",
            "Error LoopIncompatibleNodeType Refine/Route: AWS allows no Condition inside a loop.",
        ]
    );
}
