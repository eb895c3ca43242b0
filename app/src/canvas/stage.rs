//! The stage: what the canvas shows at this moment, and what a gesture's actions do to it.
//!
//! Always holds: a pointer's move only stores a point, and one animation frame applies the newest; nothing is measured
//! while a gesture goes on.

use std::collections::BTreeSet;
use std::time::Duration;

use flow::address::name;
use flow::definition::NodeType;
use flow::extensions::Position;
use flow::join::Join;
use leptos::leptos_dom::helpers::{request_animation_frame, set_timeout};
use leptos::prelude::*;
// Its name is a gesture's here.
use leptos::prelude::With as _;

use super::clip::ByHand;
use super::command::Command;
use super::context::Context;
use super::course::Course;
use super::drag::Drag;
use super::focus::{focus, still};
use super::geometry::Rect;
use super::gesture::{Action, Hit, Mode, With};
use super::guide::Line;
use super::hand::Hand;
use super::keyboard::Reach;
use super::keymap::Keymap;
use super::menu::Menu;
use super::proximity::Near;
use super::resize::Resize;
use super::viewport::Viewport;
use super::wishes::Wishes;
use crate::editor::connect::{self, Link, Target};
use crate::editor::document::Port;
use crate::editor::selection::Selection;
use crate::editor::session::{Card, Editor};
use crate::editor::strands::Strand;
use crate::editor::{change, joins, note, splice};
use crate::node::prompt::Models;
use crate::ui::format::count;
use crate::ui::toast::{Toasts, use_toasts};

/// How long a finger rests before it asks for a menu.
const LONG_PRESS: Duration = Duration::from_millis(500);

/// A wire that is being drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct Loose {
    pub from: Port,
    /// The fixed end and the loose one, in flow units.
    pub start: Position,
    pub end: Position,
    /// None while nothing is near.
    pub verdict: Option<Result<Link, String>>,
    /// The input that is near and taken, at which it can end all the same if its connections are joined.
    pub taken: Option<Target>,
    /// The connection that is taken off its input, where one is.
    pub moved: Option<String>,
    /// The other wires that go along, and where they begin.
    pub others: Vec<(Strand, Position)>,
}

