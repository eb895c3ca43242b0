//! The lists that open on the canvas: nodes to add, ports to connect with, all commands. Typing filters, arrows and
//! Enter choose.

use flow::address::{name as name_of, place as owner_of};
use flow::definition::NodeType;
use flow::extensions::Position;
use flow::join::Join;
use flow::layout::Row;
use leptos::html;
use leptos::prelude::*;

use super::command::Command;
use super::focus::{focus, still};
use super::placement::Spot;
use super::recent;
use super::stage::{Loose, Stage, use_stage};
use super::target::body_at;
use crate::editor::connect::{self, Link, Target};
use crate::editor::document::Port;
use crate::editor::selection::Selection;
use crate::editor::{change, find, joins, splice, walk};
use crate::node::KindIcon;

/// A list's width, and the most that its height comes to, in screen pixels.
const WIDTH: f64 = 252.0;
const HEIGHT: f64 = 310.0;
/// The height of its field, and of one item.
const FIELD: f64 = 50.0;
const ITEM: f64 = 32.0;

/// An open list.
#[derive(Clone, PartialEq)]
pub struct Menu {
    /// Its corner, in screen pixels from the canvas's.
    at: Position,
    title: String,
    items: Vec<Item>,
    /// The node that gets the focus back.
    node: Option<String>,
}

#[derive(Clone, PartialEq)]
struct Item {
    label: String,
    /// What is written at its right: the keys.
    hint: String,
    does: Does,
}

impl Item {
    fn new(label: impl Into<String>, does: Does) -> Self {
        Self { label: label.into(), hint: String::new(), does }
    }
}

#[derive(Clone, PartialEq)]
enum Does {
    Add {
        kind: NodeType,
        spot: Spot,
        from: Option<Port>,
    },
    Connect(Link),
    /// Says how an input joins, and connects in place of a connection that was taken off.
    Join(Join, Link, Option<String>),
    /// Goes on to the ports that this one fits.
    From(Port),
    /// Goes on to the ways in which the taken input of the two can join.
    Ways(Port, Target),
    /// Adds a node in the middle of a connection.
    Insert {
        kind: NodeType,
        wire: String,
        at: Position,
    },
    Run(Command),
    /// Goes to a node.
    Show(String),
}

impl Menu {
    /// The kinds that can be added here; behind a wire, those it can lead to.
    pub fn quick_add(stage: Stage, at: Position, from: Option<Port>) -> Self {
        let place = stage.viewport.get_untracked().to_flow(at);
        let place = match from.as_ref().map(|port| &port.row) {
            Some(Row::Input(_)) => {
                Position { x: place.x - flow::layout::WIDTH, y: place.y - flow::layout::HEADER }
            }
            Some(_) => Position { x: place.x, y: place.y - flow::layout::HEADER },
            None => place,
        };
        let owner = match &from {
            Some(from) => owner_of(&from.node).to_owned(),
            None => stage.editor.look(|document| body_at(document, place)),
        };
        Self::add(stage, at, &Spot { owner, at: place }, from)
    }

    fn add(stage: Stage, at: Position, spot: &Spot, from: Option<Port>) -> Self {
        let fits = |kind: NodeType| match &from {
            None => true,
            Some(from) => stage.editor.look(|document| {
                let mut trial = document.clone();
                change::add_in(&mut trial, &spot.owner, kind, spot.at, "")
                    .is_some_and(|node| connect::link(&trial, from, &Target::Node(node), None).is_ok())
            }),
        };
        let in_loop = !spot.owner.is_empty();
        let items: Vec<Item> = NodeType::ALL
            .into_iter()
            .filter(|kind| kind.can_be_added() && (!in_loop || kind.fits_in_loop()) && fits(*kind))
            .map(|kind| {
                Item::new(kind.describe().label, Does::Add { kind, spot: spot.clone(), from: from.clone() })
            })
            .collect();
        let items = recent::first(items, |item| kind_of(&item.does));
        let node = from.map(|from| from.node);
        let at = inside(at, stage.size.get_untracked(), items.len());
        let title = match name_of(&spot.owner) {
            "" => "Add a node".to_owned(),
            owner => format!("Add a node to {owner}"),
        };
        Self { at, title, items, node }
    }

