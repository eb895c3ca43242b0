//! The sheet of shortcuts.

use leptos::prelude::*;

use super::stage::use_stage;
use crate::ui::dialog::Dialog;

const SHORTCUTS: [(&str, &str); 27] = [
    ("Drag the pane, Space and drag", "Pan"),
    ("Alt while dragging", "Place freely, off the grid"),
    ("Wheel, Ctrl + or −", "Zoom"),
    ("Ctrl 0, Ctrl 1", "100 %, fit"),
    ("Tab, double click", "Add a node"),
    ("/", "Search the palette"),
    ("Click, Enter", "Select"),
    ("Ctrl click, Shift click", "One more in the selection"),
    ("Shift drag", "Select by a frame"),
    ("Ctrl A", "Select all"),
    ("Esc", "Let go"),
    ("← → ↑ ↓", "Walk along connections"),
    ("Alt and arrows", "Move (with Shift: further)"),
    ("Drag from a port", "Connect"),
    ("Click a port, then another", "Connect"),
    ("C", "Connect by a list"),
    ("Delete, Backspace", "Delete"),
    ("F2", "Rename"),
    ("Ctrl C, X, V", "Copy, cut, paste"),
    ("Ctrl D", "Duplicate"),
    ("Ctrl Z", "Undo"),
    ("Ctrl Shift Z, Ctrl Y", "Redo"),
    ("Ctrl Enter", "Run"),
    ("Middle button", "Pan over anything"),
    ("Drag from the palette", "Add here"),
    ("Drop a wire on the pane", "Add and connect"),
    ("?", "This sheet"),
];

#[component]
pub fn Sheet() -> impl IntoView {
    let stage = use_stage();
    view! {
        <Show when=move || stage.sheet.get()>
            <Dialog title="Shortcuts" on_close=Callback::new(move |()| stage.sheet.set(false)) wide=true>
                <dl class="shortcuts">
                    {SHORTCUTS
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
