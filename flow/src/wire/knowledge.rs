//! Knowledge bases and their documents.

use serde::{Deserialize, Serialize};

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
