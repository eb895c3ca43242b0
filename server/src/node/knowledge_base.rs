//! Knowledge base: finds passages, and where the node names a model, has it answer from them.

use flow::event::{Failure, FailureCode, ModelCall};
use flow::node::knowledge_base::{
    NOTHING_FOUND, Passage, Query, USUAL_RESULTS, chat, count, rerank_model, results, titles,
};
use flow::run::Completion;
use serde_json::Value;

use super::{Context, answer};
use crate::knowledge::{self, Index, Question};
use crate::provider::Pieces;

/// Does what a node asks. Pieces of an answer go on as they come.
///
/// # Errors
/// There is no such base, or the model does not answer.
pub(super) async fn search(query: &Query, context: &Context, pieces: &Pieces) -> Result<Completion, Failure> {
    let base = &query.configuration.knowledge_base_id;
    let mut question = Question::new(&query.text, count(&query.configuration).unwrap_or(USUAL_RESULTS));
    question.rerank = rerank_model(&query.configuration).map(str::to_owned);
    let passages = find(base, &question, &*context.knowledge).await?;
    let model = query.configuration.model_id.as_deref().unwrap_or_default();
    if model.is_empty() {
        return Ok(Completion { value: results(&passages), model: None });
    }
    if passages.is_empty() {
        pieces.push(NOTHING_FOUND.to_owned()).await;
        return Ok(Completion { value: Value::from(NOTHING_FOUND), model: None });
    }
    let mut completion = answer(&chat(query, &passages), context, pieces).await?;
    if let Some(ModelCall { served_by, .. }) = &mut completion.model {
        let from = format!("from {}", titles(&passages));
        *served_by = Some(served_by.take().map_or_else(|| from.clone(), |by| format!("{by}, {from}")));
    }
    Ok(completion)
}

/// The passages of a base that answer a question, best first.
///
/// # Errors
/// There is no such base, or it cannot be searched.
pub(super) async fn find(
    base: &str,
    question: &Question,
    knowledge: &dyn Index,
) -> Result<Vec<Passage>, Failure> {
    let found = knowledge.find(base, question).await.map_err(|error| match error {
        knowledge::Error::NoBase(id) => Failure {
            code: FailureCode::Validation,
            message: format!(
                "There is no knowledge base {id}. Choose one that is here, or let one answer to this id on the \
                 Knowledge page."
            ),
        },
        knowledge::Error::Index(inner) => {
            tracing::error!(knowledge.base = base, "a search failed: {inner}");
            let message = "The search failed here. The server's log says why.".to_owned();
            Failure { code: FailureCode::InternalServer, message }
        }
        knowledge::Error::Rerank(failure) => failure,
    })?;
    Ok(found.passages)
}
