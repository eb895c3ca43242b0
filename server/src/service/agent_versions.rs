//! Agents as AWS has them: drafts that are prepared, versions that do not change, and aliases that lead to versions.
//!
//! Always holds: the test alias answers as the agent was last prepared, every other alias as its version; a version is
//! made of what is prepared.

use std::collections::BTreeMap;
use std::sync::Arc;

use flow::wire::PutAgent;
use serde::{Deserialize, Serialize};

use super::Service;
use super::agent_collaborators::{Collaboration, Known};
use super::agent_groups::{Base, Group};
use crate::error::{Error, Result, missing};
use crate::node::agent::{Callable, Serving};
use crate::store::{self, AgentRow, AgentVersionRow, Tags};
use crate::{arn, clock, id};

/// AWS's time that a session lasts without a word, in seconds.
const USUAL_IDLE: u64 = 600;

/// What an agent is: what people see of it, and what only AWS's API does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Content {
    pub agent: PutAgent,
    pub details: Details,
}

/// What only AWS's API shows of an agent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Details {
    pub role: String,
    pub key: Option<String>,
    /// How long a session lasts without a word, in seconds.
    pub idle_seconds: u64,
    pub groups: Vec<Group>,
    pub disabled_bases: Vec<Base>,
    pub collaboration: Collaboration,
    /// What only AWS's API shows of the agents that it leads, by the names of these tools.
    pub collaborators: BTreeMap<String, Known>,
}

impl Default for Details {
    fn default() -> Self {
        Self {
            role: String::new(),
            key: None,
            idle_seconds: USUAL_IDLE,
            groups: Vec::new(),
            disabled_bases: Vec::new(),
            collaboration: Collaboration::default(),
            collaborators: BTreeMap::new(),
        }
    }
}

impl Content {
    /// The agent as this alias of it answers.
    pub(super) fn serving(self, id: &str, alias: &str, version: Option<u64>, at: u64) -> Serving {
        Serving {
            groups: self.group_names(),
            routes: self.details.collaboration == Collaboration::SupervisorRouter,
            agent: super::agents::agent(id, alias, self.agent, at),
            alias: alias.to_owned(),
            version,
            idle_seconds: self.details.idle_seconds,
        }
    }
}

/// An agent as it is worked on.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    pub id: String,
    pub content: Content,
    /// As it was last prepared.
    pub prepared: Option<Content>,
    pub prepared_at: u64,
    pub next_version: u64,
    pub client_token: Option<String>,
    pub created_at: u64,
    pub updated_at: u64,
}

impl Draft {
    pub(super) fn new(id: String, content: Content) -> Self {
        let now = clock::now();
        Self {
            id,
            content,
            prepared: None,
            prepared_at: 0,
            next_version: 1,
            client_token: None,
            created_at: now,
            updated_at: now,
        }
    }

