//! One message of AWS's event stream.

use aws_smithy_eventstream::frame::write_message_to;
use aws_smithy_types::event_stream::{Header, HeaderValue, Message};
use axum::body::Bytes;
use axum::http;
use serde_json::Value;

/// What a body of frames is.
pub(super) const STREAM: http::HeaderValue =
    http::HeaderValue::from_static("application/vnd.amazon.eventstream");

/// The largest payload that AWS's clients read.
const LARGEST: usize = 24 * 1024 * 1024;

/// An event; its payload is the event's structure itself. None where that is more than AWS's clients read.
pub(super) fn event(name: &'static str, payload: &Value) -> Option<Bytes> {
    let payload = payload.to_string();
    (payload.len() <= LARGEST).then(|| message("event", ":event-type", name, payload))
}

/// A failure within the stream, after which it ends. Its name is the member's, in lower camel case.
pub(super) fn exception(name: &'static str, payload: &Value) -> Bytes {
    message("exception", ":exception-type", name, payload.to_string())
}

fn message(kind: &'static str, header: &'static str, name: &'static str, payload: String) -> Bytes {
    let text = |text: &'static str| HeaderValue::String(text.into());
    let message = Message::new(payload.into_bytes())
        .add_header(Header::new(header, text(name)))
        .add_header(Header::new(":content-type", text("application/json")))
        .add_header(Header::new(":message-type", text(kind)));
    let mut bytes = Vec::new();
    match write_message_to(&message, &mut bytes) {
        Ok(()) => bytes.into(),
        // Only a payload above 4 GiB cannot be written, and none is that long.
        Err(_) => Bytes::new(),
    }
}

#[cfg(test)]
mod tests {
    use aws_smithy_eventstream::frame::read_message_from;
    use serde_json::json;

    use super::*;

    #[test]
    fn is_read_back() {
        let mut bytes = exception("validationException", &json!({"message": "no"}));
        let message = read_message_from(&mut bytes).unwrap();
        let headers: Vec<String> = message
            .headers()
            .iter()
            .map(|header| {
                format!("{}={}", header.name().as_str(), header.value().as_string().unwrap().as_str())
            })
            .collect();
        assert_eq!(
            headers,
            [
                ":exception-type=validationException",
                ":content-type=application/json",
                ":message-type=exception"
            ]
        );
        assert_eq!(&message.payload()[..], br#"{"message":"no"}"#);
    }
}
