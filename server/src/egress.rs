//! The only HTTP client, and the only one to open other connections: everything that leaves this process.
//!
//! Always holds: addresses are checked after the name was resolved, and the checked address is the one connected to;
//! an address literal is checked too; no proxy is taken from the environment; redirects are not followed, so that no
//! header reaches another host; time-outs bound every wait. A private or loopback address is called only for an
//! origin that the owner named, and never the link-local range of cloud metadata, nor this server itself.

// The one place where it is allowed.
#![allow(clippy::disallowed_types)]

mod dial;

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::BoxStream;
use parking_lot::RwLock;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, StatusCode};
use url::{Host, Url};

pub use dial::has_certificate;

const CONNECT: Duration = Duration::from_secs(5);
/// Between two pieces of an answer, and before the first.
const IDLE: Duration = Duration::from_secs(120);
/// The largest answer that is read whole.
const LARGEST: usize = 10 * 1024 * 1024;

/// Makes calls.
#[derive(Clone, Debug)]
pub struct Egress {
    public: reqwest::Client,
    trusted: reqwest::Client,
    own: Arc<RwLock<Vec<SocketAddr>>>,
}

/// A call to make.
#[derive(Clone, Debug)]
pub struct Call {
    pub method: Method,
    pub url: Url,
    pub headers: Vec<(HeaderName, HeaderValue)>,
    pub body: Option<Vec<u8>>,
    pub reach: Reach,
    /// The longest wait for the answer's head, and then for each piece where that is longer than [`IDLE`]; [`IDLE`]
    /// where it is none.
    pub patience: Option<Duration>,
}

/// Which addresses a call may go to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Public ones.
    Public,
    /// Also loopback and private ones: the owner named this origin.
    Trusted,
}

/// An answer whose body has not been read.
#[derive(Debug)]
pub struct Response {
    pub status: StatusCode,
    pub headers: HeaderMap,
    idle: Duration,
    inner: reqwest::Response,
}

/// Why a call failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{0} may not be called: {1}")]
    Denied(String, &'static str),
    #[error("nothing answers at {0}")]
    Unreachable(String),
    #[error("{0} did not answer in time")]
    TimedOut(String),
    #[error("{0} broke the connection off")]
    Broken(String),
    #[error("{0} is not the one it should be: {1}")]
    Untrusted(String, String),
    #[error("the answer of {0} is larger than 10 MiB")]
    TooLarge(String),
    #[error("the HTTP client could not be made")]
    Client,
}

impl Error {
    /// It as a sentence of its own.
    pub fn sentence(&self) -> String {
        let mut sentence = format!("{self}.");
        if let Some(first) = sentence.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        sentence
    }
}

