//! Qdrant's REST interface on loopback, written from its documentation: it keeps points, and refuses what does not fit.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{post, put};
use axum::{Json, Router};
use parking_lot::Mutex;
use serde_json::{Value, json};
use server::egress::Egress;
use server::knowledge::{Qdrant, VectorError, VectorStore as _};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::{is_away, keeps_the_contract, keeps_the_contract_elsewhere, set};

pub const KEY: &str = "canary-key-of-qdrant-5678";

#[derive(Default)]
pub struct Collection {
    pub width: usize,
    pub points: BTreeMap<u64, Vec<f64>>,
}

type Collections = Arc<Mutex<BTreeMap<String, Collection>>>;

pub struct FakeQdrant {
    pub port: u16,
    pub collections: Collections,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<()>,
}

impl FakeQdrant {
    pub async fn start() -> Self {
        Self::on(0, Collections::default()).await
    }

    async fn on(port: u16, collections: Collections) -> Self {
        let router = Router::new()
            .route("/collections/{name}", put(create).delete(remove))
            .route("/collections/{name}/points", put(upsert))
            .route("/collections/{name}/points/query", post(query))
            .route("/collections/{name}/points/delete", post(delete_points))
            .with_state(Arc::clone(&collections));
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = axum::serve(listener, router).with_graceful_shutdown(async move {
            let _ = stopped.await;
        });
        let serving = tokio::spawn(async move { serving.await.unwrap() });
        Self { port, collections, stop, serving }
    }

    pub fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Nothing answers; what it keeps stays.
    pub async fn stop(self) -> (u16, Collections) {
        self.stop.send(()).unwrap();
        self.serving.await.unwrap();
        (self.port, self.collections)
    }

    pub async fn again((port, collections): (u16, Collections)) -> Self {
        Self::on(port, collections).await
    }

    /// How many points its collections have, each.
    pub fn counts(&self) -> Vec<usize> {
        self.collections.lock().values().map(|collection| collection.points.len()).collect()
    }
}

type Asked = (StatusCode, String);

fn wrong(message: impl Into<String>) -> Asked {
    (StatusCode::BAD_REQUEST, message.into())
}

fn answer(done: Result<Value, Asked>) -> Response {
    match done {
        Ok(result) => Json(json!({"result": result, "status": "ok", "time": 0.001})).into_response(),
        Err((status, error)) => {
            (status, Json(json!({"status": {"error": error}, "time": 0.001}))).into_response()
        }
    }
}

fn check(headers: &HeaderMap, body: &Value, members: &[&str]) -> Result<(), Asked> {
    if headers.get("api-key").is_none_or(|key| key != KEY) {
        return Err((
            StatusCode::UNAUTHORIZED,
            "Must provide an API key or an Authorization bearer token".into(),
        ));
    }
    let known = |member: &&String| !members.contains(&member.as_str());
    match body.as_object().and_then(|body| body.keys().find(known)) {
        Some(member) => Err(wrong(format!("Format error in JSON body: unknown field `{member}`"))),
        None => Ok(()),
    }
}

/// A change is only known to be done where the caller waits for it.
fn waits(query: &BTreeMap<String, String>) -> Result<(), Asked> {
    let waits = query.get("wait").is_some_and(|wait| wait == "true");
    if waits { Ok(()) } else { Err(wrong("the test wants wait=true")) }
}

fn of<'a>(
    collections: &'a mut BTreeMap<String, Collection>,
    name: &str,
) -> Result<&'a mut Collection, Asked> {
    let missing = || (StatusCode::NOT_FOUND, format!("Not found: Collection `{name}` doesn't exist!"));
    collections.get_mut(name).ok_or_else(missing)
}

/// It is made as long as 1, as Qdrant does for cosines.
fn read(vector: &Value, width: usize) -> Result<Vec<f64>, Asked> {
    let numbers: Option<Vec<f64>> = vector.as_array().and_then(|all| all.iter().map(Value::as_f64).collect());
    let numbers = numbers.ok_or_else(|| wrong("Format error in JSON body: a vector is a list of numbers"))?;
    if numbers.len() != width {
        let message =
            format!("Wrong input: Vector dimension error: expected dim: {width}, got {}", numbers.len());
        return Err(wrong(message));
    }
    let length = numbers.iter().map(|number| number * number).sum::<f64>().sqrt();
    Ok(numbers.iter().map(|number| number / length.max(f64::MIN_POSITIVE)).collect())
}

fn ids(list: &Value) -> Result<Vec<u64>, Asked> {
    let ids = list.as_array().and_then(|all| all.iter().map(Value::as_u64).collect());
    ids.ok_or_else(|| wrong("Format error in JSON body: a point's id is an unsigned integer or a UUID"))
}

