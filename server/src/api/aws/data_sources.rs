//! Data sources of knowledge bases, as AWS has them.
//!
//! Absent on purpose: crawling, connectors to other services, parsing by models, functions between cutting and keeping,
//! and keys of KMS; what names them is refused.

use axum::http::StatusCode;
use flow::wire::{Chunking, Place};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::agents::absent;
use super::error::Error;
use super::flows::{moment, without_nulls};
use super::knowledge_bases::BASE;
use super::page::page;
use super::request::Request;
use super::{Answer, Door, json};
use crate::service::{PutSource, SourceBody, source_body};
use crate::store::SourceRow;

pub(super) const SOURCE: &str = "dataSourceId";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Put {
    name: String,
    description: Option<String>,
    data_source_configuration: Value,
    data_deletion_policy: Option<String>,
    server_side_encryption_configuration: Option<Value>,
    vector_ingestion_configuration: Option<Value>,
    client_token: Option<String>,
}

impl Put {
    /// The source; its passages are cut as before where nothing is said of that.
    fn source(self, before: Option<Chunking>) -> Result<PutSource, Error> {
        absent("serverSideEncryptionConfiguration", self.server_side_encryption_configuration.as_ref())?;
        let cutting = self.vector_ingestion_configuration.as_ref();
        for member in
            ["customTransformationConfiguration", "parsingConfiguration", "contextEnrichmentConfiguration"]
        {
            absent(member, cutting.and_then(|cutting| cutting.get(member)))?;
        }
        let said = cutting.and_then(|cutting| cutting.get("chunkingConfiguration"));
        let chunking = said.map(chunking).transpose()?.or(before).unwrap_or_default();
        let place = place(&self.data_source_configuration)?;
        let aws = without_nulls(json!({
            "description": self.description, "dataSourceConfiguration": self.data_source_configuration,
            "dataDeletionPolicy": self.data_deletion_policy, "vectorIngestionConfiguration": cutting,
        }));
        let retain = self.data_deletion_policy.as_deref() == Some("RETAIN");
        let aws = aws.as_object().cloned().unwrap_or_default();
        Ok(PutSource { name: self.name, body: SourceBody { place, chunking, retain, aws } })
    }
}

pub(super) async fn create(door: &Door, request: Request) -> Answer {
    let mut body: Put = request.body()?;
    let token = body.client_token.take();
    let put = body.source(None)?;
    let _creating = door.creating.lock().await;
    let row = door.app.service.put_new_source(request.label(BASE), put, token).await?;
    json(StatusCode::OK, json!({"dataSource": whole(&row)}))
}

pub(super) async fn get(door: &Door, request: Request) -> Answer {
    let row = door.app.service.source_row(request.label(BASE), request.label(SOURCE)).await?;
    json(StatusCode::OK, json!({"dataSource": whole(&row)}))
}

pub(super) async fn update(door: &Door, request: Request) -> Answer {
    let body: Put = request.body()?;
    let (base, source) = (request.label(BASE), request.label(SOURCE));
    let known = door.app.service.source_row(base, source).await?;
    let put = body.source(Some(source_body(&known).chunking))?;
    let row = door.app.service.update_source(base, source, put).await?;
    json(StatusCode::OK, json!({"dataSource": whole(&row)}))
}

pub(super) async fn delete(door: &Door, request: Request) -> Answer {
    let (base, source) = (request.label(BASE), request.label(SOURCE));
    let row = door.app.service.source_row(base, source).await?;
    door.app.service.delete_data_source(base, source).await?;
    json(
        StatusCode::ACCEPTED,
        json!({"knowledgeBaseId": row.base, "dataSourceId": row.id, "status": "DELETING"}),
    )
}

pub(super) async fn list(door: &Door, request: Request) -> Answer {
    let rows = door.app.service.source_rows(request.label(BASE)).await?;
    let (rows, next) = page("data sources", &request, rows, |row| row.id.clone())?;
    let summaries: Vec<Value> = rows.iter().map(summary).collect();
    json(StatusCode::OK, json!({"dataSourceSummaries": summaries, "nextToken": next}))
}

fn summary(row: &SourceRow) -> Value {
    without_nulls(json!({
        "knowledgeBaseId": row.base, "dataSourceId": row.id, "name": row.name, "status": "AVAILABLE",
        "description": source_body(row).aws.get("description"), "updatedAt": moment(row.updated_at),
    }))
}

fn whole(row: &SourceRow) -> Value {
    let body = source_body(row);
    let said = |member: &str| body.aws.get(member).cloned();
    let cutting = told_chunking(&body.chunking).map(|chunking| json!({"chunkingConfiguration": chunking}));
    let mut whole = json!({
        "dataSourceConfiguration": said("dataSourceConfiguration").unwrap_or_else(|| told_place(&body.place)),
        "vectorIngestionConfiguration": said("vectorIngestionConfiguration").or(cutting),
        "dataDeletionPolicy": if body.retain { "RETAIN" } else { "DELETE" },
        "createdAt": moment(row.created_at),
    });
    if let (Value::Object(whole), Value::Object(summary)) = (&mut whole, summary(row)) {
        whole.extend(summary);
    }
    without_nulls(whole)
}

