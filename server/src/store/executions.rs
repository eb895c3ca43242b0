//! Executions and their events.

use flow::definition::Definition;
use flow::event::{Event, Status};
use flow::extensions::Extensions;
use sqlx::{FromRow, SqliteConnection};

use super::flow_executions::{self, Named};
use super::{Result, Store, from_sql, taken, to_sql};

/// An execution as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExecutionRow {
    pub id: String,
    pub flow_id: String,
    pub flow_title: String,
    pub alias: Option<String>,
    pub version: Option<u64>,
    /// Its name within its alias, where AWS's StartFlowExecution began it.
    pub name: Option<String>,
    pub digest: String,
    pub status: Status,
    pub started_at: u64,
    pub ended_at: Option<u64>,
    pub error: Option<String>,
    pub input_tokens: u64,
    pub output_tokens: u64,
}

/// Which executions to list.
#[derive(Clone, Debug, Default)]
pub struct ExecutionFilter {
    pub flow: Option<String>,
    pub status: Option<Status>,
    /// Only those whose flow's title, id, name, input or failure has these words, whatever their case.
    pub search: Option<String>,
    /// Only those that began before the one of this id.
    pub after: Option<String>,
    pub limit: u32,
}

/// How an execution ended.
#[derive(Clone, Debug)]
pub struct Finished {
    pub id: String,
    pub status: Status,
    pub at: u64,
    pub error: Option<String>,
    pub input_tokens: u64,
    pub output_tokens: u64,
    /// What is not written yet, the end among it.
    pub events: Vec<Event>,
}

#[derive(FromRow)]
pub(super) struct Row {
    id: String,
    flow_id: String,
    flow_title: String,
    alias: Option<String>,
    version: Option<i64>,
    #[sqlx(default)]
    name: Option<String>,
    digest: String,
    status: String,
    started_at: i64,
    ended_at: Option<i64>,
    error: Option<String>,
    input_tokens: i64,
    output_tokens: i64,
}

impl From<Row> for ExecutionRow {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            flow_id: row.flow_id,
            flow_title: row.flow_title,
            alias: row.alias,
            version: row.version.map(from_sql),
            name: row.name,
            digest: row.digest,
            status: Status::from_name(&row.status).unwrap_or(Status::Interrupted),
            started_at: from_sql(row.started_at),
            ended_at: row.ended_at.map(from_sql),
            error: row.error,
            input_tokens: from_sql(row.input_tokens),
            output_tokens: from_sql(row.output_tokens),
        }
    }
}

