//! Functions: what a bound endpoint is sent, and what comes of everything that it may answer.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use futures_util::StreamExt as _;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::sync::Mutex;

use crate::harness::Harness;

const ARN: &str = "arn:aws:lambda:us-east-1:123456789012:function:lookup";
const SECRET: &str = "Bearer sk-canary-1234567890";
/// The path of Lambda's own way of being called.
const INVOCATIONS: &str = "/2015-03-31/functions/function/invocations";

/// What the function answers.
#[derive(Clone)]
enum Script {
    /// Status, whether it carries Lambda's header of a failed function, and body.
    Answer(u16, bool, String),
    /// The value of its first input in an array, as text JSON.
    Wrap,
    /// The secret and the event that it was sent, under this status.
    Repeat(u16),
    /// A redirect to itself.
    Elsewhere,
    /// Nothing, for this long.
    Sleep(Duration),
    /// The beginning of an answer, and then nothing.
    Stall,
    /// This many bytes of a JSON text.
    Long(usize),
}

/// What the function was called with.
#[derive(Clone)]
struct Called {
    path: String,
    headers: HeaderMap,
    event: Value,
}

type Shared = Arc<(Mutex<Script>, Mutex<Vec<Called>>)>;

#[derive(Clone)]
struct Function {
    port: u16,
    state: Shared,
}

impl Function {
    async fn start(script: Script) -> Self {
        let state: Shared = Arc::new((Mutex::new(script), Mutex::default()));
        let router = Router::new().fallback(answer).with_state(Arc::clone(&state));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { port, state }
    }

    fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    async fn set(&self, script: Script) {
        *self.state.0.lock().await = script;
    }

    async fn called(&self) -> Vec<Called> {
        self.state.1.lock().await.clone()
    }
}

async fn answer(State(state): State<Shared>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let event: Value = serde_json::from_slice(&body).unwrap();
    let called = Called { path: uri.path().to_owned(), headers: headers.clone(), event: event.clone() };
    state.1.lock().await.push(called);
    let script = state.0.lock().await.clone();
    match script {
        Script::Answer(status, failed, body) => {
            let mut response = (StatusCode::from_u16(status).unwrap(), body).into_response();
            if failed {
                response.headers_mut().insert("x-amz-function-error", "Unhandled".parse().unwrap());
            }
            response
        }
        Script::Wrap => json!([event["node"]["inputs"][0]["value"]]).to_string().into_response(),
        Script::Repeat(status) => {
            (StatusCode::from_u16(status).unwrap(), format!("{:?} {event}", headers["authorization"]))
                .into_response()
        }
        Script::Elsewhere => (StatusCode::FOUND, [("location", "/elsewhere")]).into_response(),
        Script::Sleep(time) => {
            tokio::time::sleep(time).await;
            "\"late\"".into_response()
        }
        Script::Stall => {
            let begun = futures_util::stream::iter([Ok::<_, std::io::Error>(Bytes::from_static(b"\"beg"))]);
            Body::from_stream(begun.chain(futures_util::stream::pending())).into_response()
        }
        Script::Long(length) => format!("\"{}\"", "x".repeat(length)).into_response(),
    }
}

/// Input, Function, Output: an object's `order` goes in, a reply of this type comes out.
fn definition(arn: &str, reply: &str) -> Value {
    json!({"nodes": [
        {"name": "Start", "type": "Input", "outputs": [{"name": "document", "type": "Object"}]},
        {"name": "Lookup", "type": "LambdaFunction", "configuration": {"lambdaFunction": {"lambdaArn": arn}},
            "inputs": [{"name": "codeHookInput", "type": "String", "expression": "$.data.order"}],
            "outputs": [{"name": "functionResponse", "type": reply}]},
        {"name": "Out", "type": "Output", "inputs": [{"name": "document", "type": reply, "expression": "$.data"}]}],
      "connections": [
        data("c1", "Start", "document", "Lookup", "codeHookInput"),
        data("c2", "Lookup", "functionResponse", "Out", "document")]})
}

