//! Lex: the alias of its bot, the locale, and the binding that says which intents they stand for.

pub mod binding;

use flow::check::Field;
use flow::definition::{Configuration, LexConfiguration, Node};
use flow::node::lex::short;
use flow::wire::Bot;
use leptos::prelude::*;

use super::field::{Problems, is_wrong};
use crate::editor::change::{set_bot_alias, set_bot_locale};
use crate::editor::session::{Card, use_editor};
use crate::ui::icon::{Glyph, Icon};
use crate::ui::load::{Failure, Loaded};
pub use binding::Bots;
use binding::Open;

pub const ICON: &str = "M4 5h16v11H9l-5 4zM8 9h8M8 12h5";

pub fn summary(node: &Node) -> String {
    match lex(node) {
        Some(lex) if !lex.bot_alias_arn.is_empty() => short(&lex.bot_alias_arn).to_owned(),
        _ => "No bot chosen".to_owned(),
    }
}

/// What is said on a card whose bot has no binding; nothing where it has one, or that is not known.
pub fn unbound(card: Card) -> Option<String> {
    let bots: Bots = use_context()?;
    let list = bots.list.ready()?;
    card.node
        .with(|node| {
            lex(node).is_some_and(|lex| {
                !lex.bot_alias_arn.is_empty() && list.find(&lex.bot_alias_arn, &lex.locale_id).is_none()
            })
        })
        .then(|| "No intents are bound to this bot yet.".to_owned())
}

pub fn form(card: Card) -> impl IntoView {
    // They may have been changed elsewhere.
    expect_context::<Bots>().reload();
    view! {
        <Alias card />
        <Locale card />
        <Bound card />
    }
}

#[component]
fn Alias(card: Card) -> impl IntoView {
    let editor = use_editor();
    let bots: Bots = expect_context();
    let id = format!("bot-{}", card.id);
    let list = format!("bots-{}", card.id);
    let problems = format!("problems-{id}");
    let value = Memo::new(move |_| place(card).0);
    let write = move |event| {
        let (name, arn) = (card.name(), event_target_value(&event));
        let burst = format!("{} bot", card.id);
        editor.type_in("Change the bot", &burst, |document| set_bot_alias(document, &name, &arn));
    };
    view! {
        <div class="field">
            <label for=id.clone()>"Bot alias ARN"</label>
            <input
                class="input mono"
                id=id
                list=list.clone()
                spellcheck="false"
                autocomplete="off"
                placeholder="arn:aws:lex:us-east-1:123456789012:bot-alias/BOT/ALIAS"
                aria-invalid=move || is_wrong(card, &Field::Configuration).to_string()
                aria-describedby=problems.clone()
                prop:value=move || value.get()
                on:input=write
            />
            <datalist id=list>
                {move || {
                    bots.list
                        .ready()
                        .unwrap_or_default()
                        .bots
                        .into_iter()
                        .map(|bot| view! { <option value=bot.arn.clone()>{told(&bot)}</option> })
                        .collect_view()
                }}
            </datalist>
            <Problems card field=Field::Configuration id=problems />
        </div>
    }
}

#[component]
fn Locale(card: Card) -> impl IntoView {
    let editor = use_editor();
    let id = format!("locale-{}", card.id);
    let value = Memo::new(move |_| place(card).1);
    let write = move |event| {
        let (name, locale) = (card.name(), event_target_value(&event));
        let burst = format!("{} locale", card.id);
        editor.type_in("Change the locale", &burst, |document| set_bot_locale(document, &name, &locale));
    };
    view! {
        <div class="field">
            <label for=id.clone()>"Locale"</label>
            <input
                class="input"
                id=id
                spellcheck="false"
                autocomplete="off"
                placeholder="en_US"
                prop:value=move || value.get()
                on:input=write
            />
        </div>
    }
}

/// Whether the alias stands for any intents, and the way to change that.
#[component]
fn Bound(card: Card) -> impl IntoView {
    let bots: Bots = expect_context();
    let place = Memo::new(move |_| place(card));
    move || {
        let (arn, locale) = place.get();
        if arn.is_empty() {
            return ().into_any();
        }
        match bots.list.get() {
            Loaded::Loading => ().into_any(),
            Loaded::Failed(error) => {
                view! { <Failure error retry=Callback::new(move |()| bots.reload()) /> }.into_any()
            }
            Loaded::Ready(list) => match list.find(&arn, &locale).cloned() {
                Some(bot) => {
                    let names = told(&bot);
                    view! {
                        <div class="notice bound">
                            <p class="grow">"Names one of " {names} "."</p>
                            <button
                                type="button"
                                class="btn small"
                                on:click=move |_| bots.open.set(Some(Open::Edit(bot.clone())))
                            >
                                "Change intents"
                            </button>
                        </div>
                    }
                    .into_any()
                }
                None => view! {
                    <div class="notice bad bound" role="status">
                        <Icon glyph=Glyph::Alert />
                        <p class="grow">"No intents are bound to this bot, so the node cannot run."</p>
                        <button
                            type="button"
                            class="btn small primary"
                            on:click=move |_| bots.open.set(Some(Open::New(arn.clone())))
                        >
                            "Bind it"
                        </button>
                    </div>
                }
                .into_any(),
            },
        }
    }
}

/// The names that a bot can answer.
pub fn told(bot: &Bot) -> String {
    let names = bot.intents.iter().map(|intent| &intent.name).chain(&bot.fallback);
    names.map(String::as_str).collect::<Vec<_>>().join(", ")
}

/// The alias and the locale of a Lex node.
fn place(card: Card) -> (String, String) {
    card.node
        .with(|node| lex(node).map(|lex| (lex.bot_alias_arn.clone(), lex.locale_id.clone())))
        .unwrap_or_default()
}

fn lex(node: &Node) -> Option<&LexConfiguration> {
    match &node.configuration {
        Some(Configuration::Lex(lex)) => Some(lex),
        _ => None,
    }
}
