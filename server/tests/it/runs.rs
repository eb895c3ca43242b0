//! Runs: streams, parallel branches, stops, failures, and what is left of a crash.

use futures_util::StreamExt as _;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::{Harness, diamond};
use crate::upstream::{Script, Upstream, prompt};

async fn flow(harness: &Harness) -> String {
    let flow =
        harness.ok(Method::POST, "/api/flows", json!({"title": "Diamond", "definition": diamond()})).await;
    format!("/api/flows/{}", flow["id"].as_str().unwrap())
}

/// Reads a stream until an event of this type has come, or to its end; answers the events' ids and data.
async fn read(response: reqwest::Response, until: Option<&str>) -> Vec<(Option<u64>, Value)> {
    let mut stream = response.bytes_stream();
    let (mut text, mut events) = (String::new(), Vec::new());
    while let Some(bytes) = stream.next().await {
        text.push_str(std::str::from_utf8(&bytes.unwrap()).unwrap());
        while let Some(at) = text.find("\n\n") {
            let block: String = text.drain(..at + 2).collect();
            let field = |name: &str| block.lines().find_map(|line| line.strip_prefix(name).map(str::trim));
            let Some(data) = field("data:") else { continue };
            let data: Value = serde_json::from_str(data).unwrap();
            let done = until.is_some() && data["type"].as_str() == until;
            events.push((field("id:").and_then(|id| id.parse().ok()), data));
            if done {
                return events;
            }
        }
    }
    events
}

async fn stream(harness: &Harness, flow: &str, input: &str) -> reqwest::Response {
    let request =
        harness.request(Method::POST, &format!("{flow}/draft/invoke")).header("accept", "text/event-stream");
    request.json(&json!({"input": input})).send().await.unwrap()
}

