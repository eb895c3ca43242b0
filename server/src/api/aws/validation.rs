//! Findings of a check as AWS's `FlowValidation`.
//!
//! Always holds: `details` is there only with every member that AWS requires of its kind, since its SDKs refuse less.

use flow::address;
use flow::check::{Field, Problem, ProblemType, Report, Severity};
use flow::definition::{Definition, Node, NodeType};
use flow::node::Ports;
use flow::value::Type;
use serde_json::{Map, Value, json};

/// The most findings that AWS lists.
const MOST: usize = 100;

/// A report as a list, errors first.
pub(super) fn validations(definition: &Definition, report: &Report) -> Value {
    listed(definition, report.problems.iter())
}

/// What AWS itself would say of a definition: with what runs here and it refuses.
pub(super) fn as_aws(definition: &Definition, report: &Report) -> Value {
    let refused = report.portability.iter().filter(|note| note.severity == Severity::Error);
    listed(definition, report.problems.iter().chain(refused))
}

fn listed<'a>(definition: &Definition, problems: impl Iterator<Item = &'a Problem>) -> Value {
    let (errors, warnings): (Vec<&Problem>, Vec<&Problem>) =
        problems.partition(|problem| problem.severity == Severity::Error);
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
        T::LoopIncompatibleNodeType => {
            let (owner, kind, name) = incompatible(definition, problem)?;
            json!({"node": owner, "incompatibleNodeType": kind, "incompatibleNodeName": name})
        }
    })
}

/// The loop, and the kind and the name of what AWS allows in none: of a note the node that it stands at, of a finding on a
/// loop the one that its message begins with. None of kinds for which AWS has no name here.
fn incompatible<'a>(definition: &'a Definition, problem: &'a Problem) -> Option<(&'a str, Value, &'a str)> {
    let at = problem.node.as_deref()?;
    let (mut owner, mut found) = (definition.at(address::place(at)), definition.at(at)?);
    if found.kind == NodeType::Loop {
        let begins = |node: &&Node| problem.message.starts_with(&format!("{} ", node.name));
        (owner, found) = (Some(found), found.body()?.nodes.iter().find(begins)?);
    }
    let known = matches!(
        found.kind,
        NodeType::Input | NodeType::Condition | NodeType::Iterator | NodeType::Collector
    );
    known.then_some((owner?.name.as_str(), json!(found.kind), found.name.as_str()))
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
        // Of an own: a condition inside a loop runs here, and AWS refuses it.
        let looped: Definition = serde_json::from_value(json!({"nodes": [{"name": "Again", "type": "Loop", "configuration":
            {"loop": {"definition": {"nodes": [{"name": "Route", "type": "Condition"}, {"name": "Out", "type": "Output"},
                {"name": "Each", "type": "Iterator"}]}}}}]}))
        .unwrap();
        let report = check(&looped, &Extensions::default());
        let of = |all: &Value| -> Vec<Value> {
            let all =
                all.as_array().unwrap().iter().filter(|known| known["type"] == "LoopIncompatibleNodeType");
            all.map(|known| known["details"]["loopIncompatibleNodeType"].clone()).collect()
        };
        let each =
            json!({"node": "Again", "incompatibleNodeType": "Iterator", "incompatibleNodeName": "Each"});
        let route =
            json!({"node": "Again", "incompatibleNodeType": "Condition", "incompatibleNodeName": "Route"});
        assert_eq!(of(&validations(&looped, &report)), [Value::Null, each.clone()]);
        assert_eq!(of(&as_aws(&looped, &report)), [Value::Null, each, route]);
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
