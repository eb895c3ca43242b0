//! Servers of tools. Their headers' secrets come in sealed, and are never opened here.

use sqlx::FromRow;

use super::{Result, Store, to_sql};

/// An MCP server as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct McpServerRow {
    pub name: String,
    pub url: String,
    /// Names and secrets, encrypted with the server's name as associated data.
    pub sealed_headers: Option<Vec<u8>>,
    /// JSON: the headers' names and what is shown of their secrets.
    pub header_hints: String,
}

impl Store {
    /// Every MCP server, by name.
    pub async fn mcp_servers(&self) -> Result<Vec<McpServerRow>> {
        let servers =
            sqlx::query_as("SELECT name, url, sealed_headers, header_hints FROM mcp_servers ORDER BY name");
        Ok(servers.fetch_all(&self.readers).await?)
    }

    /// Makes or replaces an MCP server.
    pub async fn put_mcp_server(&self, row: McpServerRow, at: u64) -> Result<()> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    sqlx::query(
                        "INSERT INTO mcp_servers (name, url, sealed_headers, header_hints, updated_at)
                         VALUES (?, ?, ?, ?, ?)
                         ON CONFLICT (name) DO UPDATE SET url = excluded.url,
                           sealed_headers = excluded.sealed_headers, header_hints = excluded.header_hints,
                           updated_at = excluded.updated_at",
                    )
                    .bind(&row.name)
                    .bind(&row.url)
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

    /// Deletes an MCP server.
    pub async fn delete_mcp_server(&self, name: String) -> Result<()> {
        self.delete_one("DELETE FROM mcp_servers WHERE name = ?", [name]).await
    }
}
