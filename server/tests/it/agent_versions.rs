//! Agents as AWS's clients have them, as the server comes and goes.

use std::sync::Arc;

use reqwest::Method;
use serde_json::{Value, json};

use crate::agents::{agent, definition, flow};
use crate::harness::{Harness, database, execute};
use crate::upstream::{Said, Script, Upstream};

/// A model that says its instructions.
async fn parrot() -> Upstream {
    let said = |request: &Value| match request["messages"][0]["content"].as_str() {
        Some("Be brief.") => Said::Text("brief"),
        _ => Said::Text("other"),
    };
    Upstream::start(Script::Turns(Arc::new(said))).await
}

/// What a flow answers.
async fn ask(harness: &Harness, flow: &str) -> Value {
    let path = format!("/api/flows/{flow}/draft/invoke");
    let (status, answer) = harness.send(Method::POST, &path, json!({"input": "hi"})).await;
    assert_eq!(status.as_u16(), 200, "{answer}");
    answer["outputs"][0]["value"].clone()
}

#[tokio::test]
async fn an_alias_answers_as_its_version_after_another_start() {
    let upstream = parrot().await;
    let harness = Harness::with(&upstream).await;
    let desk = agent(&harness, json!({})).await;
    let id = desk["id"].as_str().unwrap();
    let aliases = format!("/aws/agents/{id}/agentaliases/");
    let made = harness.ok(Method::PUT, &aliases, json!({"agentAliasName": "live"})).await;
    let arn = made["agentAlias"]["agentAliasArn"].as_str().unwrap();
    assert_eq!(harness.get("/api/agents").await["aliases"][0]["arn"], arn);
    let live = json!({"title": "Live", "definition": definition(arn)});
    let live = harness.ok(Method::POST, "/api/flows", live).await;
    let live = live["id"].as_str().unwrap();
    let draft = flow(&harness, &desk).await;
    let other = json!({"name": "Desk", "instructions": "Be long.", "model": "test/model"});
    harness.ok(Method::PUT, &format!("/api/agents/{id}"), other).await;
    for _ in 0..2 {
        assert_eq!(
            (ask(&harness, live).await, ask(&harness, &draft).await),
            (json!("brief"), json!("other"))
        );
    }
    let harness = Harness::on(harness.stop().await).await;
    assert_eq!((ask(&harness, live).await, ask(&harness, &draft).await), (json!("brief"), json!("other")));
}

/// Says something to an agent; the bytes of the answer's stream, as text.
async fn talk(harness: &Harness, agent: &Value, text: &str) -> String {
    let path =
        format!("/aws/agents/{}/agentAliases/TSTALIASID/sessions/s-1/text", agent["id"].as_str().unwrap());
    let request = harness.request(Method::POST, &path).json(&json!({"inputText": text}));
    let answer = request.send().await.unwrap();
    assert_eq!(answer.headers()["x-amz-bedrock-agent-session-id"], "s-1");
    String::from_utf8_lossy(&answer.bytes().await.unwrap()).into_owned()
}

#[tokio::test]
async fn a_session_waits_for_an_answer_over_another_start() {
    let script =
        |request: &Value| match request["messages"].as_array().unwrap().last().unwrap()["role"] == "tool" {
            true => Said::Text("thanks"),
            false => Said::Calls(vec![("ask_user", json!({"question": "Rims or discs?"}).to_string())]),
        };
    let upstream = Upstream::start(Script::Turns(Arc::new(script))).await;
    let harness = Harness::with(&upstream).await;
    let desk = agent(&harness, json!({"asksBack": true})).await;
    talk(&harness, &desk, "Brakes?").await;
    let harness = Harness::on(harness.stop().await).await;
    let told = talk(&harness, &desk, "discs").await;
    assert!(told.contains("chunk") && !told.contains("exception"), "{told}");
    let last = upstream.requests().await.pop().unwrap();
    let roles: Vec<&str> = last["messages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|message| message["role"].as_str().unwrap())
        .collect();
    assert_eq!(roles, ["system", "user", "assistant", "tool"]);
    assert_eq!(last["messages"][3]["content"], "discs");

    // A session that has passed is begun anew.
    let data = harness.stop().await;
    let mut file = database(data.path()).await;
    assert_eq!(execute(&mut file, "UPDATE agent_sessions SET expires_at = 1").await, 1);
    drop(file);
    let harness = Harness::on(data).await;
    talk(&harness, &desk, "Hello").await;
    let last = upstream.requests().await.pop().unwrap();
    assert_eq!(last["messages"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn agents_from_before_there_were_versions_answer_as_they_did() {
    let upstream = parrot().await;
    let harness = Harness::with(&upstream).await;
    let desk = agent(&harness, json!({})).await;
    let flow = flow(&harness, &desk).await;
    let data = harness.stop().await;
    let mut file = database(data.path()).await;
    for undo in [
        "DROP TRIGGER agent_test_sessions",
        "DROP TRIGGER agent_binding_sessions",
        "DROP TRIGGER knowledge_base_sessions",
        "DROP TABLE agent_sessions",
        "DROP TABLE agent_aliases",
        "DROP TABLE agent_versions",
        "DROP INDEX agents_by_token",
        "ALTER TABLE agents DROP COLUMN client_token",
        "ALTER TABLE agents DROP COLUMN next_version",
        "ALTER TABLE agents DROP COLUMN prepared_at",
        "ALTER TABLE agents DROP COLUMN prepared",
        "ALTER TABLE agents DROP COLUMN details",
        "DELETE FROM _sqlx_migrations WHERE version IN (10, 17)",
    ] {
        execute(&mut file, undo).await;
    }
    drop(file);
    let harness = Harness::on(data).await;
    assert_eq!(ask(&harness, &flow).await, "brief");
    let told = harness.get(&format!("/aws/agents/{}/", desk["id"].as_str().unwrap())).await;
    assert_eq!(told["agent"]["agentStatus"], "PREPARED", "{told}");
}
