//! AWS Signature Version 4, verified in two steps: what the head says before the body is read, then the signature.
//!
//! Always holds: a request is accepted only if this key signed exactly its method, path, query, body, and every header
//! that matters here. Absent on purpose: signed addresses, unsigned and chunked payloads, and session tokens, which a
//! local server has no use for; each is refused by name. Time and key are arguments.

mod canonical;
#[cfg(test)]
mod differential;

use axum::http::HeaderMap;
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use sha2::{Digest as _, Sha256};

use super::same;

const ALGORITHM: &str = "AWS4-HMAC-SHA256";
/// What requests here are signed for.
const REGION: &str = "us-east-1";
const SERVICE: &str = "bedrock";
const TERMINATOR: &str = "aws4_request";
/// How far a client's clock may be off, in seconds.
const SKEW: i64 = 300;
const DATE: &str = "x-amz-date";
const HOST: &str = "host";
const AUTHORITY: &str = ":authority";
const PAYLOAD_DIGEST: &str = "x-amz-content-sha256";

/// A request without its body, as it came over the wire.
#[derive(Clone, Copy, Debug)]
pub struct Head<'a> {
    pub method: &'a str,
    /// Still percent-encoded.
    pub path: &'a str,
    pub query: Option<&'a str>,
    /// HTTP/2's, which has no `Host`.
    pub authority: Option<&'a str>,
    pub headers: &'a HeaderMap,
}

impl<'a> Head<'a> {
    /// The values of a header by the name it is signed under. Over HTTP/2, some sign the authority as `host` and
    /// others under its own name.
    fn values(&self, name: &str) -> Vec<&'a [u8]> {
        let values: Vec<&[u8]> = match name {
            AUTHORITY => Vec::new(),
            name => self.headers.get_all(name).iter().map(|value| value.as_bytes()).collect(),
        };
        match (name, self.authority) {
            (HOST | AUTHORITY, Some(authority)) if values.is_empty() => vec![authority.as_bytes()],
            _ => values,
        }
    }
}

/// The key that a request has to be signed with.
#[derive(Clone, Copy)]
pub struct Key<'a> {
    pub id: &'a str,
    pub secret: &'a str,
}

/// Why a request is not taken. No case tells anything about the secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("The request is not signed. Run: eval \"$(anabranch env)\"")]
    Unsigned,
    #[error("The Authorization header is not one of AWS Signature Version 4, or there are several.")]
    Malformed,
    #[error("The signature is in the address. Sign with the Authorization header instead.")]
    InAddress,
    #[error(
        "The request has a session token, and this server's key is no session. Run: unset AWS_SESSION_TOKEN"
    )]
    SessionToken,
    #[error("The access key is not this server's. Run: eval \"$(anabranch env)\"")]
    UnknownKey,
    #[error("The request is signed for another region or service. Sign it for us-east-1 and bedrock.")]
    Scope,
    #[error("The header X-Amz-Date is missing, appears twice, or is not the date that the signature names.")]
    Date,
    #[error("The signature's time is more than five minutes off this server's clock.")]
    Expired,
    #[error("The signature leaves out a header that it has to cover, or covers one that is not there.")]
    SignedHeaders,
    #[error("The path has empty or dotted parts.")]
    Path,
    #[error("The payload has to be signed by its SHA-256.")]
    Payload,
    #[error("The signature does not match the request and the secret key.")]
    Signature,
}

/// A head that is in order, with a signature to be checked when the body is here.
#[derive(Debug)]
pub struct Claim {
    /// The canonical request up to the payload's digest.
    canonical: Vec<u8>,
    moment: String,
    scope: String,
    signing_key: [u8; 32],
    signature: String,
    payload: Option<String>,
}

/// Checks everything but the signature.
///
/// # Errors
/// See [`Refusal`].
pub fn check(head: &Head<'_>, key: Key<'_>, now: i64) -> Result<Claim, Refusal> {
    let query = head.query.unwrap_or_default();
    if canonical::is_signed_address(query) {
        return Err(Refusal::InAddress);
    }
    if !head.headers.contains_key("authorization") {
        return Err(Refusal::Unsigned);
    }
    let authorization = Authorization::parse(only(head.headers, "authorization", Refusal::Malformed)?)?;
    if head.headers.contains_key("x-amz-security-token") {
        return Err(Refusal::SessionToken);
    }
    if !same(authorization.key, key.id) {
        return Err(Refusal::UnknownKey);
    }
    if [authorization.region, authorization.service, authorization.terminator]
        != [REGION, SERVICE, TERMINATOR]
    {
        return Err(Refusal::Scope);
    }
    let moment = only(head.headers, DATE, Refusal::Date)?;
    if moment.split('T').next() != Some(authorization.date) {
        return Err(Refusal::Date);
    }
    if seconds(moment).ok_or(Refusal::Date)?.abs_diff(now) > SKEW.unsigned_abs() {
        return Err(Refusal::Expired);
    }
    let signed: Vec<&str> = authorization.signed_headers.split(';').collect();
    covers(&signed, head)?;
    let payload = match head.headers.contains_key(PAYLOAD_DIGEST) {
        true => Some(digest_of_payload(only(head.headers, PAYLOAD_DIGEST, Refusal::Payload)?)?),
        false => None,
    };
    Ok(Claim {
        canonical: canonical::head(head, query, &signed)?,
        moment: moment.to_owned(),
        scope: format!("{}/{REGION}/{SERVICE}/{TERMINATOR}", authorization.date),
        signing_key: signing_key(key.secret, authorization.date).ok_or(Refusal::Signature)?,
        signature: authorization.signature.to_owned(),
        payload,
    })
}

