//! Input expressions, a small subset of JSONPath: `$.data`, then names, indices, slices and wildcards.
//!
//! Always holds: without a wildcard, slice or list of indices the result is the one value, and a missing key or index
//! is an error; with one of them the result is an array, and what lies past a wildcard is left out where it is missing.
//! A name that has dots, spaces or the like stands in brackets and quotes: `$.data['first name']`. Absent on purpose:
//! filters, functions, `..`, negative indices.

pub mod pick;

use std::fmt;

use serde_json::Value;

use crate::value::{Type, fits, shape};

/// The whole input.
pub const WHOLE: &str = "$.data";

/// The longest expression we read, in bytes. AWS's own limit is 64 characters.
pub const LONGEST: usize = 4096;

/// A parsed expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expression {
    steps: Vec<Step>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Name(String),
    Index(usize),
    Indices(Vec<usize>),
    Slice(Option<usize>, Option<usize>),
    All,
}

/// What is wrong with an expression, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    pub message: String,
    /// Bytes of the expression, start and end.
    pub span: (usize, usize),
}

/// The most that an expression may select, in bytes of JSON, about: a list of indices can name a large part often.
const MOST: usize = 32 * 1024 * 1024;
/// The most values that it may pass through.
const MOST_VALUES: usize = 1_000_000;

/// An expression that cannot be answered from a value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failed {
    /// It found nothing.
    #[error("{path} is missing: {parent} is {shape}.")]
    Missing {
        /// The path as far as the step that failed.
        path: String,
        /// The path before it.
        parent: String,
        /// The shape of the value there.
        shape: String,
    },
    /// It found more than may be passed on.
    #[error("The expression selects more than a million values, or than 32 MiB.")]
    TooMuch,
}

impl Expression {
    /// Reads an expression.
    ///
    /// # Errors
    /// The first thing that is not of the grammar, with its place.
    pub fn parse(text: &str) -> Result<Self, Error> {
        if text.len() > LONGEST {
            return Err(error(format!("An expression has at most {LONGEST} characters."), 0, text.len()));
        }
        let Some(rest) = text.strip_prefix(WHOLE) else {
            return Err(error("An expression begins with $.data.", 0, text.len()));
        };
        let mut reader = Reader { text, at: text.len() - rest.len() };
        let mut steps = Vec::new();
        while reader.at < text.len() {
            steps.push(reader.step()?);
        }
        Ok(Self { steps })
    }

    /// What the whole input must be for it to find anything: for a name an Object, for an index or a slice an Array.
    pub fn container(&self) -> Option<Type> {
        match self.steps.first()? {
            Step::Name(_) => Some(Type::Object),
            Step::Index(_) | Step::Indices(_) | Step::Slice(..) => Some(Type::Array),
            Step::All => None,
        }
    }

    /// Whether it yields an array whatever it finds.
    pub fn gathers(&self) -> bool {
        self.steps.iter().any(|step| matches!(step, Step::Indices(_) | Step::Slice(..) | Step::All))
    }

    /// Whether a name stands in quotes, which AWS does not document.
    pub fn quotes(&self) -> bool {
        self.steps
            .iter()
            .any(|step| matches!(step, Step::Name(name) if name.is_empty() || name.contains(special)))
    }

    /// Whether it is `$.data` alone.
    pub fn is_whole(&self) -> bool {
        self.steps.is_empty()
    }

