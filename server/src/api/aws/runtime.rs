//! The models themselves: Converse and InvokeModel, whole and as streams, and the counting of tokens.

mod anthropic;
mod cohere;
mod conversation;
mod converse;
mod family;
mod llama;
mod nova;
mod stream;
mod telling;
mod titan;

use std::collections::BTreeMap;
use std::time::Instant;

use axum::http::{HeaderName, HeaderValue, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flow::message::Chat;
use serde::Deserialize;
use serde_json::{Value, json};

use self::converse::Converse;
use self::family::{Body, Family, read};
use self::stream::Format;
use self::telling::{Facts, usage};
use super::error::Error;
use super::request::{Request, required};
use super::{Answer, Door};
use crate::service::{self, Purpose, Talk};
use crate::{clock, id};

/// What a model is asked, and the values of the variables of the prompt that its id names.
type Asked = (Chat, BTreeMap<String, String>);

/// A call of a model.
struct Call {
    /// Of its answer.
    id: String,
    /// As the caller names it.
    model: String,
    began: Instant,
}

impl Call {
    fn new(request: &Request) -> Result<Self, Error> {
        let id = id::by_time(clock::now()).map_err(|error| Error::internal(error.to_string()))?;
        Ok(Self { id, model: request.label("modelId").to_owned(), began: Instant::now() })
    }

    fn facts(&self) -> Facts<'_> {
        let took = milliseconds(self.began);
        Facts { id: &self.id, model: &self.model, first: took, took }
    }
}

fn milliseconds(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}

pub(super) async fn converse(door: &Door, request: Request) -> Answer {
    let call = Call::new(&request)?;
    let answer = talk(door, &call.model, request.body()?).await?.whole().await?;
    let mut body = converse::whole(&answer);
    body["metrics"] = json!({"latencyMs": milliseconds(call.began)});
    super::json(StatusCode::OK, body)
}

pub(super) async fn converse_stream(door: &Door, request: Request) -> Answer {
    let call = Call::new(&request)?;
    let talk = talk(door, &call.model, request.body()?).await?;
    stream::respond(talk, call, Format::Converse).await
}

/// Asks a model what Converse's body asks.
async fn talk(door: &Door, model: &str, body: Converse) -> Result<Talk, Error> {
    let (chat, variables) = body.asked(model)?;
    Ok(door.app.service.talk(chat, variables).await?)
}

pub(super) async fn invoke(door: &Door, request: Request) -> Answer {
    let call = Call::new(&request)?;
    let body = payload(&request)?;
    let service = &door.app.service;
    match family(door, &call.model, &body).await? {
        Family::Text(family) => {
            let (chat, variables) = family.asked(&call.model, body)?;
            let answer = service.talk(chat, variables).await?.whole().await?;
            let usage = usage(&answer);
            let counts = (usage.input_tokens, usage.output_tokens);
            invoked(&call, counts, family.whole(&answer, &call.facts()))
        }
        Family::TitanEmbedding { first } => {
            let asked: titan::Embedding = read(body)?;
            asked.check()?;
            let found = service
                .embed(&call.model, vec![asked.input_text.clone()], asked.dimensions, Purpose::Passage)
                .await?;
            invoked(&call, (found.tokens.unwrap_or_default(), 0), asked.answer(first, &found))
        }
        Family::CohereEmbedding => {
            let asked: cohere::Embedding = read(body)?;
            let found =
                service.embed(&call.model, asked.texts()?, asked.output_dimension, asked.purpose()).await?;
            invoked(&call, (found.tokens.unwrap_or_default(), 0), asked.answer(&found, &call.facts()))
        }
    }
}

/// The body for the model.
fn payload(request: &Request) -> Result<Value, Error> {
    if request.text("guardrailIdentifier").is_some_and(|guardrail| !guardrail.is_empty()) {
        return Err(Error::field("guardrailIdentifier", "There are no guardrails here. Leave it out."));
    }
    serde_json::from_slice(&request.payload)
        .map_err(|error| Error::validation(format!("The body is not JSON: {error}")))
}

/// A model's own body, with what AWS measures in the headers. It may have members that are null.
fn invoked(call: &Call, (read, written): (u64, u64), body: Value) -> Answer {
    let mut response = super::document(StatusCode::OK, &body);
    for (name, number) in [
        ("x-amzn-bedrock-input-token-count", read),
        ("x-amzn-bedrock-output-token-count", written),
        ("x-amzn-bedrock-invocation-latency", milliseconds(call.began)),
    ] {
        response.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from(number));
    }
    Ok(response)
}

pub(super) async fn invoke_stream(door: &Door, request: Request) -> Answer {
    let call = Call::new(&request)?;
    let body = payload(&request)?;
    let family = text_family(door, &call.model, &body).await?;
    let (chat, variables) = family.asked(&call.model, body)?;
    stream::respond(door.app.service.talk(chat, variables).await?, call, Format::Body(family)).await
}

/// The family of a body: that of the model, or of the model of the prompt that its id names.
async fn family(door: &Door, model: &str, body: &Value) -> Result<Family, Error> {
    match door.app.service.model_of_prompt(model).await? {
        Some(own) => Ok(Family::Text(Body::of_prompt(service::bare(&own))?)),
        None => Family::of(service::bare(model), body),
    }
}

/// The family of a body that is answered with text.
async fn text_family(door: &Door, model: &str, body: &Value) -> Result<Body, Error> {
    match family(door, model, body).await? {
        Family::Text(family) => Ok(family),
        _ => Err(Error::field("modelId", "This model embeds texts, which InvokeModel alone does.")),
    }
}

#[derive(Deserialize)]
struct CountTokens {
    input: Option<CountInput>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
enum CountInput {
    /// The body in base 64.
    InvokeModel {
        body: String,
    },
    Converse(Box<Converse>),
}

pub(super) async fn count_tokens(door: &Door, request: Request) -> Answer {
    let model = request.label("modelId").to_owned();
    let body: CountTokens = request.body()?;
    let (chat, variables) = match required("input", body.input)? {
        CountInput::Converse(body) => body.asked(&model)?,
        CountInput::InvokeModel { body } => {
            let body = STANDARD.decode(body).ok().and_then(|body| serde_json::from_slice(&body).ok());
            let body =
                body.ok_or_else(|| Error::field("input.invokeModel.body", "This is JSON in base 64."))?;
            text_family(door, &model, &body).await?.asked(&model, body)?
        }
    };
    let count = door.app.service.count_tokens(chat, variables).await.map_err(Error::from);
    super::json(StatusCode::OK, json!({"inputTokens": count.map_err(Error::of_counting)?}))
}
