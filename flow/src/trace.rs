//! What a run did, folded from its events: the same for a run that streams and for one that is over.
//!
//! Always holds: an event is taken once, however often it arrives, so that a stream can be resumed with an overlap.

use serde_json::Value;

use crate::address::is_inside;
use crate::event::{Body, Event, Failure, Field, Link, ModelCall, RunError, Status, Step};
use crate::iteration::ITEM;
use crate::value::to_text;
use crate::wire::{InputRequest, OutputValue};

/// A run as far as it is known.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trace {
    /// None before the first event.
    pub status: Option<Status>,
    pub input: Option<Value>,
    /// In the order in which they began.
    pub rows: Vec<Row>,
    pub outputs: Vec<OutputValue>,
    pub error: Option<RunError>,
    /// What it waits for an answer to.
    pub question: Option<InputRequest>,
    /// Microseconds from the run's start to the newest event.
    pub elapsed: u64,
    /// The newest event's number, from which a lost stream resumes.
    pub seq: u64,
    /// Whether its end will not be seen here.
    pub is_lost: bool,
}

/// What one node did.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub node: String,
    /// The node's address in the flow.
    pub address: String,
    /// The items and rounds that it is of, outermost first.
    pub chain: Vec<Link>,
    pub state: State,
    /// Microseconds since the run began.
    pub start: u64,
    pub end: Option<u64>,
    pub inputs: Vec<Field>,
    pub outputs: Vec<Field>,
    /// The answer as it streams.
    pub text: String,
    /// What an agent did on the way to it.
    pub steps: Vec<Step>,
    /// What it asked a person, and the replies.
    pub talk: Vec<Talk>,
    /// What its code printed.
    pub printed: String,
    /// The branch that a Condition took.
    pub branch: Option<String>,
    pub model: Option<ModelCall>,
    pub failure: Option<Failure>,
    /// The items, from 0, that a Collector left out.
    pub omitted: Vec<usize>,
}

/// A question of an agent's, or the reply to it.
#[derive(Clone, Debug, PartialEq)]
pub enum Talk {
    Question(String),
    Reply(String),
}

/// How a node stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Running,
    /// It asked a person something.
    Waiting,
    Ok,
    /// It did not run: what it gave was given to the run.
    Given,
    Failed,
    /// No branch taken leads to it.
    Skipped,
    /// The run ended while it ran.
    Stopped,
    /// It ran when the connection was lost for good; what became of it is not known here.
    Lost,
}

