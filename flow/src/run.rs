//! A run: a state machine over a plan. It decides; a driver does.
//!
//! The driver asks [`Run::next`] until it answers [`Next::Wait`], does the tasks it was given (at the same time, if it
//! likes), reports each with [`Run::complete`] or [`Run::fail`], and asks again. What happened is read with
//! [`Run::events`]. A task may also end in a question ([`Run::ask`]): when nothing else can go on, the run pauses until
//! [`Run::answer`], then or after it was rebuilt from its events ([`Run::replay`]).
//!
//! Always holds: within a frame, a node is started once, when every connected input has its value and its gates are
//! open, and ends at most once; a node that can no longer run is skipped, and so is what depends on it; the order in
//! which tasks end never changes an output, save where an input takes the first to arrive, and then only by which is
//! first; after an end nothing more happens. Absent on purpose: clocks, numbers of
//! events, retries of calls, which are the driver's.

mod frame;
mod iterate;
mod part;
mod question;
mod repeat;
mod replay;

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use serde_json::Value;

use crate::event::{Body, Failure, FailureCode, Field, Link, ModelCall, RunError, Source, Status, Step};
use crate::join::{Join, Joined};
use crate::message::Chat;
use crate::node::condition::DEFAULT;
use crate::node::{agent, code, function, knowledge_base, lex, prompt, retrieval, storage};
use crate::plan::{Plan, PlannedInput, PlannedKind};
use crate::trace;
use crate::value::{DEEPEST, Type, fits, is_too_deep, shape};
use crate::wire::OutputValue;
use frame::{Frame, State};
use iterate::Iteration;
pub use iterate::MOST_ITEMS;
pub use question::Question;
use question::{Answered, Asked};
pub use repeat::EXIT;
pub use replay::NotReplayed;

/// The most nodes that a run starts, each item and iteration counted.
pub const MOST_STEPS: usize = 100_000;

/// The most that a run keeps: what its nodes gave, in bytes.
pub const MOST_KEPT: usize = 64 * 1024 * 1024;

/// The most that a run tells besides: what its nodes are given, and say on the way to their end, in bytes.
pub const MOST_TOLD: usize = 256 * 1024 * 1024;

/// What is counted for an event besides what it tells.
const EVENT: usize = 64;

/// The state of one run.
#[derive(Clone, Debug)]
pub struct Run {
    plan: Arc<Plan>,
    /// The first is the flow itself.
    frames: Vec<Frame>,
    /// The Iterators that are going through their items, by frame and node.
    iterations: HashMap<(usize, usize), Iteration>,
    ready: VecDeque<(usize, usize)>,
    /// Nodes that ended, whose dependents were not looked at yet.
    ended: VecDeque<(usize, usize)>,
    settling: bool,
    in_flight: usize,
    /// The tasks that ended in a question, in the order in which they asked.
    asked: Vec<Asked>,
    /// Whether the first of them was told.
    requested: bool,
    answered: VecDeque<Answered>,
    steps: usize,
    ticks: usize,
    /// How many bytes it may still keep.
    left: usize,
    /// How many bytes it may still tell.
    untold: usize,
    outputs: Vec<OutputValue>,
    events: Vec<Body>,
    end: Option<(Status, Option<RunError>)>,
}

/// What the driver is to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Next {
    /// Do this, and report it.
    Start(Task),
    /// Tasks are under way, and nothing else can begin before one of them ends.
    Wait,
    /// Nothing is under way and nothing can begin before the question that was told is answered.
    Paused,
    /// The run has ended. Drop what is under way.
    Ended(Status),
}

/// Something with an effect, to be done for a node.
#[derive(Clone, Debug, PartialEq)]
pub struct Task {
    pub id: TaskId,
    /// The node's name.
    pub node: String,
    /// The items and iterations that it is for, outermost first.
    pub chain: Vec<Link>,
    pub work: Work,
}

/// Names a task to its run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TaskId {
    frame: usize,
    node: usize,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq)]