impl Store {
    /// Records that an execution begins, with the flow as it runs; `named` where it has a name of AWS's.
    pub async fn insert_execution(
        &self,
        row: ExecutionRow,
        named: Option<Named>,
        definition: &Definition,
        extensions: &Extensions,
    ) -> Result<()> {
        let (definition, extensions) =
            (serde_json::to_string(definition)?, serde_json::to_string(extensions)?);
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    sqlx::query(
                        "INSERT INTO documents (digest, definition, extensions) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                    )
                    .bind(&row.digest)
                    .bind(definition)
                    .bind(extensions)
                    .execute(&mut *connection)
                    .await?;
                    sqlx::query(
                        "INSERT INTO executions (id, flow_id, flow_title, alias, version, digest, status, started_at)
                         VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    )
                    .bind(&row.id)
                    .bind(&row.flow_id)
                    .bind(&row.flow_title)
                    .bind(&row.alias)
                    .bind(row.version.map(to_sql))
                    .bind(&row.digest)
                    .bind(row.status.name())
                    .bind(to_sql(row.started_at))
                    .execute(&mut *connection)
                    .await
                    .map_err(|error| taken(error, "id"))?;
                    match named {
                        Some(named) => flow_executions::name(connection, &row, &named).await,
                        None => Ok(()),
                    }
                })
            })
            .await
    }

    /// Adds events of a running execution.
    pub async fn append_events(&self, execution: String, events: Vec<Event>) -> Result<()> {
        self.writer
            .write(move |connection| Box::pin(async move { append(connection, &execution, &events).await }))
            .await
    }

    /// Records an execution's end together with its last events. An execution that has ended stays as it is.
    pub async fn finish_execution(&self, finished: Finished) -> Result<()> {
        self.writer.write(move |connection| Box::pin(async move { finish(connection, finished).await })).await
    }

    /// Executions, newest first.
    pub async fn executions(&self, filter: ExecutionFilter) -> Result<Vec<ExecutionRow>> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT executions.*, flow_executions.name
             FROM executions LEFT JOIN flow_executions ON execution_id = id
             WHERE (?1 IS NULL OR executions.flow_id = ?1) AND (?2 IS NULL OR status = ?2)
               AND (?5 IS NULL OR instr(lower(concat_ws(char(10), flow_title, id, name, error)), lower(?5)) > 0
                 OR EXISTS (SELECT 1 FROM events WHERE execution_id = id AND seq = 1
                   AND instr(lower(json_extract(body, '$.input')), lower(?5)) > 0))
               AND (?3 IS NULL OR (executions.started_at, id) < (SELECT started_at, id FROM executions WHERE id = ?3))
             ORDER BY executions.started_at DESC, id DESC LIMIT ?4",
        )
        .bind(filter.flow)
        .bind(filter.status.map(Status::name))
        .bind(filter.after)
        .bind(i64::from(filter.limit))
        .bind(filter.search.filter(|search| !search.trim().is_empty()))
        .fetch_all(&self.readers)
        .await?;
        Ok(rows.into_iter().map(ExecutionRow::from).collect())
    }

    /// The last runs of every flow, at most twelve each, oldest first.
    pub async fn recent_runs(&self) -> Result<Vec<ExecutionRow>> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT * FROM (SELECT *, row_number() OVER
               (PARTITION BY flow_id ORDER BY started_at DESC, id DESC) AS place FROM executions)
             WHERE place <= 12 ORDER BY started_at, id",
        )
        .fetch_all(&self.readers)
        .await?;
        Ok(rows.into_iter().map(ExecutionRow::from).collect())
    }

    /// One execution.
    pub async fn execution(&self, id: &str) -> Result<ExecutionRow> {
        let row: Row = sqlx::query_as(
            "SELECT executions.*, flow_executions.name
             FROM executions LEFT JOIN flow_executions ON execution_id = id WHERE id = ?",
        )
        .bind(id)
        .fetch_one(&self.readers)
        .await?;
        Ok(row.into())
    }

    /// The flow as an execution ran it.
    pub async fn documents(&self, digest: &str) -> Result<(Definition, Extensions)> {
        let (definition, extensions): (String, String) =
            sqlx::query_as("SELECT definition, extensions FROM documents WHERE digest = ?")
                .bind(digest)
                .fetch_one(&self.readers)
                .await?;
        Ok((serde_json::from_str(&definition)?, serde_json::from_str(&extensions)?))
    }

    /// An execution's events after a place.
    pub async fn events(&self, execution: &str, after: u64) -> Result<Vec<Event>> {
        events(&mut *self.readers.acquire().await?, execution, after).await
    }

    /// An execution's events of these types after a place, at most so many.
    pub async fn events_of(
        &self,
        execution: &str,
        types: &[&str],
        after: u64,
        limit: usize,
    ) -> Result<Vec<Event>> {
        let bodies: Vec<String> = sqlx::query_scalar(
            "SELECT body FROM events WHERE execution_id = ? AND seq > ?
               AND json_extract(body, '$.type') IN (SELECT value FROM json_each(?)) ORDER BY seq LIMIT ?",
        )
        .bind(execution)
        .bind(to_sql(after))
        .bind(serde_json::to_string(types)?)
        .bind(to_sql(limit as u64))
        .fetch_all(&self.readers)
        .await?;
        bodies.iter().map(|body| Ok(serde_json::from_str(body)?)).collect()
    }

    /// The place of an execution's last event that was written; 0 where none was.
    pub async fn last_event(&self, execution: &str) -> Result<u64> {
        let last: Option<i64> = sqlx::query_scalar("SELECT max(seq) FROM events WHERE execution_id = ?")
            .bind(execution)
            .fetch_one(&self.readers)
            .await?;
        Ok(last.map_or(0, from_sql))
    }

    /// How many executions are running.
    pub async fn running(&self) -> Result<u64> {
        let count: i64 = sqlx::query_scalar("SELECT count(*) FROM executions WHERE status = 'Running'")
            .fetch_one(&self.readers)
            .await?;
        Ok(from_sql(count))
    }
}

/// An execution's events after a place.
pub(super) async fn events(
    connection: &mut SqliteConnection,
    execution: &str,
    after: u64,
) -> Result<Vec<Event>> {
    let bodies: Vec<String> =
        sqlx::query_scalar("SELECT body FROM events WHERE execution_id = ? AND seq > ? ORDER BY seq")
            .bind(execution)
            .bind(to_sql(after))
            .fetch_all(connection)
            .await?;
    bodies.iter().map(|body| Ok(serde_json::from_str(body)?)).collect()
}

pub(super) async fn append(
    connection: &mut SqliteConnection,
    execution: &str,
    events: &[Event],
) -> Result<()> {
    for event in events {
        sqlx::query("INSERT INTO events (execution_id, seq, body) VALUES (?, ?, ?)")
            .bind(execution)
            .bind(to_sql(event.seq))
            .bind(serde_json::to_string(event)?)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

pub(super) async fn finish(connection: &mut SqliteConnection, finished: Finished) -> Result<()> {
    let updated = sqlx::query(
        "UPDATE executions SET status = ?, ended_at = ?, error = ?, input_tokens = ?, output_tokens = ?
         WHERE id = ? AND status = 'Running'",
    )
    .bind(finished.status.name())
    .bind(to_sql(finished.at))
    .bind(&finished.error)
    .bind(to_sql(finished.input_tokens))
    .bind(to_sql(finished.output_tokens))
    .bind(&finished.id)
    .execute(&mut *connection)
    .await?;
    if updated.rows_affected() > 0 {
        append(connection, &finished.id, &finished.events).await?;
    }
    Ok(())
}
