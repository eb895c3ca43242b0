//! Running a part of a flow, from what is given of the rest.
//!
//! Always holds: a node that is given does not run, and neither does what only it needs; what runs is decided before
//! the run begins. An iteration and a loop are run as a whole or not at all.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use super::frame::State;
use super::{InputError, MOST_KEPT, Run, check_depth, check_input};
use crate::event::{Body, Field};
use crate::part::{Given, Part};
use crate::plan::{Plan, PlannedKind};
use crate::value::{DEEPEST, fits, is_too_deep, shape};

impl Run {
    /// Begins a run of a part.
    ///
    /// # Errors
    /// It names a node that there is not or that cannot run alone, something given does not fit its node, or the Input
    /// node runs and does not take the input.
    pub fn part(plan: Arc<Plan>, input: Value, part: Part) -> Result<Self, InputError> {
        let chosen = Chosen::of(&plan, &part)?;
        let start = plan.input;
        check_depth(&input)?;
        if chosen.runs(start) {
            check_input(&plan, &input)?;
        }
        let mut run =
            Self::begun(plan, Body::ExecutionStarted { input: input.clone(), part: Some(Box::new(part)) });
        let own = run.plan.regions[0].nodes.clone();
        for node in own {
            match chosen.given.get(&node) {
                _ if !chosen.wanted[node] => run.end_before(node, State::LeftOut),
                Some(given) => run.take_as_given(node, given)?,
                None => {}
            }
        }
        if chosen.runs(start) {
            run.take_input(input);
        }
        run.settle();
        Ok(run)
    }

    fn take_as_given(&mut self, node: usize, given: &Given) -> Result<(), InputError> {
        let plan = Arc::clone(&self.plan);
        let planned = &plan.nodes[node];
        let name = planned.name.clone();
        let (outputs, branch) = match given {
            Given::Skipped => {
                self.events.push(Body::NodeSkipped { node: name, chain: Vec::new() });
                self.end_before(node, State::Skipped);
                return Ok(());
            }
            Given::Branch(branch) => (Vec::new(), Some(branch_of(&planned.kind, &name, branch)?)),
            Given::Outputs(values) => (outputs_of(&planned.outputs, &planned.kind, &name, values)?, None),
        };
        if !outputs.iter().all(|(_, value)| fits(value, &mut self.left)) {
            let most = MOST_KEPT / (1024 * 1024);
            return Err(wrong(format!("What is given has more than {most} MiB in all. Give less.")));
        }
        let field = |(name, value): &(String, Value)| Field {
            name: name.clone(),
            value: value.clone(),
            source: None,
            joined: Vec::new(),
        };
        let (fields, taken) = (
            outputs.iter().map(field).collect(),
            match given {
                Given::Branch(branch) => Some(branch.clone()),
                _ => None,
            },
        );
        self.events.push(Body::NodeGiven { node: name, outputs: fields, branch: taken });
        let at = self.tick();
        self.end_before(node, State::Completed(outputs.into(), branch, at));
        Ok(())
    }
}

/// Which nodes of the flow run, and which are given.
struct Chosen {
    wanted: Vec<bool>,
    given: BTreeMap<usize, Given>,
}

impl Chosen {
    fn of(plan: &Plan, part: &Part) -> Result<Self, InputError> {
        let target = part.node.as_deref().map(|name| own(plan, name)).transpose()?;
        let mut given = BTreeMap::new();
        for (name, what) in &part.given {
            let node = own(plan, name)?;
            if matches!(plan.nodes[node].kind, PlannedKind::Iterator { .. }) {
                return Err(wrong(format!(
                    "{name} goes through items, so it cannot be given. Give the Collector that gathers them."
                )));
            }
            given.insert(node, what.clone());
        }
        let roots = match target {
            None => plan.regions[0]
                .nodes
                .iter()
                .copied()
                .filter(|at| plan.nodes[*at].dependents.is_empty())
                .collect(),
            Some(target) => {
                given.remove(&target);
                if part.following { following(plan, target) } else { vec![target] }
            }
        };
        let wanted = needed(plan, roots, &given);
        Ok(Self { wanted, given })
    }

