//! Finding passages by words: SQLite's full-text index, ranked by BM25.
//!
//! SQLite's own rank takes a word that is in half of all passages for worthless, whichever base they are of. A small
//! base would have no order then. So a word's share of a passage's rank is taken from SQLite, and what the word is
//! worth is counted within the base, by the form of BM25 that is never negative.

use std::collections::HashMap;

use sqlx::{FromRow, SqliteConnection};

use super::super::{Result, Store, from_sql};

/// The most passages of one word that are looked at, best first.
const MOST: i64 = 2_000;
/// What SQLite takes for the worth of a word that is in half of all passages or more.
const LEAST_WORTH: f64 = 1e-6;

/// A passage that was found, with its document's title.
#[derive(Clone, Debug, PartialEq)]
pub struct PassageRow {
    pub document: String,
    pub title: String,
    pub place: u64,
    pub text: String,
    /// BM25, above 0.
    pub rank: f64,
}

#[derive(FromRow)]
struct Hit {
    id: i64,
    /// SQLite's rank, below 0.
    fit: f64,
}

impl Store {
    /// The passages of a base, by its own id, that have one of these words; best first.
    pub async fn search(&self, base: &str, words: &[String], most: usize) -> Result<Vec<PassageRow>> {
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
        for word in words {
            let word = format!("{{title text}} : {}", phrase(word));
            let of_all = having(&mut snapshot, &word).await?;
            let within = format!("base : {} AND {word}", phrase(&base_word(base)));
            let of_base = having(&mut snapshot, &within).await?;
            for hit in hits(&mut snapshot, &within).await? {
                let share = -hit.fit / worth(everywhere, of_all).ln().max(LEAST_WORTH);
                *ranks.entry(hit.id).or_default() += share * (1.0 + worth(here, of_base)).ln();
            }
        }
        let mut best: Vec<(i64, f64)> = ranks.into_iter().collect();
        best.sort_by(|(a, x), (b, y)| y.total_cmp(x).then(a.cmp(b)));
        best.truncate(most);
        let mut found = Vec::with_capacity(best.len());
        for (id, rank) in best {
            found.extend(passage(&mut snapshot, base, id, rank).await?);
        }
        Ok(found)
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

async fn hits(connection: &mut SqliteConnection, expression: &str) -> Result<Vec<Hit>> {
    // A word of the title counts twice, and the base's own word not at all.
    Ok(sqlx::query_as(
        "SELECT rowid AS id, bm25(passage_words, 0.0, 2.0, 1.0) AS fit
         FROM passage_words WHERE passage_words MATCH ? ORDER BY fit LIMIT ?",
    )
    .bind(expression)
    .bind(MOST)
    .fetch_all(&mut *connection)
    .await?)
}

async fn passage(
    connection: &mut SqliteConnection,
    base: &str,
    id: i64,
    rank: f64,
) -> Result<Option<PassageRow>> {
    let found: Option<(String, String, i64, String)> = sqlx::query_as(
        "SELECT d.id, d.title, p.place, p.text FROM passages p JOIN knowledge_documents d ON d.id = p.document_id
         WHERE p.id = ? AND p.base_id = ?",
    )
    .bind(id)
    .bind(base)
    .fetch_optional(&mut *connection)
    .await?;
    Ok(found.map(|(document, title, place, text)| {
        let place = from_sql(place);
        PassageRow { document, title, place, text, rank }
    }))
}

/// The word that stands for a base in the index. The digit keeps it from being taken for a word with an ending.
pub(super) fn base_word(base: &str) -> String {
    format!("{base}0")
}

/// A text that the index's language takes as a text, whatever is in it.
fn phrase(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\"").replace('\0', " "))
}
