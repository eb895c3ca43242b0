//! The embedded model's weights, as the settings page sees them.

use flow::wire::{LocalModel, LocalModelState};

use super::Service;
use crate::error::{Error, Result};
use crate::provider::EMBEDDED;

impl Service {
    /// How the embedded model stands.
    pub fn local_model(&self) -> LocalModel {
        self.local.as_ref().map_or_else(
            || LocalModel {
                id: EMBEDDED.to_owned(),
                state: LocalModelState::NotBuilt,
                message: "This build has no embedded model. Connect another model.".to_owned(),
                done: 0,
                total: 0,
            },
            |weights| weights.status(),
        )
    }

    /// Begins to fetch the embedded model.
    ///
    /// # Errors
    /// This build has none.
    pub fn fetch_local_model(&self) -> Result<LocalModel> {
        let Some(weights) = &self.local else {
            return Err(Error::Conflict { code: "not_built", message: self.local_model().message });
        };
        weights.fetch(&self.tasks);
        Ok(weights.status())
    }
}
