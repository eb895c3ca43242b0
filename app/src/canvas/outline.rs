//! The outline: the same document as a tree, with the same names and the selection in step. Nodes come in the order in
//! which they run, what is inside a loop below it, and each node's ports below the node.

use std::collections::HashSet;

use flow::address::name;
use flow::layout;
use leptos::html;
use leptos::prelude::*;

use super::command::Command;
use super::menu::Menu;
use super::stage::{Stage, use_stage};
use crate::editor::document::Port;
use crate::editor::selection::Selection;
use crate::editor::session::use_editor;
use crate::editor::walk;
use crate::ui::menu::focus_within;

/// A line of the tree.
#[derive(Clone, Debug, PartialEq)]
struct Line {
    /// The node's address, and its port where it is one.
    node: String,
    port: Option<Port>,
    level: usize,
    label: String,
    /// What it is, or what it leads to.
    about: String,
    /// Whether it is open; none where nothing is inside.
    open: Option<bool>,
}

#[component]
pub fn Outline() -> impl IntoView {
    let stage = use_stage();
    view! {
        <Show when=move || stage.outline.get()>
            <Tree />
        </Show>
    }
}

#[component]
fn Tree() -> impl IntoView {
    let stage = use_stage();
    let editor = use_editor();
    let list = NodeRef::<html::Div>::new();
    let closed = RwSignal::new(HashSet::<String>::new());
    let at = RwSignal::new(0usize);
    let lines = Memo::new(move |_| editor.watch(|document| closed.with(|closed| lines(document, closed))));
    let focus_line = move |to: usize| {
        at.set(to);
        stage
            .next_frame(move |_| focus_within(list.get_untracked().as_deref(), "[role=treeitem]", to as u32));
    };
    let on_key = move |event: leptos::ev::KeyboardEvent| {
        let Some(line) = lines.with_untracked(|lines| lines.get(at.get_untracked()).cloned()) else { return };
        let step = lines.with_untracked(|lines| step(lines, at.get_untracked(), &event.key()));
        if event.ctrl_key() || event.alt_key() || event.meta_key() || event.shift_key() {
            return;
        }
        match (event.key().as_str(), step) {
            ("Enter" | " ", _) => choose(stage, &line),
            (_, Step::To(to)) => focus_line(to),
            (_, Step::Toggle) => toggle(closed, &line.node),
            _ => return,
        }
        event.prevent_default();
        event.stop_propagation();
    };
    view! {
        <section class="outline" aria-label="Outline">
            <header>
                <h2>"Outline"</h2>
                <button
                    type="button"
                    class="btn quiet small"
                    aria-label="Close the outline"
                    on:click=move |_| stage.run(Command::Outline)
                >
                    "×"
                </button>
            </header>
            <div role="tree" aria-label="Outline" aria-multiselectable="true" node_ref=list on:keydown=on_key>
                <For each=move || lines.get() key=Line::key let:line>
                    <Row line lines at closed />
                </For>
            </div>
            <Show when=move || lines.with(Vec::is_empty)>
                <p class="hint">"There is nothing yet. Press Tab on the canvas to add a node."</p>
            </Show>
        </section>
    }
}

impl Line {
    /// Stays while what the line says changes, and so does its focus.
    fn key(&self) -> String {
        format!("{} {}", self.node, self.port.as_ref().map(Port::label).unwrap_or_default())
    }
}

#[component]
fn Row(
    line: Line,
    lines: Memo<Vec<Line>>,
    at: RwSignal<usize>,
    closed: RwSignal<HashSet<String>>,
) -> impl IntoView {
    let stage = use_stage();
    let editor = use_editor();
    let card = editor.card(&line.node).map(|card| card.id.to_string());
    let is_node = line.port.is_none();
    let key = line.key();
    let index = Memo::new(move |_| lines.with(|lines| lines.iter().position(|own| own.key() == key)));
    let now = move || lines.with(|lines| index.get().and_then(|at| lines.get(at).cloned()));
    let open = Memo::new(move |_| now().and_then(|line| line.open));
    let about = Memo::new(move |_| now().map(|line| line.about).unwrap_or_default());
    let selected = {
        let node = line.node.clone();
        move || is_node && editor.selection.with(|selection| selection.nodes.contains(&node))
    };
    let (clicked, twig) = (line.clone(), line.node.clone());
    let Line { label, level, .. } = line;
    view! {
        <div
            role="treeitem"
            class:sel=selected.clone()
            attr:aria-level=level.to_string()
            aria-selected=move || selected().to_string()
            aria-expanded=move || open.get().map(|open| open.to_string())
            aria-label=label.clone()
            attr:aria-description=move || about.get()
            tabindex=move || if Some(at.get()) == index.get() { "0" } else { "-1" }
            data-card=is_node.then_some(card).flatten()
            style:padding-left=format!("{}px", 8 + 14 * (level - 1))
            on:focus=move |_| {
                if let Some(index) = index.get_untracked() {
                    at.set(index);
                }
            }
            on:click=move |_| choose(stage, &clicked)
        >
            <span
                class="twig"
                aria-hidden="true"
                on:click=move |event| {
                    event.stop_propagation();
                    toggle(closed, &twig);
                }
            >
                {move || match open.get() {
                    None => "",
                    Some(true) => "▾",
                    Some(false) => "▸",
                }}
            </span>
            <span class="clip">{label.clone()}</span>
            <small class="clip">{move || about.get()}</small>
        </div>
    }
}

