//! What is wrong with how inputs join their connections.

use super::{Field, Problem, ProblemType};
use crate::definition::{Definition, NodeType};
use crate::extensions::Extensions;
use crate::iteration::SIZE;
use crate::join::Join;

pub(super) fn check(
    definition: &Definition,
    extensions: &Extensions,
    place: &str,
    problems: &mut Vec<Problem>,
) {
    for node in &definition.nodes {
        let Some(extension) = extensions.nodes.get(&format!("{place}{}", node.name)) else { continue };
        for (input, join) in &extension.joins {
            let count = fed(definition, &node.name, input);
            let problem = if node.input(input).is_none() {
                let message = format!("There is no input {input} whose connections could be joined.");
                Some(Problem::warning(ProblemType::Unspecified, message))
            } else if node.kind == NodeType::Collector && input == SIZE {
                let message = format!("{SIZE} takes one connection, from the Iterator. Do not join there.");
                Some(Problem::error(ProblemType::Unspecified, message))
            } else {
                too_many(input, *join, count).map(|m| Problem::error(ProblemType::Unspecified, m))
            };
            problems.extend(problem.map(|p| p.at_node(&node.name).in_field(Field::Input(input.clone()))));
        }
    }
}

/// More values than can ever arrive, or none at all.
fn too_many(input: &str, join: Join, connected: usize) -> Option<String> {
    let Join::First(count) = join else { return None };
    if count == 0 {
        return Some(format!("Say how many values {input} waits for, 1 or more."));
    }
    (usize::from(count) > connected && connected > 0).then(|| {
        format!("The input {input} waits for {count} values, and {connected} can come. Connect more, or wait for fewer.")
    })
}

/// How many connections bring values to an input.
pub(super) fn fed(definition: &Definition, node: &str, input: &str) -> usize {
    let data = definition.connections.iter().filter(|c| c.target == node).filter_map(|c| c.data());
    data.filter(|data| data.target_input == input).count()
}
