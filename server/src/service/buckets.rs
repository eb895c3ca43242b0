//! Where buckets lead: a folder here, S3, or Google's store.
//!
//! Always holds: a secret is sent to the address it was given for alone, and is never shown.

use std::collections::BTreeMap;

use flow::node::storage::is_bucket_name;
use flow::wire::{Bucket, BucketList, BucketStore, BucketTest, PutBucket};
use serde_json::Value;
use tracing::warn;
use url::Url;

use super::Service;
use super::connections::hint;
use crate::clock;
use crate::error::{Error, Result, missing};
use crate::node::objects::{Binding, Gcs, S3};
use crate::store::BucketRow;

/// The longest name that a definition may have for a bucket, a variable of a template too.
const LONGEST_NAME: usize = 256;
const LONGEST_SECRET: usize = 16 * 1024;

impl Service {
    /// Lets runs know the stored bindings. To be called at the start and after changes.
    pub async fn load_buckets(&self) -> Result<()> {
        // One at a time: whoever reads last has read the newest.
        let _loading = self.found.loading.lock().await;
        let mut bindings = BTreeMap::new();
        for row in self.store.buckets().await? {
            match serde_json::from_str(&row.store) {
                Ok(store) => {
                    let secret = self.bucket_secret(&row);
                    bindings.insert(row.name, binding(store, secret));
                }
                Err(error) => warn!(bucket.name = row.name, "its binding is left out: {error}"),
            }
        }
        self.objects.set(bindings);
        Ok(())
    }

    /// The bindings, by name, and where every other bucket is.
    pub async fn buckets(&self) -> Result<BucketList> {
        let rows = self.store.buckets().await?;
        let buckets = rows.into_iter().map(on_the_wire).collect::<Result<_>>()?;
        Ok(BucketList { buckets, folder: self.objects.folder().display().to_string() })
    }

    /// Leads a bucket somewhere.
    pub async fn put_bucket(&self, name: &str, put: PutBucket) -> Result<Bucket> {
        check_name(name)?;
        let store = checked(put.store)?;
        let known = self.store.buckets().await?.into_iter().find(|row| row.name == name);
        let known = known.filter(|row| {
            serde_json::from_str::<BucketStore>(&row.store).is_ok_and(|known| keeps_secret(&known, &store))
        });
        let secret = put.secret.map(|secret| secret.trim().to_owned()).filter(|secret| !secret.is_empty());
        let secret = secret.or_else(|| self.bucket_secret(&known?));
        let secret = match &store {
            BucketStore::Folder { .. } => None,
            _ => Some(checked_secret(&store, secret)?),
        };
        self.objects
            .check(binding(store.clone(), secret.clone()))
            .map_err(|why| Error::invalid("store", why))?;
        let sealed_secret = secret.as_deref().map(|secret| self.sealed(&place(name), secret)).transpose()?;
        let secret_hint = secret.map_or_else(String::new, |secret| shown(&store, &secret));
        let row = BucketRow {
            name: name.to_owned(),
            store: serde_json::to_string(&store)?,
            sealed_secret,
            secret_hint,
        };
        let (service, stored) = (self.clone(), row.clone());
        self.whole_change(async move {
            service.store.put_bucket(stored, clock::now()).await?;
            service.load_buckets().await
        })
        .await?;
        on_the_wire(row)
    }

    /// Deletes a binding: the bucket is a folder again. Its objects stay where they are.
    pub async fn delete_bucket(&self, name: &str) -> Result<()> {
        let (service, name) = (self.clone(), name.to_owned());
        self.whole_change(async move {
            service.store.delete_bucket(name.clone()).await.map_err(missing("bucket", &name))?;
            service.load_buckets().await
        })
        .await
    }

    /// Tries a bucket: writes, reads and deletes a small object.
    pub async fn test_bucket(&self, name: &str) -> Result<BucketTest> {
        Ok(match self.objects.test(name).await {
            Ok(message) => BucketTest { ok: true, message },
            Err(failure) => BucketTest { ok: false, message: failure.message },
        })
    }

    /// The secret of a binding, opened.
    fn bucket_secret(&self, row: &BucketRow) -> Option<String> {
        self.opened(&place(&row.name), row.sealed_secret.as_deref())
    }
}

fn on_the_wire(row: BucketRow) -> Result<Bucket> {
    Ok(Bucket {
        store: serde_json::from_str(&row.store)?,
        has_secret: row.sealed_secret.is_some(),
        name: row.name,
        secret_hint: row.secret_hint,
    })
}

/// The binding of a checked store.
fn binding(store: BucketStore, secret: Option<String>) -> Binding {
    let url = |endpoint: Option<String>| endpoint.and_then(|endpoint| Url::parse(&endpoint).ok());
    match store {
        BucketStore::Folder { folder } => Binding::Folder(folder),
        BucketStore::S3 { bucket, endpoint, region, access_key_id, path_style } => {
            Binding::S3(S3 { bucket, endpoint: url(endpoint), region, access_key_id, secret, path_style })
        }
        BucketStore::Gcs { bucket, endpoint } => {
            Binding::Gcs(Gcs { bucket, endpoint: url(endpoint), key: secret })
        }
    }
}

