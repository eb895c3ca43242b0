//! The verifier against AWS's own signer: what it signed is accepted, and nothing that was changed after.

use std::time::{Duration, UNIX_EPOCH};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{
    PayloadChecksumKind, SignableBody, SignableRequest, SigningSettings, UriPathNormalizationMode, sign,
};
use aws_sigv4::sign::v4;
use axum::http::{HeaderMap, HeaderName, HeaderValue};

use super::{Head, Key, Refusal, check};

const NOW: i64 = 1_767_323_045;
const KEY: Key<'_> = Key { id: "AKIAEXAMPLE000000000", secret: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" };

#[derive(Clone, Debug)]
struct Request {
    method: String,
    path: String,
    query: Option<String>,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Request {
    fn verify(&self, key: Key<'_>, now: i64) -> Result<(), Refusal> {
        let head = Head {
            method: &self.method,
            path: &self.path,
            query: self.query.as_deref(),
            authority: None,
            headers: &self.headers,
        };
        check(&head, key, now)?.verify(&self.body)
    }

    fn set(&mut self, name: &'static str, value: &str) {
        self.headers.insert(name, HeaderValue::from_str(value).unwrap());
    }

    fn authorization(&self) -> String {
        self.headers["authorization"].to_str().unwrap().to_owned()
    }

    /// Signs with AWS's signer, as now and for this region and service.
    fn sign(&mut self, key: Key<'_>, region: &str, service: &str, at: i64, payload: PayloadChecksumKind) {
        let identity = Credentials::new(key.id, key.secret, None, None, "test").into();
        let mut settings = SigningSettings::default();
        settings.payload_checksum_kind = payload;
        settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region(region)
            .name(service)
            .time(UNIX_EPOCH + Duration::from_secs(at.unsigned_abs()))
            .settings(settings)
            .build()
            .unwrap()
            .into();
        let query = self.query.as_ref().map(|query| format!("?{query}")).unwrap_or_default();
        let url = format!("http://127.0.0.1:8650{}{query}", self.path);
        let headers: Vec<(String, String)> = self
            .headers
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
            .collect();
        let headers = headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let signable =
            SignableRequest::new(&self.method, url, headers, SignableBody::Bytes(&self.body)).unwrap();
        let (instructions, _) = sign(signable, &parameters).unwrap().into_parts();
        for (name, value) in instructions.headers() {
            let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
            self.headers.insert(name, HeaderValue::from_str(value).unwrap());
        }
        self.set("host", "127.0.0.1:8650");
    }
}

/// Numbers that look random and are the same every time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % sides as u64).unwrap()
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.roll(from.len())]
    }

    fn text(&mut self, most: usize, pieces: &[&str]) -> String {
        (0..=self.roll(most)).map(|_| self.pick(pieces)).collect()
    }
}

fn request(dice: &mut Dice) -> Request {
    const PATH: &[&str] = &["a", "Z", "0", "-", "_", "~", ".x", "%3A", "%2F", "%20", "%C3%A9", "%25"];
    const QUERY: &[&str] = &["a", "B", "9", "-", "~", "%20", "%2F", "%3D", "%C3%A9"];
    const VALUE: &[&str] = &["a", "B", " ", "  ", "=", ";", ",", "\"", "/"];
    let parts: Vec<String> = (0..=dice.roll(4)).map(|_| dice.text(5, PATH)).collect();
    let mut path = format!("/aws/{}", parts.join("/"));
    if dice.roll(3) == 0 {
        path.push('/');
    }
    let pairs: Vec<String> =
        (0..dice.roll(4)).map(|_| format!("{}={}", dice.text(2, QUERY), dice.text(3, QUERY))).collect();
    let mut request = Request {
        method: dice.pick(&["GET", "POST", "PUT", "DELETE"]).to_owned(),
        path,
        query: (!pairs.is_empty()).then(|| pairs.join("&")),
        headers: HeaderMap::new(),
        body: dice.text(30, &["{", "}", "\"", "x", "é", "\n"]).into_bytes(),
    };
    if dice.roll(3) == 0 {
        request.body.clear();
    }
    for name in ["content-type", "x-amz-meta", "accept", "amz-sdk-request"] {
        if dice.roll(2) == 0 {
            let value = format!("v{}", dice.text(6, VALUE));
            request.headers.append(name, HeaderValue::from_str(value.trim()).unwrap());
        }
    }
    let payload =
        if dice.roll(2) == 0 { PayloadChecksumKind::XAmzSha256 } else { PayloadChecksumKind::NoHeader };
    let off = i64::try_from(dice.roll(601)).unwrap() - 300;
    request.sign(KEY, "us-east-1", "bedrock", NOW + off, payload);
    request
}

