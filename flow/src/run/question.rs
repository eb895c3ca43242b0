//! Questions: a task that ended in one, the pause before its answer, and how its node goes on.
//!
//! Always holds: one question is open at a time, the oldest; a run pauses only when nothing else can go on.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Next, Run, Task, TaskId, Work};
use crate::event::{Body, Link};
use crate::node::agent::Resumed;

/// A node that asks, in words that outlive the run's place in memory.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Question {
    pub node: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub chain: Vec<Link>,
    pub text: String,
    /// What the node needs to go on.
    pub state: Value,
}

#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub task: TaskId,
    text: String,
    state: Value,
}

#[derive(Clone, Debug)]
pub(super) struct Answered {
    task: TaskId,
    resumed: Resumed,
}

impl Run {
    /// A task ended in a question to a person; `state` is what its node needs to go on.
    pub fn ask(&mut self, task: TaskId, text: String, state: Value) {
        if self.end_task(task) {
            self.asked.push(Asked { task, text, state });
        }
    }

    /// The questions that wait for an answer; the first is the open one.
    pub fn questions(&self) -> Vec<Question> {
        let question = |asked: &Asked| Question {
            node: self.plan.nodes[asked.task.node].name.clone(),
            chain: self.chain(asked.task.frame),
            text: asked.text.clone(),
            state: asked.state.clone(),
        };
        self.asked.iter().map(question).collect()
    }

    /// Answers the open question; its node goes on. Nothing happens where none is open.
    pub fn answer(&mut self, reply: String) {
        if self.end.is_some() || self.asked.is_empty() {
            return;
        }
        let Asked { task, state, .. } = self.asked.remove(0);
        self.requested = false;
        let (node, chain) = (self.plan.nodes[task.node].name.clone(), self.chain(task.frame));
        self.events.push(Body::InputGiven { node, text: reply.clone(), chain });
        self.answered.push_back(Answered { task, resumed: Resumed { state, reply } });
    }

    /// Tells the oldest question, once.
    pub(super) fn pause(&mut self) -> Next {
        if let (false, Some(asked)) = (self.requested, self.asked.first()) {
            let (node, chain) = (self.plan.nodes[asked.task.node].name.clone(), self.chain(asked.task.frame));
            self.events.push(Body::InputRequested { node, text: asked.text.clone(), chain });
            self.requested = true;
        }
        Next::Paused
    }

    /// The task of a node whose question was answered. Its inputs are what they were.
    pub(super) fn resume(&mut self) -> Option<Task> {
        let Answered { task: id, resumed } = self.answered.pop_front()?;
        let plan = std::sync::Arc::clone(&self.plan);
        let node = &plan.nodes[id.node];
        let gathered = match self.gather(id.frame, &node.inputs) {
            Ok(gathered) => gathered,
            Err((_, message)) => {
                self.fail_with(id.frame, id.node, message);
                return None;
            }
        };
        match self.step(id.frame, id.node, gathered.values) {
            Ok(super::Did::Effect(mut work)) => {
                if let Work::Agent(call) = &mut work {
                    call.resumed = Some(resumed);
                }
                self.in_flight += 1;
                Some(Task { id, node: node.name.clone(), chain: self.chain(id.frame), work })
            }
            // What asked was a task, so its node has an effect.
            _ => None,
        }
    }
}
