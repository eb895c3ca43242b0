//! Flows and their drafts.

use flow::definition::Definition;
use flow::extensions::Extensions;
use sqlx::{FromRow, SqliteConnection};

use super::{Error, Result, Store, from_sql, to_sql};

/// A flow as it is stored.
#[derive(Clone, Debug, PartialEq)]
pub struct FlowRow {
    pub id: String,
    pub name: String,
    pub title: String,
    pub description: String,
    pub revision: u64,
    pub definition: Definition,
    pub extensions: Extensions,
    /// Of the draft's two documents.
    pub digest: String,
    /// AWS's `FlowStatus`.
    pub aws_status: String,
    pub aws_role: String,
    pub aws_key: Option<String>,
    /// What the last PrepareFlow made callable.
    pub prepared: Option<(Definition, Extensions)>,
    pub client_token: Option<String>,
    pub created_at: u64,
    pub updated_at: u64,
}

/// What a change of a draft writes.
#[derive(Clone, Debug)]
pub struct DraftChange {
    pub id: String,
    /// The revision it was based on; none changes whatever is there.
    pub based_on: Option<u64>,
    pub definition: Definition,
    pub extensions: Extensions,
    pub digest: String,
    pub at: u64,
}

#[derive(FromRow)]
struct Row {
    id: String,
    name: String,
    title: String,
    description: String,
    revision: i64,
    definition: String,
    extensions: String,
    digest: String,
    aws_status: String,
    aws_role: String,
    aws_key: Option<String>,
    prepared_definition: Option<String>,
    prepared_extensions: Option<String>,
    client_token: Option<String>,
    created_at: i64,
    updated_at: i64,
}

impl Row {
    fn read(self) -> Result<FlowRow> {
        let prepared = match (self.prepared_definition, self.prepared_extensions) {
            (Some(definition), Some(extensions)) => {
                Some((serde_json::from_str(&definition)?, serde_json::from_str(&extensions)?))
            }
            _ => None,
        };
        Ok(FlowRow {
            definition: serde_json::from_str(&self.definition)?,
            extensions: serde_json::from_str(&self.extensions)?,
            prepared,
            id: self.id,
            name: self.name,
            title: self.title,
            description: self.description,
            revision: from_sql(self.revision),
            digest: self.digest,
            aws_status: self.aws_status,
            aws_role: self.aws_role,
            aws_key: self.aws_key,
            client_token: self.client_token,
            created_at: from_sql(self.created_at),
            updated_at: from_sql(self.updated_at),
        })
    }
}

impl Store {
    /// Every flow, the last changed first.
    pub async fn flows(&self) -> Result<Vec<FlowRow>> {
        let rows: Vec<Row> = sqlx::query_as("SELECT * FROM flows ORDER BY updated_at DESC, id")
            .fetch_all(&self.readers)
            .await?;
        rows.into_iter().map(Row::read).collect()
    }

    /// The flow of this id or name.
    pub async fn flow(&self, id_or_name: &str) -> Result<FlowRow> {
        let row: Row =
            sqlx::query_as("SELECT * FROM flows WHERE id = ?1 OR name = ?1 ORDER BY id = ?1 DESC LIMIT 1")
                .bind(id_or_name)
                .fetch_one(&self.readers)
                .await?;
        row.read()
    }

    /// The flow that was made with this idempotency token.
    pub async fn flow_by_token(&self, token: &str) -> Result<FlowRow> {
        let row: Row = sqlx::query_as("SELECT * FROM flows WHERE client_token = ?")
            .bind(token)
            .fetch_one(&self.readers)
            .await?;
        row.read()
    }

