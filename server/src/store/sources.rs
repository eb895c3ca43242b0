//! Data sources of knowledge bases.
//!
//! Always holds: a base has at most one source of its own for the documents that are added without naming one; what a
//! source has goes before the source does.

use sqlx::{FromRow, SqliteConnection};

use super::{Error, Result, Store, from_sql, taken, there, to_sql};

/// A data source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceRow {
    pub id: String,
    pub base: String,
    pub name: String,
    /// JSON: where its documents are and how they are cut.
    pub body: String,
    pub is_default: bool,
    pub created_at: u64,
    pub updated_at: u64,
    /// How much of it is indexed, waits, and failed.
    pub indexed: u64,
    pub pending: u64,
    pub failed: u64,
}

#[derive(FromRow)]
struct Row {
    id: String,
    base_id: String,
    name: String,
    body: String,
    is_default: bool,
    created_at: i64,
    updated_at: i64,
    indexed: i64,
    pending: i64,
    failed: i64,
}

const SOURCES: &str = "SELECT s.id, s.base_id, s.name, s.body, s.is_default, s.created_at, s.updated_at,
    (SELECT count(*) FROM source_items WHERE source_id = s.id AND state = 'indexed') AS indexed,
    (SELECT count(*) FROM source_items WHERE source_id = s.id AND state = 'pending') AS pending,
    (SELECT count(*) FROM source_items WHERE source_id = s.id AND state = 'failed') AS failed
  FROM data_sources s JOIN knowledge_bases b ON b.id = s.base_id AND b.deleted_at IS NULL
  WHERE s.base_id = ?1 AND (?2 = '' OR s.id = ?2) ORDER BY s.name";

/// The most items of one write of a deletion.
const BATCH: i64 = 100;

impl From<Row> for SourceRow {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            base: row.base_id,
            name: row.name,
            body: row.body,
            is_default: row.is_default,
            created_at: from_sql(row.created_at),
            updated_at: from_sql(row.updated_at),
            indexed: from_sql(row.indexed),
            pending: from_sql(row.pending),
            failed: from_sql(row.failed),
        }
    }
}

impl Store {
    /// A base's sources, by name.
    pub async fn sources(&self, base: &str) -> Result<Vec<SourceRow>> {
        let rows: Vec<Row> = sqlx::query_as(SOURCES).bind(base).bind("").fetch_all(&self.readers).await?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    /// A source of a base.
    pub async fn source(&self, base: &str, id: &str) -> Result<SourceRow> {
        let row: Row = sqlx::query_as(SOURCES).bind(base).bind(id).fetch_one(&self.readers).await?;
        Ok(row.into())
    }

    /// Makes a source; the id of the one that is there now, which an earlier try with this token may have made.
    pub async fn insert_source(&self, row: SourceRow, token: Option<String>) -> Result<String> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let known: Option<String> = sqlx::query_scalar(
                        "SELECT id FROM data_sources WHERE base_id = ? AND client_token = ?",
                    )
                    .bind(&row.base)
                    .bind(&token)
                    .fetch_optional(&mut *connection)
                    .await?;
                    match known {
                        Some(id) => Ok(id),
                        None => insert(connection, row, token).await,
                    }
                })
            })
            .await
    }

    /// Renames a source, or changes where its documents are.
    pub async fn update_source(&self, id: String, name: String, body: String, at: u64) -> Result<()> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let changed = sqlx::query(
                        "UPDATE data_sources SET name = ?, body = ?, updated_at = ? WHERE id = ?",
                    )
                    .bind(name)
                    .bind(body)
                    .bind(to_sql(at))
                    .bind(id)
                    .execute(&mut *connection)
                    .await
                    .map_err(|error| taken(error, "name"))?;
                    there(&changed)
                })
            })
            .await
    }

    /// Clears some of what a source has, and in the end the source itself; whether there is more to do. Its documents
    /// stay where they are to be retained.
    pub async fn clear_source(&self, id: String, retain: bool, at: u64) -> Result<bool> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let uris: Vec<String> =
                        sqlx::query_scalar("SELECT uri FROM source_items WHERE source_id = ? LIMIT ?")
                            .bind(&id)
                            .bind(BATCH)
                            .fetch_all(&mut *connection)
                            .await?;
                    for uri in &uris {
                        super::items::remove(connection, &id, uri, retain, at).await?;
                    }
                    if uris.is_empty() {
                        sqlx::query("DELETE FROM data_sources WHERE id = ?")
                            .bind(&id)
                            .execute(&mut *connection)
                            .await?;
                    }
                    Ok(!uris.is_empty())
                })
            })
            .await
    }
}

async fn insert(connection: &mut SqliteConnection, row: SourceRow, token: Option<String>) -> Result<String> {
    let inserted = sqlx::query(
        "INSERT INTO data_sources (id, base_id, name, body, is_default, client_token, created_at, updated_at)
         SELECT ?, id, ?, ?, ?, ?, ?6, ?6 FROM knowledge_bases WHERE id = ?7 AND deleted_at IS NULL",
    )
    .bind(&row.id)
    .bind(&row.name)
    .bind(&row.body)
    .bind(row.is_default)
    .bind(&token)
    .bind(to_sql(row.created_at))
    .bind(&row.base)
    .execute(&mut *connection)
    .await
    .map_err(|error| taken(error, "name"))?;
    there(&inserted)?;
    Ok(row.id)
}

/// The base's own source, which is made where there is none.
pub(super) async fn own(
    connection: &mut SqliteConnection,
    base: &str,
    id: String,
    at: u64,
) -> Result<String> {
    let found: Option<String> =
        sqlx::query_scalar("SELECT id FROM data_sources WHERE base_id = ? AND is_default = 1")
            .bind(base)
            .fetch_optional(&mut *connection)
            .await?;
    if let Some(found) = found {
        return Ok(found);
    }
    let mut name = "Documents".to_owned();
    loop {
        let row = SourceRow {
            id: id.clone(),
            base: base.to_owned(),
            name: name.clone(),
            body: r#"{"place":{"type":"custom"}}"#.to_owned(),
            is_default: true,
            created_at: at,
            updated_at: at,
            indexed: 0,
            pending: 0,
            failed: 0,
        };
        match insert(connection, row, None).await {
            Err(Error::Taken(_)) => name.push('-'),
            made => return made,
        }
    }
}
