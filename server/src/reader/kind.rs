//! What kinds of files are read, and how they are told apart.

use std::str::FromStr;

/// A kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Plain text and Markdown.
    Text,
    Html,
    Pdf,
    Word,
    Csv,
    Json,
    JsonLines,
}

/// Each with its word for the command line, the endings of its files, and its media types.
const KINDS: [(Kind, &str, &[&str], &[&str]); 7] = [
    (Kind::Text, "text", &["txt", "md", "markdown"], &["text/plain", "text/markdown"]),
    (Kind::Html, "html", &["html", "htm"], &["text/html", "application/xhtml+xml"]),
    (Kind::Pdf, "pdf", &["pdf"], &["application/pdf"]),
    (
        Kind::Word,
        "word",
        &["docx"],
        &["application/vnd.openxmlformats-officedocument.wordprocessingml.document"],
    ),
    (Kind::Csv, "csv", &["csv", "tsv"], &["text/csv", "text/tab-separated-values"]),
    (Kind::Json, "json", &["json"], &["application/json"]),
    (Kind::JsonLines, "jsonl", &["jsonl", "ndjson"], &["application/jsonl", "application/x-ndjson"]),
];

/// What is told of a file that is of none of the kinds.
pub const KNOWN: &str = "Files that are read end in .txt, .md, .html, .pdf, .docx, .csv, .json or .jsonl.";

impl Kind {
    /// The kind of a file by the ending of its name.
    pub fn of_name(name: &str) -> Option<Self> {
        let ending = name.rsplit_once('.')?.1.to_ascii_lowercase();
        KINDS.iter().find(|(_, _, endings, _)| endings.contains(&ending.as_str())).map(|kind| kind.0)
    }

    /// The kind by a media type.
    pub fn of_type(media: &str) -> Option<Self> {
        let media = media.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        KINDS.iter().find(|(_, _, _, types)| types.contains(&media.as_str())).map(|kind| kind.0)
    }

    /// Its word for the command line.
    pub fn word(self) -> &'static str {
        KINDS.iter().find(|kind| kind.0 == self).map_or("text", |kind| kind.1)
    }
}

impl FromStr for Kind {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        let found = KINDS.iter().find(|kind| kind.1 == word).map(|kind| kind.0);
        found.ok_or_else(|| format!("there is no kind {word}"))
    }
}
