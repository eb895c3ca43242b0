//! What holds of every run, whatever its flow, its answers, their order and how it ends.
//!
//! `ANABRANCH_CASES=100000 cargo test -p flow --test laws` runs longer; see `support/chance.rs`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "support/chance.rs"]
mod chance;
#[path = "reference/make.rs"]
mod make;
mod mutate;
mod support;

use std::collections::HashMap;
use std::sync::Arc;

use flow::check::check;
use flow::definition::Definition;
use flow::event::{Body, Event, Failure, FailureCode, Link, Status};
use flow::extensions::Extensions;
use flow::plan::Plan;
use flow::run::{Completion, MOST_STEPS, Next, Run, Task, Work};
use flow::trace::{State, Trace};
use proptest::prelude::*;
use serde_json::{Value, json};

/// What becomes of the tasks: mostly an answer, sometimes what ends the run.
struct Fate<'a>(std::iter::Cycle<std::slice::Iter<'a, u8>>);

impl Fate<'_> {
    fn next(&mut self) -> usize {
        usize::from(*self.0.next().unwrap())
    }

    /// The answer to a task: of 64, one fails and one is of the wrong type.
    fn answer(&mut self, task: &Task) -> Result<Value, Failure> {
        let Work::Chat(chat) = &task.work else { panic!("a chat") };
        match self.next() % 64 {
            0 => Err(Failure { code: FailureCode::DependencyFailed, message: "No answer.".to_owned() }),
            1 => Ok(json!(7)),
            _ => Ok(json!(chat.messages[0].text)),
        }
    }
}

/// A run with all that it told, as a server would store it.
struct Told {
    run: Run,
    trace: Trace,
    bodies: Vec<Body>,
}

impl Told {
    fn new(plan: &Arc<Plan>, input: Value) -> Self {
        let run = Run::new(Arc::clone(plan), input).unwrap();
        let mut told = Self { run, trace: Trace::default(), bodies: Vec::new() };
        told.listen();
        told
    }

    /// Takes the events, and compares what they tell with how the run stands: a reader of events alone knows it all.
    fn listen(&mut self) {
        for body in self.run.events() {
            let seq = self.bodies.len() as u64 + 1;
            // As it is stored and sent.
            let written =
                serde_json::to_string(&Event { seq, at: 0, elapsed: seq, body: body.clone() }).unwrap();
            self.trace.fold(&serde_json::from_str(&written).unwrap());
            self.bodies.push(body);
        }
        let rows: HashMap<(&str, &[Link]), State> = self
            .trace
            .rows
            .iter()
            .map(|row| ((row.node.as_str(), row.chain.as_slice()), row.state))
            .collect();
        let states = self.run.states();
        for (node, chain, state) in &states {
            assert_eq!(rows.get(&(node.as_str(), chain.as_slice())), Some(state), "{node} {chain:?}");
        }
        // Nodes inside what is never entered are told of as skipped, and no frame has them.
        let unknown = rows.len() - states.len();
        let skipped = rows.values().filter(|state| **state == State::Skipped).count();
        assert!(unknown <= skipped, "{unknown} rows are of nothing that the run knows");
        assert_eq!(self.trace.outputs, self.run.outputs());
        assert_eq!(self.trace.error.as_ref(), self.run.error());
    }
}

/// Runs to an end of one kind or another, and holds every law on the way.
fn hold(plan: &Arc<Plan>, input: Value, fate: &[u8]) -> Status {
    let mut fate = Fate(fate.iter().cycle());
    let mut told = Told::new(plan, input);
    let mut under_way: Vec<Task> = Vec::new();
    let mut last: Option<Task> = None;
    let status = loop {
        match told.run.next() {
            Next::Start(task) => under_way.push(task),
            Next::Wait => {
                told.listen();
                let task = under_way.remove(fate.next() % under_way.len());
                if fate.next() % 31 == 0 {
                    told.run.stop(Status::Aborted, None);
                    continue;
                }
                match fate.answer(&task) {
                    Ok(value) => told.run.complete(task.id, Completion { value, model: None }),
                    Err(failure) => told.run.fail(task.id, failure),
                }
                last = Some(task);
            }
            Next::Ended(status) => break status,
        }
    };
    told.listen();
    ends(&told.bodies, status);
    assert_eq!(told.trace.status, Some(status));
    // After the end nothing more happens, whatever is reported.
    for task in under_way.iter().chain(&last) {
        told.run.complete(task.id, Completion { value: json!("late"), model: None });
        told.run.fail(task.id, Failure { code: FailureCode::TimedOut, message: String::new() });
        told.run.delta(task.id, "late".to_owned());
    }
    told.run.stop(Status::Interrupted, None);
    assert_eq!(told.run.next(), Next::Ended(status));
    assert_eq!(told.run.events(), []);
    status
}

