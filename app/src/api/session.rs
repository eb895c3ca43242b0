//! The session: a cookie that scripts cannot read, and a proof that pages of other origins cannot send.

use std::cell::RefCell;

use flow::wire::{About, SignIn, SignedIn};

use super::{Answer, request};
use crate::ui::browser;

/// Kept in local storage, so that a second tab is signed in.
const PROOF_KEY: &str = "anabranch.proof";

thread_local! {
    static ON_REFUSED: RefCell<Option<Box<dyn Fn()>>> = const { RefCell::new(None) };
}

/// What to do when the server no longer knows this session.
pub fn on_refused(act: impl Fn() + 'static) {
    ON_REFUSED.with(|slot| *slot.borrow_mut() = Some(Box::new(act)));
}

/// Exchanges the token of a sign-in link.
pub async fn sign_in(token: String) -> Answer<()> {
    let signed_in: SignedIn = request::post("/api/session", &SignIn { token }).await?;
    browser::store(PROOF_KEY, Some(&signed_in.proof));
    Ok(())
}

/// Ends the session.
pub async fn sign_out() -> Answer<()> {
    request::delete("/api/session").await?;
    browser::store(PROOF_KEY, None);
    Ok(())
}

/// What this server is. It also tells whether we are signed in.
pub async fn about() -> Answer<About> {
    request::get("/api/about").await
}

pub(super) fn proof() -> Option<String> {
    browser::stored(PROOF_KEY)
}

pub(super) fn refused() {
    ON_REFUSED.with(|slot| {
        if let Some(act) = slot.borrow().as_ref() {
            act();
        }
    });
}
