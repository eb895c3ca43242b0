//! The condition grammar of Condition nodes: comparisons of inputs and constants, joined by `and`, `or` and `not`.
//!
//! ```text
//! or      := and ("or" and)*              binds weakest
//! and     := unary ("and" unary)*
//! unary   := "not" unary | "(" or ")" | compare
//! compare := operand [("==" | "!=" | ">=" | "<=" | ">" | "<") operand]
//! operand := input | number | "text" | true | false
//! ```
//! Always holds: evaluation never fails on a condition in which [`Condition::findings`] finds no error. Nothing is coerced:
//! `==` across types is false, and texts are compared exactly.

pub mod form;

use std::cmp::Ordering;
use std::fmt;

use serde_json::{Number, Value};

use crate::value::Type;

/// The longest condition we read, in bytes. AWS's own limit is 64 characters.
pub const LONGEST: usize = 4096;
const DEEPEST: usize = 64;
/// The words that cannot name an input.
pub const KEYWORDS: [&str; 5] = ["and", "or", "not", "true", "false"];

/// A parsed condition.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    root: Expr,
}

#[derive(Clone, Debug, PartialEq)]
enum Expr {
    Or(Box<Expr>, Box<Expr>),
    And(Box<Expr>, Box<Expr>),
    Not(Box<Expr>),
    Compare(Operand, Operator, Operand),
    Bare(Operand),
}

#[derive(Clone, Debug, PartialEq)]
struct Operand {
    term: Term,
    span: (usize, usize),
}

/// What stands at one side of a comparison.
#[derive(Clone, Debug, PartialEq)]
pub enum Term {
    Input(String),
    /// A Number, a String or a Boolean.
    Constant(Value),
}

/// How two operands are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    Equal,
    NotEqual,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
}

impl Operator {
    /// Every operator, those of equality first.
    pub const ALL: [Self; 6] =
        [Self::Equal, Self::NotEqual, Self::Greater, Self::GreaterOrEqual, Self::Less, Self::LessOrEqual];

    /// As the grammar writes it.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
        }
    }
}

impl fmt::Display for Term {
    /// As the grammar writes it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Input(name) => f.write_str(name),
            Self::Constant(Value::String(text)) => {
                write!(f, "\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
            }
            Self::Constant(value) => write!(f, "{value}"),
        }
    }
}

/// What is wrong with a condition, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    pub message: String,
    /// Bytes of the condition, start and end.
    pub span: (usize, usize),
}

impl Condition {
    /// Reads a condition.
    ///
    /// # Errors
    /// The first thing that is not of the grammar, with its place.
    pub fn parse(text: &str) -> Result<Self, Error> {
        if text.len() > LONGEST {
            return Err(error(format!("A condition has at most {LONGEST} characters."), 0, text.len()));
        }
        let mut parser = Parser { tokens: tokens(text)?, at: 0, end: text.len(), depth: 0 };
        let root = parser.or()?;
        match parser.tokens.get(parser.at) {
            None => Ok(Self { root }),
            Some((_, span)) => Err(error("Join comparisons with and, or.", span.0, span.1)),
        }
    }

    /// Everything that does not fit the inputs: a name that is none, an operator on a type that does not take it, a
    /// comparison that always comes out the same, no input at all.
    pub fn findings(&self, input_type: &impl Fn(&str) -> Option<Type>) -> Vec<Finding> {
        let mut look = Look { input_type, inputs: 0, findings: Vec::new() };
        look.at(&self.root);
        if look.inputs == 0 {
            look.findings.push(Finding::Error(error(
                "A condition compares at least one input.",
                0,
                self.end(),
            )));
        }
        look.findings
    }

    /// Whether it is one comparison for equality, as tests for an end are.
    pub fn is_an_equality(&self) -> bool {
        matches!(self.root, Expr::Compare(_, Operator::Equal, _))
    }

    /// Whether it holds for these inputs.
    pub fn holds(&self, inputs: &[(String, Value)]) -> bool {
        holds(&self.root, inputs)
    }

