//! The commands on a Prompt: its texts, whose variables are its inputs, and its settings.

use flow::address::{join, place};
use flow::definition::{
    Configuration, ConnectionConfiguration, ContentBlock, Inference, InferenceConfiguration, InlinePrompt,
    Node, NodeInput, PromptResource, PromptSource, StoredPrompt, TemplateConfiguration,
};
use flow::extensions::Answer;
use flow::node::prompt::{follow_variables, take_variables, variables};
use serde_json::Number;

use super::document::Document;

/// Replaces one of the prompt's texts, in the order of [`flow::node::prompt::texts`], and lets the inputs follow.
/// Where one variable took another's place, it was renamed: its connection stays. `start` is the document before the
/// person began to type here: a variable that was cut and is pasted again, or emptied and named anew, gets back what
/// it had then.
pub fn set_text(document: &mut Document, node: &str, at: usize, text: &str, start: Option<&Document>) {
    let Some(owner) = document.node_mut(node) else { return };
    let Some(prompt) = owner.inline_prompt_mut() else { return };
    let before = variables(prompt);
    let Some(place) = texts_mut(prompt).into_iter().nth(at) else { return };
    *place = text.to_owned();
    let after = variables(prompt);
    if let Some((from, to)) = renamed(&before, &after) {
        if let Some(input) = owner.inputs.iter_mut().find(|input| input.name == from) {
            input.name.clone_from(&to);
        }
        follow_variables(owner);
        retarget(document, node, &from, &to);
    } else {
        follow_variables(owner);
    }
    drop_loose(document, node);
    if let Some(start) = start {
        reattach(document, node, start);
    }
}

/// Gives inputs that came back their declaration and their connection of before.
fn reattach(document: &mut Document, node: &str, start: &Document) {
    let names = |document: &Document| {
        let inputs = document.node(node).map(|owner| owner.inputs.iter());
        inputs.into_iter().flatten().map(|input| input.name.clone()).collect::<Vec<_>>()
    };
    let (before, after) = (names(start), names(document));
    let renamed = renamed(&before, &after);
    for name in after {
        let old = match &renamed {
            Some((from, to)) if *to == name => from,
            _ => &name,
        };
        if document.into_input(node, &name).is_some() || !reconnect(document, node, start, old, &name) {
            continue;
        }
        super::joins::restore(document, node, &name, start.extensions.join(node, old));
        let declared = start.node(node).and_then(|owner| owner.input(old)).cloned();
        let input = document
            .node_mut(node)
            .and_then(|owner| owner.inputs.iter_mut().find(|input| input.name == name));
        if let (Some(declared), Some(input)) = (declared, input) {
            *input = NodeInput { name, ..declared };
        }
    }
}

/// Makes the connections again that an input had under its old name. Whether there was one.
fn reconnect(document: &mut Document, node: &str, start: &Document, old: &str, name: &str) -> bool {
    let beside = |name: &str| join(place(node), name);
    let Some((before, own)) = start.around(node) else { return false };
    let mut made = false;
    for connection in &before.connections {
        let mut connection = connection.clone();
        let known = document.node(&beside(&connection.source)).is_some();
        if connection.target != own || !known || document.connection(&beside(&connection.name)).is_some() {
            continue;
        }
        if let Some(ConnectionConfiguration::Data(data)) = &mut connection.configuration
            && data.target_input == old
            && let Some((body, _)) = document.around_mut(node)
        {
            data.target_input = name.to_owned();
            body.connections.push(connection);
            made = true;
        }
    }
    made
}

/// Takes the stored prompt of this ARN, and lets the inputs follow its variables where they are known.
pub fn name_stored(document: &mut Document, node: &str, arn: &str, variables: Option<Vec<String>>) {
    let Some(owner) = document.node_mut(node) else { return };
    let Some(Configuration::Prompt(prompt)) = &mut owner.configuration else { return };
    prompt.source_configuration = PromptSource::Resource(PromptResource { prompt_arn: arn.to_owned() });
    if let Some(variables) = variables {
        take_variables(owner, variables);
        drop_loose(document, node);
    }
}

/// Writes the prompt in the node: what the stored one says that it named, or one that says nothing yet.
pub fn write_here(document: &mut Document, node: &str, says: Option<InlinePrompt>) {
    let Some(owner) = document.node_mut(node) else { return };
    let inline = says.unwrap_or_else(|| StoredPrompt::default().inline());
    let Some(Configuration::Prompt(prompt)) = &mut owner.configuration else { return };
    prompt.source_configuration = PromptSource::Inline(Box::new(inline));
    follow_variables(owner);
    drop_loose(document, node);
}

