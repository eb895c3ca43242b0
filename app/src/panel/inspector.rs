//! The inspector: the selected node's form, its inputs, and what it did in the last run.

use flow::check::Field;
use flow::definition::NodeType;
use flow::trace::Trace;
use leptos::prelude::*;

use super::about::About;
use super::fix::FixButton;
use super::runner::use_runner;
use super::trace::NodeRun;
use super::try_node::Try;
use crate::editor::folds;
use crate::editor::inputs::{set_expression, set_type};
use crate::editor::offers::{Place, expression};
use crate::editor::session::{Card, use_editor};
use crate::node::KindIcon;
use crate::node::field::{Problems, TypeSelect, Wrong, is_wrong, marks};
use crate::node::form;
use crate::node::join::JoinSelect;
use crate::node::picker::{Picker, brought};
use crate::ui::browser;
use crate::ui::code_field::{Asked, CodeField, Language};
use crate::ui::tabs::Tabs;

/// The tabs, in their order.
const TABS: [&str; 3] = ["Configure", "Inputs", "Last run"];
const CONFIGURE: usize = 0;
const INPUTS: usize = 1;
const LAST_RUN: usize = 2;

/// Which tab is shown, as a context: the keys of the canvas reach it too.
#[derive(Clone, Copy)]
pub struct Inspected(RwSignal<usize>);

impl Inspected {
    pub fn provide() -> Self {
        let inspected = Self(RwSignal::new(CONFIGURE));
        provide_context(inspected);
        inspected
    }

    /// Goes to what the selected node did.
    pub fn last_run(self) {
        self.0.set(LAST_RUN);
    }
}

/// The fields that take on what is typed when they are left: the inspector's, and those of names and notes on the canvas.
const WAITS: &str = ".inspector input, .inspector textarea, .note-card textarea, .group-card input, .rename";

/// Takes on what is typed into a field that waits until it is left.
pub fn commit_typing() {
    let Some(field) = browser::focused() else { return };
    if field.matches(WAITS).unwrap_or_default() {
        let _left = field.blur();
        let _back = field.focus();
    }
}

#[component]
pub fn Inspector() -> impl IntoView {
    let editor = use_editor();
    let Inspected(tab) = expect_context();
    let card = Memo::new(move |_| editor.selected_card());
    // What says that nothing is selected has no field, and may be longer than the window: the keyboard scrolls it whole.
    let scrolled = move || card.with(Option::is_none).then_some("0");
    view! {
        <aside class="inspector" aria-label="Inspector" tabindex=scrolled>
            {move || match card.get() {
                Some(card) => view! { <Selected card tab /> }.into_any(),
                None => view! { <Nothing /> }.into_any(),
            }}
        </aside>
    }
}

#[component]
fn Selected(card: Card, tab: RwSignal<usize>) -> impl IntoView {
    view! {
        <Tabs name="node" label="Node" tabs=TABS.to_vec() selected=tab />
        <div class="config" role="tabpanel" id="node-panel" aria-label=move || TABS.get(tab.get()).copied()>
            {move || match tab.get() {
                CONFIGURE => view! { <Configure card /> }.into_any(),
                INPUTS => view! { <Inputs card /> }.into_any(),
                _ => view! { <LastRun card /> }.into_any(),
            }}
        </div>
    }
}

#[component]
fn Configure(card: Card) -> impl IntoView {
    view! {
        <NameField card />
        <About kind=card.node.with_untracked(|node| node.kind) />
        {form(card)}
        <Others card />
    }
}

