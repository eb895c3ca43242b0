//! Word documents (`.docx`): the paragraphs, headings and tables of their body.

use std::io::{BufReader, Cursor, Read as _};

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;

use super::{LARGEST_TEXT, Unreadable};

/// The most that a document may have when it is unpacked.
const LARGEST_BODY: u64 = 64 * 1024 * 1024;

pub(super) fn read(bytes: &[u8]) -> Result<String, Unreadable> {
    let none = |_| Unreadable::new("It is no Word document, whatever its name says.");
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(none)?;
    let body = archive.by_name("word/document.xml").map_err(none)?;
    if body.size() > LARGEST_BODY {
        return Err(too_large());
    }
    // What an archive says of its sizes need not be so.
    let mut body = body.take(LARGEST_BODY);
    let text = paragraphs(&mut Reader::from_reader(BufReader::new(&mut body)))?;
    if body.limit() == 0 { Err(too_large()) } else { Ok(text) }
}

fn paragraphs(xml: &mut Reader<impl std::io::BufRead>) -> Result<String, Unreadable> {
    let broken =
        |error: &dyn std::fmt::Display| Unreadable::new(format!("It is a broken Word document: {error}."));
    let (mut text, mut buffer, mut is_text) = (String::new(), Vec::new(), false);
    let mut open = 0_usize;
    loop {
        let event = xml.read_event_into(&mut buffer).map_err(|error| broken(&error))?;
        match &event {
            Event::Start(_) => open += 1,
            Event::End(_) => open = open.saturating_sub(1),
            _ => {}
        }
        match event {
            Event::Start(tag) | Event::Empty(tag) if tag.local_name().as_ref() == b"pStyle" => {
                text.push_str(&heading(&tag));
            }
            Event::Start(tag) => is_text = tag.local_name().as_ref() == b"t",
            Event::Empty(tag) => text.push_str(match tag.local_name().as_ref() {
                b"tab" => "\t",
                b"br" | b"cr" => "\n",
                _ => "",
            }),
            Event::Text(piece) if is_text => {
                text.push_str(&piece.decode().map_err(|error| broken(&error))?);
            }
            Event::GeneralRef(name) if is_text => text.push_str(&character(&name)),
            Event::End(tag) => {
                is_text = false;
                match tag.local_name().as_ref() {
                    b"p" => text.push_str("\n\n"),
                    b"tc" => cell(&mut text),
                    b"tr" => text.push_str("\n\n"),
                    _ => {}
                }
            }
            Event::Eof if open > 0 => return Err(broken(&"it breaks off")),
            Event::Eof => return Ok(text),
            _ => {}
        }
        if text.len() > LARGEST_TEXT {
            return Ok(text);
        }
        buffer.clear();
    }
}

/// The mark of a heading in Markdown.
fn heading(style: &BytesStart<'_>) -> String {
    let value = style.attributes().flatten().find(|attribute| attribute.key.local_name().as_ref() == b"val");
    let value = value.map(|attribute| String::from_utf8_lossy(&attribute.value).to_ascii_lowercase());
    let level = value.as_deref().and_then(|style| match style {
        "title" => Some(1),
        style => style.strip_prefix("heading")?.parse::<usize>().ok(),
    });
    level.map_or_else(String::new, |level| format!("{} ", "#".repeat(level.clamp(1, 6))))
}

/// The paragraphs of a cell stand in its row.
fn cell(text: &mut String) {
    let kept = text.trim_end().len();
    text.truncate(kept);
    text.push_str(" | ");
}

/// A character that is written by its name or number.
fn character(name: &quick_xml::events::BytesRef<'_>) -> String {
    if let Ok(Some(character)) = name.resolve_char_ref() {
        return character.to_string();
    }
    match &**name {
        b"amp" => "&",
        b"lt" => "<",
        b"gt" => ">",
        b"quot" => "\"",
        b"apos" => "'",
        _ => "",
    }
    .to_owned()
}

fn too_large() -> Unreadable {
    Unreadable::new("It has more than 64 MiB when it is unpacked. Split it.")
}
