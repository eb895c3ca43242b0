//! Provider-neutral chat: what a node asks of a model, with which tools, and what it used.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One message of a conversation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Message {
    pub role: Role,
    pub text: String,
}

/// Who speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    System,
    User,
    Assistant,
}

/// A picture that a message shows besides its text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Image {
    /// Which message: counted from 0 over [`Chat::messages`], and on over what each exchange has in `then`.
    pub message: usize,
    /// Such as `image/png`.
    pub media_type: String,
    /// In base 64.
    pub data: String,
}

/// Something that a model may call while it answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tool {
    pub name: String,
    /// When to call it and what it does, for the model.
    pub description: String,
    /// A JSON schema of an object.
    pub parameters: Value,
}

/// A model's wish to call a tool.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ToolCall {
    /// By which the model knows the result.
    pub id: String,
    pub name: String,
    /// As the model wrote them, which may be no JSON.
    pub arguments: String,
}

/// What a model said between the question and its answer, and what its calls came to.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Exchange {
    pub text: String,
    pub calls: Vec<ToolCall>,
    /// In the order of the calls.
    pub results: Vec<String>,
    /// What was said after that without calling a tool, up to the next exchange.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub then: Vec<Message>,
}

/// Whether a model has to call a tool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ToolChoice {
    /// One of them, whichever.
    Any,
    /// This one.
    Named(String),
}

/// Why an answer ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Finish {
    /// The model said all it had to say, or wishes to call tools.
    #[default]
    Done,
    /// As many tokens as were allowed, or as fit.
    Length,
    /// One of the texts that were to stop it; which one, where the model's server says so.
    Stopped(Option<String>),
    /// The model's server held an answer back.
    Filtered,
}

/// What a Prompt node or an agent asks: rendered messages and how to sample.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Chat {
    /// The model id as the node has it.
    pub model: String,
    pub messages: Vec<Message>,
    /// What came after the messages: calls of tools with their results.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exchanges: Vec<Exchange>,
    /// What the messages show, in the order of the messages.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub images: Vec<Image>,
    /// What the model may call.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tools: Vec<Tool>,
    /// Whether it has to; none where that is left to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool_choice: Option<ToolChoice>,
    pub temperature: Option<f64>,
    pub top_p: Option<f64>,
    pub max_tokens: Option<u32>,
    pub stop: Vec<String>,
    /// Members that are passed to the model as they are.
    pub additional: Option<Value>,
    /// Set where the answer must be one of some texts.
    pub choice: Option<Choice>,
    /// A JSON schema that the answer has to follow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<Value>,
}

/// "Answer must be one of", with the labelled examples that the prompt's own text holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Choice {
    pub labels: Vec<String>,
    pub examples: Vec<Example>,
    /// What is to be labelled: the values of the prompt's variables.
    pub query: String,
    /// The one of the labels that stands for "none of the others". It has no examples.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub otherwise: Option<String>,
}

/// A text and its label.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Example {
    pub text: String,
    pub label: String,
}

/// Tokens that a model call read and wrote.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Usage {
    pub input_tokens: u64,
    pub output_tokens: u64,
}

impl Usage {
    /// Both together. Providers say how much; what they say may be anything.
    pub fn plus(self, other: Self) -> Self {
        Self {
            input_tokens: self.input_tokens.saturating_add(other.input_tokens),
            output_tokens: self.output_tokens.saturating_add(other.output_tokens),
        }
    }
}
