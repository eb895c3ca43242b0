//! The gate before everything: which Host was meant, and which page sends it.
//!
//! A page of another site can reach a loopback port, by a name that points there or with a plain form. So a Host that
//! is not ours is misdirected, and a request that another origin's page made is forbidden, before its body is read.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, Version, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::native::problem;

/// The names this server answers to.
#[derive(Clone, Debug)]
pub struct Hosts {
    hosts: Vec<String>,
}

impl Hosts {
    /// The loopback names of an address's port, the address itself, and what the owner added.
    pub fn new(address: SocketAddr, more: &[String]) -> Self {
        let port = address.port();
        let loopback = ["127.0.0.1", "localhost", "[::1]"].map(|name| format!("{name}:{port}"));
        let mut hosts: Vec<String> = loopback.into_iter().chain([address.to_string()]).collect();
        if port == 80 {
            // Clients leave the usual port out.
            hosts.extend(hosts.clone().iter().filter_map(|host| host.strip_suffix(":80").map(str::to_owned)));
        }
        hosts.extend(more.iter().map(|host| host.to_ascii_lowercase()));
        Self { hosts }
    }

    fn has(&self, host: &str) -> bool {
        let host = host.to_ascii_lowercase();
        self.hosts.contains(&host)
    }

    fn has_origin(&self, origin: &str) -> bool {
        let host = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
        host.is_some_and(|host| self.has(host))
    }
}

pub(super) async fn check(State(hosts): State<Arc<Hosts>>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    let named: Vec<&str> =
        headers.get_all(header::HOST).iter().filter_map(|host| host.to_str().ok()).collect();
    let asked = request.uri().authority().map(axum::http::uri::Authority::as_str);
    let ours = match (&named[..], asked) {
        // HTTP/2 has the authority in its place; HTTP/1 must have a Host.
        ([], Some(asked)) => request.version() == Version::HTTP_2 && hosts.has(asked),
        ([host], asked) => hosts.has(host) && asked.is_none_or(|asked| hosts.has(asked)),
        _ => false,
    };
    if !ours {
        let detail =
            "This server does not answer to that host name. Start it with --allowed-host to add one.";
        return problem(StatusCode::MISDIRECTED_REQUEST, "wrong_host", detail).into_response();
    }
    if let Some(refusal) = foreign(&hosts, &request, headers) {
        return problem(StatusCode::FORBIDDEN, "foreign_origin", refusal).into_response();
    }
    next.run(request).await
}

/// Why a request is another page's, if it is.
fn foreign(hosts: &Hosts, request: &Request, headers: &HeaderMap) -> Option<&'static str> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    if headers.contains_key(header::ORIGIN) {
        let ours = text(header::ORIGIN).is_some_and(|origin| hosts.has_origin(origin));
        return (!ours).then_some(
            "A page of another site sent this. Start the server with --allowed-host to allow one.",
        );
    }
    let site = text(header::HeaderName::from_static("sec-fetch-site"));
    let navigates = text(header::HeaderName::from_static("sec-fetch-mode")) == Some("navigate")
        && matches!(*request.method(), Method::GET | Method::HEAD)
        && !request.uri().path().starts_with("/api/")
        && !request.uri().path().starts_with("/aws/");
    // A link from elsewhere may open the page; nothing else may come from elsewhere.
    (matches!(site, Some("cross-site" | "same-site")) && !navigates)
        .then_some("A page of another site sent this.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_its_names() {
        let address = "127.0.0.2:8650".parse().unwrap();
        let hosts = Hosts::new(address, &["Flows.example:443".to_owned()]);
        for host in ["127.0.0.1:8650", "127.0.0.2:8650", "LOCALHOST:8650", "[::1]:8650", "flows.example:443"]
        {
            assert!(hosts.has(host), "{host}");
        }
        for host in ["127.0.0.1", "127.0.0.1:8651", "evil.test:8650", "127.0.0.1.nip.io:8650", ""] {
            assert!(!hosts.has(host), "{host}");
        }
        assert!(Hosts::new("127.0.0.1:80".parse().unwrap(), &[]).has("localhost"));
        assert!(hosts.has_origin("http://127.0.0.1:8650"));
        for origin in ["null", "http://evil.test", "file://", "http://127.0.0.1:8650.evil.test"] {
            assert!(!hosts.has_origin(origin), "{origin}");
        }
    }
}
