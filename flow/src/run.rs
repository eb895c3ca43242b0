//! A run: a state machine over a plan. It decides; a driver does.
//!
//! The driver asks [`Run::next`] until it answers [`Next::Wait`], does the tasks it was given (at the same time, if it
//! likes), reports each with [`Run::complete`] or [`Run::fail`], and asks again. What happened is read with
//! [`Run::events`].
//!
//! Always holds: a node is started once, when every connected input has its value and its gates are open, and ends
//! at most once; a node that can no longer run is skipped, and so is what depends on it; the order in which tasks end
//! never changes an output; after an end nothing more happens. Absent on purpose: clocks, numbers of events, retries
//! of calls, which are the driver's.

use std::collections::VecDeque;
use std::sync::Arc;

use serde_json::Value;

use crate::event::{Body, Failure, FailureCode, Field, ModelCall, RunError, Source, Status};
use crate::message::Chat;
use crate::node::condition::DEFAULT;
use crate::node::prompt;
use crate::plan::{Plan, PlannedInput, PlannedKind};
use crate::value::shape;
use crate::wire::OutputValue;

/// The state of one run.
#[derive(Clone, Debug)]
pub struct Run {
    plan: Arc<Plan>,
    nodes: Vec<State>,
    ready: VecDeque<usize>,
    in_flight: usize,
    outputs: Vec<OutputValue>,
    events: Vec<Body>,
    end: Option<(Status, Option<RunError>)>,
}

#[derive(Clone, Debug)]
enum State {
    Waiting,
    /// Will be started, or has been.
    Running,
    /// Its outputs by name, or the branch that a Condition took.
    Completed(Vec<(String, Value)>, Option<usize>),
    Failed,
    Skipped,
}

/// What the driver is to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Next {
    /// Do this, and report it.
    Start(Task),
    /// Tasks are under way, and nothing else can begin before one of them ends.
    Wait,
    /// The run has ended. Drop what is under way.
    Ended(Status),
}

/// Something with an effect, to be done for a node.
#[derive(Clone, Debug, PartialEq)]
pub struct Task {
    pub id: TaskId,
    /// The node's name.
    pub node: String,
    pub work: Work,
}

/// Names a task to its run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TaskId(usize);

/// What is to be done.
#[derive(Clone, Debug, PartialEq)]
pub enum Work {
    /// Ask a model.
    Chat(Box<Chat>),
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

impl Run {
    /// Begins a run.
    ///
    /// # Errors
    /// The input is not of the type of the flow's Input node.
    pub fn new(plan: Arc<Plan>, input: Value) -> Result<Self, InputError> {
        let (name, kind) = (plan.input_name(), plan.input_type());
        if !kind.accepts(&input) {
            let message = format!("{name} takes {}, and the input is {}.", kind.noun(), shape(&input));
            return Err(InputError { message });
        }
        let mut run = Self {
            nodes: vec![State::Waiting; plan.nodes.len()],
            ready: VecDeque::new(),
            in_flight: 0,
            outputs: Vec::new(),
            events: vec![Body::ExecutionStarted { input: input.clone() }],
            end: None,
            plan,
        };
        let start = run.plan.input;
        let output = run.plan.nodes[start].outputs.first().map(|(name, _)| name.clone()).unwrap_or_default();
        run.events.push(Body::NodeStarted { node: run.plan.nodes[start].name.clone(), inputs: Vec::new() });
        run.finish(start, vec![(output, input)], None, None);
        Ok(run)
    }

    /// What to do now.
    // Not an iterator: it answers differently after each report.
    #[allow(clippy::should_implement_trait)]
    pub fn next(&mut self) -> Next {
        loop {
            if let Some((status, _)) = self.end {
                return Next::Ended(status);
            }
            match self.ready.pop_front() {
                Some(at) => {
                    if let Some(task) = self.start(at) {
                        self.in_flight += 1;
                        return Next::Start(task);
                    }
                }
                None if self.in_flight > 0 => return Next::Wait,
                None => self.finish_run(Status::Succeeded, None),
            }
        }
    }

