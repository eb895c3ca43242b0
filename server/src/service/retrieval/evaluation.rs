//! How well a base finds what it should: questions whose documents are known, asked with some settings.
//!
//! Always holds: what is measured is what anyone who asks so would get; a document counts once, at its best passage.

use flow::wire::{
    AskKnowledgeBase, Evaluation, EvaluationList, KnownQuestion, KnownQuestions, Placed, Ranking,
};

use super::question;
use crate::error::{Error, Result};
use crate::service::Service;
use crate::{clock, id};

/// The most questions of a base.
const MOST: usize = 1_000;
/// The longest question, in characters.
const LONGEST: usize = 2_000;

impl Service {
    /// The questions by which a base is measured.
    pub async fn known_questions(&self, id: &str) -> Result<KnownQuestions> {
        let base = self.base(id).await?;
        let rows = self.store.known_questions(&base).await?;
        let read = |(text, documents): (String, String)| {
            Ok(KnownQuestion { text, documents: serde_json::from_str(&documents)? })
        };
        Ok(KnownQuestions { questions: rows.into_iter().map(read).collect::<Result<_>>()? })
    }

    /// Sets the questions by which a base is measured.
    ///
    /// # Errors
    /// One has no words or no document, or names one that is not there.
    pub async fn set_known_questions(&self, id: &str, given: KnownQuestions) -> Result<KnownQuestions> {
        let base = self.base(id).await?;
        if given.questions.len() > MOST {
            return Err(Error::invalid("questions", "A knowledge base has at most 1,000 questions."));
        }
        let there: Vec<String> =
            self.store.knowledge_documents(&base).await?.into_iter().map(|document| document.title).collect();
        let mut rows = Vec::with_capacity(given.questions.len());
        for (at, KnownQuestion { text, documents }) in given.questions.iter().enumerate() {
            let wrong = |what: &str| Error::invalid("questions", format!("Question {}: {what}", at + 1));
            if text.trim().is_empty() || text.chars().count() > LONGEST {
                return Err(wrong("write 1 to 2,000 characters."));
            }
            if documents.is_empty() {
                return Err(wrong("name a document that answers it."));
            }
            if let Some(unknown) = documents.iter().find(|title| !there.contains(title)) {
                return Err(wrong(&format!("there is no document {unknown} here.")));
            }
            rows.push((text.trim().to_owned(), serde_json::to_string(documents)?));
        }
        self.store.set_known_questions(base.clone(), rows).await?;
        self.known_questions(&base).await
    }

    /// The measurements of a base, the last first.
    pub async fn evaluations(&self, id: &str) -> Result<EvaluationList> {
        let base = self.base(id).await?;
        let bodies = self.store.evaluations(&base).await?;
        let evaluations = bodies.iter().map(|body| Ok(serde_json::from_str(body)?)).collect::<Result<_>>()?;
        Ok(EvaluationList { evaluations })
    }

    /// Asks every known question with these settings, and keeps what came of it.
    ///
    /// # Errors
    /// There are no questions, or they cannot be asked so.
    pub async fn evaluate(&self, id: &str, settings: AskKnowledgeBase) -> Result<Evaluation> {
        let base = self.knowledge_base(id).await?;
        let known = self.known_questions(&base.id).await?.questions;
        if known.is_empty() {
            return Err(Error::invalid(
                "questions",
                "There are no questions yet. Write some and say what answers them.",
            ));
        }
        let settings = AskKnowledgeBase { text: String::new(), ..settings };
        let mut measured = Evaluation { id: id::short()?, at: clock::now(), ..Evaluation::default() };
        for KnownQuestion { text, documents } in &known {
            let asked = question(AskKnowledgeBase { text: text.clone(), ..settings.clone() })?;
            measured.most = asked.most as u64;
            let found = self.retriever.search(&base.id, &asked).await?;
            measured.ranking = least(measured.ranking, found.ranking);
            let places: Vec<usize> = documents
                .iter()
                .filter_map(|title| found.passages.iter().position(|passage| passage.title == *title))
                .collect();
            let first = places.iter().min().map(|at| at + 1);
            measured.recall += places.len() as f64 / documents.len() as f64;
            measured.mrr += first.map_or(0.0, |place| 1.0 / place as f64);
            measured.questions.push(Placed { text: text.clone(), place: first.map(|place| place as u64) });
        }
        let count = known.len() as f64;
        (measured.recall, measured.mrr) = (measured.recall / count, measured.mrr / count);
        if measured.ranking != Ranking::Lexical {
            measured.model = base.embedding.until_then.unwrap_or(base.embedding.model);
        }
        measured.settings = settings;
        let body = serde_json::to_string(&measured)?;
        self.store.insert_evaluation(base.id, measured.id.clone(), body, measured.at).await?;
        Ok(measured)
    }
}

/// Words answer where nothing else did.
fn least(one: Ranking, other: Ranking) -> Ranking {
    match (one, other) {
        (Ranking::Lexical, _) | (_, Ranking::Lexical) => Ranking::Lexical,
        (Ranking::Semantic, _) | (_, Ranking::Semantic) => Ranking::Semantic,
        _ => Ranking::Hybrid,
    }
}