/// Where the documents are that a configuration means.
fn place(configuration: &Value) -> Result<Place, Error> {
    let member = |name: &str| configuration.get(name).cloned().unwrap_or_default();
    match configuration["type"].as_str().unwrap_or_default() {
        "CUSTOM" => Ok(Place::Custom),
        "S3" => {
            let s3 = member("s3Configuration");
            let path = "dataSourceConfiguration.s3Configuration";
            let bucket = s3["bucketArn"].as_str().and_then(|arn| arn.rsplit_once(":::"));
            let (_, bucket) = bucket.ok_or_else(|| Error::field(path, "An S3 source needs this member."))?;
            let prefix = s3["inclusionPrefixes"][0].as_str().unwrap_or_default();
            Ok(Place::Bucket { bucket: bucket.to_owned(), prefix: prefix.to_owned() })
        }
        "WEB" => {
            let web = member("webConfiguration");
            let crawler = web.get("crawlerConfiguration").filter(|crawler| !is_empty(crawler));
            if crawler.is_some() {
                let message = "The pages of seedUrls are read, and no links are followed. Leave it out.";
                return Err(Error::field(
                    "dataSourceConfiguration.webConfiguration.crawlerConfiguration",
                    message,
                ));
            }
            let seeds = &web["sourceConfiguration"]["urlConfiguration"]["seedUrls"];
            let seeds = seeds.as_array().into_iter().flatten();
            Ok(Place::Web {
                urls: seeds.filter_map(|seed| seed["url"].as_str()).map(str::to_owned).collect(),
            })
        }
        other => {
            let message =
                format!("A data source is S3, WEB or CUSTOM here, and {other} is nothing that is read.");
            Err(Error::field("dataSourceConfiguration.type", message))
        }
    }
}

fn is_empty(value: &Value) -> bool {
    value.as_object().is_some_and(Map::is_empty)
}

fn told_place(place: &Place) -> Value {
    match place {
        Place::Custom => json!({"type": "CUSTOM"}),
        Place::Bucket { bucket, prefix } => {
            let mut s3 = json!({"bucketArn": format!("arn:aws:s3:::{bucket}")});
            if !prefix.is_empty() {
                s3["inclusionPrefixes"] = json!([prefix]);
            }
            json!({"type": "S3", "s3Configuration": s3})
        }
        Place::Web { urls } => {
            let seeds: Vec<Value> = urls.iter().map(|url| json!({"url": url})).collect();
            let source = json!({"urlConfiguration": {"seedUrls": seeds}});
            json!({"type": "WEB", "webConfiguration": {"sourceConfiguration": source}})
        }
    }
}

/// How documents are cut that a configuration means.
fn chunking(configuration: &Value) -> Result<Chunking, Error> {
    const PATH: &str = "vectorIngestionConfiguration.chunkingConfiguration";
    let strategy = configuration["chunkingStrategy"].as_str().unwrap_or_default();
    let of = |member: &str| {
        let missing = || Error::field(format!("{PATH}.{member}"), format!("{strategy} needs this member."));
        configuration.get(member).ok_or_else(missing)
    };
    let number =
        |value: &Value| value.as_u64().and_then(|number| u32::try_from(number).ok()).unwrap_or(u32::MAX);
    match strategy {
        "FIXED_SIZE" => {
            let fixed = of("fixedSizeChunkingConfiguration")?;
            let overlap_percentage = number(&fixed["overlapPercentage"]);
            Ok(Chunking::Fixed { max_tokens: number(&fixed["maxTokens"]), overlap_percentage })
        }
        "HIERARCHICAL" => {
            let levels = of("hierarchicalChunkingConfiguration")?;
            let level = |at: usize| number(&levels["levelConfigurations"][at]["maxTokens"]);
            let overlap_tokens = number(&levels["overlapTokens"]);
            Ok(Chunking::Hierarchical { parent_tokens: level(0), child_tokens: level(1), overlap_tokens })
        }
        "SEMANTIC" => {
            let semantic = of("semanticChunkingConfiguration")?;
            let repeated = number(&semantic["bufferSize"]);
            Ok(Chunking::Sentences { max_tokens: number(&semantic["maxTokens"]), repeated })
        }
        _ => Ok(Chunking::None),
    }
}

/// The usual cut has no name of AWS's, and is told by nothing.
fn told_chunking(chunking: &Chunking) -> Option<Value> {
    match chunking {
        Chunking::Headings => None,
        Chunking::None => Some(json!({"chunkingStrategy": "NONE"})),
        Chunking::Fixed { max_tokens, overlap_percentage } => Some(json!({
            "chunkingStrategy": "FIXED_SIZE",
            "fixedSizeChunkingConfiguration": {"maxTokens": max_tokens, "overlapPercentage": overlap_percentage},
        })),
        Chunking::Sentences { max_tokens, repeated } => Some(json!({
            "chunkingStrategy": "SEMANTIC",
            "semanticChunkingConfiguration":
                {"maxTokens": max_tokens, "bufferSize": repeated, "breakpointPercentileThreshold": 95},
        })),
        Chunking::Hierarchical { parent_tokens, child_tokens, overlap_tokens } => Some(json!({
            "chunkingStrategy": "HIERARCHICAL",
            "hierarchicalChunkingConfiguration": {
                "levelConfigurations": [{"maxTokens": parent_tokens}, {"maxTokens": child_tokens}],
                "overlapTokens": overlap_tokens,
            },
        })),
    }
}
