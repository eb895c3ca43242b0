//! What happens in a run, in the events of AWS's `FlowTrace`.
//!
//! Always holds: a trace has exactly one member, and no document in it is null, which AWS's SDKs cannot read.

use flow::definition::{Configuration, Definition, Node, NodeType};
use flow::event::{Body, Event, Field, Link, ModelCall, Step};
use flow::node::{agent, knowledge_base};
use serde_json::{Map, Value, json};

use super::flows::{moment, without_nulls};

/// The traces of one event, in order. `run` names the execution.
pub(super) fn traces(definition: &Definition, run: &str, event: &Event) -> Vec<Value> {
    let at = moment(event.at);
    match &event.body {
        Body::NodeStarted { node, inputs, chain } => {
            let (definition, chain) = (scope(definition, chain), links(chain));
            let fields = fields(inputs, |field| input(definition.node(node), field, &chain));
            fields.map(|fields| trace("nodeInputTrace", node, &at, "fields", fields)).into_iter().collect()
        }
        Body::NodeCompleted { node, outputs, model, chain, .. } => {
            let definition = scope(definition, chain);
            let action = match model {
                Some(model) => Some(action(run, node, &at, answered(outputs, model))),
                None => called(definition.node(node), outputs).map(|called| action(run, node, &at, called)),
            };
            // What an agent did is told step by step.
            let action = action.filter(|_| alias(definition, node).is_none());
            let fields = fields(outputs, |field| output(definition, node, field));
            let output = fields.map(|fields| trace("nodeOutputTrace", node, &at, "fields", fields));
            action.into_iter().chain(output).collect()
        }
        Body::AgentStep { node, step, chain } => {
            let parts = alias(scope(definition, chain), node)
                .map(|alias| steps(step).into_iter().map(|trace| part(alias, run, &at, trace)));
            let traces = parts.map(Iterator::collect::<Vec<Value>>).unwrap_or_default();
            vec![trace("nodeDependencyTrace", node, &at, "traceElements", json!({"agentTraces": traces}))]
        }
        // A loop's controller is no Condition to AWS.
        Body::ConditionEvaluated { node, chain, .. }
            if scope(definition, chain).node(node).is_none_or(|node| node.kind != NodeType::Condition) =>
        {
            Vec::new()
        }
        Body::ConditionEvaluated { node, satisfied, .. } => {
            let conditions = json!([{"conditionName": satisfied}]);
            vec![trace("conditionNodeResultTrace", node, &at, "satisfiedConditions", conditions)]
        }
        _ => Vec::new(),
    }
}

fn trace(kind: &str, node: &str, at: &str, member: &str, value: Value) -> Value {
    let mut body = json!({"nodeName": node, "timestamp": at});
    body[member] = value;
    json!({"trace": Map::from_iter([(kind.to_owned(), body)])})
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

fn input(node: Option<&Node>, field: &Field, chain: &Option<Value>) -> Value {
    let port = node.and_then(|node| node.input(&field.name));
    let source = field.source.as_ref().map(|source| {
        json!({"nodeName": source.node, "outputFieldName": source.output, "expression": source.expression})
    });
    without_nulls(json!({
        "nodeInputName": field.name,
        "content": {"document": field.value},
        "type": port.map(|port| port.kind),
        "category": port.and_then(|port| port.category),
        "source": source,
        "executionChain": chain,
    }))
}

fn output(definition: &Definition, node: &str, field: &Field) -> Value {
    let port = definition.node(node).and_then(|node| node.output(&field.name));
    let targets = definition.connections.iter().filter(|connection| connection.source == node);
    let next: Vec<Value> = targets
        .filter_map(|connection| Some((connection, connection.data()?)))
        .filter(|(_, data)| data.source_output == field.name)
        .map(|(connection, data)| json!({"nodeName": connection.target, "inputFieldName": data.target_input}))
        .collect();
    without_nulls(json!({
        "nodeOutputName": field.name,
        "content": {"document": field.value},
        "type": port.map(|port| port.kind),
        "next": next,
    }))
}

/// `FlowTraceNodeActionEvent`, with what was called.
fn action(run: &str, node: &str, at: &str, called: Value) -> Value {
    let mut body = json!({"nodeName": node, "timestamp": at, "requestId": format!("{run}/{node}")});
    if let (Value::Object(body), Value::Object(called)) = (&mut body, called) {
        body.extend(called);
    }
    json!({"trace": {"nodeActionTrace": body}})
}

/// A model's answer, as if AWS's Converse had given it.
fn answered(outputs: &[Field], model: &ModelCall) -> Value {
    let text = outputs.first().map(|field| flow::value::to_text(&field.value)).unwrap_or_default();
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

/// A function's reply, as if AWS's Invoke had given it; none for a node that is no function.
fn called(node: Option<&Node>, outputs: &[Field]) -> Option<Value> {
    let Some(Configuration::LambdaFunction(function)) = &node?.configuration else { return None };
    Some(json!({
        "serviceName": "Lambda",
        "operationName": "Invoke",
        "operationRequest": {"functionName": function.lambda_arn},
        "operationResponse": {"payload": outputs.first()?.value},
    }))
}

/// The alias that an Agent node names; none for any other node.
fn alias<'a>(definition: &'a Definition, node: &str) -> Option<&'a str> {
    match &definition.node(node)?.configuration {
        Some(Configuration::Agent(agent)) => Some(&agent.agent_alias_arn),
        _ => None,
    }
}

/// `TracePart`.
fn part(alias: &str, run: &str, at: &str, trace: Value) -> Value {
    let (agent, alias) = agent::parts(alias).unzip();
    without_nulls(json!({
        "agentId": agent,
        "agentAliasId": alias,
        "agentVersion": "DRAFT",
        "sessionId": run,
        "eventTime": at,
        "trace": {"orchestrationTrace": trace},
    }))
}

/// A step of an agent as AWS's agents tell it, each with one member of `OrchestrationTrace`.
fn steps(step: &Step) -> Vec<Value> {
    match step {
        Step::Model { text, calls, usage, .. } => {
            let usage =
                usage.map(|usage| json!({"usage": {"inputTokens": usage.input_tokens, "outputTokens": usage.output_tokens}}));
            let said = without_nulls(json!({"rawResponse": {"content": text}, "metadata": usage}));
            let mut told = vec![json!({"modelInvocationOutput": said})];
            if calls.is_empty() {
                told.push(json!({"observation": {"type": "FINISH", "finalResponse": {"text": text}}}));
            }
            told
        }
        Step::Tool { name, arguments, result, .. } => {
            let parameters = arguments.as_object().into_iter().flatten();
            let parameters: Value = parameters
                .map(|(name, value)| json!({"name": name, "value": flow::value::to_text(value)}))
                .collect();
            let input = json!({"actionGroupName": "tools", "function": name, "parameters": parameters});
            let output = json!({"text": result});
            vec![
                json!({"invocationInput": {"invocationType": "ACTION_GROUP", "actionGroupInvocationInput": input}}),
                json!({"observation": {"type": "ACTION_GROUP", "actionGroupInvocationOutput": output}}),
            ]
        }
        Step::Lookup { base, query, found, .. } => {
            let input = json!({"knowledgeBaseId": base, "text": query});
            let references: Value = found.iter().map(knowledge_base::reference).collect();
            let output = json!({"retrievedReferences": references});
            vec![
                json!({"invocationInput": {"invocationType": "KNOWLEDGE_BASE", "knowledgeBaseLookupInput": input}}),
                json!({"observation": {"type": "KNOWLEDGE_BASE", "knowledgeBaseLookupOutput": output}}),
            ]
        }
    }
}
