//! `check`: everything that is wrong with a flow, with node, field and place, never only the first.
//!
//! Always holds: a flow without an error-level problem can be planned and run. Rules are grouped by what they look
//! at; each yields all its findings. Absent on purpose: whether a model or a key exists, which only a server knows.

mod connections;
mod exclusive;
mod graph;
mod iteration;
mod joins;
mod nodes;
mod portability;

use serde::{Deserialize, Serialize};

use crate::definition::{Definition, Node};
use crate::extensions::Extensions;

/// What `check` found.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Report {
    pub problems: Vec<Problem>,
    /// What runs here and AWS would refuse, and why; as errors what it says that it refuses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub portability: Vec<Problem>,
}

impl Report {
    /// Whether nothing keeps this flow from running.
    pub fn can_run(&self) -> bool {
        self.errors() == 0
    }

    /// How many problems are errors.
    pub fn errors(&self) -> usize {
        self.problems.iter().filter(|problem| problem.severity == Severity::Error).count()
    }
}

/// `FlowValidation`: one thing that is wrong, and where.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    pub severity: Severity,
    /// `FlowValidationType`.
    #[serde(rename = "type")]
    pub kind: ProblemType,
    /// What is wrong and what to do.
    pub message: String,
    /// Inside a loop, with the way to it: `Loop/Node`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection: Option<String>,
    /// The part of the node.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<Field>,
    /// Bytes of the field's text, start and end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub span: Option<(usize, usize)>,
}

/// `FlowValidationSeverity`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Severity {
    Warning,
    Error,
}

/// The part of a node that a problem is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Field {
    Name,
    Input(String),
    Output(String),
    Condition(String),
    /// The prompt's text.
    Prompt,
    /// The prompt that a node names, and what it says.
    StoredPrompt,
    Model,
    /// The code of a Code node.
    Code,
    /// How long a node may take.
    TimeLimit,
    /// The answer constraint.
    Answer,
    Configuration,
}

/// `FlowValidationType`: the thirty-three kinds of finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum ProblemType {
    CyclicConnection,
    DuplicateConnections,
    DuplicateConditionExpression,
    UnreachableNode,
    UnknownConnectionSource,
    UnknownConnectionSourceOutput,
    UnknownConnectionTarget,
    UnknownConnectionTargetInput,
    UnknownConnectionCondition,
    MalformedConditionExpression,
    MalformedNodeInputExpression,
    MismatchedNodeInputType,
    MismatchedNodeOutputType,
    IncompatibleConnectionDataType,
    MissingConnectionConfiguration,
    MissingDefaultCondition,
    MissingEndingNodes,
    MissingNodeConfiguration,
    MissingNodeInput,
    MissingNodeOutput,
    MissingStartingNodes,
    MultipleNodeInputConnections,
    UnfulfilledNodeInput,
    UnsatisfiedConnectionConditions,
    Unspecified,
    UnknownNodeInput,
    UnknownNodeOutput,
    MissingLoopInputNode,
    MissingLoopControllerNode,
    MultipleLoopInputNodes,
    MultipleLoopControllerNodes,
    LoopIncompatibleNodeType,
    InvalidLoopBoundary,
}

impl Problem {
    /// An error-level finding.
    pub(crate) fn error(kind: ProblemType, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            kind,
            message: message.into(),
            node: None,
            connection: None,
            field: None,
            span: None,
        }
    }

    /// A finding that does not keep the flow from running.
    pub(crate) fn warning(kind: ProblemType, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(kind, message) }
    }

    pub(crate) fn at_node(mut self, node: &str) -> Self {
        self.node = Some(node.to_owned());
        self
    }

    pub(crate) fn at_connection(mut self, connection: &str) -> Self {
        self.connection = Some(connection.to_owned());
        self
    }

    pub(crate) fn in_field(mut self, field: Field) -> Self {
        self.field = Some(field);
        self
    }

    pub(crate) fn at_span(mut self, start: usize, end: usize) -> Self {
        self.span = Some((start, end));
        self
    }
}

/// The largest flow we run. AWS's own quotas are 40 nodes and 20 connections.
pub const MOST_NODES: usize = 2000;
/// See [`MOST_NODES`].
pub const MOST_CONNECTIONS: usize = 4000;

/// Everything that is wrong with this flow.
pub fn check(definition: &Definition, extensions: &Extensions) -> Report {
    let mut problems = Vec::new();
    let (nodes, connections) = size(definition);
    if nodes > MOST_NODES || connections > MOST_CONNECTIONS {
        let message = format!(
            "A flow has at most {MOST_NODES} nodes and {MOST_CONNECTIONS} connections, those in loops among them. \
             Split it in two."
        );
        problems.push(Problem::error(ProblemType::Unspecified, message));
        return Report { problems, portability: Vec::new() };
    }
    let mut report = Report { problems, portability: Vec::new() };
    scope(definition, extensions, "", &mut report);
    report
}

/// Checks a definition and the bodies of its loops; `place` is the path to it, such as `Refine/`.
fn scope(definition: &Definition, extensions: &Extensions, place: &str, report: &mut Report) {
    let (from, noted) = (report.problems.len(), report.portability.len());
    let problems = &mut report.problems;
    nodes::check(definition, extensions, place, problems);
    connections::check(definition, extensions, place, problems);
    joins::check(definition, extensions, place, problems);
    if place.is_empty() {
        graph::ends(definition, problems);
    }
    graph::check(definition, extensions, place, problems);
    iteration::check(definition, extensions, place, problems);
    portability::check(definition, extensions, place, &mut report.portability);
    for problem in report.problems[from..].iter_mut().chain(&mut report.portability[noted..]) {
        for name in [&mut problem.node, &mut problem.connection].into_iter().flatten() {
            name.insert_str(0, place);
        }
    }
    for node in &definition.nodes {
        if let Some(body) = node.body() {
            scope(body, extensions, &format!("{place}{}/", node.name), report);
        }
    }
}

/// How many nodes and connections there are, those inside loops among them.
fn size(definition: &Definition) -> (usize, usize) {
    let own = (definition.nodes.len(), definition.connections.len());
    definition
        .nodes
        .iter()
        .filter_map(Node::body)
        .map(size)
        .fold(own, |sum, body| (sum.0 + body.0, sum.1 + body.1))
}

#[cfg(test)]
mod tests;
