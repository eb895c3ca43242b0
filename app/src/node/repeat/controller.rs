//! LoopController: when its loop goes on, what it hands to the next round, and what the loop gives at the end.

use flow::address::place;
use flow::check::Field;
use flow::definition::{Configuration, InputCategory, LoopControllerConfiguration, Node};
use flow::extensions::LoopPolarity;
use flow::plan::USUAL_ITERATIONS;
use leptos::prelude::*;
use serde_json::Number;

use super::Results;
use crate::editor::inputs;
use crate::editor::repeat;
use crate::editor::session::{Card, use_editor};
use crate::node::condition::Expression;
use crate::node::field::{NameInput, Problems, WholeNumber, Wrong};
use crate::ui::icon::{Glyph, Icon};

pub const ICON: &str = "M20 4v16M4 12h11M10 7l5 5-5 5";

/// The two readings, as the form offers them.
const READINGS: [(LoopPolarity, &str, &str); 2] = [
    (LoopPolarity::ContinueWhileTrue, "while", "goes on while it holds"),
    (LoopPolarity::ExitWhenTrue, "until", "ends when it holds"),
];

/// What an input of a controller can be for, in words.
const USES: [(InputCategory, &str); 3] = [
    (InputCategory::LoopCondition, "the condition looks at it"),
    (InputCategory::ReturnValueToLoopStart, "the next round begins with it"),
    (InputCategory::ExitLoop, "the loop gives it at the end"),
];

/// When the loop goes on.
pub fn summary(node: &Node) -> String {
    configuration(node)
        .and_then(|configuration| configuration.continue_condition.expression.clone())
        .filter(|text| !text.trim().is_empty())
        .unwrap_or_else(|| "Loop controller".to_owned())
}

pub fn form(card: Card) -> impl IntoView {
    let owner = Signal::derive(move || card.address.with(|address| place(address).to_owned()));
    let condition = move |part: fn(&LoopControllerConfiguration) -> String| {
        Signal::derive(move || card.node.with(|node| configuration(node).map(part)).unwrap_or_default())
    };
    view! {
        <div class="field">
            <span class="label">"After each round, the loop"</span>
            <Reading />
            <Expression
                card
                name=condition(|it| it.continue_condition.name.clone())
                expression=condition(|it| it.continue_condition.expression.clone().unwrap_or_default())
                id=format!("controller-{}", card.id)
            />
            <p class="hint">"Compare the values below: verdict != \"good\" and count < 5"</p>
        </div>
        <LookedAt card />
        <Most card owner />
        <Problems card field=Field::Configuration id=format!("problems-controller-{}", card.id) />
        <HandedOn card owner />
        <Results card owner />
        <Unused card />
    }
}

/// Which way the condition is read: for every loop of the flow.
#[component]
fn Reading() -> impl IntoView {
    let editor = use_editor();
    let polarity = Memo::new(move |_| editor.watch(|document| document.extensions.loop_polarity));
    let choose = move |event| {
        let chosen = event_target_value(&event);
        if let Some((polarity, ..)) = READINGS.into_iter().find(|(_, value, _)| *value == chosen) {
            editor.change("Change how loops go on", |document| repeat::set_polarity(document, polarity));
        }
    };
    view! {
        <select class="select" aria-label="The loop" on:change=choose>
            {READINGS
                .map(|(it, value, words)| {
                    view! {
                        <option value=value prop:selected=move || polarity.get() == it>
                            {words}
                        </option>
                    }
                })
                .collect_view()}
        </select>
        <p class="hint">"AWS is read both ways, so this holds for all loops of the flow."</p>
    }
}

/// The values that the condition looks at.
#[component]
fn LookedAt(card: Card) -> impl IntoView {
    let editor = use_editor();
    let names = inputs_for(card, Some(InputCategory::LoopCondition));
    let add = move |_| {
        let controller = card.name();
        editor.change("Add a value", |document| repeat::add_looked_at(document, &controller));
    };
    view! {
        <div class="field">
            <span class="label">"The condition looks at"</span>
            <For each=move || 0..names.with(Vec::len) key=|at| *at let:at>
                <Value card names at />
            </For>
            <button type="button" class="btn small" on:click=add>
                <Icon glyph=Glyph::Plus />
                "Add value"
            </button>
        </div>
    }
}

#[component]
fn Value(card: Card, names: Memo<Vec<String>>, at: usize) -> impl IntoView {
    let editor = use_editor();
    let name = Memo::new(move |_| names.with(|names| names.get(at).cloned().unwrap_or_default()));
    let wrong = RwSignal::new(None::<String>);
    let rename = Callback::new(move |to: String| {
        let (controller, from) = (card.name(), name.get_untracked());
        editor.change("Rename a value", |document| inputs::rename(document, &controller, &from, &to))
    });
    let remove = move |_| {
        let (controller, name) = (card.name(), name.get_untracked());
        editor.change("Remove a value", |document| inputs::remove(document, &controller, &name));
    };
    view! {
        <div class="branch-head">
            <NameInput label="Value name" name rename wrong />
            <button
                type="button"
                class="btn quiet icon small"
                aria-label=move || format!("Remove value {}", name.get())
                on:click=remove
            >
                <Icon glyph=Glyph::Close />
            </button>
        </div>
        <Wrong wrong />
        <Problems
            card
            field=Signal::derive(move || Field::Input(name.get()))
            id=format!("problems-value-{}-{at}", card.id)
        />
    }
}

