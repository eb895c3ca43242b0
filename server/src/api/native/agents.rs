//! Agents, the ARNs that lead to them, and the servers whose tools they call.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use flow::wire::{
    Agent, AgentBinding, AgentList, BindAgent, ErrorDocument, McpServer, McpServerList, McpTools, PutAgent,
    PutMcpServer,
};

use super::{App, Problem};
use crate::api::extract::{Body, Path};

/// Agents
///
/// By name, with the ARNs of elsewhere that lead to them.
#[utoipa::path(get, path = "/api/agents", tag = "Agents", responses((status = 200, body = AgentList)))]
pub(super) async fn list(State(app): State<App>) -> Result<Json<AgentList>, Problem> {
    Ok(Json(app.service.agents().await?))
}

/// Make an agent
#[utoipa::path(post, path = "/api/agents", tag = "Agents", request_body = PutAgent,
    responses((status = 201, body = Agent), (status = 400, body = ErrorDocument), (status = 409, body = ErrorDocument)))]
pub(super) async fn create(
    State(app): State<App>,
    Body(put): Body<PutAgent>,
) -> Result<(StatusCode, Json<Agent>), Problem> {
    Ok((StatusCode::CREATED, Json(app.service.create_agent(put).await?)))
}

/// An agent
#[utoipa::path(get, path = "/api/agents/{agent}", tag = "Agents", params(("agent", description = "Id or name")),
    responses((status = 200, body = Agent), (status = 404, body = ErrorDocument)))]
pub(super) async fn get(State(app): State<App>, Path(agent): Path<String>) -> Result<Json<Agent>, Problem> {
    Ok(Json(app.service.agent(&agent).await?))
}

/// Change an agent
///
/// Replaces all that it is. Flows that name it take it as it is from their next run.
#[utoipa::path(put, path = "/api/agents/{agent}", tag = "Agents", request_body = PutAgent,
    params(("agent", description = "Id or name")),
    responses((status = 200, body = Agent), (status = 400, body = ErrorDocument), (status = 404, body = ErrorDocument),
        (status = 409, body = ErrorDocument)))]
pub(super) async fn put(
    State(app): State<App>,
    Path(agent): Path<String>,
    Body(put): Body<PutAgent>,
) -> Result<Json<Agent>, Problem> {
    Ok(Json(app.service.put_agent(&agent, put).await?))
}

/// Delete an agent
///
/// With what leads to it.
#[utoipa::path(delete, path = "/api/agents/{agent}", tag = "Agents", params(("agent", description = "Id or name")),
    responses((status = 204), (status = 404, body = ErrorDocument)))]
pub(super) async fn delete(State(app): State<App>, Path(agent): Path<String>) -> Result<StatusCode, Problem> {
    app.service.delete_agent(&agent).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Bind an agent's ARN
///
/// An alias ARN of elsewhere, as an imported flow has it, is answered by an agent of here.
#[utoipa::path(put, path = "/api/agent-bindings/{arn}", tag = "Agents", request_body = BindAgent,
    params(("arn", description = "The ARN as the node has it, percent-encoded")),
    responses((status = 200, body = AgentBinding), (status = 400, body = ErrorDocument)))]
pub(super) async fn bind(
    State(app): State<App>,
    Path(arn): Path<String>,
    Body(bind): Body<BindAgent>,
) -> Result<Json<AgentBinding>, Problem> {
    Ok(Json(app.service.bind_agent(&arn, bind).await?))
}

/// Delete an agent's binding
#[utoipa::path(delete, path = "/api/agent-bindings/{arn}", tag = "Agents", params(("arn", description = "The ARN")),
    responses((status = 204), (status = 404, body = ErrorDocument)))]
pub(super) async fn unbind(State(app): State<App>, Path(arn): Path<String>) -> Result<StatusCode, Problem> {
    app.service.unbind_agent(&arn).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// MCP servers
#[utoipa::path(get, path = "/api/mcp-servers", tag = "Agents", responses((status = 200, body = McpServerList)))]
pub(super) async fn servers(State(app): State<App>) -> Result<Json<McpServerList>, Problem> {
    Ok(Json(app.service.mcp_servers().await?))
}

/// Add or change an MCP server
///
/// Absent headers keep the stored ones, and a header without a secret its own, unless the address changes.
#[utoipa::path(put, path = "/api/mcp-servers/{server}", tag = "Agents", request_body = PutMcpServer,
    params(("server", description = "A name for it: letters, digits, _ and -")),
    responses((status = 200, body = McpServer), (status = 400, body = ErrorDocument)))]
pub(super) async fn put_server(
    State(app): State<App>,
    Path(server): Path<String>,
    Body(put): Body<PutMcpServer>,
) -> Result<Json<McpServer>, Problem> {
    Ok(Json(app.service.put_mcp_server(&server, put).await?))
}

/// Delete an MCP server
#[utoipa::path(delete, path = "/api/mcp-servers/{server}", tag = "Agents", params(("server", description = "Its name")),
    responses((status = 204), (status = 404, body = ErrorDocument)))]
pub(super) async fn delete_server(
    State(app): State<App>,
    Path(server): Path<String>,
) -> Result<StatusCode, Problem> {
    app.service.delete_mcp_server(&server).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// An MCP server's tools
///
/// Asks the server.
#[utoipa::path(get, path = "/api/mcp-servers/{server}/tools", tag = "Agents", params(("server", description = "Its name")),
    responses((status = 200, body = McpTools), (status = 404, body = ErrorDocument)))]
pub(super) async fn tools(
    State(app): State<App>,
    Path(server): Path<String>,
) -> Result<Json<McpTools>, Problem> {
    Ok(Json(app.service.mcp_tools(&server).await?))
}
