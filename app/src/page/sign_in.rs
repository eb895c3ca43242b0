//! What is shown to someone who is not signed in, or while the server does not answer.

use leptos::prelude::*;

use super::session::use_session;
use crate::api::Error;
use crate::ui::browser;

/// One calm card that says how to get in.
#[component]
pub fn SignIn(
    /// Why a sign-in that was tried did not work.
    why: Option<String>,
) -> impl IntoView {
    browser::set_title("Sign in");
    // A link that is pasted into this very tab changes the fragment alone, and loads nothing.
    let session = use_session();
    let pasted = window_event_listener(leptos::ev::hashchange, move |_| session.begin());
    on_cleanup(move || pasted.remove());
    view! {
        <main class="alone" id="main" tabindex="-1">
            <div class="panel card-alone">
                <div class="logo"><i aria-hidden="true"></i>"Anabranch"</div>
                <h1>"Sign in"</h1>
                {why.map(|why| view! { <p class="notice bad" role="alert">{why}</p> })}
                <p>"On the machine where Anabranch runs, open a terminal and type:"</p>
                <div class="codebox"><pre><code>"anabranch open"</code></pre></div>
                <p class="dim">
                    "It prints a link that signs this browser in, once, and opens it where there is a desktop. No password is needed, and none exists."
                </p>
            </div>
        </main>
    }
}

/// The server does not answer.
#[component]
pub fn Unreachable(error: Error) -> impl IntoView {
    let session = use_session();
    browser::set_title("No answer");
    view! {
        <main class="alone" id="main" tabindex="-1">
            <div class="panel card-alone">
                <div class="logo"><i aria-hidden="true"></i>"Anabranch"</div>
                <h1>"No answer"</h1>
                <p role="alert">{error.to_string()}</p>
                <div>
                    <button type="button" class="btn primary" on:click=move |_| session.begin()>
                        "Try again"
                    </button>
                </div>
            </div>
        </main>
    }
}
