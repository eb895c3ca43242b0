//! Prompt management, as AWS has it.

use axum::http::StatusCode;
use flow::definition::{PromptVariant, StoredPrompt};
use serde::Deserialize;
use serde_json::{Value, json};

use super::error::Error;
use super::flows::{moment, without_nulls};
use super::page::{newest_first, page};
use super::request::{Request, number_of_version};
use super::{Answer, Door, arn, json};
use crate::service::PutPrompt;
use crate::store::{PromptRow, Tags};

const LABEL: &str = "promptIdentifier";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Create {
    name: String,
    description: Option<String>,
    customer_encryption_key_arn: Option<String>,
    default_variant: Option<String>,
    variants: Option<Vec<PromptVariant>>,
    client_token: Option<String>,
    tags: Option<Tags>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Update {
    name: String,
    description: Option<String>,
    customer_encryption_key_arn: Option<String>,
    default_variant: Option<String>,
    variants: Option<Vec<PromptVariant>>,
}

impl From<Update> for PutPrompt {
    fn from(update: Update) -> Self {
        let prompt = StoredPrompt {
            description: update.description,
            customer_encryption_key_arn: update.customer_encryption_key_arn,
            default_variant: update.default_variant,
            variants: update.variants.map(Into::into).unwrap_or_default(),
        };
        Self { name: update.name, prompt }
    }
}

pub(super) async fn create(door: &Door, request: Request) -> Answer {
    let Create {
        name,
        description,
        customer_encryption_key_arn,
        default_variant,
        variants,
        client_token,
        tags,
    } = request.body()?;
    let tags = tags.unwrap_or_default();
    let put = Update { name, description, customer_encryption_key_arn, default_variant, variants };
    let row = door.app.service.create_prompt(put.into(), client_token, tags).await?;
    json(StatusCode::CREATED, whole(&row))
}

pub(super) async fn get(door: &Door, request: Request) -> Answer {
    let (id, version) = named(&request)?;
    let row = door.app.service.prompt_row(&id, version).await?;
    let mut body = whole(&row);
    if request.metadata_only() {
        body["variants"] = Value::Null;
    }
    json(StatusCode::OK, body)
}

/// Replaces everything: what is left out is gone, as AWS has it.
pub(super) async fn update(door: &Door, request: Request) -> Answer {
    let id = draft(&request)?;
    let body: Update = request.body()?;
    json(StatusCode::OK, whole(&door.app.service.update_prompt(&id, body.into()).await?))
}

pub(super) async fn delete(door: &Door, request: Request) -> Answer {
    let (id, version) = named(&request)?;
    let row = door.app.service.delete_prompt(&id, version).await?;
    json(StatusCode::OK, json!({"id": row.id, "version": version.map(|version| version.to_string())}))
}

pub(super) async fn list(door: &Door, request: Request) -> Answer {
    let service = &door.app.service;
    let (rows, next) = match request.text(LABEL) {
        None => {
            let rows = service.prompt_rows().await?;
            page("prompts", &request, rows, |row| newest_first(row.created_at, &row.id))?
        }
        Some(_) => {
            let rows = service.prompt_and_versions(&draft(&request)?).await?;
            // The draft comes first.
            page("prompt versions", &request, rows, |row| newest_first(row.version.unwrap_or(u64::MAX), ""))?
        }
    };
    let summaries: Vec<Value> = rows.iter().map(|row| without_nulls(summary(row))).collect();
    json(StatusCode::OK, json!({"promptSummaries": summaries, "nextToken": next}))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct CreateVersion {
    description: Option<String>,
    client_token: Option<String>,
    tags: Option<Tags>,
}

pub(super) async fn create_version(door: &Door, request: Request) -> Answer {
    let id = draft(&request)?;
    let body: CreateVersion = request.body()?;
    let tags = body.tags.unwrap_or_default();
    let made = door.app.service.create_prompt_version(&id, body.description, body.client_token, tags);
    let row = made.await?;
    json(StatusCode::CREATED, whole(&row))
}

/// The prompt and the version that a request names: in its ARN, or beside it.
fn named(request: &Request) -> Result<(String, Option<u64>), Error> {
    let (id, in_arn) = arn::prompt(LABEL, request.label(LABEL))?;
    let beside = match request.text("promptVersion") {
        None => return Ok((id, in_arn)),
        Some("DRAFT") => None,
        Some(version) => Some(number_of_version("promptVersion", version)?),
    };
    if in_arn.is_some() && in_arn != beside {
        return Err(Error::field("promptVersion", "The ARN names another version. Leave one of them out."));
    }
    Ok((id, beside))
}

/// The prompt of an operation on a draft.
fn draft(request: &Request) -> Result<String, Error> {
    match arn::prompt(LABEL, request.label(LABEL))? {
        (id, None) => Ok(id),
        _ => Err(Error::field(LABEL, "This names a version, which stays as it is. Name the prompt.")),
    }
}

fn of(row: &PromptRow) -> String {
    arn::of_prompt(&row.id, row.version)
}

fn summary(row: &PromptRow) -> Value {
    json!({
        "name": row.name,
        "description": row.prompt.description,
        "id": row.id,
        "arn": of(row),
        "version": row.version.map_or_else(|| "DRAFT".to_owned(), |version| version.to_string()),
        "createdAt": moment(row.created_at),
        "updatedAt": moment(row.updated_at),
    })
}

fn whole(row: &PromptRow) -> Value {
    let mut body = json!(row.prompt);
    if let (Value::Object(body), Value::Object(summary)) = (&mut body, summary(row)) {
        body.extend(summary);
    }
    body
}
