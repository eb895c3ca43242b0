//! OpenAI-compatible chat completions: OpenAI, Ollama, vLLM, llama.cpp, LM Studio, and Bedrock's runtime.
//!
//! A request and a stream's pieces are pure functions; the call around them is the shared egress.

mod bedrock;
mod embed;
mod rerank;

use flow::message::{Chat, Exchange, Finish, Image, Message, Role, ToolCall, ToolChoice, Usage};
use futures_util::StreamExt as _;
use futures_util::future::BoxFuture;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use url::Url;

use super::sse::Splitter;
use super::{Answer, Error, Pieces, Provider, Purpose, Vectors};
use crate::egress::{self, Call, Egress, Reach};

/// OpenAI's own host, whose newer models know the length's limit by its new name alone.
const OPENAI: &str = "api.openai.com";
/// The longest answer, in bytes.
const LARGEST: usize = 10 * 1024 * 1024;
/// How long an answer may be that is asked for to count tokens: fewer are refused by some servers.
const COUNTING: u32 = 16;
/// The most tools that are called at once.
const MOST_CALLS: usize = 64;

/// A server that speaks chat completions.
#[derive(Clone)]
pub struct OpenAi {
    egress: Egress,
    /// The connection's name, for messages.
    name: String,
    base_url: Url,
    key: Option<String>,
}

impl OpenAi {
    /// A server at a base address such as `http://127.0.0.1:11434/v1`.
    pub fn new(egress: Egress, name: impl Into<String>, base_url: Url, key: Option<String>) -> Self {
        Self { egress, name: name.into(), base_url, key }
    }

    fn call(&self, method: Method, path: &str, body: Option<Value>) -> Result<Call, Error> {
        let base = self.base_url.as_str().trim_end_matches('/');
        let url = Url::parse(&format!("{base}/{path}"))
            .map_err(|_| Error::Unknown(format!("{} has no usable address.", self.name)))?;
        let mut headers = vec![(CONTENT_TYPE, HeaderValue::from_static("application/json"))];
        if let Some(key) = &self.key {
            let mut value = HeaderValue::from_str(&format!("Bearer {key}")).map_err(|_| {
                Error::refused(format!("The key of {} has characters that no header can carry.", self.name))
            })?;
            value.set_sensitive(true);
            headers.push((AUTHORIZATION, value));
        }
        let body = body.map(|body| body.to_string().into_bytes());
        // The owner made this connection, so it may be on this machine or in the owner's network.
        Ok(Call { method, url, headers, body, reach: Reach::Trusted, patience: None })
    }

    async fn answer(&self, model: &str, chat: &Chat, pieces: &Pieces) -> Result<Answer, Error> {
        let limit =
            if self.base_url.host_str() == Some(OPENAI) { "max_completion_tokens" } else { "max_tokens" };
        let call = self.call(Method::POST, "chat/completions", Some(request(model, chat, limit)))?;
        let response = self.egress.call(call).await.map_err(|error| self.explain(error))?;
        if !response.status.is_success() {
            return Err(self.refusal(response, model).await);
        }
        let streams = response
            .headers
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .is_some_and(|value| value.starts_with("text/event-stream"));
        let mut gathered = Gathered::default();
        if streams {
            let mut stream = response.stream();
            let mut splitter = Splitter::default();
            while let Some(bytes) = stream.next().await {
                let bytes = bytes.map_err(|error| match error {
                    egress::Error::TimedOut(_) => self.explain(error),
                    _ => Error::Garbled(format!(
                        "{} broke off in the middle of its answer. Run again.",
                        self.name
                    )),
                })?;
                let events = splitter.push(&bytes).map_err(|what| self.garbled(what))?;
                for data in events {
                    let text = gathered.take(&data).map_err(|stopped| match stopped {
                        Stopped::Reports(what) => self.failed(&what),
                        Stopped::Garbled(what) => self.garbled(what),
                    })?;
                    if gathered.length > LARGEST {
                        return Err(self.garbled("it is larger than 10 MiB"));
                    }
                    // A constrained answer is JSON until it is whole.
                    if chat.choice.is_none() {
                        pieces.push(text).await;
                    }
                }
                if gathered.done {
                    break;
                }
            }
            if !gathered.done && gathered.finish.is_none() {
                return Err(Error::Garbled(format!(
                    "{} stopped in the middle of its answer. Run again.",
                    self.name
                )));
            }
        } else {
            let body = response.bytes().await.map_err(|error| self.explain(error))?;
            gathered.whole(&body).map_err(|what| self.garbled(what))?;
        }
        let calls = gathered.calls();
        let finish = gathered.finish(&calls);
        let text = match &chat.choice {
            None => gathered.text,
            Some(choice) => {
                let label = chosen(&gathered.text, &choice.labels).ok_or_else(|| {
                    let answer: String = gathered.text.chars().take(80).collect();
                    Error::Garbled(format!(
                        "{model} answered «{answer}», which is none of {}.",
                        choice.labels.join(", ")
                    ))
                })?;
                pieces.push(label.clone()).await;
                label
            }
        };
        Ok(Answer { text, calls, usage: gathered.usage, served_by: None, finish })
    }