/// The canvas of this page, as a context. Where new nodes go is told in [`placement`](super::placement), what commands do
/// in [`act`](super::act), and what moves by itself in [`motion`](super::motion).
#[derive(Clone, Copy)]
pub struct Stage {
    pub editor: Editor,
    pub viewport: RwSignal<Viewport>,
    /// Width and height of the canvas, in screen pixels.
    pub size: RwSignal<(f64, f64)>,
    pub wire: RwSignal<Option<Loose>>,
    /// Where that comes from, and the connection that is taken off for it: what stays while its end moves.
    pub drawn: Memo<Option<(Port, Option<String>)>>,
    pub marquee: RwSignal<Option<Rect>>,
    /// The lines that what is dragged is in.
    pub guides: RwSignal<Vec<Line>>,
    /// A cut from here to there, and the connections that it crosses.
    pub cut: RwSignal<Option<(Position, Position)>>,
    pub severed: RwSignal<BTreeSet<String>>,
    /// The connection that a dragged node would be put into.
    pub opened: RwSignal<Option<String>>,
    /// A node that is carried from the palette, at its top left corner in flow units.
    pub carried: RwSignal<Option<(NodeType, Position)>>,
    pub menu: RwSignal<Option<Menu>>,
    pub context: RwSignal<Option<Context>>,
    pub sheet: RwSignal<bool>,
    pub finding: RwSignal<bool>,
    pub outline: RwSignal<bool>,
    pub by_hand: RwSignal<Option<ByHand>>,
    /// The card whose name is being typed, and the note that is being written.
    pub renaming: RwSignal<Option<u32>>,
    pub writing: RwSignal<Option<String>>,
    pub wishes: RwSignal<Wishes>,
    /// Which way wires go: a part of what is wished, so that no wire wakes for the rest.
    pub course: Memo<Course>,
    pub keymap: RwSignal<Keymap>,
    /// The connection that a node which is dragged near another would get, and how it would go.
    pub near: RwSignal<Option<Near>>,
    /// The space bar is held: any drag pans.
    pub space: RwSignal<bool>,
    /// The hand is panning, which the cursor shows.
    pub panning: RwSignal<bool>,
    /// The hand holds something: what only helps at rest steps aside.
    pub busy: RwSignal<bool>,
    /// The card that had the focus last: the one that the Tab key comes back to where there are many.
    pub roving: RwSignal<Option<u32>>,
    /// Whether it is known where the canvas looks. Nothing of the flow is drawn before, so that a large one is laid out
    /// once.
    pub looks: RwSignal<bool>,
    pub root: NodeRef<leptos::html::Div>,
    pub(super) models: Models,
    toasts: Toasts,
    /// The next Tab leaves the canvas: a list that it had opened was closed.
    pub(super) lets_go: StoredValue<bool>,
    pub(super) hand: StoredValue<Hand>,
    /// Alt is held: what is dragged stands wherever it is let go. Shift is held: a note keeps its proportions.
    pub(super) free: StoredValue<bool>,
    pub(super) keep: StoredValue<bool>,
    pub(super) drag: StoredValue<Drag>,
    pub(super) resize: StoredValue<Option<Resize>>,
    /// The loop that would take what is carried or dragged.
    pub taker: RwSignal<Option<u32>>,
    /// What was copied on this page.
    pub(super) clip: StoredValue<String>,
    reach: StoredValue<Option<Reach>>,
    before_marquee: StoredValue<Selection>,
    origin: StoredValue<(f64, f64)>,
    pending: StoredValue<Vec<(i32, Position)>>,
    /// The pointer that takes the canvas along, and where it is.
    pub(super) along: StoredValue<Option<(i32, Position)>>,
    /// Counts the presses, so that a long one knows whether it is still the same.
    presses: StoredValue<u32>,
}

impl Stage {
    pub fn new(editor: Editor, models: Models) -> Self {
        let wire = RwSignal::new(None::<Loose>);
        let wishes = Wishes::load();
        let stays = |loose: &Loose| (loose.from.clone(), loose.moved.clone());
        Self {
            editor,
            viewport: RwSignal::new(Viewport::default()),
            size: RwSignal::new((1.0, 1.0)),
            wire,
            drawn: Memo::new(move |_| wire.with(|loose| loose.as_ref().map(stays))),
            marquee: RwSignal::new(None),
            guides: RwSignal::new(Vec::new()),
            cut: RwSignal::new(None),
            severed: RwSignal::new(BTreeSet::new()),
            opened: RwSignal::new(None),
            carried: RwSignal::new(None),
            menu: RwSignal::new(None),
            context: RwSignal::new(None),
            sheet: RwSignal::new(false),
            finding: RwSignal::new(false),
            outline: RwSignal::new(false),
            by_hand: RwSignal::new(None),
            renaming: RwSignal::new(None),
            writing: RwSignal::new(None),
            wishes,
            course: Memo::new(move |_| wishes.with(|wishes| wishes.course)),
            keymap: Keymap::load(),
            near: RwSignal::new(None),
            space: RwSignal::new(false),
            panning: RwSignal::new(false),
            busy: RwSignal::new(false),
            roving: RwSignal::new(None),
            looks: RwSignal::new(false),
            root: NodeRef::new(),
            models,
            toasts: use_toasts(),
            lets_go: StoredValue::new(false),
            hand: StoredValue::new(Hand::default()),
            free: StoredValue::new(false),
            keep: StoredValue::new(false),
            drag: StoredValue::new(Drag::default()),
            resize: StoredValue::new(None),
            taker: RwSignal::new(None),
            clip: StoredValue::new(String::new()),
            reach: StoredValue::new(None),
            before_marquee: StoredValue::new(Selection::default()),
            origin: StoredValue::new((0.0, 0.0)),
            pending: StoredValue::new(Vec::new()),
            along: StoredValue::new(None),
            presses: StoredValue::new(0),
        }
    }

