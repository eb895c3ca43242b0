//! Questions: a run that asks, waits and goes on, in memory or rebuilt from its events.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::sync::Arc;

use flow::definition::Definition;
use flow::event::{Body, Status};
use flow::extensions::Extensions;
use flow::plan::Plan;
use flow::run::{Completion, Next, Run, Task, Work};
use serde_json::{Value, json};
use support::{collector, flow, input, iterator, node, output, prompt};

fn agent(name: &str) -> Value {
    let arn = "arn:aws:bedrock:us-east-1:123456789012:agent-alias/AGENT12345/ALIAS12345";
    let configuration = json!({"agent": {"agentAliasArn": arn}});
    node(
        name,
        "Agent",
        configuration,
        &[("agentInputText", "String", "$.data")],
        &[("agentResponse", "String")],
    )
}

fn plan(definition: Value, extensions: Value) -> Arc<Plan> {
    let definition: Definition = serde_json::from_value(definition).unwrap();
    let extensions: Extensions = serde_json::from_value(extensions).unwrap();
    Arc::new(Plan::new(&definition, &extensions).unwrap_or_else(|report| panic!("{:#?}", report.problems)))
}

/// Two agents side by side, each behind a prompt; a third prompt needs both.
fn beside() -> Arc<Plan> {
    let nodes = vec![
        input("String"),
        prompt("Before", &["aa"]),
        agent("Left"),
        agent("Right"),
        prompt("Both", &["ll", "rr"]),
        output("Out", "String"),
    ];
    let ways = [
        "Start.document > Before.aa",
        "Before.modelCompletion > Left.agentInputText",
        "Before.modelCompletion > Right.agentInputText",
        "Left.agentResponse > Both.ll",
        "Right.agentResponse > Both.rr",
        "Both.modelCompletion > Out.document",
    ];
    plan(flow(nodes, &ways), json!({}))
}

/// Does what the run wants until it pauses or ends. An agent asks once for what it was given, and answers with the reply;
/// `pick` chooses which of the tasks under way ends next.
fn go(run: &mut Run, events: &mut Vec<Body>, pick: impl Fn(usize) -> usize) -> Next {
    let mut under_way: Vec<Task> = Vec::new();
    loop {
        let next = run.next();
        events.extend(run.events());
        match next {
            Next::Start(task) => under_way.push(task),
            Next::Wait => {
                let task = under_way.remove(pick(under_way.len()));
                match task.work {
                    Work::Chat(chat) => {
                        let value = json!(chat.messages[0].text);
                        run.complete(task.id, Completion { value, model: None });
                    }
                    Work::Agent(call) => match call.resumed {
                        None => run.ask(task.id, format!("{}?", task.node), json!({"of": task.node})),
                        Some(resumed) => {
                            assert_eq!(resumed.state, json!({"of": task.node}));
                            let value = json!(format!("{} -> {}", call.text, resumed.reply));
                            run.complete(task.id, Completion { value, model: None });
                        }
                    },
                    other => panic!("{other:?}"),
                }
            }
            end => return end,
        }
    }
}

/// Runs to the end, with this reply to each question; rebuilds the run at each pause where `rebuild` says so.
fn talk(
    plan: &Arc<Plan>,
    input: Value,
    rebuild: bool,
    pick: impl Fn(usize) -> usize,
) -> (Vec<Value>, Vec<Body>) {
    let mut run = Run::new(Arc::clone(plan), input).unwrap();
    let mut events = Vec::new();
    for turn in 0..10 {
        match go(&mut run, &mut events, &pick) {
            Next::Paused => {
                assert!(matches!(events.last(), Some(Body::InputRequested { .. })));
                assert_eq!(run.next(), Next::Paused);
                assert!(run.events().is_empty(), "a question is told once");
                if rebuild {
                    let written = serde_json::to_string(&run.questions()).unwrap();
                    let questions = serde_json::from_str(&written).unwrap();
                    run = Run::replay(Arc::clone(plan), &events, questions).unwrap();
                    assert!(run.events().is_empty());
                }
                run.answer(format!("reply {turn}"));
            }
            Next::Ended(status) => {
                assert_eq!(status, Status::Succeeded, "{:?}", run.error());
                return (run.outputs().iter().map(|output| output.value.clone()).collect(), events);
            }
            other => panic!("{other:?}"),
        }
    }
    panic!("it asks without end")
}

