//! Agents: models with instructions and tools, which Agent nodes ask; the servers whose tools they call; and the ARNs of
//! elsewhere that lead to them.

mod bindings;
mod edit;
mod list;
mod servers;
mod tools;

use flow::wire::{Agent, McpServer, McpServerList};
use leptos::prelude::*;

use crate::api;
use crate::node::agent::{self, AgentDialog, Agents};
use crate::node::prompt::Models;
use crate::ui::browser;
use crate::ui::load::{Failure, Loaded, Loader};
use bindings::Bindings;
use edit::EditAgent;
use list::{DeleteAgent, List};
use servers::{DeleteServer, EditServer, Servers};

/// The dialog that is open.
#[derive(Clone, Debug, PartialEq)]
enum Open {
    NewAgent,
    EditAgent(Agent),
    DeleteAgent(Agent),
    NewServer,
    EditServer(McpServer),
    DeleteServer(McpServer),
}

/// What the parts of this page share.
#[derive(Clone, Copy)]
struct Page {
    agents: Agents,
    servers: Loader<McpServerList>,
    open: RwSignal<Option<Open>>,
}

impl Page {
    fn reload(self) {
        self.agents.reload();
        self.servers.load(api::agents::servers());
    }

    fn close(self) -> Callback<()> {
        Callback::new(move |()| self.open.set(None))
    }

    /// A button's way to a dialog.
    fn opens(self, open: Open) -> impl Fn(leptos::ev::MouseEvent) + Clone {
        move |_| self.open.set(Some(open.clone()))
    }
}

#[component]
pub fn AgentsPage() -> impl IntoView {
    browser::set_title("Agents");
    let page = Page { agents: agent::provide(), servers: Loader::default(), open: RwSignal::new(None) };
    provide_context(page);
    provide_context(Models::load());
    page.servers.load(api::agents::servers());
    view! {
        <div class="bar">
            <h1>"Agents"</h1>
            <span class="grow"></span>
            <button type="button" class="btn primary" on:click=page.opens(Open::NewAgent)>
                "New agent"
            </button>
        </div>
        <div class="narrow">
            {move || match page.agents.list.get() {
                Loaded::Loading => ().into_any(),
                Loaded::Failed(error) => {
                    view! { <Failure error retry=Callback::new(move |()| page.reload()) /> }.into_any()
                }
                Loaded::Ready(list) => {
                    view! {
                        <List agents=list.agents.clone() />
                        <Bindings list />
                    }
                        .into_any()
                }
            }}
            <Servers />
        </div>
        <AgentDialog />
        {move || {
            page.open
                .get()
                .map(|open| match open {
                    Open::NewAgent => view! { <EditAgent /> }.into_any(),
                    Open::EditAgent(agent) => view! { <EditAgent agent /> }.into_any(),
                    Open::DeleteAgent(agent) => view! { <DeleteAgent agent /> }.into_any(),
                    Open::NewServer => view! { <EditServer /> }.into_any(),
                    Open::EditServer(server) => view! { <EditServer server /> }.into_any(),
                    Open::DeleteServer(server) => view! { <DeleteServer server /> }.into_any(),
                })
        }}
    }
}
