//! Connect: how programs reach this server, with snippets that work as they are. No secret is on this page: a shell
//! reads the key from `anabranch env`.

use flow::wire::{Flow, FlowList, FlowSummary};
use leptos::prelude::*;

use super::session::use_session;
use super::use_it::UseIt;
use super::use_it::snippets::SETTINGS;
use crate::api;
use crate::ui::browser;
use crate::ui::code::Code;
use crate::ui::load::{Failure, Loaded, Loader};

/// What `anabranch env` sets, and what for. Values that are secret are not told.
const VARIABLES: [(&str, &str); 7] = [
    ("ANABRANCH_URL", "This server's address, for curl and the native API"),
    ("ANABRANCH_API_KEY", "Your key, sent as a bearer token"),
    ("AWS_ENDPOINT_URL_BEDROCK_AGENT", "Where the SDKs manage flows, prompts and agents"),
    ("AWS_ENDPOINT_URL_BEDROCK_AGENT_RUNTIME", "Where the SDKs call them"),
    ("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", "Where the SDKs call models"),
    ("AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY", "Your key pair, with which the SDKs sign"),
    ("AWS_REGION", "us-east-1, which the signature needs"),
];

#[component]
pub fn ConnectPage() -> impl IntoView {
    browser::set_title("Connect");
    view! {
        <div class="bar">
            <h1>"Connect"</h1>
        </div>
        <div class="narrow">
            <Point />
            <Call />
            <ByHand />
        </div>
    }
}

#[component]
fn Point() -> impl IntoView {
    view! {
        <section class="box" aria-labelledby="point">
            <header>
                <h2 id="point">"Point a shell here"</h2>
            </header>
            <div class="inside">
                <p class="dim">
                    "Programs that are started from this shell reach this server instead of Amazon Bedrock, unchanged: each AWS SDK and the AWS CLI read these variables."
                </p>
                <Code text=SETTINGS.to_owned() label="Settings" />
                <dl class="pairs wide">
                    {VARIABLES
                        .into_iter()
                        .map(|(name, what)| {
                            view! {
                                <dt>
                                    <code>{name}</code>
                                </dt>
                                <dd class="dim">{what}</dd>
                            }
                        })
                        .collect_view()}
                </dl>
            </div>
        </section>
    }
}

/// The snippets of a flow of this server.
#[component]
fn Call() -> impl IntoView {
    let flows = Loader::<FlowList>::default();
    let load = move || flows.load(api::flows::list());
    load();
    view! {
        <section class="box" aria-labelledby="call">
            <header>
                <h2 id="call">"Call a flow"</h2>
            </header>
            <div class="inside">
                {move || match flows.get() {
                    Loaded::Loading => {
                        view! { <div class="spinner" role="status" aria-label="Loading"></div> }.into_any()
                    }
                    Loaded::Failed(error) => {
                        view! { <Failure error retry=Callback::new(move |()| load()) /> }.into_any()
                    }
                    Loaded::Ready(list) => view! { <Snippets list /> }.into_any(),
                }}
            </div>
        </section>
    }
}

#[component]
fn Snippets(list: FlowList) -> impl IntoView {
    let published: Vec<FlowSummary> =
        list.flows.into_iter().filter(|flow| !flow.aliases.is_empty()).collect();
    let Some(first) = published.first() else {
        let nothing = view! {
            <p>
                "Programs call a published version through an alias, and no flow has one yet. "
                <a class="link" href="/">
                    "Open a flow"
                </a> " and publish it; then its snippets are here."
            </p>
        };
        return nothing.into_any();
    };
    let chosen = RwSignal::new(first.id.clone());
    let flow = Loader::<Flow>::default();
    let load = move || {
        let id = chosen.get();
        flow.clear();
        flow.load(async move { api::flows::get(&id).await });
    };
    Effect::new(load);
    view! {
        <div class="alias-row">
            <label for="connect-flow">"Flow"</label>
            <select
                id="connect-flow"
                class="select"
                prop:value=chosen
                on:change=move |event| chosen.set(event_target_value(&event))
            >
                {published
                    .into_iter()
                    .map(|flow| view! { <option value=flow.id>{flow.title}</option> })
                    .collect_view()}
            </select>
        </div>
        {move || match flow.get() {
            Loaded::Loading => view! { <div class="spinner" role="status" aria-label="Loading"></div> }.into_any(),
            Loaded::Failed(error) => {
                view! { <Failure error retry=Callback::new(move |()| untrack(load)) /> }.into_any()
            }
            Loaded::Ready(flow) => view! { <UseIt flow alias=None sample=None here=true /> }.into_any(),
        }}
    }
    .into_any()
}

/// For what is not started from a shell.
#[component]
fn ByHand() -> impl IntoView {
    let session = use_session();
    let endpoint = Memo::new(move |_| session.about().map(|about| format!("{}/aws", about.url)));
    view! {
        <section class="box" aria-labelledby="by-hand">
            <header>
                <h2 id="by-hand">"Without a shell"</h2>
            </header>
            <div class="inside">
                <p class="dim">
                    "Where a program has settings of its own, such as a service or a container, give its Bedrock clients this endpoint, the region us-east-1, and the key pair that "
                    <code>"anabranch env"</code>
                    " prints."
                </p>
                {move || endpoint.get().map(|url| view! { <Code text=url label="Endpoint" /> })}
                <p class="links">
                    // Pages of the server, not of this app.
                    <a class="link" href="/api/docs" rel="external">
                        "API documentation"
                    </a>
                    <a class="link" href="/settings">
                        "Settings"
                    </a>
                </p>
            </div>
        </section>
    }
}