pub enum Work {
    /// Ask a model.
    Chat(Box<Chat>),
    /// Call a function.
    Function(Box<function::Call>),
    /// Run code.
    Code(Box<code::Code>),
    /// Ask an agent.
    Agent(Box<agent::Call>),
    /// Search a knowledge base.
    Search(Box<knowledge_base::Query>),
    /// Name the intent of a message.
    Intent(Box<lex::Utterance>),
    /// Write an object.
    Write(Box<storage::Write>),
    /// Read an object.
    Read(Box<retrieval::Read>),
}

/// What a task yielded.
#[derive(Clone, Debug, PartialEq)]
pub struct Completion {
    pub value: Value,
    pub model: Option<ModelCall>,
}

/// An input that the flow does not take.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct InputError {
    /// What is wrong and what to do.
    pub message: String,
}

/// Named values, in the order of a node's ports.
type Values = Vec<(String, Value)>;

/// What a node did at once.
enum Did {
    /// It has its outputs.
    Done(Values),
    /// It took a branch.
    Branch(usize),
    /// The driver does it.
    Effect(Work),
    /// It goes on in frames of its own.
    Inside,
}

/// How a node ended that ended well.
#[derive(Default)]
struct Outcome {
    outputs: Values,
    branch: Option<usize>,
    model: Option<ModelCall>,
    /// The items that a Collector did not get.
    omitted: Vec<usize>,
}

impl Run {
    /// Begins a run.
    ///
    /// # Errors
    /// The input is not of the type of the flow's Input node, or nested too deep.
    pub fn new(plan: Arc<Plan>, input: Value) -> Result<Self, InputError> {
        check_input(&plan, &input)?;
        let mut run = Self::begun(plan, Body::ExecutionStarted { input: input.clone(), part: None });
        run.take_input(input);
        Ok(run)
    }

    /// A run of which only this happened.
    fn begun(plan: Arc<Plan>, started: Body) -> Self {
        Self {
            frames: vec![Frame::new(&plan, 0, 0, 0)],
            iterations: HashMap::new(),
            ready: VecDeque::new(),
            ended: VecDeque::new(),
            settling: false,
            in_flight: 0,
            asked: Vec::new(),
            requested: false,
            answered: VecDeque::new(),
            steps: 0,
            ticks: 0,
            left: MOST_KEPT,
            untold: MOST_TOLD,
            outputs: Vec::new(),
            events: vec![started],
            end: None,
            plan,
        }
    }

    /// The Input node ends with what the flow was called with.
    fn take_input(&mut self, input: Value) {
        let start = self.plan.input;
        let output = self.plan.nodes[start].outputs.first().map(|(name, _)| name.clone()).unwrap_or_default();
        self.tell_started(0, start, Vec::new());
        self.finish(0, start, Outcome { outputs: vec![(output, input)], ..Outcome::default() });
    }

    /// What to do now.
    // Not an iterator: it answers differently after each report.
    #[allow(clippy::should_implement_trait)]
    pub fn next(&mut self) -> Next {
        loop {
            if let Some((status, _)) = self.end {
                return Next::Ended(status);
            }
            if !self.answered.is_empty() {
                match self.resume() {
                    Some(task) => return Next::Start(task),
                    None => continue,
                }
            }
            match self.ready.pop_front() {
                Some((frame, node)) => {
                    if let Some(task) = self.start(frame, node) {
                        self.in_flight += 1;
                        return Next::Start(task);
                    }
                }
                None if self.in_flight > 0 => return Next::Wait,
                None if !self.asked.is_empty() => return self.pause(),
                None if self.frames[0].is_done() => self.finish_run(Status::Succeeded, None),
                // `check` lets no flow through whose nodes wait for each other.
                None => {
                    let message = "Some nodes wait for each other, and none of them can begin.".to_owned();
                    let error = RunError { node: None, code: FailureCode::InternalServer, message };
                    self.finish_run(Status::Failed, Some(error));
                }
            }
        }
    }

