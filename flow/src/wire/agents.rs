//! Agents, their tools, and the ARNs of elsewhere that lead to them.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A model with instructions and tools, which Agent nodes name by its ARN.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Agent {
    /// Ten letters and digits, as AWS's agent ids.
    pub id: String,
    /// Of its test alias, which follows the agent as it was last saved here, or prepared. Nodes name it.
    pub arn: String,
    /// What people read.
    pub name: String,
    pub description: String,
    /// How the model is to behave.
    pub instructions: String,
    /// `connection/model`, or an AWS model id that the model map leads to one. The default model where it is empty.
    pub model: String,
    pub tools: Vec<AgentTool>,
    /// How often the model may be asked for one answer.
    pub step_limit: u32,
    /// Whether it may ask the person who called the flow.
    pub asks_back: bool,
    pub updated_at: u64,
}

/// What an agent is. Makes or replaces one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PutAgent {
    /// What people read. Unique.
    pub name: String,
    #[serde(default)]
    pub description: String,
    /// How the model is to behave.
    #[serde(default)]
    pub instructions: String,
    /// `connection/model`, or an AWS model id that the model map leads to one. The default model where it is empty.
    #[serde(default)]
    pub model: String,
    #[serde(default)]
    pub tools: Vec<AgentTool>,
    /// How often the model may be asked for one answer: 1 to 50, 10 where absent.
    #[serde(default = "usual_steps")]
    pub step_limit: u32,
    /// Whether it may ask the person who called the flow.
    #[serde(default)]
    pub asks_back: bool,
}

/// How often an agent's model is asked where the agent does not say.
pub const USUAL_STEPS: u32 = 10;

/// The most that an agent may say.
pub const MOST_STEPS: u32 = 50;

fn usual_steps() -> u32 {
    USUAL_STEPS
}

/// What an agent's model may call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum AgentTool {
    /// A function, by the binding of its ARN. It gets the event of AWS's agents.
    Function {
        /// By which the model calls it: letters, digits, `_` and `-`.
        name: String,
        description: String,
        arn: String,
        /// A JSON schema of an object.
        #[cfg_attr(feature = "openapi", schema(value_type = Object))]
        parameters: Value,
    },
    /// A flow, which gets the argument `input`.
    Flow {
        name: String,
        description: String,
        /// Id or name.
        flow: String,
        /// Id or name.
        alias: String,
    },
    /// A knowledge base, which is asked with the argument `query`.
    KnowledgeBase {
        name: String,
        /// When the model is to look something up there.
        description: String,
        /// An id that it has or answers to.
        base: String,
    },
    /// Another agent, which gets the argument `message`.
    Agent {
        name: String,
        /// When the model is to ask it.
        description: String,
        /// The ARN of its alias, or one that is bound here.
        arn: String,
        /// Whether it is told what was said before.
        #[serde(default)]
        tells_history: bool,
    },
    /// The tools of an MCP server.
    Mcp {
        /// Its name on the Agents page.
        server: String,
        /// Only these; all where absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tools: Option<Vec<String>>,
    },
}

/// The agents by name, and which ARNs of elsewhere lead to them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AgentList {
    pub agents: Vec<Agent>,
    pub bindings: Vec<AgentBinding>,
    /// The aliases that lead to versions of agents.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<AgentAlias>,
}

impl AgentList {
    /// The agent that answers for an ARN: its own, else the one that it is bound to.
    pub fn find(&self, arn: &str) -> Option<&Agent> {
        self.own(arn).or_else(|| self.by_id(&self.bindings.iter().find(|binding| binding.arn == arn)?.agent))
    }

    /// The agent whose own ARN this is, or its alias's.
    pub fn own(&self, arn: &str) -> Option<&Agent> {
        let aliased = || self.by_id(&self.aliases.iter().find(|alias| alias.arn == arn)?.agent);
        self.agents.iter().find(|agent| agent.arn == arn).or_else(aliased)
    }

    fn by_id(&self, id: &str) -> Option<&Agent> {
        self.agents.iter().find(|agent| agent.id == id)
    }
}

/// An alias of an agent, which answers as one version of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AgentAlias {
    /// Nodes name it.
    pub arn: String,
    /// The agent's id.
    pub agent: String,
    pub name: String,
    pub version: u64,
}

/// An ARN of elsewhere, and the agent that answers for it here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AgentBinding {
    pub arn: String,
    /// The agent's id.
    pub agent: String,
}

/// Binds an ARN of elsewhere to an agent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BindAgent {
    /// Id or name.
    pub agent: String,
}
