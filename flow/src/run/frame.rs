//! Frames: the nodes of a region as they stand in one item or iteration, and who waits for whom across frames.
//!
//! Always holds: a frame's parent is one of the region that its owner runs in; a node reads from its own frame and from
//! those around it, never from one beside it.

use std::sync::Arc;

use serde_json::Value;

use super::{Run, Values};
use crate::join::{Join, Joined, Standing};
use crate::plan::{Plan, PlannedInput, PlannedKind};

/// The nodes of a region, once.
#[derive(Clone, Debug)]
pub(super) struct Frame {
    pub region: usize,
    /// The frame that the region's owner runs in; of the flow itself, the flow itself.
    pub parent: usize,
    /// Which item or iteration it is, from 0.
    pub index: usize,
    states: Vec<State>,
    /// How many nodes have not ended.
    left: usize,
    /// Whether its owner was told that they all have.
    closed: bool,
    /// Whether the loop that this is an iteration of goes on, and what its controller got.
    pub decision: Option<(bool, Values)>,
}

#[derive(Clone, Debug)]
pub(super) enum State {
    Waiting,
    /// Will be started, or has been.
    Running,
    /// Its outputs by name, or the branch that a Condition took; and how many nodes of the run had ended before.
    Completed(Arc<[(String, Value)]>, Option<usize>, usize),
    Failed,
    Skipped,
    /// It is no part of what this run runs.
    LeftOut,
}

/// In the order in which one outweighs another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Readiness {
    Ready,
    NotYet,
    Never,
}

impl From<Joined> for Readiness {
    fn from(joined: Joined) -> Self {
        match joined {
            Joined::Of(_) => Self::Ready,
            Joined::Waits => Self::NotYet,
            Joined::Skipped => Self::Never,
        }
    }
}

impl Frame {
    pub(super) fn new(plan: &Plan, region: usize, parent: usize, index: usize) -> Self {
        let count = plan.regions[region].nodes.len();
        Self {
            region,
            parent,
            index,
            states: vec![State::Waiting; count],
            left: count,
            closed: false,
            decision: None,
        }
    }

    /// Whether all its nodes have ended.
    pub(super) fn is_done(&self) -> bool {
        self.left == 0
    }
}

impl Run {
    /// Opens a frame; what it has of its owner's is put in before its nodes are looked at.
    pub(super) fn open(&mut self, owner: (usize, usize), region: usize, index: usize) -> usize {
        self.frames.push(Frame::new(&self.plan, region, owner.0, index));
        self.frames.len() - 1
    }

    /// Starts what can run in a new frame, and skips what never will.
    pub(super) fn look_at_all(&mut self, frame: usize) {
        let plan = Arc::clone(&self.plan);
        for &node in &plan.regions[self.frames[frame].region].nodes {
            self.look(frame, node);
        }
        self.close_if_done(frame);
    }

    pub(super) fn state(&self, frame: usize, node: usize) -> &State {
        &self.frames[frame].states[self.plan.nodes[node].slot]
    }

    pub(super) fn set_state(&mut self, frame: usize, node: usize, state: State) {
        let slot = self.plan.nodes[node].slot;
        self.frames[frame].states[slot] = state;
    }

    /// A node ended well or is skipped: what waits for it is looked at, and its frame may be done.
    pub(super) fn end_node(&mut self, frame: usize, node: usize, state: State) {
        self.set_state(frame, node, state);
        self.frames[frame].left = self.frames[frame].left.saturating_sub(1);
        self.ended.push_back((frame, node));
        self.settle();
    }

    /// A node of the flow's own has ended before the run begins; [`Run::settle`] looks at what waits for it.
    pub(super) fn end_before(&mut self, node: usize, state: State) {
        self.set_state(0, node, state);
        self.frames[0].left = self.frames[0].left.saturating_sub(1);
        self.ended.push_back((0, node));
    }

    /// Looks at what waits for the nodes that ended. What ends meanwhile waits its turn: a long row of skipped nodes
    /// must not go deep.
    pub(super) fn settle(&mut self) {
        if self.settling {
            return;
        }
        self.settling = true;
        while let Some((frame, node)) = self.ended.pop_front() {
            let plan = Arc::clone(&self.plan);
            for &dependent in &plan.nodes[node].dependents {
                for at in self.frames_within(frame, plan.nodes[dependent].region) {
                    self.look(at, dependent);
                }
            }
            self.close_if_done(frame);
        }
        self.settling = false;
    }

    /// The frames of a region that are inside a frame, that itself among them, and still go on.
    fn frames_within(&self, outer: usize, region: usize) -> Vec<usize> {
        if self.frames[outer].region == region {
            return vec![outer];
        }
        let going = |at: &usize| self.frames[*at].region == region && !self.frames[*at].is_done();
        (outer + 1..self.frames.len()).filter(going).filter(|at| self.encloses(outer, *at)).collect()
    }

    fn encloses(&self, outer: usize, mut frame: usize) -> bool {
        while frame > outer {
            frame = self.frames[frame].parent;
        }
        frame == outer
    }

    /// Looks whether a waiting node can run now, or never will.
    fn look(&mut self, frame: usize, node: usize) {
        if self.end.is_some() || !matches!(self.state(frame, node), State::Waiting) {
            return;
        }
        match self.readiness(frame, node) {
            Readiness::Ready if self.plan.nodes[node].disabled => self.skip(frame, node),
            Readiness::Ready => {
                self.set_state(frame, node, State::Running);
                self.ready.push_back((frame, node));
            }
            Readiness::Never => self.skip(frame, node),
            Readiness::NotYet => {}
        }
    }

