//! How many passages a second a sync keeps, without embeddings: a bucket of Markdown files, cut as usual, each on disk
//! before the next figure counts it. Read through the same API as the page.

// It uses a part of the tests' harness.
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

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use harness::Harness;
use reqwest::Method;
use serde_json::{Value, json};

/// How many files there are, and sentences in each.
const FILES: usize = 200;
const SENTENCES: usize = 250;
/// What there should be at least.
const WANTED: f64 = 500.0;

fn main() {
    // `cargo test` starts benches too, to see that they build.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    tokio::runtime::Runtime::new().unwrap().block_on(measure());
}

async fn measure() {
    let harness = Harness::start().await;
    let folder = harness.data.path().join("buckets/docs");
    std::fs::create_dir_all(&folder).unwrap();
    for file in 0..FILES {
        std::fs::write(folder.join(format!("{file}.md")), text(file)).unwrap();
    }
    let base = harness.ok(Method::POST, "/api/knowledge-bases", json!({"name": "Bench"})).await;
    let base = format!("/api/knowledge-bases/{}", base["id"].as_str().unwrap());
    let place = json!({"type": "bucket", "bucket": "docs"});
    let source =
        harness.ok(Method::POST, &format!("{base}/sources"), json!({"name": "Docs", "place": place})).await;
    let jobs = format!("{base}/sources/{}/jobs", source["id"].as_str().unwrap());
    let began = Instant::now();
    let job = harness.ok(Method::POST, &jobs, Value::Null).await;
    let job = format!("{jobs}/{}", job["id"].as_str().unwrap());
    let ended = loop {
        let job = harness.get(&job).await;
        if job["status"] == "Complete" || job["status"] == "Failed" {
            break job;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    let took = began.elapsed();
    assert_eq!(ended["counts"]["added"], FILES, "{ended}");
    let passages = harness.get(&base).await["passages"].as_f64().unwrap();
    let rate = passages / took.as_secs_f64();
    println!(
        "ingest: {passages} passages of {FILES} files in {took:.1?}: {rate:.0} a second (at least {WANTED})"
    );
    println!("memory at its most: {}", peak());
    harness.stop().await;
    assert!(rate >= WANTED, "{rate:.0} passages a second");
}

/// The process's own, where the system tells it.
fn peak() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.map_or_else(|| "not told".to_owned(), |line| line.trim().to_owned())
}

fn text(file: usize) -> String {
    let mut text = format!("# File {file}\n\n");
    for sentence in 0..SENTENCES {
        let _ = write!(
            text,
            "Sentence {sentence} of file {file} says that matter m{} is settled so. ",
            sentence * 7
        );
        if sentence % 6 == 5 {
            text.push_str("\n\n");
        }
    }
    text
}