    fn runs(&self, node: usize) -> bool {
        self.wanted[node] && !self.given.contains_key(&node)
    }
}

/// The node of this name that is the flow's own, in no iteration or loop.
fn own(plan: &Plan, name: &str) -> Result<usize, InputError> {
    if let Some(node) = plan.regions[0].nodes.iter().find(|at| plan.nodes[**at].name == name) {
        return Ok(*node);
    }
    let message = match plan.nodes.iter().any(|node| node.name == name) {
        true => {
            format!("{name} runs once for each item or round. Name the Iterator or the Loop that it is in.")
        }
        false => format!("The flow has no node {name}. Name one that it has."),
    };
    Err(wrong(message))
}

/// A node and all that depend on it.
fn following(plan: &Plan, node: usize) -> Vec<usize> {
    let mut found = vec![node];
    let mut next = 0;
    while let Some(at) = found.get(next).copied() {
        let new: Vec<usize> = plan.nodes[at]
            .dependents
            .iter()
            .copied()
            .filter(|dependent| !found.contains(dependent))
            .collect();
        found.extend(new);
        next += 1;
    }
    found
}

/// What has to be there for these to run: themselves, and what comes before them up to what is given.
fn needed(plan: &Plan, mut todo: Vec<usize>, given: &BTreeMap<usize, Given>) -> Vec<bool> {
    let mut wanted = vec![false; plan.nodes.len()];
    while let Some(at) = todo.pop() {
        if std::mem::replace(&mut wanted[at], true) || given.contains_key(&at) {
            continue;
        }
        let node = &plan.nodes[at];
        todo.extend(node.inputs.iter().flat_map(|input| input.sources.iter().map(|(source, _)| *source)));
        todo.extend(node.gates.keys());
        // An iteration is run as a whole.
        if let PlannedKind::Iterator { region, .. } = node.kind {
            todo.extend(&plan.regions[region].nodes);
        }
        todo.extend(plan.regions[node.region].owner);
    }
    wanted
}

fn branch_of(kind: &PlannedKind, node: &str, branch: &str) -> Result<usize, InputError> {
    let PlannedKind::Condition { branches } = kind else {
        return Err(wrong(format!("{node} is no Condition, so it takes no branch. Give its outputs.")));
    };
    let place = branches.iter().position(|(name, _)| name == branch);
    place.ok_or_else(|| wrong(format!("{node} has no branch {branch}. Give one that it has.")))
}

fn outputs_of(
    ports: &[(String, crate::value::Type)],
    kind: &PlannedKind,
    node: &str,
    values: &BTreeMap<String, Value>,
) -> Result<Vec<(String, Value)>, InputError> {
    if matches!(kind, PlannedKind::Condition { .. }) {
        return Err(wrong(format!("{node} is a Condition. Give the branch that it takes.")));
    }
    if let Some(name) = values.keys().find(|name| ports.iter().all(|(port, _)| port != *name)) {
        return Err(wrong(format!("{node} has no output {name}. Leave it out.")));
    }
    let value = |(name, kind): &(String, crate::value::Type)| match values.get(name) {
        None => Err(wrong(format!("The output {name} of {node} is missing. Give {} for it.", kind.noun()))),
        Some(value) if !kind.accepts(value) => Err(wrong(format!(
            "The output {name} of {node} is {}, and {} is given.",
            kind.noun(),
            shape(value)
        ))),
        Some(value) if is_too_deep(value) => Err(wrong(format!(
            "What is given for {name} of {node} is nested more than {DEEPEST} levels deep. Flatten it."
        ))),
        Some(value) => Ok((name.clone(), value.clone())),
    };
    ports.iter().map(value).collect()
}

fn wrong(message: String) -> InputError {
    InputError { message }
}
