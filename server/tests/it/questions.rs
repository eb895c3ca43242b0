//! Multi-turn: an agent asks back, the run waits, and goes on when it is answered; over both ends of a restart too.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use reqwest::Method;
use serde_json::{Value, json};
use sqlx::Connection as _;

use crate::agents::{agent, flow};
use crate::harness::{Harness, database, execute};
use crate::upstream::{Said, Script, Upstream};

/// Asks which brakes, and then answers with the reply.
fn asks() -> Script {
    Script::Turns(Arc::new(|request| {
        let last = request["messages"].as_array().unwrap().last().unwrap().clone();
        match (last["role"].as_str(), last["content"].as_str()) {
            (Some("tool"), Some("discs")) => Said::Text("80 euros"),
            (Some("tool"), Some("rims")) => Said::Text("45 euros"),
            _ => Said::Calls(vec![("ask_user", json!({"question": "Rims or discs?"}).to_string())]),
        }
    }))
}

async fn desk(upstream: &Upstream) -> (Harness, String) {
    let harness = Harness::with(upstream).await;
    let agent = agent(&harness, json!({"asksBack": true})).await;
    let id = flow(&harness, &agent).await;
    (harness, id)
}

async fn ask(harness: &Harness, flow: &str) -> Value {
    let path = format!("/api/flows/{flow}/draft/invoke");
    let answer = harness.ok(Method::POST, &path, json!({"input": "How much?"})).await;
    let request = json!({"node": "Desk", "content": "Rims or discs?"});
    assert_eq!((&answer["status"], &answer["request"]), (&json!("InputRequired"), &request), "{answer}");
    assert_eq!(answer["outputs"], json!([]));
    answer
}

fn at(answer: &Value, what: &str) -> String {
    format!("/api/executions/{}{what}", answer["executionId"].as_str().unwrap())
}

async fn reply(harness: &Harness, answer: &Value, body: Value) -> (u16, Value) {
    let (status, answer) = harness.send(Method::POST, &at(answer, "/input"), body).await;
    (status.as_u16(), answer)
}

