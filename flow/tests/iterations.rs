//! Iterators, Collectors and loops, by whole flows.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::sync::Arc;

use flow::check::check;
use flow::definition::Definition;
use flow::event::{Body, FailureCode, Link, Status};
use flow::extensions::Extensions;
use flow::plan::Plan;
use flow::run::{Completion, MOST_ITEMS, MOST_KEPT, MOST_STEPS, MOST_TOLD, Next, Run, Task, Work};
use flow::value::DEEPEST;
use serde_json::{Value, json};
use support::{collector, condition, connect, flow, input, iterator, node, output, prompt, summarise};

struct Ended {
    status: Status,
    outputs: Vec<(String, Value)>,
    events: Vec<Body>,
    error: Option<flow::event::RunError>,
    /// The most tasks that were under way together.
    together: usize,
}

/// Runs to the end. A prompt answers its own text; `pick` chooses which of the tasks under way ends next.
fn run_with(definition: Value, extensions: Value, input: Value, pick: impl Fn(usize) -> usize) -> Ended {
    let definition: Definition = serde_json::from_value(definition).unwrap();
    let extensions: Extensions = serde_json::from_value(extensions).unwrap();
    let plan = Plan::new(&definition, &extensions).unwrap_or_else(|report| panic!("{:#?}", report.problems));
    let mut run = Run::new(Arc::new(plan), input).unwrap();
    let (mut under_way, mut events, mut together): (Vec<Task>, Vec<Body>, usize) =
        (Vec::new(), Vec::new(), 0);
    let status = loop {
        match run.next() {
            Next::Start(task) => under_way.push(task),
            Next::Wait => {
                together = together.max(under_way.len());
                let task = under_way.remove(pick(under_way.len()));
                let Work::Chat(chat) = task.work else { panic!("a chat") };
                let value = json!(chat.messages[0].text);
                run.complete(task.id, Completion { value, model: None });
            }
            Next::Paused => panic!("nothing here asks"),
            Next::Ended(status) => break status,
        }
        events.extend(run.events());
    };
    events.extend(run.events());
    let outputs = run.outputs().iter().map(|output| (output.node.clone(), output.value.clone())).collect();
    Ended { status, outputs, events, error: run.error().cloned(), together }
}

fn run(definition: Value, input: Value) -> Ended {
    run_with(definition, json!({}), input, |_| 0)
}

#[test]
fn items_go_one_by_one_and_are_gathered_in_order() {
    let ended = run(summarise(), json!(["a", "b", "c"]));
    assert_eq!(ended.status, Status::Succeeded);
    assert_eq!(ended.outputs, [("Out".to_owned(), json!(["Sum: a", "Sum: b", "Sum: c"]))]);
    assert_eq!(ended.together, 1, "one item at a time, as AWS");
    let chains: Vec<Vec<Link>> = ended
        .events
        .iter()
        .filter_map(|event| match event {
            Body::NodeCompleted { node, chain, .. } if node == "Sum" => Some(chain.clone()),
            _ => None,
        })
        .collect();
    let link = |index| vec![Link::Iterator { node: "Each".to_owned(), index }];
    assert_eq!(chains, [link(0), link(1), link(2)]);
    assert_eq!(run(summarise(), json!([])).outputs, [("Out".to_owned(), json!([]))]);
}

#[test]
fn items_may_go_together_and_keep_their_order() {
    let parallel = json!({"nodes": {"Each": {"parallel": 3}}});
    let input: Vec<String> = (0..7).map(|item| item.to_string()).collect();
    let last = |count: usize| count - 1;
    let ended = run_with(summarise(), parallel, json!(input), last);
    assert_eq!(ended.together, 3);
    let expected: Vec<String> = input.iter().map(|item| format!("Sum: {item}")).collect();
    assert_eq!(ended.outputs, [("Out".to_owned(), json!(expected))]);
}

#[test]
fn without_a_collector_each_output_answers_once_an_item() {
    let ended = run(
        flow(
            vec![input("Array"), iterator("Each", "Number"), output("Out", "Number")],
            &["Start.document > Each.array", "Each.arrayItem > Out.document"],
        ),
        json!([1, 2]),
    );
    assert_eq!(ended.outputs, [("Out".to_owned(), json!(1)), ("Out".to_owned(), json!(2))]);
}

