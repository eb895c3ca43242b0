//! Stores of vectors: one contract that each keeps (this database, PostgreSQL with pgvector, Qdrant's protocol), and
//! knowledge bases whose vectors are elsewhere.

mod bases;
mod postgres;
mod qdrant;
mod settings;

use std::collections::HashSet;
use std::sync::Arc;

use server::knowledge::{VectorError, VectorSet, VectorStore};
use server::service::Memory;
use server::store::{NewDocument, NewPassage, NewVectorSet, Store};

const COUNT: i64 = 300;
const WIDTH: usize = 8;

fn set(id: i64, place: &str) -> VectorSet {
    VectorSet { id, place: place.to_owned() }
}

/// Numbers that are always the same and have no order.
fn vector(seed: i64) -> Vec<f32> {
    let mut state = u64::try_from(seed).unwrap() * 2 + 1;
    (0..WIDTH)
        .map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 40) as f32 / (1_u32 << 23) as f32 - 1.0
        })
        .collect()
}

fn cosine(a: &[f32], b: &[f32]) -> f64 {
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum::<f64>();
    dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
}

/// What is nearest to a vector of these passages, by looking at each.
fn expected(query: &[f32], among: impl Iterator<Item = i64>, most: usize) -> Vec<i64> {
    let mut all: Vec<i64> = among.collect();
    all.sort_by(|a, b| cosine(query, &vector(*b)).total_cmp(&cosine(query, &vector(*a))));
    all.truncate(most);
    all
}

async fn nearest(store: &dyn VectorStore, set: &VectorSet, query: &[f32], most: usize) -> Vec<i64> {
    let found = store.nearest(set, query.to_vec(), most, None).await.unwrap();
    assert!(found.windows(2).all(|pair| pair[0].1 >= pair[1].1), "nearest first: {found:?}");
    found.into_iter().map(|(id, _)| id).collect()
}

/// What every store does, with two sets that nobody else has.
async fn keeps_the_contract(store: &dyn VectorStore, first: &VectorSet, second: &VectorSet) {
    store.begin(first, WIDTH).await.unwrap();
    for ids in (1..=COUNT).collect::<Vec<i64>>().chunks(64) {
        store.put(first, ids.iter().map(|id| (*id, vector(*id))).collect()).await.unwrap();
    }
    // As many as are asked for, the nearest of all, each with its cosine.
    let query = vector(10_000);
    let found = store.nearest(first, query.clone(), 10, None).await.unwrap();
    let ids: HashSet<i64> = found.iter().map(|(id, _)| *id).collect();
    let wanted = expected(&query, 1..=COUNT, 10);
    // A store may round, so that two that are as good as equal change places.
    assert!(
        wanted.iter().filter(|id| ids.contains(id)).count() >= 9 && found.len() == 10,
        "{found:?} {wanted:?}"
    );
    for (id, score) in &found {
        assert!((score - cosine(&query, &vector(*id))).abs() < 0.02, "{id}: {score}");
    }
    assert_eq!(nearest(store, first, &query, 250).await.len(), 250);

    // The passages that are asked for are chosen first: here those that are farthest of all.
    let far: HashSet<i64> = expected(&query, 1..=COUNT, 300).split_off(270).into_iter().collect();
    let found = store.nearest(first, query.clone(), 10, Some(Arc::new(far.clone()))).await.unwrap();
    let wanted = expected(&query, far.into_iter(), 10);
    assert_eq!(found.len(), 10);
    assert!(found.iter().filter(|(id, _)| wanted.contains(id)).count() >= 9, "{found:?} {wanted:?}");
    let nothing = store.nearest(first, query.clone(), 10, Some(Arc::default())).await.unwrap();
    assert!(nothing.is_empty(), "{nothing:?}");

    // A vector that is there is replaced.
    store.put(first, vec![(7, query.clone())]).await.unwrap();
    let found = store.nearest(first, query.clone(), 300, None).await.unwrap();
    assert_eq!((found[0].0, found.iter().filter(|(id, _)| *id == 7).count()), (7, 1));
    assert!(found[0].1 > 0.99, "{found:?}");

    // Sets know nothing of each other.
    store.begin(second, WIDTH).await.unwrap();
    store.put(second, vec![(7, vector(1)), (8, vector(2))]).await.unwrap();
    assert_eq!(nearest(store, second, &vector(2), 10).await, [8, 7]);

    // Vectors of another width are refused or left out, and change nothing.
    let _refused_or_left_out = store.put(second, vec![(9, vec![1.0; WIDTH + 1])]).await;
    let other = store.nearest(second, vec![1.0; WIDTH + 1], 10, None).await;
    assert!(other.as_ref().map_or(true, Vec::is_empty), "{other:?}");
    assert_eq!(nearest(store, second, &vector(2), 10).await, [8, 7]);
}

