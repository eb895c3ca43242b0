//! Knowledge bases and their documents.

use flow::wire::{
    AddDocument, AnswerEvent, AnswerFromKnowledge, AskKnowledgeBase, CreateDataSource, CreateKnowledgeBase,
    DataSource, DataSourceList, Document, DocumentList, DocumentText, Evaluation, EvaluationList,
    IngestionJob, KnowledgeBase, KnowledgeBaseList, KnownQuestions, PassageList, SourceItem, SourceItemList,
    UpdateKnowledgeBase,
};

use gloo_net::http::Method;
use web_sys::AbortSignal;

use super::path::encode;
use super::request::StreamCall;
use super::sse::Message;
use super::stream::each_message;
use super::{Answer, Error, request};

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

/// An answer that a model makes of the passages that fit a question, as it comes. The signal ends the model's call.
pub async fn answer(
    id: &str,
    body: &AnswerFromKnowledge,
    signal: Option<&AbortSignal>,
    mut on_event: impl FnMut(AnswerEvent),
) -> Answer<()> {
    let body = serde_json::to_string(body).map_err(|error| Error::Unreadable(error.to_string()))?;
    let call = StreamCall { body: Some(body), ..StreamCall::default() };
    let response = request::open_stream(Method::POST, &at(id, "/answer"), call, signal).await?;
    let mut is_whole = false;
    let take = |message: &Message| {
        let event: AnswerEvent =
            serde_json::from_str(&message.data).map_err(|error| Error::Unreadable(error.to_string()))?;
        is_whole = matches!(event, AnswerEvent::Ended | AnswerEvent::Failed { .. });
        on_event(event);
        Ok(())
    };
    each_message(response, take).await?;
    if is_whole { Ok(()) } else { Err(Error::Offline) }
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

pub async fn sources(id: &str) -> Answer<DataSourceList> {
    request::get(&at(id, "/sources")).await
}

pub async fn add_source(id: &str, create: &CreateDataSource) -> Answer<DataSource> {
    request::post(&at(id, "/sources"), create).await
}

pub async fn delete_source(id: &str, source: &str) -> Answer<()> {
    request::delete(&at(id, &format!("/sources/{}", encode(source)))).await
}

/// Begins to sync a source.
pub async fn sync(id: &str, source: &str) -> Answer<IngestionJob> {
    request::act(&at(id, &format!("/sources/{}/jobs", encode(source)))).await
}

pub async fn stop(id: &str, source: &str, job: &str) -> Answer<IngestionJob> {
    request::act(&at(id, &format!("/sources/{}/jobs/{}/stop", encode(source), encode(job)))).await
}

/// What could not be read.
pub async fn unread(id: &str) -> Answer<SourceItemList> {
    request::get(&at(id, "/items?state=failed")).await
}

pub async fn add_file(id: &str, file: &web_sys::File) -> Answer<SourceItem> {
    request::post_file(&at(id, &format!("/files?name={}", encode(&file.name()))), file).await
}

fn at(id: &str, rest: &str) -> String {
    format!("{BASES}/{}{rest}", encode(id))
}
