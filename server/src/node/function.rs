//! Function: calls the HTTP endpoint that its ARN is bound to, with AWS's own event.
//!
//! Always holds: a call goes to an address that the owner named, so it may be on this machine; it is made once, and
//! its `Idempotency-Key` is that of its execution, node and item; what a failure says has no secret of the binding's.
//! The Lambda Runtime Interface Emulator is an endpoint as it is, with the two ways it has of telling a failure.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use flow::event::{Failure, FailureCode, Link};
use flow::node::function::{Call, short, unqualified};
use parking_lot::RwLock;
use reqwest::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use url::Url;

use super::Origin;
use crate::arn;
use crate::egress::{self, Egress, Reach};

/// By which a function that is called again for the same work can tell.
const KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// What AWS answers with 200 where the function itself failed.
const FUNCTION_ERROR: &str = "x-amz-function-error";
/// How many characters of a function's own words are told.
const QUOTED: usize = 200;
/// Headers that are the client's to write.
const OURS: [&str; 9] = [
    "connection",
    "content-length",
    "content-type",
    "expect",
    "host",
    "idempotency-key",
    "te",
    "transfer-encoding",
    "upgrade",
];

/// Calls functions. The service puts the bindings in; runs read.
#[derive(Clone)]
pub struct Functions {
    egress: Egress,
    bindings: Arc<RwLock<BTreeMap<String, Arc<Binding>>>>,
}

/// Where a function is, and how it is called.
pub struct Binding {
    pub url: Url,
    pub timeout: Duration,
    /// Names and secrets, each of which [`header`] takes.
    pub headers: Vec<(String, String)>,
}

impl Functions {
    /// Without a binding yet.
    pub fn new(egress: Egress) -> Self {
        Self { egress, bindings: Arc::default() }
    }

    /// Replaces the bindings, by ARN.
    pub fn set(&self, bindings: BTreeMap<String, Binding>) {
        *self.bindings.write() =
            bindings.into_iter().map(|(arn, binding)| (arn, Arc::new(binding))).collect();
    }

    /// The binding of this very ARN, else of the ARN without its version or alias.
    pub fn resolve(&self, arn: &str) -> Option<Arc<Binding>> {
        let bindings = self.bindings.read();
        bindings.get(arn).or_else(|| bindings.get(unqualified(arn)?)).cloned()
    }

    /// Calls a function; its reply. `chain` is the item that the call is for.
    ///
    /// # Errors
    /// It is not bound, or there is no reply that can be used.
    pub async fn call(&self, call: &Call, chain: &[Link], origin: &Origin) -> Result<Value, Failure> {
        self.send(&call.arn, event(call, origin), &key(&call.node, chain, origin)).await
    }

    /// Calls a function with this event; its reply. `key` is the same for the same work.
    ///
    /// # Errors
    /// It is not bound, or there is no reply that can be used.
    pub async fn send(&self, arn: &str, event: Value, key: &str) -> Result<Value, Failure> {
        let Some(binding) = self.resolve(arn) else {
            let message = format!("There is no binding for {arn}. Bind it on the Connections page.");
            return Err(Failure { code: FailureCode::Validation, message });
        };
        let attempt = Attempt { name: short(arn), binding: &binding };
        let request = attempt.request(event, key)?;
        let answered = async {
            let response = self.egress.call(request).await.map_err(|error| attempt.explain(error))?;
            attempt.reply(response).await
        };
        tokio::time::timeout(binding.timeout, answered).await.unwrap_or_else(|_| Err(attempt.late()))
    }
}

/// A header as it is sent; none where it is not a header, or not one to set.
pub fn header(name: &str, secret: &str) -> Option<(HeaderName, HeaderValue)> {
    let name: HeaderName = name.parse().ok()?;
    if OURS.contains(&name.as_str()) || secret.is_empty() {
        return None;
    }
    let mut value = HeaderValue::from_str(secret).ok()?;
    value.set_sensitive(true);
    Some((name, value))
}

/// The event that AWS gives a function in a flow.
fn event(call: &Call, origin: &Origin) -> Value {
    json!({
        "messageVersion": "1.0",
        "flow": {
            "flowArn": arn::of_flow(&origin.flow_id),
            "flowAliasArn": arn::of_alias(&origin.flow_id, &origin.alias_id),
        },
        "node": {"name": call.node, "inputs": call.inputs},
    })
}

