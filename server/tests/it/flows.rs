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

    // Where it pointed, newest first; pointing it where it points is no move.
    harness.ok(Method::PUT, &format!("/api/flows/{id}/aliases/live"), json!({"version": 1})).await;
    let moves = harness.get(&format!("/api/flows/{id}/aliases/live/moves")).await;
    let versions: Vec<u64> =
        moves["moves"].as_array().unwrap().iter().filter_map(|it| it["version"].as_u64()).collect();
    assert_eq!(versions, [1, 2, 1]);

    let (status, answer) =
        harness.send(Method::PUT, &format!("/api/flows/{id}/aliases/live"), json!({"version": 9})).await;
    assert_eq!(
        (status, answer["detail"].as_str().unwrap()),
        (StatusCode::NOT_FOUND, "There is no version 9.")
    );
    let restore = format!("/api/flows/{id}/versions/1/restore");
    assert_eq!(
        harness.send(Method::POST, &restore, Value::Null).await.0,
        StatusCode::PRECONDITION_REQUIRED,
        "it replaces a draft"
    );
    let (status, stale) = harness.send_at(1, Method::POST, &restore, Value::Null).await;
    assert_eq!((status, &stale["revision"]), (StatusCode::PRECONDITION_FAILED, &json!(2)));
    let (status, restored) = harness.send_at(2, Method::POST, &restore, Value::Null).await;
    assert_eq!(status, StatusCode::OK, "{restored}");
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
    let imported = harness.ok(Method::POST, "/api/flows/import", file).await;
    let copy = &imported["flows"][0]["flow"];
    assert_eq!(
        (&imported["format"], &imported["flows"][0]["report"]["nodes"]),
        (&json!("anabranch"), &json!(8))
    );
    assert_eq!((&copy["definition"], &copy["extensions"]), (&flow["definition"], &flow["extensions"]));
    let bare = harness.ok(Method::POST, "/api/flows/import", flow["definition"].clone()).await;
    assert_eq!(bare["flows"][0]["flow"]["definition"], flow["definition"]);
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

