//! Embeddings, as servers that speak chat completions give them.

use reqwest::Method;
use serde_json::{Value, json};

use super::{Error, OpenAi, Vectors};

/// One vector for each text.
pub(super) async fn vectors(
    server: &OpenAi,
    model: &str,
    texts: Vec<String>,
    dimensions: Option<u32>,
) -> Result<Vectors, Error> {
    let call = server.call(Method::POST, "embeddings", Some(request(model, &texts, dimensions)))?;
    let response = server.egress.call(call).await.map_err(|error| server.explain(error))?;
    if !response.status.is_success() {
        return Err(server.refusal(response, model).await);
    }
    let body = response.bytes().await.map_err(|error| server.explain(error))?;
    read(&body, texts.len()).map_err(|what| server.garbled(what))
}

/// The body of a request.
fn request(model: &str, texts: &[String], dimensions: Option<u32>) -> Value {
    let mut body = json!({"model": model, "input": texts, "encoding_format": "float"});
    if let Some(dimensions) = dimensions {
        body["dimensions"] = json!(dimensions);
    }
    body
}

/// The vectors of an answer. Its places count, not its order.
fn read(body: &[u8], texts: usize) -> Result<Vectors, &'static str> {
    let answer: Value = serde_json::from_slice(body).map_err(|_| "it is no JSON")?;
    let data = answer["data"].as_array().ok_or("it is no list of vectors")?;
    let mut vectors = vec![Vec::new(); texts];
    for (at, item) in data.iter().enumerate() {
        let at = item["index"].as_u64().and_then(|at| usize::try_from(at).ok()).unwrap_or(at);
        let place = vectors.get_mut(at).ok_or("it has more vectors than texts")?;
        *place = numbers(&item["embedding"]).ok_or("a vector is no list of numbers")?;
    }
    if vectors.iter().any(Vec::is_empty) {
        return Err("a text has no vector");
    }
    Ok(Vectors { vectors, tokens: answer["usage"]["prompt_tokens"].as_u64() })
}

pub(super) fn numbers(list: &Value) -> Option<Vec<f64>> {
    list.as_array()?.iter().map(Value::as_f64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors_are_at_the_place_of_their_text() {
        let body = br#"{"data":[{"index":1,"embedding":[0.5]},{"index":0,"embedding":[-1,2]}],"usage":{"prompt_tokens":4}}"#;
        let vectors = vec![vec![-1.0, 2.0], vec![0.5]];
        assert_eq!(read(body, 2), Ok(Vectors { vectors, tokens: Some(4) }));
        for (body, texts) in [
            (&body[..], 1),
            (&body[..], 3),
            (br#"{"data":[{"embedding":["a"]}]}"#, 1),
            (br#"{"error":"no"}"#, 1),
            (b"no", 1),
        ] {
            assert!(read(body, texts).is_err(), "{}", String::from_utf8_lossy(body));
        }
    }

    #[test]
    fn a_length_is_asked_for_only_where_one_is_given() {
        let texts = ["a".to_owned()];
        assert_eq!(request("m", &texts, None).get("dimensions"), None);
        assert_eq!(request("m", &texts, Some(256))["dimensions"], 256);
    }
}
