//! The menu of what is under the pointer, or has the focus: the commands that can be done with it.

use flow::extensions::Position;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::command::Command;
use super::gesture::Hit;
use super::menu::Menu;
use super::stage::{Stage, use_stage};
use crate::editor::arrange::Align;
use crate::editor::clipboard::How;
use crate::ui::menu::{focus_within, move_focus};

const WIDTH: f64 = 236.0;
const ITEM: f64 = 30.0;

/// An open menu.
#[derive(Clone, Debug, PartialEq)]
pub struct Context {
    at: Position,
    title: &'static str,
    items: Vec<Item>,
}

#[derive(Clone, Debug, PartialEq)]
enum Item {
    Run(Command),
    /// At the place where the menu was opened, in screen pixels.
    AddHere,
    NoteHere,
    PasteHere,
    Insert(String),
}

impl Item {
    fn label(&self) -> &'static str {
        match self {
            Self::Run(command) => command.label(),
            Self::AddHere => "Add a node here…",
            Self::NoteHere => "Add a note here",
            Self::PasteHere => "Paste here",
            Self::Insert(_) => "Insert a node…",
        }
    }

    fn keys(&self, stage: Stage) -> String {
        match self {
            Self::Run(command) => untrack(|| stage.keys(*command)),
            _ => String::new(),
        }
    }
}

impl Stage {
    /// Opens the menu of what was hit, at a point of the canvas. What is not selected is selected first.
    pub fn open_context(self, hit: &Hit, at: Position) {
        let selected = self.editor.selection.get_untracked();
        let is_selected = match hit {
            Hit::Node(node) => selected.nodes.contains(node),
            Hit::Note(note) => selected.notes.contains(note),
            Hit::Group(group) => selected.groups.contains(group),
            Hit::Connection(connection) | Hit::End { connection, .. } => {
                selected.connections.contains(connection)
            }
            _ => true,
        };
        if !is_selected {
            self.editor.select(self.selection_of(hit));
        }
        let (title, items) = self.items(hit);
        let items: Vec<Item> = items.into_iter().filter(|item| self.offers(item)).collect();
        let (width, height) = self.size.get_untracked();
        let tall = ITEM * items.len() as f64 + 14.0;
        let at = Position { x: at.x.min(width - WIDTH).max(0.0), y: at.y.min(height - tall).max(0.0) };
        self.menu.set(None);
        self.context.set(Some(Context { at, title, items }));
    }

    fn offers(self, item: &Item) -> bool {
        match item {
            Item::Run(command) => self.is_possible(*command),
            _ => true,
        }
    }

    fn items(self, hit: &Hit) -> (&'static str, Vec<Item>) {
        let run = |commands: &[Command]| commands.iter().copied().map(Item::Run).collect::<Vec<_>>();
        let several = self.editor.selection.with_untracked(|selection| selection.outermost().len() > 1);
        match hit {
            Hit::Connection(wire) | Hit::End { connection: wire, .. } => {
                let mut items = vec![Item::Insert(wire.clone())];
                items.extend(run(&[Command::Delete]));
                ("Connection", items)
            }
            Hit::Note(_) => ("Note", run(&[Command::NextColour, Command::Delete])),
            Hit::Group(_) => (
                "Group",
                run(&[
                    Command::Collapse,
                    Command::NextColour,
                    Command::Ungroup,
                    Command::Copy,
                    Command::Duplicate,
                    Command::TidySelection,
                    Command::FitSelection,
                    Command::Delete,
                ]),
            ),
            Hit::Node(_) | Hit::Port(_) | Hit::Selected if several => (
                "Selection",
                run(&[
                    Command::Copy,
                    Command::Cut,
                    Command::Duplicate,
                    Command::Disable,
                    Command::Group,
                    Command::Ungroup,
                    Command::CollapseNode,
                    Command::Align(Align::Left),
                    Command::Align(Align::Top),
                    Command::Distribute { across: true },
                    Command::Distribute { across: false },
                    Command::TidySelection,
                    Command::FitSelection,
                    Command::DeleteAndHeal,
                    Command::Delete,
                ]),
            ),
            Hit::Node(_) | Hit::Port(_) => (
                "Node",
                run(&[
                    Command::RunNode,
                    Command::RunFromNode,
                    Command::Rename,
                    Command::Connect,
                    Command::Copy,
                    Command::Cut,
                    Command::Duplicate,
                    Command::SelectUpstream,
                    Command::SelectDownstream,
                    Command::Disable,
                    Command::Group,
                    Command::Collapse,
                    Command::CollapseNode,
                    Command::DeleteAndHeal,
                    Command::Delete,
                ]),
            ),
            _ => {
                let mut items = vec![Item::AddHere, Item::NoteHere, Item::PasteHere];
                items.extend(run(&[
                    Command::SelectAll,
                    Command::Tidy,
                    Command::Fit,
                    Command::Find,
                    Command::Lock,
                    Command::ExportSvg,
                    Command::ExportPng,
                    Command::Palette,
                ]));
                ("Canvas", items)
            }
        }
    }

