//! Clearing: vectors whose passages are gone, and sets that are not asked any more, go here and in the stores elsewhere.
//!
//! Always holds: what is to go elsewhere is remembered on disk until it is gone there; a store that is away keeps no
//! other from being cleared, and is tried again.

use std::collections::HashMap;

use tokio_util::sync::CancellationToken;
use tracing::warn;

use super::Retriever;
use super::embedding::AGAIN;
use crate::clock;
use crate::error::Result;
use crate::knowledge::{VectorError, VectorSet};

/// The stores that could not be cleared, and when it is tried again.
#[derive(Default)]
pub struct Away(HashMap<String, u64>);

impl Retriever {
    /// Clears what there is to clear.
    pub(super) async fn clear(&self, away: &mut Away, stopping: &CancellationToken) -> Result<()> {
        while !stopping.is_cancelled() && self.store.clear_vectors().await? {}
        for gone in self.store.gone_vectors().await? {
            let set = VectorSet { id: gone.set, place: gone.place };
            let removing = async { self.stores.of(Some(&gone.store))?.remove(&set, &gone.passages).await };
            if away.tried(&gone.store, removing, stopping).await {
                self.store.deleted_vectors(gone.set, gone.passages).await?;
            }
        }
        for (store, place) in self.store.left_vector_sets().await? {
            let set = VectorSet { id: 0, place: place.clone() };
            let forgetting = async { self.stores.of(Some(&store))?.forget(&set).await };
            if away.tried(&store, forgetting, stopping).await {
                self.store.forgotten_vector_set(store, place).await?;
            }
        }
        Ok(())
    }
}

impl Away {
    /// Does something in a store, unless that was away a moment ago; whether it is done.
    async fn tried(
        &mut self,
        store: &str,
        work: impl Future<Output = std::result::Result<(), VectorError>>,
        stopping: &CancellationToken,
    ) -> bool {
        if self.0.get(store).is_some_and(|again| *again > clock::now()) {
            return false;
        }
        let done = tokio::select! {
            () = stopping.cancelled() => return false,
            done = work => done,
        };
        match done {
            Ok(()) | Err(VectorError::Lost) => {
                self.0.remove(store);
                true
            }
            Err(error) => {
                warn!(store.name = store, "what is gone here could not be deleted there: {error}");
                self.0.insert(store.to_owned(), clock::now() + AGAIN);
                false
            }
        }
    }
}
