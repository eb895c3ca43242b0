//! Vectors in PostgreSQL, by its extension pgvector: each set is a table of passages and vectors, with an index by cosine.
//!
//! Always holds: nothing but numbers of passages and their vectors goes there; passages that a question is limited to are
//! chosen before the nearest are, so that as many come as were asked for. Absent on purpose: a table is never made again
//! where it has gone, since what it had is not here.

mod link;

use std::collections::HashSet;
use std::sync::Arc;

use async_trait::async_trait;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::Type;

use super::{VectorError, VectorSet, VectorStore};
use crate::egress::Egress;
use crate::task::Supervisor;
use link::Link;

/// The oldest pgvector that has everything that is used here.
const OLDEST: (u32, u32) = (0, 7);
/// The most numbers of a vector that its index takes: of four bytes, and of two.
const MOST_WHOLE: usize = 2_000;
const MOST_HALF: usize = 4_000;
/// How many vectors the index looks at, at least and at most.
const LEAST_LOOKED_AT: usize = 100;
const MOST_LOOKED_AT: usize = 1_000;

/// Where a PostgreSQL server is, and as whom it is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Postgres {
    pub host: String,
    pub port: u16,
    pub user: String,
    pub database: String,
    pub password: Option<String>,
    /// Whether the connection is private.
    pub tls: bool,
    /// What its certificate is trusted by, as PEM; what this machine trusts where absent.
    pub certificate: Option<String>,
    /// What the names of tables begin with.
    pub prefix: String,
}

/// Keeps vectors in PostgreSQL.
pub struct PgVector {
    link: Link,
    prefix: String,
}

impl PgVector {
    /// Nothing is called before it is used.
    pub fn new(egress: Egress, tasks: Supervisor, at: Postgres) -> Self {
        Self { prefix: at.prefix.clone(), link: Link::new(egress, tasks, at) }
    }

    fn table(&self, set: &VectorSet) -> String {
        format!("{}_{}", self.prefix, set.place)
    }

    /// Sees to it that the server has pgvector.
    async fn extend(&self) -> Result<(), VectorError> {
        let version = "SELECT extversion FROM pg_extension WHERE extname = 'vector'";
        if self.link.rows(version, &[]).await?.is_empty() {
            self.link.run("CREATE EXTENSION IF NOT EXISTS vector").await.map_err(|error| {
                let help = "Have pgvector installed there, and CREATE EXTENSION vector run in this database.";
                VectorError::Away(format!("{error} {help}"))
            })?;
        }
        let found = self.link.rows(version, &[]).await?;
        let found: String = found.first().and_then(|row| row.try_get(0).ok()).unwrap_or_default();
        if is_new_enough(&found) {
            return Ok(());
        }
        Err(VectorError::Away(format!(
            "It has pgvector {found}, and {}.{} or newer is needed. Update it there, and run ALTER EXTENSION vector UPDATE.",
            OLDEST.0, OLDEST.1
        )))
    }
}

#[async_trait]
impl VectorStore for PgVector {
    async fn begin(&self, set: &VectorSet, width: usize) -> Result<(), VectorError> {
        self.extend().await?;
        let (table, kind) = (self.table(set), kind(width));
        let index = match width {
            ..=MOST_HALF => format!("CREATE INDEX ON {table} USING hnsw (vector {kind}_cosine_ops);"),
            // Every vector is looked at, which finds the same and takes longer.
            _ => String::new(),
        };
        let make = format!(
            "DROP TABLE IF EXISTS {table};
             CREATE TABLE {table} (passage bigint PRIMARY KEY, vector {kind}({width}) NOT NULL); {index}"
        );
        self.link.run(&make).await
    }

    async fn put(&self, set: &VectorSet, vectors: Vec<(i64, Vec<f32>)>) -> Result<(), VectorError> {
        let width = vectors.first().map_or(0, |(_, vector)| vector.len());
        let put = format!(
            "INSERT INTO {} (passage, vector) SELECT passage, vector::{} FROM unnest($1, $2) AS given (passage, vector)
             ON CONFLICT (passage) DO UPDATE SET vector = excluded.vector",
            self.table(set),
            kind(width)
        );
        let (passages, vectors): (Vec<i64>, Vec<String>) =
            vectors.into_iter().map(|(passage, vector)| (passage, text(&vector))).unzip();
        self.link.rows(&put, &[(&passages, Type::INT8_ARRAY), (&vectors, Type::TEXT_ARRAY)]).await.map(drop)
    }

