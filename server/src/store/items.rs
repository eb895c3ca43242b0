//! What sources have, and what became of each thing.
//!
//! Always holds: an item that is indexed has its document, and a document whose last item goes, goes too; what was
//! taken to be read is on disk until it is read.

use std::collections::HashMap;

use sqlx::{FromRow, SqliteConnection};

use super::knowledge::{NewDocument, insert_document, remove_document, touch};
use super::{Error, Result, Store, sources, there, to_sql};

/// A thing that a source has.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct ItemRow {
    pub source_id: String,
    pub uri: String,
    pub state: String,
    pub reason: String,
    pub document_id: Option<String>,
    #[sqlx(try_from = "i64")]
    pub updated_at: u64,
}

/// A thing that waits to be read.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct PendingRow {
    pub source_id: String,
    pub base_id: String,
    pub uri: String,
    pub mark: String,
    pub content: Option<Vec<u8>>,
    /// JSON: how it was told.
    pub note: String,
    /// The source's.
    pub body: String,
}

/// A thing to keep for reading.
#[derive(Clone, Debug)]
pub struct NewPending {
    /// The base's own source where there is none.
    pub source: Option<String>,
    pub base: String,
    /// The id of the base's own source, should it have none.
    pub fresh: String,
    pub uri: String,
    pub mark: String,
    pub content: Option<Vec<u8>>,
    pub note: String,
    pub at: u64,
}

/// A thing that was read.
#[derive(Clone, Debug)]
pub struct Indexed {
    pub source: String,
    pub uri: String,
    pub mark: String,
    /// Whether it waited, and counts only where nothing newer waits by now.
    pub waited: bool,
    pub document: NewDocument,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    Added,
    Changed,
    /// Something newer has come meanwhile, or it is gone.
    Stale,
}

impl Store {
    /// Items of a base's sources, by source and name, after one of them: of one source where it is named, of one
    /// state where that is.
    pub async fn items(
        &self,
        base: &str,
        source: Option<&str>,
        state: Option<&str>,
        after: Option<(&str, &str)>,
        most: usize,
    ) -> Result<Vec<ItemRow>> {
        let (after_source, after_uri) = after.unwrap_or_default();
        Ok(sqlx::query_as(
            "SELECT i.source_id, i.uri, i.state, i.reason, i.document_id, i.updated_at
             FROM source_items i JOIN data_sources s ON s.id = i.source_id
             WHERE s.base_id = ?1 AND (?2 IS NULL OR s.id = ?2) AND (?3 IS NULL OR i.state = ?3)
               AND (i.source_id, i.uri) > (?4, ?5)
             ORDER BY i.source_id, i.uri LIMIT ?6",
        )
        .bind(base)
        .bind(source)
        .bind(state)
        .bind(after_source)
        .bind(after_uri)
        .bind(to_sql(most as u64))
        .fetch_all(&self.readers)
        .await?)
    }

    /// One item of a source.
    pub async fn item(&self, source: &str, uri: &str) -> Result<ItemRow> {
        Ok(sqlx::query_as(
            "SELECT source_id, uri, state, reason, document_id, updated_at FROM source_items
             WHERE source_id = ? AND uri = ?",
        )
        .bind(source)
        .bind(uri)
        .fetch_one(&self.readers)
        .await?)
    }

    /// What was read of each thing of a source, and whether it is indexed.
    pub async fn marks(&self, source: &str) -> Result<HashMap<String, (String, bool)>> {
        let rows: Vec<(String, String, bool)> =
            sqlx::query_as("SELECT uri, mark, state = 'indexed' FROM source_items WHERE source_id = ?")
                .bind(source)
                .fetch_all(&self.readers)
                .await?;
        Ok(rows.into_iter().map(|(uri, mark, indexed)| (uri, (mark, indexed))).collect())
    }