impl Claim {
    /// Checks the signature, now that the body is here.
    ///
    /// # Errors
    /// [`Refusal::Payload`] or [`Refusal::Signature`].
    pub fn verify(self, body: &[u8]) -> Result<(), Refusal> {
        let digest = hex::encode(Sha256::digest(body));
        if self.payload.is_some_and(|claimed| !same(&claimed, &digest)) {
            return Err(Refusal::Payload);
        }
        let mut canonical = self.canonical;
        canonical.extend_from_slice(digest.as_bytes());
        let request = hex::encode(Sha256::digest(&canonical));
        let text = format!("{ALGORITHM}\n{}\n{}\n{request}", self.moment, self.scope);
        let expected = hmac(&self.signing_key, text.as_bytes()).ok_or(Refusal::Signature)?;
        if same(&hex::encode(expected), &self.signature) { Ok(()) } else { Err(Refusal::Signature) }
    }
}

/// The parts of an `Authorization` header.
struct Authorization<'a> {
    key: &'a str,
    date: &'a str,
    region: &'a str,
    service: &'a str,
    terminator: &'a str,
    signed_headers: &'a str,
    signature: &'a str,
}

impl<'a> Authorization<'a> {
    fn parse(header: &'a str) -> Result<Self, Refusal> {
        let parts = header.strip_prefix(ALGORITHM).and_then(|rest| rest.strip_prefix(' '));
        let parts = parts.ok_or(Refusal::Malformed)?;
        let (mut credential, mut signed_headers, mut signature) = (None, None, None);
        for part in parts.split(',') {
            let (name, value) = part.trim_matches(' ').split_once('=').ok_or(Refusal::Malformed)?;
            let place = match name {
                "Credential" => &mut credential,
                "SignedHeaders" => &mut signed_headers,
                "Signature" => &mut signature,
                _ => return Err(Refusal::Malformed),
            };
            if value.is_empty() || place.replace(value).is_some() {
                return Err(Refusal::Malformed);
            }
        }
        let (Some(credential), Some(signed_headers), Some(signature)) =
            (credential, signed_headers, signature)
        else {
            return Err(Refusal::Malformed);
        };
        let scope: Vec<&str> = credential.split('/').collect();
        let [key, date, region, service, terminator] = scope[..] else {
            return Err(Refusal::Malformed);
        };
        Ok(Self { key, date, region, service, terminator, signed_headers, signature })
    }
}

/// Whether the signature covers what it has to, in the order it has to, and nothing that is not there.
fn covers(signed: &[&str], head: &Head<'_>) -> Result<(), Refusal> {
    let lower = |name: &str| !name.is_empty() && !name.bytes().any(|byte| byte.is_ascii_uppercase());
    let good = signed.iter().all(|name| lower(name) && !head.values(name).is_empty())
        && signed.windows(2).all(|pair| pair[0] < pair[1])
        && signed.contains(&DATE)
        && (signed.contains(&HOST) || signed.contains(&AUTHORITY))
        && head.values(HOST).len() == 1
        && head
            .headers
            .keys()
            .all(|name| !name.as_str().starts_with("x-amz-") || signed.contains(&name.as_str()));
    if good { Ok(()) } else { Err(Refusal::SignedHeaders) }
}

fn digest_of_payload(text: &str) -> Result<String, Refusal> {
    let is_digest = text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_digest { Ok(text.to_ascii_lowercase()) } else { Err(Refusal::Payload) }
}

/// The value of a header that must be there once.
fn only<'a>(headers: &'a HeaderMap, name: &str, refusal: Refusal) -> Result<&'a str, Refusal> {
    let mut values = headers.get_all(name).iter();
    match (values.next().map(|value| value.to_str()), values.next()) {
        (Some(Ok(value)), None) => Ok(value),
        _ => Err(refusal),
    }
}

/// Seconds since the Unix epoch of `20260102T030405Z`.
fn seconds(moment: &str) -> Option<i64> {
    let shaped = moment.len() == 16
        && moment.bytes().enumerate().all(|(at, byte)| match at {
            8 => byte == b'T',
            15 => byte == b'Z',
            _ => byte.is_ascii_digit(),
        });
    if !shaped {
        return None;
    }
    let number = |from: usize, to: usize| moment.get(from..to)?.parse::<i8>().ok();
    let year = moment.get(..4)?.parse::<i16>().ok()?;
    let civil = DateTime::new(
        year,
        number(4, 6)?,
        number(6, 8)?,
        number(9, 11)?,
        number(11, 13)?,
        number(13, 15)?,
        0,
    );
    Some(civil.ok()?.to_zoned(TimeZone::UTC).ok()?.timestamp().as_second())
}

fn signing_key(secret: &str, date: &str) -> Option<[u8; 32]> {
    let mut key = hmac(format!("AWS4{secret}").as_bytes(), date.as_bytes())?;
    for part in [REGION, SERVICE, TERMINATOR] {
        key = hmac(&key, part.as_bytes())?;
    }
    Some(key)
}

/// None is impossible: a key of any length will do.
fn hmac(key: &[u8], text: &[u8]) -> Option<[u8; 32]> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    mac.update(text);
    Some(mac.finalize().into_bytes().into())
}
