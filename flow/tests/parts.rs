//! Parts of flows: what runs, what is given, and that both together come to what the whole came to.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::collections::BTreeMap;
use std::sync::Arc;

use flow::event::{Body, Event, Status};
use flow::part::{Given, Part};
use flow::plan::Plan;
use flow::run::Run;
use flow::trace::{State, Trace};
use serde_json::{Value, json};
use support::{Ended, condition, drive, drive_on, echo, flow, input, output, plan, prompt, summarise};

/// A Condition whose branches do not meet again.
fn branches() -> Arc<Plan> {
    let definition = flow(
        vec![
            input("String"),
            prompt("Tone", &["text"]),
            condition("Route", "String", &[("angry", "value == \"Tone: angry\"")]),
            prompt("Calm", &["text"]),
            prompt("Plain", &["text"]),
            output("Soft", "String"),
            output("Hard", "String"),
        ],
        &[
            "Start.document > Tone.text",
            "Tone.modelCompletion > Route.value",
            "Start.document > Calm.text",
            "Start.document > Plain.text",
            "Route?angry > Calm",
            "Route?default > Plain",
            "Calm.modelCompletion > Soft.document",
            "Plain.modelCompletion > Hard.document",
        ],
    );
    plan(&definition, &json!({}))
}

fn items() -> Arc<Plan> {
    plan(&summarise(), &json!({}))
}

fn whole(plan: &Arc<Plan>, input: Value) -> Ended {
    drive(plan, input, |_| 0, echo)
}

fn part(plan: &Arc<Plan>, input: Value, part: Part) -> Ended {
    drive_on(Run::part(Arc::clone(plan), input, part).unwrap(), |_| 0, echo)
}

fn trace(ended: &Ended) -> Trace {
    let events: Vec<Event> = (1..)
        .zip(&ended.events)
        .map(|(seq, body)| Event { seq, at: 0, elapsed: seq, body: body.clone() })
        .collect();
    Trace::of(&events)
}

/// What the nodes of a run gave, to be given to another: of the flow's own nodes that are no Iterator.
fn given(ended: &Ended) -> BTreeMap<String, Given> {
    let rows = trace(ended).rows;
    rows.into_iter()
        .filter(|row| row.chain.is_empty() && row.node != "Each" && row.node != "Sum")
        .filter_map(|row| {
            let outputs = row.outputs.into_iter().map(|field| (field.name, field.value)).collect();
            let given = match (row.state, row.branch) {
                (State::Skipped, _) => Given::Skipped,
                (State::Ok, Some(branch)) => Given::Branch(branch),
                (State::Ok, None) => Given::Outputs(outputs),
                _ => return None,
            };
            Some((row.node, given))
        })
        .collect()
}

fn from(node: &str, following: bool, given: BTreeMap<String, Given>) -> Part {
    Part { node: Some(node.to_owned()), following, given }
}

fn ran(ended: &Ended) -> Vec<String> {
    let started = ended.events.iter().filter_map(|event| match event {
        Body::NodeStarted { node, .. } => Some(node.clone()),
        _ => None,
    });
    started.collect()
}

#[test]
fn one_node_runs_on_what_is_given() {
    let plan = branches();
    let first = whole(&plan, json!("angry"));
    let again = part(&plan, json!("angry"), from("Tone", false, given(&first)));
    assert_eq!((again.status, ran(&again)), (Status::Succeeded, vec!["Tone".to_owned()]));
    let lines: Vec<(String, State)> =
        trace(&again).rows.into_iter().map(|row| (row.node, row.state)).collect();
    assert_eq!(lines, [("Start".to_owned(), State::Given), ("Tone".to_owned(), State::Ok)]);

    // Other data than the run had, at the place of its source.
    let other = Given::Outputs([("document".to_owned(), json!("neutral"))].into());
    let edited = part(&plan, Value::Null, from("Tone", false, [("Start".to_owned(), other)].into()));
    assert_eq!(trace(&edited).delivered("Tone", "modelCompletion"), Some(json!("Tone: neutral")));
}

#[test]
fn what_is_not_given_and_needed_runs_first() {
    let again = part(&branches(), json!("angry"), from("Calm", false, BTreeMap::new()));
    assert_eq!(ran(&again), ["Start", "Tone", "Route", "Calm"]);
    // A branch that was not taken does not become taken by asking for it.
    let skipped = part(&branches(), json!("neutral"), from("Calm", false, BTreeMap::new()));
    assert_eq!(trace(&skipped).node("Calm").unwrap().state, State::Skipped);
}