fn asked(events: &[Body]) -> Vec<String> {
    let words = |event: &Body| match event {
        Body::InputRequested { node, text, chain } => Some(format!("{node} {text} {}", chain.len())),
        Body::InputGiven { node, text, .. } => Some(format!("{node} <- {text}")),
        _ => None,
    };
    events.iter().filter_map(words).collect()
}

#[test]
fn questions_are_asked_one_at_a_time_when_nothing_else_can_go_on() {
    for rebuild in [false, true] {
        let (outputs, events) = talk(&beside(), json!("hi"), rebuild, |_| 0);
        assert_eq!(outputs, [json!("Both: Before: hi -> reply 0 Before: hi -> reply 1")]);
        let expected = ["Left Left? 0", "Left <- reply 0", "Right Right? 0", "Right <- reply 1"];
        assert_eq!(asked(&events), expected);
        let started = |name: &str| {
            events.iter().filter(|e| matches!(e, Body::NodeStarted { node, .. } if node == name)).count()
        };
        assert_eq!((started("Before"), started("Left")), (1, 1), "what was done is not done again");
    }
    let (outputs, events) = talk(&beside(), json!("hi"), true, |count| count - 1);
    assert_eq!(outputs, [json!("Both: Before: hi -> reply 1 Before: hi -> reply 0")]);
    assert_eq!(asked(&events)[0], "Right Right? 0");
}

#[test]
fn an_item_may_ask_while_others_go_on() {
    let nodes = vec![
        input("Array"),
        iterator("Each", "String"),
        agent("Desk"),
        collector("All", "String"),
        output("Out", "Array"),
    ];
    let ways = [
        "Start.document > Each.array",
        "Each.arrayItem > Desk.agentInputText",
        "Desk.agentResponse > All.arrayItem",
        "Each.arraySize > All.arraySize",
        "All.collectedArray > Out.document",
    ];
    let plan = plan(flow(nodes, &ways), json!({"nodes": {"Each": {"parallel": 2}}}));
    for rebuild in [false, true] {
        let (outputs, events) = talk(&plan, json!(["a", "b", "c"]), rebuild, |_| 0);
        assert_eq!(outputs, [json!(["a -> reply 0", "b -> reply 1", "c -> reply 2"])]);
        assert_eq!(asked(&events)[0], "Desk Desk? 1");
    }
}

#[test]
fn a_stop_ends_a_run_that_waits() {
    let (mut events, mut run) = (Vec::new(), Run::new(beside(), json!("hi")).unwrap());
    assert_eq!(go(&mut run, &mut events, |_| 0), Next::Paused);
    run.stop(Status::Aborted, None);
    run.answer("late".to_owned());
    assert_eq!(run.next(), Next::Ended(Status::Aborted));
    assert!(matches!(run.events()[..], [Body::ExecutionEnded { status: Status::Aborted, .. }]));
}

#[test]
fn only_a_paused_run_is_rebuilt() {
    let (mut events, mut run) = (Vec::new(), Run::new(beside(), json!("hi")).unwrap());
    go(&mut run, &mut events, |_| 0);
    let questions = run.questions();
    assert_eq!(questions.len(), 2);
    assert!(Run::replay(beside(), &events, Vec::new()).is_err(), "its questions are gone");
    assert!(Run::replay(beside(), &events[1..], questions.clone()).is_err(), "its start is gone");
    assert!(Run::replay(beside(), &events, questions).is_ok());
}