impl Trace {
    /// The trace of a run's events.
    pub fn of<'a>(events: impl IntoIterator<Item = &'a Event>) -> Self {
        let mut trace = Self::default();
        events.into_iter().for_each(|event| trace.fold(event));
        trace
    }

    /// Takes one more event.
    pub fn fold(&mut self, event: &Event) {
        if event.seq <= self.seq {
            return;
        }
        self.seq = event.seq;
        self.elapsed = self.elapsed.max(event.elapsed);
        let at = event.elapsed;
        match &event.body {
            Body::ExecutionStarted { input, .. } => {
                self.status = Some(Status::Running);
                self.input = Some(input.clone());
            }
            Body::NodeGiven { node, outputs, branch } => {
                let row = self.end(node, &[], at, State::Given);
                row.outputs.clone_from(outputs);
                row.branch.clone_from(branch);
            }
            Body::NodeStarted { node, inputs, chain } => self.row(node, chain, at).inputs.clone_from(inputs),
            Body::NodeDelta { node, text, chain } => self.row(node, chain, at).text.push_str(text),
            Body::AgentStep { node, step, chain } => {
                let row = self.row(node, chain, at);
                // What was said before a tool was called is no answer.
                if matches!(&**step, Step::Model { calls, .. } if !calls.is_empty()) {
                    row.text.clear();
                }
                row.steps.push(Step::clone(step));
            }
            Body::InputRequested { node, text, chain } => {
                self.status = Some(Status::InputRequired);
                self.question = Some(InputRequest { node: node.clone(), content: text.clone() });
                let row = self.row(node, chain, at);
                row.state = State::Waiting;
                row.talk.push(Talk::Question(text.clone()));
            }
            Body::InputGiven { node, text, chain } => {
                (self.status, self.question) = (Some(Status::Running), None);
                let row = self.row(node, chain, at);
                row.state = State::Running;
                row.talk.push(Talk::Reply(text.clone()));
            }
            Body::NodePrinted { node, text, chain } => self.row(node, chain, at).printed.push_str(text),
            Body::NodeCompleted { node, outputs, model, omitted, chain } => {
                let row = self.end(node, chain, at, State::Ok);
                row.outputs.clone_from(outputs);
                row.model.clone_from(model);
                row.omitted.clone_from(omitted);
            }
            Body::ConditionEvaluated { node, satisfied, chain } => {
                self.row(node, chain, at).branch = Some(satisfied.clone());
            }
            Body::NodeFailed { node, failure, chain } => {
                self.end(node, chain, at, State::Failed).failure = Some(failure.clone());
            }
            Body::NodeSkipped { node, chain } => drop(self.end(node, chain, at, State::Skipped)),
            Body::Output { node, value, .. } => {
                self.outputs.push(OutputValue { node: node.clone(), value: value.clone() });
            }
            Body::ExecutionEnded { status, error } => {
                self.status = Some(*status);
                self.error.clone_from(error);
                self.question = None;
                for row in self.rows.iter_mut().filter(|row| row.goes_on()) {
                    (row.state, row.end) = (State::Stopped, Some(at));
                }
            }
        }
    }

    /// No more events will come, though the run may go on: nothing here goes on looking as if it ran.
    pub fn lose(&mut self) {
        for row in self.rows.iter_mut().filter(|row| row.state == State::Running) {
            (row.state, row.end) = (State::Lost, Some(self.elapsed));
        }
        self.is_lost |= self.is_running();
    }

    /// Whether the run goes on.
    pub fn is_running(&self) -> bool {
        self.status == Some(Status::Running) && !self.is_lost
    }

    /// The newest row of the node at this address; of several items or rounds that of the last.
    pub fn node(&self, address: &str) -> Option<&Row> {
        self.rows.iter().rfind(|row| row.address == address)
    }

    /// Which round of a loop began last, counted from 1.
    pub fn round(&self, owner: &str) -> Option<usize> {
        let inside = |row: &&Row| is_inside(&row.address, owner);
        let row = self.rows.iter().rfind(inside)?;
        let depth = owner.matches('/').count();
        let mut rounds = row.chain.iter().filter_map(|link| match link {
            Link::Loop { index, .. } => Some(index + 1),
            Link::Iterator { .. } => None,
        });
        rounds.nth(depth)
    }

    /// The newest value that a node gave at an output. An Iterator tells of its items by what it went through.
    pub fn delivered(&self, name: &str, output: &str) -> Option<Value> {
        let rows = || self.rows.iter().rev().filter(|row| row.address == name);
        let given = rows().find_map(|row| row.outputs.iter().find(|field| field.name == output));
        if let Some(field) = given {
            return Some(field.value.clone());
        }
        let item = |row: &Row| row.inputs.first()?.value.as_array()?.first().cloned();
        (output == ITEM).then(|| rows().find_map(item)).flatten()
    }

    /// Tokens read and written by all models together.
    pub fn tokens(&self) -> (u64, u64) {
        self.rows
            .iter()
            .filter_map(|row| row.model.as_ref()?.usage)
            .fold((0, 0), |(read, written), usage| (read + usage.input_tokens, written + usage.output_tokens))
    }

    /// What to show as the answer: the outputs, and below them the texts that still stream.
    pub fn answer(&self) -> String {
        let outputs = self.outputs.iter().map(|output| to_text(&output.value));
        let streaming = |row: &&Row| row.state == State::Running && !row.text.is_empty();
        let texts = self.rows.iter().filter(streaming).map(|row| row.text.clone());
        outputs.chain(texts).collect::<Vec<_>>().join("\n\n")
    }

    /// Where a row's bar begins and how wide it is, in parts of the whole.
    pub fn bar(&self, row: &Row) -> (f64, f64) {
        if matches!(row.state, State::Skipped | State::Given) {
            return (0.0, 0.0);
        }
        let whole = self.elapsed.max(1) as f64;
        let end = row.end.unwrap_or(self.elapsed).max(row.start);
        let width = ((end - row.start) as f64 / whole).max(0.008);
        ((row.start as f64 / whole).min(1.0 - width), width)
    }

    fn row(&mut self, node: &str, chain: &[Link], at: u64) -> &mut Row {
        // From the end, where what goes on is.
        let place = self.rows.iter().rposition(|row| row.node == node && row.chain == chain);
        let place = place.unwrap_or_else(|| {
            self.rows.push(Row::begun(node, chain, at));
            self.rows.len() - 1
        });
        &mut self.rows[place]
    }

    fn end(&mut self, node: &str, chain: &[Link], at: u64, state: State) -> &mut Row {
        let row = self.row(node, chain, at);
        (row.state, row.end) = (state, Some(at));
        row
    }
}

