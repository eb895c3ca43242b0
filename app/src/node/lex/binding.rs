//! Bindings of bots, and the dialogs that make, change and delete one: over the editor and over the Connections page
//! alike.

use flow::node::lex::short;
use flow::wire::{Bot, BotList, Intent, PutBot};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api;
use crate::node::bound::Bound;
use crate::node::prompt::model::ModelOptions;
use crate::ui::browser;
use crate::ui::dialog::{Confirm, Dialog};
use crate::ui::icon::{Glyph, Icon};
use crate::ui::save::{SaveRow, Saving};
use crate::ui::toast::use_toasts;

/// What Lex itself answers where nothing fits.
const FALLBACK: &str = "FallbackIntent";

/// The bindings that the server has, as a context.
pub type Bots = Bound<BotList, Open>;

/// The dialog that is open.
#[derive(Clone, Debug, PartialEq)]
pub enum Open {
    /// For this ARN; for any, where it is empty.
    New(String),
    Edit(Bot),
    Delete(Bot),
}

/// Asks for them.
pub fn provide() -> Bots {
    Bound::provide(|| Box::pin(api::bots::list()))
}

/// Whichever dialog is open.
#[component]
pub fn BotDialogs() -> impl IntoView {
    let bots: Bots = expect_context();
    move || {
        bots.open.get().map(|open| match open {
            Open::New(arn) => view! { <EditBot arn /> }.into_any(),
            Open::Edit(bot) => view! { <EditBot arn=bot.arn.clone() bot /> }.into_any(),
            Open::Delete(bot) => view! { <DeleteBot bot /> }.into_any(),
        })
    }
}

/// An intent as it is edited. Its id keeps the focus where it is while others come and go.
#[derive(Clone, Copy)]
struct Row {
    id: usize,
    name: RwSignal<String>,
    /// A message a line.
    utterances: RwSignal<String>,
}

impl Row {
    fn new(id: usize, intent: &Intent) -> Self {
        Self {
            id,
            name: RwSignal::new(intent.name.clone()),
            utterances: RwSignal::new(intent.utterances.join("\n")),
        }
    }

    fn intent(&self) -> Intent {
        Intent {
            name: self.name.get_untracked().trim().to_owned(),
            utterances: self.utterances.with_untracked(|text| text.lines().map(str::to_owned).collect()),
        }
    }
}

#[component]
fn EditBot(
    /// The ARN to bind, which the person may change; that of the binding to change.
    arn: String,
    /// The binding to change; none to make one.
    #[prop(optional)]
    bot: Option<Bot>,
) -> impl IntoView {
    let bots: Bots = expect_context();
    let toasts = use_toasts();
    let title = if bot.is_some() { "Change the intents" } else { "Bind a bot to intents" };
    let (is_known, is_fixed) = (!arn.is_empty(), bot.is_some());
    let bot = bot.unwrap_or_else(|| Bot {
        arn: arn.clone(),
        locale: String::new(),
        model: String::new(),
        intents: vec![Intent::default(), Intent::default()],
        fallback: Some(FALLBACK.to_owned()),
    });
    let (arn, locale) = (RwSignal::new(arn), RwSignal::new(bot.locale));
    let (model, fallback) = (RwSignal::new(bot.model), RwSignal::new(bot.fallback.unwrap_or_default()));
    let rows: Vec<Row> = bot.intents.iter().enumerate().map(|(id, intent)| Row::new(id, intent)).collect();
    let next = StoredValue::new(rows.len());
    let rows = RwSignal::new(rows);
    let add = move |_| {
        let id = next.get_value();
        next.set_value(id + 1);
        rows.update(|rows| rows.push(Row::new(id, &Intent::default())));
        browser::focus_id_soon(format!("intent-{id}"));
    };
    let saving = Saving::default();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let fallback = fallback.get_untracked().trim().to_owned();
        let put = PutBot {
            model: model.get_untracked().trim().to_owned(),
            intents: rows.with_untracked(|rows| rows.iter().map(Row::intent).collect()),
            fallback: (!fallback.is_empty()).then_some(fallback),
        };
        let (arn, locale) = (trimmed(arn), trimmed(locale));
        saving.run(async move { api::bots::put(&arn, &locale, &put).await }, move |bot| {
            toasts.say(format!("Bound {} to {} intents.", short(&bot.arn), bot.intents.len()));
            bots.reload();
            bots.open.try_set(None);
        });
    };
    view! {
        <Dialog title on_close=bots.close() wide=true>
            <form class="form" on:submit=submit>
                <div class="field">
                    <label for="bot-arn">"Bot alias ARN"</label>
                    <input
                        id="bot-arn"
                        class="input mono"
                        required
                        readonly=is_fixed
                        autofocus=!is_known
                        spellcheck="false"
                        autocomplete="off"
                        placeholder="arn:aws:lex:us-east-1:123456789012:bot-alias/BOT/ALIAS"
                        prop:value=arn
                        on:input=move |event| arn.set(event_target_value(&event))
                    />
                </div>
                <div class="row2">
                    <div class="field">
                        <label for="bot-locale">"Locale"</label>
                        <input
                            id="bot-locale"
                            class="input"
                            readonly=is_fixed
                            spellcheck="false"
                            autocomplete="off"
                            placeholder="every locale"
                            prop:value=locale
                            on:input=move |event| locale.set(event_target_value(&event))
                        />
                    </div>
                    <Model model />
                </div>
                <fieldset class="map">
                    <legend>"Intents"</legend>
                    <For each=move || rows.get() key=|row| row.id let:row>
                        <IntentRow row rows is_first=is_known && row.id == 0 />
                    </For>
                    <div>
                        <button type="button" class="btn small" on:click=add>
                            <Icon glyph=Glyph::Plus />
                            "Add an intent"
                        </button>
                    </div>
                </fieldset>
                <div class="field">
                    <label for="bot-fallback">"Where no intent fits"</label>
                    <input
                        id="bot-fallback"
                        class="input"
                        spellcheck="false"
                        autocomplete="off"
                        placeholder="the likeliest intent, whatever it is"
                        prop:value=fallback
                        on:input=move |event| fallback.set(event_target_value(&event))
                    />
                    <span class="hint">"The name that the node then gives. Lex calls it FallbackIntent. Empty: one of the intents always."</span>
                </div>
                <SaveRow saving on_close=bots.close() />
            </form>
        </Dialog>
    }
}

