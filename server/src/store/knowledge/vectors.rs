//! Vectors of passages, in sets: those of one base by one model in one store.
//!
//! Always holds: of a set elsewhere it is known here which passages it has; at most one set of a base answers and at most
//! one is being built; a passage that goes takes its vectors along; a set that answers is replaced by another in one step.

use futures_util::TryStreamExt as _;
use sqlx::FromRow;

use super::super::{Result, Store, from_sql, to_sql};

/// The most vectors of a set that is left that one write deletes.
const BATCH: i64 = 1_000;

/// The vectors of one base by one model in one store.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct VectorSetRow {
    pub id: i64,
    pub model: String,
    /// Where the vectors are; none for this database.
    pub store: Option<String>,
    /// What it is called there.
    pub place: String,
    /// Whether questions are answered by it; else it is being built.
    pub is_live: bool,
    /// Why it does not go on; empty where it does.
    pub problem: String,
}

/// A set to begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewVectorSet {
    pub model: String,
    pub store: Option<String>,
    pub place: String,
}

/// The model that a base wants, none for the usual one and an empty text for no model, and where its vectors are to be.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct WantedRow {
    pub base_id: String,
    pub model: Option<String>,
    /// Where its vectors are to be; none for this database.
    pub store: Option<String>,
    #[sqlx(try_from = "i64")]
    pub updated_at: u64,
    /// Whether there is a passage to read.
    pub has_passages: bool,
}

/// A passage that has no vector yet.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct UnreadRow {
    pub id: i64,
    pub title: String,
    pub text: String,
}

