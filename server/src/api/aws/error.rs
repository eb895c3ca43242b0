//! What went wrong, with AWS's names. A service has its own status for some of them.

use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use flow::event::Status;
use serde_json::{Value, json};

use super::operation::Service;
use crate::error::Error as Inner;
use crate::service::ModelError;

/// An error of AWS's.
#[derive(Debug)]
pub(super) struct Error {
    status: StatusCode,
    kind: &'static str,
    message: String,
    /// The members that do not fit, with what is wrong with each.
    fields: Vec<(String, String)>,
    /// The status of a model's own answer.
    original: Option<u16>,
    /// For the log alone.
    pub inner: Option<String>,
}

/// What only the models themselves answer.
const OF_MODELS: [&str; 4] =
    ["ServiceUnavailableException", "ModelNotReadyException", "ModelTimeoutException", "ModelErrorException"];

impl Error {
    pub fn of_kind(status: StatusCode, kind: &'static str, message: impl Into<String>) -> Self {
        Self { status, kind, message: message.into(), fields: Vec::new(), original: None, inner: None }
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

    /// AWS's name for it, and what is wrong.
    pub fn told(&self) -> (&'static str, &str, Option<u16>) {
        (self.kind, &self.message, self.original)
    }

    /// As CountTokens says it, which has no errors of a model that answers.
    pub fn of_counting(self) -> Self {
        if !self.kind.starts_with("Model") {
            return self;
        }
        Self::of_kind(StatusCode::SERVICE_UNAVAILABLE, "ServiceUnavailableException", self.message)
    }

    /// As this service says it.
    pub fn of(mut self, service: Service) -> Self {
        if self.kind == "ServiceQuotaExceededException" && service == Service::Agent {
            self.status = StatusCode::PAYMENT_REQUIRED;
        }
        // Which of a model's errors it was is told by the runtime alone.
        if service == Service::AgentRuntime && OF_MODELS.contains(&self.kind) {
            (self.status, self.kind) = (StatusCode::FAILED_DEPENDENCY, "DependencyFailedException");
            self.original = None;
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
        if let Some(status) = self.original {
            body["originalStatusCode"] = json!(status);
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
            Inner::Model(error) => error.into(),
            Inner::Busy(_) => Self::of_kind(StatusCode::TOO_MANY_REQUESTS, "ThrottlingException", message),
            Inner::Stopping => Self::internal(message),
            Inner::Full | Inner::Quota(_) => {
                Self::of_kind(StatusCode::BAD_REQUEST, "ServiceQuotaExceededException", message)
            }
            Inner::Internal(inner) => Self::internal(inner),
            Inner::Run { .. } => Self::internal(message),
        }
    }
}

impl From<ModelError> for Error {
    fn from(error: ModelError) -> Self {
        let message = error.to_string();
        let (status, kind) = match &error {
            ModelError::Unknown(_) | ModelError::Refused { status: Some(404), .. } => {
                (StatusCode::NOT_FOUND, "ResourceNotFoundException")
            }
            ModelError::Away(_) => (StatusCode::SERVICE_UNAVAILABLE, "ServiceUnavailableException"),
            ModelError::Busy(_) => (StatusCode::TOO_MANY_REQUESTS, "ThrottlingException"),
            ModelError::NotReady(_) => (StatusCode::TOO_MANY_REQUESTS, "ModelNotReadyException"),
            ModelError::TimedOut(_) => (StatusCode::REQUEST_TIMEOUT, "ModelTimeoutException"),
            // What a model's server finds wrong with what it was asked.
            ModelError::Unfit(_) | ModelError::Refused { status: Some(400 | 413 | 422), .. } => {
                (StatusCode::BAD_REQUEST, "ValidationException")
            }
            ModelError::Refused { .. } | ModelError::Garbled(_) => {
                (StatusCode::FAILED_DEPENDENCY, "ModelErrorException")
            }
        };
        let original = match error {
            ModelError::Refused { status, .. } if kind == "ModelErrorException" => status,
            _ => None,
        };
        Self { original, ..Self::of_kind(status, kind, message) }
    }
}
