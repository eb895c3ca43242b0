//! The sheet of shortcuts.

use leptos::prelude::*;

use super::command::Command;
use super::stage::use_stage;
use crate::ui::dialog::Dialog;

/// What the pointer does, and the keys that are no command.
const HANDS: [(&str, &str); 23] = [
    ("Drag the pane, Space and drag", "Pan (M: select)"),
    ("Middle button", "Pan over anything"),
    ("Wheel, pinch", "Zoom"),
    ("Double click the pane", "Add a node"),
    ("Drag from the palette", "Add here"),
    ("Click, Enter", "Select"),
    ("Ctrl click, Shift click", "One more in the selection"),
    ("Shift drag", "Select by a frame, too"),
    ("Shift Alt drag", "Take out of the selection"),
    ("Alt drag the pane", "Cut connections"),
    ("Alt while dragging", "Place freely, off grid and guides, and out of a loop"),
    ("← → ↑ ↓", "Walk along connections"),
    ("Alt and arrows", "Move (with Shift: further)"),
    ("Drag from a port", "Connect"),
    ("Click a port, then another", "Connect"),
    ("Ctrl drag from a port", "Connect each selected node, or move all its wires"),
    ("Ctrl drag the end of a wire", "Lead all selected ones elsewhere"),
    ("Drop a wire on the pane", "Add and connect"),
    ("Drop a free node on a wire", "Put it in between"),
    ("Drag the end of a wire", "Lead it elsewhere"),
    ("Ctrl Shift and arrows", "Resize a note or a group"),
    ("Right click, long press, Shift F10", "Menu"),
    ("Esc", "Let go"),
];

#[component]
pub fn Sheet() -> impl IntoView {
    let stage = use_stage();
    let keyed = move || {
        let all = Command::ALL.into_iter().map(move |command| (stage.keys(command), command.label()));
        all.filter(|(keys, _)| !keys.is_empty())
    };
    view! {
        <Show when=move || stage.sheet.get()>
            <Dialog title="Shortcuts" on_close=Callback::new(move |()| stage.sheet.set(false)) wide=true>
                <dl class="shortcuts">
                    {HANDS
                        .into_iter()
                        .map(|(keys, does)| (keys.to_owned(), does))
                        .chain(keyed())
                        .map(|(keys, does)| {
                            view! {
                                <div>
                                    <dt><kbd>{keys}</kbd></dt>
                                    <dd>{does}</dd>
                                </div>
                            }
                        })
                        .collect_view()}
                </dl>
                <p class="hint">
                    "On a Mac, Cmd takes the place of Ctrl. Keys are changed in the " <a class="link" href="/settings">"Settings"</a> "."
                </p>
            </Dialog>
        </Show>
    }
}
