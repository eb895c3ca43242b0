//! `{{variable}}` templates. No logic, no escapes: one pass, and what a value holds is never read again.

use std::collections::HashSet;

use serde_json::Value;

use crate::message::Example;
use crate::value::to_text;

/// The most bytes between the braces of a variable: its name, and some space.
const LONGEST_INSIDE: usize = 200;

/// A piece of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    Text(&'a str),
    /// The variable's name, and where `{{name}}` stands in the text, in bytes.
    Variable(&'a str, (usize, usize)),
}

/// The pieces of a template, in order. Braces that do not hold a name are text.
pub fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let (mut from, mut look, mut close) = (0, 0, 0);
    while let Some(open) = text[look..].find("{{").map(|at| at + look) {
        // One end serves every opening before it: the text is read once.
        if close < open + 2 {
            let Some(next) = text[open + 2..].find("}}").map(|at| at + open + 2) else { break };
            close = next;
        }
        let inside = &text[open + 2..close];
        let name = if inside.len() <= LONGEST_INSIDE { inside.trim() } else { "" };
        if is_variable(name) {
            if from < open {
                pieces.push(Piece::Text(&text[from..open]));
            }
            pieces.push(Piece::Variable(name, (open, close + 2)));
            from = close + 2;
            look = from;
        } else {
            // `{{{name}}` holds a variable one brace later.
            look = open + 1;
        }
    }
    if from < text.len() {
        pieces.push(Piece::Text(&text[from..]));
    }
    pieces
}

/// The variables of a template, each once, in order of appearance.
pub fn variables(text: &str) -> Vec<String> {
    let mut seen = HashSet::new();
    let names = pieces(text).into_iter().filter_map(|piece| match piece {
        Piece::Variable(name, _) if seen.insert(name) => Some(name.to_owned()),
        _ => None,
    });
    names.collect()
}

/// The text with each variable replaced by its value.
///
/// # Errors
/// A sentence that names the variable for which there is no value.
pub fn fill(text: &str, values: &[(String, Value)]) -> Result<String, String> {
    let mut filled = String::with_capacity(text.len());
    for piece in pieces(text) {
        match piece {
            Piece::Text(text) => filled.push_str(text),
            Piece::Variable(name, _) => match values.iter().find(|(known, _)| known == name) {
                Some((_, value)) => filled.push_str(&to_text(value)),
                None => return Err(format!("The prompt's variable {name} has no input of that name.")),
            },
        }
    }
    Ok(filled)
}

/// The labelled examples that a few-shot prompt holds.
///
/// The line of the last variable is the pattern: `Message: {{message}}` then `Tone:`. Every earlier pair of a line
/// that begins with `Message:` and a next one `Tone: angry`, where the label is allowed, is an example.
pub fn examples(text: &str, labels: &[String]) -> Vec<Example> {
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let Some(at) = lines.iter().rposition(|line| line.contains("{{")) else { return Vec::new() };
    let (Some((lead, _)), Some(tail)) = (lines[at].split_once("{{"), lines.get(at + 1)) else {
        return Vec::new();
    };
    let tail = tail.trim_end();
    if lead.trim().is_empty() || tail.is_empty() {
        return Vec::new();
    }
    lines[..at]
        .windows(2)
        .filter_map(|pair| {
            let text = pair[0].strip_prefix(lead.trim_end())?.trim();
            let label = pair[1].strip_prefix(tail)?.trim();
            let label = labels.iter().find(|allowed| allowed.as_str() == label)?;
            Some(Example { text: text.to_owned(), label: label.clone() })
        })
        .collect()
}

fn is_variable(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 100
        && name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn fills_in_one_pass() {
        let values = [("a".to_owned(), json!("{{b}}")), ("b".to_owned(), json!({"k": [1, true]}))];
        for (text, expected) in [
            ("{{a}} {{ b }}", "{{b}} {\"k\":[1,true]}"),
            ("no variables }} {{", "no variables }} {{"),
            ("{{{a}}}", "{{{b}}}"),
            ("{{not a name}} {{a}}", "{{not a name}} {{b}}"),
            ("{{}}", "{{}}"),
        ] {
            assert_eq!(fill(text, &values).as_deref(), Ok(expected), "{text}");
        }
        assert!(fill("{{c}}", &values).unwrap_err().contains("variable c"));
    }

    #[test]
    fn a_long_text_of_braces_is_read_once() {
        let text = "{".repeat(2_000_000) + "a}}" + &"{{b}} ".repeat(100_000);
        assert_eq!(variables(&text), ["a", "b"]);
    }

    #[test]
    fn finds_examples_of_the_pattern() {
        let labels = ["angry".to_owned(), "neutral".to_owned()];
        let text = "Angry or neutral?\n\nMessage: Fix it now!\nTone: angry\n\nMessage: Where is it?\nTone: neutral\n\n\
                    Message: Hm\nTone: sad\n\nMessage: {{message}}\nTone:";
        let found = examples(text, &labels);
        assert_eq!(found.len(), 2);
        assert_eq!(found[0], Example { text: "Fix it now!".into(), label: "angry".into() });
        assert!(examples("{{x}}", &labels).is_empty());
        assert!(examples("Tone of {{x}}?", &labels).is_empty());
    }
}
