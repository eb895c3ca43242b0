//! The keys of the editor. Those without a modifier count only where nobody types.

use flow::address::name;
use flow::extensions::Position;
use flow::layout::GRID;
use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::Element;

use super::command::{Command, Needs, Stroke};
use super::keymap::Chord;
use super::pane::hit;
use super::stage::Stage;
use crate::editor::selection::Selection;
use crate::editor::walk::{self, Direction};
use crate::ui::browser;

/// How far a key moves something where nothing snaps to the grid.
const FINE: f64 = 5.0;

/// What the keys reach beyond the canvas.
#[derive(Clone, Copy)]
pub struct Reach {
    pub run: Callback<()>,
    /// Runs this node alone, or with what follows it.
    pub run_part: Callback<(String, bool)>,
}

/// Whether Cmd takes the place of Ctrl.
pub fn is_mac() -> bool {
    let platform = browser::window().and_then(|window| window.navigator().platform().ok());
    platform.is_some_and(|platform| platform.starts_with("Mac"))
}

/// Listens for as long as the page is there.
pub fn listen(stage: Stage) {
    let down = window_event_listener(ev::keydown, move |event| {
        if handle(stage, &event) {
            event.prevent_default();
        }
    });
    let up = window_event_listener(ev::keyup, move |event| {
        if event.key() == " " {
            stage.space.set(false);
        }
    });
    let blur = window_event_listener(ev::blur, move |_| stage.space.set(false));
    on_cleanup(move || {
        down.remove();
        up.remove();
        blur.remove();
    });
}

/// The keys that an event is about; none where that is only Shift and the like.
pub fn chord(event: &ev::KeyboardEvent) -> Option<Chord> {
    Chord::of(&Stroke {
        key: &event.key(),
        code: &event.code(),
        control: event.ctrl_key() || event.meta_key(),
        shift: event.shift_key(),
        alt: event.alt_key(),
    })
}

/// Returns whether the key was for us.
fn handle(stage: Stage, event: &ev::KeyboardEvent) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let within = |selector: &str| {
        target.as_ref().is_some_and(|target| target.closest(selector).ok().flatten().is_some())
    };
    let (key, shift) = (event.key(), event.shift_key());
    let control = event.ctrl_key() || event.meta_key();
    let command = chord(event).and_then(|chord| stage.keymap.with_untracked(|keymap| keymap.command(&chord)));
    if command == Some(Command::Run) {
        stage.run(Command::Run);
        return true;
    }
    if within("dialog") {
        return false;
    }
    // These are wanted from everywhere, a field too.
    if matches!(command, Some(Command::Palette | Command::Find)) {
        command.into_iter().for_each(|command| stage.run(command));
        return true;
    }
    if within("input, textarea, select, [contenteditable], .code-field") {
        return false;
    }
    if key != "Tab" {
        stage.lets_go.set_value(false);
    }
    let on_canvas = within(".canvas, .outline") || within_body(target.as_ref());
    match (command, key.as_str()) {
        (_, "Escape") => escape(stage),
        (_, "ContextMenu") => return menu_by_key(stage, target.as_ref()),
        (_, "F10") if shift => return menu_by_key(stage, target.as_ref()),
        (None, " ") => return space(stage, target.as_ref(), event),
        (Some(command), _) => return commanded(stage, command, target.as_ref(), on_canvas),
        (None, key) if on_canvas && control && shift && key.starts_with("Arrow") => {
            return resize(stage, target.as_ref(), key);
        }
        _ if !on_canvas || control => return false,
        (None, "Enter") if within("button, a") => return false,
        (None, "Enter") => return choose(stage, target.as_ref()),
        _ => return arrow(stage, target.as_ref(), event),
    }
    true
}

/// Runs the command of a key, where that key is not the browser's own here.
fn commanded(stage: Stage, command: Command, target: Option<&Element>, on_canvas: bool) -> bool {
    match command {
        Command::Undo | Command::Redo | Command::Sheet | Command::SearchNodes => {}
        _ if !on_canvas => return false,
        Command::AddNode if !on_pane(stage, target) => return false,
        // Right after its list was closed, Tab goes on as everywhere.
        Command::AddNode if stage.lets_go.try_update_value(std::mem::take) == Some(true) => return false,
        // Marked words of the page are what is meant, whichever node is selected.
        Command::Copy | Command::Cut if has_marked_text() => return false,
        _ => {}
    }
    if command.needs() != Needs::Nothing {
        take_focused(stage, target);
    }
    if !stage.is_possible(command) {
        return false;
    }
    stage.run(command);
    true
}

fn escape(stage: Stage) {
    if stage.menu.with_untracked(Option::is_some) {
        stage.menu.set(None);
    } else if stage.context.with_untracked(Option::is_some) {
        stage.context.set(None);
    } else if !stage.cancel() {
        stage.editor.select(Selection::default());
    }
}

/// The menu of what has the focus, beside it.
fn menu_by_key(stage: Stage, target: Option<&Element>) -> bool {
    let Some(element) =
        target.filter(|target| target.closest(".canvas, .outline").is_ok_and(|it| it.is_some()))
    else {
        return false;
    };
    take_focused(stage, Some(element));
    stage.measure();
    let rect = element.get_bounding_client_rect();
    let on_pane = on_pane(stage, Some(element));
    let at = match on_pane {
        true => Position { x: rect.width() / 2.0, y: rect.height() / 2.0 },
        false => stage.local((rect.left() + 24.0, rect.top() + 24.0)),
    };
    stage.open_context(&hit(stage, element), at);
    true
}

