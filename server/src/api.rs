//! The doors: the native API, AWS's, and the browser app. HTTP is known here alone.
//!
//! A request passes, before its body is read: Host, Origin, then the authentication of the router it matched. What is
//! open without it is an exact list: health, sign-in, the API's description, and the app's own files.

mod assets;
pub mod aws;
mod extract;
mod gate;
pub mod native;
mod sse;

use std::sync::Arc;

use axum::Router;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::middleware;
use axum::response::IntoResponse as _;
use axum::routing::get;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::set_header::SetResponseHeaderLayer;

use crate::auth::local::LocalKey;
use crate::auth::session::Sessions;
use crate::service::Service;

pub use gate::Hosts;

/// What handlers share.
#[derive(Clone)]
pub struct App {
    pub service: Service,
    pub sessions: Sessions,
    pub key: Arc<LocalKey>,
    pub hosts: Arc<Hosts>,
}

/// What a page may do: load its own files, compile its own WebAssembly, call its own server.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
     img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; worker-src 'self'; frame-ancestors 'none'; \
     base-uri 'none'; form-action 'self'";

const HEADERS: [(&str, &str); 6] = [
    ("content-security-policy", POLICY),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=()"),
];

/// Everything that is answered.
pub fn router(app: App) -> Router {
    let health = Router::new()
        .route("/healthz", get(|| async { "ok" }))
        .route("/readyz", get(ready))
        .with_state(app.clone());
    let mut router = Router::new()
        .merge(health)
        .merge(native::router(&app))
        .nest("/aws", aws::router(app.clone()))
        .fallback(assets::serve)
        .layer(middleware::from_fn_with_state(Arc::clone(&app.hosts), gate::check))
        .layer(CatchPanicLayer::custom(native::broken));
    for (name, value) in HEADERS {
        router = router.layer(SetResponseHeaderLayer::if_not_present(
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        ));
    }
    router
}

async fn ready(axum::extract::State(app): axum::extract::State<App>) -> axum::response::Response {
    match app.service.ready().await {
        Ok(()) => "ready".into_response(),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the store does not answer").into_response(),
    }
}