    fn end(&self) -> usize {
        fn end(expr: &Expr) -> usize {
            match expr {
                Expr::Or(_, right) | Expr::And(_, right) => end(right),
                Expr::Not(inner) => end(inner),
                Expr::Compare(_, _, operand) | Expr::Bare(operand) => operand.span.1,
            }
        }
        end(&self.root)
    }
}

/// What was found in a condition that can be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// It keeps the flow from running.
    Error(Error),
    /// It runs, and surely not as it was meant.
    Warning(Error),
}

struct Look<'a, F> {
    input_type: &'a F,
    /// How many inputs were named.
    inputs: usize,
    findings: Vec<Finding>,
}

impl<F: Fn(&str) -> Option<Type>> Look<'_, F> {
    fn at(&mut self, expr: &Expr) {
        match expr {
            Expr::Or(left, right) | Expr::And(left, right) => {
                self.at(left);
                self.at(right);
            }
            Expr::Not(inner) => self.at(inner),
            Expr::Bare(operand) => match self.resolve(operand) {
                None | Some(Type::Boolean) => {}
                Some(kind) => {
                    self.error(operand, &format!("This is {}. Compare it with something.", kind.noun()))
                }
            },
            Expr::Compare(left, operator, right) => self.compare(left, *operator, right),
        }
    }

    fn compare(&mut self, left: &Operand, operator: Operator, right: &Operand) {
        let (left_kind, right_kind) = (self.resolve(left), self.resolve(right));
        let (Some(left_kind), Some(right_kind)) = (left_kind, right_kind) else { return };
        let equality = matches!(operator, Operator::Equal | Operator::NotEqual);
        let before = self.findings.len();
        for (operand, kind) in [(left, left_kind), (right, right_kind)] {
            match kind {
                Type::Object | Type::Array => self.error(
                    operand,
                    &format!("{kind}s cannot be compared. Select a part in the input's expression."),
                ),
                Type::Number => {}
                _ if equality => {}
                _ => self
                    .error(operand, &format!("This comparison needs Numbers, and this is {}.", kind.noun())),
            }
        }
        if left_kind != right_kind && self.findings.len() == before {
            let outcome = if operator == Operator::Equal { "never" } else { "always" };
            let message = format!("{left_kind} and {right_kind} are never equal, so this {outcome} holds.");
            self.findings.push(Finding::Warning(error(message, left.span.0, right.span.1)));
        }
    }

    /// The type of an operand; none where it has none, which then is a finding.
    fn resolve(&mut self, operand: &Operand) -> Option<Type> {
        match &operand.term {
            Term::Constant(value) => Type::of(value),
            Term::Input(name) => {
                self.inputs += 1;
                let kind = (self.input_type)(name);
                if kind.is_none() {
                    let message = format!("{name} is no input of this node. Text needs double quotes.");
                    self.error(operand, &message);
                }
                kind
            }
        }
    }

    fn error(&mut self, operand: &Operand, message: &str) {
        self.findings.push(Finding::Error(error(message, operand.span.0, operand.span.1)));
    }
}

fn holds(expr: &Expr, inputs: &[(String, Value)]) -> bool {
    match expr {
        Expr::Or(left, right) => holds(left, inputs) || holds(right, inputs),
        Expr::And(left, right) => holds(left, inputs) && holds(right, inputs),
        Expr::Not(inner) => !holds(inner, inputs),
        Expr::Bare(operand) => value(operand, inputs) == Some(&Value::Bool(true)),
        Expr::Compare(left, operator, right) => match (value(left, inputs), value(right, inputs)) {
            (Some(left), Some(right)) => compare(left, *operator, right),
            _ => false,
        },
    }
}

fn value<'a>(operand: &'a Operand, inputs: &'a [(String, Value)]) -> Option<&'a Value> {
    match &operand.term {
        Term::Constant(value) => Some(value),
        Term::Input(name) => inputs.iter().find(|(known, _)| known == name).map(|(_, value)| value),
    }
}