impl Row {
    fn begun(node: &str, chain: &[Link], at: u64) -> Self {
        Self {
            node: node.to_owned(),
            address: address(node, chain),
            chain: chain.to_vec(),
            state: State::Running,
            start: at,
            end: None,
            inputs: Vec::new(),
            outputs: Vec::new(),
            text: String::new(),
            steps: Vec::new(),
            talk: Vec::new(),
            printed: String::new(),
            branch: None,
            model: None,
            failure: None,
            omitted: Vec::new(),
        }
    }

    /// Whether it has not ended.
    fn goes_on(&self) -> bool {
        matches!(self.state, State::Running | State::Waiting)
    }

    /// Which item or round it is of, in words: `item 3`, `round 2, item 1`; nothing where it is of none.
    pub fn place(&self) -> String {
        self.chain.iter().map(Link::label).collect::<Vec<_>>().join(", ")
    }

    /// How long it took, in words: `412 ms`; none while it runs or where it did not.
    pub fn duration(&self) -> Option<String> {
        match (self.state, self.end) {
            (State::Skipped | State::Given, _) | (_, None) => None,
            (_, Some(end)) => Some(duration(end.saturating_sub(self.start))),
        }
    }
}

/// What a node is known by in the flow, whose events name the loops that it is in.
fn address(node: &str, chain: &[Link]) -> String {
    let loops = chain.iter().filter_map(|link| match link {
        Link::Loop { node, .. } => Some(node.as_str()),
        Link::Iterator { .. } => None,
    });
    loops.chain([node]).collect::<Vec<_>>().join("/")
}