    /// A task ended well.
    pub fn complete(&mut self, task: TaskId, completion: Completion) {
        if !self.end_task(task) {
            return;
        }
        let TaskId { frame, node } = task;
        let output = self.plan.nodes[node].outputs.first().cloned();
        match output {
            Some((name, kind)) if !kind.accepts(&completion.value) => {
                let found = shape(&completion.value);
                self.fail_with(
                    frame,
                    node,
                    format!("The output {name} is {}, and the result is {found}.", kind.noun()),
                );
            }
            output => {
                let outputs = output.map(|(name, _)| (name, completion.value)).into_iter().collect();
                self.finish(frame, node, Outcome { outputs, model: completion.model, ..Outcome::default() });
            }
        }
    }

    /// A task failed, and the run with it.
    pub fn fail(&mut self, task: TaskId, failure: Failure) {
        if self.end_task(task) {
            self.fail_node(task.frame, task.node, failure);
        }
    }

    /// A task did something on the way to its end.
    pub fn note(&mut self, task: TaskId, step: Step) {
        let size = step.size();
        self.tell(task, size, |node, chain| Body::AgentStep { node, step: Box::new(step), chain });
    }

    /// A piece of a task's answer arrived.
    pub fn delta(&mut self, task: TaskId, text: String) {
        self.tell(task, text.len(), |node, chain| Body::NodeDelta { node, text, chain });
    }

    /// A task's code printed something.
    pub fn printed(&mut self, task: TaskId, text: String) {
        self.tell(task, text.len(), |node, chain| Body::NodePrinted { node, text, chain });
    }

    /// Tells what a task did, of this size; the task fails where the run has told enough.
    fn tell(&mut self, task: TaskId, size: usize, event: impl FnOnce(String, Vec<Link>) -> Body) {
        if self.end.is_some() || !self.is_running(task) {
            return;
        }
        if !self.may_tell(size) {
            return self.fail(task, Failure { code: FailureCode::Validation, message: told_too_much() });
        }
        let (node, chain) = (self.plan.nodes[task.node].name.clone(), self.chain(task.frame));
        self.events.push(event(node, chain));
    }

    /// Whether an event of this size may still be told; it is counted then.
    fn may_tell(&mut self, size: usize) -> bool {
        let left = self.untold.checked_sub(size.saturating_add(EVENT));
        self.untold = left.unwrap_or(self.untold);
        left.is_some()
    }

    /// The same for what a node is given.
    fn may_start(&mut self, inputs: &[Field]) -> bool {
        self.may_tell(0) && inputs.iter().all(|field| fits(&field.value, &mut self.untold))
    }

    /// Ends the run from outside: stopped, out of time, or cut off.
    pub fn stop(&mut self, status: Status, error: Option<RunError>) {
        if self.end.is_none() && status.is_final() {
            self.finish_run(status, error);
        }
    }

    /// Takes what has happened since the last call.
    pub fn events(&mut self) -> Vec<Body> {
        std::mem::take(&mut self.events)
    }

    /// What the Output nodes received so far, in the order they were reached.
    pub fn outputs(&self) -> &[OutputValue] {
        &self.outputs
    }

    /// How the nodes stand that have begun, have ended or are skipped, in each item and iteration that was begun; the
    /// same as [`crate::trace::Trace`] makes of the events.
    pub fn states(&self) -> Vec<(String, Vec<Link>, trace::State)> {
        let mut states = Vec::new();
        for frame in 0..self.frames.len() {
            for &node in &self.plan.regions[self.frames[frame].region].nodes {
                let state = match self.state(frame, node) {
                    State::Waiting | State::LeftOut => continue,
                    State::Running if self.ready.contains(&(frame, node)) => continue,
                    State::Running if self.end.is_some() => trace::State::Stopped,
                    State::Running => trace::State::Running,
                    State::Completed(..) => trace::State::Ok,
                    State::Failed => trace::State::Failed,
                    State::Skipped => trace::State::Skipped,
                };
                states.push((self.plan.nodes[node].name.clone(), self.chain(frame), state));
            }
        }
        states
    }

    /// Why the run failed.
    pub fn error(&self) -> Option<&RunError> {
        self.end.as_ref().and_then(|(_, error)| error.as_ref())
    }

    fn is_running(&self, task: TaskId) -> bool {
        self.frames
            .get(task.frame)
            .is_some_and(|_| matches!(self.state(task.frame, task.node), State::Running))
            && self.asked.iter().all(|asked| asked.task != task)
    }

