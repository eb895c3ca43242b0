//! Vector databases elsewhere, in which a knowledge base's vectors may be.

use serde::{Deserialize, Serialize};

/// What the names of tables and collections begin with, where nothing else is said.
pub const USUAL_PREFIX: &str = "anabranch";

/// What keeps vectors, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum VectorPlace {
    /// PostgreSQL with the extension pgvector, 0.7 or newer.
    Pgvector {
        /// `postgres://USER@HOST:PORT/DATABASE`, without the password.
        address: String,
        /// Whether the connection is private, and the server's certificate looked at.
        #[serde(default = "yes")]
        tls: bool,
        /// Certificates (PEM) that the server's is trusted by; those that this machine trusts where absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        certificate: Option<String>,
        /// What the names of its tables begin with: small letters, digits and _; `anabranch` where absent.
        #[serde(default = "usual_prefix")]
        prefix: String,
    },
    /// Qdrant, by its REST interface.
    Qdrant {
        /// Such as `http://127.0.0.1:6333`.
        address: String,
        /// What the names of its collections begin with: small letters, digits and _; `anabranch` where absent.
        #[serde(default = "usual_prefix")]
        prefix: String,
    },
}

fn yes() -> bool {
    true
}

fn usual_prefix() -> String {
    USUAL_PREFIX.to_owned()
}

/// A vector store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VectorStore {
    pub name: String,
    pub place: VectorPlace,
    pub has_secret: bool,
    /// The last four characters of a long secret; empty where nothing can be shown.
    pub secret_hint: String,
    /// The names of the knowledge bases that use it.
    pub used_by: Vec<String>,
}

/// The vector stores, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VectorStoreList {
    pub vector_stores: Vec<VectorStore>,
}

/// Makes a vector store, or changes one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PutVectorStore {
    pub place: VectorPlace,
    /// PostgreSQL's password, or Qdrant's API key; an empty text for none. Absent keeps the stored one, unless the address
    /// changes or TLS is switched off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
}

/// What a try of a vector store came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VectorStoreTest {
    pub ok: bool,
    /// What worked, or what went wrong and what to do.
    pub message: String,
}
