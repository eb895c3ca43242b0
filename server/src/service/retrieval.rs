//! Retrieval: the passages that answer a question, found by their words and by their meaning.
//!
//! Always holds: what cannot be found by meaning now is found by words, and the answer says so; a filter is applied
//! before the best are taken, so that as many come as were asked for. Absent on purpose: how vectors are kept, which is
//! a [`VectorStore`](crate::knowledge::VectorStore)'s matter.

mod answer;
mod clearing;
mod embedding;
mod evaluation;
mod memory;
mod stores;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use flow::node::knowledge_base::{MOST_RESULTS, OWN_ATTRIBUTES, Origin, Passage, USUAL_RESULTS};
use flow::wire::{AskKnowledgeBase, PassageList, Place, Ranking};
use futures_util::future::BoxFuture;
use serde_json::{Map, Value};
use tokio::sync::Notify;

use super::{Service, SourceBody};
use crate::clock;
use crate::error::{Error, Result, missing};
use crate::knowledge::{self, Filter, Index, Question, Ranked, VectorError, fuse, read, words};
use crate::provider::{Error as ModelError, Purpose, Registry, Resolved};
use crate::store::{DescribedRow, PassageRow, Store, VectorSetRow};
pub use answer::{Answering, Grounds};
pub use memory::Memory;
pub use stores::Stores;
use stores::{in_store, told};

/// How deep each ranker looks before their orders become one.
const DEEP: usize = 50;
/// How many passages a model is given to put in order, for each that is asked for, and at most.
const RERANKED: usize = 4;
/// How many more are asked for, at most, where a store still has some that are gone here.
const MOST_GONE: usize = 200;
/// How long a question may take to be read by the model, where words can answer it too, and where they are not wanted.
const PATIENCE: Duration = Duration::from_secs(2);
const LONG_PATIENCE: Duration = Duration::from_secs(60);

/// Finds passages.
#[derive(Clone)]
pub struct Retriever {
    store: Store,
    models: Registry,
    stores: Stores,
    /// Told when there may be passages to read.
    wake: Arc<Notify>,
}

/// Passages by their numbers, best first, each with a score.
type Hits = Vec<(i64, f64)>;

impl Service {
    /// The passages that answer a question, best first.
    ///
    /// # Errors
    /// There is no such base, or it cannot be asked this.
    pub async fn ask_knowledge_base(&self, id: &str, ask: AskKnowledgeBase) -> Result<PassageList> {
        self.retriever.ask(id, &question(ask)?).await
    }

    /// How well each of these texts answers a question, by a model.
    ///
    /// # Errors
    /// The model does not say.
    pub async fn rerank(&self, model: &str, question: &str, texts: Vec<String>) -> Result<Vec<f64>> {
        self.retriever.scores(model, question, texts).await
    }

    /// Refuses a model that is not connected.
    pub fn require_model(&self, field: &'static str, model: Option<&str>) -> Result<()> {
        match model.map(|model| self.models.resolve(model)) {
            Some(Err(error)) => Err(Error::invalid(field, error.to_string())),
            _ => Ok(()),
        }
    }
}

/// A question as the native API has it.
fn question(ask: AskKnowledgeBase) -> Result<Question> {
    let most = ask.number_of_results.map_or(Some(USUAL_RESULTS), |count| usize::try_from(count).ok());
    let Some(most) = most.filter(|count| (1..=MOST_RESULTS).contains(count)) else {
        return Err(Error::invalid("numberOfResults", "The number of results is from 1 to 100."));
    };
    if ask.minimum_score.is_some_and(|score| !(0.0..=1.0).contains(&score)) {
        return Err(Error::invalid("minimumScore", "The least score is a number from 0 to 1."));
    }
    let filter = ask.filter.as_ref().map(Filter::read).transpose();
    let filter = filter
        .map_err(|wrong| Error::invalid("filter", format!("filter{}: {}", wrong.path, wrong.message)))?;
    Ok(Question {
        text: ask.text,
        most,
        ranking: ask.ranking.unwrap_or_default(),
        minimum_score: ask.minimum_score,
        filter,
        parts: ask.parents == Some(false),
        rerank: ask.rerank_model.filter(|model| !model.trim().is_empty()),
    })
}