    fn explain(&self, error: egress::Error) -> Error {
        match error {
            egress::Error::TimedOut(place) => Error::TimedOut(format!(
                "{} at {place} did not answer in time. Try again, or use a faster model.",
                self.name
            )),
            egress::Error::Unreachable(place) => Error::Away(format!(
                "{} does not answer at {place}. Is it running? Its address is on the Connections page.",
                self.name
            )),
            egress::Error::Broken(_) => Error::Away(format!("{}: {error}.", self.name)),
            other => Error::refused(format!("{}: {other}.", self.name)),
        }
    }

    fn garbled(&self, what: &str) -> Error {
        Error::Garbled(format!("{} gave an answer that cannot be understood: {what}.", self.name))
    }

    fn failed(&self, what: &str) -> Error {
        Error::refused(format!("{} failed. It said: {}", self.name, self.quoted(what)))
    }

    /// Words of the server's for a reader: cut short, and without the key, which some servers repeat.
    fn quoted(&self, words: &str) -> String {
        let words = match &self.key {
            Some(key) if !key.is_empty() => words.replace(key.as_str(), "(the key)"),
            _ => words.to_owned(),
        };
        words.chars().take(200).collect()
    }

    async fn refusal(&self, response: egress::Response, model: &str) -> Error {
        let status = response.status;
        // A date is as good as nothing here: clocks differ.
        let wait = response.headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok());
        let wait = wait.and_then(|seconds| seconds.trim().parse::<u32>().ok());
        let said = response.bytes().await.ok().and_then(|body| said(&body)).unwrap_or_default();
        let name = &self.name;
        let told = if said.is_empty() { String::new() } else { format!(" It said: {}", self.quoted(&said)) };
        if matches!(status, StatusCode::REQUEST_TIMEOUT | StatusCode::GATEWAY_TIMEOUT) {
            return Error::TimedOut(format!("{name} did not answer in time. Try again.{told}"));
        }
        let message = match status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                format!("{name} refused the key. Set it on the Connections page.{told}")
            }
            StatusCode::NOT_FOUND => format!("{name} does not know the model {model}.{told}"),
            StatusCode::TOO_MANY_REQUESTS => match wait {
                Some(seconds) => format!("{name} has had too many calls. Try again in {seconds} s.{told}"),
                None => format!("{name} has had too many calls. Try again in a while.{told}"),
            },
            status if status.is_server_error() => {
                format!("{name} failed ({}). Try again.{told}", status.as_u16())
            }
            status => format!("{name} refused the call ({}).{told}", status.as_u16()),
        };
        match status {
            StatusCode::TOO_MANY_REQUESTS => Error::Busy(message),
            StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE => Error::Away(message),
            status => Error::Refused { message, status: Some(status.as_u16()) },
        }
    }
}