    /// Keeps things to be read, all or none; the sources' ids.
    pub async fn put_pending(&self, things: Vec<NewPending>) -> Result<Vec<String>> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let mut sources = Vec::with_capacity(things.len());
                    for thing in things {
                        sources.push(put_pending(connection, thing).await?);
                    }
                    Ok(sources)
                })
            })
            .await
    }

    /// The things that have waited longest.
    pub async fn next_pending(&self, most: usize) -> Result<Vec<PendingRow>> {
        Ok(sqlx::query_as(
            "SELECT i.source_id, s.base_id, i.uri, i.mark, i.content, coalesce(i.note, '{}') AS note, s.body
             FROM source_items i JOIN data_sources s ON s.id = i.source_id
             JOIN knowledge_bases b ON b.id = s.base_id AND b.deleted_at IS NULL
             WHERE i.state = 'pending' ORDER BY i.updated_at, i.rowid LIMIT ?",
        )
        .bind(to_sql(most as u64))
        .fetch_all(&self.readers)
        .await?)
    }

    /// Puts the document of a thing in the place of the one that it had.
    pub async fn put_indexed(&self, indexed: Indexed) -> Result<Kept> {
        self.writer
            .write(move |connection| Box::pin(async move { put_indexed(connection, indexed).await }))
            .await
    }

    /// Says why a thing could not be read. The document that it had is gone where its mark says that it says something
    /// else by now; without a mark it may be what it was.
    pub async fn put_failed(
        &self,
        source: String,
        uri: String,
        mark: Option<String>,
        reason: String,
        waited: bool,
        at: u64,
    ) -> Result<()> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let known = mark.as_deref().unwrap_or_default();
                    if waited && !still_waits(connection, &source, &uri, known).await? {
                        return Ok(());
                    }
                    let document = match mark {
                        Some(_) => release(connection, &source, &uri).await.map(|()| None)?,
                        None => document_of(connection, &source, &uri).await?,
                    };
                    let state = State { name: "failed", reason, document };
                    upsert(connection, &source, &uri, known, state, at).await
                })
            })
            .await
    }

    /// Takes a thing out of a source, with its document unless another thing says the same.
    pub async fn remove_item(&self, source: String, uri: String, at: u64) -> Result<bool> {
        self.writer
            .write(move |connection| {
                Box::pin(async move { remove(connection, &source, &uri, false, at).await })
            })
            .await
    }
}

async fn put_pending(connection: &mut SqliteConnection, thing: NewPending) -> Result<String> {
    let source = match thing.source {
        Some(source) => source,
        None => sources::own(connection, &thing.base, thing.fresh, thing.at).await?,
    };
    let put = sqlx::query(
        "INSERT INTO source_items (source_id, uri, mark, state, content, note, updated_at)
         SELECT s.id, ?, ?, 'pending', ?, ?, ? FROM data_sources s
           JOIN knowledge_bases b ON b.id = s.base_id AND b.deleted_at IS NULL WHERE s.id = ?
         ON CONFLICT (source_id, uri) DO UPDATE SET mark = excluded.mark, state = 'pending', reason = '',
           content = excluded.content, note = excluded.note, updated_at = excluded.updated_at",
    )
    .bind(&thing.uri)
    .bind(&thing.mark)
    .bind(&thing.content)
    .bind(&thing.note)
    .bind(to_sql(thing.at))
    .bind(&source)
    .execute(&mut *connection)
    .await?;
    there(&put)?;
    Ok(source)
}

async fn put_indexed(connection: &mut SqliteConnection, indexed: Indexed) -> Result<Kept> {
    let Indexed { source, uri, mark, waited, document } = indexed;
    if waited && !still_waits(connection, &source, &uri, &mark).await? {
        return Ok(Kept::Stale);
    }
    let alive: Option<i64> = sqlx::query_scalar("SELECT 1 FROM data_sources WHERE id = ?")
        .bind(&source)
        .fetch_optional(&mut *connection)
        .await?;
    if alive.is_none() {
        return Ok(Kept::Stale);
    }
    let at = document.at;
    let own = document_of(connection, &source, &uri).await?;
    let id = match same(connection, &document).await? {
        // What says the same under the same title stays, with its passages and what was read of them.
        Some((id, title)) if own.as_ref() == Some(&id) && title == document.title => id,
        _ => {
            // Its title is free again for what comes in its place.
            release(connection, &source, &uri).await?;
            match same(connection, &document).await? {
                Some((id, _)) => id,
                None => insert(connection, document).await?,
            }
        }
    };
    let state = State { name: "indexed", reason: String::new(), document: Some(id) };
    upsert(connection, &source, &uri, &mark, state, at).await?;
    Ok(if own.is_some() { Kept::Changed } else { Kept::Added })
}

