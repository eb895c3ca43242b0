//! The dialog that changes a flow's title and description.

use flow::wire::{FlowSummary, RenameFlow};
use leptos::prelude::*;

use super::Page;
use crate::api;
use crate::ui::dialog::Dialog;
use crate::ui::save::{SaveRow, Saving};

#[component]
pub fn RenameFlowDialog(flow: FlowSummary) -> impl IntoView {
    let page: Page = expect_context();
    let title = RwSignal::new(flow.title);
    let description = RwSignal::new(flow.description);
    let saving = Saving::default();
    let id = StoredValue::new(flow.id);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let change = RenameFlow {
            title: Some(title.get_untracked().trim().to_owned()),
            description: Some(description.get_untracked().trim().to_owned()),
            ..RenameFlow::default()
        };
        let id = id.get_value();
        saving.run(async move { api::flows::rename(&id, &change).await }, move |_| {
            page.open.try_set(None);
            page.reload();
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
                <SaveRow saving on_close=page.close() />
            </form>
        </Dialog>
    }
}
