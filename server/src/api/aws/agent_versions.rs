//! Immutable versions of agents, as AWS has them. They are made with aliases alone.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::agents::{AGENT, content, name};
use super::flows::{moment, unless_empty, without_nulls};
use super::page::page;
use super::request::{self, Request};
use super::{Answer, Door, json};
use crate::service::{AgentContent, AgentVersion};

const VERSION: &str = "agentVersion";

pub(super) async fn get(door: &Door, request: Request) -> Answer {
    let number = request::number_of_version(VERSION, request.label(VERSION))?;
    let draft = door.app.service.agent_draft(request.label(AGENT)).await?;
    let version = door.app.service.agent_version(&draft.id, number).await?;
    json(StatusCode::OK, json!({"agentVersion": whole(&draft.id, &version)}))
}

/// With `skipResourceInUseCheck`, the aliases that lead to the version go with it: here none leads to nothing.
pub(super) async fn delete(door: &Door, request: Request) -> Answer {
    let number = request::number_of_version(VERSION, request.label(VERSION))?;
    let skip = request.flag("skipResourceInUseCheck");
    let draft = door.app.service.agent_draft(request.label(AGENT)).await?;
    door.app.service.delete_agent_version(&draft.id, number, skip).await?;
    let body = json!({"agentId": draft.id, "agentVersion": number.to_string(), "agentStatus": "DELETING"});
    json(StatusCode::ACCEPTED, body)
}

/// The draft is told as the newest of them.
pub(super) async fn list(door: &Door, request: Request) -> Answer {
    let draft = door.app.service.agent_draft(request.label(AGENT)).await?;
    let status = if draft.is_prepared() { "PREPARED" } else { "NOT_PREPARED" };
    let mut all =
        vec![(u64::MAX, summary(&draft.content, "DRAFT", status, draft.created_at, draft.updated_at))];
    for version in door.app.service.agent_versions(&draft.id).await? {
        let (number, at) = (version.version, version.created_at);
        all.push((number, summary(&version.content, &number.to_string(), "PREPARED", at, at)));
    }
    let key = |(number, _): &(u64, Value)| format!("{:020}", u64::MAX - number);
    let (versions, next) = page("agent-versions", &request, all, key)?;
    let summaries: Vec<Value> = versions.into_iter().map(|(_, summary)| summary).collect();
    json(StatusCode::OK, json!({"agentVersionSummaries": summaries, "nextToken": next}))
}

fn summary(content: &AgentContent, version: &str, status: &str, made: u64, changed: u64) -> Value {
    without_nulls(json!({
        "agentName": name(&content.agent.name),
        "agentStatus": status,
        "agentVersion": version,
        "description": unless_empty(&content.agent.description),
        "createdAt": moment(made),
        "updatedAt": moment(changed),
    }))
}

fn whole(id: &str, version: &AgentVersion) -> Value {
    let mut body = content(id, &version.content);
    body["version"] = json!(version.version.to_string());
    body["agentStatus"] = json!("PREPARED");
    body["createdAt"] = json!(moment(version.created_at));
    body["updatedAt"] = json!(moment(version.created_at));
    body
}
