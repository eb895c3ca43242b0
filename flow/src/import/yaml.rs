//! YAML as JSON, the way CloudFormation writes it: short tags become functions, `!Ref a` is `{"Ref": "a"}`.
//!
//! Always holds: what is read is bounded in depth and in size, what its anchors repeat counted each time; a key that
//! stands twice is refused, since one of the two would be lost. Absent on purpose: keys that are no texts, several
//! documents in a file.

use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScalarStyle, StrInput, Tag};
use serde_json::{Map, Number, Value};

/// As deep as a JSON document may be.
const DEEPEST: usize = 120;
/// The most values, what aliases repeat among them.
const MOST_VALUES: usize = 500_000;
/// The most bytes of text, what aliases repeat among them.
const MOST_BYTES: usize = 32 * 1024 * 1024;

/// The document in this text.
pub(super) fn read(text: &str) -> Result<Value, String> {
    let mut reader =
        Reader { parser: Parser::new_from_str(text), anchors: HashMap::new(), values: 0, bytes: 0, line: 1 };
    loop {
        match reader.next()? {
            Event::StreamStart | Event::DocumentStart(_) | Event::Nothing => {}
            Event::StreamEnd => return Ok(Value::Null),
            event => {
                let value = reader.value(event, 0)?;
                return reader.end().map(|()| value);
            }
        }
    }
}

struct Reader<'a> {
    parser: Parser<'a, StrInput<'a>>,
    /// The values with an anchor, with their size.
    anchors: HashMap<usize, (Value, usize, usize)>,
    values: usize,
    bytes: usize,
    line: usize,
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Result<Event<'a>, String> {
        let broken_off = || "The file breaks off.".to_owned();
        let (event, span) =
            self.parser.next_event().ok_or_else(broken_off)?.map_err(|error| format!("{error}."))?;
        self.line = span.start.line();
        Ok(event)
    }

    fn end(&mut self) -> Result<(), String> {
        loop {
            match self.next()? {
                Event::DocumentEnd | Event::Nothing => {}
                Event::StreamEnd => return Ok(()),
                _ => return Err("The file holds several YAML documents. Give each a file of its own.".into()),
            }
        }
    }

    fn value(&mut self, event: Event<'a>, depth: usize) -> Result<Value, String> {
        if depth > DEEPEST {
            return Err(format!("Line {}: more than {DEEPEST} levels are inside each other.", self.line));
        }
        let (values, bytes) = (self.values, self.bytes);
        self.count(1, 0)?;
        let (value, anchor) = match event {
            Event::Scalar(text, style, anchor, tag) => {
                self.count(0, text.len())?;
                (scalar(&text, style, tag.as_deref()), anchor)
            }
            Event::SequenceStart(anchor, tag) => (tagged(self.list(depth)?, tag.as_deref()), anchor),
            Event::MappingStart(anchor, tag) => (tagged(self.object(depth)?, tag.as_deref()), anchor),
            Event::Alias(anchor) => return self.alias(anchor),
            other => return Err(format!("Line {}: {other:?} is out of place.", self.line)),
        };
        if anchor > 0 {
            // It is kept beside what it stands in, once for each anchor around it.
            let (values, bytes) = (self.values - values, self.bytes - bytes);
            self.count(values, bytes)?;
            self.anchors.insert(anchor, (value.clone(), values, bytes));
        }
        Ok(value)
    }

    fn list(&mut self, depth: usize) -> Result<Value, String> {
        let mut items = Vec::new();
        loop {
            match self.next()? {
                Event::SequenceEnd => return Ok(Value::Array(items)),
                event => items.push(self.value(event, depth + 1)?),
            }
        }
    }

    fn object(&mut self, depth: usize) -> Result<Value, String> {
        let mut members = Map::new();
        loop {
            let key = match self.next()? {
                Event::MappingEnd => return Ok(Value::Object(members)),
                Event::Scalar(text, ..) => text.into_owned(),
                _ => return Err(format!("Line {}: a key has to be a text.", self.line)),
            };
            let line = self.line;
            self.count(0, key.len())?;
            let event = self.next()?;
            let value = self.value(event, depth + 1)?;
            if members.insert(key.clone(), value).is_some() {
                return Err(format!("Line {line}: {key} stands twice in the same object. Keep one."));
            }
        }
    }

    fn alias(&mut self, anchor: usize) -> Result<Value, String> {
        let Some((value, values, bytes)) = self.anchors.get(&anchor).cloned() else {
            return Err(format!("Line {}: an alias stands inside what it repeats.", self.line));
        };
        self.count(values, bytes)?;
        Ok(value)
    }

    fn count(&mut self, values: usize, bytes: usize) -> Result<(), String> {
        self.values += values;
        self.bytes += bytes;
        if self.values > MOST_VALUES || self.bytes > MOST_BYTES {
            return Err(
                "The file holds too much: with what its anchors repeat, more than a template can.".into()
            );
        }
        Ok(())
    }
}

