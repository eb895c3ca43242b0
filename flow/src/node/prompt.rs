//! Prompt: asks a model. Its `{{variables}}` are its inputs.

use std::collections::{BTreeSet, HashSet};

use serde_json::{Number, Value};

use super::{Group, Kind, Port, Ports};
use crate::definition::{
    ChatRole, Configuration, ContentBlock, Definition, InferenceConfiguration, InlinePrompt, Node, NodeInput,
    NodeOutput, NodeType, PromptConfiguration, PromptSource, TemplateConfiguration, TemplateType,
    TextTemplate,
};
use crate::extensions::{Answer, Extensions};
use crate::message::{Chat, Choice, Message, Role};
use crate::template;
use crate::value::Type;

/// The only output's name.
pub const COMPLETION: &str = "modelCompletion";

pub(super) const KIND: Kind = Kind {
    label: "Prompt",
    group: Group::Ai,
    about: "Asks a model. Write {{name}} in the prompt, and name becomes an input.",
    inputs: Ports::Variables,
    outputs: Ports::Fixed(&[Port::required(COMPLETION, Some(Type::String))]),
};

pub(super) fn fresh(name: &str) -> Node {
    Node {
        name: name.to_owned(),
        kind: NodeType::Prompt,
        configuration: Some(Configuration::Prompt(PromptConfiguration {
            source_configuration: PromptSource::Inline(Box::new(InlinePrompt {
                template_type: TemplateType::Text,
                template_configuration: TemplateConfiguration::Text(TextTemplate {
                    text: "{{input}}".to_owned(),
                    ..TextTemplate::default()
                }),
                model_id: String::new(),
                inference_configuration: None,
                additional_model_request_fields: None,
            })),
            guardrail_configuration: None,
        })),
        inputs: vec![variable_input("input")].into(),
        outputs: vec![NodeOutput { name: COMPLETION.to_owned(), kind: Type::String }].into(),
    }
}

/// The input that a variable becomes.
pub fn variable_input(name: &str) -> NodeInput {
    NodeInput { name: name.to_owned(), kind: Type::String, expression: "$.data".to_owned(), category: None }
}

/// The ARN of the stored prompt that a node names; none where it names none, or has its own.
pub fn arn(node: &Node) -> Option<&str> {
    match &node.configuration {
        Some(Configuration::Prompt(PromptConfiguration {
            source_configuration: PromptSource::Resource(resource),
            ..
        })) => Some(&resource.prompt_arn),
        _ => None,
    }
}

/// The ARNs of the stored prompts that a flow and the bodies of its loops name.
pub fn arns(definition: &Definition) -> BTreeSet<&str> {
    definition.every_node().into_iter().filter_map(|(_, node)| arn(node)).collect()
}

/// The prompt of a node: the one that is written in it, or what the stored one that it names said.
pub fn of<'a>(node: &'a Node, extensions: &'a Extensions) -> Option<&'a InlinePrompt> {
    node.inline_prompt().or_else(|| extensions.prompts.get(arn(node)?))
}

/// Every text of the prompt that may hold variables, in the order it is sent.
pub fn texts(prompt: &InlinePrompt) -> Vec<&str> {
    match &prompt.template_configuration {
        TemplateConfiguration::Text(text) => vec![&text.text],
        TemplateConfiguration::Chat(chat) => chat
            .system
            .iter()
            .chain(chat.messages.iter().flat_map(|message| &message.content))
            .filter_map(|block| match block {
                ContentBlock::Text(text) => Some(text.as_str()),
                ContentBlock::CachePoint(_) => None,
            })
            .collect(),
    }
}

/// The variables of the prompt, each once, in order of appearance.
pub fn variables(prompt: &InlinePrompt) -> Vec<String> {
    let mut seen = HashSet::new();
    let names = texts(prompt).into_iter().flat_map(template::variables);
    names.filter(|name| seen.insert(name.clone())).collect()
}

