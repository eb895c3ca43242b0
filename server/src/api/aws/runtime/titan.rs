//! Amazon Titan's bodies: text, and embeddings of the first and the second version.

use flow::message::{Chat, Finish, Message, Role};
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::error::Error;
use super::telling::{Part, usage};
use crate::service::{ModelAnswer, Vectors};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Text {
    input_text: String,
    #[serde(default)]
    text_generation_config: Config,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Config {
    max_token_count: Option<u32>,
    temperature: Option<f64>,
    top_p: Option<f64>,
    #[serde(default)]
    stop_sequences: Vec<String>,
}

impl Text {
    /// What the model is asked.
    pub fn chat(self, model: &str) -> Chat {
        let config = self.text_generation_config;
        Chat {
            model: model.to_owned(),
            messages: vec![Message { role: Role::User, text: self.input_text }],
            temperature: config.temperature,
            top_p: config.top_p,
            max_tokens: config.max_token_count,
            stop: config.stop_sequences,
            ..Chat::default()
        }
    }
}

/// The whole answer.
pub(super) fn whole(answer: &ModelAnswer) -> Value {
    let usage = usage(answer);
    let result = json!({
        "tokenCount": usage.output_tokens, "outputText": answer.text, "completionReason": reason(answer),
    });
    json!({"inputTextTokenCount": usage.input_tokens, "results": [result]})
}

/// The pieces of a stream.
pub(super) fn pieces(part: &Part<'_>) -> Vec<Value> {
    let piece = |text: &str, answer: Option<&ModelAnswer>| {
        let usage = answer.map(usage);
        json!({
            "outputText": text, "index": 0, "completionReason": answer.map(reason),
            "totalOutputTextTokenCount": usage.map(|usage| usage.output_tokens),
            "inputTextTokenCount": usage.map(|usage| usage.input_tokens),
        })
    };
    match part {
        Part::Text(_, text) => vec![piece(text, None)],
        Part::End(answer) => vec![piece("", Some(answer))],
        _ => Vec::new(),
    }
}

fn reason(answer: &ModelAnswer) -> &'static str {
    match answer.finish {
        Finish::Done => "FINISH",
        Finish::Length => "LENGTH",
        Finish::Stopped(_) => "STOP_CRITERIA_MET",
        Finish::Filtered => "CONTENT_FILTERED",
    }
}

/// A text to embed.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Embedding {
    pub input_text: String,
    pub dimensions: Option<u32>,
    /// Whether the vector's length is to be one; it is unless this says otherwise.
    normalize: Option<bool>,
    embedding_types: Option<Vec<Kind>>,
    input_image: Option<Value>,
}

/// How a vector's numbers are written.
#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Float,
    Binary,
}

impl Embedding {
    /// Refuses what is no text.
    pub fn check(&self) -> Result<(), Error> {
        match self.input_image {
            None => Ok(()),
            Some(_) => {
                Err(Error::field("inputImage", "The models that are connected here are given text alone."))
            }
        }
    }

    /// What is answered; the first version knows neither kinds nor lengths.
    pub fn answer(&self, first_version: bool, found: &Vectors) -> Value {
        let mut vector = found.vectors.first().cloned().unwrap_or_default();
        if !first_version && self.normalize != Some(false) {
            normalize(&mut vector);
        }
        let mut answer = json!({"inputTextTokenCount": found.tokens.unwrap_or_default()});
        let kinds = self.embedding_types.as_deref().unwrap_or(&[Kind::Float]);
        if kinds.contains(&Kind::Float) {
            answer["embedding"] = json!(vector);
        }
        if !first_version {
            answer["embeddingsByType"] = json!({});
            for kind in kinds {
                let (name, numbers) = match kind {
                    Kind::Float => ("float", json!(vector)),
                    Kind::Binary => {
                        ("binary", vector.iter().map(|number| i32::from(*number > 0.0)).collect())
                    }
                };
                answer["embeddingsByType"][name] = numbers;
            }
        }
        answer
    }
}

/// Makes a vector's length one, unless it has none.
fn normalize(vector: &mut [f64]) {
    let length = vector.iter().map(|number| number * number).sum::<f64>().sqrt();
    if length > 0.0 {
        vector.iter_mut().for_each(|number| *number /= length);
    }
}

#[cfg(test)]
mod tests {
    use flow::message::Usage;

    use super::*;

    #[test]
    fn a_text_is_one_question() {
        let body = json!({"inputText": "User: Hi\nBot:", "textGenerationConfig":
            {"maxTokenCount": 9, "temperature": 0.5, "topP": 1, "stopSequences": ["User:"]}});
        let chat = serde_json::from_value::<Text>(body).unwrap().chat("m");
        assert_eq!((chat.messages[0].text.as_str(), chat.max_tokens), ("User: Hi\nBot:", Some(9)));
        assert_eq!((chat.temperature, chat.stop), (Some(0.5), vec!["User:".to_owned()]));
    }

    #[test]
    fn answers_have_titans_shape() {
        let usage = Some(Usage { input_tokens: 3, output_tokens: 4 });
        let answer =
            ModelAnswer { text: "Hi".into(), usage, finish: Finish::Length, ..ModelAnswer::default() };
        let result = json!({"tokenCount": 4, "outputText": "Hi", "completionReason": "LENGTH"});
        assert_eq!(whole(&answer), json!({"inputTextTokenCount": 3, "results": [result]}));
        let [piece] = &pieces(&Part::Text(0, "H"))[..] else { panic!() };
        assert_eq!((&piece["outputText"], &piece["completionReason"]), (&json!("H"), &Value::Null));
        let [end] = &pieces(&Part::End(&answer))[..] else { panic!() };
        assert_eq!(
            (&end["completionReason"], &end["totalOutputTextTokenCount"]),
            (&json!("LENGTH"), &json!(4))
        );
        assert!(pieces(&Part::Begin).is_empty());
    }

    #[test]
    fn a_vector_is_of_length_one_unless_that_is_not_wished() {
        let found = Vectors { vectors: vec![vec![3.0, -4.0]], tokens: Some(2) };
        let answer = |first: bool, body: Value| {
            serde_json::from_value::<Embedding>(body).unwrap().answer(first, &found)
        };
        let plain = json!({"embedding": [3.0, -4.0], "inputTextTokenCount": 2});
        assert_eq!(answer(true, json!({"inputText": "a"})), plain);
        let second = answer(false, json!({"inputText": "a"}));
        assert_eq!(second["embedding"], json!([0.6, -0.8]));
        assert_eq!(second["embeddingsByType"], json!({"float": [0.6, -0.8]}));
        let binary = json!({"inputText": "a", "normalize": false, "embeddingTypes": ["binary"]});
        let binary = answer(false, binary);
        assert_eq!(
            (binary.get("embedding"), &binary["embeddingsByType"]),
            (None, &json!({"binary": [1, 0]}))
        );
    }
}
