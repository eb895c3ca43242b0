//! What is wrong with a flow: what the flow itself shows, and what only a server can tell, since it has a Python
//! and knows the stored prompts.
//!
//! Always holds: nothing of the flow is run. Where Python is not on this machine, its code is not looked at.

use flow::check::{Field, Problem, ProblemType, Report, Severity, check};
use flow::definition::Definition;
use flow::extensions::Extensions;
use flow::node::code::codes;
use flow::node::prompt::arns;

use super::Service;
use crate::python::Finding;

impl Service {
    /// Everything that is wrong with these documents.
    pub async fn check(&self, definition: &Definition, extensions: &Extensions) -> Report {
        let mut report = match arns(definition).is_empty() {
            true => check(definition, extensions),
            false => check(definition, &self.with_prompts(definition, extensions.clone()).await),
        };
        let codes = codes(definition);
        if !codes.is_empty() {
            let texts: Vec<&str> = codes.iter().map(|(_, code)| *code).collect();
            let findings = self.python.check(&texts).await;
            let found = codes
                .iter()
                .zip(findings)
                .filter_map(|((node, code), finding)| Some(problem(node, code, finding?)));
            report.problems.extend(found);
        }
        report
    }
}

fn problem(node: &str, code: &str, finding: Finding) -> Problem {
    let (severity, message, span) = match finding {
        Finding::Unreadable { message, line, column } => {
            let message = match line {
                Some(line) => format!("Line {line}: {message}."),
                None => format!("Python cannot read this: {message}."),
            };
            (Severity::Error, message, line.and_then(|line| span(code, line, column.unwrap_or(1))))
        }
        Finding::NoResult => {
            let message =
                "The last line is no expression, so there is no result. End with what the result is.";
            (Severity::Warning, message.to_owned(), None)
        }
    };
    Problem {
        severity,
        kind: ProblemType::Unspecified,
        message,
        node: Some(node.to_owned()),
        connection: None,
        field: Some(Field::Code),
        span,
    }
}

/// The bytes from this place, in characters from 1, to the end of its line.
fn span(code: &str, line: usize, column: usize) -> Option<(usize, usize)> {
    let before: usize = code.split_inclusive('\n').take(line.checked_sub(1)?).map(str::len).sum();
    let text = code.get(before..)?.lines().next().unwrap_or_default();
    let start = text.char_indices().nth(column.saturating_sub(1)).map_or(text.len(), |(at, _)| at);
    Some((before + start, before + text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_in_the_code_is_found_by_line_and_column() {
        let code = "x = 1\nÄ = = 2\n";
        assert_eq!(span(code, 2, 5).map(|(from, to)| &code[from..to]), Some("= 2"));
        assert_eq!(span(code, 1, 1), Some((0, 5)));
        for (line, column) in [(1, 99), (3, 1), (9, 9)] {
            let (from, to) = span(code, line, column).unwrap();
            assert_eq!(&code[from..to], "", "{line}, {column}");
        }
        assert_eq!(span(code, 0, 1), None);
    }
}
