//! Stores that buckets lead to. Their secrets come in sealed, and are never opened here.

use sqlx::FromRow;

use super::{Result, Store, to_sql};

/// A binding as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct BucketRow {
    pub name: String,
    /// JSON: the kind of store and where it is.
    pub store: String,
    /// Encrypted with the bucket's name as associated data.
    pub sealed_secret: Option<Vec<u8>>,
    pub secret_hint: String,
}

impl Store {
    /// Every binding, by name.
    pub async fn buckets(&self) -> Result<Vec<BucketRow>> {
        Ok(sqlx::query_as("SELECT name, store, sealed_secret, secret_hint FROM buckets ORDER BY name")
            .fetch_all(&self.readers)
            .await?)
    }

    /// Makes or replaces a binding.
    pub async fn put_bucket(&self, row: BucketRow, at: u64) -> Result<()> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    sqlx::query(
                        "INSERT INTO buckets (name, store, sealed_secret, secret_hint, updated_at)
                         VALUES (?, ?, ?, ?, ?)
                         ON CONFLICT (name) DO UPDATE SET store = excluded.store,
                           sealed_secret = excluded.sealed_secret, secret_hint = excluded.secret_hint,
                           updated_at = excluded.updated_at",
                    )
                    .bind(&row.name)
                    .bind(&row.store)
                    .bind(&row.sealed_secret)
                    .bind(&row.secret_hint)
                    .bind(to_sql(at))
                    .execute(&mut *connection)
                    .await?;
                    Ok(())
                })
            })
            .await
    }

    /// Deletes a binding.
    pub async fn delete_bucket(&self, name: String) -> Result<()> {
        self.delete_one("DELETE FROM buckets WHERE name = ?", [name]).await
    }
}
