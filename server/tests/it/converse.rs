//! Models as AWS's clients ask them, over plain HTTP/1.1.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::Harness;
use crate::upstream::{Script, Upstream};

/// A model id of a connection's, which is one segment of a path only while its slash is encoded.
const MODEL: &str = "/aws/model/test%2Fmodel";

fn hello() -> Value {
    json!({"messages": [{"role": "user", "content": [{"text": "Hi"}]}]})
}

#[tokio::test]
async fn what_a_call_took_is_in_the_headers() {
    let upstream = Upstream::echo().await;
    let harness = Harness::with(&upstream).await;
    let request = harness.request(Method::POST, &format!("{MODEL}/invoke")).json(&json!({"prompt": "Hi"}));
    let response = request.send().await.unwrap();
    let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("content-type"), "application/json");
    assert_eq!(header("x-amzn-bedrock-input-token-count"), "7");
    assert_eq!(header("x-amzn-bedrock-output-token-count"), "1");
    assert!(header("x-amzn-bedrock-invocation-latency").parse::<u64>().is_ok());
    let body: Value = response.json().await.unwrap();
    assert_eq!(body["generation"], "[Hi]");
}

#[tokio::test]
async fn a_guardrail_is_never_left_out_in_silence() {
    let upstream = Upstream::echo().await;
    let harness = Harness::with(&upstream).await;
    let request = harness.request(Method::POST, &format!("{MODEL}/invoke"));
    let request = request.header("x-amzn-bedrock-guardrailidentifier", "abc").json(&json!({"prompt": "Hi"}));
    let response = request.send().await.unwrap();
    assert_eq!(response.headers()["x-amzn-errortype"], "ValidationException");
    let body: Value = response.json().await.unwrap();
    assert!(body["message"].as_str().unwrap().starts_with("guardrailIdentifier: "), "{body}");
    assert!(upstream.requests().await.is_empty());
}

#[tokio::test]
async fn a_caller_that_goes_away_stops_the_call_of_the_model() {
    let upstream = Upstream::start(Script::Held(vec!["a".into(), "b".into()])).await;
    let harness = Harness::with(&upstream).await;
    for (number, operation) in ["converse", "converse-stream"].into_iter().enumerate() {
        let request = harness.request(Method::POST, &format!("{MODEL}/{operation}")).json(&hello());
        let calling = tokio::spawn(async move {
            let mut response = request.send().await.unwrap();
            while response.chunk().await.unwrap().is_some() {}
        });
        upstream.until_in_flight(1).await;
        calling.abort();
        upstream.until_closed_early(number + 1).await;
    }
}
