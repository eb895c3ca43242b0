//! Loop: what its body begins with, what it gives, and how often it goes round at most.

pub mod controller;

use flow::address::place;
use flow::check::Field;
use flow::definition::{Configuration, Node, NodeInput, NodeOutput, NodeType};
use flow::node::repeat::COUNT;
use flow::plan::USUAL_ITERATIONS;
use flow::value::Type;
use leptos::prelude::*;

use super::field::{NameInput, Problems, TypeSelect, Wrong};
use crate::editor::document::Document;
use crate::editor::inputs::set_type;
use crate::editor::repeat;
use crate::editor::session::{Card, use_editor};
use crate::ui::format::count;
use crate::ui::icon::{Glyph, Icon};

pub const ICON: &str = "M17 2l4 4-4 4M3 11a5 5 0 0 1 5-5h13M7 22l-4-4 4-4M21 13a5 5 0 0 1-5 5H3";
pub const BEGIN_ICON: &str = "M4 4v16M9 12h11M15 7l5 5-5 5";

/// How often it goes round at most.
pub fn summary(node: &Node) -> String {
    let controller = node.body().and_then(|body| body.first(NodeType::LoopController));
    match controller.and_then(most) {
        Some(most) => format!("at most {}", count(most, "round")),
        None => "Loop".to_owned(),
    }
}

/// The most rounds that a controller says; none where it is no controller, or says no whole number.
fn most(controller: &Node) -> Option<u64> {
    match &controller.configuration {
        Some(Configuration::LoopController(configuration)) => match &configuration.max_iterations {
            Some(number) => number.as_u64(),
            None => Some(USUAL_ITERATIONS as u64),
        },
        _ => None,
    }
}

pub fn form(card: Card) -> impl IntoView {
    let owner = Signal::derive(move || card.address.get());
    view! {
        <Incomplete card />
        <Begins card owner />
        <Results card owner />
        <Counted card />
        <controller::Most card owner />
        <Problems card field=Field::Configuration id=format!("problems-loop-{}", card.id) />
        <p class="hint">
            "Drag nodes into the frame to repeat them. Its controller says when the loop goes on and what it hands on."
        </p>
    }
}

/// The form of the LoopInput: what it gives is what the loop begins with.
pub fn begin_form(card: Card) -> impl IntoView {
    let owner = Signal::derive(move || card.address.with(|address| place(address).to_owned()));
    view! {
        <p class="hint">
            "Each round begins here: the first with the loop's inputs, the others with what the controller hands on."
        </p>
        <Begins card owner />
    }
}

/// An imported body may lack one of its ends.
#[component]
fn Incomplete(card: Card) -> impl IntoView {
    let editor = use_editor();
    let lacks = Memo::new(move |_| {
        let owner = card.address.get();
        editor.watch(|document| {
            repeat::begin(document, &owner).is_none() || repeat::controller(document, &owner).is_none()
        })
    });
    let complete = move |_| {
        let owner = card.name();
        editor.change("Complete the loop", |document| repeat::complete(document, &owner));
    };
    view! {
        <Show when=move || lacks.get()>
            <div class="notice bad bound" role="status">
                <Icon glyph=Glyph::Alert />
                <p class="grow">"The loop has no begin or no end, so it cannot run."</p>
                <button type="button" class="btn small primary" on:click=complete>
                    "Add what is missing"
                </button>
            </div>
        </Show>
    }
}

/// What a loop begins with: its inputs, which its body knows by the same names.
#[component]
fn Begins(card: Card, owner: Signal<String>) -> impl IntoView {
    let editor = use_editor();
    let ports = Memo::new(move |_| {
        let owner = owner.get();
        editor.watch(|document| {
            let port = |input: &NodeInput| (input.name.clone(), input.kind);
            let inputs = document.node(&owner).map(|node| node.inputs.iter());
            inputs.into_iter().flatten().map(port).collect::<Vec<_>>()
        })
    });
    let edit = Edit { what: "input", rename: repeat::rename_input, remove: repeat::remove_input, set_type };
    let add = move |_| {
        let owner = owner.get_untracked();
        editor.change("Add an input", |document| repeat::add_input(document, &owner));
    };
    view! {
        <div class="field">
            <span class="label">"Begins with"</span>
            <Ports card owner ports edit />
            <button type="button" class="btn small" on:click=add>
                <Icon glyph=Glyph::Plus />
                "Add input"
            </button>
        </div>
    }
}

