//! Versions and the aliases that point at them.

use flow::wire::{Alias, AliasMoves, Flow, Publish, Published, PutAlias, Version, VersionList};

use super::path::{encode, flow as at};
use super::{Answer, request};

pub async fn list(flow: &str) -> Answer<VersionList> {
    request::get(&at(flow, "/versions")).await
}

pub async fn get(flow: &str, version: u64) -> Answer<Version> {
    request::get(&at(flow, &format!("/versions/{version}"))).await
}

/// Makes a version of the draft; an [`Error::report`](super::Error::report) says what keeps it from that, and
/// [`Error::is_conflict`](super::Error::is_conflict) that the draft is no longer at `revision`.
pub async fn publish(flow: &str, revision: u64, publish: &Publish) -> Answer<Published> {
    request::post_if_match(&at(flow, "/publish"), revision, publish).await
}

/// Makes a version the draft. [`Error::is_conflict`](super::Error::is_conflict) where the draft is no longer at
/// `revision`.
pub async fn restore(flow: &str, revision: u64, version: u64) -> Answer<Flow> {
    request::act_if_match(&at(flow, &format!("/versions/{version}/restore")), revision).await
}

pub async fn put_alias(flow: &str, alias: &str, version: u64) -> Answer<Alias> {
    request::put(&at(flow, &format!("/aliases/{}", encode(alias))), &PutAlias { version }).await
}

/// Where an alias has pointed, newest first.
pub async fn alias_moves(flow: &str, alias: &str) -> Answer<AliasMoves> {
    request::get(&at(flow, &format!("/aliases/{}/moves", encode(alias)))).await
}

pub async fn delete_alias(flow: &str, alias: &str) -> Answer<()> {
    request::delete(&at(flow, &format!("/aliases/{}", encode(alias)))).await
}
