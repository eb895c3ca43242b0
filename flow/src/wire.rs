//! The bodies of the native API, shared by the server that writes them and the browser that reads them.
//!
//! Always holds: times are milliseconds since the Unix epoch; requests refuse members they do not know.

mod bots;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::check::Report;
use crate::definition::{Definition, NodeType};
use crate::event::{Event, Status};
use crate::extensions::Extensions;
use crate::node::knowledge_base::Passage;
pub use bots::{Bot, BotList, BotTest, Intent, PutBot, TryBot};

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

/// Changes what a flow is called.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RenameFlow {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
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

/// An immutable copy of a draft.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Version {
    /// Counts from 1 within the flow.
    pub version: u64,
    pub description: String,
    /// SHA-256 of both documents, in hexadecimal.
    pub digest: String,
    pub created_at: u64,
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub definition: Definition,
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub extensions: Extensions,
}

/// A version in a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VersionSummary {
    pub version: u64,
    pub description: String,
    pub digest: String,
    pub created_at: u64,
}

/// A flow's versions, newest first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VersionList {
    pub versions: Vec<VersionSummary>,
}

/// A name that points at a version.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Alias {
    pub id: String,
    pub name: String,
    pub version: u64,
    pub updated_at: u64,
}

/// A flow's aliases.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AliasList {
    pub aliases: Vec<Alias>,
}

/// Points an alias at a version; makes the alias where there is none of this name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PutAlias {
    pub version: u64,
}

/// Makes a version of the draft and points an alias at it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Publish {
    /// `live` where it is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alias: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// What a publish made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Published {
    pub version: VersionSummary,
    pub alias: Alias,
}

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

/// Calls a flow.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Invoke {
    /// Any JSON but null. It must be of the type of the flow's input.
    pub input: Value,
}

/// The answer of a call that has ended, or waits for an answer itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Invoked {
    pub execution_id: String,
    /// `Succeeded`, or `InputRequired`.
    pub status: Status,
    /// What each Output node that was reached received, in the order they were reached.
    pub outputs: Vec<OutputValue>,
    /// For `InputRequired`, what is asked. `POST /api/executions/{id}/input` answers it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<InputRequest>,
}

/// A question of a node's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InputRequest {
    /// The node that asks.
    pub node: String,
    /// What it asks.
    pub content: String,
}

/// Answers the question of an execution.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GiveInput {
    pub content: String,
    /// The node that asks. Where it is given, it must be that one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node: Option<String>,
}

/// What an Output node received.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OutputValue {
    pub node: String,
    pub value: Value,
}

/// The first event of an invoke stream, before those of the run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ExecutionHandle {
    pub execution_id: String,
}

/// An execution in a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ExecutionSummary {
    pub id: String,
    pub flow_id: String,
    pub flow_title: String,
    /// The alias it was called by; none for the draft.
    pub alias: Option<String>,
    /// The version that ran; none for the draft.
    pub version: Option<u64>,
    pub status: Status,
    pub started_at: u64,
    pub ended_at: Option<u64>,
    /// Why it failed, in a sentence.
    pub error: Option<String>,
    pub input_tokens: u64,
    pub output_tokens: u64,
}

/// A page of executions, newest first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ExecutionList {
    pub executions: Vec<ExecutionSummary>,
    /// Send it as `after` for the next page.
    pub next: Option<String>,
}

/// An execution with the flow as it ran and everything that happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Execution {
    #[serde(flatten)]
    pub summary: ExecutionSummary,
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub definition: Definition,
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub extensions: Extensions,
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<Object>))]
    pub events: Vec<Event>,
}

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

/// Where a function is, by its ARN.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Function {
    /// As the nodes have it. Without a version or alias it answers for all that are not bound.
    pub arn: String,
    /// Where AWS's event is posted to, such as `http://127.0.0.1:9000/2015-03-31/functions/function/invocations`.
    pub url: String,
    /// How long a call may take.
    pub timeout_seconds: u32,
    /// What every call carries. The secrets themselves are never shown.
    pub headers: Vec<FunctionHeader>,
}

/// A header of a binding.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FunctionHeader {
    pub name: String,
    /// The last four characters of the secret; empty where it is short.
    pub hint: String,
}

/// The bindings of functions, by ARN.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FunctionList {
    pub functions: Vec<Function>,
}

impl FunctionList {
    /// The binding that answers for an ARN: its own, else that of the ARN without its version or alias.
    pub fn find(&self, arn: &str) -> Option<&Function> {
        let of = |arn: &str| self.functions.iter().find(|function| function.arn == arn);
        of(arn).or_else(|| of(crate::node::function::unqualified(arn)?))
    }
}

/// Binds a function, or changes its binding.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PutFunction {
    pub url: String,
    /// 1 to 900; 30 where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout_seconds: Option<u32>,
    /// All that there shall be. Absent keeps the stored ones, unless the address changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub headers: Option<Vec<PutHeader>>,
}

/// A header that a binding shall have.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PutHeader {
    pub name: String,
    /// Absent keeps the stored one, unless the address changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
}

/// Calls a bound function once.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TryFunction {
    /// What the node's inputs would be; none where absent.
    #[serde(default)]
    pub inputs: Vec<TryInput>,
}