fn scalar(text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Value {
    let plain = style == ScalarStyle::Plain;
    let core = tag.filter(|tag| tag.is_yaml_core_schema()).map(|tag| tag.suffix.as_str());
    let value = if core == Some("str") || !plain { text.into() } else { resolved(text) };
    // A function's argument is a text, whatever it looks like.
    let function = tag.is_some_and(|tag| !tag.is_yaml_core_schema());
    tagged(if function { text.into() } else { value }, tag)
}

/// A plain scalar by YAML's core schema.
fn resolved(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => true.into(),
        "false" | "False" | "FALSE" => false.into(),
        _ => number(text).map_or_else(|| text.into(), Value::Number),
    }
}

fn number(text: &str) -> Option<Number> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if !digits.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        || !digits.contains(|c: char| c.is_ascii_digit())
    {
        return None;
    }
    let signed = text.strip_prefix('+').unwrap_or(text);
    // What JSON has too keeps its form. A leading zero is no number of JSON: an account's id stays a text.
    let loose = || digits.starts_with('.').then(|| signed.parse().ok().and_then(Number::from_f64)).flatten();
    serde_json::from_str(signed).ok().or_else(loose)
}

/// `!Sub x` as `{"Fn::Sub": x}`; other tags say nothing about a value.
fn tagged(value: Value, tag: Option<&Tag>) -> Value {
    let Some(tag) = tag.filter(|tag| tag.handle == "!" && !tag.suffix.is_empty()) else { return value };
    let (name, value) = match (tag.suffix.as_str(), value) {
        ("Ref" | "Condition", value) => (tag.suffix.clone(), value),
        ("GetAtt", Value::String(path)) => {
            let (resource, attribute) = path.split_once('.').unwrap_or((&path, ""));
            ("Fn::GetAtt".to_owned(), Value::from(vec![resource, attribute]))
        }
        (function, value) => (format!("Fn::{function}"), value),
    };
    Value::Object(Map::from_iter([(name, value)]))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn short_tags_are_functions() {
        let text = "a: !Ref Model\nb: !Sub 'arn:${AWS::Region}'\nc: !GetAtt Fn.Arn\nd: !Join ['', [x, !Ref Y]]\n\
                    e: !If\n  - C\n  - 1\n  - !Ref 'AWS::NoValue'\n";
        let expected = json!({"a": {"Ref": "Model"}, "b": {"Fn::Sub": "arn:${AWS::Region}"},
            "c": {"Fn::GetAtt": ["Fn", "Arn"]}, "d": {"Fn::Join": ["", ["x", {"Ref": "Y"}]]},
            "e": {"Fn::If": ["C", 1, {"Ref": "AWS::NoValue"}]}});
        assert_eq!(read(text).unwrap(), expected);
    }

    #[test]
    fn plain_words_are_what_they_look_like() {
        let text = "[2010-09-09, 1, -2.5, .5, 1e3, true, ~, '1', \"true\", 0123, yes, !!str 7, 1.2.3, .]";
        let expected = json!([
            "2010-09-09",
            1,
            -2.5,
            0.5,
            1e3,
            true,
            null,
            "1",
            "true",
            "0123",
            "yes",
            "7",
            "1.2.3",
            "."
        ]);
        assert_eq!(read(text).unwrap(), expected);
    }

    #[test]
    fn blocks_of_text_keep_their_lines() {
        assert_eq!(
            read("a: |\n  one\n  two\nb: >-\n  one\n  two\n").unwrap(),
            json!({"a": "one\ntwo\n", "b": "one two"})
        );
    }

    #[test]
    fn anchors_are_repeated_within_bounds() {
        assert_eq!(read("a: &x {b: 1}\nc: *x\n").unwrap(), json!({"a": {"b": 1}, "c": {"b": 1}}));
        let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..12 {
            let before = format!("*a{}, ", level - 1).repeat(10);
            bomb.push_str(&format!("a{level}: &a{level} [{before}]\n"));
        }
        assert!(read(&bomb).unwrap_err().contains("too much"));
    }

    #[test]
    fn what_cannot_be_read_says_why() {
        for (text, why) in [
            ("a: 1\na: 2\n", "Line 2: a stands twice"),
            ("[a, b]: 1\n", "a key has to be a text"),
            ("a: 1\n---\nb: 2\n", "several YAML documents"),
            ("a: &x [*x]\n", "inside what it repeats"),
            ("a: *unknown\n", "unknown"),
            ("a: 'open", ""),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.contains(why), "{text}: {error}");
        }
        let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
        assert!(read(&deep).is_err());
        let blocks: String = (0..200).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect();
        assert!(read(&blocks).unwrap_err().contains("levels"));
    }
}
