//! Vectors in Qdrant, by its REST interface: each set is a collection of points, whose ids are the passages' numbers.
//!
//! Always holds: nothing but numbers of passages and their vectors goes there; passages that a question is limited to are
//! a condition of the search itself; a change is answered when it is applied. Absent on purpose: a collection is never
//! made again where it has gone, since what it had is not here.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use reqwest::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use url::Url;

use super::{VectorError, VectorSet, VectorStore};
use crate::egress::{self, Call, Egress, Reach};

const API_KEY: HeaderName = HeaderName::from_static("api-key");
/// The longest wait for an answer.
const PATIENCE: Duration = Duration::from_secs(30);
/// How much of Qdrant's own words is told.
const QUOTED: usize = 200;

/// Keeps vectors in Qdrant.
pub struct Qdrant {
    egress: Egress,
    address: Url,
    key: Option<String>,
    prefix: String,
}

impl Qdrant {
    /// Nothing is called before it is used.
    pub fn new(egress: Egress, address: Url, key: Option<String>, prefix: String) -> Self {
        Self { egress, address, key, prefix }
    }

    fn collection(&self, set: &VectorSet) -> String {
        format!("{}_{}", self.prefix, set.place)
    }

    /// Calls something of a set's collection; the result that the answer has.
    async fn call(
        &self,
        method: Method,
        set: &VectorSet,
        rest: &str,
        body: Value,
    ) -> Result<Value, VectorError> {
        let collection = self.collection(set);
        let mut url = self.address.clone();
        url.set_path(&format!(
            "{}/collections/{collection}{rest}",
            self.address.path().trim_end_matches('/')
        ));
        url.set_query(
            (method != Method::GET && !rest.is_empty() && rest != "/points/query").then_some("wait=true"),
        );
        let mut headers = vec![(CONTENT_TYPE, HeaderValue::from_static("application/json"))];
        if let Some(key) = &self.key {
            let mut key = HeaderValue::from_str(key)
                .map_err(|_| VectorError::Away("The API key has signs that no header takes.".to_owned()))?;
            key.set_sensitive(true);
            headers.push((API_KEY, key));
        }
        let body = (!body.is_null()).then(|| body.to_string().into_bytes());
        let call = Call { method, url, headers, body, reach: Reach::Trusted, patience: Some(PATIENCE) };
        let response = self.egress.call(call).await.map_err(away)?;
        let (status, body) = (response.status, response.bytes().await.map_err(away)?);
        let answer: Value = serde_json::from_slice(&body).unwrap_or_default();
        if status.is_success() && answer["status"] == "ok" {
            return Ok(answer["result"].clone());
        }
        Err(explain(status, &answer, &collection))
    }
}

#[async_trait]
impl VectorStore for Qdrant {
    async fn begin(&self, set: &VectorSet, width: usize) -> Result<(), VectorError> {
        self.forget(set).await?;
        let body = json!({"vectors": {"size": width, "distance": "Cosine"}});
        self.call(Method::PUT, set, "", body).await.map(drop)
    }

    async fn put(&self, set: &VectorSet, vectors: Vec<(i64, Vec<f32>)>) -> Result<(), VectorError> {
        let point = |(passage, vector): (i64, Vec<f32>)| json!({"id": passage, "vector": vector});
        let points: Vec<Value> = vectors.into_iter().map(point).collect();
        self.call(Method::PUT, set, "/points", json!({"points": points})).await.map(drop)
    }

    async fn nearest(
        &self,
        set: &VectorSet,
        vector: Vec<f32>,
        most: usize,
        among: Option<Arc<HashSet<i64>>>,
    ) -> Result<Vec<(i64, f64)>, VectorError> {
        let mut body = json!({"query": vector, "limit": most, "with_payload": false, "with_vector": false});
        if let Some(among) = among {
            body["filter"] = json!({"must": [{"has_id": among.iter().collect::<Vec<_>>()}]});
        }
        let found = self.call(Method::POST, set, "/points/query", body).await?;
        let points = found["points"].as_array().map(Vec::as_slice).unwrap_or_default();
        Ok(points
            .iter()
            .filter_map(|point| Some((point["id"].as_i64()?, point["score"].as_f64()?)))
            .collect())
    }

    async fn remove(&self, set: &VectorSet, passages: &[i64]) -> Result<(), VectorError> {
        self.call(Method::POST, set, "/points/delete", json!({"points": passages})).await.map(drop)
    }

    async fn forget(&self, set: &VectorSet) -> Result<(), VectorError> {
        match self.call(Method::DELETE, set, "", Value::Null).await {
            Ok(_) | Err(VectorError::Lost) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

/// What an answer that is no success comes to. A proxy's "not found" is not Qdrant's.
fn explain(status: StatusCode, answer: &Value, collection: &str) -> VectorError {
    let said = answer["status"]["error"].as_str().unwrap_or_default();
    if status == StatusCode::NOT_FOUND && said.contains(collection) {
        return VectorError::Lost;
    }
    let said: String = said.chars().take(QUOTED).collect();
    let code = status.as_u16();
    VectorError::Away(match (status, said.as_str()) {
        (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN, _) => {
            format!("Qdrant refuses the API key ({code}). Give the right one.")
        }
        (_, "") => format!("What answers there is not Qdrant, or not well ({code}). Look at the address."),
        (_, said) => format!("Qdrant said ({code}): {}.", said.trim_end_matches('.')),
    })
}

fn away(error: egress::Error) -> VectorError {
    VectorError::Away(error.sentence())
}