/// An input of a function that is tried.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TryInput {
    pub name: String,
    pub value: Value,
}

/// What a try of a function came to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FunctionTest {
    pub ok: bool,
    /// The beginning of what it answered, or what went wrong and what to do.
    pub message: String,
}

/// Where the objects of a bucket are.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum BucketStore {
    /// A folder of this name on the server, in its data folder.
    Folder { folder: String },
    /// Amazon S3, or anything that speaks its protocol.
    S3 {
        /// The bucket's name there.
        bucket: String,
        /// Amazon's own where absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        endpoint: Option<String>,
        region: String,
        access_key_id: String,
        /// Whether the bucket stands in the path instead of the host's name.
        #[serde(default)]
        path_style: bool,
    },
    /// Google Cloud Storage.
    Gcs {
        /// The bucket's name there.
        bucket: String,
        /// Google's own where absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        endpoint: Option<String>,
    },
}

/// Where a bucket of Storage and Retrieval nodes leads.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Bucket {
    /// As the nodes have it.
    pub name: String,
    pub store: BucketStore,
    pub has_secret: bool,
    /// The last four characters of S3's secret, the account of Google's; empty where nothing can be shown.
    pub secret_hint: String,
}

/// The buckets that lead to a store of their own, by name.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BucketList {
    pub buckets: Vec<Bucket>,
    /// Where every other bucket is a folder of its name.
    pub folder: String,
}

/// Leads a bucket to a store, or changes that.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PutBucket {
    pub store: BucketStore,
    /// S3's secret access key, or the JSON file of Google's service account. Absent keeps the stored one, unless the
    /// place or the access key changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
}

/// What a try of a bucket came to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BucketTest {
    pub ok: bool,
    /// What worked, or what went wrong and what to do.
    pub message: String,
}

/// A knowledge base.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct KnowledgeBase {
    /// Ten capital letters and digits, as AWS's ids.
    pub id: String,
    pub name: String,
    /// Other ids that it answers to, such as those of imported flows.
    pub answers_to: Vec<String>,
    pub documents: u64,
    pub passages: u64,
    pub updated_at: u64,
}

/// The knowledge bases, by name.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct KnowledgeBaseList {
    pub knowledge_bases: Vec<KnowledgeBase>,
}

impl KnowledgeBaseList {
    /// The base of this id, or the one that answers to it.
    pub fn find(&self, id: &str) -> Option<&KnowledgeBase> {
        self.knowledge_bases
            .iter()
            .find(|base| base.id == id || base.answers_to.iter().any(|other| other == id))
    }
}

/// Makes a knowledge base.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreateKnowledgeBase {
    pub name: String,
    /// Ten capital letters and digits; made up where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
}

/// Changes a knowledge base. What is absent stays.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UpdateKnowledgeBase {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// All other ids that it shall answer to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answers_to: Option<Vec<String>>,
}

/// A document of a knowledge base.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Document {
    pub id: String,
    pub title: String,
    pub characters: u64,
    /// How many passages it was cut into.
    pub passages: u64,
    pub added_at: u64,
}

/// The documents of a knowledge base, by title.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DocumentList {
    pub documents: Vec<Document>,
}

/// Adds a document to a knowledge base.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AddDocument {
    pub title: String,
    /// Plain text or Markdown, at most 4 MiB.
    pub text: String,
}

/// A document's text, and the passages that it was cut into, in order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DocumentText {
    pub text: String,
    pub passages: Vec<String>,
}

/// Asks a knowledge base for passages.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AskKnowledgeBase {
    pub text: String,
    /// 1 to 100; 5 where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number_of_results: Option<u64>,
}

/// The passages that were found, best first, and the words that were looked for.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PassageList {
    pub passages: Vec<Passage>,
    pub words: Vec<String>,
}

/// A model with instructions and tools, which Agent nodes name by its ARN.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Agent {
    /// Ten letters and digits, as AWS's agent ids.
    pub id: String,
    /// Of its one alias, which follows the agent as it is. Nodes name it.
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
}

impl AgentList {
    /// The agent that answers for an ARN: its own, else the one that it is bound to.
    pub fn find(&self, arn: &str) -> Option<&Agent> {
        let bound = || {
            let binding = self.bindings.iter().find(|binding| binding.arn == arn)?;
            self.agents.iter().find(|agent| agent.id == binding.agent)
        };
        self.agents.iter().find(|agent| agent.arn == arn).or_else(bound)
    }
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

/// A server of tools that speaks MCP over streamable HTTP.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct McpServer {
    pub name: String,
    pub url: String,
    /// What every call carries. The secrets themselves are never shown.
    pub headers: Vec<FunctionHeader>,
}

/// The MCP servers, by name.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct McpServerList {
    pub servers: Vec<McpServer>,
}

/// Makes or replaces an MCP server.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PutMcpServer {
    pub url: String,
    /// All that there shall be. Absent keeps the stored ones, unless the address changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub headers: Option<Vec<PutHeader>>,
}

/// What an MCP server says that it has.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct McpTools {
    pub ok: bool,
    /// How many tools there are, or what went wrong and what to do.
    pub message: String,
    pub tools: Vec<McpTool>,
}

/// A tool of an MCP server.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct McpTool {
    pub name: String,
    pub description: String,
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
