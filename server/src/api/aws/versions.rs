//! Immutable versions, as AWS has them.

use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::flows::{moment, unless_empty};
use super::page::{newest_first, page};
use super::request::Request;
use super::{Answer, Door, arn, json};
use crate::store::{FlowRow, VersionRow};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Create {
    #[serde(default)]
    description: String,
    client_token: Option<String>,
}

pub(super) async fn create(door: &Door, request: Request) -> Answer {
    let flow = request.flow()?;
    let body: Create = request.body()?;
    let service = &door.app.service;
    let row = service.flow_row(&flow).await?;
    let version = service.create_version(&row.id, body.description, body.client_token).await?;
    json(StatusCode::CREATED, whole(&row, &version))
}

pub(super) async fn get(door: &Door, request: Request) -> Answer {
    let (number, metadata_only) = (request.version()?, request.metadata_only());
    let row = door.app.service.flow_row(&request.flow()?).await?;
    let version = door.app.service.version(&row.id, number).await?;
    let mut body = whole(&row, &version);
    if metadata_only {
        body["definition"] = Value::Null;
    }
    json(StatusCode::OK, body)
}

/// With `skipResourceInUseCheck`, the aliases that point at the version go with it: here none points at nothing.
pub(super) async fn delete(door: &Door, request: Request) -> Answer {
    let (number, skip) = (request.version()?, request.flag("skipResourceInUseCheck"));
    let service = &door.app.service;
    let row = service.flow_row(&request.flow()?).await?;
    if skip {
        for alias in service.aliases(&row.id).await?.iter().filter(|alias| alias.version == number) {
            service.delete_alias(&row.id, &alias.id).await?;
        }
    }
    service.delete_version(&row.id, number).await?;
    json(StatusCode::OK, json!({"id": row.id, "version": number.to_string()}))
}

pub(super) async fn list(door: &Door, request: Request) -> Answer {
    let row = door.app.service.flow_row(&request.flow()?).await?;
    let versions = door.app.service.versions(&row.id).await?;
    let (versions, next) = page("versions", &request, versions, |version| newest_first(version.version, ""))?;
    let summaries: Vec<Value> = versions.iter().map(|version| summary(&row, version)).collect();
    json(StatusCode::OK, json!({"flowVersionSummaries": summaries, "nextToken": next}))
}

fn summary(row: &FlowRow, version: &VersionRow) -> Value {
    json!({
        "id": row.id,
        "arn": arn::of_flow(&row.id),
        "status": "Prepared",
        "createdAt": moment(version.created_at),
        "version": version.version.to_string(),
    })
}

fn whole(row: &FlowRow, version: &VersionRow) -> Value {
    let mut body = summary(row, version);
    body["name"] = json!(row.name);
    body["description"] = json!(unless_empty(&version.description));
    body["executionRoleArn"] = json!(arn::of_role(&row.aws_role));
    body["customerEncryptionKeyArn"] = json!(row.aws_key);
    body["definition"] = json!(version.definition);
    body
}
