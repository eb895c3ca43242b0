//! Storage and Retrieval: folders here, and stores elsewhere whose protocol is checked on loopback.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method as Verb, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::sync::Mutex;

use crate::harness::Harness;

const SECRET: &str = "canary/secret+key1234567890";
const KEY_ID: &str = "AKIAIOSFODNN7EXAMPLE";

/// It was made for these tests alone.
const ACCOUNT_KEY: &str = include_str!("service-account.pem");

/// Input (an object with `key` and `value`), Storage, Output; the value is written as it is.
fn writing(bucket: &str) -> Value {
    json!({"nodes": [
        {"name": "Start", "type": "Input", "outputs": [{"name": "document", "type": "Object"}]},
        {"name": "Keep", "type": "Storage",
            "configuration": {"storage": {"serviceConfiguration": {"s3": {"bucketName": bucket}}}},
            "inputs": [{"name": "content", "type": "Object", "expression": "$.data.value"},
                {"name": "objectKey", "type": "String", "expression": "$.data.key"}],
            "outputs": [{"name": "s3Uri", "type": "String"}]},
        {"name": "Out", "type": "Output", "inputs": [{"name": "document", "type": "String", "expression": "$.data"}]}],
      "connections": [data("c1", "Start", "document", "Keep", "content"),
        data("c2", "Start", "document", "Keep", "objectKey"), data("c3", "Keep", "s3Uri", "Out", "document")]})
}

/// Input (a key), Retrieval, Output of this type.
fn reading(bucket: &str, kind: &str) -> Value {
    json!({"nodes": [
        {"name": "Start", "type": "Input", "outputs": [{"name": "document", "type": "String"}]},
        {"name": "Fetch", "type": "Retrieval",
            "configuration": {"retrieval": {"serviceConfiguration": {"s3": {"bucketName": bucket}}}},
            "inputs": [{"name": "objectKey", "type": "String", "expression": "$.data"}],
            "outputs": [{"name": "s3Content", "type": kind}]},
        {"name": "Out", "type": "Output", "inputs": [{"name": "document", "type": kind, "expression": "$.data"}]}],
      "connections": [data("c1", "Start", "document", "Fetch", "objectKey"),
        data("c2", "Fetch", "s3Content", "Out", "document")]})
}

fn data(name: &str, source: &str, from: &str, target: &str, to: &str) -> Value {
    json!({"name": name, "type": "Data", "source": source, "target": target,
        "configuration": {"data": {"sourceOutput": from, "targetInput": to}}})
}

async fn flow(harness: &Harness, definition: Value) -> String {
    let made = harness.ok(Method::POST, "/api/flows", json!({"title": "F", "definition": definition})).await;
    made["id"].as_str().unwrap().to_owned()
}

async fn run(harness: &Harness, flow: &str, input: Value) -> (u16, Value) {
    let path = format!("/api/flows/{flow}/draft/invoke");
    let (status, answer) = harness.send(Method::POST, &path, json!({"input": input})).await;
    (status.as_u16(), answer)
}

