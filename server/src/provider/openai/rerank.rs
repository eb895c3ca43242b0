//! Texts in the order in which they answer a question: by a server's own `rerank`, as Cohere, Jina, vLLM and llama.cpp
//! have it, else by asking its model.

use flow::message::{Chat, Message, Role};
use reqwest::Method;
use serde_json::{Value, json};

use super::{Error, OpenAi};
use crate::provider::Pieces;

/// What servers answer that have no `rerank`.
const UNKNOWN: [u16; 3] = [404, 405, 501];
/// How much of each text a model is shown that is asked in words, in characters.
const SHOWN: usize = 1_200;
/// More numbers than these are none of the texts'.
const LONGEST_ANSWER: u32 = 400;

/// A score for each text, from 0 to 1.
pub(super) async fn scores(
    server: &OpenAi,
    model: &str,
    question: &str,
    texts: Vec<String>,
) -> Result<Vec<f64>, Error> {
    let body = json!({"model": model, "query": question, "documents": texts, "top_n": texts.len()});
    let call = server.call(Method::POST, "rerank", Some(body))?;
    let response = server.egress.call(call).await.map_err(|error| server.explain(error))?;
    if UNKNOWN.contains(&response.status.as_u16()) {
        return asked(server, model, question, &texts).await;
    }
    if !response.status.is_success() {
        return Err(server.refusal(response, model).await);
    }
    let body = response.bytes().await.map_err(|error| server.explain(error))?;
    read(&body, texts.len()).map_err(|what| server.garbled(what))
}

/// The scores of an answer. A text that it leaves out has 0.
fn read(body: &[u8], texts: usize) -> Result<Vec<f64>, &'static str> {
    let answer: Value = serde_json::from_slice(body).map_err(|_| "it is no JSON")?;
    let results = answer["results"].as_array().ok_or("it has no results")?;
    let mut scores = vec![0.0; texts];
    for result in results {
        let at = result["index"].as_u64().and_then(|at| usize::try_from(at).ok());
        let place = at.and_then(|at| scores.get_mut(at)).ok_or("a result is of no text")?;
        let score = result["relevance_score"].as_f64().ok_or("a result has no score")?;
        // Some servers give what a score was before it was brought between 0 and 1.
        *place = score;
    }
    if scores.iter().any(|score| !(0.0..=1.0).contains(score)) {
        scores.iter_mut().for_each(|score| *score = 1.0 / (1.0 + (-*score).exp()));
    }
    Ok(scores)
}

async fn asked(server: &OpenAi, model: &str, question: &str, texts: &[String]) -> Result<Vec<f64>, Error> {
    let listed = texts
        .iter()
        .enumerate()
        .map(|(at, text)| format!("[{}]\n{}\n", at + 1, text.chars().take(SHOWN).collect::<String>()));
    let text = format!(
        "Texts:\n\n{}\nQuestion: {question}\n\nWhich of these texts answer the question? Give the numbers of those that \
         do, the best first, with commas between and nothing else.",
        listed.collect::<Vec<_>>().join("\n")
    );
    let chat = Chat {
        messages: vec![Message { role: Role::User, text }],
        temperature: Some(0.0),
        max_tokens: Some(LONGEST_ANSWER),
        ..Chat::default()
    };
    let (pieces, _) = Pieces::channel(1);
    let answer = server.answer(model, &chat, &pieces).await?;
    named(&answer.text, texts.len()).ok_or_else(|| server.garbled("it names none of the texts"))
}

/// The scores of texts whose numbers an answer names, best first.
fn named(answer: &str, texts: usize) -> Option<Vec<f64>> {
    let mut scores = vec![0.0; texts];
    let mut place = 0;
    let numbers =
        answer.split(|c: char| !c.is_ascii_digit()).filter_map(|number| number.parse::<usize>().ok());
    for at in numbers.filter(|number| (1..=texts).contains(number)) {
        if scores[at - 1] == 0.0 {
            scores[at - 1] = (texts - place) as f64 / texts as f64;
            place += 1;
        }
    }
    (place > 0).then_some(scores)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_are_at_the_place_of_their_text() {
        let body = br#"{"results":[{"index":2,"relevance_score":0.9},{"index":0,"relevance_score":0.25}]}"#;
        assert_eq!(read(body, 3).unwrap(), [0.25, 0.0, 0.9]);
        let raw = br#"{"results":[{"index":0,"relevance_score":-3.5},{"index":1,"relevance_score":4}]}"#;
        let scores = read(raw, 2).unwrap();
        assert!(scores[0] < 0.05 && scores[1] > 0.95, "{scores:?}");
        for wrong in [
            &b"x"[..],
            b"{}",
            br#"{"results":[{"index":3,"relevance_score":1}]}"#,
            br#"{"results":[{"index":0}]}"#,
        ] {
            assert!(read(wrong, 3).is_err());
        }
    }

    #[test]
    fn numbers_of_an_answer_are_places() {
        assert_eq!(named("3, 1", 4).unwrap(), [0.75, 0.0, 1.0, 0.0]);
        assert_eq!(named("The best is [2]. Then 2 and 9.", 2).unwrap(), [0.0, 1.0]);
        assert_eq!(named("None of them.", 2), None);
    }
}