/// What a loop gives when it ends: its outputs, which come from its controller.
#[component]
fn Results(card: Card, owner: Signal<String>) -> impl IntoView {
    let editor = use_editor();
    let ports = Memo::new(move |_| {
        let owner = owner.get();
        editor.watch(|document| {
            let port = |output: &NodeOutput| (output.name.clone(), output.kind);
            let outputs = document.node(&owner).map(|node| node.outputs.iter());
            outputs.into_iter().flatten().filter(|output| output.name != COUNT).map(port).collect::<Vec<_>>()
        })
    });
    let edit = Edit {
        what: "output",
        rename: repeat::rename_result,
        remove: repeat::remove_result,
        set_type: set_result_type,
    };
    let add = move |_| {
        let owner = owner.get_untracked();
        editor.change("Add an output", |document| repeat::add_result(document, &owner));
    };
    view! {
        <div class="field">
            <span class="label">"Gives at the end"</span>
            <Ports card owner ports edit />
            <button type="button" class="btn small" on:click=add>
                <Icon glyph=Glyph::Plus />
                "Add output"
            </button>
        </div>
    }
}

/// An output has the type of what the controller takes for it.
fn set_result_type(document: &mut Document, owner: &str, output: &str, kind: Type) {
    if let Some(controller) = repeat::controller(document, owner) {
        set_type(document, &controller, output, kind);
    }
}

/// How the ports of one side are changed.
#[derive(Clone, Copy)]
struct Edit {
    what: &'static str,
    rename: fn(&mut Document, &str, &str, &str) -> Result<(), String>,
    remove: fn(&mut Document, &str, &str),
    set_type: fn(&mut Document, &str, &str, Type),
}

#[component]
fn Ports(card: Card, owner: Signal<String>, ports: Memo<Vec<(String, Type)>>, edit: Edit) -> impl IntoView {
    view! {
        <For each=move || 0..ports.with(Vec::len) key=|at| *at let:at>
            <OnePort card owner ports edit at />
        </For>
    }
}

#[component]
fn OnePort(
    card: Card,
    owner: Signal<String>,
    ports: Memo<Vec<(String, Type)>>,
    edit: Edit,
    at: usize,
) -> impl IntoView {
    let editor = use_editor();
    let Edit { what, rename, remove, set_type } = edit;
    let name = Memo::new(move |_| {
        ports.with(|ports| ports.get(at).map(|(name, _)| name.clone()).unwrap_or_default())
    });
    let kind = Signal::derive(move || ports.with(|ports| ports.get(at).map(|(_, kind)| *kind)));
    let wrong = RwSignal::new(None::<String>);
    let rename = Callback::new(move |to: String| {
        let (owner, from) = (owner.get_untracked(), name.get_untracked());
        editor.change(&format!("Rename an {what}"), |document| rename(document, &owner, &from, &to))
    });
    let choose = Callback::new(move |kind| {
        let (owner, name) = (owner.get_untracked(), name.get_untracked());
        editor
            .change(&format!("Change an {what}'s type"), |document| set_type(document, &owner, &name, kind));
    });
    let remove = move |_| {
        let (owner, name) = (owner.get_untracked(), name.get_untracked());
        editor.change(&format!("Remove an {what}"), |document| remove(document, &owner, &name));
    };
    let label = if what == "input" { "Input name" } else { "Output name" };
    view! {
        <div class="branch-head">
            <NameInput label name rename wrong />
            <TypeSelect
                label=Signal::derive(move || format!("Type of {}", name.get()))
                value=kind
                on_change=choose
            />
            <button
                type="button"
                class="btn quiet icon small"
                aria-label=move || format!("Remove {what} {}", name.get())
                on:click=remove
            >
                <Icon glyph=Glyph::Close />
            </button>
        </div>
        <Wrong wrong />
        <Problems
            card
            field=Signal::derive(move || Field::Input(name.get()))
            id=format!("problems-{what}-{}-{at}", card.id)
        />
    }
}

/// Whether the loop tells how many rounds there were.
#[component]
fn Counted(card: Card) -> impl IntoView {
    let editor = use_editor();
    let is_counted = Memo::new(move |_| card.node.with(|node| node.output(COUNT).is_some()));
    let choose = move |event| {
        let (owner, wanted) = (card.name(), event_target_checked(&event));
        editor.change("Count the rounds", |document| repeat::set_count(document, &owner, wanted));
    };
    view! {
        <label class="check">
            <input type="checkbox" prop:checked=move || is_counted.get() on:change=choose />
            "Counts its rounds as " <span class="mono">{COUNT}</span>
        </label>
    }
}
