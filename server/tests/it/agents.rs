//! Agents: what their models are asked, what becomes of the tools they call, and what is kept of them.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::sync::Mutex;

use crate::harness::{Harness, echo};
use crate::mcp::McpServer;
use crate::upstream::{Said, Script, Upstream};

const FOREIGN: &str = "arn:aws:bedrock:us-east-1:123456789012:agent-alias/AGENT12345/ALIAS12345";
const FUNCTION: &str = "arn:aws:lambda:us-east-1:123456789012:function:orders";

/// Input, Agent, Output.
pub fn definition(arn: &str) -> Value {
    let data = |name: &str, source: &str, from: &str, target: &str, to: &str| {
        json!({"name": name, "type": "Data", "source": source, "target": target,
            "configuration": {"data": {"sourceOutput": from, "targetInput": to}}})
    };
    json!({"nodes": [
        {"name": "Start", "type": "Input", "outputs": [{"name": "document", "type": "String"}]},
        {"name": "Desk", "type": "Agent", "configuration": {"agent": {"agentAliasArn": arn}},
            "inputs": [{"name": "agentInputText", "type": "String", "expression": "$.data"}],
            "outputs": [{"name": "agentResponse", "type": "String"}]},
        {"name": "Out", "type": "Output", "inputs": [{"name": "document", "type": "String", "expression": "$.data"}]}],
      "connections": [
        data("c1", "Start", "document", "Desk", "agentInputText"),
        data("c2", "Desk", "agentResponse", "Out", "document")]})
}

pub async fn agent(harness: &Harness, more: Value) -> Value {
    let mut agent = json!({"name": "Desk", "instructions": "Be brief.", "model": "test/model"});
    agent.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    harness.ok(Method::POST, "/api/agents", agent).await
}

/// A flow that asks this agent; its id.
pub async fn flow(harness: &Harness, agent: &Value) -> String {
    let definition = definition(agent["arn"].as_str().unwrap());
    let flow =
        harness.ok(Method::POST, "/api/flows", json!({"title": "Desk", "definition": definition})).await;
    flow["id"].as_str().unwrap().to_owned()
}

async fn invoke(harness: &Harness, flow: &str, input: &str) -> (u16, Value) {
    let path = format!("/api/flows/{flow}/draft/invoke");
    let (status, answer) = harness.send(Method::POST, &path, json!({"input": input})).await;
    (status.as_u16(), answer)
}

/// The steps of an execution's agents.
async fn steps(harness: &Harness, answer: &Value) -> Vec<Value> {
    let id = answer["executionId"].as_str().unwrap();
    let execution = harness.get(&format!("/api/executions/{id}")).await;
    let events = execution["events"].as_array().unwrap().clone();
    events.into_iter().filter(|e| e["type"] == "agentStep").map(|e| e["step"].clone()).collect()
}

/// How many results of tools a request carries.
fn results(request: &Value) -> usize {
    request["messages"].as_array().unwrap().iter().filter(|message| message["role"] == "tool").count()
}

fn last(request: &Value) -> String {
    request["messages"].as_array().unwrap().last().unwrap()["content"].as_str().unwrap().to_owned()
}

