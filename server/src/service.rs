//! The rules of flows, versions, aliases, prompts, executions, connections, functions, buckets and knowledge bases,
//! shared by both APIs. No HTTP here.

mod agent_aliases;
mod agent_collaborators;
mod agent_groups;
mod agent_sessions;
mod agent_versions;
mod agents;
mod aliases;
mod bots;
mod buckets;
mod check;
mod connections;
mod executions;
mod flow_executions;
mod flows;
mod functions;
mod imports;
mod ingestion;
mod invoke;
mod knowledge;
mod knowledge_details;
mod local_model;
mod mcp_servers;
mod models;
mod prepare;
mod prompts;
mod retrieval;
mod sources;
mod tags;
mod vector_stores;
mod versions;

use std::path::PathBuf;
use std::sync::Arc;

use flow::definition::Definition;
use flow::extensions::Extensions;
use sha2::{Digest as _, Sha256};
use tracing::warn;

pub use crate::knowledge::cite::Part as AnswerPart;
pub use crate::provider::{Answer as ModelAnswer, Error as ModelError, Purpose, Vectors, bare};
pub use crate::run::{Reply, Start};
pub use agent_aliases::PutAgentAlias;
pub use agent_collaborators::{Collaboration, Collaborator, PutCollaborator};
pub use agent_groups::{Base as AgentBase, Group as AgentGroup, PutGroup as PutAgentGroup};
pub use agent_sessions::{Said as AgentSaid, Talking, Words};
pub use agent_versions::{
    Content as AgentContent, Details as AgentDetails, Draft as AgentDraft, Version as AgentVersion,
};
pub(crate) use aliases::on_the_wire as alias_on_the_wire;
pub use executions::Events;
pub use flows::{CreateFlow, UpdateFlow};
pub use imports::ExportFormat;
pub use ingestion::Ingestion;
pub use invoke::Target;
pub use knowledge_details::DetailedBase;
pub use models::{Said, Talk, is_prompt};
pub use prompts::PutPrompt;
pub use retrieval::{Answering, Grounds, Memory, Retriever, Stores};
pub use sources::{Body as SourceBody, Given, NewItem, PutSource};
pub(crate) use sources::{attribute, body as source_body};
use tags::check_tags;
pub use vector_stores::VectorStores;
pub(crate) use versions::summary as version_summary;

use crate::auth::seal::Seal;
use crate::error::Error;
use crate::node::agent::Agents;
use crate::node::function::Functions;
use crate::node::intent::Bots;
use crate::node::objects::Objects;
use crate::provider::{Registry, Weights};
use crate::python::Python;
use crate::run::Runner;
use crate::store::Store;
use crate::task::Supervisor;

/// Everything the APIs may ask for.
#[derive(Clone)]
pub struct Service {
    pub(crate) store: Store,
    pub(crate) runner: Runner,
    pub(crate) models: Registry,
    pub(crate) functions: Functions,
    pub(crate) bots: Bots,
    pub(crate) objects: Objects,
    pub(crate) ingestion: Ingestion,
    pub(crate) agent_registry: Agents,
    pub(crate) talking: Talking,
    /// Held while an agent is read, changed and written, so that neither of two changes is lost.
    pub(crate) agent_changes: Arc<tokio::sync::Mutex<()>>,
    pub(crate) python: Python,
    pub(crate) retriever: Retriever,
    pub(crate) vector_stores: VectorStores,
    pub(crate) seal: Seal,
    pub(crate) tasks: Supervisor,
    pub(crate) found: connections::Found,
    pub(crate) local: Option<Arc<dyn Weights>>,
    /// Where the data are, for the settings page.
    pub data_folder: PathBuf,
    /// Where this server is reached, without a trailing slash.
    pub url: String,
}

pub use connections::{Found, from_environment};

impl Service {
    /// Whether the store answers.
    ///
    /// # Errors
    /// It does not.
    pub async fn ready(&self) -> Result<(), Error> {
        Ok(self.store.ping().await?)
    }

    /// A secret as it is stored in this place, such as `connections/ollama`.
    fn sealed(&self, place: &str, secret: &str) -> Result<Vec<u8>, Error> {
        self.seal.seal(place, secret).map_err(|error| Error::Internal(error.to_string()))
    }

    /// The secret that was stored in this place; none where it does not open.
    fn opened(&self, place: &str, sealed: Option<&[u8]>) -> Option<String> {
        let opened = self.seal.unseal(place, sealed?);
        opened.map_err(|error| warn!(sealed.place = place, "this secret is left out: {error}")).ok()
    }
}

/// The digest of two documents: SHA-256 of their JSON.
pub(crate) fn digest(definition: &Definition, extensions: &Extensions) -> serde_json::Result<String> {
    Ok(hex::encode(Sha256::digest(serde_json::to_vec(&(definition, extensions))?)))
}
