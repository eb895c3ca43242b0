//! Anthropic's messages, as Bedrock takes them.

use flow::message::{Chat, Finish, Role, Tool, ToolCall, ToolChoice};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::super::error::Error;
use super::conversation::{Turn, put, role};
use super::telling::{Facts, Part, stop_reason, usage};
use crate::service::ModelAnswer;

#[derive(Deserialize)]
pub(super) struct Messages {
    anthropic_version: Option<String>,
    max_tokens: Option<u32>,
    messages: Option<Vec<Message>>,
    system: Option<Content>,
    temperature: Option<f64>,
    top_p: Option<f64>,
    top_k: Option<u32>,
    #[serde(default)]
    stop_sequences: Vec<String>,
    #[serde(default)]
    tools: Vec<Offered>,
    tool_choice: Option<Choice>,
    thinking: Option<Value>,
}

#[derive(Deserialize)]
struct Message {
    role: String,
    content: Content,
}

/// A text, or blocks of content.
#[derive(Deserialize)]
#[serde(untagged)]
enum Content {
    Text(String),
    Blocks(Vec<Value>),
}

#[derive(Deserialize)]
struct Offered {
    name: String,
    #[serde(default)]
    description: String,
    /// A tool of Anthropic's own has none.
    input_schema: Option<Value>,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Choice {
    Auto,
    Any,
    None,
    Tool { name: String },
}

impl Messages {
    /// What the model is asked.
    pub fn chat(self, model: &str) -> Result<Chat, Error> {
        if self.anthropic_version.is_none() {
            return Err(Error::field("anthropic_version", "This member is required: bedrock-2023-05-31."));
        }
        let Some(max_tokens) = self.max_tokens.filter(|most| *most > 0) else {
            return Err(Error::field("max_tokens", "This member is required: one at least."));
        };
        if self.thinking.is_some_and(|thinking| thinking["type"] == "enabled") {
            let message = "The thoughts of models that are connected here cannot be shown. Leave it out.";
            return Err(Error::field("thinking", message));
        }
        let mut chat = Chat {
            model: model.to_owned(),
            temperature: self.temperature,
            top_p: self.top_p,
            max_tokens: Some(max_tokens),
            stop: self.stop_sequences,
            additional: self.top_k.map(|top_k| json!({"top_k": top_k})),
            ..Chat::default()
        };
        offer(&mut chat, self.tools, self.tool_choice)?;
        let system = match self.system {
            None => Vec::new(),
            Some(content) => content.turn("system", Role::System)?.texts,
        };
        let turns = self.messages.unwrap_or_default().into_iter().enumerate().map(|(at, message)| {
            let place = format!("messages[{at}]");
            message.content.turn(&format!("{place}.content"), role(&place, &message.role)?)
        });
        put(&mut chat, &system, turns.collect::<Result<_, _>>()?)?;
        Ok(chat)
    }
}

fn offer(chat: &mut Chat, tools: Vec<Offered>, choice: Option<Choice>) -> Result<(), Error> {
    if matches!(choice, Some(Choice::None)) {
        return Ok(());
    }
    for (at, Offered { name, description, input_schema }) in tools.into_iter().enumerate() {
        let none = || Error::field(format!("tools[{at}].input_schema"), "This member is required.");
        chat.tools.push(Tool { name, description, parameters: input_schema.ok_or_else(none)? });
    }
    chat.tool_choice = match choice {
        Some(Choice::Any) => Some(ToolChoice::Any),
        Some(Choice::Tool { name }) => Some(ToolChoice::Named(name)),
        None | Some(Choice::Auto | Choice::None) => None,
    };
    Ok(())
}

impl Content {
    fn turn(self, place: &str, role: Role) -> Result<Turn, Error> {
        let mut turn = Turn::new(role);
        match self {
            Self::Text(text) => turn.texts.push(text),
            Self::Blocks(blocks) => {
                for (at, block) in blocks.into_iter().enumerate() {
                    take(&mut turn, &format!("{place}[{at}]"), &block)?;
                }
            }
        }
        Ok(turn)
    }
}

fn take(turn: &mut Turn, place: &str, block: &Value) -> Result<(), Error> {
    match block["type"].as_str().unwrap_or_default() {
        "text" => turn.texts.push(word(place, block, "text")?),
        "image" if turn.role == Role::User && block["source"]["type"] == "base64" => {
            let (place, source) = (format!("{place}.source"), &block["source"]);
            turn.images.push((word(&place, source, "media_type")?, word(&place, source, "data")?));
        }
        "document" if block["source"]["type"] == "text" => {
            let text = word(&format!("{place}.source"), &block["source"], "data")?;
            let title = block["title"].as_str().map(|title| format!("{title}:\n")).unwrap_or_default();
            turn.texts.push(format!("{title}{text}"));
        }
        "tool_use" => turn.calls.push(ToolCall {
            id: word(place, block, "id")?,
            name: word(place, block, "name")?,
            arguments: block["input"].to_string(),
        }),
        "tool_result" if turn.role == Role::User => {
            turn.results.push((word(place, block, "tool_use_id")?, result(place, block)?));
        }
        // Of no meaning to another model than the one that thought it.
        "thinking" | "redacted_thinking" => {}
        "" => return Err(Error::field(format!("{place}.type"), "This member is required.")),
        other => {
            let message = format!("The models that are connected here cannot be given this {other}.");
            return Err(Error::field(place, message));
        }
    }
    Ok(())
}

/// What a tool came to.
fn result(place: &str, block: &Value) -> Result<String, Error> {
    let text = match &block["content"] {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        content => {
            let content: Content = serde_json::from_value(content.clone()).map_err(|_| {
                Error::field(format!("{place}.content"), "This is a text or blocks of content.")
            })?;
            let place = format!("{place}.content");
            let turn = content.turn(&place, Role::User)?;
            if !turn.images.is_empty() {
                return Err(Error::field(place, "Models here are told what a tool came to in words alone."));
            }
            turn.texts.join("\n")
        }
    };
    Ok(if block["is_error"] == true { format!("The tool failed: {text}") } else { text })
}

fn word(place: &str, block: &Value, member: &str) -> Result<String, Error> {
    let missing = || Error::field(format!("{place}.{member}"), "This member is required.");
    block[member].as_str().map(str::to_owned).ok_or_else(missing)
}

/// The whole answer.
pub(super) fn whole(answer: &ModelAnswer, facts: &Facts<'_>) -> Value {
    let text = (!answer.text.is_empty()).then(|| json!({"type": "text", "text": answer.text}));
    let call = |call: &ToolCall| {
        let input: Value = serde_json::from_str(&call.arguments).unwrap_or_default();
        json!({"type": "tool_use", "id": call.id, "name": call.name, "input": input})
    };
    let content = text.into_iter().chain(answer.calls.iter().map(call)).collect();
    let mut message = message(facts, content, counted(answer));
    message.extend(stopped(answer));
    Value::Object(message)
}

fn message(facts: &Facts<'_>, content: Vec<Value>, usage: Value) -> Map<String, Value> {
    let members = [
        ("id", json!(format!("msg_bdrk_{}", facts.id))),
        ("type", json!("message")),
        ("role", json!("assistant")),
        ("model", json!(facts.model)),
        ("content", Value::Array(content)),
        ("stop_reason", Value::Null),
        ("stop_sequence", Value::Null),
        ("usage", usage),
    ];
    members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// Why it ended.
fn stopped(answer: &ModelAnswer) -> Map<String, Value> {
    let sequence = match &answer.finish {
        Finish::Stopped(text) => json!(text),
        _ => Value::Null,
    };
    let reason = match stop_reason(answer) {
        "content_filtered" => "refusal",
        reason => reason,
    };
    [("stop_reason".to_owned(), json!(reason)), ("stop_sequence".to_owned(), sequence)].into_iter().collect()
}

fn counted(answer: &ModelAnswer) -> Value {
    let usage = usage(answer);
    json!({"input_tokens": usage.input_tokens, "output_tokens": usage.output_tokens})
}

/// The pieces of a stream.
pub(super) fn pieces(part: &Part<'_>, facts: &Facts<'_>) -> Vec<Value> {
    let delta =
        |at: &usize, delta: Value| vec![json!({"type": "content_block_delta", "index": at, "delta": delta})];
    match part {
        Part::Begin => {
            // How much was read is known when all is said, and told there.
            let message = message(facts, Vec::new(), json!({"input_tokens": 0, "output_tokens": 0}));
            vec![json!({"type": "message_start", "message": message})]
        }
        Part::Open(at, call) => {
            let block = match call {
                None => json!({"type": "text", "text": ""}),
                Some(call) => json!({"type": "tool_use", "id": call.id, "name": call.name, "input": {}}),
            };
            vec![json!({"type": "content_block_start", "index": at, "content_block": block})]
        }
        Part::Text(at, text) => delta(at, json!({"type": "text_delta", "text": text})),
        Part::Arguments(at, text) => delta(at, json!({"type": "input_json_delta", "partial_json": text})),
        Part::Close(at) => vec![json!({"type": "content_block_stop", "index": at})],
        Part::End(answer) => vec![
            json!({"type": "message_delta", "delta": stopped(answer), "usage": counted(answer)}),
            json!({"type": "message_stop"}),
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FACTS: Facts<'_> = Facts { id: "1", model: "claude", first: 1, took: 5 };

    fn read(body: Value) -> Result<Chat, String> {
        let body: Messages = serde_json::from_value(body).map_err(|error| error.to_string())?;
        body.chat("m").map_err(|error| error.told().1.to_owned())
    }

    fn with(member: &str, value: Value) -> Result<Chat, String> {
        let mut body = json!({"anthropic_version": "bedrock-2023-05-31", "max_tokens": 9,
            "messages": [{"role": "user", "content": "Hi"}]});
        body[member] = value;
        read(body)
    }

    #[test]
    fn a_body_becomes_a_chat() {
        let chat = read(json!({
            "anthropic_version": "bedrock-2023-05-31", "anthropic_beta": ["x"], "max_tokens": 9, "top_k": 4,
            "temperature": 0.1, "stop_sequences": ["END"], "metadata": {"user_id": "u"},
            "system": [{"type": "text", "text": "Be brief.", "cache_control": {"type": "ephemeral"}}],
            "messages": [
                {"role": "user", "content": "Where?"},
                {"role": "assistant", "content": [{"type": "thinking", "thinking": "hm", "signature": "s"},
                    {"type": "text", "text": "Wait."}, {"type": "tool_use", "id": "t1", "name": "find", "input": {}}]},
                {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t1", "is_error": true,
                    "content": [{"type": "text", "text": "gone"}]}, {"type": "text", "text": "And?"},
                    {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "AA=="}}]},
            ],
            "tools": [{"name": "find", "input_schema": {"type": "object"}}], "tool_choice": {"type": "any"},
        }))
        .unwrap();
        assert_eq!((chat.messages[0].text.as_str(), chat.messages[1].text.as_str()), ("Be brief.", "Where?"));
        assert_eq!(
            (chat.exchanges[0].text.as_str(), chat.exchanges[0].results[0].as_str()),
            ("Wait.", "The tool failed: gone")
        );
        assert_eq!(chat.exchanges[0].then[0].text, "And?");
        assert_eq!((chat.images[0].message, chat.images[0].media_type.as_str()), (2, "image/png"));
        assert_eq!((chat.tool_choice, chat.additional), (Some(ToolChoice::Any), Some(json!({"top_k": 4}))));
    }

    #[test]
    fn what_is_wrong_is_named() {
        let image = json!([{"role": "user", "content": [{"type": "image", "source": {"type": "url"}}]}]);
        for (member, value, told) in [
            ("anthropic_version", Value::Null, "anthropic_version: "),
            ("max_tokens", json!(0), "max_tokens: "),
            ("thinking", json!({"type": "enabled", "budget_tokens": 1024}), "thinking: "),
            ("messages", image, "messages[0].content[0]: "),
            ("messages", json!([{"role": "bot", "content": "Hi"}]), "messages[0].role: "),
            ("tools", json!([{"type": "bash_20250124", "name": "bash"}]), "tools[0].input_schema: "),
        ] {
            let error = with(member, value).unwrap_err();
            assert!(error.starts_with(told), "{error}");
        }
        let none = json!({"type": "none"});
        assert!(with("tool_choice", none).unwrap().tools.is_empty());
    }

    #[test]
    fn an_answer_has_anthropics_shape() {
        let call = ToolCall { id: "t1".into(), name: "find".into(), arguments: "{\"a\":1}".into() };
        let answer = ModelAnswer { text: "Wait.".into(), calls: vec![call], ..ModelAnswer::default() };
        assert_eq!(
            whole(&answer, &FACTS),
            json!({"id": "msg_bdrk_1", "type": "message", "role": "assistant", "model": "claude",
                "content": [{"type": "text", "text": "Wait."},
                    {"type": "tool_use", "id": "t1", "name": "find", "input": {"a": 1}}],
                "stop_reason": "tool_use", "stop_sequence": null, "usage": {"input_tokens": 0, "output_tokens": 0}})
        );
        let stopped = ModelAnswer { finish: Finish::Stopped(Some("END".into())), ..ModelAnswer::default() };
        let end = pieces(&Part::End(&stopped), &FACTS);
        assert_eq!(end[0]["delta"], json!({"stop_reason": "stop_sequence", "stop_sequence": "END"}));
        assert_eq!(end[1], json!({"type": "message_stop"}));
    }

    #[test]
    fn a_stream_tells_blocks() {
        let call = ToolCall { id: "t1".into(), name: "find".into(), arguments: "{}".into() };
        let first = |part: Part<'_>| pieces(&part, &FACTS).remove(0);
        assert_eq!(first(Part::Begin)["message"]["stop_reason"], Value::Null);
        assert_eq!(first(Part::Open(0, None))["content_block"], json!({"type": "text", "text": ""}));
        assert_eq!(
            first(Part::Open(1, Some(&call)))["content_block"],
            json!({"type": "tool_use", "id": "t1", "name": "find", "input": {}})
        );
        assert_eq!(first(Part::Arguments(1, "{}"))["delta"]["partial_json"], "{}");
        assert_eq!(first(Part::Close(1)), json!({"type": "content_block_stop", "index": 1}));
    }
}
