//! Where buckets lead.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use flow::wire::{Bucket, BucketList, BucketTest, ErrorDocument, PutBucket};

use super::{App, Problem};
use crate::api::extract::{Body, Path};

/// Buckets
///
/// Those that lead to a store of their own, and the folder on the server in which every other bucket is a folder.
#[utoipa::path(get, path = "/api/buckets", tag = "Buckets", responses((status = 200, body = BucketList)))]
pub(super) async fn list(State(app): State<App>) -> Result<Json<BucketList>, Problem> {
    Ok(Json(app.service.buckets().await?))
}

/// Lead a bucket to a store
///
/// An absent secret keeps the stored one, unless the address or the access key changes.
#[utoipa::path(put, path = "/api/buckets/{name}", tag = "Buckets", request_body = PutBucket,
    params(("name", description = "The bucket's name as the nodes have it, percent-encoded")),
    responses((status = 200, body = Bucket), (status = 400, body = ErrorDocument)))]
pub(super) async fn put(
    State(app): State<App>,
    Path(name): Path<String>,
    Body(put): Body<PutBucket>,
) -> Result<Json<Bucket>, Problem> {
    Ok(Json(app.service.put_bucket(&name, put).await?))
}

/// Make a bucket a folder again
///
/// Its objects stay where they are.
#[utoipa::path(delete, path = "/api/buckets/{name}", tag = "Buckets", params(("name", description = "Its name")),
    responses((status = 204), (status = 404, body = ErrorDocument)))]
pub(super) async fn delete(State(app): State<App>, Path(name): Path<String>) -> Result<StatusCode, Problem> {
    app.service.delete_bucket(&name).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Try a bucket
///
/// Writes, reads and deletes a small object.
#[utoipa::path(post, path = "/api/buckets/{name}/test", tag = "Buckets", params(("name", description = "Its name")),
    responses((status = 200, body = BucketTest)))]
pub(super) async fn test(
    State(app): State<App>,
    Path(name): Path<String>,
) -> Result<Json<BucketTest>, Problem> {
    Ok(Json(app.service.test_bucket(&name).await?))
}
