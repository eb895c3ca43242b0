//! What nodes did, in AWS's words: the events of `FlowTrace`, and those of `FlowExecutionEvent` that are the same by
//! other names.
//!
//! Always holds: each has exactly one member, and no document in it is null, which AWS's SDKs cannot read.

mod agent;

use flow::definition::{Configuration, Definition, Node, NodeType};
use flow::event::{Body, Event, Field, Link, ModelCall};
use serde_json::{Value, json};

use super::flows::{moment, without_nulls};

/// The names of a union's members, and of what a field is called in them.
pub(super) struct Words {
    input: &'static str,
    output: &'static str,
    condition: &'static str,
    action: &'static str,
    dependency: &'static str,
    input_name: &'static str,
    output_name: &'static str,
}

const TRACE: Words = Words {
    input: "nodeInputTrace",
    output: "nodeOutputTrace",
    condition: "conditionNodeResultTrace",
    action: "nodeActionTrace",
    dependency: "nodeDependencyTrace",
    input_name: "nodeInputName",
    output_name: "nodeOutputName",
};

pub(super) const EVENT: Words = Words {
    input: "nodeInputEvent",
    output: "nodeOutputEvent",
    condition: "conditionResultEvent",
    action: "nodeActionEvent",
    dependency: "nodeDependencyEvent",
    input_name: "name",
    output_name: "name",
};

/// The traces of one event, in order. `run` names the execution.
pub(super) fn traces(definition: &Definition, run: &str, event: &Event) -> Vec<Value> {
    told(&TRACE, definition, run, event).into_iter().map(|told| json!({"trace": told})).collect()
}

/// One event in these words: unions, in order.
pub(super) fn told(words: &Words, definition: &Definition, run: &str, event: &Event) -> Vec<Value> {
    let at = moment(event.at);
    match &event.body {
        Body::NodeStarted { node, inputs, chain } => {
            let (definition, chain) = (scope(definition, chain), links(chain));
            let fields = fields(inputs, |field| input(words, definition.node(node), field, &chain));
            fields.map(|fields| member(words.input, node, &at, "fields", fields)).into_iter().collect()
        }
        Body::NodeCompleted { node, outputs, model, chain, .. } => {
            let definition = scope(definition, chain);
            let action = called(definition.node(node), run, outputs, model.as_ref());
            let action = action.map(|called| action_of(words, run, node, &at, called));
            let fields = fields(outputs, |field| output(words, definition, node, field));
            let output = fields.map(|fields| member(words.output, node, &at, "fields", fields));
            action.into_iter().chain(output).collect()
        }
        Body::AgentStep { node, step, chain } => {
            let parts = agent::parts(scope(definition, chain).node(node), run, &at, step);
            vec![member(words.dependency, node, &at, "traceElements", json!({"agentTraces": parts}))]
        }
        // A loop's controller is no Condition to AWS.
        Body::ConditionEvaluated { node, chain, .. }
            if scope(definition, chain).node(node).is_none_or(|node| node.kind != NodeType::Condition) =>
        {
            Vec::new()
        }
        Body::ConditionEvaluated { node, satisfied, .. } => {
            let conditions = json!([{"conditionName": satisfied}]);
            vec![member(words.condition, node, &at, "satisfiedConditions", conditions)]
        }
        _ => Vec::new(),
    }
}

/// A union of one member about a node, which has this of its own.
pub(super) fn member(kind: &str, node: &str, at: &str, own: &str, value: Value) -> Value {
    json!({(kind): {"nodeName": node, "timestamp": at, (own): value}})
}

/// The fields that have a value; none where there is no such field, since AWS's list is never empty.
fn fields(fields: &[Field], shape: impl Fn(&Field) -> Value) -> Option<Value> {
    let fields: Vec<Value> = fields.iter().filter(|field| !field.value.is_null()).map(shape).collect();
    (!fields.is_empty()).then_some(Value::Array(fields))
}

