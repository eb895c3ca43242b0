//! What went wrong, with AWS's names. A service has its own status for some of them.

use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use flow::event::Status;
use serde_json::{Value, json};

use super::operation::Service;
use crate::error::Error as Inner;

/// An error of AWS's.
#[derive(Debug)]
pub(super) struct Error {
    status: StatusCode,
    kind: &'static str,
    message: String,
    /// The members that do not fit, with what is wrong with each.
    fields: Vec<(String, String)>,
    /// For the log alone.
    pub inner: Option<String>,
}

impl Error {
    pub fn of_kind(status: StatusCode, kind: &'static str, message: impl Into<String>) -> Self {
        Self { status, kind, message: message.into(), fields: Vec::new(), inner: None }
    }

    pub fn validation(message: impl Into<String>) -> Self {
        Self::of_kind(StatusCode::BAD_REQUEST, "ValidationException", message)
    }

    /// A member that does not fit.
    pub fn field(name: impl Into<String>, message: impl Into<String>) -> Self {
        Self::fields(vec![(name.into(), message.into())])
    }

    /// Members that do not fit, each with what is wrong with it.
    pub fn fields(fields: Vec<(String, String)>) -> Self {
        let told: Vec<String> = fields.iter().map(|(name, message)| format!("{name}: {message}")).collect();
        Self { fields, ..Self::validation(told.join(" ")) }
    }

    pub fn conflict(message: impl Into<String>) -> Self {
        Self::of_kind(StatusCode::CONFLICT, "ConflictException", message)
    }

    pub fn not_found(message: impl Into<String>) -> Self {
        Self::of_kind(StatusCode::NOT_FOUND, "ResourceNotFoundException", message)
    }

    pub fn internal(inner: impl Into<String>) -> Self {
        let message = "Something went wrong here. The server's log says what.";
        let error = Self::of_kind(StatusCode::INTERNAL_SERVER_ERROR, "InternalServerException", message);
        Self { inner: Some(inner.into()), ..error }
    }

    /// An operation of AWS's that is known and not answered.
    pub fn not_yet(operation: &str) -> Self {
        Self::validation(format!("Anabranch does not answer {operation} yet."))
    }

    pub fn unknown_operation(method: &Method, path: &str) -> Self {
        let message = format!("Amazon Bedrock has no operation {method} {path}.");
        Self::of_kind(StatusCode::NOT_FOUND, "UnknownOperationException", message)
    }

    /// As this service says it.
    pub fn of(mut self, service: Service) -> Self {
        if self.kind == "ServiceQuotaExceededException" && service == Service::Agent {
            self.status = StatusCode::PAYMENT_REQUIRED;
        }
        if service != Service::Agent {
            self.fields.clear();
        }
        self
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let mut body = json!({"message": self.message});
        if !self.fields.is_empty() {
            let fields = self.fields.iter().map(|(name, message)| json!({"name": name, "message": message}));
            body["fieldList"] = fields.collect::<Value>();
        }
        let headers = [
            (header::CONTENT_TYPE, super::JSON),
            (header::HeaderName::from_static("x-amzn-errortype"), HeaderValue::from_static(self.kind)),
        ];
        (self.status, headers, body.to_string()).into_response()
    }
}

impl From<Inner> for Error {
    fn from(error: Inner) -> Self {
        let message = error.to_string();
        match error {
            Inner::NotFound { .. } => Self::not_found(message),
            Inner::Invalid { field, .. } => Self::field(field, message),
            Inner::Conflict { code: "not_prepared", .. } | Inner::Problems(_) | Inner::Input(_) => {
                Self::validation(message)
            }
            Inner::Conflict { .. } | Inner::Revision { .. } => Self::conflict(message),
            Inner::Run { status: Status::Failed, .. } => {
                Self::of_kind(StatusCode::FAILED_DEPENDENCY, "DependencyFailedException", message)
            }
            Inner::Busy(_) => Self::of_kind(StatusCode::TOO_MANY_REQUESTS, "ThrottlingException", message),
            Inner::Stopping => Self::internal(message),
            Inner::Full => Self::of_kind(StatusCode::BAD_REQUEST, "ServiceQuotaExceededException", message),
            Inner::Internal(inner) => Self::internal(inner),
            Inner::Run { .. } => Self::internal(message),
        }
    }
}