fn place(name: &str) -> String {
    format!("buckets/{name}")
}

/// Whether a secret that was given for one store may be used for another.
fn keeps_secret(known: &BucketStore, now: &BucketStore) -> bool {
    match (known, now) {
        (
            BucketStore::S3 { endpoint, access_key_id, .. },
            BucketStore::S3 { endpoint: to, access_key_id: key, .. },
        ) => endpoint == to && access_key_id == key,
        (BucketStore::Gcs { endpoint, .. }, BucketStore::Gcs { endpoint: to, .. }) => endpoint == to,
        _ => false,
    }
}

/// Anything may stand for a bucket in a definition, a variable of a template too.
fn check_name(name: &str) -> Result<()> {
    if name.is_empty()
        || name.len() > LONGEST_NAME
        || name.contains(|c: char| c.is_whitespace() || c.is_control())
    {
        let message = "Give the bucket's name as the node has it, without spaces, at most 256 characters.";
        return Err(Error::invalid("name", message));
    }
    Ok(())
}

/// The store with its parts trimmed, or what is wrong with them.
fn checked(store: BucketStore) -> Result<BucketStore> {
    let trimmed = |text: String| text.trim().to_owned();
    Ok(match store {
        BucketStore::Folder { folder } => BucketStore::Folder { folder: bucket_name("folder", folder)? },
        BucketStore::Gcs { bucket, endpoint } => {
            BucketStore::Gcs { bucket: bucket_name("bucket", bucket)?, endpoint: address(endpoint)? }
        }
        BucketStore::S3 { bucket, endpoint, region, access_key_id, path_style } => {
            let (region, access_key_id) = (trimmed(region), trimmed(access_key_id));
            let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
            if region.is_empty() || region.len() > 40 || !region.chars().all(plain) {
                let message =
                    "Give the store's region, such as us-east-1. A store that has none takes that one.";
                return Err(Error::invalid("region", message));
            }
            let fits = access_key_id.chars().all(|c| c.is_ascii_graphic() && !matches!(c, '/' | ',' | '='));
            if access_key_id.is_empty() || access_key_id.len() > 128 || !fits {
                return Err(Error::invalid("accessKeyId", "Give the access key's id, without spaces."));
            }
            let bucket = bucket_name("bucket", bucket)?;
            BucketStore::S3 { bucket, endpoint: address(endpoint)?, region, access_key_id, path_style }
        }
    })
}

fn bucket_name(field: &'static str, name: String) -> Result<String> {
    let name = name.trim();
    if is_bucket_name(name) {
        return Ok(name.to_owned());
    }
    let message =
        "It has letters, digits, -, _ and . in its name, begins with a letter or digit, and has at most 63.";
    Err(Error::invalid(field, message))
}

/// The store's own address where there is none.
fn address(endpoint: Option<String>) -> Result<Option<String>> {
    let given = endpoint.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    let Some(text) = given else { return Ok(None) };
    let wrong = |message: &str| Error::invalid("endpoint", message);
    let url = Url::parse(&text).map_err(|_| {
        wrong("Give the whole address, such as http://127.0.0.1:9000, or none for the usual one.")
    })?;
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
        return Err(wrong("The address begins with http:// or https://."));
    }
    if !url.username().is_empty()
        || url.password().is_some()
        || url.query().is_some()
        || url.fragment().is_some()
    {
        return Err(wrong("An address has no user name, password, ? or #. Keys have fields of their own."));
    }
    Ok(Some(url.into()))
}

fn checked_secret(store: &BucketStore, secret: Option<String>) -> Result<String> {
    let wrong = |message: &str| Error::invalid("secret", message);
    let Some(secret) = secret else {
        return Err(wrong(match store {
            BucketStore::Gcs { .. } => "Give the JSON file of a service account for this address.",
            _ => "Give the secret access key for this address and access key.",
        }));
    };
    if secret.len() > LONGEST_SECRET {
        return Err(wrong("That is longer than any key."));
    }
    if matches!(store, BucketStore::Gcs { .. }) && account(&secret).is_none() {
        return Err(wrong("Paste the whole JSON file of the service account, with its client_email."));
    }
    Ok(secret)
}

/// What is shown of a secret.
fn shown(store: &BucketStore, secret: &str) -> String {
    match store {
        BucketStore::Gcs { .. } => account(secret).unwrap_or_default(),
        _ => hint(secret),
    }
}

/// The account that a JSON file of Google's is of.
fn account(secret: &str) -> Option<String> {
    let file: Value = serde_json::from_str(secret).ok()?;
    file["client_email"].as_str().map(str::to_owned)
}