impl Egress {
    /// Makes the client.
    ///
    /// # Errors
    /// TLS could not be set up.
    pub fn new() -> Result<Self, Error> {
        // Fails only where it is installed already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = |reach: Reach| {
            reqwest::Client::builder()
                .no_proxy()
                .redirect(reqwest::redirect::Policy::none())
                .connect_timeout(CONNECT)
                .dns_resolver(Arc::new(Checked { reach }))
                .user_agent(concat!("anabranch/", env!("CARGO_PKG_VERSION")))
                .build()
                .map_err(|_| Error::Client)
        };
        Ok(Self {
            public: client(Reach::Public)?,
            trusted: client(Reach::Trusted)?,
            own: Arc::new(RwLock::new(Vec::new())),
        })
    }

    /// Names an address that this server listens on, which is never called.
    pub fn forbid(&self, own: SocketAddr) {
        self.own.write().push(own);
    }

    /// Makes a call.
    ///
    /// # Errors
    /// The address is not allowed, or there is no answer.
    pub async fn call(&self, call: Call) -> Result<Response, Error> {
        let place = origin(&call.url);
        self.check(&call.url, call.reach)?;
        self.check_named(&call.url).await?;
        let client = if call.reach == Reach::Public { &self.public } else { &self.trusted };
        let mut request = client.request(call.method, call.url);
        for (name, value) in call.headers {
            request = request.header(name, value);
        }
        if let Some(body) = call.body {
            request = request.body(body);
        }
        let patience = call.patience.unwrap_or(IDLE);
        let sent = tokio::time::timeout(patience, request.send()).await;
        let response =
            sent.map_err(|_| Error::TimedOut(place.clone()))?.map_err(|error| classify(&error, &place))?;
        Ok(Response {
            status: response.status(),
            headers: response.headers().clone(),
            idle: patience.max(IDLE),
            inner: response,
        })
    }

    fn check(&self, url: &Url, reach: Reach) -> Result<(), Error> {
        let denied = |why| Err(Error::Denied(origin(url), why));
        if !matches!(url.scheme(), "http" | "https") {
            return denied("only http and https are called");
        }
        if !url.username().is_empty() || url.password().is_some() {
            return denied("an address must not hold a user name or password");
        }
        let port = url.port_or_known_default().unwrap_or(0);
        let literal = match url.host() {
            Some(Host::Ipv4(address)) => Some(IpAddr::V4(address)),
            Some(Host::Ipv6(address)) => Some(IpAddr::V6(address)),
            Some(Host::Domain(_)) => None,
            None => return denied("it has no host"),
        };
        if let Some(address) = literal
            && !allowed(address, reach)
        {
            return denied("it is not a public address. Name it as a connection to allow it");
        }
        let loopback = literal.is_some_and(|address| address.to_canonical().is_loopback())
            || url.host_str().is_some_and(|host| host.trim_end_matches('.') == "localhost");
        if loopback && self.own.read().iter().any(|own| own.port() == port) {
            return denied("it is this server itself");
        }
        Ok(())
    }

    /// A name that leads to this server itself, by whatever address.
    async fn check_named(&self, url: &Url) -> Result<(), Error> {
        let port = url.port_or_known_default().unwrap_or(0);
        let Some(Host::Domain(name)) = url.host() else { return Ok(()) };
        if !self.own.read().iter().any(|own| own.port() == port) {
            return Ok(());
        }
        // A name that leads nowhere is told of by the call itself.
        let found = tokio::net::lookup_host((name, port)).await.into_iter().flatten();
        if found.into_iter().any(|address| unwrap(address.ip()).is_loopback()) {
            return Err(Error::Denied(origin(url), "it is this server itself"));
        }
        Ok(())
    }
}

impl Response {
    /// The body, whole.
    ///
    /// # Errors
    /// It is too large or breaks off.
    pub async fn bytes(self) -> Result<Vec<u8>, Error> {
        let place = origin(self.inner.url());
        let mut stream = self.stream();
        let mut body = Vec::new();
        while let Some(piece) = stream.next().await {
            body.extend_from_slice(&piece?);
            if body.len() > LARGEST {
                return Err(Error::TooLarge(place));
            }
        }
        Ok(body)
    }

    /// The body, piece by piece. Dropping the stream closes the connection.
    pub fn stream(self) -> BoxStream<'static, Result<Vec<u8>, Error>> {
        let (place, idle) = (origin(self.inner.url()), self.idle);
        let pieces = self.inner.bytes_stream();
        // Ends after the first error.
        futures_util::stream::unfold(Some((pieces, place)), move |state| async move {
            let (mut pieces, place) = state?;
            match tokio::time::timeout(idle, pieces.next()).await {
                Ok(Some(Ok(piece))) => Some((Ok(piece.to_vec()), Some((pieces, place)))),
                Ok(Some(Err(error))) => Some((Err(classify(&error, &place)), None)),
                Ok(None) => None,
                Err(_) => Some((Err(Error::TimedOut(place)), None)),
            }
        })
        .boxed()
    }
}

/// Resolves names, and keeps the addresses that are allowed.
#[derive(Debug)]
struct Checked {
    reach: Reach,
}

impl Resolve for Checked {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = self.reach;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let kept: Vec<SocketAddr> = found.filter(|address| allowed(address.ip(), reach)).collect();
            if kept.is_empty() {
                return Err("no address of this name may be called".into());
            }
            Ok(Box::new(kept.into_iter()) as Addrs)
        })
    }
}

/// Whether an address may be called.
fn allowed(address: IpAddr, reach: Reach) -> bool {
    let address = unwrap(address);
    if never(address) {
        return false;
    }
    reach == Reach::Trusted || !private(address)
}

