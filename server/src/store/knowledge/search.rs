//! Finding passages by words: SQLite's full-text index, ranked by BM25.
//!
//! SQLite's own rank takes a word that is in half of all passages for worthless, whichever base they are of. A small
//! base would have no order then. So a word's share of a passage's rank is taken from SQLite, and what the word is
//! worth is counted within the base, by the form of BM25 that is never negative.
//!
//! The rarest word goes first. Once the words that are left, which are the frequent ones, are worth too little to bring
//! another passage among the best, only those that may still be are looked at (the method is known as MaxScore).

use std::collections::{HashMap, HashSet};

use sqlx::{FromRow, SqliteConnection};

use super::super::{Result, Store};

/// The most that a word's share of a rank is, however often the passage has it: BM25's `k1 + 1`, with SQLite's `k1`.
const MOST_SHARE: f64 = 2.2;
/// The bits of a share in a hit's number, and what a share is multiplied by to be a whole number in them.
const SHARE_BITS: u32 = 24;
const MOST_BITS: i64 = (1 << SHARE_BITS) - 1;
const SHARE: f64 = (1 << 22) as f64;
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

/// A word of a question in the index.
struct Term {
    /// Whether a passage of the base has it.
    is_there: bool,
    /// What finds the passages of the base that have it.
    expression: String,
    /// What SQLite takes it to be worth, and what it is worth in the base.
    weight: f64,
    worth: f64,
}

impl Store {
    /// The passages of a base, by its own id, that have one of these words, with their ranks, best first; of these
    /// passages alone, where some are given. A rank is BM25's and above 0, as a part of what all words are worth: 1 where
    /// a passage of usual length has each of them once.
    pub async fn search(
        &self,
        base: &str,
        words: &[String],
        most: usize,
        among: Option<&HashSet<i64>>,
    ) -> Result<Vec<(i64, f64)>> {
        let mut snapshot = self.readers.begin().await?;
        let mut terms = terms(&mut snapshot, base, words).await?;
        terms.sort_by(|a, b| b.worth.total_cmp(&a.worth));
        let whole: f64 = terms.iter().map(|term| term.worth).sum();
        terms.retain(|term| term.is_there);
        let mut left: f64 = terms.iter().map(|term| term.worth * MOST_SHARE).sum();
        let mut ranks: HashMap<i64, f64> = HashMap::new();
        for term in terms {
            let least = least(&ranks, most);
            let may_be = (left < least).then(|| {
                let ranks = ranks.iter().filter(|(_, rank)| **rank + left >= least);
                ranks.map(|(id, _)| *id).collect::<Vec<_>>()
            });
            let may_be = may_be.map(|ids| serde_json::to_string(&ids)).transpose()?;
            let hits = hits(&mut snapshot, &term, may_be).await?;
            for (id, share) in hits {
                if among.is_some_and(|among| !among.contains(&id)) {
                    continue;
                }
                *ranks.entry(id).or_default() += share * term.worth;
            }
            left -= term.worth * MOST_SHARE;
        }
        let mut best: Vec<(i64, f64)> = ranks.into_iter().collect();
        best.sort_by(|(a, x), (b, y)| y.total_cmp(x).then(a.cmp(b)));
        best.truncate(most);
        Ok(best.into_iter().map(|(id, rank)| (id, rank / whole)).collect())
    }

    /// These passages of a base, in any order. Those that are gone meanwhile are left out. The plus keeps SQLite from
    /// going through the whole base for them.
    pub async fn passages(&self, base: &str, ids: &[i64]) -> Result<Vec<PassageRow>> {
        Ok(sqlx::query_as(
            "SELECT p.id, d.id AS document, d.title, p.place, p.text, d.metadata, p.parent,
               o.place AS parent_place, o.text AS parent_text, s.body AS source, i.source_id, i.uri
             FROM passages p JOIN knowledge_documents d ON d.id = p.document_id
               LEFT JOIN passages o ON o.id = p.parent
               LEFT JOIN source_items i ON i.rowid =
                 (SELECT min(rowid) FROM source_items WHERE document_id = d.id)
               LEFT JOIN data_sources s ON s.id = i.source_id
             WHERE p.id IN (SELECT value FROM json_each(?)) AND +p.base_id = ?",
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
            "SELECT id FROM passages WHERE +base_id = ? AND is_parent = 0
               AND document_id IN (SELECT value FROM json_each(?))",
        )
        .bind(base)
        .bind(serde_json::to_string(documents)?)
        .fetch_all(&self.readers)
        .await?)
    }
}

