//! What AWS's clients say of a base and get back.

use super::super::{Result, Store, Tags, from_sql, tags, taken, there, to_sql};
use super::is_free;

/// A base that is made with what is said of it.
#[derive(Clone, Debug)]
pub struct NewBase {
    pub id: String,
    pub name: String,
    /// JSON.
    pub details: String,
    pub tags: Tags,
}

impl Store {
    /// JSON of what was said of a base, and when it was made.
    pub async fn knowledge_details(&self, base: &str) -> Result<(String, u64)> {
        let (details, at): (String, i64) = sqlx::query_as(
            "SELECT details, created_at FROM knowledge_bases WHERE id = ? AND deleted_at IS NULL",
        )
        .bind(base)
        .fetch_one(&self.readers)
        .await?;
        Ok((details, from_sql(at)))
    }

    /// Makes a base; the id of the one that is there now, which an earlier try with this token may have made.
    pub async fn insert_detailed_base(
        &self,
        base: NewBase,
        token: Option<String>,
        at: u64,
    ) -> Result<String> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let known: Option<String> = sqlx::query_scalar(
                        "SELECT id FROM knowledge_bases WHERE client_token = ? AND deleted_at IS NULL",
                    )
                    .bind(&token)
                    .fetch_optional(&mut *connection)
                    .await?;
                    if let Some(id) = known {
                        return Ok(id);
                    }
                    let NewBase { id, name, details, tags } = base;
                    is_free(connection, &id, "").await?;
                    sqlx::query(
                        "INSERT INTO knowledge_bases (id, name, details, client_token, created_at, updated_at)
                         VALUES (?, ?, ?, ?, ?5, ?5)",
                    )
                    .bind(&id)
                    .bind(&name)
                    .bind(&details)
                    .bind(&token)
                    .bind(to_sql(at))
                    .execute(&mut *connection)
                    .await
                    .map_err(|error| taken(error, "name"))?;
                    tags::set(connection, &format!("knowledge-base/{id}"), &tags).await?;
                    Ok(id)
                })
            })
            .await
    }

    /// Renames a base, and says something else of it.
    pub async fn update_knowledge_details(
        &self,
        base: String,
        name: String,
        details: String,
        at: u64,
    ) -> Result<()> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let changed = sqlx::query(
                        "UPDATE knowledge_bases SET name = ?, details = ?, updated_at = ?
                         WHERE id = ? AND deleted_at IS NULL",
                    )
                    .bind(name)
                    .bind(details)
                    .bind(to_sql(at))
                    .bind(base)
                    .execute(&mut *connection)
                    .await
                    .map_err(|error| taken(error, "name"))?;
                    there(&changed)
                })
            })
            .await
    }
}
