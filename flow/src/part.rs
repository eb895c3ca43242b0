//! A part of a flow: which of its nodes a run runs, and what it takes as given of the others.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What of a flow runs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Part {
    /// The node that runs, with those before it that are not given. Where it is absent, the whole flow runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node: Option<String>,
    /// Whether what follows `node` runs too.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub following: bool,
    /// What is taken as given of nodes, by name; they do not run, nor does what only they need.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub given: BTreeMap<String, Given>,
}

/// What is taken as given of a node, in the place of running it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Given {
    /// A value for each of its outputs.
    Outputs(BTreeMap<String, Value>),
    /// The branch that a Condition took.
    Branch(String),
    /// That no branch led to it.
    Skipped,
}
