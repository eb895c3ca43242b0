//! Runs that wait for an answer.
//!
//! Always holds: an execution is InputRequired exactly while it has a row here; it is taken up by one caller alone.

use flow::event::{Event, Status};

use super::executions::{append, finish};
use super::{Error, Finished, Result, Store, to_sql};

/// A run that pauses.
#[derive(Clone, Debug)]
pub struct Paused {
    pub id: String,
    /// JSON: its questions.
    pub questions: String,
    pub at: u64,
    /// What is not written yet, the question among it.
    pub events: Vec<Event>,
    pub input_tokens: u64,
    pub output_tokens: u64,
}

/// What became of taking a paused run up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Taken {
    /// With its questions.
    Questions(String),
    /// It does not wait.
    NotWaiting,
}

impl Store {
    /// Records that an execution waits for an answer.
    pub async fn pause_execution(&self, paused: Paused) -> Result<()> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let updated = sqlx::query(
                        "UPDATE executions SET status = ?, input_tokens = ?, output_tokens = ?
                         WHERE id = ? AND status = 'Running'",
                    )
                    .bind(Status::InputRequired.name())
                    .bind(to_sql(paused.input_tokens))
                    .bind(to_sql(paused.output_tokens))
                    .bind(&paused.id)
                    .execute(&mut *connection)
                    .await?;
                    if updated.rows_affected() == 0 {
                        return Ok(());
                    }
                    sqlx::query(
                        "INSERT OR REPLACE INTO questions (execution_id, body, asked_at) VALUES (?, ?, ?)",
                    )
                    .bind(&paused.id)
                    .bind(&paused.questions)
                    .bind(to_sql(paused.at))
                    .execute(&mut *connection)
                    .await?;
                    append(connection, &paused.id, &paused.events).await
                })
            })
            .await
    }

    /// Takes a paused execution up, so that it runs again.
    pub async fn take_paused(&self, execution: String) -> Result<Taken> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let questions: Option<String> =
                        sqlx::query_scalar("DELETE FROM questions WHERE execution_id = ? RETURNING body")
                            .bind(&execution)
                            .fetch_optional(&mut *connection)
                            .await?;
                    let Some(questions) = questions else { return Ok(Taken::NotWaiting) };
                    sqlx::query("UPDATE executions SET status = 'Running' WHERE id = ?")
                        .bind(&execution)
                        .execute(&mut *connection)
                        .await?;
                    Ok(Taken::Questions(questions))
                })
            })
            .await
    }

    /// Ends a paused execution; whether it waited.
    pub async fn end_paused(&self, finished: Finished) -> Result<bool> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let deleted = sqlx::query("DELETE FROM questions WHERE execution_id = ?")
                        .bind(&finished.id)
                        .execute(&mut *connection)
                        .await?;
                    if deleted.rows_affected() == 0 {
                        return Ok(false);
                    }
                    sqlx::query("UPDATE executions SET status = 'Running' WHERE id = ?")
                        .bind(&finished.id)
                        .execute(&mut *connection)
                        .await?;
                    finish(connection, finished).await?;
                    Ok(true)
                })
            })
            .await
    }

    /// What a paused execution asks, as JSON; an error where it does not wait.
    pub async fn questions(&self, execution: &str) -> Result<String> {
        let body = sqlx::query_scalar("SELECT body FROM questions WHERE execution_id = ?");
        body.bind(execution).fetch_optional(&self.readers).await?.ok_or(Error::NotFound)
    }

    /// The executions that have waited since before this time.
    pub async fn paused_before(&self, at: u64) -> Result<Vec<String>> {
        let ids =
            sqlx::query_scalar("SELECT execution_id FROM questions WHERE asked_at < ? ORDER BY asked_at");
        Ok(ids.bind(to_sql(at)).fetch_all(&self.readers).await?)
    }
}
