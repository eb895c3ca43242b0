//! Storage and Retrieval: objects in buckets, which are folders of the data folder, or lead to S3 or Google's store.
//!
//! Always holds: no key leads out of its bucket, by its words or by links in the folder; what was written is on disk,
//! or in the store, before the node is done; a secret goes to the address it was given for alone, and no failure
//! repeats one. Absent on purpose: a guard against who swaps folders of the data folder for links meanwhile, since
//! that is its owner.

mod failure;
mod list;
mod remote;

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use flow::event::{Failure, FailureCode};
use flow::node::retrieval::Read;
use flow::node::storage::{Write, is_bucket_name, refusal};
use flow::value::Type;
use futures_util::StreamExt as _;
use object_store::local::LocalFileSystem;
use object_store::path::Path as Location;
use object_store::{ObjectStore, ObjectStoreExt as _, PutPayload};
use parking_lot::RwLock;
use serde_json::Value;

use crate::egress::Egress;
use crate::folder;
use failure::{garbled, refused};
pub use list::Listed;
pub use remote::{Gcs, S3};

/// The largest object that is written or read whole.
const LARGEST: usize = 10 * 1024 * 1024;
/// How long a store may take, tries and all.
const PATIENCE: Duration = Duration::from_secs(60);

/// Reads and writes objects. The service puts the bindings in; runs use them.
#[derive(Clone)]
pub struct Objects {
    egress: Egress,
    folder: PathBuf,
    local: Arc<dyn ObjectStore>,
    bound: Arc<RwLock<BTreeMap<String, Place>>>,
}

/// Where a bucket leads.
pub enum Binding {
    /// A folder of this name.
    Folder(String),
    S3(S3),
    Gcs(Gcs),
}

/// A bucket as it is used.
#[derive(Clone)]
enum Place {
    Folder(String),
    Remote {
        store: Arc<dyn ObjectStore>,
        /// The bucket's name there.
        bucket: String,
    },
    /// Why it cannot be used.
    Broken(String),
}

/// An object within its bucket.
struct Object {
    bucket: String,
    key: String,
    place: Place,
    store: Arc<dyn ObjectStore>,
    location: Location,
}

impl Objects {
    /// Without a binding yet: every bucket is a folder in `folder`, which is made where there is none.
    ///
    /// # Errors
    /// The folder cannot be made.
    pub fn open(egress: Egress, folder: &Path) -> io::Result<Self> {
        folder::make(folder)?;
        // What is written in it is durable only if the folder itself is.
        folder.parent().map_or(Ok(()), folder::sync)?;
        let folder = folder.canonicalize()?;
        let local = LocalFileSystem::new_with_prefix(&folder).map_err(io::Error::other)?.with_fsync(true);
        Ok(Self { egress, folder, local: Arc::new(local), bound: Arc::default() })
    }

    /// Replaces the bindings, by the buckets' names.
    pub fn set(&self, bindings: BTreeMap<String, Binding>) {
        let places = bindings.into_iter().map(|(name, binding)| (name, self.place(binding)));
        *self.bound.write() = places.collect();
    }

    /// Where buckets that lead nowhere else are folders.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Whether a binding can be used at all: its key is one, its address has a form.
    ///
    /// # Errors
    /// Why it cannot.
    pub fn check(&self, binding: Binding) -> Result<(), String> {
        match self.place(binding) {
            Place::Broken(why) => Err(why),
            Place::Folder(_) | Place::Remote { .. } => Ok(()),
        }
    }

    /// Writes an object; `s3://BUCKET/KEY`.
    ///
    /// # Errors
    /// The key or the bucket is refused, or the store does not take it.
    pub async fn write(&self, write: &Write) -> Result<Value, Failure> {
        let object = self.object(&write.bucket, &write.key)?;
        let bytes = match &write.content {
            Value::String(text) => text.clone().into_bytes(),
            other => other.to_string().into_bytes(),
        };
        if bytes.len() > LARGEST {
            return Err(refused(
                "The object is larger than 10 MiB, which is the most that is written at once.",
            ));
        }
        self.stays_inside(&object).await?;
        let writing = object.store.put(&object.location, PutPayload::from(bytes));
        match tokio::time::timeout(PATIENCE, writing).await {
            Ok(Ok(_)) => Ok(Value::String(object.uri())),
            Ok(Err(error)) => Err(object.explain("written", &error)),
            Err(_) => Err(object.late()),
        }
    }

