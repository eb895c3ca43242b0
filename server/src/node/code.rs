//! Code: Python, in a sandbox. A failure says what the code did wrong, with the lines of the node's own text.

use std::time::Duration;

use flow::event::{Failure, FailureCode};
use flow::node::code::Code;
use serde_json::Value;
use tracing::error;

use crate::provider::Pieces;
use crate::python::{Error, Job, Python};

/// Runs a node's code; the value of its last expression.
///
/// # Errors
/// Why there is no value.
pub async fn run(python: &Python, node: &str, code: Code, pieces: &Pieces) -> Result<Value, Failure> {
    let job = Job {
        name: node.to_owned(),
        code: code.code,
        inputs: code.inputs.into_iter().collect(),
        limit: Duration::from_secs(code.limit.into()),
    };
    python.run(job, |text| pieces.print(text)).await.map_err(failure)
}

fn failure(error: Error) -> Failure {
    let code = match &error {
        Error::Absent | Error::Raised { .. } | Error::Ended(_) => FailureCode::DependencyFailed,
        Error::NoResult | Error::Unfit(_) | Error::TooLarge => FailureCode::Validation,
        Error::Late(_) => FailureCode::TimedOut,
        Error::Stopped => FailureCode::InternalServer,
        Error::Broken(inner) => {
            error!("Python failed: {inner}");
            let message = "Python failed. The server's log says why.".to_owned();
            return Failure { code: FailureCode::InternalServer, message };
        }
    };
    Failure { code, message: error.to_string() }
}
