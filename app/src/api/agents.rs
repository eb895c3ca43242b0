//! Agents, what leads to them, and the servers whose tools they call.

use flow::wire::{
    Agent, AgentBinding, AgentList, BindAgent, McpServer, McpServerList, McpTools, PutAgent, PutMcpServer,
};

use super::path::encode;
use super::{Answer, request};

pub async fn list() -> Answer<AgentList> {
    request::get("/api/agents").await
}

pub async fn create(agent: &PutAgent) -> Answer<Agent> {
    request::post("/api/agents", agent).await
}

pub async fn put(id: &str, agent: &PutAgent) -> Answer<Agent> {
    request::put(&format!("/api/agents/{}", encode(id)), agent).await
}

pub async fn delete(id: &str) -> Answer<()> {
    request::delete(&format!("/api/agents/{}", encode(id))).await
}

pub async fn bind(arn: &str, agent: &str) -> Answer<AgentBinding> {
    let bind = BindAgent { agent: agent.to_owned() };
    request::put(&format!("/api/agent-bindings/{}", encode(arn)), &bind).await
}

pub async fn unbind(arn: &str) -> Answer<()> {
    request::delete(&format!("/api/agent-bindings/{}", encode(arn))).await
}

pub async fn servers() -> Answer<McpServerList> {
    request::get("/api/mcp-servers").await
}

pub async fn put_server(name: &str, server: &PutMcpServer) -> Answer<McpServer> {
    request::put(&format!("/api/mcp-servers/{}", encode(name)), server).await
}

pub async fn delete_server(name: &str) -> Answer<()> {
    request::delete(&format!("/api/mcp-servers/{}", encode(name))).await
}

/// Asks a server for its tools.
pub async fn tools(server: &str) -> Answer<McpTools> {
    request::get(&format!("/api/mcp-servers/{}/tools", encode(server))).await
}