fn data(name: &str, source: &str, from: &str, target: &str, to: &str) -> Value {
    json!({"name": name, "type": "Data", "source": source, "target": target,
        "configuration": {"data": {"sourceOutput": from, "targetInput": to}}})
}

async fn flow(harness: &Harness, definition: Value) -> Value {
    harness.ok(Method::POST, "/api/flows", json!({"title": "Lookup", "definition": definition})).await
}

async fn invoke(harness: &Harness, flow: &Value) -> (StatusCode, Value) {
    let path = format!("/api/flows/{}/draft/invoke", flow["id"].as_str().unwrap());
    let (status, answer) = harness.send(Method::POST, &path, json!({"input": {"order": "A-1"}})).await;
    (StatusCode::from_u16(status.as_u16()).unwrap(), answer)
}

fn at(arn: &str) -> String {
    format!("/api/functions/{}", arn.replace(':', "%3A").replace('$', "%24"))
}

async fn bind(harness: &Harness, arn: &str, url: String) -> Value {
    let put =
        json!({"url": url, "headers": [{"name": "Authorization", "secret": SECRET}], "timeoutSeconds": 5});
    harness.ok(Method::PUT, &at(arn), put).await
}

#[tokio::test]
async fn a_bound_function_gets_the_event_of_aws_and_its_reply_is_the_value() {
    let function = Function::start(Script::Wrap).await;
    let harness = Harness::start().await;
    let flow = flow(&harness, definition(&format!("{ARN}:7"), "Array")).await;
    let (status, answer) = invoke(&harness, &flow).await;
    assert_eq!((status.as_u16(), answer["node"].as_str()), (400, Some("Lookup")), "{answer}");
    let told = format!("There is no binding for {ARN}:7. Bind it on the Connections page.");
    assert!(answer["detail"].as_str().unwrap().ends_with(&told), "{answer}");

    for path in ["/lookup", INVOCATIONS] {
        // The function without a version answers for its version 7.
        bind(&harness, ARN, function.url(path)).await;
        let (status, answer) = invoke(&harness, &flow).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        assert_eq!(answer["outputs"], json!([{"node": "Out", "value": ["A-1"]}]));
        let called = function.called().await.pop().unwrap();
        let id = flow["id"].as_str().unwrap();
        assert_eq!(called.path, path);
        assert_eq!(
            called.event,
            json!({"messageVersion": "1.0",
                "flow": {"flowArn": format!("arn:aws:bedrock:us-east-1:000000000000:flow/{id}"),
                    "flowAliasArn": format!("arn:aws:bedrock:us-east-1:000000000000:flow/{id}/alias/TSTALIASID")},
                "node": {"name": "Lookup", "inputs": [{"name": "codeHookInput", "type": "String",
                    "expression": "$.data.order", "value": "A-1"}]}})
        );
        assert_eq!(called.headers["authorization"], SECRET);
        assert_eq!(called.headers["content-type"], "application/json");
        let execution = answer["executionId"].as_str().unwrap();
        assert_eq!(called.headers["idempotency-key"], format!("{execution}/Lookup"));
    }

    // Version 7 has a binding of its own now.
    harness.ok(Method::PUT, &at(&format!("{ARN}:7")), json!({"url": function.url("/seven")})).await;
    invoke(&harness, &flow).await;
    let called = function.called().await.pop().unwrap();
    assert_eq!((called.path.as_str(), called.headers.get("authorization")), ("/seven", None));
}

