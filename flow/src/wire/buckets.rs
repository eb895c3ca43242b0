//! Bindings of buckets: where Storage and Retrieval nodes write and read.

use serde::{Deserialize, Serialize};

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
