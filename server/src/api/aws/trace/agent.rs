//! What an Agent node did: that it called its agent, and the agent's steps as AWS's agents tell them.

use flow::definition::{AgentConfiguration, Configuration, Node};
use flow::event::{Field, Step};
use flow::node::{agent, knowledge_base};
use serde_json::{Value, json};

use super::super::flows::without_nulls;

/// The call of the agent, as if AWS's InvokeAgent had answered it.
pub(super) fn called(node: &AgentConfiguration, run: &str, output: Option<&Field>) -> Value {
    let (agent, alias) = agent::parts(&node.agent_alias_arn).unzip();
    let request = json!({"agentId": agent, "agentAliasId": alias, "sessionId": run});
    json!({
        "serviceName": "BedrockAgentRuntime",
        "operationName": "InvokeAgent",
        "operationRequest": without_nulls(request),
        "operationResponse": {"completion": output.map(|field| &field.value)},
    })
}

/// `agentTraces` of one step; none where the node is no Agent.
pub(super) fn parts(node: Option<&Node>, run: &str, at: &str, step: &Step) -> Vec<Value> {
    match node.and_then(|node| node.configuration.as_ref()) {
        Some(Configuration::Agent(node)) => {
            steps(step).into_iter().map(|trace| part(&node.agent_alias_arn, run, at, trace)).collect()
        }
        _ => Vec::new(),
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

/// Each with one member of `OrchestrationTrace`.
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
