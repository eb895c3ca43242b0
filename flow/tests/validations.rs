//! Every `FlowValidationType` on its smallest failing definition and its repaired twin, and the table in the README.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::collections::BTreeMap;

use flow::check::{Severity, check};
use flow::definition::Definition;
use flow::extensions::Extensions;
use serde_json::{Value, json};
use support::{collector, condition, connect, flow, input, iterator, node, output, prompt};

type Change = fn(&mut Value);

/// A type, where its finding stands, what is changed to cause it, and why, in the README's words.
struct Case {
    kind: &'static str,
    severity: Severity,
    at: &'static str,
    good: fn() -> Value,
    break_it: Change,
    when: &'static str,
}

/// A flow with a prompt, a condition with two branches and two outputs.
fn branching() -> Value {
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

fn looping() -> Value {
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
    let body = json!({"nodes": [begin, prompt("More", &["text"]), controller],
        "connections": connect(&["Begin.text > More.text", "More.modelCompletion > Again.text", "More.modelCompletion > Again.done"])});
    let repeat = node(
        "Refine",
        "Loop",
        json!({"loop": {"definition": body}}),
        &[("text", "String", "$.data")],
        &[("done", "String")],
    );
    flow(
        vec![input("String"), repeat, output("Out", "String")],
        &["Start.document > Refine.text", "Refine.done > Out.document"],
    )
}

fn body(definition: &mut Value) -> &mut Value {
    &mut definition["nodes"][1]["configuration"]["loop"]["definition"]
}

fn push(list: &mut Value, item: Value) {
    list.as_array_mut().unwrap().push(item);
}

fn cases() -> Vec<Case> {
    use Severity::{Error, Warning};
    let case = |kind, severity, at, good, break_it, when| Case { kind, severity, at, good, break_it, when };
    vec![
        case(
            "CyclicConnection",
            Error,
            "c6",
            branching,
            |d| {
                push(
                    &mut d["connections"],
                    json!({"name": "c6", "type": "Conditional",
            "source": "Route", "target": "Ask", "configuration": {"conditional": {"condition": "yes"}}}),
                )
            },
            "a circle",
        ),
        case(
            "DuplicateConnections",
            Error,
            "c6",
            branching,
            |d| {
                let mut again = d["connections"][0].clone();
                again["name"] = json!("c6");
                push(&mut d["connections"], again);
            },
            "two connections between the same ports",
        ),
        case(
            "DuplicateConditionExpression",
            Error,
            "Route",
            branching,
            |d| {
                let again = json!({"name": "again", "expression": "value == \"yes\""});
                d["nodes"][2]["configuration"]["condition"]["conditions"]
                    .as_array_mut()
                    .unwrap()
                    .insert(1, again);
                push(&mut d["connections"], connect(&["Route?again > Good"])[0].clone());
                d["connections"][6]["name"] = json!("c6");
            },
            "a condition that another one has said already",
        ),
        case(
            "UnreachableNode",
            Error,
            "Lost",
            branching,
            |d| push(&mut d["nodes"], output("Lost", "String")),
            "nothing leads there from where a run begins",
        ),
        case(
            "UnknownConnectionSource",
            Error,
            "c0",
            branching,
            |d| d["connections"][0]["source"] = json!("Nobody"),
            "no such node",
        ),
        case(
            "UnknownConnectionSourceOutput",
            Error,
            "c0",
            branching,
            |d| d["connections"][0]["configuration"]["data"]["sourceOutput"] = json!("nothing"),
            "no such output",
        ),
        case(
            "UnknownConnectionTarget",
            Error,
            "c0",
            branching,
            |d| d["connections"][0]["target"] = json!("Nobody"),
            "no such node",
        ),
        case(
            "UnknownConnectionTargetInput",
            Error,
            "c0",
            branching,
            |d| d["connections"][0]["configuration"]["data"]["targetInput"] = json!("nothing"),
            "no such input",
        ),
        case(
            "UnknownConnectionCondition",
            Error,
            "c4",
            branching,
            |d| d["connections"][4]["configuration"]["conditional"]["condition"] = json!("maybe"),
            "no such condition",
        ),
        case(
            "MalformedConditionExpression",
            Error,
            "Route",
            branching,
            |d| {
                d["nodes"][2]["configuration"]["condition"]["conditions"][0]["expression"] =
                    json!("value = 1")
            },
            "not of the grammar, an unknown input, a type without that comparison",
        ),
        case(
            "MalformedConditionExpression",
            Warning,
            "Route",
            branching,
            |d| {
                d["nodes"][2]["configuration"]["condition"]["conditions"][0]["expression"] =
                    json!("value == 1")
            },
            "a comparison across types",
        ),
        case(
            "MalformedNodeInputExpression",
            Error,
            "Good",
            branching,
            |d| d["nodes"][3]["inputs"][0]["expression"] = json!("$.dat"),
            "not of the grammar",
        ),
        case(
            "MismatchedNodeInputType",
            Error,
            "Each",
            || {
                flow(
                    vec![input("Array"), iterator("Each", "String"), output("Out", "String")],
                    &["Start.document > Each.array", "Each.arrayItem > Out.document"],
                )
            },
            |d| d["nodes"][1]["inputs"][0]["type"] = json!("String"),
            "an input of the kind with another type",
        ),
        case(
            "MismatchedNodeOutputType",
            Error,
            "Ask",
            branching,
            |d| d["nodes"][1]["outputs"][0]["type"] = json!("Number"),
            "an output of the kind with another type",
        ),
        case(
            "IncompatibleConnectionDataType",
            Error,
            "Good",
            branching,
            |d| d["nodes"][3]["inputs"][0]["type"] = json!("Number"),
            "a value that the input never takes",
        ),
        case(
            "MissingConnectionConfiguration",
            Error,
            "c0",
            branching,
            |d| drop(d["connections"][0].as_object_mut().unwrap().remove("configuration")),
            "no ports, or those of the other type",
        ),
        case(
            "MissingDefaultCondition",
            Error,
            "Route",
            branching,
            |d| {
                drop(d["nodes"][2]["configuration"]["condition"]["conditions"].as_array_mut().unwrap().pop());
            },
            "no branch for everything else",
        ),
        case(
            "MissingEndingNodes",
            Error,
            "",
            || flow(vec![input("String"), output("Out", "String")], &["Start.document > Out.document"]),
            |d| {
                drop(d["nodes"].as_array_mut().unwrap().pop());
                d["connections"] = json!([]);
            },
            "no Output",
        ),
        case(
            "MissingNodeConfiguration",
            Error,
            "Ask",
            branching,
            |d| {
                d["nodes"][1]["configuration"]["prompt"]["sourceConfiguration"]["inline"]["modelId"] =
                    json!("")
            },
            "a part of the configuration is absent or empty",
        ),
        case(
            "MissingNodeInput",
            Error,
            "Ask",
            branching,
            |d| d["nodes"][1]["inputs"] = json!([]),
            "an input of the kind, or of a variable, is not declared",
        ),
        case(
            "MissingNodeOutput",
            Error,
            "Ask",
            branching,
            |d| d["nodes"][1]["outputs"] = json!([]),
            "an output of the kind is not declared",
        ),
        case(
            "MissingStartingNodes",
            Error,
            "",
            branching,
            |d| drop(d["nodes"].as_array_mut().unwrap().remove(0)),
            "no Input",
        ),
        case(
            "MultipleNodeInputConnections",
            Error,
            "Good",
            branching,
            |d| {
                let more = connect(&["Ask.modelCompletion > Good.document"])[0].clone();
                push(&mut d["connections"], more);
                d["connections"][6]["name"] = json!("c6");
            },
            "more than one value for an input",
        ),
        case(
            "UnfulfilledNodeInput",
            Error,
            "Good",
            branching,
            |d| drop(d["connections"].as_array_mut().unwrap().remove(2)),
            "no value for an input",
        ),
        case(
            "UnsatisfiedConnectionConditions",
            Error,
            "Both",
            || {
                flow(
                    vec![
                        input("String"),
                        condition("Route", "String", &[("yes", "value == \"y\"")]),
                        prompt("One", &["text"]),
                        prompt("Two", &["text"]),
                        prompt("Both", &["one"]),
                        output("Out", "String"),
                        output("Other", "String"),
                    ],
                    &[
                        "Start.document > Route.value",
                        "Start.document > One.text",
                        "Start.document > Two.text",
                        "Route?yes > One",
                        "Route?default > Two",
                        "One.modelCompletion > Both.one",
                        "Both.modelCompletion > Out.document",
                        "Two.modelCompletion > Other.document",
                    ],
                )
            },
            |d| {
                d["nodes"][4] = prompt("Both", &["one", "two"]);
                push(&mut d["connections"], connect(&["Two.modelCompletion > Both.two"])[0].clone());
                d["connections"][8]["name"] = json!("c8");
            },
            "branches that exclude each other",
        ),
        case(
            "Unspecified",
            Error,
            "Ask",
            branching,
            |d| push(&mut d["nodes"], prompt("Ask", &["question"])),
            "anything else: names taken twice, numbers out of range, a stored prompt that is not there, …",
        ),
        case(
            "Unspecified",
            Warning,
            "Ask",
            branching,
            |d| d["nodes"][1]["configuration"]["prompt"]["guardrailConfiguration"] = json!({}),
            "what is kept and not applied",
        ),
        case(
            "UnknownNodeInput",
            Error,
            "Good",
            branching,
            |d| {
                push(
                    &mut d["nodes"][3]["inputs"],
                    json!({"name": "more", "type": "String", "expression": "$.data"}),
                )
            },
            "an input that the kind does not have",
        ),
        case(
            "UnknownNodeInput",
            Warning,
            "Ask",
            branching,
            |d| {
                push(
                    &mut d["nodes"][1]["inputs"],
                    json!({"name": "more", "type": "String", "expression": "$.data"}),
                )
            },
            "an input that the prompt does not use",
        ),
        case(
            "UnknownNodeOutput",
            Error,
            "Good",
            branching,
            |d| push(&mut d["nodes"][3]["outputs"], json!({"name": "more", "type": "String"})),
            "an output that the kind does not have",
        ),
        case(
            "MissingLoopInputNode",
            Error,
            "Refine",
            looping,
            |d| drop(body(d)["nodes"].as_array_mut().unwrap().remove(0)),
            "a body without its begin",
        ),
        case(
            "MissingLoopControllerNode",
            Error,
            "Refine",
            looping,
            |d| drop(body(d)["nodes"].as_array_mut().unwrap().pop()),
            "a body without its end",
        ),
        case(
            "MultipleLoopInputNodes",
            Error,
            "Refine",
            looping,
            |d| {
                let mut again = body(d)["nodes"][0].clone();
                again["name"] = json!("Another");
                push(&mut body(d)["nodes"], again);
            },
            "more than one begin",
        ),
        case(
            "MultipleLoopControllerNodes",
            Error,
            "Refine",
            looping,
            |d| {
                let mut again = body(d)["nodes"][2].clone();
                again["name"] = json!("Another");
                push(&mut body(d)["nodes"], again);
            },
            "more than one end",
        ),
        case(
            "LoopIncompatibleNodeType",
            Error,
            "Refine",
            looping,
            |d| push(&mut body(d)["nodes"], collector("All", "String")),
            "an Input, Output, Iterator or Collector in a body",
        ),
        case(
            "InvalidLoopBoundary",
            Error,
            "c0",
            looping,
            |d| d["connections"][0]["target"] = json!("More"),
            "a connection into a body or out of it",
        ),
    ]
}

fn found(definition: Value) -> Vec<(String, Severity, String)> {
    let definition: Definition = serde_json::from_value(definition).unwrap();
    let report = check(&definition, &Extensions::default());
    let place = |p: &flow::check::Problem| p.node.clone().or(p.connection.clone()).unwrap_or_default();
    report.problems.iter().map(|p| (format!("{:?}", p.kind), p.severity, place(p))).collect()
}

#[test]
fn each_type_has_its_fault_and_its_repair() {
    let mut seen = BTreeMap::new();
    for Case { kind, severity, at, good, break_it, .. } in cases() {
        assert_eq!(found(good()), [], "{kind}: the repaired twin");
        let mut broken = good();
        break_it(&mut broken);
        let found = found(broken);
        assert!(
            found.contains(&(kind.to_owned(), severity, at.to_owned())),
            "{kind} at {at} is not in {found:#?}"
        );
        *seen.entry(kind).or_insert(0) += 1;
    }
    assert_eq!(seen.len(), 33, "AWS has 33 types: {:?}", seen.keys());
}

#[test]
fn the_readme_has_the_table() {
    let rows =
        cases().into_iter().map(|case| format!("| {} | {:?} | {} |\n", case.kind, case.severity, case.when));
    let table = format!("| type | severity | when |\n|---|---|---|\n{}", rows.collect::<String>());
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md");
    let readme = std::fs::read_to_string(path).unwrap();
    assert!(readme.contains(&table), "put this into the README's semantics section:\n\n{table}");
}