/// Every node ends once and after it began; a run that succeeds leaves none without an end, one that fails has one node
/// that failed, and the end is told last and once.
fn ends(bodies: &[Body], status: Status) {
    let (mut begun, mut ended): (HashMap<_, usize>, HashMap<_, usize>) = (HashMap::new(), HashMap::new());
    let mut failed = 0;
    for body in bodies {
        match body {
            Body::NodeStarted { node, chain, .. } => {
                *begun.entry((node, chain)).or_default() += 1;
                assert!(!ended.contains_key(&(node, chain)), "{node} began after its end");
            }
            Body::NodeCompleted { node, chain, .. } | Body::NodeFailed { node, chain, .. } => {
                failed += usize::from(matches!(body, Body::NodeFailed { .. }));
                *ended.entry((node, chain)).or_default() += 1;
            }
            Body::NodeSkipped { node, chain } => {
                assert!(!begun.contains_key(&(node, chain)), "{node} began and was skipped");
                *ended.entry((node, chain)).or_default() += 1;
            }
            _ => {}
        }
    }
    assert!(begun.values().chain(ended.values()).all(|count| *count == 1), "{begun:?} {ended:?}");
    assert!(begun.len() <= MOST_STEPS + 1);
    match status {
        Status::Succeeded => {
            assert_eq!(failed, 0);
            assert!(begun.keys().all(|key| ended.contains_key(key)));
        }
        Status::Failed => assert_eq!(failed, 1),
        _ => assert_eq!((failed, status), (0, Status::Aborted)),
    }
    let is_end = |body: &&Body| matches!(body, Body::ExecutionEnded { .. });
    assert_eq!(bodies.iter().filter(is_end).count(), 1);
    assert!(is_end(&bodies.last().unwrap()));
    assert!(matches!(bodies[0], Body::ExecutionStarted { .. }));
}

proptest! {
    #![proptest_config(chance::config("laws"))]

    #[test]
    fn every_run_keeps_the_laws(
        choices in prop::collection::vec(any::<u16>(), 160),
        fate in prop::collection::vec(any::<u8>(), 61),
        changes in prop::collection::vec(any::<u16>(), 8),
    ) {
        let made = make::flow(&choices);
        // Half of the flows are changed where nobody meant it; what `check` still passes runs, and ends.
        let definition = if changes[0] % 2 == 0 { made.definition } else { mutate::gently(made.definition, &changes[2..]) };
        let Ok(definition) = serde_json::from_value::<Definition>(definition) else { return Ok(()) };
        let extensions: Extensions = serde_json::from_value(made.extensions).unwrap();
        prop_assume!(check(&definition, &extensions).can_run());
        let plan = Arc::new(Plan::new(&definition, &extensions).expect("what check passes can be planned"));
        if plan.input_type().accepts(&made.input) {
            hold(&plan, made.input, &fate);
        }
    }
}

#[test]
fn runs_end_in_every_way() {
    let (mut ways, mut changed): (HashMap<Status, usize>, usize) = (HashMap::new(), 0);
    for seed in 0..600_u64 {
        let mut state = seed + 1;
        let mut number = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            state >> 48
        };
        let made = make::flow(&(0..160).map(|_| number() as u16).collect::<Vec<_>>());
        let fate: Vec<u8> = (0..61).map(|_| number() as u8).collect();
        let changes: Vec<u16> = (0..8).map(|_| number() as u16).collect();
        let extensions: Extensions = serde_json::from_value(made.extensions).unwrap();
        let other = mutate::gently(made.definition.clone(), &changes[2..]);
        let other =
            serde_json::from_value::<Definition>(other).ok().map(|other| Plan::new(&other, &extensions));
        changed += usize::from(matches!(other, Some(Ok(_))));
        let definition: Definition = serde_json::from_value(made.definition).unwrap();
        if let Ok(plan) = Plan::new(&definition, &extensions) {
            *ways.entry(hold(&Arc::new(plan), made.input, &fate)).or_default() += 1;
        }
    }
    for status in [Status::Succeeded, Status::Failed, Status::Aborted] {
        assert!(ways.get(&status).is_some_and(|count| *count > 20), "{status:?}: {ways:?}");
    }
    assert!(changed > 30, "only {changed} of 600 changed flows can run");
}
