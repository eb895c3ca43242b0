//! Deleting a base: it is gone for everyone at once, and what it had goes bit by bit.
//!
//! Always holds: no write deletes more than a batch, so that other writes come between; nothing is put into a base that
//! is deleted.

use sqlx::SqliteConnection;

use super::super::{Result, Store, from_sql, there, to_sql};

/// The most passages of one write; each has its words in the index too.
const PASSAGES: i64 = 500;
/// The most documents of one write, and about how many bytes of text they have unless one alone has more.
const DOCUMENTS: i64 = 100;
const TEXT: u64 = 4 * 1024 * 1024;

impl Store {
    /// Takes a base from everyone, with its name and the other ids that it answers to. What it had is there until
    /// [`Store::clear_knowledge_base`] has nothing left to do.
    pub async fn delete_knowledge_base(&self, base: String, at: u64) -> Result<()> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    // No other has the name, since names are of one line.
                    let deleted = sqlx::query(
                        "UPDATE knowledge_bases SET deleted_at = ?, name = char(10) || id, vector_store = NULL
                         WHERE id = ? AND deleted_at IS NULL",
                    )
                    .bind(to_sql(at))
                    .bind(&base)
                    .execute(&mut *connection)
                    .await?;
                    for statement in [
                        "DELETE FROM knowledge_ids WHERE base_id = ?",
                        "UPDATE vector_sets SET state = 'old' WHERE base_id = ? AND store IS NOT NULL",
                    ] {
                        sqlx::query(statement).bind(&base).execute(&mut *connection).await?;
                    }
                    there(&deleted)
                })
            })
            .await
    }

    /// The bases that are deleted and were not cleared to the end.
    pub async fn deleted_knowledge_bases(&self) -> Result<Vec<String>> {
        let ids = sqlx::query_scalar("SELECT id FROM knowledge_bases WHERE deleted_at IS NOT NULL");
        Ok(ids.fetch_all(&self.readers).await?)
    }

    /// Clears some of what a deleted base had, and in the end the base itself; whether there is more to do.
    pub async fn clear_knowledge_base(&self, base: String) -> Result<bool> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let more = clear_passages(connection, &base).await?
                        || clear_documents(connection, &base).await?
                        || clear_items(connection, &base).await?;
                    if more {
                        return Ok(true);
                    }
                    sqlx::query("DELETE FROM knowledge_bases WHERE id = ? AND deleted_at IS NOT NULL")
                        .bind(&base)
                        .execute(&mut *connection)
                        .await?;
                    Ok(false)
                })
            })
            .await
    }
}

/// Whether there were some.
async fn clear_passages(connection: &mut SqliteConnection, base: &str) -> Result<bool> {
    let cleared =
        sqlx::query("DELETE FROM passages WHERE id IN (SELECT id FROM passages WHERE base_id = ? LIMIT ?)")
            .bind(base)
            .bind(PASSAGES)
            .execute(&mut *connection)
            .await?;
    Ok(cleared.rows_affected() > 0)
}

/// Whether there were some. Their passages are gone by then.
async fn clear_documents(connection: &mut SqliteConnection, base: &str) -> Result<bool> {
    let documents: Vec<(String, i64)> =
        sqlx::query_as("SELECT id, octet_length(text) FROM knowledge_documents WHERE base_id = ? LIMIT ?")
            .bind(base)
            .bind(DOCUMENTS)
            .fetch_all(&mut *connection)
            .await?;
    let mut left = TEXT;
    for (at, (id, size)) in documents.iter().enumerate() {
        let size = from_sql(*size);
        if at > 0 && size > left {
            break;
        }
        left = left.saturating_sub(size);
        sqlx::query("DELETE FROM knowledge_documents WHERE id = ?")
            .bind(id)
            .execute(&mut *connection)
            .await?;
    }
    Ok(!documents.is_empty())
}

/// Whether there were some.
async fn clear_items(connection: &mut SqliteConnection, base: &str) -> Result<bool> {
    let cleared = sqlx::query(
        "DELETE FROM source_items WHERE rowid IN (SELECT i.rowid FROM source_items i
           JOIN data_sources s ON s.id = i.source_id WHERE s.base_id = ? LIMIT ?)",
    )
    .bind(base)
    .bind(DOCUMENTS)
    .execute(&mut *connection)
    .await?;
    Ok(cleared.rows_affected() > 0)
}

#[cfg(test)]
mod tests {
    use super::super::{Error, KnowledgeBaseRow, NewDocument, NewPassage};
    use super::*;

    const COUNT: i64 = 1_800;

    async fn document(store: &Store, base: &str, title: &str, text: &str, passages: i64) -> Result<()> {
        let document = NewDocument {
            id: format!("{base}-{title}"),
            base: base.to_owned(),
            title: title.to_owned(),
            text: text.to_owned(),
            digest: title.to_owned(),
            metadata: None,
            passages: (0..passages)
                .map(|at| NewPassage { text: format!("passage {at} of {title}"), ..NewPassage::default() })
                .collect(),
            at: 1,
        };
        store.insert_document(document, format!("{base}-own")).await
    }

