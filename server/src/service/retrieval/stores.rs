//! The stores of vectors: this database, and those elsewhere that the owner named.

use std::collections::BTreeMap;
use std::sync::Arc;

use parking_lot::RwLock;

use crate::knowledge::{VectorError, VectorSet, VectorStore};
use crate::store::VectorSetRow;

/// Every store of vectors, by name.
#[derive(Clone)]
pub struct Stores {
    own: Arc<dyn VectorStore>,
    others: Arc<RwLock<BTreeMap<String, Arc<dyn VectorStore>>>>,
}

impl Stores {
    /// With this database's alone.
    pub fn new(own: Arc<dyn VectorStore>) -> Self {
        Self { own, others: Arc::default() }
    }

    /// Sets those elsewhere.
    pub fn set(&self, others: BTreeMap<String, Arc<dyn VectorStore>>) {
        *self.others.write() = others;
    }

    /// The store of this name; this database's where there is none.
    pub fn of(&self, name: Option<&str>) -> Result<Arc<dyn VectorStore>, VectorError> {
        let Some(name) = name else { return Ok(Arc::clone(&self.own)) };
        let found = self.others.read().get(name).cloned();
        let gone = || {
            VectorError::Away(format!("The vector store {name} cannot be used: its settings do not open."))
        };
        found.ok_or_else(gone)
    }
}

/// A set as its store knows it.
pub fn in_store(set: &VectorSetRow) -> VectorSet {
    VectorSet { id: set.id, place: set.place.clone() }
}

/// An error with the store's name and what to do.
pub fn told(store: Option<&str>, error: VectorError) -> VectorError {
    match (store, error) {
        (Some(name), VectorError::Away(why)) => VectorError::Away(format!(
            "The vector store {name} cannot be used now. {why} Its settings are on the Connections page."
        )),
        (_, error) => error,
    }
}