#[tokio::test]
async fn an_alias_is_named_in_the_event() {
    let function = Function::start(Script::Wrap).await;
    let harness = Harness::start().await;
    bind(&harness, ARN, function.url("/")).await;
    let flow = flow(&harness, definition(ARN, "Array")).await;
    let id = flow["id"].as_str().unwrap();
    let publish = harness.send_at(1, Method::POST, &format!("/api/flows/{id}/publish"), json!({})).await;
    assert!(publish.0.is_success(), "{}", publish.1);
    let invoke = format!("/api/flows/{id}/aliases/live/invoke");
    harness.ok(Method::POST, &invoke, json!({"input": {"order": "A-1"}})).await;
    let event = function.called().await.pop().unwrap().event;
    let alias = event["flow"]["flowAliasArn"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    assert!(alias.len() == 10 && alias != "TSTALIASID", "{event}");
}

#[tokio::test]
async fn every_failure_is_typed_and_says_what_to_do() {
    let function = Function::start(Script::Wrap).await;
    let harness = Harness::start().await;
    let flow = flow(&harness, definition(ARN, "String")).await;
    let error = r#"{"errorMessage":"no such order","errorType":"KeyError","stackTrace":["x"]}"#;
    let answer = |status: u16, failed: bool, body: &str| Script::Answer(status, failed, body.to_owned());
    let (plain, lambda) = ("/lookup", INVOCATIONS);
    let cases = [
        (
            plain,
            answer(200, true, error),
            424,
            "dependency_failed",
            "lookup failed. It said: KeyError: no such order",
        ),
        (
            lambda,
            answer(200, true, error),
            424,
            "dependency_failed",
            "lookup failed. It said: KeyError: no such order",
        ),
        // The emulator tells of an exception, and of its own time-out, by the body alone.
        (
            lambda,
            answer(200, false, error),
            424,
            "dependency_failed",
            "lookup failed. It said: KeyError: no such order",
        ),
        (
            lambda,
            answer(200, false, "Task timed out after 3.00 seconds"),
            504,
            "timed_out",
            "did not answer in time",
        ),
        (
            plain,
            answer(404, false, "nothing here"),
            424,
            "dependency_failed",
            "lookup answered 404. Its address is",
        ),
        (
            plain,
            answer(500, false, r#"{"message":"boom"}"#),
            424,
            "dependency_failed",
            "lookup answered 500. It said: boom",
        ),
        (
            plain,
            Script::Repeat(401),
            424,
            "dependency_failed",
            "lookup answered 401. Its headers are on the Connections page. It said: \"(a secret)\" {",
        ),
        (plain, Script::Elsewhere, 424, "dependency_failed", "answered 302, and redirects are not followed"),
        (
            plain,
            answer(200, false, "<html>"),
            424,
            "bad_gateway",
            "lookup answered what is no JSON. It said: <html>",
        ),
        (plain, Script::Repeat(200), 424, "bad_gateway", "what is no JSON"),
        (plain, answer(200, false, ""), 424, "bad_gateway", "lookup answered nothing"),
        (plain, Script::Long(11 * 1024 * 1024), 424, "bad_gateway", "lookup answered more than 10 MiB"),
        (
            plain,
            answer(200, false, "7"),
            400,
            "validation",
            "functionResponse is a String, and the result is",
        ),
        (
            plain,
            answer(200, false, "null"),
            400,
            "validation",
            "functionResponse is a String, and the result is",
        ),
    ];
    for (path, script, status, code, told) in cases {
        bind(&harness, ARN, function.url(path)).await;
        function.set(script).await;
        let (found, answer) = invoke(&harness, &flow).await;
        assert_eq!((found.as_u16(), answer["code"].as_str().unwrap()), (status, code), "{told}: {answer}");
        let detail = answer["detail"].as_str().unwrap();
        assert!(detail.starts_with("Lookup: ") && detail.contains(told), "{told}: {answer}");
        assert!(detail.chars().count() < 350, "{detail}");
        let execution =
            harness.get(&format!("/api/executions/{}", answer["executionId"].as_str().unwrap())).await;
        assert!(!execution.to_string().contains("canary"), "{execution}");
        assert!(!answer.to_string().contains("canary"), "{answer}");
    }
    assert!(function.called().await.iter().all(|called| called.path != "/elsewhere"));

    bind(&harness, ARN, "http://127.0.0.1:9/".to_owned()).await;
    let (_, answer) = invoke(&harness, &flow).await;
    assert_eq!(answer["code"], "dependency_failed");
    assert!(
        answer["detail"].as_str().unwrap().contains("does not answer at http://127.0.0.1:9. Is it running?")
    );
    bind(&harness, ARN, format!("{}/api/flows", harness.url)).await;
    let (_, answer) = invoke(&harness, &flow).await;
    assert!(answer["detail"].as_str().unwrap().contains("this server itself"), "{answer}");
}

#[tokio::test]
async fn a_function_has_the_time_that_its_binding_gives() {
    let function = Function::start(Script::Wrap).await;
    let harness = Harness::start().await;
    harness.ok(Method::PUT, &at(ARN), json!({"url": function.url("/"), "timeoutSeconds": 1})).await;
    let flow = flow(&harness, definition(ARN, "String")).await;
    for script in [Script::Sleep(Duration::from_secs(5)), Script::Stall] {
        function.set(script).await;
        let began = std::time::Instant::now();
        let (status, answer) = invoke(&harness, &flow).await;
        assert_eq!((status.as_u16(), &answer["code"]), (504, &json!("timed_out")), "{answer}");
        assert!(answer["detail"].as_str().unwrap().contains("It has 1 s at most"), "{answer}");
        assert!(began.elapsed() < Duration::from_secs(4));
    }
}

#[tokio::test]
async fn each_item_is_a_call_with_a_key_of_its_own() {
    let function = Function::start(Script::Wrap).await;
    let harness = Harness::start().await;
    bind(&harness, ARN, function.url("/")).await;
    let definition = json!({"nodes": [
        {"name": "Start", "type": "Input", "outputs": [{"name": "document", "type": "Array"}]},
        {"name": "Each", "type": "Iterator", "configuration": {"iterator": {}},
            "inputs": [{"name": "array", "type": "Array", "expression": "$.data"}],
            "outputs": [{"name": "arrayItem", "type": "String"}, {"name": "arraySize", "type": "Number"}]},
        {"name": "Lookup", "type": "LambdaFunction", "configuration": {"lambdaFunction": {"lambdaArn": ARN}},
            "inputs": [{"name": "codeHookInput", "type": "String", "expression": "$.data"}],
            "outputs": [{"name": "functionResponse", "type": "Array"}]},
        {"name": "All", "type": "Collector", "configuration": {"collector": {}},
            "inputs": [{"name": "arrayItem", "type": "Array", "expression": "$.data"},
                {"name": "arraySize", "type": "Number", "expression": "$.data"}],
            "outputs": [{"name": "collectedArray", "type": "Array"}]},
        {"name": "Out", "type": "Output", "inputs": [{"name": "document", "type": "Array", "expression": "$.data"}]}],
      "connections": [
        data("c1", "Start", "document", "Each", "array"), data("c2", "Each", "arrayItem", "Lookup", "codeHookInput"),
        data("c3", "Lookup", "functionResponse", "All", "arrayItem"), data("c4", "Each", "arraySize", "All", "arraySize"),
        data("c5", "All", "collectedArray", "Out", "document")]});
    let flow = flow(&harness, definition).await;
    let path = format!("/api/flows/{}/draft/invoke", flow["id"].as_str().unwrap());
    let answer = harness.ok(Method::POST, &path, json!({"input": ["a", "b", "c"]})).await;
    assert_eq!(answer["outputs"][0]["value"], json!([["a"], ["b"], ["c"]]));
    let execution = answer["executionId"].as_str().unwrap();
    let keys: Vec<String> = function
        .called()
        .await
        .iter()
        .map(|called| called.headers["idempotency-key"].to_str().unwrap().to_owned())
        .collect();
    assert_eq!(keys, [0, 1, 2].map(|index| format!("{execution}/Each[{index}]/Lookup")));
}

#[tokio::test]
async fn bindings_are_listed_changed_tried_and_deleted_and_keep_their_secrets() {
    let function = Function::start(Script::Wrap).await;
    let harness = Harness::start().await;
    assert_eq!(harness.get("/api/functions").await, json!({"functions": []}));
    let bound = bind(&harness, ARN, function.url("/a")).await;
    let shown = json!({"arn": ARN, "url": function.url("/a"), "timeoutSeconds": 5,
        "headers": [{"name": "authorization", "hint": "7890"}]});
    assert_eq!(bound, shown);
    assert_eq!(harness.get("/api/functions").await, json!({"functions": [shown]}));

    let put = |body: Value| {
        let harness = &harness;
        async move { harness.send(Method::PUT, &at(ARN), body).await }
    };
    let url = function.url("/a");
    let kept = put(json!({"url": url})).await.1;
    assert_eq!((&kept["headers"], &kept["timeoutSeconds"]), (&shown["headers"], &json!(30)));
    let both = json!([{"name": "authorization"}, {"name": "x-tenant", "secret": "short"}]);
    let both = put(json!({"url": url, "headers": both})).await.1;
    assert_eq!(both["headers"][1], json!({"name": "x-tenant", "hint": ""}));
    let inputs = json!({"inputs": [{"name": "order", "value": 7}]});
    let tried = harness.ok(Method::POST, &format!("{}/test", at(ARN)), inputs).await;
    assert_eq!(tried, json!({"ok": true, "message": "It answered [7]"}));
    let called = function.called().await.pop().unwrap();
    assert_eq!(
        (&called.headers["authorization"], &called.headers["x-tenant"]),
        (&SECRET.parse().unwrap(), &"short".parse().unwrap())
    );
    assert_eq!(called.event["node"]["inputs"][0]["type"], "Number");
    function.set(Script::Repeat(500)).await;
    let tried = harness.ok(Method::POST, &format!("{}/test", at(ARN)), json!({})).await;
    assert_eq!(tried["ok"], json!(false));
    assert!(!tried.to_string().contains("canary"), "{tried}");

    let moved = put(json!({"url": function.url("/b"), "headers": [{"name": "authorization"}]})).await;
    assert_eq!((moved.0.as_u16(), &moved.1["field"]), (400, &json!("headers")), "a secret goes nowhere else");
    for (field, body) in [
        ("url", json!({"url": "nonsense"})),
        ("url", json!({"url": "file:///etc/passwd"})),
        ("url", json!({"url": "http://user:pw@127.0.0.1/"})),
        ("timeoutSeconds", json!({"url": url, "timeoutSeconds": 0})),
        ("timeoutSeconds", json!({"url": url, "timeoutSeconds": 901})),
        ("headers", json!({"url": url, "headers": [{"name": "Host", "secret": "x"}]})),
        (
            "headers",
            json!({"url": url, "headers": [{"name": "a", "secret": "x"}, {"name": "A", "secret": "y"}]}),
        ),
        ("headers", json!({"url": url, "headers": [{"name": "a", "secret": "x\ny"}]})),
    ] {
        let (status, answer) = put(body.clone()).await;
        assert_eq!((status.as_u16(), &answer["field"]), (400, &json!(field)), "{body}: {answer}");
    }
    let (status, answer) = put(json!({"url": url, "colour": "red"})).await;
    assert!(status.as_u16() == 400 && answer.to_string().contains("colour"), "{answer}");
    let (status, _) = harness.send(Method::PUT, "/api/functions/two%20words", json!({"url": url})).await;
    assert_eq!(status.as_u16(), 400);

    harness
        .ok(
            Method::PUT,
            &at(ARN),
            json!({"url": url, "headers": [{"name": "authorization", "secret": SECRET}]}),
        )
        .await;
    let listed = harness.get("/api/functions").await.to_string();
    assert!(!listed.contains("canary"), "{listed}");
    let data = harness.stop().await;
    for entry in std::fs::read_dir(data.path()).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            let bytes = std::fs::read(&path).unwrap();
            assert!(!bytes.windows(9).any(|window| window == b"sk-canary"), "{} holds it", path.display());
        }
    }
    // Another start knows the binding, and its secret.
    let harness = Harness::on(data).await;
    function.set(Script::Wrap).await;
    harness.ok(Method::POST, &format!("{}/test", at(ARN)), json!({})).await;
    assert_eq!(function.called().await.pop().unwrap().headers["authorization"], SECRET);
    assert!(harness.send(Method::DELETE, &at(ARN), Value::Null).await.0.is_success());
    for (method, path) in [(Method::DELETE, at(ARN)), (Method::POST, format!("{}/test", at(ARN)))] {
        let (status, answer) = harness.send(method, &path, json!({})).await;
        assert_eq!((status.as_u16(), &answer["code"]), (404, &json!("not_found")), "{answer}");
    }
}
