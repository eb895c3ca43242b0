//! Condition: an ordered list of branches and the inputs they speak of.

use flow::check::Field;
use flow::definition::{FlowCondition, Node};
use flow::node::condition::DEFAULT;
use leptos::prelude::*;

use super::field::{NameInput, Problems, Wrong, is_wrong};
use super::inputs::Inputs;
use crate::editor::inputs;
use crate::editor::session::{Card, use_editor};
use crate::ui::icon::{Glyph, Icon};

pub const ICON: &str = "M6 3v12M18 9a6 6 0 0 1-12 6M18 3v6";

pub fn summary(node: &Node) -> String {
    match node.conditions().iter().filter(|condition| condition.name != DEFAULT).count() {
        1 => "1 condition".to_owned(),
        count => format!("{count} conditions"),
    }
}

pub fn form(card: Card) -> impl IntoView {
    let editor = use_editor();
    let count = Memo::new(move |_| card.node.with(|node| node.conditions().len()));
    let add = move |_| {
        let name = card.name();
        editor.change("Add a condition", |document| inputs::add_condition(document, &name));
    };
    view! {
        <div class="field">
            <span class="label">"Conditions"</span>
            <p class="hint">"The first that holds wins. Compare inputs: tone == \"angry\" and count > 2"</p>
            <Problems card field=Field::Configuration id=format!("problems-conditions-{}", card.id) />
            <For each=move || 0..count.get() key=|at| *at let:at>
                <Branch card at />
            </For>
            <button type="button" class="btn small" on:click=add>
                <Icon glyph=Glyph::Plus />
                "Add condition"
            </button>
        </div>
        <Inputs card />
    }
}

/// One branch: its name and when it is taken. The default one has no expression and stays last.
#[component]
fn Branch(card: Card, at: usize) -> impl IntoView {
    let editor = use_editor();
    let branch = Memo::new(move |_| {
        card.node.with(|node| {
            node.conditions()
                .get(at)
                .cloned()
                .unwrap_or(FlowCondition { name: String::new(), expression: None })
        })
    });
    let name = move || branch.with(|branch| branch.name.clone());
    let wrong = RwSignal::new(None::<String>);
    let is_default = Memo::new(move |_| branch.with(|branch| branch.name == DEFAULT));
    let rename = Callback::new(move |to: String| {
        let (node, from) = (card.name(), name());
        editor.change("Rename a condition", |document| inputs::rename_condition(document, &node, &from, &to))
    });
    let shift = move |by| {
        let (node, name) = (card.name(), name());
        editor.change("Reorder conditions", |document| {
            inputs::move_condition(document, &node, &name, by);
        });
    };
    let remove = move |_| {
        let (node, name) = (card.name(), name());
        editor.change("Remove a condition", |document| inputs::remove_condition(document, &node, &name));
    };
    view! {
        <Show
            when=move || !is_default.get()
            fallback=move || {
                view! {
                    <div class="branch default">
                        <span class="diamond" aria-hidden="true"></span>
                        <span class="mono">"default"</span>
                        <span class="hint">"when no condition holds"</span>
                    </div>
                }
            }
        >
            <div class="branch">
                <div class="branch-head">
                    <span class="diamond" aria-hidden="true"></span>
                    <NameInput label="Condition name" name=Signal::derive(name) rename wrong />
                    <button
                        type="button"
                        class="btn quiet icon small"
                        aria-label=move || format!("Move {} up", name())
                        disabled=at == 0
                        on:click=move |_| shift(-1)
                    >
                        "↑"
                    </button>
                    <button
                        type="button"
                        class="btn quiet icon small"
                        aria-label=move || format!("Move {} down", name())
                        on:click=move |_| shift(1)
                    >
                        "↓"
                    </button>
                    <button
                        type="button"
                        class="btn quiet icon small"
                        aria-label=move || format!("Remove condition {}", name())
                        on:click=remove
                    >
                        <Icon glyph=Glyph::Close />
                    </button>
                </div>
                <Wrong wrong />
                <Expression
                    card
                    name=Signal::derive(name)
                    expression=Signal::derive(move || {
                        branch.with(|branch| branch.expression.clone().unwrap_or_default())
                    })
                    id=format!("condition-{}-{at}", card.id)
                />
            </div>
        </Show>
    }
}

/// When a condition holds: of a branch, or of a loop's controller.
#[component]
pub fn Expression(
    card: Card,
    /// The condition's name.
    name: Signal<String>,
    expression: Signal<String>,
    #[prop(into)] id: String,
) -> impl IntoView {
    let editor = use_editor();
    let field = Signal::derive(move || Field::Condition(name.get()));
    let problems = format!("problems-{id}");
    let write = move |event| {
        let (node, name, text) = (card.name(), name.get_untracked(), event_target_value(&event));
        editor.type_in("Edit a condition", &id, |document| {
            inputs::set_condition(document, &node, &name, &text);
        });
    };
    view! {
        <input
            class="input mono"
            aria-label=move || format!("Condition {}", name.get())
            aria-invalid=move || is_wrong(card, &field.get()).to_string()
            aria-describedby=problems.clone()
            spellcheck="false"
            autocomplete="off"
            placeholder="tone == \"angry\""
            prop:value=move || expression.get()
            on:input=write
        />
        <Culprit card field expression />
        <Problems card field id=problems />
    }
}

/// The part of the expression that a problem is about, under a wavy line.
#[component]
fn Culprit(
    card: Card,
    #[prop(into)] field: Signal<Field>,
    #[prop(into)] expression: Signal<String>,
) -> impl IntoView {
    let parts = Memo::new(move |_| {
        let field = field.get();
        let span = card
            .problems
            .with(|problems| problems.iter().find(|p| p.field.as_ref() == Some(&field)).and_then(|p| p.span));
        let text = expression.get();
        let (start, end) = span.filter(|(start, end)| start < end)?;
        let part = |range: std::ops::Range<usize>| text.get(range).map(str::to_owned);
        Some((part(0..start)?, part(start..end)?, part(end..text.len())?))
    });
    move || {
        parts.get().map(|(before, wrong, after)| {
            view! {
                <p class="culprit mono" aria-hidden="true">
                    {before}
                    <u>{wrong}</u>
                    {after}
                </p>
            }
        })
    }
}
