//! Connections of other protocols than HTTP: to the same addresses that calls may go to, and as safe.

use std::net::SocketAddr;
use std::sync::Arc;

use rustls::ClientConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls_platform_verifier::BuilderVerifierExt as _;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::{CONNECT, Egress, Error, Reach, allowed, unwrap};

impl Egress {
    /// Opens a connection to a host, which is a name or an address.
    ///
    /// # Errors
    /// The address is not allowed, or nothing answers there.
    pub async fn dial(&self, host: &str, port: u16, reach: Reach) -> Result<TcpStream, Error> {
        let place = format!("{host}:{port}");
        let found = tokio::time::timeout(CONNECT, tokio::net::lookup_host((host, port))).await;
        let found = found.map_err(|_| Error::TimedOut(place.clone()))?;
        let found: Vec<SocketAddr> = found.map_err(|_| Error::Unreachable(place.clone()))?.collect();
        let own = |address: &SocketAddr| {
            unwrap(address.ip()).is_loopback() && self.own.read().iter().any(|own| own.port() == port)
        };
        if found.iter().any(own) {
            return Err(Error::Denied(place, "it is this server itself"));
        }
        let checked: Vec<SocketAddr> =
            found.into_iter().filter(|address| allowed(address.ip(), reach)).collect();
        if checked.is_empty() {
            return Err(Error::Denied(place, "no address of this name may be called"));
        }
        let opened = tokio::time::timeout(CONNECT, TcpStream::connect(checked.as_slice())).await;
        let opened = opened.map_err(|_| Error::TimedOut(place.clone()))?;
        let stream = opened.map_err(|_| Error::Unreachable(place.clone()))?;
        stream.set_nodelay(true).map_err(|_| Error::Broken(place))?;
        Ok(stream)
    }

    /// Makes a connection private, to a server that shows a certificate of this host: one that this machine trusts, or
    /// that is trusted by these certificates (PEM), where some are given.
    ///
    /// # Errors
    /// It shows another, or breaks off.
    pub async fn secure(
        &self,
        stream: TcpStream,
        host: &str,
        trusted: Option<&str>,
    ) -> Result<TlsStream<TcpStream>, Error> {
        let wrong = |why: String| Error::Untrusted(host.to_owned(), why);
        let name = ServerName::try_from(host.to_owned()).map_err(|error| wrong(error.to_string()))?;
        let config = match trusted {
            None => by_this_machine().map_err(|error| wrong(error.to_string()))?,
            Some(pem) => by(pem).map_err(wrong)?,
        };
        let securing = TlsConnector::from(Arc::new(config)).connect(name, stream);
        let secured = tokio::time::timeout(CONNECT, securing).await;
        secured.map_err(|_| Error::TimedOut(host.to_owned()))?.map_err(|error| wrong(error.to_string()))
    }
}

/// Whether there is a certificate in a text of PEM.
pub fn has_certificate(pem: &str) -> bool {
    CertificateDer::pem_slice_iter(pem.as_bytes()).any(|certificate| certificate.is_ok())
}

fn by_this_machine() -> Result<ClientConfig, rustls::Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    Ok(config.with_platform_verifier()?.with_no_client_auth())
}

fn by(pem: &str) -> Result<ClientConfig, String> {
    let mut roots = rustls::RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
        let certificate = certificate.map_err(|error| error.to_string())?;
        roots.add(certificate).map_err(|error| error.to_string())?;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = config.map_err(|error| error.to_string())?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn other_protocols_go_no_further_than_calls_do() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let egress = Egress::new().unwrap();
        for (host, reach, opens) in [
            ("127.0.0.1", Reach::Trusted, true),
            ("localhost", Reach::Trusted, true),
            ("127.0.0.1", Reach::Public, false),
            ("localhost", Reach::Public, false),
            ("169.254.169.254", Reach::Trusted, false),
            ("0.0.0.0", Reach::Trusted, false),
        ] {
            let dialled = egress.dial(host, address.port(), reach).await;
            assert_eq!(dialled.is_ok(), opens, "{host}: {dialled:?}");
            assert!(opens || matches!(dialled, Err(Error::Denied(..))), "{host}: {dialled:?}");
        }
        egress.forbid(address);
        for host in ["127.0.0.1", "localhost", "::ffff:127.0.0.1"] {
            let dialled = egress.dial(host, address.port(), Reach::Trusted).await;
            assert!(matches!(dialled, Err(Error::Denied(..))), "{host}: {dialled:?}");
        }
    }
}