fn compare(left: &Value, operator: Operator, right: &Value) -> bool {
    let order = match (left, right) {
        (Value::Number(left), Value::Number(right)) => order(left, right),
        _ => (left == right).then_some(Ordering::Equal),
    };
    let numbers = left.is_number() && right.is_number();
    match operator {
        Operator::Equal => order == Some(Ordering::Equal),
        Operator::NotEqual => order != Some(Ordering::Equal),
        Operator::Greater => numbers && order == Some(Ordering::Greater),
        Operator::GreaterOrEqual => numbers && order.is_some_and(Ordering::is_ge),
        Operator::Less => numbers && order == Some(Ordering::Less),
        Operator::LessOrEqual => numbers && order.is_some_and(Ordering::is_le),
    }
}

/// Integers are compared exactly, anything with a fraction as floating point.
fn order(left: &Number, right: &Number) -> Option<Ordering> {
    match (integer(left), integer(right)) {
        (Some(left), Some(right)) => Some(left.cmp(&right)),
        _ => left.as_f64()?.partial_cmp(&right.as_f64()?),
    }
}

fn integer(number: &Number) -> Option<i128> {
    number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from))
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Open,
    Close,
    Operator(Operator),
    And,
    Or,
    Not,
    Term(Term),
}

type Span = (usize, usize);

fn tokens(text: &str) -> Result<Vec<(Token, Span)>, Error> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        if first.is_whitespace() {
            at += first.len_utf8();
            continue;
        }
        let (token, length) = token(text, at, first)?;
        tokens.push((token, (at, at + length)));
        at += length;
    }
    Ok(tokens)
}

fn token(text: &str, at: usize, first: char) -> Result<(Token, usize), Error> {
    let rest = &text[at..];
    for (symbol, token) in [
        ("(", Token::Open),
        (")", Token::Close),
        ("==", Token::Operator(Operator::Equal)),
        ("!=", Token::Operator(Operator::NotEqual)),
        (">=", Token::Operator(Operator::GreaterOrEqual)),
        ("<=", Token::Operator(Operator::LessOrEqual)),
        (">", Token::Operator(Operator::Greater)),
        ("<", Token::Operator(Operator::Less)),
    ] {
        if rest.starts_with(symbol) {
            return Ok((token, symbol.len()));
        }
    }
    match first {
        '"' => quoted(rest, at),
        '0'..='9' | '-' | '.' => number(rest, at),
        c if c.is_ascii_alphabetic() => Ok(word(rest)),
        '=' => Err(error("Write == to compare.", at, at + 1)),
        '\'' | '“' | '”' => Err(error("Text needs straight double quotes.", at, at + first.len_utf8())),
        '&' => Err(error("Write and.", at, at + 1)),
        '|' => Err(error("Write or.", at, at + 1)),
        '!' => Err(error("Write not, or != to compare.", at, at + 1)),
        other => Err(error(format!("{other} does not belong here."), at, at + other.len_utf8())),
    }
}

fn quoted(rest: &str, at: usize) -> Result<(Token, usize), Error> {
    let mut text = String::new();
    let mut characters = rest.char_indices().skip(1);
    while let Some((place, character)) = characters.next() {
        match character {
            '"' => return Ok((Token::Term(Term::Constant(Value::String(text))), place + 1)),
            '\\' => match characters.next() {
                Some((_, escaped @ ('"' | '\\'))) => text.push(escaped),
                Some((next, other)) => {
                    let (start, end) = (at + place, at + next + other.len_utf8());
                    return Err(error("Only \\\" and \\\\ are escapes.", start, end));
                }
                None => break,
            },
            other => text.push(other),
        }
    }
    Err(error("This text is not closed with a double quote.", at, at + rest.len()))
}

