//! `FlowDefinition`, the document that Amazon Bedrock Flows stores: all sixteen node types, lossless.
//!
//! Always holds: a definition that AWS accepts parses, and comes back out as equal JSON; members that AWS does
//! not know are refused by name. Absent on purpose: positions, notes and options of ours, which live in
//! [`crate::extensions`], so that this document stays AWS's own.

mod knowledge;
mod stored;
mod tool;

use std::ops::{Deref, DerefMut};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Number, Value};

pub use knowledge::*;
pub use stored::*;
pub use tool::*;

use crate::object::objects;
use crate::value::Type;

objects!(
    Definition,
    Node,
    Empty,
    KnowledgeBaseConfiguration,
    ConditionConfiguration,
    FlowCondition,
    LexConfiguration,
    PromptConfiguration,
    PromptResource,
    InlinePrompt,
    TextTemplate,
    ChatTemplate,
    ChatMessage,
    InputVariable,
    Inference,
    LambdaFunctionConfiguration,
    ObjectConfiguration,
    Bucket,
    AgentConfiguration,
    InlineCodeConfiguration,
    LoopConfiguration,
    LoopControllerConfiguration,
    NodeInput,
    NodeOutput,
    Connection,
    DataConnection,
    ConditionalConnection
);

/// `FlowDefinition`: nodes and the connections between them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Definition {
    #[serde(default, skip_serializing_if = "List::is_absent")]
    pub nodes: List<Node>,
    #[serde(default, skip_serializing_if = "List::is_absent")]
    pub connections: List<Connection>,
}

impl Definition {
    /// The node of this name.
    pub fn node(&self, name: &str) -> Option<&Node> {
        self.nodes.iter().find(|node| node.name == name)
    }

    /// The node of this name, to change it.
    pub fn node_mut(&mut self, name: &str) -> Option<&mut Node> {
        self.nodes.iter_mut().find(|node| node.name == name)
    }

    /// The first node of this type, for the types of which a flow has one.
    pub fn first(&self, kind: NodeType) -> Option<&Node> {
        self.nodes.iter().find(|node| node.kind == kind)
    }
}

/// `FlowNode`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Node {
    /// Unique within its definition.
    pub name: String,
    #[serde(rename = "type")]
    pub kind: NodeType,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub configuration: Option<Configuration>,
    #[serde(default, skip_serializing_if = "List::is_absent")]
    pub inputs: List<NodeInput>,
    #[serde(default, skip_serializing_if = "List::is_absent")]
    pub outputs: List<NodeOutput>,
}

impl Node {
    /// The input of this name.
    pub fn input(&self, name: &str) -> Option<&NodeInput> {
        self.inputs.iter().find(|input| input.name == name)
    }

    /// The output of this name.
    pub fn output(&self, name: &str) -> Option<&NodeOutput> {
        self.outputs.iter().find(|output| output.name == name)
    }

    /// The conditions of a Condition node, in order; none for other kinds.
    pub fn conditions(&self) -> &[FlowCondition] {
        match &self.configuration {
            Some(Configuration::Condition(condition)) => &condition.conditions,
            _ => &[],
        }
    }

    /// The body of a Loop node; none for other kinds.
    pub fn body(&self) -> Option<&Definition> {
        match &self.configuration {
            Some(Configuration::Loop(body)) => Some(&body.definition),
            _ => None,
        }
    }

    /// The body of a Loop node, to change it.
    pub fn body_mut(&mut self) -> Option<&mut Definition> {
        match &mut self.configuration {
            Some(Configuration::Loop(body)) => Some(&mut body.definition),
            _ => None,
        }
    }

    /// The inline prompt of a Prompt node, where it has one.
    pub fn inline_prompt(&self) -> Option<&InlinePrompt> {
        match &self.configuration {
            Some(Configuration::Prompt(PromptConfiguration {
                source_configuration: PromptSource::Inline(inline),
                ..
            })) => Some(inline),
            _ => None,
        }
    }