fn kinds(execution: &Value) -> Vec<String> {
    let events = execution["events"].as_array().unwrap();
    events.iter().map(|event| event["type"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn an_execution_waits_for_its_answer_and_goes_on_with_it() {
    let upstream = Upstream::start(asks()).await;
    let (harness, flow) = desk(&upstream).await;
    let asked = ask(&harness, &flow).await;
    let waiting = harness.get(&at(&asked, "")).await;
    assert_eq!((&waiting["status"], &waiting["endedAt"]), (&json!("InputRequired"), &Value::Null));
    assert_eq!(kinds(&waiting).last().unwrap(), "inputRequested");
    assert_eq!(
        harness.get("/api/executions?status=InputRequired").await["executions"][0]["id"],
        waiting["id"]
    );

    let (status, wrong) = reply(&harness, &asked, json!({"content": "discs", "node": "Start"})).await;
    assert_eq!((status, &wrong["field"]), (400, &json!("node")), "{wrong}");
    assert!(wrong["detail"].as_str().unwrap().contains("Desk's, not Start's"), "{wrong}");
    let (status, done) = reply(&harness, &asked, json!({"content": "discs", "node": "Desk"})).await;
    assert_eq!((status, &done["status"]), (200, &json!("Succeeded")), "{done}");
    assert_eq!(done["outputs"], json!([{"node": "Out", "value": "80 euros"}]));
    assert_eq!(done["executionId"], asked["executionId"]);
    assert_eq!(done.get("request"), None);

    let execution = harness.get(&at(&asked, "")).await;
    let events = execution["events"].as_array().unwrap();
    let numbers: Vec<u64> = events.iter().map(|event| event["seq"].as_u64().unwrap()).collect();
    assert_eq!(numbers, (1..=events.len() as u64).collect::<Vec<_>>());
    assert!(events.windows(2).all(|pair| pair[0]["elapsed"].as_u64() <= pair[1]["elapsed"].as_u64()));
    let started = kinds(&execution).iter().filter(|kind| *kind == "nodeStarted").count();
    assert_eq!(started, 3, "what was done is not done again");
    assert_eq!(execution["inputTokens"], json!(17), "of both turns");
    let request = upstream.requests().await.pop().unwrap();
    assert_eq!(request["messages"][2]["tool_calls"][0]["function"]["name"], "ask_user");

    let (status, late) = reply(&harness, &asked, json!({"content": "rims"})).await;
    assert_eq!((status, &late["code"]), (409, &json!("not_waiting")), "{late}");
    let none = json!({"executionId": "NOSUCH"});
    assert_eq!(reply(&harness, &none, json!({"content": "rims"})).await.0, 404);
}

#[tokio::test]
async fn it_may_ask_again_and_is_answered_once_by_one() {
    let upstream = Upstream::start(asks()).await;
    let (harness, flow) = desk(&upstream).await;
    let asked = ask(&harness, &flow).await;
    let (_, again) = reply(&harness, &asked, json!({"content": "no idea"})).await;
    assert_eq!((&again["status"], &again["request"]["node"]), (&json!("InputRequired"), &json!("Desk")));
    let body = || json!({"content": "rims"});
    let (one, other) = tokio::join!(reply(&harness, &asked, body()), reply(&harness, &asked, body()));
    let mut statuses = [one.0, other.0];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409], "{one:?} {other:?}");
    let execution = harness.get(&at(&asked, "")).await;
    assert_eq!(execution["status"], "Succeeded");
    assert_eq!(kinds(&execution).iter().filter(|kind| *kind == "inputGiven").count(), 2);
}

#[tokio::test]
async fn a_question_outlives_the_server() {
    let upstream = Upstream::start(asks()).await;
    let (harness, flow) = desk(&upstream).await;
    let asked = ask(&harness, &flow).await;
    let harness = Harness::on(harness.stop().await).await;
    assert_eq!(harness.get(&at(&asked, "")).await["status"], "InputRequired");
    // What the agent is now does not change what was said.
    let (status, done) = reply(&harness, &asked, json!({"content": "discs"})).await;
    assert_eq!((status, &done["outputs"][0]["value"]), (200, &json!("80 euros")), "{done}");
}

#[tokio::test]
async fn an_execution_that_waits_can_be_stopped() {
    let upstream = Upstream::start(asks()).await;
    let (harness, flow) = desk(&upstream).await;
    let asked = ask(&harness, &flow).await;
    let (status, _) = harness.send(Method::POST, &at(&asked, "/stop"), Value::Null).await;
    assert_eq!(status.as_u16(), 202);
    let execution = harness.get(&at(&asked, "")).await;
    assert_eq!(
        (&execution["status"], kinds(&execution).last().unwrap().as_str()),
        (&json!("Aborted"), "executionEnded")
    );
    assert_eq!(reply(&harness, &asked, json!({"content": "rims"})).await.0, 409);
    let (status, _) = harness.send(Method::POST, &at(&asked, "/stop"), Value::Null).await;
    assert_eq!(status.as_u16(), 409);
}

#[tokio::test]
async fn a_stop_while_a_run_pauses_is_not_lost() {
    let upstream = Upstream::start(Script::HeldTurns(Arc::new(|_| {
        Said::Calls(vec![("ask_user", json!({"question": "Rims or discs?"}).to_string())])
    })))
    .await;
    let (harness, flow) = desk(&upstream).await;
    let request = harness
        .request(Method::POST, &format!("/api/flows/{flow}/draft/invoke"))
        .header("accept", "text/event-stream")
        .json(&json!({"input": "How much?"}));
    let mut stream = request.send().await.unwrap().bytes_stream();
    upstream.until_in_flight(1).await;
    let running = harness.get("/api/executions?status=Running").await;
    let asked = json!({"executionId": running["executions"][0]["id"]});
    // Nothing can be written from here on: the run asks, and cannot be put down as waiting.
    let mut beside = database(harness.data.path()).await;
    execute(&mut beside, "BEGIN IMMEDIATE").await;
    upstream.open();
    let mut text = String::new();
    while !text.contains("agentStep") {
        text.push_str(std::str::from_utf8(&stream.next().await.unwrap().unwrap()).unwrap());
    }
    tokio::time::sleep(Duration::from_millis(500)).await;
    let (status, _) = harness.send(Method::POST, &at(&asked, "/stop"), Value::Null).await;
    assert_eq!(status.as_u16(), 202);
    execute(&mut beside, "ROLLBACK").await;
    while let Some(piece) = stream.next().await {
        text.push_str(std::str::from_utf8(&piece.unwrap()).unwrap());
    }
    let told: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("event: ")).collect();
    assert_eq!(told[told.len() - 2..], ["inputRequested", "executionEnded"], "{text}");
    let execution = harness.get(&at(&asked, "")).await;
    assert_eq!(execution["status"], "Aborted");
    assert_eq!(kinds(&execution).last().unwrap(), "executionEnded");
    assert_eq!(reply(&harness, &asked, json!({"content": "rims"})).await.0, 409);
}