    async fn nearest(
        &self,
        set: &VectorSet,
        vector: Vec<f32>,
        most: usize,
        among: Option<Arc<HashSet<i64>>>,
    ) -> Result<Vec<(i64, f64)>, VectorError> {
        let (table, kind) = (self.table(set), kind(vector.len()));
        let best = format!(
            "SELECT passage, (1 - (vector <=> $1::{kind}))::float8 FROM chosen ORDER BY vector <=> $1::{kind} LIMIT $2"
        );
        let (vector, count) = (text(&vector), i64::try_from(most).unwrap_or(i64::MAX));
        let found = match among {
            // The index would give the nearest of all first, and of those the ones that were chosen.
            Some(among) => {
                let chosen: Vec<i64> = among.iter().copied().collect();
                let best = format!(
                    "WITH chosen AS MATERIALIZED (SELECT passage, vector FROM {table} WHERE passage = ANY($3)) {best}"
                );
                let given =
                    [(&vector as _, Type::TEXT), (&count as _, Type::INT8), (&chosen as _, Type::INT8_ARRAY)];
                self.link.rows(&best, &given).await?
            }
            None => {
                // Some of them may be deleted, which the index does not know before a VACUUM.
                let looked_at = (2 * most).clamp(LEAST_LOOKED_AT, MOST_LOOKED_AT).to_string();
                let best = best.replace("FROM chosen", &format!("FROM {table}"));
                let given = [(&vector as _, Type::TEXT), (&count as _, Type::INT8)];
                self.link.rows_by_index(&looked_at, &best, &given).await?
            }
        };
        let read = |row: &tokio_postgres::Row| Some((row.try_get(0).ok()?, row.try_get(1).ok()?));
        // A vector of nothing but zeros is near to none.
        Ok(found.iter().filter_map(read).filter(|(_, cosine): &(i64, f64)| cosine.is_finite()).collect())
    }

    async fn remove(&self, set: &VectorSet, passages: &[i64]) -> Result<(), VectorError> {
        let remove = format!("DELETE FROM {} WHERE passage = ANY($1)", self.table(set));
        self.link.rows(&remove, &[(&passages, Type::INT8_ARRAY)]).await.map(drop)
    }

    async fn forget(&self, set: &VectorSet) -> Result<(), VectorError> {
        self.link.run(&format!("DROP TABLE IF EXISTS {}", self.table(set))).await
    }
}

/// The type of a column for vectors of this width: four bytes a number, two where the index takes them thus alone.
fn kind(width: usize) -> &'static str {
    if width > MOST_WHOLE && width <= MOST_HALF { "halfvec" } else { "vector" }
}

/// A vector as pgvector reads it.
fn text(vector: &[f32]) -> String {
    let numbers: Vec<String> = vector.iter().map(f32::to_string).collect();
    format!("[{}]", numbers.join(","))
}

fn is_new_enough(version: &str) -> bool {
    let mut parts = version.split('.').map(|part| part.parse().unwrap_or(0));
    (parts.next().unwrap_or(0), parts.next().unwrap_or(0)) >= OLDEST
}

/// What an error of the server comes to.
fn explain(error: &tokio_postgres::Error) -> VectorError {
    match error.as_db_error() {
        Some(said) if *said.code() == SqlState::UNDEFINED_TABLE => VectorError::Lost,
        Some(said) => {
            VectorError::Away(format!("PostgreSQL said: {}.", said.message().trim_end_matches('.')))
        }
        None if error.is_closed() => VectorError::Away("PostgreSQL broke the connection off.".to_owned()),
        None => VectorError::Away(format!("PostgreSQL is not understood: {error}.")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_and_widths_are_told_apart() {
        for (version, enough) in
            [("0.7.0", true), ("0.8.1", true), ("1.0", true), ("0.6.2", false), ("", false)]
        {
            assert_eq!(is_new_enough(version), enough, "{version}");
        }
        for (width, column) in [(384, "vector"), (2_000, "vector"), (3_072, "halfvec"), (4_096, "vector")] {
            assert_eq!(kind(width), column, "{width}");
        }
        assert_eq!(text(&[1.0, -0.5, 1e-7]), "[1,-0.5,0.0000001]");
    }
}
