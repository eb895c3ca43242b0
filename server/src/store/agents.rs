//! Agents, and the ARNs of elsewhere that lead to them.

use sqlx::FromRow;

use super::{Result, Store, Tags, tags, taken, to_sql};

/// An agent as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct AgentRow {
    pub id: String,
    pub name: String,
    /// JSON: everything else that it is.
    pub body: String,
    /// JSON: what only AWS's API shows of it.
    pub details: String,
    /// JSON: both as they were last prepared; none where they never were.
    pub prepared: Option<String>,
    #[sqlx(try_from = "i64")]
    pub prepared_at: u64,
    /// The number of the version that is made next.
    #[sqlx(try_from = "i64")]
    pub next_version: u64,
    /// AWS's idempotency token that made it.
    pub client_token: Option<String>,
    #[sqlx(try_from = "i64")]
    pub created_at: u64,
    #[sqlx(try_from = "i64")]
    pub updated_at: u64,
}

/// An ARN and the agent that answers for it.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct BindingRow {
    pub arn: String,
    pub agent_id: String,
}

impl Store {
    /// Every agent, by name.
    pub async fn agents(&self) -> Result<Vec<AgentRow>> {
        let agents = sqlx::query_as("SELECT * FROM agents ORDER BY name");
        Ok(agents.fetch_all(&self.readers).await?)
    }

    /// The agent of this id or name.
    pub async fn agent(&self, agent: &str) -> Result<AgentRow> {
        let found =
            sqlx::query_as("SELECT * FROM agents WHERE id = ?1 OR name = ?1 ORDER BY id = ?1 DESC LIMIT 1");
        Ok(found.bind(agent).fetch_one(&self.readers).await?)
    }

    /// The agent that was made with this idempotency token.
    pub async fn agent_by_token(&self, token: &str) -> Result<AgentRow> {
        let found = sqlx::query_as("SELECT * FROM agents WHERE client_token = ?");
        Ok(found.bind(token).fetch_one(&self.readers).await?)
    }

    /// Makes or replaces an agent, and adds tags to it. Its name must be free.
    pub async fn put_agent(&self, row: AgentRow, tags: Tags) -> Result<()> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    sqlx::query(
                        "INSERT INTO agents
                           (id, name, body, details, prepared, prepared_at, client_token, created_at, updated_at)
                         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                         ON CONFLICT (id) DO UPDATE SET name = excluded.name, body = excluded.body,
                           details = excluded.details, prepared = excluded.prepared,
                           prepared_at = excluded.prepared_at, updated_at = excluded.updated_at",
                    )
                    .bind(&row.id)
                    .bind(&row.name)
                    .bind(&row.body)
                    .bind(&row.details)
                    .bind(&row.prepared)
                    .bind(to_sql(row.prepared_at))
                    .bind(&row.client_token)
                    .bind(to_sql(row.created_at))
                    .bind(to_sql(row.updated_at))
                    .execute(&mut *connection)
                    .await
                    .map_err(|error| taken(error, "name"))?;
                    tags::set(connection, &format!("agent/{}", row.id), &tags).await
                })
            })
            .await
    }

    /// Deletes an agent, and the bindings that lead to it.
    pub async fn delete_agent(&self, id: String) -> Result<()> {
        self.delete_one("DELETE FROM agents WHERE id = ?", [id]).await
    }

    /// Every binding, by ARN.
    pub async fn agent_bindings(&self) -> Result<Vec<BindingRow>> {
        let bindings = sqlx::query_as("SELECT arn, agent_id FROM agent_bindings ORDER BY arn");
        Ok(bindings.fetch_all(&self.readers).await?)
    }

    /// Makes or replaces a binding.
    pub async fn put_agent_binding(&self, row: BindingRow, at: u64) -> Result<()> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    sqlx::query(
                        "INSERT INTO agent_bindings (arn, agent_id, updated_at) VALUES (?, ?, ?)
                         ON CONFLICT (arn) DO UPDATE SET agent_id = excluded.agent_id,
                           updated_at = excluded.updated_at",
                    )
                    .bind(&row.arn)
                    .bind(&row.agent_id)
                    .bind(to_sql(at))
                    .execute(&mut *connection)
                    .await
                    .map_err(|error| taken(error, "arn"))?;
                    Ok(())
                })
            })
            .await
    }

    /// Deletes a binding.
    pub async fn delete_agent_binding(&self, arn: String) -> Result<()> {
        self.delete_one("DELETE FROM agent_bindings WHERE arn = ?", [arn]).await
    }
}
