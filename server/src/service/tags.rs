//! Tags: words and values on what an ARN names.
//!
//! Always holds: what has tags is there. Region and account of an ARN are not looked at: there is one of each.

use super::Service;
use crate::arn;
use crate::error::{Error, Result, missing};
use crate::store::{self, Tags};

/// The most tags of one resource, as AWS has it.
const MOST: usize = 50;

impl Service {
    /// The tags of what an ARN names.
    pub async fn tags(&self, arn: &str) -> Result<Tags> {
        self.store.tags(&Self::tagged(arn)?).await.map_err(missing("resource", arn))
    }

    /// Adds tags to what an ARN names.
    pub async fn tag(&self, arn: &str, tags: Tags) -> Result<()> {
        check_tags(&tags)?;
        self.store.put_tags(Self::tagged(arn)?, tags, MOST).await.map_err(|error| match error {
            store::Error::Taken(_) => too_many(),
            other => missing("resource", arn)(other),
        })
    }

    /// Removes tags from what an ARN names.
    pub async fn untag(&self, arn: &str, keys: Vec<String>) -> Result<()> {
        self.store.delete_tags(Self::tagged(arn)?, keys).await.map_err(missing("resource", arn))
    }

    /// The part of an ARN of something that may have tags, as those are kept by it.
    fn tagged(arn: &str) -> Result<String> {
        // A version has one spelling, under which its tags are found and go with it.
        let resource = match arn::prompt(arn) {
            Some((id, None)) => Some(format!("prompt/{id}")),
            Some((id, Some(version))) => Some(format!("prompt/{id}:{version}")),
            None => arn::resource(arn).map(str::to_owned),
        };
        let kinds = ["flow/", "prompt/", "agent/", "agent-alias/", "knowledge-base/"];
        let known = |resource: &String| kinds.iter().any(|kind| resource.starts_with(kind));
        resource.filter(known).ok_or_else(|| {
            let message = "This is no ARN of a flow, an alias, a prompt, an agent or a knowledge base.";
            Error::invalid("resourceArn", message)
        })
    }
}

/// Whether these may be tags, before there is what they are to be on.
pub fn check_tags(tags: &Tags) -> Result<()> {
    if tags.len() > MOST {
        return Err(too_many());
    }
    match tags.keys().find(|key| key.to_ascii_lowercase().starts_with("aws:")) {
        Some(key) => Err(Error::invalid(
            "tags",
            format!("{key} begins with aws:, which is AWS's own. Choose another key."),
        )),
        None => Ok(()),
    }
}

fn too_many() -> Error {
    Error::Quota(format!("A resource has no more than {MOST} tags. Remove some first."))
}
