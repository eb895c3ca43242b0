//! Which operation a request means.
//!
//! Tags are listed once: flows and prompts keep theirs at the first service, sessions, which are not here, at the
//! second.

use percent_encoding::percent_decode_str;
use serde::Deserialize;

use super::model;

/// The services of AWS that share this address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Service {
    Agent,
    AgentRuntime,
    Runtime,
}

/// One operation.
#[derive(Debug, Deserialize)]
pub(super) struct Operation {
    pub name: String,
    pub service: Service,
    method: String,
    /// With labels in braces, and without the slash that some end with and some do not.
    path: String,
    /// The shape of its input, where it is answered.
    pub input: Option<String>,
}

/// An operation with the parts of the path that its labels stand for, decoded.
#[derive(Debug)]
pub(super) struct Found {
    pub operation: &'static Operation,
    pub labels: Vec<(&'static str, String)>,
}

/// The operation of a path as it is on the wire. One whose pattern has fewer labels comes first, so that
/// `validate-definition` is no flow.
pub(super) fn find(method: &str, path: &str) -> Option<Found> {
    let path = path.strip_suffix('/').unwrap_or(path);
    let fits = model::operations().iter().filter(|operation| operation.method == method);
    fits.filter_map(|operation| Some(Found { operation, labels: labels(&operation.path, path)? }))
        .min_by_key(|found| found.labels.len())
}

fn labels(pattern: &'static str, path: &str) -> Option<Vec<(&'static str, String)>> {
    let (mut parts, mut labels) = (path.split('/'), Vec::new());
    for wanted in pattern.split('/') {
        let part = parts.next()?;
        match wanted.strip_prefix('{').and_then(|label| label.strip_suffix('}')) {
            Some(label) if !part.is_empty() => {
                labels.push((label, percent_decode_str(part).decode_utf8().ok()?.into_owned()));
            }
            None if wanted == part => {}
            _ => return None,
        }
    }
    parts.next().is_none().then_some(labels)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_mean_operations() {
        for (request, name) in [
            ("POST /flows/", "CreateFlow"),
            ("POST /flows", "CreateFlow"),
            ("GET /flows", "ListFlows"),
            ("POST /flows/ABCDEFGHIJ/", "PrepareFlow"),
            ("POST /flows/ABCDEFGHIJ", "PrepareFlow"),
            ("POST /flows/validate-definition", "ValidateFlowDefinition"),
            ("POST /flows/validate-definition/", "ValidateFlowDefinition"),
            ("GET /flows/validate-definition", "GetFlow"),
            ("POST /flows/F/aliases", "CreateFlowAlias"),
            ("POST /flows/F/aliases/A", "InvokeFlow"),
            ("POST /flows/F/aliases/A/executions", "StartFlowExecution"),
            ("PUT /knowledgebases/", "CreateKnowledgeBase"),
            ("POST /knowledgebases/K/retrieve", "Retrieve"),
            ("POST /model/a%2Fb/converse", "Converse"),
        ] {
            let (method, path) = request.split_once(' ').unwrap();
            assert_eq!(
                find(method, path).map(|found| found.operation.name.as_str()),
                Some(name),
                "{request}"
            );
        }
        for request in
            ["GET /", "GET ", "PATCH /flows", "GET /flows//aliases", "GET /flow/x", "POST /flows/a/b"]
        {
            let (method, path) = request.split_once(' ').unwrap();
            assert!(find(method, path).is_none(), "{request}");
        }
    }

    #[test]
    fn an_arn_is_one_segment() {
        let path = "/flows/arn%3Aaws%3Abedrock%3Aus-east-1%3A000000000000%3Aflow%2FABCDEFGHIJ/versions/1/";
        let found = find("GET", path).unwrap();
        assert_eq!(found.operation.name, "GetFlowVersion");
        assert_eq!(found.labels[0].1, "arn:aws:bedrock:us-east-1:000000000000:flow/ABCDEFGHIJ");
    }

    #[test]
    fn no_two_operations_share_a_place() {
        let all = model::operations();
        let places: std::collections::HashSet<(&str, &str)> =
            all.iter().map(|operation| (operation.method.as_str(), operation.path.as_str())).collect();
        assert_eq!(places.len(), all.len());
    }
}
