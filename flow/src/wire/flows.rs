//! Flows, their drafts, and the templates to start from.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Alias;
use crate::check::Report;
use crate::definition::{Definition, NodeType};
use crate::event::Status;
use crate::extensions::Extensions;

/// A flow with its draft.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Flow {
    /// Ten letters and digits, as AWS's flow ids.
    pub id: String,
    /// The AWS-conform name, unique, derived from the title.
    pub name: String,
    /// What people read.
    pub title: String,
    pub description: String,
    /// Counts the changes of the draft. Send it as `If-Match` with the next change.
    pub revision: u64,
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub definition: Definition,
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub extensions: Extensions,
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub report: Report,
    pub aliases: Vec<Alias>,
    /// The newest version's number.
    pub latest_version: Option<u64>,
    /// Whether the draft differs from the newest version.
    pub draft_changed: bool,
    pub created_at: u64,
    pub updated_at: u64,
}

/// A flow in a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FlowSummary {
    pub id: String,
    pub name: String,
    pub title: String,
    pub description: String,
    pub revision: u64,
    pub aliases: Vec<Alias>,
    pub latest_version: Option<u64>,
    pub draft_changed: bool,
    pub updated_at: u64,
    pub thumbnail: Thumbnail,
    /// The last runs, oldest first, at most twelve.
    pub runs: Vec<RunMark>,
    /// The folder that it is shown in; empty where it is in none.
    #[serde(default)]
    pub folder: String,
    /// Its tags, the same that AWS's tag operations have.
    #[serde(default)]
    pub tags: BTreeMap<String, String>,
}

/// A small picture of a flow's graph.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Thumbnail {
    pub nodes: Vec<ThumbnailNode>,
    /// Pairs of places in `nodes`.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<Vec<usize>>))]
    pub edges: Vec<(usize, usize)>,
}

/// A node of a thumbnail.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ThumbnailNode {
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub kind: NodeType,
    pub x: f64,
    pub y: f64,
    /// Width and height of a loop, which lies around the nodes of its body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Vec<f64>>))]
    pub frame: Option<(f64, f64)>,
}

/// One past run in a sparkline.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RunMark {
    pub status: Status,
    pub started_at: u64,
    /// Milliseconds; none while it runs.
    pub duration: Option<u64>,
}

/// A page of flows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FlowList {
    pub flows: Vec<FlowSummary>,
}

/// Makes a flow: from a template, from documents, or blank.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreateFlow {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The id of a template.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
    pub definition: Option<Definition>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
    pub extensions: Option<Extensions>,
}

/// Replaces the draft's two documents. `If-Match` carries the revision it was based on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SaveDraft {
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub definition: Definition,
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub extensions: Extensions,
}

/// The answer to a save.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Saved {
    pub revision: u64,
    pub updated_at: u64,
    pub draft_changed: bool,
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub report: Report,
}

/// Changes what a flow is called, and what it is kept under. What is absent stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RenameFlow {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The folder that it is shown in; empty takes it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub folder: Option<String>,
    /// All its tags from now on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tags: Option<BTreeMap<String, String>>,
}

/// A flow as a file: what export writes and import reads. Import also reads a bare AWS definition.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FlowFile {
    /// `anabranch/flow/1`.
    pub format: String,
    pub title: String,
    #[serde(default)]
    pub description: String,
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub definition: Definition,
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub extensions: Extensions,
}

/// The `format` of a [`FlowFile`].
pub const FLOW_FILE_FORMAT: &str = "anabranch/flow/1";

/// Two documents to check.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CheckFlow {
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub definition: Definition,
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub extensions: Extensions,
}

/// A flow to start from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Template {
    pub id: String,
    pub title: String,
    pub summary: String,
    /// An input that shows it at work.
    pub sample_input: Value,
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub definition: Definition,
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub extensions: Extensions,
}
