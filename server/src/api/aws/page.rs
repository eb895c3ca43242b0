//! Pages of a list: at most ten items, whatever is asked for, as AWS has it.
//!
//! A page begins after the last item of the one before, by the item's key, so that what is added or deleted between
//! two calls neither repeats nor hides another item.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::error::Error;
use super::request::Request;

const MOST: usize = 10;

/// The page of these items that is asked for, by their keys, and the next one's token. `list` says what is listed: a
/// token is of no use elsewhere.
pub(super) fn page<T>(
    list: &'static str,
    request: &Request,
    mut items: Vec<T>,
    key: impl Fn(&T) -> String,
) -> Result<(Vec<T>, Option<String>), Error> {
    let most =
        request.number("maxResults").and_then(|most| usize::try_from(most).ok()).unwrap_or(MOST).min(MOST);
    items.sort_by_cached_key(&key);
    if let Some(token) = request.text("nextToken") {
        let after = URL_SAFE_NO_PAD.decode(token).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        let after = after.as_deref().and_then(|after| after.strip_prefix(list)?.strip_prefix('/'));
        let after =
            after.ok_or_else(|| Error::field("nextToken", "This is no token that this list answered."))?;
        items.retain(|item| key(item).as_str() > after);
    }
    let more = items.len() > most;
    items.truncate(most);
    let next =
        items.last().filter(|_| more).map(|last| URL_SAFE_NO_PAD.encode(format!("{list}/{}", key(last))));
    Ok((items, next))
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
