//! Knowledge bases and their documents.

use flow::wire::{
    AddDocument, AnswerFromKnowledge, AskKnowledgeBase, CreateKnowledgeBase, Document, DocumentList,
    DocumentText, Evaluation, EvaluationList, KnowledgeAnswer, KnowledgeBase, KnowledgeBaseList,
    KnownQuestions, PassageList, UpdateKnowledgeBase,
};

use super::path::encode;
use super::{Answer, request};

const BASES: &str = "/api/knowledge-bases";

pub async fn list() -> Answer<KnowledgeBaseList> {
    request::get(BASES).await
}

pub async fn create(create: &CreateKnowledgeBase) -> Answer<KnowledgeBase> {
    request::post(BASES, create).await
}

pub async fn get(id: &str) -> Answer<KnowledgeBase> {
    request::get(&at(id, "")).await
}

pub async fn update(id: &str, update: &UpdateKnowledgeBase) -> Answer<KnowledgeBase> {
    request::put(&at(id, ""), update).await
}

pub async fn delete(id: &str) -> Answer<()> {
    request::delete(&at(id, "")).await
}

pub async fn documents(id: &str) -> Answer<DocumentList> {
    request::get(&at(id, "/documents")).await
}

pub async fn document(id: &str, document: &str) -> Answer<DocumentText> {
    request::get(&at(id, &format!("/documents/{}", encode(document)))).await
}

pub async fn add(id: &str, document: &AddDocument) -> Answer<Document> {
    request::post(&at(id, "/documents"), document).await
}

pub async fn remove(id: &str, document: &str) -> Answer<()> {
    request::delete(&at(id, &format!("/documents/{}", encode(document)))).await
}

/// The passages that fit a question.
pub async fn query(id: &str, ask: &AskKnowledgeBase) -> Answer<PassageList> {
    request::post(&at(id, "/query"), ask).await
}

/// An answer that a model makes of the passages that fit a question.
pub async fn answer(id: &str, body: &AnswerFromKnowledge) -> Answer<KnowledgeAnswer> {
    request::post(&at(id, "/answer"), body).await
}

/// The questions by which a base is measured.
pub async fn questions(id: &str) -> Answer<KnownQuestions> {
    request::get(&at(id, "/questions")).await
}

pub async fn set_questions(id: &str, questions: &KnownQuestions) -> Answer<KnownQuestions> {
    request::put(&at(id, "/questions"), questions).await
}

pub async fn evaluations(id: &str) -> Answer<EvaluationList> {
    request::get(&at(id, "/evaluations")).await
}

/// Measures with these settings.
pub async fn evaluate(id: &str, settings: &AskKnowledgeBase) -> Answer<Evaluation> {
    request::post(&at(id, "/evaluations"), settings).await
}

fn at(id: &str, rest: &str) -> String {
    format!("{BASES}/{}{rest}", encode(id))
}
