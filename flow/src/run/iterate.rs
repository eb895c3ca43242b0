//! Iterator and Collector: a frame an item, in order, some of them at the same time where the Iterator says so.

use serde_json::Value;

use super::frame::State;
use super::{Gathered, Outcome, Run, Values, evaluate};
use crate::iteration::SIZE;
use crate::plan::{PlannedKind, is_item};
use crate::value::shape;

/// The most items that an Iterator goes through.
pub const MOST_ITEMS: usize = 10_000;

/// An Iterator that goes through its items.
#[derive(Clone, Debug)]
pub(super) struct Iteration {
    items: Vec<Value>,
    /// How many nodes of the run had ended when it began: then its items arrived.
    began: usize,
    /// The frames of the items that were begun, in order.
    frames: Vec<usize>,
    /// How many of them have not ended.
    going: usize,
    /// Items are being begun: one that ends at once must not begin the next from within.
    beginning: bool,
}

impl Run {
    pub(super) fn begin_items(&mut self, frame: usize, at: usize, values: Values) -> Result<(), String> {
        let Some((_, Value::Array(items))) = values.into_iter().next() else {
            return Err("The iterator got no array.".to_owned());
        };
        if items.len() > MOST_ITEMS {
            let count = items.len();
            return Err(format!(
                "An Iterator goes through {MOST_ITEMS} items at most, and got {count}. Pass on fewer."
            ));
        }
        if let Some(kind) = self.plan.nodes[at].outputs.first().map(|(_, kind)| *kind)
            && let Some(wrong) = items.iter().position(|item| !kind.accepts(item))
        {
            let found = shape(&items[wrong]);
            return Err(format!("The items are {}s, and item {wrong} is {found}.", kind));
        }
        let began = self.tick();
        self.iterations
            .insert((frame, at), Iteration { items, began, frames: Vec::new(), going: 0, beginning: false });
        self.next_items(frame, at);
        Ok(())
    }

    /// An item's nodes have all ended.
    pub(super) fn end_item(&mut self, frame: usize, at: usize) {
        if let Some(iteration) = self.iterations.get_mut(&(frame, at)) {
            iteration.going = iteration.going.saturating_sub(1);
        }
        self.next_items(frame, at);
    }

    /// Begins as many items as may go on together; ends the Iterator after the last.
    fn next_items(&mut self, frame: usize, at: usize) {
        let PlannedKind::Iterator { region, parallel } = self.plan.nodes[at].kind else { return };
        loop {
            let Some(iteration) = self.iterations.get(&(frame, at)) else { return };
            let (begun, count, going) = (iteration.frames.len(), iteration.items.len(), iteration.going);
            if self.end.is_some() || iteration.beginning || going >= parallel.max(1) {
                return;
            }
            if begun == count {
                if going == 0 && matches!(self.state(frame, at), State::Running) {
                    let outputs = vec![(SIZE.to_owned(), Value::from(count))];
                    self.finish(frame, at, Outcome { outputs, ..Outcome::default() });
                }
                return;
            }
            let item = self.open((frame, at), region, begun);
            if let Some(iteration) = self.iterations.get_mut(&(frame, at)) {
                iteration.frames.push(item);
                iteration.going += 1;
                iteration.beginning = true;
            }
            self.look_at_all(item);
            if let Some(iteration) = self.iterations.get_mut(&(frame, at)) {
                iteration.beginning = false;
            }
        }
    }

    /// What a node inside an iteration sees of its Iterator.
    pub(super) fn item(&self, inside: usize, iterator: usize, output: &str) -> Option<Value> {
        let iteration = self.iterations.get(&(self.frames[inside].parent, iterator))?;
        match output {
            SIZE => Some(Value::from(iteration.items.len())),
            _ => iteration.items.get(self.frames[inside].index).cloned(),
        }
    }

    /// When the items arrived of which this frame is one.
    pub(super) fn began(&self, inside: usize, iterator: usize) -> usize {
        self.iterations.get(&(self.frames[inside].parent, iterator)).map_or(0, |iteration| iteration.began)
    }

    /// Gathers what each item came to, in the order of the items. An item whose branch was not taken is left out.
    pub(super) fn collect(&mut self, frame: usize, at: usize, iterator: usize) {
        let plan = std::sync::Arc::clone(&self.plan);
        let node = &plan.nodes[at];
        let frames = self.iterations.get(&(frame, iterator)).map(|i| i.frames.clone()).unwrap_or_default();
        let (mut items, mut omitted) = (Vec::new(), Vec::new());
        let mut gathered = Gathered::default();
        for input in &node.inputs {
            if !is_item(input) {
                let Some((whole, sources)) = self.whole(frame, input) else { continue };
                match evaluate(input, &whole) {
                    Ok(value) => gathered.add(input, sources, value),
                    Err(message) => return self.refuse(frame, at, gathered, message),
                }
                continue;
            }
            for (index, inside) in frames.iter().enumerate() {
                match self.whole(*inside, input) {
                    None => omitted.push(index),
                    Some((whole, _)) => match evaluate(input, &whole) {
                        Ok(value) => items.push(value),
                        Err(message) => {
                            return self.refuse(frame, at, gathered, format!("Item {index}: {message}"));
                        }
                    },
                }
            }
        }
        if !self.may_start(&gathered.fields) {
            return self.refuse(frame, at, Gathered::default(), super::told_too_much());
        }
        self.tell_started(frame, at, gathered.fields);
        let outputs = node.outputs.first().map(|(name, _)| (name.clone(), Value::Array(items)));
        self.finish(
            frame,
            at,
            Outcome { outputs: outputs.into_iter().collect(), omitted, ..Outcome::default() },
        );
    }

    fn refuse(&mut self, frame: usize, at: usize, gathered: Gathered, message: String) {
        self.tell_started(frame, at, gathered.fields);
        self.fail_with(frame, at, message);
    }
}
