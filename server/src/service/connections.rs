//! Model connections: the owner's, the environment's, and those found on this machine; and the map from AWS ids.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use flow::wire::{
    Connection, ConnectionList, ConnectionTest, FoundServer, Model, ModelList, ModelMap, PutConnection,
};
use parking_lot::RwLock;
use tracing::warn;
use url::Url;

use super::Service;
use crate::clock;
use crate::error::{Error, Result, missing};
use crate::provider::{EMBEDDED, Endpoint, LOCAL, Provider as _};
use crate::store::ConnectionRow;

const MAP: &str = "model-map";
/// Model servers and the ports they usually have.
const USUAL: [(&str, u16); 4] = [("ollama", 11434), ("lmstudio", 1234), ("llamacpp", 8080), ("vllm", 8000)];

/// Connections that do not come from the store.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// From the environment, by name.
    pub environment: BTreeMap<String, Endpoint>,
    /// Servers that answer on this machine.
    pub(crate) servers: Arc<RwLock<Vec<FoundServer>>>,
    pub(super) loading: Arc<tokio::sync::Mutex<()>>,
}

impl Found {
    /// With the environment's connections; servers on this machine are looked for later.
    pub fn new(environment: BTreeMap<String, Endpoint>) -> Self {
        Self { environment, ..Self::default() }
    }
}

/// The connections that the environment names: `OPENAI_API_KEY`, and `ANABRANCH_CONNECTION_NAME` with a base address
/// and, if there is one, `ANABRANCH_CONNECTION_NAME_KEY`.
pub fn from_environment(variables: impl Iterator<Item = (String, String)>) -> BTreeMap<String, Endpoint> {
    const PREFIX: &str = "ANABRANCH_CONNECTION_";
    let variables: BTreeMap<String, String> = variables.collect();
    let mut found = BTreeMap::new();
    if let (Some(key), Ok(base_url)) =
        (variables.get("OPENAI_API_KEY"), Url::parse("https://api.openai.com/v1"))
    {
        found.insert("openai".to_owned(), Endpoint { base_url, key: Some(key.clone()) });
    }
    for (variable, address) in &variables {
        let Some(name) = variable.strip_prefix(PREFIX).filter(|name| !name.ends_with("_KEY")) else {
            continue;
        };
        match Url::parse(address) {
            Ok(base_url) => {
                let key = variables.get(&format!("{variable}_KEY")).cloned();
                found.insert(name.to_ascii_lowercase(), Endpoint { base_url, key });
            }
            Err(_) => warn!("{variable} is no address and is left out"),
        }
    }
    found
}

impl Service {
    /// Puts the stored connections and the model map into the registry. To be called at the start and after changes.
    pub async fn load_connections(&self) -> Result<()> {
        // One at a time: whoever reads last has read the newest.
        let _loading = self.found.loading.lock().await;
        let mut endpoints = BTreeMap::new();
        for row in self.store.connections().await? {
            let Ok(base_url) = Url::parse(&row.base_url) else { continue };
            let key = self.opened(&place(&row.name), row.sealed_key.as_deref());
            endpoints.insert(row.name, Endpoint { base_url, key });
        }
        endpoints.extend(self.found.environment.clone());
        self.models.set_endpoints(endpoints);
        self.models.set_map(self.model_map().await?);
        Ok(())
    }

    /// The connections, and the servers that were found.
    pub async fn connections(&self) -> Result<ConnectionList> {
        let mut connections: Vec<Connection> = self
            .found
            .environment
            .iter()
            .map(|(name, endpoint)| Connection {
                name: name.clone(),
                base_url: endpoint.base_url.to_string(),
                has_key: endpoint.key.is_some(),
                key_hint: endpoint.key.as_deref().map(hint),
                default_model: None,
                from_environment: true,
            })
            .collect();
        let stored = self.store.connections().await?;
        connections.extend(
            stored.iter().filter(|row| !self.found.environment.contains_key(&row.name)).map(on_the_wire),
        );
        let connected = |server: &FoundServer| {
            connections
                .iter()
                .any(|c| c.base_url.trim_end_matches('/') == server.base_url.trim_end_matches('/'))
        };
        let found = self.found.servers.read().iter().filter(|server| !connected(server)).cloned().collect();
        Ok(ConnectionList { connections, found })
    }

