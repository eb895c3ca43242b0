//! PostgreSQL with pgvector: a real one, PGlite, behind a socket. The tests say so where it is not installed;
//! `ANABRANCH_REQUIRE_PGVECTOR=1` makes that a failure.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, OnceLock};

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use server::egress::Egress;
use server::knowledge::{PgVector, Postgres, VectorError, VectorStore as _};
use server::task::Supervisor;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::{is_away, keeps_the_contract, keeps_the_contract_elsewhere, set, vector};

pub const CERTIFICATE: &str = include_str!("certificate.pem");
const KEY: &str = include_str!("key.pem");

/// One for all tests. It ends with this process, whose end closes its standard input.
static SERVER: OnceLock<Option<(Child, u16)>> = OnceLock::new();

/// The server's port; none where it is not installed.
pub async fn port() -> Option<u16> {
    let started = tokio::task::spawn_blocking(|| SERVER.get_or_init(start).as_ref().map(|(_, port)| *port));
    let port = started.await.unwrap();
    if port.is_none() {
        let missing = "PGlite is not installed. `npm ci` in end2end brings it";
        assert!(
            std::env::var_os("ANABRANCH_REQUIRE_PGVECTOR").is_none_or(|wanted| wanted != "1"),
            "{missing}"
        );
        eprintln!("left out: {missing}");
    }
    port
}

fn start() -> Option<(Child, u16)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../end2end");
    if !folder.join("node_modules/@electric-sql/pglite-socket").is_dir() {
        return None;
    }
    let mut node = Command::new("node");
    node.arg("support/pglite.mjs").current_dir(folder).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut node = node.spawn().unwrap();
    let mut line = String::new();
    BufReader::new(node.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let port = line.trim().parse().unwrap_or_else(|_| panic!("PGlite did not start: {line}"));
    Some((node, port))
}

pub fn at(host: &str, port: u16) -> Postgres {
    Postgres {
        host: host.to_owned(),
        port,
        user: "postgres".to_owned(),
        database: "postgres".to_owned(),
        password: Some("postgres".to_owned()),
        tls: false,
        certificate: None,
        prefix: "contract".to_owned(),
    }
}

fn store(at: Postgres) -> PgVector {
    PgVector::new(Egress::new().unwrap(), Supervisor::default(), at)
}

#[tokio::test]
async fn pgvector_keeps_the_contract() {
    let Some(port) = port().await else { return };
    let store = store(at("127.0.0.1", port));
    let (first, second) = (set(1, "first"), set(2, "second"));
    keeps_the_contract(&store, &first, &second).await;
    keeps_the_contract_elsewhere(&store, &first, &second).await;
}

#[tokio::test]
async fn postgres_is_away_or_comes_back() {
    let Some(port) = port().await else { return };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let between = listener.local_addr().unwrap().port();
    let relay = tokio::spawn(relayed(listener, port, Wire::Plain));
    let (store, set) = (store(at("127.0.0.1", between)), set(1, "away"));
    store.begin(&set, 8).await.unwrap();
    store.put(&set, vec![(1, vector(1))]).await.unwrap();
    // The relay takes its connections along.
    relay.abort();
    assert!(relay.await.unwrap_err().is_cancelled());
    is_away(&store, &set).await;
    let listener = TcpListener::bind(("127.0.0.1", between)).await.unwrap();
    let _relay = tokio::spawn(relayed(listener, port, Wire::Plain));
    assert_eq!(store.nearest(&set, vector(1), 5, None).await.unwrap().len(), 1);
    store.forget(&set).await.unwrap();
}

#[tokio::test]
async fn a_private_connection_is_to_the_server_that_is_meant() {
    let Some(port) = port().await else { return };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let private = listener.local_addr().unwrap().port();
    let _relay = tokio::spawn(relayed(listener, port, Wire::Private));
    let by = |host: &str, port, certificate: Option<&str>| {
        let certificate = certificate.map(str::to_owned);
        store(Postgres { tls: true, certificate, ..at(host, port) })
    };
    let set = set(1, "private");
    let trusted = by("localhost", private, Some(CERTIFICATE));
    trusted.begin(&set, 8).await.unwrap();
    trusted.put(&set, vec![(1, vector(1))]).await.unwrap();
    assert_eq!(trusted.nearest(&set, vector(1), 5, None).await.unwrap().len(), 1);
    trusted.forget(&set).await.unwrap();
    for (host, port, certificate, said) in [
        // No authority of this machine's knows it; it is of another name; there is no TLS at all.
        ("localhost", private, None, "not the one it should be"),
        ("127.0.0.1", private, Some(CERTIFICATE), "not the one it should be"),
        ("localhost", port, Some(CERTIFICATE), "has no TLS"),
    ] {
        let refused = by(host, port, certificate).begin(&set, 8).await;
        assert!(matches!(&refused, Err(VectorError::Away(why)) if why.contains(said)), "{host}: {refused:?}");
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Wire {
    Plain,
    Private,
}

/// Passes on what comes to a port, as long as this is not dropped.
async fn relayed(listener: TcpListener, to: u16, wire: Wire) {
    let mut under_way = tokio::task::JoinSet::new();
    loop {
        let (mut stream, _) = listener.accept().await.unwrap();
        under_way.spawn(async move {
            let mut server = TcpStream::connect(("127.0.0.1", to)).await.unwrap();
            if wire == Wire::Plain {
                return tokio::io::copy_bidirectional(&mut stream, &mut server).await.map(drop);
            }
            let mut asked = [0; 8];
            stream.read_exact(&mut asked).await?;
            assert_eq!(asked, [0, 0, 0, 8, 4, 210, 22, 47], "what asks for TLS comes first");
            stream.write_all(b"S").await?;
            let mut stream = tls().accept(stream).await?;
            tokio::io::copy_bidirectional(&mut stream, &mut server).await.map(drop)
        });
    }
}

fn tls() -> tokio_rustls::TlsAcceptor {
    let certificate = CertificateDer::from_pem_slice(CERTIFICATE.as_bytes()).unwrap();
    let key = PrivateKeyDer::from_pem_slice(KEY.as_bytes()).unwrap();
    let config =
        rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate], key)
            .unwrap();
    Arc::new(config).into()
}
