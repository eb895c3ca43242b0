//! Data sources of knowledge bases: where documents come from, how they are cut, and the jobs that bring them.

use serde::{Deserialize, Serialize};

/// How documents are cut into passages. A token is counted as four characters.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "strategy", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Chunking {
    /// At headings and paragraphs where it can be, in passages of at most 1,000 characters.
    #[default]
    Headings,
    /// In passages of the same size, between words, each repeating the end of the one before.
    Fixed { max_tokens: u32, overlap_percentage: u32 },
    /// Between sentences; a passage repeats so many sentences of the one before.
    Sentences { max_tokens: u32, repeated: u32 },
    /// In large passages, and those in small ones: the small ones are searched.
    Hierarchical { parent_tokens: u32, child_tokens: u32, overlap_tokens: u32 },
    /// Each document is one passage.
    None,
}

/// Where a source has its documents.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Place {
    /// They are given one by one.
    #[default]
    Custom,
    /// Objects of a bucket whose keys begin so. A bucket that leads nowhere else is a folder of the data folder.
    Bucket {
        bucket: String,
        #[serde(default)]
        prefix: String,
    },
    /// Pages of these addresses.
    Web { urls: Vec<String> },
}

/// Makes a data source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreateDataSource {
    pub name: String,
    pub place: Place,
    #[serde(default)]
    pub chunking: Chunking,
}

/// A data source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DataSource {
    pub id: String,
    pub name: String,
    pub place: Place,
    pub chunking: Chunking,
    /// Whether it has the documents that are added without naming a source.
    pub is_default: bool,
    pub documents: u64,
    /// How many documents wait to be read.
    pub waiting: u64,
    pub failed: u64,
    /// The newest job.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub job: Option<IngestionJob>,
    pub updated_at: u64,
}

/// The data sources of a knowledge base, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DataSourceList {
    pub data_sources: Vec<DataSource>,
}

/// How far a job is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum JobStatus {
    #[default]
    Starting,
    InProgress,
    Stopping,
    Stopped,
    Complete,
    Failed,
}

impl JobStatus {
    /// Whether nothing more comes of it.
    pub fn is_end(self) -> bool {
        matches!(self, Self::Stopped | Self::Complete | Self::Failed)
    }
}

/// What a job has done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct JobCounts {
    /// How many documents the source has; 0 until it was looked through.
    #[serde(default)]
    pub found: u64,
    #[serde(default)]
    pub with_metadata: u64,
    #[serde(default)]
    pub added: u64,
    #[serde(default)]
    pub changed: u64,
    #[serde(default)]
    pub unchanged: u64,
    #[serde(default)]
    pub deleted: u64,
    #[serde(default)]
    pub failed: u64,
    /// Why the job failed, or the first documents that did.
    #[serde(default)]
    pub reasons: Vec<String>,
}

impl JobCounts {
    /// How many documents were dealt with.
    pub fn done(&self) -> u64 {
        self.added + self.changed + self.unchanged + self.failed
    }
}

/// A job that brings the documents of a source.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct IngestionJob {
    pub id: String,
    pub status: JobStatus,
    pub description: String,
    pub counts: JobCounts,
    pub started_at: u64,
    pub updated_at: u64,
}

/// The jobs of a data source, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct IngestionJobList {
    pub jobs: Vec<IngestionJob>,
}

/// What became of a thing that a source has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ItemState {
    /// It is taken, and waits to be read.
    Pending,
    /// Its passages are found.
    Indexed,
    /// It could not be read; `reason` says why.
    Failed,
}

/// A thing that a source has: a file, a page, a document that was given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SourceItem {
    pub source_id: String,
    /// What the source calls it.
    pub uri: String,
    pub state: ItemState,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document_id: Option<String>,
    pub updated_at: u64,
}

/// Things that sources have, those of one state or all, by source and name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SourceItemList {
    pub items: Vec<SourceItem>,
    /// Whether there are more than these.
    #[serde(default)]
    pub more: bool,
}
