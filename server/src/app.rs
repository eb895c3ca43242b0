//! The composition root: puts the parts together and runs them.

use std::future::Future;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::serve::ListenerExt as _;
use tokio::net::TcpListener;
use tracing::{debug, info, warn};

use crate::api::{self, App, Hosts};
use crate::auth::local::{self, LocalKey};
use crate::auth::seal::{self, Seal};
use crate::auth::session::Sessions;
use crate::egress::{self, Egress};
use crate::folder::{self, Folder, Running};
use crate::node::Context;
use crate::node::agent::Agents;
use crate::node::function::Functions;
use crate::node::intent::Bots;
use crate::node::objects::Objects;
use crate::provider::Registry;
use crate::python::Python;
use crate::reader::Reader;
use crate::run::Runner;
use crate::service::{
    Found, Ingestion, Memory, Retriever, Service, Stores, Talking, VectorStores, from_environment,
};
use crate::store::{self, Store};
use crate::task::Supervisor;

/// How long requests and runs may take to end after a stop.
const PATIENCE: Duration = Duration::from_secs(10);

/// The folder of the buckets that lead nowhere else.
const BUCKETS: &str = "buckets";

/// What a server is started with.
#[derive(Clone, Debug)]
pub struct Config {
    pub data: PathBuf,
    pub listen: SocketAddr,
    pub allowed_hosts: Vec<String>,
    /// Where the embedded model's weights are; the user's cache folder unless given.
    pub models: Option<PathBuf>,
    /// Where the Python interpreter is; the user's cache folder unless given.
    pub python: Option<PathBuf>,
    /// The program that reads documents; the running one unless given.
    pub reader: Option<PathBuf>,
}

/// A server that listens.
pub struct Server {
    /// Where it is reached, without a trailing slash.
    pub url: String,
    app: App,
    listener: TcpListener,
    folder: Folder,
    writer: tokio::task::JoinHandle<()>,
}

