//! Knowledge bases, their documents, and the passages that those were cut into.
//!
//! Always holds: a document's passages and their words are there exactly as long as the document is; a base answers to
//! its own id and to others, none of which another base has.

mod delete;
mod details;
mod evaluations;
mod search;
mod vectors;

use sqlx::{FromRow, SqliteConnection};

use super::{Error, Result, Store, Tags, from_sql, sources, taken, there, to_sql};
pub use details::NewBase;
pub use search::{DescribedRow, PassageRow};
pub use vectors::{NewVectorSet, UnreadRow, VectorSetRow, WantedRow};

/// A knowledge base, with how much is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnowledgeBaseRow {
    pub id: String,
    pub name: String,
    /// Other ids that it answers to.
    pub ids: Vec<String>,
    pub documents: u64,
    pub passages: u64,
    pub updated_at: u64,
}

/// A document without its text.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct DocumentRow {
    pub id: String,
    pub title: String,
    #[sqlx(try_from = "i64")]
    pub characters: u64,
    #[sqlx(try_from = "i64")]
    pub passages: u64,
    #[sqlx(try_from = "i64")]
    pub added_at: u64,
    /// A JSON object.
    pub metadata: Option<String>,
}

/// A document to add.
#[derive(Clone, Debug)]
pub struct NewDocument {
    pub id: String,
    pub base: String,
    pub title: String,
    pub text: String,
    pub digest: String,
    /// A JSON object.
    pub metadata: Option<String>,
    /// In their order, each after the one that it is a part of.
    pub passages: Vec<NewPassage>,
    pub at: u64,
}

/// A passage to add.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewPassage {
    pub text: String,
    /// Where the passage stands that this one is a part of.
    pub parent: Option<usize>,
    /// Whether it has parts, which are searched in its place.
    pub is_parent: bool,
}

#[derive(FromRow)]
struct Row {
    id: String,
    name: String,
    documents: i64,
    passages: i64,
    updated_at: i64,
}

const BASES: &str = "SELECT id, name, updated_at,
    (SELECT count(*) FROM knowledge_documents WHERE base_id = knowledge_bases.id) AS documents,
    searched_passages AS passages
  FROM knowledge_bases WHERE deleted_at IS NULL ORDER BY name";

impl Store {
    /// Every base, by name.
    pub async fn knowledge_bases(&self) -> Result<Vec<KnowledgeBaseRow>> {
        let rows: Vec<Row> = sqlx::query_as(BASES).fetch_all(&self.readers).await?;
        let ids: Vec<(String, String)> = sqlx::query_as("SELECT base_id, id FROM knowledge_ids ORDER BY id")
            .fetch_all(&self.readers)
            .await?;
        let of = |base: &str| ids.iter().filter(|(of, _)| of == base).map(|(_, id)| id.clone()).collect();
        Ok(rows
            .into_iter()
            .map(|row| KnowledgeBaseRow {
                ids: of(&row.id),
                id: row.id,
                name: row.name,
                documents: from_sql(row.documents),
                passages: from_sql(row.passages),
                updated_at: from_sql(row.updated_at),
            })
            .collect())
    }

    /// The id of the base that is called, or answers to, this id.
    pub async fn knowledge_base_id(&self, id: &str) -> Result<String> {
        let found: Option<String> = sqlx::query_scalar(
            "SELECT id FROM knowledge_bases WHERE id = ?1 AND deleted_at IS NULL
             UNION ALL SELECT base_id FROM knowledge_ids WHERE id = ?1 LIMIT 1",
        )
        .bind(id)
        .fetch_optional(&self.readers)
        .await?;
        found.ok_or(Error::NotFound)
    }

    /// Makes a base.
    pub async fn insert_knowledge_base(&self, id: String, name: String, at: u64) -> Result<()> {
        let base = NewBase { id, name, details: "{}".to_owned(), tags: Tags::new() };
        self.insert_detailed_base(base, None, at).await.map(drop)
    }

