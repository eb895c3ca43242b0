//! The dialog that makes a flow: what it is called, and what it begins with.

use flow::wire::{CreateFlow, Flow};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::Page;
use crate::api::{self, Answer};
use crate::ui::choice::Choice;
use crate::ui::dialog::Dialog;
use crate::ui::navigate::navigator;

#[component]
pub fn NewFlow() -> impl IntoView {
    let page: Page = expect_context();
    let go = navigator();
    let title = RwSignal::new(String::new());
    let template = RwSignal::new(None::<String>);
    let busy = RwSignal::new(false);
    let wrong = RwSignal::new(None::<String>);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        let flow = create(title.get_untracked(), template.get_untracked());
        spawn_local(async move {
            match flow.await {
                Ok(flow) => drop(go.try_run(format!("/flows/{}", flow.id))),
                Err(error) => {
                    wrong.set(Some(error.to_string()));
                    busy.set(false);
                }
            }
        });
    };
    view! {
        <Dialog title="New flow" on_close=page.close()>
            <form class="form" on:submit=submit>
                <div class="field">
                    <label for="new-title">"Name"</label>
                    <input
                        id="new-title"
                        class="input"
                        autofocus
                        placeholder="Untitled flow"
                        maxlength="100"
                        prop:value=title
                        on:input=move |event| title.set(event_target_value(&event))
                    />
                </div>
                <fieldset class="choices">
                    <legend>"Begin with"</legend>
                    <Begin label="A blank page" about="An Input and an Output" value=None chosen=template />
                    {move || {
                        page.templates
                            .ready()
                            .unwrap_or_default()
                            .into_iter()
                            .map(|it| {
                                view! { <Begin label=it.title about=it.summary value=Some(it.id) chosen=template /> }
                            })
                            .collect_view()
                    }}
                </fieldset>
                {move || wrong.get().map(|wrong| view! { <p class="wrong" role="alert">{wrong}</p> })}
                <div class="actions">
                    <button type="button" class="btn" on:click=move |_| page.open.set(None)>
                        "Cancel"
                    </button>
                    <button type="submit" class="btn primary" disabled=busy>
                        "Create"
                    </button>
                </div>
            </form>
        </Dialog>
    }
}

#[component]
fn Begin(
    #[prop(into)] label: String,
    #[prop(into)] about: String,
    value: Option<String>,
    chosen: RwSignal<Option<String>>,
) -> impl IntoView {
    let this = StoredValue::new(value);
    let checked = Signal::derive(move || chosen.with(|chosen| this.with_value(|this| chosen == this)));
    let on_choose = Callback::new(move |()| chosen.set(this.get_value()));
    view! { <Choice name="begin-with" label about checked on_choose /> }
}

/// Makes a flow; without a title it is called after its template.
pub async fn create(title: String, template: Option<String>) -> Answer<Flow> {
    let given = title.trim();
    let title = match (given.is_empty(), &template) {
        (false, _) => Some(given.to_owned()),
        (true, Some(_)) => None,
        (true, None) => Some("Untitled flow".to_owned()),
    };
    api::flows::create(&CreateFlow { title, template, ..CreateFlow::default() }).await
}