    pub(super) fn read(row: AgentRow) -> Result<Self> {
        let prepared = row.prepared.as_deref().map(serde_json::from_str).transpose()?;
        Ok(Self {
            id: row.id,
            content: Content {
                agent: serde_json::from_str(&row.body)?,
                details: serde_json::from_str(&row.details)?,
            },
            prepared,
            prepared_at: row.prepared_at,
            next_version: row.next_version,
            client_token: row.client_token,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }

    /// It as it is to be stored, changed now.
    pub(super) fn row(&self) -> Result<AgentRow> {
        Ok(AgentRow {
            id: self.id.clone(),
            name: self.content.agent.name.clone(),
            body: serde_json::to_string(&self.content.agent)?,
            details: serde_json::to_string(&self.content.details)?,
            prepared: self.prepared.as_ref().map(serde_json::to_string).transpose()?,
            prepared_at: self.prepared_at,
            next_version: self.next_version,
            client_token: self.client_token.clone(),
            created_at: self.created_at,
            updated_at: clock::now(),
        })
    }

    /// Lets its test alias answer as it is now.
    pub(super) fn prepare(&mut self) {
        self.prepared = Some(self.content.clone());
        self.prepared_at = clock::now();
    }

    /// Whether its test alias answers as it is now.
    pub fn is_prepared(&self) -> bool {
        self.prepared.as_ref() == Some(&self.content)
    }
}

/// One version of an agent.
#[derive(Clone, Debug, PartialEq)]
pub struct Version {
    pub version: u64,
    pub content: Content,
    pub created_at: u64,
}

impl Version {
    fn read(row: AgentVersionRow) -> Result<Self> {
        let content = serde_json::from_str(&row.content)?;
        Ok(Self { version: row.version, content, created_at: row.created_at })
    }
}

impl Service {
    /// What answers for each alias but the test aliases, by ARN.
    pub(super) async fn callable_aliases(&self) -> Result<BTreeMap<String, Callable>> {
        // Aliases first: what they lead to is not deleted while they do.
        let aliases = self.store.agent_aliases(None).await?;
        let versions = self.store.agent_versions(None).await?.into_iter();
        let versions: BTreeMap<(String, u64), AgentVersionRow> =
            versions.map(|row| ((row.agent_id.clone(), row.version), row)).collect();
        let mut callable = BTreeMap::new();
        for alias in aliases {
            let Some(row) = versions.get(&(alias.agent_id.clone(), alias.version)) else { continue };
            let content: Content = serde_json::from_str(&row.content)?;
            let called = match alias.is_closed {
                true => Err(format!(
                    "The alias {} of the agent {} takes no calls now. UpdateAgentAlias opens it.",
                    alias.name, content.agent.name
                )),
                false => Ok(Arc::new(content.serving(
                    &alias.agent_id,
                    &alias.id,
                    Some(row.version),
                    row.created_at,
                ))),
            };
            callable.insert(arn::of_agent_alias(&alias.agent_id, &alias.id), called);
        }
        Ok(callable)
    }

    /// Every agent.
    pub async fn agent_drafts(&self) -> Result<Vec<Draft>> {
        self.store.agents().await?.into_iter().map(Draft::read).collect()
    }

    /// The agent of this id.
    pub async fn agent_draft(&self, id: &str) -> Result<Draft> {
        let row = self.store.agent(id).await.map_err(missing("agent", id))?;
        if row.id == id { Draft::read(row) } else { Err(missing("agent", id)(store::Error::NotFound)) }
    }

    /// Makes an agent that is not prepared. With a token that made one before, answers that one.
    pub async fn create_agent_draft(
        &self,
        content: Content,
        token: Option<String>,
        tags: Tags,
    ) -> Result<Draft> {
        if let Some(token) = &token {
            match self.store.agent_by_token(token).await {
                Ok(made) => return Draft::read(made),
                Err(store::Error::NotFound) => {}
                Err(error) => return Err(error.into()),
            }
        }
        let draft = Draft { client_token: token, ..Draft::new(id::short()?, content) };
        Draft::read(self.write_agent(draft, tags).await?)
    }

    /// Changes an agent, whose test alias answers as before until it is prepared.
    pub async fn change_agent_draft(
        &self,
        id: &str,
        change: impl FnOnce(&mut Content) -> Result<()>,
    ) -> Result<Draft> {
        let _changing = self.agent_changes.lock().await;
        let mut draft = self.agent_draft(id).await?;
        change(&mut draft.content)?;
        Draft::read(self.write_agent(draft, Tags::new()).await?)
    }

    /// Lets an agent's test alias answer as the agent is now.
    pub async fn prepare_agent(&self, id: &str) -> Result<Draft> {
        let _changing = self.agent_changes.lock().await;
        let mut draft = self.agent_draft(id).await?;
        if draft.content.agent.instructions.trim().is_empty() {
            return Err(Error::invalid(
                "instruction",
                "Give the agent an instruction first, with UpdateAgent.",
            ));
        }
        draft.content.check_collaboration()?;
        draft.prepare();
        Draft::read(self.write_agent(draft, Tags::new()).await?)
    }

    /// Deletes an agent with its versions; with its aliases where `with_aliases` says so.
    pub async fn delete_agent_draft(&self, id: &str, with_aliases: bool) -> Result<()> {
        let _changing = self.agent_changes.lock().await;
        let draft = self.agent_draft(id).await?;
        if !with_aliases && let Some(alias) = self.store.agent_aliases(Some(id)).await?.first() {
            return Err(Error::Conflict {
                code: "in_use",
                message: format!("The alias {} leads to this agent. Delete it first.", alias.name),
            });
        }
        self.drop_agent(draft.id).await
    }

    /// An agent's versions.
    pub async fn agent_versions(&self, id: &str) -> Result<Vec<Version>> {
        self.store.agent_versions(Some(id)).await?.into_iter().map(Version::read).collect()
    }

    /// One version of an agent.
    pub async fn agent_version(&self, id: &str, version: u64) -> Result<Version> {
        let row = self.store.agent_version(id, version).await;
        Version::read(row.map_err(missing("version", &version.to_string()))?)
    }

    /// Deletes a version; with the aliases that lead to it where `with_aliases` says so.
    pub async fn delete_agent_version(&self, id: &str, version: u64, with_aliases: bool) -> Result<()> {
        let (service, id) = (self.clone(), id.to_owned());
        self.whole_change(async move {
            service.store.delete_agent_version(id, version, with_aliases).await.map_err(
                |error| match error {
                    store::Error::Taken(_) => Error::Conflict {
                        code: "in_use",
                        message: format!(
                            "An alias leads to version {version}. Delete it or lead it elsewhere first."
                        ),
                    },
                    other => missing("version", &version.to_string())(other),
                },
            )?;
            service.load_agents().await
        })
        .await
    }
}
