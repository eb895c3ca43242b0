//! What a data source has, and the taking of one thing of it.

use std::collections::HashMap;

use flow::wire::Place;
use reqwest::{Method, StatusCode, header};
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};
use url::Url;

use super::super::Service;
use super::super::sources::sidecar;
use crate::egress::{Call, Reach};
use crate::reader::{KNOWN, Kind, Text};

/// The ending of the files with other files' metadata, and the most that one has, as Bedrock has it.
const SIDECAR: &str = ".metadata.json";
const LARGEST_SIDECAR: usize = 10 * 1024;

/// A thing that a source has.
pub(super) struct Found {
    pub uri: String,
    title: String,
    /// Another one where its content may be another; none where that is not known before it is read.
    pub mark: Option<String>,
    at: At,
}

enum At {
    Object { bucket: String, key: String, sidecar: Option<String> },
    Page(Url),
}

/// A thing that was read.
pub(super) struct Taken {
    pub title: String,
    pub text: String,
    pub metadata: Option<Map<String, Value>>,
    pub mark: String,
}

impl Found {
    /// Whether there is a file with its metadata.
    pub(super) fn has_metadata(&self) -> bool {
        matches!(&self.at, At::Object { sidecar: Some(_), .. })
    }
}

impl Service {
    /// Everything that there is.
    pub(super) async fn find(&self, place: &Place) -> Result<Vec<Found>, String> {
        match place {
            Place::Custom => Ok(Vec::new()),
            Place::Bucket { bucket, prefix } => self.objects_of(bucket, prefix).await,
            Place::Web { urls } => urls.iter().map(|url| page(url)).collect(),
        }
    }

    async fn objects_of(&self, bucket: &str, prefix: &str) -> Result<Vec<Found>, String> {
        let listed = self.objects.list(bucket, prefix).await.map_err(|failure| failure.message)?;
        let (beside, files): (Vec<_>, Vec<_>) =
            listed.into_iter().partition(|listed| listed.key.ends_with(SIDECAR));
        let beside: HashMap<String, String> =
            beside.into_iter().map(|listed| (listed.key, listed.mark)).collect();
        let folder = prefix.rsplit_once('/').map_or(0, |(folder, _)| folder.len() + 1);
        Ok(files
            .into_iter()
            .map(|file| {
                let sidecar = format!("{}{SIDECAR}", file.key);
                let known = beside.get(&sidecar);
                let mark = format!("{}|{}", file.mark, known.map_or("", String::as_str));
                Found {
                    uri: format!("s3://{bucket}/{}", file.key),
                    title: file.key.get(folder..).unwrap_or(&file.key).to_owned(),
                    mark: Some(mark),
                    at: At::Object {
                        bucket: bucket.to_owned(),
                        key: file.key,
                        sidecar: known.map(|_| sidecar),
                    },
                }
            })
            .collect())
    }

    /// Reads a thing.
    pub(super) async fn take(&self, found: &Found) -> Result<Taken, String> {
        match &found.at {
            At::Object { bucket, key, sidecar } => {
                let kind = kind(key)?;
                let metadata = match sidecar {
                    None => None,
                    Some(sidecar) => Some(self.metadata(bucket, sidecar).await?),
                };
                let bytes = self.objects.bytes(bucket, key).await.map_err(|failure| failure.message)?;
                let Text { text, .. } = self.read(kind, bytes).await?;
                let mark = found.mark.clone().unwrap_or_default();
                Ok(Taken { title: found.title.clone(), text, metadata, mark })
            }
            At::Page(url) => self.take_page(url).await,
        }
    }

    pub(super) async fn metadata(&self, bucket: &str, key: &str) -> Result<Map<String, Value>, String> {
        let bytes = self.objects.bytes(bucket, key).await.map_err(|failure| failure.message)?;
        if bytes.len() > LARGEST_SIDECAR {
            return Err(format!("{key} has more than 10 KiB."));
        }
        sidecar(&bytes).map_err(|why| format!("{key} cannot be taken as metadata: {why}."))
    }

    async fn take_page(&self, url: &Url) -> Result<Taken, String> {
        let call = Call {
            method: Method::GET,
            url: url.clone(),
            headers: Vec::new(),
            body: None,
            // The owner has named the address.
            reach: Reach::Trusted,
            patience: None,
        };
        let response = self.ingestion.egress.call(call).await.map_err(|error| format!("{error}."))?;
        let status = response.status;
        let header =
            |name| response.headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        if status.is_redirection() {
            let to = header(header::LOCATION).unwrap_or_default();
            return Err(format!("It leads to {to:?}. Name that address instead."));
        }
        if status != StatusCode::OK {
            return Err(format!("It answers {status}."));
        }
        let named = Kind::of_name(url.path());
        let kind = header(header::CONTENT_TYPE).and_then(|media| Kind::of_type(&media)).or(named);
        let kind = kind.ok_or_else(|| format!("It is of a kind that is not read. {KNOWN}"))?;
        let bytes = response.bytes().await.map_err(|error| format!("{error}."))?;
        let mark = hex::encode(Sha256::digest(&bytes));
        let text = self.read(kind, bytes).await?;
        Ok(Taken {
            title: text.title.unwrap_or_else(|| url.to_string()),
            text: text.text,
            metadata: None,
            mark,
        })
    }
}

fn page(url: &str) -> Result<Found, String> {
    let page = Url::parse(url).map_err(|error| format!("{url} is no address: {error}."))?;
    Ok(Found { uri: url.to_owned(), title: url.to_owned(), mark: None, at: At::Page(page) })
}

/// The kind of a file that is read.
pub(super) fn kind(key: &str) -> Result<Kind, String> {
    Kind::of_name(key).ok_or_else(|| format!("It is of a kind that is not read. {KNOWN}"))
}

/// The bucket and key of `s3://BUCKET/KEY`.
pub(super) fn address(uri: &str) -> Result<(&str, &str), String> {
    let parts = uri.strip_prefix("s3://").and_then(|rest| rest.split_once('/'));
    parts.filter(|(_, key)| !key.is_empty()).ok_or_else(|| format!("{uri} is no address of an object."))
}