    /// Tells what the keys reach beyond the canvas.
    pub fn reaches(self, reach: Reach) {
        self.reach.set_value(Some(reach));
    }

    pub(super) fn reach(self, act: impl FnOnce(Reach)) {
        if let Some(reach) = self.reach.get_value() {
            act(reach);
        }
    }

    /// The pointer went down on something, at a point of the window.
    pub fn press(self, pointer: i32, hit: Hit, client: (f64, f64), with: With) {
        self.measure();
        self.menu.set(None);
        self.context.set(None);
        self.lets_go.set_value(false);
        let at = self.local(client);
        if with.touch {
            self.wait_for_long_press(hit.clone(), at);
        }
        let actions = self.hand.try_update_value(|hand| hand.press(pointer, hit, at, with));
        self.pending.set_value(Vec::new());
        self.perform(actions.unwrap_or_default());
        self.panning.set(with.pan && !self.is_at_rest());
        // The second click of two ended what it was busy with.
        if self.is_at_rest() {
            self.busy.set(false);
        }
    }

    /// A finger that rests where it came down asks for the menu of what is there.
    fn wait_for_long_press(self, hit: Hit, at: Position) {
        let press = self.presses.get_value() + 1;
        self.presses.set_value(press);
        set_timeout(
            move || {
                let same = self.presses.try_get_value() == Some(press);
                if same && self.hand.with_value(Hand::is_pressed) {
                    self.cancel();
                    self.open_context(&hit, at);
                }
            },
            LONG_PRESS,
        );
    }

    /// A pointer moved; `free` says that it snaps to nothing. Only the newest point of a frame counts.
    pub fn go(self, pointer: i32, client: (f64, f64), free: bool, keep: bool) {
        if !self.hand.with_value(|hand| hand.minds(pointer)) {
            return;
        }
        self.free.set_value(free);
        self.keep.set_value(keep);
        let waiting = self.pending.with_value(|pending| !pending.is_empty());
        let at = self.local(client);
        self.pending.update_value(|pending| {
            pending.retain(|(known, _)| *known != pointer);
            pending.push((pointer, at));
        });
        if !waiting {
            self.next_frame(Self::frame);
        }
    }

    /// A pointer was released.
    pub fn release(self, pointer: i32, client: (f64, f64)) {
        if !self.hand.with_value(|hand| hand.minds(pointer)) {
            return;
        }
        self.frame();
        self.presses.update_value(|presses| *presses += 1);
        let at = self.local(client);
        let actions = self.hand.try_update_value(|hand| hand.release(pointer, at));
        self.perform(actions.unwrap_or_default());
        self.along.set_value(None);
        self.panning.set(false);
        self.busy.set(false);
    }

    /// A pointer was taken away.
    pub fn lose(self, pointer: i32) {
        if self.hand.with_value(|hand| hand.minds(pointer)) {
            self.cancel();
        }
    }

    /// Escape. Returns whether there was something to cancel.
    pub fn cancel(self) -> bool {
        let busy = !self.hand.with_value(Hand::is_idle);
        let actions = self.hand.try_update_value(Hand::cancel);
        self.perform(actions.unwrap_or_default());
        self.pending.set_value(Vec::new());
        self.along.set_value(None);
        self.panning.set(false);
        self.busy.set(false);
        busy
    }

    pub(super) fn is_at_rest(self) -> bool {
        self.hand.with_value(Hand::is_idle)
    }

    /// A point of the window, measured from the canvas's corner.
    pub fn local(self, client: (f64, f64)) -> Position {
        let (x, y) = self.origin.get_value();
        Position { x: client.0 - x, y: client.1 - y }
    }

