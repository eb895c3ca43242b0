//! Where models come from: the built-in one, connections, servers found on this machine, and what answers for AWS's
//! model ids; where functions, buckets and vectors are, and which intents bots stand for.

mod buckets;
mod edit;
mod functions;
mod intents;
mod list;
mod local;
mod model_map;
mod vector_stores;

use flow::wire::{Connection, ConnectionList, FoundServer};
use leptos::prelude::*;

use crate::api;
use crate::node::bucket::binding::BucketDialogs;
use crate::node::function::binding::BindingDialogs;
use crate::node::lex::binding::BotDialogs;
use crate::node::{bucket, function, lex};
use crate::ui::browser;
use crate::ui::load::{Failure, Loaded, Loader};
use buckets::BucketsCard;
use edit::EditConnection;
use functions::Functions;
use intents::Intents;
use list::{Connections, DeleteConnection, Found};
use local::LocalModelCard;
use model_map::ModelMapCard;
use vector_stores::VectorStoresCard;

/// The dialog that is open.
#[derive(Clone, Debug, PartialEq)]
enum Open {
    New,
    Edit(Connection),
    Delete(Connection),
}

/// What the parts of this page share.
#[derive(Clone, Copy)]
struct Page {
    connections: Loader<ConnectionList>,
    open: RwSignal<Option<Open>>,
    /// Counts changes of the connections, with which the models change.
    changes: RwSignal<u32>,
}

impl Page {
    fn reload(self) {
        self.connections.load(api::connections::list());
        self.changes.update(|changes| *changes += 1);
    }

    fn close(self) -> Callback<()> {
        Callback::new(move |()| self.open.set(None))
    }

    fn found(self) -> Vec<FoundServer> {
        self.connections.ready().map(|list| list.found).unwrap_or_default()
    }
}

#[component]
pub fn ConnectionsPage() -> impl IntoView {
    browser::set_title("Connections");
    let page = Page { connections: Loader::default(), open: RwSignal::new(None), changes: RwSignal::new(0) };
    provide_context(page);
    page.reload();
    function::binding::provide();
    lex::binding::provide();
    bucket::provide();
    view! {
        <div class="bar">
            <h1>"Connections"</h1>
            <span class="grow"></span>
            <button type="button" class="btn primary" on:click=move |_| page.open.set(Some(Open::New))>
                "Add connection"
            </button>
        </div>
        <div class="narrow">
            <LocalModelCard />
            {move || match page.connections.get() {
                Loaded::Loading => ().into_any(),
                Loaded::Failed(error) => {
                    view! { <Failure error retry=Callback::new(move |()| page.reload()) /> }.into_any()
                }
                Loaded::Ready(list) => view! { <Connections connections=list.connections /> }.into_any(),
            }}
            <Found />
            <ModelMapCard />
            <Functions />
            <Intents />
            <BucketsCard />
            <VectorStoresCard />
        </div>
        <BindingDialogs />
        <BotDialogs />
        <BucketDialogs />
        {move || {
            page.open
                .get()
                .map(|open| match open {
                    Open::New => view! { <EditConnection /> }.into_any(),
                    Open::Edit(connection) => view! { <EditConnection connection /> }.into_any(),
                    Open::Delete(connection) => view! { <DeleteConnection connection /> }.into_any(),
                })
        }}
    }
}