#[test]
fn from_any_node_it_comes_to_what_the_whole_came_to() {
    for (plan, input, nodes) in [
        (branches(), json!("angry"), vec!["Start", "Tone", "Route", "Calm", "Soft"]),
        (branches(), json!("so so"), vec!["Start", "Tone", "Route", "Plain", "Hard"]),
        (items(), json!(["a", "b"]), vec!["Start", "Each", "All", "Out"]),
    ] {
        let first = whole(&plan, input.clone());
        for node in nodes {
            let again = part(&plan, input.clone(), from(node, true, before(&first, node)));
            assert_eq!((again.status, &again.outputs), (Status::Succeeded, &first.outputs), "from {node}");
            assert!(ran(&again).contains(&node.to_owned()), "{node} runs itself");
        }
    }
}

/// What ended before a node began, as far as it can be given.
fn before(ended: &Ended, node: &str) -> BTreeMap<String, Given> {
    let began = ended
        .events
        .iter()
        .position(|event| matches!(event, Body::NodeStarted { node: own, .. } if own == node));
    let events = ended.events[..began.unwrap()].to_vec();
    given(&Ended { events, status: ended.status, outputs: Vec::new(), error: None })
}

#[test]
fn the_whole_flow_runs_round_what_is_pinned() {
    let pinned = Given::Outputs([("modelCompletion".to_owned(), json!("Tone: angry"))].into());
    let pins = Part { given: [("Tone".to_owned(), pinned)].into(), ..Part::default() };
    let ended = part(&branches(), json!("calm"), pins);
    assert_eq!(ended.outputs, ["Soft = \"Calm: calm\""]);
    assert!(!ran(&ended).contains(&"Tone".to_owned()));

    // What only a given node needs is not run either: here it would be the Iterator and its items.
    let gathered = Given::Outputs([("collectedArray".to_owned(), json!(["x"]))].into());
    let pins = Part { given: [("All".to_owned(), gathered)].into(), ..Part::default() };
    let ended = part(&items(), json!(["a", "b"]), pins);
    assert_eq!((ran(&ended), ended.outputs), (vec!["Out".to_owned()], vec!["Out = [\"x\"]".to_owned()]));
}

#[test]
fn a_given_that_does_not_fit_is_refused_with_its_name() {
    let outputs = |name: &str, value: Value| Given::Outputs([(name.to_owned(), value)].into());
    let check = |plan: Arc<Plan>, node: Option<&str>, name: &str, given: Given, words: &str| {
        let part = Part {
            node: node.map(str::to_owned),
            following: false,
            given: [(name.to_owned(), given)].into(),
        };
        let error = Run::part(plan, json!("x"), part).unwrap_err();
        assert!(error.message.contains(words), "{}", error.message);
    };
    check(branches(), None, "Nobody", Given::Skipped, "no node Nobody");
    check(branches(), Some("Nobody"), "Tone", Given::Skipped, "no node Nobody");
    check(branches(), None, "Tone", outputs("modelCompletion", json!(3)), "modelCompletion of Tone");
    check(branches(), None, "Tone", outputs("other", json!("x")), "no output other");
    check(branches(), None, "Tone", Given::Outputs(BTreeMap::new()), "is missing");
    check(branches(), None, "Tone", Given::Branch("angry".into()), "no Condition");
    check(branches(), None, "Route", Given::Branch("sad".into()), "no branch sad");
    check(branches(), None, "Route", outputs("x", json!(1)), "Give the branch");
    check(items(), None, "Sum", Given::Skipped, "once for each item");
    check(items(), None, "Each", Given::Skipped, "goes through items");
    let wrong = Run::part(branches(), json!(3), Part::default()).unwrap_err();
    assert!(wrong.message.contains("Start takes a String"), "{}", wrong.message);
}

#[test]
fn a_part_is_written_as_it_is_read() {
    let text = r#"{"node":"B","following":true,"given":{"A":{"outputs":{"x":1}},"C":{"branch":"yes"},"D":"skipped"}}"#;
    let read: Part = serde_json::from_str(text).unwrap();
    assert_eq!(serde_json::to_string(&read).unwrap(), text);
}