/// IPv4 addresses that hide in IPv6 ones: mapped, compatible, NAT64 (both prefixes), 6to4.
fn unwrap(address: IpAddr) -> IpAddr {
    let IpAddr::V6(six) = address.to_canonical() else { return address.to_canonical() };
    let s = six.segments();
    let four = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        IpAddr::from([a, b, c, d])
    };
    match s {
        [0, 0, 0, 0, 0, 0, high, low] if high != 0 => four(high, low),
        [0x64, 0xff9b, 0 | 1, _, _, _, high, low] => four(high, low),
        [0x2002, high, low, ..] => four(high, low),
        _ => IpAddr::V6(six),
    }
}

/// Never called: link-local (cloud metadata), unspecified, multicast, broadcast.
fn never(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(four) => {
            let [a, b, c, d] = four.octets();
            four.is_link_local()
                || a == 0
                || four.is_multicast()
                || four.is_broadcast()
                || [a, b, c, d] == [100, 100, 100, 200]
        }
        IpAddr::V6(six) => {
            let first = six.segments()[0];
            six.is_unspecified()
                || six.is_multicast()
                || (first & 0xffc0) == 0xfe80
                || six.segments() == [0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254]
        }
    }
}

fn private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(four) => {
            let [a, b, ..] = four.octets();
            four.is_loopback()
                || four.is_private()
                || (a == 100 && (64..128).contains(&b))
                || a >= 240
                || (a == 192 && b == 0)
                || (a == 198 && (18..20).contains(&b))
        }
        IpAddr::V6(six) => {
            six.is_loopback()
                || (six.segments()[0] & 0xfe00) == 0xfc00
                || (six.segments()[0] & 0xffc0) == 0xfec0
                || six.segments()[0] == 0x2001 && six.segments()[1] == 0
        }
    }
}

fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}

fn classify(error: &reqwest::Error, place: &str) -> Error {
    let place = place.to_owned();
    if error.is_timeout() {
        Error::TimedOut(place)
    } else if error.is_connect() || error.is_request() {
        Error::Unreachable(place)
    } else {
        Error::Broken(place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_hide_are_found() {
        for text in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "100.64.0.1",
            "::1",
            "fd12::1",
            "::ffff:127.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b:1::7f00:1",
            "::127.0.0.1",
            "fec0::1",
            "2002:7f00:1::",
            "169.254.169.254",
            "0.0.0.0",
            "::",
            "::ffff:169.254.169.254",
            "255.255.255.255",
            "224.0.0.1",
            "fe80::1",
            "fd00:ec2::254",
            "100.100.100.200",
        ] {
            assert!(!allowed(text.parse().unwrap(), Reach::Public), "{text}");
        }
        for text in ["169.254.169.254", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "0.0.0.0", "fe80::1"]
        {
            assert!(!allowed(text.parse().unwrap(), Reach::Trusted), "{text}");
        }
        for text in ["127.0.0.1", "192.168.1.1", "::1"] {
            assert!(allowed(text.parse().unwrap(), Reach::Trusted), "{text}");
        }
        for text in ["1.1.1.1", "2606:4700::1111"] {
            assert!(allowed(text.parse().unwrap(), Reach::Public), "{text}");
        }
    }

    #[test]
    fn written_disguises_are_seen_through() {
        let egress = Egress::new().unwrap();
        for text in [
            "http://0x7f.1/",
            "http://2130706433/",
            "http://017700000001/",
            "http://[::ffff:7f00:1]/",
            "http://127.1/",
            "file:///etc/passwd",
            "gopher://x/",
            "http://user:pw@1.1.1.1/",
        ] {
            let url = Url::parse(text).unwrap();
            assert!(matches!(egress.check(&url, Reach::Public), Err(Error::Denied(..))), "{text}");
        }
        egress.forbid("127.0.0.1:8650".parse().unwrap());
        for text in ["http://127.0.0.1:8650/", "http://localhost:8650/", "http://localhost.:8650/"] {
            let url = Url::parse(text).unwrap();
            assert!(matches!(egress.check(&url, Reach::Trusted), Err(Error::Denied(..))), "{text}");
        }
    }
}
