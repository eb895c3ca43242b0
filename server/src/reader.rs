//! Reading documents: what a file says, as text. Files are taken apart in a process of their own, which is this program
//! again, with limits that the system keeps.
//!
//! Always holds: what a file does to its reader ends the reading of that file alone, with a reason; a reader opens no
//! file and no connection, since the system gives it no more descriptors than its standard ones; it has 1 GiB of memory
//! and 20 s of a processor. Absent on purpose: pictures in documents and what is on them.

mod data;
mod html;
mod kind;
mod limits;
mod pdf;
mod process;
mod word;

use std::io::{Read as _, Write as _};

use serde::{Deserialize, Serialize};

pub use kind::{KNOWN, Kind};
pub use process::Reader;

/// The largest file that is read.
pub const LARGEST_FILE: usize = 10 * 1024 * 1024;
/// The largest text that a document may have.
pub const LARGEST_TEXT: usize = 4 * 1024 * 1024;
/// What stands before the answer of a reader. JSON never holds it.
const MARK: u8 = 1;

/// What a document says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    /// Its own title, where it has one.
    pub title: Option<String>,
    pub text: String,
}

/// Why a document was not read, in words for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{0}")]
pub struct Unreadable(pub String);

impl Unreadable {
    fn new(why: impl Into<String>) -> Self {
        Self(why.into())
    }
}

/// The hidden command: reads a file of this kind from the standard input, and writes what it says to the standard
/// output.
///
/// # Errors
/// The limits could not be set, or nobody reads the answer.
pub fn run(kind: Kind) -> Result<(), String> {
    limits::set().map_err(|error| format!("the reader's limits could not be set: {error}"))?;
    let mut bytes = Vec::new();
    let read = std::io::stdin().lock().take(LARGEST_FILE as u64 + 1).read_to_end(&mut bytes);
    read.map_err(|error| error.to_string())?;
    let answer = serde_json::to_vec(&text(kind, &bytes)).map_err(|error| error.to_string())?;
    let mut output = std::io::stdout().lock();
    let written = output.write_all(&[MARK]).and_then(|()| output.write_all(&answer));
    written.and_then(|()| output.flush()).map_err(|error| error.to_string())
}

/// What a file says.
fn text(kind: Kind, bytes: &[u8]) -> Result<Text, Unreadable> {
    if bytes.len() > LARGEST_FILE {
        return Err(Unreadable::new("It is larger than 10 MiB. Split it."));
    }
    let plain = |text: String| Text { title: None, text };
    let found = match kind {
        Kind::Text => plain(utf8(bytes)?.to_owned()),
        Kind::Html => html::read(utf8(bytes)?)?,
        Kind::Pdf => plain(pdf::read(bytes)?),
        Kind::Word => plain(word::read(bytes)?),
        Kind::Csv => plain(data::csv(utf8(bytes)?)?),
        Kind::Json => plain(data::json(utf8(bytes)?)?),
        Kind::JsonLines => plain(data::json_lines(utf8(bytes)?)?),
    };
    fits(found)
}

/// Refuses what is too long, and what says nothing.
fn fits(mut found: Text) -> Result<Text, Unreadable> {
    if found.text.len() > LARGEST_TEXT {
        return Err(Unreadable::new("It has more than 4 MiB of text. Split it."));
    }
    if found.text.contains('\0') {
        found.text = found.text.replace('\0', " ");
    }
    if found.text.trim().is_empty() {
        return Err(Unreadable::new("There is no text in it. Pictures and scans are not read."));
    }
    Ok(found)
}

fn utf8(bytes: &[u8]) -> Result<&str, Unreadable> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        Unreadable::new(format!(
            "It is no text in UTF-8 (see byte {}). Save it in UTF-8, or give it the ending of what it is.",
            error.valid_up_to()
        ))
    })?;
    let text = text.trim_start_matches('\u{feff}');
    // A file of zeros is UTF-8 too.
    if text.bytes().take(8_000).filter(|byte| *byte == 0).count() > 8 {
        return Err(Unreadable::new("It is no text. Give it the ending of what it is."));
    }
    Ok(text)
}

#[cfg(test)]
mod tests;
