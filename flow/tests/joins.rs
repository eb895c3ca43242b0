//! Inputs that take several connections, by whole flows.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use flow::check::{Report, check};
use flow::event::{Body, Status};
use flow::run::Task;
use serde_json::{Value, json};
use support::{
    Ended, collector, condition, connect, drive, echo, flow, input, iterator, node, output, plan, prompt,
};

/// Three prompts that run together, and what joins them at one input of this type.
fn three(kind: &str) -> Value {
    let mut join = prompt("Both", &["texts"]);
    join["inputs"][0]["type"] = json!(kind);
    flow(
        vec![
            input("String"),
            prompt("Red", &["text"]),
            prompt("Green", &["text"]),
            prompt("Blue", &["text"]),
            join,
            output("Out", "String"),
        ],
        &[
            "Start.document > Red.text",
            "Start.document > Green.text",
            "Start.document > Blue.text",
            "Red.modelCompletion > Both.texts",
            "Green.modelCompletion > Both.texts",
            "Blue.modelCompletion > Both.texts",
            "Both.modelCompletion > Out.document",
        ],
    )
}

/// Ends the first task of this row of names that is under way.
fn in_order<'a>(names: &'a [&str]) -> impl FnMut(&[Task]) -> usize + 'a {
    move |tasks| {
        let place = |name: &&str| tasks.iter().position(|task| task.node == *name);
        names.iter().find_map(place).unwrap_or(0)
    }
}

fn joined(join: Value) -> Value {
    json!({"nodes": {"Both": {"joins": {"texts": join}}}})
}

fn report(definition: &Value, extensions: &Value) -> Report {
    let definition = serde_json::from_value(definition.clone()).unwrap();
    check(&definition, &serde_json::from_value(extensions.clone()).unwrap())
}

fn found(definition: &Value, extensions: &Value) -> Vec<String> {
    let line = |p: flow::check::Problem| format!("{:?} {:?}: {}", p.severity, p.kind, p.message);
    report(definition, extensions).problems.into_iter().map(line).collect()
}

