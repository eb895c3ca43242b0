//! Where buckets lead.

use flow::wire::{Bucket, BucketList, BucketTest, PutBucket};

use super::path::encode;
use super::{Answer, request};

pub async fn list() -> Answer<BucketList> {
    request::get("/api/buckets").await
}

pub async fn put(name: &str, bucket: &PutBucket) -> Answer<Bucket> {
    request::put(&at(name), bucket).await
}

pub async fn delete(name: &str) -> Answer<()> {
    request::delete(&at(name)).await
}

/// Writes, reads and deletes a small object.
pub async fn test(name: &str) -> Answer<BucketTest> {
    request::act(&format!("{}/test", at(name))).await
}

fn at(name: &str) -> String {
    format!("/api/buckets/{}", encode(name))
}
