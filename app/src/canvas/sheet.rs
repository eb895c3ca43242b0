//! The sheet of shortcuts.

use leptos::prelude::*;

use super::command::Command;
use super::stage::use_stage;
use crate::ui::dialog::Dialog;

/// What the pointer does, and the keys that are no command.
const HANDS: [(&str, &str); 20] = [
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
    ("Alt while dragging", "Place freely, off grid and guides"),
    ("← → ↑ ↓", "Walk along connections"),
    ("Alt and arrows", "Move (with Shift: further)"),
    ("Drag from a port", "Connect"),
    ("Click a port, then another", "Connect"),
    ("Drop a wire on the pane", "Add and connect"),
    ("Drop a free node on a wire", "Put it in between"),
    ("Drag the end of a wire", "Lead it elsewhere"),
    ("Right click, long press, Shift F10", "Menu"),
    ("Esc", "Let go"),
];

#[component]
pub fn Sheet() -> impl IntoView {
    let stage = use_stage();
    let keyed = || Command::ALL.into_iter().filter(|command| !command.keys().is_empty());
    view! {
        <Show when=move || stage.sheet.get()>
            <Dialog title="Shortcuts" on_close=Callback::new(move |()| stage.sheet.set(false)) wide=true>
                <dl class="shortcuts">
                    {HANDS
                        .into_iter()
                        .chain(keyed().map(|command| (command.keys(), command.label())))
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
                <p class="hint">"On a Mac, Cmd takes the place of Ctrl."</p>
            </Dialog>
        </Show>
    }
}