fn number(rest: &str, at: usize) -> Result<(Token, usize), Error> {
    let mut length = 0;
    let mut before = ' ';
    for character in rest.chars() {
        let sign = matches!(character, '-' | '+') && (length == 0 || matches!(before, 'e' | 'E'));
        if !(character.is_ascii_alphanumeric() || character == '.' || sign) {
            break;
        }
        length += character.len_utf8();
        before = character;
    }
    serde_json::from_str::<Number>(&rest[..length])
        .map(|number| (Token::Term(Term::Constant(Value::Number(number))), length))
        .map_err(|_| error("This is not a number.", at, at + length.max(1)))
}

fn word(rest: &str) -> (Token, usize) {
    let length = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(rest.len());
    let word = &rest[..length];
    let token = match word {
        "and" => Token::And,
        "or" => Token::Or,
        "not" => Token::Not,
        "true" => Token::Term(Term::Constant(Value::Bool(true))),
        "false" => Token::Term(Term::Constant(Value::Bool(false))),
        name => Token::Term(Term::Input(name.to_owned())),
    };
    (token, length)
}

struct Parser {
    tokens: Vec<(Token, Span)>,
    at: usize,
    end: usize,
    depth: usize,
}

impl Parser {
    fn or(&mut self) -> Result<Expr, Error> {
        let mut left = self.and()?;
        while self.eat(&Token::Or) {
            left = Expr::Or(Box::new(left), Box::new(self.and()?));
        }
        Ok(left)
    }

    fn and(&mut self) -> Result<Expr, Error> {
        let mut left = self.unary()?;
        while self.eat(&Token::And) {
            left = Expr::And(Box::new(left), Box::new(self.unary()?));
        }
        Ok(left)
    }

    fn unary(&mut self) -> Result<Expr, Error> {
        self.depth += 1;
        if self.depth > DEEPEST {
            let span = self.tokens.get(self.at).map_or((self.end, self.end), |(_, span)| *span);
            return Err(error(format!("Nested more than {DEEPEST} deep."), span.0, span.1));
        }
        let expr = if self.eat(&Token::Not) {
            Expr::Not(Box::new(self.unary()?))
        } else if self.eat(&Token::Open) {
            let open = self.tokens[self.at - 1].1;
            let inner = self.or()?;
            if !self.eat(&Token::Close) {
                return Err(error("This parenthesis is not closed.", open.0, open.1));
            }
            inner
        } else {
            self.compare()?
        };
        self.depth -= 1;
        Ok(expr)
    }

    fn compare(&mut self) -> Result<Expr, Error> {
        let left = self.operand()?;
        let Some((Token::Operator(operator), _)) = self.tokens.get(self.at) else {
            return Ok(Expr::Bare(left));
        };
        let operator = *operator;
        self.at += 1;
        Ok(Expr::Compare(left, operator, self.operand()?))
    }

    fn operand(&mut self) -> Result<Operand, Error> {
        match self.tokens.get(self.at) {
            Some((Token::Term(term), span)) => {
                let operand = Operand { term: term.clone(), span: *span };
                self.at += 1;
                Ok(operand)
            }
            Some((_, span)) => {
                Err(error("An input, a number, a text or true or false belongs here.", span.0, span.1))
            }
            None => {
                let (start, end) = self.tokens.last().map_or((0, self.end), |(_, span)| *span);
                Err(error("The condition ends too early.", start, end))
            }
        }
    }

    fn eat(&mut self, expected: &Token) -> bool {
        let found = self.tokens.get(self.at).is_some_and(|(token, _)| token == expected);
        self.at += usize::from(found);
        found
    }
}

