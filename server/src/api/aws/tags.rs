//! Tags, as AWS has them.

use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::json;

use super::error::Error;
use super::request::Request;
use super::{Answer, Door, json};
use crate::store::Tags;

const LABEL: &str = "resourceArn";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Tag {
    tags: Tags,
}

pub(super) async fn tag(door: &Door, request: Request) -> Answer {
    let Tag { tags } = request.body()?;
    door.app.service.tag(request.label(LABEL), tags).await?;
    json(StatusCode::OK, json!({}))
}

pub(super) async fn untag(door: &Door, request: Request) -> Answer {
    door.app.service.untag(request.label(LABEL), request.texts("tagKeys")).await?;
    json(StatusCode::OK, json!({}))
}

pub(super) async fn list(door: &Door, request: Request) -> Answer {
    let tags = door.app.service.tags(request.label(LABEL)).await?;
    json(StatusCode::OK, json!({"tags": tags}))
}

/// A change has no tags: to drop some silently would be a lie.
pub(super) fn none(tags: Option<&Tags>) -> Result<(), Error> {
    match tags {
        Some(_) => Err(Error::field("tags", "This operation has no tags. Use TagResource.")),
        None => Ok(()),
    }
}