    /// Adds a flow. Where its name is taken, a number is added to it, unless `exact`; answers the name it got.
    pub async fn insert_flow(&self, flow: FlowRow, exact: bool) -> Result<String> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let name = free_name(connection, &flow.name, exact).await?;
                    sqlx::query(
                        "INSERT INTO flows (id, name, title, description, revision, definition, extensions, digest,
                           aws_status, aws_role, aws_key, client_token, created_at, updated_at)
                         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    )
                    .bind(&flow.id)
                    .bind(&name)
                    .bind(&flow.title)
                    .bind(&flow.description)
                    .bind(to_sql(flow.revision))
                    .bind(serde_json::to_string(&flow.definition)?)
                    .bind(serde_json::to_string(&flow.extensions)?)
                    .bind(&flow.digest)
                    .bind(&flow.aws_status)
                    .bind(&flow.aws_role)
                    .bind(&flow.aws_key)
                    .bind(&flow.client_token)
                    .bind(to_sql(flow.created_at))
                    .bind(to_sql(flow.updated_at))
                    .execute(&mut *connection)
                    .await?;
                    Ok(name)
                })
            })
            .await
    }

    /// Replaces a draft's documents; answers the new revision. Other writers' AWS status is reset to `NotPrepared`.
    pub async fn save_draft(&self, change: DraftChange) -> Result<u64> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let revision: i64 = sqlx::query_scalar("SELECT revision FROM flows WHERE id = ?")
                        .bind(&change.id)
                        .fetch_one(&mut *connection)
                        .await?;
                    if change.based_on.is_some_and(|based_on| based_on != from_sql(revision)) {
                        return Err(Error::Revision(from_sql(revision)));
                    }
                    sqlx::query(
                        "UPDATE flows SET definition = ?, extensions = ?, digest = ?, revision = revision + 1,
                           updated_at = ?, aws_status = 'NotPrepared' WHERE id = ?",
                    )
                    .bind(serde_json::to_string(&change.definition)?)
                    .bind(serde_json::to_string(&change.extensions)?)
                    .bind(&change.digest)
                    .bind(to_sql(change.at))
                    .bind(&change.id)
                    .execute(&mut *connection)
                    .await?;
                    Ok(from_sql(revision) + 1)
                })
            })
            .await
    }

    /// Changes what a flow is called, and AWS's members that are no document.
    pub async fn describe_flow(&self, flow: FlowRow, exact: bool) -> Result<String> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let known: String = sqlx::query_scalar("SELECT name FROM flows WHERE id = ?")
                        .bind(&flow.id)
                        .fetch_one(&mut *connection)
                        .await?;
                    let name =
                        if known == flow.name { known } else { free_name(connection, &flow.name, exact).await? };
                    sqlx::query(
                        "UPDATE flows SET name = ?, title = ?, description = ?, aws_role = ?, aws_key = ?, updated_at = ?
                         WHERE id = ?",
                    )
                    .bind(&name)
                    .bind(&flow.title)
                    .bind(&flow.description)
                    .bind(&flow.aws_role)
                    .bind(&flow.aws_key)
                    .bind(to_sql(flow.updated_at))
                    .bind(&flow.id)
                    .execute(&mut *connection)
                    .await?;
                    Ok(name)
                })
            })
            .await
    }

    /// Records what PrepareFlow found; a prepared draft is callable as it is now.
    pub async fn set_prepared(&self, id: String, status: &'static str, at: u64) -> Result<()> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    sqlx::query(
                        "UPDATE flows SET aws_status = ?1, updated_at = ?2,
                           prepared_definition = CASE ?1 WHEN 'Prepared' THEN definition ELSE prepared_definition END,
                           prepared_extensions = CASE ?1 WHEN 'Prepared' THEN extensions ELSE prepared_extensions END
                         WHERE id = ?3",
                    )
                    .bind(status)
                    .bind(to_sql(at))
                    .bind(&id)
                    .execute(&mut *connection)
                    .await?;
                    Ok(())
                })
            })
            .await
    }

    /// Deletes a flow with its versions and aliases. Its executions stay.
    pub async fn delete_flow(&self, id: String) -> Result<()> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    sqlx::query("DELETE FROM aliases WHERE flow_id = ?")
                        .bind(&id)
                        .execute(&mut *connection)
                        .await?;
                    let deleted = sqlx::query("DELETE FROM flows WHERE id = ?")
                        .bind(&id)
                        .execute(&mut *connection)
                        .await?;
                    if deleted.rows_affected() == 0 { Err(Error::NotFound) } else { Ok(()) }
                })
            })
            .await
    }
}

async fn free_name(connection: &mut SqliteConnection, wanted: &str, exact: bool) -> Result<String> {
    let mut name = wanted.to_owned();
    for number in 2.. {
        let taken: i64 = sqlx::query_scalar("SELECT count(*) FROM flows WHERE name = ?")
            .bind(&name)
            .fetch_one(&mut *connection)
            .await?;
        if taken == 0 {
            break;
        }
        if exact {
            return Err(Error::Taken("name"));
        }
        name = format!("{wanted}-{number}");
    }
    Ok(name)
}
