//! Reading passages: each base's are given vectors by the model that it wants, in the store that it wants, in the
//! background.
//!
//! Always holds: a set answers only when every passage has had its vector, and never when there was none to read; a base
//! whose model or store changes is answered by the vectors that it had until then; which passages were read is on disk
//! after their vectors are, so that a server that stops goes on where it was. What goes wrong is told with the base and
//! tried again.

use std::collections::HashMap;
use std::time::Duration;

use flow::wire::{Embedding, EmbeddingState, KnowledgeBase};
use tokio_util::sync::CancellationToken;
use tracing::warn;

use super::Retriever;
use super::clearing::Away;
use super::stores::{in_store, told};
use crate::error::{Error, Result, missing};
use crate::knowledge::{self, read};
use crate::provider::{EMBEDDER, Purpose};
use crate::service::Service;
use crate::store::{NewVectorSet, UnreadRow, VectorSetRow, WantedRow};
use crate::{clock, id};

/// How often it is looked whether there are passages to read, where nobody says so.
const EVERY: Duration = Duration::from_secs(1);
/// How long after a problem it is tried again, in milliseconds.
pub(super) const AGAIN: u64 = 10_000;
/// A base that has just changed is looked at again: two changes may have the same time.
const FRESH: u64 = 2_000;
/// How many passages a model is given at once. Few to the model in this process, which answers questions in between.
const BATCH: u32 = 32;
const SMALL_BATCH: u32 = 4;

/// A base as it was when it was looked at.
#[derive(Clone, PartialEq)]
struct Seen {
    row: WantedRow,
    /// None: there is nothing to read. Else when it is tried again.
    again: Option<u64>,
}

/// Why a base's passages are not read to the end.
enum Stopped {
    /// A model or a store is away; what to tell of it.
    Waits(String),
    Failed(Error),
}

impl<E: Into<Error>> From<E> for Stopped {
    fn from(error: E) -> Self {
        match error.into() {
            Error::Model(error) => Self::Waits(error.to_string()),
            error => Self::Failed(error),
        }
    }
}

impl Service {
    /// Reads passages as they come, until the server stops.
    pub fn read_passages(&self) {
        let (retriever, stopping) = (self.retriever.clone(), self.tasks.stopping());
        self.tasks.start("read passages", async move { retriever.keep_reading(&stopping).await });
    }

    /// Whether a base's passages can be given their vectors by this model: none, the local one, or one that is connected.
    pub(in crate::service) fn check_embedding_model(&self, model: &str) -> Result<()> {
        let named = Some(model.trim()).filter(|model| !model.is_empty() && *model != EMBEDDER);
        self.require_model("embeddingModel", named)
    }

    /// Sets the model that gives a base's passages their vectors, which was checked.
    pub(in crate::service) async fn set_embedding_model(&self, base: &str, model: &str) -> Result<()> {
        let model = model.trim();
        let sets = self.store.vector_sets(base).await?;
        self.store.set_embedding_model(base.to_owned(), Some(model.to_owned()), clock::now()).await?;
        for set in sets.iter().filter(|_| model.is_empty()) {
            self.retriever.forget(set).await?;
        }
        self.retriever.look_again();
        Ok(())
    }

    /// Sets the store that a base's vectors are to be in; an empty name for this database.
    pub(in crate::service) async fn set_vector_store(&self, base: &str, store: &str) -> Result<()> {
        let store = Some(store.trim().to_owned()).filter(|store| !store.is_empty());
        let name = store.clone().unwrap_or_default();
        let set = self.store.set_vector_store(base.to_owned(), store, clock::now()).await;
        set.map_err(missing("vector store", &name))?;
        self.retriever.look_again();
        Ok(())
    }
}

impl Retriever {
    /// Has it looked soon whether there is something to read.
    pub(in crate::service) fn look_again(&self) {
        self.wake.notify_one();
    }

    /// Says how far the vectors of bases are.
    pub(in crate::service) async fn describe(&self, bases: &mut [KnowledgeBase]) -> Result<()> {
        let wanted = self.store.wanted_models().await?;
        for base in bases {
            let Some(row) = wanted.iter().find(|wanted| wanted.base_id == base.id) else { continue };
            base.vector_store = row.store.clone();
            let Some(model) = self.model(row) else { continue };
            base.embedding = self.embedding(row, model, base.passages).await?;
        }
        Ok(())
    }