    /// Reads an object: a text as it is, or JSON.
    ///
    /// # Errors
    /// The key or the bucket is refused, there is no such object, or it is not what is wanted.
    pub async fn read(&self, read: &Read) -> Result<Value, Failure> {
        let object = self.object(&read.bucket, &read.key)?;
        self.stays_inside(&object).await?;
        let reading = tokio::time::timeout(PATIENCE, object.bytes()).await;
        let bytes = reading.unwrap_or_else(|_| Err(object.late()))?;
        let uri = object.uri();
        let text = String::from_utf8(bytes)
            .map_err(|_| garbled(format!("{uri} is no text in UTF-8, and nothing else can be read.")))?;
        if read.kind == Type::String {
            return Ok(Value::String(text));
        }
        serde_json::from_str(text.trim_start_matches('\u{feff}')).map_err(|error| {
            let wanted = read.kind.noun();
            garbled(format!(
                "{uri} is no JSON ({error}), and the output s3Content is {wanted}. Make it a String to take the text."
            ))
        })
    }

    /// Writes, reads and deletes a small object; what worked.
    ///
    /// # Errors
    /// What did not.
    pub async fn test(&self, bucket: &str) -> Result<String, Failure> {
        const KEY: &str = "anabranch-test.txt";
        let content = Value::String("Written to try the bucket. It can be deleted.".to_owned());
        let write = Write { bucket: bucket.to_owned(), key: KEY.to_owned(), content };
        self.write(&write).await?;
        let read = Read { bucket: bucket.to_owned(), key: KEY.to_owned(), kind: Type::String };
        if self.read(&read).await? != write.content {
            return Err(garbled("It gives back something else than was written.".to_owned()));
        }
        let object = self.object(bucket, KEY)?;
        Ok(match tokio::time::timeout(PATIENCE, object.store.delete(&object.location)).await {
            Ok(Ok(())) => "An object was written, read and deleted.".to_owned(),
            _ => format!("An object was written and read. {KEY} could not be deleted, which no node needs."),
        })
    }

    fn place(&self, binding: Binding) -> Place {
        let made = match binding {
            Binding::Folder(folder) => return Place::Folder(folder),
            Binding::S3(s3) => s3.store(&self.egress).map(|store| (store, s3.bucket)),
            Binding::Gcs(gcs) => gcs.store(&self.egress).map(|store| (store, gcs.bucket)),
        };
        match made {
            Ok((store, bucket)) => Place::Remote { store, bucket },
            Err(why) => Place::Broken(why),
        }
    }

    fn object(&self, bucket: &str, key: &str) -> Result<Object, Failure> {
        if let Some(why) = refusal(key) {
            return Err(refused(format!("{why} It is {}.", quoted(key))));
        }
        let bound = self.bound.read().get(bucket).cloned();
        let place = bound.unwrap_or_else(|| Place::Folder(bucket.to_owned()));
        let (store, path) = match &place {
            Place::Broken(why) => return Err(refused(format!("The bucket {bucket} cannot be used. {why}"))),
            Place::Remote { store, .. } => (Arc::clone(store), key.to_owned()),
            Place::Folder(folder) if !is_bucket_name(folder) => {
                return Err(refused(format!(
                    "{} cannot be a folder here. Lead it to a store on the Connections page, or give the bucket a \
                     name of letters, digits, - and .",
                    quoted(bucket)
                )));
            }
            Place::Folder(folder) => (Arc::clone(&self.local), format!("{folder}/{key}")),
        };
        let location = Location::parse(path)
            .map_err(|_| refused(format!("The key {} has a form that no store takes.", quoted(key))))?;
        Ok(Object { bucket: bucket.to_owned(), key: key.to_owned(), place, store, location })
    }