/// The words, with what each is worth.
async fn terms(connection: &mut SqliteConnection, base: &str, words: &[String]) -> Result<Vec<Term>> {
    let (everywhere, here): (i64, i64) = sqlx::query_as(
        "SELECT ifnull(sum(searched_passages), 0), ifnull(sum(searched_passages) FILTER (WHERE id = ?), 0)
         FROM knowledge_bases",
    )
    .bind(base)
    .fetch_one(&mut *connection)
    .await?;
    let mut terms = Vec::with_capacity(words.len());
    for word in words {
        let anywhere = format!("{{title text}} : {}", phrase(word));
        let of_all = having(connection, &anywhere).await?;
        let within = format!("base : {} AND {anywhere}", phrase(&base_word(base)));
        let of_base = if here == everywhere { of_all } else { having(connection, &within).await? };
        terms.push(Term {
            is_there: of_base > 0,
            // To look for the base's word as well costs more than to look for the other alone.
            expression: if of_base == of_all { anywhere } else { within },
            weight: rarity(everywhere, of_all).ln().max(LEAST_WORTH),
            worth: (1.0 + rarity(here, of_base)).ln(),
        });
    }
    Ok(terms)
}

/// How much rarer than not a word is: the term within BM25's logarithm.
fn rarity(passages: i64, having: i64) -> f64 {
    let (passages, having) = (passages as f64, having as f64);
    (passages - having + 0.5) / (having + 0.5)
}

/// The rank that one of the best has at least; 0 while there are too few.
fn least(ranks: &HashMap<i64, f64>, most: usize) -> f64 {
    let Some(last) = most.checked_sub(1).filter(|last| *last < ranks.len()) else { return 0.0 };
    let mut ranks: Vec<f64> = ranks.values().copied().collect();
    *ranks.select_nth_unstable_by(last, |a, b| b.total_cmp(a)).1
}

/// How many passages fit an expression of the index.
async fn having(connection: &mut SqliteConnection, expression: &str) -> Result<i64> {
    Ok(sqlx::query_scalar("SELECT count(*) FROM passage_words WHERE passage_words MATCH ?")
        .bind(expression)
        .fetch_one(&mut *connection)
        .await?)
}

/// The passages that have a word, each with the word's share of its rank; among these alone, where a JSON array of
/// passages is given. A word of the title counts twice, and the base's own word not at all.
///
/// They come as one text, a number each, since a row each costs as much as finding them does. The limit, which is
/// none, keeps SQLite from ranking where it adds up, which it cannot; the plus, from asking the index anew for each.
async fn hits(
    connection: &mut SqliteConnection,
    term: &Term,
    among: Option<String>,
) -> Result<Vec<(i64, f64)>> {
    let found: Option<String> = sqlx::query_scalar(
        "SELECT group_concat(hit, ' ') FROM (
           SELECT (rowid << ?1) | min(CAST(bm25(passage_words, 0.0, 2.0, 1.0) * ?2 AS INTEGER), ?3) AS hit
           FROM passage_words
           WHERE passage_words MATCH ?4 AND (?5 IS NULL OR +rowid IN (SELECT value FROM json_each(?5))) LIMIT -1)",
    )
    .bind(SHARE_BITS)
    .bind(-SHARE / term.weight)
    .bind(MOST_BITS)
    .bind(&term.expression)
    .bind(among)
    .fetch_one(&mut *connection)
    .await?;
    Ok(read_hits(found))
}