    async fn embedding(&self, row: &WantedRow, model: String, total: u64) -> Result<Embedding> {
        let sets = self.store.vector_sets(&row.base_id).await?;
        let is_own = |set: &&VectorSetRow| set.model == model && set.store == row.store;
        let own = sets.iter().find(is_own);
        let done = match own {
            Some(set) => self.store.count_vectors(set.id).await?,
            None => 0,
        };
        let state = match own {
            None if total == 0 => EmbeddingState::Ready,
            Some(set) if set.is_live && done >= total => EmbeddingState::Ready,
            Some(set) if !set.problem.is_empty() => EmbeddingState::Waiting,
            _ => EmbeddingState::Working,
        };
        let before = sets.iter().find(|set| set.is_live && !is_own(set));
        Ok(Embedding {
            until_then: before.map(|set| set.model.clone()),
            until_then_in: before.and_then(|set| set.store.clone()),
            message: own.map(|set| set.problem.clone()).unwrap_or_default(),
            model,
            state,
            done,
            total,
        })
    }

    /// The model that a base wants; none where it wants none.
    fn model(&self, row: &WantedRow) -> Option<String> {
        let usual = || self.models.has_local().then(|| EMBEDDER.to_owned());
        row.model.clone().or_else(usual).filter(|model| !model.is_empty())
    }

    /// The model that reads a base's passages; none where it wants none, or has no passages.
    pub(super) async fn reads(&self, base: &str) -> Result<Option<String>> {
        let wanted = self.store.wanted_models().await?;
        let row = wanted.iter().find(|row| row.base_id == base && row.has_passages);
        Ok(row.and_then(|row| self.model(row)))
    }

    async fn keep_reading(&self, stopping: &CancellationToken) {
        let mut seen: HashMap<String, Seen> = HashMap::new();
        let mut away = Away::default();
        loop {
            tokio::select! {
                () = stopping.cancelled() => return,
                () = self.wake.notified() => {}
                () = tokio::time::sleep(EVERY) => {}
            }
            if let Err(error) = self.look(&mut seen, stopping).await {
                warn!("passages could not be read: {}", error.logged());
            }
            if let Err(error) = self.clear(&mut away, stopping).await {
                warn!("vectors take up space until they can be cleared: {}", error.logged());
            }
        }
    }

    /// Reads what there is to read in every base.
    async fn look(&self, seen: &mut HashMap<String, Seen>, stopping: &CancellationToken) -> Result<()> {
        let rows = self.store.wanted_models().await?;
        seen.retain(|base, _| rows.iter().any(|row| row.base_id == *base));
        for row in rows {
            let known = seen.get(&row.base_id).filter(|seen| seen.row == row);
            if known.is_some_and(|seen| seen.again.is_none_or(|again| again > clock::now())) {
                continue;
            }
            let began = clock::now();
            let again = match self.read_base(&row, stopping).await {
                Ok(()) if began > row.updated_at + FRESH => None,
                Ok(()) => Some(0),
                Err(Stopped::Waits(_)) => Some(clock::now() + AGAIN),
                Err(Stopped::Failed(error)) => return Err(error),
            };
            seen.insert(row.base_id.clone(), Seen { row, again });
        }
        Ok(())
    }

    async fn read_base(
        &self,
        row: &WantedRow,
        stopping: &CancellationToken,
    ) -> std::result::Result<(), Stopped> {
        let sets = self.store.vector_sets(&row.base_id).await?;
        let model = self.model(row).filter(|_| row.has_passages);
        let is_wanted = |set: &VectorSetRow| model.as_ref() == Some(&set.model) && set.store == row.store;
        for set in sets.iter().filter(|set| model.is_none() || (!set.is_live && !is_wanted(set))) {
            self.leave(set).await?;
        }
        let Some(model) = &model else { return Ok(()) };
        let live = sets.iter().find(|set| set.is_live && is_wanted(set));
        for set in sets.iter().filter(|set| live.is_some() && !set.is_live) {
            self.leave(set).await?;
        }
        let set = match live.or_else(|| sets.iter().find(|set| is_wanted(set))) {
            Some(set) => set.clone(),
            None => {
                let place = id::short()?.to_lowercase();
                let new = NewVectorSet { model: model.clone(), store: row.store.clone(), place };
                self.store.begin_vectors(row.base_id.clone(), new).await?;
                let sets = self.store.vector_sets(&row.base_id).await?;
                let begun = sets.into_iter().find(|set| !set.is_live);
                begun.ok_or_else(|| Error::Internal("a set that was begun is not there".to_owned()))?
            }
        };
        let reading = self.read_into(&set, row, stopping).await;
        if let Err(Stopped::Waits(problem)) = &reading
            && set.problem != *problem
        {
            self.store.stall_vectors(set.id, problem.clone()).await?;
        }
        reading
    }

