//! What a press of a button can do about a problem.
//!
//! Always holds: a fix was tried on a copy of the flow, where it made the problem go away and no other come; what did
//! not is never offered.

use flow::address::place;
use flow::check::{Field, Problem, ProblemType, Report};
use flow::definition::{Configuration, FlowCondition, NodeOutput, NodeType};
use flow::extensions::Position;
use flow::join::Join;
use flow::layout::Row;
use flow::value::Type;

use super::document::{Document, Port};
use super::{change, connect, inputs, joins};

/// In a larger flow each try would take too long.
const LARGEST: usize = 300;
/// The most wires that are tried for an input.
const TRIES: usize = 8;

/// A change that solves a problem.
#[derive(Clone, Debug, PartialEq)]
pub struct Fix {
    /// What the button says.
    pub label: String,
    pub after: Document,
}

/// The first way that solves this problem, which `check` finds too.
pub fn fix(document: &Document, problem: &Problem, check: impl Fn(&Document) -> Report) -> Option<Fix> {
    if document.definition.nodes.len() > LARGEST {
        return None;
    }
    let before = check(document);
    if !before.problems.contains(problem) {
        return None;
    }
    ways(document, problem).into_iter().find(|fix| solves(problem, &before, &check(&fix.after)))
}

fn solves(problem: &Problem, before: &Report, after: &Report) -> bool {
    let is_gone = !after.problems.contains(problem);
    let is_new = |found: &&Problem| !before.problems.contains(found);
    is_gone && after.errors() <= before.errors() && after.problems.iter().find(is_new).is_none()
}

/// What may help, the most likely first.
fn ways(document: &Document, problem: &Problem) -> Vec<Fix> {
    let mut ways = Vec::new();
    if let Some(node) = &problem.node {
        match &problem.field {
            Some(Field::Input(input)) => of_input(document, problem.kind, node, input, &mut ways),
            Some(Field::Output(output)) => of_output(document, node, output, &mut ways),
            Some(Field::Condition(condition)) => of_condition(document, node, condition, &mut ways),
            _ => {}
        }
        of_node(document, problem.kind, node, &mut ways);
    }
    if let Some(connection) = &problem.connection {
        way(document, "Remove the connection", &mut ways, |document| {
            change::remove(document, &[], std::slice::from_ref(connection));
        });
    }
    match problem.kind {
        ProblemType::MissingStartingNodes => {
            way(document, "Add an Input", &mut ways, |document| add(document, NodeType::Input));
        }
        ProblemType::MissingEndingNodes => {
            way(document, "Add an Output", &mut ways, |document| add(document, NodeType::Output));
        }
        _ => {}
    }
    ways
}

/// Tries a change on a copy.
fn way(
    document: &Document,
    label: impl Into<String>,
    ways: &mut Vec<Fix>,
    change: impl FnOnce(&mut Document),
) {
    let mut after = document.clone();
    change(&mut after);
    if after != *document {
        ways.push(Fix { label: label.into(), after });
    }
}

fn of_input(document: &Document, kind: ProblemType, node: &str, input: &str, ways: &mut Vec<Fix>) {
    match kind {
        ProblemType::UnfulfilledNodeInput => {
            let port = Port::new(node, Row::Input(input.to_owned()));
            for (_, link) in connect::candidates(document, &port).into_iter().take(TRIES) {
                let connect::Link::Data { source, output, .. } = &link else { continue };
                let label = format!("Connect {source} {output}");
                way(document, label, ways, |document| drop(connect::connect(document, &link)));
            }
        }
        ProblemType::MultipleNodeInputConnections => {
            way(document, "Take the value that arrives first", ways, |document| {
                joins::set(document, node, input, Some(Join::Any));
            });
        }
        ProblemType::MissingNodeInput => {
            way(document, format!("Add the input {input}"), ways, |document| {
                if let Some(added) = inputs::add(document, node) {
                    let _told_elsewhere = inputs::rename(document, node, &added, input);
                }
            });
        }
        ProblemType::MalformedNodeInputExpression => {
            way(document, "Take the whole value", ways, |document| {
                inputs::set_expression(document, node, input, "$.data");
            });
        }
        ProblemType::IncompatibleConnectionDataType | ProblemType::MismatchedNodeInputType => {
            for kind in [Type::String, Type::Number, Type::Boolean, Type::Object, Type::Array] {
                way(document, format!("Make {input} {}", kind.noun()), ways, |document| {
                    inputs::set_type(document, node, input, kind);
                });
            }
            way(document, "Take the whole value", ways, |document| {
                inputs::set_expression(document, node, input, "$.data");
            });
        }
        ProblemType::UnknownNodeInput => {}
        _ => return,
    }
    way(document, format!("Remove the input {input}"), ways, |document| {
        inputs::remove(document, node, input)
    });
}

