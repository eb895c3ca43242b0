//! The aliases: what each points at, and a new one.

use flow::wire::{Alias, AliasMoves, Flow};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::{Open, Page};
use crate::api;
use crate::ui::browser;
use crate::ui::dialog::Confirm;
use crate::ui::format::ago;
use crate::ui::icon::{Glyph, Icon};
use crate::ui::load::Loader;
use crate::ui::toast::{Toasts, use_toasts};

/// Points an alias at a version; from then on calls go there.
pub fn point(page: Page, toasts: Toasts, alias: String, version: u64) {
    let id = page.id.get_value();
    spawn_local(async move {
        match api::versions::put_alias(&id, &alias, version).await {
            Ok(alias) => {
                toasts.say(format!("{} points at version {}.", alias.name, alias.version));
                page.reload();
            }
            Err(error) => toasts.fail(error),
        }
    });
}

#[component]
pub fn Aliases() -> impl IntoView {
    let page: Page = expect_context();
    let aliases = Memo::new(move |_| page.flow.ready().map(|flow| flow.aliases).unwrap_or_default());
    let published = move || !page.version_list().is_empty();
    view! {
        <section class="box" aria-labelledby="aliases-heading">
            <header>
                <h2 id="aliases-heading">"Aliases"</h2>
            </header>
            <div class="inside">
                {move || {
                    aliases.get().into_iter().map(|alias| view! { <Row alias /> }).collect_view()
                }}
                {move || {
                    if published() {
                        view! { <NewAlias /> }.into_any()
                    } else {
                        view! {
                            <p class="dim small">
                                "An alias is the name that programs call. Publishing makes the first, live."
                            </p>
                        }
                            .into_any()
                    }
                }}
            </div>
        </section>
    }
}

#[component]
fn Row(alias: Alias) -> impl IntoView {
    let page: Page = expect_context();
    let toasts = use_toasts();
    let chosen = RwSignal::new(alias.version);
    let name = StoredValue::new(alias.name.clone());
    let (deleted, shown) = (alias.clone(), alias.clone());
    view! {
        <div class="alias-entry">
            <div class="alias-row">
                <b class="clip grow" title=alias.name.clone()>
                    {alias.name.clone()}
                </b>
                <button
                    type="button"
                    class="btn small"
                    on:click=move |_| page.open.set(Some(Open::UseIt(Some(name.get_value()))))
                >
                    "Use it"
                </button>
                <button
                    type="button"
                    class="btn quiet icon small"
                    aria-label=format!("Delete the alias {}", alias.name)
                    title="Delete"
                    on:click=move |_| page.open.set(Some(Open::DeleteAlias(deleted.clone())))
                >
                    <Icon glyph=Glyph::Trash />
                </button>
            </div>
            <div class="alias-row">
                <VersionSelect chosen label=format!("Version of {}", alias.name) />
                <button
                    type="button"
                    class="btn"
                    disabled=move || chosen.get() == alias.version
                    on:click=move |_| point(page, toasts, name.get_value(), chosen.get_untracked())
                >
                    "Point here"
                </button>
            </div>
            <History alias=shown />
        </div>
    }
}

/// Where the alias pointed before, and one press back to there.
#[component]
fn History(alias: Alias) -> impl IntoView {
    let page: Page = expect_context();
    let toasts = use_toasts();
    let moves = Loader::<AliasMoves>::default();
    let name = StoredValue::new(alias.name.clone());
    let (flow, asked) = (page.id.get_value(), alias.name.clone());
    moves.load(async move { api::versions::alias_moves(&flow, &asked).await });
    let past = move || moves.ready().unwrap_or_default().moves.into_iter().skip(1).collect::<Vec<_>>();
    // A version that is gone cannot be pointed at.
    let before = move || {
        let there = page.version_list();
        past()
            .into_iter()
            .map(|it| it.version)
            .find(|version| *version != alias.version && there.iter().any(|known| known.version == *version))
    };
    view! {
        {move || {
            before().map(|version| {
                view! {
                    <div class="alias-row">
                        <button
                            type="button"
                            class="btn small"
                            on:click=move |_| point(page, toasts, name.get_value(), version)
                        >
                            {format!("Roll back to v{version}")}
                        </button>
                    </div>
                }
            })
        }}
        <Show when=move || !past().is_empty()>
            <details class="moves">
                <summary>"Where it pointed"</summary>
                <ol aria-label=format!("Where {} pointed", name.get_value())>
                    {move || {
                        let moves = moves.ready().unwrap_or_default().moves.into_iter();
                        moves
                            .map(|it| {
                                view! {
                                    <li>
                                        <b class="num">{format!("v{}", it.version)}</b>
                                        " "
                                        <span class="faint" title=browser::local_time(it.at)>
                                            {ago(browser::now(), it.at)}
                                        </span>
                                    </li>
                                }
                            })
                            .collect_view()
                    }}
                </ol>
            </details>
        </Show>
    }
}

/// Asks before the name that programs call is gone.
#[component]
pub fn DeleteAlias(flow: Flow, alias: Alias, on_close: Callback<()>) -> impl IntoView {
    let page: Page = expect_context();
    let toasts = use_toasts();
    let title = format!("Delete the alias “{}”?", alias.name);
    let message = what_stops(&flow, &alias);
    let names = StoredValue::new((flow.id, alias.name));
    let delete = Callback::new(move |()| {
        let (id, name) = names.get_value();
        spawn_local(async move {
            match api::versions::delete_alias(&id, &name).await {
                Ok(()) => {
                    toasts.say(format!("Deleted the alias {name}."));
                    page.reload();
                }
                Err(error) => toasts.fail(error),
            }
            on_close.try_run(());
        });
    });
    view! { <Confirm title message action="Delete" on_confirm=delete on_close /> }
}

fn what_stops(flow: &Flow, alias: &Alias) -> String {
    format!(
        "Programs that call {}/{} get an error from then on, and so do AWS programs that call the alias id {}, even if \
         an alias of this name is made again. Version {} stays.",
        flow.name, alias.name, alias.id, alias.version
    )
}

#[component]
fn NewAlias() -> impl IntoView {
    let page: Page = expect_context();
    let toasts = use_toasts();
    let name = RwSignal::new(String::new());
    let chosen = RwSignal::new(page.version_list().first().map_or(1, |version| version.version));
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        point(page, toasts, name.get_untracked().trim().to_owned(), chosen.get_untracked());
    };
    view! {
        <form class="alias-entry" on:submit=submit>
            <div class="field">
                <label for="new-alias">"New alias"</label>
                <input
                    id="new-alias"
                    class="input"
                    placeholder="staging"
                    required
                    autocomplete="off"
                    prop:value=name
                    on:input=move |event| name.set(event_target_value(&event))
                />
            </div>
            <div class="alias-row">
                <VersionSelect chosen label="Version of the new alias".to_owned() />
                <button type="submit" class="btn">
                    "Add"
                </button>
            </div>
        </form>
    }
}

#[component]
fn VersionSelect(chosen: RwSignal<u64>, label: String) -> impl IntoView {
    let page: Page = expect_context();
    view! {
        <select
            class="select"
            aria-label=label
            on:change=move |event| {
                if let Ok(version) = event_target_value(&event).parse() {
                    chosen.set(version);
                }
            }
        >
            {move || {
                page.version_list()
                    .into_iter()
                    .map(|version| {
                        let number = version.version;
                        view! {
                            <option value=number.to_string() selected=move || chosen.get() == number>
                                {format!("v{number}")}
                            </option>
                        }
                    })
                    .collect_view()
            }}
        </select>
    }
}
