//! Trying one node: it alone or with what follows, on what the others gave before; and data that is pinned in a node's
//! place.

use flow::definition::NodeType;
use flow::part::Given;
use leptos::prelude::*;

use super::runner::{Phase, use_runner};
use super::test::Ask;
use crate::editor::given::{can_be_given, read_pin, runs_alone};
use crate::editor::session::{Card, use_editor};
use crate::ui::code_field::{CodeField, Language};

#[component]
pub fn Try(card: Card) -> impl IntoView {
    let editor = use_editor();
    let runner = use_runner();
    let ask: Ask = expect_context();
    let alone =
        Memo::new(move |_| editor.watch(|document| runs_alone(&document.definition, &card.address.get())));
    let busy = move || runner.phase.get() != Phase::Idle;
    let run = move |following: bool| ask.send_part(runner, editor, card.name(), following);
    view! {
        <Show
            when=move || alone.get()
            fallback=|| view! { <p class="hint">"It runs once for each item or round, so it runs with its Iterator or Loop."</p> }
        >
            <div class="try-node">
                <button type="button" class="btn small" disabled=busy on:click=move |_| run(false)>
                    "Run this node"
                </button>
                <button type="button" class="btn small" disabled=busy on:click=move |_| run(true)>
                    "Run from here"
                </button>
            </div>
            <Pin card />
        </Show>
    }
}

/// What is given in the place of running the node.
#[component]
fn Pin(card: Card) -> impl IntoView {
    let editor = use_editor();
    let runner = use_runner();
    let edits = RwSignal::new(false);
    let allowed = Memo::new(move |_| {
        let kind = card.node.with(|node| node.kind);
        let address = card.address.get();
        kind != NodeType::Output && editor.watch(|document| can_be_given(&document.definition, &address))
    });
    let pinned = Memo::new(move |_| runner.pins.with(|pins| pins.get(&card.address.get()).cloned()));
    move || {
        if !allowed.get() {
            return ().into_any();
        }
        if edits.get() {
            return view! { <Edit card edits /> }.into_any();
        }
        let open = move |_| edits.set(true);
        match pinned.get() {
            Some(given) => view! {
                <div class="notice pinned">
                    <div class="grow">
                        <p>"Pinned: it gives this and does not run."</p>
                        <pre class="readable" tabindex="0" role="region" aria-label="Pinned data">{words(&given)}</pre>
                    </div>
                    <button type="button" class="btn small" on:click=open>
                        "Edit"
                    </button>
                    <button type="button" class="btn small" on:click=move |_| runner.unpin(&card.name())>
                        "Unpin"
                    </button>
                </div>
            }
            .into_any(),
            None => view! {
                <button type="button" class="btn small quiet" on:click=open>
                    "Pin data…"
                </button>
            }
            .into_any(),
        }
    }
}

/// What the field of pinned data is called.
const LABEL: &str = "Data for its outputs";

#[component]
fn Edit(card: Card, edits: RwSignal<bool>) -> impl IntoView {
    let editor = use_editor();
    let runner = use_runner();
    let name = card.name();
    let begin = runner.pins.with_untracked(|pins| pins.get(&name).cloned()).or_else(|| runner.known(&name));
    let begin = begin.filter(|given| *given != Given::Skipped);
    let text = RwSignal::new(begin.map_or_else(|| example(card), |given| words(&given)));
    let wrong = RwSignal::new(None::<String>);
    let branches = card.node.with_untracked(|node| {
        node.conditions().iter().map(|condition| condition.name.clone()).collect::<Vec<_>>()
    });
    let is_condition = !branches.is_empty();
    let save = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let (name, typed) = (card.name(), text.get_untracked());
        let read = match is_condition {
            true => Ok(Given::Branch(typed)),
            false => editor.look(|document| read_pin(&document.definition, &name, &typed)),
        };
        match read {
            Ok(given) => {
                runner.pin(name, given);
                edits.set(false);
            }
            Err(why) => wrong.set(Some(why)),
        }
    };
    let field = match is_condition {
        true => {
            if !branches.contains(&text.get_untracked()) {
                text.set(branches[0].clone());
            }
            view! {
                <select
                    class="select"
                    id="pin-data"
                    on:change=move |event| text.set(event_target_value(&event))
                >
                    {branches
                        .into_iter()
                        .map(|branch| {
                            let is_chosen = text.get_untracked() == branch;
                            view! { <option value=branch.clone() selected=is_chosen>{branch.clone()}</option> }
                        })
                        .collect_view()}
                </select>
            }
            .into_any()
        }
        false => view! {
            <CodeField
                language=Language::Json
                id="pin-data"
                label=Signal::stored(LABEL.to_owned())
                value=text
                on_text=Callback::new(move |typed| {
                    text.set(typed);
                    wrong.set(None);
                })
                invalid=Signal::derive(move || wrong.with(Option::is_some))
            />
        }
        .into_any(),
    };
    view! {
        <form class="field" on:submit=save>
            <label for="pin-data">{if is_condition { "Branch that is taken" } else { LABEL }}</label>
            {field}
            {move || wrong.get().map(|why| view! { <p class="wrong" role="alert">{why}</p> })}
            <div class="try-node">
                <button type="submit" class="btn small primary">
                    "Pin"
                </button>
                <button type="button" class="btn small" on:click=move |_| edits.set(false)>
                    "Cancel"
                </button>
            </div>
        </form>
    }
}

/// As it is typed: an object with a value for each output, or the name of a branch.
fn words(given: &Given) -> String {
    match given {
        Given::Outputs(outputs) => serde_json::to_string_pretty(outputs).unwrap_or_default(),
        Given::Branch(branch) => branch.clone(),
        Given::Skipped => String::new(),
    }
}

fn example(card: Card) -> String {
    let outputs: serde_json::Map<String, serde_json::Value> = card.node.with_untracked(|node| {
        node.outputs
            .iter()
            .map(|output| {
                (
                    output.name.clone(),
                    serde_json::from_str(super::test::example(output.kind)).unwrap_or_default(),
                )
            })
            .collect()
    });
    serde_json::to_string_pretty(&outputs).unwrap_or_default()
}
