//! Knowledge bases and their documents.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::node::knowledge_base::Passage;

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
    /// What finds passages by their meaning, and how far that is.
    #[serde(default)]
    pub embedding: Embedding,
    /// The store that its vectors are to be in; absent for this server's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vector_store: Option<String>,
    pub updated_at: u64,
}

/// The model that gives a base's passages vectors, by which they are found by their meaning.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Embedding {
    /// `connection/model`; empty where passages are found by their words alone.
    pub model: String,
    /// What reads the questions until this model has read every passage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until_then: Option<String>,
    /// The store that those vectors are in; absent for this server's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until_then_in: Option<String>,
    pub state: EmbeddingState,
    /// How many passages have their vectors, of how many.
    pub done: u64,
    pub total: u64,
    /// Why it does not go on, where it does not.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub message: String,
}

/// How far the vectors of a base are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum EmbeddingState {
    /// There is no model for them.
    #[default]
    Off,
    /// They are being made.
    Working,
    /// They cannot be made now; it is tried again.
    Waiting,
    /// Every passage has one.
    Ready,
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
    /// The model that gives passages their vectors, as `connection/model`; an empty text for none. Passages are found by
    /// what was there before until every one has a vector of the new model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub embedding_model: Option<String>,
    /// The name of the store that its vectors are to be in; an empty text for this server's own. What answered before
    /// does so until the store has every vector.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vector_store: Option<String>,
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
    /// What is known of it: texts, numbers, truth values and lists of texts, by their names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
    pub metadata: Option<serde_json::Map<String, serde_json::Value>>,
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
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AskKnowledgeBase {
    pub text: String,
    /// 1 to 100; 5 where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number_of_results: Option<u64>,
    /// By words, by meaning, or by both, which is usual.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ranking: Option<Ranking>,
    /// From 0 to 1: leaves out what no ranker gives as much.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum_score: Option<f64>,
    /// What a document's metadata have to be, as AWS's `RetrievalFilter`: `{"equals": {"key": "year", "value": 2026}}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
    pub filter: Option<Value>,
    /// Whether to give the larger passage that a passage is a part of, where there is one; so where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parents: Option<bool>,
    /// A model that puts what was found in order again, as `connection/model`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rerank_model: Option<String>,
}

/// What passages are found by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Ranking {
    /// Their words.
    Lexical,
    /// Their meaning.
    Semantic,
    #[default]
    Hybrid,
}

/// The passages that were found, best first, and the words that were looked for.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PassageList {
    pub passages: Vec<Passage>,
    pub words: Vec<String>,
    /// Which rankers answered.
    #[serde(default)]
    pub ranking: Ranking,
    /// Why not all did that were asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Asks a knowledge base for an answer that a model makes of its passages.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AnswerFromKnowledge {
    /// The question, and how its passages are found.
    pub ask: AskKnowledgeBase,
    /// The model that answers, as `connection/model`; the default one where empty.
    pub model: String,
    /// What the model is told, with `$search_results$` for the passages, `$query$` for the question and
    /// `$output_format_instructions$` for how it says which passage it has something from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt: Option<String>,
    /// The session that this goes on with, of an answer before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
}

/// An answer, and the passages that it is from.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct KnowledgeAnswer {
    pub text: String,
    /// The parts of the text that are from passages, in order.
    pub citations: Vec<Cited>,
    /// By which the next question goes on with this one.
    pub session: String,
    pub found: PassageList,
}

/// What a stream of an answer tells, an event each.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum AnswerEvent {
    /// First: the passages, and the session.
    Found { found: PassageList, session: String },
    /// What the answer goes on with.
    Text { text: String },
    /// What a part of the text until now is from.
    Cited(Cited),
    /// Last, where the answer is whole.
    Ended,
    /// Last, where it broke off: what went wrong, and what to do.
    Failed { message: String },
}

/// A part of an answer, and what it is from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Cited {
    /// Its first character in the answer, and the one after its last.
    pub from: usize,
    pub to: usize,
    /// Which of the passages that were found, from 0.
    pub passages: Vec<usize>,
}
