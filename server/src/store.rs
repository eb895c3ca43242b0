//! SQL: one file per group of tables. Many readers, one writer.
//!
//! Always holds: a write is answered after its commit is on disk (write-ahead log, `synchronous=FULL`). Access is a
//! method that says what it does; no SQL lives elsewhere.

mod agent_sessions;
mod agent_versions;
mod agents;
mod aliases;
mod bots;
mod buckets;
mod connections;
mod executions;
mod flow_executions;
mod flows;
mod folders;
mod functions;
mod items;
mod jobs;
mod knowledge;
mod mcp_servers;
mod prompts;
mod questions;
mod sessions;
mod settings;
mod sources;
mod tags;
mod tokens;
mod vector_stores;
mod versions;
mod writer;

use std::borrow::Cow;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteQueryResult, SqliteSynchronous,
};
use sqlx::{ConnectOptions, Connection, SqliteConnection, SqlitePool};
use tokio::task::JoinHandle;

pub use agent_versions::{AgentAliasRow, AgentVersionRow};
pub use agents::{AgentRow, BindingRow};
pub use aliases::AliasRow;
pub use bots::BotRow;
pub use buckets::BucketRow;
pub use connections::ConnectionRow;
pub use executions::{ExecutionFilter, ExecutionRow, Finished};
pub use flow_executions::{FlowExecutionFilter, FlowExecutionRow, Named};
pub use flows::{DraftChange, FlowRow, FlowTitle, FlowUpdate, Prepared};
pub use folders::Filed;
pub use functions::FunctionRow;
pub use items::{Indexed, ItemRow, Kept, NewPending, PendingRow};
pub use jobs::JobRow;
pub use knowledge::{
    DescribedRow, DocumentRow, KnowledgeBaseRow, NewBase, NewDocument, NewPassage, NewVectorSet, PassageRow,
    UnreadRow, VectorSetRow, WantedRow,
};
pub use mcp_servers::McpServerRow;
pub use prompts::PromptRow;
pub use questions::Paused;
pub use sessions::SessionRow;
pub use sources::SourceRow;
pub use tags::Tags;
pub use vector_stores::{GoneVectors, VectorStoreRow};
pub use versions::VersionRow;
use writer::Writer;

/// The first SQLite without the defect that loses pages of the write-ahead log.
const OLDEST_SQLITE: [u32; 3] = [3, 51, 3];

/// The database of one data folder.
#[derive(Clone, Debug)]
pub struct Store {
    readers: SqlitePool,
    writer: Writer,
    /// When it was last seen to write and read.
    answered: Arc<Mutex<Option<Instant>>>,
}

/// What a statement said.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// What is asked for is not there.
    #[error("not found")]
    NotFound,
    /// Something else has this name, or still points here.
    #[error("taken: {0}")]
    Taken(&'static str),
    /// The draft has moved on to this revision.
    #[error("the draft is at revision {0}")]
    Revision(u64),
    /// No space is left on the disk.
    #[error("the disk is full")]
    Full,
    #[error(transparent)]
    Sql(sqlx::Error),
    /// A stored document cannot be read.
    #[error("a stored document cannot be read: {0}")]
    Document(#[from] serde_json::Error),
    /// The writer has stopped.
    #[error("the store is closed")]
    Closed,
    /// The bundled SQLite is too old.
    #[error("SQLite {0} is older than 3.51.3, which is the first without a defect that loses writes")]
    TooOld(String),
    #[error("the database could not be brought up to date: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::RowNotFound => Self::NotFound,
            sqlx::Error::Database(database) if database.code().as_deref() == Some("13") => Self::Full,
            _ => Self::Sql(error),
        }
    }
}

pub type Result<T> = std::result::Result<T, Error>;

