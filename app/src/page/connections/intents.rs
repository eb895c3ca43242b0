//! Intents: what each bot's alias stands for, and a try of each.

use flow::node::lex::short;
use flow::wire::{Bot, BotList};
use leptos::prelude::*;

use crate::api;
use crate::node::lex::binding::Open;
use crate::node::lex::{Bots, told};
use crate::ui::section::{LineActions, Section};
use crate::ui::trial::{Outcome, Trial};

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
    let trial = Trial::default();
    let place = if bot.locale.is_empty() { String::new() } else { format!(" in {}", bot.locale) };
    let name = format!("{}{place}", short(&bot.arn));
    let test_label = format!("Try {name}");
    let text_label = format!("Message for {name}");
    let model = if bot.model.is_empty() { "the model of new prompts".to_owned() } else { bot.model.clone() };
    let (arn, names) = (bot.arn.clone(), told(&bot));
    let stored = StoredValue::new(bot);
    let test = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let (bot, text) = (stored.get_value(), text.get_untracked());
        trial.run(async move {
            let test = api::bots::test(&bot.arn, &bot.locale, &text).await?;
            Ok((test.ok, test.message))
        });
    };
    view! {
        <div class="line-item">
            <div class="about">
                <b>{name.clone()}</b>
                <span class="dim small mono">{arn}</span>
                <span class="dim small">{names} " · " {model}</span>
            </div>
            <LineActions
                name
                on_edit=bots.opens(Open::Edit(stored.get_value()))
                on_delete=bots.opens(Open::Delete(stored.get_value()))
            />
            <form class="try" on:submit=test>
                <input
                    class="input"
                    aria-label=text_label
                    required
                    placeholder="A message to try"
                    prop:value=text
                    on:input=move |event| text.set(event_target_value(&event))
                />
                <button type="submit" class="btn" aria-label=test_label disabled=move || trial.is_busy()>
                    {move || if trial.is_busy() { "Trying…" } else { "Try" }}
                </button>
            </form>
            <Outcome trial />
        </div>
    }
}
