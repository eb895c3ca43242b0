//! The one writer: a task that owns the only writable connection and commits in groups.
//!
//! A commit waits for the disk, some 4 ms. Jobs that arrive meanwhile share the next one, each in a savepoint of its
//! own, so that one that fails takes nothing with it. A job is answered after the commit that holds it.

use futures_util::future::BoxFuture;
use sqlx::{Connection as _, SqliteConnection};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use super::{Error, Result};

/// The most jobs in one commit.
const GROUP: usize = 128;
/// Jobs that may wait before senders do.
const QUEUE: usize = 1024;

type Work = Box<dyn for<'c> FnOnce(&'c mut SqliteConnection) -> BoxFuture<'c, Answer> + Send>;
/// Called after the commit, with what became of it.
type Answer = Box<dyn FnOnce(Option<Error>) + Send>;

#[derive(Clone, Debug)]
pub(super) struct Writer {
    jobs: mpsc::Sender<Job>,
}

struct Job {
    work: Work,
    undo: oneshot::Receiver<()>,
}

impl Writer {
    /// Starts the task. It ends when the last writer is dropped and its jobs are done.
    pub(super) fn start(connection: SqliteConnection) -> (Self, JoinHandle<()>) {
        let (jobs, receiver) = mpsc::channel(QUEUE);
        // The store's owner waits for this task at its end; `task::Supervisor` is not below the store.
        #[allow(clippy::disallowed_methods)]
        let task = tokio::spawn(run(connection, receiver));
        (Self { jobs }, task)
    }

    /// Does a job in a transaction, and answers when it is on disk.
    pub(super) async fn write<T, F>(&self, job: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut SqliteConnection) -> BoxFuture<'c, Result<T>> + Send + 'static,
    {
        let (sender, receiver) = oneshot::channel();
        let (mark, undo) = oneshot::channel();
        let work: Work = Box::new(move |connection| {
            Box::pin(async move {
                let result = job(connection).await;
                if result.is_err() {
                    let _ = mark.send(());
                }
                let answer: Answer = Box::new(move |failed| {
                    let answer = match failed {
                        Some(error) => Err(error),
                        None => result,
                    };
                    let _ = sender.send(answer);
                });
                answer
            })
        });
        self.jobs.send(Job { work, undo }).await.map_err(|_| Error::Closed)?;
        receiver.await.map_err(|_| Error::Closed)?
    }
}

async fn run(mut connection: SqliteConnection, mut jobs: mpsc::Receiver<Job>) {
    let mut group = Vec::with_capacity(GROUP);
    while jobs.recv_many(&mut group, GROUP).await > 0 {
        commit(&mut connection, std::mem::take(&mut group)).await;
    }
    let _ = connection.close().await;
}

async fn commit(connection: &mut SqliteConnection, group: Vec<Job>) {
    let mut answers: Vec<Answer> = Vec::with_capacity(group.len());
    let result = transaction(connection, group, &mut answers).await;
    if result.is_err() {
        let _ = sqlx::query("ROLLBACK").execute(&mut *connection).await;
    }
    let full = matches!(result, Err(Error::Full));
    for answer in answers {
        answer(match &result {
            Ok(()) => None,
            Err(_) if full => Some(Error::Full),
            Err(error) => Some(Error::Sql(sqlx::Error::Protocol(error.to_string()))),
        });
    }
}

async fn transaction(
    connection: &mut SqliteConnection,
    group: Vec<Job>,
    answers: &mut Vec<Answer>,
) -> Result<()> {
    sqlx::query("BEGIN IMMEDIATE").execute(&mut *connection).await?;
    for mut job in group {
        sqlx::query("SAVEPOINT job").execute(&mut *connection).await?;
        answers.push((job.work)(connection).await);
        if job.undo.try_recv().is_ok() {
            sqlx::query("ROLLBACK TO job").execute(&mut *connection).await?;
        }
        sqlx::query("RELEASE job").execute(&mut *connection).await?;
    }
    sqlx::query("COMMIT").execute(&mut *connection).await?;
    Ok(())
}
