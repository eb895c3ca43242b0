//! The doors: the native API, AWS's, and the browser app. HTTP is known here alone.

pub mod aws;

use std::sync::Arc;

use crate::auth::local::LocalKey;
use crate::auth::session::Sessions;
use crate::service::Service;

/// What handlers share.
#[derive(Clone)]
pub struct App {
    pub service: Service,
    pub sessions: Sessions,
    pub key: Arc<LocalKey>,
}
