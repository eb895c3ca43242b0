//! Why a call of the API came to nothing, in words for people.

use std::fmt;

use flow::check::Report;
use flow::wire::ErrorDocument;

/// Why a call of the API came to nothing.
#[derive(Clone, Debug, PartialEq)]
pub enum Error {
    /// The server said no, and why.
    Refused(Box<ErrorDocument>),
    /// The server did not answer.
    Offline,
    /// The answer could not be understood, which a page older than its server explains.
    Unreadable(String),
    /// We stopped waiting on purpose.
    Aborted,
    /// A part of the app itself could not be loaded.
    PartMissing,
}

impl Error {
    /// The server's own words, where it had any.
    pub fn document(&self) -> Option<&ErrorDocument> {
        match self {
            Self::Refused(document) => Some(document),
            _ => None,
        }
    }

    /// The HTTP status, where the server answered.
    pub fn status(&self) -> Option<u16> {
        self.document().map(|document| document.status)
    }

    /// What is wrong with the flow, where that is why.
    pub fn report(&self) -> Option<&Report> {
        self.document().and_then(|document| document.report.as_ref())
    }

    /// Whether the draft was changed by someone else since it was read.
    pub fn is_conflict(&self) -> bool {
        self.status() == Some(412)
    }

    /// Whether what was asked for is still used.
    pub fn is_in_use(&self) -> bool {
        self.status() == Some(409)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(document) if document.detail.is_empty() => f.write_str(&document.title),
            Self::Refused(document) => f.write_str(&document.detail),
            Self::Offline => f.write_str("Anabranch does not answer. Is it running? Try again in a moment."),
            Self::Unreadable(why) => {
                write!(f, "The server's answer could not be read ({why}). Reload the page and try again.")
            }
            Self::Aborted => f.write_str("Stopped."),
            Self::PartMissing => f.write_str(
                "This page could not be loaded. Is Anabranch running? Try again in a moment, and reload the page if \
                 that does not help: Anabranch may have been updated.",
            ),
        }
    }
}

impl std::error::Error for Error {}
