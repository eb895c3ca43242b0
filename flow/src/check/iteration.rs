//! What is wrong with iterations, and with how a loop hands its values round.

use super::{Field, Problem, ProblemType};
use crate::condition::Condition;
use crate::definition::{Configuration, Definition, InputCategory, Node, NodeType};
use crate::extensions::{Extensions, LoopPolarity};
use crate::iteration::{Fault, paths};
use crate::plan::{MOST_ITERATIONS, iterations};
use crate::run::COUNT;
use crate::value::Type;

/// The most items that may be under way together.
const MOST_PARALLEL: u16 = 10;

pub(super) fn check(
    definition: &Definition,
    extensions: &Extensions,
    place: &str,
    problems: &mut Vec<Problem>,
) {
    let (_, faults) = paths(definition);
    problems.extend(faults.into_iter().map(|fault| self::fault(definition, &fault)));
    for node in &definition.nodes {
        let from = problems.len();
        match node.kind {
            NodeType::Iterator => parallel(node, extensions, place, problems),
            NodeType::Loop => hand_over(node, problems),
            NodeType::LoopController => controller(node, extensions, problems),
            _ => {}
        }
        for problem in &mut problems[from..] {
            problem.node.get_or_insert_with(|| node.name.clone());
        }
    }
}

fn fault(definition: &Definition, fault: &Fault) -> Problem {
    let name = |at: usize| definition.nodes[at].name.as_str();
    let (node, message) = match *fault {
        Fault::Apart { node, iterators: (one, other) } => (
            node,
            format!(
                "{} takes values from the iterations of {} and {}. Gather one of them with a Collector first.",
                name(node),
                name(one),
                name(other)
            ),
        ),
        Fault::NotInside { collector } => (
            collector,
            "What comes to arrayItem is from no iteration. Connect something that an Iterator's items lead to."
                .to_owned(),
        ),
        Fault::OtherSize { collector, iterator } => {
            (collector, format!("Connect arraySize of {} to arraySize here.", name(iterator)))
        }
        Fault::WaitsForItself { node, iterator } => (
            node,
            format!(
                "{} runs once for each item of {}, and waits for what a Collector gathers of all of them.",
                name(node),
                name(iterator)
            ),
        ),
        Fault::GatedInside { collector, iterator } => (
            collector,
            format!(
                "A branch from inside the iteration of {} cannot open its Collector. Let it open a node before.",
                name(iterator)
            ),
        ),
    };
    Problem::error(ProblemType::Unspecified, message).at_node(name(node))
}

fn parallel(node: &Node, extensions: &Extensions, place: &str, problems: &mut Vec<Problem>) {
    let key = format!("{place}{}", node.name);
    let wanted = extensions.nodes.get(&key).and_then(|extension| extension.parallel);
    if wanted.is_some_and(|wanted| !(1..=MOST_PARALLEL).contains(&wanted)) {
        let message = format!("Between 1 and {MOST_PARALLEL} items can be under way together.");
        problems.push(Problem::error(ProblemType::Unspecified, message).in_field(Field::Configuration));
    }
}

/// What goes into a loop has to be what its body begins with, and what comes out what its controller ends with.
fn hand_over(node: &Node, problems: &mut Vec<Problem>) {
    let Some(body) = node.body() else { return };
    let only = |kind: NodeType| body.nodes.iter().find(|node| node.kind == kind);
    let (Some(begin), Some(controller)) = (only(NodeType::LoopInput), only(NodeType::LoopController)) else {
        return;
    };
    for output in &begin.outputs {
        match node.input(&output.name) {
            None => {
                let message = format!(
                    "The loop's body begins with {}. Give the loop an input of that name.",
                    output.name
                );
                problems.push(
                    Problem::error(ProblemType::MissingNodeInput, message)
                        .in_field(Field::Input(output.name.clone())),
                );
            }
            Some(input) if input.kind != output.kind => {
                let message =
                    format!("The input {} is {}, as in the loop's body.", output.name, output.kind.noun());
                problems.push(
                    Problem::error(ProblemType::MismatchedNodeInputType, message)
                        .in_field(Field::Input(output.name.clone())),
                );
            }
            Some(_) => {}
        }
    }
    for output in &node.outputs {
        let exit = controller
            .inputs
            .iter()
            .find(|input| input.name == output.name && input.category == Some(InputCategory::ExitLoop));
        let kind = match exit {
            Some(input) => input.kind,
            None if output.name == COUNT => Type::Number,
            None => {
                let message = format!(
                    "The loop's controller has no input {} of the category ExitLoop, from which it would come.",
                    output.name
                );
                problems.push(
                    Problem::error(ProblemType::UnknownNodeOutput, message)
                        .in_field(Field::Output(output.name.clone())),
                );
                continue;
            }
        };
        if kind != output.kind {
            let message =
                format!("The output {} is {}, as in the loop's controller.", output.name, kind.noun());
            problems.push(
                Problem::error(ProblemType::MismatchedNodeOutputType, message)
                    .in_field(Field::Output(output.name.clone())),
            );
        }
    }
}

fn controller(node: &Node, extensions: &Extensions, problems: &mut Vec<Problem>) {
    let Some(Configuration::LoopController(configuration)) = &node.configuration else { return };
    for input in node.inputs.iter().filter(|input| input.category.is_none()) {
        let message =
            format!("Say what {} is for: LoopCondition, ReturnValueToLoopStart or ExitLoop.", input.name);
        problems.push(
            Problem::error(ProblemType::Unspecified, message).in_field(Field::Input(input.name.clone())),
        );
    }
    if configuration.max_iterations.as_ref().is_some_and(|number| iterations(number).is_none()) {
        let message = format!("A loop goes round between 1 and {MOST_ITERATIONS} times.");
        problems.push(Problem::error(ProblemType::Unspecified, message).in_field(Field::Configuration));
    }
    let condition = &configuration.continue_condition;
    let text = condition.expression.as_deref().unwrap_or_default();
    if extensions.loop_polarity == LoopPolarity::ContinueWhileTrue
        && Condition::parse(text).is_ok_and(|condition| condition.is_an_equality())
    {
        let message = format!(
            "The loop goes on while {text}. If it should end then, turn the condition round, or set loopPolarity to \
             exitWhenTrue."
        );
        problems.push(
            Problem::warning(ProblemType::Unspecified, message)
                .in_field(Field::Condition(condition.name.clone())),
        );
    }
}
