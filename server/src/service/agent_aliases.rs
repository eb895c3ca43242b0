//! Aliases of agents.

use super::agent_versions::Content;
use super::{Service, check_tags};
use crate::error::{Error, Result, missing};
use crate::store::{self, AgentAliasRow, Tags};
use crate::{clock, id};

/// What an alias of an agent shall be.
#[derive(Clone, Debug)]
pub struct PutAgentAlias {
    pub name: String,
    pub description: String,
    /// Where it leads; none where that is not said.
    pub version: Option<u64>,
    /// Whether it takes no calls for now.
    pub is_closed: bool,
}

impl Service {
    /// An agent's aliases, by name.
    pub async fn agent_aliases(&self, agent: &str) -> Result<Vec<AgentAliasRow>> {
        Ok(self.store.agent_aliases(Some(agent)).await?)
    }

    /// The alias of this id.
    pub async fn agent_alias(&self, agent: &str, alias: &str) -> Result<AgentAliasRow> {
        self.store.agent_alias(agent, alias).await.map_err(missing("alias", alias))
    }

    /// Makes an alias; without a version, of a new one. With a token that made one before, answers that one.
    pub async fn create_agent_alias(
        &self,
        agent: &str,
        put: PutAgentAlias,
        token: Option<String>,
        tags: Tags,
    ) -> Result<AgentAliasRow> {
        check_tags(&tags)?;
        let _changing = self.agent_changes.lock().await;
        let draft = self.agent_draft(agent).await?;
        if let Some(token) = &token {
            match self.store.agent_alias_by_token(agent, token).await {
                Ok(made) => return Ok(made),
                Err(store::Error::NotFound) => {}
                Err(error) => return Err(error.into()),
            }
        }
        let content = match put.version {
            Some(_) => None,
            None if draft.is_prepared() => draft.prepared,
            None => {
                let message = "The agent is not prepared. Call PrepareAgent first.".to_owned();
                return Err(Error::Conflict { code: "not_prepared", message });
            }
        };
        let now = clock::now();
        let alias = AgentAliasRow {
            id: id::short()?,
            agent_id: draft.id,
            name: put.name,
            description: put.description,
            version: put.version.unwrap_or_default(),
            is_closed: put.is_closed,
            client_token: token,
            created_at: now,
            updated_at: now,
        };
        self.write_agent_alias(alias, content, tags).await
    }

    /// Replaces what an alias says; without a version, it leads where it did.
    pub async fn update_agent_alias(
        &self,
        agent: &str,
        alias: &str,
        put: PutAgentAlias,
    ) -> Result<AgentAliasRow> {
        let _changing = self.agent_changes.lock().await;
        let known = self.agent_alias(agent, alias).await?;
        let alias = AgentAliasRow {
            name: put.name,
            description: put.description,
            version: put.version.unwrap_or(known.version),
            is_closed: put.is_closed,
            updated_at: clock::now(),
            ..known
        };
        self.write_agent_alias(alias, None, Tags::new()).await
    }

    async fn write_agent_alias(
        &self,
        alias: AgentAliasRow,
        content: Option<Content>,
        tags: Tags,
    ) -> Result<AgentAliasRow> {
        let content = content.map(|content| serde_json::to_string(&content)).transpose()?;
        let (name, version) = (alias.name.clone(), alias.version.to_string());
        let (agent, id) = (alias.agent_id.clone(), alias.id.clone());
        let service = self.clone();
        self.whole_change(async move {
            service.store.put_agent_alias(alias, content, tags).await.map_err(|error| match error {
                store::Error::Taken(_) => Error::Conflict {
                    code: "name_taken",
                    message: format!("Another alias of this agent is named {name}. Choose another name."),
                },
                other => missing("version", &version)(other),
            })?;
            service.load_agents().await
        })
        .await?;
        self.agent_alias(&agent, &id).await
    }

    /// Deletes an alias.
    pub async fn delete_agent_alias(&self, agent: &str, alias: &str) -> Result<()> {
        let _changing = self.agent_changes.lock().await;
        let known = self.agent_alias(agent, alias).await?;
        let service = self.clone();
        self.whole_change(async move {
            service.store.delete_agent_alias(known.id.clone()).await.map_err(missing("alias", &known.id))?;
            service.load_agents().await
        })
        .await
    }
}
