//! The one writer: a task that owns the only writable connection and commits in groups.
//!
//! A commit waits for the disk, some 4 ms. Jobs that arrive meanwhile share the next one, each in a savepoint of its
//! own, so that one that fails takes nothing with it. A job is answered after the commit that holds it, or with why
//! there was none.

use futures_util::future::BoxFuture;
use sqlx::{Connection as _, SqliteConnection};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use super::{Error, Result};

/// The most jobs in one commit.
const GROUP: usize = 128;
/// Jobs that may wait before senders do.
const QUEUE: usize = 1024;

/// Does a job, or answers that it was not begun.
type Work = Box<dyn for<'c> FnOnce(Turn<'c>) -> BoxFuture<'c, Answer> + Send>;
/// The connection to do a job on, or why there is none.
type Turn<'c> = std::result::Result<&'c mut SqliteConnection, Error>;
/// Called after the commit, with what became of it.
type Answer = Box<dyn FnOnce(Option<Error>) + Send>;

#[derive(Clone, Debug)]
pub(super) struct Writer {
    jobs: mpsc::Sender<Job>,
}

struct Job {
    work: Work,
    /// Told where the job failed, with whether the disk is full: SQLite may have given the whole transaction up then.
    undo: oneshot::Receiver<bool>,
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
        let work: Work = Box::new(move |turn| {
            Box::pin(async move {
                let result = match turn {
                    Ok(connection) => job(connection).await,
                    Err(error) => Err(error),
                };
                if let Err(error) = &result {
                    let _ = mark.send(matches!(error, Error::Full));
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
    let mut waiting = group.into_iter();
    let result = transaction(connection, &mut waiting, &mut answers).await;
    if result.is_err() {
        let _ = sqlx::query("ROLLBACK").execute(&mut *connection).await;
    }
    let failed = || result.as_ref().err().map(again);
    for answer in answers {
        answer(failed());
    }
    for job in waiting {
        (job.work)(Err(failed().unwrap_or(Error::Closed))).await(None);
    }
}

/// Does jobs in one transaction, and takes those that it began.
async fn transaction(
    connection: &mut SqliteConnection,
    jobs: &mut impl Iterator<Item = Job>,
    answers: &mut Vec<Answer>,
) -> Result<()> {
    sqlx::query("BEGIN IMMEDIATE").execute(&mut *connection).await?;
    for mut job in jobs {
        sqlx::query("SAVEPOINT job").execute(&mut *connection).await?;
        answers.push((job.work)(Ok(&mut *connection)).await);
        if let Ok(full) = job.undo.try_recv() {
            let undone = sqlx::query("ROLLBACK TO job").execute(&mut *connection).await;
            undone.map_err(|error| if full { Error::Full } else { error.into() })?;
        }
        sqlx::query("RELEASE job").execute(&mut *connection).await?;
    }
    sqlx::query("COMMIT").execute(&mut *connection).await?;
    Ok(())
}

/// The same failure for another job of the group.
fn again(error: &Error) -> Error {
    match error {
        Error::Full => Error::Full,
        other => Error::Sql(sqlx::Error::Protocol(other.to_string())),
    }
}
