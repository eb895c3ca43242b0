//! Connections: keys at rest, and which model answers.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::Harness;
use crate::upstream::Upstream;

#[tokio::test]
async fn a_key_is_kept_encrypted_and_never_shown() {
    let harness = Harness::start().await;
    let put = json!({"baseUrl": "http://127.0.0.1:9/v1", "key": "sk-canary-1234567890", "defaultModel": "m"});
    let shown = harness.ok(Method::PUT, "/api/connections/lab", put).await;
    assert_eq!((&shown["hasKey"], &shown["keyHint"]), (&json!(true), &json!("7890")));
    let elsewhere =
        harness.ok(Method::PUT, "/api/connections/lab", json!({"baseUrl": "http://127.0.0.1:10/v1"})).await;
    assert_eq!(elsewhere["hasKey"], json!(false), "a key goes to the place it was given for alone");
    harness
        .ok(
            Method::PUT,
            "/api/connections/lab",
            json!({"baseUrl": "http://127.0.0.1:9/v1", "key": "sk-canary-1234567890"}),
        )
        .await;
    let kept =
        harness.ok(Method::PUT, "/api/connections/lab", json!({"baseUrl": "http://127.0.0.1:9/v1"})).await;
    assert_eq!(kept["hasKey"], json!(true));
    let listed = harness.get("/api/connections").await.to_string();
    assert!(!listed.contains("canary"));
    let data = harness.stop().await;
    for entry in std::fs::read_dir(data.path()).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            let bytes = std::fs::read(&path).unwrap();
            let found = bytes.windows(9).any(|window| window == b"sk-canary");
            assert!(!found, "{} holds the key", path.display());
        }
    }
}

#[tokio::test]
async fn aws_ids_are_answered_by_the_mapped_model() {
    let upstream = Upstream::echo().await;
    let harness = Harness::with(&upstream).await;
    let map = json!({"entries": [{"awsId": "anthropic.claude*", "model": "test/other"}], "defaultModel": "test/model"});
    harness.ok(Method::PUT, "/api/model-map", map).await;
    for (id, called) in
        [("anthropic.claude-3-haiku-20240307-v1:0", "other"), ("amazon.nova-lite-v1:0", "model")]
    {
        let mut definition = crate::harness::diamond();
        for node in definition["nodes"].as_array_mut().unwrap() {
            if node["type"] == "Prompt" {
                node["configuration"]["prompt"]["sourceConfiguration"]["inline"]["modelId"] = json!(id);
            }
        }
        let flow =
            harness.ok(Method::POST, "/api/flows", json!({"title": "f", "definition": definition})).await;
        let path = format!("/api/flows/{}/draft/invoke", flow["id"].as_str().unwrap());
        harness.ok(Method::POST, &path, json!({"input": "x"})).await;
        assert_eq!(upstream.requests().await.last().unwrap()["model"], called, "{id}");
    }
    let (status, answer) =
        harness.send(Method::PUT, "/api/model-map", json!({"entries": [], "defaultModel": "gone/x"})).await;
    assert_eq!(status, StatusCode::BAD_REQUEST, "{answer}");
}

#[tokio::test]
async fn a_connection_is_tried_and_says_what_is_wrong() {
    let upstream = Upstream::echo().await;
    let harness = Harness::with(&upstream).await;
    let good = harness.ok(Method::POST, "/api/connections/test/test", Value::Null).await;
    assert_eq!((&good["ok"], &good["models"]), (&json!(true), &json!(["model", "other"])));
    let models = harness.get("/api/models").await;
    assert_eq!(models["defaultModel"], "test/model");
    assert!(models["models"].to_string().contains("test/other"));
    harness.ok(Method::PUT, "/api/connections/away", json!({"baseUrl": "http://127.0.0.1:9/v1"})).await;
    let bad = harness.ok(Method::POST, "/api/connections/away/test", Value::Null).await;
    assert_eq!(bad["ok"], json!(false));
    assert!(bad["message"].as_str().unwrap().contains("Is it running?"), "{bad}");
    for url in ["nonsense", "file:///etc/passwd", "http://user:pw@127.0.0.1/v1"] {
        let (status, answer) =
            harness.send(Method::PUT, "/api/connections/bad", json!({"baseUrl": url})).await;
        assert_eq!((status, &answer["field"]), (StatusCode::BAD_REQUEST, &json!("baseUrl")), "{url}");
    }
    let own = json!({"baseUrl": format!("{}/v1", harness.url)});
    harness.ok(Method::PUT, "/api/connections/own", own).await;
    let own = harness.ok(Method::POST, "/api/connections/own/test", Value::Null).await;
    assert!(own["message"].as_str().unwrap().contains("this server itself"), "{own}");
    let metadata = json!({"baseUrl": "http://169.254.169.254/v1"});
    harness.ok(Method::PUT, "/api/connections/metadata", metadata).await;
    let metadata = harness.ok(Method::POST, "/api/connections/metadata/test", Value::Null).await;
    assert!(metadata["message"].as_str().unwrap().contains("may not be called"), "{metadata}");
}