#[test]
fn an_item_that_a_condition_skips_is_left_out_and_told() {
    let definition = flow(
        vec![
            input("Array"),
            iterator("Each", "String"),
            condition("Route", "String", &[("keep", "value != \"b\"")]),
            prompt("Keep", &["item"]),
            prompt("Drop", &["item"]),
            collector("All", "String"),
            output("Out", "Array"),
            output("Dropped", "String"),
        ],
        &[
            "Start.document > Each.array",
            "Each.arrayItem > Route.value",
            "Each.arrayItem > Keep.item",
            "Each.arrayItem > Drop.item",
            "Route?keep > Keep",
            "Route?default > Drop",
            "Keep.modelCompletion > All.arrayItem",
            "Each.arraySize > All.arraySize",
            "All.collectedArray > Out.document",
            "Drop.modelCompletion > Dropped.document",
        ],
    );
    let ended = run(definition, json!(["a", "b", "c"]));
    assert_eq!(
        ended.outputs,
        [("Dropped".to_owned(), json!("Drop: b")), ("Out".to_owned(), json!(["Keep: a", "Keep: c"]))]
    );
    let omitted = ended.events.iter().find_map(|event| match event {
        Body::NodeCompleted { node, omitted, .. } if node == "All" => Some(omitted.clone()),
        _ => None,
    });
    assert_eq!(omitted, Some(vec![1]));
}

#[test]
fn values_from_outside_are_the_same_for_every_item_also_where_they_come_late() {
    let definition = flow(
        vec![
            input("Array"),
            iterator("Each", "String"),
            prompt("Both", &["item", "size", "outer"]),
            collector("All", "String"),
            output("Out", "Array"),
            prompt("Slow", &["first"]),
        ],
        &[
            "Start.document > Each.array",
            "Each.arrayItem > Both.item",
            "Each.arrayItem > Both.size",
            "Start.document > Slow.first",
            "Slow.modelCompletion > Both.outer",
            "Both.modelCompletion > All.arrayItem",
            "Each.arraySize > All.arraySize",
            "All.collectedArray > Out.document",
        ],
    );
    let mut definition = definition;
    definition["nodes"][5]["inputs"][0]["expression"] = json!("$.data[0]");
    let ended = run(definition, json!(["a", "b"]));
    assert_eq!(ended.outputs, [("Out".to_owned(), json!(["Both: a a Slow: a", "Both: b b Slow: a"]))]);
}

#[test]
fn iterations_lie_within_each_other() {
    let definition = flow(
        vec![
            input("Array"),
            iterator("Rows", "Array"),
            iterator("Cells", "String"),
            prompt("Cell", &["item"]),
            collector("Row", "String"),
            collector("Table", "Array"),
            output("Out", "Array"),
        ],
        &[
            "Start.document > Rows.array",
            "Rows.arrayItem > Cells.array",
            "Cells.arrayItem > Cell.item",
            "Cell.modelCompletion > Row.arrayItem",
            "Cells.arraySize > Row.arraySize",
            "Row.collectedArray > Table.arrayItem",
            "Rows.arraySize > Table.arraySize",
            "Table.collectedArray > Out.document",
        ],
    );
    let parallel = json!({"nodes": {"Rows": {"parallel": 2}, "Cells": {"parallel": 2}}});
    for extensions in [json!({}), parallel] {
        let ended =
            run_with(definition.clone(), extensions, json!([["a", "b"], [], ["c"]]), |count| count / 2);
        assert_eq!(ended.outputs, [("Out".to_owned(), json!([["Cell: a", "Cell: b"], [], ["Cell: c"]]))]);
    }
}