    fn end_task(&mut self, task: TaskId) -> bool {
        let running = self.end.is_none() && self.is_running(task);
        if running {
            self.in_flight = self.in_flight.saturating_sub(1);
        }
        running
    }

    /// Begins a node whose inputs are there; does it at once where it has no effect.
    fn start(&mut self, frame: usize, at: usize) -> Option<Task> {
        let plan = Arc::clone(&self.plan);
        let node = &plan.nodes[at];
        self.steps += 1;
        if self.steps > MOST_STEPS {
            let message =
                format!("The run takes more than {MOST_STEPS} steps. Give it fewer items or iterations.");
            self.fail_with(frame, at, message);
            return None;
        }
        if let PlannedKind::Collector { iterator } = node.kind {
            self.collect(frame, at, iterator);
            return None;
        }
        let (fields, values) = match self.gather(frame, &node.inputs) {
            Ok(Gathered { fields, values }) => (fields, values),
            Err((fields, message)) => {
                self.tell_started(frame, at, fields);
                self.fail_with(frame, at, message);
                return None;
            }
        };
        if !self.may_start(&fields) {
            self.tell_started(frame, at, Vec::new());
            self.fail_with(frame, at, told_too_much());
            return None;
        }
        self.tell_started(frame, at, fields);
        match self.step(frame, at, values) {
            Ok(Did::Done(outputs)) => self.finish(frame, at, Outcome { outputs, ..Outcome::default() }),
            Ok(Did::Branch(branch)) => {
                self.finish(frame, at, Outcome { branch: Some(branch), ..Outcome::default() });
            }
            Ok(Did::Effect(work)) => {
                let (id, chain) = (TaskId { frame, node: at }, self.chain(frame));
                return Some(Task { id, node: node.name.clone(), chain, work });
            }
            Ok(Did::Inside) => {}
            Err(message) => self.fail_with(frame, at, message),
        }
        None
    }

    fn step(&mut self, frame: usize, at: usize, values: Values) -> Result<Did, String> {
        let plan = Arc::clone(&self.plan);
        let node = &plan.nodes[at];
        Ok(match &node.kind {
            PlannedKind::Input | PlannedKind::LoopInput | PlannedKind::Collector { .. } => {
                Did::Done(Vec::new())
            }
            PlannedKind::Output => {
                let value = values.into_iter().next().map(|(_, value)| value).unwrap_or(Value::Null);
                let chain = self.chain(frame);
                self.events.push(Body::Output { node: node.name.clone(), value: value.clone(), chain });
                self.outputs.push(OutputValue { node: node.name.clone(), value });
                Did::Done(Vec::new())
            }
            PlannedKind::Condition { branches } => {
                let taken = branches
                    .iter()
                    .position(|(_, condition)| condition.as_ref().is_some_and(|c| c.holds(&values)))
                    .or_else(|| branches.iter().position(|(name, _)| name == DEFAULT));
                // `check` asks for a default branch.
                let taken = taken.ok_or("No branch of this condition holds.")?;
                self.tell_satisfied(frame, at, &branches[taken].0);
                Did::Branch(taken)
            }
            PlannedKind::Prompt { prompt: inline, answer } => {
                Did::Effect(Work::Chat(Box::new(prompt::chat(inline, answer.as_ref(), &values)?)))
            }
            PlannedKind::Function { arn } => {
                Did::Effect(Work::Function(Box::new(function::call(arn, &node.name, &node.inputs, values))))
            }
            PlannedKind::Code { code, limit } => {
                let code = code::Code { code: code.clone(), inputs: values, limit: *limit };
                Did::Effect(Work::Code(Box::new(code)))
            }
            PlannedKind::Agent { alias_arn } => {
                Did::Effect(Work::Agent(Box::new(agent::call(alias_arn, &node.name, values))))
            }
            PlannedKind::KnowledgeBase(base) => {
                Did::Effect(Work::Search(Box::new(knowledge_base::query(base, values))))
            }
            PlannedKind::Lex(lex) => Did::Effect(Work::Intent(Box::new(lex::utterance(lex, values)))),
            PlannedKind::Storage { bucket } => {
                Did::Effect(Work::Write(Box::new(storage::write(bucket, values))))
            }
            PlannedKind::Retrieval { bucket } => {
                let kind = node.outputs.first().map_or(Type::String, |(_, kind)| *kind);
                Did::Effect(Work::Read(Box::new(retrieval::read(bucket, kind, values))))
            }
            PlannedKind::Iterator { .. } => {
                self.begin_items(frame, at, values)?;
                Did::Inside
            }
            PlannedKind::Loop { .. } => {
                self.begin_loop(frame, at, &values)?;
                Did::Inside
            }
            PlannedKind::LoopController(controller) => {
                self.control(frame, at, controller, values);
                Did::Done(Vec::new())
            }
        })
    }