impl Index for Retriever {
    fn find<'a>(
        &'a self,
        base: &'a str,
        question: &'a Question,
    ) -> BoxFuture<'a, std::result::Result<PassageList, knowledge::Error>> {
        Box::pin(async move {
            self.ask(base, question).await.map_err(|error| match error {
                Error::NotFound { .. } => knowledge::Error::NoBase(base.to_owned()),
                Error::Model(error) => knowledge::Error::Rerank(error.into()),
                Error::Internal(inner) => knowledge::Error::Index(inner),
                other => knowledge::Error::Index(other.to_string()),
            })
        })
    }
}

impl Retriever {
    pub fn new(store: Store, models: Registry, stores: Stores) -> Self {
        Self { store, models, stores, wake: Arc::default() }
    }

    /// The passages of a base, by its id or another that it answers to.
    async fn ask(&self, id: &str, question: &Question) -> Result<PassageList> {
        let base = self.store.knowledge_base_id(id).await.map_err(missing("knowledge base", id))?;
        self.search(&base, question).await
    }

    async fn search(&self, base: &str, question: &Question) -> Result<PassageList> {
        let words = words(&question.text);
        let among = self.among(base, question.filter.as_ref()).await?;
        let wanted = question.most.max(question.rerank.as_ref().map_or(0, |_| RERANKED * question.most));
        let deep = DEEP.max(2 * wanted);
        let (lexical, meaning) = match question.ranking {
            Ranking::Lexical => (Some(self.by_words(base, &words, deep, among.as_deref()).await?), Ok(None)),
            Ranking::Hybrid => {
                let (lexical, meaning) = tokio::join!(
                    self.by_words(base, &words, deep, among.as_deref()),
                    self.by_meaning(base, question, deep, among.clone())
                );
                (Some(lexical?), meaning)
            }
            Ranking::Semantic => match self.by_meaning(base, question, deep, among.clone()).await {
                Ok(Some(found)) => (None, Ok(Some(found))),
                other => (Some(self.by_words(base, &words, deep, among.as_deref()).await?), other),
            },
        };
        let (semantic, mut note) = match meaning {
            Ok(found) => (found, None),
            Err(why) => (None, Some(why)),
        };
        if question.ranking == Ranking::Semantic && semantic.is_none() && note.is_none() {
            note = Some(
                "No passage of this knowledge base was read for its meaning, so it was searched by words."
                    .to_owned(),
            );
        }
        let ranking = match (&lexical, &semantic) {
            (Some(_), Some(_)) => Ranking::Hybrid,
            (None, Some(_)) => Ranking::Semantic,
            (_, None) => Ranking::Lexical,
        };
        let mut ranked = fuse(lexical, semantic);
        if let Some(least) = question.minimum_score {
            let enough = |score: Option<f64>| score.is_some_and(|score| score >= least);
            ranked.retain(|ranked| enough(ranked.scores.lexical) || enough(ranked.scores.semantic));
        }
        let mut passages = self.passages(base, ranked, question.parts, wanted.min(MOST_RESULTS)).await?;
        if let Some(model) = &question.rerank {
            self.rerank(question, model, &mut passages).await?;
        }
        passages.truncate(question.most);
        Ok(PassageList { passages, words, ranking, note })
    }

    /// The passages of the documents that fit a filter.
    async fn among(&self, base: &str, filter: Option<&Filter>) -> Result<Option<Arc<HashSet<i64>>>> {
        let Some(filter) = filter else { return Ok(None) };
        let documents = self.store.described_documents(base, filter.names(OWN_ATTRIBUTES)).await?;
        let fits = |document: &DescribedRow| {
            let mut metadata = attributes(document.metadata.as_deref());
            let origin = origin(document.source.as_deref(), &document.source_id, &document.uri);
            metadata.extend(origin.iter().flat_map(Origin::attributes));
            filter.fits(&metadata)
        };
        let documents: Vec<String> = documents.into_iter().filter(fits).map(|document| document.id).collect();
        let passages = self.store.passages_of(base, &documents).await?;
        Ok(Some(Arc::new(passages.into_iter().collect())))
    }

