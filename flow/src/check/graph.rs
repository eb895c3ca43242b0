//! What is wrong with the graph as a whole: starts and ends, cycles, what is never reached, gates that exclude
//! each other.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::rc::Rc;

use super::{Field, Problem, ProblemType};
use crate::definition::{Connection, Definition, NodeType};

pub(super) fn check(definition: &Definition, problems: &mut Vec<Problem>) {
    let count = |kind: NodeType| definition.nodes.iter().filter(|node| node.kind == kind).count();
    match count(NodeType::Input) {
        0 => problems.push(Problem::error(
            ProblemType::MissingStartingNodes,
            "The flow has no Input node. Add one: it is where a run begins.",
        )),
        1 => {}
        more => problems.push(Problem::error(
            ProblemType::Unspecified,
            format!("A flow has one Input node, and this one has {more}."),
        )),
    }
    if count(NodeType::Output) == 0 {
        problems.push(Problem::error(
            ProblemType::MissingEndingNodes,
            "The flow has no Output node. Add one: it is what the caller receives.",
        ));
    }
    unreachable(definition, problems);
    open_branches(definition, problems);
    match topological(definition) {
        Ok(order) => exclusive(definition, &order, problems),
        Err(cyclic) => problems.extend(cyclic.into_iter().map(|connection| {
            let message = format!("{} and {} are in a circle.", connection.source, connection.target);
            Problem::error(ProblemType::CyclicConnection, message).at_connection(&connection.name)
        })),
    }
}

/// Node names so that sources come first, or the connections that are in a circle.
fn topological(definition: &Definition) -> Result<Vec<&str>, Vec<&Connection>> {
    let mut waiting: BTreeMap<&str, usize> =
        definition.nodes.iter().map(|node| (node.name.as_str(), 0)).collect();
    let known = |name: &str| definition.node(name).is_some();
    let edges: Vec<&Connection> =
        definition.connections.iter().filter(|c| known(&c.source) && known(&c.target)).collect();
    let mut leaving: HashMap<&str, Vec<&str>> = HashMap::new();
    for edge in &edges {
        *waiting.entry(&edge.target).or_default() += 1;
        leaving.entry(&edge.source).or_default().push(&edge.target);
    }
    let mut ready: Vec<&str> =
        waiting.iter().filter(|(_, count)| **count == 0).map(|(name, _)| *name).collect();
    let mut order = Vec::new();
    while let Some(name) = ready.pop() {
        order.push(name);
        for target in leaving.get(name).into_iter().flatten() {
            if let Some(count) = waiting.get_mut(target) {
                *count -= 1;
                if *count == 0 {
                    ready.push(target);
                }
            }
        }
    }
    let done: HashSet<&str> = order.iter().copied().collect();
    if done.len() == waiting.len() {
        return Ok(order);
    }
    // What only lies behind a circle is not in it: walk back from each edge's source to its target.
    let left: Vec<&Connection> = edges
        .into_iter()
        .filter(|edge| !done.contains(edge.source.as_str()) && !done.contains(edge.target.as_str()))
        .collect();
    Err(left.iter().copied().filter(|edge| leads(&leaving, &edge.target, &edge.source)).collect())
}

fn leads<'a>(leaving: &HashMap<&'a str, Vec<&'a str>>, from: &'a str, to: &str) -> bool {
    let (mut seen, mut next) = (HashSet::new(), vec![from]);
    while let Some(name) = next.pop() {
        if name == to {
            return true;
        }
        if seen.insert(name) {
            next.extend(leaving.get(name).into_iter().flatten());
        }
    }
    false
}

fn unreachable(definition: &Definition, problems: &mut Vec<Problem>) {
    let mut reached: HashSet<&str> = HashSet::new();
    let mut next: Vec<&str> =
        definition.nodes.iter().filter(|node| node.kind.starts()).map(|node| node.name.as_str()).collect();
    if next.is_empty() {
        return;
    }
    while let Some(name) = next.pop() {
        if reached.insert(name) {
            next.extend(
                definition.connections.iter().filter(|c| c.source == name).map(|c| c.target.as_str()),
            );
        }
    }
    for node in definition.nodes.iter().filter(|node| !reached.contains(node.name.as_str())) {
        problems.push(
            Problem::error(
                ProblemType::UnreachableNode,
                format!("Nothing leads from the Input node to {}. Connect or delete it.", node.name),
            )
            .at_node(&node.name),
        );
    }
}