async fn create(
    State(all): State<Collections>,
    Path(name): Path<String>,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> Response {
    answer((|| {
        check(&headers, &body, &["vectors"])?;
        let width = body["vectors"]["size"].as_u64().ok_or_else(|| wrong("missing field `size`"))?;
        if body["vectors"]["distance"] != "Cosine" {
            return Err(wrong("the test wants cosines"));
        }
        let mut all = all.lock();
        if all.contains_key(&name) {
            return Err((StatusCode::CONFLICT, format!("Wrong input: Collection `{name}` already exists!")));
        }
        all.insert(name, Collection { width: usize::try_from(width).unwrap(), ..Collection::default() });
        Ok(json!(true))
    })())
}

async fn remove(State(all): State<Collections>, Path(name): Path<String>, headers: HeaderMap) -> Response {
    answer(check(&headers, &Value::Null, &[]).map(|()| json!(all.lock().remove(&name).is_some())))
}

async fn upsert(
    State(all): State<Collections>,
    Path(name): Path<String>,
    Query(asked): Query<BTreeMap<String, String>>,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> Response {
    answer((|| {
        check(&headers, &body, &["points"])?;
        waits(&asked)?;
        let mut all = all.lock();
        let collection = of(&mut all, &name)?;
        let points = body["points"].as_array().ok_or_else(|| wrong("missing field `points`"))?;
        for point in points {
            check(&headers, point, &["id", "vector"])?;
            let vector = read(&point["vector"], collection.width)?;
            collection.points.insert(ids(&json!([point["id"]]))?[0], vector);
        }
        Ok(json!({"operation_id": 1, "status": "completed"}))
    })())
}

async fn query(
    State(all): State<Collections>,
    Path(name): Path<String>,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> Response {
    answer((|| {
        check(&headers, &body, &["query", "limit", "filter", "with_payload", "with_vector"])?;
        let mut all = all.lock();
        let collection = of(&mut all, &name)?;
        let vector = read(&body["query"], collection.width)?;
        let limit =
            body["limit"].as_u64().filter(|limit| *limit > 0).ok_or_else(|| wrong("limit is 1 or more"))?;
        let among = match &body["filter"] {
            Value::Null => None,
            filter => Some(ids(&filter["must"][0]["has_id"])?),
        };
        let score = |point: &[f64]| point.iter().zip(&vector).map(|(a, b)| a * b).sum::<f64>();
        let mut found: Vec<(u64, f64)> = collection
            .points
            .iter()
            .filter(|(id, _)| among.as_ref().is_none_or(|among| among.contains(id)))
            .map(|(id, point)| (*id, score(point)))
            .collect();
        found.sort_by(|a, b| b.1.total_cmp(&a.1));
        found.truncate(usize::try_from(limit).unwrap());
        let point = |(id, score): (u64, f64)| json!({"id": id, "version": 0, "score": score});
        Ok(json!({"points": found.into_iter().map(point).collect::<Vec<_>>()}))
    })())
}

async fn delete_points(
    State(all): State<Collections>,
    Path(name): Path<String>,
    Query(asked): Query<BTreeMap<String, String>>,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> Response {
    answer((|| {
        check(&headers, &body, &["points"])?;
        waits(&asked)?;
        let mut all = all.lock();
        let collection = of(&mut all, &name)?;
        for id in ids(&body["points"])? {
            collection.points.remove(&id);
        }
        Ok(json!({"operation_id": 2, "status": "completed"}))
    })())
}

fn store(fake: &FakeQdrant, key: Option<&str>) -> Qdrant {
    let address = fake.address().parse().unwrap();
    Qdrant::new(Egress::new().unwrap(), address, key.map(str::to_owned), "contract".to_owned())
}

#[tokio::test]
async fn qdrant_keeps_the_contract() {
    let fake = FakeQdrant::start().await;
    let (qdrant, first, second) = (store(&fake, Some(KEY)), set(1, "first"), set(2, "second"));
    keeps_the_contract(&qdrant, &first, &second).await;
    assert_eq!(
        fake.collections.lock().keys().cloned().collect::<Vec<_>>(),
        ["contract_first", "contract_second"]
    );
    keeps_the_contract_elsewhere(&qdrant, &first, &second).await;
    assert!(fake.counts().is_empty());

    for key in [None, Some("another")] {
        let refused = store(&fake, key).begin(&first, 3).await;
        assert!(matches!(&refused, Err(VectorError::Away(why)) if why.contains("API key")), "{refused:?}");
    }
    fake.stop().await;
    is_away(&qdrant, &first).await;
}

#[tokio::test]
async fn what_is_not_qdrant_is_not_taken_for_an_empty_one() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, Router::new()).await.unwrap() });
    let qdrant = Qdrant::new(Egress::new().unwrap(), address.parse().unwrap(), None, "contract".to_owned());
    is_away(&qdrant, &set(1, "first")).await;
}