#[tokio::test]
async fn a_bucket_is_a_folder_of_the_data_folder() {
    let harness = Harness::start().await;
    let (write, read) =
        (flow(&harness, writing("reports")).await, flow(&harness, reading("reports", "Object")).await);
    let value = json!({"b": 1, "a": [1.5, "ü"]});
    let (status, answer) = run(&harness, &write, json!({"key": "2026/today.json", "value": value})).await;
    assert_eq!(
        (status, &answer["outputs"][0]["value"]),
        (200, &json!("s3://reports/2026/today.json")),
        "{answer}"
    );
    let file = harness.data.path().join("buckets/reports/2026/today.json");
    assert_eq!(std::fs::read_to_string(file).unwrap(), r#"{"b":1,"a":[1.5,"ü"]}"#);
    let (status, answer) = run(&harness, &read, json!("2026/today.json")).await;
    assert_eq!((status, &answer["outputs"][0]["value"]), (200, &value), "{answer}");

    let (status, answer) = run(&harness, &read, json!("2026/none.json")).await;
    assert_eq!((status, answer["code"].as_str()), (424, Some("dependency_failed")), "{answer}");
    let detail = answer["detail"].as_str().unwrap();
    assert!(detail.contains("Fetch: There is no object s3://reports/2026/none.json"), "{detail}");
    for key in ["../master.key", "/etc/passwd", "a/../../../master.key", "a\0b", ""] {
        let (status, answer) = run(&harness, &read, json!(key)).await;
        assert_eq!((status, answer["code"].as_str()), (400, Some("validation")), "{key:?}: {answer}");
        let (status, _) = run(&harness, &write, json!({"key": key, "value": {}})).await;
        assert_eq!(status, 400, "{key:?}");
    }
    let listed = harness.get("/api/buckets").await;
    assert_eq!(listed["buckets"], json!([]));
    assert!(listed["folder"].as_str().unwrap().ends_with("/buckets"), "{listed}");

    // A wrong type is the node's, and says so.
    let texts = flow(&harness, reading("reports", "Array")).await;
    let (status, answer) = run(&harness, &texts, json!("2026/today.json")).await;
    assert_eq!((status, answer["node"].as_str()), (400, Some("Fetch")), "{answer}");
}

#[tokio::test]
async fn an_imported_name_is_led_to_a_folder() {
    let harness = Harness::start().await;
    let write = flow(&harness, writing("${DestinationBucket}")).await;
    let input = json!({"key": "k", "value": {}});
    let (status, answer) = run(&harness, &write, input.clone()).await;
    assert_eq!(status, 400);
    assert!(answer["detail"].as_str().unwrap().contains("Connections page"), "{answer}");
    let path = "/api/buckets/%24%7BDestinationBucket%7D";
    for folder in ["../x", "", "a/b", ".."] {
        let put = json!({"store": {"kind": "folder", "folder": folder}});
        assert_eq!(harness.send(Method::PUT, path, put).await.0, 400, "{folder}");
    }
    let put = json!({"store": {"kind": "folder", "folder": "destination"}});
    harness.ok(Method::PUT, path, put).await;
    let (status, answer) = run(&harness, &write, input).await;
    assert_eq!(
        (status, &answer["outputs"][0]["value"]),
        (200, &json!("s3://${DestinationBucket}/k")),
        "{answer}"
    );
    assert!(harness.data.path().join("buckets/destination/k").is_file());
    assert_eq!(harness.ok(Method::POST, &format!("{path}/test"), Value::Null).await["ok"], true);
    // It is known after a start too, and gone when it is deleted.
    let again = Harness::on(harness.stop().await).await;
    assert_eq!(again.ok(Method::POST, &format!("{path}/test"), Value::Null).await["ok"], true);
    again.ok(Method::DELETE, path, Value::Null).await;
    assert_eq!(again.ok(Method::POST, &format!("{path}/test"), Value::Null).await["ok"], false);
}

/// Why a call is refused: status and body; none where it is fine.
type Gate = fn(&Verb, &Uri, &HeaderMap, &[u8]) -> Option<(u16, String)>;

/// A store on loopback: objects by path, and whether a call may be made.
#[derive(Clone)]
struct Upstream {
    port: u16,
    state: Arc<Inner>,
}

struct Inner {
    objects: Mutex<BTreeMap<String, Bytes>>,
    calls: Mutex<Vec<(Verb, String, HeaderMap)>>,
    refuses: Gate,
    answer: Mutex<Option<(u16, String)>>,
}

impl Upstream {
    async fn start(refuses: Gate) -> Self {
        let (objects, calls) = (Mutex::default(), Mutex::default());
        let state = Arc::new(Inner { objects, calls, refuses, answer: Mutex::default() });
        let router = Router::new().fallback(answer).with_state(Arc::clone(&state));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { port, state }
    }

    fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    async fn object(&self, path: &str) -> Option<Bytes> {
        self.state.objects.lock().await.get(path).cloned()
    }
}

async fn answer(
    State(state): State<Arc<Inner>>,
    verb: Verb,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    state.calls.lock().await.push((verb.clone(), uri.to_string(), headers.clone()));
    if let Some((status, body)) = (state.refuses)(&verb, &uri, &headers, &body) {
        return (StatusCode::from_u16(status).unwrap(), body).into_response();
    }
    if let Some((status, body)) = state.answer.lock().await.clone() {
        return (StatusCode::from_u16(status).unwrap(), body).into_response();
    }
    let path = percent_encoding::percent_decode_str(uri.path()).decode_utf8().unwrap().into_owned();
    let mut objects = state.objects.lock().await;
    let known = [("etag", "\"e\""), ("last-modified", "Wed, 21 Oct 2026 07:28:00 GMT")];
    match verb {
        Verb::PUT => {
            objects.insert(path, body);
            (known, "").into_response()
        }
        Verb::DELETE => {
            objects.remove(&path);
            StatusCode::NO_CONTENT.into_response()
        }
        _ => match objects.get(&path) {
            Some(object) => (known, object.clone()).into_response(),
            None => (StatusCode::NOT_FOUND, "<Error><Code>NoSuchKey</Code></Error>").into_response(),
        },
    }
}

/// Verifies a signature as S3 does, by another implementation than the one that made it.
fn unsigned(verb: &Verb, uri: &Uri, headers: &HeaderMap, body: &[u8]) -> Option<(u16, String)> {
    use aws_sigv4::http_request::{
        PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SigningSettings,
        UriPathNormalizationMode, sign,
    };
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap().to_owned());
    let refuse = |why: &str| {
        Some((403, format!("<Error><Code>SignatureDoesNotMatch</Code><Message>{why}</Message></Error>")))
    };
    let Some(given) = text("authorization") else { return refuse("It is not signed.") };
    let (Some(date), Some(hash)) = (text("x-amz-date"), text("x-amz-content-sha256")) else {
        return refuse("It has no date or hash.");
    };
    use sha2::Digest as _;
    if hash != hex::encode(sha2::Sha256::digest(body)) {
        return refuse("The hash is another body's.");
    }
    let identity = aws_credential_types::Credentials::new(KEY_ID, SECRET, None, None, "test").into();
    let mut settings = SigningSettings::default();
    settings.percent_encoding_mode = PercentEncodingMode::Single;
    settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
    settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
    let time = jiff::fmt::strtime::parse("%Y%m%dT%H%M%SZ", &date).unwrap().to_datetime().unwrap();
    let time = time.to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp();
    let parameters = aws_sigv4::sign::v4::SigningParams::builder()
        .identity(&identity)
        .region("eu-test-1")
        .name("s3")
        .time(std::time::SystemTime::from(time))
        .settings(settings)
        .build()
        .unwrap()
        .into();
    let signed = given.split("SignedHeaders=").nth(1).unwrap().split(',').next().unwrap();
    let own = ["host", "x-amz-date", "x-amz-content-sha256"];
    if !own.iter().all(|name| signed.split(';').any(|signed| signed == *name)) {
        return refuse("What must be signed is not.");
    }
    let others: Vec<(String, String)> = signed
        .split(';')
        .filter(|name| !["x-amz-date", "x-amz-content-sha256"].contains(name))
        .map(|name| (name.to_owned(), text(name).unwrap()))
        .collect();
    let others = others.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let address = format!("http://{}{}", text("host").unwrap(), uri);
    let request = SignableRequest::new(verb.as_str(), address, others, SignableBody::Bytes(body)).unwrap();
    let (instructions, _) = sign(request, &parameters).unwrap().into_parts();
    let (wanted, _) = instructions.into_parts();
    let wanted = wanted.iter().find(|header| header.name() == "authorization").unwrap().value().to_owned();
    let same = |text: &str| text.replace(", ", ",");
    (same(&wanted) != same(&given)).then(|| {
        (403, "<Error><Code>SignatureDoesNotMatch</Code><Message>Another key.</Message></Error>".to_owned())
    })
}

