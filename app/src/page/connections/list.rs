//! The connections, a try of each, and servers that were found.

use flow::wire::{Connection, ConnectionTest, FoundServer, PutConnection};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::{Open, Page};
use crate::api;
use crate::ui::dialog::Confirm;
use crate::ui::format::{count, excerpt};
use crate::ui::toast::use_toasts;

#[component]
pub fn Connections(connections: Vec<Connection>) -> impl IntoView {
    let none = connections.is_empty();
    view! {
        <section class="box" aria-labelledby="connections-heading">
            <header>
                <h2 id="connections-heading">"Your connections"</h2>
            </header>
            {none
                .then(|| {
                    view! {
                        <p class="inside dim">
                            "None yet. A connection is any place that speaks the OpenAI API: OpenAI itself, Ollama, vLLM, llama.cpp, LM Studio."
                        </p>
                    }
                })}
            {connections.into_iter().map(|connection| view! { <Row connection /> }).collect_view()}
        </section>
    }
}

#[component]
fn Row(connection: Connection) -> impl IntoView {
    let page: Page = expect_context();
    let tested = RwSignal::new(None::<Result<ConnectionTest, String>>);
    let busy = RwSignal::new(false);
    let name = connection.name.clone();
    let test = move |_| {
        busy.set(true);
        let name = name.clone();
        spawn_local(async move {
            let outcome = api::connections::test(&name).await.map_err(|error| error.to_string());
            tested.try_set(Some(outcome));
            busy.try_set(false);
        });
    };
    let key = match (&connection.key_hint, connection.has_key) {
        (Some(hint), true) => format!("key …{hint}"),
        (None, true) => "with a key".to_owned(),
        (_, false) => "no key".to_owned(),
    };
    let model = connection.default_model.as_ref().map(|model| format!(" · {model}")).unwrap_or_default();
    let fixed = connection.from_environment;
    let stored = StoredValue::new(connection.clone());
    view! {
        <div class="line-item">
            <div class="about">
                <b>
                    {connection.name} " "
                    {fixed.then(|| view! { <span class="chip">"from the environment"</span> })}
                </b>
                <span class="dim small">
                    <span class="mono">{connection.base_url}</span>
                    " · "
                    {key}
                    {model}
                </span>
            </div>
            <button type="button" class="btn" disabled=busy on:click=test>
                {move || if busy.get() { "Testing…" } else { "Test" }}
            </button>
            {(!fixed)
                .then(|| {
                    view! {
                        <button
                            type="button"
                            class="btn"
                            on:click=move |_| page.open.set(Some(Open::Edit(stored.get_value())))
                        >
                            "Edit"
                        </button>
                        <button
                            type="button"
                            class="btn danger"
                            on:click=move |_| page.open.set(Some(Open::Delete(stored.get_value())))
                        >
                            "Delete"
                        </button>
                    }
                })}
            {move || tested.get().map(|outcome| view! { <Outcome outcome /> })}
        </div>
    }
}

/// What a try of a connection found.
#[component]
pub fn Outcome(outcome: Result<ConnectionTest, String>) -> impl IntoView {
    let (ok, message, models) = match outcome {
        Ok(test) => (test.ok, test.message, test.models),
        Err(why) => (false, why, Vec::new()),
    };
    let models = (!models.is_empty()).then(|| excerpt(&models.join(", "), 160));
    view! {
        <p class="result" class:ok=ok class:bad=!ok role="status">
            {message}
            {models.map(|models| view! { <span class="dim">" " {models}</span> })}
        </p>
    }
}

/// Model servers that answer on this machine: one click connects each.
#[component]
pub fn Found() -> impl IntoView {
    let page: Page = expect_context();
    move || {
        let found = page.found();
        (!found.is_empty()).then(|| {
            view! {
                <section class="box" aria-labelledby="found-heading">
                    <header>
                        <h2 id="found-heading">"Found on this machine"</h2>
                    </header>
                    {found.into_iter().map(|server| view! { <FoundRow server /> }).collect_view()}
                </section>
            }
        })
    }
}

#[component]
fn FoundRow(server: FoundServer) -> impl IntoView {
    let page: Page = expect_context();
    let toasts = use_toasts();
    let models = match server.models.as_slice() {
        [] => "no models yet".to_owned(),
        models => format!("{}: {}", count(models.len() as u64, "model"), excerpt(&models.join(", "), 90)),
    };
    let connection = PutConnection {
        base_url: server.base_url.clone(),
        key: None,
        default_model: server.models.first().cloned(),
    };
    let name = server.name.clone();
    let connect = move |_| {
        let (name, connection) = (name.clone(), connection.clone());
        spawn_local(async move {
            match api::connections::put(&name, &connection).await {
                Ok(connection) => {
                    toasts.say(format!("Connected {}.", connection.name));
                    page.reload();
                }
                Err(error) => toasts.fail(error),
            }
        });
    };
    let label = format!("Connect {}", server.name);
    view! {
        <div class="line-item">
            <div class="about">
                <b>{server.name}</b>
                <span class="dim small">
                    <span class="mono">{server.base_url}</span>
                    " · "
                    {models}
                </span>
            </div>
            <button type="button" class="btn primary" aria-label=label on:click=connect>
                "Connect"
            </button>
        </div>
    }
}

#[component]
pub fn DeleteConnection(connection: Connection) -> impl IntoView {
    let page: Page = expect_context();
    let toasts = use_toasts();
    let title = format!("Delete the connection “{}”?", connection.name);
    let message = format!(
        "Its key goes with it. Prompts whose model is {}/… will fail until it is back.",
        connection.name
    );
    let name = StoredValue::new(connection.name);
    let delete = Callback::new(move |()| {
        let name = name.get_value();
        spawn_local(async move {
            match api::connections::delete(&name).await {
                Ok(()) => page.reload(),
                Err(error) => toasts.fail(error),
            }
            page.open.set(None);
        });
    });
    view! { <Confirm title message action="Delete" on_confirm=delete on_close=page.close() /> }
}
