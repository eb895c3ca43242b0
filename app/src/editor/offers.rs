//! What could stand at the cursor of a field: variables of a prompt, inputs and operators of a condition, the parts of
//! a value in an expression.
//!
//! Always holds: places are bytes of the text. What is offered at a place is only that which the grammar takes there.

use flow::condition::Operator;
use flow::condition::form::offered;
use flow::expression::{LONGEST, WHOLE};
use flow::value::Type;
use serde_json::Value;

use super::tree::everything;

/// More parts of a value are not offered.
const MOST: usize = 300;

/// A cursor in a text, and whether the person asked what could stand there.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    pub text: &'a str,
    pub at: usize,
    pub asked: bool,
}

/// What could take the place of `from..to`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offers {
    pub from: usize,
    pub to: usize,
    pub options: Vec<Offer>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    pub label: String,
    /// Said beside it, such as its type.
    pub detail: String,
    /// What is written, where that is more than the label.
    pub apply: Option<String>,
}

impl Offer {
    fn new(label: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { label: label.into(), detail: detail.into(), apply: None }
    }

    fn writing(self, apply: impl Into<String>) -> Self {
        Self { apply: Some(apply.into()), ..self }
    }
}

/// How a prompt marks a variable: `{{` and `}}`, or `$` and `$`.
pub type Marks = (&'static str, &'static str);

/// The names that fit between the marks where one was just opened; with its marks where the person asks elsewhere.
pub fn variables(place: Place, names: &[(String, String)], (open, close): Marks) -> Option<Offers> {
    let (before, after) = place.text.split_at_checked(place.at)?;
    let word = word_before(before);
    let opened = before[..word].trim_end_matches(' ').ends_with(open);
    if !opened && !place.asked {
        return None;
    }
    if !opened {
        let whole = |(name, detail): &(String, String)| {
            Offer::new(name, detail).writing(format!("{open}{name}{close}"))
        };
        return offers(place.at, place.at, names.iter().map(whole).collect());
    }
    let rest = after.len() - after.trim_start_matches(is_word).len();
    let is_closed = after[rest..].trim_start_matches(' ').starts_with(close);
    let end = if is_closed { "" } else { close };
    let inside = |(name, detail): &(String, String)| Offer::new(name, detail).writing(format!("{name}{end}"));
    offers(word, place.at + rest, names.iter().map(inside).collect())
}

/// Names for the word that is being written.
pub fn words(place: Place, names: &[(String, String)]) -> Option<Offers> {
    let before = place.text.get(..place.at)?;
    let word = word_before(before);
    if word == place.at && !place.asked {
        return None;
    }
    offers(word, place.at, names.iter().map(|(name, detail)| Offer::new(name, detail)).collect())
}

/// What a condition goes on with: an input, an operator that fits the input before it, `and` or `or`.
pub fn condition(place: Place, inputs: &[(String, Type)]) -> Option<Offers> {
    let before = place.text.get(..place.at)?;
    if is_in_text(before) {
        return None;
    }
    let sign = before.trim_end_matches(['=', '!', '<', '>']).len();
    if sign < place.at {
        let operators = operators(before[..sign].trim_end(), inputs);
        return offers(sign, place.at, operators);
    }
    let word = word_before(before);
    let past = before[..word].trim_end();
    let is_begun = word < place.at;
    let options = match follows(past) {
        Follows::Operand if is_begun || place.asked => operands(past, inputs),
        // After the blank behind an input, what compares it is what comes.
        Follows::Operator if is_begun || place.asked || past.len() < word => operators(past, inputs),
        Follows::Join if is_begun || place.asked => joins(),
        _ => return None,
    };
    offers(word, place.at, options)
}

/// The parts of what the last run brought, by their expressions.
pub fn expression(place: Place, value: Option<&Value>) -> Option<Offers> {
    if place.text.trim().is_empty() && !place.asked {
        return None;
    }
    let Some(value) = value else {
        return offers(0, place.text.len(), vec![Offer::new(WHOLE, "the whole value")]);
    };
    let lines = everything(value, MOST).into_iter();
    let lines = lines.filter(|line| line.more == 0 && line.expression.len() <= LONGEST);
    offers(0, place.text.len(), lines.map(|line| Offer::new(line.expression, line.kind)).collect())
}

