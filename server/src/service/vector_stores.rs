//! Vector databases elsewhere: where they are, and what a knowledge base says of them.
//!
//! Always holds: a secret is sent to the address it was given for alone, and is never shown; a store that a knowledge base
//! uses is not deleted.

mod place;

use std::collections::BTreeMap;
use std::sync::Arc;

use flow::wire::{PutVectorStore, VectorPlace, VectorStore, VectorStoreList, VectorStoreTest};
use tracing::warn;

use super::Service;
use super::connections::{hint, is_name};
use super::retrieval::Stores;
use crate::egress::Egress;
use crate::error::{Error, Result, missing};
use crate::knowledge::{self, VectorSet};
use crate::store::VectorStoreRow;
use crate::{clock, id};

/// What makes stores of settings, and where they are kept for searches.
#[derive(Clone)]
pub struct VectorStores {
    stores: Stores,
    egress: Egress,
}

impl VectorStores {
    pub fn new(stores: Stores, egress: Egress) -> Self {
        Self { stores, egress }
    }
}

impl Service {
    /// Lets searches know the stored stores. To be called at the start and after changes.
    pub async fn load_vector_stores(&self) -> Result<()> {
        // One at a time: whoever reads last has read the newest.
        let _loading = self.found.loading.lock().await;
        let mut stores = BTreeMap::new();
        for row in self.store.vector_stores().await? {
            let secret = self.vector_store_secret(&row);
            match serde_json::from_str(&row.place).map(|place| self.open_vector_store(&place, secret)) {
                Ok(Some(store)) => {
                    stores.insert(row.name, store);
                }
                _ => warn!(store.name = row.name, "this vector store is left out: its settings do not open"),
            }
        }
        self.vector_stores.stores.set(stores);
        Ok(())
    }

    /// The stores, by name.
    pub async fn vector_stores(&self) -> Result<VectorStoreList> {
        let mut vector_stores = Vec::new();
        for row in self.store.vector_stores().await? {
            vector_stores.push(self.shown_vector_store(row).await?);
        }
        Ok(VectorStoreList { vector_stores })
    }

    /// Makes or replaces a store.
    pub async fn put_vector_store(&self, name: &str, put: PutVectorStore) -> Result<VectorStore> {
        if !is_name(name) {
            let message = "A vector store's name has small letters, digits and -, at most 40.";
            return Err(Error::invalid("name", message));
        }
        let place = place::checked(put.place)?;
        let known = self.store.vector_stores().await?.into_iter().find(|row| row.name == name);
        let known = known.filter(|row| {
            serde_json::from_str::<VectorPlace>(&row.place)
                .is_ok_and(|known| place::keeps_secret(&known, &place))
        });
        let secret = match put.secret.as_deref().map(str::trim) {
            None => known.and_then(|row| self.vector_store_secret(&row)),
            Some(secret) => place::checked_secret(secret)?,
        };
        let sealed_secret =
            secret.as_deref().map(|secret| self.sealed(&sealed_at(name), secret)).transpose()?;
        let row = VectorStoreRow {
            name: name.to_owned(),
            place: serde_json::to_string(&place)?,
            sealed_secret,
            secret_hint: secret.as_deref().map(hint).unwrap_or_default(),
        };
        let (service, stored) = (self.clone(), row.clone());
        self.whole_change(async move {
            service.store.put_vector_store(stored, clock::now()).await?;
            service.load_vector_stores().await
        })
        .await?;
        self.retriever.look_again();
        self.shown_vector_store(row).await
    }

    /// Deletes a store, unless a knowledge base uses it.
    pub async fn delete_vector_store(&self, name: &str) -> Result<()> {
        let (service, name) = (self.clone(), name.to_owned());
        self.whole_change(async move {
            let deleted = service.store.delete_vector_store(name.clone()).await;
            let users = deleted.map_err(missing("vector store", &name))?;
            if users.is_empty() {
                return service.load_vector_stores().await;
            }
            Err(Error::Conflict {
                code: "in_use",
                message: format!(
                    "The vector store {name} is used by {}. Choose another store there first, and wait until it has every \
                     passage.",
                    users.join(", ")
                ),
            })
        })
        .await
    }

    /// Tries a store: puts vectors in, finds them, takes them out.
    pub async fn test_vector_store(&self, name: &str) -> Result<VectorStoreTest> {
        if !self.store.vector_stores().await?.iter().any(|row| row.name == name) {
            return Err(Error::NotFound { what: "vector store", name: name.to_owned() });
        }
        let set = VectorSet { id: 0, place: format!("test{}", id::short()?.to_lowercase()) };
        Ok(match self.try_vector_store(name, &set).await {
            Ok(true) => VectorStoreTest { ok: true, message: "It takes vectors and finds them.".to_owned() },
            Ok(false) => {
                let message = "It takes vectors, and does not find what is nearest.".to_owned();
                VectorStoreTest { ok: false, message }
            }
            Err(error) => VectorStoreTest { ok: false, message: error.to_string() },
        })
    }

    /// Whether what is nearest was found.
    async fn try_vector_store(
        &self,
        name: &str,
        set: &VectorSet,
    ) -> std::result::Result<bool, knowledge::VectorError> {
        let store = self.vector_stores.stores.of(Some(name))?;
        store.begin(set, 3).await?;
        let trying = async {
            store.put(set, vec![(1, vec![1.0, 0.0, 0.0]), (2, vec![0.0, 1.0, 0.0])]).await?;
            store.nearest(set, vec![0.1, 1.0, 0.0], 1, None).await
        };
        let found = trying.await;
        store.forget(set).await?;
        Ok(found?.first().is_some_and(|(id, _)| *id == 2))
    }

    /// Refuses the name of a store that is not there. An empty one is this server's own.
    pub(super) async fn check_vector_store(&self, name: &str) -> Result<()> {
        let name = name.trim();
        if name.is_empty() || self.store.vector_stores().await?.iter().any(|row| row.name == name) {
            return Ok(());
        }
        let message = format!("There is no vector store {name}. Add it on the Connections page first.");
        Err(Error::invalid("vectorStore", message))
    }

    fn vector_store_secret(&self, row: &VectorStoreRow) -> Option<String> {
        self.opened(&sealed_at(&row.name), row.sealed_secret.as_deref())
    }

    /// None where the place was not checked.
    fn open_vector_store(
        &self,
        place: &VectorPlace,
        secret: Option<String>,
    ) -> Option<Arc<dyn knowledge::VectorStore>> {
        let egress = self.vector_stores.egress.clone();
        match place {
            VectorPlace::Pgvector { .. } => {
                let at = place::postgres(place, secret)?;
                Some(Arc::new(knowledge::PgVector::new(egress, self.tasks.clone(), at)))
            }
            VectorPlace::Qdrant { address, prefix } => {
                let address = address.parse().ok()?;
                Some(Arc::new(knowledge::Qdrant::new(egress, address, secret, prefix.clone())))
            }
        }
    }

    async fn shown_vector_store(&self, row: VectorStoreRow) -> Result<VectorStore> {
        Ok(VectorStore {
            place: serde_json::from_str(&row.place)?,
            has_secret: row.sealed_secret.is_some(),
            used_by: self.store.vector_store_users(&row.name).await?,
            name: row.name,
            secret_hint: row.secret_hint,
        })
    }
}

fn sealed_at(name: &str) -> String {
    format!("vector-stores/{name}")
}