/// A node is selected and comes into view; a port offers what it can be connected with.
fn choose(stage: Stage, line: &Line) {
    match &line.port {
        Some(port) => stage.menu.set(Some(Menu::connect(stage, port.clone()))),
        None => {
            stage.editor.select(Selection::node(&line.node));
            stage.show(&line.node);
        }
    }
}

fn toggle(closed: RwSignal<HashSet<String>>, node: &str) {
    closed.update(|closed| {
        if !closed.remove(node) {
            closed.insert(node.to_owned());
        }
    });
}

/// Nodes begin closed where they have many ports to say: what is in `toggled` is the other way round than usual.
fn lines(document: &crate::editor::document::Document, toggled: &HashSet<String>) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut hidden: Option<String> = None;
    for address in walk::order(document) {
        if hidden.as_ref().is_some_and(|owner| flow::address::is_inside(&address, owner)) {
            continue;
        }
        hidden = None;
        let Some(node) = document.node(&address) else { continue };
        let is_loop = node.body().is_some();
        // A loop shows what is in it, a card does not yet show its ports.
        let open = is_loop != toggled.contains(&address);
        let level = 1 + address.matches('/').count();
        let has_more = is_loop || !layout::rows(node).is_empty();
        lines.push(Line {
            node: address.clone(),
            port: None,
            level,
            label: name(&address).to_owned(),
            about: node.kind.describe().label.to_owned(),
            open: has_more.then_some(open),
        });
        if !open {
            hidden = Some(address);
            continue;
        }
        lines.extend(layout::rows(node).into_iter().map(|row| {
            let port = Port::new(&address, row);
            Line {
                node: address.clone(),
                level: level + 1,
                label: port.label(),
                about: partners(document, &port),
                port: Some(port),
                open: None,
            }
        }));
    }
    lines
}

/// What a port is connected with.
fn partners(document: &crate::editor::document::Document, port: &Port) -> String {
    let Some((body, own)) = document.around(&port.node) else { return String::new() };
    let names = body.connections.iter().filter_map(|connection| match &port.row {
        layout::Row::Input(input) => (connection.target == own
            && connection.data().is_some_and(|data| data.target_input == *input))
        .then(|| format!("from {}", connection.source)),
        layout::Row::Output(row) | layout::Row::Condition(row) => (connection.source == own
            && connection.source_port() == Some(row))
        .then(|| format!("to {}", connection.target)),
    });
    names.collect::<Vec<_>>().join(", ")
}

/// What a key does in the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Nothing,
    To(usize),
    Toggle,
}

fn step(lines: &[Line], at: usize, key: &str) -> Step {
    let Some(line) = lines.get(at) else { return Step::Nothing };
    let parent = || lines[..at].iter().rposition(|above| above.level < line.level);
    match (key, line.open) {
        ("ArrowDown", _) if at + 1 < lines.len() => Step::To(at + 1),
        ("ArrowUp", _) if at > 0 => Step::To(at - 1),
        ("Home", _) => Step::To(0),
        ("End", _) => Step::To(lines.len() - 1),
        ("ArrowRight", Some(false)) | ("ArrowLeft", Some(true)) => Step::Toggle,
        ("ArrowRight", Some(true)) if at + 1 < lines.len() => Step::To(at + 1),
        ("ArrowLeft", _) => parent().map_or(Step::Nothing, Step::To),
        _ => Step::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use flow::definition::NodeType;
    use flow::extensions::Position;

    use super::*;
    use crate::editor::change;
    use crate::editor::document::Document;

    #[test]
    fn a_tree_has_the_names_of_the_canvas() {
        let mut document = Document::default();
        change::add(&mut document, NodeType::Input, Position::default(), "m").unwrap();
        change::add(&mut document, NodeType::Loop, Position { x: 300.0, y: 0.0 }, "m").unwrap();
        let from = Port::new("FlowInputNode", layout::Row::Output("document".into()));
        let at = Position { x: 300.0, y: 900.0 };
        change::add_connected(&mut document, NodeType::Output, at, "m", &from).unwrap();
        let seen = lines(&document, &HashSet::from(["FlowInputNode".to_owned()]));
        let label = |at: usize| (seen[at].level, seen[at].label.as_str(), seen[at].about.as_str());
        assert_eq!(label(0), (1, "FlowInputNode", "Input"));
        assert_eq!(label(1), (2, "FlowInputNode output document", "to FlowOutputNode"));
        assert!(seen.iter().any(|line| line.label == "LoopInput_1" && line.level == 2));
        let shut = lines(&document, &HashSet::from(["Loop_1".to_owned()]));
        assert!(shut.iter().all(|line| line.label != "LoopInput_1"));
        assert_eq!(step(&seen, 0, "ArrowLeft"), Step::Toggle);
        assert_eq!(step(&seen, 1, "ArrowLeft"), Step::To(0));
        assert_eq!(step(&seen, 0, "ArrowRight"), Step::To(1));
    }
}
