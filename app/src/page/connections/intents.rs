//! Intents: what each bot's alias stands for, and a try of each.

use flow::node::lex::short;
use flow::wire::{Bot, BotList};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api;
use crate::node::lex::binding::Open;
use crate::node::lex::{Bots, told};
use crate::ui::section::{Outcome, Section};

#[component]
pub fn Intents() -> impl IntoView {
    let bots: Bots = expect_context();
    let lines = |list: BotList| match list.bots.is_empty() {
        true => view! { <Empty /> }.into_any(),
        false => list.bots.into_iter().map(|bot| view! { <Row bot /> }).collect_view().into_any(),
    };
    view! {
        <Section
            id="intents"
            title="Intents"
            add="Bind a bot"
            on_add=bots.opens(Open::New(String::new()))
            list=bots.list
            on_retry=Callback::new(move |()| bots.reload())
            lines
        />
    }
}

#[component]
fn Empty() -> impl IntoView {
    view! {
        <div class="inside dim">
            <p>
                "None yet. A Lex node names a bot by the ARN of its alias; a binding says which intents that stands for here, each with a few messages that mean it. A model then tells which of them a message means."
            </p>
        </div>
    }
}

#[component]
fn Row(bot: Bot) -> impl IntoView {
    let bots: Bots = expect_context();
    let text = RwSignal::new(String::new());
    let tested = RwSignal::new(None);
    let busy = RwSignal::new(false);
    let place = if bot.locale.is_empty() { String::new() } else { format!(" in {}", bot.locale) };
    let name = format!("{}{place}", short(&bot.arn));
    let named = |does: &str| format!("{does} {name}");
    let (test_label, edit_label, delete_label) = (named("Try"), named("Edit"), named("Delete"));
    let text_label = format!("Message for {name}");
    let model = if bot.model.is_empty() { "the model of new prompts".to_owned() } else { bot.model.clone() };
    let (arn, names) = (bot.arn.clone(), told(&bot));
    let stored = StoredValue::new(bot);
    let test = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        busy.set(true);
        let (bot, text) = (stored.get_value(), text.get_untracked());
        spawn_local(async move {
            let outcome = api::bots::test(&bot.arn, &bot.locale, &text).await;
            let outcome = outcome.map(|test| (test.ok, test.message)).map_err(|error| error.to_string());
            tested.try_set(Some(outcome));
            busy.try_set(false);
        });
    };
    view! {
        <div class="line-item">
            <div class="about">
                <b>{name}</b>
                <span class="dim small mono">{arn}</span>
                <span class="dim small">{names} " · " {model}</span>
            </div>
            <button
                type="button"
                class="btn"
                aria-label=edit_label
                on:click=move |_| bots.open.set(Some(Open::Edit(stored.get_value())))
            >
                "Edit"
            </button>
            <button
                type="button"
                class="btn danger"
                aria-label=delete_label
                on:click=move |_| bots.open.set(Some(Open::Delete(stored.get_value())))
            >
                "Delete"
            </button>
            <form class="try" on:submit=test>
                <input
                    class="input"
                    aria-label=text_label
                    required
                    placeholder="A message to try"
                    prop:value=text
                    on:input=move |event| text.set(event_target_value(&event))
                />
                <button type="submit" class="btn" aria-label=test_label disabled=busy>
                    {move || if busy.get() { "Trying…" } else { "Try" }}
                </button>
            </form>
            {move || tested.get().map(|outcome| view! { <Outcome outcome /> })}
        </div>
    }
}
