//! Documents of data sources, as AWS has them: given, looked at and deleted one by one.

use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flow::wire::{ItemState, Place, SourceItem};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::agents::absent;
use super::data_sources::SOURCE;
use super::error::Error;
use super::flows::{moment, unless_empty, without_nulls};
use super::knowledge_bases::BASE;
use super::page::{after, most, token};
use super::request::Request;
use super::{Answer, Door, json};
use crate::reader::{KNOWN, Kind};
use crate::service::{Given, NewItem, attribute, source_body};
use crate::store::SourceRow;

const LIST: &str = "documents";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Ingest {
    documents: Vec<Value>,
    /// Not looked at: to give a document twice is to give it once.
    #[serde(rename = "clientToken")]
    _token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Named {
    document_identifiers: Vec<Value>,
    /// Not looked at: to delete a document twice is to delete it once.
    #[serde(rename = "clientToken")]
    _token: Option<String>,
}

pub(super) async fn ingest(door: &Door, request: Request) -> Answer {
    let body: Ingest = request.body()?;
    let source = source(door, &request).await?;
    let mut items = Vec::with_capacity(body.documents.len());
    for (at, document) in body.documents.iter().enumerate() {
        let path = format!("documents[{at}]");
        let mut item = item(&source, &document["content"], &format!("{path}.content"))?;
        item.metadata = metadata(door, &document["metadata"], &format!("{path}.metadata")).await?;
        items.push(item);
    }
    let added = door.app.service.add_items(&source.base, Some(&source.id), items).await?;
    let details: Vec<Value> = added.iter().map(|item| detail(&source, item)).collect();
    json(StatusCode::ACCEPTED, json!({"documentDetails": details}))
}

pub(super) async fn get(door: &Door, request: Request) -> Answer {
    let body: Named = request.body()?;
    let source = source(door, &request).await?;
    let mut details = Vec::with_capacity(body.document_identifiers.len());
    for (at, identifier) in body.document_identifiers.iter().enumerate() {
        let uri = named(&source, identifier, &format!("documentIdentifiers[{at}]"))?;
        details.push(match door.app.service.source_item(&source.id, &uri).await? {
            Some(item) => detail(&source, &item),
            None => gone(&source, &uri, "NOT_FOUND"),
        });
    }
    json(StatusCode::OK, json!({"documentDetails": details}))
}

pub(super) async fn delete(door: &Door, request: Request) -> Answer {
    let body: Named = request.body()?;
    let source = source(door, &request).await?;
    let uris = body.document_identifiers.iter().enumerate();
    let uris: Vec<String> = uris
        .map(|(at, identifier)| named(&source, identifier, &format!("documentIdentifiers[{at}]")))
        .collect::<Result<_, Error>>()?;
    let mut details = Vec::with_capacity(uris.len());
    for uri in uris {
        let deleted = door.app.service.delete_item(&source.id, &uri).await?;
        details.push(gone(&source, &uri, if deleted { "DELETING" } else { "NOT_FOUND" }));
    }
    json(StatusCode::ACCEPTED, json!({"documentDetails": details}))
}

pub(super) async fn list(door: &Door, request: Request) -> Answer {
    let source = source(door, &request).await?;
    let place = after(LIST, &request)?;
    let place = place.as_deref().map(|uri| (source.id.as_str(), uri));
    let found = door.app.service.source_items(&source.base, Some(&source.id), None, place).await?;
    let most = most(&request);
    let next = found.items.get(most.saturating_sub(1)).filter(|_| found.items.len() > most || found.more);
    let next = next.map(|last| token(LIST, &last.uri));
    let details: Vec<Value> = found.items.iter().take(most).map(|item| detail(&source, item)).collect();
    json(StatusCode::OK, json!({"documentDetails": details, "nextToken": next}))
}

async fn source(door: &Door, request: &Request) -> Result<SourceRow, Error> {
    Ok(door.app.service.source_row(request.label(BASE), request.label(SOURCE)).await?)
}

/// A document that is given.
fn item(source: &SourceRow, content: &Value, path: &str) -> Result<NewItem, Error> {
    check_type(source, content, path)?;
    if content["dataSourceType"] == "S3" {
        let uri = text(&content["s3"]["s3Location"]["uri"], &format!("{path}.s3.s3Location.uri"))?;
        let title = uri.rsplit('/').next().unwrap_or(&uri).to_owned();
        return Ok(NewItem { title, content: Given::Object(uri.clone()), uri, metadata: None });
    }
    let (custom, path) = (&content["custom"], format!("{path}.custom"));
    let uri =
        text(&custom["customDocumentIdentifier"]["id"], &format!("{path}.customDocumentIdentifier.id"))?;
    let content = if custom["sourceType"] == "S3_LOCATION" {
        Given::Object(text(&custom["s3Location"]["uri"], &format!("{path}.s3Location.uri"))?)
    } else {
        inline(&custom["inlineContent"], &format!("{path}.inlineContent"))?
    };
    Ok(NewItem { title: uri.clone(), uri, content, metadata: None })
}

fn inline(content: &Value, path: &str) -> Result<Given, Error> {
    if content["type"] == "TEXT" {
        let said = text(&content["textContent"]["data"], &format!("{path}.textContent.data"))?;
        return Ok(Given::Bytes { kind: Kind::Text, bytes: said.into_bytes() });
    }
    let path = format!("{path}.byteContent");
    let media = text(&content["byteContent"]["mimeType"], &format!("{path}.mimeType"))?;
    let kind = Kind::of_type(&media).ok_or_else(|| Error::field(format!("{path}.mimeType"), KNOWN))?;
    let data = text(&content["byteContent"]["data"], &format!("{path}.data"))?;
    let bytes =
        STANDARD.decode(data).map_err(|_| Error::field(format!("{path}.data"), "This is no base64."))?;
    Ok(Given::Bytes { kind, bytes })
}

async fn metadata(door: &Door, said: &Value, path: &str) -> Result<Option<Map<String, Value>>, Error> {
    absent("accessControlList", said.get("accessControlList"))?;
    if said["type"] == "S3_LOCATION" {
        let path = format!("{path}.s3Location.uri");
        let uri = text(&said["s3Location"]["uri"], &path)?;
        let found = door.app.service.metadata_at(&uri).await;
        return found.map(Some).map_err(|why| Error::field(path, why));
    }
    let mut metadata = Map::new();
    for (at, said) in said["inlineAttributes"].as_array().into_iter().flatten().enumerate() {
        let path = format!("{path}.inlineAttributes[{at}]");
        let value = attribute(&said["value"]);
        let value =
            value.ok_or_else(|| Error::field(format!("{path}.value"), "There is no value of its type."))?;
        metadata.insert(text(&said["key"], &format!("{path}.key"))?, value);
    }
    Ok(Some(metadata))
}

/// What a source calls the document that is named.
fn named(source: &SourceRow, identifier: &Value, path: &str) -> Result<String, Error> {
    check_type(source, identifier, path)?;
    match identifier["dataSourceType"].as_str() {
        Some("S3") => text(&identifier["s3"]["uri"], &format!("{path}.s3.uri")),
        _ => text(&identifier["custom"]["id"], &format!("{path}.custom.id")),
    }
}

/// A document is of its source's type. Pages of the web have no type of their own, and are named by their addresses.
fn check_type(source: &SourceRow, of: &Value, path: &str) -> Result<(), Error> {
    let wanted = match source_body(source).place {
        Place::Bucket { .. } => "S3",
        Place::Custom | Place::Web { .. } => "CUSTOM",
    };
    match of["dataSourceType"].as_str() {
        Some(kind) if kind == wanted => Ok(()),
        _ => Err(Error::field(format!("{path}.dataSourceType"), format!("The data source is {wanted}."))),
    }
}

fn text(value: &Value, path: &str) -> Result<String, Error> {
    value
        .as_str()
        .map(str::to_owned)
        .ok_or_else(|| Error::field(path, "A document of this type needs this member."))
}

fn detail(source: &SourceRow, item: &SourceItem) -> Value {
    let status = match item.state {
        ItemState::Pending => "PENDING",
        ItemState::Indexed => "INDEXED",
        ItemState::Failed => "FAILED",
    };
    let mut detail = gone(source, &item.uri, status);
    detail["statusReason"] = json!(unless_empty(&item.reason));
    detail["updatedAt"] = json!(moment(item.updated_at));
    without_nulls(detail)
}

fn gone(source: &SourceRow, uri: &str, status: &str) -> Value {
    let identifier = match source_body(source).place {
        Place::Bucket { .. } => json!({"dataSourceType": "S3", "s3": {"uri": uri}}),
        Place::Custom | Place::Web { .. } => json!({"dataSourceType": "CUSTOM", "custom": {"id": uri}}),
    };
    json!({
        "knowledgeBaseId": source.base, "dataSourceId": source.id, "status": status, "identifier": identifier,
    })
}
