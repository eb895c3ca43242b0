//! How the model is asked: temperature, length, stop sequences, and what the answer must be.

use flow::check::Field;
use flow::definition::{Inference, InferenceConfiguration};
use flow::extensions::Answer;
use leptos::prelude::*;
use serde_json::Number;

use crate::editor::prompt::{labels, number, set_answer, set_inference, settings};
use crate::editor::session::{Card, use_editor};
use crate::node::field::{Problems, is_wrong};

#[component]
pub fn Settings(card: Card) -> impl IntoView {
    view! {
        <Sampling card />
        <AnswerField card />
        <StopField card />
    }
}

/// How the node's model is sampled.
#[component]
pub fn Sampling(card: Card) -> impl IntoView {
    view! {
        <div class="row2">
            <NumberField
                card
                label="Temperature"
                read=|inference| inference.temperature.clone()
                write=|inference, number| inference.temperature = number
            />
            <NumberField
                card
                label="Max tokens"
                read=|inference| inference.max_tokens.clone()
                write=|inference, number| inference.max_tokens = number
            />
        </div>
    }
}

#[component]
fn NumberField(
    card: Card,
    label: &'static str,
    read: fn(&Inference) -> Option<Number>,
    write: fn(&mut Inference, Option<Number>),
) -> impl IntoView {
    let editor = use_editor();
    let id = format!("{}-{}", label.to_lowercase().replace(' ', "-"), card.id);
    let why = format!("problems-{id}");
    let wrong = RwSignal::new(None::<String>);
    let value = Memo::new(move |_| {
        inference(card).and_then(|inference| read(&inference)).map(|n| n.to_string()).unwrap_or_default()
    });
    let on_input = move |event| match number(&event_target_value(&event)) {
        Ok(number) => {
            wrong.set(None);
            let name = card.name();
            let burst = format!("{} {label}", card.id);
            editor.type_in(&format!("Change {}", label.to_lowercase()), &burst, |document| {
                set_inference(document, &name, |inference| write(inference, number));
            });
        }
        Err(why) => wrong.set(Some(why)),
    };
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <input
                class="input"
                id=id
                inputmode="decimal"
                placeholder="default"
                aria-invalid=move || wrong.with(Option::is_some).to_string()
                aria-describedby=why.clone()
                prop:value=move || value.get()
                on:input=on_input
            />
            <div class="wrongs" id=why>
                {move || wrong.get().map(|why| view! { <p class="wrong">{why}</p> })}
            </div>
        </div>
    }
}

#[component]
fn AnswerField(card: Card) -> impl IntoView {
    let editor = use_editor();
    let id = format!("answer-{}", card.id);
    let allowed = move || {
        editor.watch(|document| match document.extensions.node(&card.name()).answer {
            Some(Answer::OneOf(labels)) => labels,
            None => Vec::new(),
        })
    };
    // What is typed stays as it is while it means what the document says, so that a comma can be typed; undo and a
    // reload show what they brought.
    let typed = RwSignal::new(String::new());
    Effect::new(move || {
        let allowed = allowed();
        if typed.with_untracked(|typed| labels(typed) != allowed) {
            typed.set(allowed.join(", "));
        }
    });
    let problems = format!("problems-{id}");
    let write = move |event| {
        let (name, text) = (card.name(), event_target_value(&event));
        typed.set(text.clone());
        let burst = format!("{} answer", card.id);
        editor.type_in("Change the allowed answers", &burst, |document| set_answer(document, &name, &text));
    };
    view! {
        <div class="field">
            <label for=id.clone()>"Answer must be one of"</label>
            <input
                class="input"
                id=id
                placeholder="anything"
                aria-invalid=move || is_wrong(card, &Field::Answer).to_string()
                aria-describedby=problems.clone()
                prop:value=move || typed.get()
                on:input=write
            />
            <Problems card field=Field::Answer id=problems />
            <p class="hint">"Words between commas. Empty: the answer is free."</p>
        </div>
    }
}

#[component]
fn StopField(card: Card) -> impl IntoView {
    let editor = use_editor();
    let id = format!("stop-{}", card.id);
    let value =
        move || inference(card).map(|inference| inference.stop_sequences.join("\n")).unwrap_or_default();
    let write = move |event| {
        let (name, text) = (card.name(), event_target_value(&event));
        let sequences: Vec<String> =
            text.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect();
        editor.change("Change the stop sequences", |document| {
            set_inference(document, &name, |inference| *inference.stop_sequences = sequences);
        });
    };
    view! {
        <div class="field">
            <label for=id.clone()>"Stop sequences"</label>
            <textarea
                class="textarea mono short"
                id=id
                rows="2"
                placeholder="one a line"
                prop:value=value
                on:change=write
            ></textarea>
        </div>
    }
}

fn inference(card: Card) -> Option<Inference> {
    card.node.with(|node| {
        let InferenceConfiguration::Text(inference) = settings(node)?;
        Some(inference.clone())
    })
}
