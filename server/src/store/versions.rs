//! Immutable versions.

use flow::definition::Definition;
use flow::extensions::Extensions;
use sqlx::{FromRow, SqliteConnection};

use super::{AliasRow, Error, Result, Store, from_sql, there, to_sql, tokens};

const ONE: &str = "SELECT version, description, digest, definition, extensions, created_at FROM versions
     WHERE flow_id = ? AND version = ?";
/// The kind of what idempotency tokens make here.
const TOKENS: &str = "version";

/// A version as it is stored.
#[derive(Clone, Debug, PartialEq)]
pub struct VersionRow {
    pub version: u64,
    pub description: String,
    pub digest: String,
    pub definition: Definition,
    pub extensions: Extensions,
    pub created_at: u64,
}

#[derive(FromRow)]
struct Row {
    version: i64,
    description: String,
    digest: String,
    definition: String,
    extensions: String,
    created_at: i64,
}

impl Row {
    fn read(self) -> Result<VersionRow> {
        Ok(VersionRow {
            version: from_sql(self.version),
            description: self.description,
            digest: self.digest,
            definition: serde_json::from_str(&self.definition)?,
            extensions: serde_json::from_str(&self.extensions)?,
            created_at: from_sql(self.created_at),
        })
    }
}

impl Store {
    /// A flow's versions, newest first.
    pub async fn versions(&self, flow: &str) -> Result<Vec<VersionRow>> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT version, description, digest, definition, extensions, created_at FROM versions
             WHERE flow_id = ? ORDER BY version DESC",
        )
        .bind(flow)
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter().map(Row::read).collect()
    }

    /// One version of a flow.
    pub async fn version(&self, flow: &str, version: u64) -> Result<VersionRow> {
        let row: Row = sqlx::query_as(ONE).bind(flow).bind(to_sql(version)).fetch_one(&self.readers).await?;
        row.read()
    }

    /// The newest version's number and digest.
    pub async fn latest_version(&self, flow: &str) -> Result<Option<(u64, String)>> {
        let row: Option<(i64, String)> = sqlx::query_as(
            "SELECT version, digest FROM versions WHERE flow_id = ? ORDER BY version DESC LIMIT 1",
        )
        .bind(flow)
        .fetch_optional(&self.readers)
        .await?;
        Ok(row.map(|(version, digest)| (from_sql(version), digest)))
    }

    /// Adds the next version; answers it with its number. With a token that made one before, answers that one.
    pub async fn insert_version(
        &self,
        flow: String,
        version: VersionRow,
        token: Option<String>,
    ) -> Result<VersionRow> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let token = token.as_deref();
                    if let Some(made) = tokens::made(connection, &flow, TOKENS, token).await?
                        && let Some(row) = sqlx::query_as::<_, Row>(ONE)
                            .bind(&flow)
                            .bind(made.parse().unwrap_or(0_i64))
                            .fetch_optional(&mut *connection)
                            .await?
                    {
                        return row.read();
                    }
                    let version = insert(connection, &flow, version).await?;
                    tokens::remember(connection, &flow, TOKENS, token, &version.version.to_string()).await?;
                    Ok(version)
                })
            })
            .await
    }

    /// Adds the next version and points an alias at it, or does neither. The version is one of the draft at this
    /// revision.
    pub async fn publish(
        &self,
        version: VersionRow,
        alias: AliasRow,
        revision: u64,
    ) -> Result<(VersionRow, AliasRow)> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    super::flows::require_revision(connection, &alias.flow_id, Some(revision)).await?;
                    let version = insert(connection, &alias.flow_id, version).await?;
                    let alias = AliasRow { version: version.version, ..alias };
                    let alias = super::aliases::put(connection, alias).await?;
                    Ok((version, alias))
                })
            })
            .await
    }

    /// Deletes a version that no alias points at.
    pub async fn delete_version(&self, flow: String, version: u64) -> Result<()> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let used: i64 =
                        sqlx::query_scalar("SELECT count(*) FROM aliases WHERE flow_id = ? AND version = ?")
                            .bind(&flow)
                            .bind(to_sql(version))
                            .fetch_one(&mut *connection)
                            .await?;
                    if used > 0 {
                        return Err(Error::Taken("version"));
                    }
                    let deleted = sqlx::query("DELETE FROM versions WHERE flow_id = ? AND version = ?")
                        .bind(&flow)
                        .bind(to_sql(version))
                        .execute(&mut *connection)
                        .await?;
                    there(&deleted)
                })
            })
            .await
    }
}

async fn insert(connection: &mut SqliteConnection, flow: &str, version: VersionRow) -> Result<VersionRow> {
    // A number is never used twice, also where the newest version was deleted.
    let number: i64 = sqlx::query_scalar(
        "UPDATE flows SET next_version = next_version + 1 WHERE id = ? RETURNING next_version - 1",
    )
    .bind(flow)
    .fetch_one(&mut *connection)
    .await?;
    sqlx::query(
        "INSERT INTO versions (flow_id, version, description, digest, definition, extensions, created_at)
         VALUES (?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(flow)
    .bind(number)
    .bind(&version.description)
    .bind(&version.digest)
    .bind(serde_json::to_string(&version.definition)?)
    .bind(serde_json::to_string(&version.extensions)?)
    .bind(to_sql(version.created_at))
    .execute(&mut *connection)
    .await?;
    Ok(VersionRow { version: from_sql(number), ..version })
}