    fn pick(self, item: &Item, at: Position) {
        let here = || self.viewport.get_untracked().to_flow(at);
        match item {
            Item::Run(command) => self.run(*command),
            Item::AddHere => self.menu.set(Some(Menu::quick_add(self, at, None))),
            Item::NoteHere => self.add_note_at(here()),
            Item::PasteHere => self.paste(How { at: Some(here()), wired: false }),
            Item::Insert(wire) => self.menu.set(Menu::insert(self, wire)),
        }
    }
}

/// The menu that is open, where one is.
#[component]
pub fn OpenContext() -> impl IntoView {
    let stage = use_stage();
    move || stage.context.get().map(|context| view! { <Listing context /> })
}

#[component]
fn Listing(context: Context) -> impl IntoView {
    let stage = use_stage();
    let list = NodeRef::<html::Div>::new();
    let before = send_wrapper::SendWrapper::new(crate::ui::browser::focused());
    Effect::new(move || {
        if list.get().is_some() {
            stage.next_frame(move |_| focus_within(list.get_untracked().as_deref(), "[role=menuitem]", 0));
        }
    });
    let close = move || {
        stage.context.set(None);
        match before.as_ref().filter(|element| element.is_connected()) {
            Some(element) => super::focus::still(element),
            None => stage.focus_pane(),
        }
    };
    let outside = window_event_listener(leptos::ev::pointerdown, move |event| {
        let inside = event.target().and_then(|target| target.dyn_into::<web_sys::Node>().ok());
        if list.get_untracked().is_some_and(|list| !list.contains(inside.as_ref())) {
            stage.context.set(None);
        }
    });
    on_cleanup(move || outside.remove());
    let Context { at, title, items } = context;
    let on_key = {
        let close = close.clone();
        move |event: leptos::ev::KeyboardEvent| {
            event.stop_propagation();
            let step = match event.key().as_str() {
                "ArrowDown" => 1,
                "ArrowUp" => -1,
                "Escape" | "Tab" => {
                    event.prevent_default();
                    return close();
                }
                _ => return,
            };
            event.prevent_default();
            move_focus(list.get_untracked().as_deref(), step);
        }
    };
    view! {
        <div
            class="menu-list context"
            role="menu"
            aria-label=title
            node_ref=list
            style:transform=format!("translate({:.0}px, {:.0}px)", at.x, at.y)
            on:pointerdown=|event| event.stop_propagation()
            on:contextmenu=|event| event.prevent_default()
            on:keydown=on_key
        >
            {items
                .into_iter()
                .map(|item| {
                    let close = close.clone();
                    let (label, keys) = (item.label(), item.keys(stage));
                    view! {
                        <button
                            type="button"
                            role="menuitem"
                            tabindex="-1"
                            class:danger=item == Item::Run(Command::Delete)
                            on:click=move |_| {
                                close();
                                stage.pick(&item, at);
                            }
                        >
                            {label}
                            {(!keys.is_empty()).then(|| view! { <kbd aria-hidden="true">{keys}</kbd> })}
                        </button>
                    }
                })
                .collect_view()}
        </div>
    }
}