    /// The kinds that can be added by keyboard, where nothing stands; beside a selected node of a loop, in the loop.
    pub fn add_anywhere(stage: Stage) -> Self {
        let (width, height) = stage.size.get_untracked();
        Self::add(stage, Position { x: width / 2.0 - 120.0, y: height / 3.0 }, &stage.free_spot(), None)
    }

    /// How the input that a wire ends at, and that is taken, can join it; none where it cannot.
    pub fn join(stage: Stage, at: Position, loose: &Loose) -> Option<Self> {
        let target = loose.taken.as_ref()?;
        Self::ways(stage, at, (&loose.from, target), loose.moved.clone())
    }

    /// The same by keyboard, beside the node.
    fn join_beside(stage: Stage, from: &Port, to: &Target) -> Option<Self> {
        let menu = Self::ways(stage, Position::default(), (from, to), None)?;
        Some(Self { at: beside(stage, &from.node, menu.items.len()), node: Some(from.node.clone()), ..menu })
    }

    fn ways(stage: Stage, at: Position, (from, to): (&Port, &Target), moved: Option<String>) -> Option<Self> {
        let offers = stage.editor.look(|document| joins::offers(document, from, to, moved.as_deref()));
        let item =
            |(join, link): (Join, Link)| Item::new(joins::words(join), Does::Join(join, link, moved.clone()));
        let items: Vec<Item> = offers.into_iter().map(item).collect();
        let at = inside(at, stage.size.get_untracked(), items.len());
        let input = if matches!(from.row, Row::Input(_)) { from.label() } else { target_label(to) };
        let title = format!("Join at {input}");
        (!items.is_empty()).then(|| Self { at, title, items, node: Some(to.node().to_owned()) })
    }

    /// The kinds that can be put into a connection, at its middle.
    pub fn insert(stage: Stage, wire: &str) -> Option<Self> {
        let all = stage.editor.wires.get_untracked();
        let middle = untrack(|| all.iter().find(|own| own.name == wire).map(|own| own.middle()))?;
        let at = Position { x: middle.x - flow::layout::WIDTH / 2.0, y: middle.y - flow::layout::HEADER };
        let fits = |kind: &NodeType| {
            let insert = |mut trial| splice::insert(&mut trial, wire, *kind, at, "").is_ok();
            stage.editor.look(|document| insert(document.clone()))
        };
        let kinds = NodeType::ALL.into_iter().filter(|kind| kind.can_be_added()).filter(fits);
        let items: Vec<Item> = kinds
            .map(|kind| Item::new(kind.describe().label, Does::Insert { kind, wire: wire.to_owned(), at }))
            .collect();
        let items = recent::first(items, |item| kind_of(&item.does));
        let screen = stage.viewport.get_untracked().to_screen(middle);
        let at = inside(screen, stage.size.get_untracked(), items.len());
        Some(Self { at, title: "Insert a node".to_owned(), items, node: None })
    }

    /// Everything that can be done now, every node to go to and every kind to add.
    pub fn commands(stage: Stage) -> Self {
        let commands = Command::ALL.into_iter().filter(|command| stage.is_possible(*command));
        let commands = commands.filter(|command| *command != Command::Palette).map(|command| Item {
            hint: untrack(|| stage.keys(command)),
            ..Item::new(command.label(), Does::Run(command))
        });
        let nodes = stage.editor.look(walk::order).into_iter();
        let nodes = nodes.map(|node| Item::new(format!("Go to {}", name_of(&node)), Does::Show(node)));
        let spot = stage.free_spot();
        let kinds = NodeType::ALL
            .into_iter()
            .filter(|kind| kind.can_be_added() && (spot.owner.is_empty() || kind.fits_in_loop()));
        let kinds = kinds.map(|kind| {
            let does = Does::Add { kind, spot: spot.clone(), from: None };
            Item::new(format!("Add {}", kind.describe().label), does)
        });
        let items: Vec<Item> = commands.chain(nodes).chain(kinds).collect();
        let (width, height) = stage.size.get_untracked();
        let at = Position { x: (width - WIDTH) / 2.0, y: height / 6.0 };
        let node = stage.editor.selection.with_untracked(|selection| selection.only_node().cloned());
        Self { at, title: "All commands".to_owned(), items, node }
    }

