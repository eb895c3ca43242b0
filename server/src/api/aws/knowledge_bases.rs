//! Knowledge bases, as AWS has them: the same ones as on the Knowledge page.
//!
//! Where AWS keeps vectors and by which model it makes them is said here and told again; passages are kept in the data
//! folder. Absent on purpose: bases over Kendra, SQL, and AWS's managed ones.

use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::error::Error;
use super::flows::{moment, without_nulls};
use super::page::page;
use super::request::Request;
use super::{Answer, Door, arn, json};
use crate::service::DetailedBase;
use crate::store::Tags;

pub(super) const BASE: &str = "knowledgeBaseId";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Put {
    name: String,
    description: Option<String>,
    role_arn: String,
    knowledge_base_configuration: Value,
    storage_configuration: Option<Value>,
    metadata_configurations: Option<Value>,
    client_token: Option<String>,
    tags: Option<Tags>,
}

impl Put {
    /// What is kept of it as it was said.
    fn details(&self) -> Result<Map<String, Value>, Error> {
        let kind = self.knowledge_base_configuration["type"].as_str().unwrap_or_default();
        if kind != "VECTOR" {
            let message = format!("A knowledge base is VECTOR here, and {kind} is nothing that it can be.");
            return Err(Error::field("knowledgeBaseConfiguration.type", message));
        }
        let details = json!({
            "description": self.description, "roleArn": self.role_arn,
            "knowledgeBaseConfiguration": self.knowledge_base_configuration,
            "storageConfiguration": self.storage_configuration,
            "metadataConfigurations": self.metadata_configurations,
        });
        match without_nulls(details) {
            Value::Object(details) => Ok(details),
            _ => Ok(Map::new()),
        }
    }
}

pub(super) async fn create(door: &Door, request: Request) -> Answer {
    let mut body: Put = request.body()?;
    let tags = body.tags.take().unwrap_or_default();
    let details = body.details()?;
    let _creating = door.creating.lock().await;
    let base = door.app.service.create_detailed_base(body.name, details, body.client_token, tags).await?;
    json(StatusCode::ACCEPTED, json!({"knowledgeBase": whole(&base)}))
}

pub(super) async fn get(door: &Door, request: Request) -> Answer {
    let base = door.app.service.detailed_base(request.label(BASE)).await?;
    json(StatusCode::OK, json!({"knowledgeBase": whole(&base)}))
}

/// Replaces everything: what is left out is gone, as AWS has it.
pub(super) async fn update(door: &Door, request: Request) -> Answer {
    let body: Put = request.body()?;
    let details = body.details()?;
    let base = door.app.service.update_detailed_base(request.label(BASE), body.name, details).await?;
    json(StatusCode::ACCEPTED, json!({"knowledgeBase": whole(&base)}))
}

pub(super) async fn delete(door: &Door, request: Request) -> Answer {
    let base = door.app.service.detailed_base(request.label(BASE)).await?;
    door.app.service.delete_knowledge_base(&base.id).await?;
    json(StatusCode::ACCEPTED, json!({"knowledgeBaseId": base.id, "status": "DELETING"}))
}

pub(super) async fn list(door: &Door, request: Request) -> Answer {
    let bases = door.app.service.knowledge_bases().await?.knowledge_bases;
    let (bases, next) = page("knowledge bases", &request, bases, |base| base.id.clone())?;
    let mut summaries = Vec::with_capacity(bases.len());
    for base in bases {
        let base = door.app.service.detailed_base(&base.id).await?;
        summaries.push(without_nulls(json!({
            "knowledgeBaseId": base.id, "name": base.name, "status": "ACTIVE",
            "description": base.details.get("description"), "updatedAt": moment(base.updated_at),
        })));
    }
    json(StatusCode::OK, json!({"knowledgeBaseSummaries": summaries, "nextToken": next}))
}

fn whole(base: &DetailedBase) -> Value {
    let said = |member: &str| base.details.get(member).cloned();
    without_nulls(json!({
        "knowledgeBaseId": base.id, "name": base.name, "knowledgeBaseArn": arn::of_knowledge_base(&base.id),
        "description": said("description"),
        "roleArn": arn::of_role(said("roleArn").as_ref().and_then(Value::as_str).unwrap_or_default()),
        // One that was made on the Knowledge page has nothing of the kind.
        "knowledgeBaseConfiguration": said("knowledgeBaseConfiguration").unwrap_or_else(|| json!({"type": "VECTOR"})),
        "storageConfiguration": said("storageConfiguration"),
        "metadataConfigurations": said("metadataConfigurations"),
        "status": "ACTIVE", "createdAt": moment(base.created_at), "updatedAt": moment(base.updated_at),
    }))
}
