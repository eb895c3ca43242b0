//! Data sources of knowledge bases, and what they have.

use flow::node::storage::is_bucket_name;
use flow::wire::{
    Chunking, CreateDataSource, DataSource, DataSourceList, ItemState, Place, SourceItem, SourceItemList,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};
use url::Url;

use super::Service;
use super::knowledge::one_line;
use crate::error::{Error, Result, missing};
use crate::reader::{KNOWN, Kind, LARGEST_FILE};
use crate::store::{self, ItemRow, NewPending, SourceRow};
use crate::{clock, id};

const LONGEST_NAME: usize = 100;
const LONGEST_URI: usize = 2048;
/// The most sources of a base, and addresses of a source.
const MOST_SOURCES: usize = 50;
const MOST_URLS: usize = 100;
/// How many items a page of them has.
const PAGE: usize = 200;

/// What is stored of a source.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Body {
    pub place: Place,
    pub chunking: Chunking,
    /// Whether its documents stay when it is deleted.
    pub retain: bool,
    /// What AWS's clients say of it and get back.
    pub aws: Map<String, Value>,
}

/// A data source to make or change.
#[derive(Clone, Debug)]
pub struct PutSource {
    pub name: String,
    pub body: Body,
}

/// A document to be read.
#[derive(Clone, Debug)]
pub struct NewItem {
    pub uri: String,
    pub title: String,
    pub content: Given,
    pub metadata: Option<Map<String, Value>>,
}

/// What a document that is given has.
#[derive(Clone, Debug)]
pub enum Given {
    Bytes {
        kind: Kind,
        bytes: Vec<u8>,
    },
    /// An object, by its address.
    Object(String),
}

/// How a document was told that waits to be read.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Note {
    pub title: String,
    /// The kind's word.
    #[serde(default)]
    pub kind: Option<String>,
    /// The object that has its content.
    #[serde(default)]
    pub from: Option<String>,
    #[serde(default)]
    pub metadata: Option<Map<String, Value>>,
}

impl Service {
    /// The sources of a base, by name, with what their newest jobs do.
    pub async fn data_sources(&self, base: &str) -> Result<DataSourceList> {
        let rows = self.source_rows(base).await?;
        let mut data_sources = Vec::with_capacity(rows.len());
        for row in rows {
            data_sources.push(self.on_the_wire(row).await?);
        }
        Ok(DataSourceList { data_sources })
    }

    pub(crate) async fn source_rows(&self, base: &str) -> Result<Vec<SourceRow>> {
        Ok(self.store.sources(&self.base(base).await?).await?)
    }

    /// A source of a base.
    pub async fn data_source(&self, base: &str, id: &str) -> Result<DataSource> {
        let row = self.source_row(base, id).await?;
        self.on_the_wire(row).await
    }

    pub(crate) async fn source_row(&self, base: &str, id: &str) -> Result<SourceRow> {
        let base = self.base(base).await?;
        self.store.source(&base, id).await.map_err(missing("data source", id))
    }

    /// Makes a source.
    pub async fn create_data_source(&self, base: &str, create: CreateDataSource) -> Result<DataSource> {
        let body = Body { place: create.place, chunking: create.chunking, ..Body::default() };
        let row = self.put_new_source(base, PutSource { name: create.name, body }, None).await?;
        self.on_the_wire(row).await
    }

    pub(crate) async fn put_new_source(
        &self,
        base: &str,
        put: PutSource,
        token: Option<String>,
    ) -> Result<SourceRow> {
        let base = self.base(base).await?;
        let put = checked(put)?;
        if self.store.sources(&base).await?.len() >= MOST_SOURCES {
            return Err(Error::Quota(format!(
                "A knowledge base has no more than {MOST_SOURCES} data sources."
            )));
        }
        let at = clock::now();
        let row = SourceRow {
            id: id::short()?,
            base: base.clone(),
            name: put.name.clone(),
            body: serde_json::to_string(&put.body)?,
            is_default: false,
            created_at: at,
            updated_at: at,
            indexed: 0,
            pending: 0,
            failed: 0,
        };
        let made = self.store.insert_source(row, token).await.map_err(|error| taken(error, &put.name))?;
        self.source_row(&base, &made).await
    }