#[tokio::test]
async fn what_this_page_never_saw_is_neither_run_nor_published() {
    let upstream = Upstream::echo().await;
    let harness = Harness::with(&upstream).await;
    let flow = harness
        .ok(Method::POST, "/api/flows", json!({"title": "Echo", "definition": echo("{{input}}")}))
        .await;
    let path = format!("/api/flows/{}", flow["id"].as_str().unwrap());
    assert_eq!(harness.save(&flow, 1).await.0, StatusCode::OK);
    for (action, body) in [("draft/invoke", json!({"input": "x"})), ("publish", json!({}))] {
        let action = format!("{path}/{action}");
        let (status, stale) = harness.send_at(1, Method::POST, &action, body.clone()).await;
        assert_eq!((status, &stale["revision"]), (StatusCode::PRECONDITION_FAILED, &json!(2)), "{action}");
        let (status, done) = harness.send_at(2, Method::POST, &action, body).await;
        assert!(status.is_success(), "{action}: {done}");
    }
    assert_eq!(harness.get(&format!("{path}/versions")).await["versions"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_title_that_stays_keeps_the_name() {
    let harness = Harness::start().await;
    for _ in 0..2 {
        harness.ok(Method::POST, "/api/flows", json!({"title": "Twice"})).await;
    }
    let rename =
        |title: &'static str| harness.ok(Method::PATCH, "/api/flows/twice-2", json!({"title": title}));
    assert_eq!(rename("Twice").await["name"], "twice-2");
    assert_eq!(rename("twice ").await["name"], "twice-2", "its own name is not another's");
    let described = harness.ok(Method::PATCH, "/api/flows/twice-2", json!({"description": "d"})).await;
    assert_eq!((&described["name"], &described["title"]), (&json!("twice-2"), &json!("twice")));
    assert_eq!(rename("Once").await["name"], "once");
}

#[tokio::test]
async fn an_import_drops_nothing_in_silence() {
    let harness = Harness::start().await;
    let definition = echo("{{input}}");
    // What AWS's own clients write down of GetFlow.
    let aws = json!({"name": "MyFlow", "arn": "arn:aws:bedrock:us-east-1:1:flow/ABCDEFGHIJ", "id": "ABCDEFGHIJ",
        "status": "Prepared", "version": "DRAFT", "createdAt": "2026-01-02T03:04:05Z", "executionRoleArn": "arn:x",
        "definition": definition, "validations": [], "ResponseMetadata": {}});
    let imported = harness.ok(Method::POST, "/api/flows/import", aws).await;
    let flow = &imported["flows"][0]["flow"];
    assert_eq!((&flow["title"], &flow["definition"]), (&json!("MyFlow"), &definition));
    for (file, member) in [
        (json!({"definition": definition, "extensions": {}, "owner": "me"}), "owner"),
        (json!({"nodes": [], "connections": [], "positions": {"a": 1}}), "definition.positions"),
    ] {
        let imported = harness.ok(Method::POST, "/api/flows/import", file).await;
        assert_eq!(imported["flows"][0]["report"]["unread"][0]["member"], member, "{imported}");
    }
    for (file, word) in [
        (json!({"format": "anabranch/flow@9"}), "format"),
        (json!([]), "no flow"),
        (
            json!({"Resources":
        {"Far": {"Type": "AWS::Bedrock::Flow", "Properties": {"DefinitionS3Location": {}}}}}),
            "S3",
        ),
    ] {
        let (status, answer) = harness.send(Method::POST, "/api/flows/import", file).await;
        assert_eq!((status, &answer["field"]), (StatusCode::BAD_REQUEST, &json!("file")), "{answer}");
        assert!(answer["detail"].as_str().unwrap().contains(word), "{answer}");
    }
}

#[tokio::test]
async fn every_refusal_is_a_problem_document() {
    let harness = Harness::start().await;
    for (method, path, status) in [
        (Method::GET, "/api/flows/x/versions/abc", 400),
        (Method::GET, "/api/executions?limit=x", 400),
        (Method::GET, "/api/executions?colour=x", 400),
        (Method::DELETE, "/api/flows/x?force=maybe", 400),
        (Method::PATCH, "/api/executions", 405),
        (Method::GET, "/api/nothing", 404),
        (Method::GET, "/api/flows/x", 404),
    ] {
        let response = harness.request(method, path).send().await.unwrap();
        assert_eq!(response.status().as_u16(), status, "{path}");
        assert_eq!(response.headers()["content-type"], "application/problem+json", "{path}");
        let problem: Value = response.json().await.unwrap();
        assert_eq!(problem["status"], status, "{path}");
        assert!(!problem["detail"].as_str().unwrap().is_empty() && problem["code"].is_string(), "{problem}");
    }
}

#[tokio::test]
async fn what_a_server_left_behind_is_not_believed() {
    let harness = Harness::start().await;
    let running = |data: &std::path::Path| server::folder::running(data).map(|running| running.url);
    assert_eq!(running(harness.data.path()), Some(harness.url.clone()));
    let data = harness.stop().await;
    std::fs::write(data.path().join("server.json"), r#"{"url":"http://127.0.0.1:1"}"#).unwrap();
    assert_eq!(running(data.path()), None, "its port may be anyone's by now");
}

#[tokio::test]
async fn a_flow_is_filed_under_a_folder_and_the_tags_of_aws() {
    let harness = Harness::start().await;
    let flow = harness.triage().await;
    let at = format!("/api/flows/{}", flow["id"].as_str().unwrap());
    let file = json!({"folder": " Support ", "tags": {"team": "care", "urgent": ""}});
    let after = harness.ok(Method::PATCH, &at, file).await;
    assert_eq!((&after["title"], &after["revision"]), (&flow["title"], &flow["revision"]));
    let filed = async || {
        let list = harness.get("/api/flows").await;
        (list["flows"][0]["folder"].clone(), list["flows"][0]["tags"].clone())
    };
    assert_eq!(filed().await, (json!("Support"), json!({"team": "care", "urgent": ""})));
    // What is absent stays; tags that are given are all there are.
    harness.ok(Method::PATCH, &at, json!({"tags": {"team": "sales"}})).await;
    assert_eq!(filed().await, (json!("Support"), json!({"team": "sales"})));
    harness.ok(Method::PATCH, &at, json!({"folder": ""})).await;
    assert_eq!(filed().await.0, "");

    for tags in [json!({"aws:x": ""}), json!({"": "x"}), json!({"a<b": ""})] {
        let (status, error) = harness.send(Method::PATCH, &at, json!({"tags": tags})).await;
        assert_eq!((status, &error["field"]), (StatusCode::BAD_REQUEST, &json!("tags")));
    }
}