/// The document that an item has.
async fn document_of(connection: &mut SqliteConnection, source: &str, uri: &str) -> Result<Option<String>> {
    Ok(sqlx::query_scalar(
        "SELECT document_id FROM source_items WHERE source_id = ? AND uri = ? AND document_id IS NOT NULL",
    )
    .bind(source)
    .bind(uri)
    .fetch_optional(connection)
    .await?)
}

/// The document of the base that says the same, in the same way, and its title.
async fn same(connection: &mut SqliteConnection, document: &NewDocument) -> Result<Option<(String, String)>> {
    Ok(sqlx::query_as("SELECT id, title FROM knowledge_documents WHERE base_id = ? AND digest = ?")
        .bind(&document.base)
        .bind(&document.digest)
        .fetch_optional(&mut *connection)
        .await?)
}

/// Adds a document, under its title or the first of `title (2)`, `title (3)`, … that is free.
async fn insert(connection: &mut SqliteConnection, mut document: NewDocument) -> Result<String> {
    let title = document.title.clone();
    let mut number = 1_u64;
    while is_taken(connection, &document).await? {
        number += 1;
        document.title = format!("{title} ({number})");
    }
    let id = document.id.clone();
    insert_document(connection, document).await?;
    Ok(id)
}

async fn is_taken(connection: &mut SqliteConnection, document: &NewDocument) -> Result<bool> {
    let found: Option<i64> =
        sqlx::query_scalar("SELECT 1 FROM knowledge_documents WHERE base_id = ? AND title = ?")
            .bind(&document.base)
            .bind(&document.title)
            .fetch_optional(&mut *connection)
            .await?;
    Ok(found.is_some())
}

async fn still_waits(connection: &mut SqliteConnection, source: &str, uri: &str, mark: &str) -> Result<bool> {
    let found: Option<i64> = sqlx::query_scalar(
        "SELECT 1 FROM source_items WHERE source_id = ? AND uri = ? AND mark = ? AND state = 'pending'",
    )
    .bind(source)
    .bind(uri)
    .bind(mark)
    .fetch_optional(&mut *connection)
    .await?;
    Ok(found.is_some())
}

struct State {
    name: &'static str,
    reason: String,
    document: Option<String>,
}

async fn upsert(
    connection: &mut SqliteConnection,
    source: &str,
    uri: &str,
    mark: &str,
    state: State,
    at: u64,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO source_items (source_id, uri, mark, state, reason, document_id, updated_at)
         VALUES (?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (source_id, uri) DO UPDATE SET mark = excluded.mark, state = excluded.state,
           reason = excluded.reason, document_id = excluded.document_id, content = NULL, note = NULL,
           updated_at = excluded.updated_at",
    )
    .bind(source)
    .bind(uri)
    .bind(mark)
    .bind(state.name)
    .bind(state.reason)
    .bind(state.document)
    .bind(to_sql(at))
    .execute(&mut *connection)
    .await
    .map_err(|error| match &error {
        sqlx::Error::Database(database) if database.is_foreign_key_violation() => Error::NotFound,
        _ => error.into(),
    })?;
    Ok(())
}

/// Parts an item from its document, which goes unless another item has it.
async fn release(connection: &mut SqliteConnection, source: &str, uri: &str) -> Result<()> {
    let Some(document) = document_of(connection, source, uri).await? else { return Ok(()) };
    sqlx::query("UPDATE source_items SET document_id = NULL WHERE source_id = ? AND uri = ?")
        .bind(source)
        .bind(uri)
        .execute(&mut *connection)
        .await?;
    let shared: Option<i64> = sqlx::query_scalar("SELECT 1 FROM source_items WHERE document_id = ? LIMIT 1")
        .bind(&document)
        .fetch_optional(&mut *connection)
        .await?;
    if shared.is_none() {
        remove_document(connection, &document).await?;
    }
    Ok(())
}

/// Whether there was such an item.
pub(super) async fn remove(
    connection: &mut SqliteConnection,
    source: &str,
    uri: &str,
    retain: bool,
    at: u64,
) -> Result<bool> {
    if !retain {
        release(connection, source, uri).await?;
    }
    let gone: Option<String> = sqlx::query_scalar(
        "DELETE FROM source_items WHERE source_id = ?1 AND uri = ?2
         RETURNING (SELECT base_id FROM data_sources WHERE id = ?1)",
    )
    .bind(source)
    .bind(uri)
    .fetch_optional(&mut *connection)
    .await?;
    if let Some(base) = &gone {
        touch(connection, base, at).await?;
    }
    Ok(gone.is_some())
}
