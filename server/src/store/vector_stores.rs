//! Vector databases elsewhere, and what is still to be deleted in them. Their secrets come in sealed, and are never
//! opened here.
//!
//! Always holds: a store that a base wants, or is answered from, is there; what went here is remembered until it is gone
//! there too.

use sqlx::{FromRow, SqliteConnection};

use super::{Error, Result, Store, from_sql, there, to_sql};

/// The most vectors that are deleted elsewhere at once.
const BATCH: i64 = 1_000;

/// A store as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct VectorStoreRow {
    pub name: String,
    /// JSON: the kind of store and where it is.
    pub place: String,
    /// Encrypted with the store's name as associated data.
    pub sealed_secret: Option<Vec<u8>>,
    pub secret_hint: String,
}

/// Vectors of a set elsewhere whose passages are gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoneVectors {
    pub set: i64,
    pub store: String,
    pub place: String,
    pub passages: Vec<i64>,
}

/// The bases that use a store: they want it, or are answered from it.
const USERS: &str = "SELECT b.name FROM knowledge_bases b WHERE b.deleted_at IS NULL AND (b.vector_store = ?1
      OR EXISTS (SELECT 1 FROM vector_sets s WHERE s.base_id = b.id AND s.store = ?1 AND s.state <> 'old'))
    ORDER BY b.name";

impl Store {
    /// Every store, by name.
    pub async fn vector_stores(&self) -> Result<Vec<VectorStoreRow>> {
        Ok(sqlx::query_as("SELECT name, place, sealed_secret, secret_hint FROM vector_stores ORDER BY name")
            .fetch_all(&self.readers)
            .await?)
    }

    /// The names of the bases that use a store.
    pub async fn vector_store_users(&self, name: &str) -> Result<Vec<String>> {
        Ok(sqlx::query_scalar(USERS).bind(name).fetch_all(&self.readers).await?)
    }