impl Provider for OpenAi {
    fn chat<'a>(
        &'a self,
        model: &'a str,
        chat: &'a Chat,
        pieces: &'a Pieces,
    ) -> BoxFuture<'a, Result<Answer, Error>> {
        Box::pin(self.answer(model, chat, pieces))
    }

    fn embed<'a>(
        &'a self,
        model: &'a str,
        texts: Vec<String>,
        dimensions: Option<u32>,
        purpose: Purpose,
    ) -> BoxFuture<'a, Result<Vectors, Error>> {
        match bedrock::shape(self, model) {
            Some(shape) => Box::pin(bedrock::vectors(self, (model, shape), texts, dimensions, purpose)),
            None => Box::pin(embed::vectors(self, model, texts, dimensions)),
        }
    }

    fn rerank<'a>(
        &'a self,
        model: &'a str,
        question: &'a str,
        texts: Vec<String>,
    ) -> BoxFuture<'a, Result<Vec<f64>, Error>> {
        Box::pin(rerank::scores(self, model, question, texts))
    }

    /// Asked with room for a word or two, since the protocol has no other way to have tokens counted.
    fn count<'a>(&'a self, model: &'a str, chat: &'a Chat) -> BoxFuture<'a, Result<u64, Error>> {
        Box::pin(async move {
            let chat = Chat { max_tokens: Some(COUNTING), ..chat.clone() };
            let (pieces, _) = Pieces::channel(1);
            let usage = self.answer(model, &chat, &pieces).await?.usage;
            let untold = || Error::Unfit(format!("{} does not say how many tokens it reads.", self.name));
            Ok(usage.ok_or_else(untold)?.input_tokens)
        })
    }

    fn models(&self) -> BoxFuture<'_, Result<Vec<String>, Error>> {
        Box::pin(async move {
            let mut call = self.call(Method::GET, "models", None)?;
            call.patience = Some(std::time::Duration::from_secs(5));
            let response = self.egress.call(call).await.map_err(|error| self.explain(error))?;
            if !response.status.is_success() {
                return Err(self.refusal(response, "").await);
            }
            let body = response.bytes().await.map_err(|error| self.explain(error))?;
            let list: Value = serde_json::from_slice(&body).map_err(|_| self.garbled("it is no JSON"))?;
            let ids = list["data"].as_array().ok_or_else(|| self.garbled("it is no list of models"))?;
            Ok(ids.iter().filter_map(|model| model["id"].as_str().map(str::to_owned)).collect())
        })
    }
}

/// The body of a request; `limit` is the member that bounds the answer's length.
fn request(model: &str, chat: &Chat, limit: &str) -> Value {
    let mut number = 0;
    let mut say = |message: &Message| {
        let shown = chat.images.iter().filter(|image| image.message == number);
        let said = said_by(message, shown);
        number += 1;
        said
    };
    let mut messages: Vec<Value> = chat.messages.iter().map(&mut say).collect();
    for exchange in &chat.exchanges {
        messages.extend(exchanged(exchange));
        messages.extend(exchange.then.iter().map(&mut say));
    }
    let mut body = json!({
        "model": model, "messages": messages, "stream": true, "stream_options": {"include_usage": true},
    });
    let mut set = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            body[name] = value;
        }
    };
    set("temperature", chat.temperature.map(Value::from));
    set("top_p", chat.top_p.map(Value::from));
    // A constrained answer is wrapped in JSON, which a limit meant for the bare word would cut.
    set(
        limit,
        chat.max_tokens.map(|most| Value::from(if chat.choice.is_some() { most.max(64) } else { most })),
    );
    set("stop", (!chat.stop.is_empty()).then(|| json!(chat.stop)));
    let tools = chat.tools.iter().map(|tool| {
        json!({"type": "function", "function": {
            "name": tool.name, "description": tool.description, "parameters": tool.parameters,
        }})
    });
    set("tools", (!chat.tools.is_empty()).then(|| tools.collect()));
    set("tool_choice", chat.tool_choice.as_ref().map(wanted));
    if let Some(choice) = &chat.choice {
        set(
            "response_format",
            Some(json!({"type": "json_schema", "json_schema": {"name": "answer", "strict": true, "schema": {
                "type": "object", "additionalProperties": false, "required": ["answer"],
                "properties": {"answer": {"type": "string", "enum": choice.labels}},
            }}})),
        );
    }
    if let Some(schema) = &chat.schema {
        let schema = json!({"name": "answer", "schema": schema});
        set("response_format", Some(json!({"type": "json_schema", "json_schema": schema})));
    }
    if let (Some(Value::Object(more)), Some(body)) = (&chat.additional, body.as_object_mut()) {
        for (name, value) in more {
            body.entry(name.clone()).or_insert_with(|| value.clone());
        }
    }
    body
}