    /// Makes or replaces a connection.
    pub async fn put_connection(&self, name: &str, put: PutConnection) -> Result<Connection> {
        check_name(name)?;
        if self.found.environment.contains_key(name) {
            return Err(Error::Conflict {
                code: "from_environment",
                message: format!("{name} is set by the environment. Change it there."),
            });
        }
        let base_url = address(&put.base_url)?;
        let known = self.store.connections().await?.into_iter().find(|row| row.name == name);
        let (sealed_key, key_hint) = match put.key.as_deref().map(str::trim) {
            // A key belongs to the place it was given for, and is never sent to another.
            None => known
                .filter(|row| row.base_url == base_url.as_str())
                .map_or((None, None), |row| (row.sealed_key, row.key_hint)),
            Some("") => (None, None),
            Some(key) => (Some(self.sealed(&place(name), key)?), Some(hint(key))),
        };
        let default_model = put.default_model.filter(|model| !model.trim().is_empty());
        let row = ConnectionRow {
            name: name.to_owned(),
            base_url: base_url.into(),
            sealed_key,
            key_hint,
            default_model,
        };
        let (service, stored) = (self.clone(), row.clone());
        self.whole_change(async move {
            service.store.put_connection(stored, clock::now()).await?;
            service.load_connections().await
        })
        .await?;
        Ok(on_the_wire(&row))
    }

    /// Deletes a connection.
    pub async fn delete_connection(&self, name: &str) -> Result<()> {
        let (service, name) = (self.clone(), name.to_owned());
        self.whole_change(async move {
            service.store.delete_connection(name.clone()).await.map_err(missing("connection", &name))?;
            service.load_connections().await
        })
        .await
    }

    /// Stores a change and lets runs know, also where the caller goes away in between.
    pub(super) async fn whole_change(
        &self,
        change: impl Future<Output = Result<()>> + Send + 'static,
    ) -> Result<()> {
        self.tasks.finish("change of settings", change).await.unwrap_or(Err(Error::Stopping))
    }

    /// Tries a connection: asks it for its models.
    pub async fn test_connection(&self, name: &str) -> Result<ConnectionTest> {
        let Ok(provider) = self.models.connection(name) else {
            return Err(Error::NotFound { what: "connection", name: name.to_owned() });
        };
        Ok(match provider.models().await {
            Ok(models) => {
                let message = match models.len() {
                    0 => "It answers, and has no models yet.".to_owned(),
                    1 => "It answers, with one model.".to_owned(),
                    count => format!("It answers, with {count} models."),
                };
                ConnectionTest { ok: true, message, models }
            }
            Err(error) => ConnectionTest { ok: false, message: error.to_string(), models: Vec::new() },
        })
    }

    /// The models that a Prompt can name: what each connection answers within a short time.
    pub async fn model_list(&self) -> Result<ModelList> {
        let default_model = self.model_map().await?.default_model;
        let mut models = Vec::new();
        if self.models.has_local() {
            models.push(Model {
                id: EMBEDDED.to_owned(),
                note: "tiny, on this machine, for first steps".to_owned(),
            });
        }
        let connections = self.connections().await?.connections;
        let asked = connections.iter().map(|connection| async move {
            let provider = self.models.connection(&connection.name).ok()?;
            tokio::time::timeout(Duration::from_secs(3), provider.models()).await.ok()?.ok()
        });
        let answers = futures_util::future::join_all(asked).await;
        for (connection, answer) in connections.iter().zip(answers) {
            let offered = answer.unwrap_or_default();
            let ids = connection.default_model.iter().cloned().chain(offered);
            for id in ids {
                let model = Model { id: format!("{}/{id}", connection.name), note: String::new() };
                if !models.contains(&model) {
                    models.push(model);
                }
            }
        }
        Ok(ModelList { models, default_model })
    }

    /// Which model answers for AWS ids and for new prompts.
    pub async fn model_map(&self) -> Result<ModelMap> {
        let stored = self.store.setting(MAP).await?;
        let mut map: ModelMap = stored.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
        if map.default_model.is_empty() {
            map.default_model = self.first_model().await?;
        }
        Ok(map)
    }

