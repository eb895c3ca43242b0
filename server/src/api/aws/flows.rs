//! Flows and their drafts, as AWS has them.

use axum::http::StatusCode;
use flow::definition::Definition;
use flow::extensions::Extensions;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::page::{newest_first, page};
use super::request::Request;
use super::validation::{as_aws, validations};
use super::{Answer, Door, arn, json};
use crate::service::{CreateFlow, UpdateFlow};
use crate::store::{FlowRow, Tags};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Create {
    name: String,
    #[serde(default)]
    description: String,
    execution_role_arn: String,
    customer_encryption_key_arn: Option<String>,
    definition: Option<Definition>,
    client_token: Option<String>,
    tags: Option<Tags>,
}

pub(super) async fn create(door: &Door, request: Request) -> Answer {
    let body: Create = request.body()?;
    let create = CreateFlow {
        title: body.name.chars().take(100).collect(),
        name: Some(body.name),
        description: body.description,
        definition: body.definition.unwrap_or_default(),
        extensions: Extensions::default(),
        aws_role: body.execution_role_arn,
        aws_key: body.customer_encryption_key_arn,
        client_token: body.client_token,
        tags: body.tags.unwrap_or_default(),
    };
    let _creating = door.creating.lock().await;
    let row = door.app.service.create_flow(create).await?;
    json(StatusCode::CREATED, whole(&row))
}

pub(super) async fn get(door: &Door, request: Request) -> Answer {
    let metadata_only = request.metadata_only();
    let row = door.app.service.flow_row(&request.flow()?).await?;
    let mut body = whole(&row);
    let report = door.app.service.check(&row.definition, &row.extensions).await;
    body["validations"] = validations(&row.definition, &report);
    if metadata_only {
        body["definition"] = Value::Null;
    }
    json(StatusCode::OK, body)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Update {
    name: String,
    #[serde(default)]
    description: String,
    execution_role_arn: String,
    customer_encryption_key_arn: Option<String>,
    definition: Option<Definition>,
}

/// Replaces everything: what is left out is gone, as AWS has it.
pub(super) async fn update(door: &Door, request: Request) -> Answer {
    let body: Update = request.body()?;
    let update = UpdateFlow {
        name: body.name,
        description: body.description,
        definition: body.definition.unwrap_or_default(),
        aws_role: body.execution_role_arn,
        aws_key: body.customer_encryption_key_arn,
    };
    let row = door.app.service.update_flow(&request.flow()?, update).await?;
    json(StatusCode::OK, whole(&row))
}

pub(super) async fn delete(door: &Door, request: Request) -> Answer {
    let (flow, skip) = (request.flow()?, request.flag("skipResourceInUseCheck"));
    let row = door.app.service.flow_row(&flow).await?;
    door.app.service.delete_flow(&row.id, skip).await?;
    json(StatusCode::OK, json!({"id": row.id}))
}

pub(super) async fn list(door: &Door, request: Request) -> Answer {
    let rows = door.app.service.flow_rows().await?;
    let (rows, next) = page("flows", &request, rows, |row| newest_first(row.created_at, &row.id))?;
    let summaries: Vec<Value> = rows.iter().map(|row| without_nulls(summary(row))).collect();
    json(StatusCode::OK, json!({"flowSummaries": summaries, "nextToken": next}))
}

/// The draft is prepared when this answers: a client that waits while it reads `Preparing` need not wait.
pub(super) async fn prepare(door: &Door, request: Request) -> Answer {
    let (id, status) = door.app.service.prepare_flow(&request.flow()?).await?;
    json(StatusCode::ACCEPTED, json!({"id": id, "status": status}))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Validate {
    definition: Definition,
}

pub(super) async fn validate(door: &Door, request: Request) -> Answer {
    let Validate { definition } = request.body()?;
    let report = door.app.service.check(&definition, &Extensions::default()).await;
    json(StatusCode::OK, json!({"validations": as_aws(&definition, &report)}))
}

/// A moment as AWS writes it: with nanoseconds.
pub(super) fn moment(milliseconds: u64) -> String {
    let at = i64::try_from(milliseconds).ok().and_then(|ms| Timestamp::from_millisecond(ms).ok());
    format!("{:.9}", at.unwrap_or_default())
}

/// A text that is left out where it is empty.
pub(super) fn unless_empty(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

pub(super) fn without_nulls(mut value: Value) -> Value {
    if let Value::Object(members) = &mut value {
        members.retain(|_, member| !member.is_null());
    }
    value
}

fn summary(row: &FlowRow) -> Value {
    json!({
        "id": row.id,
        "arn": arn::of_flow(&row.id),
        "name": row.name,
        "description": unless_empty(&row.description),
        "status": row.aws_status,
        "createdAt": moment(row.created_at),
        "updatedAt": moment(row.updated_at),
        "version": "DRAFT",
    })
}

fn whole(row: &FlowRow) -> Value {
    let mut body = summary(row);
    body["executionRoleArn"] = json!(arn::of_role(&row.aws_role));
    body["customerEncryptionKeyArn"] = json!(row.aws_key);
    body["definition"] = json!(row.definition);
    body
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_have_nanoseconds() {
        assert_eq!(moment(1_767_323_045_678), "2026-01-02T03:04:05.678000000Z");
        assert_eq!(moment(0), "1970-01-01T00:00:00.000000000Z");
    }
}
