//! Where a vector store is: what may be said of it, and what is meant.

use flow::wire::{USUAL_PREFIX, VectorPlace};
use percent_encoding::percent_decode_str;
use url::Url;

use crate::egress::has_certificate;
use crate::error::{Error, Result};
use crate::knowledge::Postgres;

const LONGEST_PREFIX: usize = 30;
const LONGEST_SECRET: usize = 4 * 1024;
const LONGEST_CERTIFICATE: usize = 256 * 1024;
const USUAL_PORT: u16 = 5432;
const EXAMPLE: &str = "postgres://anabranch@127.0.0.1:5432/anabranch";

/// The place with its parts trimmed, or what is wrong with them.
pub fn checked(place: VectorPlace) -> Result<VectorPlace> {
    Ok(match place {
        VectorPlace::Pgvector { address, tls, certificate, prefix } => {
            let certificate = certificate.map(|pem| pem.trim().to_owned()).filter(|pem| !pem.is_empty());
            if certificate
                .as_ref()
                .is_some_and(|pem| pem.len() > LONGEST_CERTIFICATE || !has_certificate(pem))
            {
                let message =
                    "Paste the certificate as PEM, with its lines BEGIN CERTIFICATE and END CERTIFICATE.";
                return Err(Error::invalid("certificate", message));
            }
            let (address, prefix) = (postgres_address(&address)?, checked_prefix(&prefix)?);
            VectorPlace::Pgvector { address, tls, certificate, prefix }
        }
        VectorPlace::Qdrant { address, prefix } => {
            VectorPlace::Qdrant { address: qdrant_address(&address)?, prefix: checked_prefix(&prefix)? }
        }
    })
}

/// A secret; none where it is empty.
pub fn checked_secret(secret: &str) -> Result<Option<String>> {
    if secret.len() > LONGEST_SECRET || secret.chars().any(char::is_control) {
        return Err(Error::invalid("secret", "A password or key is one line, of at most 4,096 characters."));
    }
    Ok(Some(secret.to_owned()).filter(|secret| !secret.is_empty()))
}

/// Whether a secret that was given for one place may be used for another.
pub fn keeps_secret(known: &VectorPlace, now: &VectorPlace) -> bool {
    match (known, now) {
        (
            VectorPlace::Pgvector { address, tls, .. },
            VectorPlace::Pgvector { address: to, tls: private, .. },
        ) => address == to && (*private || !tls),
        (VectorPlace::Qdrant { address, .. }, VectorPlace::Qdrant { address: to, .. }) => address == to,
        _ => false,
    }
}

/// What a checked address of PostgreSQL means.
pub fn postgres(place: &VectorPlace, password: Option<String>) -> Option<Postgres> {
    let VectorPlace::Pgvector { address, tls, certificate, prefix } = place else { return None };
    let url = Url::parse(address).ok()?;
    let plain = |text: &str| percent_decode_str(text).decode_utf8().ok().map(std::borrow::Cow::into_owned);
    let user = plain(url.username()).filter(|user| !user.is_empty())?;
    let database = plain(url.path().trim_matches('/')).filter(|database| !database.is_empty());
    Some(Postgres {
        host: url.host_str().filter(|host| !host.is_empty())?.trim_matches(['[', ']']).to_owned(),
        port: url.port().unwrap_or(USUAL_PORT),
        database: database.unwrap_or_else(|| user.clone()),
        user,
        password,
        tls: *tls,
        certificate: certificate.clone(),
        prefix: prefix.clone(),
    })
}

fn postgres_address(text: &str) -> Result<String> {
    let wrong = |message: String| Error::invalid("address", message);
    let url = Url::parse(text.trim()).ok().filter(|url| matches!(url.scheme(), "postgres" | "postgresql"));
    let url = url.ok_or_else(|| wrong(format!("Give the whole address, such as {EXAMPLE}.")))?;
    if url.password().is_some() {
        return Err(wrong("The password has a field of its own. Leave it out of the address.".to_owned()));
    }
    if url.query().is_some() || url.fragment().is_some() || url.path().trim_matches('/').contains('/') {
        return Err(wrong(format!("The address ends with the database's name, as in {EXAMPLE}.")));
    }
    let place = VectorPlace::Pgvector {
        address: url.to_string(),
        tls: true,
        certificate: None,
        prefix: USUAL_PREFIX.to_owned(),
    };
    match postgres(&place, None) {
        Some(_) => Ok(url.into()),
        None => Err(wrong(format!("The address has a user and a host, as in {EXAMPLE}."))),
    }
}

fn qdrant_address(text: &str) -> Result<String> {
    let wrong = |message: &str| Error::invalid("address", message);
    let url = Url::parse(text.trim()).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    let url = url.ok_or_else(|| wrong("Give the whole address, such as http://127.0.0.1:6333."))?;
    let named = !url.username().is_empty() || url.password().is_some();
    if named || url.query().is_some() || url.fragment().is_some() {
        return Err(wrong(
            "An address has no user name, password, ? or #. The API key has a field of its own.",
        ));
    }
    Ok(url.into())
}

/// It stands in statements and paths as it is.
fn checked_prefix(prefix: &str) -> Result<String> {
    let prefix = prefix.trim();
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let begins = prefix.starts_with(|c: char| c.is_ascii_lowercase());
    if begins && prefix.len() <= LONGEST_PREFIX && prefix.chars().all(fits) {
        return Ok(prefix.to_owned());
    }
    let message = "It begins with a small letter, and has small letters, digits and _, at most 30.";
    Err(Error::invalid("prefix", message))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pgvector(address: &str, tls: bool) -> VectorPlace {
        let prefix = USUAL_PREFIX.to_owned();
        VectorPlace::Pgvector { address: address.to_owned(), tls, certificate: None, prefix }
    }

    #[test]
    fn addresses_mean_what_they_say() {
        for (address, host, port, user, database) in [
            ("postgres://ann@db.example/shop", "db.example", 5432, "ann", "shop"),
            ("postgresql://ann%40x@[::1]:6000", "::1", 6000, "ann@x", "ann@x"),
        ] {
            let place = checked(pgvector(address, true)).unwrap();
            let at = postgres(&place, None).unwrap();
            assert_eq!(
                (at.host.as_str(), at.port, at.user.as_str(), at.database.as_str()),
                (host, port, user, database)
            );
        }
        for address in [
            "",
            "db.example",
            "postgres://db.example/x",
            "postgres://a:b@c/d",
            "postgres://a@b/c?sslmode=off",
            "http://a@b/c",
            "postgres://a@b/c/d",
            "postgres:///x",
        ] {
            assert!(checked(pgvector(address, true)).is_err(), "{address}");
        }
        for prefix in ["", "1a", "a-b", "A", "a;drop", &"a".repeat(31)] {
            let place =
                VectorPlace::Qdrant { address: "http://a:6333".to_owned(), prefix: prefix.to_owned() };
            assert!(checked(place).is_err(), "{prefix}");
        }
    }

    #[test]
    fn a_secret_goes_nowhere_else() {
        let known = pgvector("postgres://ann@db/shop", true);
        for (now, keeps) in [
            (pgvector("postgres://ann@db/shop", true), true),
            (pgvector("postgres://ann@db/shop", false), false),
            (pgvector("postgres://ann@other/shop", true), false),
            (VectorPlace::Qdrant { address: "http://db".to_owned(), prefix: "a".to_owned() }, false),
        ] {
            assert_eq!(keeps_secret(&known, &now), keeps, "{now:?}");
        }
    }
}
