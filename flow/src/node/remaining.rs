//! The kinds that are read, kept and checked, and do not run yet.

use super::{Group, Kind, Port, Ports};
use crate::definition::NodeType;
use crate::value::Type;

const fn kind(
    label: &'static str,
    group: Group,
    about: &'static str,
    inputs: Ports,
    outputs: &'static [Port],
) -> Kind {
    Kind { label, group, about, runs: false, inputs, outputs: Ports::Fixed(outputs) }
}

/// What there is to know of a kind that does not run yet.
pub(super) fn describe(node: NodeType) -> Kind {
    use Type::{Array, Object, String};
    match node {
        NodeType::Agent => kind(
            "Agent",
            Group::Ai,
            "Lets a model work with tools until it has an answer.",
            Ports::Fixed(
                const {
                    &[
                        Port::required("agentInputText", Some(String)),
                        Port::optional("promptAttributes", Some(Object)),
                        Port::optional("sessionAttributes", Some(Object)),
                    ]
                },
            ),
            const { &[Port::required("agentResponse", Some(String))] },
        ),
        NodeType::KnowledgeBase => kind(
            "Knowledge base",
            Group::Ai,
            "Finds passages in documents, or answers from them.",
            Ports::Fixed(const { &[Port::required("retrievalQuery", Some(String))] }),
            const {
                &[Port::optional("outputText", Some(String)), Port::optional("retrievalResults", Some(Array))]
            },
        ),
        NodeType::Lex => kind(
            "Lex",
            Group::Ai,
            "Names the intent of a message.",
            Ports::Fixed(
                const {
                    &[
                        Port::required("inputText", Some(String)),
                        Port::optional("requestAttributes", Some(Object)),
                        Port::optional("sessionAttributes", Some(Object)),
                    ]
                },
            ),
            const { &[Port::required("predictedIntent", Some(String))] },
        ),
        NodeType::Storage => kind(
            "Storage",
            Group::Data,
            "Writes an object to a bucket.",
            Ports::Fixed(
                const { &[Port::required("content", None), Port::required("objectKey", Some(String))] },
            ),
            const { &[Port::required("s3Uri", Some(String))] },
        ),
        NodeType::Retrieval => kind(
            "Retrieval",
            Group::Data,
            "Reads an object from a bucket.",
            Ports::Fixed(const { &[Port::required("objectKey", Some(String))] }),
            const { &[Port::required("s3Content", None)] },
        ),
        _ => kind("", Group::Io, "", Ports::Free, &[]),
    }
}
