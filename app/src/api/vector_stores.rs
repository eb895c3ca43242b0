//! Vector databases elsewhere.

use flow::wire::{PutVectorStore, VectorStore, VectorStoreList, VectorStoreTest};

use super::path::encode;
use super::{Answer, request};

pub async fn list() -> Answer<VectorStoreList> {
    request::get("/api/vector-stores").await
}

pub async fn put(name: &str, store: &PutVectorStore) -> Answer<VectorStore> {
    request::put(&at(name), store).await
}

pub async fn delete(name: &str) -> Answer<()> {
    request::delete(&at(name)).await
}

/// Puts vectors in, finds them, takes them out.
pub async fn test(name: &str) -> Answer<VectorStoreTest> {
    request::act(&format!("{}/test", at(name))).await
}

fn at(name: &str) -> String {
    format!("/api/vector-stores/{}", encode(name))
}