    /// Renames a base, and sets the other ids that it answers to.
    pub async fn update_knowledge_base(
        &self,
        base: String,
        name: String,
        ids: Vec<String>,
        at: u64,
    ) -> Result<()> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let changed = sqlx::query(
                        "UPDATE knowledge_bases SET name = ?, updated_at = ? WHERE id = ? AND deleted_at IS NULL",
                    )
                    .bind(&name)
                    .bind(to_sql(at))
                    .bind(&base)
                    .execute(&mut *connection)
                    .await
                    .map_err(|error| taken(error, "name"))?;
                    there(&changed)?;
                    sqlx::query("DELETE FROM knowledge_ids WHERE base_id = ?")
                        .bind(&base)
                        .execute(&mut *connection)
                        .await?;
                    for id in ids {
                        is_free(connection, &id, &base).await?;
                        sqlx::query("INSERT INTO knowledge_ids (id, base_id) VALUES (?, ?)")
                            .bind(&id)
                            .bind(&base)
                            .execute(&mut *connection)
                            .await?;
                    }
                    Ok(())
                })
            })
            .await
    }

    /// A base's documents, by title.
    pub async fn knowledge_documents(&self, base: &str) -> Result<Vec<DocumentRow>> {
        Ok(sqlx::query_as(
            "SELECT id, title, length(text) AS characters, added_at, metadata,
               (SELECT count(*) FROM passages WHERE document_id = knowledge_documents.id AND is_parent = 0) AS passages
             FROM knowledge_documents WHERE base_id = ? ORDER BY title",
        )
        .bind(base)
        .fetch_all(&self.readers)
        .await?)
    }

    /// A document's text and passages.
    pub async fn document_text(&self, base: &str, document: &str) -> Result<(String, Vec<String>)> {
        let text = sqlx::query_scalar("SELECT text FROM knowledge_documents WHERE id = ? AND base_id = ?")
            .bind(document)
            .bind(base)
            .fetch_one(&self.readers)
            .await?;
        let passages = sqlx::query_scalar(
            "SELECT text FROM passages WHERE document_id = ? AND is_parent = 0 ORDER BY place",
        )
        .bind(document)
        .fetch_all(&self.readers)
        .await?;
        Ok((text, passages))
    }

    /// Adds a document with its passages to the base's own source, which has this id should there be none yet.
    pub async fn insert_document(&self, document: NewDocument, fresh: String) -> Result<()> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let (id, base, digest) =
                        (document.id.clone(), document.base.clone(), document.digest.clone());
                    let at = document.at;
                    insert_document(connection, document).await?;
                    let source = sources::own(connection, &base, fresh, at).await?;
                    sqlx::query(
                        "INSERT INTO source_items (source_id, uri, mark, state, document_id, updated_at)
                         VALUES (?1, ?2, ?3, 'indexed', ?2, ?4)",
                    )
                    .bind(source)
                    .bind(id)
                    .bind(digest)
                    .bind(to_sql(at))
                    .execute(&mut *connection)
                    .await?;
                    Ok(())
                })
            })
            .await
    }

    /// Deletes a document with its passages.
    pub async fn delete_document(&self, base: String, document: String, at: u64) -> Result<()> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let found: Option<i64> =
                        sqlx::query_scalar("SELECT 1 FROM knowledge_documents WHERE id = ? AND base_id = ?")
                            .bind(&document)
                            .bind(&base)
                            .fetch_optional(&mut *connection)
                            .await?;
                    found.ok_or(Error::NotFound)?;
                    sqlx::query("DELETE FROM source_items WHERE document_id = ?")
                        .bind(&document)
                        .execute(&mut *connection)
                        .await?;
                    remove_document(connection, &document).await?;
                    touch(connection, &base, at).await
                })
            })
            .await
    }
}

