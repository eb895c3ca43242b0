//! The draft and the versions, newest first.

use flow::wire::VersionSummary;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::{Open, Page, Side};
use crate::api;
use crate::ui::browser;
use crate::ui::dialog::Confirm;
use crate::ui::format::ago;
use crate::ui::icon::Glyph;
use crate::ui::menu::{Item, Menu};
use crate::ui::toast::use_toasts;

#[component]
pub fn Versions() -> impl IntoView {
    let page: Page = expect_context();
    view! {
        <section class="box" aria-labelledby="versions-heading">
            <header>
                <h2 id="versions-heading">"History"</h2>
            </header>
            <ul class="versions">
                <DraftEntry />
                {move || page.version_list().into_iter().map(|version| view! { <Entry version /> }).collect_view()}
            </ul>
        </section>
    }
}

#[component]
fn DraftEntry() -> impl IntoView {
    let page: Page = expect_context();
    let flow = move || page.flow.ready();
    let state = move || {
        flow().map(|flow| match (flow.latest_version, flow.draft_changed) {
            (None, _) => "Nothing is published yet.".to_owned(),
            (Some(version), true) => format!("Changed since v{version}."),
            (Some(version), false) => format!("The same as v{version}."),
        })
    };
    let here = move || page.after.get() == Side::Draft;
    view! {
        <li class:on=here>
            <button
                type="button"
                class="entry"
                aria-pressed=move || here().to_string()
                on:click=move |_| {
                    page.compare_latest(page.flow.ready_untracked().and_then(|flow| flow.latest_version));
                }
            >
                <span class="row">
                    <b>"Draft"</b>
                    <span class="grow"></span>
                    <span class="faint">
                        {move || flow().map(|flow| ago(browser::now(), flow.updated_at))}
                    </span>
                </span>
                <span class="small dim">{state}</span>
            </button>
        </li>
    }
}

#[component]
fn Entry(version: VersionSummary) -> impl IntoView {
    let page: Page = expect_context();
    let number = version.version;
    let here = move || page.after.get() == Side::Version(number);
    let show = move || page.compare(before(number), Side::Version(number));
    let digest: String = version.digest.chars().take(8).collect();
    view! {
        <li class:on=here>
            <button type="button" class="entry" aria-pressed=move || here().to_string() on:click=move |_| show()>
                <span class="row">
                    <b>{format!("v{number}")}</b>
                    <Pointing number />
                </span>
                {(!version.description.is_empty())
                    .then(|| view! { <span class="small">{version.description.clone()}</span> })}
                <span class="row faint">
                    <span title=browser::local_time(version.created_at)>
                        {ago(browser::now(), version.created_at)}
                    </span>
                    <span class="mono" title=format!("SHA-256 {}", version.digest)>
                        {digest}
                    </span>
                </span>
            </button>
            {move || {
                let label = format!("Actions for version {number}");
                view! { <Menu label items=actions(page, number) /> }
            }}
        </li>
    }
}

/// Chips of the aliases that point at a version.
#[component]
fn Pointing(number: u64) -> impl IntoView {
    let page: Page = expect_context();
    move || {
        let aliases = page.flow.ready().map(|flow| flow.aliases).unwrap_or_default();
        aliases
            .into_iter()
            .filter(|alias| alias.version == number)
            .map(|alias| view! { <span class="chip ok">{alias.name}</span> })
            .collect_view()
    }
}

fn before(number: u64) -> Side {
    if number > 1 { Side::Version(number - 1) } else { Side::Nothing }
}

fn actions(page: Page, number: u64) -> Vec<Item> {
    let toasts = use_toasts();
    let aliases = page.flow.ready().map(|flow| flow.aliases).unwrap_or_default();
    let mut items: Vec<Item> = aliases
        .into_iter()
        .filter(|alias| alias.version != number)
        .map(|alias| {
            let label = format!("Point {} here", alias.name);
            Item::new(Glyph::Open, label, move || {
                super::aliases::point(page, toasts, alias.name.clone(), number)
            })
        })
        .collect();
    items.push(Item::new(Glyph::Pencil, "Compare with the draft", move || {
        page.compare(Side::Version(number), Side::Draft);
    }));
    items.push(Item::new(Glyph::Restore, "Restore into the draft…", move || {
        page.open.set(Some(Open::Restore(number)));
    }));
    items
}

/// Asks before a version takes the draft's place.
///
/// Always holds: what is replaced is the draft that the question was about; another one is refused.
#[component]
pub fn RestoreDialog(version: u64, on_close: Callback<()>) -> impl IntoView {
    let page: Page = expect_context();
    let toasts = use_toasts();
    // The draft may have gone on in another tab since this page was loaded.
    page.reload();
    let stale = RwSignal::new(false);
    let message = Signal::derive(move || {
        match page.flow.ready() {
        _ if stale.get() => {
            "The draft was changed elsewhere in this very moment, so nothing was restored. Look at what is new in it first."
                .to_owned()
        }
        Some(flow) if flow.draft_changed => {
            format!("The draft has changes that are in no version. They will be replaced by version {version}.")
        }
        _ => format!("The draft will be version {version} again. Aliases stay where they point."),
    }
    });
    let action = Signal::derive(move || if stale.get() { "Look at the draft" } else { "Restore" }.to_owned());
    let look = move || {
        page.reload();
        page.compare(Side::Version(version), Side::Draft);
        on_close.run(());
    };
    let restore = move || {
        let Some(flow) = page.flow.ready_untracked() else { return };
        spawn_local(async move {
            match api::versions::restore(&flow.id, flow.revision, version).await {
                Ok(flow) => {
                    toasts.say(format!("The draft is version {version} again."));
                    page.compare_latest(flow.latest_version);
                    page.flow.set(flow);
                    on_close.try_run(());
                }
                Err(error) if error.is_conflict() => stale.set(true),
                Err(error) => {
                    toasts.fail(error);
                    on_close.try_run(());
                }
            }
        });
    };
    let on_confirm = Callback::new(move |()| if stale.get_untracked() { look() } else { restore() });
    view! { <Confirm title=format!("Restore version {version}?") message action on_confirm on_close /> }
}
