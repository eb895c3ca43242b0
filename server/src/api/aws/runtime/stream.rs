//! An answer as an event stream, each piece sent as soon as it is said.
//!
//! Always holds: what keeps an answer from beginning is a plain error; what goes wrong later is an exception in the
//! stream, after which it ends. A caller that closes the stream stops the call of the model.

use std::convert::Infallible;

use axum::body::{Body as HttpBody, Bytes};
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::IntoResponse as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::stream;
use serde_json::{Value, json};

use super::super::error::Error;
use super::super::{Answer, JSON, frame};
use super::converse;
use super::family::Body;
use super::telling::{Blocks, Facts, Part, usage};
use super::{Call, milliseconds};
use crate::service::{ModelError, Said, Talk};

/// Whose events are told.
#[derive(Clone, Copy, Debug)]
pub(super) enum Format {
    Converse,
    Body(Body),
}

/// An answer as it is told to one caller.
struct Telling {
    talk: Talk,
    call: Call,
    format: Format,
    blocks: Blocks,
    /// Milliseconds to the first piece.
    first: u64,
    over: bool,
}

/// Begins to answer as soon as there is something to say.
pub(super) async fn respond(mut talk: Talk, call: Call, format: Format) -> Answer {
    let said = talk.next().await;
    let first = milliseconds(call.began);
    let mut telling = Telling { talk, call, format, blocks: Blocks::default(), first, over: false };
    let frames = match said {
        Some(Err(error)) => return Err(error.into()),
        said => telling.frames(said),
    };
    let rest = stream::unfold((telling, Some(frames)), |(mut telling, frames)| async move {
        let frames = match frames {
            Some(frames) => frames,
            None => telling.next().await?,
        };
        Some((Ok::<_, Infallible>(frames), (telling, None)))
    });
    let mut headers = HeaderMap::from_iter([(header::CONTENT_TYPE, frame::STREAM)]);
    if let Format::Body(_) = format {
        headers.insert(HeaderName::from_static("x-amzn-bedrock-content-type"), JSON);
    }
    Ok((StatusCode::OK, headers, HttpBody::from_stream(rest)).into_response())
}

impl Telling {
    async fn next(&mut self) -> Option<Bytes> {
        if self.over {
            return None;
        }
        let said = self.talk.next().await;
        Some(self.frames(said))
    }

    /// The frames of what is said next.
    fn frames(&mut self, said: Option<Result<Said, ModelError>>) -> Bytes {
        let facts = Facts { first: self.first, took: milliseconds(self.call.began), ..self.call.facts() };
        let frames = match said {
            Some(Ok(Said::Text(text))) => told(self.format, &self.blocks.text(&text), &facts),
            Some(Ok(Said::Done(answer))) => {
                self.over = true;
                told(self.format, &self.blocks.end(&answer), &facts)
            }
            Some(Err(error)) => Err(error),
            None => Err(ModelError::Garbled("The model broke off.".to_owned())),
        };
        frames.unwrap_or_else(|error| {
            self.over = true;
            exception(self.format, error)
        })
    }
}

fn told(format: Format, parts: &[Part<'_>], facts: &Facts<'_>) -> Result<Bytes, ModelError> {
    let frames = parts.iter().flat_map(|part| match format {
        Format::Converse => {
            let events = converse::events(part, facts);
            events.iter().map(|(name, event)| frame::event(name, event)).collect::<Vec<Option<Bytes>>>()
        }
        Format::Body(body) => chunks(part, body.pieces(part, facts), facts),
    });
    let frames: Option<Vec<Bytes>> = frames.collect();
    let too_large =
        || ModelError::Garbled("A piece of the answer is more than AWS's clients read.".to_owned());
    Ok(frames.ok_or_else(too_large)?.concat().into())
}

/// The pieces of a body, the last of all with what AWS measures.
fn chunks(part: &Part<'_>, mut pieces: Vec<Value>, facts: &Facts<'_>) -> Vec<Option<Bytes>> {
    if let (Part::End(answer), Some(last)) = (part, pieces.last_mut()) {
        let usage = usage(answer);
        last["amazon-bedrock-invocationMetrics"] = json!({
            "inputTokenCount": usage.input_tokens, "outputTokenCount": usage.output_tokens,
            "invocationLatency": facts.took, "firstByteLatency": facts.first,
        });
    }
    let chunk = |piece: &Value| frame::event("chunk", &json!({"bytes": STANDARD.encode(piece.to_string())}));
    pieces.iter().map(chunk).collect()
}

/// What broke the answer off, as a member of the stream. Converse's has none for a model that takes too long.
fn exception(format: Format, error: ModelError) -> Bytes {
    let error = Error::from(error);
    let (kind, message, original) = error.told();
    let name = match (kind, format) {
        ("ValidationException", _) => "validationException",
        ("ThrottlingException", _) => "throttlingException",
        ("ServiceUnavailableException", _) => "serviceUnavailableException",
        ("ModelTimeoutException", Format::Body(_)) => "modelTimeoutException",
        _ => "modelStreamErrorException",
    };
    let mut payload = json!({"message": message});
    if let Some(status) = original {
        payload["originalStatusCode"] = json!(status);
    }
    frame::exception(name, &payload)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_piece_that_no_client_reads_is_not_told() {
        let facts = Facts { id: "1", model: "m", first: 1, took: 1 };
        let text = "a".repeat(25 * 1024 * 1024);
        for format in [Format::Converse, Format::Body(Body::Llama)] {
            assert!(told(format, &[Part::Text(0, &text)], &facts).is_err());
            assert!(told(format, &[Part::Text(0, "a")], &facts).is_ok());
        }
    }

    #[test]
    fn what_breaks_an_answer_off_has_its_name() {
        let body = Format::Body(Body::Titan);
        for (format, error, name) in [
            (Format::Converse, ModelError::Garbled("x".into()), "modelStreamErrorException"),
            (Format::Converse, ModelError::TimedOut("x".into()), "modelStreamErrorException"),
            (body, ModelError::TimedOut("x".into()), "modelTimeoutException"),
            (body, ModelError::Away("x".into()), "serviceUnavailableException"),
            (body, ModelError::Busy("x".into()), "throttlingException"),
            (body, ModelError::Unfit("x".into()), "validationException"),
        ] {
            let told = exception(format, error);
            assert!(String::from_utf8_lossy(&told).contains(name), "{name}");
        }
    }
}
