//! The keys of the editor. Those without a modifier count only where nobody types.

use flow::address::{name, place};
use flow::layout::GRID;
use leptos::ev;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use web_sys::Element;

use super::menu::Menu;
use super::stage::Stage;
use super::viewport::STEP;
use crate::editor::clipboard;
use crate::editor::document::addresses;
use crate::editor::selection::Selection;
use crate::editor::walk::{self, Direction};
use crate::ui::browser;
use crate::ui::format::count;

/// What the keys reach beyond the canvas.
#[derive(Clone, Copy)]
pub struct Reach {
    pub run: Callback<()>,
    /// Goes to the name of the selected node.
    pub rename: Callback<()>,
}

/// Whether Cmd takes the place of Ctrl.
pub fn is_mac() -> bool {
    let platform = browser::window().and_then(|window| window.navigator().platform().ok());
    platform.is_some_and(|platform| platform.starts_with("Mac"))
}

/// Listens for as long as the page is there.
pub fn listen(stage: Stage, reach: Reach) {
    let clip = StoredValue::new(String::new());
    let down = window_event_listener(ev::keydown, move |event| {
        if handle(stage, reach, clip, &event) {
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

/// Returns whether the key was for us.
fn handle(stage: Stage, reach: Reach, clip: StoredValue<String>, event: &ev::KeyboardEvent) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let within = |selector: &str| {
        target.as_ref().is_some_and(|target| target.closest(selector).ok().flatten().is_some())
    };
    let control = event.ctrl_key() || event.meta_key();
    let key = event.key();
    if control && key == "Enter" {
        reach.run.run(());
        return true;
    }
    if within("input, textarea, select, [contenteditable], dialog") {
        return false;
    }
    if key != "Tab" {
        stage.lets_go.set_value(false);
    }
    let on_canvas = within(".canvas") || within_body(target.as_ref());
    if control {
        return with_control(stage, clip, &key, event.shift_key(), on_canvas);
    }
    let on_button = within("button, a");
    match key.as_str() {
        "Escape" => escape(stage),
        "?" => stage.sheet.set(true),
        "/" => browser::focus_now("#palette-search"),
        " " => return space(stage, target.as_ref(), event),
        _ if !on_canvas => return false,
        "Delete" | "Backspace" => delete(stage, target.as_ref()),
        "F2" => return rename(stage, target.as_ref(), reach),
        "Tab" if !event.shift_key() && on_pane(stage, target.as_ref()) => return quick_add(stage),
        "c" | "C" => return connect(stage, target.as_ref()),
        "Enter" if on_button => return false,
        "Enter" => return choose(stage, target.as_ref()),
        _ => return arrow(stage, target.as_ref(), event),
    }
    true
}

fn with_control(stage: Stage, clip: StoredValue<String>, key: &str, shift: bool, on_canvas: bool) -> bool {
    let editor = stage.editor;
    match key.to_lowercase().as_str() {
        "z" if shift => editor.redo(),
        "z" => editor.undo(),
        "y" => editor.redo(),
        // Elsewhere these are the browser's own, which make its letters larger.
        _ if !on_canvas => return false,
        "=" | "+" => stage.zoom(STEP),
        "-" => stage.zoom(1.0 / STEP),
        "0" => stage.zoom(1.0 / stage.viewport.with_untracked(|viewport| viewport.zoom)),
        "1" => stage.fit(),
        "a" => {
            // A loop stands for what is inside it.
            editor.select(Selection::nodes(editor.look(|d| addresses(&d.definition, ""))));
        }
        // Marked words of the page are what is meant, whichever node is selected.
        "c" | "x" if has_marked_text() => return false,
        "c" => return copy(stage, clip),
        "x" => {
            if !copy(stage, clip) {
                return false;
            }
            stage.delete();
        }
        "v" => paste(stage, clip),
        "d" => duplicate(stage),
        _ => return false,
    }
    true
}

fn escape(stage: Stage) {
    if stage.menu.with_untracked(Option::is_some) {
        stage.menu.set(None);
    } else if !stage.cancel() {
        stage.editor.select(Selection::default());
    }
}

fn copy(stage: Stage, clip: StoredValue<String>) -> bool {
    let selection = stage.editor.selection.get_untracked();
    let Some(text) = stage.editor.look(|document| clipboard::copy(document, &selection)) else {
        return false;
    };
    clip.set_value(text.clone());
    stage.editor.say(format!("Copied {}", count(selection.outermost().len() as u64, "node")));
    spawn_local(async move {
        let _refused = browser::copy(&text).await;
    });
    true
}

/// From the system's clipboard, else from what was copied on this page.
fn paste(stage: Stage, clip: StoredValue<String>) {
    spawn_local(async move {
        let own = clip.get_value();
        let text = read_clipboard().await.filter(|text| text.contains("anabranch/clip")).unwrap_or(own);
        insert(stage, &text);
    });
}

fn duplicate(stage: Stage) {
    let selection = stage.editor.selection.get_untracked();
    if let Some(text) = stage.editor.look(|document| clipboard::copy(document, &selection)) {
        insert(stage, &text);
    }
}

/// Beside what is selected: in a loop's body where that is in one.
fn insert(stage: Stage, text: &str) {
    let selected = stage.editor.selection.with_untracked(Selection::outermost);
    let owner = selected.first().map(|address| place(address).to_owned()).unwrap_or_default();
    let names = stage.editor.change("Paste", |document| clipboard::paste(document, text, &owner, None));
    match names {
        Some(names) => {
            stage.editor.say(format!("Pasted {}", count(names.len() as u64, "node")));
            stage.editor.select(Selection::nodes(names));
        }
        None => stage.editor.say("There is nothing to paste"),
    }
}

async fn read_clipboard() -> Option<String> {
    let navigator = browser::window()?.navigator();
    if js_sys::Reflect::get(&navigator, &"clipboard".into()).is_ok_and(|clipboard| clipboard.is_undefined()) {
        return None;
    }
    wasm_bindgen_futures::JsFuture::from(navigator.clipboard().read_text()).await.ok()?.as_string()
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

/// Opens the list of what can be added; right after it was closed, Tab goes on as everywhere.
fn quick_add(stage: Stage) -> bool {
    if stage.lets_go.try_update_value(std::mem::take) == Some(true) {
        return false;
    }
    stage.menu.set(Some(Menu::add_anywhere(stage)));
    true
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

/// Deletes what has the focus, and with it the selection that it belongs to.
fn delete(stage: Stage, target: Option<&Element>) {
    let selection = stage.editor.selection.get_untracked();
    if let Some(node) = focused_node(stage, target) {
        if !selection.nodes.contains(&node) {
            stage.editor.select(Selection::node(&node));
        }
    } else if let Some(wire) = attribute(target, "data-wire")
        && !selection.connections.contains(&wire)
    {
        stage.editor.select(Selection::connection(&wire));
    }
    stage.delete();
}

fn rename(stage: Stage, target: Option<&Element>, reach: Reach) -> bool {
    let Some(node) = current(stage, target) else { return false };
    stage.editor.select(Selection::node(&node));
    reach.rename.run(());
    true
}

fn connect(stage: Stage, target: Option<&Element>) -> bool {
    let Some(node) = current(stage, target) else { return false };
    stage.menu.set(Some(Menu::ports(stage, &node)));
    true
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

fn arrow(stage: Stage, target: Option<&Element>, event: &ev::KeyboardEvent) -> bool {
    let (direction, dx, dy) = match event.key().as_str() {
        "ArrowLeft" => (Direction::Left, -1.0, 0.0),
        "ArrowRight" => (Direction::Right, 1.0, 0.0),
        "ArrowUp" => (Direction::Up, 0.0, -1.0),
        "ArrowDown" => (Direction::Down, 0.0, 1.0),
        _ => return false,
    };
    let Some(node) = current(stage, target).or_else(|| stage.editor.look(walk::order).first().cloned())
    else {
        return false;
    };
    if event.alt_key() {
        if stage.editor.selection.with_untracked(|selection| !selection.nodes.contains(&node)) {
            stage.editor.select(Selection::node(&node));
        }
        let step = GRID * if event.shift_key() { 4.0 } else { 1.0 };
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
