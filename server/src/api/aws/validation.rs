//! Findings of a check as AWS's `FlowValidation`.
//!
//! Always holds: `details` is there only with every member that AWS requires of its kind, since its SDKs refuse less.

use flow::check::{Field, Problem, ProblemType, Report, Severity};
use flow::definition::Definition;
use flow::node::Ports;
use flow::value::Type;
use serde_json::{Map, Value, json};

/// The most findings that AWS lists.
const MOST: usize = 100;

/// A report as a list, errors first.
pub(super) fn validations(definition: &Definition, report: &Report) -> Value {
    let (errors, warnings): (Vec<&Problem>, Vec<&Problem>) =
        report.problems.iter().partition(|problem| problem.severity == Severity::Error);
    errors.into_iter().chain(warnings).take(MOST).map(|problem| validation(definition, problem)).collect()
}

fn validation(definition: &Definition, problem: &Problem) -> Value {
    let message = match &problem.node {
        Some(node) => format!("{node}: {}", problem.message),
        None => problem.message.clone(),
    };
    let mut validation = json!({"message": message, "severity": problem.severity, "type": problem.kind});
    if let Some(details) = details(definition, problem) {
        let kind = json!(problem.kind);
        let mut name = kind.as_str().unwrap_or_default().to_owned();
        if let Some(first) = name.get_mut(..1) {
            first.make_ascii_lowercase();
        }
        validation["details"] = Value::Object(Map::from_iter([(name, details)]));
    }
    validation
}

/// The members that AWS has for a kind of finding; none where one of them is not known.
fn details(definition: &Definition, problem: &Problem) -> Option<Value> {
    use ProblemType as T;
    let node = || problem.node.as_ref();
    let connection = || problem.connection.as_ref();
    let ends = || definition.connections.iter().find(|known| Some(&known.name) == connection());
    let input = || match &problem.field {
        Some(Field::Input(name)) => Some(name),
        _ => None,
    };
    let output = || match &problem.field {
        Some(Field::Output(name)) => Some(name),
        _ => None,
    };
    let condition = || match &problem.field {
        Some(Field::Condition(name)) => Some(name),
        _ => None,
    };
    let cause: String = problem.message.chars().take(2048).collect();
    Some(match problem.kind {
        T::MissingStartingNodes | T::MissingEndingNodes | T::Unspecified => json!({}),
        T::UnreachableNode | T::MissingDefaultCondition | T::MissingNodeConfiguration => {
            json!({"node": node()?})
        }
        T::CyclicConnection
        | T::UnknownConnectionSource
        | T::UnknownConnectionSourceOutput
        | T::UnknownConnectionTarget
        | T::UnknownConnectionTargetInput
        | T::UnknownConnectionCondition
        | T::IncompatibleConnectionDataType
        | T::MissingConnectionConfiguration
        | T::UnsatisfiedConnectionConditions => json!({"connection": connection()?}),
        T::DuplicateConnections => json!({"source": ends()?.source, "target": ends()?.target}),
        T::DuplicateConditionExpression => {
            let conditions = definition.node(node()?)?.conditions();
            let expression =
                conditions.iter().find(|known| Some(&known.name) == condition())?.expression.as_ref()?;
            json!({"node": node()?, "expression": expression})
        }
        T::MalformedConditionExpression => {
            json!({"node": node()?, "condition": condition()?, "cause": cause})
        }
        T::MalformedNodeInputExpression => json!({"node": node()?, "input": input()?, "cause": cause}),
        T::MissingNodeInput
        | T::MultipleNodeInputConnections
        | T::UnfulfilledNodeInput
        | T::UnknownNodeInput => json!({"node": node()?, "input": input()?}),
        T::MissingNodeOutput | T::UnknownNodeOutput => json!({"node": node()?, "output": output()?}),
        T::MissingLoopInputNode
        | T::MissingLoopControllerNode
        | T::MultipleLoopInputNodes
        | T::MultipleLoopControllerNodes => json!({"loopNode": node()?}),
        T::InvalidLoopBoundary => {
            json!({"connection": connection()?, "source": ends()?.source, "target": ends()?.target})
        }
        T::MismatchedNodeInputType => {
            let expected = expected(definition.node(node()?)?.kind.describe().inputs, input()?)?;
            json!({"node": node()?, "input": input()?, "expectedType": expected})
        }
        T::MismatchedNodeOutputType => {
            let expected = expected(definition.node(node()?)?.kind.describe().outputs, output()?)?;
            json!({"node": node()?, "output": output()?, "expectedType": expected})
        }
        // Which node was found in the loop is said in the message alone.
        T::LoopIncompatibleNodeType => return None,
    })
}

/// The type that a port of this name must have.
fn expected(ports: Ports, name: &str) -> Option<Type> {
    match ports {
        Ports::Fixed(ports) => ports.iter().find(|port| port.name == name)?.kind,
        Ports::Free | Ports::Variables => None,
    }
}

#[cfg(test)]
mod tests {
    use flow::check::check;
    use flow::extensions::Extensions;

    use super::*;

    #[test]
    fn details_are_whole_or_absent() {
        let definition: Definition = serde_json::from_value(json!({
            "nodes": [
                {"name": "FlowInputNode", "type": "Input", "outputs": [{"name": "document", "type": "String"}]},
                {"name": "Lost", "type": "Output", "inputs": [{"name": "document", "type": "String", "expression": "$.data["}]}],
            "connections": [{"name": "c1", "type": "Data", "source": "FlowInputNode", "target": "Nowhere",
                "configuration": {"data": {"sourceOutput": "document", "targetInput": "document"}}}]}))
        .unwrap();
        let found = validations(&definition, &check(&definition, &Extensions::default()));
        let found = found.as_array().unwrap();
        assert!(!found.is_empty());
        for validation in found {
            if let Some(details) = validation.get("details") {
                assert_eq!(details.as_object().unwrap().len(), 1, "{validation}");
            }
        }
        let mistyped: Definition = serde_json::from_value(json!({
            "nodes": [{"name": "Ask", "type": "Prompt", "outputs": [{"name": "modelCompletion", "type": "Number"}]}]}))
        .unwrap();
        let report = check(&mistyped, &Extensions::default());
        let all = validations(&mistyped, &report);
        let mismatch =
            all.as_array().unwrap().iter().find(|known| known["type"] == "MismatchedNodeOutputType");
        assert_eq!(
            mismatch.unwrap()["details"]["mismatchedNodeOutputType"],
            json!({"node": "Ask", "output": "modelCompletion", "expectedType": "String"})
        );
        let target = found.iter().find(|known| known["type"] == "UnknownConnectionTarget").unwrap();
        assert_eq!(target["details"], json!({"unknownConnectionTarget": {"connection": "c1"}}), "{target}");
    }
}
