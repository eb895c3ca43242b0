//! RetrieveAndGenerate, whole and as a stream: answers from passages, with what each part of them is from.
//!
//! Always holds: what keeps an answer from beginning is a plain error; what happens after is told in the stream, which ends
//! with an exception then. A caller that closes the stream stops the call of the model.

use std::convert::Infallible;

use axum::body::{Body as HttpBody, Bytes};
use axum::http::{HeaderName, StatusCode, header};
use axum::response::IntoResponse as _;
use flow::definition::{Inference, InferenceConfiguration, List};
use flow::node::knowledge_base::reference;
use flow::wire::{Cited, KnowledgeAnswer, PassageList};
use futures_util::stream;
use serde::Deserialize;
use serde_json::{Number, Value, json};

use super::agents::absent;
use super::error::Error;
use super::operation::Service;
use super::request::Request;
use super::retrieve::Retrieval;
use super::{Answer, Door, frame, json};
use crate::service::{AnswerPart as Part, Answering, Grounds, ModelError};

/// Where it is said what to answer from.
const BASE: &str = "retrieveAndGenerateConfiguration.knowledgeBaseConfiguration";
const SOURCES: &str = "retrieveAndGenerateConfiguration.externalSourcesConfiguration";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Generate {
    input: Input,
    retrieve_and_generate_configuration: Option<Configuration>,
    session_id: Option<String>,
    /// By which key AWS seals a session; here the folder's own seals what is secret.
    #[serde(rename = "sessionConfiguration")]
    _session: Option<Value>,
    /// Who asks, which changes nothing here.
    #[serde(rename = "userContext")]
    _user: Option<Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Input {
    text: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Configuration {
    #[serde(rename = "type")]
    _kind: Value,
    knowledge_base_configuration: Option<FromBase>,
    external_sources_configuration: Option<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct FromBase {
    knowledge_base_id: String,
    model_arn: String,
    #[serde(default)]
    retrieval_configuration: Retrieval,
    #[serde(default)]
    generation_configuration: Generation,
    /// How AWS has a question worded anew; here what was asked before is looked for with it.
    #[serde(rename = "orchestrationConfiguration")]
    _orchestration: Option<Value>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Generation {
    prompt_template: Option<Template>,
    inference_config: Option<InferenceConfig>,
    guardrail_configuration: Option<Value>,
    additional_model_request_fields: Option<Value>,
    /// Asks for faster models, which here are as fast as they are.
    #[serde(rename = "performanceConfig")]
    _performance: Option<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Template {
    text_prompt_template: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct InferenceConfig {
    text_inference_config: Option<TextInference>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct TextInference {
    temperature: Option<Number>,
    top_p: Option<Number>,
    max_tokens: Option<Number>,
    stop_sequences: Option<Vec<String>>,
}

impl TextInference {
    fn settings(self) -> InferenceConfiguration {
        InferenceConfiguration::Text(Inference {
            temperature: self.temperature,
            top_p: self.top_p,
            max_tokens: self.max_tokens,
            stop_sequences: self.stop_sequences.map(List::from).unwrap_or_default(),
        })
    }
}

/// Begins an answer.
async fn begin(door: &Door, request: Request) -> Result<Answering, Error> {
    let body: Generate = request.body()?;
    let unsaid = || Error::field(BASE, "Say which knowledge base to answer from, and by which model.");
    let configuration = body.retrieve_and_generate_configuration.ok_or_else(unsaid)?;
    absent(SOURCES, configuration.external_sources_configuration.as_ref())?;
    let from = configuration.knowledge_base_configuration.ok_or_else(unsaid)?;
    let generation = from.generation_configuration;
    absent("guardrailConfiguration", generation.guardrail_configuration.as_ref())?;
    absent("additionalModelRequestFields", generation.additional_model_request_fields.as_ref())?;
    let inference = generation.inference_config.and_then(|config| config.text_inference_config);
    let grounds = Grounds {
        ask: from.retrieval_configuration.ask(body.input.text)?,
        model: from.model_arn,
        prompt: generation.prompt_template.and_then(|template| template.text_prompt_template),
        inference: inference.map(TextInference::settings),
        session: body.session_id,
    };
    Ok(door.app.service.answer_from(&from.knowledge_base_id, grounds).await?)
}

pub(super) async fn whole(door: &Door, request: Request) -> Answer {
    let KnowledgeAnswer { text, citations, session, found } = begin(door, request).await?.whole().await?;
    let letters: Vec<char> = text.chars().collect();
    let cited = |cited: &Cited| {
        let part = letters.get(cited.from..cited.to).unwrap_or_default();
        citation(cited, &part.iter().collect::<String>(), &found)
    };
    let mut citations: Vec<Value> = citations.iter().map(cited).collect();
    if citations.is_empty() {
        let all = Cited { from: 0, to: letters.len(), passages: Vec::new() };
        citations.push(citation(&all, &text, &found));
    }
    json(StatusCode::OK, json!({"sessionId": session, "output": {"text": text}, "citations": citations}))
}

/// A part of an answer with the passages that it is from. AWS's span ends at its last character.
fn citation(cited: &Cited, text: &str, found: &PassageList) -> Value {
    let passages = cited.passages.iter().filter_map(|at| found.passages.get(*at));
    let references: Vec<Value> = passages.map(reference).collect();
    let span = json!({"start": cited.from, "end": cited.to.saturating_sub(1)});
    json!({
        "generatedResponsePart": {"textResponsePart": {"text": text, "span": span}},
        "retrievedReferences": references,
    })
}

pub(super) async fn streamed(door: &Door, request: Request) -> Answer {
    let mut answering = begin(door, request).await?;
    let first = match answering.next().await {
        Some(Err(error)) => return Err(error.into()),
        first => first,
    };
    let headers = [
        (header::CONTENT_TYPE, "application/vnd.amazon.eventstream".to_owned()),
        (header::CACHE_CONTROL, "no-store".to_owned()),
        (HeaderName::from_static("x-amzn-bedrock-knowledge-base-session-id"), answering.session.clone()),
    ];
    let telling = (answering, first, String::new());
    let frames = stream::unfold(telling, |(mut answering, first, mut text)| async move {
        let part = match first {
            Some(part) => part,
            None => answering.next().await?,
        };
        let frame = told(part, &mut text, &answering.found);
        Some((Ok::<_, Infallible>(frame), (answering, None, text)))
    });
    Ok((StatusCode::OK, headers, HttpBody::from_stream(frames)).into_response())
}

/// What is told, as a frame; `text` is what was told so far.
fn told(part: Result<Part, ModelError>, text: &mut String, found: &PassageList) -> Bytes {
    match part {
        Ok(Part::Text(more)) => {
            text.push_str(&more);
            frame::event("output", &json!({"text": more})).unwrap_or_default()
        }
        Ok(Part::Cited(cited)) => {
            let part: String = text.chars().skip(cited.from).take(cited.to - cited.from).collect();
            let mut event = citation(&cited, &part, found);
            // Older clients read this, newer ones what is beside it.
            event["citation"] = event.clone();
            frame::event("citation", &event).unwrap_or_default()
        }
        Err(error) => {
            let error = Error::from(error).of(Service::AgentRuntime);
            let (kind, message, _) = error.told();
            frame::exception(exception(kind), &json!({"message": message}))
        }
    }
}

/// An error's name as a member of the stream.
fn exception(kind: &str) -> &'static str {
    match kind {
        "ValidationException" => "validationException",
        "ResourceNotFoundException" => "resourceNotFoundException",
        "ThrottlingException" => "throttlingException",
        "DependencyFailedException" => "dependencyFailedException",
        _ => "internalServerException",
    }
}
