//! Replay: a paused run as it was, from its events.
//!
//! What the tasks came to is taken from the events, in their order; all that lies between is decided anew, which comes
//! to the same, since a run decides by nothing else.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::Value;

use super::{Completion, Next, Question, Run, TaskId};
use crate::event::{Body, Link};
use crate::part::Part;
use crate::plan::Plan;

/// The events are not those of a paused run of this plan.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NotReplayed(String);

type Place = (String, Vec<Link>);

impl Run {
    /// Rebuilds a paused run from what happened in it and the questions that it had when it paused.
    ///
    /// # Errors
    /// The plan is another, or the run was not paused there.
    pub fn replay<'a>(
        plan: Arc<Plan>,
        events: impl IntoIterator<Item = &'a Body>,
        questions: Vec<Question>,
    ) -> Result<Self, NotReplayed> {
        let mut events = events.into_iter();
        let Some(Body::ExecutionStarted { input, part }) = events.next() else {
            return Err(NotReplayed("the first event is no start".to_owned()));
        };
        let begun = match part {
            None => Self::new(plan, input.clone()),
            Some(part) => Self::part(plan, input.clone(), Part::clone(part)),
        };
        let run = begun.map_err(|error| NotReplayed(error.message))?;
        let mut replay = Replay { run, under_way: HashMap::new() };
        replay.go_on();
        for event in events {
            replay.take(event);
        }
        for Question { node, chain, text, state } in questions {
            let task = replay.under_way.remove(&(node, chain));
            let task = task.ok_or_else(|| NotReplayed("a node asks that does not run".to_owned()))?;
            replay.run.ask(task, text, state);
        }
        let next = replay.run.next();
        replay.run.events();
        match next {
            Next::Paused => Ok(replay.run),
            _ => Err(NotReplayed("the run was not paused there".to_owned())),
        }
    }
}

struct Replay {
    run: Run,
    under_way: HashMap<Place, TaskId>,
}

impl Replay {
    fn take(&mut self, event: &Body) {
        match event {
            // What has no task under way was done at once, and is done again by the run itself.
            Body::NodeCompleted { node, outputs, model, chain, .. } => {
                if let Some(task) = self.under_way.remove(&(node.clone(), chain.clone())) {
                    let value = outputs.first().map_or(Value::Null, |field| field.value.clone());
                    self.run.complete(task, Completion { value, model: model.clone() });
                }
            }
            Body::InputGiven { node, text, chain } => {
                if let Some(task) = self.under_way.remove(&(node.clone(), chain.clone())) {
                    self.run.ask(task, String::new(), Value::Null);
                    self.run.answer(text.clone());
                }
            }
            // Told already, and counted as it was then.
            Body::NodeDelta { text, .. } | Body::NodePrinted { text, .. } => {
                self.run.may_tell(text.len());
                return;
            }
            Body::AgentStep { step, .. } => {
                self.run.may_tell(step.size());
                return;
            }
            _ => return,
        }
        self.go_on();
    }

    fn go_on(&mut self) {
        while let Next::Start(task) = self.run.next() {
            self.under_way.insert((task.node, task.chain), task.id);
        }
        self.run.events();
    }
}