/// Names the model.
pub fn set_model(document: &mut Document, node: &str, model: &str) {
    if let Some(prompt) = document.node_mut(node).and_then(Node::inline_prompt_mut) {
        prompt.model_id = model.trim().to_owned();
    }
}

/// How a node's model is asked, where it says so.
pub fn settings(node: &Node) -> Option<&InferenceConfiguration> {
    match node.configuration.as_ref()? {
        Configuration::KnowledgeBase(base) => base.inference_configuration.as_ref(),
        _ => node.inline_prompt()?.inference_configuration.as_ref(),
    }
}

fn settings_mut(node: &mut Node) -> Option<&mut Option<InferenceConfiguration>> {
    if node.inline_prompt().is_some() {
        return node.inline_prompt_mut().map(|prompt| &mut prompt.inference_configuration);
    }
    match node.configuration.as_mut()? {
        Configuration::KnowledgeBase(base) => Some(&mut base.inference_configuration),
        _ => None,
    }
}

/// Changes how the model is asked.
pub fn set_inference(document: &mut Document, node: &str, change: impl FnOnce(&mut Inference)) {
    let Some(place) = document.node_mut(node).and_then(settings_mut) else { return };
    let had = place.is_some();
    let InferenceConfiguration::Text(mut inference) =
        place.take().unwrap_or_else(|| InferenceConfiguration::Text(Inference::default()));
    change(&mut inference);
    // What was never set stays absent, so that the document does not gain an empty member.
    let empty = inference.temperature.is_none()
        && inference.top_p.is_none()
        && inference.max_tokens.is_none()
        && inference.stop_sequences.is_empty();
    *place = (had || !empty).then_some(InferenceConfiguration::Text(inference));
}

/// A number as it was written; none for an empty text.
///
/// # Errors
/// A sentence for a text that is no number.
pub fn number(text: &str) -> Result<Option<Number>, String> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    serde_json::from_str::<Number>(text).map(Some).map_err(|_| format!("{text} is not a number."))
}

/// Says what the answer must be one of; nothing for an empty text. Labels stand between commas.
pub fn set_answer(document: &mut Document, node: &str, text: &str) {
    if document.node(node).is_none() {
        return;
    }
    let labels = labels(text);
    document.extensions.node_mut(node).answer = (!labels.is_empty()).then_some(Answer::OneOf(labels));
}

/// The labels between the commas of a text.
pub fn labels(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|label| !label.is_empty()).map(str::to_owned).collect()
}

fn texts_mut(prompt: &mut InlinePrompt) -> Vec<&mut String> {
    match &mut prompt.template_configuration {
        TemplateConfiguration::Text(text) => vec![&mut text.text],
        TemplateConfiguration::Chat(chat) => chat
            .system
            .iter_mut()
            .chain(chat.messages.iter_mut().flat_map(|message| &mut message.content))
            .filter_map(|block| match block {
                ContentBlock::Text(text) => Some(text),
                ContentBlock::CachePoint(_) => None,
            })
            .collect(),
    }
}

/// The one variable that became another, where exactly one did.
fn renamed(before: &[String], after: &[String]) -> Option<(String, String)> {
    let gone: Vec<&String> = before.iter().filter(|name| !after.contains(name)).collect();
    let come: Vec<&String> = after.iter().filter(|name| !before.contains(name)).collect();
    match (gone.as_slice(), come.as_slice()) {
        ([from], [to]) => Some(((*from).clone(), (*to).clone())),
        _ => None,
    }
}

fn retarget(document: &mut Document, node: &str, from: &str, to: &str) {
    super::inputs::each_data_into(document, node, |data| {
        if data.target_input == from {
            data.target_input = to.to_owned();
        }
    });
    super::joins::rename(document, node, from, to);
}

/// Drops the connections of inputs that are gone.
fn drop_loose(document: &mut Document, node: &str) {
    let Some(owner) = document.node(node) else { return };
    let inputs: Vec<String> = owner.inputs.iter().map(|input| input.name.clone()).collect();
    let Some((body, own)) = document.around_mut(node) else { return };
    body.connections.retain(|connection| {
        connection.target != own || connection.data().is_none_or(|data| inputs.contains(&data.target_input))
    });
    super::joins::prune(document, node);
}

