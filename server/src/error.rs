//! The service error: what went wrong, without HTTP. Each API says it in its own words.

use flow::check::Report;
use flow::event::{RunError, Status};

use crate::{id, provider, run, store};

/// Why the service did not do it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is none of this name.
    #[error("There is no {what} {name}.")]
    NotFound { what: &'static str, name: String },
    /// A member of the request does not fit.
    #[error("{message}")]
    Invalid { field: &'static str, message: String },
    /// Something stands in the way; `code` names the case for programs.
    #[error("{message}")]
    Conflict { code: &'static str, message: String },
    /// The draft has moved on.
    #[error("The draft has changed since revision {based_on}; it is at {current} now.")]
    Revision { based_on: u64, current: u64 },
    /// The flow has errors.
    #[error("The flow has {} to mend first: {}", problems(.0), first(.0))]
    Problems(Box<Report>),
    /// The flow's input does not fit.
    #[error("{0}")]
    Input(String),
    /// The run ended, and not well.
    #[error("{}", ended(.error.as_ref(), *.status))]
    Run { execution: String, status: Status, error: Option<RunError> },
    /// More than there may be.
    #[error("{0}")]
    Quota(String),
    /// A model that was asked outside of a run did not answer.
    #[error(transparent)]
    Model(#[from] provider::Error),
    /// Too much at once.
    #[error("{0}")]
    Busy(&'static str),
    /// The server is about to end.
    #[error("The server is stopping. Try again when it runs.")]
    Stopping,
    /// No space on the disk.
    #[error("The disk is full. Free some space and try again; nothing was lost.")]
    Full,
    /// A mistake of ours; the inner text is for the log alone.
    #[error("Something went wrong here. The server's log says what.")]
    Internal(String),
}

pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// What the log says of it, with what callers are not told.
    pub fn logged(&self) -> String {
        match self {
            Self::Internal(inner) => inner.clone(),
            other => other.to_string(),
        }
    }

    /// There is no flow of this name.
    pub fn flow_not_found(name: &str) -> Self {
        Self::NotFound { what: "flow", name: name.to_owned() }
    }

    /// A member that does not fit.
    pub fn invalid(field: &'static str, message: impl Into<String>) -> Self {
        Self::Invalid { field, message: message.into() }
    }
}

/// Says what it was that was not found.
pub(crate) fn missing(what: &'static str, name: &str) -> impl FnOnce(store::Error) -> Error {
    let name = name.to_owned();
    move |error| match error {
        store::Error::NotFound => Error::NotFound { what, name },
        other => other.into(),
    }
}

/// Says that the draft has moved on, where that is why.
pub(crate) fn revised(error: store::Error, based_on: u64) -> Error {
    match error {
        store::Error::Revision(current) => Error::Revision { based_on, current },
        other => other.into(),
    }
}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::Full => Self::Full,
            store::Error::NotFound => Self::NotFound { what: "such thing", name: String::new() },
            other => Self::Internal(other.to_string()),
        }
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Self::Internal(error.to_string())
    }
}

impl From<id::NoRandomness> for Error {
    fn from(error: id::NoRandomness) -> Self {
        Self::Internal(error.to_string())
    }
}

impl From<run::Error> for Error {
    fn from(error: run::Error) -> Self {
        match error {
            run::Error::Problems(report) => Self::Problems(report),
            run::Error::Input(error) => Self::Input(error.message),
            run::Error::Busy => {
                Self::Busy("A thousand executions are running. Try again when some have ended.")
            }
            run::Error::Exists(id) => Self::Conflict {
                code: "execution_exists",
                message: format!("There is an execution {id} already, and none is gone on with."),
            },
            run::Error::NameTaken(name) => Self::Conflict {
                code: "name_taken",
                message: format!("This alias has an execution {name} already. Choose another name."),
            },
            run::Error::NotWaiting(id) => Self::Conflict {
                code: "not_waiting",
                message: format!("The execution {id} waits for no answer."),
            },
            run::Error::Elsewhere { asks, given } => {
                Self::invalid("node", format!("The question is {asks}'s, not {given}'s. Answer that one."))
            }
            run::Error::Lost(why) => Self::Internal(why),
            run::Error::Stopping => Self::Stopping,
            run::Error::Store(error) => error.into(),
            run::Error::Randomness(error) => error.into(),
        }
    }
}

fn problems(report: &Report) -> String {
    match report.errors() {
        1 => "one problem".to_owned(),
        count => format!("{count} problems"),
    }
}

fn first(report: &Report) -> String {
    let first = report.problems.iter().find(|problem| problem.severity == flow::check::Severity::Error);
    first.map_or_else(String::new, |problem| match &problem.node {
        Some(node) => format!("{node}: {}", problem.message),
        None => problem.message.clone(),
    })
}

fn ended(error: Option<&RunError>, status: Status) -> String {
    match error {
        Some(RunError { node: Some(node), message, .. }) => format!("{node}: {message}"),
        Some(error) => error.message.clone(),
        None if status == Status::Aborted => "The run was stopped.".to_owned(),
        None => format!("The run ended as {}.", status.name()),
    }
}
