//! A value as a tree of lines to pick from: what is open, what each line says, and where the keys lead.
//!
//! Always holds: only what is open is looked at, and of each part no more than [`MOST`] members, so that a large value
//! costs no more than what is seen of it.

use std::collections::BTreeSet;

use flow::expression::WHOLE;
use flow::expression::pick::{Pick, expression, follow};
use flow::value::Type;
use serde_json::Value;

/// How many members of a part are shown.
pub const MOST: usize = 100;
/// How many characters of a value are shown.
const SHOWN: usize = 48;

/// The parts that are open, by their expressions.
pub type Opened = BTreeSet<String>;

/// One line of the tree.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    pub way: Vec<Pick>,
    /// What it writes when it is picked.
    pub expression: String,
    /// What it is called: a key, `[0]`, `[*]`.
    pub name: String,
    /// `String`, `Array of 3`, `null`.
    pub kind: String,
    /// The beginning of a plain value.
    pub preview: String,
    /// Whether it is open; none where there is nothing in it.
    pub is_open: Option<bool>,
    /// How many more members its parent has that are not shown; such a line cannot be picked.
    pub more: usize,
}

impl Line {
    /// How deep it lies; the whole is 1.
    pub fn level(&self) -> usize {
        self.way.len() + 1
    }
}

/// Where a key leads.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// To the line at this place.
    To(usize),
    /// Opens or closes the line with this expression.
    Toggle(String),
    Pick(usize),
    Nothing,
}

/// The lines that are seen.
pub fn lines(value: &Value, opened: &Opened) -> Vec<Line> {
    let mut lines = Vec::new();
    add(value, &[], WHOLE, opened, &mut lines);
    lines
}

/// The lines with everything open, the outer parts first to be opened, as long as there are fewer than `most`.
pub fn everything(value: &Value, most: usize) -> Vec<Line> {
    let mut opened = Opened::from([WHOLE.to_owned()]);
    loop {
        let found = lines(value, &opened);
        let closed = found.iter().filter(|line| line.is_open == Some(false));
        let more: Vec<String> = closed.map(|line| line.expression.clone()).collect();
        if more.is_empty() || found.len() >= most {
            return found;
        }
        opened.extend(more);
    }
}

/// Where a key leads from a line.
pub fn step(lines: &[Line], at: usize, key: &str) -> Step {
    let Some(line) = lines.get(at) else { return Step::Nothing };
    let last = lines.len().saturating_sub(1);
    match (key, line.is_open) {
        ("ArrowDown", _) if at < last => Step::To(at + 1),
        ("ArrowUp", _) if at > 0 => Step::To(at - 1),
        ("Home", _) => Step::To(0),
        ("End", _) => Step::To(last),
        ("ArrowRight", Some(false)) | ("ArrowLeft", Some(true)) => Step::Toggle(line.expression.clone()),
        ("ArrowRight", Some(true)) if at < last => Step::To(at + 1),
        ("ArrowLeft", _) => {
            let parent = lines[..at].iter().rposition(|other| other.level() < line.level());
            parent.map_or(Step::Nothing, Step::To)
        }
        ("Enter" | " ", _) if line.more == 0 => Step::Pick(at),
        _ => Step::Nothing,
    }
}

fn add(value: &Value, way: &[Pick], name: &str, opened: &Opened, lines: &mut Vec<Line>) {
    let expression = expression(way);
    let is_open = has_parts(value).then(|| opened.contains(&expression));
    lines.push(Line {
        way: way.to_vec(),
        expression,
        name: name.to_owned(),
        kind: kind(value, way),
        preview: preview(value),
        is_open,
        more: 0,
    });
    if is_open != Some(true) {
        return;
    }
    let longer = |pick: Pick| [way, &[pick]].concat();
    match value {
        Value::Array(items) => {
            let every = longer(Pick::All);
            // What it holds is shown by the first item.
            if let Some(first) = items.first() {
                add(first, &every, "[*]", opened, lines);
            }
            for (at, item) in items.iter().enumerate().take(MOST) {
                add(item, &longer(Pick::Index(at)), &format!("[{at}]"), opened, lines);
            }
            rest(items.len(), longer(Pick::Index(MOST)), lines);
        }
        Value::Object(members) => {
            for (name, member) in members.iter().take(MOST) {
                add(member, &longer(Pick::Name(name.clone())), name, opened, lines);
            }
            rest(members.len(), longer(Pick::Index(MOST)), lines);
        }
        _ => {}
    }
}

/// A line for the members that are not shown.
fn rest(count: usize, way: Vec<Pick>, lines: &mut Vec<Line>) {
    if count > MOST {
        lines.push(Line {
            way,
            expression: String::new(),
            name: format!("{} more", count - MOST),
            kind: "write the expression by hand to reach them".to_owned(),
            preview: String::new(),
            is_open: None,
            more: count - MOST,
        });
    }
}