/// The name, taken on when the field is left: half a name would rename connections back and forth.
#[component]
fn NameField(card: Card) -> impl IntoView {
    let editor = use_editor();
    let wrong = RwSignal::new(None::<String>);
    let name = Memo::new(move |_| card.node.with(|node| node.name.clone()));
    // Another name came, by undo perhaps: what was said of the old one is over.
    Effect::new(move || {
        name.track();
        wrong.set(None);
    });
    let rename = move |event| {
        let to = event_target_value(&event).trim().to_owned();
        wrong.set(editor.rename(&card.name(), &to).err());
    };
    view! {
        <div class="field">
            <label for="node-name">"Name"</label>
            <input
                class="input"
                id="node-name"
                spellcheck="false"
                autocomplete="off"
                aria-invalid=move || wrong.with(Option::is_some).to_string()
                aria-describedby="node-name-wrong"
                prop:value=move || name.get()
                on:change=rename
                on:keydown=move |event| {
                    if event.key() == "Enter" {
                        let to = event_target_value(&event).trim().to_owned();
                        wrong.set(editor.rename(&card.name(), &to).err());
                    }
                }
            />
            <div class="wrongs" id="node-name-wrong">
                <Wrong wrong />
            </div>
        </div>
    }
}

/// Problems that belong to no field of the form.
#[component]
fn Others(card: Card) -> impl IntoView {
    let lists_inputs = card.node.with_untracked(|node| {
        let named = matches!(
            node.kind,
            NodeType::Condition
                | NodeType::InlineCode
                | NodeType::LambdaFunction
                | NodeType::Output
                | NodeType::LoopController
        );
        named || node.kind == NodeType::Loop
    });
    let others = Memo::new(move |_| {
        card.problems.with(|problems| {
            let loose = |field: &Option<Field>| match field {
                None | Some(Field::Name | Field::Output(_)) => true,
                Some(Field::Input(_)) => !lists_inputs,
                _ => false,
            };
            problems.iter().filter(|p| loose(&p.field)).cloned().collect::<Vec<_>>()
        })
    });
    move || {
        let each = others.get().into_iter();
        each.map(|problem| {
            view! {
                <p class="wrong">{problem.message.clone()}</p>
                <FixButton problem />
            }
        })
        .collect_view()
    }
}

#[component]
fn Inputs(card: Card) -> impl IntoView {
    let count = Memo::new(move |_| card.node.with(|node| node.inputs.len()));
    view! {
        <For each=move || 0..count.get() key=|at| *at let:at>
            <InputRow card at />
        </For>
        <Show when=move || count.get() == 0>
            <p class="hint">"This node has no inputs."</p>
        </Show>
    }
}

#[component]
fn InputRow(card: Card, at: usize) -> impl IntoView {
    let editor = use_editor();
    let input = Memo::new(move |_| card.node.with(|node| node.inputs.get(at).cloned()));
    let name = move || input.with(|input| input.as_ref().map(|input| input.name.clone()).unwrap_or_default());
    let from = move || {
        let node = card.address.get();
        editor.watch(|document| {
            let own = name();
            let into = document.all_into(&node, &own);
            let from: Vec<String> =
                into.map(|c| format!("{} · {}", c.source, c.source_port().unwrap_or_default())).collect();
            (!from.is_empty()).then(|| from.join(", "))
        })
    };
    let choose = Callback::new(move |kind| {
        let (node, name) = (card.name(), name());
        editor.change("Change an input's type", |document| set_type(document, &node, &name, kind));
    });
    let burst = move || format!("{} expression {at}", card.id);
    let write = Callback::new(move |text: String| {
        let (node, name) = (card.name(), name());
        editor.type_in("Edit an expression", &burst(), |document| {
            set_expression(document, &node, &name, &text);
        });
    });
    let runner = use_runner();
    let offer = Callback::new(move |Asked { text, at, explicit }: Asked| {
        let brought = brought(editor, runner, card, &name());
        expression(Place { text: &text, at, asked: explicit }, brought.as_ref())
    });
    let problem = Signal::derive(move || Field::Input(name()));
    view! {
        <div class="field input-row">
            <span class="label mono">{name}</span>
            <p class="hint">
                {move || from().map_or("Not connected".to_owned(), |from| format!("From {from}"))}
            </p>
            <div class="row2 with-picker">
                <TypeSelect
                    label=Signal::derive(move || format!("Type of {}", name()))
                    value=Signal::derive(move || input.with(|input| input.as_ref().map(|input| input.kind)))
                    on_change=choose
                />
                <CodeField
                    language=Language::Expression
                    id=format!("expression-{}-{at}", card.id)
                    label=Signal::derive(move || format!("Expression of {}", name()))
                    value=Signal::derive(move || {
                        input.with(|input| input.as_ref().map(|i| i.expression.clone()).unwrap_or_default())
                    })
                    on_text=write
                    described_by=format!("problems-expression-{}-{at}", card.id)
                    invalid=Signal::derive(move || is_wrong(card, &problem.get()))
                    marks=Signal::derive(move || marks(card, &problem.get()))
                    offer
                    step=Callback::new(move |back| editor.step_typing(&burst(), back))
                />
                <Picker card input=Signal::derive(name) at />
            </div>
            <JoinSelect card input=Signal::derive(name) />
            <Problems
                card
                field=problem
                id=format!("problems-expression-{}-{at}", card.id)
            />
        </div>
    }
}

