//! A server to call, and what tests say to it.

use std::path::Path;

use reqwest::{Client, Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use server::app::{Config, Server};
use sqlx::{Connection as _, SqliteConnection};
use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::upstream::Upstream;

pub struct Harness {
    pub url: String,
    pub key: String,
    pub link: String,
    pub client: Client,
    pub data: TempDir,
    stop: Option<oneshot::Sender<()>>,
    task: Option<JoinHandle<()>>,
}

impl Harness {
    pub async fn start() -> Self {
        Self::on(tempfile::tempdir().unwrap()).await
    }

    /// A server whose prompts are answered by a scripted upstream.
    pub async fn with(upstream: &Upstream) -> Self {
        let harness = Self::start().await;
        harness.connect(upstream).await;
        harness
    }

    pub async fn on(data: TempDir) -> Self {
        Self::of(config(data.path()), data).await
    }

    pub async fn of(config: Config, data: TempDir) -> Self {
        let server = Server::start(config).await.unwrap_or_else(|error| panic!("{error}"));
        let (url, key, link) = (server.url.clone(), server.api_key().to_owned(), server.link().unwrap());
        let (stop, stopped) = oneshot::channel::<()>();
        let task = tokio::spawn(async move {
            server
                .run(async {
                    let _ = stopped.await;
                })
                .await
                .unwrap();
        });
        let client = Client::builder().no_proxy().build().unwrap();
        Self { url, key, link, client, data, stop: Some(stop), task: Some(task) }
    }

    pub async fn connect(&self, upstream: &Upstream) {
        let put = json!({"baseUrl": upstream.base_url()});
        self.ok(Method::PUT, "/api/connections/test", put).await;
        self.ok(Method::PUT, "/api/model-map", json!({"entries": [], "defaultModel": "test/model"})).await;
    }

    /// Ends the server as a signal would, and gives its data back.
    pub async fn stop(mut self) -> TempDir {
        let _ = self.stop.take().unwrap().send(());
        self.task.take().unwrap().await.unwrap();
        self.data
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.url)).bearer_auth(&self.key)
    }

    /// Sends a body (null for none); answers status and JSON.
    pub async fn send(&self, method: Method, path: &str, body: Value) -> (StatusCode, Value) {
        let mut request = self.request(method, path);
        if !body.is_null() {
            request = request.json(&body);
        }
        let response = request.send().await.unwrap();
        let status = response.status();
        (status, response.json().await.unwrap_or(Value::Null))
    }

    /// Sends a body as a change of the draft at this revision.
    pub async fn send_at(
        &self,
        revision: u64,
        method: Method,
        path: &str,
        body: Value,
    ) -> (StatusCode, Value) {
        let request = self.request(method, path).header("if-match", format!("\"{revision}\""));
        let response = request.json(&body).send().await.unwrap();
        (response.status(), response.json().await.unwrap_or(Value::Null))
    }

    pub async fn ok(&self, method: Method, path: &str, body: Value) -> Value {
        let (status, answer) = self.send(method, path, body).await;
        assert!(status.is_success(), "{path}: {status} {answer}");
        answer
    }

    pub async fn get(&self, path: &str) -> Value {
        self.ok(Method::GET, path, Value::Null).await
    }

    /// The Support triage flow, by its template.
    pub async fn triage(&self) -> Value {
        self.ok(Method::POST, "/api/flows", json!({"template": "support-triage"})).await
    }

    pub async fn save(&self, flow: &Value, revision: u64) -> (StatusCode, Value) {
        let id = flow["id"].as_str().unwrap();
        let body = json!({"definition": flow["definition"], "extensions": flow["extensions"]});
        self.send_at(revision, Method::PUT, &format!("/api/flows/{id}"), body).await
    }

    /// Waits until an execution has ended.
    pub async fn ended(&self, execution: &str) -> Value {
        self.ended_at(&format!("/api/executions/{execution}")).await
    }

    /// Waits until the execution that is read at this path has ended.
    pub async fn ended_at(&self, path: &str) -> Value {
        for _ in 0..400 {
            let found = self.get(path).await;
            if found["status"] != "Running" {
                return found;
            }
            tokio::time::sleep(std::time::Duration::from_millis(25)).await;
        }
        panic!("the execution at {path} does not end");
    }
}

