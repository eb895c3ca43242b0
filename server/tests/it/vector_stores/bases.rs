//! Knowledge bases whose vectors are in a store elsewhere: they move there and back, what goes here goes there, and what
//! happens while it is away.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use server::egress::Egress;
use server::knowledge::{PgVector, Postgres, VectorError, VectorStore as _};
use server::task::Supervisor;
use sqlx::Connection as _;

use super::qdrant::{FakeQdrant, KEY};
use super::settings::{STORES, at, put};
use super::{postgres, set};
use crate::harness::{Harness, database};
use crate::retrieval::{BASES, add, ask, choose, pets, titles, until, until_ready};
use crate::upstream::{Embeds, Upstream};

async fn move_to(harness: &Harness, base: &str, store: &str) -> Value {
    harness.ok(Method::PUT, &format!("{BASES}/{base}"), json!({"vectorStore": store})).await
}

async fn by_meaning(harness: &Harness, base: &str) -> Vec<String> {
    let question = json!({"text": "parcel", "ranking": "semantic", "minimumScore": 0.5});
    let found = ask(harness, base, question).await;
    assert_eq!((&found["ranking"], &found["note"]), (&json!("semantic"), &Value::Null), "{found}");
    titles(&found).into_iter().map(str::to_owned).collect()
}

async fn delete(harness: &Harness, base: &str, title: &str) {
    let documents = harness.get(&format!("{BASES}/{base}/documents")).await;
    let found = documents["documents"].as_array().unwrap().iter().find(|one| one["title"] == title).unwrap();
    let path = format!("{BASES}/{base}/documents/{}", found["id"].as_str().unwrap());
    harness.ok(Method::DELETE, &path, Value::Null).await;
}

