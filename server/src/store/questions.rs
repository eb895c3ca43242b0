//! Runs that wait for an answer.
//!
//! Always holds: an execution is InputRequired exactly while it has a row here; it is taken up by one caller alone.

use flow::event::{Event, Status};

use super::executions::{append, events, finish};
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

    /// Takes a paused execution up, so that it runs again for the one who took it; whether these were its questions
    /// still: it may have been answered, and have paused anew, since they were read.
    pub async fn take_paused(&self, execution: String, questions: String) -> Result<bool> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let deleted = sqlx::query("DELETE FROM questions WHERE execution_id = ? AND body = ?")
                        .bind(&execution)
                        .bind(&questions)
                        .execute(&mut *connection)
                        .await?;
                    if deleted.rows_affected() == 0 {
                        return Ok(false);
                    }
                    sqlx::query("UPDATE executions SET status = 'Running' WHERE id = ?")
                        .bind(&execution)
                        .execute(&mut *connection)
                        .await?;
                    Ok(true)
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

    /// What a paused execution asks, as JSON, and its events until then: both of one moment, since an answer takes the one
    /// and adds to the other. An error where it does not wait.
    pub async fn paused(&self, execution: &str) -> Result<(String, Vec<Event>)> {
        let mut moment = self.readers.begin().await?;
        let body = sqlx::query_scalar("SELECT body FROM questions WHERE execution_id = ?").bind(execution);
        let body = body.fetch_optional(&mut *moment).await?.ok_or(Error::NotFound)?;
        Ok((body, events(&mut moment, execution, 0).await?))
    }

    /// The executions that have waited since before this time.
    pub async fn paused_before(&self, at: u64) -> Result<Vec<String>> {
        let ids =
            sqlx::query_scalar("SELECT execution_id FROM questions WHERE asked_at < ? ORDER BY asked_at");
        Ok(ids.bind(to_sql(at)).fetch_all(&self.readers).await?)
    }
}

#[cfg(test)]
mod tests {
    use flow::definition::Definition;
    use flow::extensions::Extensions;

    use super::*;
    use crate::store::ExecutionRow;

    #[tokio::test]
    async fn only_what_was_read_is_taken_up() {
        let folder = tempfile::tempdir().unwrap();
        let (store, _writer) = Store::open(folder.path()).await.unwrap();
        let row = ExecutionRow {
            id: "run".to_owned(),
            flow_id: "flow".to_owned(),
            flow_title: String::new(),
            alias: None,
            version: None,
            name: None,
            digest: "digest".to_owned(),
            status: Status::Running,
            started_at: 0,
            ended_at: None,
            error: None,
            input_tokens: 0,
            output_tokens: 0,
        };
        store.insert_execution(row, None, &Definition::default(), &Extensions::default()).await.unwrap();
        let pause = |questions: &str| {
            store.pause_execution(Paused {
                id: "run".to_owned(),
                questions: questions.to_owned(),
                at: 0,
                events: Vec::new(),
                input_tokens: 0,
                output_tokens: 0,
            })
        };
        let take = |questions: &str| store.take_paused("run".to_owned(), questions.to_owned());
        pause("first").await.unwrap();
        assert!(take("first").await.unwrap());
        pause("second").await.unwrap();
        // One that read the first question, and comes late.
        assert!(!take("first").await.unwrap());
        assert_eq!(store.paused("run").await.unwrap().0, "second");
        assert_eq!(store.execution("run").await.unwrap().status, Status::InputRequired);
        assert!(take("second").await.unwrap());
    }
}