    /// Renames a source, or changes where its documents are. How they are cut stays.
    pub(crate) async fn update_source(&self, base: &str, id: &str, put: PutSource) -> Result<SourceRow> {
        let known = self.source_row(base, id).await?;
        let mut put = checked(put)?;
        let before = body(&known);
        if put.body.chunking != before.chunking {
            let message =
                "How documents are cut stays as it is. Make another data source, and delete this one.";
            return Err(Error::invalid("chunkingConfiguration", message));
        }
        if std::mem::discriminant(&put.body.place) != std::mem::discriminant(&before.place) {
            return Err(Error::invalid(
                "dataSourceConfiguration",
                "A data source keeps its type. Make another one.",
            ));
        }
        put.body.chunking = before.chunking;
        let text = serde_json::to_string(&put.body)?;
        let changed = self.store.update_source(known.id.clone(), put.name.clone(), text, clock::now()).await;
        changed.map_err(|error| match error {
            store::Error::NotFound => Error::NotFound { what: "data source", name: id.to_owned() },
            other => taken(other, &put.name),
        })?;
        self.source_row(base, id).await
    }

    /// Deletes a source with its documents, unless they are to be retained.
    pub async fn delete_data_source(&self, base: &str, id: &str) -> Result<()> {
        let row = self.source_row(base, id).await?;
        self.ingestion.stop(&row.id);
        let (service, retain) = (self.clone(), body(&row).retain);
        let clearing = async move {
            while service.store.clear_source(row.id.clone(), retain, clock::now()).await? {}
            Ok::<_, Error>(())
        };
        self.tasks.finish("delete a data source", clearing).await.unwrap_or(Ok(()))
    }

    /// What the sources of a base have: of one source, of one state, after an item.
    pub async fn source_items(
        &self,
        base: &str,
        source: Option<&str>,
        state: Option<ItemState>,
        after: Option<(&str, &str)>,
    ) -> Result<SourceItemList> {
        let base = self.base(base).await?;
        let state = state.map(state_name);
        let mut rows = self.store.items(&base, source, state, after, PAGE + 1).await?;
        let more = rows.len() > PAGE;
        rows.truncate(PAGE);
        Ok(SourceItemList { items: rows.into_iter().map(item).collect(), more })
    }

