//! Ingestion: sources and their jobs, files that are given, and what becomes of those that cannot be read.

use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::harness::{Harness, database, execute};

const BASES: &str = "/api/knowledge-bases";

struct Base<'a> {
    harness: &'a Harness,
    path: String,
}

impl<'a> Base<'a> {
    async fn new(harness: &'a Harness) -> Self {
        let made = harness.ok(Method::POST, BASES, json!({"name": "Shop"})).await;
        Self { harness, path: format!("{BASES}/{}", made["id"].as_str().unwrap()) }
    }

    /// A source of the bucket `docs`, under `shop/`.
    async fn bucket(&self, chunking: Value) -> Value {
        let place = json!({"type": "bucket", "bucket": "docs", "prefix": "shop/"});
        self.source(json!({"name": "Files", "place": place, "chunking": chunking})).await
    }

    async fn source(&self, create: Value) -> Value {
        self.harness.ok(Method::POST, &format!("{}/sources", self.path), create).await
    }

    /// Syncs a source to the end.
    async fn sync(&self, source: &Value) -> Value {
        let path = format!("{}/sources/{}/jobs", self.path, source["id"].as_str().unwrap());
        let job = self.harness.ok(Method::POST, &path, Value::Null).await;
        self.ended(&format!("{path}/{}", job["id"].as_str().unwrap())).await
    }

