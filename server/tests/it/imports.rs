//! Files in and out: through the API, and by `anabranch import` and `anabranch export`.

use std::path::{Path, PathBuf};
use std::process::Output;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::process::Command;

use crate::harness::{Harness, echo};
use crate::upstream::Upstream;

const TEMPLATE: &str = include_str!("../../../flow/tests/import/template.yaml");

/// What the server says of a file, at `/api/read` or `/api/flows/import`.
async fn give(harness: &Harness, path: &str, file: impl Into<reqwest::Body>) -> (StatusCode, Value) {
    let request = harness.request(Method::POST, path).header("content-type", "application/yaml").body(file);
    let response = request.send().await.unwrap();
    (response.status(), response.json().await.unwrap())
}

/// What of a flow a file needs, as `kind name`.
fn needs(report: &Value) -> Vec<String> {
    let needs = report["needs"].as_array().into_iter().flatten();
    needs
        .map(|need| format!("{} {}", need["kind"].as_str().unwrap(), need["name"].as_str().unwrap()))
        .collect()
}

#[tokio::test]
async fn reading_a_file_keeps_nothing() {
    let harness = Harness::start().await;
    let (status, reading) = give(&harness, "/api/read", TEMPLATE).await;
    assert_eq!((status, &reading["format"]), (StatusCode::OK, &json!("cloudFormation")), "{reading}");
    let flow = &reading["flows"][0];
    assert_eq!((&flow["title"], &flow["report"]["nodes"]), (&json!("LetterDesk"), &json!(5)));
    let expected = [
        "model ${ModelId}",
        "value ${Tone}",
        "function ${Sorter.Arn}",
        "bucket ${Fn::ImportValue \"SharedBucket\"}",
    ];
    assert_eq!(needs(&flow["report"]), expected);
    assert_eq!(harness.get("/api/flows").await["flows"], json!([]));
    let (status, refused) = give(&harness, "/api/read", &b"\xff\xfe"[..]).await;
    assert_eq!((status, &refused["code"]), (StatusCode::BAD_REQUEST, &json!("not_text")));
}

#[tokio::test]
async fn what_is_known_here_needs_nothing() {
    let upstream = Upstream::echo().await;
    let harness = Harness::with(&upstream).await;
    let (function, other) = (
        "arn:aws:lambda:us-east-1:123456789012:function:sort",
        "arn:aws:lambda:us-east-1:123456789012:function:x",
    );
    harness
        .ok(Method::PUT, &format!("/api/functions/{function}"), json!({"url": "http://127.0.0.1:1/"}))
        .await;
    harness
        .ok(Method::PUT, "/api/buckets/known", json!({"store": {"kind": "folder", "folder": "known"}}))
        .await;
    let node = |name: &str, kind: &str, configuration: Value| json!({"name": name, "type": kind, "configuration": configuration});
    let prompt = |model: &str| {
        json!({"prompt": {"sourceConfiguration": {"inline": {"modelId": model,
        "templateType": "TEXT", "templateConfiguration": {"text": {"text": "hi"}}}}}})
    };
    let bucket = |name: &str| json!({"storage": {"serviceConfiguration": {"s3": {"bucketName": name}}}});
    let file = json!({"nodes": [
        node("Ours", "Prompt", prompt("test/model")),
        node("Amazons", "Prompt", prompt("amazon.nova-lite-v1:0")),
        node("Gone", "Prompt", prompt("gone/model")),
        node("Bound", "LambdaFunction", json!({"lambdaFunction": {"lambdaArn": format!("{function}:1")}})),
        node("Loose", "LambdaFunction", json!({"lambdaFunction": {"lambdaArn": other}})),
        node("Kept", "Storage", bucket("known")),
        node("New", "Storage", bucket("unknown")),
    ]});
    let (_, reading) = give(&harness, "/api/read", file.to_string()).await;
    let report = &reading["flows"][0]["report"];
    let other = format!("function {other}");
    assert_eq!(
        needs(report),
        ["model amazon.nova-lite-v1:0", "model gone/model", other.as_str(), "bucket unknown"]
    );
    assert!(report["needs"][0]["hint"].as_str().unwrap().contains("test/model answers for it"), "{report}");
    assert!(report["needs"][1]["hint"].as_str().unwrap().contains("no connection gone"), "{report}");
}