/// How often the loop goes round at most.
#[component]
pub fn Most(card: Card, owner: Signal<String>) -> impl IntoView {
    let editor = use_editor();
    let value = Signal::derive(move || {
        let owner = owner.get();
        editor.watch(|document| {
            let controller = document.node(&repeat::controller(document, &owner)?)?;
            Some(configuration(controller)?.max_iterations.as_ref()?.to_string())
        })
    });
    let write = Callback::new(move |wanted: Option<u64>| {
        let (owner, burst) = (owner.get_untracked(), format!("{} most", card.id));
        editor.type_in("Change how often the loop goes round", &burst, |document| {
            if let Some(controller) = repeat::controller(document, &owner) {
                repeat::set_most(document, &controller, wanted.map(Number::from));
            }
        });
    });
    view! {
        <WholeNumber
            card
            label="Rounds at most"
            stem="most"
            placeholder=USUAL_ITERATIONS.to_string()
            value
            means="a whole number, such as 5"
            most=u64::MAX
            write
            hint="Then the loop ends well, with the last values. Empty: 10, as with AWS."
        />
    }
}

/// What the next round begins with: a new value, or the one that it has.
#[component]
fn HandedOn(card: Card, owner: Signal<String>) -> impl IntoView {
    let editor = use_editor();
    let values = Memo::new(move |_| {
        let owner = owner.get();
        editor.watch(|document| {
            let begin = repeat::begin(document, &owner);
            let at = repeat::controller(document, &owner).unwrap_or_default();
            let outputs = begin.and_then(|begin| document.node(&begin)).map(|node| node.outputs.iter());
            let value = |name: &String| (name.clone(), repeat::is_handed_on(document, &at, name));
            outputs.into_iter().flatten().map(|output| value(&output.name)).collect::<Vec<_>>()
        })
    });
    let wrong = RwSignal::new(None::<String>);
    view! {
        <div class="field">
            <span class="label">"The next round begins with a new"</span>
            <For each=move || values.get() key=Clone::clone let:value>
                <label class="check">
                    <input
                        type="checkbox"
                        prop:checked=value.1
                        on:change={
                            let name = value.0.clone();
                            move |event| {
                                let (owner, wanted) = (owner.get_untracked(), event_target_checked(&event));
                                wrong.set(
                                    editor
                                        .change(
                                            "Change what is handed on",
                                            |document| repeat::hand_on(document, &owner, &name, wanted),
                                        )
                                        .err(),
                                );
                            }
                        }
                    />
                    <span class="mono">{value.0.clone()}</span>
                </label>
                <Problems
                    card
                    field=Field::Input(value.0.clone())
                    id=format!("problems-handed-{}-{}", card.id, value.0)
                />
            </For>
            <Wrong wrong />
            <p class="hint">"What is not handed on stays as the loop began with it."</p>
        </div>
    }
}

/// Inputs of an imported controller that do not say what they are for.
#[component]
fn Unused(card: Card) -> impl IntoView {
    let editor = use_editor();
    let names = inputs_for(card, None);
    move || {
        names
            .get()
            .into_iter()
            .map(|name| {
                let input = name.clone();
                let choose = move |event| {
                    let (controller, words) = (card.name(), event_target_value(&event));
                    if let Some((category, _)) = USES.into_iter().find(|(_, use_)| *use_ == words) {
                        editor.change("Say what an input is for", |document| {
                            repeat::set_category(document, &controller, &input, category);
                        });
                    }
                };
                view! {
                    <div class="field">
                        <span class="label mono">{name.clone()}</span>
                        <select class="select" aria-label=format!("What {name} is for") on:change=choose>
                            <option value="">"Say what it is for"</option>
                            {USES.map(|(_, words)| view! { <option value=words>{words}</option> }).collect_view()}
                        </select>
                        <Problems
                            card
                            field=Field::Input(name.clone())
                            id=format!("problems-use-{}-{name}", card.id)
                        />
                    </div>
                }
            })
            .collect_view()
    }
}

/// The names of the inputs for one use.
fn inputs_for(card: Card, category: Option<InputCategory>) -> Memo<Vec<String>> {
    Memo::new(move |_| {
        card.node.with(|node| {
            let inputs = node.inputs.iter().filter(|input| input.category == category);
            inputs.map(|input| input.name.clone()).collect()
        })
    })
}

fn configuration(node: &Node) -> Option<&LoopControllerConfiguration> {
    match &node.configuration {
        Some(Configuration::LoopController(configuration)) => Some(configuration),
        _ => None,
    }
}
