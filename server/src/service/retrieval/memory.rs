//! Vectors beside the documents: kept in the same database, and looked at in memory.
//!
//! Always holds: what is in memory is what was on disk when the question came; all of it together is bounded, and what
//! was asked longest ago goes first.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use async_trait::async_trait;
use parking_lot::{Mutex, RwLock};

use crate::knowledge::{Matrix, VectorError, VectorSet, VectorStore, pack};
use crate::store::Store;

/// The most memory that vectors take: over a million passages by a model of 384 numbers.
const MOST: usize = 512 * 1024 * 1024;

/// Keeps vectors in the database of the documents.
#[derive(Clone)]
pub struct Memory {
    store: Store,
    held: Arc<Mutex<Cache>>,
}

#[derive(Default)]
struct Cache {
    sets: HashMap<i64, Entry>,
    /// Counts the questions.
    clock: u64,
}

struct Entry {
    set: Arc<tokio::sync::Mutex<Held>>,
    matrix: Arc<RwLock<Matrix>>,
    /// The question that used it last.
    used: u64,
}

/// How far a set was read from the disk.
#[derive(Default)]
struct Held {
    stamp: i64,
    gone: i64,
}

impl Memory {
    pub fn new(store: Store) -> Self {
        Self { store, held: Arc::default() }
    }

    /// A set in memory, as it is on disk now.
    async fn matrix(&self, set: i64) -> Result<Arc<RwLock<Matrix>>, VectorError> {
        let (held, matrix) = self.entry(set);
        // Two questions at once do not read the same twice.
        let mut held = held.lock().await;
        let Some((stamp, gone)) = self.store.vector_marks(set).await.map_err(broken)? else {
            self.held.lock().sets.remove(&set);
            return Ok(matrix);
        };
        if gone != held.gone {
            let left: HashSet<i64> = self.store.vector_ids(set).await.map_err(broken)?.into_iter().collect();
            matrix.write().keep(&left);
        }
        if stamp != held.stamp {
            let mut fits = true;
            let take = |id, vector: &[u8]| {
                let mut matrix = matrix.write();
                matrix.put(id, vector);
                fits = matrix.size() <= MOST;
                fits
            };
            self.store.vectors_since(set, held.stamp, take).await.map_err(broken)?;
            if !fits {
                self.held.lock().sets.remove(&set);
                return Err(VectorError::Broken(
                    "its vectors do not fit into the memory that there is for them".to_owned(),
                ));
            }
        }
        (held.stamp, held.gone) = (stamp, gone);
        self.make_room(set);
        Ok(matrix)
    }

    fn entry(&self, set: i64) -> (Arc<tokio::sync::Mutex<Held>>, Arc<RwLock<Matrix>>) {
        let mut cache = self.held.lock();
        cache.clock += 1;
        let used = cache.clock;
        let entry = cache.sets.entry(set).or_insert_with(|| Entry {
            set: Arc::default(),
            matrix: Arc::default(),
            used,
        });
        entry.used = used;
        (Arc::clone(&entry.set), Arc::clone(&entry.matrix))
    }

    /// Forgets what was asked longest ago, until the rest fits.
    fn make_room(&self, but: i64) {
        let mut cache = self.held.lock();
        loop {
            let size: usize = cache.sets.values().map(|entry| entry.matrix.read().size()).sum();
            let oldest =
                cache.sets.iter().filter(|(set, _)| **set != but).min_by_key(|(_, entry)| entry.used);
            match oldest.map(|(set, _)| *set) {
                Some(oldest) if size > MOST => cache.sets.remove(&oldest),
                _ => return,
            };
        }
    }
}

#[async_trait]
impl VectorStore for Memory {
    /// A set begins with what is kept of it.
    async fn begin(&self, _: &VectorSet, _: usize) -> Result<(), VectorError> {
        Ok(())
    }

    async fn put(&self, set: &VectorSet, vectors: Vec<(i64, Vec<f32>)>) -> Result<(), VectorError> {
        let packed = vectors.into_iter().map(|(id, vector)| (id, Some(pack(&vector)))).collect();
        self.store.put_vectors(set.id, packed).await.map_err(broken)
    }

    async fn nearest(
        &self,
        set: &VectorSet,
        vector: Vec<f32>,
        most: usize,
        among: Option<Arc<HashSet<i64>>>,
    ) -> Result<Vec<(i64, f64)>, VectorError> {
        let matrix = self.matrix(set.id).await?;
        let look = move || matrix.read().nearest(&vector, most, among.as_deref());
        tokio::task::spawn_blocking(look).await.map_err(|error| VectorError::Broken(error.to_string()))
    }

    /// A passage that goes takes its vectors along.
    async fn remove(&self, _: &VectorSet, _: &[i64]) -> Result<(), VectorError> {
        Ok(())
    }

    async fn forget(&self, set: &VectorSet) -> Result<(), VectorError> {
        self.held.lock().sets.remove(&set.id);
        Ok(())
    }
}

fn broken(error: crate::store::Error) -> VectorError {
    VectorError::Broken(error.to_string())
}
