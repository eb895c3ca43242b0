//! Browser sessions, by the digests of their tokens.

use sqlx::FromRow;

use super::{Result, Store, to_sql};

/// A session as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct SessionRow {
    pub token_digest: String,
    pub proof_digest: String,
    /// Milliseconds since the Unix epoch.
    pub created_at: i64,
    pub used_at: i64,
}

impl Store {
    /// The session of this token digest.
    pub async fn session(&self, token_digest: &str) -> Result<Option<SessionRow>> {
        Ok(sqlx::query_as("SELECT * FROM sessions WHERE token_digest = ?")
            .bind(token_digest)
            .fetch_optional(&self.readers)
            .await?)
    }

    /// Adds a session, and removes those that were not used since `idle`.
    pub async fn insert_session(&self, session: SessionRow, idle: i64) -> Result<()> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    sqlx::query("DELETE FROM sessions WHERE used_at < ?")
                        .bind(idle)
                        .execute(&mut *connection)
                        .await?;
                    sqlx::query("INSERT INTO sessions (token_digest, proof_digest, created_at, used_at) VALUES (?, ?, ?, ?)")
                        .bind(&session.token_digest)
                        .bind(&session.proof_digest)
                        .bind(session.created_at)
                        .bind(session.used_at)
                        .execute(&mut *connection)
                        .await?;
                    Ok(())
                })
            })
            .await
    }

    /// Records that a session was used.
    pub async fn touch_session(&self, token_digest: String, at: u64) -> Result<()> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    sqlx::query("UPDATE sessions SET used_at = ? WHERE token_digest = ?")
                        .bind(to_sql(at))
                        .bind(&token_digest)
                        .execute(&mut *connection)
                        .await?;
                    Ok(())
                })
            })
            .await
    }

    /// Ends a session.
    pub async fn delete_session(&self, token_digest: String) -> Result<()> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    sqlx::query("DELETE FROM sessions WHERE token_digest = ?")
                        .bind(&token_digest)
                        .execute(&mut *connection)
                        .await?;
                    Ok(())
                })
            })
            .await
    }
}