    /// Makes or replaces a store. What its bases could not do before is tried again.
    pub async fn put_vector_store(&self, row: VectorStoreRow, at: u64) -> Result<()> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    sqlx::query(
                        "INSERT INTO vector_stores (name, place, sealed_secret, secret_hint, created_at, updated_at)
                         VALUES (?, ?, ?, ?, ?5, ?5)
                         ON CONFLICT (name) DO UPDATE SET place = excluded.place,
                           sealed_secret = excluded.sealed_secret, secret_hint = excluded.secret_hint,
                           updated_at = excluded.updated_at",
                    )
                    .bind(&row.name)
                    .bind(&row.place)
                    .bind(&row.sealed_secret)
                    .bind(&row.secret_hint)
                    .bind(to_sql(at))
                    .execute(&mut *connection)
                    .await?;
                    try_again(connection, &row.name, at).await
                })
            })
            .await
    }

    /// Deletes a store that no base uses; else the names of those that do.
    pub async fn delete_vector_store(&self, name: String) -> Result<Vec<String>> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let users: Vec<String> =
                        sqlx::query_scalar(USERS).bind(&name).fetch_all(&mut *connection).await?;
                    if users.is_empty() {
                        let deleted = sqlx::query("DELETE FROM vector_stores WHERE name = ?")
                            .bind(&name)
                            .execute(connection)
                            .await?;
                        there(&deleted)?;
                    }
                    Ok(users)
                })
            })
            .await
    }

    /// Sets the store that a base's vectors are to be in, none for this database.
    pub async fn set_vector_store(&self, base: String, store: Option<String>, at: u64) -> Result<()> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let known: Option<i64> = sqlx::query_scalar("SELECT 1 FROM vector_stores WHERE name = ?")
                        .bind(&store)
                        .fetch_optional(&mut *connection)
                        .await?;
                    if store.is_some() && known.is_none() {
                        return Err(Error::NotFound);
                    }
                    sqlx::query("UPDATE knowledge_bases SET vector_store = ?, updated_at = ? WHERE id = ?")
                        .bind(&store)
                        .bind(to_sql(at))
                        .bind(&base)
                        .execute(&mut *connection)
                        .await?;
                    sqlx::query("UPDATE vector_sets SET problem = '' WHERE base_id = ?")
                        .bind(&base)
                        .execute(connection)
                        .await?;
                    Ok(())
                })
            })
            .await
    }

    /// Gives up a set that its store has lost, so that its base's passages are read anew.
    pub async fn lose_vectors(&self, set: i64, at: u64) -> Result<()> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    sqlx::query("UPDATE vector_sets SET state = 'old' WHERE id = ?")
                        .bind(set)
                        .execute(&mut *connection)
                        .await?;
                    sqlx::query(
                        "UPDATE knowledge_bases SET updated_at = ?
                         WHERE id = (SELECT base_id FROM vector_sets WHERE id = ?)",
                    )
                    .bind(to_sql(at))
                    .bind(set)
                    .execute(connection)
                    .await?;
                    Ok(())
                })
            })
            .await
    }

    /// Some vectors of each set whose passages are gone here.
    pub async fn gone_vectors(&self) -> Result<Vec<GoneVectors>> {
        let sets: Vec<(i64, String, String)> = sqlx::query_as(
            "SELECT id, store, place FROM vector_sets
             WHERE store IS NOT NULL AND id IN (SELECT set_id FROM gone_vectors)",
        )
        .fetch_all(&self.readers)
        .await?;
        let mut gone = Vec::with_capacity(sets.len());
        for (set, store, place) in sets {
            let passages = sqlx::query_scalar("SELECT passage_id FROM gone_vectors WHERE set_id = ? LIMIT ?")
                .bind(set)
                .bind(BATCH)
                .fetch_all(&self.readers)
                .await?;
            gone.push(GoneVectors { set, store, place, passages });
        }
        Ok(gone)
    }

    /// How many vectors of a set are still elsewhere whose passages are gone here.
    pub async fn count_gone_vectors(&self, set: i64) -> Result<u64> {
        let count = sqlx::query_scalar("SELECT count(*) FROM gone_vectors WHERE set_id = ?").bind(set);
        Ok(from_sql(count.fetch_one(&self.readers).await?))
    }

    /// Forgets that vectors are gone, which are deleted elsewhere too now.
    pub async fn deleted_vectors(&self, set: i64, passages: Vec<i64>) -> Result<()> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    for passage in passages {
                        sqlx::query("DELETE FROM gone_vectors WHERE set_id = ? AND passage_id = ?")
                            .bind(set)
                            .bind(passage)
                            .execute(&mut *connection)
                            .await?;
                    }
                    Ok(())
                })
            })
            .await
    }

    /// The sets that are gone here and not yet elsewhere: store, and what it is called there.
    pub async fn left_vector_sets(&self) -> Result<Vec<(String, String)>> {
        Ok(sqlx::query_as("SELECT store, place FROM left_vector_sets ORDER BY store, place")
            .fetch_all(&self.readers)
            .await?)
    }

    /// Forgets that a set was left, which is gone elsewhere too now.
    pub async fn forgotten_vector_set(&self, store: String, place: String) -> Result<()> {
        self.delete_one("DELETE FROM left_vector_sets WHERE store = ? AND place = ?", [store, place]).await
    }
}

async fn try_again(connection: &mut SqliteConnection, store: &str, at: u64) -> Result<()> {
    sqlx::query("UPDATE vector_sets SET problem = '' WHERE store = ?")
        .bind(store)
        .execute(&mut *connection)
        .await?;
    sqlx::query(
        "UPDATE knowledge_bases SET updated_at = ?1 WHERE vector_store = ?2
           OR id IN (SELECT base_id FROM vector_sets WHERE store = ?2)",
    )
    .bind(to_sql(at))
    .bind(store)
    .execute(connection)
    .await?;
    Ok(())
}