/// The definition that a node inside these loops is of.
fn scope<'a>(definition: &'a Definition, chain: &[Link]) -> &'a Definition {
    chain.iter().fold(definition, |outer, link| match link {
        Link::Loop { node, .. } => outer.node(node).and_then(Node::body).unwrap_or(outer),
        Link::Iterator { .. } => outer,
    })
}

/// `FlowTraceNodeInputExecutionChain`; none where there is nothing in it, since AWS's list is never empty.
fn links(chain: &[Link]) -> Option<Value> {
    let links = chain.iter().map(|link| match link {
        Link::Iterator { node, index } => json!({"nodeName": node, "index": index, "type": "Iterator"}),
        Link::Loop { node, index } => json!({"nodeName": node, "index": index, "type": "Loop"}),
    });
    (!chain.is_empty()).then(|| links.collect())
}

fn input(words: &Words, node: Option<&Node>, field: &Field, chain: &Option<Value>) -> Value {
    let port = node.and_then(|node| node.input(&field.name));
    let source = field.source.as_ref().map(|source| {
        json!({"nodeName": source.node, "outputFieldName": source.output, "expression": source.expression})
    });
    without_nulls(json!({
        (words.input_name): field.name,
        "content": {"document": field.value},
        "type": port.map(|port| port.kind),
        "category": port.and_then(|port| port.category),
        "source": source,
        "executionChain": chain,
    }))
}

fn output(words: &Words, definition: &Definition, node: &str, field: &Field) -> Value {
    let port = definition.node(node).and_then(|node| node.output(&field.name));
    let targets = definition.connections.iter().filter(|connection| connection.source == node);
    let next: Vec<Value> = targets
        .filter_map(|connection| Some((connection, connection.data()?)))
        .filter(|(_, data)| data.source_output == field.name)
        .map(|(connection, data)| json!({"nodeName": connection.target, "inputFieldName": data.target_input}))
        .collect();
    without_nulls(json!({
        (words.output_name): field.name,
        "content": {"document": field.value},
        "type": port.map(|port| port.kind),
        "next": next,
    }))
}

/// What a node called, with the node's part of the telling.
fn action_of(words: &Words, run: &str, node: &str, at: &str, mut called: Value) -> Value {
    called["nodeName"] = json!(node);
    called["timestamp"] = json!(at);
    called["requestId"] = json!(format!("{run}/{node}"));
    json!({(words.action): called})
}

/// What a node called, as if AWS's services had answered; none for one that called nothing.
fn called(node: Option<&Node>, run: &str, outputs: &[Field], model: Option<&ModelCall>) -> Option<Value> {
    let first = outputs.first();
    match node.and_then(|node| node.configuration.as_ref()) {
        Some(Configuration::Agent(node)) => Some(agent::called(node, run, first)),
        Some(Configuration::LambdaFunction(function)) => Some(json!({
            "serviceName": "Lambda",
            "operationName": "Invoke",
            "operationRequest": {"functionName": function.lambda_arn},
            "operationResponse": {"payload": first?.value},
        })),
        _ => Some(answered(first, model?)),
    }
}

/// A model's answer, as if AWS's Converse had given it.
fn answered(output: Option<&Field>, model: &ModelCall) -> Value {
    let text = output.map(|field| flow::value::to_text(&field.value)).unwrap_or_default();
    let mut response = json!({"output": {"message": {"role": "assistant", "content": [{"text": text}]}}});
    if let Some(usage) = model.usage {
        response["usage"] = json!({
            "inputTokens": usage.input_tokens,
            "outputTokens": usage.output_tokens,
            "totalTokens": usage.input_tokens.saturating_add(usage.output_tokens),
        });
    }
    json!({
        "serviceName": "Bedrock",
        "operationName": "Converse",
        "operationRequest": {"modelId": model.model},
        "operationResponse": response,
    })
}