    /// Reads where the canvas is. Done when a gesture begins, never during one.
    pub fn measure(self) {
        // The browser tells of a last change of size when the canvas leaves the page.
        if self.is_gone() {
            return;
        }
        if let Some(rect) = self.root.get_untracked().map(|root| root.get_bounding_client_rect()) {
            self.origin.set_value((rect.left(), rect.top()));
            if self.size.get_untracked() != (rect.width(), rect.height()) {
                self.size.set((rect.width(), rect.height()));
            }
        }
    }

    /// Acts with the next frame, unless the editor was left by then.
    pub fn next_frame(self, act: impl FnOnce(Self) + 'static) {
        request_animation_frame(move || {
            if !self.is_gone() {
                act(self);
            }
        });
    }

    fn is_gone(self) -> bool {
        self.size.try_get_untracked().is_none()
    }

    /// The middle of what is seen, in flow units.
    pub fn middle(self) -> Position {
        let (width, height) = self.size.get_untracked();
        self.viewport.get_untracked().to_flow(Position { x: width / 2.0, y: height / 2.0 })
    }

    /// Zooms about the middle.
    pub fn zoom(self, factor: f64) {
        let (width, height) = self.size.get_untracked();
        self.viewport.update(|v| *v = v.zoom_at(Position { x: width / 2.0, y: height / 2.0 }, factor));
    }

    /// Brings a node into view where it is not, and gives it the focus.
    pub fn reveal(self, name: &str) {
        self.bring(name);
        if let Some(card) = self.editor.card(name) {
            focus(card);
        }
    }

    /// Brings a node into view where it is not.
    pub fn bring(self, name: &str) {
        let Some(card) = self.editor.card(name) else { return };
        let rect = Rect::of(card.place.get_untracked(), card.size.get_untracked());
        let (viewport, size) = (self.viewport.get_untracked(), self.size.get_untracked());
        if !viewport.seen(size).encloses(&rect) {
            let middle = Position { x: rect.x + rect.width / 2.0, y: rect.y + rect.height / 2.0 };
            self.viewport.set(viewport.centred(middle, size));
        }
    }

    /// Makes a connection; one step of undo.
    pub fn connect(self, link: &Link, instead_of: Option<&str>) {
        self.editor.change("Connect", |document| match instead_of {
            Some(old) => splice::redirect(document, old, link),
            None => drop(connect::connect(document, link)),
        });
        self.editor.say(format!("Connected {}", link.label()));
    }

    /// Says how an input joins its connections, and makes one more; one step of undo.
    pub fn join(self, join: Join, link: &Link, instead_of: Option<&str>) {
        let Link::Data { target, input, .. } = link else { return };
        self.editor.change("Join", |document| {
            if let Some(old) = instead_of {
                change::remove(document, &[], &[old.to_owned()]);
            }
            joins::set(document, target, input, Some(join));
            connect::connect(document, link)
        });
        self.editor.say(format!("Connected {}. {}", link.label(), joins::words(join)));
    }

    /// Moves the selected nodes by a step; steps in quick succession are one step of undo.
    pub fn nudge(self, dx: f64, dy: f64) {
        if self.wishes.get_untracked().locked {
            return self.say_locked();
        }
        let names = self.editor.selection.with_untracked(Selection::outermost);
        let notes = self.editor.selection.with_untracked(|selection| selection.notes.clone());
        let burst = format!("nudge {names:?} {notes:?}");
        self.editor.type_in("Move", &burst, |document| {
            let moved: Vec<(String, Position)> = names
                .iter()
                .map(|name| {
                    let place = document.place(name);
                    (name.clone(), Position { x: place.x + dx, y: place.y + dy })
                })
                .collect();
            change::place(document, &moved);
            for id in &notes {
                note::edit(document, id, |note| {
                    note.position = Position { x: note.position.x + dx, y: note.position.y + dy };
                });
            }
        });
        if let Some(name) = names.first() {
            let place = self.editor.look(|document| document.place(name));
            self.editor.say(format!("Moved to {:.0}, {:.0}", place.x, place.y));
        }
    }