/// Changes one thing that the signature covers.
fn change(request: &mut Request, dice: &mut Dice) -> &'static str {
    let authorization = request.authorization();
    match dice.roll(14) {
        0 => {
            request.method = if request.method == "GET" { "POST" } else { "GET" }.to_owned();
            "method"
        }
        1 => {
            request.path.push('x');
            "path"
        }
        2 => {
            request.path = format!("/aws/%61{}", &request.path[4..]);
            "encoding of the path"
        }
        3 => {
            request.query = Some(format!("{}&q=1", request.query.clone().unwrap_or_default()));
            "query"
        }
        4 => {
            request.body.push(b' ');
            "body"
        }
        5 => {
            request.set("host", "127.0.0.1:8651");
            "host"
        }
        6 => {
            request.set("x-amz-added", "1");
            "an added header of AWS's"
        }
        7 => {
            request.headers.append("authorization", HeaderValue::from_str(&authorization).unwrap());
            "two signatures"
        }
        8 => {
            let at = authorization.len() - 1 - dice.roll(64);
            let mut bytes = authorization.into_bytes();
            bytes[at] = if bytes[at] == b'0' { b'1' } else { b'0' };
            request.headers.insert("authorization", HeaderValue::from_bytes(&bytes).unwrap());
            "a digit of the signature"
        }
        9 => {
            request.set("authorization", &authorization.replace("host;", ""));
            "host unsigned"
        }
        10 => {
            request.set("authorization", &authorization[..authorization.len() - 1]);
            "a shorter signature"
        }
        11 => {
            request.set("x-amz-date", "20260102T030406Z");
            "time"
        }
        12 => {
            request.sign(
                Key { secret: "another", ..KEY },
                "us-east-1",
                "bedrock",
                NOW,
                PayloadChecksumKind::NoHeader,
            );
            "secret"
        }
        _ => {
            request.headers.append("host", HeaderValue::from_static("127.0.0.1:8650"));
            "two hosts"
        }
    }
}

#[test]
fn is_accepted_exactly_when_right() {
    let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
    for number in 0..6_000 {
        let mut request = request(&mut dice);
        assert_eq!(request.verify(KEY, NOW), Ok(()), "{number}: {request:?}");
        let before = request.clone();
        let what = change(&mut request, &mut dice);
        // The time may have been changed to what it was.
        if what == "time" && before.headers == request.headers {
            continue;
        }
        assert!(request.verify(KEY, NOW).is_err(), "{number}: {what} {request:?}");
    }
}

/// AWS's clients over HTTP/2 have no `Host`; the one for Java still signs it, the one for JavaScript `:authority`.
#[test]
fn the_authority_stands_for_the_host() {
    let mut request = Request {
        method: "POST".to_owned(),
        path: "/aws/flows/".to_owned(),
        query: None,
        headers: HeaderMap::new(),
        body: b"{}".to_vec(),
    };
    request.sign(KEY, "us-east-1", "bedrock", NOW, PayloadChecksumKind::NoHeader);
    request.headers.remove("host");
    let verify = |authority| {
        let head =
            Head { method: "POST", path: "/aws/flows/", query: None, authority, headers: &request.headers };
        check(&head, KEY, NOW)?.verify(&request.body)
    };
    assert_eq!(verify(Some("127.0.0.1:8650")), Ok(()));
    assert_eq!(verify(Some("127.0.0.1:8651")), Err(Refusal::Signature));
    assert_eq!(verify(None), Err(Refusal::SignedHeaders));
}

#[test]
fn refusals_say_why() {
    let plain = || Request {
        method: "GET".to_owned(),
        path: "/aws/flows/".to_owned(),
        query: None,
        headers: HeaderMap::new(),
        body: Vec::new(),
    };
    let signed = |region: &str, service: &str, at: i64| {
        let mut request = plain();
        request.sign(KEY, region, service, at, PayloadChecksumKind::XAmzSha256);
        request
    };
    let good = || signed("us-east-1", "bedrock", NOW);
    let with = |name: &'static str, value: &str| {
        let mut request = good();
        request.set(name, value);
        request
    };
    let replaced = |from: &str, to: &str| {
        let mut request = good();
        let authorization = request.authorization().replace(from, to);
        request.set("authorization", &authorization);
        request
    };
    let address = Request { query: Some("X-Amz-Signature=1".to_owned()), ..plain() };
    let dotted = Request { path: "/aws/../flows/".to_owned(), ..good() };
    for (request, refusal) in [
        (plain(), Refusal::Unsigned),
        (address, Refusal::InAddress),
        (with("authorization", "AWS4-HMAC-SHA256 nonsense"), Refusal::Malformed),
        (replaced("AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256"), Refusal::Malformed),
        (replaced("Signature=", "Signature=0, Signature="), Refusal::Malformed),
        (with("x-amz-security-token", "t"), Refusal::SessionToken),
        (replaced("AKIA", "AKIB"), Refusal::UnknownKey),
        (signed("eu-west-1", "bedrock", NOW), Refusal::Scope),
        (signed("us-east-1", "s3", NOW), Refusal::Scope),
        (with("x-amz-date", "yesterday"), Refusal::Date),
        (replaced("/20260102/", "/20260103/"), Refusal::Date),
        (signed("us-east-1", "bedrock", NOW - 301), Refusal::Expired),
        (signed("us-east-1", "bedrock", NOW + 301), Refusal::Expired),
        (replaced(";x-amz-date", ""), Refusal::SignedHeaders),
        (with("x-amz-content-sha256", "UNSIGNED-PAYLOAD"), Refusal::Payload),
        (with("x-amz-content-sha256", &"0".repeat(64)), Refusal::Payload),
        (dotted, Refusal::Path),
        (with("host", "localhost:8650"), Refusal::Signature),
    ] {
        assert_eq!(request.verify(KEY, NOW), Err(refusal), "{request:?}");
    }
    assert_eq!(good().verify(KEY, NOW), Ok(()));
}
