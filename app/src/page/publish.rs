//! The dialog that makes a version of the draft and points an alias at it.

use flow::check::{Report, Severity};
use flow::wire::{Flow, Publish, Published};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api;
use crate::ui::browser;
use crate::ui::dialog::Dialog;
use crate::ui::icon::{Glyph, Icon};
use crate::ui::toast::use_toasts;

/// The alias of a first publish.
const USUAL: &str = "live";

/// Publishes the draft as this page has seen it, and no other: save before opening.
#[component]
pub fn PublishDialog(flow: Flow, on_published: Callback<Published>, on_close: Callback<()>) -> impl IntoView {
    let toasts = use_toasts();
    let next = flow.latest_version.unwrap_or(0) + 1;
    let alias = RwSignal::new(usual_alias(&flow));
    let description = RwSignal::new(String::new());
    let busy = RwSignal::new(false);
    let wrong = RwSignal::new(None::<String>);
    let stale = RwSignal::new(false);
    let revision = flow.revision;
    let report = RwSignal::new(flow.report);
    let unchanged = !flow.draft_changed && flow.latest_version.is_some();
    let known = flow.aliases;
    let id = StoredValue::new(flow.id);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        wrong.set(None);
        let publish = Publish {
            alias: given(&alias.get_untracked()),
            description: given(&description.get_untracked()),
        };
        let id = id.get_value();
        spawn_local(async move {
            match api::versions::publish(&id, revision, &publish).await {
                Ok(published) => {
                    let (version, alias) = (published.version.version, &published.alias.name);
                    toasts.say(format!("Published version {version}. {alias} points at it."));
                    on_published.try_run(published);
                    on_close.try_run(());
                }
                Err(error) if error.is_conflict() => stale.set(true),
                Err(error) => {
                    if let Some(found) = error.report() {
                        report.set(found.clone());
                    }
                    wrong.set(Some(error.to_string()));
                    busy.set(false);
                }
            }
        });
    };
    view! {
        <Dialog title=format!("Publish version {next}") on_close>
            <form class="form" on:submit=submit>
                <p class="dim">
                    "A version never changes again. Programs call it through an alias, which you can point elsewhere at any time."
                </p>
                {unchanged.then(|| view! { <p class="notice">"The draft is the same as the newest version."</p> })}
                <Problems report />
                <div class="field">
                    <label for="publish-alias">"Alias"</label>
                    <input
                        id="publish-alias"
                        class="input"
                        list="publish-aliases"
                        autofocus
                        required
                        autocomplete="off"
                        prop:value=alias
                        on:input=move |event| alias.set(event_target_value(&event))
                    />
                    <datalist id="publish-aliases">
                        {known
                            .iter()
                            .map(|alias| view! { <option value=alias.name.clone()></option> })
                            .collect_view()}
                    </datalist>
                    <span class="hint">
                        {move || {
                            let name = alias.get();
                            match known.iter().find(|alias| alias.name == name.trim()) {
                                Some(alias) => format!("It points at version {} now.", alias.version),
                                None => "It will be made.".to_owned(),
                            }
                        }}
                    </span>
                </div>
                <div class="field">
                    <label for="publish-description">"What is new (optional)"</label>
                    <input
                        id="publish-description"
                        class="input"
                        maxlength="200"
                        autocomplete="off"
                        prop:value=description
                        on:input=move |event| description.set(event_target_value(&event))
                    />
                </div>
                {move || wrong.get().map(|wrong| view! { <p class="wrong" role="alert">{wrong}</p> })}
                <Show when=move || stale.get()>
                    <Stale />
                </Show>
                <div class="actions">
                    <button type="button" class="btn" on:click=move |_| on_close.run(())>
                        "Cancel"
                    </button>
                    <button
                        type="submit"
                        class="btn primary"
                        disabled=move || busy.get() || stale.get() || report.with(|report| !report.can_run())
                    >
                        "Publish"
                    </button>
                </div>
            </form>
        </Dialog>
    }
}

/// Says that there is another draft than the one that was to be published.
#[component]
fn Stale() -> impl IntoView {
    view! {
        <div class="notice bad" role="alert">
            <Icon glyph=Glyph::Alert />
            <p class="grow">
                "The draft was changed elsewhere since this page read it, so nothing was published. Load it, look at what is new, and publish then."
            </p>
            <button type="button" class="btn" on:click=move |_| browser::reload()>
                "Load it"
            </button>
        </div>
    }
}

/// What keeps the draft from being published.
#[component]
fn Problems(report: RwSignal<Report>) -> impl IntoView {
    let errors = move || {
        report.with(|report| {
            let errors = report.problems.iter().filter(|problem| problem.severity == Severity::Error);
            errors.map(|problem| (problem.node.clone(), problem.message.clone())).collect::<Vec<_>>()
        })
    };
    move || {
        let errors = errors();
        (!errors.is_empty()).then(|| {
            view! {
                <div class="notice bad">
                    <ul class="problems" aria-label="Problems to solve first">
                        {errors
                            .into_iter()
                            .map(|(node, message)| {
                                view! {
                                    <li>
                                        <Icon glyph=Glyph::Alert />
                                        <span>{node.map(|node| view! { <b>{node}": "</b> })} {message}</span>
                                    </li>
                                }
                            })
                            .collect_view()}
                    </ul>
                </div>
            }
        })
    }
}

fn usual_alias(flow: &Flow) -> String {
    let live = flow.aliases.iter().find(|alias| alias.name == USUAL).or(flow.aliases.first());
    live.map_or_else(|| USUAL.to_owned(), |alias| alias.name.clone())
}

fn given(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}
