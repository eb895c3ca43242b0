//! Embeddings of Amazon Bedrock's own models, which its runtime gives by InvokeModel alone: beside the chat completions
//! at `/openai/v1`, on the same host and with the same key (a Bedrock API key, sent as a bearer token).
//!
//! Absent on purpose: AWS's signatures. Who has only those asks through a gateway that speaks chat completions.

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use reqwest::Method;
use serde_json::{Value, json};

use super::embed::numbers;
use super::{Error, OpenAi, Vectors};
use crate::provider::Purpose;

/// Where Bedrock's runtime speaks chat completions.
const CHATS: &str = "/openai/v1";
/// Titan takes one text a call; so many calls are made at once.
const AT_ONCE: usize = 4;
/// Cohere takes so many texts a call.
const MOST_TEXTS: usize = 96;
/// How many tokens Cohere read, which its answer does not say.
const TOKENS: &str = "x-amzn-bedrock-input-token-count";

/// How a model is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// The first has one length of vectors, and takes no other.
    Titan {
        lengths: bool,
    },
    Cohere,
}

/// The shape of a Bedrock model, where this server is Bedrock's runtime and the model is one that gives vectors.
pub(super) fn shape(server: &OpenAi, model: &str) -> Option<Shape> {
    server.base_url.path().trim_end_matches('/').ends_with(CHATS).then(|| of_model(model)).flatten()
}

/// By the model's id, which may begin with where it runs: `us.`, `eu.`, `global.`.
fn of_model(model: &str) -> Option<Shape> {
    let has = |name: &str| {
        model.starts_with(name) || model.split_once('.').is_some_and(|(_, id)| id.starts_with(name))
    };
    if has("amazon.titan-embed") {
        Some(Shape::Titan {
            lengths: !model.contains("titan-embed-text-v1") && !model.contains("titan-embed-g1"),
        })
    } else if has("cohere.embed") {
        Some(Shape::Cohere)
    } else {
        None
    }
}

/// One vector for each text.
pub(super) async fn vectors(
    server: &OpenAi,
    (model, shape): (&str, Shape),
    texts: Vec<String>,
    dimensions: Option<u32>,
    purpose: Purpose,
) -> Result<Vectors, Error> {
    let some: Vec<Vec<String>> = match shape {
        Shape::Titan { .. } => texts.into_iter().map(|text| vec![text]).collect(),
        Shape::Cohere => texts.chunks(MOST_TEXTS).map(<[String]>::to_vec).collect(),
    };
    let calls = some.into_iter().map(|texts| async move {
        let body = match shape {
            Shape::Titan { lengths } => titan(&texts[0], dimensions.filter(|_| lengths)),
            Shape::Cohere => cohere(&texts, dimensions, purpose),
        };
        invoke(server, model, shape, body, texts.len()).await
    });
    let found: Vec<Vectors> = stream::iter(calls).buffered(AT_ONCE).try_collect().await?;
    let tokens = found.iter().map(|vectors| vectors.tokens).sum();
    Ok(Vectors { vectors: found.into_iter().flat_map(|vectors| vectors.vectors).collect(), tokens })
}

async fn invoke(
    server: &OpenAi,
    model: &str,
    shape: Shape,
    body: Value,
    texts: usize,
) -> Result<Vectors, Error> {
    let mut call = server.call(Method::POST, "", Some(body))?;
    let path = call.url.path().trim_end_matches('/').trim_end_matches(CHATS).to_owned();
    call.url.set_path(&path);
    if let Ok(mut segments) = call.url.path_segments_mut() {
        segments.pop_if_empty().extend(["model", model, "invoke"]);
    }
    let response = server.egress.call(call).await.map_err(|error| server.explain(error))?;
    if !response.status.is_success() {
        return Err(server.refusal(response, model).await);
    }
    let counted = response.headers.get(TOKENS).and_then(|value| value.to_str().ok()?.parse().ok());
    let answer = response.bytes().await.map_err(|error| server.explain(error))?;
    let found = read(shape, &answer, counted).map_err(|what| server.garbled(what))?;
    if found.vectors.len() != texts {
        return Err(server.garbled("it has not as many vectors as texts"));
    }
    Ok(found)
}

fn titan(text: &str, dimensions: Option<u32>) -> Value {
    let mut body = json!({"inputText": text});
    if let Some(dimensions) = dimensions {
        body["dimensions"] = json!(dimensions);
    }
    body
}

fn cohere(texts: &[String], dimensions: Option<u32>, purpose: Purpose) -> Value {
    let input_type = match purpose {
        Purpose::Passage => "search_document",
        Purpose::Question => "search_query",
    };
    // What is too long for the model is cut by it, as other models do unasked.
    let mut body = json!({"texts": texts, "input_type": input_type, "truncate": "END"});
    if let Some(dimensions) = dimensions {
        body["output_dimension"] = json!(dimensions);
    }
    body
}

fn read(shape: Shape, body: &[u8], counted: Option<u64>) -> Result<Vectors, &'static str> {
    let answer: Value = serde_json::from_slice(body).map_err(|_| "it is no JSON")?;
    let wrong = "a vector is no list of numbers";
    match shape {
        Shape::Titan { .. } => {
            let vector = numbers(&answer["embedding"]).filter(|vector| !vector.is_empty()).ok_or(wrong)?;
            let tokens = answer["inputTextTokenCount"].as_u64().or(counted);
            Ok(Vectors { vectors: vec![vector], tokens })
        }
        Shape::Cohere => {
            let list = answer["embeddings"].as_array().or(answer["embeddings"]["float"].as_array());
            let list = list.ok_or("it is no list of vectors")?;
            let vectors: Option<Vec<Vec<f64>>> = list.iter().map(numbers).collect();
            let vectors = vectors.filter(|all| all.iter().all(|vector| !vector.is_empty())).ok_or(wrong)?;
            Ok(Vectors { vectors, tokens: counted })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn models_are_told_by_their_ids() {
        for (model, expected) in [
            ("amazon.titan-embed-text-v2:0", Some(Shape::Titan { lengths: true })),
            ("amazon.titan-embed-text-v1", Some(Shape::Titan { lengths: false })),
            ("cohere.embed-multilingual-v3", Some(Shape::Cohere)),
            ("us.cohere.embed-v4:0", Some(Shape::Cohere)),
            ("amazon.nova-lite-v1:0", None),
            ("text-embedding-3-small", None),
        ] {
            assert_eq!(of_model(model), expected, "{model}");
        }
    }

    #[test]
    fn both_ways_that_cohere_answers_are_read() {
        let vectors = vec![vec![0.5, 1.0], vec![-1.0, 0.0]];
        for body in [
            r#"{"embeddings": [[0.5, 1], [-1, 0]], "response_type": "embeddings_floats"}"#,
            r#"{"embeddings": {"float": [[0.5, 1], [-1, 0]]}, "response_type": "embeddings_by_type"}"#,
        ] {
            let found = read(Shape::Cohere, body.as_bytes(), Some(7)).unwrap();
            assert_eq!(found, Vectors { vectors: vectors.clone(), tokens: Some(7) });
        }
        for body in [r#"{"embeddings": [["a"]]}"#, r#"{"embeddings": [[]]}"#, r#"{"message": "no"}"#, "no"] {
            assert!(read(Shape::Cohere, body.as_bytes(), None).is_err(), "{body}");
            assert!(read(Shape::Titan { lengths: true }, body.as_bytes(), None).is_err(), "{body}");
        }
    }
}
