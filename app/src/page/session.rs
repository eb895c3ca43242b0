//! Who is signed in. A link with `#login=TOKEN` signs in once; the proof in local storage signs in later tabs.

use flow::wire::About;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api::{self, Error};
use crate::ui::browser;

/// How the session stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum State {
    #[default]
    Checking,
    SignedIn,
    /// With the reason, where a sign-in was tried.
    SignedOut(Option<String>),
    Unreachable(Error),
}

/// The session, as a context.
#[derive(Clone, Copy)]
pub struct Session {
    state: RwSignal<State>,
    about: RwSignal<Option<About>>,
}

impl Session {
    pub fn provide() -> Self {
        let session = Self { state: RwSignal::new(State::default()), about: RwSignal::new(None) };
        provide_context(session);
        api::session::on_refused(move || session.set(State::SignedOut(None)));
        session
    }

    pub fn state(self) -> State {
        self.state.get()
    }

    /// What this server is, as last heard.
    pub fn about(self) -> Option<About> {
        self.about.get()
    }

    /// Signs in by the address's token where there is one, else by what this browser kept.
    pub fn begin(self) {
        let token = browser::fragment().strip_prefix("login=").map(str::to_owned);
        if token.is_some() {
            // Before the exchange, so that a reload or a bookmark never carries the token.
            browser::clear_fragment();
        }
        spawn_local(async move {
            let mut refused = None;
            if let Some(token) = token {
                refused = api::session::sign_in(token).await.err();
            }
            match api::session::about().await {
                Ok(about) => self.welcome(about),
                Err(error) if error.status() == Some(401) => {
                    self.set(State::SignedOut(refused.map(|error| error.to_string())));
                }
                Err(error) => self.set(State::Unreachable(error)),
            }
        });
    }

    /// Asks again what this server is; a failure changes nothing.
    pub async fn refresh(self) {
        if let Ok(about) = api::session::about().await
            && self.about.with_untracked(|known| known.as_ref() != Some(&about))
        {
            self.about.set(Some(about));
        }
    }

    pub async fn sign_out(self) -> Result<(), Error> {
        api::session::sign_out().await?;
        self.set(State::SignedOut(None));
        Ok(())
    }

    fn welcome(self, about: About) {
        self.about.set(Some(about));
        self.set(State::SignedIn);
    }

    /// Equal news must not draw the pages anew.
    fn set(self, state: State) {
        if self.state.with_untracked(|current| *current != state) {
            self.state.set(state);
        }
    }
}

/// The context of the session.
pub fn use_session() -> Session {
    expect_context()
}
