//! Lex: the alias of its bot, the locale, and the binding that says which intents they stand for.

pub mod binding;

use flow::definition::{Configuration, LexConfiguration, Node};
use flow::node::lex::short;
use flow::wire::Bot;
use leptos::prelude::*;

use super::bound::{Leads, LeadsNowhere};
use super::field::Named;
use crate::editor::change::{set_bot_alias, set_bot_locale};
use crate::editor::session::{Card, use_editor};
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
        <Binding card />
    }
}

#[component]
fn Alias(card: Card) -> impl IntoView {
    let editor = use_editor();
    let bots: Bots = expect_context();
    let value = Memo::new(move |_| place(card).0);
    let write = Callback::new(move |arn: String| {
        let name = card.name();
        let burst = format!("{} bot", card.id);
        editor.type_in("Change the bot", &burst, |document| set_bot_alias(document, &name, &arn));
    });
    view! {
        <Named
            card
            label="Bot alias ARN"
            stem="bot"
            placeholder="arn:aws:lex:us-east-1:123456789012:bot-alias/BOT/ALIAS"
            value
            write
            offered=move || {
                let known = bots.list.ready().unwrap_or_default().bots;
                known.into_iter().map(|bot| (bot.arn.clone(), told(&bot))).collect()
            }
        />
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
fn Binding(card: Card) -> impl IntoView {
    let bots: Bots = expect_context();
    let place = Memo::new(move |_| place(card));
    move || {
        let (arn, locale) = place.get();
        if arn.is_empty() {
            return ().into_any();
        }
        bots.show(|list| match list.find(&arn, &locale).cloned() {
            Some(bot) => {
                let names = told(&bot);
                view! {
                    <Leads action="Change intents" on_action=bots.opens(Open::Edit(bot))>
                        "Names one of " {names} "."
                    </Leads>
                }
                .into_any()
            }
            None => view! {
                <LeadsNowhere action="Bind it" on_action=bots.opens(Open::New(arn))>
                    "No intents are bound to this bot, so the node cannot run."
                </LeadsNowhere>
            }
            .into_any(),
        })
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
