//! Copying and pasting by the system's clipboard, and by hand where the browser does not let one at it.

use flow::address::place;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::stage::{Stage, use_stage};
use crate::editor::clipboard::{self, How};
use crate::editor::selection::Selection;
use crate::ui::browser;
use crate::ui::dialog::Dialog;
use crate::ui::format::count;

/// What is done by hand.
#[derive(Clone, Debug, PartialEq)]
pub enum ByHand {
    /// The text that is to be copied.
    Copy(String),
    /// A text is to be pasted, like this.
    Paste(How),
}

impl Stage {
    /// Puts what is selected into the clipboard. Returns whether there was something.
    pub fn copy(self) -> bool {
        let selection = self.editor.selection.get_untracked();
        let Some(text) = self.editor.look(|document| clipboard::copy(document, &selection)) else {
            return false;
        };
        self.clip.set_value(text.clone());
        self.editor.say(format!("Copied {}", count(selection.outermost().len() as u64, "node")));
        spawn_local(async move {
            if !browser::copy(&text).await {
                self.by_hand.try_set(Some(ByHand::Copy(text)));
            }
        });
        true
    }

    /// From the system's clipboard, else from what was copied on this page, else by hand.
    pub fn paste(self, how: How) {
        spawn_local(async move {
            let own = self.clip.try_get_value().unwrap_or_default();
            let system = browser::pasted().await;
            let text = system.clone().filter(|text| clipboard::is_clip(text)).unwrap_or(own);
            if text.is_empty() && system.is_none() {
                self.by_hand.try_set(Some(ByHand::Paste(how)));
            } else {
                self.insert(&text, how);
            }
        });
    }

    pub fn duplicate(self) {
        let selection = self.editor.selection.get_untracked();
        if let Some(text) = self.editor.look(|document| clipboard::copy(document, &selection)) {
            self.insert(&text, How::default());
        }
    }

    /// In a loop's body where what is selected is in one. Returns whether it was a part of a flow.
    pub fn insert(self, text: &str, how: How) -> bool {
        let selected = self.editor.selection.with_untracked(Selection::outermost);
        let owner = selected.first().map(|address| place(address).to_owned()).unwrap_or_default();
        let names = self.editor.change("Paste", |document| clipboard::paste(document, text, &owner, how));
        let Some(names) = names else {
            self.editor.say("There is nothing to paste");
            return false;
        };
        self.editor.say(format!("Pasted {}", count(names.len() as u64, "node")));
        let first = names.first().cloned();
        self.editor.select(Selection::nodes(names));
        self.next_frame(move |stage| {
            if let Some(first) = first {
                stage.show(&first);
            }
        });
        true
    }
}

/// The dialog for what the browser does not let a page do.
#[component]
pub fn ClipDialog() -> impl IntoView {
    let stage = use_stage();
    move || {
        stage.by_hand.get().map(|by_hand| match by_hand {
            ByHand::Copy(text) => view! { <CopyByHand text /> }.into_any(),
            ByHand::Paste(how) => view! { <PasteByHand how /> }.into_any(),
        })
    }
}

#[component]
fn CopyByHand(text: String) -> impl IntoView {
    let stage = use_stage();
    let area = NodeRef::<html::Textarea>::new();
    Effect::new(move || {
        if let Some(area) = area.get() {
            stage.after_dialog(move |_| area.select());
        }
    });
    view! {
        <Dialog title="Copy by hand" on_close=Callback::new(move |()| stage.by_hand.set(None))>
            <p>"The browser does not let this page at the clipboard. Press Ctrl C to copy what is marked."</p>
            <textarea class="textarea code-text" node_ref=area readonly autofocus aria-label="What was copied">
                {text}
            </textarea>
        </Dialog>
    }
}

#[component]
fn PasteByHand(how: How) -> impl IntoView {
    let stage = use_stage();
    let text = RwSignal::new(String::new());
    let wrong = RwSignal::new(false);
    let insert = move |_| {
        let pasted = stage.insert(&text.get_untracked(), how);
        wrong.set(!pasted);
        if pasted {
            stage.by_hand.set(None);
        }
    };
    view! {
        <Dialog title="Paste by hand" on_close=Callback::new(move |()| stage.by_hand.set(None))>
            <p>"The browser does not let this page at the clipboard. Press Ctrl V here."</p>
            <textarea
                class="textarea code-text"
                autofocus
                aria-label="What to paste"
                aria-invalid=move || wrong.get().to_string()
                on:input=move |event| text.set(event_target_value(&event))
            ></textarea>
            <Show when=move || wrong.get()>
                <p class="wrong" role="alert">
                    "This is no part of a flow. Copy nodes in this or another flow, and paste them here."
                </p>
            </Show>
            <div class="actions">
                <button type="button" class="btn primary" on:click=insert>
                    "Paste"
                </button>
            </div>
        </Dialog>
    }
}