    /// Removes what is selected.
    pub fn delete(self) {
        let selection = self.editor.selection.get_untracked();
        if selection.is_empty() {
            return;
        }
        let nodes = selection.outermost();
        let connections: Vec<String> = selection.connections.into_iter().collect();
        let notes: Vec<String> = selection.notes.into_iter().collect();
        let what = match (nodes.as_slice(), connections.as_slice()) {
            ([node], []) => name(node).to_owned(),
            ([], [connection]) => name(connection).to_owned(),
            ([], []) => count(notes.len() as u64, "note"),
            ([], many) => format!("{} connections", many.len()),
            (many, _) => format!("{} nodes", many.len()),
        };
        let kept = self.editor.change(&format!("Delete {what}"), |document| {
            note::remove(document, &notes);
            change::remove(document, &nodes, &connections)
        });
        match kept {
            Some(reason) => self.refuse(reason),
            None => self.editor.say(format!("Deleted {what}")),
        }
        self.focus_pane();
    }

    /// Says why nothing moves, and which key helps.
    pub(super) fn say_locked(self) {
        let keys = self.keys(Command::Lock);
        let key = if keys.is_empty() {
            "Unlock it by its button.".to_owned()
        } else {
            format!("Press {keys} to unlock it.")
        };
        self.editor.say(format!("The canvas is locked. {key}"));
    }

    /// The keys of a command, as this person has them; empty where it has none.
    pub fn keys(self, command: Command) -> String {
        self.keymap.with(|keymap| keymap.keys(command))
    }

    /// Says why something was not done, to be seen as well as heard.
    pub(super) fn refuse(self, reason: String) {
        self.toasts.fail(reason);
    }

    /// Gives the canvas itself the focus.
    pub fn focus_pane(self) {
        if let Some(root) = self.root.get_untracked() {
            still(&root);
        }
    }

    /// Acts when a dialog that closes now has given back the focus, which it does with the next frame.
    pub fn after_dialog(self, act: impl FnOnce(Self) + 'static) {
        self.next_frame(move |stage| stage.next_frame(act));
    }

    fn frame(self) {
        let pending = self.pending.try_update_value(std::mem::take).unwrap_or_default();
        for (pointer, at) in pending {
            self.move_hand(pointer, at);
        }
    }

    pub(super) fn move_hand(self, pointer: i32, at: Position) {
        let actions = self.hand.try_update_value(|hand| hand.go(pointer, at)).unwrap_or_default();
        if !actions.is_empty() && !self.busy.get_untracked() {
            self.busy.set(true);
        }
        self.perform(actions);
        self.go_along(pointer, at);
    }

    fn perform(self, actions: Vec<Action>) {
        actions.into_iter().for_each(|action| self.act(action));
    }

    fn act(self, action: Action) {
        match action {
            Action::Select(hit) => self.editor.select(self.selection_of(&hit)),
            Action::SelectForDrag(hit) => self.begin_drag(&hit),
            Action::Toggle(hit) => self.change_selection(|selection| match &hit {
                Hit::Node(node) => selection.toggle_node(node),
                Hit::Connection(connection) => selection.toggle_connection(connection),
                Hit::Note(note) => selection.toggle_note(note),
                Hit::Group(group) => selection.toggle_group(group),
                _ => {}
            }),
            Action::ClearSelection => self.editor.select(Selection::default()),
            Action::PanBy(dx, dy) => {
                self.panning.set(true);
                self.viewport.update(|viewport| *viewport = viewport.pan(dx, dy));
            }
            Action::PinchAt(at, factor) => {
                self.viewport.update(|viewport| *viewport = viewport.zoom_at(at, factor));
            }
            Action::DragTo(dx, dy) => self.drag_by(dx, dy),
            Action::DropDrag => self.drop_drag(),
            Action::CancelDrag => self.cancel_drag(),
            Action::Marquee(from, to, mode) => self.draw_marquee(from, to, mode),
            Action::EndMarquee => self.marquee.set(None),
            Action::CancelMarquee => {
                if self.marquee.with_untracked(Option::is_some) {
                    self.editor.select(self.before_marquee.get_value());
                }
                self.marquee.set(None);
            }
            Action::StartWire(port) => self.start_wire(port),
            Action::StartWires(port) => self.start_wires(&port),
            Action::TakeEnd(connection, begins) => self.take_end(&connection, begins),
            Action::TakeEnds(connection, begins) => self.take_ends(&connection, begins),
            Action::WireTo(at) => self.wire_to(at),
            Action::DropWire(at) => self.drop_wire(at),
            Action::CancelWire => self.wire.set(None),
            Action::CarryTo(kind, at) => self.carry(kind, at),
            Action::DropCarried(kind, at) => self.drop_carried(kind, at),
            Action::CancelCarried => {
                self.carried.set(None);
                self.show_taker("");
            }
            Action::StartResize(of, side) => self.start_resize(&of, side),
            Action::ResizeTo(dx, dy) => self.resize_by(dx, dy),
            Action::DropResize => self.drop_resize(),
            Action::CancelResize => self.cancel_resize(),
            Action::StartSlice(at) => self.start_cut(at),
            Action::SliceTo(at) => self.cut_to(at),
            Action::DropSlice => self.drop_cut(),
            Action::CancelSlice => self.cancel_cut(),
            Action::Add(kind) => self.add(kind),
        }
    }