    /// A base with many passages, and one beside it.
    async fn stocked() -> (tempfile::TempDir, Store) {
        let folder = tempfile::tempdir().unwrap();
        let (store, _) = Store::open(folder.path()).await.unwrap();
        for (base, name) in [("BIG", "Big"), ("SMALL", "Small")] {
            store.insert_knowledge_base(base.to_owned(), name.to_owned(), 1).await.unwrap();
        }
        store.update_knowledge_base("BIG".into(), "Big".into(), vec!["ALIAS".into()], 1).await.unwrap();
        document(&store, "BIG", "one", "text", COUNT / 2).await.unwrap();
        document(&store, "BIG", "two", &"x".repeat(5 * 1024 * 1024), COUNT / 2).await.unwrap();
        document(&store, "BIG", "three", "text", 0).await.unwrap();
        document(&store, "SMALL", "one", "text", 3).await.unwrap();
        (folder, store)
    }

    async fn clear(store: &Store) -> usize {
        let mut writes = 1;
        while store.clear_knowledge_base("BIG".to_owned()).await.unwrap() {
            writes += 1;
        }
        writes
    }

    /// Passages and documents of a base, counted in the writer's turn.
    async fn left(store: &Store, base: &'static str) -> (i64, i64) {
        let count = store.writer.write(move |connection| {
            Box::pin(async move {
                let counted = sqlx::query_as(
                    "SELECT (SELECT count(*) FROM passages WHERE base_id = ?1),
                       (SELECT count(*) FROM knowledge_documents WHERE base_id = ?1)",
                );
                Ok(counted.bind(base).fetch_one(connection).await?)
            })
        });
        count.await.unwrap()
    }

    #[tokio::test]
    async fn a_base_is_gone_at_once_and_its_id_and_names_are_others() {
        let (_folder, store) = stocked().await;
        store.delete_knowledge_base("BIG".to_owned(), 2).await.unwrap();
        assert_eq!(left(&store, "BIG").await, (COUNT, 3));
        let names = |rows: Vec<KnowledgeBaseRow>| rows.into_iter().map(|row| row.name).collect::<Vec<_>>();
        assert_eq!(names(store.knowledge_bases().await.unwrap()), ["Small"]);
        for id in ["BIG", "ALIAS"] {
            assert!(matches!(store.knowledge_base_id(id).await, Err(Error::NotFound)), "{id}");
        }
        assert!(matches!(document(&store, "BIG", "late", "late", 1).await, Err(Error::NotFound)));
        let renamed = store.update_knowledge_base("BIG".into(), "Other".into(), Vec::new(), 3).await;
        assert!(matches!(renamed, Err(Error::NotFound)));
        let again = store.delete_knowledge_base("BIG".to_owned(), 3).await;
        assert!(matches!(again, Err(Error::NotFound)));
        store.insert_knowledge_base("NEW".to_owned(), "Big".to_owned(), 3).await.unwrap();
        store.update_knowledge_base("NEW".into(), "Big".into(), vec!["ALIAS".into()], 3).await.unwrap();
        let same = store.insert_knowledge_base("BIG".to_owned(), "Again".to_owned(), 3).await;
        assert!(matches!(same, Err(Error::Taken("deleted"))), "{same:?}");

        assert_eq!(store.deleted_knowledge_bases().await.unwrap(), ["BIG"]);
        clear(&store).await;
        assert_eq!(store.deleted_knowledge_bases().await.unwrap(), [""; 0]);
        store.insert_knowledge_base("BIG".to_owned(), "Again".to_owned(), 3).await.unwrap();
        assert_eq!((left(&store, "BIG").await, left(&store, "SMALL").await), ((0, 0), (3, 1)));
    }

    #[tokio::test]
    async fn no_write_clears_more_than_a_batch_and_others_come_between() {
        let (_folder, store) = stocked().await;
        store.delete_knowledge_base("BIG".to_owned(), 2).await.unwrap();
        let mut before = left(&store, "BIG").await;
        while store.clear_knowledge_base("BIG".to_owned()).await.unwrap() {
            let now = left(&store, "BIG").await;
            assert!(before.0 - now.0 <= PASSAGES && before.1 - now.1 <= 2, "{before:?} {now:?}");
            // What came from sources, and the base itself, go after its documents.
            assert!(now <= before, "{now:?}");
            before = now;
        }
        assert_eq!(before, (0, 0));

        let (_folder, store) = stocked().await;
        store.delete_knowledge_base("BIG".to_owned(), 2).await.unwrap();
        // The other write is asked for when the first batch is.
        let (writes, seen) = tokio::join!(clear(&store), left(&store, "BIG"));
        assert!(seen.0 >= COUNT - PASSAGES, "it waited for all of the batches: {seen:?}");
        // Four of passages, one of a document each that are too large together, one of items, the last of the base.
        assert_eq!(writes, 4 + 2 + 1 + 1);
        // The words are gone with their passages.
        let words: i64 =
            sqlx::query_scalar("SELECT count(*) FROM passage_words").fetch_one(&store.readers).await.unwrap();
        assert_eq!(words, 3);
    }
}
