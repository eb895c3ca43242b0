//! Stored prompts: what the flows run that name them, in drafts, in versions and in loops; and tags, which go with what
//! they are on.

use std::sync::Arc;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use sqlx::Connection as _;

use crate::harness::{Harness, echo};
use crate::upstream::{Script, Upstream, prompt};

const FLOW: &str = "arn:aws:bedrock:us-east-1:000000000000:flow";

async fn upstream() -> Upstream {
    Upstream::start(Script::Pieces(Arc::new(|request| vec![format!("said: {}", prompt(request))]))).await
}

/// As a node has it, with the variable `input`.
fn inline(text: &str) -> Value {
    json!({"modelId": "test/model", "templateType": "TEXT", "templateConfiguration": {"text": {"text": text}}})
}

async fn keep(harness: &Harness, name: &str, text: &str) -> Value {
    harness.ok(Method::POST, "/api/prompts", json!({"name": name, "prompt": inline(text)})).await
}

/// Says something else by AWS's API.
async fn rewrite(harness: &Harness, prompt: &Value, text: &str) {
    let mut variant = inline(text);
    variant["name"] = json!("plain");
    let path = format!("/aws/prompts/{}/", prompt["id"].as_str().unwrap());
    harness.ok(Method::PUT, &path, json!({"name": prompt["name"], "variants": [variant]})).await;
}

/// The flow of [`echo`], whose prompt is a stored one.
fn definition(arn: &Value) -> Value {
    let mut definition = echo("");
    definition["nodes"][1]["configuration"]["prompt"]["sourceConfiguration"] =
        json!({"resource": {"promptArn": arn}});
    definition
}

async fn flow(harness: &Harness, definition: Value) -> Value {
    harness.ok(Method::POST, "/api/flows", json!({"title": "Stored", "definition": definition})).await
}

async fn said(harness: &Harness, flow: &Value, target: &str) -> Value {
    let path = format!("/api/flows/{}/{target}/invoke", flow["id"].as_str().unwrap());
    harness.ok(Method::POST, &path, json!({"input": "x"})).await["outputs"][0]["value"].clone()
}

#[tokio::test]
async fn a_draft_takes_a_prompt_as_it_is_and_a_version_keeps_what_it_said() {
    let upstream = upstream().await;
    let harness = Harness::with(&upstream).await;
    let stored = keep(&harness, "greeting", "hello {{input}}").await;
    let flow = flow(&harness, definition(&stored["arn"])).await;
    let id = flow["id"].as_str().unwrap().to_owned();
    assert_eq!(flow["report"]["problems"], json!([]));
    assert_eq!(said(&harness, &flow, "draft").await, "said: hello x");
    harness.ok(Method::POST, &format!("/api/flows/{id}/publish"), json!({})).await;
    let is_changed = async || harness.get(&format!("/api/flows/{id}")).await["draftChanged"].clone();
    assert_eq!(is_changed().await, false);

    rewrite(&harness, &stored, "goodbye {{input}}").await;
    assert_eq!(is_changed().await, true, "a version of it would be another");
    assert_eq!(said(&harness, &flow, "aliases/live").await, "said: hello x");
    assert_eq!(said(&harness, &flow, "aliases/TSTALIASID").await, "said: hello x", "as it was last prepared");
    assert_eq!(said(&harness, &flow, "draft").await, "said: goodbye x");
    assert_eq!(said(&harness, &flow, "aliases/TSTALIASID").await, "said: goodbye x", "a run prepares");

    // What a version kept does not come into the draft that is made of it.
    let restored = harness.request(Method::POST, &format!("/api/flows/{id}/versions/1/restore"));
    let restored = restored.header("if-match", "\"1\"").send().await.unwrap();
    assert_eq!(restored.status(), StatusCode::OK, "{}", restored.text().await.unwrap());
    assert_eq!(said(&harness, &flow, "draft").await, "said: goodbye x");
    let draft = harness.get(&format!("/api/flows/{id}")).await;
    assert_eq!(draft["extensions"].get("prompts"), None);

    // A run that is looked at later shows what it ran.
    harness
        .ok(
            Method::PUT,
            &format!("/aws/flows/{id}/"),
            json!({"name": "stored",
        "executionRoleArn": "arn:aws:iam::123456789012:role/flows", "definition": echo("{{input}}")}),
        )
        .await;
    let path = format!("/api/prompts/{}", stored["id"].as_str().unwrap());
    harness.ok(Method::DELETE, &path, Value::Null).await;
    assert_eq!(said(&harness, &flow, "aliases/live").await, "said: hello x", "also when the prompt is gone");
}

