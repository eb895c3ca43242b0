//! What a store's error comes to, in words that say what to do.

use std::error::Error;
use std::io;

use flow::event::{Failure, FailureCode};

use super::{Object, Place};
use crate::egress;

/// How many characters of a store's own words are told.
const QUOTED: usize = 200;

/// What the flow asks for cannot be done.
pub(super) fn refused(message: impl Into<String>) -> Failure {
    Failure { code: FailureCode::Validation, message: message.into() }
}

/// What a store gave cannot be understood.
pub(super) fn garbled(message: String) -> Failure {
    Failure { code: FailureCode::BadGateway, message }
}

impl Object {
    /// `did` is what was to be done: read, written.
    pub(super) fn explain(&self, did: &str, error: &object_store::Error) -> Failure {
        let uri = self.uri();
        let failed = |message: String| Failure { code: FailureCode::DependencyFailed, message };
        let place = self.whereabouts();
        if let Some(call) = cause::<egress::Error>(error) {
            return match call {
                egress::Error::TimedOut(_) => self.late(),
                egress::Error::TooLarge(_) => self.too_large(),
                other => failed(format!(
                    "{uri} could not be {did}: {other}. Where the bucket leads is on the Connections page."
                )),
            };
        }
        if let (Place::Folder(_), Some(why)) = (&self.place, cause::<io::Error>(error)) {
            return self.explain_folder(did, why);
        }
        match error {
            object_store::Error::NotFound { .. } => {
                failed(format!("There is no object {uri}. It was looked for in {place}."))
            }
            object_store::Error::PermissionDenied { .. } | object_store::Error::Unauthenticated { .. } => {
                failed(format!(
                    "The store of {uri} refuses it.{} Its key is on the Connections page.",
                    told(error)
                ))
            }
            other => failed(format!("{uri} could not be {did} in {place}.{}", told(other))),
        }
    }

    pub(super) fn too_large(&self) -> Failure {
        garbled(format!("{} is larger than 10 MiB, which is the most that is read at once.", self.uri()))
    }

    fn explain_folder(&self, did: &str, why: &io::Error) -> Failure {
        let uri = self.uri();
        let message = match why.kind() {
            io::ErrorKind::NotFound => {
                format!("There is no object {uri}. It was looked for in {}.", self.whereabouts())
            }
            io::ErrorKind::StorageFull => {
                format!("{uri} could not be {did}: the disk is full. Free some space and run again.")
            }
            io::ErrorKind::NotADirectory | io::ErrorKind::IsADirectory | io::ErrorKind::AlreadyExists => {
                format!(
                    "{uri} could not be {did}: a part of its key is an object where a folder is needed, or a folder where \
                 an object is needed."
                )
            }
            _ => format!("{uri} could not be {did} in {}: {why}.", self.whereabouts()),
        };
        Failure { code: FailureCode::DependencyFailed, message }
    }
}

/// The cause of this type, however deep.
fn cause<T: Error + 'static>(error: &object_store::Error) -> Option<&T> {
    let mut next: Option<&(dyn Error + 'static)> = error.source();
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<T>() {
            return Some(found);
        }
        next = error.source();
    }
    None
}

/// The store's own words: the code and message of its XML, else the end of the chain of causes.
fn told(error: &object_store::Error) -> String {
    let mut last = error.to_string();
    let mut next = error.source();
    while let Some(error) = next {
        last = error.to_string();
        next = error.source();
    }
    let member = |name: &str| {
        let (_, rest) = last.split_once(&format!("<{name}>"))?;
        rest.split_once('<').map(|(text, _)| text)
    };
    let words = match (member("Code"), member("Message")) {
        (Some(code), Some(message)) => format!("{code}: {message}"),
        (Some(code), None) => code.to_owned(),
        _ => last.clone(),
    };
    let words: String = words.trim().chars().take(QUOTED).collect();
    if words.is_empty() { String::new() } else { format!(" It said: {words}") }
}
