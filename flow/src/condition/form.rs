//! A condition as a form: groups of comparisons, joined by `and` or `or`, which a person can fill in.
//!
//! Always holds: the text of a form that was made of a condition parses to that very condition; editing a form never
//! makes a text that means something else than the form shows. What is nested deeper than people read is left to the
//! text.

use serde_json::Value;

use super::{Condition, Expr, Finding, Operand, Operator, Term};
use crate::value::Type;

/// How deep groups may lie within each other in a form.
pub const DEEPEST: usize = 6;

/// Comparisons and groups, all of which must hold, or any.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// Whether it holds where it would not.
    pub not: bool,
    pub join: Join,
    pub parts: Vec<Part>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Join {
    All,
    Any,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    Row(Row),
    Group(Group),
}

/// One comparison.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub not: bool,
    pub left: Term,
    pub test: Test,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Test {
    /// The operand, a Boolean, is true.
    Holds,
    Compare(Operator, Term),
}

/// Which side of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Left,
    Right,
}

/// What is wrong with a form: with a comparison where `path` leads to one, else with the whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The places of the parts that lead to it, from the outermost group.
    pub path: Vec<usize>,
    pub side: Option<Side>,
    pub message: String,
}

/// Where a comparison stands in a form's text.
struct Place {
    path: Vec<usize>,
    left: (usize, usize),
    right: Option<(usize, usize)>,
}

impl Condition {
    /// The condition as a form; none where it is nested deeper than a form shows.
    pub fn form(&self) -> Option<Group> {
        let group = match part(&self.root) {
            Part::Group(group) => group,
            row @ Part::Row(_) => Group { not: false, join: Join::All, parts: vec![row] },
        };
        (group.depth() <= DEEPEST).then_some(group)
    }
}

impl Group {
    /// A form with nothing in it.
    pub fn empty() -> Self {
        Self { not: false, join: Join::All, parts: Vec::new() }
    }

    /// The condition that it is; empty where it has no comparison.
    pub fn text(&self) -> String {
        self.write().text
    }

    /// How many groups lie within each other.
    pub fn depth(&self) -> usize {
        let inner = self.parts.iter().map(|part| match part {
            Part::Group(group) => group.depth(),
            Part::Row(_) => 0,
        });
        1 + inner.max().unwrap_or(0)
    }

    /// The part that a path leads to.
    pub fn part(&self, path: &[usize]) -> Option<&Part> {
        let (last, before) = path.split_last()?;
        self.group(before)?.parts.get(*last)
    }

    /// The group that a path leads to; this one for no path.
    pub fn group(&self, path: &[usize]) -> Option<&Self> {
        path.iter().try_fold(self, |group, at| match group.parts.get(*at)? {
            Part::Group(inner) => Some(inner),
            Part::Row(_) => None,
        })
    }

    /// The group that a path leads to, to change it.
    pub fn group_mut(&mut self, path: &[usize]) -> Option<&mut Self> {
        path.iter().try_fold(self, |group, at| match group.parts.get_mut(*at)? {
            Part::Group(inner) => Some(inner),
            Part::Row(_) => None,
        })
    }

    /// The comparison that a path leads to, to change it.
    pub fn row_mut(&mut self, path: &[usize]) -> Option<&mut Row> {
        let (last, before) = path.split_last()?;
        match self.group_mut(before)?.parts.get_mut(*last)? {
            Part::Row(row) => Some(row),
            Part::Group(_) => None,
        }
    }

    /// Takes a part away, and the groups that are then empty.
    pub fn remove(&mut self, path: &[usize]) {
        let Some((last, before)) = path.split_last() else { return };
        let Some(group) = self.group_mut(before) else { return };
        if *last < group.parts.len() {
            group.parts.remove(*last);
        }
        if group.parts.is_empty() {
            self.remove(before);
        }
    }

    /// What is wrong with it, each at the comparison that it is about.
    pub fn problems(&self, input_type: &impl Fn(&str) -> Option<Type>) -> Vec<Problem> {
        let written = self.write();
        if written.text.is_empty() {
            return Vec::new();
        }
        let findings = match Condition::parse(&written.text) {
            Ok(condition) => condition.findings(input_type),
            Err(error) => vec![Finding::Error(error)],
        };
        findings.into_iter().map(|finding| written.place(finding)).collect()
    }

    fn write(&self) -> Writer {
        let mut writer = Writer::default();
        if self.not {
            writer.group(self);
        } else {
            writer.parts(self);
        }
        writer
    }

    fn is_empty(&self) -> bool {
        self.parts.iter().all(Part::is_empty)
    }
}

impl Part {
    fn is_empty(&self) -> bool {
        matches!(self, Self::Group(group) if group.is_empty())
    }
}

impl Row {
    /// A comparison of this input with a value of its type.
    pub fn fresh(input: &str, kind: Option<Type>) -> Self {
        let test = match offered(kind).first() {
            Some(Some(operator)) => Test::Compare(*operator, usual(kind)),
            _ => Test::Holds,
        };
        Self { not: false, left: Term::Input(input.to_owned()), test }
    }

    pub fn operator(&self) -> Option<Operator> {
        match &self.test {
            Test::Holds => None,
            Test::Compare(operator, _) => Some(*operator),
        }
    }

    /// Compares something else. What does not fit its type gives way to what does.
    pub fn set_left(&mut self, left: Term, input_type: &impl Fn(&str) -> Option<Type>) {
        let kind = left.kind(input_type);
        self.left = left;
        if !offered(kind).contains(&self.operator()) {
            self.set_operator(offered(kind).first().copied().flatten(), input_type);
        }
        if let Test::Compare(_, right @ Term::Constant(_)) = &mut self.test
            && kind.is_some()
            && right.kind(input_type) != kind
        {
            *right = usual(kind);
        }
    }