impl Store {
    /// Opens the database of a data folder, makes it where there is none, and brings its schema up to date. The
    /// second value is the writer's task, which ends when the last store is dropped.
    ///
    /// # Errors
    /// The file cannot be opened or its schema is newer than this program.
    pub async fn open(folder: &Path) -> Result<(Self, JoinHandle<()>)> {
        let options = SqliteConnectOptions::new()
            .filename(folder.join("anabranch.db"))
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(10))
            .statement_cache_capacity(256);
        let options = match std::env::var("ANABRANCH_TEST_SYNCHRONOUS").as_deref() {
            // The durability test shows with it that it can fail.
            Ok("normal") if cfg!(debug_assertions) => options.synchronous(SqliteSynchronous::Normal),
            _ => options,
        };
        let mut connection = options.connect().await?;
        require_sqlite(&mut connection).await?;
        migrations().run(&mut connection).await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(4)
            .connect_with(options.create_if_missing(false).read_only(true))
            .await?;
        let (writer, task) = Writer::start(connection);
        Ok((Self { readers, writer, answered: Arc::default() }, task))
    }

    /// Whether a write and a read work.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn ping(&self) -> Result<()> {
        // Anyone may ask, so the disk is asked once a second at most.
        if self.answered.lock().is_some_and(|at| at.elapsed() < Duration::from_secs(1)) {
            return Ok(());
        }
        self.put_setting("ping", "pong").await?;
        sqlx::query("SELECT 1").execute(&self.readers).await?;
        *self.answered.lock() = Some(Instant::now());
        Ok(())
    }

    /// Deletes a row by its keys, which must be there.
    async fn delete_one<const N: usize>(&self, statement: &'static str, keys: [String; N]) -> Result<()> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let delete =
                        keys.into_iter().fold(sqlx::query(statement), |delete, key| delete.bind(key));
                    there(&delete.execute(connection).await?)
                })
            })
            .await
    }
}

async fn require_sqlite(connection: &mut SqliteConnection) -> Result<()> {
    let version: String = sqlx::query_scalar("SELECT sqlite_version()").fetch_one(&mut *connection).await?;
    let mut parts = version.split('.').map(|part| part.parse().unwrap_or(0));
    let found = [(); 3].map(|()| parts.next().unwrap_or(0));
    connection.ping().await?;
    if found < OLDEST_SQLITE { Err(Error::TooOld(version)) } else { Ok(()) }
}

fn migrations() -> Migrator {
    let files = [
        (1, "first", include_str!("../migrations/0001_first.sql")),
        (2, "stores", include_str!("../migrations/0002_stores.sql")),
        (3, "knowledge", include_str!("../migrations/0003_knowledge.sql")),
        (4, "agents", include_str!("../migrations/0004_agents.sql")),
        (5, "intents", include_str!("../migrations/0005_intents.sql")),
        (6, "deletions", include_str!("../migrations/0006_deletions.sql")),
        (7, "flow executions", include_str!("../migrations/0007_flow_executions.sql")),
        (8, "prompts", include_str!("../migrations/0008_prompts.sql")),
        (9, "tags", include_str!("../migrations/0009_tags.sql")),
        (10, "agent versions", include_str!("../migrations/0010_agent_versions.sql")),
        (11, "ingestion", include_str!("../migrations/0011_ingestion.sql")),
        (13, "vectors", include_str!("../migrations/0013_vectors.sql")),
        (14, "evaluations", include_str!("../migrations/0014_evaluations.sql")),
        (15, "alias moves", include_str!("../migrations/0015_alias_moves.sql")),
        (16, "folders", include_str!("../migrations/0016_folders.sql")),
        (17, "agent sessions", include_str!("../migrations/0017_agent_sessions.sql")),
        (18, "vector stores", include_str!("../migrations/0018_vector_stores.sql")),
        (19, "searched passages", include_str!("../migrations/0019_searched_passages.sql")),
    ];
    let migrations = files
        .into_iter()
        .map(|(version, name, sql)| {
            let sql = sqlx::AssertSqlSafe(sql).into_sql_str();
            Migration::new(version, Cow::Borrowed(name), MigrationType::Simple, sql, false)
        })
        .collect();
    Migrator { migrations: Cow::Owned(migrations), ..Migrator::DEFAULT }
}

use sqlx::SqlSafeStr as _;

/// Refuses a statement that found nothing to change.
fn there(done: &SqliteQueryResult) -> Result<()> {
    if done.rows_affected() == 0 { Err(Error::NotFound) } else { Ok(()) }
}

/// What is taken, where that is why; what is pointed at and gone meanwhile is not found.
fn taken(error: sqlx::Error, what: &'static str) -> Error {
    match &error {
        sqlx::Error::Database(database) if database.is_unique_violation() => Error::Taken(what),
        sqlx::Error::Database(database) if database.is_foreign_key_violation() => Error::NotFound,
        _ => error.into(),
    }
}

/// A count or time of ours as SQLite has it.
fn to_sql(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A stored count or time.
fn from_sql(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}
