//! How well a knowledge base finds what it should.

use serde::{Deserialize, Serialize};

use super::{AskKnowledgeBase, Ranking};

/// A question, and the documents that answer it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct KnownQuestion {
    pub text: String,
    /// Their titles.
    pub documents: Vec<String>,
}

/// The questions by which a base is measured, in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct KnownQuestions {
    pub questions: Vec<KnownQuestion>,
}

/// A measurement: how the questions were asked, and what came of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Evaluation {
    pub id: String,
    pub at: u64,
    /// How each question was asked; its text is empty.
    pub settings: AskKnowledgeBase,
    /// The model that the meaning was read by; empty where words alone answered.
    pub model: String,
    /// Which rankers answered; the least that any question had.
    pub ranking: Ranking,
    /// How many passages were looked at.
    pub most: u64,
    /// The share of the known documents that were among them, from 0 to 1.
    pub recall: f64,
    /// The mean of one over the place of the first known document, and 0 where none was found.
    pub mrr: f64,
    pub questions: Vec<Placed>,
}

/// Where a question's first known document was.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Placed {
    pub text: String,
    /// From 1; absent where it was not found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<u64>,
}

/// The measurements of a base, the last first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EvaluationList {
    pub evaluations: Vec<Evaluation>,
}
