//! What a Code node asks of its driver, what is told of it, and what the check says of it.

#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use std::sync::Arc;

use flow::check::{Field, Severity, check};
use flow::definition::Definition;
use flow::event::Body;
use flow::extensions::Extensions;
use flow::node::code::{Code, codes};
use flow::plan::Plan;
use flow::run::{Completion, Next, Run, Task, Work};
use serde_json::{Value, json};
use support::*;

fn code(name: &str, text: &str, inputs: &[(&str, &str, &str)]) -> Value {
    let configuration = json!({"inlineCode": {"language": "Python_3", "code": text}});
    node(name, "InlineCode", configuration, inputs, &[("response", "Number")])
}

fn sum(text: &str, inputs: &[(&str, &str, &str)]) -> Definition {
    let mut connections: Vec<String> =
        inputs.iter().map(|(name, ..)| format!("Start.document > Sum.{name}")).collect();
    connections.push("Sum.response > Out.document".to_owned());
    let connections: Vec<&str> = connections.iter().map(String::as_str).collect();
    let nodes = vec![input("Object"), code("Sum", text, inputs), output("Out", "Number")];
    serde_json::from_value(flow(nodes, &connections)).unwrap()
}

const INPUTS: [(&str, &str, &str); 2] = [("order", "Object", "$.data"), ("price", "Number", "$.data.price")];

fn extensions(limit: Value) -> Extensions {
    serde_json::from_value(json!({"nodes": {"Sum": {"timeLimit": limit}}})).unwrap()
}

/// The task of a run of the node, and the run.
fn begun(extensions: &Extensions) -> (Run, Task) {
    let plan = Plan::new(&sum("price + 1", &INPUTS), extensions).unwrap();
    let mut run = Run::new(Arc::new(plan), json!({"price": 2})).unwrap();
    loop {
        if let Next::Start(task) = run.next() {
            return (run, task);
        }
    }
}

#[test]
fn code_is_given_its_inputs_and_its_time() {
    for (extensions, limit) in [(Extensions::default(), 10), (extensions(json!(30)), 30)] {
        let (mut run, task) = begun(&extensions);
        let inputs = vec![("order".to_owned(), json!({"price": 2})), ("price".to_owned(), json!(2))];
        let expected = Code { code: "price + 1".to_owned(), inputs, limit };
        assert_eq!(task.work, Work::Code(Box::new(expected)));
        run.complete(task.id, Completion { value: json!(3), model: None });
        while !matches!(run.next(), Next::Ended(_)) {}
        assert_eq!(run.outputs()[0].value, json!(3));
    }
}

#[test]
fn what_is_printed_is_told_while_the_code_runs_and_not_after() {
    let (mut run, task) = begun(&Extensions::default());
    run.events();
    run.printed(task.id, "one\n".to_owned());
    let told = Body::NodePrinted { node: "Sum".to_owned(), text: "one\n".to_owned(), chain: Vec::new() };
    assert_eq!(run.events(), [told]);
    run.complete(task.id, Completion { value: json!(null), model: None });
    assert_eq!(run.error().unwrap().message, "The output response is a Number, and the result is null.");
    run.events();
    run.printed(task.id, "two\n".to_owned());
    assert_eq!(run.events(), []);
}

#[test]
fn the_check_says_what_python_need_not_be_asked() {
    let found = |definition: &Definition, extensions: &Extensions| -> Vec<(Severity, Option<Field>)> {
        let report = check(definition, extensions);
        report.problems.into_iter().map(|problem| (problem.severity, problem.field)).collect()
    };
    assert_eq!(found(&sum("price", &INPUTS), &Extensions::default()), []);
    assert_eq!(found(&sum(" \n", &INPUTS), &Extensions::default()), [(Severity::Error, Some(Field::Code))]);
    for limit in [0, 301] {
        let limits = extensions(json!(limit));
        assert_eq!(
            found(&sum("1", &INPUTS), &limits),
            [(Severity::Error, Some(Field::TimeLimit))],
            "{limit}"
        );
    }
    let class = [("class", "Object", "$.data"), ("case", "Object", "$.data")];
    let word = (Severity::Warning, Some(Field::Input("class".to_owned())));
    assert_eq!(found(&sum("case", &class), &Extensions::default()), [word]);
}

#[test]
fn the_codes_of_a_flow_have_the_way_to_them() {
    let inner = code("Inner", "2", &[]);
    let repeat = json!({"name": "Again", "type": "Loop",
        "configuration": {"loop": {"definition": {"nodes": [inner], "connections": []}}}});
    let definition = json!({"nodes": [code("Outer", "1", &[]), repeat], "connections": []});
    let definition: Definition = serde_json::from_value(definition).unwrap();
    assert_eq!(codes(&definition), [("Outer".to_owned(), "1"), ("Again/Inner".to_owned(), "2")]);
}
