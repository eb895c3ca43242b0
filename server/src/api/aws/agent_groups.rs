//! Action groups of agents, as AWS has them: functions that one Lambda function answers, which is bound here to an
//! address, or the agent's right to ask the person.
//!
//! Absent on purpose: schemas of whole APIs, returning control to the caller, and confirmation by a person; what asks
//! for them is refused.

use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use flow::wire::AgentTool;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::agents::{AGENT, absent};
use super::error::Error;
use super::flows::{moment, unless_empty, without_nulls};
use super::page::page;
use super::request::Request;
use super::{Answer, Door, json};
use crate::service::{AgentContent, AgentGroup, PutAgentGroup};

const GROUP: &str = "actionGroupId";
pub(super) const VERSION: &str = "agentVersion";
/// The group that lets an agent ask.
const USER_INPUT: &str = "AMAZON.UserInput";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Put {
    action_group_name: String,
    client_token: Option<String>,
    #[serde(default)]
    description: String,
    parent_action_group_signature: Option<String>,
    parent_action_group_signature_params: Option<Value>,
    action_group_executor: Option<Executor>,
    api_schema: Option<Value>,
    action_group_state: Option<String>,
    function_schema: Option<FunctionSchema>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Executor {
    lambda: Option<String>,
    custom_control: Option<Value>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct FunctionSchema {
    #[serde(default)]
    functions: Vec<Function>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Function {
    name: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    parameters: Map<String, Value>,
    require_confirmation: Option<String>,
}

impl Put {
    fn read(self) -> Result<PutAgentGroup, Error> {
        absent("apiSchema", self.api_schema.as_ref())?;
        absent("parentActionGroupSignatureParams", self.parent_action_group_signature_params.as_ref())?;
        let signature = self.parent_action_group_signature;
        if signature.as_deref().is_some_and(|signature| signature != USER_INPUT) {
            let message = format!("Of AWS's own groups there is {USER_INPUT} alone here.");
            return Err(Error::field("parentActionGroupSignature", message));
        }
        let functions = self.function_schema.unwrap_or_default().functions;
        let lambda = executor(self.action_group_executor, signature.is_none())?;
        let tools = match &lambda {
            Some(lambda) => tools(functions, lambda, &self.description)?,
            None => Vec::new(),
        };
        Ok(PutAgentGroup {
            name: self.action_group_name,
            description: self.description,
            signature,
            lambda,
            is_enabled: self.action_group_state.as_deref() != Some("DISABLED"),
            tools,
        })
    }
}

/// The function that answers for a group, which has to have one unless it is AWS's own.
fn executor(executor: Option<Executor>, needed: bool) -> Result<Option<String>, Error> {
    let executor = executor.unwrap_or(Executor { lambda: None, custom_control: None });
    absent("actionGroupExecutor.customControl", executor.custom_control.as_ref())?;
    match executor.lambda {
        None if needed => {
            let message = "Name the Lambda function that answers for the group; its ARN is bound on the Functions page.";
            Err(Error::field("actionGroupExecutor.lambda", message))
        }
        lambda => Ok(lambda),
    }
}

/// A group's functions as tools. `about` describes those that do not say themselves what they are for.
fn tools(functions: Vec<Function>, lambda: &str, about: &str) -> Result<Vec<AgentTool>, Error> {
    let tool = |(at, function): (usize, Function)| {
        if function.require_confirmation.as_deref() == Some("ENABLED") {
            let member = format!("functionSchema.functions[{at}].requireConfirmation");
            return Err(Error::field(
                member,
                "Functions are called without a confirmation here. Use DISABLED.",
            ));
        }
        let described = [function.description.as_str(), about, &function.name];
        let description = described.into_iter().find(|text| !text.is_empty()).unwrap_or_default().to_owned();
        let parameters = schema(&function.parameters);
        Ok(AgentTool::Function { description, name: function.name, arn: lambda.to_owned(), parameters })
    };
    functions.into_iter().enumerate().map(tool).collect()
}

/// The JSON schema of AWS's parameters.
fn schema(parameters: &Map<String, Value>) -> Value {
    let property = |(name, detail): (&String, &Value)| {
        let described = json!({"type": detail["type"], "description": detail["description"]});
        (name.clone(), without_nulls(described))
    };
    let properties: Map<String, Value> = parameters.iter().map(property).collect();
    let required = parameters.iter().filter(|(_, detail)| detail["required"] == true);
    let required: Value = required.map(|(name, _)| name.as_str()).collect();
    json!({"type": "object", "properties": properties, "required": required})
}

/// A tool as AWS's `Function`.
fn function(tool: &AgentTool) -> Option<Value> {
    let AgentTool::Function { name, description, parameters, .. } = tool else { return None };
    let is_required = |name: &str| {
        parameters["required"].as_array().is_some_and(|names| names.iter().any(|each| each == name))
    };
    let properties = parameters["properties"].as_object().into_iter().flatten();
    let parameters: Map<String, Value> = properties
        .map(|(name, property)| {
            let detail = json!({"type": kind(property), "description": property["description"].as_str(),
                "required": is_required(name)});
            (name.clone(), without_nulls(detail))
        })
        .collect();
    Some(json!({"name": name, "description": description, "parameters": parameters}))
}

/// The type that AWS has for a property, whose texts hold what it has none for.
fn kind(property: &Value) -> &str {
    match property["type"].as_str() {
        Some(kind @ ("number" | "integer" | "boolean" | "array")) => kind,
        _ => "string",
    }
}

pub(super) async fn create(door: &Door, request: Request) -> Answer {
    let mut body: Put = request.body()?;
    let token = body.client_token.take();
    let put = body.read()?;
    let _creating = door.creating.lock().await;
    let agent = request.label(AGENT);
    let (content, group) = door.app.service.create_agent_group(agent, put, token).await?;
    json(StatusCode::OK, json!({"agentActionGroup": whole(agent, "DRAFT", &content, &group)}))
}

pub(super) async fn get(door: &Door, request: Request) -> Answer {
    let (agent, version) = (request.label(AGENT), request.label(VERSION));
    let (content, ..) = door.app.service.agent_content(agent, version).await?;
    let group = content.group(request.label(GROUP))?;
    json(StatusCode::OK, json!({"agentActionGroup": whole(agent, version, &content, group)}))
}

pub(super) async fn update(door: &Door, request: Request) -> Answer {
    let put = request.body::<Put>()?.read()?;
    let _changing = door.creating.lock().await;
    let agent = request.label(AGENT);
    let (content, group) = door.app.service.update_agent_group(agent, request.label(GROUP), put).await?;
    json(StatusCode::OK, json!({"agentActionGroup": whole(agent, "DRAFT", &content, &group)}))
}

pub(super) async fn delete(door: &Door, request: Request) -> Answer {
    let skip = request.flag("skipResourceInUseCheck");
    let _changing = door.creating.lock().await;
    door.app.service.delete_agent_group(request.label(AGENT), request.label(GROUP), skip).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

pub(super) async fn list(door: &Door, request: Request) -> Answer {
    let (content, ..) = door.app.service.agent_content(request.label(AGENT), request.label(VERSION)).await?;
    let groups = content.details.groups;
    let (groups, next) = page("action-groups", &request, groups, |group| group.name.clone())?;
    let summaries: Vec<Value> = groups.iter().map(summary).collect();
    json(StatusCode::OK, json!({"actionGroupSummaries": summaries, "nextToken": next}))
}

fn summary(group: &AgentGroup) -> Value {
    without_nulls(json!({
        "actionGroupId": group.id,
        "actionGroupName": group.name,
        "actionGroupState": state(group.is_enabled),
        "description": unless_empty(&group.description),
        "updatedAt": moment(group.updated_at),
    }))
}

/// Whether something is used, in AWS's words.
pub(super) fn state(is_enabled: bool) -> &'static str {
    if is_enabled { "ENABLED" } else { "DISABLED" }
}

fn whole(agent: &str, version: &str, content: &AgentContent, group: &AgentGroup) -> Value {
    let functions: Vec<Value> = content.functions(group).into_iter().filter_map(function).collect();
    let mut body = summary(group);
    body["agentId"] = json!(agent);
    body["agentVersion"] = json!(version);
    body["createdAt"] = json!(moment(group.created_at));
    if let Some(signature) = &group.signature {
        body["parentActionSignature"] = json!(signature);
    }
    if let Some(lambda) = &group.lambda {
        body["actionGroupExecutor"] = json!({"lambda": lambda});
        body["functionSchema"] = json!({"functions": functions});
    }
    if let Some(token) = &group.client_token {
        body["clientToken"] = json!(token);
    }
    body
}
