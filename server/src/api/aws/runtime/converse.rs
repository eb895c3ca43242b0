//! Converse's own body, which Amazon Nova shares: messages of content blocks, tools, and what is answered.
//!
//! Text, images, tools and documents that are text go to the model; what only tunes AWS's own serving (cache points, tiers,
//! latency) is taken and has no effect; what a model here cannot be given is refused by its place.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flow::message::{Chat, Role, Tool, ToolCall, ToolChoice};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::super::error::Error;
use super::Asked;
use super::conversation::{Turn, put, role};
use super::telling::{Facts, Part, stop_reason, usage};
use crate::service::ModelAnswer;

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Converse {
    messages: Option<Vec<Message>>,
    system: Option<Vec<System>>,
    inference_config: Option<Inference>,
    tool_config: Option<ToolConfig>,
    guardrail_config: Option<Guardrail>,
    additional_model_request_fields: Option<Value>,
    additional_model_response_field_paths: Option<Vec<String>>,
    #[serde(default)]
    prompt_variables: BTreeMap<String, Variable>,
    output_config: Option<OutputConfig>,
}

/// A value of a prompt's variable.
#[derive(Deserialize)]
struct Variable {
    text: String,
}

#[derive(Deserialize)]
struct Message {
    role: String,
    content: Vec<Map<String, Value>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
enum System {
    Text(String),
    GuardContent(Value),
    CachePoint {},
}

/// In Converse's names and in Nova's.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Inference {
    #[serde(alias = "max_new_tokens")]
    max_tokens: Option<u32>,
    temperature: Option<f64>,
    #[serde(alias = "top_p")]
    top_p: Option<f64>,
    #[serde(alias = "top_k")]
    top_k: Option<u32>,
    #[serde(default)]
    stop_sequences: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ToolConfig {
    tools: Vec<Offered>,
    tool_choice: Option<Choice>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
enum Offered {
    ToolSpec(Spec),
    SystemTool {},
    CachePoint {},
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Spec {
    name: String,
    #[serde(default)]
    description: String,
    input_schema: Schema,
}

#[derive(Deserialize)]
struct Schema {
    json: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
enum Choice {
    Auto {},
    Any {},
    Tool { name: String },
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Guardrail {
    #[serde(default)]
    guardrail_identifier: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OutputConfig {
    text_format: Option<TextFormat>,
}

#[derive(Deserialize)]
struct TextFormat {
    structure: Structure,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Structure {
    json_schema: JsonSchema,
}

#[derive(Deserialize)]
struct JsonSchema {
    schema: String,
}

impl Converse {
    /// What the model is asked, and the values of its prompt's variables.
    pub fn asked(mut self, model: &str) -> Result<Asked, Error> {
        let variables = std::mem::take(&mut self.prompt_variables).into_iter();
        let variables = variables.map(|(name, value)| (name, value.text)).collect();
        Ok((self.chat(model)?, variables))
    }

    /// What the model is asked.
    pub fn chat(self, model: &str) -> Result<Chat, Error> {
        if self.guardrail_config.is_some_and(|guardrail| !guardrail.guardrail_identifier.is_empty()) {
            return Err(Error::field("guardrailConfig", "There are no guardrails here. Leave it out."));
        }
        for (at, path) in self.additional_model_response_field_paths.iter().flatten().enumerate() {
            // None of them is in an answer, and such are left out, as AWS does.
            if !path.starts_with('/') {
                let place = format!("additionalModelResponseFieldPaths[{at}]");
                return Err(Error::field(
                    place,
                    "A JSON pointer begins with a slash, as /stop_sequence does.",
                ));
            }
        }
        let inference = self.inference_config.unwrap_or_default();
        let mut chat = Chat {
            model: model.to_owned(),
            temperature: inference.temperature,
            top_p: inference.top_p,
            max_tokens: inference.max_tokens,
            stop: inference.stop_sequences,
            additional: more(self.additional_model_request_fields, inference.top_k)?,
            schema: self.output_config.and_then(|output| output.text_format).map(schema).transpose()?,
            ..Chat::default()
        };
        let has_tools = self.tool_config.is_some();
        if let Some(tools) = self.tool_config {
            offer(&mut chat, tools)?;
        }
        let system: Vec<String> = self.system.into_iter().flatten().filter_map(System::text).collect();
        let turns = self.messages.unwrap_or_default();
        let turns = turns.into_iter().enumerate().map(|(at, message)| message.turn(at));
        put(&mut chat, &system, turns.collect::<Result<_, _>>()?)?;
        if !has_tools && !chat.exchanges.is_empty() {
            let message = "Messages that call tools need the tools: say here which there are.";
            return Err(Error::field("toolConfig", message));
        }
        Ok(chat)
    }
}

/// Members for the model itself.
fn more(fields: Option<Value>, top_k: Option<u32>) -> Result<Option<Value>, Error> {
    let mut fields = match fields {
        None | Some(Value::Null) => Map::new(),
        Some(Value::Object(fields)) => fields,
        Some(_) => {
            return Err(Error::field("additionalModelRequestFields", "These are an object's members."));
        }
    };
    if let Some(top_k) = top_k {
        fields.entry("top_k").or_insert_with(|| top_k.into());
    }
    Ok((!fields.is_empty()).then_some(Value::Object(fields)))
}

fn schema(format: TextFormat) -> Result<Value, Error> {
    let schema = serde_json::from_str(&format.structure.json_schema.schema);
    let place = "outputConfig.textFormat.structure.jsonSchema.schema";
    schema.map_err(|error| Error::field(place, format!("This is no JSON: {error}.")))
}

fn offer(chat: &mut Chat, config: ToolConfig) -> Result<(), Error> {
    for (at, tool) in config.tools.into_iter().enumerate() {
        match tool {
            Offered::ToolSpec(Spec { name, description, input_schema: Schema { json } }) => {
                chat.tools.push(Tool { name, description, parameters: json });
            }
            Offered::CachePoint {} => {}
            Offered::SystemTool {} => {
                let message = "There are no tools of AWS's own here. Leave it out.";
                return Err(Error::field(format!("toolConfig.tools[{at}].systemTool"), message));
            }
        }
    }
    chat.tool_choice = match config.tool_choice {
        None | Some(Choice::Auto {}) => None,
        Some(Choice::Any {}) => Some(ToolChoice::Any),
        Some(Choice::Tool { name }) if chat.tools.iter().any(|tool| tool.name == name) => {
            Some(ToolChoice::Named(name))
        }
        Some(Choice::Tool { name }) => {
            let message = format!("There is no tool {name} among the tools.");
            return Err(Error::field("toolConfig.toolChoice.tool.name", message));
        }
    };
    Ok(())
}

impl System {
    fn text(self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text),
            Self::GuardContent(content) => content["text"]["text"].as_str().map(str::to_owned),
            Self::CachePoint {} => None,
        }
    }
}

impl Message {
    fn turn(self, at: usize) -> Result<Turn, Error> {
        let mut turn = Turn::new(role(&format!("messages[{at}]"), &self.role)?);
        for (index, block) in self.content.into_iter().enumerate() {
            take(&mut turn, &format!("messages[{at}].content[{index}]"), block)?;
        }
        Ok(turn)
    }
}

/// The only member of a block.
fn only(place: &str, block: Map<String, Value>) -> Result<(String, Value), Error> {
    let mut members = block.into_iter().filter(|(_, value)| !value.is_null());
    match (members.next(), members.next()) {
        (Some(member), None) => Ok(member),
        _ => Err(Error::field(place, "A block has exactly one member.")),
    }
}

fn take(turn: &mut Turn, place: &str, block: Map<String, Value>) -> Result<(), Error> {
    let (member, value) = only(place, block)?;
    match member.as_str() {
        "text" | "document" | "searchResult" | "guardContent" | "citationsContent" => {
            turn.texts.push(text(&format!("{place}.{member}"), &member, &value)?);
        }
        "image" if turn.role == Role::User => turn.images.push(image(&format!("{place}.image"), &value)?),
        "toolUse" => turn.calls.push(ToolCall {
            id: word(place, "toolUse.toolUseId", &value["toolUseId"])?,
            name: word(place, "toolUse.name", &value["name"])?,
            arguments: value["input"].to_string(),
        }),
        "toolResult" if turn.role == Role::User => {
            let id = word(place, "toolResult.toolUseId", &value["toolUseId"])?;
            turn.results.push((id, result(&format!("{place}.toolResult"), &value)?));
        }
        // Of no meaning to another model than the one that thought it, and of none without AWS's cache.
        "reasoningContent" | "cachePoint" => {}
        _ => return Err(unfit(place, &member)),
    }
    Ok(())
}

/// What a tool came to.
fn result(place: &str, value: &Value) -> Result<String, Error> {
    let mut texts = Vec::new();
    for (index, block) in value["content"].as_array().into_iter().flatten().enumerate() {
        let place = format!("{place}.content[{index}]");
        let (member, value) = only(&place, block.as_object().cloned().unwrap_or_default())?;
        texts.push(match member.as_str() {
            "json" => value.to_string(),
            "text" | "document" | "searchResult" => text(&format!("{place}.{member}"), &member, &value)?,
            _ => return Err(unfit(&place, &member)),
        });
    }
    let text = texts.join("\n");
    Ok(if value["status"] == "error" { format!("The tool failed: {text}") } else { text })
}

fn unfit(place: &str, member: &str) -> Error {
    Error::field(format!("{place}.{member}"), "The models that are connected here cannot be given this.")
}

fn word(place: &str, member: &str, value: &Value) -> Result<String, Error> {
    let missing = || Error::field(format!("{place}.{member}"), "This member is required.");
    value.as_str().map(str::to_owned).ok_or_else(missing)
}

/// What a block says in words.
fn text(place: &str, member: &str, value: &Value) -> Result<String, Error> {
    let said = |parts: &Value| {
        let text = |part: &Value| part["text"].as_str().map(str::to_owned);
        parts.as_array().into_iter().flatten().filter_map(text).collect::<Vec<String>>().join("\n")
    };
    Ok(match member {
        "text" => value.as_str().map(str::to_owned).ok_or_else(|| Error::field(place, "This is a text."))?,
        "searchResult" => {
            let (title, source) = (&value["title"], &value["source"]);
            let head = format!("{} ({})", title.as_str().unwrap_or(""), source.as_str().unwrap_or(""));
            format!("{head}\n{}", said(&value["content"]))
        }
        "document" => document(place, value)?,
        "citationsContent" => said(&value["content"]),
        _ => value["text"]["text"].as_str().map(str::to_owned).ok_or_else(|| unfit(place, "image"))?,
    })
}

/// An image's kind and its bytes in base 64.
fn image(place: &str, value: &Value) -> Result<(String, String), Error> {
    let format = word(place, "format", &value["format"])?;
    let unread = || Error::field(format!("{place}.source"), "An image is given by its bytes here.");
    let bytes = value["source"]["bytes"].as_str().ok_or_else(unread)?;
    Ok((format!("image/{format}"), bytes.to_owned()))
}

/// A document that is text, under its name.
fn document(place: &str, value: &Value) -> Result<String, Error> {
    let source = &value["source"];
    let format = value["format"].as_str().unwrap_or("txt");
    let unread =
        || Error::field(place, "A document is read where it is text: txt, md, csv or html. Give its text.");
    let content = match (&source["text"], &source["content"], &source["bytes"]) {
        (Value::String(text), ..) => text.clone(),
        (_, Value::Array(parts), _) => {
            parts.iter().filter_map(|part| part["text"].as_str()).collect::<Vec<&str>>().join("\n")
        }
        (.., Value::String(bytes)) if ["txt", "md", "csv", "html"].contains(&format) => {
            let bytes = STANDARD.decode(bytes).map_err(|_| unread())?;
            String::from_utf8(bytes).map_err(|_| unread())?
        }
        _ => return Err(unread()),
    };
    Ok(format!("{}:\n{content}", value["name"].as_str().unwrap_or("document")))
}

/// What is answered to Converse, save the time that it took.
pub(super) fn whole(answer: &ModelAnswer) -> Value {
    let text = (!answer.text.is_empty()).then(|| json!({"text": answer.text}));
    let call = |call: &ToolCall| {
        let input: Value = serde_json::from_str(&call.arguments).unwrap_or_default();
        json!({"toolUse": {"toolUseId": call.id, "name": call.name, "input": input}})
    };
    let content: Vec<Value> = text.into_iter().chain(answer.calls.iter().map(call)).collect();
    json!({
        "output": {"message": {"role": "assistant", "content": content}},
        "stopReason": stop_reason(answer), "usage": counted(answer),
    })
}

/// The events of ConverseStream, each by its name.
pub(super) fn events(part: &Part<'_>, facts: &Facts<'_>) -> Vec<(&'static str, Value)> {
    let delta = |at: &usize, delta: Value| {
        vec![("contentBlockDelta", json!({"contentBlockIndex": at, "delta": delta}))]
    };
    match part {
        Part::Begin => vec![("messageStart", json!({"role": "assistant"}))],
        // A block of text begins with its first piece.
        Part::Open(_, None) => Vec::new(),
        Part::Open(at, Some(call)) => {
            let start = json!({"toolUse": {"toolUseId": call.id, "name": call.name}});
            vec![("contentBlockStart", json!({"contentBlockIndex": at, "start": start}))]
        }
        Part::Text(at, text) => delta(at, json!({"text": text})),
        Part::Arguments(at, text) => delta(at, json!({"toolUse": {"input": text}})),
        Part::Close(at) => vec![("contentBlockStop", json!({"contentBlockIndex": at}))],
        Part::End(answer) => {
            let metrics = json!({"latencyMs": facts.took});
            vec![
                ("messageStop", json!({"stopReason": stop_reason(answer)})),
                ("metadata", json!({"usage": counted(answer), "metrics": metrics})),
            ]
        }
    }
}

fn counted(answer: &ModelAnswer) -> Value {
    let usage = usage(answer);
    let total = usage.input_tokens.saturating_add(usage.output_tokens);
    json!({"inputTokens": usage.input_tokens, "outputTokens": usage.output_tokens, "totalTokens": total})
}

#[cfg(test)]
mod tests;
