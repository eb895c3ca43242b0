//! Tables and data: each row or member becomes lines of `name: value`, so that what is found says what it is.

use std::fmt::Write as _;

use csv::ReaderBuilder;
use serde_json::Value;

use super::{LARGEST_TEXT, Unreadable};

/// A paragraph for each row. The first row has the names.
pub(super) fn csv(text: &str) -> Result<String, Unreadable> {
    let first = text.lines().next().unwrap_or_default();
    let count = |sign: &u8| first.bytes().filter(|byte| byte == sign).count();
    let delimiter = [b',', b';', b'\t'].into_iter().max_by_key(count).unwrap_or(b',');
    let mut rows = ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(text.as_bytes());
    let broken = |error: csv::Error| Unreadable::new(format!("It is a broken table: {error}."));
    let names = rows.headers().map_err(broken)?.clone();
    let mut said = String::new();
    for row in rows.records() {
        for (at, value) in row.map_err(broken)?.iter().enumerate().filter(|(_, value)| !value.is_empty()) {
            let _ = match names.get(at).filter(|name| !name.is_empty()) {
                Some(name) => writeln!(said, "{name}: {value}"),
                None => writeln!(said, "{value}"),
            };
        }
        said.push('\n');
        if said.len() > LARGEST_TEXT {
            break;
        }
    }
    // A table of one row says that row.
    if said.trim().is_empty() { Ok(names.iter().collect::<Vec<_>>().join(", ")) } else { Ok(said) }
}

/// Lines of the members of a value; a paragraph for each item of a list.
pub(super) fn json(text: &str) -> Result<String, Unreadable> {
    let value =
        serde_json::from_str(text).map_err(|error| Unreadable::new(format!("It is no JSON: {error}.")))?;
    let mut said = String::new();
    match &value {
        Value::Array(items) => items.iter().for_each(|item| paragraph(item, &mut said)),
        other => paragraph(other, &mut said),
    }
    Ok(said)
}

/// A paragraph for each line.
pub(super) fn json_lines(text: &str) -> Result<String, Unreadable> {
    let mut said = String::new();
    for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let value = serde_json::from_str(line)
            .map_err(|error| Unreadable::new(format!("Its line {} is no JSON: {error}.", at + 1)))?;
        paragraph(&value, &mut said);
    }
    Ok(said)
}

fn paragraph(value: &Value, said: &mut String) {
    lines(value, &mut String::new(), said);
    said.push('\n');
}

fn lines(value: &Value, path: &mut String, said: &mut String) {
    if said.len() > LARGEST_TEXT {
        return;
    }
    let length = path.len();
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                path.push_str(if path.is_empty() { "" } else { "." });
                path.push_str(name);
                lines(value, path, said);
                path.truncate(length);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| lines(item, path, said)),
        Value::Null => {}
        value => {
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            let _ = match path.is_empty() {
                true => writeln!(said, "{value}"),
                false => writeln!(said, "{path}: {value}"),
            };
        }
    }
}