    /// Every connected input needs its value; of each Condition node that gates it, any of its gates must be open.
    fn readiness(&self, frame: usize, at: usize) -> Readiness {
        let node = &self.plan.nodes[at];
        let connected = node.inputs.iter().filter(|input| !input.sources.is_empty());
        let data = connected.map(|input| match &node.kind {
            PlannedKind::Collector { iterator } => self.collectable(frame, *iterator, input),
            _ => self.joined(frame, input).into(),
        });
        let gates = node.gates.iter().map(|(source, branches)| match self.around(frame, *source) {
            Some(around) => match self.state(around, *source) {
                State::Completed(_, taken, _) if taken.is_some_and(|taken| branches.contains(&taken)) => {
                    Readiness::Ready
                }
                State::Completed(..) | State::Skipped | State::Failed | State::LeftOut => Readiness::Never,
                State::Waiting | State::Running => Readiness::NotYet,
            },
            None => Readiness::NotYet,
        });
        data.chain(gates).max().unwrap_or(Readiness::NotYet)
    }

    /// What a Collector gathers is there when the iteration is over, and what the same for every item is joined with it
    /// has ended too.
    fn collectable(&self, frame: usize, iterator: usize, input: &PlannedInput) -> Readiness {
        let outside = input.sources.iter().filter(|(source, _)| self.around(frame, *source).is_some());
        let waits = |(source, _): &&(usize, String)| self.stands(frame, *source) == Standing::Waits;
        match self.stands(frame, iterator) {
            Standing::Skipped => Readiness::Never,
            Standing::Arrived(_) if outside.into_iter().find(waits).is_none() => Readiness::Ready,
            _ => Readiness::NotYet,
        }
    }

    /// Which of an input's connections its value is made of, as a node in this frame sees them.
    pub(super) fn joined(&self, frame: usize, input: &PlannedInput) -> Joined {
        let connections: Vec<Standing> =
            input.sources.iter().map(|(source, _)| self.stands(frame, *source)).collect();
        Join::of(input.join, &connections)
    }

    fn stands(&self, frame: usize, source: usize) -> Standing {
        if let Some(inside) = self.item_frame(frame, source) {
            return Standing::Arrived(self.began(inside, source));
        }
        let Some(around) = self.around(frame, source) else { return Standing::Waits };
        match self.state(around, source) {
            State::Completed(_, _, at) => Standing::Arrived(*at),
            State::Skipped | State::Failed | State::LeftOut => Standing::Skipped,
            State::Waiting | State::Running => Standing::Waits,
        }
    }

    /// The value of an output, as a node in this frame sees it.
    pub(super) fn value(&self, frame: usize, node: usize, output: &str) -> Option<Value> {
        if let Some(inside) = self.item_frame(frame, node) {
            return self.item(inside, node, output);
        }
        match self.state(self.around(frame, node)?, node) {
            State::Completed(outputs, ..) => {
                outputs.iter().find(|(name, _)| name == output).map(|(_, value)| value.clone())
            }
            _ => None,
        }
    }

    /// The frame at or around this one that a node runs in.
    pub(super) fn around(&self, frame: usize, node: usize) -> Option<usize> {
        let region = self.plan.nodes[node].region;
        self.outwards(frame).find(|at| self.frames[*at].region == region)
    }

    /// The frame at or around this one that is an item of an Iterator.
    fn item_frame(&self, frame: usize, node: usize) -> Option<usize> {
        let PlannedKind::Iterator { region, .. } = self.plan.nodes[node].kind else { return None };
        self.outwards(frame).find(|at| self.frames[*at].region == region)
    }

    fn outwards(&self, frame: usize) -> impl Iterator<Item = usize> + '_ {
        let mut next = Some(frame);
        std::iter::from_fn(move || {
            let at = next?;
            next = (at != 0).then(|| self.frames[at].parent);
            Some(at)
        })
    }

    /// Lets a frame's owner go on when all its nodes have ended.
    fn close_if_done(&mut self, frame: usize) {
        if self.end.is_some() || self.frames[frame].closed || !self.frames[frame].is_done() {
            return;
        }
        self.frames[frame].closed = true;
        let Some(owner) = self.plan.regions[self.frames[frame].region].owner else { return };
        let parent = self.frames[frame].parent;
        match self.plan.nodes[owner].kind {
            PlannedKind::Loop { .. } => self.end_iteration(parent, owner, frame),
            _ => self.end_item(parent, owner),
        }
    }

    /// Tells of the nodes of an iteration that is never entered: they end as its Iterator did. Those of a loop's body are
    /// not told of: without an iteration their names are not theirs alone.
    pub(super) fn skip_region(&mut self, frame: usize, region: usize) {
        let plan = Arc::clone(&self.plan);
        for &node in &plan.regions[region].nodes {
            let (name, chain) = (plan.nodes[node].name.clone(), self.chain(frame));
            self.events.push(crate::event::Body::NodeSkipped { node: name, chain });
            if let PlannedKind::Iterator { region, .. } = plan.nodes[node].kind {
                self.skip_region(frame, region);
            }
        }
    }
}

/// Values by name.
pub(super) fn find<'a>(values: &'a Values, name: &str) -> Option<&'a Value> {
    values.iter().find(|(known, _)| known == name).map(|(_, value)| value)
}
