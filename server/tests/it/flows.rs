//! Flows, drafts, versions and aliases.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::{Harness, config, echo};
use crate::upstream::Upstream;
use server::app::Server;

#[tokio::test]
async fn a_blank_flow_has_the_consoles_names() {
    let harness = Harness::start().await;
    let flow = harness.ok(Method::POST, "/api/flows", json!({"title": "My first flow"})).await;
    assert_eq!((&flow["name"], &flow["title"]), (&json!("my-first-flow"), &json!("My first flow")));
    let names: Vec<&str> = flow["definition"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|node| node["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["FlowInputNode", "FlowOutputNode"]);
    let again = harness.ok(Method::POST, "/api/flows", json!({"title": "My first flow"})).await;
    assert_eq!(again["name"], "my-first-flow-2");
}

#[tokio::test]
async fn a_draft_is_saved_on_the_revision_it_was_based_on() {
    let harness = Harness::start().await;
    let mut flow = harness.triage().await;
    flow["definition"]["nodes"].as_array_mut().unwrap().pop();
    let (status, saved) = harness.save(&flow, 1).await;
    assert_eq!((status, &saved["revision"]), (StatusCode::OK, &json!(2)));
    let problems = saved["report"]["problems"].as_array().unwrap();
    assert!(problems.iter().any(|problem| problem["type"] == "UnknownConnectionTarget"), "{problems:?}");
    let (status, conflict) = harness.save(&flow, 1).await;
    assert_eq!((status, &conflict["revision"]), (StatusCode::PRECONDITION_FAILED, &json!(2)));
    assert_eq!(conflict["code"], "revision_conflict");

    let id = flow["id"].as_str().unwrap();
    let without = harness
        .send(Method::PUT, &format!("/api/flows/{id}"), json!({"definition": {}, "extensions": {}}))
        .await;
    assert_eq!(without.0, StatusCode::PRECONDITION_REQUIRED);
}

#[tokio::test]
async fn unknown_members_are_refused_by_name() {
    let harness = Harness::start().await;
    let flow = harness.triage().await;
    let id = flow["id"].as_str().unwrap();
    for (path, body, field) in [
        ("/api/flows".to_owned(), json!({"title": "x", "owner": "me"}), "owner"),
        (format!("/api/flows/{id}/draft/invoke"), json!({"input": "x", "tweaks": {}}), "tweaks"),
        (format!("/api/flows/{id}/draft/invoke"), json!({"input": "x", "definition": {}}), "definition"),
        (
            "/api/check".to_owned(),
            json!({"definition": {"nodes": [{"name": "ab", "type": "Input", "colour": 1}]}}),
            "colour",
        ),
        (
            "/api/check".to_owned(),
            json!({"definition": {"nodes": [{"name": "ab", "type": "Inputt"}]}}),
            "definition.nodes[0].type",
        ),
    ] {
        let (status, answer) = harness.send(Method::POST, &path, body).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{path}");
        let told = format!("{} {}", answer["field"], answer["detail"]);
        assert!(told.contains(field), "{told}");
    }
    let broken = harness.request(Method::POST, "/api/flows").header("content-type", "text/plain").body("{}");
    assert_eq!(broken.send().await.unwrap().status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
}

#[tokio::test]
async fn publishing_needs_a_flow_without_errors() {
    let harness = Harness::start().await;
    let flow = harness.ok(Method::POST, "/api/flows", json!({"title": "Blank"})).await;
    let path = format!("/api/flows/{}/publish", flow["id"].as_str().unwrap());
    let (status, answer) = harness.send(Method::POST, &path, json!({})).await;
    assert_eq!((status, &answer["code"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("flow_has_problems")));
    assert!(!answer["report"]["problems"].as_array().unwrap().is_empty());
    assert_eq!(
        harness.get(&format!("/api/flows/{}/versions", flow["id"].as_str().unwrap())).await["versions"],
        json!([])
    );
}

#[tokio::test]
async fn moving_an_alias_changes_what_is_called_at_once() {
    let upstream = Upstream::echo().await;
    let harness = Harness::with(&upstream).await;
    let mut flow = harness
        .ok(Method::POST, "/api/flows", json!({"title": "Echo", "definition": echo("one {{input}}")}))
        .await;
    let id = flow["id"].as_str().unwrap().to_owned();
    let invoke = format!("/api/flows/{}/aliases/live/invoke", flow["name"].as_str().unwrap());
    let call = || async {
        harness.ok(Method::POST, &invoke, json!({"input": "x"})).await["outputs"][0]["value"].clone()
    };

    let published =
        harness.ok(Method::POST, &format!("/api/flows/{id}/publish"), json!({"description": "first"})).await;
    assert_eq!((&published["version"]["version"], &published["alias"]["name"]), (&json!(1), &json!("live")));
    assert_eq!(call().await, json!("[one x]"));

    flow["definition"] = echo("two {{input}}");
    assert_eq!(harness.save(&flow, 1).await.0, StatusCode::OK);
    assert_eq!(call().await, json!("[one x]"), "a draft changes nothing that is called");
    harness.ok(Method::POST, &format!("/api/flows/{id}/publish"), json!({})).await;
    assert_eq!(call().await, json!("[two x]"));
    harness.ok(Method::PUT, &format!("/api/flows/{id}/aliases/live"), json!({"version": 1})).await;
    assert_eq!(call().await, json!("[one x]"));

    let (status, answer) =
        harness.send(Method::PUT, &format!("/api/flows/{id}/aliases/live"), json!({"version": 9})).await;
    assert_eq!(
        (status, answer["detail"].as_str().unwrap()),
        (StatusCode::NOT_FOUND, "There is no version 9.")
    );
    let restored =
        harness.ok(Method::POST, &format!("/api/flows/{id}/versions/1/restore"), Value::Null).await;
    assert_eq!(
        restored["definition"],
        harness.get(&format!("/api/flows/{id}/versions/1")).await["definition"]
    );

    let (status, answer) = harness.send(Method::DELETE, &format!("/api/flows/{id}"), Value::Null).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(answer["detail"].as_str().unwrap().contains("live (version 1)"), "{answer}");
    harness.ok(Method::DELETE, &format!("/api/flows/{id}?force=true"), Value::Null).await;
    assert_eq!(
        harness.send(Method::GET, &format!("/api/flows/{id}"), Value::Null).await.0,
        StatusCode::NOT_FOUND
    );
    let kept = harness.get("/api/executions").await;
    assert_eq!(kept["executions"].as_array().unwrap().len(), 4, "executions outlive their flow");
    let first = kept["executions"][3]["id"].as_str().unwrap();
    let detail = harness.get(&format!("/api/executions/{first}")).await;
    assert!(detail["definition"].to_string().contains("one {{input}}"));
}

#[tokio::test]
async fn an_export_is_imported_again() {
    let harness = Harness::start().await;
    let flow = harness.triage().await;
    let file = harness.get(&format!("/api/flows/{}/export", flow["id"].as_str().unwrap())).await;
    let copy = harness.ok(Method::POST, "/api/flows/import", file).await;
    assert_eq!((&copy["definition"], &copy["extensions"]), (&flow["definition"], &flow["extensions"]));
    let bare = harness.ok(Method::POST, "/api/flows/import", flow["definition"].clone()).await;
    assert_eq!(bare["definition"], flow["definition"]);
    let duplicate = harness
        .ok(Method::POST, &format!("/api/flows/{}/duplicate", flow["id"].as_str().unwrap()), Value::Null)
        .await;
    assert_eq!(duplicate["title"], "Support triage (copy)");
    for bad in [json!({"a": 1}), json!([]), json!({"format": "anabranch/flow/9"})] {
        assert_eq!(harness.send(Method::POST, "/api/flows/import", bad).await.0, StatusCode::BAD_REQUEST);
    }
}

#[tokio::test]
async fn one_server_uses_a_data_folder() {
    let harness = Harness::start().await;
    let second = Server::start(config(harness.data.path())).await;
    assert!(second.err().unwrap().to_string().contains("another server uses the data folder"));
    let flow = harness.triage().await;
    let data = harness.stop().await;
    let again = Harness::on(data).await;
    assert_eq!(again.get("/api/flows").await["flows"][0]["id"], flow["id"]);
}
