//! Connections that can never be satisfied, since two branches of one Condition node are never both taken.
//!
//! Always holds: what is reported never runs. Not all that never runs is reported: of an input that takes the first
//! values to arrive, only what every way to them asks for is known.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

use super::{Problem, ProblemType};
use crate::definition::{Connection, Definition};
use crate::join::Join;

/// For each Condition node that a node depends on, the branches under which it can run.
type Needs<'a> = BTreeMap<&'a str, Rc<BTreeSet<&'a str>>>;
/// What each node needs; none where it can never run.
type Known<'a> = HashMap<&'a str, Option<Rc<Needs<'a>>>>;

/// Finds the nodes that can never run; the order has sources first.
///
/// What a node needs is shared with its only source where nothing is added to it, and forgotten when the last node
/// that builds on it was looked at: a long chain of conditions would fill the memory otherwise.
pub(super) fn exclusive<'a>(
    definition: &'a Definition,
    order: &[&'a str],
    join: &impl Fn(&str, &str) -> Option<Join>,
    problems: &mut Vec<Problem>,
) {
    let mut entering: HashMap<&str, Vec<&Connection>> = HashMap::new();
    let mut builds_on: HashMap<&str, usize> = HashMap::new();
    for connection in &definition.connections {
        entering.entry(&connection.target).or_default().push(connection);
        *builds_on.entry(&connection.source).or_default() += 1;
    }
    let mut known = Known::new();
    for name in order {
        let entering = entering.remove(name).unwrap_or_default();
        let own = needed(name, &entering, &known, join, problems);
        for connection in entering {
            if let Some(left) = builds_on.get_mut(connection.source.as_str()) {
                *left -= 1;
                if *left == 0 {
                    known.remove(connection.source.as_str());
                }
            }
        }
        known.insert(name, own);
    }
}

/// What a node needs, from what its sources need and from its gates; none where it can never run.
fn needed<'a>(
    name: &str,
    entering: &[&'a Connection],
    known: &Known<'a>,
    join: &impl Fn(&str, &str) -> Option<Join>,
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
    for (connections, wanted) in groups(name, entering, join) {
        let Some(first) = connections.first() else { continue };
        let asked = match connections.len() {
            // A source that can never run is reported where it is; what follows from it is not.
            1 => match known.get(first.source.as_str()).cloned().unwrap_or_default() {
                Some(asked) => gated(asked, first, &gates),
                None => continue,
            },
            _ => match several(&connections, wanted, known) {
                Several::Needs(asked) => asked,
                Several::Unknown => continue,
                Several::Never => {
                    let message = format!(
                        "{name} waits for {wanted} values, and the branches that they come from exclude each other, so \
                         it would never run."
                    );
                    problems.push(never(message, name, first));
                    return None;
                }
            },
        };
        match merge(own, asked) {
            Some(merged) => own = merged,
            None => {
                let message =
                    format!("{name} waits for two branches that exclude each other, so it would never run.");
                problems.push(never(message, name, first));
                return None;
            }
        }
    }
    Some(own)
}

fn never(message: String, node: &str, connection: &Connection) -> Problem {
    Problem::error(ProblemType::UnsatisfiedConnectionConditions, message)
        .at_node(node)
        .at_connection(&connection.name)
}

/// The connections that are needed each, and those that are joined, with how many of them have to bring a value.
fn groups<'a>(
    name: &str,
    entering: &[&'a Connection],
    join: &impl Fn(&str, &str) -> Option<Join>,
) -> Vec<(Vec<&'a Connection>, usize)> {
    let mut joined: BTreeMap<&str, Vec<&Connection>> = BTreeMap::new();
    let mut groups = Vec::new();
    for connection in entering {
        match connection.data() {
            Some(data) if join(name, &data.target_input).is_some() => {
                joined.entry(&data.target_input).or_default().push(connection);
            }
            _ => groups.push((vec![*connection], 1)),
        }
    }
    groups.extend(joined.into_iter().map(|(input, connections)| {
        let wanted = match join(name, input) {
            Some(Join::First(count)) => usize::from(count),
            _ => 1,
        };
        (connections, wanted)
    }));
    groups
}

/// What a source needs, and with it the gate that its connection is.
fn gated<'a>(
    mut asked: Rc<Needs<'a>>,
    connection: &'a Connection,
    gates: &HashMap<&str, Rc<BTreeSet<&'a str>>>,
) -> Rc<Needs<'a>> {
    if connection.condition().is_some()
        && let Some(branches) = gates.get(connection.source.as_str())
    {
        Rc::make_mut(&mut asked).insert(&connection.source, Rc::clone(branches));
    }
    asked
}

/// What joined connections need together.
enum Several<'a> {
    Needs(Rc<Needs<'a>>),
    /// None of them can bring a value, which is reported where they are.
    Unknown,
    Never,
}

/// Of each Condition, any branch under which enough of the sources can run.
fn several<'a>(connections: &[&'a Connection], wanted: usize, known: &Known<'a>) -> Several<'a> {
    let sources: Vec<Rc<Needs>> = connections
        .iter()
        .filter_map(|connection| known.get(connection.source.as_str()).cloned().unwrap_or_default())
        .collect();
    if sources.len() < wanted.max(1) {
        return Several::Unknown;
    }
    let conditions: BTreeSet<&str> = sources.iter().flat_map(|source| source.keys().copied()).collect();
    let mut needs = Needs::new();
    for condition in conditions {
        let always = sources.iter().filter(|source| !source.contains_key(condition)).count();
        if always >= wanted.max(1) {
            continue;
        }
        let mut count: BTreeMap<&str, usize> = BTreeMap::new();
        for branch in sources.iter().filter_map(|source| source.get(condition)).flat_map(|b| b.iter()) {
            *count.entry(branch).or_default() += 1;
        }
        let enough = |(branch, count): (&'a str, usize)| (always + count >= wanted.max(1)).then_some(branch);
        let branches: BTreeSet<&str> = count.into_iter().filter_map(enough).collect();
        if branches.is_empty() {
            return Several::Never;
        }
        needs.insert(condition, Rc::new(branches));
    }
    Several::Needs(Rc::new(needs))
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
