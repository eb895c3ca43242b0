//! Flows from files: by a button, or dropped anywhere on the page.

use leptos::ev;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen_futures::JsFuture;
use web_sys::{File, FileList};

use super::Page;
use crate::api;
use crate::ui::navigate::navigator;
use crate::ui::toast::{Toasts, use_toasts};

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
            accept=".json,application/json"
            multiple
            tabindex="-1"
            aria-hidden="true"
            node_ref=picker
            on:change=picked
        />
        <button
            type="button"
            class="btn"
            title="A flow that was exported here, or an AWS flow definition"
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

/// Imports what is dropped while this page is shown; tells whether a file hovers over it.
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

/// What imports files. A single one is opened, several are listed.
fn importer() -> impl Fn(Option<FileList>) + Copy + 'static {
    let page: Page = expect_context();
    let toasts = use_toasts();
    let go = navigator();
    move |files: Option<FileList>| {
        let files: Vec<File> = files
            .map(|files| (0..files.length()).filter_map(|at| files.get(at)).collect())
            .unwrap_or_default();
        spawn_local(async move {
            let single = files.len() == 1;
            for file in files {
                if let Some(id) = import(&file, toasts).await
                    && single
                {
                    go.try_run(format!("/flows/{id}"));
                    return;
                }
            }
            page.reload();
        });
    }
}

/// The id of the flow that the file became.
async fn import(file: &File, toasts: Toasts) -> Option<String> {
    let text = JsFuture::from(file.text()).await.ok().and_then(|text| text.as_string());
    let Some(text) = text else {
        toasts.fail(format!("{} could not be read.", file.name()));
        return None;
    };
    match api::flows::import(text).await {
        Ok(flow) => {
            toasts.say(format!("Imported “{}”.", flow.title));
            Some(flow.id)
        }
        Err(error) => {
            toasts.fail(format!("{}: {error}", file.name()));
            None
        }
    }
}