    /// Exactly what was hit.
    pub(super) fn selection_of(self, hit: &Hit) -> Selection {
        match hit {
            Hit::Node(node) => Selection::node(node),
            Hit::Connection(connection) => Selection::connection(connection),
            Hit::Note(note) => Selection::note(note),
            Hit::Group(group) => self.editor.look(|document| Selection::group(document, group)),
            _ => Selection::default(),
        }
    }

    fn change_selection(self, change: impl FnOnce(&mut Selection)) {
        let mut selection = self.editor.selection.get_untracked();
        change(&mut selection);
        self.editor.select(selection);
    }

    /// Selects while it is drawn: the nodes and notes in it, and the connections of those nodes.
    fn draw_marquee(self, from: Position, to: Position, mode: Mode) {
        if self.marquee.with_untracked(Option::is_none) {
            self.before_marquee.set_value(self.editor.selection.get_untracked());
        }
        let viewport = self.viewport.get_untracked();
        let rect = Rect::between(viewport.to_flow(from), viewport.to_flow(to));
        self.marquee.set(Some(rect));
        let partial = self.wishes.get_untracked().partial;
        let takes = |other: &Rect| if partial { rect.touches(other) } else { rect.encloses(other) };
        let before = self.before_marquee.get_value();
        // What a collapsed group hides is taken with the group alone.
        let hidden = self.editor.cards.get_untracked().into_iter().filter(|card| !card.is_shown());
        let hidden: BTreeSet<String> = hidden.map(Card::name).collect();
        let selection = self.editor.look(|document| {
            let every = document.every_node().into_iter();
            let inside = every.filter(|(address, node)| {
                !hidden.contains(address) && takes(&Rect::of_node(document, address, node))
            });
            let inside: BTreeSet<String> = inside.map(|(address, _)| address).collect();
            let notes = document.extensions.notes.iter();
            let notes = notes.filter(|note| takes(&Rect::of(note.position, (note.width, note.height))));
            let notes: BTreeSet<String> = notes.map(|note| note.id.clone()).collect();
            let set = |old: &BTreeSet<String>, new: &BTreeSet<String>| -> BTreeSet<String> {
                match mode {
                    Mode::Replace => new.clone(),
                    Mode::Add => old | new,
                    Mode::Subtract => old - new,
                }
            };
            // A loop stands for what is inside it.
            let nodes = Selection::nodes(set(&before.nodes, &inside)).outermost();
            let notes = set(&before.notes, &notes);
            Selection { notes, ..Selection::with_connections(document, nodes.into_iter().collect()) }
        });
        self.editor.select(selection);
    }
}

/// The stage of this page.
pub fn use_stage() -> Stage {
    expect_context()
}
