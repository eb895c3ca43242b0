//! Acknowledged means on disk: the system calls between a write and its answer.
//!
//! A killed process proves nothing of this, since the system keeps what was written. So the calls are traced: between
//! two answers to writes, the log must have been written and then synchronised.

use std::collections::HashSet;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;

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

/// A server whose system calls are written down.
struct Traced {
    child: Child,
    folder: TempDir,
    client: reqwest::Client,
    url: String,
    key: String,
}

impl Traced {
    async fn start(synchronous: &str, calls: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut child = Command::new("strace")
            .args(["-f", "-y", "-e", &format!("trace={calls}"), "-s", "24", "-o"])
            .arg(folder.path().join("trace"))
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
            .trim_end_matches('\'')
            .to_owned();
        // Made once for the process; other tests may have done it already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { child, folder, client, url, key }
    }

    fn call(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.client.request(method, format!("{}{path}", self.url)).bearer_auth(&self.key)
    }

    async fn post(&self, path: &str, body: Value) -> Value {
        self.call(Method::POST, path).json(&body).send().await.unwrap().json().await.unwrap()
    }

    /// Ends the server; the trace stays as long as the folder.
    async fn stop(mut self) -> TempDir {
        // The traced server is the tracer's child: when it ends, so does the tracer.
        let _ = Command::new("pkill").args(["-TERM", "-P"]).arg(self.child.id().to_string()).status();
        for _ in 0..100 {
            if self.child.try_wait().unwrap().is_some() {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        let _ = self.child.kill();
        self.folder
    }
}

/// How many of the writes were answered without a synchronisation since the answer before.
async fn unsynchronised(synchronous: &str) -> usize {
    let calls = "fsync,fdatasync,pwrite64,write,writev,sendto,sendmsg";
    let server = Traced::start(synchronous, calls).await;
    let flow = server.post("/api/flows", json!({"title": "x"})).await;
    for revision in 1..=WRITES {
        let save = server.call(Method::PUT, &format!("/api/flows/{}", flow["id"].as_str().unwrap()));
        let body = json!({"definition": flow["definition"], "extensions": flow["extensions"]});
        let answer = save.header("if-match", revision.to_string()).json(&body).send().await.unwrap();
        assert!(answer.status().is_success());
    }
    let folder = server.stop().await;
    count(&folder.path().join("trace"))
}

#[tokio::test]
async fn an_object_is_on_disk_before_its_node_is_done() {
    if !traceable() {
        return;
    }
    let calls = "fsync,fdatasync,rename,renameat,renameat2,write,writev,sendto,sendmsg";
    let server = Traced::start("full", calls).await;
    let flow = server.post("/api/flows", json!({"template": "keep-a-note"})).await;
    let path = format!("/api/flows/{}/draft/invoke", flow["id"].as_str().unwrap());
    let input = json!({"name": "deep/canary.txt", "text": "x"});
    let answer = server.post(&path, json!({"input": input})).await;
    assert_eq!(answer["outputs"][0]["value"], "x", "{answer}");
    let folder = server.stop().await;
    let text = std::fs::read_to_string(folder.path().join("trace")).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let after = |from: usize, wanted: &dyn Fn(&str) -> bool, what: &str| {
        let found = lines[from..].iter().position(|line| wanted(line));
        from + found.unwrap_or_else(|| panic!("no {what} from line {from}: {:?}", &lines[from..]))
    };
    let syncs = |line: &str, path: &str| line.contains("sync(") && line.contains(&format!("{path}>"));
    let file = after(0, &|line| syncs(line, "deep/canary.txt#1"), "synchronisation of the file");
    let name = after(file, &|line| line.contains("rename") && line.contains("canary.txt"), "name");
    let entry = after(name, &|line| syncs(line, "buckets/notes/deep"), "synchronisation of its folder");
    after(entry, &|line| line.contains("HTTP/1.1 200 OK"), "answer");
    // The folders that were made for it are as lasting.
    after(0, &|line| syncs(line, "buckets/notes"), "synchronisation of the bucket");
    after(0, &|line| syncs(line, "data/buckets"), "synchronisation of the buckets");
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
