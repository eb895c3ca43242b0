//! Vector databases elsewhere.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use flow::wire::{ErrorDocument, PutVectorStore, VectorStore, VectorStoreList, VectorStoreTest};

use super::{App, Problem};
use crate::api::extract::{Body, Path};

/// Vector stores
///
/// PostgreSQL with pgvector, and Qdrant: a knowledge base's vectors may be in one of them (`vectorStore` of the base).
#[utoipa::path(get, path = "/api/vector-stores", tag = "Vector stores",
    responses((status = 200, body = VectorStoreList)))]
pub(super) async fn list(State(app): State<App>) -> Result<Json<VectorStoreList>, Problem> {
    Ok(Json(app.service.vector_stores().await?))
}

/// Make or change a vector store
///
/// An absent secret keeps the stored one, unless the address changes or TLS is switched off. What is at another address
/// stays there; the bases that use the store have their passages read anew for the new one.
#[utoipa::path(put, path = "/api/vector-stores/{name}", tag = "Vector stores", request_body = PutVectorStore,
    params(("name", description = "Small letters, digits and -, at most 40")),
    responses((status = 200, body = VectorStore), (status = 400, body = ErrorDocument)))]
pub(super) async fn put(
    State(app): State<App>,
    Path(name): Path<String>,
    Body(put): Body<PutVectorStore>,
) -> Result<Json<VectorStore>, Problem> {
    Ok(Json(app.service.put_vector_store(&name, put).await?))
}

/// Delete a vector store
///
/// It is refused while a knowledge base uses it. What could not be deleted there yet stays there.
#[utoipa::path(delete, path = "/api/vector-stores/{name}", tag = "Vector stores",
    params(("name", description = "Its name")),
    responses((status = 204), (status = 404, body = ErrorDocument), (status = 409, body = ErrorDocument)))]
pub(super) async fn delete(State(app): State<App>, Path(name): Path<String>) -> Result<StatusCode, Problem> {
    app.service.delete_vector_store(&name).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Try a vector store
///
/// Puts a few vectors in, finds them, and takes them out.
#[utoipa::path(post, path = "/api/vector-stores/{name}/test", tag = "Vector stores",
    params(("name", description = "Its name")),
    responses((status = 200, body = VectorStoreTest), (status = 404, body = ErrorDocument)))]
pub(super) async fn test(
    State(app): State<App>,
    Path(name): Path<String>,
) -> Result<Json<VectorStoreTest>, Problem> {
    Ok(Json(app.service.test_vector_store(&name).await?))
}
