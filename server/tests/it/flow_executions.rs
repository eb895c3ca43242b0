//! What AWS's StartFlowExecution begins, as its callers come and go and the server does.

use std::sync::Arc;
use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::agents;
use crate::harness::{Harness, echo};
use crate::questions::a_day_later;
use crate::upstream::{Said, Script, Upstream};

/// A prepared flow; the path of its test alias.
async fn prepared(harness: &Harness) -> String {
    let flow = json!({"title": "Echo", "definition": echo("{{input}}")});
    let flow = harness.ok(Method::POST, "/api/flows", flow).await;
    prepare(harness, flow["id"].as_str().unwrap()).await
}

async fn prepare(harness: &Harness, flow: &str) -> String {
    let answer = harness.ok(Method::POST, &format!("/aws/flows/{flow}/"), Value::Null).await;
    assert_eq!(answer["status"], "Prepared", "{answer}");
    format!("/aws/flows/{flow}/aliases/TSTALIASID/executions")
}

fn begin(name: Option<&str>, node: &str) -> Value {
    let inputs = json!([{"nodeName": node, "nodeOutputName": "document", "content": {"document": "x"}}]);
    match name {
        Some(name) => json!({"inputs": inputs, "flowExecutionName": name}),
        None => json!({"inputs": inputs}),
    }
}

/// Begins an execution of this name; its path.
async fn start(harness: &Harness, executions: &str, name: &str, node: &str) -> String {
    let answer = harness.ok(Method::POST, executions, begin(Some(name), node)).await;
    assert!(answer["executionArn"].as_str().unwrap().ends_with(&format!("/execution/{name}")), "{answer}");
    format!("{executions}/{name}")
}

#[tokio::test]
async fn a_name_is_given_once_whoever_is_first() {
    let upstream = Upstream::echo().await;
    let harness = Harness::with(&upstream).await;
    let executions = prepared(&harness).await;
    let call = || harness.send(Method::POST, &executions, begin(Some("one"), "FlowInputNode"));
    let ((one, _), (other, _)) = tokio::join!(call(), call());
    let mut statuses = [one, other];
    statuses.sort_unstable();
    assert_eq!(statuses, [StatusCode::OK, StatusCode::CONFLICT]);
    let all = harness.get("/api/executions").await;
    assert_eq!(
        all["executions"].as_array().unwrap().len(),
        1,
        "the one that is refused leaves nothing: {all}"
    );
    assert_eq!(harness.ended_at(&format!("{executions}/one")).await["status"], "Succeeded");
}

#[tokio::test]
async fn it_goes_on_when_its_caller_goes_away() {
    let upstream = Upstream::echo().await;
    let harness = Harness::with(&upstream).await;
    let executions = prepared(&harness).await;
    for wait in 0..20 {
        // The connection is closed at every moment of the request's first milliseconds.
        let call = harness.request(Method::POST, &executions).json(&begin(None, "FlowInputNode"));
        let _ = tokio::time::timeout(Duration::from_micros(500 * wait), call.send()).await;
    }
    start(&harness, &executions, "last", "FlowInputNode").await;
    let flow = executions.replace("/aliases/TSTALIASID", "");
    let listed = harness.get(&flow).await;
    let listed = listed["flowExecutionSummaries"].as_array().unwrap();
    assert!(!listed.is_empty() && listed.len() <= 10);
    for execution in listed {
        let name = execution["executionArn"].as_str().unwrap().rsplit('/').next().unwrap();
        assert_eq!(harness.ended_at(&format!("{executions}/{name}")).await["status"], "Succeeded");
    }
}

#[tokio::test]
async fn one_that_the_server_stopped_has_failed() {
    let upstream = Upstream::start(Script::Held(vec!["first".into(), "second".into()])).await;
    let harness = Harness::with(&upstream).await;
    let executions = prepared(&harness).await;
    let execution = start(&harness, &executions, "cut", "FlowInputNode").await;
    upstream.until_in_flight(1).await;
    let harness = Harness::on(harness.stop().await).await;
    let failed = harness.get(&execution).await;
    assert_eq!((&failed["status"], &failed["flowVersion"]), (&json!("Failed"), &json!("DRAFT")), "{failed}");
    assert!(failed["errors"][0]["message"].as_str().unwrap().contains("server stopped"), "{failed}");
    assert_eq!(failed["errors"].as_array().unwrap().len(), 1);
    let told = harness.get(&format!("{execution}/events?eventType=Flow")).await;
    let told = told["flowExecutionEvents"].as_array().unwrap();
    assert_eq!(told.len(), 2, "{told:?}");
    assert_eq!(told[1]["flowFailureEvent"]["errorCode"], "INTERNAL_SERVER");
    let (status, _) = harness.send(Method::POST, &executions, begin(Some("cut"), "FlowInputNode")).await;
    assert_eq!(status, StatusCode::CONFLICT, "its name stays taken");
}

#[tokio::test]
async fn one_whose_question_nobody_answers_has_timed_out() {
    let asks = |_: &Value| Said::Calls(vec![("ask_user", json!({"question": "Which?"}).to_string())]);
    let upstream = Upstream::start(Script::Turns(Arc::new(asks))).await;
    let harness = Harness::with(&upstream).await;
    let agent = agents::agent(&harness, json!({"asksBack": true})).await;
    let flow = agents::flow(&harness, &agent).await;
    let executions = prepare(&harness, &flow).await;
    let execution = start(&harness, &executions, "asks", "Start").await;
    for _ in 0..400 {
        let waiting = harness.get("/api/executions?status=InputRequired").await;
        if waiting["executions"] != json!([]) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    assert_eq!(harness.get(&execution).await["status"], "Running");
    let harness = a_day_later(harness).await;
    let late = harness.ended_at(&execution).await;
    assert_eq!(
        (&late["status"], &late["errors"][0]["error"]),
        (&json!("TimedOut"), &json!("ExecutionTimedOut")),
        "{late}"
    );
    let told = harness.get(&format!("{execution}/events?eventType=Flow")).await;
    let failure = &told["flowExecutionEvents"][1]["flowFailureEvent"];
    assert!(failure["errorMessage"].as_str().unwrap().contains("within 24 hours"), "{told}");
}