    /// The values at a node's inputs; or those that could be had, and what is wrong with the next.
    fn gather(&self, frame: usize, inputs: &[PlannedInput]) -> Result<Gathered, (Vec<Field>, String)> {
        let mut gathered = Gathered::default();
        for input in inputs {
            let Some((whole, sources)) = self.whole(frame, input) else { continue };
            match evaluate(input, &whole) {
                Ok(value) => gathered.add(input, sources, value),
                Err(message) => return Err((gathered.fields, message)),
            }
        }
        Ok(gathered)
    }

    /// The value that comes to an input, of one connection or joined of several, and where it comes from.
    fn whole(&self, frame: usize, input: &PlannedInput) -> Option<(Value, Vec<Source>)> {
        let Joined::Of(places) = self.joined(frame, input) else { return None };
        let (mut values, mut sources) = (Vec::new(), Vec::new());
        for (source, output) in places.into_iter().filter_map(|place| input.sources.get(place)) {
            values.push(self.value(frame, *source, output)?);
            sources.push(self.source(*source, output, input));
        }
        let gathers = input.join.is_some_and(Join::gathers);
        Some((if gathers { Value::Array(values) } else { values.pop()? }, sources))
    }

    fn source(&self, source: usize, output: &str, input: &PlannedInput) -> Source {
        Source {
            node: self.plan.nodes[source].name.clone(),
            output: output.to_owned(),
            expression: input.text.clone(),
        }
    }

    fn finish(&mut self, frame: usize, at: usize, outcome: Outcome) {
        let Outcome { outputs, branch, model, omitted } = outcome;
        if let Some((name, _)) = outputs.iter().find(|(_, value)| is_too_deep(value)) {
            let message = format!(
                "The output {name} is nested more than {DEEPEST} levels deep. Flatten it, or pass it on as text."
            );
            return self.fail_with(frame, at, message);
        }
        if !outputs.iter().all(|(_, value)| fits(value, &mut self.left)) {
            let most = MOST_KEPT / (1024 * 1024);
            let message = format!(
                "The run's nodes have given more than {most} MiB in all. Pass on less, or in fewer items or iterations."
            );
            return self.fail_with(frame, at, message);
        }
        let fields = outputs
            .iter()
            .map(|(name, value)| Field {
                name: name.clone(),
                value: value.clone(),
                source: None,
                joined: Vec::new(),
            })
            .collect();
        let (node, chain) = (self.plan.nodes[at].name.clone(), self.chain(frame));
        self.events.push(Body::NodeCompleted { node, outputs: fields, model, omitted, chain });
        let ended = self.tick();
        self.end_node(frame, at, State::Completed(outputs.into(), branch, ended));
    }

    /// A number that grows, by which what arrived first is known.
    fn tick(&mut self) -> usize {
        self.ticks += 1;
        self.ticks
    }

    fn skip(&mut self, frame: usize, at: usize) {
        let (node, chain) = (self.plan.nodes[at].name.clone(), self.chain(frame));
        self.events.push(Body::NodeSkipped { node, chain });
        if let PlannedKind::Iterator { region, .. } = self.plan.nodes[at].kind {
            self.skip_region(frame, region);
        }
        self.end_node(frame, at, State::Skipped);
    }

