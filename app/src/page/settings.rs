//! Settings of this browser, and what this server is.

mod canvas;
mod keys;

use leptos::prelude::*;
use leptos::task::spawn_local;

use self::canvas::CanvasChoices;
use self::keys::Keys;
use super::session::use_session;
use crate::ui::browser;
use crate::ui::icon::{Glyph, Icon};
use crate::ui::theme::{Choice, Theme};
use crate::ui::toast::use_toasts;

#[component]
pub fn SettingsPage() -> impl IntoView {
    browser::set_title("Settings");
    view! {
        <div class="bar">
            <h1>"Settings"</h1>
        </div>
        <div class="narrow">
            <Appearance />
            <CanvasChoices />
            <Keys />
            <About />
            <ForPrograms />
            <SignedIn />
        </div>
    }
}

#[component]
fn Appearance() -> impl IntoView {
    let theme: Theme = expect_context();
    view! {
        <section class="box" aria-labelledby="appearance">
            <header>
                <h2 id="appearance">"Appearance"</h2>
            </header>
            <div class="inside">
                <div class="segments fit" role="group" aria-labelledby="appearance">
                    {Choice::ALL
                        .into_iter()
                        .map(|choice| {
                            let glyph = match choice {
                                Choice::System => Glyph::System,
                                Choice::Light => Glyph::Light,
                                Choice::Dark => Glyph::Dark,
                            };
                            view! {
                                <button
                                    type="button"
                                    aria-pressed=move || (theme.choice() == choice).to_string()
                                    on:click=move |_| theme.choose(choice)
                                >
                                    <Icon glyph />
                                    {choice.label()}
                                </button>
                            }
                        })
                        .collect_view()}
                </div>
            </div>
        </section>
    }
}

#[component]
fn About() -> impl IntoView {
    let session = use_session();
    let about = Memo::new(move |_| session.about());
    view! {
        <section class="box" aria-labelledby="about">
            <header>
                <h2 id="about">"About"</h2>
            </header>
            <div class="inside">
                {move || {
                    about.get().map(|about| {
                        view! {
                            <dl class="pairs">
                                <dt>"Version"</dt>
                                <dd class="num">{about.version}</dd>
                                <dt>"Address"</dt>
                                <dd class="mono">{about.url}</dd>
                                <dt>"Data folder"</dt>
                                <dd class="mono">{about.data_folder}</dd>
                            </dl>
                        }
                    })
                }}
            </div>
        </section>
    }
}

#[component]
fn ForPrograms() -> impl IntoView {
    view! {
        <section class="box" aria-labelledby="programs">
            <header>
                <h2 id="programs">"For programs"</h2>
            </header>
            <div class="inside">
                <p class="dim">
                    "Everything this page does goes over the native API. Published flows also answer the Amazon Bedrock API, so programs that use an AWS SDK run unchanged after "
                    <code>"eval \"$(anabranch env)\""</code> "."
                </p>
                <p class="links">
                    <a class="link" href="/connect">
                        "Connect a program"
                    </a>
                    // Pages of the server, not of this app.
                    <a class="link" href="/api/docs" rel="external">
                        "API documentation"
                    </a>
                    <a class="link" href="/api/openapi.json" rel="external">
                        "OpenAPI document"
                    </a>
                </p>
            </div>
        </section>
    }
}

#[component]
fn SignedIn() -> impl IntoView {
    let session = use_session();
    let toasts = use_toasts();
    let sign_out = move |_| {
        spawn_local(async move {
            if let Err(error) = session.sign_out().await {
                toasts.fail(error);
            }
        });
    };
    view! {
        <section class="box" aria-labelledby="session">
            <header>
                <h2 id="session">"This browser"</h2>
            </header>
            <div class="inside">
                <p class="dim">
                    "It is signed in. After signing out, " <code>"anabranch open"</code> " lets it in again."
                </p>
                <div>
                    <button type="button" class="btn" on:click=sign_out>
                        "Sign out"
                    </button>
                </div>
            </div>
        </section>
    }
}