    async fn by_words(
        &self,
        base: &str,
        words: &[String],
        most: usize,
        among: Option<&HashSet<i64>>,
    ) -> Result<Hits> {
        let found = self.store.search(base, words, most, among).await?;
        Ok(found.into_iter().map(|(id, rank)| (id, rank.min(1.0))).collect())
    }

    /// None where the base has no model; else why it cannot be done now, where it cannot.
    async fn by_meaning(
        &self,
        base: &str,
        question: &Question,
        most: usize,
        among: Option<Arc<HashSet<i64>>>,
    ) -> std::result::Result<Option<Hits>, String> {
        let logged = |error: &dyn std::fmt::Display| {
            tracing::error!(knowledge.base = base, "a search by meaning failed: {error}");
            "The search by meaning failed here, so words answered. The server's log says why.".to_owned()
        };
        let sets = self.store.vector_sets(base).await.map_err(|error| logged(&error))?;
        let Some(set) = sets.iter().find(|set| set.is_live) else {
            if let Some(set) = sets.iter().find(|set| !set.problem.is_empty()) {
                return Err(format!("Words answered. {}", set.problem));
            }
            let reads = self.reads(base).await.map_err(|error| logged(&error))?;
            return match reads {
                None => Ok(None),
                Some(model) => Err(format!("{model} is still reading the passages, so words answered.")),
            };
        };
        let patience = if question.ranking == Ranking::Semantic { LONG_PATIENCE } else { PATIENCE };
        let asked = tokio::time::timeout(
            patience,
            self.embed(&set.model, vec![question.text.clone()], Purpose::Question),
        )
        .await;
        let mut vectors = match asked {
            Ok(read) => read.map_err(|error| format!("Words answered. {error}"))?,
            Err(_) => {
                return Err(format!("{} did not read the question in time, so words answered.", set.model));
            }
        };
        let vector = vectors.pop().unwrap_or_default();
        let found = match &set.store {
            None => self.nearest(set, vector, most, among).await,
            Some(name) => {
                let finding = tokio::time::timeout(patience, self.nearest(set, vector, most, among)).await;
                let late = || Err(VectorError::Away("It did not answer in time.".to_owned()));
                finding.unwrap_or_else(|_| late()).map_err(|error| told(Some(name), error))
            }
        };
        match found {
            Ok(found) => Ok(Some(found)),
            Err(VectorError::Away(why)) => Err(format!("Words answered. {why}")),
            Err(VectorError::Lost) => {
                self.store.lose_vectors(set.id, clock::now()).await.map_err(|error| logged(&error))?;
                self.wake.notify_one();
                Err("Words answered. The vector store has lost the vectors of this knowledge base, so its passages are \
                     read anew."
                    .to_owned())
            }
            Err(error) => Err(logged(&error)),
        }
    }

    /// The nearest passages of a set. A store elsewhere may still have some that are gone here, which count for nothing.
    async fn nearest(
        &self,
        set: &VectorSetRow,
        vector: Vec<f32>,
        most: usize,
        among: Option<Arc<HashSet<i64>>>,
    ) -> std::result::Result<Hits, VectorError> {
        let store = self.stores.of(set.store.as_deref())?;
        let gone = match &set.store {
            None => 0,
            Some(_) => {
                let counted = self.store.count_gone_vectors(set.id).await;
                counted.map_err(|error| VectorError::Broken(error.to_string()))?
            }
        };
        let most = most + usize::try_from(gone).unwrap_or(0).min(MOST_GONE);
        store.nearest(&in_store(set), vector, most, among).await
    }

