//! The picker: what the last run brought to an input, as a tree; a line of it becomes the input's expression.

use std::sync::Arc;

use flow::expression::LONGEST;
use flow::value::Type;
use leptos::ev;
use leptos::html;
use leptos::prelude::*;
use serde_json::Value;
use wasm_bindgen::JsCast;

use crate::editor::inputs::set_expression;
use crate::editor::session::{Card, Editor, use_editor};
use crate::editor::tree::{Line, Opened, Step, lines, selected_type, step};
use crate::panel::runner::{Runner, use_runner};
use crate::ui::browser;
use crate::ui::icon::{Glyph, Icon};

/// The button beside an expression, and the tree that it opens.
#[component]
pub fn Picker(card: Card, #[prop(into)] input: Signal<String>, at: usize) -> impl IntoView {
    let editor = use_editor();
    let runner = use_runner();
    let shown = RwSignal::new(None::<Found>);
    let note = RwSignal::new(None::<String>);
    let button = format!("pick-{}-{at}", card.id);
    let root = NodeRef::<html::Div>::new();
    let close = {
        let button = button.clone();
        Callback::new(move |()| {
            shown.set(None);
            browser::focus_id_soon(button.clone());
        })
    };
    let toggle = move |_| {
        note.set(None);
        shown.update(|shown| {
            *shown = match shown {
                Some(_) => None,
                None => Some(found(editor, runner, card, &input.get_untracked())),
            };
        });
    };
    let pick = Callback::new(move |(line, kind): (Line, Option<Type>)| {
        let (node, name) = (card.name(), input.get_untracked());
        editor.change("Pick a part of a value", |document| {
            set_expression(document, &node, &name, &line.expression);
        });
        note.set(misfit(card, &name, kind));
        close.run(());
    });
    close_outside(root, shown);
    view! {
        <div class="picker" node_ref=root>
            <button
                type="button"
                class="btn icon"
                id=button
                aria-label=move || format!("Pick the expression of {} from the last run", input.get())
                title="Pick from the last run"
                aria-haspopup="dialog"
                aria-expanded=move || shown.with(Option::is_some).to_string()
                on:click=toggle
            >
                <Icon glyph=Glyph::Pick />
            </button>
            {move || {
                shown.get().map(|found| {
                    let id = format!("tree-{}-{at}", card.id);
                    view! {
                        <div
                            class="popover"
                            role="dialog"
                            aria-label=move || format!("What the last run brought to {}", input.get())
                            on:keydown=move |event| {
                                if event.key() == "Escape" {
                                    event.stop_propagation();
                                    close.run(());
                                }
                            }
                        >
                            {match found {
                                Found::Value(value) => view! { <Tree value id pick /> }.into_any(),
                                Found::Nothing(why) => view! { <Hint why /> }.into_any(),
                            }}
                        </div>
                    }
                })
            }}
        </div>
        {move || note.get().map(|note| view! { <p class="hint note" role="status">{note}</p> })}
    }
}

