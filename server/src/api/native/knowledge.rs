//! Knowledge bases and their documents.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use flow::wire::{
    AddDocument, AnswerFromKnowledge, AskKnowledgeBase, CreateKnowledgeBase, Document, DocumentList,
    DocumentText, ErrorDocument, Evaluation, EvaluationList, KnowledgeAnswer, KnowledgeBase,
    KnowledgeBaseList, KnownQuestions, PassageList, UpdateKnowledgeBase,
};

use super::{App, Problem};
use crate::api::extract::{Body, Path, wants_events};
use crate::api::sse;
use crate::error::Error;

/// Knowledge bases
#[utoipa::path(get, path = "/api/knowledge-bases", tag = "Knowledge",
    responses((status = 200, body = KnowledgeBaseList)))]
pub(super) async fn list(State(app): State<App>) -> Result<Json<KnowledgeBaseList>, Problem> {
    Ok(Json(app.service.knowledge_bases().await?))
}

/// Make a knowledge base
///
/// With an id of ten capital letters and digits, or one that is made up.
#[utoipa::path(post, path = "/api/knowledge-bases", tag = "Knowledge", request_body = CreateKnowledgeBase,
    responses((status = 201, body = KnowledgeBase), (status = 400, body = ErrorDocument),
        (status = 409, body = ErrorDocument)))]
pub(super) async fn create(
    State(app): State<App>,
    Body(create): Body<CreateKnowledgeBase>,
) -> Result<(StatusCode, Json<KnowledgeBase>), Problem> {
    Ok((StatusCode::CREATED, Json(app.service.create_knowledge_base(create).await?)))
}

/// A knowledge base
///
/// By its own id, or one that it answers to.
#[utoipa::path(get, path = "/api/knowledge-bases/{id}", tag = "Knowledge", params(("id", description = "Its id")),
    responses((status = 200, body = KnowledgeBase), (status = 404, body = ErrorDocument)))]
pub(super) async fn get(
    State(app): State<App>,
    Path(id): Path<String>,
) -> Result<Json<KnowledgeBase>, Problem> {
    Ok(Json(app.service.knowledge_base(&id).await?))
}

/// Change a knowledge base
///
/// Its name, and the other ids that it answers to, such as those of imported flows. What is absent stays.
#[utoipa::path(put, path = "/api/knowledge-bases/{id}", tag = "Knowledge", request_body = UpdateKnowledgeBase,
    params(("id", description = "Its id")),
    responses((status = 200, body = KnowledgeBase), (status = 400, body = ErrorDocument),
        (status = 404, body = ErrorDocument), (status = 409, body = ErrorDocument)))]
pub(super) async fn update(
    State(app): State<App>,
    Path(id): Path<String>,
    Body(update): Body<UpdateKnowledgeBase>,
) -> Result<Json<KnowledgeBase>, Problem> {
    Ok(Json(app.service.update_knowledge_base(&id, update).await?))
}

/// Delete a knowledge base with its documents
#[utoipa::path(delete, path = "/api/knowledge-bases/{id}", tag = "Knowledge",
    params(("id", description = "Its id")), responses((status = 204), (status = 404, body = ErrorDocument)))]
pub(super) async fn delete(State(app): State<App>, Path(id): Path<String>) -> Result<StatusCode, Problem> {
    app.service.delete_knowledge_base(&id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Documents of a knowledge base
#[utoipa::path(get, path = "/api/knowledge-bases/{id}/documents", tag = "Knowledge",
    params(("id", description = "The knowledge base's id")),
    responses((status = 200, body = DocumentList), (status = 404, body = ErrorDocument)))]
pub(super) async fn documents(
    State(app): State<App>,
    Path(id): Path<String>,
) -> Result<Json<DocumentList>, Problem> {
    Ok(Json(app.service.documents(&id).await?))
}

/// Add a document
///
/// A text of at most 4 MiB. It can be found when this is answered.
#[utoipa::path(post, path = "/api/knowledge-bases/{id}/documents", tag = "Knowledge", request_body = AddDocument,
    params(("id", description = "The knowledge base's id")),
    responses((status = 201, body = Document), (status = 400, body = ErrorDocument),
        (status = 404, body = ErrorDocument), (status = 409, body = ErrorDocument)))]
pub(super) async fn add(
    State(app): State<App>,
    Path(id): Path<String>,
    Body(add): Body<AddDocument>,
) -> Result<(StatusCode, Json<Document>), Problem> {
    Ok((StatusCode::CREATED, Json(app.service.add_document(&id, add).await?)))
}

/// A document's text, and how it was cut
#[utoipa::path(get, path = "/api/knowledge-bases/{id}/documents/{document}", tag = "Knowledge",
    params(("id", description = "The knowledge base's id"), ("document", description = "The document's id")),
    responses((status = 200, body = DocumentText), (status = 404, body = ErrorDocument)))]
pub(super) async fn document(
    State(app): State<App>,
    Path((id, document)): Path<(String, String)>,
) -> Result<Json<DocumentText>, Problem> {
    Ok(Json(app.service.document(&id, &document).await?))
}