    async fn ended(&self, path: &str) -> Value {
        for _ in 0..1200 {
            let job = self.harness.get(path).await;
            if ["Complete", "Failed", "Stopped"].contains(&job["status"].as_str().unwrap()) {
                return job;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("the job at {path} does not end");
    }

    async fn titles(&self) -> Vec<String> {
        let found = self.harness.get(&format!("{}/documents", self.path)).await;
        let documents = found["documents"].as_array().unwrap();
        documents.iter().map(|document| document["title"].as_str().unwrap().to_owned()).collect()
    }

    async fn ask(&self, text: &str) -> Vec<String> {
        let path = format!("{}/query", self.path);
        let found = self.harness.ok(Method::POST, &path, json!({"text": text})).await;
        let passages = found["passages"].as_array().unwrap();
        passages.iter().map(|passage| passage["title"].as_str().unwrap().to_owned()).collect()
    }

    async fn give(&self, name: &str, bytes: Vec<u8>) -> (StatusCode, Value) {
        let path = format!("{}/files?name={name}", self.path);
        let request = self.harness.request(Method::POST, &path).body(bytes);
        let response = request.send().await.unwrap();
        (response.status(), response.json().await.unwrap())
    }

    /// What became of everything, when nothing waits any more: names, states and reasons.
    async fn settled(&self) -> Vec<(String, String, String)> {
        for _ in 0..4000 {
            let items = self.harness.get(&format!("{}/items", self.path)).await;
            let items = items["items"].as_array().unwrap().clone();
            if items.iter().all(|item| item["state"] != "pending") {
                let text = |item: &Value, member: &str| item[member].as_str().unwrap_or_default().to_owned();
                return items
                    .iter()
                    .map(|item| (text(item, "uri"), text(item, "state"), text(item, "reason")))
                    .collect();
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("something waits for ever");
    }
}

fn docs(data: &Path) -> PathBuf {
    let folder = data.join("buckets/docs/shop");
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// A site of pages: paths, media types and bodies. Its address.
async fn pages(pages: Vec<(&'static str, &'static str, &'static str)>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let mut site = axum::Router::new();
    for (path, kind, body) in pages {
        site = site.route(path, axum::routing::get(move || async move { ([("content-type", kind)], body) }));
    }
    tokio::spawn(async move { axum::serve(listener, site).await.unwrap() });
    format!("http://{address}")
}

fn word(body: &str) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    archive.start_file("word/document.xml", SimpleFileOptions::default()).unwrap();
    archive.write_all(body.as_bytes()).unwrap();
    archive.finish().unwrap().into_inner()
}

/// A PDF of one page with a line of text.
fn pdf(line: &str) -> Vec<u8> {
    let content = format!("BT /F1 18 Tf 72 700 Td ({line}) Tj ET");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R \
         /Resources << /Font << /F1 5 0 R >> >> >>"
            .to_owned(),
        format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>".to_owned(),
    ];
    let mut file = b"%PDF-1.4\n".to_vec();
    let mut places = Vec::new();
    for (at, object) in objects.iter().enumerate() {
        places.push(file.len());
        file.extend(format!("{} 0 obj\n{object}\nendobj\n", at + 1).bytes());
    }
    let table = file.len();
    file.extend(format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).bytes());
    for place in places {
        file.extend(format!("{place:010} 00000 n \n").bytes());
    }
    let size = objects.len() + 1;
    file.extend(format!("trailer << /Size {size} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF").bytes());
    file
}

#[tokio::test]
async fn a_sync_brings_what_is_new_and_changed_and_takes_out_what_is_gone() {
    let harness = Harness::start().await;
    let base = Base::new(&harness).await;
    let folder = docs(harness.data.path());
    std::fs::write(folder.join("refunds.md"), "# Refunds\n\nReturns within 30 days.").unwrap();
    std::fs::write(folder.join("same.txt"), "# Refunds\n\nReturns within 30 days.").unwrap();
    std::fs::write(folder.join("delivery.html"), "<h1>Delivery</h1><p>Two working days.</p>").unwrap();
    let sidecar = json!({"metadataAttributes": {"country": "de", "year": {"value": {"type": "NUMBER", "numberValue": 2026}}}});
    std::fs::write(folder.join("delivery.html.metadata.json"), sidecar.to_string()).unwrap();
    std::fs::write(folder.join("prices.xlsx"), "x").unwrap();
    std::fs::write(harness.data.path().join("buckets/docs/secret.md"), "Not of the prefix.").unwrap();

    let source = base.bucket(json!({"strategy": "headings"})).await;
    let job = base.sync(&source).await;
    assert_eq!(job["status"], "Complete", "{job}");
    let counts = &job["counts"];
    assert_eq!(
        (&counts["found"], &counts["added"], &counts["failed"]),
        (&json!(4), &json!(3), &json!(1)),
        "{job}"
    );
    assert_eq!(counts["withMetadata"], 1);
    let reason = counts["reasons"][0].as_str().unwrap();
    assert!(reason.starts_with("s3://docs/shop/prices.xlsx: It is of a kind"), "{reason}");
    // Two files that say the same are one document.
    let titles = base.titles().await;
    assert_eq!(titles.len(), 2, "{titles:?}");
    assert!(titles.contains(&"delivery.html".to_owned()));
    assert_eq!(base.ask("working").await, ["delivery.html"]);
    let documents = harness.get(&format!("{}/documents", base.path)).await;
    let delivery = documents["documents"].as_array().unwrap().iter().find(|d| d["title"] == "delivery.html");
    assert_eq!(delivery.unwrap()["metadata"], json!({"country": "de", "year": 2026}));

    let again = base.sync(&source).await;
    let counts = &again["counts"];
    assert_eq!(
        (&counts["unchanged"], &counts["added"], &counts["failed"]),
        (&json!(3), &json!(0), &json!(1))
    );

    std::fs::remove_file(folder.join("refunds.md")).unwrap();
    std::fs::write(folder.join("delivery.html"), "<h1>Delivery</h1><p>Three quick days.</p>").unwrap();
    let third = base.sync(&source).await;
    let counts = &third["counts"];
    assert_eq!(
        (&counts["changed"], &counts["deleted"], &counts["unchanged"]),
        (&json!(1), &json!(1), &json!(1)),
        "{third}"
    );
    // The other file still says it.
    assert_eq!(base.ask("returns").await.len(), 1);
    assert_eq!(base.ask("quick").await, ["delivery.html"]);
    assert!(base.ask("working").await.is_empty());

    // Metadata alone is a change too.
    std::fs::remove_file(folder.join("delivery.html.metadata.json")).unwrap();
    assert_eq!(base.sync(&source).await["counts"]["changed"], 1);

    let path = format!("{}/sources/{}", base.path, source["id"].as_str().unwrap());
    assert_eq!(harness.send(Method::DELETE, &path, Value::Null).await.0, StatusCode::NO_CONTENT);
    assert!(base.titles().await.is_empty());
    assert_eq!(harness.send(Method::GET, &path, Value::Null).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_oldest_jobs_of_a_source_are_forgotten() {
    let harness = Harness::start().await;
    let base = Base::new(&harness).await;
    docs(harness.data.path());
    let source = base.bucket(json!({"strategy": "none"})).await;
    let first = base.sync(&source).await;
    execute(
        &mut database(harness.data.path()).await,
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 120)
         INSERT INTO ingestion_jobs (id, source_id, status, counts, started_at, updated_at)
         SELECT 'JOB' || i, source_id, 'failed', counts, started_at + 1, started_at + 1 FROM n, ingestion_jobs",
    )
    .await;
    let last = base.sync(&source).await;
    let path = format!("{}/sources/{}/jobs", base.path, source["id"].as_str().unwrap());
    let jobs = harness.get(&path).await["jobs"].as_array().unwrap().clone();
    assert_eq!((jobs.len(), &jobs[0]["id"]), (101, &last["id"]));
    assert!(jobs.iter().all(|job| job["id"] != first["id"]));
}

#[tokio::test]
async fn a_job_that_cannot_look_says_why_and_deletes_nothing() {
    let harness = Harness::start().await;
    let base = Base::new(&harness).await;
    let folder = docs(harness.data.path());
    std::fs::write(folder.join("a.txt"), "Something to find.").unwrap();
    let source = base.bucket(json!({"strategy": "none"})).await;
    base.sync(&source).await;
    std::fs::rename(harness.data.path().join("buckets/docs"), harness.data.path().join("elsewhere")).unwrap();
    let job = base.sync(&source).await;
    assert_eq!(job["status"], "Failed");
    assert!(job["counts"]["reasons"][0].as_str().unwrap().contains("The bucket docs is not there"), "{job}");
    assert_eq!(base.titles().await, ["a.txt"]);
}

#[tokio::test]
async fn each_kind_of_file_is_read_and_hostile_ones_fail_alone() {
    let harness = Harness::start().await;
    let base = Base::new(&harness).await;
    let body = "<w:document><w:body><w:p><w:r><w:t>Zebra crossing</w:t></w:r></w:p></w:body></w:document>";
    let bomb = word(&format!("<w:p>{}</w:p>", " ".repeat(80 * 1024 * 1024)));
    let deep = "<div>".repeat(60_000);
    let files: Vec<(&str, Vec<u8>, &str)> = vec![
        ("a.txt", b"Apples are red.".to_vec(), ""),
        ("b.pdf", pdf("Bananas are yellow."), ""),
        ("c.docx", word(body), ""),
        ("d.csv", b"fruit,colour\nDates,brown\n".to_vec(), ""),
        ("e.json", br#"{"fruit": "Elderberry"}"#.to_vec(), ""),
        ("f.jsonl", b"{\"fruit\": \"Fig\"}\n".to_vec(), ""),
        ("g.html", b"<p>Grapes</p>".to_vec(), ""),
        ("bomb.docx", bomb, "64 MiB when it is unpacked"),
        ("broken.pdf", [b"%PDF-1.4\n".to_vec(), vec![7; 5_000]].concat(), "broken PDF"),
        ("deep.html", deep.into_bytes(), "Split it."),
        ("image.pdf", vec![0x89, b'P', b'N', b'G'], "no PDF"),
        ("line.txt", vec![b'x'; 5 * 1024 * 1024], "more than 4 MiB of text"),
        ("latin.txt", vec![0xe4, 0xf6], "UTF-8"),
        ("not.json", b"[1, 2".to_vec(), "no JSON"),
    ];
    let began = Instant::now();
    for (name, bytes, _) in &files {
        let (status, item) = base.give(name, bytes.clone()).await;
        assert_eq!((status, &item["uri"]), (StatusCode::ACCEPTED, &json!(name)), "{item}");
    }
    let settled = base.settled().await;
    assert!(began.elapsed() < Duration::from_secs(100), "{:?}", began.elapsed());
    for (name, _, why) in &files {
        let (_, state, reason) = settled.iter().find(|(uri, ..)| uri == name).unwrap();
        assert_eq!(state == "failed", !why.is_empty(), "{name}: {state} {reason}");
        assert!(reason.contains(why), "{name}: {reason}");
    }
    for (word, name) in [("bananas", "b.pdf"), ("zebra", "c.docx"), ("dates", "d.csv"), ("fig", "f.jsonl")] {
        assert_eq!(base.ask(word).await, [name]);
    }
    // A file of the same name takes the place of the one before.
    base.give("a.txt", b"Apples are green.".to_vec()).await;
    base.settled().await;
    assert_eq!(base.ask("green").await, ["a.txt"]);
    assert!(base.ask("red").await.is_empty());
    let (status, refused) = base.give("x.exe", b"MZ".to_vec()).await;
    assert_eq!((status, &refused["field"]), (StatusCode::BAD_REQUEST, &json!("name")), "{refused}");
}

#[tokio::test]
async fn a_reader_is_held_by_its_limits() {
    // What would take the most memory is told, and ends within its time.
    let mut child = Command::new(env!("CARGO_BIN_EXE_anabranch"))
        .args(["read-document", "text"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let limits = || std::fs::read_to_string(format!("/proc/{}/limits", child.id()));
    let mut found = limits();
    for _ in 0..400 {
        if found.as_ref().is_ok_and(|limits| {
            // The last one that is set.
            limits.lines().any(|line| line.starts_with("Max processes") && line.contains(" 0 "))
        }) {
            break;
        }
        std::thread::sleep(Duration::from_millis(25));
        found = limits();
    }
    drop(child.stdin.take());
    child.wait().unwrap();
    // Elsewhere than on Linux there is no such file.
    let Ok(limits) = found else { return };
    let limit = |name: &str| {
        let line = limits.lines().find(|line| line.starts_with(name)).unwrap();
        line[name.len()..].split_whitespace().map(str::to_owned).take(2).collect::<Vec<_>>()
    };
    assert_eq!(limit("Max open files"), ["3", "3"]);
    assert_eq!(limit("Max processes"), ["0", "0"]);
    assert_eq!(limit("Max file size"), ["0", "0"]);
    assert_eq!(limit("Max cpu time"), ["20", "20"]);
    assert_eq!(limit("Max address space"), ["1073741824", "1073741824"]);
}

#[tokio::test]
async fn parents_are_kept_and_their_parts_are_found() {
    let harness = Harness::start().await;
    let base = Base::new(&harness).await;
    let folder = docs(harness.data.path());
    let text: String = (0..200).map(|n| format!("Sentence {n} speaks of matter number{n}. ")).collect();
    std::fs::write(folder.join("long.md"), &text).unwrap();
    let how =
        json!({"strategy": "hierarchical", "parentTokens": 300, "childTokens": 60, "overlapTokens": 10});
    let source = base.bucket(how).await;
    let job = base.sync(&source).await;
    assert_eq!(job["counts"]["added"], 1, "{job}");
    let path = format!("{}/query", base.path);
    let found = harness.ok(Method::POST, &path, json!({"text": "number77", "parents": false})).await;
    let passages = found["passages"].as_array().unwrap();
    assert!(
        !passages.is_empty() && passages.iter().all(|p| p["text"].as_str().unwrap().len() <= 240),
        "{passages:?}"
    );
    let mut database = crate::harness::database(harness.data.path()).await;
    let rows: Vec<(i64, Option<String>)> = sqlx::query_as(
        "SELECT p.is_parent, q.text FROM passages p LEFT JOIN passages q ON q.id = p.parent AND q.is_parent = 1",
    )
    .fetch_all(&mut database)
    .await
    .unwrap();
    assert!(rows.iter().filter(|(is_parent, _)| *is_parent == 1).count() > 5);
    assert!(rows.iter().all(|(is_parent, parent)| (*is_parent == 1) == parent.is_none()));
}

#[tokio::test]
async fn pages_are_read_by_their_addresses() {
    let harness = Harness::start().await;
    let base = Base::new(&harness).await;
    let pages = pages(vec![
        ("/one", "text/html", "<title>One &amp; only</title><p>Lighthouse</p>"),
        ("/two.txt", "text/plain; charset=utf-8", "Harbour"),
        ("/picture", "image/png", "x"),
    ])
    .await;
    let urls: Vec<String> =
        ["/one", "/two.txt", "/picture", "/gone"].map(|path| format!("{pages}{path}")).into();
    let source = base.source(json!({"name": "Site", "place": {"type": "web", "urls": urls}})).await;
    let job = base.sync(&source).await;
    assert_eq!((&job["counts"]["added"], &job["counts"]["failed"]), (&json!(2), &json!(2)), "{job}");
    assert_eq!(base.ask("lighthouse").await, ["One & only"]);
    let reasons = job["counts"]["reasons"].to_string();
    assert!(reasons.contains("a kind that is not read") && reasons.contains("404"), "{reasons}");
    assert_eq!(base.sync(&source).await["counts"]["unchanged"], 2);
}

#[tokio::test]
async fn a_page_that_is_away_keeps_its_document() {
    let harness = Harness::start().await;
    let base = Base::new(&harness).await;
    let (up, listener) = (Arc::new(AtomicBool::new(true)), TcpListener::bind("127.0.0.1:0").await.unwrap());
    let (answers, address) = (Arc::clone(&up), listener.local_addr().unwrap());
    let page = move || async move {
        match answers.load(Ordering::SeqCst) {
            true => (StatusCode::OK, [("content-type", "text/plain")], "Lighthouse"),
            false => (StatusCode::SERVICE_UNAVAILABLE, [("content-type", "text/plain")], ""),
        }
    };
    let site = axum::Router::new().route("/page.txt", axum::routing::get(page));
    tokio::spawn(async move { axum::serve(listener, site).await.unwrap() });
    let place = json!({"type": "web", "urls": [format!("http://{address}/page.txt")]});
    let source = base.source(json!({"name": "Site", "place": place})).await;
    assert_eq!(base.sync(&source).await["counts"]["added"], 1);
    up.store(false, Ordering::SeqCst);
    assert_eq!(base.sync(&source).await["counts"]["failed"], 1);
    assert_eq!(
        base.ask("lighthouse").await,
        [format!("http://{address}/page.txt")],
        "what it said is known still"
    );
    assert_eq!(base.settled().await[0].1, "failed");
    up.store(true, Ordering::SeqCst);
    assert_eq!(base.sync(&source).await["counts"]["failed"], 0);
    assert_eq!(base.settled().await[0].1, "indexed");
}

#[tokio::test]
async fn what_says_the_same_again_stays_and_time_goes_on() {
    let harness = Harness::start().await;
    let base = Base::new(&harness).await;
    let folder = docs(harness.data.path());
    std::fs::write(folder.join("a.md"), "Lighthouse").unwrap();
    std::fs::write(folder.join("b.md"), "Harbour").unwrap();
    let source = base.bucket(json!({"strategy": "headings"})).await;
    base.sync(&source).await;
    let documents = || async { harness.get(&format!("{}/documents", base.path)).await };
    let changed = || async { harness.get(&base.path).await["updatedAt"].as_u64().unwrap() };
    let (before, first) = (documents().await, changed().await);
    // The same text at another time.
    let later = std::time::SystemTime::now() + Duration::from_secs(60);
    std::fs::File::options().write(true).open(folder.join("a.md")).unwrap().set_modified(later).unwrap();
    let job = base.sync(&source).await;
    assert_eq!(job["counts"]["changed"], 1, "{job}");
    assert_eq!(documents().await, before);
    std::fs::remove_file(folder.join("b.md")).unwrap();
    std::fs::write(folder.join("c.md"), "Bridge").unwrap();
    base.sync(&source).await;
    assert!(changed().await > first, "a base that lost something changed after what it had");
}

#[tokio::test]
async fn what_does_not_fit_is_refused_by_its_member() {
    let harness = Harness::start().await;
    let base = Base::new(&harness).await;
    let custom = json!({"type": "custom"});
    for (create, field) in [
        (json!({"name": " ", "place": custom}), "name"),
        (json!({"name": "x", "place": {"type": "bucket", "bucket": "../x"}}), "bucket"),
        (json!({"name": "x", "place": {"type": "bucket", "bucket": "x", "prefix": "/a"}}), "prefix"),
        (json!({"name": "x", "place": {"type": "web", "urls": []}}), "urls"),
        (json!({"name": "x", "place": {"type": "web", "urls": ["file:///etc/passwd"]}}), "urls"),
        (
            json!({"name": "x", "place": custom, "chunking": {"strategy": "fixed", "maxTokens": 0, "overlapPercentage": 20}}),
            "chunking",
        ),
        (
            json!({"name": "x", "place": custom, "chunking": {"strategy": "fixed", "maxTokens": 9, "overlapPercentage": 0}}),
            "chunking",
        ),
        (
            json!({"name": "x", "place": custom, "chunking": {"strategy": "hierarchical", "parentTokens": 9, "childTokens": 9, "overlapTokens": 1}}),
            "chunking",
        ),
    ] {
        let (status, refused) =
            harness.send(Method::POST, &format!("{}/sources", base.path), create.clone()).await;
        assert_eq!(
            (status, &refused["field"]),
            (StatusCode::BAD_REQUEST, &json!(field)),
            "{create} {refused}"
        );
    }
    let given = base.source(json!({"name": "Given", "place": custom})).await;
    let twice = harness
        .send(Method::POST, &format!("{}/sources", base.path), json!({"name": "Given", "place": custom}))
        .await;
    assert_eq!((twice.0, &twice.1["code"]), (StatusCode::CONFLICT, &json!("name_taken")));
    let jobs = format!("{}/sources/{}/jobs", base.path, given["id"].as_str().unwrap());
    assert_eq!(harness.send(Method::POST, &jobs, Value::Null).await.0, StatusCode::BAD_REQUEST);
    let none = format!("{}/sources/{}/jobs/NONE/stop", base.path, given["id"].as_str().unwrap());
    assert_eq!(harness.send(Method::POST, &none, Value::Null).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_job_is_stopped_and_another_goes_on() {
    let harness = Harness::start().await;
    let base = Base::new(&harness).await;
    let folder = docs(harness.data.path());
    for n in 0..120 {
        std::fs::write(folder.join(format!("{n:03}.html")), format!("<p>Page number {n}</p>")).unwrap();
    }
    let source = base.bucket(json!({"strategy": "headings"})).await;
    let path = format!("{}/sources/{}/jobs", base.path, source["id"].as_str().unwrap());
    let job = harness.ok(Method::POST, &path, Value::Null).await;
    let twice = harness.send(Method::POST, &path, Value::Null).await;
    assert_eq!((twice.0, &twice.1["code"]), (StatusCode::CONFLICT, &json!("job_runs")));
    let path = format!("{path}/{}", job["id"].as_str().unwrap());
    while base.titles().await.is_empty() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    harness.ok(Method::POST, &format!("{path}/stop"), Value::Null).await;
    let stopped = base.ended(&path).await;
    assert_eq!(stopped["status"], "Stopped");
    let some = base.titles().await.len() as u64;
    assert!(some > 0 && some < 120, "{some}");
    let ended = harness.send(Method::POST, &format!("{path}/stop"), Value::Null).await;
    assert_eq!((ended.0, &ended.1["code"]), (StatusCode::CONFLICT, &json!("job_ended")));
    let rest = base.sync(&source).await;
    let counts = &rest["counts"];
    assert_eq!(counts["unchanged"].as_u64().unwrap() + counts["added"].as_u64().unwrap(), 120, "{rest}");
    assert_eq!(base.titles().await.len(), 120);
}

/// The real program, on a data folder.
struct Real {
    child: Child,
    url: String,
    key: String,
    client: reqwest::Client,
}

impl Real {
    fn start(data: &Path) -> Self {
        use std::io::{BufRead as _, BufReader};
        let mut child = Command::new(env!("CARGO_BIN_EXE_anabranch"))
            .args(["serve", "--listen", "127.0.0.1:0", "--no-open", "--data"])
            .arg(data)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let url = lines.next().unwrap().unwrap().rsplit(' ').next().unwrap().to_owned();
        let env =
            Command::new(env!("CARGO_BIN_EXE_anabranch")).args(["env", "--data"]).arg(data).output().unwrap();
        let env = String::from_utf8(env.stdout).unwrap();
        let key = env.lines().find_map(|line| line.strip_prefix("export ANABRANCH_API_KEY='")).unwrap();
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { child, url, key: key.trim_end_matches('\'').to_owned(), client }
    }

    async fn send(&self, method: Method, path: &str, body: Option<Value>) -> Option<Value> {
        let mut request = self.client.request(method, format!("{}{path}", self.url)).bearer_auth(&self.key);
        if let Some(body) = body {
            request = request.json(&body);
        }
        request.send().await.ok()?.json().await.ok()
    }

    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Real {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test]
async fn a_killed_server_loses_no_document_that_it_took_and_goes_on_with_its_job() {
    let data = tempfile::tempdir().unwrap();
    let folder = docs(data.path());
    for n in 0..150 {
        std::fs::write(folder.join(format!("{n:03}.html")), format!("<p>Page number {n}</p>")).unwrap();
    }
    let server = Real::start(data.path());
    let base = server.send(Method::POST, BASES, Some(json!({"name": "Shop"}))).await.unwrap();
    let path = format!("{BASES}/{}", base["id"].as_str().unwrap());
    let place = json!({"type": "bucket", "bucket": "docs", "prefix": "shop/"});
    let create = json!({"name": "Files", "place": place});
    let source = server.send(Method::POST, &format!("{path}/sources"), Some(create)).await.unwrap();
    let jobs = format!("{path}/sources/{}/jobs", source["id"].as_str().unwrap());
    let job = server.send(Method::POST, &jobs, None).await.unwrap();
    let job = format!("{jobs}/{}", job["id"].as_str().unwrap());
    let mut given = 0;
    loop {
        let name = format!("{path}/files?name=given{given}.html");
        let body = format!("<p>Given thing {given}</p>");
        let request = server.client.post(format!("{}{name}", server.url)).bearer_auth(&server.key).body(body);
        assert_eq!(request.send().await.unwrap().status(), StatusCode::ACCEPTED);
        given += 1;
        let documents = server.send(Method::GET, &format!("{path}/documents"), None).await.unwrap();
        if documents["documents"].as_array().unwrap().len() > 20 {
            break;
        }
    }
    server.kill();

    let server = Real::start(data.path());
    let mut left = Value::Null;
    for _ in 0..2400 {
        left = server.send(Method::GET, &job, None).await.unwrap();
        let waits = server.send(Method::GET, &format!("{path}/items?state=pending"), None).await.unwrap();
        if left["status"] == "Complete" && waits["items"].as_array().unwrap().is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    assert_eq!(left["status"], "Complete", "{left}");
    assert_eq!(left["counts"]["failed"], 0, "{left}");
    let documents = server.send(Method::GET, &format!("{path}/documents"), None).await.unwrap();
    assert_eq!(documents["documents"].as_array().unwrap().len(), 150 + given);
    assert!(left["counts"]["unchanged"].as_u64().unwrap() > 0, "what was read is not read again: {left}");
}
