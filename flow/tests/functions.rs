//! What a Function node asks of its driver, and how its reply is taken.

#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use std::sync::Arc;

use flow::definition::Definition;
use flow::event::{Body, Link, Status};
use flow::extensions::Extensions;
use flow::node::function::Call;
use flow::plan::Plan;
use flow::run::{Completion, Next, Run, Work};
use serde_json::{Value, json};
use support::*;

const ARN: &str = "arn:aws:lambda:us-east-1:123456789012:function:lookup:7";

fn function(name: &str, inputs: Value, reply: &str) -> Value {
    json!({"name": name, "type": "LambdaFunction", "configuration": {"lambdaFunction": {"lambdaArn": ARN}},
        "inputs": inputs, "outputs": [{"name": "functionResponse", "type": reply}]})
}

/// What came of a run.
struct Ended {
    /// What was called, and for which item.
    calls: Vec<(Call, Vec<Link>)>,
    outputs: Vec<Value>,
    failure: Option<String>,
}

/// Runs to the end with this reply to every call.
fn run(definition: Value, input: Value, reply: &Value) -> Ended {
    let definition: Definition = serde_json::from_value(definition).unwrap();
    let plan = Plan::new(&definition, &Extensions::default())
        .unwrap_or_else(|report| panic!("{:#?}", report.problems));
    let mut run = Run::new(Arc::new(plan), input).unwrap();
    let (mut under_way, mut calls) = (Vec::new(), Vec::new());
    loop {
        match run.next() {
            Next::Start(task) => under_way.push(task),
            Next::Wait => {
                let task = under_way.remove(0);
                let Work::Function(call) = task.work else { panic!("a call") };
                calls.push((*call, task.chain));
                run.complete(task.id, Completion { value: reply.clone(), model: None });
            }
            Next::Paused => panic!("nothing here asks"),
            Next::Ended(status) => {
                assert_eq!(status == Status::Succeeded, run.error().is_none());
                break;
            }
        }
    }
    assert!(matches!(run.events().last(), Some(Body::ExecutionEnded { .. })));
    let outputs = run.outputs().iter().map(|output| output.value.clone()).collect();
    Ended { calls, outputs, failure: run.error().map(|error| error.message.clone()) }
}

/// A function with two inputs, of which one selects a part.
fn lookup(reply: &str) -> Value {
    let inputs = json!([
        {"name": "order", "type": "Number", "expression": "$.data.order"},
        {"name": "whole", "type": "Object", "expression": "$.data"}]);
    flow(
        vec![input("Object"), function("Lookup", inputs, reply), output("Out", reply)],
        &[
            "Start.document > Lookup.order",
            "Start.document > Lookup.whole",
            "Lookup.functionResponse > Out.document",
        ],
    )
}

#[test]
fn a_call_has_every_input_as_the_event_of_aws_does() {
    let Ended { calls, outputs, .. } = run(lookup("Object"), json!({"order": 7}), &json!({"state": "sent"}));
    assert_eq!(outputs, [json!({"state": "sent"})]);
    let (call, chain) = &calls[0];
    assert_eq!((call.arn.as_str(), call.node.as_str(), chain.len()), (ARN, "Lookup", 0));
    assert_eq!(
        serde_json::to_value(&call.inputs).unwrap(),
        json!([{"name": "order", "type": "Number", "expression": "$.data.order", "value": 7},
            {"name": "whole", "type": "Object", "expression": "$.data", "value": {"order": 7}}])
    );
}

#[test]
fn a_reply_of_another_type_is_a_failure_of_the_node() {
    for (reply, value) in
        [("String", json!(7)), ("Number", json!("7")), ("Object", json!([])), ("String", Value::Null)]
    {
        let Ended { outputs, failure, .. } = run(lookup(reply), json!({"order": 7}), &value);
        assert!(outputs.is_empty());
        assert!(failure.unwrap().starts_with("The output functionResponse is "), "{reply} {value}");
    }
}

#[test]
fn each_item_is_a_call_that_knows_its_place() {
    let inputs = json!([{"name": "codeHookInput", "type": "String", "expression": "$.data"}]);
    let definition = flow(
        vec![
            input("Array"),
            iterator("Each", "String"),
            function("Lookup", inputs, "Number"),
            collector("All", "Number"),
            output("Out", "Array"),
        ],
        &[
            "Start.document > Each.array",
            "Each.arrayItem > Lookup.codeHookInput",
            "Lookup.functionResponse > All.arrayItem",
            "Each.arraySize > All.arraySize",
            "All.collectedArray > Out.document",
        ],
    );
    let Ended { calls, outputs, .. } = run(definition, json!(["a", "b"]), &json!(1));
    assert_eq!(outputs, [json!([1, 1])]);
    for (index, (call, chain)) in calls.iter().enumerate() {
        assert_eq!(*chain, [Link::Iterator { node: "Each".to_owned(), index }]);
        assert_eq!(call.inputs[0].value, json!(["a", "b"][index]));
    }
}
