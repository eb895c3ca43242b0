//! Servers of tools that speak MCP.

use serde::{Deserialize, Serialize};

use super::{FunctionHeader, PutHeader};

/// A server of tools that speaks MCP over streamable HTTP.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct McpServer {
    pub name: String,
    pub url: String,
    /// What every call carries. The secrets themselves are never shown.
    pub headers: Vec<FunctionHeader>,
}

/// The MCP servers, by name.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct McpServerList {
    pub servers: Vec<McpServer>,
}

/// Makes or replaces an MCP server.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PutMcpServer {
    pub url: String,
    /// All that there shall be. Absent keeps the stored ones, unless the address changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub headers: Option<Vec<PutHeader>>,
}

/// What an MCP server says that it has.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct McpTools {
    pub ok: bool,
    /// How many tools there are, or what went wrong and what to do.
    pub message: String,
    pub tools: Vec<McpTool>,
}

/// A tool of an MCP server.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct McpTool {
    pub name: String,
    pub description: String,
}