/// Which model names the intent: one that the server offers, or any that is written.
#[component]
fn Model(model: RwSignal<String>) -> impl IntoView {
    view! {
        <div class="field">
            <label for="bot-model">"Model"</label>
            <input
                id="bot-model"
                class="input"
                list="bot-models"
                spellcheck="false"
                autocomplete="off"
                placeholder="the model of new prompts"
                prop:value=model
                on:input=move |event| model.set(event_target_value(&event))
            />
            <ModelOptions id="bot-models" />
        </div>
    }
}

#[component]
fn IntentRow(row: Row, rows: RwSignal<Vec<Row>>, is_first: bool) -> impl IntoView {
    let id = format!("intent-{}", row.id);
    view! {
        <div class="intent">
            <div class="branch-head">
                <input
                    class="input"
                    id=id
                    aria-label="Name of the intent"
                    required
                    autofocus=is_first
                    placeholder="OrderStatus"
                    spellcheck="false"
                    autocomplete="off"
                    prop:value=row.name
                    on:input=move |event| row.name.set(event_target_value(&event))
                />
                <button
                    type="button"
                    class="btn quiet icon"
                    aria-label="Remove this intent"
                    on:click=move |_| rows.update(|rows| rows.retain(|other| other.id != row.id))
                >
                    <Icon glyph=Glyph::Trash />
                </button>
            </div>
            <textarea
                class="textarea short"
                aria-label="Messages that mean it, one a line"
                required
                placeholder="Where is my order?\nWhen does my parcel arrive?"
                prop:value=row.utterances
                on:input=move |event| row.utterances.set(event_target_value(&event))
            ></textarea>
        </div>
    }
}

#[component]
fn DeleteBot(bot: Bot) -> impl IntoView {
    let bots: Bots = expect_context();
    let toasts = use_toasts();
    let title = format!("Delete the intents of “{}”?", short(&bot.arn));
    let message =
        "Its messages go with it. Nodes with this bot will fail until it is bound again.".to_owned();
    let bot = StoredValue::new(bot);
    let delete = Callback::new(move |()| {
        let Bot { arn, locale, .. } = bot.get_value();
        spawn_local(async move {
            match api::bots::delete(&arn, &locale).await {
                Ok(()) => bots.reload(),
                Err(error) => toasts.fail(error),
            }
            bots.open.try_set(None);
        });
    });
    view! { <Confirm title message action="Delete" on_confirm=delete on_close=bots.close() /> }
}

fn trimmed(signal: RwSignal<String>) -> String {
    signal.with_untracked(|text| text.trim().to_owned())
}