#[test]
fn what_is_behind_a_skipped_iterator_is_skipped_too() {
    let definition = flow(
        vec![
            input("Array"),
            condition("Route", "Array", &[]),
            iterator("Each", "String"),
            prompt("Sum", &["item"]),
            collector("All", "String"),
            output("Out", "Array"),
            output("Never", "Array"),
        ],
        &[
            "Start.document > Route.value",
            "Start.document > Each.array",
            "Each.arrayItem > Sum.item",
            "Sum.modelCompletion > All.arrayItem",
            "Each.arraySize > All.arraySize",
            "All.collectedArray > Out.document",
            "Start.document > Never.document",
            "Route?default > Never",
            "Route?keep > Each",
        ],
    );
    let mut definition = definition;
    definition["nodes"][1]["inputs"] =
        json!([{"name": "value", "type": "Number", "expression": "$.data[0]"}]);
    definition["nodes"][1]["configuration"]["condition"]["conditions"] =
        json!([{"name": "keep", "expression": "value > 1"}, {"name": "default"}]);
    let ended = run(definition, json!([1]));
    assert_eq!(ended.outputs, [("Never".to_owned(), json!([1]))]);
    let skipped: Vec<&str> = ended
        .events
        .iter()
        .filter_map(|event| match event {
            Body::NodeSkipped { node, .. } => Some(node.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(skipped, ["Each", "Sum", "All", "Out"]);
}

#[test]
fn many_items_end_without_going_deep() {
    let definition = flow(
        vec![input("Array"), iterator("Each", "Number"), collector("All", "Number"), output("Out", "Array")],
        &[
            "Start.document > Each.array",
            "Each.arrayItem > All.arrayItem",
            "Each.arraySize > All.arraySize",
            "All.collectedArray > Out.document",
        ],
    );
    let items: Vec<usize> = (0..MOST_ITEMS).collect();
    let ended = run(definition.clone(), json!(items));
    assert_eq!(ended.outputs[0].1.as_array().unwrap().len(), MOST_ITEMS);
    let more: Vec<usize> = (0..=MOST_ITEMS).collect();
    let error = run(definition, json!(more)).error.unwrap();
    assert_eq!(error.node.as_deref(), Some("Each"));
    assert!(error.message.contains("10000 items at most, and got 10001"), "{}", error.message);

    let names: Vec<String> = (0..10).map(|at| format!("Out{at}")).collect();
    let mut ways = vec!["Start.document > Each.array".to_owned()];
    ways.extend(names.iter().map(|name| format!("Each.arrayItem > {name}.document")));
    let mut nodes = vec![input("Array"), iterator("Each", "Number")];
    nodes.extend(names.iter().map(|name| output(name, "Number")));
    let each = flow(nodes, &ways.iter().map(String::as_str).collect::<Vec<_>>());
    let ended = run(each, json!(items));
    assert_eq!(ended.status, Status::Failed);
    assert!(ended.error.unwrap().message.contains(&MOST_STEPS.to_string()));
}

#[test]
fn a_run_keeps_no_more_than_it_may() {
    // Each prompt repeats the whole text, which comes in once and is given on by every node.
    let names: Vec<String> = (0..9).map(|at| format!("Again{at}")).collect();
    let mut nodes = vec![input("String"), output("Out", "String")];
    nodes.extend(names.iter().map(|name| prompt(name, &["text"])));
    let mut ways: Vec<String> = names.iter().map(|name| format!("Start.document > {name}.text")).collect();
    ways.push("Start.document > Out.document".to_owned());
    let definition = flow(nodes, &ways.iter().map(String::as_str).collect::<Vec<_>>());
    let fits = "x".repeat(MOST_KEPT / 10 - 100);
    assert_eq!(run(definition.clone(), json!(fits)).status, Status::Succeeded);
    let error = run(definition, json!("x".repeat(MOST_KEPT / 10))).error.unwrap();
    assert_eq!(error.node.as_deref(), Some("Again8"));
    assert!(error.message.contains("more than 64 MiB in all"), "{}", error.message);
}

/// A run whose prompts all take the same text.
fn of_prompts(count: usize, text: String) -> Run {
    let names: Vec<String> = (0..count).map(|at| format!("Again{at}")).collect();
    let mut nodes = vec![input("String"), output("Out", "String")];
    nodes.extend(names.iter().map(|name| prompt(name, &["text"])));
    let mut ways: Vec<String> = names.iter().map(|name| format!("Start.document > {name}.text")).collect();
    ways.push("Start.document > Out.document".to_owned());
    let definition = flow(nodes, &ways.iter().map(String::as_str).collect::<Vec<_>>());
    let definition: Definition = serde_json::from_value(definition).unwrap();
    let plan = Plan::new(&definition, &flow::extensions::Extensions::default()).unwrap();
    Run::new(Arc::new(plan), json!(text)).unwrap()
}

#[test]
fn a_run_is_given_no_more_than_it_may() {
    let text = "x".repeat(MOST_KEPT - 1000);
    let fits = MOST_TOLD / text.len() - 1;
    for (prompts, ends) in [(fits, Status::Succeeded), (fits + 1, Status::Failed)] {
        let mut run = of_prompts(prompts, text.clone());
        let status = loop {
            match run.next() {
                Next::Start(task) => run.complete(task.id, Completion { value: json!("ok"), model: None }),
                Next::Ended(status) => break status,
                other => panic!("{other:?}"),
            }
            run.events();
        };
        assert_eq!(status, ends, "{prompts} prompts: {:?}", run.error());
        let said = run.error().map(|error| error.message.contains("more than 256 MiB in all"));
        assert_eq!(said, (ends == Status::Failed).then_some(true));
    }
}

#[test]
fn values_are_nested_only_so_deep() {
    let nested = |levels: usize| (1..levels).fold(json!([]), |inner, _| json!([inner]));
    let each = || {
        flow(
            vec![
                input("Array"),
                iterator("Each", "Array"),
                collector("All", "Array"),
                output("Out", "Array"),
            ],
            &[
                "Start.document > Each.array",
                "Each.arrayItem > All.arrayItem",
                "Each.arraySize > All.arraySize",
                "All.collectedArray > Out.document",
            ],
        )
    };
    let ended = run(each(), nested(DEEPEST));
    assert_eq!(ended.status, Status::Succeeded, "{:?}", ended.error);
    for event in &ended.events {
        let text = serde_json::to_string(event).unwrap();
        assert_eq!(&serde_json::from_str::<Body>(&text).unwrap(), event, "it is read again");
    }
    let definition: Definition = serde_json::from_value(each()).unwrap();
    let plan = Arc::new(Plan::new(&definition, &flow::extensions::Extensions::default()).unwrap());
    let error = Run::new(plan, nested(DEEPEST + 1)).unwrap_err();
    assert!(error.message.contains("nested more than 100 levels deep"), "{error}");

    let definition = flow(
        vec![
            input("String"),
            node(
                "Call",
                "LambdaFunction",
                json!({"lambdaFunction": {"lambdaArn":
                "arn:aws:lambda:us-east-1:123456789012:function:deep"}}),
                &[("in", "String", "$.data")],
                &[("functionResponse", "Array")],
            ),
            output("Out", "Array"),
        ],
        &["Start.document > Call.in", "Call.functionResponse > Out.document"],
    );
    let definition: Definition = serde_json::from_value(definition).unwrap();
    let plan = Arc::new(Plan::new(&definition, &flow::extensions::Extensions::default()).unwrap());
    let mut run = Run::new(plan, json!("x")).unwrap();
    let Next::Start(task) = run.next() else { panic!("a task") };
    run.complete(task.id, Completion { value: nested(DEEPEST + 1), model: None });
    let error = run.error().unwrap();
    assert_eq!(error.node.as_deref(), Some("Call"));
    assert!(error.message.contains("nested more than 100 levels deep"), "{}", error.message);
}

#[test]
fn a_run_tells_no_more_than_it_may() {
    let mebibyte = || "x".repeat(1024 * 1024);
    let step = |text: String| flow::event::Step::Tool {
        name: "find".to_owned(),
        from: String::new(),
        arguments: json!({}),
        result: text,
        failed: false,
        took: 0,
    };
    type Tell<'a> = &'a dyn Fn(&mut Run, &Task);
    let ways: [Tell<'_>; 3] = [
        &|run, task| run.delta(task.id, mebibyte()),
        &|run, task| run.printed(task.id, mebibyte()),
        &|run, task| run.note(task.id, step(mebibyte())),
    ];
    for tell in ways {
        let mut run = of_prompts(1, String::new());
        let Next::Start(task) = run.next() else { panic!("a task") };
        for _ in 0..MOST_TOLD / (1024 * 1024) - 1 {
            tell(&mut run, &task);
            run.events();
        }
        assert_eq!(run.error(), None);
        tell(&mut run, &task);
        let error = run.error().unwrap();
        assert_eq!((error.node.as_deref(), error.code), (Some("Again0"), FailureCode::Validation));
        assert_eq!(run.next(), Next::Ended(Status::Failed));
    }
}

#[test]
fn an_item_of_another_type_is_named() {
    let ended = run(summarise(), json!(["a", null]));
    let error = ended.error.unwrap();
    assert_eq!(
        (ended.status, error.code, error.node.as_deref()),
        (Status::Failed, FailureCode::Validation, Some("Each"))
    );
    assert_eq!(error.message, "The items are Strings, and item 1 is null.");
}

/// A loop that appends `!` by a prompt until its text is what `condition` says, three times at most.
fn refine(condition: &str) -> Value {
    let mut controller = node(
        "Again",
        "LoopController",
        json!({"loopController": {"continueCondition": {"name": "more", "expression": condition}, "maxIterations": 3}}),
        &[("text", "String", "$.data"), ("next", "String", "$.data"), ("done", "String", "$.data")],
        &[],
    );
    for (at, category) in ["LoopCondition", "ReturnValueToLoopStart", "ExitLoop"].iter().enumerate() {
        controller["inputs"][at]["category"] = json!(category);
    }
    let body = json!({
        "nodes": [
            node("Begin", "LoopInput", json!({"loopInput": {}}), &[], &[("next", "String"), ("fixed", "String")]),
            prompt("More", &["text", "fixed"]), controller],
        "connections": connect(&["Begin.next > More.text", "Begin.fixed > More.fixed", "More.modelCompletion > Again.text",
            "More.modelCompletion > Again.next", "More.modelCompletion > Again.done"])});
    let inputs = [("next", "String", "$.data"), ("fixed", "String", "$.data")];
    let outputs = [("done", "String"), ("iterationCount", "Number")];
    flow(
        vec![
            input("String"),
            node("Refine", "Loop", json!({"loop": {"definition": body}}), &inputs, &outputs),
            output("Out", "String"),
            output("Times", "Number"),
        ],
        &[
            "Start.document > Refine.next",
            "Start.document > Refine.fixed",
            "Refine.done > Out.document",
            "Refine.iterationCount > Times.document",
        ],
    )
}

#[test]
fn a_loop_goes_on_while_its_condition_holds() {
    let once = "More: x x";
    for (condition, polarity, text, times) in [
        (format!("text == \"{once}\""), "continueWhileTrue", "More: More: x x x".to_owned(), 2),
        (format!("text == \"{once}\""), "exitWhenTrue", once.to_owned(), 1),
        ("text != \"\"".to_owned(), "continueWhileTrue", "More: More: More: x x x x".to_owned(), 3),
    ] {
        let ended = run_with(refine(&condition), json!({"loopPolarity": polarity}), json!("x"), |_| 0);
        assert_eq!(ended.status, Status::Succeeded, "{:?}", ended.error);
        let (out, count) = (("Out".to_owned(), json!(text)), ("Times".to_owned(), json!(times)));
        assert_eq!(ended.outputs, [out, count], "{condition} {polarity}");
        let last = ended.events.iter().rev().find_map(|event| match event {
            Body::ConditionEvaluated { satisfied, chain, .. } => Some((satisfied.clone(), chain.clone())),
            _ => None,
        });
        let chain = vec![Link::Loop { node: "Refine".to_owned(), index: times - 1 }];
        assert_eq!(last, Some(("exit".to_owned(), chain)));
    }
}

#[test]
fn check_finds_what_keeps_a_loop_or_an_iteration_from_running() {
    let found = |definition: Value| -> Vec<String> {
        let definition: Definition = serde_json::from_value(definition).unwrap();
        let report = check(&definition, &Extensions::default());
        report
            .problems
            .iter()
            .map(|p| {
                format!(
                    "{:?} {:?} {} {}",
                    p.severity,
                    p.kind,
                    p.node.as_deref().unwrap_or_default(),
                    p.message
                )
            })
            .collect()
    };
    assert_eq!(found(refine("text != \"\"")), Vec::<String>::new());
    assert_eq!(found(summarise()), Vec::<String>::new());
    type Change = fn(&mut Value);
    let in_loops: [(&str, Change); 10] = [
        ("Warning Unspecified Refine/Again The loop goes on while text == \"done\".", |d| {
            d["/controller"]["configuration"]["loopController"]["continueCondition"]["expression"] =
                json!("text == \"done\"");
        }),
        ("Error Unspecified Refine/Again A loop goes round between 1 and 1000 times.", |d| {
            d["/controller"]["configuration"]["loopController"]["maxIterations"] = json!(1001);
        }),
        ("Error Unspecified Refine/Again Say what done is for", |d| {
            d["/controller"]["inputs"][2].as_object_mut().unwrap().remove("category");
        }),
        ("Error MalformedConditionExpression Refine/Again next is no input", |d| {
            d["/controller"]["configuration"]["loopController"]["continueCondition"]["expression"] =
                json!("next != \"\"");
        }),
        ("Error UnfulfilledNodeInput Refine/More Input text is not connected.", |d| {
            d["/connections"].as_array_mut().unwrap().remove(0);
        }),
        ("Error MissingNodeInput Refine The loop's body begins with fixed.", |d| {
            d["/loop"]["inputs"].as_array_mut().unwrap().remove(1);
        }),
        ("Error UnknownNodeOutput Refine The loop's controller has no input other", |d| {
            d["/loop"]["outputs"].as_array_mut().unwrap().push(json!({"name": "other", "type": "String"}));
        }),
        ("Error MismatchedNodeOutputType Refine The output iterationCount is a Number", |d| {
            d["/loop"]["outputs"][1]["type"] = json!("String");
        }),
        ("Error MissingLoopControllerNode Refine", |d| {
            d["/nodes"].as_array_mut().unwrap().remove(2);
        }),
        ("Error LoopIncompatibleNodeType Refine Each is of the kind Iterator", |d| {
            d["/nodes"].as_array_mut().unwrap().push(iterator("Each", "String"));
        }),
    ];
    for (expected, change) in in_loops {
        let found = found(changed(refine("text != \"\""), change));
        assert!(found.iter().any(|problem| problem.starts_with(expected)), "{expected} is not in {found:#?}");
    }
    let iterations: [(&str, Change); 3] = [
        ("Error Unspecified All Connect arraySize of Each", |d| {
            d["connections"][3]["source"] = json!("Other");
            d["nodes"].as_array_mut().unwrap().push(iterator("Other", "String"));
        }),
        ("Error Unspecified All What comes to arrayItem is from no iteration.", |d| {
            d["connections"][2]["source"] = json!("Start");
        }),
        ("Error Unspecified Both Both takes values from the iterations of Each and Other.", |d| {
            let nodes = d["nodes"].as_array_mut().unwrap();
            nodes.extend([iterator("Other", "String"), prompt("Both", &["aa", "bb"])]);
            let more = connect(&[
                "Start.document > Other.array",
                "Each.arrayItem > Both.aa",
                "Other.arrayItem > Both.bb",
            ]);
            d["connections"].as_array_mut().unwrap().extend(more);
        }),
    ];
    for (expected, change) in iterations {
        let mut definition = summarise();
        change(&mut definition);
        let found = found(definition);
        assert!(found.iter().any(|problem| problem.starts_with(expected)), "{expected} is not in {found:#?}");
    }
}

/// Changes parts of the loop's definition, which are given short names for the while.
fn changed(mut definition: Value, change: impl FnOnce(&mut Value)) -> Value {
    const PARTS: [(&str, &str); 4] = [
        ("/loop", "/nodes/1"),
        ("/controller", "/nodes/1/configuration/loop/definition/nodes/2"),
        ("/nodes", "/nodes/1/configuration/loop/definition/nodes"),
        ("/connections", "/nodes/1/configuration/loop/definition/connections"),
    ];
    let before: Value = PARTS
        .iter()
        .map(|(name, place)| ((*name).to_owned(), definition.pointer(place).unwrap().clone()))
        .collect();
    let mut parts = before.clone();
    change(&mut parts);
    for (name, place) in PARTS {
        if parts[name] != before[name] {
            *definition.pointer_mut(place).unwrap() = parts[name].clone();
        }
    }
    definition
}
