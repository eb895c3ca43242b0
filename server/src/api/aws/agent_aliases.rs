//! Aliases of agents, as AWS has them. Every agent has one that nobody made, `TSTALIASID`: the draft as it was last
//! prepared.

use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::agents::{AGENT, absent};
use super::error::Error;
use super::flows::{moment, unless_empty, without_nulls};
use super::page::{newest_first, page};
use super::request::{Request, number_of_version};
use super::{Answer, Door, arn, json, tags};
use crate::arn::TEST_ALIAS;
use crate::service::{AgentDraft, PutAgentAlias};
use crate::store::{AgentAliasRow, Tags};

/// What AWS names every agent's test alias.
const TEST_NAME: &str = "AgentTestAlias";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Put {
    agent_alias_name: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    routing_configuration: Vec<Route>,
    alias_invocation_state: Option<String>,
    client_token: Option<String>,
    tags: Option<Tags>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Route {
    agent_version: Option<String>,
    provisioned_throughput: Option<Value>,
}

impl Put {
    fn read(mut self) -> Result<PutAgentAlias, Error> {
        if self.agent_alias_name == TEST_NAME {
            let message = format!("Every agent has an alias {TEST_NAME}. Choose another name.");
            return Err(Error::conflict(message));
        }
        Ok(PutAgentAlias {
            version: self.routing_configuration.pop().map(route).transpose()?.flatten(),
            name: self.agent_alias_name,
            description: self.description,
            is_closed: self.alias_invocation_state.as_deref() == Some("REJECT_INVOCATIONS"),
        })
    }
}

/// Without a version to lead to, it makes one of what is prepared.
pub(super) async fn create(door: &Door, request: Request) -> Answer {
    let mut body: Put = request.body()?;
    let token = body.client_token.take();
    let tags = body.tags.take().unwrap_or_default();
    let put = body.read()?;
    let _creating = door.creating.lock().await;
    let alias = door.app.service.create_agent_alias(request.label(AGENT), put, token, tags).await?;
    json(StatusCode::ACCEPTED, json!({"agentAlias": whole(&alias)}))
}

pub(super) async fn get(door: &Door, request: Request) -> Answer {
    let draft = door.app.service.agent_draft(request.label(AGENT)).await?;
    let alias = match request.label(ALIAS) {
        TEST_ALIAS => test_alias(&draft),
        alias => whole(&door.app.service.agent_alias(&draft.id, alias).await?),
    };
    json(StatusCode::OK, json!({"agentAlias": alias}))
}

/// Without a version to lead to, it leads where it did.
pub(super) async fn update(door: &Door, request: Request) -> Answer {
    let alias = own(&request)?;
    let body: Put = request.body()?;
    tags::none(body.tags.as_ref())?;
    let put = body.read()?;
    let draft = door.app.service.agent_draft(request.label(AGENT)).await?;
    let alias = door.app.service.update_agent_alias(&draft.id, alias, put).await?;
    json(StatusCode::ACCEPTED, json!({"agentAlias": whole(&alias)}))
}

pub(super) async fn delete(door: &Door, request: Request) -> Answer {
    let alias = own(&request)?;
    let draft = door.app.service.agent_draft(request.label(AGENT)).await?;
    door.app.service.delete_agent_alias(&draft.id, alias).await?;
    let body = json!({"agentId": draft.id, "agentAliasId": alias, "agentAliasStatus": "DELETING"});
    json(StatusCode::ACCEPTED, body)
}

pub(super) async fn list(door: &Door, request: Request) -> Answer {
    let draft = door.app.service.agent_draft(request.label(AGENT)).await?;
    let aliases = door.app.service.agent_aliases(&draft.id).await?;
    let aliases = aliases.iter().map(|alias| (newest_first(alias.created_at, &alias.id), whole(alias)));
    let test = (newest_first(draft.created_at, TEST_ALIAS), test_alias(&draft));
    let all = aliases.chain([test]).collect();
    let (aliases, next) = page("agent-aliases", &request, all, |(key, _)| key.clone())?;
    let summaries: Vec<Value> = aliases.into_iter().map(|(_, alias)| summary(alias)).collect();
    json(StatusCode::OK, json!({"agentAliasSummaries": summaries, "nextToken": next}))
}

const ALIAS: &str = "agentAliasId";

/// The alias that is to be changed, which the test alias cannot be.
fn own(request: &Request) -> Result<&str, Error> {
    match request.label(ALIAS) {
        TEST_ALIAS => {
            Err(Error::field(ALIAS, "TSTALIASID is every agent's draft; it cannot be changed or deleted."))
        }
        alias => Ok(alias),
    }
}

/// The version that an alias is to lead to.
fn route(route: Route) -> Result<Option<u64>, Error> {
    const MEMBER: &str = "routingConfiguration[0].agentVersion";
    absent("routingConfiguration[0].provisionedThroughput", route.provisioned_throughput.as_ref())?;
    match route.agent_version.as_deref() {
        Some("DRAFT") => {
            Err(Error::field(MEMBER, "An alias leads to a version. The alias TSTALIASID is the draft."))
        }
        Some(version) => number_of_version(MEMBER, version).map(Some),
        None => Ok(None),
    }
}

fn whole(alias: &AgentAliasRow) -> Value {
    without_nulls(json!({
        "agentId": alias.agent_id,
        "agentAliasId": alias.id,
        "agentAliasName": alias.name,
        "agentAliasArn": arn::of_agent_alias(&alias.agent_id, &alias.id),
        "clientToken": alias.client_token,
        "description": unless_empty(&alias.description),
        "routingConfiguration": [{"agentVersion": alias.version.to_string()}],
        "createdAt": moment(alias.created_at),
        "updatedAt": moment(alias.updated_at),
        "agentAliasStatus": "PREPARED",
        "aliasInvocationState": if alias.is_closed { "REJECT_INVOCATIONS" } else { "ACCEPT_INVOCATIONS" },
    }))
}

fn test_alias(draft: &AgentDraft) -> Value {
    json!({
        "agentId": draft.id,
        "agentAliasId": TEST_ALIAS,
        "agentAliasName": TEST_NAME,
        "agentAliasArn": arn::of_agent_alias(&draft.id, TEST_ALIAS),
        "description": "The draft as it was last prepared.",
        "routingConfiguration": [{"agentVersion": "DRAFT"}],
        "createdAt": moment(draft.created_at),
        "updatedAt": moment(draft.updated_at),
        "agentAliasStatus": "PREPARED",
        "aliasInvocationState": "ACCEPT_INVOCATIONS",
    })
}

/// What a list tells of an alias.
fn summary(mut alias: Value) -> Value {
    if let Value::Object(members) = &mut alias {
        members.retain(|name, _| !matches!(name.as_str(), "agentId" | "agentAliasArn" | "clientToken"));
    }
    alias
}
