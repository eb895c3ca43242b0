//! Knowledge base: finds passages in documents, and where it names a model, answers from them.

use serde_json::Value;

use super::{Group, Kind, Port, Ports};
use crate::definition::{Configuration, KnowledgeBaseConfiguration, Node, NodeInput, NodeOutput, NodeType};
use crate::value::Type;

/// The question.
pub const QUERY: &str = "retrievalQuery";
/// The answer, of a node that names a model.
pub const TEXT: &str = "outputText";
/// The passages, of a node that names none.
pub const RESULTS: &str = "retrievalResults";
/// How many passages are found where the node does not say.
pub const USUAL_RESULTS: usize = 5;

pub(super) const KIND: Kind = Kind {
    label: "Knowledge base",
    group: Group::Ai,
    about: "Finds passages in documents of yours. With a model it answers from them, without one it gives them as \
            they are.",
    runs: true,
    inputs: Ports::Fixed(&[Port::required(QUERY, Some(Type::String))]),
    outputs: Ports::Fixed(&[
        Port::optional(TEXT, Some(Type::String)),
        Port::optional(RESULTS, Some(Type::Array)),
    ]),
};

/// A question to a knowledge base.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    pub text: String,
    /// Which base, how many passages, and what makes an answer of them.
    pub configuration: KnowledgeBaseConfiguration,
}

pub(super) fn fresh(name: &str) -> Node {
    Node {
        name: name.to_owned(),
        kind: NodeType::KnowledgeBase,
        configuration: Some(Configuration::KnowledgeBase(Box::new(KnowledgeBaseConfiguration {
            knowledge_base_id: String::new(),
            model_id: None,
            guardrail_configuration: None,
            number_of_results: None,
            prompt_template: None,
            inference_configuration: None,
            reranking_configuration: None,
            orchestration_configuration: None,
        }))),
        inputs: vec![NodeInput::whole(QUERY, Type::String)].into(),
        outputs: vec![NodeOutput { name: RESULTS.to_owned(), kind: Type::Array }].into(),
    }
}

/// The output of a node with this configuration: the answer, where it names a model, else the passages.
pub fn outputs(configuration: &KnowledgeBaseConfiguration) -> &'static [Port] {
    match configuration.model_id.as_deref() {
        None | Some("") => const { &[Port::required(RESULTS, Some(Type::Array))] },
        Some(_) => const { &[Port::required(TEXT, Some(Type::String))] },
    }
}

/// What a node asks with these values.
pub(crate) fn query(configuration: &KnowledgeBaseConfiguration, values: Vec<(String, Value)>) -> Query {
    let text = values.into_iter().find_map(|(name, value)| match value {
        Value::String(text) if name == QUERY => Some(text),
        _ => None,
    });
    Query { text: text.unwrap_or_default(), configuration: configuration.clone() }
}
