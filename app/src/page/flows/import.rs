//! Flows from files: by a button, or dropped anywhere on the page.

use flow::import::{Error, LARGEST};
use flow::wire::Reading;
use leptos::ev;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use web_sys::{File, FileList};

use super::report::Brought;
use super::{Open, Page};
use crate::api;
use crate::ui::browser;

#[component]
pub fn ImportButton() -> impl IntoView {
    let import = importer();
    let picker = NodeRef::<html::Input>::new();
    let picked = move |_| {
        let Some(picker) = picker.get_untracked() else { return };
        import(picker.files());
        // So that the same file can be picked again.
        picker.set_value("");
    };
    view! {
        <input
            type="file"
            class="visually-hidden"
            accept=".json,.yaml,.yml,.template,.svg,.png,application/json,application/yaml"
            multiple
            tabindex="-1"
            aria-hidden="true"
            node_ref=picker
            on:change=picked
        />
        <button
            type="button"
            class="btn"
            title="An export of this app, AWS API JSON, a CloudFormation template, Terraform JSON"
            on:click=move |_| {
                if let Some(picker) = picker.get_untracked() {
                    picker.click();
                }
            }
        >
            "Import"
        </button>
    }
}

/// Takes what is dropped while this page is shown; tells whether a file hovers over it.
pub fn import_dropped_files() -> RwSignal<bool> {
    let import = importer();
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
        import(event.data_transfer().and_then(|transfer| transfer.files()));
    });
    on_cleanup(move || {
        over.remove();
        leave.remove();
        drop.remove();
    });
    hovering
}

/// What asks the server about files, and shows the answers.
fn importer() -> impl Fn(Option<FileList>) + Copy + 'static {
    let page: Page = expect_context();
    move |files: Option<FileList>| {
        let files: Vec<File> = files
            .map(|files| (0..files.length()).filter_map(|at| files.get(at)).collect())
            .unwrap_or_default();
        if files.is_empty() {
            return;
        }
        spawn_local(async move {
            let mut brought = Vec::new();
            for file in files {
                brought.push(Brought { name: file.name(), reading: read(&file).await });
            }
            page.open.try_set(Some(Open::Import(brought)));
        });
    }
}

async fn read(file: &File) -> Result<Reading, String> {
    if file.size() > LARGEST as f64 {
        return Err(Error::TooLarge.to_string());
    }
    let text = browser::text_of(file).await;
    let text = text.ok_or("The browser could not read it. Look whether it is still there.")?;
    api::flows::read(text).await.map_err(|error| error.to_string())
}