#[cfg(test)]
mod tests {
    use flow::definition::NodeType;
    use flow::extensions::Position;
    use flow::layout::Row;

    use super::*;
    use crate::editor::change;
    use crate::editor::document::Port;

    fn document() -> Document {
        let mut document = Document::default();
        change::add(&mut document, NodeType::Input, Position::default(), "m").unwrap();
        let from = Port::new("FlowInputNode", Row::Output("document".into()));
        change::add_connected(&mut document, NodeType::Prompt, Position::default(), "m", &from).unwrap();
        document
    }

    #[test]
    fn a_renamed_variable_keeps_its_connection_and_a_gone_one_loses_it() {
        let mut document = document();
        set_text(&mut document, "Prompt_1", 0, "Hi {{inputs}}", None);
        assert!(document.into_input("Prompt_1", "inputs").is_some());
        set_text(&mut document, "Prompt_1", 0, "Hi {{inputs}} and {{other}}", None);
        assert_eq!(document.node("Prompt_1").unwrap().inputs.len(), 2);
        set_text(&mut document, "Prompt_1", 0, "Hi", None);
        assert!(document.definition.connections.is_empty());
        assert!(document.node("Prompt_1").unwrap().inputs.is_empty());
    }

    #[test]
    fn a_variable_that_comes_back_while_typing_gets_its_connection_back() {
        let mut document = document();
        set_text(&mut document, "Prompt_1", 0, "Hi {{message}}", None);
        let start = document.clone();
        for (gone, back, name) in [
            ("Hi", "{{message}} hi", "message"),
            ("Hi {{}}", "Hi {{m}}", "m"),
            ("Hi {{}}", "Hi {{message}} {{more}}", "message"),
        ] {
            set_text(&mut document, "Prompt_1", 0, gone, Some(&start));
            assert!(document.definition.connections.is_empty(), "{gone}");
            set_text(&mut document, "Prompt_1", 0, back, Some(&start));
            assert!(document.into_input("Prompt_1", name).is_some(), "{back}");
            assert_eq!(document.definition.connections.len(), 1, "{back}");
        }
    }

    #[test]
    fn a_stored_prompt_is_taken_and_written_out_again() {
        let mut document = document();
        set_text(&mut document, "Prompt_1", 0, "Hi {{message}}", None);
        let says = document.node("Prompt_1").unwrap().inline_prompt().unwrap().clone();
        let connections = document.definition.connections.len();
        let take = |document: &mut Document, names: &[&str]| {
            let names = names.iter().map(|name| (*name).to_owned()).collect();
            name_stored(document, "Prompt_1", "arn", Some(names));
        };
        take(&mut document, &["message", "more"]);
        assert!(document.node("Prompt_1").unwrap().inline_prompt().is_none());
        assert!(
            document.into_input("Prompt_1", "message").is_some(),
            "what has the same name stays connected"
        );
        assert_eq!(document.node("Prompt_1").unwrap().inputs.len(), 2);
        write_here(&mut document, "Prompt_1", Some(says.clone()));
        assert_eq!(document.node("Prompt_1").unwrap().inline_prompt(), Some(&says));
        assert_eq!(document.definition.connections.len(), connections);
        take(&mut document, &["other"]);
        assert!(document.into_input("Prompt_1", "message").is_none());
        write_here(&mut document, "Prompt_1", None);
        assert!(document.node("Prompt_1").unwrap().inputs.is_empty());
    }

    #[test]
    fn settings_keep_their_written_form() {
        let mut document = document();
        set_inference(&mut document, "Prompt_1", |_| {});
        assert!(
            document
                .definition
                .node("Prompt_1")
                .unwrap()
                .inline_prompt()
                .unwrap()
                .inference_configuration
                .is_none()
        );
        let zero = number("0").unwrap();
        set_inference(&mut document, "Prompt_1", |inference| inference.temperature = zero);
        let json = serde_json::to_string(&document.definition).unwrap();
        assert!(json.contains(r#""temperature":0}"#), "{json}");
        assert!(number("warm").is_err());
        set_answer(&mut document, "Prompt_1", " angry, neutral ,");
        assert_eq!(
            document.extensions.node("Prompt_1").answer,
            Some(Answer::OneOf(vec!["angry".into(), "neutral".into()]))
        );
    }
}
