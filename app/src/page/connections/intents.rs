//! Intents: what each bot's alias stands for, and a try of each.

use flow::node::lex::short;
use flow::wire::{Bot, BotTest};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api;
use crate::node::lex::binding::Open;
use crate::node::lex::{Bots, told};
use crate::ui::load::{Failure, Loaded};

#[component]
pub fn Intents() -> impl IntoView {
    let bots: Bots = expect_context();
    view! {
        <section class="box" aria-labelledby="intents-heading">
            <header>
                <h2 id="intents-heading">"Intents"</h2>
                <span class="grow"></span>
                <button type="button" class="btn" on:click=move |_| bots.open.set(Some(Open::New(String::new())))>
                    "Bind a bot"
                </button>
            </header>
            {move || match bots.list.get() {
                Loaded::Loading => ().into_any(),
                Loaded::Failed(error) => {
                    view! {
                        <div class="inside">
                            <Failure error retry=Callback::new(move |()| bots.reload()) />
                        </div>
                    }
                        .into_any()
                }
                Loaded::Ready(list) if list.bots.is_empty() => view! { <Empty /> }.into_any(),
                Loaded::Ready(list) => {
                    list.bots.into_iter().map(|bot| view! { <Row bot /> }).collect_view().into_any()
                }
            }}
        </section>
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
    let tested = RwSignal::new(None::<Result<BotTest, String>>);
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
            tested.try_set(Some(outcome.map_err(|error| error.to_string())));
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

/// What a try came to.
#[component]
fn Outcome(outcome: Result<BotTest, String>) -> impl IntoView {
    let (ok, message) = match outcome {
        Ok(test) => (test.ok, test.message),
        Err(why) => (false, why),
    };
    view! {
        <p class="result" class:ok=ok class:bad=!ok role="status">
            {message}
        </p>
    }
}
