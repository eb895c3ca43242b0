//! The dialog that changes a flow's title and description.

use flow::wire::{FlowSummary, RenameFlow};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::Page;
use crate::api;
use crate::ui::dialog::Dialog;

#[component]
pub fn RenameFlowDialog(flow: FlowSummary) -> impl IntoView {
    let page: Page = expect_context();
    let title = RwSignal::new(flow.title);
    let description = RwSignal::new(flow.description);
    let wrong = RwSignal::new(None::<String>);
    let id = StoredValue::new(flow.id);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let change = RenameFlow {
            title: Some(title.get_untracked().trim().to_owned()),
            description: Some(description.get_untracked().trim().to_owned()),
            ..RenameFlow::default()
        };
        let id = id.get_value();
        spawn_local(async move {
            match api::flows::rename(&id, &change).await {
                Ok(_) => {
                    page.open.set(None);
                    page.reload();
                }
                Err(error) => wrong.set(Some(error.to_string())),
            }
        });
    };
    view! {
        <Dialog title="Rename" on_close=page.close()>
            <form class="form" on:submit=submit>
                <div class="field">
                    <label for="rename-title">"Name"</label>
                    <input
                        id="rename-title"
                        class="input"
                        autofocus
                        required
                        maxlength="100"
                        prop:value=title
                        on:input=move |event| title.set(event_target_value(&event))
                    />
                </div>
                <div class="field">
                    <label for="rename-description">"Description"</label>
                    <textarea
                        id="rename-description"
                        class="textarea"
                        maxlength="200"
                        prop:value=description
                        on:input=move |event| description.set(event_target_value(&event))
                    ></textarea>
                </div>
                {move || wrong.get().map(|wrong| view! { <p class="wrong" role="alert">{wrong}</p> })}
                <div class="actions">
                    <button type="button" class="btn" on:click=move |_| page.open.set(None)>
                        "Cancel"
                    </button>
                    <button type="submit" class="btn primary">
                        "Save"
                    </button>
                </div>
            </form>
        </Dialog>
    }
}
