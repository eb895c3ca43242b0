//! What a bucket has, for whoever takes documents from it.

use flow::event::Failure;
use futures_util::TryStreamExt as _;
use object_store::ObjectMeta;
use object_store::path::Path as Location;

use super::{Objects, PATIENCE, Place, refused};

/// The most objects that are listed.
const MOST: usize = 100_000;

/// An object of a bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    pub key: String,
    /// Another one where its content may be another.
    pub mark: String,
}

impl Objects {
    /// The objects of a bucket whose keys begin so, by key.
    ///
    /// # Errors
    /// The bucket is refused, is not there, or does not answer.
    pub async fn list(&self, bucket: &str, prefix: &str) -> Result<Vec<Listed>, Failure> {
        // Any key will do: it leads to the bucket's store.
        let object = self.object(bucket, "x")?;
        let root = match &object.place {
            Place::Folder(folder) => format!("{folder}/"),
            Place::Remote { .. } | Place::Broken(_) => String::new(),
        };
        if let Place::Folder(folder) = &object.place
            && !self.folder.join(folder).is_dir()
        {
            let place = self.folder.join(folder);
            return Err(refused(format!(
                "The bucket {bucket} is not there. Make the folder {}.",
                place.display()
            )));
        }
        // A store lists by whole names of folders, and a prefix may end within one.
        let within = prefix.rsplit_once('/').map_or("", |(folder, _)| folder);
        let within = Location::parse(format!("{root}{within}"))
            .map_err(|_| refused(format!("The prefix {prefix:?} has a form that no store takes.")))?;
        let listing = object.store.list(Some(&within).filter(|within| !within.as_ref().is_empty()));
        let mut found: Vec<Listed> = Vec::new();
        let reading = listing.try_for_each(|meta| {
            if found.len() <= MOST
                && let Some(listed) = listed(&meta, &root, prefix)
            {
                found.push(listed);
            }
            std::future::ready(Ok(()))
        });
        match tokio::time::timeout(PATIENCE * 5, reading).await {
            Ok(Ok(())) if found.len() > MOST => Err(refused(format!(
                "The bucket {bucket} has more than {MOST} objects there. Name a longer prefix."
            ))),
            Ok(Ok(())) => {
                found.sort_by(|a, b| a.key.cmp(&b.key));
                Ok(found)
            }
            Ok(Err(error)) => Err(object.explain("listed", &error)),
            Err(_) => Err(object.late()),
        }
    }

    /// An object's bytes, at most 10 MiB.
    ///
    /// # Errors
    /// The key or the bucket is refused, there is no such object, or it is too large.
    pub async fn bytes(&self, bucket: &str, key: &str) -> Result<Vec<u8>, Failure> {
        let object = self.object(bucket, key)?;
        self.stays_inside(&object).await?;
        let reading = tokio::time::timeout(PATIENCE, object.bytes()).await;
        reading.unwrap_or_else(|_| Err(object.late()))
    }
}

/// An object as it is listed; none where it does not begin so, or is the mark of a folder.
fn listed(meta: &ObjectMeta, root: &str, prefix: &str) -> Option<Listed> {
    let key = meta.location.as_ref().strip_prefix(root)?;
    let fits = key.starts_with(prefix) && !(meta.size == 0 && key.ends_with('/'));
    let mark = match &meta.e_tag {
        Some(tag) => tag.clone(),
        None => format!("{}-{}", meta.last_modified.timestamp_nanos_opt().unwrap_or_default(), meta.size),
    };
    fits.then(|| Listed { key: key.to_owned(), mark })
}
