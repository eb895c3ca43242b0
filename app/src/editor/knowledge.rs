//! The commands on a KnowledgeBase node: which base, passages or an answer, how many, and by what prompt.

use flow::definition::{Configuration, KnowledgeBaseConfiguration, KnowledgeBasePrompt, Node, NodeOutput};
use flow::node::knowledge_base::outputs;
use flow::value::Type;
use serde_json::Number;

use super::change::configuration;
use super::document::Document;
use super::inputs::each_data_from;

/// The configuration of a KnowledgeBase node.
pub fn base(node: &Node) -> Option<&KnowledgeBaseConfiguration> {
    match node.configuration.as_ref()? {
        Configuration::KnowledgeBase(base) => Some(base),
        _ => None,
    }
}

fn base_mut<'a>(document: &'a mut Document, node: &str) -> Option<&'a mut KnowledgeBaseConfiguration> {
    match configuration(document, node)? {
        Configuration::KnowledgeBase(base) => Some(base),
        _ => None,
    }
}

/// Names the base.
pub fn set_base(document: &mut Document, node: &str, id: &str) {
    if let Some(base) = base_mut(document, node) {
        base.knowledge_base_id = id.trim().to_owned();
    }
}

/// Names the model that answers; none for passages alone. The output changes with it, and what hangs on it stays.
pub fn set_model(document: &mut Document, node: &str, model: Option<&str>) {
    let Some(base) = base_mut(document, node) else { return };
    base.model_id = model.map(|model| model.trim().to_owned());
    let wanted = outputs(base)[0];
    let Some(owner) = document.node_mut(node) else { return };
    let Some(output) = owner.outputs.first_mut() else {
        let output = NodeOutput { name: wanted.name.to_owned(), kind: wanted.kind.unwrap_or(Type::String) };
        return owner.outputs.push(output);
    };
    let before = std::mem::replace(&mut output.name, wanted.name.to_owned());
    output.kind = wanted.kind.unwrap_or(output.kind);
    each_data_from(document, node, |data| {
        if data.source_output == before {
            wanted.name.clone_into(&mut data.source_output);
        }
    });
}

/// Says how many passages are found; none for as many as usual.
pub fn set_count(document: &mut Document, node: &str, count: Option<Number>) {
    if let Some(base) = base_mut(document, node) {
        base.number_of_results = count;
    }
}

/// Says what the model is asked; nothing for the usual prompt.
pub fn set_prompt(document: &mut Document, node: &str, text: &str) {
    if let Some(base) = base_mut(document, node) {
        base.prompt_template = (!text.trim().is_empty())
            .then(|| KnowledgeBasePrompt { text_prompt_template: Some(text.to_owned()) });
    }
}

#[cfg(test)]
mod tests {
    use flow::definition::{ConnectionConfiguration, NodeType};
    use flow::extensions::Position;
    use flow::layout::Row;
    use flow::node::knowledge_base::{RESULTS, TEXT};

    use super::*;
    use crate::editor::change::{add, add_connected};
    use crate::editor::document::Port;

    #[test]
    fn connections_follow_the_output_to_its_new_name() {
        let mut document = Document::default();
        let name = add(&mut document, NodeType::KnowledgeBase, Position::default(), "m").unwrap();
        let from = Port::new(&name, Row::Output(RESULTS.into()));
        add_connected(&mut document, NodeType::Output, Position::default(), "m", &from).unwrap();
        let leaves = |document: &Document| match document.definition.connections[0].configuration.clone() {
            Some(ConnectionConfiguration::Data(data)) => data.source_output,
            _ => String::new(),
        };
        set_model(&mut document, &name, Some("a/b"));
        assert_eq!(leaves(&document), TEXT);
        let output = document.definition.node(&name).unwrap().outputs[0].clone();
        assert_eq!((output.name.as_str(), output.kind), (TEXT, Type::String));
        set_model(&mut document, &name, None);
        assert_eq!(leaves(&document), RESULTS);
        assert_eq!(base(document.definition.node(&name).unwrap()).unwrap().model_id, None);
    }
}
