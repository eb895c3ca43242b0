//! What an Agent node did: that it called its agent, and the agent's steps as AWS's agents tell them.

use flow::definition::{AgentConfiguration, Configuration, Node};
use flow::event::{Field, Step};
use flow::node::{agent, knowledge_base};
use serde_json::{Value, json};

use super::super::flows::without_nulls;
use crate::arn::{self, TEST_ALIAS};

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
            let called = agent::parts(&node.agent_alias_arn);
            let version = called.filter(|(_, alias)| *alias == TEST_ALIAS).map(|_| "DRAFT");
            told(called, version, run, at, step)
        }
        _ => Vec::new(),
    }
}

/// The `TracePart`s of one step of the agent and alias that were called; its version only where that is known.
pub(in super::super) fn told(
    called: Option<(&str, &str)>,
    version: Option<&str>,
    session: &str,
    at: &str,
    step: &Step,
) -> Vec<Value> {
    let (agent, alias) = called.unzip();
    let teller = Teller {
        agent: without_nulls(json!({"agentId": agent, "agentAliasId": alias, "agentVersion": version})),
        session,
        at,
        callers: Vec::new(),
    };
    teller.parts(step)
}

/// How the steps of one agent are told.
struct Teller<'a> {
    /// What each of its parts says of it.
    agent: Value,
    session: &'a str,
    at: &'a str,
    /// The ARNs of the aliases that asked for it, the first one first.
    callers: Vec<Value>,
}

impl Teller<'_> {
    fn parts(&self, step: &Step) -> Vec<Value> {
        match step {
            Step::Agent { name, arn, message, answer, steps, .. } => {
                let mut told = vec![self.part(asked(name, arn, message))];
                let other = self.of(name, arn);
                told.extend(steps.iter().flat_map(|step| other.parts(step)));
                told.push(self.part(heard(name, arn, answer)));
                told
            }
            step => steps(step).into_iter().map(|trace| self.part(trace)).collect(),
        }
    }

    fn part(&self, trace: Value) -> Value {
        let mut part = json!({
            "sessionId": self.session,
            "eventTime": self.at,
            "trace": {"orchestrationTrace": trace},
        });
        if !self.callers.is_empty() {
            part["callerChain"] = json!(self.callers);
        }
        if let (Value::Object(part), Value::Object(agent)) = (&mut part, &self.agent) {
            part.extend(agent.clone());
        }
        part
    }

    /// How those of an agent that it asked are told.
    fn of(&self, name: &str, arn: &str) -> Teller<'_> {
        let (agent, alias) = agent::parts(arn).unzip();
        let version = alias.filter(|alias| *alias == TEST_ALIAS).map(|_| "DRAFT");
        let told = json!({
            "agentId": agent,
            "agentAliasId": alias,
            "agentVersion": version,
            "collaboratorName": name,
        });
        let mut callers = self.callers.clone();
        if let (Some(agent), Some(alias)) =
            (self.agent["agentId"].as_str(), self.agent["agentAliasId"].as_str())
        {
            callers.push(json!({"agentAliasArn": arn::of_agent_alias(agent, alias)}));
        }
        Teller { agent: without_nulls(told), session: self.session, at: self.at, callers }
    }
}

/// That another agent was asked.
fn asked(name: &str, arn: &str, message: &str) -> Value {
    let input = json!({
        "agentCollaboratorName": name,
        "agentCollaboratorAliasArn": arn,
        "input": {"type": "TEXT", "text": message},
    });
    json!({"invocationInput": {"invocationType": "AGENT_COLLABORATOR", "agentCollaboratorInvocationInput": input}})
}

/// What another agent answered.
fn heard(name: &str, arn: &str, answer: &str) -> Value {
    let output = json!({
        "agentCollaboratorName": name,
        "agentCollaboratorAliasArn": arn,
        "output": {"type": "TEXT", "text": answer},
    });
    json!({"observation": {"type": "AGENT_COLLABORATOR", "agentCollaboratorInvocationOutput": output}})
}

/// Each with one member of `OrchestrationTrace`.
fn steps(step: &Step) -> Vec<Value> {
    match step {
        Step::Agent { name, arn, message, answer, .. } => {
            vec![asked(name, arn, message), heard(name, arn, answer)]
        }
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