    /// Follows what is there of an object's path: links may not lead out of the bucket.
    async fn stays_inside(&self, object: &Object) -> Result<(), Failure> {
        let Place::Folder(bucket) = &object.place else { return Ok(()) };
        let bucket = self.folder.join(bucket);
        let mut path = bucket.join(&object.key);
        loop {
            match tokio::fs::canonicalize(&path).await {
                Ok(real) if real == path || real.starts_with(&bucket) => return Ok(()),
                // Not there yet, unless it is a link to where nothing is.
                Err(error)
                    if error.kind() == io::ErrorKind::NotFound
                        && tokio::fs::symlink_metadata(&path).await.is_err() =>
                {
                    if !path.pop() {
                        return Ok(());
                    }
                }
                // The store says what is wrong with it.
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Ok(()),
                Ok(_) | Err(_) => {
                    return Err(refused(format!(
                        "{} is behind a link that leads out of the bucket's folder, and is not followed.",
                        object.uri()
                    )));
                }
            }
        }
    }
}

impl Object {
    fn uri(&self) -> String {
        format!("s3://{}/{}", self.bucket, self.key)
    }

    async fn bytes(&self) -> Result<Vec<u8>, Failure> {
        let explain = |error| self.explain("read", &error);
        let found = self.store.get(&self.location).await.map_err(explain)?;
        if found.meta.size > LARGEST as u64 {
            return Err(self.too_large());
        }
        let mut bytes = Vec::new();
        let mut pieces = found.into_stream();
        while let Some(piece) = pieces.next().await {
            bytes.extend_from_slice(&piece.map_err(explain)?);
            if bytes.len() > LARGEST {
                return Err(self.too_large());
            }
        }
        Ok(bytes)
    }

    /// Where it is, for people.
    fn whereabouts(&self) -> String {
        match &self.place {
            Place::Remote { bucket, .. } => format!("its store, in the bucket {bucket}"),
            Place::Folder(folder) => format!("the folder {folder}"),
            Place::Broken(_) => "no store".to_owned(),
        }
    }

    fn late(&self) -> Failure {
        let seconds = PATIENCE.as_secs();
        let message = format!("The store of the bucket {} did not answer within {seconds} s.", self.bucket);
        Failure { code: FailureCode::TimedOut, message }
    }
}

