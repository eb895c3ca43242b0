//! Aliases, as AWS has them. Every flow has one that nobody made, `TSTALIASID`: the draft as it was last prepared.

use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::error::Error;
use super::flows::{moment, unless_empty, without_nulls};
use super::page::{newest_first, page};
use super::request::{self, Request};
use super::{Answer, Door, arn, json};
use crate::arn::TEST_ALIAS;
use crate::store::{AliasRow, FlowRow, Tags};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Create {
    name: String,
    #[serde(default)]
    description: String,
    routing_configuration: Vec<Route>,
    concurrency_configuration: Option<Concurrency>,
    client_token: Option<String>,
    tags: Option<Tags>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Update {
    name: String,
    #[serde(default)]
    description: String,
    routing_configuration: Vec<Route>,
    concurrency_configuration: Option<Concurrency>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Route {
    flow_version: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Concurrency {
    #[serde(rename = "type")]
    kind: String,
    max_concurrency: Option<u32>,
}

pub(super) async fn create(door: &Door, request: Request) -> Answer {
    let flow = request.flow()?;
    let body: Create = request.body()?;
    automatic(body.concurrency_configuration)?;
    let version = route(body.routing_configuration)?;
    let (name, description, token) = (body.name, body.description, body.client_token);
    let tags = body.tags.unwrap_or_default();
    let service = &door.app.service;
    let row = service.flow_row(&flow).await?;
    let alias = service.create_alias(&row.id, &name, &description, version, token, tags).await?;
    json(StatusCode::CREATED, whole(&alias))
}

pub(super) async fn get(door: &Door, request: Request) -> Answer {
    let flow = request.flow()?;
    let alias = arn::alias(LABEL, request.label(LABEL), &flow)?;
    let row = door.app.service.flow_row(&flow).await?;
    if alias == TEST_ALIAS {
        return json(StatusCode::OK, test_alias(&row));
    }
    let alias = door.app.service.alias(&row.id, &alias).await?;
    json(StatusCode::OK, whole(&alias))
}

pub(super) async fn update(door: &Door, request: Request) -> Answer {
    let flow = request.flow()?;
    let alias = own(&request, &flow)?;
    let body: Update = request.body()?;
    automatic(body.concurrency_configuration)?;
    let version = route(body.routing_configuration)?;
    let alias = door.app.service.update_alias(&flow, &alias, &body.name, &body.description, version).await?;
    json(StatusCode::OK, whole(&alias))
}

pub(super) async fn delete(door: &Door, request: Request) -> Answer {
    let flow = request.flow()?;
    let alias = door.app.service.alias(&flow, &own(&request, &flow)?).await?;
    door.app.service.delete_alias(&flow, &alias.id).await?;
    json(StatusCode::OK, json!({"flowId": alias.flow_id, "id": alias.id}))
}

pub(super) async fn list(door: &Door, request: Request) -> Answer {
    let aliases = door.app.service.aliases(&request.flow()?).await?;
    let (aliases, next) =
        page("aliases", &request, aliases, |alias| newest_first(alias.created_at, &alias.id))?;
    let summaries: Vec<Value> = aliases.iter().map(|alias| without_nulls(whole(alias))).collect();
    json(StatusCode::OK, json!({"flowAliasSummaries": summaries, "nextToken": next}))
}

const LABEL: &str = "aliasIdentifier";

/// The alias that is to be changed, which the test alias cannot be.
fn own(request: &Request, flow: &str) -> Result<String, Error> {
    let alias = arn::alias(LABEL, request.label(LABEL), flow)?;
    if alias == TEST_ALIAS {
        return Err(Error::field(
            LABEL,
            "TSTALIASID is every flow's draft; it cannot be changed or deleted.",
        ));
    }
    Ok(alias)
}

/// The version that an alias routes to: exactly one.
fn route(mut routes: Vec<Route>) -> Result<u64, Error> {
    const MEMBER: &str = "routingConfiguration[0].flowVersion";
    let version = routes.pop().and_then(|route| route.flow_version);
    let version =
        version.ok_or_else(|| Error::field(MEMBER, "Name the version that the alias points at."))?;
    if version == "DRAFT" {
        return Err(Error::field(MEMBER, "An alias points at a version. The alias TSTALIASID is the draft."));
    }
    request::number_of_version(MEMBER, &version)
}

/// Runs are as concurrent as their flows allow; a limit by hand is not kept.
fn automatic(concurrency: Option<Concurrency>) -> Result<(), Error> {
    const MEMBER: &str = "concurrencyConfiguration";
    let Some(concurrency) = concurrency else { return Ok(()) };
    match (concurrency.kind.as_str(), concurrency.max_concurrency) {
        ("Automatic", None) => Ok(()),
        _ => Err(Error::field(MEMBER, "Anabranch does not limit concurrency by hand yet. Use Automatic.")),
    }
}

fn whole(alias: &AliasRow) -> Value {
    json!({
        "name": alias.name,
        "description": unless_empty(&alias.description),
        "routingConfiguration": [{"flowVersion": alias.version.to_string()}],
        "flowId": alias.flow_id,
        "id": alias.id,
        "arn": arn::of_alias(&alias.flow_id, &alias.id),
        "createdAt": moment(alias.created_at),
        "updatedAt": moment(alias.updated_at),
    })
}

fn test_alias(row: &FlowRow) -> Value {
    json!({
        "name": TEST_ALIAS,
        "description": "The draft as it was last prepared.",
        "routingConfiguration": [{"flowVersion": "DRAFT"}],
        "flowId": row.id,
        "id": TEST_ALIAS,
        "arn": arn::of_alias(&row.id, TEST_ALIAS),
        "createdAt": moment(row.created_at),
        "updatedAt": moment(row.updated_at),
    })
}
