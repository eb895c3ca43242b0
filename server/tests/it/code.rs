//! Code nodes over HTTP: a value, what was printed, a traceback, a limit, a stop, and code that Python cannot read.

use std::time::{Duration, Instant};

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use server::app::Config;
use server::python::Python;
use server::task::Supervisor;

use crate::harness::{Harness, config};

/// A server with this machine's Python; none where there is none, which a machine that fetched it must not come to.
async fn harness() -> Option<Harness> {
    if !Python::new(None, Supervisor::default()).is_here() {
        let missing = "Python for Code nodes is not on this machine: run `anabranch python fetch`";
        assert!(std::env::var_os("ANABRANCH_REQUIRE_PYTHON").is_none_or(|wanted| wanted != "1"), "{missing}");
        eprintln!("SKIPPED, {missing}");
        return None;
    }
    let data = tempfile::tempdir().unwrap();
    let harness = Harness::of(Config { python: None, ..config(data.path()) }, data).await;
    // A check waits a moment for the interpreter, and on a busy machine another one does.
    for _ in 0..60 {
        let report = harness.ok(Method::POST, "/api/check", json!({"definition": definition("1 +")})).await;
        if report["problems"] != json!([]) {
            return Some(harness);
        }
    }
    panic!("Python is not made ready")
}

/// Input, Code, Output: an object goes in as `order`, a number comes out.
fn definition(code: &str) -> Value {
    let data = |name: &str, source: &str, from: &str, target: &str, to: &str| {
        json!({"name": name, "type": "Data", "source": source, "target": target,
            "configuration": {"data": {"sourceOutput": from, "targetInput": to}}})
    };
    json!({"nodes": [
        {"name": "Start", "type": "Input", "outputs": [{"name": "document", "type": "Object"}]},
        {"name": "Sum", "type": "InlineCode", "configuration": {"inlineCode": {"code": code, "language": "Python_3"}},
            "inputs": [{"name": "order", "type": "Object", "expression": "$.data"},
                {"name": "first", "type": "Number", "expression": "$.data.prices[0]"}],
            "outputs": [{"name": "response", "type": "Number"}]},
        {"name": "Out", "type": "Output", "inputs": [{"name": "document", "type": "Number", "expression": "$.data"}]}],
      "connections": [
        data("c1", "Start", "document", "Sum", "order"), data("c2", "Start", "document", "Sum", "first"),
        data("c3", "Sum", "response", "Out", "document")]})
}

async fn flow(harness: &Harness, code: &str) -> String {
    let body = json!({"title": "Sum", "definition": definition(code)});
    harness.ok(Method::POST, "/api/flows", body).await["id"].as_str().unwrap().to_owned()
}

async fn invoke(harness: &Harness, code: &str) -> (StatusCode, Value) {
    let id = flow(harness, code).await;
    let input = json!({"input": {"prices": [2, 3.5]}});
    harness.send(Method::POST, &format!("/api/flows/{id}/draft/invoke"), input).await
}

/// The events of a kind in an execution.
async fn events(harness: &Harness, answer: &Value, kind: &str) -> Vec<Value> {
    let path = format!("/api/executions/{}", answer["executionId"].as_str().unwrap());
    let found = harness.get(&path).await["events"].clone();
    found.as_array().unwrap().iter().filter(|event| event["type"] == kind).cloned().collect()
}

#[tokio::test]
async fn code_has_its_inputs_and_its_last_expression_is_the_value() {
    let Some(harness) = harness().await else { return };
    let (status, answer) = invoke(&harness, "print('first', first)\nsum(order['prices']) + 1").await;
    assert_eq!(
        (status, &answer["outputs"]),
        (StatusCode::OK, &json!([{"node": "Out", "value": 6.5}])),
        "{answer}"
    );
    let printed = events(&harness, &answer, "nodePrinted").await;
    assert_eq!(printed.len(), 1, "{printed:?}");
    assert_eq!((&printed[0]["node"], &printed[0]["text"]), (&json!("Sum"), &json!("first 2\n")));
    let completed = events(&harness, &answer, "nodeCompleted").await;
    let after = |event: &Value| event["seq"].as_u64() > printed[0]["seq"].as_u64();
    assert!(completed.iter().any(|event| event["node"] == "Sum" && after(event)));
}

#[tokio::test]
async fn a_failure_has_the_traceback_of_the_node_and_what_was_printed_before() {
    let Some(harness) = harness().await else { return };
    let (status, answer) = invoke(&harness, "print('here')\nprice = order['missing']\nprice").await;
    assert_eq!((status.as_u16(), &answer["node"]), (424, &json!("Sum")), "{answer}");
    let told = "Line 2: KeyError: 'missing'\n\nTraceback (most recent call last):\n  File \"<Sum>\", line 2, in <module>\n    \
                price = order['missing']\n            ~~~~~^^^^^^^^^^^\nKeyError: 'missing'";
    assert!(answer["detail"].as_str().unwrap().ends_with(told), "{answer}");
    assert_eq!(events(&harness, &answer, "nodePrinted").await[0]["text"], "here\n");

    let (status, answer) = invoke(&harness, "'seven'").await;
    assert_eq!(status.as_u16(), 400, "{answer}");
    assert!(
        answer["detail"]
            .as_str()
            .unwrap()
            .contains("The output response is a Number, and the result is a String."),
        "{answer}"
    );
    let (status, answer) = invoke(&harness, "x = 1").await;
    assert_eq!(status.as_u16(), 400, "{answer}");
    assert!(answer["detail"].as_str().unwrap().contains("its last line is no expression"), "{answer}");
}

