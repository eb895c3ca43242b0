//! What is wrong with a connection: its ends, its ports, its types, and how many there are.

use std::collections::{BTreeMap, HashSet};

use super::{Field, Problem, ProblemType};
use crate::definition::{Connection, ConnectionType, Definition, Node};
use crate::expression::Expression;
use crate::extensions::Extensions;
use crate::join::Join;
use crate::node::Ports;
use crate::value::Type;

pub(super) fn check(
    definition: &Definition,
    extensions: &Extensions,
    place: &str,
    problems: &mut Vec<Problem>,
) {
    let join = |node: &str, input: &str| extensions.join(&format!("{place}{node}"), input);
    let mut names = HashSet::new();
    let mut edges = HashSet::new();
    let mut fed: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let mut looped = HashSet::new();
    in_loops(definition, &mut looped);
    for connection in &definition.connections {
        let from = problems.len();
        if !names.insert(connection.name.as_str()) {
            problems.push(Problem::error(
                ProblemType::Unspecified,
                format!("Two connections are named {}.", connection.name),
            ));
        }
        let joined = target_port(connection).and_then(|(node, input)| join(node, input));
        ends(definition, &looped, connection, joined, problems);
        let target = connection.data().map(|data| data.target_input.as_str());
        if !edges.insert((&connection.source, connection.source_port(), &connection.target, target)) {
            problems.push(Problem::error(
                ProblemType::DuplicateConnections,
                format!(
                    "{} and {} are connected twice in the same way.",
                    connection.source, connection.target
                ),
            ));
        } else if let Some(input) = target {
            *fed.entry((&connection.target, input)).or_default() += 1;
        }
        for problem in &mut problems[from..] {
            problem.connection = Some(connection.name.clone());
        }
    }
    for ((node, input), count) in fed {
        if count > 1 && join(node, input).is_none() {
            let message = format!(
                "The input {input} takes one connection, and {count} end there. Remove the others, or say how they join."
            );
            problems.push(
                Problem::error(ProblemType::MultipleNodeInputConnections, message)
                    .at_node(node)
                    .in_field(Field::Input(input.to_owned())),
            );
        }
    }
    inputs(definition, problems);
}

fn ends(
    definition: &Definition,
    looped: &HashSet<&str>,
    connection: &Connection,
    join: Option<Join>,
    problems: &mut Vec<Problem>,
) {
    let source = definition.node(&connection.source);
    let target = definition.node(&connection.target);
    for (node, name, kind) in [
        (source, &connection.source, ProblemType::UnknownConnectionSource),
        (target, &connection.target, ProblemType::UnknownConnectionTarget),
    ] {
        if node.is_none() {
            problems.push(if looped.contains(name.as_str()) {
                Problem::error(
                    ProblemType::InvalidLoopBoundary,
                    format!("{name} is inside a loop. Connect the loop itself."),
                )
            } else {
                Problem::error(kind, format!("There is no node {name}."))
            });
        }
    }
    if connection.configuration.is_none() {
        problems.push(Problem::error(
            ProblemType::MissingConnectionConfiguration,
            "The connection does not say which ports it joins.",
        ));
        return;
    }
    match (connection.kind, connection.data(), connection.condition()) {
        (ConnectionType::Data, Some(_), _) => data(connection, source, target, join, problems),
        (ConnectionType::Conditional, _, Some(condition)) => {
            if let Some(source) = source
                && !source.conditions().iter().any(|known| known.name == condition)
            {
                let message = format!("{} has no condition {condition}.", source.name);
                problems.push(Problem::error(ProblemType::UnknownConnectionCondition, message));
            }
        }
        _ => problems.push(Problem::error(
            ProblemType::MissingConnectionConfiguration,
            "The connection's type and its configuration do not belong together.",
        )),
    }
}

/// The node and input that a value goes to.
fn target_port(connection: &Connection) -> Option<(&str, &str)> {
    Some((&connection.target, &connection.data()?.target_input))
}

fn data(
    connection: &Connection,
    source: Option<&Node>,
    target: Option<&Node>,
    join: Option<Join>,
    problems: &mut Vec<Problem>,
) {
    let Some(data) = connection.data() else { return };
    let output = source.map(|node| node.output(&data.source_output));
    let input = target.map(|node| node.input(&data.target_input));
    if output == Some(None) {
        let message = format!("{} has no output {}.", connection.source, data.source_output);
        problems.push(Problem::error(ProblemType::UnknownConnectionSourceOutput, message));
    }
    if input == Some(None) {
        let message = format!("{} has no input {}.", connection.target, data.target_input);
        problems.push(Problem::error(ProblemType::UnknownConnectionTargetInput, message));
    }
    let (Some(Some(output)), Some(Some(input))) = (output, input) else { return };
    let Ok(expression) = Expression::parse(&input.expression) else { return };
    let joined = join.filter(|join| join.gathers());
    let (given, taken) = (joined.map_or(output.kind, |join| join.gives(output.kind)), input.kind);
    let message = if let Some(join) = joined.filter(|_| expression.is_whole() && taken != Type::Array) {
        let (label, taken) = (join.label(), taken.noun());
        Some(format!("The join \"{label}\" makes an Array, and the input {} takes {taken}.", input.name))
    } else if expression.is_whole() {
        (given != taken).then(|| {
            let (given, taken) = (given.noun(), taken.noun());
            format!("{} gives {given}, and the input {} takes {taken}.", connection.source, input.name)
        })
    } else if !matches!(given, Type::Object | Type::Array) {
        let given = given.noun();
        Some(format!("{} gives {given}, of which no part can be selected. Use $.data.", connection.source))
    } else if let Some(needed) = expression.container().filter(|needed| *needed != given) {
        let (given, needed) = (given.noun(), needed.noun());
        Some(format!("{} gives {given}, and {} selects from {needed}.", connection.source, input.expression))
    } else if expression.gathers() && taken != Type::Array {
        let taken = taken.noun();
        Some(format!("{} selects an Array, and the input {} takes {taken}.", input.expression, input.name))
    } else {
        None
    };
    if let Some(message) = message {
        problems.push(
            Problem::error(ProblemType::IncompatibleConnectionDataType, message)
                .at_node(&connection.target)
                .in_field(Field::Input(input.name.clone())),
        );
    }
}

fn inputs(definition: &Definition, problems: &mut Vec<Problem>) {
    let fed: HashSet<(&str, &str)> = definition
        .connections
        .iter()
        .filter_map(|c| Some((c.target.as_str(), c.data()?.target_input.as_str())))
        .collect();
    for node in &definition.nodes {
        for input in
            node.inputs.iter().filter(|input| !fed.contains(&(node.name.as_str(), input.name.as_str())))
        {
            let optional = match node.kind.describe().inputs {
                Ports::Fixed(ports) => ports.iter().any(|port| port.name == input.name && !port.required),
                _ => false,
            };
            let message = format!("Input {} is not connected.", input.name);
            let problem = if optional {
                Problem::warning(ProblemType::UnfulfilledNodeInput, message)
            } else {
                Problem::error(ProblemType::UnfulfilledNodeInput, message)
            };
            problems.push(problem.at_node(&node.name).in_field(Field::Input(input.name.clone())));
        }
    }
}

/// The names of the nodes inside loops, at any depth.
fn in_loops<'a>(definition: &'a Definition, names: &mut HashSet<&'a str>) {
    for body in definition.nodes.iter().filter_map(Node::body) {
        names.extend(body.nodes.iter().map(|node| node.name.as_str()));
        in_loops(body, names);
    }
}
