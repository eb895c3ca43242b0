//! Servers of tools that speak MCP.
//!
//! Always holds: a header's secret is sent to the address it was given for alone, and is never shown.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use flow::wire::{McpServer, McpServerList, McpTools, PutMcpServer};
use url::Url;

use super::Service;
use super::functions::address;
use crate::clock;
use crate::error::{Error, Result, missing};
use crate::node::function::Binding;
use crate::store::McpServerRow;

/// The longest name.
const LONGEST_NAME: usize = 40;
/// How long a server has for anything that it is asked.
const PATIENCE: Duration = Duration::from_secs(60);

impl Service {
    /// The servers as runs call them, by name.
    pub(super) async fn mcp_bindings(&self) -> Result<BTreeMap<String, Arc<Binding>>> {
        let mut bindings = BTreeMap::new();
        for row in self.store.mcp_servers().await? {
            let Ok(url) = Url::parse(&row.url) else { continue };
            let headers = self.open_headers(&place(&row.name), row.sealed_headers.as_deref());
            bindings.insert(row.name, Arc::new(Binding { url, timeout: PATIENCE, headers }));
        }
        Ok(bindings)
    }

    /// The servers, by name.
    pub async fn mcp_servers(&self) -> Result<McpServerList> {
        let servers = self.store.mcp_servers().await?.iter().map(on_the_wire).collect();
        Ok(McpServerList { servers })
    }

    /// Makes or replaces a server.
    pub async fn put_mcp_server(&self, name: &str, put: PutMcpServer) -> Result<McpServer> {
        let usual = |letter: char| letter.is_ascii_alphanumeric() || "_-".contains(letter);
        if name.is_empty() || name.len() > LONGEST_NAME || !name.chars().all(usual) {
            let message = format!("A name has up to {LONGEST_NAME} letters, digits, _ and -.");
            return Err(Error::invalid("server", message));
        }
        let url = address(&put.url)?;
        let known = self.store.mcp_servers().await?.into_iter().find(|row| row.name == name);
        let known = known.filter(|row| row.url == url.as_str());
        let known = known.map(|row| (row.sealed_headers, row.header_hints));
        let (sealed_headers, header_hints) = self.put_headers(&place(name), put.headers, known)?;
        let row = McpServerRow { name: name.to_owned(), url: url.into(), sealed_headers, header_hints };
        let (service, stored) = (self.clone(), row.clone());
        self.whole_change(async move {
            service.store.put_mcp_server(stored, clock::now()).await?;
            service.load_agents().await
        })
        .await?;
        Ok(on_the_wire(&row))
    }

    /// Deletes a server.
    pub async fn delete_mcp_server(&self, name: &str) -> Result<()> {
        let (service, name) = (self.clone(), name.to_owned());
        self.whole_change(async move {
            service.store.delete_mcp_server(name.clone()).await.map_err(missing("MCP server", &name))?;
            service.load_agents().await
        })
        .await
    }

    /// Asks a server for its tools.
    pub async fn mcp_tools(&self, name: &str) -> Result<McpTools> {
        let Some(answer) = self.agent_registry.tools(name).await else {
            return Err(Error::NotFound { what: "MCP server", name: name.to_owned() });
        };
        Ok(match answer {
            Ok(tools) => {
                let message = match tools.len() {
                    1 => "It has one tool.".to_owned(),
                    count => format!("It has {count} tools."),
                };
                McpTools { ok: true, message, tools }
            }
            Err(message) => McpTools { ok: false, message, tools: Vec::new() },
        })
    }
}

fn on_the_wire(row: &McpServerRow) -> McpServer {
    McpServer {
        name: row.name.clone(),
        url: row.url.clone(),
        headers: serde_json::from_str(&row.header_hints).unwrap_or_default(),
    }
}

fn place(name: &str) -> String {
    format!("mcp-servers/{name}")
}
