//! Agents' versions, which do not change, and the aliases that lead to them.

use sqlx::{FromRow, SqliteConnection};

use super::{Error, Result, Store, Tags, tags, taken, there, to_sql};

/// A version as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct AgentVersionRow {
    pub agent_id: String,
    #[sqlx(try_from = "i64")]
    pub version: u64,
    /// JSON: what the agent was when it was made.
    pub content: String,
    #[sqlx(try_from = "i64")]
    pub created_at: u64,
}

/// An alias as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct AgentAliasRow {
    pub id: String,
    pub agent_id: String,
    pub name: String,
    pub description: String,
    #[sqlx(try_from = "i64")]
    pub version: u64,
    pub is_closed: bool,
    pub client_token: Option<String>,
    #[sqlx(try_from = "i64")]
    pub created_at: u64,
    #[sqlx(try_from = "i64")]
    pub updated_at: u64,
}

impl Store {
    /// An agent's versions, or every agent's.
    pub async fn agent_versions(&self, agent: Option<&str>) -> Result<Vec<AgentVersionRow>> {
        let rows = sqlx::query_as(
            "SELECT * FROM agent_versions WHERE ?1 IS NULL OR agent_id = ?1 ORDER BY agent_id, version",
        );
        Ok(rows.bind(agent).fetch_all(&self.readers).await?)
    }

    /// One version of an agent.
    pub async fn agent_version(&self, agent: &str, version: u64) -> Result<AgentVersionRow> {
        let row = sqlx::query_as("SELECT * FROM agent_versions WHERE agent_id = ? AND version = ?");
        Ok(row.bind(agent).bind(to_sql(version)).fetch_one(&self.readers).await?)
    }

    /// Deletes a version; with the aliases that lead to it, where that is wished.
    pub async fn delete_agent_version(&self, agent: String, version: u64, with_aliases: bool) -> Result<()> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    if with_aliases {
                        sqlx::query("DELETE FROM agent_aliases WHERE agent_id = ? AND version = ?")
                            .bind(&agent)
                            .bind(to_sql(version))
                            .execute(&mut *connection)
                            .await?;
                    }
                    let deleted =
                        sqlx::query("DELETE FROM agent_versions WHERE agent_id = ? AND version = ?")
                            .bind(&agent)
                            .bind(to_sql(version))
                            .execute(connection)
                            .await
                            .map_err(|error| match taken(error, "version") {
                                // An alias leads to it.
                                Error::NotFound => Error::Taken("version"),
                                other => other,
                            })?;
                    there(&deleted)
                })
            })
            .await
    }

    /// An agent's aliases, or every agent's, by name.
    pub async fn agent_aliases(&self, agent: Option<&str>) -> Result<Vec<AgentAliasRow>> {
        let rows =
            sqlx::query_as("SELECT * FROM agent_aliases WHERE ?1 IS NULL OR agent_id = ?1 ORDER BY name, id");
        Ok(rows.bind(agent).fetch_all(&self.readers).await?)
    }

    /// The alias of this id.
    pub async fn agent_alias(&self, agent: &str, id: &str) -> Result<AgentAliasRow> {
        let row = sqlx::query_as("SELECT * FROM agent_aliases WHERE agent_id = ? AND id = ?");
        Ok(row.bind(agent).bind(id).fetch_one(&self.readers).await?)
    }

    /// The alias of an agent that was made with this idempotency token.
    pub async fn agent_alias_by_token(&self, agent: &str, token: &str) -> Result<AgentAliasRow> {
        let row = sqlx::query_as("SELECT * FROM agent_aliases WHERE agent_id = ? AND client_token = ?");
        Ok(row.bind(agent).bind(token).fetch_one(&self.readers).await?)
    }

    /// Makes or replaces an alias, and adds tags to it; with content, leads it to a new version of that.
    pub async fn put_agent_alias(
        &self,
        alias: AgentAliasRow,
        content: Option<String>,
        tags: Tags,
    ) -> Result<AgentAliasRow> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let version = match content {
                        Some(content) => add_version(connection, &alias, &content).await?,
                        None => alias.version,
                    };
                    let alias = put(connection, AgentAliasRow { version, ..alias }).await?;
                    let resource = format!("agent-alias/{}/{}", alias.agent_id, alias.id);
                    tags::set(connection, &resource, &tags).await?;
                    Ok(alias)
                })
            })
            .await
    }

    /// Deletes an alias.
    pub async fn delete_agent_alias(&self, id: String) -> Result<()> {
        self.delete_one("DELETE FROM agent_aliases WHERE id = ?", [id]).await
    }
}

/// Adds the next version of an alias's agent; its number, which is never used twice.
async fn add_version(connection: &mut SqliteConnection, alias: &AgentAliasRow, content: &str) -> Result<u64> {
    let number: i64 = sqlx::query_scalar(
        "UPDATE agents SET next_version = next_version + 1 WHERE id = ? RETURNING next_version - 1",
    )
    .bind(&alias.agent_id)
    .fetch_one(&mut *connection)
    .await?;
    sqlx::query("INSERT INTO agent_versions (agent_id, version, content, created_at) VALUES (?, ?, ?, ?)")
        .bind(&alias.agent_id)
        .bind(number)
        .bind(content)
        .bind(to_sql(alias.updated_at))
        .execute(connection)
        .await?;
    Ok(super::from_sql(number))
}

async fn put(connection: &mut SqliteConnection, alias: AgentAliasRow) -> Result<AgentAliasRow> {
    sqlx::query(
        "INSERT INTO agent_aliases
           (id, agent_id, name, description, version, is_closed, client_token, created_at, updated_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET name = excluded.name, description = excluded.description,
           version = excluded.version, is_closed = excluded.is_closed, updated_at = excluded.updated_at",
    )
    .bind(&alias.id)
    .bind(&alias.agent_id)
    .bind(&alias.name)
    .bind(&alias.description)
    .bind(to_sql(alias.version))
    .bind(alias.is_closed)
    .bind(&alias.client_token)
    .bind(to_sql(alias.created_at))
    .bind(to_sql(alias.updated_at))
    .execute(connection)
    .await
    .map_err(|error| taken(error, "name"))?;
    Ok(alias)
}
