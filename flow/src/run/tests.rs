//! Runs of whole flows with scripted answers, in every order of completion.

use std::collections::BTreeMap;

use serde_json::json;

use super::*;
use crate::definition::Definition;
use crate::extensions::Extensions;
use crate::part::{Given, Part};

fn triage() -> Arc<Plan> {
    let template = crate::templates::all("local/smollm2").into_iter().next().expect("a template");
    Arc::new(Plan::new(&template.definition, &template.extensions).expect("a plan"))
}

fn answer(text: &str) -> Completion {
    Completion { value: json!(text), model: None }
}

/// Runs to the end; `script` answers each prompt and a search finds one passage, `pick` chooses which of those under way
/// ends next.
fn drive(
    plan: Arc<Plan>,
    input: Value,
    script: impl Fn(&str, &Chat) -> Result<Completion, Failure>,
    pick: impl Fn(usize) -> usize,
) -> (Status, Vec<OutputValue>, Vec<Body>) {
    let mut run = Run::new(plan, input).expect("an input of the right type");
    let mut under_way: Vec<Task> = Vec::new();
    loop {
        match run.next() {
            Next::Start(task) => under_way.push(task),
            Next::Wait => {
                let task = under_way.remove(pick(under_way.len()));
                let answered = match &task.work {
                    Work::Chat(chat) => script(&task.node, chat),
                    Work::Search(query) => {
                        let passage = json!([{"content": {"text": format!("found by {}", query.text)}}]);
                        Ok(Completion { value: passage, model: None })
                    }
                    other => panic!("neither a chat nor a search: {other:?}"),
                };
                match answered {
                    Ok(completion) => run.complete(task.id, completion),
                    Err(failure) => run.fail(task.id, failure),
                }
            }
            Next::Paused => panic!("nothing here asks"),
            Next::Ended(status) => {
                assert_eq!(run.next(), Next::Ended(status));
                let events = run.events();
                return (status, run.outputs().to_vec(), events);
            }
        }
    }
}

fn names(events: &[Body]) -> Vec<String> {
    events
        .iter()
        .filter_map(|event| match event {
            Body::NodeCompleted { node, .. } => Some(format!("completed {node}")),
            Body::NodeSkipped { node, .. } => Some(format!("skipped {node}")),
            Body::NodeFailed { node, .. } => Some(format!("failed {node}")),
            Body::ConditionEvaluated { node, satisfied, .. } => Some(format!("{node} took {satisfied}")),
            _ => None,
        })
        .collect()
}

