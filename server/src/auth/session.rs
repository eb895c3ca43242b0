//! Browser sessions: a one-time sign-in link, then a cookie and a proof.
//!
//! On a loopback address a cookie goes to every port, so it proves nothing alone: each request also carries the proof
//! in a header, which another page cannot read or send.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;

use super::{digest, same};
use crate::store::{self, SessionRow, Store};
use crate::{clock, id};

/// A sign-in link works for ten minutes, once.
const LINK: u64 = 10 * 60 * 1000;
/// A session ends when it was not used for twelve hours, and after seven days.
const IDLE: i64 = 12 * 3600 * 1000;
const LONGEST: i64 = 7 * 24 * 3600 * 1000;
/// How often the last use is written down.
const TOUCH: i64 = 5 * 60 * 1000;

/// Signs browsers in.
#[derive(Clone, Debug)]
pub struct Sessions {
    store: Store,
    /// Digests of the links that were made and not used, and until when they work.
    links: Arc<Mutex<HashMap<String, u64>>>,
}

/// A new session's two secrets.
#[derive(Clone, Debug)]
pub struct Secrets {
    /// For the cookie.
    pub token: String,
    /// For the header.
    pub proof: String,
}

/// Why there is no session.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("This sign-in link was used already or is too old. Run: anabranch open")]
    Link,
    #[error(transparent)]
    Store(#[from] store::Error),
    #[error(transparent)]
    Randomness(#[from] id::NoRandomness),
}

impl Sessions {
    /// Sessions of this store.
    pub fn new(store: Store) -> Self {
        Self { store, links: Arc::default() }
    }

    /// A token for a sign-in link.
    ///
    /// # Errors
    /// There is no randomness.
    pub fn link(&self) -> Result<String, id::NoRandomness> {
        let token = id::secret()?;
        let now = clock::now();
        let mut links = self.links.lock();
        links.retain(|_, until| *until > now);
        links.insert(digest(&token), now + LINK);
        Ok(token)
    }

    /// Exchanges a link's token for a session.
    ///
    /// # Errors
    /// The link does not work any more.
    pub async fn sign_in(&self, token: &str) -> Result<Secrets, Error> {
        let until = self.links.lock().remove(&digest(token));
        let now = clock::now();
        if until.is_none_or(|until| until <= now) {
            return Err(Error::Link);
        }
        let secrets = Secrets { token: id::secret()?, proof: id::secret()? };
        let at = i64::try_from(now).unwrap_or(i64::MAX);
        let session = SessionRow {
            token_digest: digest(&secrets.token),
            proof_digest: digest(&secrets.proof),
            created_at: at,
            used_at: at,
        };
        self.store.insert_session(session, at - IDLE).await?;
        Ok(secrets)
    }

    /// Whether a cookie and a proof belong to a session that is not over.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn verify(&self, token: &str, proof: &str) -> Result<bool, store::Error> {
        let token_digest = digest(token);
        let Some(session) = self.store.session(&token_digest).await? else { return Ok(false) };
        let now = i64::try_from(clock::now()).unwrap_or(i64::MAX);
        if now - session.used_at > IDLE || now - session.created_at > LONGEST {
            self.store.delete_session(token_digest).await?;
            return Ok(false);
        }
        if !same(&session.proof_digest, &digest(proof)) {
            return Ok(false);
        }
        if now - session.used_at > TOUCH {
            self.store.touch_session(token_digest, clock::now()).await?;
        }
        Ok(true)
    }

    /// Ends a session.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn sign_out(&self, token: &str) -> Result<(), store::Error> {
        self.store.delete_session(digest(token)).await
    }
}
