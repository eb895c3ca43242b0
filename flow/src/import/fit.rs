//! Fits a document of people's to the shape of a definition: the spelling of members, blocks of Terraform, and what
//! CloudFormation decides on deployment.
//!
//! Always holds: every member that stays out is told with its place and the reason. What comes back has no member that
//! a definition does not have.

use serde_json::{Map, Number, Value};

use super::intrinsic::{self, Text};
use super::shape::{Member, Shape, member};
use super::tell;
use crate::wire::Unread;

/// Whose habits a document has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Habits {
    /// AWS's API: types are what they are.
    Api,
    /// CloudFormation: numbers may be texts, and functions may stand for any value.
    CloudFormation,
    /// Terraform: an object is a list of one block, and what is not set is null or an empty list.
    Terraform,
}

/// Reads documents of one flow.
pub struct Fitter<'a> {
    pub habits: Habits,
    pub unread: &'a mut Vec<Unread>,
}

impl Fitter<'_> {
    /// The document in the definition's own spelling; none where nothing of it can be read.
    pub fn fit(&mut self, value: &Value, shape: Shape, place: &str) -> Option<Value> {
        if value.is_null() {
            // YAML has a null where its author left a structure without members empty.
            let empty = self.is_loose() && matches!(shape, Shape::Object([]));
            return empty.then(|| Value::Object(Map::new()));
        }
        if self.habits == Habits::CloudFormation
            && intrinsic::is_function(value)
            && !matches!(shape, Shape::Free)
        {
            return self.decided_later(value, shape, place);
        }
        match (shape, value) {
            (Shape::Object(members), _) => self.object(value, members, place),
            (Shape::List(item), _) => self.list(value, *item, place),
            (Shape::Text, Value::String(_))
            | (Shape::Number, Value::Number(_))
            | (Shape::Flag, Value::Bool(_)) => Some(value.clone()),
            (Shape::Free, _) => Some(self.free(value)),
            (Shape::Text, Value::Number(_) | Value::Bool(_)) if self.is_loose() => {
                Some(value.to_string().into())
            }
            (Shape::Number, Value::String(text)) if self.is_loose() => self.number(text, place),
            (Shape::Flag, Value::String(text)) if self.is_loose() && (text == "true" || text == "false") => {
                Some((text == "true").into())
            }
            _ => {
                self.stays_out(place, format!("It has to be {}, and {} stands there.", a(shape), what(value)))
            }
        }
    }

    fn is_loose(&self) -> bool {
        self.habits != Habits::Api
    }

    fn stays_out(&mut self, place: &str, why: impl Into<String>) -> Option<Value> {
        tell(self.unread, Unread::new(place, why));
        None
    }

    fn object(&mut self, value: &Value, members: &[Member], place: &str) -> Option<Value> {
        let value = self.unwrapped(value, place)?;
        let Value::Object(given) = value else {
            return self
                .stays_out(place, format!("It has to be an object, and {} stands there.", what(value)));
        };
        let mut fitted = Map::new();
        for (key, value) in given {
            let place = format!("{place}.{key}");
            let Some(known) = member(members, key) else {
                let unset = self.habits == Habits::Terraform && is_unset(value);
                if !value.is_null() && !unset {
                    self.stays_out(&place, "Flows have no such member.");
                }
                continue;
            };
            let Some(value) = self.fit(value, known.shape, &place) else { continue };
            if fitted.contains_key(known.name) {
                self.stays_out(&place, format!("{} is there already, in another spelling.", known.name));
            } else {
                fitted.insert(known.name.to_owned(), value);
            }
        }
        // A union without a member is none; why it has none is told already.
        let lost = fitted.is_empty() && !given.is_empty() && !members.is_empty();
        (!lost).then_some(Value::Object(fitted))
    }

    /// The one block that Terraform has for an object.
    fn unwrapped<'a>(&mut self, value: &'a Value, place: &str) -> Option<&'a Value> {
        let (Habits::Terraform, Value::Array(blocks)) = (self.habits, value) else { return Some(value) };
        for extra in 1..blocks.len() {
            self.stays_out(
                &format!("{place}[{extra}]"),
                "Only one block can stand there, so the first was read.",
            );
        }
        blocks.first()
    }

    fn list(&mut self, value: &Value, item: Shape, place: &str) -> Option<Value> {
        let alone = std::slice::from_ref(value);
        let items = match (value, self.habits) {
            (Value::Array(items), Habits::Terraform) if items.is_empty() => return None,
            (Value::Array(items), _) => items.as_slice(),
            (Value::Object(_), Habits::Terraform) => alone,
            _ => {
                return self
                    .stays_out(place, format!("It has to be a list, and {} stands there.", what(value)));
            }
        };
        let fit = |(at, value)| self.fit(value, item, &format!("{place}[{at}]"));
        Some(items.iter().enumerate().filter_map(fit).collect())
    }

    /// Terraform keeps documents of others as the text of their JSON.
    fn free(&self, value: &Value) -> Value {
        match value {
            Value::String(text) if self.habits == Habits::Terraform => {
                serde_json::from_str(text).unwrap_or_else(|_| value.clone())
            }
            _ => value.clone(),
        }
    }

    fn number(&mut self, text: &str, place: &str) -> Option<Value> {
        let number: Option<Number> = serde_json::from_str(text.trim()).ok();
        match number {
            Some(number) => Some(number.into()),
            None if text.contains("${") => self.stays_out(
                place,
                format!("The number is decided on deployment, by {text}. Write it at the node."),
            ),
            None => self.stays_out(place, format!("It has to be a number, and “{text}” stands there.")),
        }
    }

    /// What a function of CloudFormation stands for: a placeholder where a text belongs.
    fn decided_later(&mut self, function: &Value, shape: Shape, place: &str) -> Option<Value> {
        match (intrinsic::text(function), shape) {
            (Text::Nothing, _) => None,
            (Text::Placeholder(text), Shape::Text) => Some(text.into()),
            (Text::Placeholder(text), Shape::Number) => self.number(&text, place),
            (Text::Placeholder(text), _) => {
                let why =
                    format!("{} is decided on deployment, by {text}. Write it here.", capital(a(shape)));
                self.stays_out(place, why)
            }
        }
    }
}

/// Whether Terraform says so of a block that is not there.
fn is_unset(value: &Value) -> bool {
    value.as_array().is_some_and(Vec::is_empty)
}

fn a(shape: Shape) -> &'static str {
    match shape {
        Shape::Text => "a text",
        Shape::Number => "a number",
        Shape::Flag => "true or false",
        Shape::Free => "a document",
        Shape::List(_) => "a list",
        Shape::Object(_) => "an object",
    }
}

fn what(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

fn capital(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().to_string() + characters.as_str())
}