#[test]
fn what_is_made_of_three_values_follows_from_the_join_and_from_who_was_first() {
    let last = ["Blue", "Green", "Red"];
    for (join, kind, order, expected) in [
        (json!("any"), "String", ["Red", "Green", "Blue"], "Both: Red: x"),
        (json!("any"), "String", last, "Both: Blue: x"),
        (json!("all"), "Array", last, r#"Both: ["Red: x","Green: x","Blue: x"]"#),
        (json!({"first": 2}), "Array", last, r#"Both: ["Green: x","Blue: x"]"#),
        (json!({"first": 2}), "Array", ["Red", "Blue", "Green"], r#"Both: ["Red: x","Blue: x"]"#),
        (json!({"first": 1}), "String", last, "Both: Blue: x"),
    ] {
        let plan = plan(&three(kind), &joined(join.clone()));
        let ended = drive(&plan, json!("x"), in_order(&order), echo);
        assert_eq!(ended.outputs, [format!("Out = {}", json!(expected))], "{join} {order:?}");
    }
}

#[test]
fn what_any_does_not_wait_for_goes_on_to_its_end() {
    let plan = plan(&three("String"), &joined(json!("any")));
    let ended = drive(&plan, json!("x"), in_order(&["Red", "Both", "Blue", "Green"]), echo);
    let end = |event: &Body| match event {
        Body::NodeCompleted { node, .. } => Some(node.clone()),
        _ => None,
    };
    let ends: Vec<String> = ended.events.iter().filter_map(end).collect();
    assert_eq!(ends, ["Start", "Red", "Both", "Out", "Blue", "Green"]);
    assert_eq!(ended.status, Status::Succeeded);
}

#[test]
fn an_event_names_where_a_joined_value_comes_from() {
    let sources = |join: Value, kind: &str| {
        let ended = drive(&plan(&three(kind), &joined(join)), json!("x"), |_| 0, echo);
        let fields = ended.events.into_iter().find_map(|event| match event {
            Body::NodeStarted { node, inputs, .. } if node == "Both" => Some(inputs),
            _ => None,
        });
        let field = fields.unwrap().remove(0);
        let joined: Vec<String> = field.joined.into_iter().map(|source| source.node).collect();
        (field.source.map(|source| source.node), joined)
    };
    assert_eq!(sources(json!("any"), "String"), (Some("Red".to_owned()), Vec::new()));
    let all = vec!["Red".to_owned(), "Green".to_owned(), "Blue".to_owned()];
    assert_eq!(sources(json!("all"), "Array"), (None, all));
}

/// Two branches that meet again at one node.
fn diamond(kind: &str) -> Value {
    let mut meet = prompt("Both", &["texts"]);
    meet["inputs"][0]["type"] = json!(kind);
    flow(
        vec![
            input("String"),
            condition("Route", "String", &[("angry", "value == \"angry\"")]),
            prompt("Calm", &["text"]),
            prompt("Reply", &["text"]),
            meet,
            output("Out", "String"),
        ],
        &[
            "Start.document > Route.value",
            "Start.document > Calm.text",
            "Start.document > Reply.text",
            "Route?angry > Calm",
            "Route?default > Reply",
            "Calm.modelCompletion > Both.texts",
            "Reply.modelCompletion > Both.texts",
            "Both.modelCompletion > Out.document",
        ],
    )
}

#[test]
fn branches_meet_again() {
    let run = |kind: &str, join: Value, text: &str| -> Ended {
        drive(&plan(&diamond(kind), &joined(join)), json!(text), |_| 0, echo)
    };
    assert_eq!(run("String", json!("any"), "angry").outputs, ["Out = \"Both: Calm: angry\""]);
    assert_eq!(run("String", json!("any"), "well").outputs, ["Out = \"Both: Reply: well\""]);
    assert_eq!(run("Array", json!("all"), "well").outputs, [r#"Out = "Both: [\"Reply: well\"]""#]);
    assert_eq!(
        found(&diamond("Array"), &joined(json!({"first": 2}))),
        [
            "Error UnsatisfiedConnectionConditions: Both waits for 2 values, and the branches that they come from \
          exclude each other, so it would never run."
        ]
    );
    assert_eq!(
        found(&diamond("String"), &json!({})),
        [
            "Error MultipleNodeInputConnections: The input texts takes one connection, and 2 end there. Remove the \
          others, or say how they join.",
            "Error UnsatisfiedConnectionConditions: Both waits for two branches that exclude each other, so it would \
          never run."
        ]
    );
}

#[test]
fn a_join_is_skipped_when_too_few_can_arrive() {
    // Whether Red is skipped is known only when Route has chosen.
    let mut definition = three("Array");
    let nodes = definition["nodes"].as_array_mut().unwrap();
    nodes.push(condition("Route", "String", &[("go", "value == \"go\"")]));
    nodes.push(output("Else", "String"));
    let ways = [
        "Start.document > Route.value",
        "Route?go > Red",
        "Route?go > Green",
        "Route?go > Blue",
        "Start.document > Else.document",
        "Route?default > Else",
    ];
    for (at, mut way) in connect(&ways).into_iter().enumerate() {
        way["name"] = json!(format!("g{at}"));
        definition["connections"].as_array_mut().unwrap().push(way);
    }
    for join in [json!("all"), json!({"first": 2})] {
        let ended = drive(&plan(&definition, &joined(join)), json!("stop"), |_| 0, echo);
        assert_eq!(ended.outputs, ["Else = \"stop\""]);
        let skipped = |event: &&Body| matches!(event, Body::NodeSkipped { node, .. } if node == "Both");
        assert_eq!(ended.events.iter().filter(skipped).count(), 1);
    }
}

#[test]
fn each_item_is_gathered_from_the_branch_that_it_took() {
    let definition = flow(
        vec![
            input("Array"),
            iterator("Each", "String"),
            condition("Route", "String", &[("short", "value == \"a\"")]),
            prompt("Short", &["text"]),
            prompt("Long", &["text"]),
            collector("All", "String"),
            output("Out", "Array"),
        ],
        &[
            "Start.document > Each.array",
            "Each.arrayItem > Route.value",
            "Each.arrayItem > Short.text",
            "Each.arrayItem > Long.text",
            "Route?short > Short",
            "Route?default > Long",
            "Short.modelCompletion > All.arrayItem",
            "Long.modelCompletion > All.arrayItem",
            "Each.arraySize > All.arraySize",
            "All.collectedArray > Out.document",
        ],
    );
    let extensions = json!({"nodes": {"All": {"joins": {"arrayItem": "any"}}}});
    let ended = drive(&plan(&definition, &extensions), json!(["a", "b", "a"]), |_| 0, echo);
    assert_eq!(ended.outputs, [r#"Out = ["Short: a","Long: b","Short: a"]"#]);
    let size = json!({"nodes": {"All": {"joins": {"arrayItem": "any", "arraySize": "any"}}}});
    assert_eq!(
        found(&definition, &size),
        ["Error Unspecified: arraySize takes one connection, from the Iterator. Do not join there."]
    );
}

#[test]
fn a_loop_goes_on_by_whichever_branch_was_taken() {
    let mut controller = node(
        "Again",
        "LoopController",
        json!({"loopController": {"continueCondition": {"name": "more", "expression": "done != \"Best: Better: a\""}}}),
        &[("done", "String", "$.data"), ("text", "String", "$.data"), ("result", "String", "$.data")],
        &[],
    );
    for (at, category) in ["LoopCondition", "ReturnValueToLoopStart", "ExitLoop"].iter().enumerate() {
        controller["inputs"][at]["category"] = json!(category);
    }
    let both = |input: &str| {
        [format!("Better.modelCompletion > Again.{input}"), format!("Best.modelCompletion > Again.{input}")]
    };
    let mut ways: Vec<String> = [
        "Begin.text > Route.value",
        "Begin.text > Better.text",
        "Begin.text > Best.text",
        "Route?first > Better",
        "Route?default > Best",
    ]
    .map(str::to_owned)
    .to_vec();
    ways.extend(["done", "text", "result"].iter().flat_map(|input| both(input)));
    let ways: Vec<&str> = ways.iter().map(String::as_str).collect();
    let body = json!({"nodes": [node("Begin", "LoopInput", json!({"loopInput": {}}), &[], &[("text", "String")]),
        condition("Route", "String", &[("first", "value == \"a\"")]), prompt("Better", &["text"]), prompt("Best", &["text"]),
        controller], "connections": connect(&ways)});
    let refine = node(
        "Refine",
        "Loop",
        json!({"loop": {"definition": body}}),
        &[("text", "String", "$.data")],
        &[("result", "String")],
    );
    let definition = flow(
        vec![input("String"), refine, output("Out", "String")],
        &["Start.document > Refine.text", "Refine.result > Out.document"],
    );
    let extensions =
        json!({"nodes": {"Refine/Again": {"joins": {"done": "any", "text": "any", "result": "any"}}}});
    let ended = drive(&plan(&definition, &extensions), json!("a"), |_| 0, echo);
    assert_eq!(ended.outputs, ["Out = \"Best: Better: a\""]);
}

#[test]
fn a_wrong_join_says_what_to_do() {
    for (kind, extensions, expected) in [
        (
            "String",
            joined(json!("all")),
            vec![
                "Error IncompatibleConnectionDataType: The join \"all\" makes an Array, and the input texts takes a String.";
                3
            ],
        ),
        (
            "Array",
            joined(json!("any")),
            vec![
                "Error IncompatibleConnectionDataType: Red gives a String, and the input texts takes an Array.",
                "Error IncompatibleConnectionDataType: Green gives a String, and the input texts takes an Array.",
                "Error IncompatibleConnectionDataType: Blue gives a String, and the input texts takes an Array.",
            ],
        ),
        (
            "Array",
            joined(json!({"first": 4})),
            vec![
                "Error Unspecified: The input texts waits for 4 values, and 3 can come. Connect more, or wait for fewer.",
            ],
        ),
        (
            "String",
            joined(json!({"first": 0})),
            vec!["Error Unspecified: Say how many values texts waits for, 1 or more."],
        ),
        (
            "String",
            json!({"nodes": {"Both": {"joins": {"texts": "any", "words": "all"}}}}),
            vec!["Warning Unspecified: There is no input words whose connections could be joined."],
        ),
    ] {
        assert_eq!(found(&three(kind), &extensions), expected, "{extensions}");
    }
    let notes = report(&three("String"), &joined(json!("any"))).portability;
    let messages: Vec<&str> = notes.iter().map(|note| note.message.as_str()).collect();
    assert_eq!(messages, ["AWS takes one connection at an input, and 3 end at texts."]);
    let unknown = serde_json::from_value::<flow::extensions::Extensions>(joined(json!({"last": 2})));
    assert!(unknown.unwrap_err().to_string().contains("last"));
}
