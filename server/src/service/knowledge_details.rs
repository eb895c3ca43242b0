//! Knowledge bases as AWS's clients make them: with what they say of one and get back.

use serde_json::{Map, Value};

use super::knowledge::taken;
use super::{Service, check_tags};
use crate::error::{Error, Result, missing};
use crate::store::{self, NewBase, Tags};
use crate::{clock, id};

/// A base with what is said of it.
#[derive(Clone, Debug)]
pub struct DetailedBase {
    pub id: String,
    pub name: String,
    pub details: Map<String, Value>,
    pub created_at: u64,
    pub updated_at: u64,
}

impl Service {
    /// The base of this id, or the one that answers to it.
    pub(crate) async fn detailed_base(&self, id: &str) -> Result<DetailedBase> {
        let base = self.knowledge_base(id).await?;
        let (details, created_at) =
            self.store.knowledge_details(&base.id).await.map_err(missing("knowledge base", id))?;
        Ok(DetailedBase {
            id: base.id,
            name: base.name,
            details: serde_json::from_str(&details)?,
            created_at,
            updated_at: base.updated_at,
        })
    }

    /// Makes a base.
    pub(crate) async fn create_detailed_base(
        &self,
        name: String,
        details: Map<String, Value>,
        token: Option<String>,
        tags: Tags,
    ) -> Result<DetailedBase> {
        check_tags(&tags)?;
        let id = id::short()?;
        let text = Value::Object(details).to_string();
        let row = NewBase { id: id.clone(), name: name.clone(), details: text, tags };
        let made = self.store.insert_detailed_base(row, token, clock::now()).await;
        let id = made.map_err(|error| taken(error, &name, &id))?;
        self.detailed_base(&id).await
    }

    /// Replaces its name and what is said of it.
    pub(crate) async fn update_detailed_base(
        &self,
        id: &str,
        name: String,
        details: Map<String, Value>,
    ) -> Result<DetailedBase> {
        let base = self.base(id).await?;
        let text = Value::Object(details).to_string();
        let changed =
            self.store.update_knowledge_details(base.clone(), name.clone(), text, clock::now()).await;
        changed.map_err(|error| match error {
            store::Error::NotFound => Error::NotFound { what: "knowledge base", name: id.to_owned() },
            other => taken(other, &name, &base),
        })?;
        self.detailed_base(&base).await
    }
}