impl Store {
    /// Sets the model that a base's passages are to be read by.
    pub async fn set_embedding_model(&self, base: String, model: Option<String>, at: u64) -> Result<()> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    sqlx::query(
                        "UPDATE knowledge_bases SET embedding_model = ?, updated_at = ? WHERE id = ?",
                    )
                    .bind(&model)
                    .bind(to_sql(at))
                    .bind(&base)
                    .execute(&mut *connection)
                    .await?;
                    // What went wrong before is tried again. Without a model no set answers any more.
                    let change = match model.as_deref() {
                        Some("") => "UPDATE vector_sets SET state = 'old' WHERE base_id = ?",
                        _ => "UPDATE vector_sets SET problem = '' WHERE base_id = ?",
                    };
                    sqlx::query(change).bind(&base).execute(connection).await?;
                    Ok(())
                })
            })
            .await
    }

    /// The models that the bases want.
    pub async fn wanted_models(&self) -> Result<Vec<WantedRow>> {
        Ok(sqlx::query_as(
            "SELECT id AS base_id, embedding_model AS model, vector_store AS store, updated_at,
                 searched_passages > 0 AS has_passages
             FROM knowledge_bases WHERE deleted_at IS NULL ORDER BY id",
        )
        .fetch_all(&self.readers)
        .await?)
    }

    /// The sets of a base that answer or are being built.
    pub async fn vector_sets(&self, base: &str) -> Result<Vec<VectorSetRow>> {
        let sets = sqlx::query_as(
            "SELECT id, model, store, place, state = 'live' AS is_live, problem FROM vector_sets
             WHERE base_id = ? AND state <> 'old' ORDER BY id",
        );
        Ok(sets.bind(base).fetch_all(&self.readers).await?)
    }

    /// How many passages a set has vectors of.
    pub async fn count_vectors(&self, set: i64) -> Result<u64> {
        let count = sqlx::query_scalar(
            "SELECT count(*) FROM passage_vectors INDEXED BY passage_vectors_by_stamp WHERE set_id = ?",
        );
        Ok(from_sql(count.bind(set).fetch_one(&self.readers).await?))
    }

    /// Begins a set of a base, which leaves another that was begun.
    pub async fn begin_vectors(&self, base: String, new: NewVectorSet) -> Result<()> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    sqlx::query(
                        "UPDATE vector_sets SET state = 'old' WHERE base_id = ? AND state = 'building'",
                    )
                    .bind(&base)
                    .execute(&mut *connection)
                    .await?;
                    sqlx::query(
                        "INSERT INTO vector_sets (base_id, model, store, place, state)
                         VALUES (?, ?, ?, ?, 'building')",
                    )
                    .bind(&base)
                    .bind(&new.model)
                    .bind(&new.store)
                    .bind(&new.place)
                    .execute(connection)
                    .await?;
                    Ok(())
                })
            })
            .await
    }

    /// Has a set answer in the place of the one that did, if every passage of its base has a vector in it; whether it does.
    pub async fn publish_vectors(&self, base: String, set: i64) -> Result<bool> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let missing: Option<i64> = sqlx::query_scalar(
                        "SELECT id FROM passages p WHERE base_id = ? AND is_parent = 0 AND NOT EXISTS
                           (SELECT 1 FROM passage_vectors v WHERE v.set_id = ? AND v.passage_id = p.id) LIMIT 1",
                    )
                    .bind(&base)
                    .bind(set)
                    .fetch_optional(&mut *connection)
                    .await?;
                    if missing.is_some() {
                        return Ok(false);
                    }
                    sqlx::query("UPDATE vector_sets SET state = 'old' WHERE base_id = ? AND state = 'live'")
                        .bind(&base)
                        .execute(&mut *connection)
                        .await?;
                    sqlx::query("UPDATE vector_sets SET state = 'live', problem = '' WHERE id = ? AND state = 'building'")
                        .bind(set)
                        .execute(connection)
                        .await?;
                    Ok(true)
                })
            })
            .await
    }

    /// Leaves a set.
    pub async fn leave_vectors(&self, set: i64) -> Result<()> {
        self.mark_vectors(
            "UPDATE vector_sets SET state = 'old', problem = ? WHERE id = ?",
            String::new(),
            set,
        )
        .await
    }

    /// Says why a set does not go on; an empty text where it does.
    pub async fn stall_vectors(&self, set: i64, problem: String) -> Result<()> {
        self.mark_vectors("UPDATE vector_sets SET problem = ? WHERE id = ?", problem, set).await
    }

    async fn mark_vectors(&self, statement: &'static str, problem: String, set: i64) -> Result<()> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    sqlx::query(statement).bind(&problem).bind(set).execute(connection).await?;
                    Ok(())
                })
            })
            .await
    }

    /// Deletes some of what sets have left; whether there is more to do.
    pub async fn clear_vectors(&self) -> Result<bool> {
        let old: Option<i64> = sqlx::query_scalar("SELECT id FROM vector_sets WHERE state = 'old' LIMIT 1")
            .fetch_optional(&self.readers)
            .await?;
        let Some(set) = old else { return Ok(false) };
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let cleared = sqlx::query(
                        "DELETE FROM passage_vectors WHERE set_id = ?1 AND passage_id IN
                           (SELECT passage_id FROM passage_vectors WHERE set_id = ?1 LIMIT ?2)",
                    )
                    .bind(set)
                    .bind(BATCH)
                    .execute(&mut *connection)
                    .await?;
                    if cleared.rows_affected() == 0 {
                        sqlx::query("DELETE FROM vector_sets WHERE id = ?")
                            .bind(set)
                            .execute(connection)
                            .await?;
                    }
                    Ok(true)
                })
            })
            .await
    }

    /// The first passages of a base behind this one that have no vector in a set.
    pub async fn unread_passages(
        &self,
        base: &str,
        set: i64,
        after: i64,
        most: u32,
    ) -> Result<Vec<UnreadRow>> {
        Ok(sqlx::query_as(
            "SELECT p.id, d.title, p.text FROM passages p JOIN knowledge_documents d ON d.id = p.document_id
             WHERE p.base_id = ? AND p.is_parent = 0 AND p.id > ? AND NOT EXISTS
               (SELECT 1 FROM passage_vectors v WHERE v.set_id = ? AND v.passage_id = p.id)
             ORDER BY p.id LIMIT ?",
        )
        .bind(base)
        .bind(after)
        .bind(set)
        .bind(most)
        .fetch_all(&self.readers)
        .await?)
    }

    /// Takes vectors into a set, each with its passage, or notes that another store has taken them, where there are none.
    /// Those of passages and sets that are gone meanwhile are left out; what another store has of them is to be deleted.
    pub async fn put_vectors(&self, set: i64, vectors: Vec<(i64, Option<Vec<u8>>)>) -> Result<()> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let stamp: Option<i64> = sqlx::query_scalar(
                        "UPDATE vector_sets SET stamp = stamp + 1, problem = '' WHERE id = ? RETURNING stamp",
                    )
                    .bind(set)
                    .fetch_optional(&mut *connection)
                    .await?;
                    let Some(stamp) = stamp else { return Ok(()) };
                    for (passage, vector) in vectors {
                        let put = sqlx::query(
                            "INSERT OR REPLACE INTO passage_vectors (set_id, passage_id, stamp, vector)
                             SELECT ?, id, ?, ? FROM passages WHERE id = ?",
                        )
                        .bind(set)
                        .bind(stamp)
                        .bind(&vector)
                        .bind(passage)
                        .execute(&mut *connection)
                        .await?;
                        if put.rows_affected() == 0 && vector.is_none() {
                            sqlx::query(
                                "INSERT OR IGNORE INTO gone_vectors (set_id, passage_id) VALUES (?, ?)",
                            )
                            .bind(set)
                            .bind(passage)
                            .execute(&mut *connection)
                            .await?;
                        }
                    }
                    Ok(())
                })
            })
            .await
    }

    /// A set's counts of what came and went; none where it is gone.
    pub async fn vector_marks(&self, set: i64) -> Result<Option<(i64, i64)>> {
        let marks = sqlx::query_as("SELECT stamp, gone FROM vector_sets WHERE id = ?").bind(set);
        Ok(marks.fetch_optional(&self.readers).await?)
    }

    /// Gives the vectors that were put into a set since a count of it to `take`, until that wants no more.
    pub async fn vectors_since(
        &self,
        set: i64,
        stamp: i64,
        mut take: impl FnMut(i64, &[u8]) -> bool,
    ) -> Result<()> {
        let mut rows = sqlx::query_as::<_, (i64, Vec<u8>)>(
            "SELECT passage_id, vector FROM passage_vectors WHERE set_id = ? AND stamp > ? AND vector IS NOT NULL",
        )
        .bind(set)
        .bind(stamp)
        .fetch(&self.readers);
        while let Some((id, vector)) = rows.try_next().await? {
            if !take(id, &vector) {
                break;
            }
        }
        Ok(())
    }

    /// The passages that have a vector in a set.
    pub async fn vector_ids(&self, set: i64) -> Result<Vec<i64>> {
        Ok(sqlx::query_scalar(
            "SELECT passage_id FROM passage_vectors INDEXED BY passage_vectors_by_stamp WHERE set_id = ?",
        )
        .bind(set)
        .fetch_all(&self.readers)
        .await?)
    }
}