#[test]
fn takes_the_branch_that_holds_and_skips_the_other() {
    for (tone, taken, skipped) in [
        ("angry", "Deescalate", vec!["SearchPolicies", "Answer", "FlowOutputNode_1"]),
        ("neutral", "Answer", vec!["Deescalate", "FlowOutputNode"]),
    ] {
        let script = |node: &str, chat: &Chat| {
            if node == "ClassifyTone" {
                let choice = chat.choice.as_ref().expect("a choice");
                assert_eq!(choice.labels, ["angry", "neutral"]);
                assert_eq!(choice.query, "Where is my parcel?");
                assert!(choice.examples.len() >= 6, "the prompt carries its examples");
                return Ok(answer(tone));
            }
            assert!(chat.messages[0].text.contains("Where is my parcel?"));
            let has_policies = chat.messages[0].text.contains(r#"["found by Where is my parcel?"]"#);
            assert_eq!(has_policies, node == "Answer", "{}", chat.messages[0].text);
            Ok(answer(&format!("from {node}")))
        };
        let (status, outputs, events) = drive(triage(), json!("Where is my parcel?"), script, |_| 0);
        assert_eq!(status, Status::Succeeded);
        assert_eq!(outputs.len(), 1);
        assert_eq!(outputs[0].value, json!(format!("from {taken}")));
        let names = names(&events);
        let mut found: Vec<&str> = names.iter().filter_map(|name| name.strip_prefix("skipped ")).collect();
        found.sort_unstable();
        let mut skipped = skipped;
        skipped.sort_unstable();
        assert_eq!(found, skipped, "what is behind it too: {names:?}");
    }
}

#[test]
fn a_failure_ends_the_run_and_names_the_node() {
    let failure = Failure { code: FailureCode::DependencyFailed, message: "The model is away.".to_owned() };
    let (status, outputs, events) = drive(triage(), json!("hello"), |_, _| Err(failure.clone()), |_| 0);
    assert_eq!(status, Status::Failed);
    assert!(outputs.is_empty());
    assert!(
        matches!(events.last(), Some(Body::ExecutionEnded { status: Status::Failed, error: Some(error) })
        if error.node.as_deref() == Some("ClassifyTone"))
    );
}

#[test]
fn refuses_an_input_of_another_type() {
    for input in [json!(null), json!(1), json!({"a": 1})] {
        assert!(Run::new(triage(), input).is_err());
    }
}

/// Input to two prompts at the same time, and one that needs both.
fn diamond() -> Arc<Plan> {
    diamond_with(&Extensions::default())
}

fn diamond_with(extensions: &Extensions) -> Arc<Plan> {
    let prompt = |name: &str, text: &str, inputs: &[&str]| {
        let inputs: Vec<Value> =
            inputs.iter().map(|i| json!({"name": i, "type": "String", "expression": "$.data"})).collect();
        json!({"name": name, "type": "Prompt", "inputs": inputs,
            "outputs": [{"name": "modelCompletion", "type": "String"}],
            "configuration": {"prompt": {"sourceConfiguration": {"inline": {"modelId": "m", "templateType": "TEXT",
                "templateConfiguration": {"text": {"text": text}}}}}}})
    };
    let data = |name: &str, source: &str, from: &str, target: &str, to: &str| {
        json!({"name": name, "type": "Data", "source": source, "target": target,
            "configuration": {"data": {"sourceOutput": from, "targetInput": to}}})
    };
    let definition: Definition = serde_json::from_value(json!({
        "nodes": [
            {"name": "Start", "type": "Input", "outputs": [{"name": "document", "type": "String"}]},
            prompt("Left", "l {{aa}}", &["aa"]), prompt("Right", "r {{aa}}", &["aa"]),
            prompt("Join", "{{ll}}+{{rr}}", &["ll", "rr"]),
            {"name": "Out", "type": "Output", "inputs": [{"name": "document", "type": "String", "expression": "$.data"}]}],
        "connections": [data("c1", "Start", "document", "Left", "aa"), data("c2", "Start", "document", "Right", "aa"),
            data("c3", "Left", "modelCompletion", "Join", "ll"), data("c4", "Right", "modelCompletion", "Join", "rr"),
            data("c5", "Join", "modelCompletion", "Out", "document")]}))
    .expect("a definition");
    Arc::new(Plan::new(&definition, extensions).expect("a plan"))
}

/// The same with these nodes disabled.
fn without(disabled: &[&str]) -> Arc<Plan> {
    let mut extensions = Extensions::default();
    for node in disabled {
        extensions.node_mut(node).disabled = true;
    }
    diamond_with(&extensions)
}

#[test]
fn independent_branches_are_in_flight_together() {
    let mut run = Run::new(diamond(), json!("x")).expect("an input");
    assert!(matches!(run.next(), Next::Start(task) if task.node == "Left"));
    assert!(matches!(run.next(), Next::Start(task) if task.node == "Right"));
    assert_eq!(run.next(), Next::Wait);
}

#[test]
fn the_order_of_completion_changes_nothing() {
    let script = |_: &str, chat: &Chat| Ok(answer(&format!("[{}]", chat.messages[0].text)));
    let first = drive(diamond(), json!("x"), script, |_| 0);
    let last = drive(diamond(), json!("x"), script, |count| count - 1);
    assert_eq!(first.1, last.1);
    assert_eq!(first.1[0].value, json!("[[l x]+[r x]]"));
}

#[test]
fn a_disabled_node_is_skipped_and_so_is_what_needs_it() {
    let script = |node: &str, _: &Chat| {
        assert_ne!(node, "Right", "it does not run");
        Ok(answer("x"))
    };
    let (status, outputs, events) = drive(without(&["Right"]), json!("x"), script, |_| 0);
    assert_eq!((status, outputs.len()), (Status::Succeeded, 0));
    let names = names(&events);
    for line in ["completed Left", "skipped Right", "skipped Join", "skipped Out"] {
        assert_eq!(names.iter().filter(|name| *name == line).count(), 1, "{line} in {names:?}");
    }
    let (_, outputs, _) = drive(without(&["Start"]), json!("x"), |_, _| Ok(answer("x")), |_| 0);
    assert_eq!(outputs.len(), 1, "a run does not go without its beginning");
}

#[test]
fn what_is_given_of_a_disabled_node_counts() {
    let given = BTreeMap::from([(
        "Right".to_owned(),
        Given::Outputs(BTreeMap::from([("modelCompletion".to_owned(), json!("r"))])),
    )]);
    let part = Part { given, ..Part::default() };
    let mut run = Run::part(without(&["Right"]), json!("x"), part).expect("a part");
    let mut asked = Vec::new();
    while let Next::Start(task) = run.next() {
        asked.push(task.node.clone());
        run.complete(task.id, answer("x"));
    }
    assert_eq!(asked, ["Left", "Join"]);
    assert_eq!(run.outputs().len(), 1);
}

#[test]
fn nothing_happens_after_a_stop() {
    let mut run = Run::new(diamond(), json!("x")).expect("an input");
    let Next::Start(task) = run.next() else { panic!("a task") };
    run.stop(Status::Aborted, None);
    run.events();
    run.complete(task.id, answer("late"));
    run.delta(task.id, "late".to_owned());
    assert_eq!(run.next(), Next::Ended(Status::Aborted));
    assert!(run.events().is_empty());
}
