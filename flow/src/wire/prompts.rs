//! Stored prompts, which Prompt nodes name by their ARN.

use serde::{Deserialize, Serialize};

use crate::definition::InlinePrompt;

/// A prompt that is kept, with its versions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Prompt {
    /// Ten letters and digits, as AWS's prompt ids.
    pub id: String,
    /// Of its draft.
    pub arn: String,
    pub name: String,
    pub description: String,
    pub updated_at: u64,
    /// The draft, then its versions, the newest first.
    pub versions: Vec<PromptVersion>,
}

/// The draft of a prompt, or a version of it, which stays as it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PromptVersion {
    /// What a node names.
    pub arn: String,
    /// None for the draft.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u64>,
    pub created_at: u64,
    /// The variant that runs, as it would stand in a node.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub prompt: InlinePrompt,
}

/// The stored prompts, by name.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PromptList {
    pub prompts: Vec<Prompt>,
}

impl PromptList {
    /// The prompt that an ARN of here names, and which version of it.
    pub fn find(&self, arn: &str) -> Option<(&Prompt, &PromptVersion)> {
        self.prompts
            .iter()
            .find_map(|prompt| Some((prompt, prompt.versions.iter().find(|version| version.arn == arn)?)))
    }
}

/// Keeps a prompt.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreatePrompt {
    /// Letters, digits and single - or _ between them, up to 100. Unique.
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What the `inline` of a Prompt node's source is.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub prompt: InlinePrompt,
}
