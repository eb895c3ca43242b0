//! Finding passages by words: SQLite's full-text index, ranked by BM25.
//!
//! SQLite's own rank takes a word that is in half of all passages for worthless, whichever base they are of. A small
//! base would have no order then. So a word's share of a passage's rank is taken from SQLite, and what the word is
//! worth is counted within the base, by the form of BM25 that is never negative.

use std::collections::{HashMap, HashSet};

use sqlx::{FromRow, SqliteConnection};

use super::super::{Result, Store};

/// The most passages of one word that are looked at, best first.
const MOST: i64 = 2_000;
/// No limit, as SQLite says it: where a filter follows, the best may all be left out.
const EVERY: i64 = -1;
/// What SQLite takes for the worth of a word that is in half of all passages or more.
const LEAST_WORTH: f64 = 1e-6;

/// A passage that was found, with what is known of its document.
#[derive(Clone, Debug, PartialEq, FromRow)]
pub struct PassageRow {
    pub id: i64,
    pub document: String,
    pub title: String,
    #[sqlx(try_from = "i64")]
    pub place: u64,
    pub text: String,
    /// A JSON object.
    pub metadata: Option<String>,
    /// The passage that it is a part of: its number, place and text.
    pub parent: Option<i64>,
    pub parent_place: Option<i64>,
    pub parent_text: Option<String>,
    /// Where the document came from: JSON of the source, and what that calls it.
    pub source: Option<String>,
    pub source_id: Option<String>,
    pub uri: Option<String>,
}

/// A document as filters see it.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct DescribedRow {
    pub id: String,
    /// A JSON object.
    pub metadata: Option<String>,
    /// Where it came from, where that was asked for.
    pub source: Option<String>,
    pub source_id: Option<String>,
    pub uri: Option<String>,
}

#[derive(FromRow)]
struct Hit {
    id: i64,
    /// SQLite's rank, below 0.
    fit: f64,
}

impl Store {
    /// The passages of a base, by its own id, that have one of these words, with their ranks, best first; of these
    /// passages alone, where some are given. A rank is BM25's and above 0.
    pub async fn search(
        &self,
        base: &str,
        words: &[String],
        most: usize,
        among: Option<&HashSet<i64>>,
    ) -> Result<Vec<(i64, f64)>> {
        let mut snapshot = self.readers.begin().await?;
        let everywhere: i64 = sqlx::query_scalar("SELECT count(*) FROM passages WHERE is_parent = 0")
            .fetch_one(&mut *snapshot)
            .await?;
        let here: i64 =
            sqlx::query_scalar("SELECT count(*) FROM passages WHERE base_id = ? AND is_parent = 0")
                .bind(base)
                .fetch_one(&mut *snapshot)
                .await?;
        let mut ranks: HashMap<i64, f64> = HashMap::new();
        let limit = if among.is_some() { EVERY } else { MOST };
        for word in words {
            let word = format!("{{title text}} : {}", phrase(word));
            let of_all = having(&mut snapshot, &word).await?;
            let within = format!("base : {} AND {word}", phrase(&base_word(base)));
            let of_base = having(&mut snapshot, &within).await?;
            for hit in hits(&mut snapshot, &within, limit).await? {
                if among.is_some_and(|among| !among.contains(&hit.id)) {
                    continue;
                }
                let share = -hit.fit / worth(everywhere, of_all).ln().max(LEAST_WORTH);
                *ranks.entry(hit.id).or_default() += share * (1.0 + worth(here, of_base)).ln();
            }
        }
        let mut best: Vec<(i64, f64)> = ranks.into_iter().collect();
        best.sort_by(|(a, x), (b, y)| y.total_cmp(x).then(a.cmp(b)));
        best.truncate(most);
        Ok(best)
    }

    /// These passages of a base, in any order. Those that are gone meanwhile are left out.
    pub async fn passages(&self, base: &str, ids: &[i64]) -> Result<Vec<PassageRow>> {
        Ok(sqlx::query_as(
            "SELECT p.id, d.id AS document, d.title, p.place, p.text, d.metadata, p.parent,
               o.place AS parent_place, o.text AS parent_text, s.body AS source, i.source_id, i.uri
             FROM passages p JOIN knowledge_documents d ON d.id = p.document_id
               LEFT JOIN passages o ON o.id = p.parent
               LEFT JOIN source_items i ON i.rowid =
                 (SELECT min(rowid) FROM source_items WHERE document_id = d.id)
               LEFT JOIN data_sources s ON s.id = i.source_id
             WHERE p.id IN (SELECT value FROM json_each(?)) AND p.base_id = ?",
        )
        .bind(serde_json::to_string(ids)?)
        .bind(base)
        .fetch_all(&self.readers)
        .await?)
    }

    /// The documents of a base that have metadata; all of them, with where they came from, where that is asked for.
    pub async fn described_documents(&self, base: &str, with_origin: bool) -> Result<Vec<DescribedRow>> {
        let documents = match with_origin {
            false => sqlx::query_as(
                "SELECT id, metadata, NULL AS source, NULL AS source_id, NULL AS uri
                 FROM knowledge_documents WHERE base_id = ? AND metadata IS NOT NULL",
            ),
            true => sqlx::query_as(
                "SELECT d.id, d.metadata, s.body AS source, i.source_id, i.uri
                 FROM knowledge_documents d
                   LEFT JOIN source_items i ON i.rowid =
                     (SELECT min(rowid) FROM source_items WHERE document_id = d.id)
                   LEFT JOIN data_sources s ON s.id = i.source_id
                 WHERE d.base_id = ?",
            ),
        };
        Ok(documents.bind(base).fetch_all(&self.readers).await?)
    }

    /// The passages of these documents that are searched.
    pub async fn passages_of(&self, base: &str, documents: &[String]) -> Result<Vec<i64>> {
        Ok(sqlx::query_scalar(
            "SELECT id FROM passages WHERE base_id = ? AND is_parent = 0
               AND document_id IN (SELECT value FROM json_each(?))",
        )
        .bind(base)
        .bind(serde_json::to_string(documents)?)
        .fetch_all(&self.readers)
        .await?)
    }
}

/// How much rarer than not a word is: the term within BM25's logarithm.
fn worth(passages: i64, having: i64) -> f64 {
    let (passages, having) = (passages as f64, having as f64);
    (passages - having + 0.5) / (having + 0.5)
}

/// How many passages fit an expression of the index.
async fn having(connection: &mut SqliteConnection, expression: &str) -> Result<i64> {
    Ok(sqlx::query_scalar("SELECT count(*) FROM passage_words WHERE passage_words MATCH ?")
        .bind(expression)
        .fetch_one(&mut *connection)
        .await?)
}

async fn hits(connection: &mut SqliteConnection, expression: &str, most: i64) -> Result<Vec<Hit>> {
    // A word of the title counts twice, and the base's own word not at all.
    Ok(sqlx::query_as(
        "SELECT rowid AS id, bm25(passage_words, 0.0, 2.0, 1.0) AS fit
         FROM passage_words WHERE passage_words MATCH ? ORDER BY fit LIMIT ?",
    )
    .bind(expression)
    .bind(most)
    .fetch_all(&mut *connection)
    .await?)
}

/// The word that stands for a base in the index. The digit keeps it from being taken for a word with an ending.
pub(super) fn base_word(base: &str) -> String {
    format!("{base}0")
}

/// A text that the index's language takes as a text, whatever is in it.
fn phrase(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\"").replace('\0', " "))
}
