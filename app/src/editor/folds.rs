//! Iterations folded: of each Iterator and Loop one item or round is shown at a time, and a stepper leads to the others.
//!
//! Always holds: where nothing was chosen, it is the one that began last, so that a run can be watched.

use std::collections::{BTreeSet, HashMap, HashSet};

use flow::event::Link;
use flow::trace::{Row, State, Trace};

/// An Iterator or a Loop in a run, by the items and rounds that it is in itself.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Fold {
    pub around: Vec<Link>,
    pub node: String,
}

/// Which item or round of each is shown, from 0.
pub type Chosen = HashMap<Fold, usize>;

/// A line of a trace.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// How many folds it is in.
    pub depth: usize,
    pub what: What,
}

#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// The row at this place of the trace.
    Row(usize),
    Fold(Folded),
}

/// The items or rounds of one Iterator or Loop.
#[derive(Clone, Debug, PartialEq)]
pub struct Folded {
    pub fold: Fold,
    pub is_loop: bool,
    /// Those that began, in order.
    pub indexes: Vec<usize>,
    pub shown: usize,
    /// In how many of them a node failed.
    pub failed: usize,
}

impl Folded {
    /// The one before or after the one that is shown, where there is one.
    pub fn beside(&self, by: isize) -> Option<usize> {
        let at = self.indexes.iter().position(|index| *index == self.shown)?;
        self.indexes.get(at.checked_add_signed(by)?).copied()
    }

    /// `item 2 of 3`.
    pub fn label(&self) -> String {
        let noun = if self.is_loop { "round" } else { "item" };
        format!("{noun} {} of {}", self.shown + 1, self.indexes.last().map_or(0, |last| last + 1))
    }
}

/// The lines of a run: its rows in their order, those of an iteration behind a line that says which is shown.
pub fn entries(rows: &[Row], chosen: &Chosen) -> Vec<Entry> {
    let all: Vec<usize> = (0..rows.len()).collect();
    let mut entries = Vec::new();
    fold(rows, &all, 0, chosen, &mut entries);
    entries
}

fn fold(rows: &[Row], within: &[usize], depth: usize, chosen: &Chosen, entries: &mut Vec<Entry>) {
    let mut seen: HashSet<&str> = HashSet::new();
    for at in within {
        let row = &rows[*at];
        let Some(link) = row.chain.get(depth) else {
            entries.push(Entry { depth, what: What::Row(*at) });
            continue;
        };
        if !seen.insert(link.node()) {
            continue;
        }
        let of_this =
            |at: &&usize| rows[**at].chain.get(depth).is_some_and(|other| other.node() == link.node());
        let own: Vec<usize> = within.iter().filter(of_this).copied().collect();
        let folded = folded(rows, &own, depth, chosen);
        let is_shown = |at: &&usize| rows[**at].chain[depth].index() == folded.shown;
        let inside: Vec<usize> = own.iter().filter(is_shown).copied().collect();
        entries.push(Entry { depth, what: What::Fold(folded) });
        fold(rows, &inside, depth + 1, chosen, entries);
    }
}

fn folded(rows: &[Row], own: &[usize], depth: usize, chosen: &Chosen) -> Folded {
    let index = |at: &usize| rows[*at].chain[depth].index();
    let indexes: BTreeSet<usize> = own.iter().map(index).collect();
    let failed: BTreeSet<usize> =
        own.iter().filter(|at| rows[**at].state == State::Failed).map(index).collect();
    let first = &rows[own[0]];
    let fold = Fold { around: first.chain[..depth].to_vec(), node: first.chain[depth].node().to_owned() };
    let wished = chosen.get(&fold).copied().filter(|wished| indexes.contains(wished));
    let newest = own.last().map_or(0, index);
    Folded {
        is_loop: matches!(first.chain[depth], Link::Loop { .. }),
        indexes: indexes.into_iter().collect(),
        shown: wished.unwrap_or(newest),
        failed: failed.len(),
        fold,
    }
}

