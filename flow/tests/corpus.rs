//! Real flows: each reads back equal, is found what was expected of it, and comes to the outputs that were worked out by
//! hand before it ever ran here.
//!
//! `corpus/own` holds realistic flows of ours, with what no public flow has; `corpus/own.json` and `corpus/aws.json` say
//! what is expected of them and of the public ones, which are read where the folder `shared/bedrock/corpus` stands beside
//! the repository. An answer to a node in an item or round stands in lists, by the index of each. A prompt from prompt
//! management is given the text that stands in `prompts`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod mutate;
mod support;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use flow::check::{Field as Part, Problem, check};
use flow::definition::Definition;
use flow::event::{Body, Field, Link, Status};
use flow::extensions::Extensions;
use flow::run::{Task, Work};
use serde_json::{Map, Value, json};
use support::{Ended, drive, plan};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus")
}

fn read(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The definitions of a folder by the stems of their files, in order.
fn definitions(folder: &Path) -> Vec<(String, Value)> {
    let Ok(files) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut found: Vec<(String, Value)> = files
        .map(|file| file.unwrap().path())
        .map(|path| (path.file_stem().unwrap().to_str().unwrap().to_owned(), read(&path)))
        .collect();
    found.sort_by(|(one, _), (other, _)| one.cmp(other));
    found
}

#[test]
fn our_own_flows_come_to_what_was_worked_out() {
    let expected = read(&folder().join("own.json"));
    let flows = definitions(&folder().join("own"));
    assert_eq!(flows.len(), expected.as_object().unwrap().len());
    for (name, flow) in flows {
        hold(&name, &flow["definition"], &flow["extensions"], &expected[&name]);
    }
}

#[test]
fn public_flows_come_to_what_was_worked_out() {
    let expected = read(&folder().join("aws.json"));
    let flows = definitions(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/bedrock/corpus"));
    if flows.is_empty() {
        println!("The public flows are not beside the repository, so nothing was compared.");
        return;
    }
    for (name, definition) in flows {
        hold(&name, &definition, &json!({}), &expected[&name]);
    }
}

#[test]
fn every_small_fault_is_found_where_it_is() {
    let mut flows: Vec<(String, Value, Value)> = definitions(&folder().join("own"))
        .into_iter()
        .map(|(name, flow)| (name, flow["definition"].clone(), flow["extensions"].clone()))
        .collect();
    let public = definitions(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/bedrock/corpus"));
    flows.extend(public.into_iter().map(|(name, definition)| (name, definition, json!({}))));
    let (mut count, mut missed) = (0, Vec::new());
    for (name, definition, extensions) in flows {
        let before: BTreeSet<String> = places(&definition, &extensions);
        for fault in mutate::faults(&definition) {
            count += 1;
            let found = places(&fault.definition, &extensions);
            let new: BTreeSet<&String> = found.difference(&before).collect();
            if !fault.found.iter().any(|place| new.contains(place)) {
                missed.push(format!("{name}: {}: none of {:?} is in {new:?}", fault.what, fault.found));
            }
        }
    }
    assert!(count > 1000, "only {count} faults were made");
    assert!(missed.is_empty(), "{} of {count} were missed:\n{}", missed.len(), missed.join("\n"));
}

/// `MissingNodeInput Loop/Node Input(name)`, for each finding of any severity.
fn places(definition: &Value, extensions: &Value) -> BTreeSet<String> {
    let definition: Definition = serde_json::from_value(definition.clone()).unwrap();
    let extensions: Extensions = serde_json::from_value(extensions.clone()).unwrap();
    let place = |p: Problem| {
        let field = match p.field {
            Some(Part::Input(name)) => format!("Input({name})"),
            Some(Part::Output(name)) => format!("Output({name})"),
            Some(Part::Condition(name)) => format!("Condition({name})"),
            Some(other) => format!("{other:?}"),
            None => String::new(),
        };
        format!("{:?} {} {field}", p.kind, p.node.or(p.connection).unwrap_or_default())
    };
    check(&definition, &extensions).problems.into_iter().map(place).collect()
}

fn hold(name: &str, definition: &Value, extensions: &Value, expected: &Value) {
    assert!(expected.is_object(), "nothing is expected of {name}");
    let parsed: Definition = serde_json::from_value(definition.clone()).unwrap();
    let ours: Extensions = serde_json::from_value(extensions.clone()).unwrap();
    assert_eq!(serde_json::to_value(&parsed).unwrap(), *definition, "{name}");
    assert_eq!(serde_json::to_value(&ours).unwrap(), *extensions, "{name}");
    let report = check(&parsed, &ours);
    assert_eq!(json!(lines(&report.problems)), expected["findings"], "{name}: {:#?}", report.problems);
    let portability = expected.get("portability").cloned().unwrap_or(json!([]));
    assert_eq!(json!(lines(&report.portability)), portability, "{name}: {:#?}", report.portability);
    let whole = with_prompts(definition, &expected["prompts"]);
    for run in expected["runs"].as_array().unwrap() {
        hold_run(name, &whole, extensions, run);
    }
}

/// `Error MissingNodeInput Node`, in order.
fn lines(problems: &[Problem]) -> Vec<String> {
    let place = |p: &Problem| p.node.clone().or_else(|| p.connection.clone()).unwrap_or_default();
    let mut lines: Vec<String> =
        problems.iter().map(|p| format!("{:?} {:?} {}", p.severity, p.kind, place(p))).collect();
    lines.sort();
    lines
}

/// Puts the texts of prompts in, which prompt management would have.
fn with_prompts(definition: &Value, prompts: &Value) -> Value {
    let mut whole = definition.clone();
    for node in whole["nodes"].as_array_mut().unwrap() {
        let name = node["name"].as_str().unwrap().to_owned();
        if let Some(text) = prompts.get(&name) {
            node["configuration"]["prompt"]["sourceConfiguration"] = json!({"inline": {"modelId": "m",
                "templateType": "TEXT", "templateConfiguration": {"text": {"text": text}}}});
        }
    }
    whole
}

fn hold_run(name: &str, definition: &Value, extensions: &Value, run: &Value) {
    let place = format!("{name} with {}", run["input"]);
    let order: Vec<&str> =
        run["order"].as_array().into_iter().flatten().map(|node| node.as_str().unwrap()).collect();
    let ways: &[bool] = if order.is_empty() { &[false, true] } else { &[false] };
    for last in ways {
        let pick = |tasks: &[Task]| {
            let place = |name: &&str| tasks.iter().position(|task| task.node == *name);
            order.iter().find_map(place).unwrap_or(if *last { tasks.len() - 1 } else { 0 })
        };
        let answer = |task: &Task| {
            asked(task, &run["asks"], &place);
            Ok(at(&run["answers"][&task.node], &task.chain)
                .filter(|answer| !answer.is_null())
                .unwrap_or_else(|| panic!("{place}: nothing is said of {} {:?}", task.node, task.chain))
                .clone())
        };
        let plan = plan(definition, extensions);
        let ended = drive(&plan, run["input"].clone(), pick, answer);
        compare(&ended, definition, run, &place);
    }
}

/// The prompt's text, where one is expected.
fn asked(task: &Task, asks: &Value, place: &str) {
    let (Some(expected), Work::Chat(chat)) = (asks.get(&task.node), &task.work) else { return };
    let text = at(expected, &task.chain).unwrap_or(&Value::Null);
    assert_eq!(json!(chat.messages[0].text), *text, "{place}: {}", task.node);
}

/// What is said of a node in an item or round.
fn at<'a>(said: &'a Value, chain: &[Link]) -> Option<&'a Value> {
    chain.iter().try_fold(said, |said, link| said.get(index(link)))
}

fn index(link: &Link) -> usize {
    match link {
        Link::Iterator { index, .. } | Link::Loop { index, .. } => *index,
    }
}

fn compare(ended: &Ended, definition: &Value, run: &Value, place: &str) {
    let failed = ended.error.as_ref().and_then(|error| error.node.as_deref());
    assert_eq!(json!(failed), run.get("fails").cloned().unwrap_or(Value::Null), "{place}: {:?}", ended.error);
    let status = if failed.is_some() { Status::Failed } else { Status::Succeeded };
    assert_eq!(ended.status, status, "{place}");
    let mut outputs: Vec<Value> = Vec::new();
    let (mut ran, mut skipped) = (BTreeSet::new(), Vec::new());
    let mut given: Vec<(String, Vec<Link>, Value)> = Vec::new();
    for event in &ended.events {
        match event {
            Body::Output { node, value, .. } => outputs.push(json!({ node: value })),
            Body::NodeCompleted { node, .. } => drop(ran.insert(node.clone())),
            Body::NodeSkipped { node, chain } => {
                let indices: String = chain.iter().map(|link| format!("[{}]", index(link))).collect();
                skipped.push(format!("{node}{indices}"));
            }
            Body::NodeStarted { node, inputs, chain } => {
                given.push((node.clone(), chain.clone(), values(inputs)))
            }
            _ => {}
        }
    }
    let sorted = |list: &Value| {
        let mut items: Vec<String> = list.as_array().into_iter().flatten().map(Value::to_string).collect();
        items.sort();
        items
    };
    assert_eq!(sorted(&json!(outputs)), sorted(&run["outputs"]), "{place}");
    assert_eq!(sorted(&json!(skipped)), sorted(&run["skipped"]), "{place}");
    let idle: BTreeSet<String> = names(definition).difference(&ran).cloned().collect();
    assert_eq!(sorted(&json!(idle)), sorted(&run["notRun"]), "{place}");
    for (node, chain, values) in given {
        if let Some(expected) = run["given"].get(&node) {
            assert_eq!(Some(&values), at(expected, &chain), "{place}: {node} {chain:?}");
        }
    }
    for node in run["given"].as_object().into_iter().flat_map(Map::keys) {
        assert!(ran.contains(node), "{place}: {node} did not run");
    }
}

fn values(inputs: &[Field]) -> Value {
    inputs.iter().map(|field| (field.name.clone(), field.value.clone())).collect::<Map<_, _>>().into()
}

/// The names of all nodes, those inside loops among them.
fn names(definition: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for node in definition["nodes"].as_array().unwrap() {
        found.insert(node["name"].as_str().unwrap().to_owned());
        let body = &node["configuration"]["loop"]["definition"];
        if body.is_object() {
            found.extend(names(body));
        }
    }
    found
}
