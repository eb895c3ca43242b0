//! MCP servers: where they are, and what tools they say they have.

use flow::wire::{McpServer, McpServerList, McpTools, PutMcpServer};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::{Open, Page};
use crate::api;
use crate::ui::dialog::{Confirm, Dialog};
use crate::ui::headers::{HeaderRows, Headers, named};
use crate::ui::save::{SaveRow, Saving};
use crate::ui::section::Section;
use crate::ui::toast::use_toasts;

#[component]
pub fn Servers() -> impl IntoView {
    let page: Page = expect_context();
    let lines = |list: McpServerList| {
        match list.servers.is_empty() {
        true => view! {
            <div class="inside dim">
                <p>
                    "None yet. A server that speaks the Model Context Protocol over HTTP has tools that agents can call."
                </p>
            </div>
        }
        .into_any(),
        false => list.servers.into_iter().map(|server| view! { <Row server /> }).collect_view().into_any(),
    }
    };
    view! {
        <Section
            id="servers"
            title="MCP servers"
            add="Add a server"
            on_add=Callback::new(move |()| page.open.set(Some(Open::NewServer)))
            list=page.servers
            on_retry=Callback::new(move |()| page.reload())
            lines
        />
    }
}

#[component]
fn Row(server: McpServer) -> impl IntoView {
    let page: Page = expect_context();
    let found = RwSignal::new(None::<Result<McpTools, String>>);
    let busy = RwSignal::new(false);
    let does = |what: &str| format!("{what} {}", server.name);
    let (ask_label, edit_label, delete_label) = (does("List the tools of"), does("Edit"), does("Delete"));
    let headers = server.headers.iter().map(|header| format!(" · {}", named(header))).collect::<String>();
    let (edit, delete) =
        (page.opens(Open::EditServer(server.clone())), page.opens(Open::DeleteServer(server.clone())));
    let name = StoredValue::new(server.name.clone());
    let ask = move |_| {
        busy.set(true);
        let name = name.get_value();
        spawn_local(async move {
            found.try_set(Some(api::agents::tools(&name).await.map_err(|error| error.to_string())));
            busy.try_set(false);
        });
    };
    view! {
        <div class="line-item">
            <div class="about">
                <b>{server.name}</b>
                <span class="dim small">
                    <span class="mono">{server.url}</span>
                    {headers}
                </span>
            </div>
            <button type="button" class="btn" aria-label=ask_label disabled=busy on:click=ask>
                {move || if busy.get() { "Asking…" } else { "List tools" }}
            </button>
            <button type="button" class="btn" aria-label=edit_label on:click=edit>
                "Edit"
            </button>
            <button type="button" class="btn danger" aria-label=delete_label on:click=delete>
                "Delete"
            </button>
            {move || found.get().map(|found| view! { <Found found /> })}
        </div>
    }
}

/// What a server says that it has.
#[component]
pub fn Found(found: Result<McpTools, String>) -> impl IntoView {
    let (ok, message, tools) = match found {
        Ok(found) => (found.ok, found.message, found.tools),
        Err(why) => (false, why, Vec::new()),
    };
    view! {
        <div class="result" class:ok=ok class:bad=!ok role="status">
            <p>{message}</p>
            <ul class="tool-list">
                {tools
                    .into_iter()
                    .map(|tool| {
                        view! {
                            <li>
                                <span class="mono">{tool.name}</span>
                                " "
                                <span class="dim">{tool.description}</span>
                            </li>
                        }
                    })
                    .collect_view()}
            </ul>
        </div>
    }
}

#[component]
pub fn EditServer(
    /// The one to change; none to add one.
    #[prop(optional)]
    server: Option<McpServer>,
) -> impl IntoView {
    let page: Page = expect_context();
    let toasts = use_toasts();
    let is_new = server.is_none();
    let title = if is_new { "Add an MCP server" } else { "Change the MCP server" };
    let known = server.unwrap_or(McpServer { name: String::new(), url: String::new(), headers: Vec::new() });
    let (name, url) = (RwSignal::new(known.name), RwSignal::new(known.url));
    let headers = Headers::new(known.headers);
    let saving = Saving::default();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let put = PutMcpServer { url: url.get_untracked().trim().to_owned(), headers: Some(headers.put()) };
        let name = name.get_untracked().trim().to_owned();
        saving.run(async move { api::agents::put_server(&name, &put).await }, move |server| {
            toasts.say(format!("Saved {}.", server.name));
            page.reload();
            page.open.try_set(None);
        });
    };
    view! {
        <Dialog title on_close=page.close()>
            <form class="form" on:submit=submit>
                <div class="field">
                    <label for="server-name">"Name"</label>
                    <input
                        id="server-name"
                        class="input"
                        required
                        autofocus=is_new
                        readonly=!is_new
                        placeholder="orders"
                        autocomplete="off"
                        pattern="[A-Za-z0-9_\\-]+"
                        title="Letters, digits, - and _"
                        prop:value=name
                        on:input=move |event| name.set(event_target_value(&event))
                    />
                </div>
                <div class="field">
                    <label for="server-url">"Address"</label>
                    <input
                        id="server-url"
                        class="input mono"
                        type="url"
                        required
                        placeholder="http://127.0.0.1:9001/mcp"
                        prop:value=url
                        on:input=move |event| url.set(event_target_value(&event))
                    />
                    <span class="hint">"Where it speaks MCP over streamable HTTP."</span>
                </div>
                <HeaderRows headers />
                <p class="dim small">"Secrets are kept encrypted on the server and sent to this address only."</p>
                <SaveRow saving on_close=page.close() />
            </form>
        </Dialog>
    }
}

#[component]
pub fn DeleteServer(server: McpServer) -> impl IntoView {
    let page: Page = expect_context();
    let toasts = use_toasts();
    let title = format!("Delete “{}”?", server.name);
    let message = "Its secrets go with it. Agents with its tools go on without them.".to_owned();
    let name = StoredValue::new(server.name);
    let delete = Callback::new(move |()| {
        let name = name.get_value();
        spawn_local(async move {
            match api::agents::delete_server(&name).await {
                Ok(()) => page.reload(),
                Err(error) => toasts.fail(error),
            }
            page.open.try_set(None);
        });
    });
    view! { <Confirm title message action="Delete" on_confirm=delete on_close=page.close() /> }
}
