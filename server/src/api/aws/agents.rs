//! Agents and their drafts, as AWS has them: the same agents as on the Agents page.
//!
//! Absent on purpose: guardrails, prompts of AWS's own orchestration and memory over sessions; what names them is
//! refused.

use axum::http::StatusCode;
use flow::wire::{PutAgent, USUAL_STEPS};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::error::Error;
use super::flows::{moment, unless_empty};
use super::page::{newest_first, page};
use super::request::Request;
use super::{Answer, Door, arn, json, tags};
use crate::service::{AgentContent, AgentDetails, AgentDraft, Collaboration};
use crate::store::Tags;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Put {
    agent_name: String,
    client_token: Option<String>,
    #[serde(default)]
    instruction: String,
    #[serde(default)]
    foundation_model: String,
    #[serde(default)]
    description: String,
    orchestration_type: Option<String>,
    custom_orchestration: Option<Value>,
    #[serde(rename = "idleSessionTTLInSeconds")]
    idle_seconds: Option<u64>,
    #[serde(default)]
    agent_resource_role_arn: String,
    customer_encryption_key_arn: Option<String>,
    tags: Option<Tags>,
    prompt_override_configuration: Option<Value>,
    guardrail_configuration: Option<Value>,
    memory_configuration: Option<Value>,
    agent_collaboration: Option<Collaboration>,
}

impl Put {
    /// Refuses what would be promised and not kept.
    fn check(&self) -> Result<(), Error> {
        if self.orchestration_type.as_deref().is_some_and(|kind| kind != "DEFAULT") {
            return Err(Error::field(
                "orchestrationType",
                "Agents have their own orchestration here. Use DEFAULT.",
            ));
        }
        absent("customOrchestration", self.custom_orchestration.as_ref())?;
        absent("promptOverrideConfiguration", self.prompt_override_configuration.as_ref())?;
        absent("guardrailConfiguration", self.guardrail_configuration.as_ref())?;
        absent("memoryConfiguration", self.memory_configuration.as_ref())
    }

    /// As it is kept, with what of the agent has no member here.
    fn details(&self) -> AgentDetails {
        let usual = AgentDetails::default();
        AgentDetails {
            role: self.agent_resource_role_arn.clone(),
            key: self.customer_encryption_key_arn.clone(),
            idle_seconds: self.idle_seconds.unwrap_or(usual.idle_seconds),
            collaboration: self.agent_collaboration.unwrap_or_default(),
            ..usual
        }
    }
}

/// A member that asks for what is not there; an empty one asks for nothing.
pub(super) fn absent(member: &'static str, value: Option<&Value>) -> Result<(), Error> {
    let is_empty = |value: &Value| value.as_object().is_some_and(Map::is_empty);
    match value {
        Some(value) if !is_empty(value) => {
            Err(Error::field(member, format!("Anabranch has nothing that does this. Leave {member} out.")))
        }
        _ => Ok(()),
    }
}

pub(super) async fn create(door: &Door, request: Request) -> Answer {
    let mut body: Put = request.body()?;
    body.check()?;
    let tags = body.tags.take().unwrap_or_default();
    let details = body.details();
    let agent = PutAgent {
        name: body.agent_name,
        description: body.description,
        instructions: body.instruction,
        model: body.foundation_model,
        tools: Vec::new(),
        step_limit: USUAL_STEPS,
        asks_back: false,
    };
    let _creating = door.creating.lock().await;
    let content = AgentContent { agent, details };
    let draft = door.app.service.create_agent_draft(content, body.client_token, tags).await?;
    json(StatusCode::ACCEPTED, json!({"agent": whole(&draft)}))
}

pub(super) async fn get(door: &Door, request: Request) -> Answer {
    let draft = door.app.service.agent_draft(request.label(AGENT)).await?;
    json(StatusCode::OK, json!({"agent": whole(&draft)}))
}

/// Replaces everything that has a member here: what is left out is gone, as AWS has it. Tools stay.
pub(super) async fn update(door: &Door, request: Request) -> Answer {
    let body: Put = request.body()?;
    body.check()?;
    tags::none(body.tags.as_ref())?;
    let details = body.details();
    let change = |content: &mut AgentContent| {
        // A name that AWS could not have is told as one that it could.
        if name(&content.agent.name) != body.agent_name {
            content.agent.name = body.agent_name;
        }
        content.agent.description = body.description;
        content.agent.instructions = body.instruction;
        content.agent.model = body.foundation_model;
        let groups = std::mem::take(&mut content.details.groups);
        let disabled_bases = std::mem::take(&mut content.details.disabled_bases);
        let collaborators = std::mem::take(&mut content.details.collaborators);
        content.details = AgentDetails { groups, disabled_bases, collaborators, ..details };
        if body.agent_collaboration == Some(Collaboration::Disabled)
            && content.collaboration() != Collaboration::Disabled
        {
            let message =
                "The agent leads others. Call DisassociateAgentCollaborator for each of them first.";
            return Err(crate::error::Error::invalid("agentCollaboration", message));
        }
        Ok(())
    };
    let _changing = door.creating.lock().await;
    let draft = door.app.service.change_agent_draft(request.label(AGENT), change).await?;
    json(StatusCode::ACCEPTED, json!({"agent": whole(&draft)}))
}