/// Every condition, `default` too, needs a connection; AWS refuses a branch that leads nowhere.
fn open_branches(definition: &Definition, problems: &mut Vec<Problem>) {
    for node in &definition.nodes {
        for condition in node.conditions() {
            let connected = definition
                .connections
                .iter()
                .any(|c| c.source == node.name && c.condition() == Some(condition.name.as_str()));
            if !connected {
                problems.push(
                    Problem::error(
                        ProblemType::Unspecified,
                        format!("The branch {} leads nowhere. Connect it to a node.", condition.name),
                    )
                    .at_node(&node.name)
                    .in_field(Field::Condition(condition.name.clone())),
                );
            }
        }
    }
}

/// For each Condition node that a node depends on, the branches under which it can run.
type Needs<'a> = BTreeMap<&'a str, Rc<BTreeSet<&'a str>>>;

/// Finds connections that can never be satisfied, since two branches of one Condition node are never both taken.
///
/// What a node needs is shared with its only source where nothing is added to it, and forgotten when the last node
/// that builds on it was looked at: a long chain of conditions would fill the memory otherwise.
fn exclusive<'a>(definition: &'a Definition, order: &[&'a str], problems: &mut Vec<Problem>) {
    let mut entering: HashMap<&str, Vec<&Connection>> = HashMap::new();
    let mut builds_on: HashMap<&str, usize> = HashMap::new();
    for connection in &definition.connections {
        entering.entry(&connection.target).or_default().push(connection);
        *builds_on.entry(&connection.source).or_default() += 1;
    }
    let mut needs: HashMap<&str, Option<Rc<Needs>>> = HashMap::new();
    for name in order {
        let entering = entering.remove(name).unwrap_or_default();
        let own = needed(name, &entering, &needs, problems);
        for connection in entering {
            if let Some(left) = builds_on.get_mut(connection.source.as_str()) {
                *left -= 1;
                if *left == 0 {
                    needs.remove(connection.source.as_str());
                }
            }
        }
        needs.insert(name, own);
    }
}

/// What a node needs, from what its sources need and from its gates; none where it can never run.
fn needed<'a>(
    name: &str,
    entering: &[&'a Connection],
    needs: &HashMap<&str, Option<Rc<Needs<'a>>>>,
    problems: &mut Vec<Problem>,
) -> Option<Rc<Needs<'a>>> {
    let mut gates: HashMap<&str, BTreeSet<&str>> = HashMap::new();
    for connection in entering {
        if let Some(condition) = connection.condition() {
            gates.entry(&connection.source).or_default().insert(condition);
        }
    }
    let gates: HashMap<&str, Rc<BTreeSet<&str>>> =
        gates.into_iter().map(|(source, branches)| (source, Rc::new(branches))).collect();
    let mut own: Rc<Needs> = Rc::default();
    for connection in entering {
        // A source that can never run is reported where it is; what follows from it is not.
        let Some(mut asked) = needs.get(connection.source.as_str()).cloned().unwrap_or_default() else {
            continue;
        };
        if connection.condition().is_some()
            && let Some(branches) = gates.get(connection.source.as_str())
        {
            Rc::make_mut(&mut asked).insert(&connection.source, Rc::clone(branches));
        }
        match merge(own, asked) {
            Some(merged) => own = merged,
            None => {
                let message =
                    format!("{name} waits for two branches that exclude each other, so it would never run.");
                problems.push(
                    Problem::error(ProblemType::UnsatisfiedConnectionConditions, message)
                        .at_node(name)
                        .at_connection(&connection.name),
                );
                return None;
            }
        }
    }
    Some(own)
}

fn merge<'a>(left: Rc<Needs<'a>>, right: Rc<Needs<'a>>) -> Option<Rc<Needs<'a>>> {
    if right.is_empty() || Rc::ptr_eq(&left, &right) {
        return Some(left);
    }
    if left.is_empty() {
        return Some(right);
    }
    let mut merged = left;
    for (condition, branches) in right.iter() {
        match merged.get(condition) {
            Some(known) if Rc::ptr_eq(known, branches) || known == branches => {}
            Some(known) => {
                let both: BTreeSet<&str> = known.intersection(branches).copied().collect();
                if both.is_empty() {
                    return None;
                }
                Rc::make_mut(&mut merged).insert(condition, Rc::new(both));
            }
            None => {
                Rc::make_mut(&mut merged).insert(condition, Rc::clone(branches));
            }
        }
    }
    Some(merged)
}