    /// A task ended well.
    pub fn complete(&mut self, task: TaskId, completion: Completion) {
        if !self.end_task(task) {
            return;
        }
        let output = self.plan.nodes[task.0].outputs.first().cloned();
        match output {
            Some((name, kind)) if kind.accepts(&completion.value) => {
                self.finish(task.0, vec![(name, completion.value)], None, completion.model);
            }
            Some((name, kind)) => {
                let message = format!(
                    "The output {name} is {}, and the result is {}.",
                    kind.noun(),
                    shape(&completion.value)
                );
                self.fail_node(task.0, Failure { code: FailureCode::Validation, message });
            }
            None => self.finish(task.0, Vec::new(), None, completion.model),
        }
    }

    /// A task failed, and the run with it.
    pub fn fail(&mut self, task: TaskId, failure: Failure) {
        if self.end_task(task) {
            self.fail_node(task.0, failure);
        }
    }

    /// A piece of a task's answer arrived.
    pub fn delta(&mut self, task: TaskId, text: String) {
        if self.end.is_none() && matches!(self.nodes.get(task.0), Some(State::Running)) {
            self.events.push(Body::NodeDelta { node: self.plan.nodes[task.0].name.clone(), text });
        }
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

    /// Why the run failed.
    pub fn error(&self) -> Option<&RunError> {
        self.end.as_ref().and_then(|(_, error)| error.as_ref())
    }

    fn end_task(&mut self, task: TaskId) -> bool {
        let running = self.end.is_none() && matches!(self.nodes.get(task.0), Some(State::Running));
        if running {
            self.in_flight = self.in_flight.saturating_sub(1);
        }
        running
    }

    /// Begins a node whose inputs are there; does it at once where it has no effect.
    fn start(&mut self, at: usize) -> Option<Task> {
        let plan = Arc::clone(&self.plan);
        let node = &plan.nodes[at];
        let (fields, values) = match self.gather(&node.inputs) {
            Ok(gathered) => gathered,
            Err((fields, message)) => {
                self.events.push(Body::NodeStarted { node: node.name.clone(), inputs: fields });
                self.fail_node(at, Failure { code: FailureCode::Validation, message });
                return None;
            }
        };
        self.events.push(Body::NodeStarted { node: node.name.clone(), inputs: fields });
        match &node.kind {
            PlannedKind::Input => self.finish(at, Vec::new(), None, None),
            PlannedKind::Output => {
                let value = values.into_iter().next().map(|(_, value)| value).unwrap_or(Value::Null);
                self.events.push(Body::Output { node: node.name.clone(), value: value.clone() });
                self.outputs.push(OutputValue { node: node.name.clone(), value });
                self.finish(at, Vec::new(), None, None);
            }
            PlannedKind::Condition { branches } => {
                let taken = branches
                    .iter()
                    .position(|(_, condition)| condition.as_ref().is_some_and(|c| c.holds(&values)))
                    .or_else(|| branches.iter().position(|(name, _)| name == DEFAULT));
                let satisfied = taken.map_or(DEFAULT, |branch| &branches[branch].0).to_owned();
                self.events.push(Body::ConditionEvaluated { node: node.name.clone(), satisfied });
                self.finish(at, Vec::new(), taken, None);
            }
            PlannedKind::Prompt { prompt: inline, answer } => {
                match prompt::chat(inline, answer.as_ref(), &values) {
                    Ok(chat) => {
                        let work = Work::Chat(Box::new(chat));
                        return Some(Task { id: TaskId(at), node: node.name.clone(), work });
                    }
                    Err(message) => self.fail_node(at, Failure { code: FailureCode::Validation, message }),
                }
            }
        }
        None
    }

    /// The values at a node's inputs; or those that could be had, and what is wrong with the next.
    #[allow(clippy::type_complexity)]
    fn gather(
        &self,
        inputs: &[PlannedInput],
    ) -> Result<(Vec<Field>, Vec<(String, Value)>), (Vec<Field>, String)> {
        let (mut fields, mut values) = (Vec::new(), Vec::new());
        for input in inputs {
            let Some((source, output)) = &input.source else { continue };
            let Some(whole) = self.value(*source, output) else { continue };
            let value = match input.expression.evaluate(whole) {
                Ok(value) if input.kind.accepts(&value) => value,
                Ok(value) => {
                    let message = format!(
                        "Input {} takes {}, and got {}.",
                        input.name,
                        input.kind.noun(),
                        shape(&value)
                    );
                    return Err((fields, message));
                }
                Err(missing) => return Err((fields, format!("Input {}: {missing}", input.name))),
            };
            fields.push(Field {
                name: input.name.clone(),
                value: value.clone(),
                source: Some(Source {
                    node: self.plan.nodes[*source].name.clone(),
                    output: output.clone(),
                    expression: input.text.clone(),
                }),
            });
            values.push((input.name.clone(), value));
        }
        Ok((fields, values))
    }

    fn value(&self, node: usize, output: &str) -> Option<&Value> {
        match self.nodes.get(node) {
            Some(State::Completed(outputs, _)) => {
                outputs.iter().find(|(name, _)| name == output).map(|(_, value)| value)
            }
            _ => None,
        }
    }

    fn finish(
        &mut self,
        at: usize,
        outputs: Vec<(String, Value)>,
        branch: Option<usize>,
        model: Option<ModelCall>,
    ) {
        let fields = outputs
            .iter()
            .map(|(name, value)| Field { name: name.clone(), value: value.clone(), source: None })
            .collect();
        self.events.push(Body::NodeCompleted {
            node: self.plan.nodes[at].name.clone(),
            outputs: fields,
            model,
        });
        self.nodes[at] = State::Completed(outputs, branch);
        self.wake_dependents(at);
    }

    fn fail_node(&mut self, at: usize, failure: Failure) {
        let node = self.plan.nodes[at].name.clone();
        self.nodes[at] = State::Failed;
        let error =
            RunError { node: Some(node.clone()), code: failure.code, message: failure.message.clone() };
        let status = if failure.code == FailureCode::TimedOut { Status::TimedOut } else { Status::Failed };
        self.events.push(Body::NodeFailed { node, failure });
        self.finish_run(status, Some(error));
    }

    fn finish_run(&mut self, status: Status, error: Option<RunError>) {
        self.events.push(Body::ExecutionEnded { status, error: error.clone() });
        self.end = Some((status, error));
    }

    /// Looks at what depends on a node that ended: starts what is ready, skips what never will be.
    fn wake_dependents(&mut self, ended: usize) {
        let mut look: VecDeque<usize> = self.plan.nodes[ended].dependents.iter().copied().collect();
        while let Some(at) = look.pop_front() {
            if !matches!(self.nodes[at], State::Waiting) {
                continue;
            }
            match self.readiness(at) {
                Readiness::Ready => {
                    self.nodes[at] = State::Running;
                    self.ready.push_back(at);
                }
                Readiness::Never => {
                    self.nodes[at] = State::Skipped;
                    self.events.push(Body::NodeSkipped { node: self.plan.nodes[at].name.clone() });
                    look.extend(self.plan.nodes[at].dependents.iter().copied());
                }
                Readiness::NotYet => {}
            }
        }
    }

    /// Every connected input needs its value; of each Condition node that gates it, any of its gates must be open.
    fn readiness(&self, at: usize) -> Readiness {
        let node = &self.plan.nodes[at];
        let data =
            node.inputs.iter().filter_map(|input| input.source.as_ref()).map(|(source, _)| {
                match &self.nodes[*source] {
                    State::Completed(..) => Readiness::Ready,
                    State::Skipped | State::Failed => Readiness::Never,
                    State::Waiting | State::Running => Readiness::NotYet,
                }
            });
        let gates = node.gates.iter().map(|(source, branches)| match &self.nodes[*source] {
            State::Completed(_, taken) if taken.is_some_and(|taken| branches.contains(&taken)) => {
                Readiness::Ready
            }
            State::Completed(..) | State::Skipped | State::Failed => Readiness::Never,
            State::Waiting | State::Running => Readiness::NotYet,
        });
        data.chain(gates).max().unwrap_or(Readiness::NotYet)
    }
}

/// In the order in which one outweighs another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Readiness {
    Ready,
    NotYet,
    Never,
}

#[cfg(test)]
mod tests;