/// Calls these tools first, one an answer, and then answers.
fn calls(list: Vec<(&'static str, Value)>) -> Script {
    Script::Turns(Arc::new(move |request| match list.get(results(request)) {
        Some((name, arguments)) => Said::Calls(vec![(name, arguments.to_string())]),
        None => Said::Text("done"),
    }))
}

#[tokio::test]
async fn an_agent_without_tools_answers_by_its_instructions() {
    let upstream = Upstream::start(Script::Turns(Arc::new(|_| Said::Text("hello")))).await;
    let harness = Harness::with(&upstream).await;
    let agent = agent(&harness, json!({})).await;
    let id = agent["id"].as_str().unwrap();
    assert_eq!(agent["arn"], format!("arn:aws:bedrock:us-east-1:000000000000:agent-alias/{id}/TSTALIASID"));
    let (status, answer) = invoke(&harness, &flow(&harness, &agent).await, "hi").await;
    assert_eq!((status, &answer["outputs"][0]["value"]), (200, &json!("hello")), "{answer}");
    let request = upstream.requests().await.pop().unwrap();
    assert_eq!(
        request["messages"],
        json!([{"role": "system", "content": "Be brief."}, {"role": "user", "content": "hi"}])
    );
    assert_eq!(request.get("tools"), None);
    let steps = steps(&harness, &answer).await;
    assert_eq!((steps.len(), &steps[0]["kind"], &steps[0]["text"]), (1, &json!("model"), &json!("hello")));
}

#[tokio::test]
async fn an_arn_of_elsewhere_needs_a_binding() {
    let upstream = Upstream::start(Script::Turns(Arc::new(|_| Said::Text("hello")))).await;
    let harness = Harness::with(&upstream).await;
    let flow = harness
        .ok(Method::POST, "/api/flows", json!({"title": "Imported", "definition": definition(FOREIGN)}))
        .await;
    let id = flow["id"].as_str().unwrap();
    let (status, answer) = invoke(&harness, id, "hi").await;
    assert_eq!((status, &answer["node"]), (400, &json!("Desk")), "{answer}");
    assert!(answer["detail"].as_str().unwrap().ends_with("Bind it on the Agents page."), "{answer}");

    let agent = agent(&harness, json!({})).await;
    let at = format!("/api/agent-bindings/{}", FOREIGN.replace(':', "%3A").replace('/', "%2F"));
    let (status, wrong) = harness.send(Method::PUT, &at, json!({"agent": "Nobody"})).await;
    assert_eq!((status.as_u16(), &wrong["field"]), (400, &json!("agent")));
    let bound = harness.ok(Method::PUT, &at, json!({"agent": "Desk"})).await;
    assert_eq!(bound, json!({"arn": FOREIGN, "agent": agent["id"]}));
    assert_eq!(harness.get("/api/agents").await["bindings"], json!([bound]));
    assert_eq!(invoke(&harness, id, "hi").await.0, 200);

    // Another start knows it too.
    let harness = Harness::on(harness.stop().await).await;
    assert_eq!(invoke(&harness, id, "hi").await.0, 200);
    assert!(harness.send(Method::DELETE, &at, Value::Null).await.0.is_success());
    assert_eq!(invoke(&harness, id, "hi").await.0, 400);
    harness.ok(Method::PUT, &at, json!({"agent": "Desk"})).await;
    let gone = format!("/api/agents/{}", agent["id"].as_str().unwrap());
    assert!(harness.send(Method::DELETE, &gone, Value::Null).await.0.is_success());
    assert_eq!(harness.get("/api/agents").await, json!({"agents": [], "bindings": []}));
}

type Heard = Arc<Mutex<Vec<Value>>>;

/// A function that finds orders, in the form that AWS's agents want; order `B` it fails on.
async fn orders() -> (String, Heard) {
    async fn answer(State(heard): State<Heard>, body: Bytes) -> String {
        let event: Value = serde_json::from_slice(&body).unwrap();
        heard.lock().await.push(event.clone());
        match event["arguments"]["order"].as_str() {
            Some("A") => {
                json!({"messageVersion": "1.0", "response": {"actionGroup": "tools", "function": "find",
                "functionResponse": {"responseBody": {"TEXT": {"body": "A is on its way"}}}}})
                .to_string()
            }
            Some("B") => json!({"response": {"functionResponse": {"responseState": "FAILURE",
                "responseBody": {"TEXT": {"body": "no order B"}}}}})
            .to_string(),
            _ => json!({"late": true}).to_string(),
        }
    }
    let heard = Heard::default();
    let router = Router::new().fallback(answer).with_state(Arc::clone(&heard));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    (url, heard)
}

fn find() -> Value {
    json!({"kind": "function", "name": "find", "description": "Finds an order", "arn": FUNCTION,
        "parameters": {"type": "object", "required": ["order"],
            "properties": {"order": {"type": "string"}, "count": {"type": "integer"}}}})
}

#[tokio::test]
async fn a_function_is_called_with_the_event_of_awss_agents_and_its_failures_are_told_to_the_model() {
    let (url, heard) = orders().await;
    let upstream = Upstream::start(calls(vec![
        ("find", json!({"order": "A", "count": 2})),
        ("find", json!({"order": "B"})),
        ("find", json!({"order": "C"})),
        ("find", json!({"order": 7})),
        ("find", json!({})),
        ("lookup", json!({})),
    ]))
    .await;
    let harness = Harness::with(&upstream).await;
    let agent = agent(&harness, json!({"tools": [find()]})).await;
    let flow = flow(&harness, &agent).await;
    harness
        .ok(Method::PUT, &format!("/api/functions/{}", FUNCTION.replace(':', "%3A")), json!({"url": url}))
        .await;
    let (status, answer) = invoke(&harness, &flow, "Where is A?").await;
    assert_eq!((status, &answer["outputs"][0]["value"]), (200, &json!("done")), "{answer}");

    let events = heard.lock().await.clone();
    assert_eq!(events.len(), 3, "what does not fit the schema is not called");
    assert_eq!(
        events[0],
        json!({"messageVersion": "1.0",
            "agent": {"name": "Desk", "id": agent["id"], "alias": "TSTALIASID", "version": "DRAFT"},
            "inputText": "Where is A?", "sessionId": answer["executionId"], "actionGroup": "tools",
            "function": "find", "arguments": {"order": "A", "count": 2},
            "parameters": [{"name": "order", "type": "string", "value": "A"},
                {"name": "count", "type": "integer", "value": "2"}],
            "sessionAttributes": {}, "promptSessionAttributes": {}})
    );
    let requests = upstream.requests().await;
    assert_eq!(requests[0]["tools"][0]["function"]["name"], "find");
    let told: Vec<String> = requests[1..].iter().map(last).collect();
    assert_eq!(told[..3], ["A is on its way", "no order B", r#"{"late":true}"#]);
    assert!(told[3].contains("order must be string, and is 7"), "{told:?}");
    assert!(told[4].contains("order is missing"), "{told:?}");
    assert!(told[5].contains("There is no tool lookup. There are: find."), "{told:?}");

    let steps = steps(&harness, &answer).await;
    let failed: Vec<bool> =
        steps.iter().filter(|s| s["kind"] == "tool").map(|s| s["failed"] == true).collect();
    assert_eq!(failed, [false, true, false, true, true, true]);
    assert_eq!(steps[1]["from"], "function orders");
    let execution =
        harness.get(&format!("/api/executions/{}", answer["executionId"].as_str().unwrap())).await;
    assert_eq!((&execution["inputTokens"], &execution["outputTokens"]), (&json!(67), &json!(19)));
}

#[tokio::test]
async fn the_step_limit_and_a_failing_model_fail_the_node() {
    let upstream = Upstream::start(calls(vec![("find", json!({"order": "A"})); 20])).await;
    let harness = Harness::with(&upstream).await;
    let agent = agent(&harness, json!({"tools": [find()], "stepLimit": 3})).await;
    let flow = flow(&harness, &agent).await;
    let (status, answer) = invoke(&harness, &flow, "x").await;
    assert_eq!(
        (status, &answer["code"], &answer["node"]),
        (424, &json!("dependency_failed"), &json!("Desk"))
    );
    assert!(answer["detail"].as_str().unwrap().contains("no answer after 3 steps"), "{answer}");
    assert_eq!(upstream.requests().await.len(), 3);
    let steps = steps(&harness, &answer).await;
    assert!(steps[1]["result"].as_str().unwrap().contains("There is no binding for"), "{steps:?}");

    upstream.set(Script::Refuse(500, None, r#"{"error": {"message": "out of order"}}"#)).await;
    let (status, answer) = invoke(&harness, &flow, "x").await;
    assert_eq!((status, &answer["code"]), (424, &json!("dependency_failed")));
    assert!(answer["detail"].as_str().unwrap().contains("out of order"), "{answer}");
}

#[tokio::test]
async fn a_knowledge_base_is_a_tool_and_what_was_looked_up_is_a_step() {
    let upstream = Upstream::start(calls(vec![
        ("handbook", json!({"query": "refunds?"})),
        ("handbook", json!({"query": "zebra"})),
        ("handbook", json!({"query": " "})),
        ("handbook", json!({"question": "refunds?"})),
        ("gone", json!({"query": "refunds?"})),
    ]))
    .await;
    let harness = Harness::with(&upstream).await;
    let base = harness.ok(Method::POST, "/api/knowledge-bases", json!({"name": "Shop"})).await;
    let id = base["id"].as_str().unwrap();
    let at = format!("/api/knowledge-bases/{id}");
    harness.ok(Method::PUT, &at, json!({"answersTo": ["KBOFELSE01"]})).await;
    let text = "Refunds are paid within five days.";
    harness.ok(Method::POST, &format!("{at}/documents"), json!({"title": "Refunds", "text": text})).await;
    let tool = |name: &str, base: &str| json!({"kind": "knowledgeBase", "name": name, "description": "Has our terms", "base": base});
    let tools = json!([tool("handbook", "KBOFELSE01"), tool("gone", "NOTHERE001")]);
    let agent = agent(&harness, json!({"tools": tools})).await;
    assert_eq!(agent["tools"], tools);
    let flow = flow(&harness, &agent).await;
    let (status, answer) = invoke(&harness, &flow, "When is my refund?").await;
    assert_eq!((status, &answer["outputs"][0]["value"]), (200, &json!("done")), "{answer}");

    let requests = upstream.requests().await;
    let offered = &requests[0]["tools"][0]["function"];
    assert_eq!((&offered["name"], &offered["description"]), (&json!("handbook"), &json!("Has our terms")));
    assert_eq!(offered["parameters"]["required"], json!(["query"]));
    let told: Vec<String> = requests[1..].iter().map(last).collect();
    assert_eq!(told[0], format!("Passage 1 (Refunds):\n{text}"));
    assert_eq!(told[1], "Nothing was found. Other words may find something.");
    assert!(told[2].contains("The query is empty"), "{told:?}");
    assert!(told[3].contains("query is missing"), "{told:?}");
    assert!(told[4].contains("There is no knowledge base NOTHERE001."), "{told:?}");

    let steps = steps(&harness, &answer).await;
    let looked: Vec<&Value> = steps.iter().filter(|step| step["kind"] != "model").collect();
    let kinds: Vec<&str> = looked.iter().map(|step| step["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["lookup", "lookup", "lookup", "tool", "lookup"]);
    assert_eq!((&looked[0]["base"], &looked[0]["query"]), (&json!("KBOFELSE01"), &json!("refunds?")));
    let found = looked[0]["found"].as_array().unwrap();
    assert_eq!((found.len(), &found[0]["title"], &found[0]["text"]), (1, &json!("Refunds"), &json!(text)));
    assert_eq!((&looked[1]["found"], looked[1].get("failure")), (&json!([]), None));
    assert!(looked[4]["failure"].as_str().unwrap().contains("NOTHERE001"), "{looked:?}");
}

#[tokio::test]
async fn a_flow_is_a_tool_and_flows_call_each_other_only_so_deep() {
    let upstream = Upstream::start(Script::Turns(Arc::new(|request| {
        let text = last(request);
        match (request.get("tools").is_some(), results(request)) {
            (true, 0) => Said::Calls(vec![("shout", json!({"input": "hey"}).to_string())]),
            (true, _) if text == "[hey]" => Said::Text("it shouted"),
            (true, _) => Said::Text("it did not"),
            (false, _) => Said::Text("[hey]"),
        }
    })))
    .await;
    let harness = Harness::with(&upstream).await;
    let made = harness
        .ok(Method::POST, "/api/flows", json!({"title": "Shout", "definition": echo("{{input}}!")}))
        .await;
    let shout = made["id"].as_str().unwrap();
    let (status, published) =
        harness.send_at(1, Method::POST, &format!("/api/flows/{shout}/publish"), json!({})).await;
    assert!(status.is_success(), "{published}");
    let tool = |flow: &str| json!({"kind": "flow", "name": "shout", "description": "Shouts", "flow": flow, "alias": "live"});
    let name = made["name"].as_str().unwrap();
    let agent = agent(&harness, json!({"tools": [tool(name)], "stepLimit": 2})).await;
    let id = flow(&harness, &agent).await;
    let (_, answer) = invoke(&harness, &id, "x").await;
    assert_eq!(answer["outputs"][0]["value"], "it shouted", "{answer}");
    let found = steps(&harness, &answer).await;
    assert_eq!((&found[1]["from"], &found[1]["result"]), (&json!(format!("flow {name}")), &json!("[hey]")));
    let executions = harness.get(&format!("/api/executions?flow={shout}")).await;
    assert_eq!(executions["executions"].as_array().unwrap().len(), 1, "it is an execution of its own");

    // The flow of the agent, called by itself.
    let (status, published) =
        harness.send_at(1, Method::POST, &format!("/api/flows/{id}/publish"), json!({})).await;
    assert!(status.is_success(), "{published}");
    let put = json!({"name": "Desk", "model": "test/model", "stepLimit": 2, "tools": [tool(&id)]});
    harness.ok(Method::PUT, "/api/agents/Desk", put).await;
    let (_, answer) = invoke(&harness, &id, "x").await;
    assert_eq!(answer["outputs"][0]["value"], "it did not", "{answer}");
    let all = harness.get(&format!("/api/executions?flow={id}")).await["executions"].clone();
    assert_eq!(all.as_array().unwrap().len(), 1 + 5, "the first, and four deep");
    let mut deepest = Vec::new();
    for execution in all.as_array().unwrap() {
        let execution = json!({"executionId": execution["id"]});
        deepest.extend(steps(&harness, &execution).await);
    }
    let words = serde_json::to_string(&deepest).unwrap();
    assert!(words.contains("at most 4 deep"), "{words}");
}

#[tokio::test]
async fn the_tools_of_an_mcp_server_are_listed_and_called() {
    let mcp = McpServer::start().await;
    let upstream = Upstream::start(calls(vec![
        ("weather", json!({"city": "Bonn"})),
        ("broken_tool", json!({})),
        ("weather", json!({"town": "Bonn"})),
    ]))
    .await;
    let harness = Harness::with(&upstream).await;
    let put =
        |secret: &str| json!({"url": mcp.url(), "headers": [{"name": "Authorization", "secret": secret}]});
    let (status, wrong) = harness.send(Method::PUT, "/api/mcp-servers/two%20words", put("x")).await;
    assert_eq!((status.as_u16(), &wrong["field"]), (400, &json!("server")));
    harness.ok(Method::PUT, "/api/mcp-servers/town", put("Bearer sk-wrong-canary")).await;
    let refused = harness.get("/api/mcp-servers/town/tools").await;
    assert_eq!(refused["ok"], json!(false));
    assert!(refused["message"].as_str().unwrap().contains("401"), "{refused}");
    let stored = harness.ok(Method::PUT, "/api/mcp-servers/town", put("Bearer sk-canary-mcp")).await;
    assert_eq!(stored["headers"], json!([{"name": "authorization", "hint": "-mcp"}]));
    let tools = harness.get("/api/mcp-servers/town/tools").await;
    assert_eq!((&tools["ok"], &tools["message"]), (&json!(true), &json!("It has 2 tools.")), "{tools}");
    assert_eq!(tools["tools"][0], json!({"name": "weather", "description": "The weather of a city"}));

    let agent = agent(&harness, json!({"tools": [{"kind": "mcp", "server": "town"}]})).await;
    let id = flow(&harness, &agent).await;
    let (_, answer) = invoke(&harness, &id, "How is it in Bonn?").await;
    assert_eq!(answer["outputs"][0]["value"], "done", "{answer}");
    let requests = upstream.requests().await;
    let told: Vec<String> = requests[1..].iter().map(last).collect();
    assert_eq!(told[..2], ["Rain in Bonn for (a secret)", "out of order for (a secret)"]);
    assert!(told[2].contains("city is missing"));
    let found = steps(&harness, &answer).await;
    assert_eq!((&found[1]["from"], &found[3]["failed"]), (&json!("MCP server town"), &json!(true)));
    let heard = mcp.heard().await;
    assert!(heard.iter().any(|heard| heard.method == "DELETE"), "its session is ended");
    assert!(heard.iter().all(|heard| heard.headers.contains_key("authorization")));
    let call = heard.iter().rfind(|heard| heard.method == "tools/call").unwrap();
    assert_eq!(call.body["params"]["name"], "broken/tool");

    // Only some of them, and a server that is gone.
    let tools =
        json!([{"kind": "mcp", "server": "town", "tools": ["weather"]}, {"kind": "mcp", "server": "away"}]);
    let put = json!({"name": "Desk", "model": "test/model", "tools": tools});
    harness.ok(Method::PUT, "/api/agents/Desk", put).await;
    harness.ok(Method::PUT, "/api/mcp-servers/away", json!({"url": "http://127.0.0.1:9/mcp"})).await;
    upstream.set(Script::Turns(Arc::new(|_| Said::Text("alone")))).await;
    let (_, answer) = invoke(&harness, &id, "x").await;
    assert_eq!(answer["outputs"][0]["value"], "alone", "{answer}");
    let request = upstream.requests().await.pop().unwrap();
    assert_eq!(request["tools"].as_array().unwrap().len(), 1);
    assert!(request["messages"][0]["content"].as_str().unwrap().contains("cannot be reached now: away"));
    let found = steps(&harness, &answer).await;
    assert_eq!((&found[0]["name"], &found[0]["failed"]), (&json!("away"), &json!(true)), "{found:?}");

    let everything =
        format!("{} {}", harness.get("/api/mcp-servers").await, harness.get("/api/agents").await);
    assert!(!everything.contains("canary"), "{everything}");
    let data = harness.stop().await;
    for entry in std::fs::read_dir(data.path()).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            let bytes = std::fs::read(&path).unwrap();
            assert!(!bytes.windows(9).any(|window| window == b"sk-canary"), "{} holds it", path.display());
        }
    }
}

#[tokio::test]
async fn a_secret_at_the_end_of_what_is_quoted_is_hidden_whole() {
    let mcp = McpServer::start().await;
    let harness = Harness::start().await;
    // Longer than what is left of the quoted words, so that a cut would go through it.
    let secret = format!("Bearer sk-canary-{}", "0".repeat(100));
    let put = json!({"url": mcp.wordy(), "headers": [{"name": "Authorization", "secret": secret}]});
    harness.ok(Method::PUT, "/api/mcp-servers/town", put).await;
    let refused = harness.get("/api/mcp-servers/town/tools").await;
    let message = refused["message"].as_str().unwrap();
    assert!(message.contains("401") && message.contains("(a secret)"), "{message}");
    assert!(!message.contains("canary"), "{message}");
}

#[tokio::test]
async fn servers_are_greeted_together_and_offered_in_their_order() {
    let mcp = McpServer::start().await;
    let upstream = Upstream::start(calls(Vec::new())).await;
    let harness = Harness::with(&upstream).await;
    let put = |url: &str| json!({"url": url, "headers": [{"name": "Authorization", "secret": "Bearer sk-canary-mcp"}]});
    let [first, second] = mcp.pair();
    for (name, url) in [("zoo", first.as_str()), ("away", "http://127.0.0.1:9/mcp"), ("bay", second.as_str())]
    {
        harness.ok(Method::PUT, &format!("/api/mcp-servers/{name}"), put(url)).await;
    }
    let tools = ["zoo", "away", "bay"].map(|server| json!({"kind": "mcp", "server": server}));
    let agent = agent(&harness, json!({"tools": tools})).await;
    let id = flow(&harness, &agent).await;
    let (_, answer) = invoke(&harness, &id, "How is it in Bonn?").await;
    assert_eq!(answer["outputs"][0]["value"], "done", "{answer}");
    let request = upstream.requests().await.pop().unwrap();
    let tools = request["tools"].as_array().unwrap();
    let offered: Vec<&str> = tools.iter().map(|tool| tool["function"]["name"].as_str().unwrap()).collect();
    assert_eq!(offered, ["weather", "broken_tool", "bay_weather", "bay_broken_tool"]);
    let found = steps(&harness, &answer).await;
    assert_eq!(found[0]["name"], "away", "{found:?}");
    assert!(found[0]["result"].as_str().unwrap().contains("The MCP server away"), "{found:?}");
}

#[tokio::test]
async fn a_server_takes_no_name_of_the_owners_tools_and_its_list_has_an_end() {
    let mcp = McpServer::start().await;
    let upstream = Upstream::start(calls(Vec::new())).await;
    let harness = Harness::with(&upstream).await;
    let put = |url: String| json!({"url": url, "headers": [{"name": "Authorization", "secret": "Bearer sk-canary-mcp"}]});
    harness.ok(Method::PUT, "/api/mcp-servers/town", put(mcp.url())).await;
    let own = json!({"kind": "function", "name": "weather", "description": "Ours", "arn": FUNCTION,
        "parameters": {"type": "object"}});
    let agent = agent(&harness, json!({"tools": [{"kind": "mcp", "server": "town"}, own]})).await;
    let id = flow(&harness, &agent).await;
    let (_, answer) = invoke(&harness, &id, "How is it in Bonn?").await;
    assert_eq!(answer["outputs"][0]["value"], "done", "{answer}");
    let request = upstream.requests().await.pop().unwrap();
    let offered: Vec<(&str, &str)> = request["tools"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tool| &tool["function"])
        .map(|tool| (tool["name"].as_str().unwrap(), tool["description"].as_str().unwrap()))
        .collect();
    let theirs = ("town_weather", "The weather of a city");
    assert_eq!(offered, [("weather", "Ours"), theirs, ("broken_tool", "Always fails")]);

    harness.ok(Method::PUT, "/api/mcp-servers/endless", put(mcp.endless())).await;
    let refused = harness.get("/api/mcp-servers/endless/tools").await;
    assert_eq!(refused["ok"], json!(false), "{refused}");
    assert!(refused["message"].as_str().unwrap().contains("more than 20 pages"), "{refused}");
}

#[tokio::test]
async fn an_agent_that_cannot_be_is_refused_by_its_field() {
    let harness = Harness::start().await;
    let schema = json!({"type": "object"});
    let function = |name: &str, schema: &Value| json!({"kind": "function", "name": name, "description": "d", "arn": FUNCTION, "parameters": schema});
    for (field, more) in [
        ("name", json!({"name": " "})),
        ("stepLimit", json!({"stepLimit": 0})),
        ("stepLimit", json!({"stepLimit": 51})),
        ("instructions", json!({"instructions": "x".repeat(20_001)})),
        ("tools", json!({"tools": [function("two words", &schema)]})),
        ("tools", json!({"tools": [function("ask_user", &schema)]})),
        ("tools", json!({"tools": [function("a", &schema), function("a", &schema)]})),
        ("tools", json!({"tools": [function("a", &json!({"type": "string"}))]})),
        ("tools", json!({"tools": [function("a", &json!({"type": "object", "required": "x"}))]})),
        ("tools", json!({"tools": [{"kind": "mcp", "server": "a"}, {"kind": "mcp", "server": "a"}]})),
        (
            "tools",
            json!({"tools": [{"kind": "flow", "name": "a", "description": "d", "flow": " ", "alias": "live"}]}),
        ),
        ("tools", json!({"tools": [{"kind": "knowledgeBase", "name": "a", "description": "d", "base": ""}]})),
        ("tools", json!({"tools": [{"kind": "knowledgeBase", "name": "a", "description": "", "base": "B"}]})),
    ] {
        let mut agent = json!({"name": "Desk"});
        agent.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let (status, answer) = harness.send(Method::POST, "/api/agents", agent).await;
        assert_eq!((status.as_u16(), &answer["field"]), (400, &json!(field)), "{more}: {answer}");
    }
    let (status, answer) = harness.send(Method::POST, "/api/agents", json!({"name": "a", "colour": 1})).await;
    assert!(status.as_u16() == 400 && answer.to_string().contains("colour"), "{answer}");
    harness.ok(Method::POST, "/api/agents", json!({"name": "Desk"})).await;
    let (status, answer) = harness.send(Method::POST, "/api/agents", json!({"name": "Desk"})).await;
    assert_eq!((status.as_u16(), &answer["code"]), (409, &json!("name_taken")));
    let (status, _) = harness.send(Method::GET, "/api/agents/Nobody", Value::Null).await;
    assert_eq!(status.as_u16(), 404);
}

#[tokio::test]
async fn the_template_with_an_agent_brings_it_along() {
    let upstream = Upstream::start(Script::Turns(Arc::new(|_| Said::Text("60 euros")))).await;
    let harness = Harness::with(&upstream).await;
    for _ in 0..2 {
        let flow = harness.ok(Method::POST, "/api/flows", json!({"template": "front-desk"})).await;
        let (_, answer) = invoke(&harness, flow["id"].as_str().unwrap(), "What is a tune-up?").await;
        assert_eq!(answer["outputs"][0]["value"], "60 euros", "{answer}");
    }
    let agents = harness.get("/api/agents").await;
    assert_eq!(agents["agents"].as_array().unwrap().len(), 1);
    assert_eq!(agents["agents"][0]["name"], "Front desk");
}
