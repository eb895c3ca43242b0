//! Meta Llama's body: a prompt with the markers of its template, which are taken apart into messages, since the models
//! that are connected here have templates of their own.

use flow::message::{Chat, Finish, Message, Role};
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::error::Error;
use super::telling::{Part, usage};
use crate::service::ModelAnswer;

#[derive(Deserialize)]
pub(super) struct Prompt {
    prompt: String,
    temperature: Option<f64>,
    top_p: Option<f64>,
    max_gen_len: Option<u32>,
    images: Option<Value>,
}

impl Prompt {
    /// What the model is asked.
    pub fn chat(self, model: &str) -> Result<Chat, Error> {
        if self.images.is_some() {
            return Err(Error::field("images", "The models that are connected here are given text alone."));
        }
        Ok(Chat {
            model: model.to_owned(),
            messages: messages(&self.prompt),
            temperature: self.temperature,
            top_p: self.top_p,
            max_tokens: self.max_gen_len,
            ..Chat::default()
        })
    }
}

/// The messages of a prompt in a template of Llama 2, 3 or 4; any other is one message.
fn messages(prompt: &str) -> Vec<Message> {
    let mut found = third(prompt, ["<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"]);
    if found.is_empty() {
        found = third(prompt, ["<|header_start|>", "<|header_end|>", "<|eot|>"]);
    }
    if found.is_empty() {
        found = second(prompt);
    }
    if found.is_empty() { vec![message(Role::User, prompt)] } else { found }
}

fn message(role: Role, text: &str) -> Message {
    Message { role, text: text.trim().to_owned() }
}

/// Each message has a header with its role. The last, which the model is to fill, is empty.
fn third(prompt: &str, [start, end, over]: [&str; 3]) -> Vec<Message> {
    let parts = prompt.split(start).skip(1).filter_map(|part| part.split_once(end));
    let messages = parts.map(|(role, text)| {
        let role = match role.trim() {
            "system" => Role::System,
            "assistant" => Role::Assistant,
            _ => Role::User,
        };
        message(role, text.split(over).next().unwrap_or_default())
    });
    messages.filter(|message| !message.text.is_empty()).collect()
}

/// Questions stand between `[INST]` and `[/INST]`, instructions at the head of the first.
fn second(prompt: &str) -> Vec<Message> {
    let mut found = Vec::new();
    for part in prompt.split("[INST]").skip(1) {
        let (mut question, answer) = part.split_once("[/INST]").unwrap_or((part, ""));
        if let Some((system, rest)) = question.split_once("<</SYS>>") {
            found.push(message(Role::System, system.trim().trim_start_matches("<<SYS>>")));
            question = rest;
        }
        found.push(message(Role::User, question));
        let answer = answer.split("</s>").next().unwrap_or_default();
        if !answer.trim().is_empty() {
            found.push(message(Role::Assistant, answer));
        }
    }
    found
}

/// The whole answer.
pub(super) fn whole(answer: &ModelAnswer) -> Value {
    piece(&answer.text, Some(answer))
}

/// The pieces of a stream.
pub(super) fn pieces(part: &Part<'_>) -> Vec<Value> {
    match part {
        Part::Text(_, text) => vec![piece(text, None)],
        Part::End(answer) => vec![piece("", Some(answer))],
        _ => Vec::new(),
    }
}

fn piece(text: &str, answer: Option<&ModelAnswer>) -> Value {
    let usage = answer.map(usage);
    let reason = |answer: &ModelAnswer| if answer.finish == Finish::Length { "length" } else { "stop" };
    json!({
        "generation": text, "stop_reason": answer.map(reason),
        "prompt_token_count": usage.map(|usage| usage.input_tokens),
        "generation_token_count": usage.map(|usage| usage.output_tokens),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_are_taken_apart() {
        let system = (Role::System, "Be brief.");
        for (prompt, expected) in [
            ("Why?", vec![(Role::User, "Why?")]),
            (
                "<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nBe brief.<|eot_id|>\
                 <|start_header_id|>user<|end_header_id|>\n\nWhy?<|eot_id|>\
                 <|start_header_id|>assistant<|end_header_id|>\n\n",
                vec![system, (Role::User, "Why?")],
            ),
            (
                "<|begin_of_text|><|header_start|>user<|header_end|>\n\nWhy?<|eot|><|header_start|>assistant<|header_end|>",
                vec![(Role::User, "Why?")],
            ),
            (
                "<s>[INST] <<SYS>>\nBe brief.\n<</SYS>>\n\nWhy? [/INST] So. </s><s>[INST] Really? [/INST]",
                vec![system, (Role::User, "Why?"), (Role::Assistant, "So."), (Role::User, "Really?")],
            ),
        ] {
            let found = messages(prompt);
            let found: Vec<(Role, &str)> = found.iter().map(|said| (said.role, said.text.as_str())).collect();
            assert_eq!(found, expected, "{prompt}");
        }
    }

    #[test]
    fn answers_have_llamas_shape() {
        let answer = ModelAnswer { text: "So.".into(), finish: Finish::Length, ..ModelAnswer::default() };
        assert_eq!(
            whole(&answer),
            json!({"generation": "So.", "stop_reason": "length", "prompt_token_count": 0, "generation_token_count": 0})
        );
        assert_eq!(pieces(&Part::Text(0, "S"))[0]["stop_reason"], Value::Null);
        assert_eq!(pieces(&Part::End(&answer))[0]["generation"], "");
    }
}