pub(super) async fn delete(door: &Door, request: Request) -> Answer {
    let id = request.label(AGENT);
    door.app.service.delete_agent_draft(id, request.flag("skipResourceInUseCheck")).await?;
    json(StatusCode::ACCEPTED, json!({"agentId": id, "agentStatus": "DELETING"}))
}

/// The agent is prepared when this answers: a client that waits while it reads `PREPARING` need not wait.
pub(super) async fn prepare(door: &Door, request: Request) -> Answer {
    let draft = door.app.service.prepare_agent(request.label(AGENT)).await?;
    let body = json!({
        "agentId": draft.id,
        "agentStatus": status(&draft),
        "agentVersion": "DRAFT",
        "preparedAt": moment(draft.prepared_at),
    });
    json(StatusCode::ACCEPTED, body)
}

pub(super) async fn list(door: &Door, request: Request) -> Answer {
    let drafts = door.app.service.agent_drafts().await?;
    let (drafts, next) = page("agents", &request, drafts, |draft| newest_first(draft.created_at, &draft.id))?;
    let summaries: Vec<Value> = drafts.iter().map(summary).collect();
    json(StatusCode::OK, json!({"agentSummaries": summaries, "nextToken": next}))
}

pub(super) const AGENT: &str = "agentId";

/// A name as AWS could have it: letters and digits, with single `-` or `_` after them.
pub(super) fn name(name: &str) -> String {
    let words = name.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_' && letter != '-');
    let words: Vec<&str> =
        words.map(|word| word.trim_matches(['_', '-'])).filter(|word| !word.is_empty()).collect();
    let mut plain = String::new();
    for letter in words.join("-").chars() {
        if !(matches!(letter, '_' | '-') && plain.ends_with(['_', '-'])) {
            plain.push(letter);
        }
    }
    if plain.is_empty() { "agent".to_owned() } else { plain }
}

fn status(draft: &AgentDraft) -> &'static str {
    if draft.is_prepared() { "PREPARED" } else { "NOT_PREPARED" }
}

fn summary(draft: &AgentDraft) -> Value {
    let latest = draft.next_version - 1;
    let latest = if latest == 0 { "DRAFT".to_owned() } else { latest.to_string() };
    super::flows::without_nulls(json!({
        "agentId": draft.id,
        "agentName": name(&draft.content.agent.name),
        "agentStatus": status(draft),
        "description": unless_empty(&draft.content.agent.description),
        "updatedAt": moment(draft.updated_at),
        "latestAgentVersion": latest,
    }))
}

fn whole(draft: &AgentDraft) -> Value {
    let mut body = content(&draft.id, &draft.content);
    body["agentVersion"] = json!("DRAFT");
    body["agentStatus"] = json!(status(draft));
    body["orchestrationType"] = json!("DEFAULT");
    body["createdAt"] = json!(moment(draft.created_at));
    body["updatedAt"] = json!(moment(draft.updated_at));
    if draft.prepared.is_some() {
        body["preparedAt"] = json!(moment(draft.prepared_at));
    }
    if let Some(token) = &draft.client_token {
        body["clientToken"] = json!(token);
    }
    body
}

/// What a draft and a version have in common.
pub(super) fn content(id: &str, content: &AgentContent) -> Value {
    let (agent, details) = (&content.agent, &content.details);
    super::flows::without_nulls(json!({
        "agentId": id,
        "agentArn": arn::of_agent(id),
        "agentName": name(&agent.name),
        "instruction": unless_empty(&agent.instructions),
        "foundationModel": unless_empty(&agent.model),
        "description": unless_empty(&agent.description),
        "idleSessionTTLInSeconds": details.idle_seconds,
        "agentResourceRoleArn": arn::of_role(&details.role),
        "customerEncryptionKeyArn": details.key,
        "agentCollaboration": content.collaboration(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_as_aws_could_have_them() {
        for (ours, told) in [
            ("desk", "desk"),
            ("Front desk", "Front-desk"),
            ("a_-b", "a_b"),
            ("Über uns!", "ber-uns"),
            ("--", "agent"),
            ("one & two", "one-two"),
        ] {
            assert_eq!(name(ours), told, "{ours}");
        }
    }
}