/// What a condition may go on with.
enum Follows {
    Operand,
    Operator,
    Join,
}

fn follows(past: &str) -> Follows {
    let word = last_word(past);
    if past.is_empty() || past.ends_with(['(', '=', '!', '<', '>']) || ["and", "or", "not"].contains(&word) {
        return Follows::Operand;
    }
    let operand = if past.ends_with('"') { text_before(past) } else { past.len() - word.len() };
    let is_compared = past[..operand].trim_end().ends_with(['=', '<', '>']);
    if is_compared || past.ends_with([')', '"']) { Follows::Join } else { Follows::Operator }
}

fn operands(past: &str, inputs: &[(String, Type)]) -> Vec<Offer> {
    let names = inputs.iter().map(|(name, kind)| Offer::new(name, kind.to_string()));
    let words: &[_] = match past.ends_with(['=', '<', '>']) {
        true => &["true", "false"],
        false => &["not"],
    };
    names.chain(words.iter().map(|word| Offer::new(*word, ""))).collect()
}

fn operators(past: &str, inputs: &[(String, Type)]) -> Vec<Offer> {
    let name = last_word(past);
    let kind = inputs.iter().find(|(known, _)| known == name).map(|(_, kind)| *kind);
    let shown = |operator: Operator| {
        let symbol = operator.symbol();
        Offer::new(symbol, meaning(operator)).writing(format!("{symbol} "))
    };
    let fitting = offered(kind);
    let alone = fitting.contains(&None).then(joins).unwrap_or_default();
    fitting.into_iter().flatten().map(shown).chain(alone).collect()
}

fn joins() -> Vec<Offer> {
    ["and", "or"].map(|word| Offer::new(word, "").writing(format!("{word} "))).into()
}

fn meaning(operator: Operator) -> &'static str {
    match operator {
        Operator::Equal => "equals",
        Operator::NotEqual => "differs from",
        Operator::Greater => "is greater than",
        Operator::GreaterOrEqual => "is at least",
        Operator::Less => "is less than",
        Operator::LessOrEqual => "is at most",
    }
}

fn offers(from: usize, to: usize, options: Vec<Offer>) -> Option<Offers> {
    (!options.is_empty()).then_some(Offers { from, to, options })
}

fn is_word(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '_'
}

/// Where the word begins that a text ends with.
fn word_before(text: &str) -> usize {
    text.trim_end_matches(is_word).len()
}

fn last_word(text: &str) -> &str {
    &text[word_before(text)..]
}

/// Whether a condition's text is open at its end.
fn is_in_text(before: &str) -> bool {
    let mut letters = before.chars();
    let mut open = false;
    while let Some(letter) = letters.next() {
        match letter {
            '\\' if open => drop(letters.next()),
            '"' => open = !open,
            _ => {}
        }
    }
    open
}