    /// Changes which model answers for AWS ids and for new prompts.
    pub async fn put_model_map(&self, map: ModelMap) -> Result<ModelMap> {
        let models = map.entries.iter().map(|entry| &entry.model).chain(std::iter::once(&map.default_model));
        for model in models.filter(|model| !model.is_empty()) {
            let known = model
                .split_once('/')
                .is_some_and(|(name, rest)| !rest.is_empty() && self.models.connection(name).is_ok());
            if !known {
                let message =
                    format!("{model} is no connection/model. The Connections page lists the connections.");
                return Err(Error::invalid("model", message));
            }
        }
        if map.entries.iter().any(|entry| entry.aws_id.trim().is_empty()) {
            return Err(Error::invalid("awsId", "Each row needs an AWS model id."));
        }
        let text = serde_json::to_string(&map).map_err(|error| Error::Internal(error.to_string()))?;
        let service = self.clone();
        self.whole_change(async move {
            service.store.put_setting(MAP, text).await?;
            service.load_connections().await
        })
        .await?;
        self.model_map().await
    }

    /// Looks for model servers on this machine's usual ports.
    pub async fn look_for_servers(&self) {
        let looks = USUAL.map(|(name, port)| async move {
            let base_url = Url::parse(&format!("http://127.0.0.1:{port}/v1")).ok()?;
            let provider = self.models.endpoint(name, &Endpoint { base_url: base_url.clone(), key: None });
            let models = tokio::time::timeout(Duration::from_secs(2), provider.models()).await.ok()?.ok()?;
            Some(FoundServer { name: name.to_owned(), base_url: base_url.into(), models })
        });
        let found = futures_util::future::join_all(looks).await;
        *self.found.servers.write() = found.into_iter().flatten().collect();
    }

    /// The environment's wish, else the first connection with a default model, else the embedded model.
    async fn first_model(&self) -> Result<String> {
        if let Ok(model) = std::env::var("ANABRANCH_DEFAULT_MODEL") {
            return Ok(model);
        }
        let stored = self.store.connections().await?;
        let first =
            stored.iter().find_map(|row| Some(format!("{}/{}", row.name, row.default_model.as_ref()?)));
        Ok(first.unwrap_or_else(|| EMBEDDED.to_owned()))
    }
}

fn on_the_wire(row: &ConnectionRow) -> Connection {
    Connection {
        name: row.name.clone(),
        base_url: row.base_url.clone(),
        has_key: row.sealed_key.is_some(),
        key_hint: row.key_hint.clone(),
        default_model: row.default_model.clone(),
        from_environment: false,
    }
}

fn place(name: &str) -> String {
    format!("connections/{name}")
}

/// What is shown of a secret: its last four characters, where that tells little of it.
pub(super) fn hint(key: &str) -> String {
    let length = key.chars().count();
    if length < 12 { String::new() } else { key.chars().skip(length - 4).collect() }
}

/// Whether this names something that the owner connects: small letters, digits and -, at most 40.
pub(super) fn is_name(name: &str) -> bool {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    !name.is_empty() && name.len() <= 40 && name.chars().all(fits)
}

fn check_name(name: &str) -> Result<()> {
    if !is_name(name) || name == LOCAL {
        let message = "A connection's name has small letters, digits and -, at most 40, and is not local.";
        return Err(Error::invalid("name", message));
    }
    Ok(())
}

fn address(text: &str) -> Result<Url> {
    let url = Url::parse(text.trim()).map_err(|_| {
        Error::invalid("baseUrl", "Give the whole address, such as http://127.0.0.1:11434/v1.")
    })?;
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
        return Err(Error::invalid("baseUrl", "The address begins with http:// or https://."));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(Error::invalid(
            "baseUrl",
            "The address ends with its path, such as /v1, without ? or #.",
        ));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Error::invalid("baseUrl", "Put the key into its own field, not into the address."));
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_names_connections() {
        let variables = [
            ("ANABRANCH_CONNECTION_LAB", "http://10.0.0.5:8000/v1"),
            ("ANABRANCH_CONNECTION_LAB_KEY", "k"),
            ("ANABRANCH_CONNECTION_BAD", "nonsense"),
            ("OPENAI_API_KEY", "sk"),
        ];
        let found = from_environment(variables.map(|(a, b)| (a.to_owned(), b.to_owned())).into_iter());
        assert_eq!(found.keys().collect::<Vec<_>>(), ["lab", "openai"]);
        assert_eq!(found["lab"].key.as_deref(), Some("k"));
    }
}