    /// Compares in another way; none for "is true".
    pub fn set_operator(&mut self, operator: Option<Operator>, input_type: &impl Fn(&str) -> Option<Type>) {
        let usual = usual(self.left.kind(input_type));
        self.test = match (operator, std::mem::replace(&mut self.test, Test::Holds)) {
            (None, _) => Test::Holds,
            (Some(operator), Test::Compare(_, right)) => Test::Compare(operator, right),
            (Some(operator), Test::Holds) => Test::Compare(operator, usual),
        };
    }

    pub fn set_right(&mut self, right: Term) {
        if let Test::Compare(_, old) = &mut self.test {
            *old = right;
        }
    }
}

impl Term {
    /// The type of its value; none for an input that there is not.
    pub fn kind(&self, input_type: &impl Fn(&str) -> Option<Type>) -> Option<Type> {
        match self {
            Self::Input(name) => input_type(name),
            Self::Constant(value) => Type::of(value),
        }
    }
}

/// The operators that fit a type, the usual one first; none stands for "is true".
pub fn offered(kind: Option<Type>) -> Vec<Option<Operator>> {
    let equality = [Some(Operator::Equal), Some(Operator::NotEqual)];
    match kind {
        Some(Type::Number) => Operator::ALL.map(Some).to_vec(),
        Some(Type::Boolean) => [&[None][..], &equality].concat(),
        Some(_) => equality.to_vec(),
        None => [&Operator::ALL.map(Some)[..], &[None]].concat(),
    }
}

/// What something of this type is compared with at first.
pub fn usual(kind: Option<Type>) -> Term {
    Term::Constant(match kind {
        Some(Type::Number) => Value::from(0),
        Some(Type::Boolean) => Value::Bool(true),
        _ => Value::from(""),
    })
}

fn part(expr: &Expr) -> Part {
    match expr {
        Expr::Bare(operand) => row(operand, Test::Holds),
        Expr::Compare(left, operator, right) => row(left, Test::Compare(*operator, right.term.clone())),
        Expr::Not(inner) => negated(part(inner)),
        Expr::And(..) => joined(expr, Join::All),
        Expr::Or(..) => joined(expr, Join::Any),
    }
}

fn row(left: &Operand, test: Test) -> Part {
    Part::Row(Row { not: false, left: left.term.clone(), test })
}

fn negated(part: Part) -> Part {
    match part {
        Part::Row(row) if !row.not => Part::Row(Row { not: true, ..row }),
        Part::Group(group) if !group.not => Part::Group(Group { not: true, ..group }),
        twice => Part::Group(Group { not: true, join: Join::All, parts: vec![twice] }),
    }
}

/// `a and b and c` is one group of three; what stands in parentheses at the right is a group of its own.
fn joined(expr: &Expr, join: Join) -> Part {
    let (mut parts, mut at) = (Vec::new(), expr);
    while let (Expr::And(left, right), Join::All) | (Expr::Or(left, right), Join::Any) = (at, join) {
        parts.push(part(right));
        at = left;
    }
    parts.push(part(at));
    parts.reverse();
    Part::Group(Group { not: false, join, parts })
}

/// Writes a form, and notes where each comparison stands.
#[derive(Default)]
struct Writer {
    text: String,
    places: Vec<Place>,
    path: Vec<usize>,
}

impl Writer {
    /// The parts of a group, joined.
    fn parts(&mut self, group: &Group) {
        let word = match group.join {
            Join::All => " and ",
            Join::Any => " or ",
        };
        let mut first = true;
        for (at, part) in group.parts.iter().enumerate().filter(|(_, part)| !part.is_empty()) {
            if !first {
                self.text.push_str(word);
            }
            first = false;
            self.path.push(at);
            match part {
                Part::Row(row) => self.row(row),
                Part::Group(group) => self.group(group),
            }
            self.path.pop();
        }
    }

    /// A group as a part of another, in parentheses where it has several parts.
    fn group(&mut self, group: &Group) {
        if group.is_empty() {
            return;
        }
        if group.not {
            self.text.push_str("not ");
        }
        if group.parts.iter().filter(|part| !part.is_empty()).count() == 1 {
            return self.parts(group);
        }
        self.text.push('(');
        self.parts(group);
        self.text.push(')');
    }

    fn row(&mut self, row: &Row) {
        let Row { not, left, test } = row;
        let in_parentheses = *not && matches!(test, Test::Compare(..));
        if *not {
            self.text.push_str("not ");
        }
        if in_parentheses {
            self.text.push('(');
        }
        let left = self.term(left);
        let right = match test {
            Test::Holds => None,
            Test::Compare(operator, right) => {
                self.text.push(' ');
                self.text.push_str(operator.symbol());
                self.text.push(' ');
                Some(self.term(right))
            }
        };
        if in_parentheses {
            self.text.push(')');
        }
        self.places.push(Place { path: self.path.clone(), left, right });
    }

    fn term(&mut self, term: &Term) -> (usize, usize) {
        let start = self.text.len();
        self.text.push_str(&term.to_string());
        (start, self.text.len())
    }

    /// Where in the form a finding belongs.
    fn place(&self, finding: Finding) -> Problem {
        let (Finding::Error(error) | Finding::Warning(error)) = finding;
        let (start, end) = error.span;
        let found = self.places.iter().find(|place| {
            let whole = (place.left.0, place.right.unwrap_or(place.left).1);
            whole.0 <= start && end <= whole.1
        });
        let Some(place) = found else {
            return Problem { path: Vec::new(), side: None, message: error.message };
        };
        let side = if end <= place.left.1 { Side::Left } else { Side::Right };
        Problem { path: place.path.clone(), side: Some(side), message: error.message }
    }
}

#[cfg(test)]
mod tests;
