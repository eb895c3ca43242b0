//! What the server alone can tell of a flow: what is wrong with code, which only a Python can read.
//!
//! Always holds: a finding is shown for as long as the code is the one that it was found in.

use flow::check::{Field, Problem, Report};
use flow::definition::Definition;
use flow::node::code::codes;

/// Findings in code, each with the code.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Told(Vec<(Problem, String)>);

impl Told {
    /// What a report of the server says of the code in a definition.
    pub fn of(report: &Report, definition: &Definition) -> Self {
        let codes = codes(definition);
        let found = report.problems.iter().filter(|problem| problem.field == Some(Field::Code));
        let with_code = found.filter_map(|problem| {
            let (_, code) = codes.iter().find(|(node, _)| Some(node) == problem.node.as_ref())?;
            // That there is none is seen without a Python.
            (!code.trim().is_empty()).then(|| (problem.clone(), (*code).to_owned()))
        });
        Self(with_code.collect())
    }

    /// What of it holds for a definition.
    pub fn in_force(&self, definition: &Definition) -> Vec<Problem> {
        if self.0.is_empty() {
            return Vec::new();
        }
        let codes = codes(definition);
        let found = codes.iter().flat_map(|(node, code)| {
            let same = self.0.iter().filter(move |(_, known)| known == code);
            // Under the name that the node has now; the same code elsewhere has the same finding.
            same.take(1).map(move |(problem, _)| Problem { node: Some(node.clone()), ..problem.clone() })
        });
        found.collect()
    }
}

#[cfg(test)]
mod tests {
    use flow::check::{ProblemType, Severity};
    use serde_json::json;

    use super::*;

    fn flow(code: &str) -> Definition {
        let node = json!({"name": "Tidy", "type": "InlineCode",
            "configuration": {"inlineCode": {"code": code, "language": "Python_3"}}});
        serde_json::from_value(json!({"nodes": [node], "connections": []})).unwrap()
    }

    fn problem(field: Field) -> Problem {
        Problem {
            severity: Severity::Error,
            kind: ProblemType::Unspecified,
            message: "Line 1: invalid syntax.".to_owned(),
            node: Some("Tidy".to_owned()),
            connection: None,
            field: Some(field),
            span: None,
        }
    }

    #[test]
    fn a_finding_holds_for_the_code_that_it_was_found_in() {
        let report =
            Report { problems: vec![problem(Field::Code), problem(Field::Name)], ..Report::default() };
        let told = Told::of(&report, &flow("1 +"));
        assert_eq!(told.in_force(&flow("1 +")), [problem(Field::Code)]);
        assert_eq!(told.in_force(&flow("1 + 1")), []);
        let mut renamed = flow("1 +");
        renamed.node_mut("Tidy").unwrap().name = "Clean".to_owned();
        assert_eq!(told.in_force(&renamed)[0].node.as_deref(), Some("Clean"));
        assert_eq!(Told::of(&report, &flow(" ")), Told::default());
    }
}
