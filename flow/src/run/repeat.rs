//! Loop: a frame an iteration, until its controller lets it go no further.

use serde_json::Value;

use super::frame::{State, find};
use super::{Outcome, Run, Values};
use crate::definition::InputCategory;
use crate::extensions::LoopPolarity;
use crate::node::repeat::COUNT;
use crate::plan::{Controller, PlannedKind};
use crate::value::shape;

/// What a controller is said to have taken when the loop ends.
pub const EXIT: &str = "exit";

impl Run {
    pub(super) fn begin_loop(&mut self, frame: usize, at: usize, values: &Values) -> Result<(), String> {
        let PlannedKind::Loop { input, .. } = self.plan.nodes[at].kind else { return Ok(()) };
        let begin = &self.plan.nodes[input];
        let mut first = Values::new();
        for (name, kind) in &begin.outputs {
            let value = find(values, name).filter(|value| kind.accepts(value));
            let value = value.ok_or_else(|| {
                format!("The loop begins with {name}, {}. Give it an input of that name.", kind.noun())
            })?;
            first.push((name.clone(), value.clone()));
        }
        self.begin_iteration(frame, at, 0, first);
        Ok(())
    }

    fn begin_iteration(&mut self, frame: usize, at: usize, index: usize, values: Values) {
        let PlannedKind::Loop { region, input, .. } = self.plan.nodes[at].kind else { return };
        let inside = self.open((frame, at), region, index);
        self.tell_started(inside, input, Vec::new());
        self.set_state(inside, input, State::Running);
        self.finish(inside, input, Outcome { outputs: values, ..Outcome::default() });
        self.look_at_all(inside);
    }

    /// Says whether the loop goes on, when the iteration is over.
    pub(super) fn control(&mut self, frame: usize, at: usize, controller: &Controller, values: Values) {
        let holds = controller.condition.holds(&self.of_category(at, &values, InputCategory::LoopCondition));
        let wants = match controller.polarity {
            LoopPolarity::ContinueWhileTrue => holds,
            LoopPolarity::ExitWhenTrue => !holds,
        };
        let goes_on = wants && self.frames[frame].index + 1 < controller.most;
        self.tell_satisfied(frame, at, if goes_on { &controller.name } else { EXIT });
        self.frames[frame].decision = Some((goes_on, values));
    }

    /// All nodes of an iteration have ended: the next one begins, or the loop ends.
    pub(super) fn end_iteration(&mut self, frame: usize, at: usize, inside: usize) {
        let PlannedKind::Loop { input, controller, .. } = self.plan.nodes[at].kind else { return };
        let index = self.frames[inside].index;
        let Some((goes_on, values)) = self.frames[inside].decision.take() else {
            let message =
                format!("No branch that was taken leads to the loop's controller (iteration {index}).");
            return self.fail_with(frame, at, message);
        };
        if goes_on {
            let back = self.of_category(controller, &values, InputCategory::ReturnValueToLoopStart);
            let mut next = Values::new();
            for (name, kind) in self.plan.nodes[input].outputs.clone() {
                let before = self.value(inside, input, &name);
                let value = find(&back, &name).cloned().or(before).unwrap_or(Value::Null);
                if !kind.accepts(&value) {
                    let found = shape(&value);
                    let message = format!("The loop goes on with {name}, {}, and got {found}.", kind.noun());
                    return self.fail_with(frame, at, message);
                }
                next.push((name, value));
            }
            return self.begin_iteration(frame, at, index + 1, next);
        }
        let exit = self.of_category(controller, &values, InputCategory::ExitLoop);
        let mut outputs = Values::new();
        for (name, kind) in self.plan.nodes[at].outputs.clone() {
            let value = match find(&exit, &name) {
                Some(value) => value.clone(),
                None if name == COUNT => Value::from(index + 1),
                None => Value::Null,
            };
            if !kind.accepts(&value) {
                let message = format!(
                    "The output {name} is {}, and the loop ends with {}.",
                    kind.noun(),
                    shape(&value)
                );
                return self.fail_with(frame, at, message);
            }
            outputs.push((name, value));
        }
        self.finish(frame, at, Outcome { outputs, ..Outcome::default() });
    }

    fn of_category(&self, controller: usize, values: &Values, category: InputCategory) -> Values {
        let inputs = self.plan.nodes[controller].inputs.iter();
        let names = inputs.filter(|input| input.category == Some(category)).map(|input| &input.name);
        names.filter_map(|name| Some((name.clone(), find(values, name)?.clone()))).collect()
    }
}