/// Passages and shares, from the numbers that they came as.
fn read_hits(found: Option<String>) -> Vec<(i64, f64)> {
    let numbers = found.iter().flat_map(|found| found.split(' ')).filter_map(|hit| hit.parse::<i64>().ok());
    numbers.map(|hit| (hit >> SHARE_BITS, (hit & MOST_BITS) as f64 / SHARE)).collect()
}

/// The word that stands for a base in the index. The digit keeps it from being taken for a word with an ending.
pub(super) fn base_word(base: &str) -> String {
    format!("{base}0")
}

/// A text that the index's language takes as a text, whatever is in it.
fn phrase(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\"").replace('\0', " "))
}

#[cfg(test)]
mod tests {
    use super::super::{NewDocument, NewPassage};
    use super::*;

    /// Words of which the first are in most passages and the last in few, the same each time.
    fn texts(count: usize, mut state: u64) -> Vec<String> {
        let mut word = move || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let part = (state >> 11) as f64 / (1_u64 << 53) as f64;
            format!("w{}", 400.0_f64.powf(part) as u64)
        };
        (0..count).map(|at| (0..10 + at % 30).map(|_| word()).collect::<Vec<_>>().join(" ")).collect()
    }

    async fn add(store: &Store, base: &str, texts: &[String]) {
        store.insert_knowledge_base(base.to_owned(), base.to_owned(), 1).await.unwrap();
        let passages = texts.iter().map(|text| NewPassage { text: text.clone(), ..NewPassage::default() });
        let document = NewDocument {
            id: format!("{base}D"),
            base: base.to_owned(),
            title: "All".to_owned(),
            text: texts.join("\n"),
            digest: base.to_owned(),
            metadata: None,
            passages: passages.collect(),
            at: 1,
        };
        store.insert_document(document, format!("{base}S")).await.unwrap();
    }

    fn close(found: &[(i64, f64)], expected: &[(i64, f64)]) -> bool {
        let same = |((a, x), (b, y)): (&(i64, f64), &(i64, f64))| a == b && (x - y).abs() < 1e-9;
        found.len() == expected.len() && found.iter().zip(expected).all(same)
    }

    #[tokio::test]
    async fn what_is_left_out_on_the_way_is_never_among_the_best() {
        let folder = tempfile::tempdir().unwrap();
        let (store, _) = Store::open(folder.path()).await.unwrap();
        add(&store, "ONE", &texts(600, 1)).await;
        let questions: Vec<Vec<String>> = (0..40)
            .map(|at| texts(1, 100 + at)[0].split(' ').take(6).map(str::to_owned).collect::<HashSet<_>>())
            .map(|words| words.into_iter().collect())
            .collect();
        let mut alone = Vec::new();
        for words in &questions {
            // Where more are wanted than there are, all are looked at.
            let all = store.search("ONE", words, 10_000, None).await.unwrap();
            for most in [1, 5, 50] {
                let best = store.search("ONE", words, most, None).await.unwrap();
                assert!(close(&best, &all[..most.min(all.len())]), "{words:?}, {most}: {best:?}");
            }
            let odd: HashSet<i64> = all.iter().map(|(id, _)| *id).filter(|id| id % 2 == 1).collect();
            let among = store.search("ONE", words, 5, Some(&odd)).await.unwrap();
            let expected: Vec<_> = all.iter().filter(|(id, _)| odd.contains(id)).copied().take(5).collect();
            assert!(close(&among, &expected), "{words:?}: {among:?}");
            alone.push(all.into_iter().map(|(id, _)| id).collect::<HashSet<_>>());
        }
        // Another base with the same words takes nothing away and adds nothing.
        add(&store, "TWO", &texts(300, 2)).await;
        for (words, alone) in questions.iter().zip(alone) {
            let found = store.search("ONE", words, 10_000, None).await.unwrap();
            assert_eq!(found.into_iter().map(|(id, _)| id).collect::<HashSet<_>>(), alone);
        }
    }
}