/// Why a server did not start.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Folder(#[from] folder::Error),
    #[error(transparent)]
    Store(#[from] store::Error),
    #[error(transparent)]
    Seal(#[from] seal::Error),
    #[error(transparent)]
    Key(#[from] local::Error),
    #[error(transparent)]
    Egress(#[from] egress::Error),
    #[error(transparent)]
    Service(#[from] crate::error::Error),
    #[error(
        "{0} is not a loopback address. Serving other machines needs users and TLS, which this version does not have"
    )]
    NotLoopback(SocketAddr),
    #[error("cannot listen on {0}: {1}. Choose another address with --listen")]
    Listen(SocketAddr, std::io::Error),
    #[error("the server ended: {0}")]
    Serve(std::io::Error),
    #[error("the store's writer broke. Nothing that was answered is lost; start the server again")]
    Writer,
}

impl Server {
    /// Opens the data folder and listens. Nothing is answered before [`Server::run`].
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn start(config: Config) -> Result<Self, Error> {
        if !config.listen.ip().is_loopback() {
            return Err(Error::NotLoopback(config.listen));
        }
        let folder = Folder::take(&config.data)?;
        let seal = Seal::open(&folder.path)?;
        let key = LocalKey::open(&folder.path, &seal)?;
        let (store, writer) = Store::open(&folder.path).await?;
        let listen = |error| Error::Listen(config.listen, error);
        let listener = TcpListener::bind(config.listen).await.map_err(listen)?;
        let address = listener.local_addr().map_err(listen)?;
        let url = format!("http://{address}");

        let egress = Egress::new()?;
        egress.forbid(address);
        let tasks = Supervisor::default();
        let embedded = crate::provider::embedded(config.models, &egress);
        let models =
            Registry::new(egress.clone(), embedded.as_ref().map(|embedded| Arc::clone(&embedded.provider)));
        let functions = Functions::new(egress.clone());
        let python = Python::new(config.python, tasks.clone());
        let agents = Agents::new(egress.clone());
        let buckets = folder.path.join(BUCKETS);
        let objects = Objects::open(egress.clone(), &buckets)
            .map_err(|error| folder::Error::Unusable(buckets, error))?;
        let ingestion = Ingestion::new(Reader::new(config.reader), egress.clone());
        let bots = Bots::default();
        let stores = Stores::new(Arc::new(Memory::new(store.clone())));
        let retriever = Retriever::new(store.clone(), models.clone(), stores.clone());
        let context = Context {
            models: models.clone(),
            functions: functions.clone(),
            objects: objects.clone(),
            bots: bots.clone(),
            knowledge: Arc::new(retriever.clone()),
            agents: agents.clone(),
            python: python.clone(),
        };
        let runner = Runner::new(store.clone(), context, tasks.clone());
        runner.recover().await?;
        runner.watch_questions();
        let service = Service {
            store: store.clone(),
            runner,
            models,
            functions,
            bots,
            objects,
            ingestion,
            agent_registry: agents,
            talking: Talking::default(),
            agent_changes: Arc::default(),
            python,
            retriever,
            vector_stores: VectorStores::new(stores, egress.clone()),
            seal,
            tasks,
            found: Found::new(from_environment(environment())),
            local: embedded.map(|embedded| embedded.weights),
            data_folder: folder.path.clone(),
            url: url.clone(),
        };
        service.load_connections().await?;
        service.load_functions().await?;
        service.load_bots().await?;
        service.load_buckets().await?;
        service.load_vector_stores().await?;
        service.load_agents().await?;
        service.clear_deleted_bases();
        service.resume_ingestion().await?;
        service.read_passages();
        let hosts = Arc::new(Hosts::new(address, &config.allowed_hosts));
        let app = App { service, sessions: Sessions::new(store), key: Arc::new(key), hosts };
        if let Err(error) = folder.announce(&Running { url: url.clone() }) {
            warn!("anabranch env and open will not find this server: {error}");
        }
        Ok(Self { url, app, listener, folder, writer })
    }

    /// A sign-in link.
    ///
    /// # Errors
    /// There is no randomness.
    pub fn link(&self) -> Result<String, crate::id::NoRandomness> {
        Ok(format!("{}/#login={}", self.url, self.app.sessions.link()?))
    }

    /// The owner's API key.
    pub fn api_key(&self) -> &str {
        &self.app.key.api_key
    }

    /// Answers until `stop` resolves, then lets what is under way end.
    ///
    /// # Errors
    /// The listener failed.
    pub async fn run(mut self, stop: impl Future<Output = ()> + Send + 'static) -> Result<(), Error> {
        let tasks = self.app.service.tasks.clone();
        let router = api::router(self.app);
        let (stopping, ending) = (tasks.stopping(), tasks.clone());
        // A token is a small write, which would wait for the answer to the one before.
        let listener = self.listener.tap_io(|connection| {
            if let Err(error) = connection.set_nodelay(true) {
                debug!("a connection's small writes will wait: {error}");
            }
        });
        let serving = axum::serve(listener, router).with_graceful_shutdown(async move {
            stop.await;
            info!("stopping");
            // Runs end first, so that the streams that follow them do.
            ending.stop(PATIENCE).await;
        });
        let forced = async {
            stopping.cancelled().await;
            tokio::time::sleep(PATIENCE).await;
        };
        tokio::select! {
            served = serving.into_future() => served.map_err(Error::Serve)?,
            () = forced => warn!("some requests did not end in time"),
            // It ends only after every store was dropped; before, it broke, and nothing can be kept any more.
            _ = &mut self.writer => return Err(Error::Writer),
        }
        tasks.stop(PATIENCE).await;
        if tokio::time::timeout(PATIENCE, &mut self.writer).await.is_err() {
            warn!("the store did not close in time");
        }
        // The next server may take the folder only when nothing is written any more.
        drop(self.folder);
        Ok(())
    }
}

/// The environment's variables, without those that are no text.
fn environment() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
}
