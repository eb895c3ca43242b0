//! Agents that another agent leads, as AWS has them: those among its tools.

use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use serde::Deserialize;
use serde_json::{Value, json};

use super::agent_groups::VERSION;
use super::agents::AGENT;
use super::error::Error;
use super::flows::{moment, without_nulls};
use super::page::page;
use super::request::Request;
use super::{Answer, Door, json};
use crate::service::{Collaborator, PutCollaborator};

const COLLABORATOR: &str = "collaboratorId";
/// The longest name of a tool that models take.
const LONGEST_NAME: usize = 64;
const TELLS_HISTORY: &str = "TO_COLLABORATOR";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Put {
    agent_descriptor: Descriptor,
    collaborator_name: String,
    collaboration_instruction: String,
    relay_conversation_history: Option<String>,
    client_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Descriptor {
    #[serde(default)]
    alias_arn: String,
}

impl Put {
    fn read(self) -> Result<PutCollaborator, Error> {
        if self.collaborator_name.len() > LONGEST_NAME {
            let message =
                format!("A model calls the agent by this, and takes at most {LONGEST_NAME} characters.");
            return Err(Error::field("collaboratorName", message));
        }
        Ok(PutCollaborator {
            name: self.collaborator_name,
            instruction: self.collaboration_instruction,
            arn: self.agent_descriptor.alias_arn,
            tells_history: self.relay_conversation_history.as_deref() == Some(TELLS_HISTORY),
        })
    }
}

pub(super) async fn associate(door: &Door, request: Request) -> Answer {
    let mut body: Put = request.body()?;
    let token = body.client_token.take();
    let put = body.read()?;
    let _changing = door.creating.lock().await;
    let agent = request.label(AGENT);
    whole(agent, "DRAFT", &door.app.service.associate_collaborator(agent, put, token).await?)
}

pub(super) async fn get(door: &Door, request: Request) -> Answer {
    let (agent, version) = (request.label(AGENT), request.label(VERSION));
    let (content, made, changed) = door.app.service.agent_content(agent, version).await?;
    whole(agent, version, &content.collaborator(request.label(COLLABORATOR), made, changed)?)
}

pub(super) async fn update(door: &Door, request: Request) -> Answer {
    let put = request.body::<Put>()?.read()?;
    let _changing = door.creating.lock().await;
    let (agent, id) = (request.label(AGENT), request.label(COLLABORATOR));
    whole(agent, "DRAFT", &door.app.service.update_collaborator(agent, id, put).await?)
}

pub(super) async fn disassociate(door: &Door, request: Request) -> Answer {
    let _changing = door.creating.lock().await;
    door.app.service.disassociate_collaborator(request.label(AGENT), request.label(COLLABORATOR)).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

pub(super) async fn list(door: &Door, request: Request) -> Answer {
    let (agent, version) = (request.label(AGENT), request.label(VERSION));
    let (content, made, changed) = door.app.service.agent_content(agent, version).await?;
    let led = content.collaborators(made, changed);
    let (led, next) = page("collaborators", &request, led, |led| led.put.name.clone())?;
    let summaries: Vec<Value> = led.iter().map(|led| summary(agent, version, led)).collect();
    json(StatusCode::OK, json!({"agentCollaboratorSummaries": summaries, "nextToken": next}))
}

fn summary(agent: &str, version: &str, led: &Collaborator) -> Value {
    json!({
        "agentId": agent,
        "agentVersion": version,
        "collaboratorId": led.known.id,
        "agentDescriptor": {"aliasArn": led.put.arn},
        "collaboratorName": super::agents::name(&led.put.name),
        "collaborationInstruction": led.put.instruction,
        "relayConversationHistory": if led.put.tells_history { TELLS_HISTORY } else { "DISABLED" },
        "createdAt": moment(led.known.created_at),
        "lastUpdatedAt": moment(led.known.updated_at),
    })
}

fn whole(agent: &str, version: &str, led: &Collaborator) -> Answer {
    let mut body = summary(agent, version, led);
    body["clientToken"] = json!(led.known.client_token);
    json(StatusCode::OK, json!({"agentCollaborator": without_nulls(body)}))
}
