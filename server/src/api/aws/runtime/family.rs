//! Which family's body a model takes: by its id where that is AWS's own, else by the body's shape.

use std::collections::BTreeMap;

use flow::message::Chat;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::super::error::Error;
use super::telling::{Facts, Part};
use super::{Asked, anthropic, converse, llama, nova, titan};
use crate::service::{self, ModelAnswer};

/// A body that InvokeModel takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    Text(Body),
    /// Of the first version, or of the second.
    TitanEmbedding {
        first: bool,
    },
    CohereEmbedding,
}

/// One that is answered with text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Body {
    Anthropic,
    Nova,
    Titan,
    Llama,
}

/// How the ids of a family's models begin.
const IDS: [(&str, Family); 8] = [
    ("anthropic.", Family::Text(Body::Anthropic)),
    ("amazon.nova-", Family::Text(Body::Nova)),
    ("amazon.titan-embed-text-v1", Family::TitanEmbedding { first: true }),
    ("amazon.titan-embed-g1", Family::TitanEmbedding { first: true }),
    ("amazon.titan-embed-", Family::TitanEmbedding { first: false }),
    ("amazon.titan-", Family::Text(Body::Titan)),
    ("meta.llama", Family::Text(Body::Llama)),
    ("cohere.embed-", Family::CohereEmbedding),
];

impl Family {
    /// The family of a model's id, without an ARN's beginning and the region group, and of a body.
    pub fn of(id: &str, body: &Value) -> Result<Self, Error> {
        if let Some((_, family)) = IDS.iter().find(|(beginning, _)| id.starts_with(beginning)) {
            return Ok(*family);
        }
        if MAKERS.iter().any(|maker| id.starts_with(maker)) {
            let message = format!("The body of {id} is not known here. Converse takes any model.");
            return Err(Error::field("modelId", message));
        }
        let has = |member: &str| body.get(member).is_some();
        let embeds = || ["dimensions", "normalize", "embeddingTypes"].into_iter().any(has);
        match () {
            () if has("anthropic_version") => Ok(Self::Text(Body::Anthropic)),
            () if has("messages") => Ok(Self::Text(Body::Nova)),
            () if has("inputText") && embeds() => Ok(Self::TitanEmbedding { first: false }),
            () if has("inputText") => Ok(Self::Text(Body::Titan)),
            () if has("texts") => Ok(Self::CohereEmbedding),
            () if has("prompt") => Ok(Self::Text(Body::Llama)),
            () => Err(Error::field(
                "body",
                "This is the body of no model that is known here. Converse takes any.",
            )),
        }
    }
}

/// The other makers of AWS's models, whose bodies are their own.
const MAKERS: [&str; 17] = [
    "ai21.",
    "amazon.",
    "cohere.",
    "deepseek.",
    "google.",
    "luma.",
    "meta.",
    "minimax.",
    "mistral.",
    "moonshot.",
    "nvidia.",
    "openai.",
    "qwen.",
    "stability.",
    "twelvelabs.",
    "writer.",
    "zai.",
];

impl Body {
    /// That of the model which a prompt asks; one that is not AWS's answers as Converse would.
    pub fn of_prompt(id: &str) -> Result<Self, Error> {
        match Family::of(id, &json!({"messages": []}))? {
            Family::Text(body) => Ok(body),
            _ => Err(Error::field(
                "modelId",
                "The prompt's model embeds texts. Give the prompt one that answers.",
            )),
        }
    }

    /// What the model is asked. A prompt's ARN as the model's id takes Converse's body: the values of its variables, and
    /// the messages after its own.
    pub fn asked(self, model: &str, body: Value) -> Result<Asked, Error> {
        match service::is_prompt(model) {
            true => read::<converse::Converse>(body)?.asked(model),
            false => Ok((self.chat(model, body)?, BTreeMap::new())),
        }
    }

    pub fn chat(self, model: &str, body: Value) -> Result<Chat, Error> {
        match self {
            Self::Anthropic => read::<anthropic::Messages>(body)?.chat(model),
            Self::Nova => read::<converse::Converse>(body)?.chat(model),
            Self::Titan => Ok(read::<titan::Text>(body)?.chat(model)),
            Self::Llama => read::<llama::Prompt>(body)?.chat(model),
        }
    }

    /// The whole answer.
    pub fn whole(self, answer: &ModelAnswer, facts: &Facts<'_>) -> Value {
        match self {
            Self::Anthropic => anthropic::whole(answer, facts),
            Self::Nova => nova::whole(answer),
            Self::Titan => titan::whole(answer),
            Self::Llama => llama::whole(answer),
        }
    }

    /// The pieces of a stream that tell a part.
    pub fn pieces(self, part: &Part<'_>, facts: &Facts<'_>) -> Vec<Value> {
        match self {
            Self::Anthropic => anthropic::pieces(part, facts),
            Self::Nova => nova::pieces(part, facts),
            Self::Titan => titan::pieces(part),
            Self::Llama => llama::pieces(part),
        }
    }
}

/// A body, with the path of what does not fit.
pub(super) fn read<T: DeserializeOwned>(body: Value) -> Result<T, Error> {
    serde_path_to_error::deserialize(body).map_err(|error| {
        let (path, what) = (error.path().to_string(), error.inner().to_string());
        if path == "." { Error::validation(what) } else { Error::field(path, what) }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_says_its_family_and_else_the_body() {
        for (id, body, family) in [
            ("anthropic.claude-3-haiku-20240307-v1:0", json!({}), Family::Text(Body::Anthropic)),
            ("amazon.nova-lite-v1:0", json!({}), Family::Text(Body::Nova)),
            ("amazon.titan-text-express-v1", json!({}), Family::Text(Body::Titan)),
            ("amazon.titan-embed-text-v1", json!({}), Family::TitanEmbedding { first: true }),
            ("amazon.titan-embed-text-v2:0", json!({}), Family::TitanEmbedding { first: false }),
            ("meta.llama3-8b-instruct-v1:0", json!({}), Family::Text(Body::Llama)),
            ("cohere.embed-english-v3", json!({}), Family::CohereEmbedding),
            ("test/model", json!({"anthropic_version": "x", "messages": []}), Family::Text(Body::Anthropic)),
            ("test/model", json!({"messages": []}), Family::Text(Body::Nova)),
            ("test/model", json!({"inputText": "a"}), Family::Text(Body::Titan)),
            (
                "test/model",
                json!({"inputText": "a", "normalize": true}),
                Family::TitanEmbedding { first: false },
            ),
            ("test/model", json!({"texts": ["a"]}), Family::CohereEmbedding),
            ("test/model", json!({"prompt": "a"}), Family::Text(Body::Llama)),
        ] {
            assert_eq!(
                Family::of(id, &body).unwrap_or_else(|error| panic!("{:?}", error.told())),
                family,
                "{id}"
            );
        }
        for (id, body) in [
            ("mistral.mistral-large-2402-v1:0", json!({"prompt": "a"})),
            ("amazon.rerank-v1:0", json!({})),
            ("test/model", json!({"query": "a"})),
            ("test/model", json!([])),
        ] {
            assert!(Family::of(id, &body).is_err(), "{id}");
        }
    }

    #[test]
    fn what_does_not_fit_is_named_by_its_path() {
        let told = |body: Body, value: Value| body.chat("m", value).unwrap_err().told().1.to_owned();
        assert!(told(Body::Titan, json!({})).contains("inputText"));
        let bad = json!({"inputText": "a", "textGenerationConfig": {"topP": "x"}});
        assert!(told(Body::Titan, bad).starts_with("textGenerationConfig.topP: "));
    }
}
