//! Ingestion jobs: one at a time in a source.

use sqlx::FromRow;

use super::{Result, Store, taken, there, to_sql};

/// How many jobs of a source are remembered after their end.
const REMEMBERED: i64 = 100;

/// A job.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct JobRow {
    pub id: String,
    pub source_id: String,
    pub description: String,
    /// `starting`, `in_progress`, `stopping`, `complete`, `failed`, `stopped`.
    pub status: String,
    /// JSON.
    pub counts: String,
    #[sqlx(try_from = "i64")]
    pub started_at: u64,
    #[sqlx(try_from = "i64")]
    pub updated_at: u64,
}

impl Store {
    /// A source's jobs, newest first.
    pub async fn jobs(&self, source: &str) -> Result<Vec<JobRow>> {
        Ok(sqlx::query_as(
            "SELECT id, source_id, description, status, counts, started_at, updated_at FROM ingestion_jobs
             WHERE source_id = ? ORDER BY started_at DESC, rowid DESC",
        )
        .bind(source)
        .fetch_all(&self.readers)
        .await?)
    }

    /// A source's newest job, where it has one.
    pub async fn newest_job(&self, source: &str) -> Result<Option<JobRow>> {
        Ok(sqlx::query_as(
            "SELECT id, source_id, description, status, counts, started_at, updated_at FROM ingestion_jobs
             WHERE source_id = ? ORDER BY started_at DESC, rowid DESC LIMIT 1",
        )
        .bind(source)
        .fetch_optional(&self.readers)
        .await?)
    }

    /// A job of a source.
    pub async fn job(&self, source: &str, id: &str) -> Result<JobRow> {
        Ok(sqlx::query_as(
            "SELECT id, source_id, description, status, counts, started_at, updated_at FROM ingestion_jobs
             WHERE source_id = ? AND id = ?",
        )
        .bind(source)
        .bind(id)
        .fetch_one(&self.readers)
        .await?)
    }

    /// The jobs that have not ended, with their bases.
    pub async fn unfinished_jobs(&self) -> Result<Vec<(String, String, String)>> {
        Ok(sqlx::query_as(
            "SELECT s.base_id, s.id, j.id FROM ingestion_jobs j JOIN data_sources s ON s.id = j.source_id
             JOIN knowledge_bases b ON b.id = s.base_id AND b.deleted_at IS NULL
             WHERE j.status IN ('starting', 'in_progress', 'stopping')",
        )
        .fetch_all(&self.readers)
        .await?)
    }

    /// Begins a job; the id of the one that is there now, which an earlier try with this token may have begun, and
    /// whether it is new. The source's oldest are forgotten.
    pub async fn insert_job(&self, row: JobRow, token: Option<String>) -> Result<(String, bool)> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let known: Option<String> = sqlx::query_scalar(
                        "SELECT id FROM ingestion_jobs WHERE source_id = ? AND client_token = ?",
                    )
                    .bind(&row.source_id)
                    .bind(&token)
                    .fetch_optional(&mut *connection)
                    .await?;
                    if let Some(id) = known {
                        return Ok((id, false));
                    }
                    sqlx::query(
                        "INSERT INTO ingestion_jobs
                           (id, source_id, description, status, counts, client_token, started_at, updated_at)
                         VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    )
                    .bind(&row.id)
                    .bind(&row.source_id)
                    .bind(&row.description)
                    .bind(&row.status)
                    .bind(&row.counts)
                    .bind(&token)
                    .bind(to_sql(row.started_at))
                    .bind(to_sql(row.updated_at))
                    .execute(&mut *connection)
                    .await
                    .map_err(|error| taken(error, "job"))?;
                    sqlx::query(
                        "DELETE FROM ingestion_jobs WHERE rowid IN
                           (SELECT rowid FROM ingestion_jobs
                            WHERE source_id = ? AND status IN ('complete', 'failed', 'stopped')
                            ORDER BY started_at DESC, rowid DESC LIMIT -1 OFFSET ?)",
                    )
                    .bind(&row.source_id)
                    .bind(REMEMBERED)
                    .execute(&mut *connection)
                    .await?;
                    Ok((row.id, true))
                })
            })
            .await
    }

    /// Says how far a job is. One that is to stop is not said to go on.
    pub async fn update_job(&self, id: String, status: &'static str, counts: String, at: u64) -> Result<()> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let done = sqlx::query(
                        "UPDATE ingestion_jobs SET counts = ?1, updated_at = ?2,
                           status = CASE WHEN status = 'stopping' AND ?3 = 'in_progress' THEN status ELSE ?3 END
                         WHERE id = ?4 AND status IN ('starting', 'in_progress', 'stopping')",
                    )
                    .bind(counts)
                    .bind(to_sql(at))
                    .bind(status)
                    .bind(id)
                    .execute(&mut *connection)
                    .await?;
                    there(&done)
                })
            })
            .await
    }

    /// Asks a job to stop, which must not have ended.
    pub async fn stop_job(&self, id: String, at: u64) -> Result<()> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let done = sqlx::query(
                        "UPDATE ingestion_jobs SET status = 'stopping', updated_at = ?
                         WHERE id = ? AND status IN ('starting', 'in_progress', 'stopping')",
                    )
                    .bind(to_sql(at))
                    .bind(id)
                    .execute(&mut *connection)
                    .await?;
                    there(&done)
                })
            })
            .await
    }
}
