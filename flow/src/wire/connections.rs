//! Connections to models, which model answers for which id, and the embedded one.

use serde::{Deserialize, Serialize};

/// A named place that serves models.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Connection {
    /// The first half of `connection/model`.
    pub name: String,
    /// Where its OpenAI-compatible API begins, such as `http://127.0.0.1:11434/v1`.
    pub base_url: String,
    /// Whether a key is stored. The key itself is never shown.
    pub has_key: bool,
    /// The last four characters of the key.
    pub key_hint: Option<String>,
    /// The model that is offered first.
    pub default_model: Option<String>,
    /// Set by the environment, and so not to be changed here.
    pub from_environment: bool,
}

/// The connections, and those that were found on this machine.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConnectionList {
    pub connections: Vec<Connection>,
    /// Model servers that answer on this machine and are not connected yet.
    pub found: Vec<FoundServer>,
}

/// A model server that answers on a usual port.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FoundServer {
    /// A name to connect it by, such as `ollama`.
    pub name: String,
    pub base_url: String,
    pub models: Vec<String>,
}

/// Makes or replaces a connection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PutConnection {
    pub base_url: String,
    /// Absent keeps the stored key, empty removes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_model: Option<String>,
}

/// What a try of a connection found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConnectionTest {
    pub ok: bool,
    /// What went wrong and what to do, or how many models there are.
    pub message: String,
    pub models: Vec<String>,
}

/// Models that a Prompt can name.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ModelList {
    pub models: Vec<Model>,
    /// The model of new prompts.
    pub default_model: String,
}

/// A model that a Prompt can name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Model {
    /// `connection/model`.
    pub id: String,
    /// A few words beside it, such as `tiny, on this machine`.
    pub note: String,
}

/// Which model answers for an AWS model id.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ModelMap {
    pub entries: Vec<ModelMapEntry>,
    /// Answers for every AWS id without an entry, and for new prompts. `connection/model`.
    pub default_model: String,
}

/// One row of the model map.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ModelMapEntry {
    /// An AWS model id, or the beginning of one followed by `*`.
    pub aws_id: String,
    /// `connection/model`.
    pub model: String,
}

/// The state of the embedded model's weights.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LocalModel {
    /// `local/smollm2`.
    pub id: String,
    pub state: LocalModelState,
    /// What is being done, or what went wrong and what to do.
    pub message: String,
    /// Bytes here so far, and in all.
    pub done: u64,
    pub total: u64,
}

/// How the embedded model stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum LocalModelState {
    /// This build has no embedded model.
    NotBuilt,
    Absent,
    Fetching,
    Ready,
    Failed,
}