/// What can be picked from, or why there is nothing.
#[derive(Clone)]
enum Found {
    Value(Arc<Value>),
    Nothing(&'static str),
}

/// What the last run brought to an input.
pub fn brought(editor: Editor, runner: Runner, card: Card, input: &str) -> Option<Value> {
    let (source, output) = source(editor, card, input)?;
    let ran_as = editor.ran_as(&source);
    runner.trace.with_untracked(|trace| trace.delivered(&ran_as, &output))
}

/// The node and the output that an input takes its value from.
fn source(editor: Editor, card: Card, input: &str) -> Option<(String, String)> {
    editor.look(|document| {
        let (source, output) = document.source(&card.name(), input)?;
        Some((source, output.to_owned()))
    })
}

fn found(editor: Editor, runner: Runner, card: Card, input: &str) -> Found {
    if source(editor, card, input).is_none() {
        return Found::Nothing("Connect this input first. Then run the flow once to pick from its values.");
    }
    let value = brought(editor, runner, card, input);
    match (value, runner.trace.with_untracked(|trace| trace.status.is_some())) {
        (Some(value), _) => Found::Value(Arc::new(value)),
        (None, false) => Found::Nothing("Run the flow once to pick from its values."),
        (None, true) => {
            Found::Nothing("The last run brought no value here. Run it with an input that leads here.")
        }
    }
}

/// What is said where the picked part is not of the input's type.
fn misfit(card: Card, input: &str, picked: Option<Type>) -> Option<String> {
    let wanted = card.node.with_untracked(|node| node.input(input).map(|input| input.kind))?;
    match picked {
        Some(kind) if kind == wanted => None,
        Some(kind) => {
            Some(format!("It was {} in the last run, and this input takes {}.", kind.noun(), wanted.noun()))
        }
        None => Some("It was null in the last run, which no input takes.".to_owned()),
    }
}

/// A click elsewhere closes it.
fn close_outside(root: NodeRef<html::Div>, shown: RwSignal<Option<Found>>) {
    let listener = window_event_listener(ev::pointerdown, move |event| {
        let inside = root.get_untracked().is_some_and(|root| {
            let target = event.target().and_then(|target| target.dyn_into::<web_sys::Node>().ok());
            root.contains(target.as_ref())
        });
        if !inside && shown.with_untracked(Option::is_some) {
            shown.set(None);
        }
    });
    on_cleanup(move || listener.remove());
}

#[component]
fn Hint(why: &'static str) -> impl IntoView {
    let root = NodeRef::<html::P>::new();
    // Whoever opened it by the keyboard hears what it says.
    Effect::new(move || {
        if let Some(root) = root.get() {
            let _refused = root.focus();
        }
    });
    view! {
        <p class="hint" tabindex="-1" node_ref=root>
            {why}
        </p>
    }
}

#[component]
fn Tree(value: Arc<Value>, id: String, pick: Callback<(Line, Option<Type>)>) -> impl IntoView {
    let value = StoredValue::new(value);
    let opened = RwSignal::new(Opened::from(["$.data".to_owned()]));
    let seen = Memo::new(move |_| opened.with(|opened| value.with_value(|value| lines(value, opened))));
    let at = RwSignal::new(0_usize);
    let id = StoredValue::new(id);
    let element = move |at: usize| id.with_value(|id| format!("{id}-{at}"));
    let go = move |to: usize| {
        at.set(to);
        browser::focus_id_soon(element(to));
    };
    let toggle = move |expression: &str| {
        opened.update(|opened| {
            if !opened.remove(expression) {
                opened.insert(expression.to_owned());
            }
        });
    };
    let take = move |line: Line| {
        if line.more > 0 || line.expression.len() > LONGEST {
            return;
        }
        let kind = value.with_value(|value| selected_type(value, &line));
        pick.run((line, kind));
    };
    let on_key = move |event: ev::KeyboardEvent| {
        let step = seen.with_untracked(|lines| step(lines, at.get_untracked(), &event.key()));
        if step == Step::Nothing {
            return;
        }
        event.prevent_default();
        event.stop_propagation();
        match step {
            Step::To(to) => go(to),
            Step::Toggle(expression) => {
                toggle(&expression);
                go(at.get_untracked());
            }
            Step::Pick(at) => {
                if let Some(line) = seen.with_untracked(|lines| lines.get(at).cloned()) {
                    take(line);
                }
            }
            Step::Nothing => {}
        }
    };
    browser::focus_id_soon(element(0));
    view! {
        <ul class="tree" role="tree" aria-label="Parts of the value" on:keydown=on_key>
            <For each=move || seen.get().into_iter().enumerate() key=key let:item>
                {
                    let (place, line) = item;
                    let chosen = line.clone();
                    let expression = line.expression.clone();
                    let is_more = line.more > 0;
                    let (level, indent) = (line.level().to_string(), format!("{}px", line.way.len() * 14));
                    let (is_open, expanded) = (line.is_open, line.is_open.map(|open| open.to_string()));
                    let Line { name, kind, preview, .. } = line;
                    view! {
                        <li
                            role="treeitem"
                            id=element(place)
                            class:more=is_more
                            prop:ariaLevel=level
                            aria-expanded=expanded
                            aria-selected="false"
                            aria-disabled=is_more.then_some("true")
                            tabindex=move || if at.get() == place { "0" } else { "-1" }
                            style:padding-left=indent
                            on:click=move |_| {
                                at.set(place);
                                take(chosen.clone());
                            }
                        >
                            <span
                                class="twig"
                                class:open=is_open == Some(true)
                                class:leaf=is_open.is_none()
                                aria-hidden="true"
                                on:click=move |event| {
                                    event.stop_propagation();
                                    toggle(&expression);
                                    go(place);
                                }
                            >
                                <Icon glyph=Glyph::Chevron />
                            </span>
                            <span class="mono name">{name}</span>
                            " "
                            <span class="kind">{kind}</span>
                            " "
                            <span class="preview">{preview}</span>
                        </li>
                    }
                }
            </For>
        </ul>
    }
}

/// A line is drawn anew where it stands elsewhere or opens.
fn key((place, line): &(usize, Line)) -> (usize, String, usize, Option<bool>) {
    (*place, line.expression.clone(), line.more, line.is_open)
}
