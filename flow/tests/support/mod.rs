//! Definitions in a few words, for tests.

#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::sync::Arc;

use flow::event::{Body, Failure, RunError, Status};
use flow::plan::Plan;
use flow::run::{Completion, Next, Run, Task, Work};
use serde_json::{Value, json};

/// A run that has ended.
pub struct Ended {
    pub status: Status,
    /// `NODE = VALUE`, in the order in which they came.
    pub outputs: Vec<String>,
    pub events: Vec<Body>,
    pub error: Option<RunError>,
}

/// Runs to the end. `pick` chooses which of the tasks under way ends next, `answer` what it comes to.
pub fn drive(
    plan: &Arc<Plan>,
    input: Value,
    pick: impl FnMut(&[Task]) -> usize,
    answer: impl FnMut(&Task) -> Result<Value, Failure>,
) -> Ended {
    drive_on(Run::new(Arc::clone(plan), input).unwrap(), pick, answer)
}

/// The same for a run that was begun.
pub fn drive_on(
    mut run: Run,
    mut pick: impl FnMut(&[Task]) -> usize,
    mut answer: impl FnMut(&Task) -> Result<Value, Failure>,
) -> Ended {
    let (mut under_way, mut events): (Vec<Task>, Vec<Body>) = (Vec::new(), Vec::new());
    let status = loop {
        match run.next() {
            Next::Start(task) => under_way.push(task),
            Next::Wait => {
                let task = under_way.remove(pick(&under_way));
                match answer(&task) {
                    Ok(value) => run.complete(task.id, Completion { value, model: None }),
                    Err(failure) => run.fail(task.id, failure),
                }
            }
            Next::Paused => panic!("nothing here asks"),
            Next::Ended(status) => break status,
        }
        events.extend(run.events());
    };
    events.extend(run.events());
    let outputs = run.outputs().iter().map(|output| format!("{} = {}", output.node, output.value)).collect();
    Ended { status, outputs, events, error: run.error().cloned() }
}

/// A prompt answers its own text.
pub fn echo(task: &Task) -> Result<Value, Failure> {
    let Work::Chat(chat) = &task.work else { panic!("a chat") };
    Ok(json!(chat.messages[0].text))
}

pub fn plan(definition: &Value, extensions: &Value) -> Arc<Plan> {
    let definition = serde_json::from_value(definition.clone()).unwrap();
    let extensions = serde_json::from_value(extensions.clone()).unwrap();
    Arc::new(Plan::new(&definition, &extensions).unwrap_or_else(|report| panic!("{:#?}", report.problems)))
}

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

/// Each text of an array is summarised, and the summaries are gathered.
pub fn summarise() -> Value {
    flow(
        vec![
            input("Array"),
            iterator("Each", "String"),
            prompt("Sum", &["item"]),
            collector("All", "String"),
            output("Out", "Array"),
        ],
        &[
            "Start.document > Each.array",
            "Each.arrayItem > Sum.item",
            "Sum.modelCompletion > All.arrayItem",
            "Each.arraySize > All.arraySize",
            "All.collectedArray > Out.document",
        ],
    )
}
