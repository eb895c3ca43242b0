//! Agent: lets a model work with tools until it has an answer, or a question of its own.

use serde_json::Value;

use super::{Group, Kind, Port, Ports};
use crate::definition::{AgentConfiguration, Configuration, Node, NodeInput, NodeOutput, NodeType};
use crate::message::Message;
use crate::value::Type;

/// What the agent is asked. A reply to its question comes in here too.
pub const TEXT: &str = "agentInputText";
/// An object that the model is told.
pub const PROMPT: &str = "promptAttributes";
/// An object that only its functions get.
pub const SESSION: &str = "sessionAttributes";
/// Its answer.
pub const RESPONSE: &str = "agentResponse";

pub(super) const KIND: Kind = Kind {
    label: "Agent",
    group: Group::Ai,
    about: "Lets a model work with tools until it has an answer. It may ask back. Agents are made on the Agents page.",
    inputs: Ports::Fixed(&[
        Port::required(TEXT, Some(Type::String)),
        Port::optional(PROMPT, Some(Type::Object)),
        Port::optional(SESSION, Some(Type::Object)),
    ]),
    outputs: Ports::Fixed(&[Port::required(RESPONSE, Some(Type::String))]),
};

/// An agent to ask, and what it is given.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    pub alias_arn: String,
    /// The node's name.
    pub node: String,
    pub text: String,
    /// What was said before, where the agent is talked with over several calls.
    pub history: Vec<Message>,
    /// None where they are not connected.
    pub prompt_attributes: Option<Value>,
    pub session_attributes: Option<Value>,
    /// Set where it goes on after a question of its own.
    pub resumed: Option<Resumed>,
}

/// How an agent goes on after a question.
#[derive(Clone, Debug, PartialEq)]
pub struct Resumed {
    /// What it left when it asked.
    pub state: Value,
    pub reply: String,
}

pub(super) fn fresh(name: &str) -> Node {
    Node {
        name: name.to_owned(),
        kind: NodeType::Agent,
        configuration: Some(Configuration::Agent(AgentConfiguration { agent_alias_arn: String::new() })),
        inputs: vec![NodeInput::whole(TEXT, Type::String)].into(),
        outputs: vec![NodeOutput { name: RESPONSE.to_owned(), kind: Type::String }].into(),
    }
}

/// What a node asks with these values.
pub(crate) fn call(alias_arn: &str, node: &str, values: Vec<(String, Value)>) -> Call {
    let mut call = Call {
        alias_arn: alias_arn.to_owned(),
        node: node.to_owned(),
        text: String::new(),
        history: Vec::new(),
        prompt_attributes: None,
        session_attributes: None,
        resumed: None,
    };
    for (name, value) in values {
        match (name.as_str(), value) {
            (TEXT, Value::String(text)) => call.text = text,
            (PROMPT, attributes) => call.prompt_attributes = Some(attributes),
            (SESSION, attributes) => call.session_attributes = Some(attributes),
            _ => {}
        }
    }
    call
}

/// The agent and the alias that an ARN names.
pub fn parts(arn: &str) -> Option<(&str, &str)> {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let ["arn", _, "bedrock", _, _, resource] = parts[..] else { return None };
    let (agent, alias) = resource.strip_prefix("agent-alias/")?.split_once('/')?;
    (!agent.is_empty() && !alias.is_empty() && !alias.contains('/')).then_some((agent, alias))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alias_arn_names_agent_and_alias() {
        let arn = "arn:aws:bedrock:us-east-1:123456789012:agent-alias/AGENT12345/ALIAS12345";
        assert_eq!(parts(arn), Some(("AGENT12345", "ALIAS12345")));
        for arn in [
            "",
            "${agent}",
            "arn:aws:bedrock:us-east-1:1:agent/AGENT12345",
            "arn:aws:lambda:x:1:agent-alias/A/B",
        ] {
            assert_eq!(parts(arn), None, "{arn}");
        }
    }
}