    /// What it selects.
    ///
    /// # Errors
    /// The key or index that is missing, or that there is too much.
    pub fn evaluate(&self, whole: &Value) -> Result<Value, Failed> {
        let mut path = WHOLE.to_owned();
        let mut one = whole;
        for (at, step) in self.steps.iter().enumerate() {
            let missing =
                || Failed::Missing { path: format!("{path}{step}"), parent: path.clone(), shape: shape(one) };
            match step {
                Step::Name(name) => one = one.get(name.as_str()).ok_or_else(missing)?,
                Step::Index(index) => one = one.get(*index).ok_or_else(missing)?,
                Step::Indices(indices) => {
                    let items: Option<Vec<&Value>> = indices.iter().map(|index| one.get(*index)).collect();
                    return many(items.ok_or_else(missing)?, &self.steps[at + 1..]);
                }
                Step::Slice(..) if one.is_array() => {
                    return many(select(one, step), &self.steps[at + 1..]);
                }
                Step::All if one.is_array() || one.is_object() => {
                    return many(select(one, step), &self.steps[at + 1..]);
                }
                Step::Slice(..) | Step::All => return Err(missing()),
            }
            path.push_str(&step.to_string());
        }
        Ok(one.clone())
    }
}

/// Applies steps to each of several values, and gathers what they find.
fn many(mut found: Vec<&Value>, steps: &[Step]) -> Result<Value, Failed> {
    for step in steps {
        let mut next = Vec::new();
        for value in found {
            next.extend(select(value, step));
            if next.len() > MOST_VALUES {
                return Err(Failed::TooMuch);
            }
        }
        found = next;
    }
    let mut left = MOST;
    if !found.iter().all(|value| fits(value, &mut left)) {
        return Err(Failed::TooMuch);
    }
    Ok(Value::Array(found.into_iter().cloned().collect()))
}

fn select<'a>(value: &'a Value, step: &Step) -> Vec<&'a Value> {
    match step {
        Step::Name(name) => value.get(name.as_str()).into_iter().collect(),
        Step::Index(index) => value.get(*index).into_iter().collect(),
        Step::Indices(indices) => indices.iter().filter_map(|index| value.get(*index)).collect(),
        Step::Slice(from, to) => {
            let items = value.as_array().map_or(&[][..], Vec::as_slice);
            let to = to.unwrap_or(items.len()).min(items.len());
            items.get(from.unwrap_or(0)..to).map_or_else(Vec::new, |items| items.iter().collect())
        }
        Step::All => match value {
            Value::Array(items) => items.iter().collect(),
            Value::Object(members) => members.values().collect(),
            _ => Vec::new(),
        },
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) if name.is_empty() || name.contains(special) => {
                write!(f, "['{}']", name.replace('\\', "\\\\").replace('\'', "\\'"))
            }
            Self::Name(name) => write!(f, ".{name}"),
            Self::Index(index) => write!(f, "[{index}]"),
            Self::Indices(indices) => {
                let indices: Vec<String> = indices.iter().map(usize::to_string).collect();
                write!(f, "[{}]", indices.join(", "))
            }
            Self::Slice(from, to) => {
                let text = |end: &Option<usize>| end.map(|end| end.to_string()).unwrap_or_default();
                write!(f, "[{}:{}]", text(from), text(to))
            }
            Self::All => f.write_str("[*]"),
        }
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn step(&mut self) -> Result<Step, Error> {
        if self.eat('.') {
            self.name()
        } else if self.eat('[') {
            self.brackets()
        } else {
            Err(self.unexpected())
        }
    }

    fn name(&mut self) -> Result<Step, Error> {
        if self.eat('*') {
            return Ok(Step::All);
        }
        let rest = &self.text[self.at..];
        let length = rest.find(special).unwrap_or(rest.len());
        if length == 0 {
            return Err(error("A name or * belongs after the dot.", self.at.saturating_sub(1), self.at));
        }
        self.at += length;
        Ok(Step::Name(rest[..length].to_owned()))
    }

    fn brackets(&mut self) -> Result<Step, Error> {
        let open = self.at - 1;
        self.space();
        if self.eat('*') {
            self.close(open)?;
            return Ok(Step::All);
        }
        if let Some(quote) = ['\'', '"'].into_iter().find(|quote| self.eat(*quote)) {
            let name = self.quoted(quote, open)?;
            self.close(open)?;
            return Ok(Step::Name(name));
        }
        let first = self.number()?;
        self.space();
        if self.eat(':') {
            self.space();
            let last = self.number()?;
            self.close(open)?;
            return Ok(Step::Slice(first, last));
        }
        let Some(first) = first else {
            return Err(error(
                "Brackets hold an index, a slice such as 1:3, *, or a name in quotes.",
                open,
                self.at.max(open + 1),
            ));
        };
        let mut indices = vec![first];
        while self.eat(',') {
            self.space();
            let Some(index) = self.number()? else { return Err(self.unexpected()) };
            indices.push(index);
            self.space();
        }
        self.close(open)?;
        Ok(if indices.len() == 1 { Step::Index(first) } else { Step::Indices(indices) })
    }

    /// A name up to its closing quote; a backslash keeps the character after it.
    fn quoted(&mut self, quote: char, open: usize) -> Result<String, Error> {
        let mut name = String::new();
        let mut characters = self.text[self.at..].char_indices();
        while let Some((at, character)) = characters.next() {
            match character {
                '\\' => name.extend(characters.next().map(|(_, kept)| kept)),
                _ if character == quote => {
                    self.at += at + quote.len_utf8();
                    return Ok(name);
                }
                _ => name.push(character),
            }
        }
        Err(error("This name is not closed with its quote.", open, self.text.len()))
    }

    fn number(&mut self) -> Result<Option<usize>, Error> {
        let rest = &self.text[self.at..];
        let length = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        if length == 0 {
            return Ok(None);
        }
        let number = rest[..length]
            .parse()
            .map_err(|_| error("This index is too large.", self.at, self.at + length))?;
        self.at += length;
        Ok(Some(number))
    }

    fn close(&mut self, open: usize) -> Result<(), Error> {
        self.space();
        if self.eat(']') {
            return Ok(());
        }
        if self.at >= self.text.len() {
            return Err(error("This bracket is not closed.", open, self.text.len()));
        }
        Err(self.unexpected())
    }

    fn eat(&mut self, expected: char) -> bool {
        let found = self.text[self.at..].starts_with(expected);
        if found {
            self.at += expected.len_utf8();
        }
        found
    }

    fn space(&mut self) {
        while self.eat(' ') {}
    }

    fn unexpected(&self) -> Error {
        match self.text[self.at..].chars().next() {
            Some(found) => {
                error(format!("{found} does not belong here."), self.at, self.at + found.len_utf8())
            }
            None => error("The expression ends too early.", self.at.saturating_sub(1), self.at),
        }
    }
}

