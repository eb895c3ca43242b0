//! Bindings of bots.

use sqlx::FromRow;

use super::{Result, Store, to_sql};

/// A binding as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct BotRow {
    pub arn: String,
    /// Empty for every locale that has no binding of its own.
    pub locale: String,
    /// Empty for the model of new prompts.
    pub model: String,
    /// JSON: names, and messages that mean each.
    pub intents: String,
    pub fallback: Option<String>,
}

impl Store {
    /// Every binding, by ARN and locale.
    pub async fn bots(&self) -> Result<Vec<BotRow>> {
        Ok(sqlx::query_as("SELECT arn, locale, model, intents, fallback FROM bots ORDER BY arn, locale")
            .fetch_all(&self.readers)
            .await?)
    }

    /// Makes a binding; one that is there already stays, unless it is to be replaced.
    pub async fn put_bot(&self, row: BotRow, replace: bool, at: u64) -> Result<()> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    sqlx::query(
                        "INSERT INTO bots (arn, locale, model, intents, fallback, updated_at)
                         VALUES (?, ?, ?, ?, ?, ?)
                         ON CONFLICT (arn, locale) DO UPDATE SET model = excluded.model,
                           intents = excluded.intents, fallback = excluded.fallback,
                           updated_at = excluded.updated_at
                         WHERE ?",
                    )
                    .bind(&row.arn)
                    .bind(&row.locale)
                    .bind(&row.model)
                    .bind(&row.intents)
                    .bind(&row.fallback)
                    .bind(to_sql(at))
                    .bind(replace)
                    .execute(&mut *connection)
                    .await?;
                    Ok(())
                })
            })
            .await
    }

    /// Deletes a binding.
    pub async fn delete_bot(&self, arn: String, locale: String) -> Result<()> {
        self.delete_one("DELETE FROM bots WHERE arn = ? AND locale = ?", [arn, locale]).await
    }
}
