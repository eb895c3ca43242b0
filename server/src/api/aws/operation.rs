//! The table of every operation, and which of them a request means.
//!
//! Tags are listed once: flows and prompts keep theirs at the first service, sessions, which are not here, at the
//! second.

use percent_encoding::percent_decode_str;

use Service::{Agent, AgentRuntime, Runtime};

/// The services of AWS that share this address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Service {
    Agent,
    AgentRuntime,
    Runtime,
}

/// One operation.
#[derive(Debug)]
pub(super) struct Operation {
    pub name: &'static str,
    method: &'static str,
    /// With labels in braces, and without the slash that some end with and some do not.
    pattern: &'static str,
    pub service: Service,
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
    let fits = OPERATIONS.iter().filter(|operation| operation.method == method);
    fits.filter_map(|operation| Some(Found { operation, labels: labels(operation.pattern, path)? }))
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

const fn operation(
    name: &'static str,
    method: &'static str,
    pattern: &'static str,
    service: Service,
) -> Operation {
    Operation { name, method, pattern, service }
}

#[rustfmt::skip]
const OPERATIONS: &[Operation] = &[
    operation("CreateFlow", "POST", "/flows", Agent),
    operation("GetFlow", "GET", "/flows/{flowIdentifier}", Agent),
    operation("UpdateFlow", "PUT", "/flows/{flowIdentifier}", Agent),
    operation("DeleteFlow", "DELETE", "/flows/{flowIdentifier}", Agent),
    operation("ListFlows", "GET", "/flows", Agent),
    operation("PrepareFlow", "POST", "/flows/{flowIdentifier}", Agent),
    operation("ValidateFlowDefinition", "POST", "/flows/validate-definition", Agent),
    operation("CreateFlowVersion", "POST", "/flows/{flowIdentifier}/versions", Agent),
    operation("GetFlowVersion", "GET", "/flows/{flowIdentifier}/versions/{flowVersion}", Agent),
    operation("DeleteFlowVersion", "DELETE", "/flows/{flowIdentifier}/versions/{flowVersion}", Agent),
    operation("ListFlowVersions", "GET", "/flows/{flowIdentifier}/versions", Agent),
    operation("CreateFlowAlias", "POST", "/flows/{flowIdentifier}/aliases", Agent),
    operation("GetFlowAlias", "GET", "/flows/{flowIdentifier}/aliases/{aliasIdentifier}", Agent),
    operation("UpdateFlowAlias", "PUT", "/flows/{flowIdentifier}/aliases/{aliasIdentifier}", Agent),
    operation("DeleteFlowAlias", "DELETE", "/flows/{flowIdentifier}/aliases/{aliasIdentifier}", Agent),
    operation("ListFlowAliases", "GET", "/flows/{flowIdentifier}/aliases", Agent),
    operation("CreatePrompt", "POST", "/prompts", Agent),
    operation("GetPrompt", "GET", "/prompts/{promptIdentifier}", Agent),
    operation("UpdatePrompt", "PUT", "/prompts/{promptIdentifier}", Agent),
    operation("DeletePrompt", "DELETE", "/prompts/{promptIdentifier}", Agent),
    operation("ListPrompts", "GET", "/prompts", Agent),
    operation("CreatePromptVersion", "POST", "/prompts/{promptIdentifier}/versions", Agent),
    operation("TagResource", "POST", "/tags/{resourceArn}", Agent),
    operation("UntagResource", "DELETE", "/tags/{resourceArn}", Agent),
    operation("ListTagsForResource", "GET", "/tags/{resourceArn}", Agent),
    operation("CreateDataSource", "PUT", "/knowledgebases/{knowledgeBaseId}/datasources", Agent),
    operation("CreateKnowledgeBase", "PUT", "/knowledgebases", Agent),
    operation("DeleteDataSource", "DELETE", "/knowledgebases/{knowledgeBaseId}/datasources/{dataSourceId}", Agent),
    operation("DeleteKnowledgeBase", "DELETE", "/knowledgebases/{knowledgeBaseId}", Agent),
    operation("DeleteKnowledgeBaseDocuments", "POST", "/knowledgebases/{knowledgeBaseId}/datasources/{dataSourceId}/documents/deleteDocuments", Agent),
    operation("GetDataSource", "GET", "/knowledgebases/{knowledgeBaseId}/datasources/{dataSourceId}", Agent),
    operation("GetIngestionJob", "GET", "/knowledgebases/{knowledgeBaseId}/datasources/{dataSourceId}/ingestionjobs/{ingestionJobId}", Agent),
    operation("GetKnowledgeBase", "GET", "/knowledgebases/{knowledgeBaseId}", Agent),
    operation("GetKnowledgeBaseDocuments", "POST", "/knowledgebases/{knowledgeBaseId}/datasources/{dataSourceId}/documents/getDocuments", Agent),
    operation("IngestKnowledgeBaseDocuments", "PUT", "/knowledgebases/{knowledgeBaseId}/datasources/{dataSourceId}/documents", Agent),
    operation("ListDataSources", "POST", "/knowledgebases/{knowledgeBaseId}/datasources", Agent),
    operation("ListIngestionJobs", "POST", "/knowledgebases/{knowledgeBaseId}/datasources/{dataSourceId}/ingestionjobs", Agent),
    operation("ListKnowledgeBaseDocuments", "POST", "/knowledgebases/{knowledgeBaseId}/datasources/{dataSourceId}/documents", Agent),
    operation("ListKnowledgeBases", "POST", "/knowledgebases", Agent),
    operation("StartIngestionJob", "PUT", "/knowledgebases/{knowledgeBaseId}/datasources/{dataSourceId}/ingestionjobs", Agent),
    operation("StopIngestionJob", "POST", "/knowledgebases/{knowledgeBaseId}/datasources/{dataSourceId}/ingestionjobs/{ingestionJobId}/stop", Agent),
    operation("UpdateDataSource", "PUT", "/knowledgebases/{knowledgeBaseId}/datasources/{dataSourceId}", Agent),
    operation("UpdateKnowledgeBase", "PUT", "/knowledgebases/{knowledgeBaseId}", Agent),
    operation("InvokeFlow", "POST", "/flows/{flowIdentifier}/aliases/{flowAliasIdentifier}", AgentRuntime),
    operation("StartFlowExecution", "POST", "/flows/{flowIdentifier}/aliases/{flowAliasIdentifier}/executions", AgentRuntime),
    operation("GetFlowExecution", "GET", "/flows/{flowIdentifier}/aliases/{flowAliasIdentifier}/executions/{executionIdentifier}", AgentRuntime),
    operation("ListFlowExecutions", "GET", "/flows/{flowIdentifier}/executions", AgentRuntime),
    operation("StopFlowExecution", "POST", "/flows/{flowIdentifier}/aliases/{flowAliasIdentifier}/executions/{executionIdentifier}/stop", AgentRuntime),
    operation("ListFlowExecutionEvents", "GET", "/flows/{flowIdentifier}/aliases/{flowAliasIdentifier}/executions/{executionIdentifier}/events", AgentRuntime),
    operation("GetExecutionFlowSnapshot", "GET", "/flows/{flowIdentifier}/aliases/{flowAliasIdentifier}/executions/{executionIdentifier}/flowsnapshot", AgentRuntime),
    operation("Retrieve", "POST", "/knowledgebases/{knowledgeBaseId}/retrieve", AgentRuntime),
    operation("RetrieveAndGenerate", "POST", "/retrieveAndGenerate", AgentRuntime),
    operation("RetrieveAndGenerateStream", "POST", "/retrieveAndGenerateStream", AgentRuntime),
    operation("GenerateQuery", "POST", "/generateQuery", AgentRuntime),
    operation("Rerank", "POST", "/rerank", AgentRuntime),
    operation("OptimizePrompt", "POST", "/optimize-prompt", AgentRuntime),
    operation("Converse", "POST", "/model/{modelId}/converse", Runtime),
    operation("ConverseStream", "POST", "/model/{modelId}/converse-stream", Runtime),
    operation("InvokeModel", "POST", "/model/{modelId}/invoke", Runtime),
    operation("InvokeModelWithResponseStream", "POST", "/model/{modelId}/invoke-with-response-stream", Runtime),
    operation("ApplyGuardrail", "POST", "/guardrail/{guardrailIdentifier}/version/{guardrailVersion}/apply", Runtime),
    operation("CountTokens", "POST", "/model/{modelId}/count-tokens", Runtime),
];

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
            assert_eq!(find(method, path).map(|found| found.operation.name), Some(name), "{request}");
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
        let places: std::collections::HashSet<(&str, &str)> =
            OPERATIONS.iter().map(|operation| (operation.method, operation.pattern)).collect();
        assert_eq!(places.len(), OPERATIONS.len());
    }
}