fn s3(upstream: &Upstream) -> Value {
    json!({"store": {"kind": "s3", "bucket": "there", "endpoint": upstream.url(), "region": "eu-test-1",
        "accessKeyId": KEY_ID, "pathStyle": true}, "secret": SECRET})
}

#[tokio::test]
async fn s3_is_signed_and_asked_by_path() {
    let upstream = Upstream::start(unsigned).await;
    let harness = Harness::start().await;
    let bucket = harness.ok(Method::PUT, "/api/buckets/reports", s3(&upstream)).await;
    assert_eq!((&bucket["hasSecret"], &bucket["secretHint"]), (&json!(true), &json!("7890")), "{bucket}");
    let (write, read) =
        (flow(&harness, writing("reports")).await, flow(&harness, reading("reports", "String")).await);
    let key = "2026/grüße & %2e+.json";
    let (status, answer) = run(&harness, &write, json!({"key": key, "value": {"a": 1}})).await;
    assert_eq!(
        (status, &answer["outputs"][0]["value"]),
        (200, &json!(format!("s3://reports/{key}"))),
        "{answer}"
    );
    assert_eq!(upstream.object(&format!("/there/{key}")).await.unwrap(), r#"{"a":1}"#);
    let (status, answer) = run(&harness, &read, json!(key)).await;
    assert_eq!((status, &answer["outputs"][0]["value"]), (200, &json!(r#"{"a":1}"#)), "{answer}");
    assert!(!harness.data.path().join("buckets/reports").exists());

    let (status, answer) = run(&harness, &read, json!("none")).await;
    assert_eq!((status, answer["code"].as_str()), (424, Some("dependency_failed")));
    assert!(answer["detail"].as_str().unwrap().contains("There is no object s3://reports/none"), "{answer}");
    let before = upstream.state.calls.lock().await.len();
    for key in ["../other/secret", "/x", "a/../../other", "", "a\0"] {
        assert_eq!(run(&harness, &read, json!(key)).await.0, 400, "{key:?}");
    }
    assert_eq!(upstream.state.calls.lock().await.len(), before, "a refused key is not asked for");

    assert_eq!(harness.ok(Method::POST, "/api/buckets/reports/test", Value::Null).await["ok"], true);
    assert!(upstream.object("/there/anabranch-test.txt").await.is_none(), "the test cleans up");
    for told in [harness.get("/api/buckets").await, bucket] {
        assert!(!told.to_string().contains("canary"), "{told}");
    }
    let stored = std::fs::read(harness.data.path().join("anabranch.db")).unwrap();
    assert!(!String::from_utf8_lossy(&stored).contains("canary"), "the secret is sealed");
    let again = Harness::on(harness.stop().await).await;
    assert_eq!(again.ok(Method::POST, "/api/buckets/reports/test", Value::Null).await["ok"], true);
}

#[tokio::test]
async fn a_secret_stays_with_its_address_and_failures_say_what_to_do() {
    let upstream = Upstream::start(unsigned).await;
    let harness = Harness::start().await;
    harness.ok(Method::PUT, "/api/buckets/b", s3(&upstream)).await;
    let mut put = s3(&upstream);
    put.as_object_mut().unwrap().remove("secret");
    harness.ok(Method::PUT, "/api/buckets/b", put.clone()).await;
    assert_eq!(harness.ok(Method::POST, "/api/buckets/b/test", Value::Null).await["ok"], true, "it is kept");
    let elsewhere = Upstream::start(|_, _, _, _| None).await;
    for (member, value) in [("endpoint", json!(elsewhere.url())), ("accessKeyId", json!("AKIAOTHER"))] {
        let mut other = put.clone();
        other["store"][member] = value;
        let (status, answer) = harness.send(Method::PUT, "/api/buckets/b", other).await;
        assert_eq!((status.as_u16(), &answer["field"]), (400, &json!("secret")), "{answer}");
    }
    let read = flow(&harness, reading("b", "String")).await;
    let mut wrong = s3(&upstream);
    wrong["secret"] = json!("canary-of-another-key");
    harness.ok(Method::PUT, "/api/buckets/b", wrong).await;
    let (status, answer) = run(&harness, &read, json!("k")).await;
    let detail = answer["detail"].as_str().unwrap();
    assert_eq!((status, answer["code"].as_str()), (424, Some("dependency_failed")), "{answer}");
    assert!(detail.contains("refuses it") && detail.contains("SignatureDoesNotMatch"), "{detail}");
    assert!(detail.contains("Connections page") && !detail.contains("canary"), "{detail}");

    harness.ok(Method::PUT, "/api/buckets/b", s3(&upstream)).await;
    for (answered, code, told) in [
        ((200, "x".repeat(10 * 1024 * 1024 + 1)), "bad_gateway", "larger than 10 MiB"),
        (
            (400, "<Error><Code>Odd</Code><Message>No.</Message></Error>".to_owned()),
            "dependency_failed",
            "Odd: No.",
        ),
        ((302, String::new()), "dependency_failed", "could not be read"),
    ] {
        let headers = answered.0 == 200;
        if headers {
            upstream.state.objects.lock().await.insert("/there/k".to_owned(), Bytes::from(answered.1));
        } else {
            *upstream.state.answer.lock().await = Some(answered);
        }
        let (_, answer) = run(&harness, &read, json!("k")).await;
        assert_eq!(answer["code"], code, "{answer}");
        assert!(answer["detail"].as_str().unwrap().contains(told), "{told}: {answer}");
    }
    let mut gone = s3(&upstream);
    gone["store"]["endpoint"] = json!("http://127.0.0.1:9");
    harness.ok(Method::PUT, "/api/buckets/b", gone).await;
    let (_, answer) = run(&harness, &read, json!("k")).await;
    assert!(answer["detail"].as_str().unwrap().contains("nothing answers at http://127.0.0.1:9"), "{answer}");
    let mut own = s3(&upstream);
    own["store"]["endpoint"] = json!(harness.url);
    harness.ok(Method::PUT, "/api/buckets/b", own).await;
    let (_, answer) = run(&harness, &read, json!("k")).await;
    assert!(answer["detail"].as_str().unwrap().contains("this server itself"), "{answer}");
}

#[tokio::test]
async fn what_is_no_store_is_refused_by_member() {
    let harness = Harness::start().await;
    let good = json!({"kind": "s3", "bucket": "b", "region": "r", "accessKeyId": "k", "pathStyle": true});
    let with = |member: &str, value: Value| {
        let mut store = good.clone();
        store[member] = value;
        store
    };
    for (store, field) in [
        (with("bucket", json!("../b")), "bucket"),
        (with("bucket", json!("b/c")), "bucket"),
        (with("region", json!("")), "region"),
        (with("region", json!("a b")), "region"),
        (with("accessKeyId", json!("a b")), "accessKeyId"),
        (with("endpoint", json!("ftp://x")), "endpoint"),
        (with("endpoint", json!("http://a:b@x")), "endpoint"),
        (with("endpoint", json!("nonsense")), "endpoint"),
        (json!({"kind": "gcs", "bucket": "b"}), "secret"),
    ] {
        let body = json!({"store": store, "secret": "no service account"});
        let (status, answer) = harness.send(Method::PUT, "/api/buckets/b", body).await;
        assert_eq!((status.as_u16(), answer["field"].as_str()), (400, Some(field)), "{answer}");
    }
    let path_style = json!({"store": {"kind": "s3", "bucket": "b", "region": "r", "accessKeyId": "k",
        "endpoint": "http://127.0.0.1:9"}, "secret": "s"});
    let (status, answer) = harness.send(Method::PUT, "/api/buckets/b", path_style).await;
    assert_eq!(status, 400);
    assert!(answer["detail"].as_str().unwrap().contains("in its path"), "{answer}");
    let (status, _) =
        harness.send(Method::PUT, "/api/buckets/a%20b", json!({"store": good, "secret": "s"})).await;
    assert_eq!(status, 400);
    assert_eq!(harness.send(Method::DELETE, "/api/buckets/b", Value::Null).await.0, 404);
}

/// As Google's documentation of the XML API has it: a bearer token, which a service account signs for itself.
fn without_token(_: &Verb, _: &Uri, headers: &HeaderMap, _: &[u8]) -> Option<(u16, String)> {
    use base64::Engine as _;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
    use ring::signature::{KeyPair as _, RSA_PKCS1_2048_8192_SHA256, RsaKeyPair, UnparsedPublicKey};
    let token = headers.get("authorization").and_then(|value| value.to_str().ok());
    let token = token.unwrap_or_default().trim_start_matches("Bearer ");
    let Some((message, signature)) = token.rsplit_once('.') else {
        return Some((401, "<Error><Code>AuthenticationRequired</Code></Error>".to_owned()));
    };
    let pem: String = ACCOUNT_KEY.lines().filter(|line| !line.starts_with('-')).collect();
    let pair = RsaKeyPair::from_pkcs8(&STANDARD.decode(pem).unwrap()).unwrap();
    let public = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, pair.public_key().as_ref());
    let signed = public.verify(message.as_bytes(), &URL_SAFE_NO_PAD.decode(signature).unwrap()).is_ok();
    let claims = URL_SAFE_NO_PAD.decode(message.split('.').nth(1).unwrap()).unwrap();
    let claims: Value = serde_json::from_slice(&claims).unwrap();
    let good = signed
        && claims["iss"] == "robot@project.iam.gserviceaccount.com"
        && claims["scope"].as_str().is_some_and(|scope| scope.contains("https://www.googleapis.com/auth/"));
    (!good).then(|| (401, "<Error><Code>AuthenticationRequired</Code></Error>".to_owned()))
}

#[tokio::test]
async fn google_is_asked_with_a_token_of_the_service_account() {
    let upstream = Upstream::start(without_token).await;
    let harness = Harness::start().await;
    let account = json!({"type": "service_account", "client_email": "robot@project.iam.gserviceaccount.com",
        "private_key_id": "canary-id", "private_key": ACCOUNT_KEY, "gcs_base_url": "http://169.254.169.254"});
    let put = json!({"store": {"kind": "gcs", "bucket": "there", "endpoint": upstream.url()},
        "secret": account.to_string()});
    let bucket = harness.ok(Method::PUT, "/api/buckets/cloud", put).await;
    assert_eq!(bucket["secretHint"], "robot@project.iam.gserviceaccount.com");
    let (write, read) =
        (flow(&harness, writing("cloud")).await, flow(&harness, reading("cloud", "Object")).await);
    let (status, answer) = run(&harness, &write, json!({"key": "a/b c", "value": {"a": 1}})).await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(upstream.object("/there/a/b c").await.unwrap(), r#"{"a":1}"#);
    let (status, answer) = run(&harness, &read, json!("a/b c")).await;
    assert_eq!((status, &answer["outputs"][0]["value"]), (200, &json!({"a": 1})), "{answer}");
    assert_eq!(harness.ok(Method::POST, "/api/buckets/cloud/test", Value::Null).await["ok"], true);
    assert!(!harness.get("/api/buckets").await.to_string().contains("canary"));

    let broken = json!({"client_email": "a@b", "private_key_id": "x", "private_key": "canary"}).to_string();
    let put = json!({"store": {"kind": "gcs", "bucket": "there"}, "secret": broken});
    let (status, answer) = harness.send(Method::PUT, "/api/buckets/cloud2", put).await;
    assert_eq!(status, 400);
    assert!(!answer.to_string().contains("canary"), "{answer}");
}
