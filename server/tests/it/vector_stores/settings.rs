//! Vector stores as settings: what may be said of one, what is shown, and that its secret goes nowhere else.

use reqwest::Method;
use serde_json::{Value, json};

use super::postgres::CERTIFICATE;
use super::qdrant::{FakeQdrant, KEY};
use crate::harness::Harness;

pub const STORES: &str = "/api/vector-stores";

pub async fn put(harness: &Harness, name: &str, place: Value, secret: Value) -> Value {
    let path = format!("{STORES}/{name}");
    harness.ok(Method::PUT, &path, json!({"place": place, "secret": secret})).await
}

pub fn at(fake: &FakeQdrant) -> Value {
    json!({"kind": "qdrant", "address": fake.address()})
}

async fn tried(harness: &Harness, name: &str) -> (bool, String) {
    let tried = harness.ok(Method::POST, &format!("{STORES}/{name}/test"), Value::Null).await;
    (tried["ok"].as_bool().unwrap(), tried["message"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn a_store_is_tried_and_its_secret_is_never_shown() {
    let harness = Harness::start().await;
    let fake = FakeQdrant::start().await;
    let made = put(&harness, "far", at(&fake), json!(KEY)).await;
    let shown = json!({"name": "far", "hasSecret": true, "secretHint": "5678", "usedBy": [],
        "place": {"kind": "qdrant", "address": format!("{}/", fake.address()), "prefix": "anabranch"}});
    assert_eq!(made, shown);
    assert_eq!(harness.get(STORES).await, json!({"vectorStores": [shown]}));
    assert_eq!(tried(&harness, "far").await, (true, "It takes vectors and finds them.".to_owned()));
    assert!(fake.counts().is_empty(), "a try leaves nothing there");

    // The secret stays with the address that it was given for, and is not sent to another.
    let other = FakeQdrant::start().await;
    assert_eq!(put(&harness, "far", at(&fake), Value::Null).await["hasSecret"], true);
    assert!(tried(&harness, "far").await.0);
    assert_eq!(put(&harness, "far", at(&other), Value::Null).await["hasSecret"], false);
    let (ok, message) = tried(&harness, "far").await;
    assert!(!ok && message.contains("API key"), "{message}");
    put(&harness, "far", at(&fake), json!(KEY)).await;
    assert_eq!(put(&harness, "far", at(&fake), json!("")).await["hasSecret"], false);

    fake.stop().await;
    let (ok, message) = tried(&harness, "far").await;
    assert!(!ok && message.contains("Nothing answers"), "{message}");
    for (path, method) in [("none/test", Method::POST), ("none", Method::DELETE)] {
        let (status, _) = harness.send(method, &format!("{STORES}/{path}"), Value::Null).await;
        assert_eq!(status, 404, "{path}");
    }
    assert_eq!(harness.send(Method::DELETE, &format!("{STORES}/far"), Value::Null).await.0, 204);
    assert_eq!(harness.get(STORES).await, json!({"vectorStores": []}));
}

#[tokio::test]
async fn what_is_wrong_with_a_store_is_named() {
    let harness = Harness::start().await;
    let own = harness.url.trim_start_matches("http://").to_owned();
    let pg = |change: Value| {
        let mut place = json!({"kind": "pgvector", "address": "postgres://ann@127.0.0.1/shop"});
        place.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        place
    };
    for (name, place, secret, field) in [
        ("Far", pg(json!({})), "", "name"),
        ("far", pg(json!({"address": "127.0.0.1"})), "", "address"),
        ("far", pg(json!({"address": "postgres://ann:secret@127.0.0.1/shop"})), "", "address"),
        ("far", pg(json!({"prefix": "a; drop table x"})), "", "prefix"),
        ("far", pg(json!({"certificate": "no certificate"})), "", "certificate"),
        ("far", pg(json!({})), "two\nlines", "secret"),
        ("far", json!({"kind": "qdrant", "address": "ftp://127.0.0.1"}), "", "address"),
    ] {
        let body = json!({"place": place, "secret": secret});
        let (status, answer) = harness.send(Method::PUT, &format!("{STORES}/{name}"), body).await;
        assert_eq!((status.as_u16(), &answer["field"]), (400, &json!(field)), "{answer}");
    }
    let made = put(&harness, "far", pg(json!({"certificate": CERTIFICATE})), json!("password-1234")).await;
    assert_eq!((&made["place"]["tls"], &made["secretHint"]), (&json!(true), &json!("1234")), "{made}");
    let unsafe_now = pg(json!({"certificate": CERTIFICATE, "tls": false}));
    assert_eq!(put(&harness, "far", unsafe_now, Value::Null).await["hasSecret"], false);

    // Neither this server itself nor the metadata of a cloud is called.
    for address in [own.as_str(), "169.254.169.254:80"] {
        put(&harness, "odd", pg(json!({"address": format!("postgres://a@{address}/b")})), Value::Null).await;
        let (ok, message) = tried(&harness, "odd").await;
        assert!(!ok && message.contains("may not be called"), "{message}");
    }
}
