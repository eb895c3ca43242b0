//! The prompts of prompt management, which Prompt nodes name by their ARN.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{InferenceConfiguration, InlinePrompt, List, TemplateConfiguration, TemplateType, TextTemplate};
use crate::object::objects;

objects!(StoredPrompt, PromptVariant, PromptMetadata, PromptAgent);

/// What a stored prompt says, its draft or a version of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", remote = "Self", deny_unknown_fields)]
pub struct StoredPrompt {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer_encryption_key_arn: Option<String>,
    /// The name of the variant that runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_variant: Option<String>,
    #[serde(default, skip_serializing_if = "List::is_absent")]
    pub variants: List<PromptVariant>,
}

/// `PromptVariant`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", remote = "Self", deny_unknown_fields)]
pub struct PromptVariant {
    pub name: String,
    pub template_type: TemplateType,
    pub template_configuration: TemplateConfiguration,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inference_configuration: Option<InferenceConfiguration>,
    #[serde(default, skip_serializing_if = "List::is_absent")]
    pub metadata: List<PromptMetadata>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub additional_model_request_fields: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gen_ai_resource: Option<PromptResourceOfAi>,
}

/// `PromptMetadataEntry`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct PromptMetadata {
    pub key: String,
    pub value: String,
}

/// `PromptGenAiResource`: what a variant asks instead of a model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum PromptResourceOfAi {
    Agent(PromptAgent),
}

/// `PromptAgentResource`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", remote = "Self", deny_unknown_fields)]
pub struct PromptAgent {
    pub agent_identifier: String,
}

impl StoredPrompt {
    /// The name that the variant of a prompt written here gets.
    const ONLY: &str = "variant";

    /// A stored prompt that says what this one does.
    pub fn of(prompt: InlinePrompt, description: Option<String>) -> Self {
        let variant = PromptVariant {
            name: Self::ONLY.to_owned(),
            template_type: prompt.template_type,
            template_configuration: prompt.template_configuration,
            model_id: (!prompt.model_id.is_empty()).then_some(prompt.model_id),
            inference_configuration: prompt.inference_configuration,
            metadata: List::default(),
            additional_model_request_fields: prompt.additional_model_request_fields,
            gen_ai_resource: None,
        };
        Self {
            description,
            customer_encryption_key_arn: None,
            default_variant: Some(Self::ONLY.to_owned()),
            variants: vec![variant].into(),
        }
    }

    /// The variant that runs: the default one, or the only one.
    pub fn variant(&self) -> Option<&PromptVariant> {
        match &self.default_variant {
            Some(name) => self.variants.iter().find(|variant| variant.name == *name),
            None => self.variants.first(),
        }
    }

    /// As it would stand in a node. One that has no variant says nothing, and one without a model names none.
    pub fn inline(&self) -> InlinePrompt {
        let variant = self.variant().cloned();
        let (template_type, template_configuration) = match &variant {
            Some(variant) => (variant.template_type, variant.template_configuration.clone()),
            None => (TemplateType::Text, TemplateConfiguration::Text(TextTemplate::default())),
        };
        let variant = variant.as_ref();
        InlinePrompt {
            template_type,
            template_configuration,
            model_id: variant.and_then(|variant| variant.model_id.clone()).unwrap_or_default(),
            inference_configuration: variant.and_then(|variant| variant.inference_configuration.clone()),
            additional_model_request_fields: variant
                .and_then(|variant| variant.additional_model_request_fields.clone()),
        }
    }
}
