//! Acknowledged means on disk: the system calls between a write and its answer.
//!
//! A killed process proves nothing of this, since the system keeps what was written. So the calls are traced: between
//! two answers to writes, the log must have been written and then synchronised.

use std::collections::HashSet;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use reqwest::Method;
use serde_json::{Value, json};

/// How many writes are looked at.
const WRITES: usize = 25;

#[tokio::test]
async fn an_answer_comes_after_the_disk_has_it() {
    if !traceable() {
        return;
    }
    let full = unsynchronised("full").await;
    assert_eq!(full, 0, "{full} of {WRITES} writes were answered before they were on disk");
    let normal = unsynchronised("normal").await;
    assert!(normal > WRITES / 2, "the test must see it when synchronous is NORMAL, and saw {normal}");
}

fn traceable() -> bool {
    let there = Command::new("strace").arg("--version").output().is_ok();
    let required = std::env::var_os("ANABRANCH_REQUIRE_STRACE").is_some();
    assert!(there || !required, "strace is not installed");
    if !there {
        eprintln!("strace is not installed, so durability is not looked at here");
    }
    there
}

/// How many of the writes were answered without a synchronisation since the answer before.
async fn unsynchronised(synchronous: &str) -> usize {
    let folder = tempfile::tempdir().unwrap();
    let trace = folder.path().join("trace");
    let mut child = Command::new("strace")
        .args([
            "-f",
            "-y",
            "-e",
            "trace=fsync,fdatasync,pwrite64,write,writev,sendto,sendmsg",
            "-s",
            "24",
            "-o",
        ])
        .arg(&trace)
        .arg(env!("CARGO_BIN_EXE_anabranch"))
        .args(["serve", "--listen", "127.0.0.1:0", "--no-open", "--data"])
        .arg(folder.path().join("data"))
        .env("ANABRANCH_TEST_SYNCHRONOUS", synchronous)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let url = lines.next().unwrap().unwrap().rsplit(' ').next().unwrap().to_owned();
    let env = Command::new(env!("CARGO_BIN_EXE_anabranch"))
        .args(["env", "--data"])
        .arg(folder.path().join("data"))
        .output()
        .unwrap();
    let env = String::from_utf8(env.stdout).unwrap();
    let key = env
        .lines()
        .find_map(|line| line.strip_prefix("export ANABRANCH_API_KEY='"))
        .unwrap()
        .trim_end_matches('\'');
    // Made once for the process; other tests may have done it already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let call = |method: Method, path: &str| client.request(method, format!("{url}{path}")).bearer_auth(key);
    let flow: Value = call(Method::POST, "/api/flows")
        .json(&json!({"title": "x"}))
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    for revision in 1..=WRITES {
        let save = call(Method::PUT, &format!("/api/flows/{}", flow["id"].as_str().unwrap()));
        let body = json!({"definition": flow["definition"], "extensions": flow["extensions"]});
        let answer = save.header("if-match", revision.to_string()).json(&body).send().await.unwrap();
        assert!(answer.status().is_success());
    }
    // The traced server is the tracer's child: when it ends, so does the tracer.
    let _ = Command::new("pkill").args(["-TERM", "-P"]).arg(child.id().to_string()).status();
    for _ in 0..100 {
        if child.try_wait().unwrap().is_some() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    let _ = child.kill();
    count(&trace)
}

/// Reads a trace: an answer before which, since the last answer, the write-ahead log was not written and then
/// synchronised to the end of that call.
fn count(trace: &Path) -> usize {
    let text = std::fs::read_to_string(trace).unwrap();
    let (mut state, mut answers, mut early) = (Log::Untouched, 0, 0);
    // Threads whose synchronisation of the log has begun.
    let mut under_way: HashSet<&str> = HashSet::new();
    for line in text.lines() {
        let (thread, call) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let (of_log, synchronises) = (call.contains("anabranch.db-wal"), call.contains("sync"));
        if of_log && call.trim_start().starts_with("pwrite64(") {
            state = Log::Written;
        } else if of_log && synchronises && call.contains("<unfinished") {
            under_way.insert(thread);
        } else if synchronises
            && call.ends_with("= 0")
            && (of_log || under_way.remove(thread))
            && state == Log::Written
        {
            state = Log::Synchronised;
        } else if call.contains("HTTP/1.1 200 OK") {
            answers += 1;
            early += usize::from(state != Log::Synchronised);
            state = Log::Untouched;
        }
    }
    assert!(answers >= WRITES, "the trace shows {answers} answers");
    early
}

/// The write-ahead log since the last answer.
#[derive(PartialEq)]
enum Log {
    Untouched,
    Written,
    Synchronised,
}

#[test]
fn a_synchronisation_counts_when_it_is_done() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("trace");
    let answer = "7 write(9, \"HTTP/1.1 200 OK\", 15) = 15\n";
    let (write, sync) =
        ("3 pwrite64(4</d/anabranch.db-wal>, \"\", 1, 0) = 1\n", "3 fdatasync(4</d/anabranch.db-wal>");
    for (calls, early) in [
        (format!("{write}{sync}) = 0\n"), false),
        (format!("{write}{sync} <unfinished ...>\n3 <... fdatasync resumed>) = 0\n"), false),
        (format!("{write}{sync} <unfinished ...>\n5 <... fsync resumed>) = 0\n"), true),
        (format!("{sync}) = 0\n{write}"), true),
        (format!("{write}{sync}) = -1 EIO\n"), true),
        (String::new(), true),
    ] {
        std::fs::write(&file, format!("{calls}{answer}").repeat(WRITES)).unwrap();
        assert_eq!(count(&file), if early { WRITES } else { 0 }, "{calls}");
    }
}
