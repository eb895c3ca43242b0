//! What a file brings: the flows in it, what of them could not be read, and what they need of this place.

use serde::{Deserialize, Serialize};

use super::Flow;
use crate::definition::Definition;
use crate::extensions::Extensions;

/// What a file holds. Nothing of it is stored or run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Reading {
    pub format: FileFormat,
    pub flows: Vec<ReadFlow>,
    /// What stands beside the flows and stays out, and flows that could not be read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unread: Vec<Unread>,
}

/// How a file writes its flows down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum FileFormat {
    /// What export writes here: the definition and our extensions.
    Anabranch,
    /// A definition of AWS's API, alone or in the body of CreateFlow or GetFlow.
    Api,
    /// A template of CloudFormation, as the CDK writes it too.
    CloudFormation,
    /// Terraform's `aws_bedrockagent_flow`, as JSON.
    Terraform,
}

impl FileFormat {
    /// What people call it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Anabranch => "an Anabranch export",
            Self::Api => "JSON of the AWS API",
            Self::CloudFormation => "a CloudFormation template",
            Self::Terraform => "Terraform JSON",
        }
    }
}

/// A flow that a file holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReadFlow {
    pub title: String,
    pub description: String,
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub definition: Definition,
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub extensions: Extensions,
    pub report: ReadReport,
}

/// What became of a flow in a file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReadReport {
    /// How many nodes were read, those inside loops among them.
    pub nodes: usize,
    pub connections: usize,
    /// What stays out, and why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unread: Vec<Unread>,
    /// What the flow names and this place has to lead somewhere.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<Need>,
}

/// A part of a file that stays out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Unread {
    /// Where it stands in the file.
    pub member: String,
    pub why: String,
}

impl Unread {
    pub fn new(member: impl Into<String>, why: impl Into<String>) -> Self {
        Self { member: member.into(), why: why.into() }
    }
}

/// Something that a flow names and does not hold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Need {
    pub kind: NeedKind,
    /// The model id, ARN, id or name, as the flow has it.
    pub name: String,
    /// The addresses of the nodes that name it.
    pub nodes: Vec<String>,
    /// It stands for a value that is filled in on deployment, and is to be written in its place.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub placeholder: bool,
    /// What is known of it, such as a parameter's usual value.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub hint: String,
}

impl Need {
    /// What to do about it.
    pub fn advice(&self) -> &'static str {
        match self.placeholder {
            true => "It is filled in on deployment. Write what it stands for at the node.",
            false => self.kind.advice(),
        }
    }
}

/// What kind of thing a flow names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum NeedKind {
    Model,
    Prompt,
    Function,
    KnowledgeBase,
    Agent,
    Bot,
    Bucket,
    Guardrail,
    /// A value somewhere else in a node.
    Value,
}

impl NeedKind {
    /// What people call it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Model => "model",
            Self::Prompt => "prompt",
            Self::Function => "function",
            Self::KnowledgeBase => "knowledge base",
            Self::Agent => "agent",
            Self::Bot => "bot",
            Self::Bucket => "bucket",
            Self::Guardrail => "guardrail",
            Self::Value => "value",
        }
    }

    /// What to do about one that is not known here.
    fn advice(self) -> &'static str {
        match self {
            Self::Model => "Choose which model answers for it, on the Connections page.",
            Self::Prompt => "Write the prompt into the node, or bring it here.",
            Self::Function => "Lead it to an address, at the node or on the Connections page.",
            Self::KnowledgeBase => "Let a knowledge base answer to this id, at the node.",
            Self::Agent => "Bind it to an agent, at the node.",
            Self::Bot => "Give it intents, at the node.",
            Self::Bucket => "It is a folder of this name here, unless you lead it to a store.",
            Self::Guardrail => "It is kept and not applied here.",
            Self::Value => "Write the value at the node.",
        }
    }
}

/// The flows that an import made, in the order of the file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Imported {
    pub format: FileFormat,
    pub flows: Vec<ImportedFlow>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unread: Vec<Unread>,
}

/// A flow that an import made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ImportedFlow {
    pub flow: Flow,
    pub report: ReadReport,
}
