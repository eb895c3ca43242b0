//! Versions and the aliases that point at them.

use flow::wire::{Alias, AliasList, Flow, Publish, Published, PutAlias, Version, VersionList};

use super::path::{encode, flow as at};
use super::{Answer, request};

pub async fn list(flow: &str) -> Answer<VersionList> {
    request::get(&at(flow, "/versions")).await
}

pub async fn get(flow: &str, version: u64) -> Answer<Version> {
    request::get(&at(flow, &format!("/versions/{version}"))).await
}

/// Makes a version of the draft; an [`Error::report`](super::Error::report) says what keeps it from that.
pub async fn publish(flow: &str, publish: &Publish) -> Answer<Published> {
    request::post(&at(flow, "/publish"), publish).await
}

/// Makes a version the draft.
pub async fn restore(flow: &str, version: u64) -> Answer<Flow> {
    request::act(&at(flow, &format!("/versions/{version}/restore"))).await
}

pub async fn aliases(flow: &str) -> Answer<AliasList> {
    request::get(&at(flow, "/aliases")).await
}

pub async fn put_alias(flow: &str, alias: &str, version: u64) -> Answer<Alias> {
    request::put(&at(flow, &format!("/aliases/{}", encode(alias))), &PutAlias { version }).await
}

pub async fn delete_alias(flow: &str, alias: &str) -> Answer<()> {
    request::delete(&at(flow, &format!("/aliases/{}", encode(alias)))).await
}