#[tokio::test]
async fn a_template_leaves_and_comes_back() {
    let harness = Harness::start().await;
    let flow = harness
        .ok(Method::POST, "/api/flows", json!({"title": "Echo", "definition": echo("{{input}}")}))
        .await;
    let export = |format: &'static str| {
        harness.get(match format {
            "api" => "/api/flows/echo/export?format=api",
            _ => "/api/flows/echo/export?format=cloudformation",
        })
    };
    let body = export("api").await;
    assert_eq!((&body["name"], &body["definition"]), (&json!("echo"), &flow["definition"]));
    let template = export("cloudformation").await;
    assert_eq!(
        template["Resources"]["Flow"]["Properties"]["ExecutionRoleArn"],
        json!({"Ref": "ExecutionRoleArn"})
    );
    for file in [body, template] {
        let (status, imported) = give(&harness, "/api/flows/import", file.to_string()).await;
        assert_eq!(status, StatusCode::CREATED, "{imported}");
        let copy = &imported["flows"][0]["flow"];
        assert_eq!((&copy["title"], &copy["definition"]), (&json!("echo"), &flow["definition"]));
    }
    let refused = harness.send(Method::GET, "/api/flows/echo/export?format=word", Value::Null).await;
    assert_eq!(refused.0, StatusCode::BAD_REQUEST);
}

/// The public flows, where they stand beside the repository.
fn corpus() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/bedrock/corpus");
    let files = std::fs::read_dir(folder).into_iter().flatten();
    files
        .map(|file| file.unwrap().path())
        .filter(|path| path.extension().is_some_and(|it| it == "json"))
        .collect()
}

/// The command, on the data of a server that runs.
async fn anabranch(data: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_anabranch"));
    command.args(arguments).env("ANABRANCH_DATA", data).output().await.unwrap()
}

#[tokio::test]
async fn the_command_imports_files() {
    let harness = Harness::start().await;
    let folder = tempfile::tempdir().unwrap();
    let template = folder.path().join("template.yaml");
    std::fs::write(&template, TEMPLATE).unwrap();
    let mut arguments = vec!["import".to_owned(), template.display().to_string()];
    let corpus = corpus();
    arguments.extend(corpus.iter().map(|path| path.display().to_string()));
    let run = anabranch(harness.data.path(), &arguments.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let said = String::from_utf8(run.stdout).unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    for part in [
        "a CloudFormation template",
        "LetterDesk",
        "model ${ModelId} (Ask): It is filled in on deployment",
        "It is \"anthropic.claude-3-haiku-20240307-v1:0\" unless told otherwise.",
        "Far.Properties.DefinitionS3Location",
    ] {
        assert!(said.contains(part), "{part} is not in {said}");
    }
    let flows = harness.get("/api/flows").await;
    assert_eq!(flows["flows"].as_array().unwrap().len(), 2 + corpus.len());
    assert!(
        flows["flows"].as_array().unwrap().iter().all(|flow| said.contains(flow["id"].as_str().unwrap()))
    );
    assert_eq!(harness.get("/api/executions").await["executions"], json!([]), "an import runs nothing");

    std::fs::write(&template, "a: 1").unwrap();
    let run = anabranch(harness.data.path(), &["import", template.to_str().unwrap()]).await;
    let said = String::from_utf8(run.stderr).unwrap();
    assert!(!run.status.success() && said.contains("There is no flow in the file"), "{said}");
}

#[tokio::test]
async fn the_command_exports_a_flow() {
    let harness = Harness::start().await;
    let mut definition = echo("{{input}}");
    definition["nodes"][1]["configuration"]["prompt"]["sourceConfiguration"]["inline"]["modelId"] =
        json!("test/model");
    let flow =
        harness.ok(Method::POST, "/api/flows", json!({"title": "Echo", "definition": definition})).await;
    let run = anabranch(harness.data.path(), &["export", "echo", "--format", "cloudformation"]).await;
    let said = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success() && said.contains("AWS does it otherwise"), "{said}");
    let template: Value = serde_json::from_slice(&run.stdout).unwrap();
    assert_eq!(template["Resources"]["Flow"]["Type"], "AWS::Bedrock::Flow");

    let file = harness.data.path().join("echo.json");
    let run = anabranch(harness.data.path(), &["export", "echo", "-o", file.to_str().unwrap()]).await;
    assert!(run.status.success() && run.stdout.is_empty() && run.stderr.is_empty());
    let kept: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    assert_eq!((&kept["format"], &kept["definition"]), (&json!("anabranch/flow/1"), &flow["definition"]));

    let run = anabranch(harness.data.path(), &["export", "no such/flow"]).await;
    assert!(String::from_utf8_lossy(&run.stderr).contains("There is no flow no such/flow."));
    let data = harness.stop().await;
    let run = anabranch(data.path(), &["export", "echo"]).await;
    assert!(String::from_utf8_lossy(&run.stderr).contains("Start one: anabranch serve"));
}