    /// The inline prompt of a Prompt node, to change it.
    pub fn inline_prompt_mut(&mut self) -> Option<&mut InlinePrompt> {
        match &mut self.configuration {
            Some(Configuration::Prompt(PromptConfiguration {
                source_configuration: PromptSource::Inline(inline),
                ..
            })) => Some(inline),
            _ => None,
        }
    }
}

/// `FlowNodeType`: the sixteen node types.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum NodeType {
    Input,
    Output,
    KnowledgeBase,
    Condition,
    Lex,
    Prompt,
    LambdaFunction,
    Storage,
    Agent,
    Retrieval,
    Iterator,
    Collector,
    InlineCode,
    Loop,
    LoopInput,
    LoopController,
}

/// `FlowNodeConfiguration`, a union whose member is the node type in lower camel case.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Configuration {
    Input(Empty),
    Output(Empty),
    KnowledgeBase(Box<KnowledgeBaseConfiguration>),
    Condition(ConditionConfiguration),
    Lex(LexConfiguration),
    Prompt(PromptConfiguration),
    LambdaFunction(LambdaFunctionConfiguration),
    Storage(ObjectConfiguration),
    Agent(AgentConfiguration),
    Retrieval(ObjectConfiguration),
    Iterator(Empty),
    Collector(Empty),
    InlineCode(InlineCodeConfiguration),
    Loop(LoopConfiguration),
    LoopInput(Empty),
    LoopController(LoopControllerConfiguration),
}

impl Configuration {
    /// The node type that this configuration belongs to.
    pub fn kind(&self) -> NodeType {
        match self {
            Self::Input(_) => NodeType::Input,
            Self::Output(_) => NodeType::Output,
            Self::KnowledgeBase(_) => NodeType::KnowledgeBase,
            Self::Condition(_) => NodeType::Condition,
            Self::Lex(_) => NodeType::Lex,
            Self::Prompt(_) => NodeType::Prompt,
            Self::LambdaFunction(_) => NodeType::LambdaFunction,
            Self::Storage(_) => NodeType::Storage,
            Self::Agent(_) => NodeType::Agent,
            Self::Retrieval(_) => NodeType::Retrieval,
            Self::Iterator(_) => NodeType::Iterator,
            Self::Collector(_) => NodeType::Collector,
            Self::InlineCode(_) => NodeType::InlineCode,
            Self::Loop(_) => NodeType::Loop,
            Self::LoopInput(_) => NodeType::LoopInput,
            Self::LoopController(_) => NodeType::LoopController,
        }
    }
}

/// A structure without members.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Empty {}

/// `KnowledgeBaseFlowNodeConfiguration`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", remote = "Self", deny_unknown_fields)]
pub struct KnowledgeBaseConfiguration {
    pub knowledge_base_id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guardrail_configuration: Option<Guardrail>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number_of_results: Option<Number>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt_template: Option<KnowledgeBasePrompt>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inference_configuration: Option<InferenceConfiguration>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reranking_configuration: Option<Reranking>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub orchestration_configuration: Option<Orchestration>,
}

/// `ConditionFlowNodeConfiguration`: an ordered list, the first satisfied wins.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct ConditionConfiguration {
    pub conditions: Vec<FlowCondition>,
}

/// `FlowCondition`: a named branch. The one named `default` has no expression.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct FlowCondition {
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expression: Option<String>,
}

/// `LexFlowNodeConfiguration`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", remote = "Self", deny_unknown_fields)]
pub struct LexConfiguration {
    pub bot_alias_arn: String,
    pub locale_id: String,
}

/// `PromptFlowNodeConfiguration`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", remote = "Self", deny_unknown_fields)]
pub struct PromptConfiguration {
    pub source_configuration: PromptSource,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guardrail_configuration: Option<Guardrail>,
}

/// `PromptFlowNodeSourceConfiguration`: a stored prompt or one written in the node.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum PromptSource {
    Resource(PromptResource),
    Inline(Box<InlinePrompt>),
}