/// Where the quoted text begins that this ends with.
fn text_before(past: &str) -> usize {
    let starts = past.match_indices('"').map(|(at, _)| at);
    starts.filter(|at| !is_in_text(&past[..*at])).rfind(|at| at + 1 < past.len()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// The place that `|` marks.
    fn split(marked: &str) -> (String, usize) {
        (marked.replace('|', ""), marked.find('|').unwrap())
    }

    fn names() -> Vec<(String, String)> {
        ["message", "mood"].map(|name| (name.to_owned(), "String".to_owned())).into()
    }

    /// The text after the first offer whose label is `label` is taken.
    fn taken(offers: Offers, text: &str, label: &str) -> String {
        let offer = offers.options.iter().find(|offer| offer.label == label).unwrap();
        let apply = offer.apply.as_ref().unwrap_or(&offer.label);
        format!("{}{apply}{}", &text[..offers.from], &text[offers.to..])
    }

    #[test]
    fn a_variable_is_completed_with_its_marks_and_none_twice() {
        for (marked, marks, asked, expected) in [
            ("Say {{|", ("{{", "}}"), false, Some("Say {{message}}")),
            ("Say {{me|", ("{{", "}}"), false, Some("Say {{message}}")),
            ("Say {{ me|", ("{{", "}}"), false, Some("Say {{ message}}")),
            ("Say {{me|}} now", ("{{", "}}"), false, Some("Say {{message}} now")),
            ("Say {{me|ss }} now", ("{{", "}}"), false, Some("Say {{message }} now")),
            ("Say |", ("{{", "}}"), false, None),
            ("Say me|", ("{{", "}}"), false, None),
            ("Say |", ("{{", "}}"), true, Some("Say {{message}}")),
            ("é {{|", ("{{", "}}"), false, Some("é {{message}}")),
            ("Ask $m|", ("$", "$"), false, Some("Ask $message$")),
        ] {
            let (text, at) = split(marked);
            let found = variables(Place { text: &text, at, asked }, &names(), marks);
            assert_eq!(found.map(|it| taken(it, &text, "message")).as_deref(), expected, "{marked}");
        }
    }

    #[test]
    fn a_condition_goes_on_with_what_its_grammar_takes() {
        let inputs = [("tone".to_owned(), Type::String), ("count".to_owned(), Type::Number)];
        let inputs = [&inputs[..], &[("urgent".to_owned(), Type::Boolean)]].concat();
        let names = "tone count urgent";
        for (marked, asked, expected) in [
            ("|", false, ""),
            ("|", true, &format!("{names} not") as &str),
            ("t|", false, &format!("{names} not")),
            ("tone |", false, "== !="),
            ("tone|", true, &format!("{names} not")),
            ("count |", false, "== != > >= < <="),
            ("urgent |", false, "== != and or"),
            ("unknown |", false, "== != > >= < <= and or"),
            ("tone =|", false, "== !="),
            ("tone == |", true, &format!("{names} true false")),
            ("tone == |", false, ""),
            ("tone == \"a|", true, ""),
            ("tone == \"a\" |", false, ""),
            ("tone == \"a\" |", true, "and or"),
            ("tone == \"a\\\"b = \" o|", false, "and or"),
            ("tone == \"a\" and |", true, &format!("{names} not")),
            ("count > 2 |", true, "and or"),
            ("(tone == \"a\" or urgent) a|", false, "and or"),
        ] {
            let (text, at) = split(marked);
            let found = condition(Place { text: &text, at, asked }, &inputs);
            let labels =
                found.map(|it| it.options.into_iter().map(|it| it.label).collect::<Vec<_>>().join(" "));
            assert_eq!(labels.unwrap_or_default(), expected, "{marked}");
        }
        let place = Place { text: "tone =", at: 6, asked: false };
        assert_eq!(taken(condition(place, &inputs).unwrap(), place.text, "=="), "tone == ");
    }

    #[test]
    fn an_expression_reaches_every_part_of_the_value() {
        let value = json!({"orders": [{"id": 1}, {"id": 2}], "first name": "Ada"});
        let place = Place { text: "$.da", at: 4, asked: false };
        let found = expression(place, Some(&value)).unwrap();
        let labels: Vec<&str> = found.options.iter().map(|offer| offer.label.as_str()).collect();
        for part in
            ["$.data", "$.data.orders", "$.data.orders[*].id", "$.data.orders[1].id", "$.data['first name']"]
        {
            assert!(labels.contains(&part), "{part} in {labels:?}");
        }
        assert_eq!(taken(found, place.text, "$.data.orders"), "$.data.orders");
        assert_eq!(expression(place, None).unwrap().options[0].label, "$.data");
        assert_eq!(expression(Place { text: "", at: 0, asked: false }, Some(&value)), None);
        let large = json!((0..99).map(|at| json!({"a": at, "b": [at, at, at]})).collect::<Vec<_>>());
        assert!(expression(place, Some(&large)).unwrap().options.len() < 2 * MOST);
    }

    #[test]
    fn a_word_of_code_is_completed_once_it_is_begun() {
        let found = |marked: &str| {
            let (text, at) = split(marked);
            words(Place { text: &text, at, asked: false }, &names()).map(|it| (it.from, it.options.len()))
        };
        assert_eq!(found("x = me|"), Some((4, 2)));
        assert_eq!(found("x = |"), None);
    }
}
