//! The canonical request: what is signed.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::{Head, Refusal};

/// What stays as it is when a path that is percent-encoded already is encoded once more.
const PATH: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// Everything up to the payload's digest.
pub(super) fn head(head: &Head<'_>, query: &str, signed: &[&str]) -> Result<Vec<u8>, Refusal> {
    let mut canonical = Vec::with_capacity(512);
    canonical.extend_from_slice(head.method.as_bytes());
    canonical.push(b'\n');
    canonical.extend_from_slice(path(head.path)?.as_bytes());
    canonical.push(b'\n');
    canonical.extend_from_slice(sorted(query).as_bytes());
    canonical.push(b'\n');
    for name in signed {
        canonical.extend_from_slice(name.as_bytes());
        canonical.push(b':');
        for (at, value) in head.values(name).into_iter().enumerate() {
            if at > 0 {
                canonical.push(b',');
            }
            collapse(value, &mut canonical);
        }
        canonical.push(b'\n');
    }
    canonical.push(b'\n');
    canonical.extend_from_slice(signed.join(";").as_bytes());
    canonical.push(b'\n');
    Ok(canonical)
}

/// Whether the query holds parts of a signature.
pub(super) fn is_signed_address(query: &str) -> bool {
    query.split('&').any(|pair| {
        let name: Cow<'_, [u8]> = percent_decode_str(pair.split('=').next().unwrap_or_default()).into();
        [&b"x-amz-signature"[..], b"x-amz-algorithm", b"x-amz-credential"]
            .iter()
            .any(|part| name.eq_ignore_ascii_case(part))
    })
}

/// Clients shorten dotted and empty parts before they sign, in ways that differ; no operation here has any.
fn path(path: &str) -> Result<String, Refusal> {
    let inner = path.strip_prefix('/').ok_or(Refusal::Path)?;
    let inner = inner.strip_suffix('/').unwrap_or(inner);
    if inner.split('/').any(|part| matches!(part, "." | "..") || (part.is_empty() && !inner.is_empty())) {
        return Err(Refusal::Path);
    }
    Ok(utf8_percent_encode(path, &PATH).to_string())
}

/// The query's pairs as they are on the wire, by name and then by value.
fn sorted(query: &str) -> String {
    let mut pairs: Vec<(&str, &str)> = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .collect();
    pairs.sort_unstable();
    pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
}

/// A header's value without spaces at its ends, and with single ones inside.
fn collapse(value: &[u8], canonical: &mut Vec<u8>) {
    let parts = value.split(|byte| *byte == b' ').filter(|part| !part.is_empty());
    for (at, part) in parts.enumerate() {
        if at > 0 {
            canonical.push(b' ');
        }
        canonical.extend_from_slice(part);
    }
}
