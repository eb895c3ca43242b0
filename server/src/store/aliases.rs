//! Aliases.

use sqlx::{FromRow, SqliteConnection};

use super::{Error, Result, Store, Tags, from_sql, tags, to_sql, tokens};

/// The kind of what idempotency tokens make here.
const TOKENS: &str = "alias";

/// An alias as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AliasRow {
    pub id: String,
    pub flow_id: String,
    pub name: String,
    pub description: String,
    pub version: u64,
    pub created_at: u64,
    pub updated_at: u64,
}

#[derive(FromRow)]
struct Row {
    id: String,
    flow_id: String,
    name: String,
    description: String,
    version: i64,
    created_at: i64,
    updated_at: i64,
}

impl From<Row> for AliasRow {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            flow_id: row.flow_id,
            name: row.name,
            description: row.description,
            version: from_sql(row.version),
            created_at: from_sql(row.created_at),
            updated_at: from_sql(row.updated_at),
        }
    }
}

impl Store {
    /// A flow's aliases, by name.
    pub async fn aliases(&self, flow: &str) -> Result<Vec<AliasRow>> {
        let rows: Vec<Row> = sqlx::query_as("SELECT * FROM aliases WHERE flow_id = ? ORDER BY name")
            .bind(flow)
            .fetch_all(&self.readers)
            .await?;
        Ok(rows.into_iter().map(AliasRow::from).collect())
    }

    /// The aliases of every flow.
    pub async fn all_aliases(&self) -> Result<Vec<AliasRow>> {
        let rows: Vec<Row> =
            sqlx::query_as("SELECT * FROM aliases ORDER BY name").fetch_all(&self.readers).await?;
        Ok(rows.into_iter().map(AliasRow::from).collect())
    }

    /// The alias of this id or name.
    pub async fn alias(&self, flow: &str, id_or_name: &str) -> Result<AliasRow> {
        let row: Row = sqlx::query_as(
            "SELECT * FROM aliases WHERE flow_id = ?1 AND (id = ?2 OR name = ?2) ORDER BY id = ?2 DESC LIMIT 1",
        )
        .bind(flow)
        .bind(id_or_name)
        .fetch_one(&self.readers)
        .await?;
        Ok(row.into())
    }

    /// Points an alias at a version; makes it where there is none of this name.
    pub async fn put_alias(&self, alias: AliasRow) -> Result<AliasRow> {
        self.writer.write(move |connection| Box::pin(async move { put(connection, alias).await })).await
    }

    /// Adds an alias with its tags; its name must be free. With a token that made one before, answers that one.
    pub async fn insert_alias(&self, alias: AliasRow, token: Option<String>, tags: Tags) -> Result<AliasRow> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let (flow, token) = (alias.flow_id.clone(), token.as_deref());
                    if let Some(made) = tokens::made(connection, &flow, TOKENS, token).await?
                        && let Some(row) = sqlx::query_as::<_, Row>("SELECT * FROM aliases WHERE id = ?")
                            .bind(made)
                            .fetch_optional(&mut *connection)
                            .await?
                    {
                        return Ok(row.into());
                    }
                    let taken: i64 =
                        sqlx::query_scalar("SELECT count(*) FROM aliases WHERE flow_id = ? AND name = ?")
                            .bind(&alias.flow_id)
                            .bind(&alias.name)
                            .fetch_one(&mut *connection)
                            .await?;
                    if taken > 0 {
                        return Err(Error::Taken("name"));
                    }
                    let alias = put(connection, alias).await?;
                    tokens::remember(connection, &flow, TOKENS, token, &alias.id).await?;
                    tags::set(connection, &format!("flow/{flow}/alias/{}", alias.id), &tags).await?;
                    Ok(alias)
                })
            })
            .await
    }

    /// Replaces what an alias of this id says.
    pub async fn update_alias(&self, alias: AliasRow) -> Result<AliasRow> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    require_version(connection, &alias).await?;
                    let taken: i64 =
                        sqlx::query_scalar("SELECT count(*) FROM aliases WHERE flow_id = ? AND name = ? AND id <> ?")
                            .bind(&alias.flow_id)
                            .bind(&alias.name)
                            .bind(&alias.id)
                            .fetch_one(&mut *connection)
                            .await?;
                    if taken > 0 {
                        return Err(Error::Taken("name"));
                    }
                    let row: Row = sqlx::query_as(
                        "UPDATE aliases SET name = ?, description = ?, version = ?, updated_at = ? WHERE id = ? RETURNING *",
                    )
                    .bind(&alias.name)
                    .bind(&alias.description)
                    .bind(to_sql(alias.version))
                    .bind(to_sql(alias.updated_at))
                    .bind(&alias.id)
                    .fetch_one(&mut *connection)
                    .await?;
                    Ok(row.into())
                })
            })
            .await
    }

    /// Where an alias has pointed and since when, newest first.
    pub async fn alias_moves(&self, id: &str, most: u32) -> Result<Vec<(u64, u64)>> {
        let moves: Vec<(i64, i64)> = sqlx::query_as(
            "SELECT version, at FROM alias_moves WHERE alias_id = ? ORDER BY place DESC LIMIT ?",
        )
        .bind(id)
        .bind(most)
        .fetch_all(&self.readers)
        .await?;
        Ok(moves.into_iter().map(|(version, at)| (from_sql(version), from_sql(at))).collect())
    }

    /// Deletes an alias.
    pub async fn delete_alias(&self, id: String) -> Result<()> {
        self.delete_one("DELETE FROM aliases WHERE id = ?", [id]).await
    }
}

pub(super) async fn put(connection: &mut SqliteConnection, alias: AliasRow) -> Result<AliasRow> {
    require_version(connection, &alias).await?;
    let row: Row = sqlx::query_as(
        "INSERT INTO aliases (id, flow_id, name, description, version, created_at, updated_at)
         VALUES (?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (flow_id, name) DO UPDATE SET version = excluded.version, updated_at = excluded.updated_at
         RETURNING *",
    )
    .bind(&alias.id)
    .bind(&alias.flow_id)
    .bind(&alias.name)
    .bind(&alias.description)
    .bind(to_sql(alias.version))
    .bind(to_sql(alias.created_at))
    .bind(to_sql(alias.updated_at))
    .fetch_one(&mut *connection)
    .await?;
    Ok(row.into())
}

async fn require_version(connection: &mut SqliteConnection, alias: &AliasRow) -> Result<()> {
    let there: i64 = sqlx::query_scalar("SELECT count(*) FROM versions WHERE flow_id = ? AND version = ?")
        .bind(&alias.flow_id)
        .bind(to_sql(alias.version))
        .fetch_one(&mut *connection)
        .await?;
    if there == 0 { Err(Error::NotFound) } else { Ok(()) }
}