#[tokio::test]
async fn a_prompt_in_a_loop_is_looked_up_too() {
    let upstream = upstream().await;
    let harness = Harness::with(&upstream).await;
    let stored = keep(&harness, "greeting", "hello {{input}}").await;
    let mut named = definition(&stored["arn"]);
    let prompt = named["nodes"].as_array_mut().unwrap().remove(1);
    let nodes = json!([{"name": "Round", "type": "Loop", "configuration": {"loop": {"definition": {"nodes": [prompt]}}}}]);
    named["nodes"].as_array_mut().unwrap().extend(nodes.as_array().unwrap().clone());
    let report = |definition: Value| {
        let harness = &harness;
        async move { harness.ok(Method::POST, "/api/check", json!({"definition": definition})).await.to_string() }
    };
    assert!(!report(named.clone()).await.contains("There is no prompt"));
    let path = format!("/api/prompts/{}", stored["name"].as_str().unwrap());
    harness.ok(Method::DELETE, &path, Value::Null).await;
    let found = report(named).await;
    assert!(found.contains("There is no prompt arn:") && found.contains("Round/Echo"), "{found}");
}

#[tokio::test]
async fn people_see_prompts_with_their_versions() {
    let harness = Harness::start().await;
    let stored = keep(&harness, "greeting", "hello {{input}}").await;
    let id = stored["id"].as_str().unwrap();
    harness.ok(Method::POST, &format!("/aws/prompts/{id}/versions"), json!({})).await;
    rewrite(&harness, &stored, "goodbye {{input}}").await;
    let list = harness.get("/api/prompts").await;
    let told: Vec<String> = list["prompts"][0]["versions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|known| {
            format!("{} {}", known["version"], known["prompt"]["templateConfiguration"]["text"]["text"])
        })
        .collect();
    assert_eq!(told, [r#"null "goodbye {{input}}""#, r#"1 "hello {{input}}""#]);
    assert_eq!(harness.get("/api/prompts/greeting").await, list["prompts"][0]);
    for (name, status, field) in [("greeting", 409, Value::Null), ("two  words", 400, json!("name"))] {
        let body = json!({"name": name, "prompt": inline("x")});
        let (found, answer) = harness.send(Method::POST, "/api/prompts", body).await;
        assert_eq!((found.as_u16(), &answer["field"]), (status, &field), "{answer}");
    }
    let flow = flow(&harness, definition(&stored["arn"])).await;
    let (status, answer) = harness.send(Method::DELETE, &format!("/api/prompts/{id}"), Value::Null).await;
    assert_eq!((status.as_u16(), &answer["code"]), (409, &json!("in_use")), "{answer}");
    harness.ok(Method::DELETE, &format!("/api/flows/{}", flow["id"].as_str().unwrap()), Value::Null).await;
    harness.ok(Method::DELETE, &format!("/api/prompts/{id}"), Value::Null).await;
    assert_eq!(harness.get("/api/prompts").await, json!({"prompts": []}));
}

#[tokio::test]
async fn tags_go_with_what_they_are_on_whichever_way_it_goes() {
    let harness = Harness::start().await;
    let tags = json!({"tags": {"made": "here"}});
    let tag = async |arn: &str| {
        let path = format!("/aws/tags/{}", arn.replace(':', "%3A").replace('/', "%2F"));
        harness.ok(Method::POST, &path, tags.clone()).await;
    };
    let gone = flow(&harness, echo("{{input}}")).await;
    let id = gone["id"].as_str().unwrap();
    harness.ok(Method::POST, &format!("/api/flows/{id}/publish"), json!({})).await;
    let alias = harness.get(&format!("/api/flows/{id}/aliases")).await["aliases"][0]["id"].clone();
    let stays = flow(&harness, echo("{{input}}")).await;
    for arn in [
        format!("{FLOW}/{id}"),
        format!("{FLOW}/{id}/alias/TSTALIASID"),
        format!("{FLOW}/{id}/alias/{}", alias.as_str().unwrap()),
        format!("{FLOW}/{}", stays["id"].as_str().unwrap()),
    ] {
        tag(&arn).await;
    }
    let stored = keep(&harness, "greeting", "hello").await;
    let arn = stored["arn"].as_str().unwrap();
    let prompt = stored["id"].as_str().unwrap();
    harness.ok(Method::POST, &format!("/aws/prompts/{prompt}/versions"), json!({})).await;
    tag(arn).await;
    tag(&format!("{arn}:1")).await;
    harness.ok(Method::DELETE, &format!("/api/flows/{id}?force=true"), Value::Null).await;
    harness.ok(Method::DELETE, &format!("/api/prompts/{prompt}"), Value::Null).await;
    let data = harness.stop().await;
    let file = format!("sqlite://{}", data.path().join("anabranch.db").display());
    let mut database = sqlx::SqliteConnection::connect(&file).await.unwrap();
    let left: Vec<String> =
        sqlx::query_scalar("SELECT resource FROM tags").fetch_all(&mut database).await.unwrap();
    assert_eq!(left, [format!("flow/{}", stays["id"].as_str().unwrap())]);
}