#[tokio::test]
async fn code_that_python_cannot_read_is_found_before_it_runs() {
    let Some(harness) = harness().await else { return };
    let code = "x = 1\nif x:\nx";
    let id = flow(&harness, code).await;
    let kept = harness.get(&format!("/api/flows/{id}")).await;
    let problem = json!({"severity": "Error", "type": "Unspecified", "node": "Sum", "field": "code", "span": [12, 13],
        "message": "Line 3: expected an indented block after 'if' statement on line 2."});
    assert_eq!(kept["report"]["problems"], json!([problem]), "{kept}");
    for (method, path) in [(Method::POST, "draft/invoke"), (Method::POST, "publish")] {
        let body = if path == "publish" { json!({}) } else { json!({"input": {"prices": [1]}}) };
        let (status, answer) = harness.send(method, &format!("/api/flows/{id}/{path}"), body).await;
        assert_eq!(
            (status.is_client_error(), &answer["report"]["problems"][0]),
            (true, &problem),
            "{path}: {answer}"
        );
    }
    assert_eq!(harness.get("/api/executions").await["executions"], json!([]), "nothing ran");

    let mut draft = kept.clone();
    draft["definition"] = definition("len(order)");
    let (status, saved) = harness.save(&draft, 1).await;
    assert!(status.is_success() && saved["report"]["problems"] == json!([]), "{saved}");
    draft["definition"] = definition("x = len(order)");
    let (_, saved) = harness.save(&draft, 2).await;
    assert_eq!(
        (&saved["report"]["problems"][0]["severity"], &saved["report"]["problems"][0]["field"]),
        (&json!("Warning"), &json!("code")),
        "{saved}"
    );
}

#[tokio::test]
async fn code_in_a_loop_is_found_by_the_way_to_it() {
    let Some(harness) = harness().await else { return };
    let code = json!({"name": "Inner", "type": "InlineCode",
        "configuration": {"inlineCode": {"code": "1 +", "language": "Python_3"}}});
    let body = json!({"nodes": [code], "connections": []});
    let repeat = json!({"name": "Again", "type": "Loop", "configuration": {"loop": {"definition": body}}});
    let check = json!({"definition": {"nodes": [repeat], "connections": []}});
    let report = harness.ok(Method::POST, "/api/check", check).await;
    let found = report["problems"].as_array().unwrap().iter().find(|problem| problem["field"] == "code");
    assert_eq!(found.unwrap()["node"], "Again/Inner", "{report}");
}

#[tokio::test]
async fn a_limit_ends_code_and_says_so() {
    let Some(harness) = harness().await else { return };
    let body = json!({"title": "Slow", "definition": definition("import time\nprint('slow')\ntime.sleep(600)\n1"),
        "extensions": {"nodes": {"Sum": {"timeLimit": 1}}}});
    let flow = harness.ok(Method::POST, "/api/flows", body).await;
    assert_eq!(flow["report"]["problems"], json!([]));
    let path = format!("/api/flows/{}/draft/invoke", flow["id"].as_str().unwrap());
    let began = Instant::now();
    let (status, answer) = harness.send(Method::POST, &path, json!({"input": {"prices": [1]}})).await;
    assert!(began.elapsed() < Duration::from_secs(30));
    assert!(answer["detail"].as_str().unwrap().contains("longer than 1 s"), "{status}: {answer}");
    let ended = harness.ended(answer["executionId"].as_str().unwrap()).await;
    assert_eq!(ended["status"], "TimedOut", "{ended}");
    assert_eq!(events(&harness, &answer, "nodePrinted").await[0]["text"], "slow\n");
    let (_, answer) = invoke(&harness, "sum(order['prices'])").await;
    assert_eq!(answer["status"], "Succeeded", "{answer}");
}

#[tokio::test]
async fn a_stop_of_the_run_stops_the_code_and_what_it_printed_is_there_meanwhile() {
    let Some(harness) = harness().await else { return };
    let body = json!({"title": "Long", "definition": definition("print('begun')\nwhile True: pass\n1"),
        "extensions": {"nodes": {"Sum": {"timeLimit": 300}}}});
    let flow = harness.ok(Method::POST, "/api/flows", body).await;
    let path = format!("/api/flows/{}/draft/invoke", flow["id"].as_str().unwrap());
    let response = harness
        .request(Method::POST, &path)
        .header("accept", "text/event-stream")
        .json(&json!({"input": {"prices": [1]}}))
        .send();
    let mut response = response.await.unwrap();
    let mut seen = String::new();
    while !seen.contains("nodePrinted") {
        seen += &String::from_utf8_lossy(&response.chunk().await.unwrap().unwrap());
    }
    let running = harness.get("/api/executions").await["executions"][0].clone();
    assert_eq!(running["status"], "Running", "it is told while the code runs");
    let id = running["id"].as_str().unwrap();
    harness.ok(Method::POST, &format!("/api/executions/{id}/stop"), Value::Null).await;
    assert_eq!(harness.ended(id).await["status"], "Aborted");
    // A server that stops waits for its code, which has ended by then.
    let began = Instant::now();
    harness.stop().await;
    assert!(began.elapsed() < Duration::from_secs(9), "{:?}", began.elapsed());
}

#[tokio::test]
async fn a_server_without_python_keeps_the_flow_and_says_how_to_get_it() {
    let harness = Harness::start().await;
    let (status, answer) = invoke(&harness, "1 +").await;
    assert_eq!((status.as_u16(), &answer["node"]), (424, &json!("Sum")), "{answer}");
    let told = "Python is not on this machine yet. Fetch it: anabranch python fetch";
    assert!(answer["detail"].as_str().unwrap().ends_with(told), "{answer}");
}