/// What a store elsewhere does besides.
async fn keeps_the_contract_elsewhere(store: &dyn VectorStore, first: &VectorSet, second: &VectorSet) {
    let wrong = store.put(second, vec![(9, vec![1.0; WIDTH + 1])]).await;
    assert!(matches!(&wrong, Err(VectorError::Away(why)) if why.contains("dimension")), "{wrong:?}");
    let before = nearest(store, first, &vector(1), 300).await;
    store.remove(first, &[before[0], before[1], 1_000_000]).await.unwrap();
    assert_eq!(nearest(store, first, &vector(1), 300).await, before[2..]);
    // What is begun again is empty, and may be of another width.
    store.begin(second, 3).await.unwrap();
    store.put(second, vec![(1, vec![0.0, 1.0, 0.0])]).await.unwrap();
    assert_eq!(nearest(store, second, &[0.0, 1.0, 0.0], 10).await, [1]);
    for width in [2_001, 4_001] {
        store.begin(second, width).await.unwrap();
        let mut vector = vec![0.0; width];
        vector[width - 1] = 0.25;
        store.put(second, vec![(1, vector.clone()), (2, vec![1.0; width])]).await.unwrap();
        assert_eq!(nearest(store, second, &vector, 1).await, [1], "{width}");
    }
    // What is forgotten is lost, and not made again by what comes late.
    for set in [first, second] {
        store.forget(set).await.unwrap();
        store.forget(set).await.unwrap();
    }
    let lost = [
        store.put(first, vec![(1, vector(1))]).await,
        store.nearest(first, vector(1), 1, None).await.map(drop),
        store.remove(first, &[1]).await,
    ];
    assert!(lost.iter().all(|lost| matches!(lost, Err(VectorError::Lost))), "{lost:?}");
}

/// Nothing answers there any more.
async fn is_away(store: &dyn VectorStore, set: &VectorSet) {
    let away = [
        store.begin(set, WIDTH).await,
        store.put(set, vec![(1, vector(1))]).await,
        store.nearest(set, vector(1), 1, None).await.map(drop),
        store.remove(set, &[1]).await,
        store.forget(set).await,
    ];
    assert!(
        away.iter().all(|away| matches!(away, Err(VectorError::Away(why)) if why.len() > 10)),
        "{away:?}"
    );
}

#[tokio::test]
async fn this_database_keeps_the_contract() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _writer) = Store::open(folder.path()).await.unwrap();
    for base in ["ONE", "TWO"] {
        store.insert_knowledge_base(base.to_owned(), base.to_owned(), 1).await.unwrap();
        let new = NewVectorSet { model: "m".to_owned(), store: None, place: String::new() };
        store.begin_vectors(base.to_owned(), new).await.unwrap();
    }
    let passage = |n| NewPassage { text: format!("passage {n}"), ..NewPassage::default() };
    let document = NewDocument {
        id: "D".to_owned(),
        base: "ONE".to_owned(),
        title: "D".to_owned(),
        text: "D".to_owned(),
        digest: "D".to_owned(),
        metadata: None,
        passages: (1..=COUNT).map(passage).collect(),
        at: 1,
    };
    store.insert_document(document, "S".to_owned()).await.unwrap();
    let memory = Memory::new(store.clone());
    let ids = [store.vector_sets("ONE").await.unwrap()[0].id, store.vector_sets("TWO").await.unwrap()[0].id];
    keeps_the_contract(&memory, &set(ids[0], ""), &set(ids[1], "")).await;
    // What is on disk is read again, and goes with its passages.
    memory.forget(&set(ids[0], "")).await.unwrap();
    assert_eq!(nearest(&memory, &set(ids[0], ""), &vector(1), 300).await.len(), 300);
    store.delete_document("ONE".to_owned(), "D".to_owned(), 2).await.unwrap();
    assert_eq!(nearest(&memory, &set(ids[0], ""), &vector(1), 300).await, [0; 0]);
}