/// Whether a text of the page is marked.
fn has_marked_text() -> bool {
    let Some(window) = browser::window() else { return false };
    let selection = js_sys::Reflect::get(&window, &"getSelection".into())
        .and_then(|ask| ask.dyn_into::<js_sys::Function>())
        .and_then(|ask| ask.call0(&window));
    let is_collapsed =
        selection.and_then(|selection| js_sys::Reflect::get(&selection, &"isCollapsed".into()));
    is_collapsed.is_ok_and(|is_collapsed| is_collapsed.as_bool() == Some(false))
}

/// The node that has the focus.
fn focused_node(stage: Stage, target: Option<&Element>) -> Option<String> {
    let id = attribute(target, "data-card")?;
    let cards = stage.editor.cards.get_untracked();
    cards.iter().find(|card| card.id.to_string() == id).map(|card| card.name())
}

/// The node that has the focus, else the selected one.
fn current(stage: Stage, target: Option<&Element>) -> Option<String> {
    focused_node(stage, target)
        .or_else(|| stage.editor.selection.with_untracked(|selection| selection.only_node().cloned()))
}

/// An attribute of the element or of what it stands in.
fn attribute(target: Option<&Element>, name: &str) -> Option<String> {
    target?.closest(&format!("[{name}]")).ok().flatten()?.get_attribute(name)
}

/// What has the focus is what is meant, and with it the selection that it belongs to.
fn take_focused(stage: Stage, target: Option<&Element>) {
    let selection = stage.editor.selection.get_untracked();
    if let Some(node) = focused_node(stage, target) {
        if !selection.nodes.contains(&node) {
            stage.editor.select(Selection::node(&node));
        }
    } else if let Some(wire) = attribute(target, "data-wire") {
        if !selection.connections.contains(&wire) {
            stage.editor.select(Selection::connection(&wire));
        }
    } else if let Some(note) = attribute(target, "data-note") {
        if !selection.notes.contains(&note) {
            stage.editor.select(Selection::note(&note));
        }
    } else if let Some(group) = attribute(target, "data-group")
        && !selection.groups.contains(&group)
    {
        let whole = stage.editor.look(|document| Selection::group(document, &group));
        stage.editor.select(whole);
    }
}

/// Held, it makes any drag pan. It still does what it does on buttons and the like.
fn space(stage: Stage, target: Option<&Element>, event: &ev::KeyboardEvent) -> bool {
    stage.space.set(true);
    if on_pane(stage, target) || within_body(target) {
        return true;
    }
    let on_card = target.is_some_and(|target| target.has_attribute("data-card"));
    on_card && (event.repeat() || choose(stage, target))
}

fn choose(stage: Stage, target: Option<&Element>) -> bool {
    if on_pane(stage, target) {
        return false;
    }
    let Some(node) = current(stage, target) else { return false };
    stage.editor.select(Selection::node(&node));
    stage.editor.say(format!("Selected {}", name(&node)));
    true
}

/// Moves the right or the lower edge of notes and groups.
fn resize(stage: Stage, target: Option<&Element>, key: &str) -> bool {
    take_focused(stage, target);
    let (dx, dy) = match key {
        "ArrowLeft" => (-1.0, 0.0),
        "ArrowRight" => (1.0, 0.0),
        "ArrowUp" => (0.0, -1.0),
        _ => (0.0, 1.0),
    };
    stage.grow(dx * GRID, dy * GRID)
}

fn arrow(stage: Stage, target: Option<&Element>, event: &ev::KeyboardEvent) -> bool {
    let (direction, dx, dy) = match event.key().as_str() {
        "ArrowLeft" => (Direction::Left, -1.0, 0.0),
        "ArrowRight" => (Direction::Right, 1.0, 0.0),
        "ArrowUp" => (Direction::Up, 0.0, -1.0),
        "ArrowDown" => (Direction::Down, 0.0, 1.0),
        _ => return false,
    };
    let notes = stage.editor.selection.with_untracked(|selection| !selection.notes.is_empty());
    if event.alt_key() && focused_node(stage, target).is_none() && (notes || several(stage)) {
        let step = stage.step(event.shift_key());
        stage.nudge(dx * step, dy * step);
        return true;
    }
    let Some(node) = current(stage, target).or_else(|| stage.editor.look(walk::order).first().cloned())
    else {
        return false;
    };
    if event.alt_key() {
        if stage.editor.selection.with_untracked(|selection| !selection.nodes.contains(&node)) {
            stage.editor.select(Selection::node(&node));
        }
        let step = stage.step(event.shift_key());
        stage.nudge(dx * step, dy * step);
    } else {
        let next = if current(stage, target).is_none() {
            Some(node)
        } else {
            stage.editor.look(|document| walk::next(document, &node, direction))
        };
        if let Some(next) = next {
            stage.editor.select(Selection::node(&next));
            stage.reveal(&next);
        }
    }
    true
}

impl Stage {
    /// How far a key moves something.
    fn step(self, further: bool) -> f64 {
        let step = if self.wishes.get_untracked().off_grid { FINE } else { GRID };
        step * if further { 4.0 } else { 1.0 }
    }
}

/// Whether more than one node is selected.
fn several(stage: Stage) -> bool {
    stage.editor.selection.with_untracked(|selection| selection.nodes.len() > 1)
}

fn on_pane(stage: Stage, target: Option<&Element>) -> bool {
    let root = stage.root.get_untracked();
    match (root, target) {
        (Some(root), Some(target)) => root.is_same_node(Some(target)),
        _ => false,
    }
}

/// Without a focused element, keys go to the body, and mean the canvas.
fn within_body(target: Option<&Element>) -> bool {
    target.is_some_and(|target| target.tag_name().eq_ignore_ascii_case("body"))
}
