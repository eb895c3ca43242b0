//! What was said in the sessions of agents.

use super::{Result, Store, to_sql};

impl Store {
    /// What was said in a session; none where there is none, or it has passed by this time.
    pub async fn agent_session(&self, alias_arn: &str, id: &str, now: u64) -> Result<Option<String>> {
        let body = sqlx::query_scalar(
            "SELECT body FROM agent_sessions WHERE alias_arn = ? AND id = ? AND expires_at > ?",
        );
        Ok(body.bind(alias_arn).bind(id).bind(to_sql(now)).fetch_optional(&self.readers).await?)
    }

    /// Keeps what was said in a session until this time, and forgets the sessions that have passed.
    pub async fn put_agent_session(
        &self,
        alias_arn: String,
        id: String,
        body: String,
        now: u64,
        expires_at: u64,
    ) -> Result<()> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    sqlx::query("DELETE FROM agent_sessions WHERE expires_at <= ?")
                        .bind(to_sql(now))
                        .execute(&mut *connection)
                        .await?;
                    sqlx::query(
                        "INSERT INTO agent_sessions (alias_arn, id, body, expires_at) VALUES (?, ?, ?, ?)
                         ON CONFLICT (alias_arn, id) DO UPDATE SET body = excluded.body,
                           expires_at = excluded.expires_at",
                    )
                    .bind(&alias_arn)
                    .bind(&id)
                    .bind(&body)
                    .bind(to_sql(expires_at))
                    .execute(connection)
                    .await?;
                    Ok(())
                })
            })
            .await
    }

    /// Forgets a session, if there is one.
    pub async fn end_agent_session(&self, alias_arn: String, id: String) -> Result<()> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    sqlx::query("DELETE FROM agent_sessions WHERE alias_arn = ? AND id = ?")
                        .bind(&alias_arn)
                        .bind(&id)
                        .execute(connection)
                        .await?;
                    Ok(())
                })
            })
            .await
    }
}
