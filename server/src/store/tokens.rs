//! AWS's idempotency tokens: what a call with one made, so that the same call again makes nothing more.

use sqlx::SqliteConnection;

use super::Result;

/// What this token made of this kind in a flow.
pub(super) async fn made(
    connection: &mut SqliteConnection,
    flow: &str,
    kind: &str,
    token: Option<&str>,
) -> Result<Option<String>> {
    let made = sqlx::query_scalar("SELECT made FROM tokens WHERE flow_id = ? AND kind = ? AND token = ?")
        .bind(flow)
        .bind(kind)
        .bind(token)
        .fetch_optional(connection)
        .await?;
    Ok(made)
}

/// Remembers what a token made, in the transaction that makes it.
pub(super) async fn remember(
    connection: &mut SqliteConnection,
    flow: &str,
    kind: &str,
    token: Option<&str>,
    made: &str,
) -> Result<()> {
    if let Some(token) = token {
        sqlx::query("INSERT OR REPLACE INTO tokens (flow_id, kind, token, made) VALUES (?, ?, ?, ?)")
            .bind(flow)
            .bind(kind)
            .bind(token)
            .bind(made)
            .execute(connection)
            .await?;
    }
    Ok(())
}