/// Makes the node's inputs follow its variables: new ones appear, those that are gone go, the rest keep their
/// type and expression.
pub fn follow_variables(node: &mut Node) {
    if let Some(prompt) = node.inline_prompt() {
        let variables = variables(prompt);
        take_variables(node, variables);
    }
}

/// As [`follow_variables`], of a node that names a stored prompt with these variables.
pub fn take_variables(node: &mut Node, variables: Vec<String>) {
    let inputs: Vec<NodeInput> = variables
        .into_iter()
        .map(|name| node.input(&name).cloned().unwrap_or_else(|| variable_input(&name)))
        .collect();
    node.inputs = inputs.into();
}

/// What to ask of the model, with the variables filled in.
///
/// # Errors
/// A sentence that names the variable for which there is no value.
pub fn chat(
    prompt: &InlinePrompt,
    answer: Option<&Answer>,
    values: &[(String, Value)],
) -> Result<Chat, String> {
    let fill = |text: &str| template::fill(text, values);
    let mut chat = Chat { model: prompt.model_id.clone(), ..Chat::default() };
    match &prompt.template_configuration {
        TemplateConfiguration::Text(text) => {
            chat.messages.push(Message { role: Role::User, text: fill(&text.text)? });
        }
        TemplateConfiguration::Chat(template) => {
            if let Some(text) = joined(&template.system, &fill)? {
                chat.messages.push(Message { role: Role::System, text });
            }
            for message in &template.messages {
                let role = match message.role {
                    ChatRole::User => Role::User,
                    ChatRole::Assistant => Role::Assistant,
                };
                if let Some(text) = joined(&message.content, &fill)? {
                    chat.messages.push(Message { role, text });
                }
            }
        }
    }
    sample(&mut chat, prompt.inference_configuration.as_ref());
    chat.additional = prompt.additional_model_request_fields.clone();
    chat.choice = answer.map(|Answer::OneOf(labels)| choice(prompt, labels, values));
    Ok(chat)
}

/// How a chat is sampled, where a node says it.
pub(crate) fn sample(chat: &mut Chat, inference: Option<&InferenceConfiguration>) {
    if let Some(InferenceConfiguration::Text(inference)) = inference {
        chat.temperature = inference.temperature.as_ref().and_then(serde_json::Number::as_f64);
        chat.top_p = inference.top_p.as_ref().and_then(serde_json::Number::as_f64);
        chat.max_tokens = inference.max_tokens.as_ref().and_then(tokens);
        chat.stop = inference.stop_sequences.to_vec();
    }
}

/// A number of tokens, 1 or more, also where it is written as `512.0`.
pub(crate) fn tokens(number: &Number) -> Option<u32> {
    let whole = number.as_u64().or_else(|| {
        let float = number.as_f64().filter(|float| float.fract() == 0.0 && (1.0..=1e15).contains(float))?;
        format!("{float}").parse().ok()
    })?;
    (whole > 0).then(|| u32::try_from(whole).unwrap_or(u32::MAX))
}

fn joined(
    blocks: &[ContentBlock],
    fill: &impl Fn(&str) -> Result<String, String>,
) -> Result<Option<String>, String> {
    let mut texts = Vec::new();
    for block in blocks {
        if let ContentBlock::Text(text) = block {
            texts.push(fill(text)?);
        }
    }
    Ok((!texts.is_empty()).then(|| texts.join("\n")))
}

fn choice(prompt: &InlinePrompt, labels: &[String], values: &[(String, Value)]) -> Choice {
    let examples = texts(prompt).into_iter().flat_map(|text| template::examples(text, labels)).collect();
    let used = variables(prompt);
    let query: Vec<String> = values
        .iter()
        .filter(|(name, _)| used.contains(name))
        .map(|(_, value)| crate::value::to_text(value))
        .collect();
    Choice { labels: labels.to_vec(), examples, query: query.join("\n"), otherwise: None }
}