fn of_output(document: &Document, node: &str, output: &str, ways: &mut Vec<Fix>) {
    for kind in [Type::String, Type::Number, Type::Boolean, Type::Object, Type::Array] {
        way(document, format!("Make {output} {}", kind.noun()), ways, |document| {
            change::set_output_type(document, node, output, kind);
        });
        way(document, format!("Add the output {output}"), ways, |document| {
            if let Some(node) = document.node_mut(node)
                && node.output(output).is_none()
            {
                node.outputs.push(NodeOutput { name: output.to_owned(), kind });
            }
        });
    }
    way(document, format!("Remove the output {output}"), ways, |document| {
        if let Some(node) = document.node_mut(node) {
            node.outputs.retain(|port| port.name != output);
        }
    });
}

fn of_condition(document: &Document, node: &str, condition: &str, ways: &mut Vec<Fix>) {
    if condition != flow::node::condition::DEFAULT {
        way(document, format!("Remove the branch {condition}"), ways, |document| {
            inputs::remove_condition(document, node, condition);
        });
    }
}

fn of_node(document: &Document, kind: ProblemType, node: &str, ways: &mut Vec<Fix>) {
    match kind {
        ProblemType::MissingDefaultCondition => way(document, "Add the default branch", ways, |document| {
            let default = flow::node::condition::DEFAULT.to_owned();
            if let Some(Configuration::Condition(condition)) = change::configuration(document, node) {
                condition.conditions.push(FlowCondition { name: default, expression: None });
            }
        }),
        ProblemType::UnreachableNode => way(document, "Remove the node", ways, |document| {
            change::remove(document, &[node.to_owned()], &[]);
        }),
        _ => {}
    }
}

fn add(document: &mut Document, kind: NodeType) {
    let right = document.places().into_iter().filter(|(address, _)| place(address).is_empty());
    let right = right.map(|(_, at)| at.x).fold(0.0_f64, f64::max);
    let x = if kind == NodeType::Input { -300.0 } else { right + 300.0 };
    change::add(document, kind, Position { x, y: 0.0 }, "");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(document: &Document) -> Report {
        flow::check::check(&document.definition, &document.extensions)
    }

    fn document() -> Document {
        let template = flow::templates::all("local/smollm2").into_iter().next().unwrap();
        Document::settled(template.definition, template.extensions)
    }

    /// Breaks the flow, and expects fixes to mend it again, the first by this label.
    fn check_fix(label: &str, break_: impl FnOnce(&mut Document)) {
        let mut document = document();
        break_(&mut document);
        let mut first = None;
        for _ in 0..10 {
            let report = check(&document);
            let Some(fix) = report.problems.iter().find_map(|problem| fix(&document, problem, check)) else {
                break;
            };
            first.get_or_insert(fix.label);
            document = fix.after;
        }
        assert_eq!(first.as_deref(), Some(label));
        let left = check(&document);
        assert!(left.can_run(), "{:?}", left.problems);
    }

    #[test]
    fn a_fix_mends_what_was_broken() {
        check_fix("Connect FlowInputNode document", |document| {
            let name = document.into_input("ClassifyTone", "message").unwrap().name.clone();
            change::remove(document, &[], &[name]);
        });
        check_fix("Remove the input more", |document| {
            let added = inputs::add(document, "ClassifyTone").unwrap();
            inputs::rename(document, "ClassifyTone", &added, "more").unwrap();
        });
        check_fix("Take the whole value", |document| {
            inputs::set_expression(document, "ClassifyTone", "message", "$.data[");
        });
        check_fix("Add the output modelCompletion", |document| {
            document.node_mut("ClassifyTone").unwrap().outputs.clear();
        });
    }

    #[test]
    fn what_cannot_be_mended_is_not_offered() {
        let mut document = document();
        document.node_mut("ClassifyTone").unwrap().inline_prompt_mut().unwrap().model_id = String::new();
        let report = check(&document);
        assert!(!report.can_run());
        assert_eq!(report.problems.iter().find_map(|problem| fix(&document, problem, check)), None);
    }
}
