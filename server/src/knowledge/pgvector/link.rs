//! The connection to a PostgreSQL server: opened when it is needed, kept while it holds, and opened again when it broke.

use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::sync::Mutex;
use tokio_postgres::config::SslMode;
use tokio_postgres::tls::NoTlsStream;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, Config, Connection, NoTls, Row};

use super::super::VectorError;
use super::{Postgres, explain};
use crate::egress::{self, Egress, Reach};
use crate::task::Supervisor;

/// The longest wait for an answer.
const PATIENCE: Duration = Duration::from_secs(30);
/// What asks a server for a private connection: its length, and a number that no version of the protocol has.
const ASK_FOR_TLS: [u8; 8] = [0, 0, 0, 8, 4, 210, 22, 47];

/// A value and its type.
pub(super) type Given<'a> = (&'a (dyn ToSql + Sync), Type);

pub(super) struct Link {
    egress: Egress,
    tasks: Supervisor,
    at: Postgres,
    client: Mutex<Option<Arc<Client>>>,
}

impl Link {
    pub fn new(egress: Egress, tasks: Supervisor, at: Postgres) -> Self {
        Self { egress, tasks, at, client: Mutex::default() }
    }

    /// Runs statements that give nothing, all of them or none.
    pub async fn run(&self, statements: &str) -> Result<(), VectorError> {
        in_time(async {
            self.client().await?.batch_execute(statements).await.map_err(|error| explain(&error))
        })
        .await
    }

    pub async fn rows(&self, statement: &str, given: &[Given<'_>]) -> Result<Vec<Row>, VectorError> {
        in_time(async {
            self.client().await?.query_typed(statement, given).await.map_err(|error| explain(&error))
        })
        .await
    }

    /// The rows of a question that the index answers, which is to look at so many vectors.
    pub async fn rows_by_index(
        &self,
        looked_at: &str,
        statement: &str,
        given: &[Given<'_>],
    ) -> Result<Vec<Row>, VectorError> {
        let setting = "SELECT set_config('hnsw.ef_search', $1, false)";
        in_time(async {
            let client = self.client().await?;
            let looked_at: [Given<'_>; 1] = [(&looked_at, Type::TEXT)];
            // Both are sent one after the other, so that no other question's setting comes between.
            let asked = tokio::try_join!(
                client.query_typed(setting, &looked_at),
                client.query_typed(statement, given)
            );
            asked.map(|(_, rows)| rows).map_err(|error| explain(&error))
        })
        .await
    }

    async fn client(&self) -> Result<Arc<Client>, VectorError> {
        let mut held = self.client.lock().await;
        if let Some(client) = held.as_ref().filter(|client| !client.is_closed()) {
            return Ok(Arc::clone(client));
        }
        let client = Arc::new(self.connect().await?);
        *held = Some(Arc::clone(&client));
        Ok(client)
    }

    async fn connect(&self) -> Result<Client, VectorError> {
        let Postgres { host, port, user, database, password, tls, certificate, .. } = &self.at;
        let mut config = Config::new();
        // What makes the connection private is done here, before its first word.
        config.user(user).dbname(database).application_name("anabranch").ssl_mode(SslMode::Disable);
        if let Some(password) = password {
            config.password(password);
        }
        let mut stream = self.egress.dial(host, *port, Reach::Trusted).await.map_err(away)?;
        if !tls {
            return Ok(
                self.started(config.connect_raw(stream, NoTls).await.map_err(|error| explain(&error))?)
            );
        }
        ask_for_tls(&mut stream).await?;
        let stream = self.egress.secure(stream, host, certificate.as_deref()).await.map_err(away)?;
        Ok(self.started(config.connect_raw(stream, NoTls).await.map_err(|error| explain(&error))?))
    }

    /// The connection moves as long as its client is there.
    fn started<S>(&self, (client, connection): (Client, Connection<S, NoTlsStream>)) -> Client
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let stopping = self.tasks.stopping();
        self.tasks.start("a connection to PostgreSQL", async move {
            tokio::select! {
                () = stopping.cancelled() => {}
                // How it ended is told to whoever waits for an answer.
                _ = connection => {}
            }
        });
        client
    }
}

async fn in_time<T>(work: impl Future<Output = Result<T, VectorError>>) -> Result<T, VectorError> {
    let late = || VectorError::Away(format!("PostgreSQL did not answer in {} s.", PATIENCE.as_secs()));
    tokio::time::timeout(PATIENCE, work).await.unwrap_or_else(|_| Err(late()))
}

async fn ask_for_tls(stream: &mut (impl AsyncRead + AsyncWrite + Unpin)) -> Result<(), VectorError> {
    let mut answer = [0];
    let asked = async {
        stream.write_all(&ASK_FOR_TLS).await?;
        stream.read_exact(&mut answer).await
    };
    asked.await.map_err(|_| VectorError::Away("PostgreSQL broke the connection off.".to_owned()))?;
    if answer == *b"S" {
        return Ok(());
    }
    let message = "PostgreSQL there has no TLS. Have it set up there, or switch TLS off for this store.";
    Err(VectorError::Away(message.to_owned()))
}

fn away(error: egress::Error) -> VectorError {
    VectorError::Away(error.sentence())
}
