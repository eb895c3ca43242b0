//! How programs call an alias: snippets that work as they are.

pub mod snippets;

use flow::wire::{Alias, Flow, Version};
use leptos::prelude::*;
use serde_json::Value;

use crate::api;
use crate::ui::code::Code;
use crate::ui::dialog::Dialog;
use crate::ui::load::{Failure, Loaded, Loader};
use crate::ui::tabs::Tabs;
use snippets::{Call, Language, snippet};

/// The panel in a dialog, for pages that have no room for it.
#[component]
pub fn UseItDialog(
    flow: Flow,
    /// The alias that is shown first.
    #[prop(optional_no_strip)]
    alias: Option<String>,
    /// An input that makes sense for this flow, such as the last one tested.
    #[prop(optional_no_strip)]
    sample: Option<Value>,
    on_close: Callback<()>,
) -> impl IntoView {
    let title = format!("Use “{}”", flow.title);
    view! {
        <Dialog title on_close wide=true>
            <UseIt flow alias sample />
        </Dialog>
    }
}

#[component]
pub fn UseIt(
    flow: Flow,
    #[prop(optional_no_strip)] alias: Option<String>,
    #[prop(optional_no_strip)] sample: Option<Value>,
    /// On the page that explains how programs connect.
    #[prop(optional)]
    here: bool,
) -> impl IntoView {
    if flow.aliases.is_empty() {
        let nothing = view! {
            <p>"Programs call a published version through an alias. Publish this flow first; then its snippets are here."</p>
        };
        return nothing.into_any();
    }
    let first = flow.aliases.iter().position(|known| Some(&known.name) == alias.as_ref()).unwrap_or(0);
    let chosen = RwSignal::new(first);
    let language = RwSignal::new(0_usize);
    let current = move || Language::ALL.get(language.get()).copied().unwrap_or(Language::Curl);
    let aliases = flow.aliases.clone();
    // The draft may have gone on: what a call needs is told by the version that answers it.
    let version = Loader::<Version>::default();
    let points_at = aliases.iter().map(|alias| alias.version).collect::<Vec<_>>();
    let id = StoredValue::new(flow.id.clone());
    let load = move || {
        version.clear();
        let Some(number) = points_at.get(chosen.get()).copied() else { return };
        let id = id.get_value();
        version.load(async move { api::versions::get(&id, number).await });
    };
    let retry = Callback::new({
        let load = load.clone();
        move |()| untrack(&load)
    });
    Effect::new(load);
    let text = Memo::new(move |_| {
        let (alias, version) = (flow.aliases.get(chosen.get())?, version.ready()?);
        Some(snippet(current(), &Call::new(&flow, alias, &version.definition, sample.clone())))
    });
    let text = Signal::derive(move || text.get().unwrap_or_default());
    view! {
        <div class="use-it">
            <AliasChoice aliases chosen />
            <Tabs
                name="use-it"
                label="Language"
                tabs=Language::ALL.iter().map(|language| language.label()).collect()
                selected=language
            />
            <div
                id="use-it-panel"
                role="tabpanel"
                class="stack"
                aria-labelledby=move || format!("use-it-tab-{}", language.get())
            >
                <p class="dim">{move || current().about()}</p>
                {move || match version.get() {
                    Loaded::Loading => {
                        view! { <div class="spinner" role="status" aria-label="Loading"></div> }.into_any()
                    }
                    Loaded::Failed(error) => view! { <Failure error retry /> }.into_any(),
                    Loaded::Ready(_) => view! { <Code text label="Snippet" /> }.into_any(),
                }}
                <p class="small faint">
                    "Paste it into a shell where anabranch is on the path. The first line reads your key and this server's address, so neither stands here. "
                    {(!here).then(|| view! { <a class="link" href="/connect">"What it sets"</a> })}
                </p>
            </div>
        </div>
    }
    .into_any()
}

#[component]
fn AliasChoice(aliases: Vec<Alias>, chosen: RwSignal<usize>) -> impl IntoView {
    view! {
        <div class="alias-row">
            <label for="use-it-alias">"Alias"</label>
            <select
                id="use-it-alias"
                class="select"
                prop:value=move || chosen.get().to_string()
                on:change=move |event| chosen.set(event_target_value(&event).parse().unwrap_or(0))
            >
                {aliases
                    .into_iter()
                    .enumerate()
                    .map(|(at, alias)| {
                        view! {
                            <option value=at.to_string() selected=move || chosen.get() == at>
                                {format!("{} → v{}", alias.name, alias.version)}
                            </option>
                        }
                    })
                    .collect_view()}
            </select>
        </div>
    }
}