#[tokio::test]
async fn the_first_piece_arrives_before_the_answer_is_whole() {
    let upstream = Upstream::start(Script::Held(vec!["first".into(), " second".into()])).await;
    let harness = Harness::with(&upstream).await;
    let flow = flow(&harness).await;
    let events = read(stream(&harness, &flow, "x").await, Some("nodeDelta")).await;
    let execution = events[0].1["executionId"].as_str().unwrap().to_owned();
    assert_eq!(events.last().unwrap().1["text"], "first");
    assert_eq!(upstream.most_in_flight(), 2, "both branches are in flight together");

    // The caller has gone away; the run goes on, and its events can be had from where it left.
    let seen = events.last().unwrap().0.unwrap();
    let opener = {
        let upstream = upstream.clone();
        tokio::spawn(async move {
            for _ in 0..100 {
                upstream.open();
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
        })
    };
    let again = harness
        .request(Method::GET, &format!("/api/executions/{execution}/events"))
        .header("last-event-id", seen);
    let rest = read(again.send().await.unwrap(), None).await;
    opener.abort();
    assert_eq!(rest[0].0, Some(seen + 1), "no gap");
    let ids: Vec<u64> = rest.iter().filter_map(|event| event.0).collect();
    assert!(ids.windows(2).all(|pair| pair[1] == pair[0] + 1), "{ids:?}");
    assert_eq!(rest.last().unwrap().1["status"], "Succeeded");

    let past =
        harness.request(Method::GET, &format!("/api/executions/{execution}/events")).send().await.unwrap();
    let past = read(past, None).await;
    assert_eq!(past.len() as u64, *ids.last().unwrap(), "what was written down is what was streamed");
    let stored = harness.get(&format!("/api/executions/{execution}")).await;
    assert_eq!((stored["inputTokens"].as_u64(), stored["outputTokens"].as_u64()), (Some(21), Some(6)));
}

#[tokio::test]
async fn a_stop_closes_the_calls_under_way() {
    let upstream = Upstream::start(Script::Held(vec!["first".into(), "second".into()])).await;
    let harness = Harness::with(&upstream).await;
    let flow = flow(&harness).await;
    let events = read(stream(&harness, &flow, "x").await, Some("nodeDelta")).await;
    let execution = events[0].1["executionId"].as_str().unwrap().to_owned();
    upstream.until_in_flight(2).await;
    harness.ok(Method::POST, &format!("/api/executions/{execution}/stop"), Value::Null).await;
    upstream.until_closed_early(2).await;
    assert_eq!(harness.ended(&execution).await["status"], "Aborted");
    let (status, answer) =
        harness.send(Method::POST, &format!("/api/executions/{execution}/stop"), Value::Null).await;
    assert_eq!((status, &answer["code"]), (StatusCode::CONFLICT, &json!("ended")));
}

#[tokio::test]
async fn failures_say_what_to_do() {
    let upstream = Upstream::echo().await;
    let harness = Harness::with(&upstream).await;
    let flow = flow(&harness).await;
    let cases = [
        (Script::Refuse(429, Some("7"), "{}"), 424, "dependency_failed", "Try again in 7 s"),
        (
            Script::Refuse(500, None, r#"{"error":{"message":"boom"}}"#),
            424,
            "dependency_failed",
            "It said: boom",
        ),
        (Script::Refuse(401, None, "{}"), 424, "dependency_failed", "refused the key"),
        (Script::Refuse(404, None, "{}"), 424, "dependency_failed", "does not know the model model"),
        (Script::Raw("data: {nonsense\n\n"), 424, "bad_gateway", "cannot be understood"),
        (
            Script::Raw("data: {\"choices\":[{\"delta\":{\"content\":\"half\"}}]}\n\n"),
            424,
            "bad_gateway",
            "in the middle",
        ),
    ];
    for (script, status, code, told) in cases {
        upstream.set(script).await;
        let (found, answer) =
            harness.send(Method::POST, &format!("{flow}/draft/invoke"), json!({"input": "x"})).await;
        assert_eq!((found.as_u16(), answer["code"].as_str().unwrap()), (status, code), "{answer}");
        assert!(answer["detail"].as_str().unwrap().contains(told), "{answer}");
        assert!(["Left", "Right"].contains(&answer["node"].as_str().unwrap()), "{answer}");
        assert_eq!(harness.ended(answer["executionId"].as_str().unwrap()).await["status"], "Failed");
    }
    for input in [json!(1), json!(null), json!({"a": 1})] {
        let (status, answer) =
            harness.send(Method::POST, &format!("{flow}/draft/invoke"), json!({"input": input})).await;
        assert_eq!((status.as_u16(), &answer["code"]), (400, &json!("invalid_input")), "{answer}");
    }
}

#[tokio::test]
async fn a_constrained_answer_is_one_of_the_labels() {
    let answers = |request: &Value| {
        let schema = &request["response_format"]["json_schema"]["schema"]["properties"]["answer"]["enum"];
        if *schema == json!(["angry", "neutral"]) {
            vec!["{\"answer\":".into(), "\"angry\"}".into()]
        } else {
            vec![format!("re: {}", prompt(request).lines().rev().nth(1).unwrap_or_default())]
        }
    };
    let upstream = Upstream::start(Script::Pieces(std::sync::Arc::new(answers))).await;
    let harness = Harness::with(&upstream).await;
    let id = harness.triage().await["id"].as_str().unwrap().to_owned();
    let answer = harness
        .ok(Method::POST, &format!("/api/flows/{id}/draft/invoke"), json!({"input": "Where is it?!"}))
        .await;
    assert_eq!(answer["outputs"].as_array().unwrap().len(), 1);
    assert_eq!(
        answer["outputs"][0],
        json!({"node": "FlowOutputNode", "value": "re: Message: Where is it?!"})
    );
    let events =
        harness.get(&format!("/api/executions/{}", answer["executionId"].as_str().unwrap())).await["events"]
            .clone();
    let of = |kind: &str| -> Vec<Value> {
        events.as_array().unwrap().iter().filter(|event| event["type"] == kind).cloned().collect()
    };
    assert_eq!(of("conditionEvaluated")[0]["satisfied"], "angry");
    let skipped: Vec<Value> = of("nodeSkipped").iter().map(|event| event["node"].clone()).collect();
    assert_eq!(skipped, [json!("SearchPolicies"), json!("Answer"), json!("FlowOutputNode_1")]);
    assert_eq!(upstream.requests().await.len(), 2, "the branch not taken asks nothing");

    upstream.set(Script::Pieces(std::sync::Arc::new(|_| vec!["furious".into()]))).await;
    let (_, answer) =
        harness.send(Method::POST, &format!("/api/flows/{id}/draft/invoke"), json!({"input": "x"})).await;
    assert!(
        answer["detail"].as_str().unwrap().contains("«furious», which is none of angry, neutral"),
        "{answer}"
    );
}

#[tokio::test]
async fn a_run_that_a_stop_of_the_server_cuts_off_says_so() {
    let upstream = Upstream::start(Script::Held(vec!["first".into(), "second".into()])).await;
    let harness = Harness::with(&upstream).await;
    let flow = flow(&harness).await;
    let response = stream(&harness, &flow, "x").await;
    upstream.until_in_flight(2).await;
    let reading = tokio::spawn(read(response, None));
    let data = harness.stop().await;
    let events = reading.await.unwrap();
    assert_eq!(events.last().unwrap().1["status"], "Interrupted", "the stream tells its end");
    upstream.until_closed_early(2).await;
    let again = Harness::on(data).await;
    assert_eq!(again.get("/api/executions").await["executions"][0]["status"], "Interrupted");
}

#[tokio::test]
async fn a_caller_that_goes_away_at_once_leaves_no_run_that_nobody_drives() {
    let upstream = Upstream::echo().await;
    let harness = Harness::with(&upstream).await;
    let flow = flow(&harness).await;
    for wait in 0..40 {
        // The connection is closed at every moment of the request's first milliseconds.
        let call =
            harness.request(Method::POST, &format!("{flow}/draft/invoke")).json(&json!({"input": "x"}));
        let patience = std::time::Duration::from_micros(250 * wait);
        let _ = tokio::time::timeout(patience, call.send()).await;
    }
    let executions = harness.get("/api/executions?limit=200").await["executions"].clone();
    for execution in executions.as_array().unwrap() {
        let ended = harness.ended(execution["id"].as_str().unwrap()).await;
        assert_eq!(ended["status"], "Succeeded", "{ended}");
    }
}

#[tokio::test]
async fn what_a_provider_counts_breaks_no_run() {
    let answer = concat!(
        "data: {\"choices\":[{\"delta\":{\"content\":\"x\"},\"finish_reason\":\"stop\"}],",
        "\"usage\":{\"prompt_tokens\":18446744073709551615,\"completion_tokens\":18446744073709551615}}\n\n",
        "data: [DONE]\n\n"
    );
    let upstream = Upstream::start(Script::Raw(answer)).await;
    let harness = Harness::with(&upstream).await;
    let flow = flow(&harness).await;
    let answer = harness.ok(Method::POST, &format!("{flow}/draft/invoke"), json!({"input": "x"})).await;
    assert_eq!(answer["status"], "Succeeded");
}

#[tokio::test]
async fn the_newest_execution_is_first_whatever_its_id() {
    let upstream = Upstream::echo().await;
    let harness = Harness::with(&upstream).await;
    let path = flow(&harness).await;
    let name = harness.get(&path).await["name"].as_str().unwrap().to_owned();
    let mut ids = Vec::new();
    for _ in 0..3 {
        let answer = harness.ok(Method::POST, &format!("{path}/draft/invoke"), json!({"input": "x"})).await;
        ids.insert(0, answer["executionId"].clone());
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
    }
    let listed = |list: &Value| -> Vec<Value> {
        list["executions"].as_array().unwrap().iter().map(|execution| execution["id"].clone()).collect()
    };
    let first = harness.get(&format!("/api/executions?flow={name}&limit=2")).await;
    assert_eq!(listed(&first), ids[..2]);
    let after = first["next"].as_str().unwrap();
    let rest = harness.get(&format!("/api/executions?flow={name}&limit=2&after={after}")).await;
    assert_eq!(listed(&rest), ids[2..]);
    let events = format!("/api/executions/{}/events", ids[0].as_str().unwrap());
    let nonsense = harness.request(Method::GET, &events).header("last-event-id", "soon");
    assert_eq!(nonsense.send().await.unwrap().status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_part_of_a_draft_runs_on_what_an_earlier_run_gave() {
    let upstream = Upstream::echo().await;
    let harness = Harness::with(&upstream).await;
    let flow = flow(&harness).await;
    let given = |node: &str, text: &str| json!({node: {"outputs": {"modelCompletion": text}}});
    let mut both = given("Left", "L");
    both["Right"] = given("Right", "R")["Right"].clone();
    let part = json!({"input": "x", "part": {"node": "Join", "following": true, "given": both}});
    let ended = harness.ok(Method::POST, &format!("{flow}/draft/invoke"), part).await;
    let asked = upstream.requests().await;
    assert_eq!(asked.len(), 1, "only Join asks a model");
    assert_eq!(prompt(&asked[0]), "join L R");
    assert_eq!(ended["outputs"][0]["node"], "FlowOutputNode");

    // It is an execution like any other, and tells what was given to it.
    let id = ended["executionId"].as_str().unwrap();
    let execution = harness.get(&format!("/api/executions/{id}")).await;
    let events = execution["events"].as_array().unwrap();
    assert_eq!(events[0]["part"]["node"], "Join");
    let told: Vec<&str> = events
        .iter()
        .filter(|event| event["type"] == "nodeGiven")
        .filter_map(|e| e["node"].as_str())
        .collect();
    assert_eq!(told, ["Left", "Right"]);

    let wrong = json!({"input": "x", "part": {"node": "Nobody"}});
    let (status, error) = harness.send(Method::POST, &format!("{flow}/draft/invoke"), wrong).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(error["detail"].as_str().unwrap().contains("no node Nobody"), "{error}");
}

#[tokio::test]
async fn executions_are_found_by_what_went_in_and_what_went_wrong() {
    let upstream = Upstream::echo().await;
    let harness = Harness::with(&upstream).await;
    let flow = flow(&harness).await;
    for input in ["the Red parcel", "the blue parcel"] {
        harness.ok(Method::POST, &format!("{flow}/draft/invoke"), json!({"input": input})).await;
    }
    let count = async |search: &str| {
        let list = harness.get(&format!("/api/executions?search={search}")).await;
        list["executions"].as_array().unwrap().len()
    };
    assert_eq!(count("red").await, 1);
    assert_eq!(count("PARCEL").await, 2);
    assert_eq!(count("diamond").await, 2);
    assert_eq!(count("100%25").await, 0, "a pattern's letters are letters");
}