fn error(message: impl Into<String>, start: usize, end: usize) -> Error {
    Error { message: message.into(), span: (start, end) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn inputs() -> Vec<(String, Value)> {
        [
            ("tone", json!("angry")),
            ("price", json!(12)),
            ("market", json!(12.5)),
            ("big", json!(9_007_199_254_740_993_i64)),
            ("yes", json!(true)),
            ("no", json!(false)),
            ("list", json!([1])),
            ("quote", json!("a \"b\" \\c")),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .to_vec()
    }

    fn type_of(name: &str) -> Option<Type> {
        inputs().iter().find(|(known, _)| known == name).and_then(|(_, value)| Type::of(value))
    }

    #[test]
    fn decides() {
        for (text, expected) in [
            ("tone == \"angry\"", true),
            ("tone == \"angry \"", false),
            ("tone != \"calm\"", true),
            ("price == \"12\"", false),
            ("price != \"12\"", true),
            ("price == 12.0", true),
            ("big > 9007199254740992", true),
            ("(price > 10) and (tone == \"angry\")", true),
            ("price < market", true),
            ("price <= 12 and price >= 12", true),
            ("not (price > market)", true),
            ("yes", true),
            ("not no and yes", true),
            ("no and no or yes", true),
            ("yes or no and no", true),
            ("not yes or yes", true),
            ("price > -1e2", true),
            ("quote == \"a \\\"b\\\" \\\\c\"", true),
            ("yes == true", true),
        ] {
            let condition = Condition::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
            let errors = condition.findings(&type_of).into_iter().filter(|f| matches!(f, Finding::Error(_)));
            assert_eq!(errors.count(), 0, "{text}");
            assert_eq!(condition.holds(&inputs()), expected, "{text}");
        }
    }

    #[test]
    fn says_where_it_is_wrong() {
        for (text, span) in [
            ("", (0, 0)),
            ("tone = \"a\"", (5, 6)),
            ("tone == 'a'", (8, 9)),
            ("tone == \"a", (8, 10)),
            ("(tone == \"a\"", (0, 1)),
            ("tone == ", (5, 7)),
            ("tone ==\u{3000}", (5, 7)),
            ("tone == \"a\" price > 1", (12, 17)),
            ("tone == \"a\" && yes", (12, 13)),
            ("price > 1.2.3", (8, 13)),
            ("tone == \"\\n\"", (9, 11)),
        ] {
            assert_eq!(Condition::parse(text).unwrap_err().span, span, "{text}");
        }
        for (text, span) in [
            ("tone == angry", (8, 13)),
            ("tone > 1", (0, 4)),
            ("price", (0, 5)),
            ("list == 1", (0, 4)),
            ("1 == 1", (0, 6)),
        ] {
            let findings = Condition::parse(text).unwrap().findings(&type_of);
            let [Finding::Error(problem)] = findings.as_slice() else { panic!("{text}: {findings:?}") };
            assert_eq!(problem.span, span, "{text}: {problem}");
        }
    }

    #[test]
    fn finds_everything_and_not_only_the_first() {
        let spans = |text: &str| -> Vec<(bool, Span)> {
            let findings = Condition::parse(text).unwrap().findings(&type_of);
            let span = |finding: Finding| match finding {
                Finding::Error(error) => (true, error.span),
                Finding::Warning(error) => (false, error.span),
            };
            findings.into_iter().map(span).collect()
        };
        assert_eq!(
            spans("foo == \"a\" and not (bar == 1 or tone > price)"),
            [(true, (0, 3)), (true, (20, 23)), (true, (32, 36))]
        );
        assert_eq!(spans("tone == 12 or price != \"12\""), [(false, (0, 10)), (false, (14, 27))]);
    }

    #[test]
    fn nests_only_so_deep() {
        let deep = format!("{}yes{}", "(".repeat(100), ")".repeat(100));
        assert!(Condition::parse(&deep).unwrap_err().message.contains("64 deep"));
    }

    proptest! {
        #[test]
        fn never_panics(text in "[a-c ()\"\\\\=!<>0-9.eé-]{0,30}|(not |and |or |yes |\\(|\\)|price > 1 ){0,12}") {
            match Condition::parse(&text) {
                Ok(condition) => {
                    condition.findings(&type_of);
                    condition.holds(&inputs());
                }
                Err(error) => prop_assert!(text.get(error.span.0..error.span.1).is_some(), "{error:?}"),
            }
        }
    }
}