async fn eventually(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    for _ in 0..800 {
        if holds().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("not seen: {what}");
}

/// Vectors that are in the server's own database, and what the one set is called elsewhere.
async fn kept_here(harness: &Harness) -> (i64, String) {
    let mut beside = database(harness.data.path()).await;
    let count = "SELECT count(*) FROM passage_vectors WHERE vector IS NOT NULL";
    let count: i64 = sqlx::query_scalar(count).fetch_one(&mut beside).await.unwrap();
    let place = "SELECT place FROM vector_sets WHERE state = 'live'";
    let place: String = sqlx::query_scalar(place).fetch_one(&mut beside).await.unwrap();
    beside.close().await.unwrap();
    (count, place)
}

/// A base goes to a store and lives there; what it is called there.
async fn goes_there(harness: &Harness, upstream: &Upstream, place: Value, secret: &str) -> (String, String) {
    put(harness, "far", place, json!(secret)).await;
    let base = pets(harness).await;
    until_ready(harness, &base, 3).await;
    upstream.set_embeds(Embeds::Hold(1)).await;
    move_to(harness, &base, "far").await;
    let found = until(harness, &base, |found| found["state"] == "working").await;
    assert_eq!((&found["untilThen"], &found["done"]), (&json!("test/model"), &json!(0)), "{found}");
    assert_eq!(by_meaning(harness, &base).await, ["Shipping"], "what was here answers");
    upstream.set_embeds(Embeds::Answer).await;
    until_ready(harness, &base, 3).await;
    let shown = harness.get(&format!("{BASES}/{base}")).await;
    assert_eq!(
        (&shown["vectorStore"], shown["embedding"].get("untilThen")),
        (&json!("far"), None),
        "{shown}"
    );
    assert_eq!(by_meaning(harness, &base).await, ["Shipping"]);
    eventually("the vectors here go", async || kept_here(harness).await.0 == 0).await;

    delete(harness, &base, "Shipping").await;
    assert!(by_meaning(harness, &base).await.is_empty());
    add(harness, &base, "Post", "A shipment of paint.").await;
    until_ready(harness, &base, 3).await;
    assert_eq!(by_meaning(harness, &base).await, ["Post"]);
    let found = ask(harness, &base, json!({"text": "melody"})).await;
    assert_eq!((titles(&found)[0], &found["ranking"]), ("Songs", &json!("hybrid")), "{found}");

    let (status, refused) = harness.send(Method::DELETE, &format!("{STORES}/far"), Value::Null).await;
    assert_eq!((status.as_u16(), &refused["code"]), (409, &json!("in_use")), "{refused}");
    assert!(refused["detail"].as_str().unwrap().contains("Base of test/model"), "{refused}");
    let (status, refused) =
        harness.send(Method::PUT, &format!("{BASES}/{base}"), json!({"vectorStore": "none"})).await;
    assert_eq!((status.as_u16(), &refused["field"]), (400, &json!("vectorStore")), "{refused}");
    let place = kept_here(harness).await.1;
    (base, place)
}

async fn comes_back(harness: &Harness, base: &str) {
    move_to(harness, base, "").await;
    let found = until_ready(harness, base, 3).await;
    assert_eq!(found.get("untilThen"), None, "{found}");
    assert_eq!(harness.get(&format!("{BASES}/{base}")).await.get("vectorStore"), None);
    assert_eq!(by_meaning(harness, base).await, ["Post"]);
}

#[tokio::test]
async fn a_base_lives_in_qdrant_and_comes_back() {
    let (upstream, fake) = (Upstream::echo().await, FakeQdrant::start().await);
    let harness = Harness::with(&upstream).await;
    let (base, place) = goes_there(&harness, &upstream, at(&fake), KEY).await;
    assert_eq!(fake.collections.lock().keys().cloned().collect::<Vec<_>>(), [format!("anabranch_{place}")]);
    eventually("what is deleted here is deleted there", async || fake.counts() == [3]).await;
    assert_eq!(fake.collections.lock().values().next().unwrap().width, 7);

    // It is found there again by the server's next start, secret and all.
    let harness = Harness::on(harness.stop().await).await;
    assert_eq!(by_meaning(&harness, &base).await, ["Post"]);
    comes_back(&harness, &base).await;
    eventually("nothing is left there", async || fake.counts().is_empty()).await;
    assert_eq!(harness.send(Method::DELETE, &format!("{STORES}/far"), Value::Null).await.0, 204);
}

#[tokio::test]
async fn a_base_lives_in_postgres_and_comes_back() {
    let Some(port) = postgres::port().await else { return };
    let upstream = Upstream::echo().await;
    let harness = Harness::with(&upstream).await;
    let address = format!("postgres://postgres@127.0.0.1:{port}/postgres");
    let place = json!({"kind": "pgvector", "address": address, "tls": false, "prefix": "bases"});
    let (base, place) = goes_there(&harness, &upstream, place, "postgres").await;
    let beside = PgVector::new(
        Egress::new().unwrap(),
        Supervisor::default(),
        Postgres { prefix: "bases".to_owned(), ..postgres::at("127.0.0.1", port) },
    );
    let there = async || beside.nearest(&set(0, &place), vec![1.0; 7], 10, None).await;
    eventually("what is deleted here is deleted there", async || there().await.unwrap().len() == 3).await;
    comes_back(&harness, &base).await;
    eventually("nothing is left there", async || matches!(there().await, Err(VectorError::Lost))).await;
}

#[tokio::test]
async fn words_answer_while_a_store_is_away_and_nothing_is_lost() {
    let (upstream, fake) = (Upstream::echo().await, FakeQdrant::start().await);
    let harness = Harness::with(&upstream).await;
    put(&harness, "far", at(&fake), json!(KEY)).await;
    let base = pets(&harness).await;
    move_to(&harness, &base, "far").await;
    until_ready(&harness, &base, 3).await;
    let fake = fake.stop().await;
    let found = ask(&harness, &base, json!({"text": "courier"})).await;
    assert_eq!((titles(&found), &found["ranking"]), (vec!["Shipping"], &json!("lexical")), "{found}");
    let note = found["note"].as_str().unwrap();
    for part in ["Words answered.", "vector store far", "Nothing answers", "Connections page"] {
        assert!(note.contains(part), "{note}");
    }
    // What is added now is found by its words, and is read when the store is back.
    add(&harness, &base, "Post", "A shipment of paint.").await;
    let found = until(&harness, &base, |found| found["state"] == "waiting").await;
    assert!(found["message"].as_str().unwrap().contains("vector store far"), "{found}");
    assert_eq!(titles(&ask(&harness, &base, json!({"text": "paint"})).await), ["Post"]);
    delete(&harness, &base, "Pets").await;
    let fake = FakeQdrant::again(fake).await;
    until_ready(&harness, &base, 3).await;
    assert_eq!(by_meaning(&harness, &base).await.len(), 2);
    eventually("what was deleted meanwhile goes there too", async || fake.counts() == [3]).await;

    // A store that has lost what it had gets it again.
    fake.collections.lock().clear();
    let found = ask(&harness, &base, json!({"text": "courier", "ranking": "semantic"})).await;
    assert_eq!((titles(&found), &found["ranking"]), (vec!["Shipping"], &json!("lexical")), "{found}");
    assert!(found["note"].as_str().unwrap().contains("has lost"), "{found}");
    eventually("all is there again", async || fake.counts() == [3]).await;
    until_ready(&harness, &base, 3).await;
    assert_eq!(by_meaning(&harness, &base).await.len(), 2);

    // A base that is deleted while its store is away is forgotten there later.
    let fake = fake.stop().await;
    assert_eq!(harness.send(Method::DELETE, &format!("{BASES}/{base}"), Value::Null).await.0, 204);
    let fake = FakeQdrant::again(fake).await;
    assert_eq!(fake.counts(), [3]);
    eventually("nothing is left there", async || fake.counts().is_empty()).await;
    assert_eq!(harness.send(Method::DELETE, &format!("{STORES}/far"), Value::Null).await.0, 204);
}

#[tokio::test]
async fn without_a_model_nothing_is_kept_there() {
    let (upstream, fake) = (Upstream::echo().await, FakeQdrant::start().await);
    let harness = Harness::with(&upstream).await;
    put(&harness, "far", at(&fake), json!(KEY)).await;
    let base = pets(&harness).await;
    move_to(&harness, &base, "far").await;
    until_ready(&harness, &base, 3).await;
    choose(&harness, &base, "").await;
    eventually("nothing is left there", async || fake.counts().is_empty()).await;
    choose(&harness, &base, "test/wide").await;
    until_ready(&harness, &base, 3).await;
    assert_eq!(fake.collections.lock().values().next().unwrap().width, 8);
    assert_eq!(by_meaning(&harness, &base).await, ["Shipping"]);
}