pub(super) async fn insert_document(connection: &mut SqliteConnection, document: NewDocument) -> Result<()> {
    let same: Option<String> =
        sqlx::query_scalar("SELECT title FROM knowledge_documents WHERE base_id = ? AND digest = ?")
            .bind(&document.base)
            .bind(&document.digest)
            .fetch_optional(&mut *connection)
            .await?;
    if same.is_some() {
        return Err(Error::Taken("text"));
    }
    let inserted = sqlx::query(
        "INSERT INTO knowledge_documents (id, base_id, title, text, digest, metadata, added_at)
         SELECT ?, id, ?, ?, ?, ?, ? FROM knowledge_bases WHERE id = ? AND deleted_at IS NULL",
    )
    .bind(&document.id)
    .bind(&document.title)
    .bind(&document.text)
    .bind(&document.digest)
    .bind(&document.metadata)
    .bind(to_sql(document.at))
    .bind(&document.base)
    .execute(&mut *connection)
    .await
    .map_err(|error| taken(error, "title"))?;
    there(&inserted)?;
    let mut ids: Vec<i64> = Vec::with_capacity(document.passages.len());
    for passage in &document.passages {
        let parent = passage.parent.and_then(|at| ids.get(at).copied());
        ids.push(insert_passage(connection, &document, passage, ids.len(), parent).await?);
    }
    touch(connection, &document.base, document.at).await
}

/// Deletes a document with its passages.
pub(super) async fn remove_document(connection: &mut SqliteConnection, document: &str) -> Result<()> {
    for statement in
        ["DELETE FROM passages WHERE document_id = ?", "DELETE FROM knowledge_documents WHERE id = ?"]
    {
        sqlx::query(statement).bind(document).execute(&mut *connection).await?;
    }
    Ok(())
}

/// Its id. A passage with parts is kept, and its words are found in those.
async fn insert_passage(
    connection: &mut SqliteConnection,
    document: &NewDocument,
    passage: &NewPassage,
    place: usize,
    parent: Option<i64>,
) -> Result<i64> {
    let id: i64 = sqlx::query_scalar(
        "INSERT INTO passages (base_id, document_id, place, text, parent, is_parent)
         VALUES (?, ?, ?, ?, ?, ?) RETURNING id",
    )
    .bind(&document.base)
    .bind(&document.id)
    .bind(to_sql(place as u64))
    .bind(&passage.text)
    .bind(parent)
    .bind(passage.is_parent)
    .fetch_one(&mut *connection)
    .await?;
    if !passage.is_parent {
        sqlx::query("INSERT INTO passage_words (rowid, base, title, text) VALUES (?, ?, ?, ?)")
            .bind(id)
            .bind(search::base_word(&document.base))
            .bind(&document.title)
            .bind(&passage.text)
            .execute(&mut *connection)
            .await?;
    }
    Ok(id)
}

pub(super) async fn touch(connection: &mut SqliteConnection, base: &str, at: u64) -> Result<()> {
    sqlx::query("UPDATE knowledge_bases SET updated_at = ? WHERE id = ?")
        .bind(to_sql(at))
        .bind(base)
        .execute(&mut *connection)
        .await?;
    Ok(())
}

/// Refuses an id that a base has, or that another than `base` answers to.
pub(super) async fn is_free(connection: &mut SqliteConnection, id: &str, base: &str) -> Result<()> {
    let deleted: Option<bool> = sqlx::query_scalar(
        "SELECT deleted_at IS NOT NULL FROM knowledge_bases WHERE id = ?1
         UNION ALL SELECT 0 FROM knowledge_ids WHERE id = ?1 AND base_id <> ?2 LIMIT 1",
    )
    .bind(id)
    .bind(base)
    .fetch_optional(&mut *connection)
    .await?;
    match deleted {
        None => Ok(()),
        Some(false) => Err(Error::Taken("id")),
        Some(true) => Err(Error::Taken("deleted")),
    }
}