/// The row of the node at this address, in the items and rounds that are shown.
pub fn shown<'a>(trace: &'a Trace, address: &str, chosen: &Chosen) -> Option<&'a Row> {
    let is_shown = |row: &&Row| {
        row.address == address
            && row.chain.iter().enumerate().all(|(depth, link)| {
                let fold = Fold { around: row.chain[..depth].to_vec(), node: link.node().to_owned() };
                chosen.get(&fold).is_none_or(|index| *index == link.index())
            })
    };
    trace.rows.iter().rfind(is_shown)
}

#[cfg(test)]
mod tests {
    use flow::event::{Body, Event};

    use super::*;

    fn item(index: usize) -> Link {
        Link::Iterator { node: "Each".into(), index }
    }

    fn round(index: usize) -> Link {
        Link::Loop { node: "Again".into(), index }
    }

    fn trace() -> Trace {
        let started = |node: &str, chain: &[Link]| Body::NodeStarted {
            node: node.into(),
            inputs: vec![],
            chain: chain.to_vec(),
        };
        let bodies = [
            started("In", &[]),
            started("Each", &[]),
            started("Sum", &[item(0)]),
            started("Sum", &[item(2)]),
            started("Sum", &[item(1)]),
            started("Deep", &[item(1), round(0)]),
            started("Deep", &[item(1), round(1)]),
            started("Out", &[]),
        ];
        let events: Vec<Event> =
            (1..).zip(bodies).map(|(seq, body)| Event { seq, at: 0, elapsed: seq, body }).collect();
        Trace::of(&events)
    }

    fn lines(chosen: &Chosen) -> Vec<String> {
        let trace = trace();
        let line = |entry: Entry| match entry.what {
            What::Row(at) => format!("{} {}", entry.depth, trace.rows[at].node),
            What::Fold(folded) => format!("{} {} {}", entry.depth, folded.fold.node, folded.label()),
        };
        entries(&trace.rows, chosen).into_iter().map(line).collect()
    }

    #[test]
    fn the_newest_item_is_shown_until_another_is_chosen() {
        let newest =
            ["0 In", "0 Each", "0 Each item 2 of 3", "1 Sum", "1 Again round 2 of 2", "2 Deep", "0 Out"];
        assert_eq!(lines(&Chosen::new()), newest);
        let each = Fold { around: vec![], node: "Each".into() };
        let chosen: Chosen = [(each.clone(), 0)].into();
        assert_eq!(lines(&chosen), ["0 In", "0 Each", "0 Each item 1 of 3", "1 Sum", "0 Out"]);
        assert_eq!(lines(&[(each, 7)].into()), newest, "an item that there is not is not shown");
    }

    #[test]
    fn a_node_shows_what_it_did_in_the_chosen_item() {
        let trace = trace();
        let chain =
            |chosen: &Chosen, address: &str| shown(&trace, address, chosen).map(|row| row.chain.clone());
        assert_eq!(chain(&Chosen::new(), "Sum"), Some(vec![item(1)]));
        let each = Fold { around: vec![], node: "Each".into() };
        let chosen: Chosen = [(each.clone(), 2)].into();
        assert_eq!(chain(&chosen, "Sum"), Some(vec![item(2)]));
        assert_eq!(chain(&chosen, "Again/Deep"), None, "the loop did not begin in that item");
        let again = Fold { around: vec![item(1)], node: "Again".into() };
        let chosen: Chosen = [(each, 1), (again, 0)].into();
        assert_eq!(chain(&chosen, "Again/Deep"), Some(vec![item(1), round(0)]));
    }

    #[test]
    fn the_stepper_goes_from_one_that_began_to_the_next() {
        let fold = Fold { around: vec![], node: "Each".into() };
        let folded =
            |shown| Folded { fold: fold.clone(), is_loop: false, indexes: vec![0, 2, 5], shown, failed: 0 };
        assert_eq!((folded(2).beside(-1), folded(2).beside(1)), (Some(0), Some(5)));
        assert_eq!((folded(0).beside(-1), folded(5).beside(1)), (None, None));
    }
}
