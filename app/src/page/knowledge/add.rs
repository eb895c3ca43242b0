//! Ways to add documents: files by a button or dropped anywhere on the page, and a text that is pasted.

use flow::wire::AddDocument;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::{ev, html};
use wasm_bindgen_futures::JsFuture;
use web_sys::{File, FileList};

use super::base::Page;
use crate::api;
use crate::ui::dialog::Dialog;
use crate::ui::format::count;
use crate::ui::save::{SaveRow, Saving};
use crate::ui::toast::{Toasts, use_toasts};

/// The files whose text is added as it is.
const TEXTS: [&str; 3] = ["txt", "md", "markdown"];
/// The files that are read first.
const READ: [&str; 8] = ["html", "htm", "pdf", "docx", "csv", "tsv", "json", "jsonl"];
/// The largest text and the largest file that the server takes, in bytes.
const LARGEST: f64 = 4.0 * 1024.0 * 1024.0;
const LARGEST_FILE: f64 = 9.0 * 1024.0 * 1024.0;

#[component]
pub fn PickFiles() -> impl IntoView {
    let page: Page = expect_context();
    let toasts = use_toasts();
    let picker = NodeRef::<html::Input>::new();
    let picked = move |_| {
        let Some(picker) = picker.get_untracked() else { return };
        take(page, toasts, picker.files());
        // So that the same file can be picked again.
        picker.set_value("");
    };
    view! {
        <input
            type="file"
            class="visually-hidden"
            accept=".txt,.md,.markdown,.html,.htm,.pdf,.docx,.csv,.tsv,.json,.jsonl"
            multiple
            tabindex="-1"
            aria-hidden="true"
            node_ref=picker
            on:change=picked
        />
        <button
            type="button"
            class="btn"
            title="Text, Markdown, HTML, PDF, Word, CSV and JSON files"
            on:click=move |_| {
                if let Some(picker) = picker.get_untracked() {
                    picker.click();
                }
            }
        >
            "Add files"
        </button>
    }
}

/// Adds what is dropped while this page is shown; tells whether a file hovers over it.
pub(super) fn take_dropped_files(page: Page) -> RwSignal<bool> {
    let toasts = use_toasts();
    let hovering = RwSignal::new(false);
    let over = window_event_listener(ev::dragover, move |event| {
        // Without this the browser would leave the app and show the file.
        event.prevent_default();
        hovering.set(true);
    });
    let leave = window_event_listener(ev::dragleave, move |event| {
        if event.related_target().is_none() {
            hovering.set(false);
        }
    });
    let drop = window_event_listener(ev::drop, move |event| {
        event.prevent_default();
        hovering.set(false);
        take(page, toasts, event.data_transfer().and_then(|transfer| transfer.files()));
    });
    on_cleanup(move || {
        over.remove();
        leave.remove();
        drop.remove();
    });
    hovering
}

/// Adds files one after the other, and says what became of each that could not be.
fn take(page: Page, toasts: Toasts, files: Option<FileList>) {
    let files: Vec<File> =
        files.map(|files| (0..files.length()).filter_map(|at| files.get(at)).collect()).unwrap_or_default();
    let Some(base) = page.id.try_get_value() else { return };
    spawn_local(async move {
        let mut added = 0;
        for file in files {
            match add(&base, &file).await {
                Ok(()) => added += 1,
                Err(why) => toasts.fail(format!("{}: {why}", file.name())),
            }
        }
        if added > 0 {
            toasts.say(format!("Added {}.", count(added, "document")));
            page.reload();
        }
    });
}

async fn add(base: &str, file: &File) -> Result<(), String> {
    let name = file.name();
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
    if READ.contains(&ending.as_str()) {
        if file.size() > LARGEST_FILE {
            return Err("It is larger than 9 MiB. Split it, or put it into a bucket.".to_owned());
        }
        return api::knowledge::add_file(base, file).await.map(drop).map_err(|error| error.to_string());
    }
    if !TEXTS.contains(&ending.as_str()) {
        let known = "Only .txt, .md, .html, .pdf, .docx, .csv, .json and .jsonl files can be read.";
        return Err(known.to_owned());
    }
    if file.size() > LARGEST {
        return Err("It is larger than 4 MiB. Add it in parts.".to_owned());
    }
    let text = JsFuture::from(file.text()).await.ok().and_then(|text| text.as_string());
    let text = text.ok_or_else(|| "It could not be read.".to_owned())?;
    let document = AddDocument { title: name, text };
    api::knowledge::add(base, &document).await.map(drop).map_err(|error| error.to_string())
}

#[component]
pub fn AddText() -> impl IntoView {
    let page: Page = expect_context();
    let toasts = use_toasts();
    let title = RwSignal::new(String::new());
    let text = RwSignal::new(String::new());
    let saving = Saving::default();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let (base, document) =
            (page.id.get_value(), AddDocument { title: title.get_untracked(), text: text.get_untracked() });
        saving.run(async move { api::knowledge::add(&base, &document).await }, move |document| {
            toasts.say(format!("Added “{}”.", document.title));
            page.reload();
            page.open.try_set(None);
        });
    };
    view! {
        <Dialog title="Paste a text" wide=true on_close=page.close()>
            <form class="form" on:submit=submit>
                <div class="field">
                    <label for="document-title">"Title"</label>
                    <input
                        id="document-title"
                        class="input"
                        required
                        autofocus
                        autocomplete="off"
                        placeholder="Refunds"
                        prop:value=title
                        on:input=move |event| title.set(event_target_value(&event))
                    />
                </div>
                <div class="field">
                    <label for="document-text">"Text"</label>
                    <textarea
                        id="document-text"
                        class="textarea"
                        rows="12"
                        required
                        prop:value=text
                        on:input=move |event| text.set(event_target_value(&event))
                    ></textarea>
                    <span class="hint">"Empty lines part paragraphs; # begins a heading."</span>
                </div>
                <SaveRow saving on_close=page.close() save="Add" />
            </form>
        </Dialog>
    }
}
