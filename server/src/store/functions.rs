//! Bindings of functions. Their headers' secrets come in sealed, and are never opened here.

use sqlx::FromRow;

use super::{Result, Store, to_sql};

/// A binding as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct FunctionRow {
    pub arn: String,
    pub url: String,
    pub timeout_seconds: u32,
    /// Names and secrets, encrypted with the ARN as associated data.
    pub sealed_headers: Option<Vec<u8>>,
    /// JSON: the headers' names and what is shown of their secrets.
    pub header_hints: String,
}

impl Store {
    /// Every binding, by ARN.
    pub async fn functions(&self) -> Result<Vec<FunctionRow>> {
        Ok(sqlx::query_as(
            "SELECT arn, url, timeout_seconds, sealed_headers, header_hints FROM functions ORDER BY arn",
        )
        .fetch_all(&self.readers)
        .await?)
    }

    /// Makes or replaces a binding.
    pub async fn put_function(&self, row: FunctionRow, at: u64) -> Result<()> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    sqlx::query(
                        "INSERT INTO functions (arn, url, timeout_seconds, sealed_headers, header_hints, updated_at)
                         VALUES (?, ?, ?, ?, ?, ?)
                         ON CONFLICT (arn) DO UPDATE SET url = excluded.url,
                           timeout_seconds = excluded.timeout_seconds, sealed_headers = excluded.sealed_headers,
                           header_hints = excluded.header_hints, updated_at = excluded.updated_at",
                    )
                    .bind(&row.arn)
                    .bind(&row.url)
                    .bind(row.timeout_seconds)
                    .bind(&row.sealed_headers)
                    .bind(&row.header_hints)
                    .bind(to_sql(at))
                    .execute(&mut *connection)
                    .await?;
                    Ok(())
                })
            })
            .await
    }

    /// Deletes a binding.
    pub async fn delete_function(&self, arn: String) -> Result<()> {
        self.delete_one("DELETE FROM functions WHERE arn = ?", [arn]).await
    }
}