#[component]
fn LastRun(card: Card) -> impl IntoView {
    let editor = use_editor();
    let runner = use_runner();
    let did = move || {
        let address = editor.ran_as(&card.address.get());
        let shown =
            |trace: &Trace| runner.chosen.with(|chosen| folds::shown(trace, &address, chosen).cloned());
        match runner.trace.with(shown) {
            Some(row) => {
                let place = Some(row.place()).filter(|place| !place.is_empty());
                view! {
                    {place.map(|place| view! { <p class="hint">"Of " {place} ". The trace leads to the others."</p> })}
                    <NodeRun row />
                }
                    .into_any()
            }
            None => {
                view! { <p class="hint">"This node did not run in the run that is shown. Run the flow to see what it does."</p> }
                    .into_any()
            }
        }
    };
    view! {
        <Try card />
        {did}
    }
}

/// Nothing is selected, or many things are.
#[component]
fn Nothing() -> impl IntoView {
    let editor = use_editor();
    let many = move || editor.selection.with(|selection| selection.nodes.len());
    let wire = Memo::new(move |_| {
        let name = editor.selection.with(|selection| {
            selection.nodes.is_empty().then(|| selection.connections.first().cloned()).flatten()
        })?;
        editor.watch(|document| document.connection(&name).cloned())
    });
    view! {
        <div class="config">
            {move || match (wire.get(), many()) {
                (Some(wire), _) => {
                    let what = match wire.condition() {
                        Some(condition) => format!("A gate: opens when {condition} is taken. It carries no value."),
                        None => format!(
                            "Carries {} to {}.",
                            wire.data().map(|data| data.source_output.clone()).unwrap_or_default(),
                            wire.data().map(|data| data.target_input.clone()).unwrap_or_default(),
                        ),
                    };
                    view! {
                        <h2>{wire.source.clone()} " → " {wire.target.clone()}</h2>
                        <p class="hint">{what} " Press Delete to remove it."</p>
                    }
                        .into_any()
                }
                (None, 0) => view! { <Help /> }.into_any(),
                (None, many) => {
                    view! {
                        <h2>{format!("{many} nodes")}</h2>
                        <p class="hint">"Drag to move them together, Ctrl D to duplicate, Delete to remove."</p>
                    }
                        .into_any()
                }
            }}
        </div>
    }
}

#[component]
fn Help() -> impl IntoView {
    let kinds = flow::definition::NodeType::ALL.into_iter().filter(|kind| kind.can_be_added());
    view! {
        <p class="hint">"Select a node to configure it."</p>
        <ul class="kinds">
            {kinds
                .map(|kind| {
                    view! {
                        <li>
                            <KindIcon kind />
                            <div>
                                <b>{kind.describe().label}</b>
                                <p class="hint">{kind.describe().about}</p>
                            </div>
                        </li>
                    }
                })
                .collect_view()}
        </ul>
    }
}
