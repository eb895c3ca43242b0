//! Amazon Bedrock's own wire format.

use axum::Router;

use super::App;

/// Every route of AWS's API.
pub fn router(app: App) -> Router {
    let _ = app;
    Router::new()
}