/// `PromptFlowNodeResourceConfiguration`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", remote = "Self", deny_unknown_fields)]
pub struct PromptResource {
    pub prompt_arn: String,
}

/// `PromptFlowNodeInlineConfiguration`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", remote = "Self", deny_unknown_fields)]
pub struct InlinePrompt {
    pub template_type: TemplateType,
    pub template_configuration: TemplateConfiguration,
    /// `connection/model`, or an AWS model id or ARN that settings map to one. Empty in a half-built draft.
    pub model_id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inference_configuration: Option<InferenceConfiguration>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub additional_model_request_fields: Option<Value>,
}

/// `PromptTemplateType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum TemplateType {
    Text,
    Chat,
}

/// `PromptTemplateConfiguration`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum TemplateConfiguration {
    Text(TextTemplate),
    Chat(ChatTemplate),
}

/// `TextPromptTemplateConfiguration`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", remote = "Self", deny_unknown_fields)]
pub struct TextTemplate {
    pub text: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cache_point: Option<CachePoint>,
    #[serde(default, skip_serializing_if = "List::is_absent")]
    pub input_variables: List<InputVariable>,
}

/// `ChatPromptTemplateConfiguration`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", remote = "Self", deny_unknown_fields)]
pub struct ChatTemplate {
    pub messages: Vec<ChatMessage>,
    #[serde(default, skip_serializing_if = "List::is_absent")]
    pub system: List<ContentBlock>,
    #[serde(default, skip_serializing_if = "List::is_absent")]
    pub input_variables: List<InputVariable>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool_configuration: Option<ToolConfiguration>,
}

/// `Message` of a chat prompt.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct ChatMessage {
    pub role: ChatRole,
    pub content: Vec<ContentBlock>,
}

/// `ConversationRole`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ChatRole {
    User,
    Assistant,
}

/// `ContentBlock` and `SystemContentBlock`, which have the same members.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ContentBlock {
    Text(String),
    CachePoint(CachePoint),
}

/// `PromptInputVariable`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct InputVariable {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// `PromptInferenceConfiguration`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum InferenceConfiguration {
    Text(Inference),
}

/// `PromptModelInferenceConfiguration`. Numbers keep their written form, so that `0` does not come back as `0.0`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", remote = "Self", deny_unknown_fields)]
pub struct Inference {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub temperature: Option<Number>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub top_p: Option<Number>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_tokens: Option<Number>,
    #[serde(default, skip_serializing_if = "List::is_absent")]
    pub stop_sequences: List<String>,
}

/// `LambdaFunctionFlowNodeConfiguration`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", remote = "Self", deny_unknown_fields)]
pub struct LambdaFunctionConfiguration {
    pub lambda_arn: String,
}

/// `StorageFlowNodeConfiguration` and `RetrievalFlowNodeConfiguration`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", remote = "Self", deny_unknown_fields)]
pub struct ObjectConfiguration {
    pub service_configuration: ObjectService,
}

/// The object store of a Storage or Retrieval node.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ObjectService {
    S3(Bucket),
}

/// The bucket of a Storage or Retrieval node.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", remote = "Self", deny_unknown_fields)]
pub struct Bucket {
    pub bucket_name: String,
}

/// `AgentFlowNodeConfiguration`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", remote = "Self", deny_unknown_fields)]
pub struct AgentConfiguration {
    pub agent_alias_arn: String,
}

/// `InlineCodeFlowNodeConfiguration`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", remote = "Self", deny_unknown_fields)]
pub struct InlineCodeConfiguration {
    pub code: String,
    pub language: CodeLanguage,
}

/// `SupportedLanguages`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CodeLanguage {
    #[serde(rename = "Python_3")]
    Python3,
}

/// `LoopFlowNodeConfiguration`: a body of its own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct LoopConfiguration {
    pub definition: Definition,
}

