//! Retrieve and Rerank: passages, and texts in the order in which they answer a question.

use axum::http::StatusCode;
use flow::node::knowledge_base::results;
use flow::wire::{AskKnowledgeBase, Ranking};
use serde::Deserialize;
use serde_json::{Value, json};

use super::agents::absent;
use super::error::Error;
use super::request::Request;
use super::{Answer, Door, arn, json};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Retrieve {
    retrieval_query: Query,
    #[serde(default)]
    retrieval_configuration: Retrieval,
    guardrail_configuration: Option<Value>,
    next_token: Option<Value>,
    /// Who asks, which changes nothing here.
    #[serde(rename = "userContext")]
    _user: Option<Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Query {
    #[serde(default)]
    text: String,
    image: Option<Value>,
    #[serde(rename = "type")]
    kind: Option<String>,
}

/// How passages are found.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Retrieval {
    vector_search_configuration: Option<Search>,
    managed_search_configuration: Option<Search>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Search {
    number_of_results: Option<u64>,
    override_search_type: Option<SearchType>,
    filter: Option<Value>,
    implicit_filter_configuration: Option<Value>,
    reranking_configuration: Option<Reranking>,
    reranking_model_type: Option<String>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum SearchType {
    Hybrid,
    Semantic,
}

/// How texts are put in order by a model. What else AWS's models are told changes nothing here.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Reranking {
    #[serde(rename = "type")]
    _kind: Value,
    bedrock_reranking_configuration: Option<BedrockReranking>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct BedrockReranking {
    model_configuration: RerankingModel,
    #[serde(alias = "numberOfResults")]
    number_of_reranked_results: Option<u64>,
    #[serde(rename = "metadataConfiguration")]
    _metadata: Option<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct RerankingModel {
    model_arn: String,
    #[serde(rename = "additionalModelRequestFields")]
    _additional: Option<Value>,
}

impl Retrieval {
    /// The question in the service's words.
    pub fn ask(self, text: String) -> Result<AskKnowledgeBase, Error> {
        let mut ask = AskKnowledgeBase { text, ..AskKnowledgeBase::default() };
        let Some(search) = self.vector_search_configuration.or(self.managed_search_configuration) else {
            return Ok(ask);
        };
        absent("implicitFilterConfiguration", search.implicit_filter_configuration.as_ref())?;
        if search.reranking_model_type.as_deref() == Some("MANAGED") {
            let message = "There is no model for it here. Name one in rerankingConfiguration.";
            return Err(Error::field("rerankingModelType", message));
        }
        ask.number_of_results = search.number_of_results;
        ask.filter = search.filter;
        ask.ranking = search.override_search_type.map(|kind| match kind {
            SearchType::Hybrid => Ranking::Hybrid,
            SearchType::Semantic => Ranking::Semantic,
        });
        if let Some(reranking) =
            search.reranking_configuration.and_then(|by| by.bedrock_reranking_configuration)
        {
            ask.rerank_model = Some(reranking.model_configuration.model_arn);
            // No more are left than were found.
            ask.number_of_results = match (ask.number_of_results, reranking.number_of_reranked_results) {
                (Some(found), Some(left)) => Some(found.min(left)),
                (found, left) => found.or(left),
            };
        }
        Ok(ask)
    }
}

pub(super) async fn retrieve(door: &Door, request: Request) -> Answer {
    let body: Retrieve = request.body()?;
    absent("guardrailConfiguration", body.guardrail_configuration.as_ref())?;
    absent("retrievalQuery.image", body.retrieval_query.image.as_ref())?;
    if body.retrieval_query.kind.as_deref() == Some("IMAGE") {
        return Err(Error::field("retrievalQuery.type", "Only texts are looked for here. Ask with TEXT."));
    }
    if body.next_token.is_some() {
        return Err(Error::field("nextToken", "All results came with the first answer. Leave it out."));
    }
    let ask = body.retrieval_configuration.ask(body.retrieval_query.text)?;
    let base = arn::knowledge_base(request.label("knowledgeBaseId"))?;
    let found = door.app.service.ask_knowledge_base(&base, ask).await?;
    json(StatusCode::OK, json!({"retrievalResults": results(&found.passages)}))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Rerank {
    queries: Vec<RerankQuery>,
    sources: Vec<Source>,
    reranking_configuration: Reranking,
    next_token: Option<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct RerankQuery {
    #[serde(rename = "type")]
    _kind: Value,
    text_query: Text,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    #[serde(default)]
    text: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Source {
    #[serde(rename = "type")]
    _kind: Value,
    inline_document_source: Document,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Document {
    #[serde(rename = "type")]
    kind: String,
    text_document: Option<Text>,
    json_document: Option<Value>,
}

pub(super) async fn rerank(door: &Door, request: Request) -> Answer {
    let body: Rerank = request.body()?;
    if body.next_token.is_some() {
        return Err(Error::field("nextToken", "All results came with the first answer. Leave it out."));
    }
    let configuration = body.reranking_configuration.bedrock_reranking_configuration;
    let Some(configuration) = configuration else {
        return Err(Error::field("rerankingConfiguration", "This member is required."));
    };
    let texts = body.sources.into_iter().enumerate().map(text).collect::<Result<Vec<_>, _>>()?;
    let most = configuration.number_of_reranked_results.and_then(|most| usize::try_from(most).ok());
    let question = body.queries.into_iter().next().map(|query| query.text_query.text).unwrap_or_default();
    let model = configuration.model_configuration.model_arn;
    let mut scores: Vec<(usize, f64)> =
        door.app.service.rerank(&model, &question, texts).await?.into_iter().enumerate().collect();
    scores.sort_by(|a, b| b.1.total_cmp(&a.1));
    scores.truncate(most.unwrap_or(usize::MAX));
    let result = |(index, score): (usize, f64)| json!({"index": index, "relevanceScore": score});
    let results: Vec<Value> = scores.into_iter().map(result).collect();
    json(StatusCode::OK, json!({"results": results}))
}

/// A document's text, as a model is given it.
fn text((at, source): (usize, Source)) -> Result<String, Error> {
    let document = source.inline_document_source;
    let found = match document.kind.as_str() {
        "JSON" => document.json_document.map(|document| document.to_string()),
        _ => document.text_document.map(|document| document.text),
    };
    let path = format!("sources[{at}].inlineDocumentSource");
    found.ok_or_else(|| Error::field(path, "Give the document that the type says."))
}
