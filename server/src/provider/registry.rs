//! Which provider answers for a model id: the connections, and the map from AWS ids.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use flow::wire::ModelMap;
use parking_lot::RwLock;
use url::Url;

use super::{Error, OpenAi, Provider};
use crate::egress::Egress;

/// The connection of the embedded model.
pub const LOCAL: &str = "local";

/// Knows the connections. The service puts changes in; runs read.
#[derive(Clone)]
pub struct Registry {
    egress: Egress,
    local: Option<Arc<dyn Provider>>,
    state: Arc<RwLock<State>>,
}

#[derive(Default)]
struct State {
    endpoints: BTreeMap<String, Endpoint>,
    map: ModelMap,
}

/// A connection as it is called.
#[derive(Clone, PartialEq, Eq)]
pub struct Endpoint {
    pub base_url: Url,
    pub key: Option<String>,
}

impl fmt::Debug for Endpoint {
    /// Without the key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = self.key.as_ref().map(|_| "…");
        f.debug_struct("Endpoint").field("base_url", &self.base_url.as_str()).field("key", &key).finish()
    }
}

/// A provider and the model to ask it for.
pub struct Resolved {
    pub provider: Arc<dyn Provider>,
    pub model: String,
    /// `connection/model` as it will be called.
    pub id: String,
}

impl Registry {
    /// With the embedded model's provider, where there is one.
    pub fn new(egress: Egress, local: Option<Arc<dyn Provider>>) -> Self {
        Self { egress, local, state: Arc::default() }
    }

    /// Replaces the connections.
    pub fn set_endpoints(&self, endpoints: BTreeMap<String, Endpoint>) {
        self.state.write().endpoints = endpoints;
    }

    /// Replaces the model map.
    pub fn set_map(&self, map: ModelMap) {
        self.state.write().map = map;
    }

    /// Whether the embedded model is built in.
    pub fn has_local(&self) -> bool {
        self.local.is_some()
    }

    /// The provider of a connection.
    ///
    /// # Errors
    /// There is no such connection.
    pub fn connection(&self, name: &str) -> Result<Arc<dyn Provider>, Error> {
        if name == LOCAL {
            return self.local.clone().ok_or_else(|| {
                Error::Unknown(
                    "This build has no embedded model. Connect one on the Connections page.".to_owned(),
                )
            });
        }
        match self.state.read().endpoints.get(name) {
            Some(endpoint) => Ok(Arc::new(self.endpoint(name, endpoint))),
            None => {
                Err(Error::Unknown(format!("There is no connection {name}. Add it on the Connections page.")))
            }
        }
    }

    /// A provider for an address that is not a connection yet.
    pub fn endpoint(&self, name: &str, endpoint: &Endpoint) -> OpenAi {
        OpenAi::new(self.egress.clone(), name, endpoint.base_url.clone(), endpoint.key.clone())
    }

    /// Who answers for a model id.
    ///
    /// # Errors
    /// Its connection does not exist.
    pub fn resolve(&self, id: &str) -> Result<Resolved, Error> {
        let id = self.lead(id);
        let Some((connection, model)) = id.split_once('/') else {
            return Err(Error::Unknown(format!("{id} is no connection/model. Choose a model in the node.")));
        };
        Ok(Resolved { provider: self.connection(connection)?, model: model.to_owned(), id: id.clone() })
    }

    /// Follows the model map: an AWS id becomes a `connection/model`.
    fn lead(&self, id: &str) -> String {
        let state = self.state.read();
        if let Some((connection, _)) = id.split_once('/')
            && !id.starts_with("arn:")
            && (connection == LOCAL || state.endpoints.contains_key(connection))
        {
            return id.to_owned();
        }
        let found = state.map.entries.iter().find(|entry| {
            let fits = |id: &str| match entry.aws_id.strip_suffix('*') {
                Some(beginning) => id.starts_with(beginning),
                None => id == entry.aws_id,
            };
            fits(id) || fits(bare(id))
        });
        match found {
            Some(entry) => entry.model.clone(),
            // A connection of ours that is gone is an error, not something to answer from elsewhere.
            None if id.contains('/') && !id.starts_with("arn:") => id.to_owned(),
            None => state.map.default_model.clone(),
        }
    }
}

/// The model in an AWS id: what an ARN ends with, without the region group of a cross-region inference profile.
pub fn bare(id: &str) -> &str {
    let id = id.rsplit('/').next().unwrap_or(id);
    GROUPS.iter().find_map(|group| id.strip_prefix(group)).unwrap_or(id)
}

/// The region groups of AWS's inference profiles.
const GROUPS: [&str; 8] = ["us-gov.", "us.", "eu.", "apac.", "jp.", "au.", "ca.", "global."];

#[cfg(test)]
mod tests {
    use super::*;
    use flow::wire::ModelMapEntry;

    #[test]
    fn aws_ids_follow_the_map() {
        let registry = Registry::new(Egress::new().unwrap(), None);
        let endpoint = Endpoint { base_url: Url::parse("http://127.0.0.1:1/v1").unwrap(), key: None };
        registry.set_endpoints([("ollama".to_owned(), endpoint)].into());
        registry.set_map(ModelMap {
            entries: vec![ModelMapEntry { aws_id: "amazon.nova*".into(), model: "ollama/qwen".into() }],
            default_model: "ollama/llama".into(),
        });
        for (id, called) in [
            ("ollama/x/y", "ollama/x/y"),
            ("amazon.nova-lite-v1:0", "ollama/qwen"),
            ("us.amazon.nova-pro-v1:0", "ollama/qwen"),
            ("arn:aws:bedrock:eu-west-1:1:inference-profile/eu.amazon.nova-pro-v1:0", "ollama/qwen"),
            ("arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0", "ollama/qwen"),
            ("anthropic.claude-3-haiku-20240307-v1:0", "ollama/llama"),
            ("arn:aws:bedrock:us-east-1::foundation-model/amazon.titan", "ollama/llama"),
        ] {
            assert_eq!(registry.resolve(id).unwrap_or_else(|e| panic!("{e}")).id, called);
        }
        assert!(registry.resolve("gone/model").is_err());
        assert!(registry.resolve("local/smollm2").is_err());
    }
}