/// `LoopControllerFlowNodeConfiguration`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", remote = "Self", deny_unknown_fields)]
pub struct LoopControllerConfiguration {
    pub continue_condition: FlowCondition,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_iterations: Option<Number>,
}

/// `FlowNodeInput`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct NodeInput {
    pub name: String,
    #[serde(rename = "type")]
    pub kind: Type,
    /// Selects from what the connection delivers: `$.data` for all of it.
    pub expression: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<InputCategory>,
}

impl NodeInput {
    /// An input that takes all of what its connection delivers.
    pub fn whole(name: &str, kind: Type) -> Self {
        Self { name: name.to_owned(), kind, expression: "$.data".to_owned(), category: None }
    }
}

/// `FlowNodeInputCategory`: what an input of a LoopController is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum InputCategory {
    LoopCondition,
    ReturnValueToLoopStart,
    ExitLoop,
}

/// `FlowNodeOutput`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct NodeOutput {
    pub name: String,
    #[serde(rename = "type")]
    pub kind: Type,
}

/// `FlowConnection`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Connection {
    /// Unique within its definition.
    pub name: String,
    #[serde(rename = "type")]
    pub kind: ConnectionType,
    /// The name of the node it leaves.
    pub source: String,
    /// The name of the node it enters.
    pub target: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub configuration: Option<ConnectionConfiguration>,
}

impl Connection {
    /// The ports of a Data connection.
    pub fn data(&self) -> Option<&DataConnection> {
        match &self.configuration {
            Some(ConnectionConfiguration::Data(data)) => Some(data),
            _ => None,
        }
    }

    /// The condition's name of a Conditional connection.
    pub fn condition(&self) -> Option<&str> {
        match &self.configuration {
            Some(ConnectionConfiguration::Conditional(conditional)) => Some(&conditional.condition),
            _ => None,
        }
    }

    /// The source's port: an output's name, or a condition's.
    pub fn source_port(&self) -> Option<&str> {
        self.data().map(|data| data.source_output.as_str()).or_else(|| self.condition())
    }
}

/// `FlowConnectionType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ConnectionType {
    /// Carries a value.
    Data,
    /// Is a gate and carries none.
    Conditional,
}

/// `FlowConnectionConfiguration`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ConnectionConfiguration {
    Data(DataConnection),
    Conditional(ConditionalConnection),
}

/// `FlowDataConnectionConfiguration`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", remote = "Self", deny_unknown_fields)]
pub struct DataConnection {
    pub source_output: String,
    pub target_input: String,
}

/// `FlowConditionalConnectionConfiguration`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct ConditionalConnection {
    pub condition: String,
}

/// A list that remembers whether the document had it, so that an absent list does not come back as an empty one.
#[derive(Clone, Debug, PartialEq)]
pub struct List<T> {
    items: Vec<T>,
    written: bool,
}

impl<T> List<T> {
    /// Neither in the document nor filled since.
    pub fn is_absent(&self) -> bool {
        self.items.is_empty() && !self.written
    }
}

impl<T> Default for List<T> {
    fn default() -> Self {
        Self { items: Vec::new(), written: false }
    }
}

impl<T> From<Vec<T>> for List<T> {
    fn from(items: Vec<T>) -> Self {
        Self { items, written: true }
    }
}

impl<T> Deref for List<T> {
    type Target = Vec<T>;
    fn deref(&self) -> &Vec<T> {
        &self.items
    }
}

impl<T> DerefMut for List<T> {
    fn deref_mut(&mut self) -> &mut Vec<T> {
        &mut self.items
    }
}

impl<'a, T> IntoIterator for &'a List<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;
    fn into_iter(self) -> Self::IntoIter {
        self.items.iter()
    }
}

impl<T: Serialize> Serialize for List<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.items.serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // AWS's JSON takes a null for a member that is not there.
        let items = Option::<Vec<T>>::deserialize(deserializer)?;
        Ok(items.map_or_else(Self::default, Self::from))
    }
}
