//! What is wrong with the graph as a whole: starts and ends, cycles, what is never reached.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::exclusive::exclusive;
use super::{Field, Problem, ProblemType};
use crate::definition::{Connection, Definition, NodeType};
use crate::extensions::Extensions;

/// A flow begins at one Input and ends at some Outputs; a loop's body at nodes of its own.
pub(super) fn ends(definition: &Definition, problems: &mut Vec<Problem>) {
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
}

pub(super) fn check(
    definition: &Definition,
    extensions: &Extensions,
    place: &str,
    problems: &mut Vec<Problem>,
) {
    unreachable(definition, problems);
    open_branches(definition, problems);
    match topological(definition) {
        Ok(order) => {
            let join = |node: &str, input: &str| extensions.join(&format!("{place}{node}"), input);
            exclusive(definition, &order, &join, problems);
        }
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
                format!("Nothing leads from where a run begins to {}. Connect or delete it.", node.name),
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