fn said_by<'a>(message: &Message, shown: impl Iterator<Item = &'a Image>) -> Value {
    let role = match message.role {
        Role::System => "system",
        Role::User => "user",
        Role::Assistant => "assistant",
    };
    let mut parts: Vec<Value> = shown
        .map(|image| {
            let url = format!("data:{};base64,{}", image.media_type, image.data);
            json!({"type": "image_url", "image_url": {"url": url}})
        })
        .collect();
    if parts.is_empty() {
        return json!({"role": role, "content": message.text});
    }
    if !message.text.is_empty() {
        parts.push(json!({"type": "text", "text": message.text}));
    }
    json!({"role": role, "content": parts})
}

fn wanted(choice: &ToolChoice) -> Value {
    match choice {
        ToolChoice::Any => json!("required"),
        ToolChoice::Named(name) => json!({"type": "function", "function": {"name": name}}),
    }
}

/// What a model said with its calls, and a message for the result of each.
fn exchanged(exchange: &Exchange) -> Vec<Value> {
    let calls = exchange.calls.iter().map(|call| {
        json!({"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}})
    });
    let content = (!exchange.text.is_empty()).then_some(&exchange.text);
    let said = json!({"role": "assistant", "content": content, "tool_calls": calls.collect::<Value>()});
    let results = exchange.calls.iter().zip(&exchange.results);
    let results =
        results.map(|(call, result)| json!({"role": "tool", "tool_call_id": call.id, "content": result}));
    std::iter::once(said).chain(results).collect()
}

/// Why a stream did not come to its end.
#[derive(Debug, PartialEq, Eq)]
enum Stopped {
    /// The server reports a failure, in these words.
    Reports(String),
    Garbled(&'static str),
}

/// What a stream has said so far.
#[derive(Debug, Default)]
struct Gathered {
    text: String,
    /// The calls so far, by their place; their arguments come in pieces.
    calls: Vec<ToolCall>,
    /// How many bytes of either there are.
    length: usize,
    usage: Option<Usage>,
    finish: Option<String>,
    /// The text that stopped the answer, which only some servers name.
    stopped_by: Option<String>,
    done: bool,
}

impl Gathered {
    /// Takes an event's data; answers the new piece of text.
    fn take(&mut self, data: &str) -> Result<String, Stopped> {
        if data.trim() == "[DONE]" {
            self.done = true;
            return Ok(String::new());
        }
        let chunk: Value =
            serde_json::from_str(data).map_err(|_| Stopped::Garbled("a piece of it is no JSON"))?;
        if let Some(error) = chunk.get("error").filter(|error| !error.is_null()) {
            let words = error["message"].as_str().or(error.as_str()).unwrap_or("an error");
            return Err(Stopped::Reports(words.to_owned()));
        }
        self.note(&chunk);
        let piece = chunk["choices"][0]["delta"]["content"].as_str().unwrap_or_default().to_owned();
        self.text.push_str(&piece);
        self.length += piece.len();
        for part in chunk["choices"][0]["delta"]["tool_calls"].as_array().into_iter().flatten() {
            self.take_call(part)?;
        }
        Ok(piece)
    }

    /// Takes an answer that was not streamed.
    fn whole(&mut self, body: &[u8]) -> Result<(), &'static str> {
        let answer: Value = serde_json::from_slice(body).map_err(|_| "it is no JSON")?;
        let message = &answer["choices"][0]["message"];
        for call in message["tool_calls"].as_array().into_iter().flatten() {
            self.take_call(call).map_err(|_| "it calls too many tools")?;
        }
        let text = match message["content"].as_str() {
            None if self.calls.is_empty() => return Err("it has no text"),
            text => text.unwrap_or_default(),
        };
        self.text = text.to_owned();
        self.note(&answer);
        self.done = true;
        Ok(())
    }

    /// Takes a piece of a call. A server that does not number its calls sends each of them whole.
    fn take_call(&mut self, part: &Value) -> Result<(), Stopped> {
        let at = part["index"].as_u64().and_then(|at| usize::try_from(at).ok()).unwrap_or(self.calls.len());
        if at >= MOST_CALLS {
            return Err(Stopped::Garbled("it calls too many tools"));
        }
        while self.calls.len() <= at {
            let id = format!("call_{}", self.calls.len());
            self.calls.push(ToolCall { id, name: String::new(), arguments: String::new() });
        }
        let call = &mut self.calls[at];
        if let Some(id) = part["id"].as_str().filter(|id| !id.is_empty()) {
            id.clone_into(&mut call.id);
        }
        if let Some(name) = part["function"]["name"].as_str() {
            call.name.push_str(name);
        }
        match &part["function"]["arguments"] {
            Value::String(text) => call.arguments.push_str(text),
            // Some servers write them as what they are.
            Value::Object(object) => call.arguments = Value::Object(object.clone()).to_string(),
            _ => {}
        }
        self.length += part["function"]["arguments"].as_str().map_or(0, str::len);
        Ok(())
    }

    /// The calls that name a tool.
    fn calls(&mut self) -> Vec<ToolCall> {
        let calls = std::mem::take(&mut self.calls);
        calls.into_iter().filter(|call| !call.name.is_empty()).collect()
    }

    /// Why the answer ended. That a text stopped it is known of servers alone that name the text.
    fn finish(&self, calls: &[ToolCall]) -> Finish {
        match (self.finish.as_deref(), &self.stopped_by) {
            (Some("length"), _) => Finish::Length,
            (Some("content_filter"), _) => Finish::Filtered,
            (_, Some(text)) if calls.is_empty() => Finish::Stopped(Some(text.clone())),
            _ => Finish::Done,
        }
    }

    fn note(&mut self, chunk: &Value) {
        if let Some(text) = chunk["choices"][0]["stop_reason"].as_str() {
            self.stopped_by = Some(text.to_owned());
        }
        if let Some(finish) = chunk["choices"][0]["finish_reason"].as_str() {
            self.finish = Some(finish.to_owned());
        }
        if let (Some(input), Some(output)) =
            (chunk["usage"]["prompt_tokens"].as_u64(), chunk["usage"]["completion_tokens"].as_u64())
        {
            self.usage = Some(Usage { input_tokens: input, output_tokens: output });
        }
    }
}

/// The label that an answer names: as the schema's JSON, or bare where a server ignored the schema.
fn chosen(answer: &str, labels: &[String]) -> Option<String> {
    let named =
        serde_json::from_str::<Value>(answer).ok().and_then(|v| v["answer"].as_str().map(str::to_owned));
    let bare = named.unwrap_or_else(|| answer.to_owned());
    let bare = bare.trim().trim_matches(|c: char| "\"'.!`*".contains(c)).trim();
    labels.iter().find(|label| label.trim().eq_ignore_ascii_case(bare)).cloned()
}

/// What an error body says.
fn said(body: &[u8]) -> Option<String> {
    let body: Value = serde_json::from_slice(body).ok()?;
    let text = body["error"]["message"].as_str().or(body["error"].as_str()).or(body["message"].as_str())?;
    Some(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use flow::message::{Choice, Message};

    #[test]
    fn asks_for_a_schema_where_the_answer_is_constrained() {
        let labels = vec!["angry".to_owned(), "neutral".to_owned()];
        let chat = Chat {
            messages: vec![Message { role: Role::User, text: "Hi".into() }],
            max_tokens: Some(8),
            temperature: Some(0.0),
            choice: Some(Choice {
                labels: labels.clone(),
                examples: vec![],
                query: String::new(),
                otherwise: None,
            }),
            additional: Some(json!({"top_k": 3, "model": "other"})),
            ..Chat::default()
        };
        let body = request("gpt", &chat, "max_tokens");
        assert_eq!(
            body["response_format"]["json_schema"]["schema"]["properties"]["answer"]["enum"],
            json!(labels)
        );
        assert_eq!(
            (&body["max_tokens"], &body["top_k"], &body["model"]),
            (&json!(64), &json!(3), &json!("gpt"))
        );
    }

    #[test]
    fn understands_answers_in_and_out_of_the_schema() {
        let labels = vec!["angry".to_owned(), "neutral".to_owned()];
        for (answer, label) in [
            ("{\"answer\":\"angry\"}", Some("angry")),
            (" Neutral.\n", Some("neutral")),
            ("\"angry\"", Some("angry")),
            ("The customer is angry", None),
            ("", None),
        ] {
            assert_eq!(chosen(answer, &labels).as_deref(), label, "{answer}");
        }
    }

    #[test]
    fn gathers_recorded_pieces() {
        let mut gathered = Gathered::default();
        for data in [
            r#"{"id":"c","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}"#,
            r#"{"id":"c","choices":[{"index":0,"delta":{"content":"Hel"},"finish_reason":null}],"usage":null}"#,
            r#"{"id":"c","choices":[{"index":0,"delta":{"content":"lo"},"finish_reason":"stop"}]}"#,
            r#"{"id":"c","choices":[],"usage":{"prompt_tokens":9,"completion_tokens":2,"total_tokens":11}}"#,
            "[DONE]",
        ] {
            gathered.take(data).unwrap();
        }
        assert!(gathered.done);
        assert_eq!(gathered.text, "Hello");
        assert_eq!(gathered.usage, Some(Usage { input_tokens: 9, output_tokens: 2 }));
        let reports = gathered.take(r#"{"error":{"message":"overloaded"}}"#);
        assert_eq!(reports, Err(Stopped::Reports("overloaded".into())));
    }

    #[test]
    fn says_why_an_answer_ended() {
        for (choice, finish) in [
            (r#"{"finish_reason":"stop"}"#, Finish::Done),
            (r#"{"finish_reason":"tool_calls"}"#, Finish::Done),
            (r#"{"finish_reason":"length"}"#, Finish::Length),
            (r#"{"finish_reason":"content_filter"}"#, Finish::Filtered),
            (r#"{"finish_reason":"stop","stop_reason":"END"}"#, Finish::Stopped(Some("END".into()))),
            (r#"{"finish_reason":"stop","stop_reason":2}"#, Finish::Done),
        ] {
            let mut gathered = Gathered::default();
            gathered.take(&format!(r#"{{"choices":[{choice}]}}"#)).unwrap();
            assert_eq!(gathered.finish(&[]), finish, "{choice}");
        }
    }

    #[test]
    fn tools_go_out_and_their_results_after_what_the_model_said() {
        let call = ToolCall { id: "c1".into(), name: "lookup".into(), arguments: "{}".into() };
        let chat = Chat {
            messages: vec![Message { role: Role::User, text: "Hi".into() }],
            exchanges: vec![Exchange {
                text: String::new(),
                calls: vec![call],
                results: vec!["found".into()],
                then: vec![Message { role: Role::User, text: "And now?".into() }],
            }],
            images: vec![Image { message: 1, media_type: "image/png".into(), data: "AA==".into() }],
            tools: vec![flow::message::Tool {
                name: "lookup".into(),
                description: "Looks up".into(),
                parameters: json!({"type": "object"}),
            }],
            ..Chat::default()
        };
        let body = request("gpt", &chat, "max_tokens");
        let function = json!({"name": "lookup", "description": "Looks up", "parameters": {"type": "object"}});
        assert_eq!(body["tools"], json!([{"type": "function", "function": function}]));
        assert_eq!(
            body["messages"],
            json!([{"role": "user", "content": "Hi"},
                {"role": "assistant", "content": null, "tool_calls": [{"id": "c1", "type": "function",
                    "function": {"name": "lookup", "arguments": "{}"}}]},
                {"role": "tool", "tool_call_id": "c1", "content": "found"},
                {"role": "user", "content": [
                    {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}},
                    {"type": "text", "text": "And now?"}]}])
        );
        let held = Chat { schema: Some(json!({"type": "object"})), ..Chat::default() };
        let held = &request("gpt", &held, "max_tokens")["response_format"]["json_schema"];
        assert_eq!(held["schema"], json!({"type": "object"}));
        let bare = request("gpt", &Chat::default(), "max_tokens");
        assert_eq!((bare.get("tools"), bare.get("tool_choice")), (None, None));
        assert_eq!(wanted(&ToolChoice::Any), json!("required"));
        let named = wanted(&ToolChoice::Named("lookup".into()));
        assert_eq!(named, json!({"type": "function", "function": {"name": "lookup"}}));
    }

    #[test]
    fn calls_come_in_pieces_or_whole() {
        let expected = |id: &str, name: &str, arguments: &str| ToolCall {
            id: id.into(),
            name: name.into(),
            arguments: arguments.into(),
        };
        let mut gathered = Gathered::default();
        for data in [
            r#"{"choices":[{"delta":{"tool_calls":[{"index":0,"id":"a","type":"function","function":{"name":"one","arguments":""}}]}}]}"#,
            r#"{"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\"x\":"}}]}}]}"#,
            r#"{"choices":[{"delta":{"tool_calls":[{"index":1,"id":"b","function":{"name":"two","arguments":"{}"}}]}}]}"#,
            r#"{"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":"1}"}}]},"finish_reason":"tool_calls"}]}"#,
        ] {
            assert_eq!(gathered.take(data).unwrap(), "");
        }
        assert_eq!(gathered.calls(), [expected("a", "one", "{\"x\":1}"), expected("b", "two", "{}")]);
        let unnumbered = r#"{"choices":[{"delta":{"tool_calls":[{"function":{"name":"one","arguments":{"x":1}}},
            {"function":{"name":"two","arguments":"{}"}}]}}]}"#;
        gathered.take(unnumbered).unwrap();
        assert_eq!(
            gathered.calls(),
            [expected("call_0", "one", "{\"x\":1}"), expected("call_1", "two", "{}")]
        );
        let mut whole = Gathered::default();
        let body = r#"{"choices":[{"message":{"content":null,"tool_calls":[{"id":"a","function":{"name":"one","arguments":"{}"}}]}}]}"#;
        whole.whole(body.as_bytes()).unwrap();
        assert_eq!(whole.calls(), [expected("a", "one", "{}")]);
        assert!(Gathered::default().whole(br#"{"choices":[{"message":{"content":null}}]}"#).is_err());
        assert!(
            Gathered::default()
                .take(r#"{"choices":[{"delta":{"tool_calls":[{"index":999999999}]}}]}"#)
                .is_err()
        );
    }

    #[test]
    fn a_key_that_a_server_repeats_is_not_told() {
        let url = Url::parse("http://127.0.0.1:1/v1").unwrap();
        let server = OpenAi::new(Egress::new().unwrap(), "lab", url, Some("sk-secret".into()));
        let told = server.failed("Incorrect API key provided: sk-secret.").to_string();
        assert!(told.contains("(the key)") && !told.contains("sk-secret"), "{told}");
    }
}