    /// One thing of a source; none where it has no such thing.
    pub(crate) async fn source_item(&self, source: &str, uri: &str) -> Result<Option<SourceItem>> {
        match self.store.item(source, uri).await {
            Ok(row) => Ok(Some(item(row))),
            Err(store::Error::NotFound) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Takes a thing out of a source; whether it was there.
    pub(crate) async fn delete_item(&self, source: &str, uri: &str) -> Result<bool> {
        Ok(self.store.remove_item(source.to_owned(), uri.to_owned(), clock::now()).await?)
    }

    /// Takes a file into a source whose documents are given, or into the base's own. It is on disk when this is
    /// answered, and read soon after.
    pub async fn add_file(
        &self,
        base: &str,
        source: Option<&str>,
        name: &str,
        bytes: Vec<u8>,
    ) -> Result<SourceItem> {
        let title = one_line(name, LONGEST_NAME * 2)
            .ok_or_else(|| Error::invalid("name", "Give the file a name of 1 to 200 characters."))?;
        let kind = Kind::of_name(&title).ok_or_else(|| Error::invalid("name", KNOWN))?;
        let given =
            NewItem { uri: title.clone(), title, content: Given::Bytes { kind, bytes }, metadata: None };
        let added = self.add_items(base, source, vec![given]).await?;
        added
            .into_iter()
            .next()
            .ok_or_else(|| Error::Internal("a file was taken and is not there".to_owned()))
    }

    /// Takes documents to be read, all or none.
    pub(crate) async fn add_items(
        &self,
        base: &str,
        source: Option<&str>,
        items: Vec<NewItem>,
    ) -> Result<Vec<SourceItem>> {
        let base = self.base(base).await?;
        if let Some(source) = source {
            self.source_row(&base, source).await?;
        }
        let uris: Vec<String> = items.iter().map(|item| item.uri.clone()).collect();
        let things: Vec<NewPending> =
            items.into_iter().map(|item| pending(&base, source, item)).collect::<Result<_>>()?;
        let sources = self.store.put_pending(things).await.map_err(missing("data source", &base))?;
        self.ingestion.wake();
        let mut added = Vec::with_capacity(uris.len());
        for (source, uri) in sources.iter().zip(&uris) {
            added.extend(self.source_item(source, uri).await?);
        }
        Ok(added)
    }

    async fn on_the_wire(&self, row: SourceRow) -> Result<DataSource> {
        let job = self.store.newest_job(&row.id).await?.map(super::ingestion::job);
        let stored = body(&row);
        Ok(DataSource {
            id: row.id,
            name: row.name,
            place: stored.place,
            chunking: stored.chunking,
            is_default: row.is_default,
            documents: row.indexed,
            waiting: row.pending,
            failed: row.failed,
            job,
            updated_at: row.updated_at,
        })
    }
}

fn pending(base: &str, source: Option<&str>, item: NewItem) -> Result<NewPending> {
    if item.uri.is_empty() || item.uri.chars().count() > LONGEST_URI {
        return Err(Error::invalid("id", "The id of a document has 1 to 2048 characters."));
    }
    let (kind, from, content) = match item.content {
        Given::Bytes { bytes, .. } if bytes.len() > LARGEST_FILE => {
            return Err(Error::invalid("content", "A file has at most 10 MiB. Split it."));
        }
        Given::Bytes { kind, bytes } => (Some(kind.word().to_owned()), None, Some(bytes)),
        Given::Object(uri) => (None, Some(uri), None),
    };
    let note = Note { title: item.title, kind, from, metadata: item.metadata };
    let note = serde_json::to_string(&note)?;
    let at = clock::now();
    let mut mark = Sha256::new();
    mark.update(content.as_deref().unwrap_or_default());
    mark.update(&note);
    mark.update(at.to_be_bytes());
    Ok(NewPending {
        source: source.map(str::to_owned),
        base: base.to_owned(),
        fresh: id::short()?,
        uri: item.uri,
        mark: hex::encode(mark.finalize()),
        content,
        note,
        at,
    })
}

/// What is stored of a source.
pub(crate) fn body(row: &SourceRow) -> Body {
    serde_json::from_str(&row.body).unwrap_or_default()
}

fn item(row: ItemRow) -> SourceItem {
    let state = match row.state.as_str() {
        "indexed" => ItemState::Indexed,
        "failed" => ItemState::Failed,
        _ => ItemState::Pending,
    };
    SourceItem {
        source_id: row.source_id,
        uri: row.uri,
        state,
        reason: row.reason,
        document_id: row.document_id,
        updated_at: row.updated_at,
    }
}

fn state_name(state: ItemState) -> &'static str {
    match state {
        ItemState::Pending => "pending",
        ItemState::Indexed => "indexed",
        ItemState::Failed => "failed",
    }
}

fn checked(mut put: PutSource) -> Result<PutSource> {
    put.name = one_line(&put.name, LONGEST_NAME)
        .ok_or_else(|| Error::invalid("name", "Give the data source a name of 1 to 100 characters."))?;
    check_place(&put.body.place)?;
    check_chunking(&put.body.chunking)?;
    Ok(put)
}

fn check_place(place: &Place) -> Result<()> {
    match place {
        Place::Custom => Ok(()),
        Place::Bucket { bucket, prefix } => {
            if !is_bucket_name(bucket) {
                return Err(Error::invalid("bucket", "A bucket's name has letters, digits, - and ."));
            }
            match prefix.len() > 300 || prefix.starts_with('/') || prefix.split('/').any(|part| part == "..")
            {
                true => Err(Error::invalid(
                    "prefix",
                    "A prefix has 300 bytes or less, no / before it and no `..`.",
                )),
                false => Ok(()),
            }
        }
        Place::Web { urls } => {
            if urls.is_empty() || urls.len() > MOST_URLS {
                return Err(Error::invalid("urls", "Give 1 to 100 addresses of pages."));
            }
            let is_page = |url: &String| {
                Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
            };
            match urls.iter().find(|url| !is_page(url)) {
                None => Ok(()),
                Some(url) => {
                    Err(Error::invalid("urls", format!("{url:?} is no address of a page: https://…")))
                }
            }
        }
    }
}

fn check_chunking(chunking: &Chunking) -> Result<()> {
    let sizes: &[u32] = match chunking {
        Chunking::Headings | Chunking::None => &[],
        Chunking::Fixed { max_tokens, .. } | Chunking::Sentences { max_tokens, .. } => &[*max_tokens],
        Chunking::Hierarchical { parent_tokens, child_tokens, .. } => &[*parent_tokens, *child_tokens],
    };
    if sizes.iter().any(|size| !(1..=8192).contains(size)) {
        return Err(Error::invalid("chunking", "A passage has 1 to 8192 tokens."));
    }
    match chunking {
        Chunking::Fixed { overlap_percentage: 1..=99, .. } => Ok(()),
        Chunking::Fixed { .. } => Err(Error::invalid("chunking", "The overlap is from 1 to 99 per cent.")),
        Chunking::Hierarchical { parent_tokens, child_tokens, .. } if child_tokens >= parent_tokens => {
            Err(Error::invalid("chunking", "The second level's passages are smaller than the first's."))
        }
        _ => Ok(()),
    }
}

fn taken(error: store::Error, name: &str) -> Error {
    match error {
        store::Error::Taken(_) => Error::Conflict {
            code: "name_taken",
            message: format!(
                "The knowledge base has a data source {name} already. Give this one another name."
            ),
        },
        store::Error::NotFound => Error::NotFound { what: "knowledge base", name: String::new() },
        other => other.into(),
    }
}

/// Metadata as Bedrock's files beside documents have it.
pub(crate) fn sidecar(bytes: &[u8]) -> std::result::Result<Map<String, Value>, String> {
    let value: Value = serde_json::from_slice(bytes).map_err(|error| format!("it is no JSON: {error}"))?;
    let attributes = value["metadataAttributes"].as_object().ok_or("it has no object metadataAttributes")?;
    let mut metadata = Map::new();
    for (key, value) in attributes {
        metadata.insert(
            key.clone(),
            attribute(value)
                .ok_or_else(|| format!("{key} is no text, number, true or false, or list of texts"))?,
        );
    }
    Ok(metadata)
}

/// A value as it stands, or as Bedrock spells it with its type.
pub(crate) fn attribute(value: &Value) -> Option<Value> {
    match value {
        Value::String(_) | Value::Number(_) | Value::Bool(_) => Some(value.clone()),
        Value::Array(items) if items.iter().all(Value::is_string) => Some(value.clone()),
        Value::Object(typed) => {
            let typed = typed.get("value").and_then(Value::as_object).unwrap_or(typed);
            let member = match typed.get("type")?.as_str()? {
                "STRING" => "stringValue",
                "NUMBER" => "numberValue",
                "BOOLEAN" => "booleanValue",
                "STRING_LIST" => "stringListValue",
                _ => return None,
            };
            typed.get(member).filter(|value| !value.is_object()).and_then(attribute)
        }
        _ => None,
    }
}

/// The text of a digest: documents that say the same in the same way are one.
pub(super) fn digest(text: &str, metadata: Option<&str>, chunking: &Chunking) -> String {
    let mut digest = Sha256::new();
    digest.update(text.as_bytes());
    if metadata.is_some() || *chunking != Chunking::Headings {
        digest.update(json!([metadata, chunking]).to_string());
    }
    hex::encode(digest.finalize())
}