/// The type of what a line selects; past "every item" that is an array.
fn kind(value: &Value, way: &[Pick]) -> String {
    let own = match value {
        Value::Array(items) => format!("Array of {}", items.len()),
        Value::Object(members) => format!("Object of {}", members.len()),
        other => Type::of(other).map_or("null".to_owned(), |kind| kind.to_string()),
    };
    match gathers(way) {
        true => format!("every item, {own}"),
        false => own,
    }
}

/// The type of what a line selects; none for null.
pub fn selected_type(value: &Value, line: &Line) -> Option<Type> {
    match gathers(&line.way) {
        true => Some(Type::Array),
        false => Type::of(follow(value, &line.way)?),
    }
}

fn gathers(way: &[Pick]) -> bool {
    way.contains(&Pick::All)
}

fn has_parts(value: &Value) -> bool {
    match value {
        Value::Array(items) => !items.is_empty(),
        Value::Object(members) => !members.is_empty(),
        _ => false,
    }
}

fn preview(value: &Value) -> String {
    let text = match value {
        Value::Array(_) | Value::Object(_) | Value::Null => return String::new(),
        Value::String(text) => text.split_whitespace().take(SHOWN).collect::<Vec<_>>().join(" "),
        other => other.to_string(),
    };
    let mut shown: String = text.chars().take(SHOWN).collect();
    if text.chars().nth(SHOWN).is_some() {
        shown.push('…');
    }
    if value.is_string() { format!("“{shown}”") } else { shown }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn value() -> Value {
        json!({"customer": {"first name": "Ada"}, "items": [{"price": 3}, {"price": 4}], "none": null, "list": []})
    }

    fn opened(expressions: &[&str]) -> Opened {
        expressions.iter().map(|text| (*text).to_owned()).collect()
    }

    fn told(lines: &[Line]) -> Vec<(&str, &str)> {
        lines.iter().map(|line| (line.expression.as_str(), line.kind.as_str())).collect()
    }

    #[test]
    fn only_what_is_open_is_shown() {
        assert_eq!(told(&lines(&value(), &Opened::new())), [("$.data", "Object of 4")]);
        let some = lines(&value(), &opened(&["$.data", "$.data.items", "$.data.items[*]", "$.data.list"]));
        assert_eq!(
            told(&some),
            [
                ("$.data", "Object of 4"),
                ("$.data.customer", "Object of 1"),
                ("$.data.items", "Array of 2"),
                ("$.data.items[*]", "every item, Object of 1"),
                ("$.data.items[*].price", "every item, Number"),
                ("$.data.items[0]", "Object of 1"),
                ("$.data.items[1]", "Object of 1"),
                ("$.data.none", "null"),
                ("$.data.list", "Array of 0"),
            ]
        );
        assert_eq!(some[4].preview, "3");
        assert_eq!((some[8].is_open, some[1].is_open), (None, Some(false)));
        assert_eq!(selected_type(&value(), &some[4]), Some(Type::Array));
        assert_eq!(selected_type(&value(), &some[5]), Some(Type::Object));
        let inner = lines(&value(), &opened(&["$.data", "$.data.customer"]));
        assert_eq!(inner[2].expression, "$.data.customer['first name']");
        assert_eq!(inner[2].preview, "“Ada”");
    }

    #[test]
    fn much_is_cut() {
        let large = json!({"all": (0..1_000).collect::<Vec<_>>(), "long": "é".repeat(10_000)});
        let lines = lines(&large, &opened(&["$.data", "$.data.all"]));
        assert_eq!(lines.len(), 2 + 1 + MOST + 1 + 1);
        let more = lines.iter().position(|line| line.more > 0).unwrap();
        assert_eq!((lines[more].name.as_str(), lines[more].level()), ("900 more", 3));
        assert_eq!(step(&lines, more, "Enter"), Step::Nothing);
        assert_eq!(lines.last().unwrap().preview.chars().count(), SHOWN + 3);
    }

    #[test]
    fn keys_lead_through_the_tree() {
        let seen = lines(&value(), &opened(&["$.data", "$.data.customer"]));
        for (at, key, expected) in [
            (0, "ArrowDown", Step::To(1)),
            (0, "ArrowUp", Step::Nothing),
            (0, "ArrowLeft", Step::Toggle("$.data".into())),
            (1, "ArrowRight", Step::To(2)),
            (3, "ArrowRight", Step::Toggle("$.data.items".into())),
            (2, "ArrowRight", Step::Nothing),
            (2, "ArrowLeft", Step::To(1)),
            (3, "ArrowLeft", Step::To(0)),
            (1, "End", Step::To(5)),
            (5, "ArrowDown", Step::Nothing),
            (5, "Home", Step::To(0)),
            (2, "Enter", Step::Pick(2)),
            (2, "x", Step::Nothing),
            (9, "Enter", Step::Nothing),
        ] {
            assert_eq!(step(&seen, at, key), expected, "{key} at {at}");
        }
    }
}
