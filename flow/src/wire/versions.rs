//! Versions of flows, and the aliases that point at them.

use serde::{Deserialize, Serialize};

use crate::definition::Definition;
use crate::extensions::Extensions;

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

/// An alias was made, or moved to another version.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AliasMove {
    pub version: u64,
    pub at: u64,
}

/// Where an alias has pointed, newest first: the first is where it points now.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AliasMoves {
    pub moves: Vec<AliasMove>,
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
