//! Cohere's embeddings.

use serde::Deserialize;
use serde_json::{Value, json};

use super::super::error::Error;
use super::telling::Facts;
use crate::service::{Purpose, Vectors};

/// The most texts of one call, as at AWS.
const MOST: usize = 96;

/// Texts to embed. How long ones are cut is left to the model.
#[derive(Deserialize)]
pub(super) struct Embedding {
    texts: Option<Vec<String>>,
    input_type: Option<String>,
    embedding_types: Option<Vec<String>>,
    images: Option<Value>,
    inputs: Option<Value>,
    /// The fourth version's word for a vector's length.
    pub output_dimension: Option<u32>,
}

impl Embedding {
    /// The texts.
    pub fn texts(&self) -> Result<Vec<String>, Error> {
        for (name, value) in [("images", &self.images), ("inputs", &self.inputs)] {
            if value.is_some() {
                return Err(Error::field(
                    name,
                    "The models that are connected here are given text alone: texts.",
                ));
            }
        }
        if self.input_type.is_none() {
            return Err(Error::field("input_type", "This member is required, such as search_document."));
        }
        if let Some(kind) = self.embedding_types.iter().flatten().find(|kind| *kind != "float") {
            let message = format!("Vectors are written as float here, not as {kind}.");
            return Err(Error::field("embedding_types", message));
        }
        match &self.texts {
            Some(texts) if (1..=MOST).contains(&texts.len()) => Ok(texts.clone()),
            _ => Err(Error::field("texts", format!("There are 1 to {MOST} texts in a call."))),
        }
    }

    /// What the texts are for: questions where they are called so, else what answers them.
    pub fn purpose(&self) -> Purpose {
        match self.input_type.as_deref() {
            Some("search_query") => Purpose::Question,
            _ => Purpose::Passage,
        }
    }

    /// What is answered.
    pub fn answer(&self, found: &Vectors, facts: &Facts<'_>) -> Value {
        let (kind, embeddings) = match self.embedding_types {
            None => ("embeddings_floats", json!(found.vectors)),
            Some(_) => ("embeddings_by_type", json!({"float": found.vectors})),
        };
        json!({"id": facts.id, "texts": self.texts, "embeddings": embeddings, "response_type": kind})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: Value) -> Embedding {
        serde_json::from_value(body).unwrap()
    }

    #[test]
    fn vectors_are_plain_or_by_their_kind() {
        let found = Vectors { vectors: vec![vec![0.5], vec![1.0]], tokens: None };
        let facts = Facts { id: "1", model: "m", first: 1, took: 1 };
        let mut body = json!({"texts": ["a", "b"], "input_type": "search_query", "truncate": "END"});
        let plain = read(body.clone());
        assert_eq!(plain.texts().unwrap_or_default(), ["a", "b"]);
        assert_eq!(
            plain.answer(&found, &facts),
            json!({"id": "1", "texts": ["a", "b"], "embeddings": [[0.5], [1.0]], "response_type": "embeddings_floats"})
        );
        body["embedding_types"] = json!(["float"]);
        let by_kind = read(body).answer(&found, &facts);
        assert_eq!(by_kind["embeddings"], json!({"float": [[0.5], [1.0]]}));
        assert_eq!(by_kind["response_type"], "embeddings_by_type");
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (member, value) in [
            ("texts", json!([])),
            ("texts", json!(vec!["a"; 97])),
            ("input_type", Value::Null),
            ("embedding_types", json!(["int8"])),
            ("images", json!(["data:"])),
        ] {
            let mut body = json!({"texts": ["a"], "input_type": "search_query"});
            body[member] = value;
            let error = read(body).texts().unwrap_err();
            assert!(error.told().1.starts_with(member), "{:?}", error.told());
        }
    }
}