    /// The ports that a port can be connected with; behind them those where it can be joined.
    pub fn connect(stage: Stage, from: Port) -> Self {
        let items: Vec<Item> = stage.editor.look(|document| {
            let free = connect::candidates(document, &from).into_iter();
            let free = free.map(|(target, link)| Item::new(target_label(&target), Does::Connect(link)));
            let joined = joins::candidates(document, &from).into_iter().map(|target| {
                Item::new(format!("{}, joined", target_label(&target)), Does::Ways(from.clone(), target))
            });
            free.chain(joined).collect()
        });
        Self {
            at: beside(stage, &from.node, items.len()),
            title: format!("Connect {}", from.label()),
            items,
            node: Some(from.node),
        }
    }

    /// The ports of a node to connect from; straight to their partners where there is one port alone.
    pub fn ports(stage: Stage, node: &str) -> Self {
        let ports: Vec<Port> = stage.editor.look(|document| {
            let rows = document.node(node).map(flow::layout::rows).unwrap_or_default();
            let ports = rows.into_iter().map(|row| Port::new(node, row));
            let leads = |port: &Port| {
                !connect::candidates(document, port).is_empty()
                    || !joins::candidates(document, port).is_empty()
            };
            ports.filter(leads).collect()
        });
        match ports.as_slice() {
            [only] => Self::connect(stage, only.clone()),
            _ => Self {
                at: beside(stage, node, ports.len()),
                title: format!("Connect {} from", name_of(node)),
                items: ports.iter().map(|port| Item::new(port.label(), Does::From(port.clone()))).collect(),
                node: Some(node.to_owned()),
            },
        }
    }
}

/// The list that is open, where one is.
#[component]
pub fn OpenMenu() -> impl IntoView {
    let stage = use_stage();
    move || stage.menu.get().map(|menu| view! { <Listing menu /> })
}