/// The same for the same work: `EXECUTION/Each[2]/Lookup`.
pub(super) fn key(node: &str, chain: &[Link], origin: &Origin) -> String {
    let place: String = chain
        .iter()
        .map(|link| match link {
            Link::Iterator { node, index } | Link::Loop { node, index } => format!("{node}[{index}]/"),
        })
        .collect();
    format!("{}/{place}{node}", origin.execution_id)
}

/// One call of a function.
struct Attempt<'a> {
    name: &'a str,
    binding: &'a Binding,
}

impl Attempt<'_> {
    fn request(&self, event: Value, key: &str) -> Result<egress::Call, Failure> {
        let unfit =
            |what: &str| self.failed(format!("{} cannot be called: its {what} does not fit.", self.name));
        let mut headers = vec![
            (CONTENT_TYPE, HeaderValue::from_static("application/json")),
            (KEY, HeaderValue::from_str(key).map_err(|_| unfit("node's name"))?),
        ];
        for (name, secret) in &self.binding.headers {
            headers.push(header(name, secret).ok_or_else(|| unfit("header"))?);
        }
        Ok(egress::Call {
            method: Method::POST,
            url: self.binding.url.clone(),
            headers,
            body: Some(event.to_string().into_bytes()),
            reach: Reach::Trusted,
            patience: Some(self.binding.timeout),
        })
    }

    /// What a function's answer comes to.
    async fn reply(&self, response: egress::Response) -> Result<Value, Failure> {
        let (status, failed) = (response.status, response.headers.contains_key(FUNCTION_ERROR));
        let body = match response.bytes().await {
            Ok(body) => body,
            // That it refused says more than that its words broke off.
            Err(_) if !status.is_success() => Vec::new(),
            Err(error) => return Err(self.explain(error)),
        };
        let name = self.name;
        if status.is_redirection() {
            let told = format!("{name} answered {}, and redirects are not followed. ", status.as_u16());
            return Err(self.failed(told + "Bind the address that it leads to."));
        }
        if !status.is_success() {
            return Err(self.refused(status, &body));
        }
        let value = serde_json::from_slice::<Value>(&body);
        if failed || (self.is_emulated() && value.as_ref().is_ok_and(is_error)) {
            return Err(self.failed(format!("{name} failed.{}", self.told(&body))));
        }
        value.map_err(|_| match std::str::from_utf8(&body) {
            Ok(text) if self.is_emulated() && text.starts_with("Task timed out after ") => self.late(),
            Ok(text) if text.trim().is_empty() => self.garbled("nothing, and the reply is JSON"),
            _ => self.garbled(&format!("what is no JSON.{}", self.told(&body))),
        })
    }

    fn refused(&self, status: StatusCode, body: &[u8]) -> Failure {
        let hint = match status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => " Its headers are on the Connections page.",
            StatusCode::NOT_FOUND => " Its address is on the Connections page.",
            _ => "",
        };
        self.failed(format!("{} answered {}.{hint}{}", self.name, status.as_u16(), self.told(body)))
    }

    fn explain(&self, error: egress::Error) -> Failure {
        let name = self.name;
        match error {
            egress::Error::TimedOut(_) => self.late(),
            egress::Error::TooLarge(_) => self.garbled("more than 10 MiB"),
            egress::Error::Unreachable(place) => self.failed(format!(
                "{name} does not answer at {place}. Is it running? Its address is on the Connections page."
            )),
            other => self.failed(format!("{name}: {other}.")),
        }
    }

    fn late(&self) -> Failure {
        let seconds = self.binding.timeout.as_secs();
        let name = self.name;
        let message = format!(
            "{name} did not answer in time. It has {seconds} s at most; the Connections page gives it more."
        );
        Failure { code: FailureCode::TimedOut, message }
    }

    fn garbled(&self, what: &str) -> Failure {
        Failure { code: FailureCode::BadGateway, message: format!("{} answered {what}.", self.name) }
    }

    fn failed(&self, message: String) -> Failure {
        Failure { code: FailureCode::DependencyFailed, message }
    }

    /// The function's own words, where it said something.
    fn told(&self, body: &[u8]) -> String {
        let said = said(body);
        let said = said.trim();
        if said.is_empty() { String::new() } else { format!(" It said: {}", self.binding.quoted(said)) }
    }

    /// Whether this is Lambda's own way of being called, as its Runtime Interface Emulator is. The emulator tells of
    /// an exception, and of its own time-out, by the body alone.
    fn is_emulated(&self) -> bool {
        let path = self.binding.url.path();
        path.starts_with("/2015-03-31/functions/") && path.ends_with("/invocations")
    }
}