/// Microseconds in words: `0.1 ms`, `412 ms`, `1.8 s`.
pub fn duration(micros: u64) -> String {
    let millis = micros as f64 / 1_000.0;
    if micros < 50 {
        "<0.1 ms".to_owned()
    } else if millis < 10.0 {
        format!("{millis:.1} ms")
    } else if millis < 999.5 {
        format!("{millis:.0} ms")
    } else if millis < 59_950.0 {
        format!("{:.1} s", millis / 1_000.0)
    } else {
        // Rounded before it is split, so that no minute has sixty seconds.
        let seconds = (millis / 1_000.0).round() as u64;
        format!("{} min {} s", seconds / 60, seconds % 60)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::event::FailureCode;
    use crate::message::Usage;

    fn events() -> Vec<Event> {
        let field =
            |name: &str, value: Value| Field { name: name.into(), value, source: None, joined: vec![] };
        let usage = Some(Usage { input_tokens: 46, output_tokens: 2 });
        let model = Some(ModelCall { model: "local/smollm2".into(), served_by: None, usage });
        [
            (0, Body::ExecutionStarted { input: json!("hi"), part: None }),
            (10, Body::NodeStarted { node: "Input".into(), inputs: vec![], chain: vec![] }),
            (
                110,
                Body::NodeCompleted {
                    node: "Input".into(),
                    outputs: vec![],
                    model: None,
                    omitted: vec![],
                    chain: vec![],
                },
            ),
            (
                120,
                Body::NodeStarted {
                    node: "Tone".into(),
                    inputs: vec![field("message", json!("hi"))],
                    chain: vec![],
                },
            ),
            (500, Body::NodeDelta { node: "Tone".into(), text: "ang".into(), chain: vec![] }),
            (600, Body::NodeDelta { node: "Tone".into(), text: "ry".into(), chain: vec![] }),
            (
                900,
                Body::NodeCompleted {
                    node: "Tone".into(),
                    outputs: vec![field("out", json!("angry"))],
                    model,
                    omitted: vec![],
                    chain: vec![],
                },
            ),
            (910, Body::NodeStarted { node: "Route".into(), inputs: vec![], chain: vec![] }),
            (
                920,
                Body::ConditionEvaluated { node: "Route".into(), satisfied: "angry".into(), chain: vec![] },
            ),
            (
                930,
                Body::NodeCompleted {
                    node: "Route".into(),
                    outputs: vec![],
                    model: None,
                    omitted: vec![],
                    chain: vec![],
                },
            ),
            (935, Body::NodeSkipped { node: "Answer".into(), chain: vec![] }),
            (940, Body::Output { node: "Out".into(), value: json!("angry"), chain: vec![] }),
            (950, Body::ExecutionEnded { status: Status::Succeeded, error: None }),
        ]
        .into_iter()
        .enumerate()
        .map(|(at, (elapsed, body))| Event { seq: at as u64 + 1, at: 0, elapsed, body })
        .collect()
    }

    #[test]
    fn each_item_has_a_line_and_a_card_shows_the_last() {
        let link = |index| vec![Link::Iterator { node: "Each".into(), index }];
        let started = |index| Body::NodeStarted { node: "Sum".into(), inputs: vec![], chain: link(index) };
        let text =
            |text: &str, index| Body::NodeDelta { node: "Sum".into(), text: text.into(), chain: link(index) };
        let bodies = [started(0), started(1), text("b", 1), text("a", 0)];
        let events: Vec<Event> =
            (1..).zip(bodies).map(|(seq, body)| Event { seq, at: 0, elapsed: seq, body }).collect();
        let trace = Trace::of(&events);
        let lines: Vec<(String, &str)> =
            trace.rows.iter().map(|row| (row.place(), row.text.as_str())).collect();
        assert_eq!(lines, [("item 1".to_owned(), "a"), ("item 2".to_owned(), "b")]);
        assert_eq!(trace.node("Sum").unwrap().text, "b");
        let inside = Body::NodeSkipped {
            node: "Sum".into(),
            chain: vec![Link::Loop { node: "Again".into(), index: 0 }],
        };
        let inside = Trace::of(&[Event { seq: 1, at: 0, elapsed: 1, body: inside }]);
        assert!(inside.node("Sum").is_none(), "a node inside a loop is another, though it has the name");
        assert!(inside.node("Again/Sum").is_some());
    }

    #[test]
    fn a_loop_tells_its_round() {
        let chain = |rounds: &[usize]| -> Vec<Link> {
            let nodes = ["Outer", "Inner"].into_iter().map(str::to_owned);
            nodes.zip(rounds).map(|(node, index)| Link::Loop { node, index: *index }).collect()
        };
        let bodies =
            [("Ask", chain(&[0, 0])), ("Ask", chain(&[0, 1])), ("Sum", chain(&[1])), ("Ask", chain(&[1, 0]))];
        let events: Vec<Event> = (1..)
            .zip(bodies)
            .map(|(seq, (node, chain))| {
                let body = Body::NodeStarted { node: node.into(), inputs: vec![], chain };
                Event { seq, at: 0, elapsed: seq, body }
            })
            .collect();
        let rounds = |count: usize| {
            let trace = Trace::of(&events[..count]);
            (trace.round("Outer"), trace.round("Outer/Inner"))
        };
        assert_eq!(rounds(0), (None, None));
        assert_eq!(rounds(2), (Some(1), Some(2)));
        assert_eq!(rounds(4), (Some(2), Some(1)));
        assert_eq!(Trace::of(&events).node("Outer/Inner/Ask").unwrap().place(), "round 2, round 1");
    }

    #[test]
    fn folds_a_run() {
        let events = events();
        let trace = Trace::of(&events);
        assert_eq!(trace.status, Some(Status::Succeeded));
        assert_eq!(trace.tokens(), (46, 2));
        assert_eq!(trace.node("Route").unwrap().branch.as_deref(), Some("angry"));
        assert_eq!(trace.node("Answer").unwrap().state, State::Skipped);
        assert_eq!(trace.node("Tone").unwrap().duration().as_deref(), Some("0.8 ms"));
        assert_eq!(trace.answer(), "angry");
        let half = Trace::of(&events[..6]);
        assert_eq!((half.answer().as_str(), half.is_running()), ("angry", true));
        let (left, width) = trace.bar(trace.node("Tone").unwrap());
        assert!(left > 0.1 && left + width <= 1.0);
    }

    #[test]
    fn an_agent_asks_and_goes_on() {
        let (node, chain): (String, Vec<Link>) = ("Desk".to_owned(), Vec::new());
        let step = |calls: &[&str]| {
            Box::new(Step::Model {
                model: "m".into(),
                text: String::new(),
                calls: calls.iter().map(|call| (*call).to_owned()).collect(),
                usage: None,
                took: 1,
            })
        };
        let bodies = [
            Body::ExecutionStarted { input: json!("hi"), part: None },
            Body::NodeStarted { node: node.clone(), inputs: vec![], chain: chain.clone() },
            Body::NodeDelta { node: node.clone(), text: "Let me ask.".into(), chain: chain.clone() },
            Body::AgentStep { node: node.clone(), step: step(&["ask_user"]), chain: chain.clone() },
            Body::InputRequested { node: node.clone(), text: "Which?".into(), chain: chain.clone() },
            Body::InputGiven { node: node.clone(), text: "Discs".into(), chain: chain.clone() },
            Body::NodeDelta { node, text: "80".into(), chain },
        ];
        let events: Vec<Event> =
            (1..).zip(bodies).map(|(seq, body)| Event { seq, at: 0, elapsed: seq, body }).collect();
        let asked = Trace::of(&events[..5]);
        assert_eq!(asked.question.as_ref().map(|asked| asked.content.as_str()), Some("Which?"));
        assert_eq!((asked.status, asked.is_running()), (Some(Status::InputRequired), false));
        assert_eq!((asked.node("Desk").unwrap().state, asked.answer().as_str()), (State::Waiting, ""));
        let on = Trace::of(&events);
        assert_eq!((on.answer().as_str(), on.question.is_none(), on.is_running()), ("80", true, true));
        assert_eq!(on.node("Desk").unwrap().talk.len(), 2);
    }

    #[test]
    fn what_was_delivered_is_the_newest_value_of_an_output() {
        let field =
            |name: &str, value: Value| Field { name: name.into(), value, source: None, joined: vec![] };
        let chain = |index| vec![Link::Iterator { node: "Each".into(), index }];
        let done = |node: &str, output: Field, chain| Body::NodeCompleted {
            node: node.into(),
            outputs: vec![output],
            model: None,
            omitted: vec![],
            chain,
        };
        let array = field("array", json!([{"a": 1}, {"a": 2}]));
        let bodies = [
            Body::NodeStarted { node: "Each".into(), inputs: vec![array], chain: vec![] },
            done("Judge", field("modelCompletion", json!("good")), chain(0)),
            done("Judge", field("modelCompletion", json!("bad")), chain(1)),
            done("Each", field("arraySize", json!(2)), vec![]),
        ];
        let events: Vec<Event> =
            (1..).zip(bodies).map(|(seq, body)| Event { seq, at: 0, elapsed: seq, body }).collect();
        let trace = Trace::of(&events);
        assert_eq!(trace.delivered("Judge", "modelCompletion"), Some(json!("bad")));
        assert_eq!(trace.delivered("Each", "arraySize"), Some(json!(2)));
        assert_eq!(trace.delivered("Each", "arrayItem"), Some(json!({"a": 1})));
        assert_eq!(trace.delivered("Judge", "arrayItem"), None);
        assert_eq!(trace.delivered("Gone", "modelCompletion"), None);
    }

    #[test]
    fn a_branch_that_still_streams_is_shown_below_an_output() {
        let mut events = events();
        events.truncate(6);
        let body = |body, seq| Event { seq, at: 0, elapsed: 1_000, body };
        events.push(body(Body::Output { node: "Out".into(), value: json!("calm"), chain: vec![] }, 7));
        assert_eq!(Trace::of(&events).answer(), "calm\n\nangry");
    }

    #[test]
    fn what_ran_when_the_connection_was_lost_runs_no_more_here() {
        let mut trace = Trace::of(&events()[..5]);
        trace.lose();
        assert_eq!(trace.node("Tone").unwrap().state, State::Lost);
        assert_eq!((trace.is_running(), trace.is_lost), (false, true));
        let mut whole = Trace::of(&events());
        whole.lose();
        assert!(!whole.is_lost, "a run that ended is not lost");
    }

    #[test]
    fn an_overlap_of_a_resumed_stream_changes_nothing() {
        let events = events();
        for cut in 0..events.len() {
            let mut trace = Trace::of(&events[..cut]);
            events.iter().skip(cut.saturating_sub(3)).for_each(|event| trace.fold(event));
            assert_eq!(trace, Trace::of(&events), "{cut}");
        }
    }

    #[test]
    fn what_ran_when_the_run_ended_was_stopped() {
        let failure = Failure { code: FailureCode::DependencyFailed, message: "No answer.".into() };
        let mut events = events();
        events.truncate(5);
        let body = |body, seq| Event { seq, at: 0, elapsed: 1_000, body };
        events.push(body(Body::NodeFailed { node: "Other".into(), failure, chain: vec![] }, 6));
        events.push(body(Body::ExecutionEnded { status: Status::Failed, error: None }, 7));
        let trace = Trace::of(&events);
        assert_eq!(trace.node("Tone").unwrap().state, State::Stopped);
        assert_eq!(trace.node("Other").unwrap().state, State::Failed);
    }

    #[test]
    fn durations_read_well() {
        for (micros, words) in [
            (100, "0.1 ms"),
            (412_000, "412 ms"),
            (999_700, "1.0 s"),
            (1_840_000, "1.8 s"),
            (59_970_000, "1 min 0 s"),
            (61_000_000, "1 min 1 s"),
            (119_600_000, "2 min 0 s"),
        ] {
            assert_eq!(duration(micros), words);
        }
    }
}