/// What a name cannot have without quotes.
fn special(c: char) -> bool {
    ".[]*,:?@()'\"$".contains(c) || c.is_whitespace()
}

fn error(message: impl Into<String>, start: usize, end: usize) -> Error {
    Error { message: message.into(), span: (start, end) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn zoo() -> Value {
        json!({"animals":{"mammals":["cat","dog"],"reptiles":["snake","turtle","iguana"]},
               "organisms":{"mammals":["rabbit","horse","mouse"],"flowers":["lily","daisy"]},
               "numbers":[1,2,3,5,8]})
    }

    #[test]
    fn selects_as_the_user_guide_says() {
        for (text, expected) in [
            ("$.data", zoo()),
            ("$.data.animals.reptiles[2]", json!("iguana")),
            ("$.data.numbers[0, 3]", json!([1, 5])),
            ("$.data.organisms.mammals[1:]", json!(["horse", "mouse"])),
            ("$.data.numbers[:2]", json!([1, 2])),
            ("$.data.numbers[1:99]", json!([2, 3, 5, 8])),
            ("$.data.numbers[4:2]", json!([])),
            ("$.data.*.mammals", json!([["cat", "dog"], ["rabbit", "horse", "mouse"]])),
            ("$.data.*.mammals[0]", json!(["cat", "rabbit"])),
            ("$.data.numbers[*]", json!([1, 2, 3, 5, 8])),
            ("$.data.animals.mammals[0:1]", json!(["cat"])),
            ("$.data['animals'][\"mammals\"][1]", json!("dog")),
        ] {
            let expression = Expression::parse(text).unwrap();
            assert_eq!(expression.evaluate(&zoo()), Ok(expected), "{text}");
        }
    }

    #[test]
    fn quotes_reach_any_name() {
        let value = json!({"first name": 1, "a.b": {"it's": 2}, "back\\slash": 3, "": 4, "z": 5, "a": 6});
        for (text, expected) in [
            ("$.data['first name']", json!(1)),
            ("$.data[ 'a.b' ]['it\\'s']", json!(2)),
            ("$.data['a.b'][\"it's\"]", json!(2)),
            ("$.data['back\\\\slash']", json!(3)),
            ("$.data['']", json!(4)),
            ("$.data.*", json!([1, {"it's": 2}, 3, 4, 5, 6])),
        ] {
            let expression = Expression::parse(text).unwrap();
            assert_eq!(expression.evaluate(&value), Ok(expected), "{text}");
        }
        let missing = Expression::parse("$.data['a.b']['no\\'pe']").unwrap().evaluate(&value).unwrap_err();
        assert!(
            missing.to_string().starts_with("$.data['a.b']['no\\'pe'] is missing: $.data['a.b'] is"),
            "{missing}"
        );
    }

    #[test]
    fn what_is_named_often_does_not_grow_past_measure() {
        let mut deep = json!(1);
        for _ in 0..30 {
            deep = json!([deep]);
        }
        let often = format!("$.data{}", "[0,0]".repeat(30));
        assert_eq!(Expression::parse(&often).unwrap().evaluate(&deep), Err(Failed::TooMuch));
        let large = json!(["x".repeat(1_000_000)]);
        let often = format!("$.data[{}]", ["0"; 100].join(","));
        assert_eq!(Expression::parse(&often).unwrap().evaluate(&large), Err(Failed::TooMuch));
    }

    #[test]
    fn names_what_is_missing() {
        for (text, message) in [
            (
                "$.data.plants",
                "$.data.plants is missing: $.data is an Object with animals, organisms, numbers.",
            ),
            ("$.data.numbers[9]", "$.data.numbers[9] is missing: $.data.numbers is an Array of 5 items."),
            (
                "$.data.numbers[0, 9]",
                "$.data.numbers[0, 9] is missing: $.data.numbers is an Array of 5 items.",
            ),
            (
                "$.data.animals[0]",
                "$.data.animals[0] is missing: $.data.animals is an Object with mammals, reptiles.",
            ),
            ("$.data.numbers[0][*]", "$.data.numbers[0][*] is missing: $.data.numbers[0] is a Number."),
        ] {
            let missing = Expression::parse(text).unwrap().evaluate(&zoo()).unwrap_err();
            assert_eq!(missing.to_string(), message, "{text}");
        }
    }

    #[test]
    fn refuses_what_is_not_of_the_grammar() {
        for (text, span) in [
            ("", (0, 0)),
            ("$.name", (0, 6)),
            ("$.data.", (6, 7)),
            ("$.data..x", (6, 7)),
            ("$.data[", (6, 7)),
            ("$.data[1", (6, 8)),
            ("$.data[-1]", (6, 7)),
            ("$.data['a", (6, 9)),
            ("$.data['a' ", (6, 11)),
            ("$.data[?(@.a)]", (6, 7)),
            ("$.datax", (6, 7)),
            ("$.data.a b", (8, 9)),
            ("$.data[99999999999999999999]", (7, 27)),
        ] {
            assert_eq!(Expression::parse(text).unwrap_err().span, span, "{text}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in "(\\$\\.data)?[$.a-c\\[\\]0-9:, *é'()]{0,24}") {
            if let Ok(expression) = Expression::parse(&text) {
                let _ = expression.evaluate(&zoo());
            }
        }
    }
}
