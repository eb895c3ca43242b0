//! The dialog that makes or changes a connection. A stored key is never shown; what is typed replaces it.

use flow::wire::{Connection, ConnectionTest, PutConnection};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::Page;
use super::list::Outcome;
use crate::api;
use crate::ui::dialog::Dialog;
use crate::ui::toast::use_toasts;

#[component]
pub fn EditConnection(
    /// The one to change; none to make one.
    #[prop(optional)]
    connection: Option<Connection>,
) -> impl IntoView {
    let page: Page = expect_context();
    let toasts = use_toasts();
    let is_new = connection.is_none();
    let had_key = connection.as_ref().is_some_and(|connection| connection.has_key);
    let known = connection.unwrap_or_else(blank);
    let title = if is_new { "Add connection".to_owned() } else { format!("Edit {}", known.name) };
    let name = RwSignal::new(known.name);
    let base_url = RwSignal::new(known.base_url);
    let default_model = RwSignal::new(known.default_model.unwrap_or_default());
    let key = RwSignal::new(String::new());
    let forget_key = RwSignal::new(false);
    let busy = RwSignal::new(false);
    let wrong = RwSignal::new(None::<String>);
    // Saved, but it does not answer: the person decides whether that is right.
    let tried = RwSignal::new(None::<ConnectionTest>);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        busy.set(true);
        wrong.set(None);
        let connection = PutConnection {
            base_url: base_url.get_untracked().trim().to_owned(),
            key: key_to_send(&key.get_untracked(), forget_key.get_untracked()),
            default_model: given(&default_model.get_untracked()),
        };
        let name = name.get_untracked().trim().to_owned();
        spawn_local(async move {
            match put_and_try(&name, &connection).await {
                Ok(test) if test.ok => {
                    toasts.say(format!("Saved {name}. {}", test.message));
                    page.reload();
                    page.open.set(None);
                }
                Ok(test) => {
                    page.reload();
                    tried.set(Some(test));
                }
                Err(error) => wrong.set(Some(error.to_string())),
            }
            busy.try_set(false);
        });
    };
    view! {
        <Dialog title on_close=page.close()>
            <form class="form" on:submit=submit>
                <div class="field">
                    <label for="connection-name">"Name"</label>
                    <input
                        id="connection-name"
                        class="input"
                        required
                        autofocus=is_new
                        readonly=!is_new
                        placeholder="openai"
                        autocomplete="off"
                        pattern="[A-Za-z0-9_\\-]+"
                        title="Letters, digits, - and _"
                        prop:value=name
                        on:input=move |event| name.set(event_target_value(&event))
                    />
                    <span class="hint">
                        "Prompts name its models as "
                        <code>
                            {move || if name.get().is_empty() { "name".to_owned() } else { name.get() }} "/model"
                        </code> "."
                    </span>
                </div>
                <div class="field">
                    <label for="connection-url">"Address"</label>
                    <input
                        id="connection-url"
                        class="input mono"
                        type="url"
                        required
                        placeholder="https://api.openai.com/v1"
                        prop:value=base_url
                        on:input=move |event| base_url.set(event_target_value(&event))
                    />
                    <span class="hint">"Where its OpenAI-compatible API begins."</span>
                </div>
                <div class="two">
                    <div class="field">
                        <label for="connection-key">"Key"</label>
                        <input
                            id="connection-key"
                            class="input mono"
                            type="password"
                            autocomplete="off"
                            placeholder=if had_key { "unchanged" } else { "none" }
                            disabled=forget_key
                            prop:value=key
                            on:input=move |event| key.set(event_target_value(&event))
                        />
                        {had_key
                            .then(|| {
                                view! {
                                    <label class="check">
                                        <input
                                            type="checkbox"
                                            on:change=move |event| forget_key.set(event_target_checked(&event))
                                        />
                                        "Remove the stored key"
                                    </label>
                                }
                            })}
                    </div>
                    <div class="field">
                        <label for="connection-model">"Usual model"</label>
                        <input
                            id="connection-model"
                            class="input mono"
                            autocomplete="off"
                            placeholder="gpt-4o-mini"
                            prop:value=default_model
                            on:input=move |event| default_model.set(event_target_value(&event))
                        />
                    </div>
                </div>
                <p class="dim small">"The key is kept encrypted on the server and sent to this address only."</p>
                {move || wrong.get().map(|wrong| view! { <p class="wrong" role="alert">{wrong}</p> })}
                {move || {
                    tried.get().map(|test| {
                        view! {
                            <div class="notice bad">
                                <div>
                                    "It is saved, but it does not work yet." <Outcome outcome=Ok(test) />
                                </div>
                            </div>
                        }
                    })
                }}
                <div class="actions">
                    <button type="button" class="btn" on:click=move |_| page.open.set(None)>
                        {move || if tried.get().is_some() { "Close" } else { "Cancel" }}
                    </button>
                    <button type="submit" class="btn primary" disabled=busy>
                        "Save and test"
                    </button>
                </div>
            </form>
        </Dialog>
    }
}

async fn put_and_try(name: &str, connection: &PutConnection) -> api::Answer<ConnectionTest> {
    api::connections::put(name, connection).await?;
    api::connections::test(name).await
}

fn blank() -> Connection {
    Connection {
        name: String::new(),
        base_url: String::new(),
        has_key: false,
        key_hint: None,
        default_model: None,
        from_environment: false,
    }
}

/// Absent keeps the stored key, empty removes it.
fn key_to_send(typed: &str, forget: bool) -> Option<String> {
    if forget { Some(String::new()) } else { given(typed) }
}

fn given(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_untouched_key_stays() {
        assert_eq!(key_to_send("", false), None);
        assert_eq!(key_to_send(" sk-1 ", false), Some("sk-1".into()));
        assert_eq!(key_to_send("sk-1", true), Some(String::new()));
    }
}