#[component]
fn Listing(menu: Menu) -> impl IntoView {
    let stage = use_stage();
    let input = NodeRef::<html::Input>::new();
    let query = RwSignal::new(String::new());
    let chosen = RwSignal::new(0usize);
    let items = StoredValue::new(menu.items);
    let node = StoredValue::new(menu.node);
    let found = Memo::new(move |_| {
        let query = query.get();
        items.with_value(|items| find::best(items, &query, |item| item.label.clone()))
    });
    Effect::new(move || {
        if let Some(input) = input.get() {
            // At once where it is on the page already, so that the first key typed is not lost.
            still(&input);
            leptos::leptos_dom::helpers::request_animation_frame(move || still(&input));
        }
    });
    let close = move || {
        stage.menu.set(None);
        match node.get_value().and_then(|name| stage.editor.card(&name)) {
            Some(card) => focus(card),
            None => stage.focus_pane(),
        }
    };
    let take = move |at: usize, keep: bool| {
        let Some(item) = found.with_untracked(|found| found.get(at).cloned()) else { return };
        if let Some(kind) = kind_of(&item.does) {
            recent::remember(kind);
        }
        // With Ctrl it stays, for one more.
        let again = keep.then(|| stage.menu.get_untracked()).flatten();
        close();
        match item.does {
            Does::Add { kind, spot, from } => stage.add_at(kind, &spot, from.as_ref()),
            Does::Connect(link) => stage.connect(&link, None),
            Does::Join(join, link, moved) => stage.join(join, &link, moved.as_deref()),
            Does::From(port) => stage.menu.set(Some(Menu::connect(stage, port))),
            Does::Ways(from, to) => stage.menu.set(Menu::join_beside(stage, &from, &to)),
            Does::Insert { kind, wire, at } => stage.insert_in(kind, &wire, at),
            Does::Run(command) => stage.run(command),
            Does::Show(node) => {
                stage.editor.select(Selection::node(&node));
                stage.next_frame(move |stage| stage.reveal(&node));
            }
        }
        if let Some(menu) = again {
            stage.next_frame(move |stage| {
                stage.next_frame(move |stage| stage.menu.set(Some(Menu { node: None, ..menu })));
            });
        }
    };
    let on_key = move |event: leptos::ev::KeyboardEvent| {
        event.stop_propagation();
        let last = found.with_untracked(Vec::len).saturating_sub(1);
        match event.key().as_str() {
            "ArrowDown" => chosen.update(|at| *at = (*at + 1).min(last)),
            "ArrowUp" => chosen.update(|at| *at = at.saturating_sub(1)),
            "Enter" => take(chosen.get_untracked(), event.ctrl_key() || event.meta_key()),
            "Escape" | "Tab" => {
                close();
                // Tab opened it; now it is to lead on.
                stage.lets_go.set_value(true);
            }
            _ => return,
        }
        event.prevent_default();
    };
    let title = menu.title.clone();
    view! {
        <div
            class="quick"
            role="dialog"
            aria-label=title
            style:transform=format!("translate({:.0}px, {:.0}px)", menu.at.x, menu.at.y)
            on:pointerdown=|event| event.stop_propagation()
            on:keydown=on_key
        >
            <input
                class="input"
                node_ref=input
                role="combobox"
                aria-expanded="true"
                aria-controls="quick-list"
                aria-activedescendant=move || format!("quick-{}", chosen.get())
                aria-label=menu.title.clone()
                placeholder=menu.title
                // One list after another reuses the element; what was typed into the first is not the second's.
                prop:value=move || query.get()
                on:input=move |event| {
                    query.set(event_target_value(&event));
                    chosen.set(0);
                }
            />
            <div role="listbox" id="quick-list" aria-label="Choices">
                {move || {
                    found
                        .get()
                        .into_iter()
                        .enumerate()
                        .map(|(at, item)| {
                            let icon = kind_of(&item.does).map(|kind| view! { <KindIcon kind /> });
                            view! {
                                <div
                                    role="option"
                                    id=format!("quick-{at}")
                                    class="quick-item"
                                    aria-selected=move || (chosen.get() == at).to_string()
                                    on:pointerenter=move |_| chosen.set(at)
                                    on:click=move |event| take(at, event.ctrl_key() || event.meta_key())
                                >
                                    {icon}
                                    {item.label}
                                    {(!item.hint.is_empty())
                                        .then(|| view! { <kbd aria-hidden="true">{item.hint.clone()}</kbd> })}
                                </div>
                            }
                        })
                        .collect_view()
                }}
                <Show when=move || found.with(Vec::is_empty)>
                    <p class="hint">"Nothing fits here."</p>
                </Show>
            </div>
        </div>
    }
}

/// The kind that an item adds.
fn kind_of(does: &Does) -> Option<NodeType> {
    match does {
        Does::Add { kind, .. } | Does::Insert { kind, .. } => Some(*kind),
        _ => None,
    }
}

fn target_label(target: &Target) -> String {
    match target {
        Target::Port(port) => port.label(),
        Target::Node(node) => name_of(node).to_owned(),
    }
}

/// To the right of a node, and on the screen even where the node is not.
fn beside(stage: Stage, node: &str, items: usize) -> Position {
    let (place, size) = stage.editor.look(|document| (document.place(node), document.size(node)));
    let corner = Position { x: place.x + size.0 + 12.0, y: place.y };
    inside(stage.viewport.get_untracked().to_screen(corner), stage.size.get_untracked(), items)
}

/// The place nearest to this one where a list of so many items is wholly on a canvas of this size.
fn inside(at: Position, size: (f64, f64), items: usize) -> Position {
    let height = (FIELD + ITEM * items as f64).min(HEIGHT);
    Position { x: at.x.min(size.0 - WIDTH).max(0.0), y: at.y.min(size.1 - height).max(0.0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_stays_on_the_canvas() {
        let place = |x, y, items| {
            let at = inside(Position { x, y }, (800.0, 600.0), items);
            (at.x, at.y)
        };
        assert_eq!(place(100.0, 100.0, 4), (100.0, 100.0));
        assert_eq!(place(790.0, 590.0, 1), (800.0 - WIDTH, 600.0 - FIELD - ITEM));
        assert_eq!(place(-30.0, 590.0, 99), (0.0, 600.0 - HEIGHT));
        assert_eq!(place(-30.0, -9.0, 1), (0.0, 0.0));
    }
}
