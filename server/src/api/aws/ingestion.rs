//! Ingestion jobs, as AWS has them.

use axum::http::StatusCode;
use flow::wire::{IngestionJob, JobStatus};
use serde::Deserialize;
use serde_json::{Value, json};

use super::data_sources::SOURCE;
use super::flows::{moment, unless_empty, without_nulls};
use super::knowledge_bases::BASE;
use super::page::{newest_first, page};
use super::request::Request;
use super::{Answer, Door, json};

const JOB: &str = "ingestionJobId";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Start {
    #[serde(default)]
    description: String,
    client_token: Option<String>,
}

pub(super) async fn start(door: &Door, request: Request) -> Answer {
    let body: Start = request.body()?;
    let (base, source) = (request.label(BASE), request.label(SOURCE));
    let _creating = door.creating.lock().await;
    let job = door.app.service.start_ingestion(base, source, body.description, body.client_token).await?;
    one(&request, StatusCode::ACCEPTED, &job)
}

pub(super) async fn get(door: &Door, request: Request) -> Answer {
    let (base, source) = (request.label(BASE), request.label(SOURCE));
    let job = door.app.service.ingestion_job(base, source, request.label(JOB)).await?;
    one(&request, StatusCode::OK, &job)
}

pub(super) async fn stop(door: &Door, request: Request) -> Answer {
    let (base, source) = (request.label(BASE), request.label(SOURCE));
    let job = door.app.service.stop_ingestion(base, source, request.label(JOB)).await?;
    one(&request, StatusCode::ACCEPTED, &job)
}

/// What is listed; which page of it is in the request.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct List {
    #[serde(default)]
    filters: Vec<Filter>,
    sort_by: Option<Sort>,
}

/// By status: there is no other attribute, and no other operator than that of being equal.
#[derive(Deserialize)]
struct Filter {
    values: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sort {
    attribute: String,
    order: String,
}

pub(super) async fn list(door: &Door, request: Request) -> Answer {
    let body: List = request.body()?;
    let (base, source) = (request.label(BASE), request.label(SOURCE));
    let mut jobs = door.app.service.ingestion_jobs(base, source).await?.jobs;
    jobs.retain(|job| {
        body.filters.iter().all(|filter| filter.values.iter().any(|value| value == name(job.status)))
    });
    let sort = body.sort_by.map(|sort| (sort.attribute, sort.order));
    let sort = sort.as_ref().map(|(attribute, order)| (attribute.as_str(), order.as_str()));
    let list = sort.map_or("jobs".to_owned(), |(attribute, order)| format!("jobs {attribute} {order}"));
    let (jobs, next) = page(&list, &request, jobs, |job| {
        let status = match sort {
            Some(("STATUS", "ASCENDING")) => name(job.status).to_owned(),
            // The reverse of the names' own order.
            Some(("STATUS", _)) => {
                name(job.status).bytes().map(|byte| char::from(b'~' - (byte - b'A'))).collect()
            }
            Some((_, "ASCENDING")) => return format!("{:020}/{}", job.started_at, job.id),
            _ => String::new(),
        };
        format!("{status}/{}", newest_first(job.started_at, &job.id))
    })?;
    let summaries: Vec<Value> = jobs.iter().map(|job| without_nulls(whole(&request, job))).collect();
    json(StatusCode::OK, json!({"ingestionJobSummaries": summaries, "nextToken": next}))
}

fn one(request: &Request, status: StatusCode, job: &IngestionJob) -> Answer {
    let mut whole = whole(request, job);
    let reasons = &job.counts.reasons;
    whole["failureReasons"] = if reasons.is_empty() { Value::Null } else { json!(reasons) };
    json(status, json!({"ingestionJob": without_nulls(whole)}))
}

fn whole(request: &Request, job: &IngestionJob) -> Value {
    let counts = &job.counts;
    json!({
        "knowledgeBaseId": request.label(BASE), "dataSourceId": request.label(SOURCE), "ingestionJobId": job.id,
        "description": unless_empty(&job.description), "status": name(job.status),
        "statistics": {
            "numberOfDocumentsScanned": counts.found, "numberOfMetadataDocumentsScanned": counts.with_metadata,
            "numberOfNewDocumentsIndexed": counts.added, "numberOfModifiedDocumentsIndexed": counts.changed,
            "numberOfMetadataDocumentsModified": 0, "numberOfDocumentsDeleted": counts.deleted,
            "numberOfDocumentsFailed": counts.failed, "numberOfDocumentsSkipped": counts.unchanged,
        },
        "startedAt": moment(job.started_at), "updatedAt": moment(job.updated_at),
    })
}

fn name(status: JobStatus) -> &'static str {
    match status {
        JobStatus::Starting => "STARTING",
        JobStatus::InProgress => "IN_PROGRESS",
        JobStatus::Stopping => "STOPPING",
        JobStatus::Stopped => "STOPPED",
        JobStatus::Complete => "COMPLETE",
        JobStatus::Failed => "FAILED",
    }
}