    fn fail_with(&mut self, frame: usize, at: usize, message: String) {
        self.fail_node(frame, at, Failure { code: FailureCode::Validation, message });
    }

    fn fail_node(&mut self, frame: usize, at: usize, failure: Failure) {
        let (node, chain) = (self.plan.nodes[at].name.clone(), self.chain(frame));
        self.set_state(frame, at, State::Failed);
        let error =
            RunError { node: Some(node.clone()), code: failure.code, message: failure.message.clone() };
        let status = if failure.code == FailureCode::TimedOut { Status::TimedOut } else { Status::Failed };
        self.events.push(Body::NodeFailed { node, failure, chain });
        self.finish_run(status, Some(error));
    }

    fn finish_run(&mut self, status: Status, error: Option<RunError>) {
        self.events.push(Body::ExecutionEnded { status, error: error.clone() });
        self.end = Some((status, error));
    }

    fn tell_started(&mut self, frame: usize, at: usize, inputs: Vec<Field>) {
        let (node, chain) = (self.plan.nodes[at].name.clone(), self.chain(frame));
        self.events.push(Body::NodeStarted { node, inputs, chain });
    }

    fn tell_satisfied(&mut self, frame: usize, at: usize, satisfied: &str) {
        let (node, chain) = (self.plan.nodes[at].name.clone(), self.chain(frame));
        self.events.push(Body::ConditionEvaluated { node, satisfied: satisfied.to_owned(), chain });
    }

    /// The items and iterations that a frame is of, outermost first.
    fn chain(&self, frame: usize) -> Vec<Link> {
        let mut chain = Vec::new();
        let mut at = frame;
        while let Some(owner) = self.plan.regions[self.frames[at].region].owner {
            let owner = &self.plan.nodes[owner];
            let index = self.frames[at].index;
            chain.push(match owner.kind {
                PlannedKind::Loop { .. } => Link::Loop { node: owner.name.clone(), index },
                _ => Link::Iterator { node: owner.name.clone(), index },
            });
            at = self.frames[at].parent;
        }
        chain.reverse();
        chain
    }
}

/// What was found at a node's inputs.
#[derive(Default)]
struct Gathered {
    fields: Vec<Field>,
    values: Values,
}

impl Gathered {
    /// A value of one connection names its source, one that was joined all of them.
    fn add(&mut self, input: &PlannedInput, mut sources: Vec<Source>, value: Value) {
        let gathers = input.join.is_some_and(Join::gathers);
        let source = if gathers { None } else { sources.pop() };
        let name = input.name.clone();
        self.fields.push(Field { name, value: value.clone(), source, joined: sources });
        self.values.push((input.name.clone(), value));
    }
}

/// An input that the flow's Input node takes.
fn check_input(plan: &Plan, input: &Value) -> Result<(), InputError> {
    let (name, kind) = (plan.input_name(), plan.input_type());
    if !kind.accepts(input) {
        let message = format!("{name} takes {}, and the input is {}.", kind.noun(), shape(input));
        return Err(InputError { message });
    }
    check_depth(input)
}

fn check_depth(input: &Value) -> Result<(), InputError> {
    if !is_too_deep(input) {
        return Ok(());
    }
    let message =
        format!("The input is nested more than {DEEPEST} levels deep. Flatten it, or pass it as text.");
    Err(InputError { message })
}

fn told_too_much() -> String {
    let most = MOST_TOLD / (1024 * 1024);
    format!(
        "What the run's nodes are given, print and say on their way has more than {most} MiB in all. Pass on less, or in \
         fewer items or iterations."
    )
}

/// What an input takes of a value; or a sentence on what is wrong with it.
fn evaluate(input: &PlannedInput, whole: &Value) -> Result<Value, String> {
    match input.expression.evaluate(whole) {
        Ok(value) if input.kind.accepts(&value) => Ok(value),
        Ok(value) => {
            Err(format!("Input {} takes {}, and got {}.", input.name, input.kind.noun(), shape(&value)))
        }
        Err(missing) => Err(format!("Input {}: {missing}", input.name)),
    }
}

#[cfg(test)]
mod tests;