    /// What texts mean to a model in numbers.
    async fn embed(
        &self,
        model: &str,
        texts: Vec<String>,
        purpose: Purpose,
    ) -> std::result::Result<Vec<Vec<f32>>, ModelError> {
        let Resolved { provider, model, .. } = self.models.resolve(model)?;
        let found = provider.embed(&model, texts, None, purpose).await?;
        let narrow = |vector: Vec<f64>| vector.into_iter().map(|number| number as f32).collect();
        Ok(found.vectors.into_iter().map(narrow).collect())
    }

    async fn scores(&self, model: &str, question: &str, texts: Vec<String>) -> Result<Vec<f64>> {
        let Resolved { provider, model, .. } = self.models.resolve(model)?;
        Ok(provider.rerank(&model, question, texts).await?)
    }

    /// The first of what was found, as it is told. Of the parts of one passage the best counts.
    async fn passages(
        &self,
        base: &str,
        ranked: Vec<Ranked>,
        parts: bool,
        most: usize,
    ) -> Result<Vec<Passage>> {
        let mut seen = HashSet::new();
        let mut passages = Vec::with_capacity(most);
        for some in ranked.chunks(most.max(1)) {
            let ids: Vec<i64> = some.iter().map(|ranked| ranked.id).collect();
            let rows = self.store.passages(base, &ids).await?;
            let mut rows: HashMap<i64, PassageRow> = rows.into_iter().map(|row| (row.id, row)).collect();
            for ranked in some {
                let Some(row) = rows.remove(&ranked.id) else { continue };
                if seen.insert(row.parent.filter(|_| !parts).unwrap_or(row.id)) {
                    passages.push(passage(row, ranked, parts));
                }
            }
            if passages.len() >= most {
                break;
            }
        }
        passages.truncate(most);
        Ok(passages)
    }

    async fn rerank(&self, question: &Question, model: &str, passages: &mut [Passage]) -> Result<()> {
        if passages.is_empty() {
            return Ok(());
        }
        let texts = passages.iter().map(|passage| read(&passage.title, &passage.text)).collect();
        let scores = self.scores(model, &question.text, texts).await?;
        for (passage, score) in passages.iter_mut().zip(scores) {
            passage.scores.rerank = Some(rounded(score));
            passage.score = rounded(score);
        }
        passages.sort_by(|a, b| b.score.total_cmp(&a.score));
        Ok(())
    }
}

fn passage(row: PassageRow, ranked: &Ranked, parts: bool) -> Passage {
    let whole = row.parent_text.zip(row.parent_place).filter(|_| !parts);
    let (text, place) = match whole {
        Some((text, place)) => (text, u64::try_from(place).unwrap_or(0)),
        None => (row.text, row.place),
    };
    let mut scores = ranked.scores;
    for score in [&mut scores.lexical, &mut scores.semantic] {
        *score = score.map(rounded);
    }
    let origin = origin(row.source.as_deref(), &row.source_id, &row.uri);
    Passage {
        text,
        title: row.title,
        document_id: row.document,
        place,
        score: rounded(ranked.score),
        scores,
        metadata: attributes(row.metadata.as_deref()),
        origin,
    }
}

/// Where a document came from, where that is known: the source's JSON and id, and what that calls the document.
fn origin(source: Option<&str>, id: &Option<String>, uri: &Option<String>) -> Option<Origin> {
    let source: SourceBody = serde_json::from_str(source?).ok()?;
    let kind = match source.place {
        Place::Bucket { .. } => "S3",
        Place::Web { .. } => "WEB",
        Place::Custom => "CUSTOM",
    };
    Some(Origin { kind: kind.to_owned(), uri: uri.clone()?, data_source: id.clone()? })
}

/// A document's metadata; none where it has none.
fn attributes(metadata: Option<&str>) -> Map<String, Value> {
    metadata.and_then(|metadata| serde_json::from_str(metadata).ok()).unwrap_or_default()
}

fn rounded(score: f64) -> f64 {
    (score * 10_000.0).round() / 10_000.0
}