    async fn leave(&self, set: &VectorSetRow) -> Result<()> {
        self.store.leave_vectors(set.id).await?;
        self.forget(set).await
    }

    /// Forgets what is in memory of a base that is deleted.
    pub(in crate::service) async fn forget_base(&self, base: &str) -> Result<()> {
        for set in self.store.vector_sets(base).await? {
            self.forget(&set).await?;
        }
        Ok(())
    }

    /// Forgets what is in memory of a set. What is elsewhere goes when its store can be asked.
    async fn forget(&self, set: &VectorSetRow) -> Result<()> {
        let forgetting = async { self.stores.of(None)?.forget(&in_store(set)).await };
        forgetting.await.map_err(|error| Error::Internal(error.to_string()))
    }

    /// Reads every passage that has no vector in a set yet, and has the set answer then.
    async fn read_into(
        &self,
        set: &VectorSetRow,
        row: &WantedRow,
        stopping: &CancellationToken,
    ) -> std::result::Result<(), Stopped> {
        let most = if set.model == EMBEDDER { SMALL_BATCH } else { BATCH };
        let mut after = 0;
        loop {
            let passages = self.store.unread_passages(&row.base_id, set.id, after, most).await?;
            let Some(last) = passages.last() else {
                if after == 0 {
                    break;
                }
                // Some may have come meanwhile.
                after = 0;
                continue;
            };
            after = last.id;
            tokio::select! {
                () = stopping.cancelled() => return Ok(()),
                taken = self.read_some(set, &passages) => taken?,
            }
            let wanted = self.store.wanted_models().await?;
            let same = |now: &WantedRow| {
                now.base_id == row.base_id && now.model == row.model && now.store == row.store
            };
            if !wanted.iter().any(same) {
                return Ok(());
            }
        }
        if !set.is_live {
            let before = self.store.vector_sets(&row.base_id).await?;
            if self.store.publish_vectors(row.base_id.clone(), set.id).await? {
                for old in before.iter().filter(|old| old.is_live) {
                    self.forget(old).await?;
                }
            }
        }
        Ok(())
    }

    /// Has the model read some passages, and the set's store take their vectors.
    async fn read_some(
        &self,
        set: &VectorSetRow,
        passages: &[UnreadRow],
    ) -> std::result::Result<(), Stopped> {
        let texts = passages.iter().map(|passage| read(&passage.title, &passage.text)).collect();
        let vectors = self.embed(&set.model, texts, Purpose::Passage).await?;
        let vectors: Vec<(i64, Vec<f32>)> = passages.iter().map(|passage| passage.id).zip(vectors).collect();
        let width = vectors.first().map_or(0, |(_, vector)| vector.len());
        let taking = async {
            let (store, key) = (self.stores.of(set.store.as_deref())?, in_store(set));
            // Nothing is known to be in it, so whatever a stop has left there may go.
            if set.store.is_some() && self.store.count_vectors(set.id).await.map_err(broken)? == 0 {
                store.begin(&key, width).await?;
            }
            store.put(&key, vectors).await
        };
        match taking.await.map_err(|error| told(set.store.as_deref(), error)) {
            Ok(()) => {}
            Err(knowledge::VectorError::Away(problem)) => return Err(Stopped::Waits(problem)),
            Err(knowledge::VectorError::Lost) => {
                self.store.lose_vectors(set.id, clock::now()).await?;
                return Err(Stopped::Waits("Its store has lost the vectors. They are made anew.".to_owned()));
            }
            Err(error) => return Err(Error::Internal(error.to_string()).into()),
        }
        if set.store.is_some() {
            let taken = passages.iter().map(|passage| (passage.id, None)).collect();
            self.store.put_vectors(set.id, taken).await?;
        }
        Ok(())
    }
}

fn broken(error: crate::store::Error) -> knowledge::VectorError {
    knowledge::VectorError::Broken(error.to_string())
}
