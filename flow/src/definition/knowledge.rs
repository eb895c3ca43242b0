//! What a KnowledgeBase node can say about its search and its answer, and the guardrail that Prompts have too.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Number, Value};

use super::{InferenceConfiguration, List};
use crate::object::objects;

objects!(
    Guardrail,
    KnowledgeBasePrompt,
    Orchestration,
    Performance,
    Reranking,
    BedrockReranking,
    RerankingModel,
    RerankingMetadata,
    RerankingField
);

/// `GuardrailConfiguration`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", remote = "Self", deny_unknown_fields)]
pub struct Guardrail {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guardrail_identifier: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guardrail_version: Option<String>,
}

/// `KnowledgeBasePromptTemplate`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", remote = "Self", deny_unknown_fields)]
pub struct KnowledgeBasePrompt {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text_prompt_template: Option<String>,
}

/// `KnowledgeBaseOrchestrationConfiguration`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", remote = "Self", deny_unknown_fields)]
pub struct Orchestration {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt_template: Option<KnowledgeBasePrompt>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inference_config: Option<InferenceConfiguration>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub additional_model_request_fields: Option<Map<String, Value>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub performance_config: Option<Performance>,
}

/// `PerformanceConfiguration`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Performance {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latency: Option<Latency>,
}

/// `PerformanceConfigLatency`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Latency {
    Standard,
    Optimized,
}

/// `VectorSearchRerankingConfiguration`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", remote = "Self", deny_unknown_fields)]
pub struct Reranking {
    #[serde(rename = "type")]
    pub kind: RerankingType,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bedrock_reranking_configuration: Option<BedrockReranking>,
}

/// `VectorSearchRerankingConfigurationType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RerankingType {
    BedrockRerankingModel,
}

/// `VectorSearchBedrockRerankingConfiguration`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", remote = "Self", deny_unknown_fields)]
pub struct BedrockReranking {
    pub model_configuration: RerankingModel,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number_of_reranked_results: Option<Number>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata_configuration: Option<RerankingMetadata>,
}

/// `VectorSearchBedrockRerankingModelConfiguration`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", remote = "Self", deny_unknown_fields)]
pub struct RerankingModel {
    pub model_arn: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub additional_model_request_fields: Option<Map<String, Value>>,
}

/// `MetadataConfigurationForReranking`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", remote = "Self", deny_unknown_fields)]
pub struct RerankingMetadata {
    pub selection_mode: SelectionMode,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub selective_mode_configuration: Option<SelectedFields>,
}

/// `RerankingMetadataSelectionMode`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum SelectionMode {
    Selective,
    All,
}

/// `RerankingMetadataSelectiveModeConfiguration`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SelectedFields {
    FieldsToInclude(List<RerankingField>),
    FieldsToExclude(List<RerankingField>),
}

/// `FieldForReranking`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", remote = "Self", deny_unknown_fields)]
pub struct RerankingField {
    pub field_name: String,
}