#[tokio::test]
async fn an_agent_whose_model_takes_no_tools_any_more_says_so_to_the_answer() {
    let upstream = Upstream::start(asks()).await;
    let (harness, flow) = desk(&upstream).await;
    let asked = ask(&harness, &flow).await;
    let put = json!({"name": "Desk", "model": "local/smollm2", "asksBack": true});
    harness.ok(Method::PUT, "/api/agents/Desk", put).await;
    let (status, failed) = reply(&harness, &asked, json!({"content": "discs"})).await;
    assert_eq!((status, &failed["node"]), (400, &json!("Desk")), "{failed}");
    let detail = failed["detail"].as_str().unwrap();
    assert!(detail.contains("its model is now one that takes no tools"), "{failed}");
    assert!(detail.contains("Choose one that does on the Agents page, and run it again."), "{failed}");
    assert_eq!(harness.get(&at(&asked, "")).await["status"], "Failed");
    assert_eq!(upstream.requests().await.len(), 1, "no other model is asked");
}

/// The server as it is started again, more than a day after its one question was asked.
pub async fn a_day_later(harness: Harness) -> Harness {
    let data = harness.stop().await;
    let mut beside = database(data.path()).await;
    assert_eq!(execute(&mut beside, "UPDATE questions SET asked_at = asked_at - 86401000").await, 1);
    beside.close().await.unwrap();
    Harness::on(data).await
}

#[tokio::test]
async fn nobody_is_waited_for_longer_than_a_day() {
    let upstream = Upstream::start(asks()).await;
    let (harness, flow) = desk(&upstream).await;
    let asked = ask(&harness, &flow).await;
    let harness = a_day_later(harness).await;
    for _ in 0..400 {
        if harness.get(&at(&asked, "")).await["status"] != "InputRequired" {
            break;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    let execution = harness.get(&at(&asked, "")).await;
    assert_eq!(execution["status"], "TimedOut");
    assert!(execution["error"].as_str().unwrap().contains("within 24 hours"), "{execution}");
}

#[tokio::test]
async fn streams_end_with_the_question_and_go_on_after_it() {
    let upstream = Upstream::start(asks()).await;
    let (harness, flow) = desk(&upstream).await;
    let read = |path: String, body: Value| {
        let request = harness.request(Method::POST, &path).header("accept", "text/event-stream").json(&body);
        async move {
            let mut stream = request.send().await.unwrap().bytes_stream();
            let mut text = String::new();
            while let Some(piece) = stream.next().await {
                text.push_str(std::str::from_utf8(&piece.unwrap()).unwrap());
            }
            text
        }
    };
    let first = read(format!("/api/flows/{flow}/draft/invoke"), json!({"input": "How much?"})).await;
    let events = |text: &str| -> Vec<String> {
        text.lines().filter_map(|line| line.strip_prefix("event: ")).map(str::to_owned).collect()
    };
    assert_eq!(events(&first).last().unwrap(), "inputRequested", "{first}");
    let id = first.split("\"executionId\":\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let second = read(format!("/api/executions/{id}/input"), json!({"content": "rims"})).await;
    assert_eq!(events(&second)[..2], ["execution", "inputGiven"], "{second}");
    assert_eq!(events(&second).last().unwrap(), "executionEnded");
    let deltas = second.matches("nodeDelta").count();
    assert!(deltas >= 1, "the answer streams: {second}");
}

#[tokio::test]
async fn a_stop_closes_the_models_connection() {
    let upstream = Upstream::start(Script::Held(vec!["a".into(), "b".into()])).await;
    let (harness, flow) = desk(&upstream).await;
    let invoke = harness
        .request(Method::POST, &format!("/api/flows/{flow}/draft/invoke"))
        .json(&json!({"input": "x"}))
        .send();
    let invoke = tokio::spawn(invoke);
    upstream.until_in_flight(1).await;
    let running = harness.get("/api/executions?status=Running").await;
    let id = running["executions"][0]["id"].as_str().unwrap().to_owned();
    harness.send(Method::POST, &format!("/api/executions/{id}/stop"), Value::Null).await;
    upstream.until_closed_early(1).await;
    assert_eq!(harness.ended(&id).await["status"], "Aborted");
    assert_eq!(invoke.await.unwrap().unwrap().status().as_u16(), 409);
}