impl Binding {
    /// Words for a reader: without the secrets, and cut short.
    pub fn quoted(&self, words: &str) -> String {
        self.without_secrets(words.to_owned()).chars().take(QUOTED).collect()
    }

    /// Words without the secrets, which some servers repeat.
    pub fn without_secrets(&self, mut words: String) -> String {
        for (_, secret) in &self.headers {
            // As it is, as JSON writes it, and the key that follows a scheme such as `Bearer`.
            let written = Value::from(secret.as_str()).to_string();
            let last = secret.rsplit(' ').next().filter(|last| last.len() >= 8).unwrap_or(secret);
            for hidden in [secret.as_str(), written.trim_matches('"'), last] {
                words = words.replace(hidden, "(a secret)");
            }
        }
        words
    }
}

/// Lambda's account of an exception.
fn is_error(value: &Value) -> bool {
    value["errorMessage"].is_string() && value["errorType"].is_string()
}

/// What a body says went wrong.
fn said(body: &[u8]) -> String {
    let text = || String::from_utf8_lossy(body).into_owned();
    let Ok(body) = serde_json::from_slice::<Value>(body) else { return text() };
    if let Some(message) = body["errorMessage"].as_str() {
        return match body["errorType"].as_str() {
            Some(kind) => format!("{kind}: {message}"),
            None => message.to_owned(),
        };
    }
    let words = [&body["error"]["message"], &body["error"], &body["message"], &body];
    words.into_iter().find_map(Value::as_str).map_or_else(text, str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn binding(url: &str, headers: &[(&str, &str)]) -> Binding {
        let headers = headers.iter().map(|(name, secret)| ((*name).to_owned(), (*secret).to_owned()));
        Binding { url: Url::parse(url).unwrap(), timeout: Duration::from_secs(1), headers: headers.collect() }
    }

    #[test]
    fn a_version_that_is_not_bound_is_answered_by_the_function() {
        let functions = Functions::new(Egress::new().unwrap());
        let plain = "arn:aws:lambda:us-east-1:123456789012:function:lookup";
        let bound = |arn: &str| functions.resolve(arn).map(|binding| binding.url.path().to_owned());
        functions.set(
            [
                (plain.to_owned(), binding("http://127.0.0.1/plain", &[])),
                (format!("{plain}:7"), binding("http://127.0.0.1/seven", &[])),
            ]
            .into(),
        );
        assert_eq!(bound(plain).as_deref(), Some("/plain"));
        assert_eq!(bound(&format!("{plain}:7")).as_deref(), Some("/seven"));
        assert_eq!(bound(&format!("{plain}:$LATEST")).as_deref(), Some("/plain"));
        assert_eq!(bound(&format!("{plain}er")), None);
    }

    #[test]
    fn secrets_are_hidden_before_words_are_cut() {
        let secret = "Bearer sk-canary-\"1234567890";
        let binding = binding("http://127.0.0.1/", &[("authorization", secret)]);
        let long = "x".repeat(QUOTED - 12);
        for words in [
            format!("{long}{secret}"),
            format!("{long}sk-canary-\"1234567890"),
            json!({"sent": secret}).to_string(),
        ] {
            let quoted = binding.quoted(&words);
            assert!(!quoted.contains("canary") && quoted.chars().count() <= QUOTED, "{quoted}");
        }
    }

    #[test]
    fn bodies_say_what_went_wrong() {
        for (body, words) in [
            (r#"{"errorMessage":"no","errorType":"KeyError"}"#, "KeyError: no"),
            (r#"{"errorMessage":"no"}"#, "no"),
            (r#"{"error":{"message":"no"}}"#, "no"),
            (r#"{"error":"no"}"#, "no"),
            (r#"{"message":"no"}"#, "no"),
            (r#""no""#, "no"),
            ("no", "no"),
            (r#"{"code":7}"#, r#"{"code":7}"#),
        ] {
            assert_eq!(said(body.as_bytes()), words);
        }
    }

    #[test]
    fn headers_that_are_ours_are_not_to_be_set() {
        assert!(header("X-Api-Key", "secret").is_some());
        for (name, secret) in
            [("Host", "x"), ("idempotency-key", "x"), ("two words", "x"), ("", "x"), ("a", ""), ("a", "x\ny")]
        {
            assert!(header(name, secret).is_none(), "{name}");
        }
    }
}
