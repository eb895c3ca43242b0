//! Knowledge bases of agents, as AWS has them: those among the agent's tools.

use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use serde::Deserialize;
use serde_json::{Value, json};

use super::agent_groups::{VERSION, state};
use super::agents::AGENT;
use super::flows::moment;
use super::page::page;
use super::request::Request;
use super::{Answer, Door, json};
use crate::service::AgentBase;

const BASE: &str = "knowledgeBaseId";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Associate {
    knowledge_base_id: String,
    description: String,
    knowledge_base_state: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Update {
    description: Option<String>,
    knowledge_base_state: Option<String>,
}

pub(super) async fn associate(door: &Door, request: Request) -> Answer {
    let body: Associate = request.body()?;
    let is_enabled = body.knowledge_base_state.as_deref() != Some("DISABLED");
    let base = AgentBase { id: body.knowledge_base_id, description: body.description, is_enabled };
    {
        let _changing = door.creating.lock().await;
        door.app.service.associate_agent_base(request.label(AGENT), base.clone()).await?;
    }
    one(door, &request, "DRAFT", &base.id).await
}

pub(super) async fn get(door: &Door, request: Request) -> Answer {
    one(door, &request, request.label(VERSION), request.label(BASE)).await
}

pub(super) async fn update(door: &Door, request: Request) -> Answer {
    let body: Update = request.body()?;
    let is_enabled = body.knowledge_base_state.map(|state| state == "ENABLED");
    let (agent, base) = (request.label(AGENT), request.label(BASE));
    {
        let _changing = door.creating.lock().await;
        door.app.service.update_agent_base(agent, base, body.description, is_enabled).await?;
    }
    one(door, &request, "DRAFT", base).await
}

pub(super) async fn disassociate(door: &Door, request: Request) -> Answer {
    let _changing = door.creating.lock().await;
    door.app.service.disassociate_agent_base(request.label(AGENT), request.label(BASE)).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

pub(super) async fn list(door: &Door, request: Request) -> Answer {
    let (content, _, changed) =
        door.app.service.agent_content(request.label(AGENT), request.label(VERSION)).await?;
    let (bases, next) = page("agent-bases", &request, content.bases(), |base| base.id.clone())?;
    let summaries: Vec<Value> = bases.iter().map(|base| summary(base, changed)).collect();
    json(StatusCode::OK, json!({"agentKnowledgeBaseSummaries": summaries, "nextToken": next}))
}

/// The knowledge base of this id, as this version of the agent has it.
async fn one(door: &Door, request: &Request, version: &str, id: &str) -> Answer {
    let agent = request.label(AGENT);
    let (content, made, changed) = door.app.service.agent_content(agent, version).await?;
    let mut body = summary(&content.base(id)?, changed);
    body["agentId"] = json!(agent);
    body["agentVersion"] = json!(version);
    body["createdAt"] = json!(moment(made));
    json(StatusCode::OK, json!({"agentKnowledgeBase": body}))
}

fn summary(base: &AgentBase, changed: u64) -> Value {
    json!({
        "knowledgeBaseId": base.id,
        "description": base.description,
        "knowledgeBaseState": state(base.is_enabled),
        "updatedAt": moment(changed),
    })
}
