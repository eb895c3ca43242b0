//! What an invoke costs over its floor: a bare axum handler that makes the same upstream call and the same SQLite
//! record. Both answer in one run, in turns, so that what else the machine does falls on both; only ratios are told.

// It calls from outside, as any client does, and uses a part of the tests' harness.
#![allow(
    dead_code,
    clippy::disallowed_types,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic
)]

#[path = "../tests/it/harness.rs"]
mod harness;
#[path = "../tests/it/upstream.rs"]
mod upstream;

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::State;
use axum::routing::post;
use axum::serve::ListenerExt as _;
use axum::{Json, Router};
use harness::Harness;
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions as _, SqliteConnection};
use tokio::sync::Mutex;
use upstream::Upstream;

/// Calls one after the other, of each kind.
const ALONE: usize = 200;
/// Calls at the same time, and how many rounds of them.
const TOGETHER: usize = 32;
const ROUNDS: usize = 8;
/// How many events a run of the flow writes.
const EVENTS: i64 = 10;

fn main() {
    // `cargo test` starts benches too, to see that they build.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(measure());
}

async fn measure() {
    let upstream = Upstream::echo().await;
    let harness = Harness::with(&upstream).await;
    let flow = json!({"title": "Echo", "definition": harness::echo("{{input}}")});
    let flow = harness.ok(Method::POST, "/api/flows", flow).await;
    let path = format!("/api/flows/{}", flow["id"].as_str().unwrap());
    harness.ok(Method::POST, &format!("{path}/publish"), json!({})).await;
    let floor = floor(&upstream).await;
    let client = Client::builder().no_proxy().build().unwrap();

    let invoke =
        || harness.request(Method::POST, &format!("{path}/aliases/live/invoke")).json(&json!({"input": "x"}));
    let bare = || client.post(&floor).json(&json!({"input": "x"}));
    for _ in 0..20 {
        call(invoke()).await;
        call(bare()).await;
    }
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..ALONE {
        ours.push(call(invoke()).await);
        theirs.push(call(bare()).await);
    }
    ours.sort();
    theirs.sort();
    println!("invoke over a bare handler with the same upstream call and the same SQLite record");
    for (name, place) in [("median", ALONE / 2), ("95th percentile", ALONE * 95 / 100)] {
        tell(name, ours[place], theirs[place]);
    }
    let (mut ours, mut theirs) = (Duration::ZERO, Duration::ZERO);
    for _ in 0..ROUNDS {
        ours += together(&invoke).await;
        theirs += together(&bare).await;
    }
    tell(&format!("{TOGETHER} at once"), ours, theirs);
}

fn tell(name: &str, ours: Duration, theirs: Duration) {
    let ratio = ours.as_secs_f64() / theirs.as_secs_f64();
    println!("{name:16} {ratio:5.2} x   ({ours:.2?} over {theirs:.2?})");
}

async fn call(request: RequestBuilder) -> Duration {
    let began = Instant::now();
    let response = request.send().await.unwrap();
    assert!(response.status().is_success());
    response.bytes().await.unwrap();
    began.elapsed()
}

async fn together(request: &impl Fn() -> RequestBuilder) -> Duration {
    let began = Instant::now();
    futures_util::future::join_all((0..TOGETHER).map(|_| call(request()))).await;
    began.elapsed()
}

struct Bare {
    client: Client,
    upstream: String,
    database: Mutex<SqliteConnection>,
    _folder: tempfile::TempDir,
}

/// The bare handler's address.
async fn floor(upstream: &Upstream) -> String {
    let folder = tempfile::tempdir().unwrap();
    let mut database = SqliteConnectOptions::new()
        .filename(folder.path().join("floor.db"))
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .connect()
        .await
        .unwrap();
    for table in [
        "CREATE TABLE executions (id INTEGER PRIMARY KEY, status TEXT NOT NULL)",
        "CREATE TABLE events (execution INTEGER, seq INTEGER, body TEXT, PRIMARY KEY (execution, seq)) WITHOUT ROWID",
    ] {
        sqlx::query(table).execute(&mut database).await.unwrap();
    }
    let bare = Bare {
        client: Client::builder().no_proxy().build().unwrap(),
        upstream: format!("{}/chat/completions", upstream.base_url()),
        database: Mutex::new(database),
        _folder: folder,
    };
    let router = Router::new().route("/", post(answer)).with_state(Arc::new(bare));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/", listener.local_addr().unwrap());
    let listener = listener.tap_io(|connection| connection.set_nodelay(true).unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    address
}

/// Records the begin, calls upstream, records events and the end.
async fn answer(State(bare): State<Arc<Bare>>, Json(body): Json<Value>) -> Json<Value> {
    let id = {
        let mut database = bare.database.lock().await;
        let begun = sqlx::query("INSERT INTO executions (status) VALUES ('Running')");
        begun.execute(&mut *database).await.unwrap().last_insert_rowid()
    };
    let input = body["input"].as_str().unwrap();
    let asked = json!({"model": "model", "stream": true, "messages": [{"role": "user", "content": input}]});
    let text = bare.client.post(&bare.upstream).json(&asked).send().await.unwrap().text().await.unwrap();
    let mut database = bare.database.lock().await;
    sqlx::query("BEGIN").execute(&mut *database).await.unwrap();
    for seq in 0..EVENTS {
        let event = sqlx::query("INSERT INTO events (execution, seq, body) VALUES (?, ?, ?)");
        event.bind(id).bind(seq).bind(&text).execute(&mut *database).await.unwrap();
    }
    let ended = sqlx::query("UPDATE executions SET status = 'Succeeded' WHERE id = ?");
    ended.bind(id).execute(&mut *database).await.unwrap();
    sqlx::query("COMMIT").execute(&mut *database).await.unwrap();
    Json(json!({"text": text}))
}
