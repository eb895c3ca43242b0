//! The engine against a second, naive interpreter that shares no code with it, on flows made by chance.
//!
//! `ANABRANCH_CASES=100000 cargo test -p flow --test reference` runs longer; see `support/chance.rs`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "support/chance.rs"]
mod chance;
#[path = "reference/interpret.rs"]
mod interpret;
#[path = "reference/make.rs"]
mod make;
mod support;

use std::collections::BTreeMap;
use std::sync::Arc;

use flow::check::check;
use flow::definition::Definition;
use flow::event::{Body, Link, Status};
use flow::extensions::Extensions;
use flow::plan::Plan;
use flow::run::{Completion, Next, Run, Task, Work};
use interpret::Arrivals;
use proptest::prelude::*;
use serde_json::{Value, json};

/// How often each thing happened.
type Count = BTreeMap<String, usize>;

#[derive(Debug, PartialEq)]
struct Result {
    outputs: Count,
    ends: Count,
}

impl Result {
    fn of((outputs, ends): (Vec<String>, Vec<String>)) -> Self {
        Self { outputs: counted(outputs), ends: counted(ends) }
    }
}

fn place(chain: &[Link]) -> String {
    let link = |link: &Link| match link {
        Link::Iterator { node, index } | Link::Loop { node, index } => format!("/{node}[{index}]"),
    };
    chain.iter().map(link).collect()
}

fn add(count: &mut Count, what: String) {
    *count.entry(what).or_default() += 1;
}

/// Runs the engine; `pick` says which of the tasks under way ends next.
fn engine(plan: &Arc<Plan>, input: Value, mut pick: impl FnMut(usize) -> usize) -> (Result, Arrivals) {
    let mut run = Run::new(Arc::clone(plan), input).unwrap();
    let (mut under_way, mut events): (Vec<Task>, Vec<Body>) = (Vec::new(), Vec::new());
    loop {
        match run.next() {
            Next::Start(task) => under_way.push(task),
            Next::Wait => {
                let task = under_way.remove(pick(under_way.len()));
                let Work::Chat(chat) = task.work else { panic!("a chat") };
                run.complete(task.id, Completion { value: json!(chat.messages[0].text), model: None });
            }
            Next::Ended(status) => {
                assert_eq!(status, Status::Succeeded, "{:?}", run.error());
                break;
            }
        }
        events.extend(run.events());
    }
    events.extend(run.events());
    let mut result = Result { outputs: Count::new(), ends: Count::new() };
    let mut arrivals = Arrivals::new();
    for (at, event) in events.into_iter().enumerate() {
        match event {
            Body::NodeStarted { node, chain, .. } => {
                arrivals.insert(format!("began {}/{node}", place(&chain)), at);
            }
            Body::Output { node, value, chain } => {
                add(&mut result.outputs, format!("{}/{node} = {value}", place(&chain)));
            }
            Body::NodeCompleted { node, chain, .. } => {
                arrivals.insert(format!("{}/{node}", place(&chain)), at);
                add(&mut result.ends, format!("completed {}/{node}", place(&chain)));
            }
            Body::NodeSkipped { node, chain } => {
                add(&mut result.ends, format!("skipped {}/{node}", place(&chain)));
            }
            _ => {}
        }
    }
    (result, arrivals)
}

proptest! {
    #![proptest_config(chance::config("reference"))]

    #[test]
    fn the_engine_does_what_the_reference_says(choices in prop::collection::vec(any::<u16>(), 160)) {
        let made = make::flow(&choices);
        let definition: Definition = serde_json::from_value(made.definition.clone()).unwrap();
        let extensions: Extensions = serde_json::from_value(made.extensions.clone()).unwrap();
        prop_assert_eq!(serde_json::to_value(&extensions).unwrap(), tidy(made.extensions.clone()));
        let report = check(&definition, &extensions);
        prop_assume!(report.can_run());
        prop_assert_eq!(serde_json::to_value(&definition).unwrap(), made.definition.clone());

        let plan = Arc::new(Plan::new(&definition, &extensions).unwrap());
        let races = races(&made.extensions);
        let mut first = None;
        for way in 0..3_usize {
            let mut turn = way;
            let (found, arrivals) = engine(&plan, made.input.clone(), |count| {
                turn = turn.wrapping_mul(31).wrapping_add(way + 7);
                match way { 0 => 0, 1 => count - 1, _ => turn % count }
            });
            let expected = interpret::run(&made.definition, &made.extensions, &made.input, &arrivals);
            let place = format!("way {way} of {:#} {:#}", made.definition, made.extensions);
            prop_assert_eq!(&found, &Result::of(expected), "{}", place);
            if !races {
                prop_assert_eq!(&found, first.get_or_insert_with(|| Result::of(
                    interpret::run(&made.definition, &made.extensions, &made.input, &arrivals))), "{}", place);
            }
        }
    }
}

/// Whether an input takes what arrives first, so that the outputs follow from the order in which nodes end.
fn races(extensions: &Value) -> bool {
    let nodes = extensions["nodes"].as_object().unwrap().values();
    nodes
        .filter_map(|node| node["joins"].as_object())
        .flat_map(|joins| joins.values())
        .any(|join| join != "all")
}

/// An empty list of nodes is not written.
fn tidy(mut extensions: Value) -> Value {
    if extensions["nodes"].as_object().unwrap().is_empty() {
        extensions = json!({});
    }
    extensions
}

fn counted(things: Vec<String>) -> Count {
    let mut count = Count::new();
    things.into_iter().for_each(|thing| add(&mut count, thing));
    count
}

#[test]
fn most_flows_that_are_made_can_run_and_have_everything_in_them() {
    let (mut runs, mut kinds) = (0, BTreeMap::<String, usize>::new());
    for seed in 0..2000_u32 {
        let mut state = u64::from(seed) + 1;
        let choices: Vec<u16> = (0..160)
            .map(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (state >> 48) as u16
            })
            .collect();
        let made = make::flow(&choices);
        let definition: Definition = serde_json::from_value(made.definition).unwrap();
        let extensions: Extensions = serde_json::from_value(made.extensions).unwrap();
        if check(&definition, &extensions).can_run() {
            runs += 1;
            for join in extensions.nodes.values().flat_map(|node| node.joins.values()) {
                *kinds.entry(join.label()).or_default() += 1;
            }
            for node in &definition.nodes {
                *kinds.entry(format!("{:?}", node.kind)).or_default() += 1;
            }
        }
    }
    assert!(runs > 1200, "{runs} of 2000 can run");
    let joins = ["any", "all", "first 1", "first 2"];
    let nodes = ["Input", "Output", "Prompt", "Condition", "Iterator", "Collector", "Loop"];
    for kind in nodes.into_iter().chain(joins) {
        assert!(kinds.get(kind).is_some_and(|count| *count > 80), "{kind}: {kinds:?}");
    }
}
