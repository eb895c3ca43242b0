//! The bodies of the native API, shared by the server that writes them and the browser that reads them.
//!
//! Always holds: times are milliseconds since the Unix epoch; requests refuse members they do not know.

mod agents;
mod bots;
mod buckets;
mod connections;
mod evaluation;
mod executions;
mod flows;
mod functions;
mod imports;
mod knowledge;
mod mcp_servers;
mod prompts;
mod source;
mod vector_stores;
mod versions;

use serde::{Deserialize, Serialize};

use crate::check::Report;
pub use agents::{
    Agent, AgentAlias, AgentBinding, AgentList, AgentTool, BindAgent, MOST_STEPS, PutAgent, USUAL_STEPS,
};
pub use bots::{Bot, BotList, BotTest, Intent, PutBot, TryBot};
pub use buckets::{Bucket, BucketList, BucketStore, BucketTest, PutBucket};
pub use connections::{
    Connection, ConnectionList, ConnectionTest, FoundServer, LocalModel, LocalModelState, Model, ModelList,
    ModelMap, ModelMapEntry, PutConnection,
};
pub use evaluation::{Evaluation, EvaluationList, KnownQuestion, KnownQuestions, Placed};
pub use executions::{
    Execution, ExecutionHandle, ExecutionList, ExecutionSummary, GiveInput, InputRequest, Invoke,
    InvokeDraft, Invoked, OutputValue,
};
pub use flows::{
    CheckFlow, CreateFlow, FLOW_FILE_FORMAT, Flow, FlowFile, FlowList, FlowSummary, RenameFlow, RunMark,
    SaveDraft, Saved, Template, Thumbnail, ThumbnailNode,
};
pub use functions::{
    Function, FunctionHeader, FunctionList, FunctionTest, PutFunction, PutHeader, TryFunction, TryInput,
};
pub use imports::{
    FileFormat, Imported, ImportedFlow, Need, NeedKind, ReadFlow, ReadReport, Reading, Unread,
};
pub use knowledge::{
    AddDocument, AnswerEvent, AnswerFromKnowledge, AskKnowledgeBase, Cited, CreateKnowledgeBase, Document,
    DocumentList, DocumentText, Embedding, EmbeddingState, KnowledgeAnswer, KnowledgeBase, KnowledgeBaseList,
    PassageList, Ranking, UpdateKnowledgeBase,
};
pub use mcp_servers::{McpServer, McpServerList, McpTool, McpTools, PutMcpServer};
pub use prompts::{CreatePrompt, Prompt, PromptList, PromptVersion};
pub use source::{
    Chunking, CreateDataSource, DataSource, DataSourceList, IngestionJob, IngestionJobList, ItemState,
    JobCounts, JobStatus, Place, SourceItem, SourceItemList,
};
pub use vector_stores::{
    PutVectorStore, USUAL_PREFIX, VectorPlace, VectorStore, VectorStoreList, VectorStoreTest,
};
pub use versions::{
    Alias, AliasList, AliasMove, AliasMoves, Publish, Published, PutAlias, Version, VersionList,
    VersionSummary,
};

/// Exchanges a one-time sign-in token for a session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SignIn {
    pub token: String,
}

/// A session began. The cookie is set; the proof goes into the `X-Anabranch-Proof` header of every request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SignedIn {
    pub proof: String,
}

/// What this server is, for the browser.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct About {
    pub version: String,
    /// Where this server is reached, without a trailing slash.
    pub url: String,
    /// Where its data are.
    pub data_folder: String,
    pub running_executions: u64,
}

/// RFC 9457 problem document: how the native API says what went wrong.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ErrorDocument {
    /// `about:blank`: the status says the class, `code` the case.
    #[serde(rename = "type")]
    pub kind: String,
    pub title: String,
    pub status: u16,
    /// What went wrong and what to do.
    pub detail: String,
    /// A stable name for programs.
    pub code: String,
    /// The member or parameter that is at fault.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub execution_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node: Option<String>,
    /// For a conflict, the revision that the server has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<u64>,
    /// For a flow that cannot be published or run, what is wrong with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
    pub report: Option<Report>,
}