/// The database of a data folder, by a connection of its own.
pub async fn database(data: &Path) -> SqliteConnection {
    let url = format!("sqlite://{}", data.join("anabranch.db").display());
    SqliteConnection::connect(&url).await.unwrap()
}

/// Runs statements on it; how many rows they changed.
pub async fn execute(database: &mut SqliteConnection, statements: &'static str) -> u64 {
    sqlx::raw_sql(statements).execute(database).await.unwrap().rows_affected()
}

pub fn config(data: &Path) -> Config {
    let listen = "127.0.0.1:0".parse().unwrap();
    Config {
        data: data.to_owned(),
        listen,
        allowed_hosts: Vec::new(),
        models: Some(data.join("models")),
        python: Some(data.join("python")),
        // The tests' own program reads no documents.
        reader: Some(env!("CARGO_BIN_EXE_anabranch").into()),
    }
}

/// A flow whose prompts stand side by side: both get the input, a third needs both.
pub fn diamond() -> Value {
    let prompt = |name: &str, text: &str, inputs: &[&str]| {
        let inputs: Vec<Value> = inputs
            .iter()
            .map(|input| json!({"name": input, "type": "String", "expression": "$.data"}))
            .collect();
        json!({"name": name, "type": "Prompt", "inputs": inputs,
            "outputs": [{"name": "modelCompletion", "type": "String"}],
            "configuration": {"prompt": {"sourceConfiguration": {"inline": {"modelId": "test/model",
                "templateType": "TEXT", "templateConfiguration": {"text": {"text": text}}}}}}})
    };
    let data = |name: &str, source: &str, from: &str, target: &str, to: &str| {
        json!({"name": name, "type": "Data", "source": source, "target": target,
            "configuration": {"data": {"sourceOutput": from, "targetInput": to}}})
    };
    json!({
        "nodes": [
            {"name": "FlowInputNode", "type": "Input", "outputs": [{"name": "document", "type": "String"}]},
            prompt("Left", "left {{aa}}", &["aa"]), prompt("Right", "right {{aa}}", &["aa"]),
            prompt("Join", "join {{ll}} {{rr}}", &["ll", "rr"]),
            {"name": "FlowOutputNode", "type": "Output",
                "inputs": [{"name": "document", "type": "String", "expression": "$.data"}]}],
        "connections": [
            data("c1", "FlowInputNode", "document", "Left", "aa"), data("c2", "FlowInputNode", "document", "Right", "aa"),
            data("c3", "Left", "modelCompletion", "Join", "ll"), data("c4", "Right", "modelCompletion", "Join", "rr"),
            data("c5", "Join", "modelCompletion", "FlowOutputNode", "document")]})
}

/// A flow of one prompt with this text, whose variable is `input`.
pub fn echo(text: &str) -> Value {
    json!({"nodes": [
        {"name": "FlowInputNode", "type": "Input", "outputs": [{"name": "document", "type": "String"}]},
        {"name": "Echo", "type": "Prompt", "inputs": [{"name": "input", "type": "String", "expression": "$.data"}],
            "outputs": [{"name": "modelCompletion", "type": "String"}],
            "configuration": {"prompt": {"sourceConfiguration": {"inline": {"modelId": "test/model",
                "templateType": "TEXT", "templateConfiguration": {"text": {"text": text}}}}}}},
        {"name": "FlowOutputNode", "type": "Output", "inputs": [{"name": "document", "type": "String", "expression": "$.data"}]}],
      "connections": [
        {"name": "c1", "type": "Data", "source": "FlowInputNode", "target": "Echo",
            "configuration": {"data": {"sourceOutput": "document", "targetInput": "input"}}},
        {"name": "c2", "type": "Data", "source": "Echo", "target": "FlowOutputNode",
            "configuration": {"data": {"sourceOutput": "modelCompletion", "targetInput": "document"}}}]})
}
