//! Idempotency: a token that was used before answers what it made then.

use super::Door;
use super::error::Error;

/// The id of what a call with this token made, under a place such as `versions/FLOW`.
pub(super) async fn made_before(
    door: &Door,
    place: &str,
    token: Option<&str>,
) -> Result<Option<String>, Error> {
    match token {
        Some(token) => Ok(door.app.service.made_with(place, token).await?),
        None => Ok(None),
    }
}

/// Remembers what a token made.
pub(super) async fn remember(door: &Door, place: &str, token: Option<&str>, made: &str) -> Result<(), Error> {
    match token {
        Some(token) => Ok(door.app.service.remember_made(place, token, made).await?),
        None => Ok(()),
    }
}
