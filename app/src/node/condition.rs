//! Condition: an ordered list of branches and the inputs they speak of.

use flow::check::Field;
use flow::definition::{FlowCondition, InputCategory, Node, NodeInput, NodeType};
use flow::node::condition::DEFAULT;
use flow::value::Type;
use leptos::prelude::*;

use super::builder::ConditionBuilder;
use super::field::{NameInput, Problems, Wrong};
use super::inputs::Inputs;
use crate::editor::inputs::{self, set_condition};
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
            <p class="hint">"The first that holds wins. Fill the form in or write the text: tone == \"angry\" and count > 2"</p>
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
    let told = Signal::derive(move || {
        let field = Field::Condition(name.get());
        let problems = card.problems.get();
        problems.into_iter().filter(|problem| problem.field.as_ref() == Some(&field)).collect::<Vec<_>>()
    });
    let operands = Signal::derive(move || card.node.with(operands));
    let burst = id.clone();
    let write = Callback::new(move |text: String| {
        let (node, name) = (card.name(), name.get_untracked());
        editor.type_in("Edit a condition", &burst, |document| {
            set_condition(document, &node, &name, &text);
        });
    });
    let burst = id.clone();
    let step = Callback::new(move |back| editor.step_typing(&burst, back));
    view! {
        <ConditionBuilder
            label=Signal::derive(move || format!("Condition {}", name.get()))
            id
            inputs=operands
            expression
            on_change=write
            step
            problems=told
        />
    }
}

/// What a node's conditions may compare: its inputs, of a loop's controller those for the condition.
fn operands(node: &Node) -> Vec<(String, Type)> {
    let controls = node.kind == NodeType::LoopController;
    let usable = |input: &&NodeInput| !controls || input.category == Some(InputCategory::LoopCondition);
    node.inputs.iter().filter(usable).map(|input| (input.name.clone(), input.kind)).collect()
}
