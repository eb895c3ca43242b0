//! Models, the map from AWS's model ids, and the model inside the server.

use flow::wire::{LocalModel, ModelList, ModelMap};

use super::{Answer, request};

pub async fn list() -> Answer<ModelList> {
    request::get("/api/models").await
}

pub async fn map() -> Answer<ModelMap> {
    request::get("/api/model-map").await
}

pub async fn put_map(map: &ModelMap) -> Answer<ModelMap> {
    request::put("/api/model-map", map).await
}

pub async fn local() -> Answer<LocalModel> {
    request::get("/api/local-model").await
}

/// Begins the download; [`local`] tells how far it is.
pub async fn fetch_local() -> Answer<LocalModel> {
    request::act("/api/local-model/fetch").await
}
