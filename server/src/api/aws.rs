//! Amazon Bedrock's own wire format. It is not answered yet: every call gets a typed error that says so.

use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::{Json, Router};
use serde_json::json;

use super::App;

/// Every route of AWS's API.
pub fn router(_: App) -> Router {
    Router::new().fallback(not_yet)
}

/// AWS clients read the error's name from the header and its text from the body.
async fn not_yet() -> Response {
    let message = "Anabranch does not answer the AWS API yet. Its own API is described at /api/docs.";
    let mut response = (StatusCode::BAD_REQUEST, Json(json!({"message": message}))).into_response();
    response.headers_mut().insert("x-amzn-errortype", HeaderValue::from_static("ValidationException"));
    response
}
