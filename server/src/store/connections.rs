//! Model connections. Keys come in sealed, and are never opened here.

use sqlx::FromRow;

use super::{Result, Store, to_sql};

/// A connection as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct ConnectionRow {
    pub name: String,
    pub base_url: String,
    /// Encrypted, with the connection's name as associated data.
    pub sealed_key: Option<Vec<u8>>,
    pub key_hint: Option<String>,
    pub default_model: Option<String>,
}

impl Store {
    /// Every connection, by name.
    pub async fn connections(&self) -> Result<Vec<ConnectionRow>> {
        Ok(sqlx::query_as(
            "SELECT name, base_url, sealed_key, key_hint, default_model FROM connections ORDER BY name",
        )
        .fetch_all(&self.readers)
        .await?)
    }

    /// Makes or replaces a connection.
    pub async fn put_connection(&self, row: ConnectionRow, at: u64) -> Result<()> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    sqlx::query(
                        "INSERT INTO connections (name, base_url, sealed_key, key_hint, default_model, updated_at)
                         VALUES (?, ?, ?, ?, ?, ?)
                         ON CONFLICT (name) DO UPDATE SET base_url = excluded.base_url,
                           sealed_key = excluded.sealed_key, key_hint = excluded.key_hint,
                           default_model = excluded.default_model, updated_at = excluded.updated_at",
                    )
                    .bind(&row.name)
                    .bind(&row.base_url)
                    .bind(&row.sealed_key)
                    .bind(&row.key_hint)
                    .bind(&row.default_model)
                    .bind(to_sql(at))
                    .execute(&mut *connection)
                    .await?;
                    Ok(())
                })
            })
            .await
    }

    /// Deletes a connection.
    pub async fn delete_connection(&self, name: String) -> Result<()> {
        self.delete_one("DELETE FROM connections WHERE name = ?", [name]).await
    }
}