/// A name in a sentence, cut short, with what cannot be seen made visible.
fn quoted(text: &str) -> String {
    let shown: String = text.chars().take(100).collect();
    format!("{shown:?}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn objects(data: &Path) -> Objects {
        Objects::open(Egress::new().unwrap(), &data.join("buckets")).unwrap()
    }

    async fn put(objects: &Objects, bucket: &str, key: &str, content: Value) -> Result<Value, String> {
        let write = Write { bucket: bucket.to_owned(), key: key.to_owned(), content };
        objects.write(&write).await.map_err(|failure| failure.message)
    }

    async fn get(objects: &Objects, bucket: &str, key: &str, kind: Type) -> Result<Value, Failure> {
        objects.read(&Read { bucket: bucket.to_owned(), key: key.to_owned(), kind }).await
    }

    #[tokio::test]
    async fn texts_stay_as_they_are_and_values_are_json() {
        let data = tempfile::tempdir().unwrap();
        let objects = objects(data.path());
        let text = Value::from(" äöü\n");
        assert_eq!(put(&objects, "b", "a/ü %2e.txt", text.clone()).await.unwrap(), "s3://b/a/ü %2e.txt");
        assert_eq!(std::fs::read_to_string(data.path().join("buckets/b/a/ü %2e.txt")).unwrap(), " äöü\n");
        assert_eq!(get(&objects, "b", "a/ü %2e.txt", Type::String).await.unwrap(), text);
        let value = serde_json::json!({"b": 1, "a": [true, null]});
        put(&objects, "b", "v", value.clone()).await.unwrap();
        assert_eq!(get(&objects, "b", "v", Type::Object).await.unwrap(), value);
        assert_eq!(get(&objects, "b", "v", Type::String).await.unwrap(), value.to_string());
        put(&objects, "b", "v", Value::from(7)).await.unwrap();
        assert_eq!(get(&objects, "b", "v", Type::Number).await.unwrap(), 7);
    }

    #[tokio::test]
    async fn what_cannot_be_read_says_why() {
        let data = tempfile::tempdir().unwrap();
        let objects = objects(data.path());
        let folder = data.path().join("buckets/b");
        std::fs::create_dir_all(folder.join("folder")).unwrap();
        std::fs::write(folder.join("image"), [0xff, 0xfe, 0]).unwrap();
        std::fs::write(folder.join("large"), vec![b'x'; LARGEST + 1]).unwrap();
        std::fs::write(folder.join("whole"), vec![b'x'; LARGEST]).unwrap();
        std::fs::write(folder.join("words"), "words").unwrap();
        for (key, kind, told) in [
            ("none", Type::String, "There is no object s3://b/none"),
            ("image", Type::String, "no text in UTF-8"),
            ("large", Type::String, "larger than 10 MiB"),
            ("words", Type::Object, "is no JSON"),
            ("folder", Type::String, "s3://b/folder"),
            ("words/more", Type::String, "s3://b/words/more"),
        ] {
            let failure = get(&objects, "b", key, kind).await.unwrap_err();
            assert!(failure.message.contains(told), "{key}: {}", failure.message);
        }
        assert!(get(&objects, "b", "whole", Type::String).await.is_ok());
        let long = Value::from("x".repeat(LARGEST + 1));
        assert!(put(&objects, "b", "k", long).await.unwrap_err().contains("larger than 10 MiB"));
        assert!(put(&objects, "b", "words/more", Value::from("x")).await.is_err());
        assert!(put(&objects, "b", &"n".repeat(300), Value::from("x")).await.is_err());
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn nothing_leads_out_of_a_bucket() {
        use std::os::unix::fs::symlink;

        let data = tempfile::tempdir().unwrap();
        let objects = objects(data.path());
        let folder = data.path().join("buckets/b");
        std::fs::create_dir_all(folder.join("inside")).unwrap();
        std::fs::write(data.path().join("secret"), "canary").unwrap();
        std::fs::write(folder.join("inside/open"), "open").unwrap();
        symlink(data.path(), folder.join("out")).unwrap();
        symlink(data.path().join("secret"), folder.join("file")).unwrap();
        symlink(data.path().join("not-yet"), folder.join("dangling")).unwrap();
        symlink(folder.join("inside"), folder.join("in")).unwrap();
        symlink(data.path(), data.path().join("buckets/linked")).unwrap();
        let hostile = [
            ("b", "../secret"),
            ("b", "a/../../secret"),
            ("b", "/etc/passwd"),
            ("b", ""),
            ("b", "a\0b"),
            ("b", "out/secret"),
            ("b", "out/new"),
            ("b", "out/new/deeper"),
            ("b", "file"),
            ("b", "dangling"),
            ("linked", "secret"),
            ("linked", "new"),
            ("..", "secret"),
            (".", "secret"),
            ("", "secret"),
            ("b/../..", "secret"),
            ("b\0", "secret"),
            ("${Bucket}", "secret"),
        ];
        for (bucket, key) in hostile {
            let read = get(&objects, bucket, key, Type::String).await;
            assert!(read.is_err(), "{bucket:?} {key:?}: {read:?}");
            assert!(put(&objects, bucket, key, Value::from("x")).await.is_err(), "{bucket:?} {key:?}");
        }
        let encoded = ["%2e%2e/secret", "..%2fsecret", "%2e%2e%2fsecret"];
        for key in encoded {
            assert!(get(&objects, "b", key, Type::String).await.is_err(), "{key}");
            put(&objects, "b", key, Value::from("x")).await.unwrap();
            assert_eq!(std::fs::read_to_string(folder.join(key)).unwrap(), "x", "{key} is a plain name");
        }
        assert_eq!(get(&objects, "b", "in/open", Type::String).await.unwrap(), "open");
        assert_eq!(std::fs::read_to_string(data.path().join("secret")).unwrap(), "canary");
        let mut names: Vec<String> = std::fs::read_dir(data.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        assert_eq!(names, ["buckets", "secret"]);
    }
}