/// Delete a document
#[utoipa::path(delete, path = "/api/knowledge-bases/{id}/documents/{document}", tag = "Knowledge",
    params(("id", description = "The knowledge base's id"), ("document", description = "The document's id")),
    responses((status = 204), (status = 404, body = ErrorDocument)))]
pub(super) async fn remove(
    State(app): State<App>,
    Path((id, document)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    app.service.delete_document(&id, &document).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ask a knowledge base
///
/// The passages that fit a question, best first: found by their words and, where the base has a model that has read them,
/// by their meaning. `ranking` says by which, and `note` why not by what was asked for.
#[utoipa::path(post, path = "/api/knowledge-bases/{id}/query", tag = "Knowledge", request_body = AskKnowledgeBase,
    params(("id", description = "The knowledge base's id")),
    responses((status = 200, body = PassageList), (status = 400, body = ErrorDocument),
        (status = 404, body = ErrorDocument)))]
pub(super) async fn query(
    State(app): State<App>,
    Path(id): Path<String>,
    Body(ask): Body<AskKnowledgeBase>,
) -> Result<Json<PassageList>, Problem> {
    app.service.require_model("rerankModel", ask.rerank_model.as_deref())?;
    Ok(Json(app.service.ask_knowledge_base(&id, ask).await?))
}

/// Have a model answer from a knowledge base
///
/// The answer, the parts of it that are from passages, and the passages. A session goes on where its id is given again.
/// With `Accept: text/event-stream` the answer is told as the model writes it, by events of the types `found`, `text`,
/// `cited` and, at the end, `ended` or `failed`; a caller that goes away ends the model's call.
#[utoipa::path(post, path = "/api/knowledge-bases/{id}/answer", tag = "Knowledge", request_body = AnswerFromKnowledge,
    params(("id", description = "The knowledge base's id")),
    responses((status = 200, body = KnowledgeAnswer), (status = 400, body = ErrorDocument),
        (status = 404, body = ErrorDocument)))]
pub(super) async fn answer(
    State(app): State<App>,
    Path(id): Path<String>,
    headers: HeaderMap,
    Body(body): Body<AnswerFromKnowledge>,
) -> Result<Response, Problem> {
    let answering = app.service.answer_from_knowledge(&id, body).await?;
    if wants_events(&headers) {
        return Ok(sse::answer(answering));
    }
    Ok(Json(answering.whole().await.map_err(Error::from)?).into_response())
}

/// Questions whose documents are known
///
/// By these it is measured how well the base finds.
#[utoipa::path(get, path = "/api/knowledge-bases/{id}/questions", tag = "Knowledge",
    params(("id", description = "The knowledge base's id")),
    responses((status = 200, body = KnownQuestions), (status = 404, body = ErrorDocument)))]
pub(super) async fn questions(
    State(app): State<App>,
    Path(id): Path<String>,
) -> Result<Json<KnownQuestions>, Problem> {
    Ok(Json(app.service.known_questions(&id).await?))
}

/// Set the questions whose documents are known
#[utoipa::path(put, path = "/api/knowledge-bases/{id}/questions", tag = "Knowledge", request_body = KnownQuestions,
    params(("id", description = "The knowledge base's id")),
    responses((status = 200, body = KnownQuestions), (status = 400, body = ErrorDocument),
        (status = 404, body = ErrorDocument)))]
pub(super) async fn set_questions(
    State(app): State<App>,
    Path(id): Path<String>,
    Body(questions): Body<KnownQuestions>,
) -> Result<Json<KnownQuestions>, Problem> {
    Ok(Json(app.service.set_known_questions(&id, questions).await?))
}

/// Measurements of a knowledge base
///
/// The last first.
#[utoipa::path(get, path = "/api/knowledge-bases/{id}/evaluations", tag = "Knowledge",
    params(("id", description = "The knowledge base's id")),
    responses((status = 200, body = EvaluationList), (status = 404, body = ErrorDocument)))]
pub(super) async fn evaluations(
    State(app): State<App>,
    Path(id): Path<String>,
) -> Result<Json<EvaluationList>, Problem> {
    Ok(Json(app.service.evaluations(&id).await?))
}

/// Measure how well a knowledge base finds
///
/// Asks every question whose documents are known, with these settings; their text is not looked at.
#[utoipa::path(post, path = "/api/knowledge-bases/{id}/evaluations", tag = "Knowledge", request_body = AskKnowledgeBase,
    params(("id", description = "The knowledge base's id")),
    responses((status = 201, body = Evaluation), (status = 400, body = ErrorDocument),
        (status = 404, body = ErrorDocument)))]
pub(super) async fn evaluate(
    State(app): State<App>,
    Path(id): Path<String>,
    Body(settings): Body<AskKnowledgeBase>,
) -> Result<(StatusCode, Json<Evaluation>), Problem> {
    Ok((StatusCode::CREATED, Json(app.service.evaluate(&id, settings).await?)))
}
