//! Pages of a list: at most ten items, whatever is asked for, as AWS has it.
//!
//! A page begins after the last item of the one before, by the item's key, so that what is added or deleted between
//! two calls neither repeats nor hides another item.

use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::error::Error;
use super::request::Request;

const MOST: usize = 10;

/// The page of these items that is asked for, by their keys, and the next one's token. `list` says what is listed: a
/// token is of no use elsewhere.
pub(super) fn page<T>(
    list: &str,
    request: &Request,
    mut items: Vec<T>,
    key: impl Fn(&T) -> String,
) -> Result<(Vec<T>, Option<String>), Error> {
    let most = most(request);
    items.sort_by_cached_key(&key);
    if let Some(after) = after(list, request)? {
        items.retain(|item| key(item) > after);
    }
    let more = items.len() > most;
    items.truncate(most);
    let next = items.last().filter(|_| more).map(|last| token(list, &key(last)));
    Ok((items, next))
}

/// How many items a page is to have.
pub(super) fn most(request: &Request) -> usize {
    request.number("maxResults").and_then(|most| usize::try_from(most).ok()).unwrap_or(MOST).min(MOST)
}

/// The token that a list goes on by after this key.
pub(super) fn token(list: &str, key: &str) -> String {
    URL_SAFE_NO_PAD.encode(format!("{list}/{key}"))
}

/// The place that the request's token stands for, of a list whose keys are `number/rest`; none without a token.
pub(super) fn position<T: FromStr>(list: &str, request: &Request) -> Result<Option<(u64, T)>, Error> {
    let Some(key) = after(list, request)? else { return Ok(None) };
    let place =
        key.split_once('/').and_then(|(number, rest)| Some((number.parse().ok()?, rest.parse().ok()?)));
    place.map(Some).ok_or_else(no_token)
}

/// The key that the request's token stands for; none without a token.
pub(super) fn after(list: &str, request: &Request) -> Result<Option<String>, Error> {
    let Some(token) = request.text("nextToken") else { return Ok(None) };
    let key = URL_SAFE_NO_PAD.decode(token).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let key = key.as_deref().and_then(|key| key.strip_prefix(list)?.strip_prefix('/'));
    key.map(|key| Some(key.to_owned())).ok_or_else(no_token)
}

fn no_token() -> Error {
    Error::field("nextToken", "This is no token that this list answered.")
}

/// A key by which later times come first.
pub(super) fn newest_first(at: u64, id: &str) -> String {
    format!("{:020}/{id}", u64::MAX - at)
}

#[cfg(test)]
mod tests {
    use axum::body::Bytes;
    use axum::http::HeaderMap;

    use super::*;
    use crate::api::aws::operation::find;

    fn asked(query: &str) -> Result<Request, Error> {
        Request::new(&find("GET", "/flows").unwrap(), Some(query), &HeaderMap::new(), Bytes::new())
    }

    #[test]
    fn pages_hold_every_item_once() {
        let mut token = None;
        let mut seen = Vec::new();
        loop {
            let query = token.map_or("maxResults=1000".to_owned(), |token| format!("nextToken={token}"));
            let request = asked(&query).unwrap();
            let (items, next) =
                page("numbers", &request, (0..25).rev().collect(), |n| format!("{n:03}")).unwrap();
            assert!(items.len() <= MOST);
            seen.extend(items);
            token = next;
            if token.is_none() {
                break;
            }
        }
        assert_eq!(seen, (0..25).collect::<Vec<_>>());
        for bad in ["maxResults=0", "maxResults=x", "nextToken=x"] {
            let answer = asked(bad).and_then(|request| page("numbers", &request, vec![1], |_| String::new()));
            assert!(answer.is_err(), "{bad}");
        }
    }
}
