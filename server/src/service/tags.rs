//! Tags: words and values on what an ARN names.
//!
//! Always holds: what has tags is there. Region and account of an ARN are not looked at: there is one of each.

use std::collections::BTreeMap;

use super::Service;
use crate::arn::{self, TEST_ALIAS};
use crate::error::{Error, Result};
use crate::store;

/// The most tags of one resource, as AWS has it.
const MOST: usize = 50;

/// Tags by their keys.
pub type Tags = BTreeMap<String, String>;

impl Service {
    /// The tags of what an ARN names.
    pub async fn tags(&self, arn: &str) -> Result<Tags> {
        Ok(self.store.tags(&self.tagged(arn).await?).await?)
    }

    /// Adds tags to what an ARN names.
    pub async fn tag(&self, arn: &str, tags: Tags) -> Result<()> {
        check_tags(&tags)?;
        let resource = self.tagged(arn).await?;
        self.store.put_tags(resource, tags, MOST).await.map_err(|error| match error {
            store::Error::Taken(_) => too_many(),
            other => other.into(),
        })
    }

    /// Removes tags from what an ARN names.
    pub async fn untag(&self, arn: &str, keys: Vec<String>) -> Result<()> {
        let resource = self.tagged(arn).await?;
        Ok(self.store.delete_tags(resource, keys).await?)
    }

    /// The part of an ARN that says what it names, which is there.
    async fn tagged(&self, arn: &str) -> Result<String> {
        let wrong = || {
            let message = "This is no ARN of a flow, an alias, a prompt, an agent or a knowledge base.";
            Error::invalid("resourceArn", message)
        };
        let resource = arn::resource(arn).ok_or_else(wrong)?;
        let parts: Vec<&str> = resource.split('/').collect();
        let found = match parts[..] {
            ["flow", id] | ["flow", id, "alias", TEST_ALIAS] => {
                self.store.flow(id).await.map(|row| row.id == id)
            }
            ["flow", id, "alias", alias] => self.store.alias(id, alias).await.map(|row| row.id == alias),
            ["prompt", _] => {
                let (id, version) = arn::prompt(arn).ok_or_else(wrong)?;
                match version {
                    None => self.store.prompt(id).await.map(|row| row.id == id),
                    Some(version) => self.store.prompt_version(id, version).await.map(|_| true),
                }
            }
            ["agent", id] | ["agent-alias", id, TEST_ALIAS] => {
                self.store.agent(id).await.map(|row| row.id == id)
            }
            ["agent-alias", id, alias] => self.store.agent_alias(id, alias).await.map(|row| row.id == alias),
            ["knowledge-base", id] => self.store.knowledge_base_id(id).await.map(|found| found == id),
            _ => return Err(wrong()),
        };
        match found {
            // A version has one spelling, under which its tags are found and go with it.
            Ok(true) => Ok(match arn::prompt(arn) {
                Some((id, None)) => format!("prompt/{id}"),
                Some((id, Some(version))) => format!("prompt/{id}:{version}"),
                None => resource.to_owned(),
            }),
            Ok(false) | Err(store::Error::NotFound) => {
                Err(Error::NotFound { what: "resource", name: arn.to_owned() })
            }
            Err(error) => Err(error.into()),
        }
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
