//! Publishing: makes a version of the draft and points an alias at it, or says why that cannot be.

use flow::check::Severity;
use flow::wire::Publish;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::saver::use_saver;
use crate::api::versions;
use crate::editor::session::use_editor;
use crate::ui::dialog::Dialog;
use crate::ui::toast::use_toasts;

#[component]
pub fn PublishDialog(open: RwSignal<bool>) -> impl IntoView {
    view! {
        <Show when=move || open.get()>
            <Dialog title="Publish" on_close=Callback::new(move |()| open.set(false))>
                <Form open />
            </Dialog>
        </Show>
    }
}

#[component]
fn Form(open: RwSignal<bool>) -> impl IntoView {
    let editor = use_editor();
    let saver = use_saver();
    let toasts = use_toasts();
    let description = RwSignal::new(String::new());
    let alias = RwSignal::new("live".to_owned());
    let busy = RwSignal::new(false);
    let wrong = RwSignal::new(None::<String>);
    let errors = Memo::new(move |_| {
        editor.report.with(|report| {
            let errors = report.problems.iter().filter(|problem| problem.severity == Severity::Error);
            errors.map(|problem| (problem.node.clone(), problem.message.clone())).collect::<Vec<_>>()
        })
    });
    let next = move || saver.flow.with(|flow| flow.latest_version.unwrap_or(0) + 1);
    let publish = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        busy.set(true);
        spawn_local(async move {
            let body = Publish {
                alias: Some(alias.get_untracked().trim().to_owned()).filter(|alias| !alias.is_empty()),
                description: Some(description.get_untracked()).filter(|text| !text.is_empty()),
            };
            if !saver.flush().await {
                busy.try_set(false);
                wrong.try_set(Some("The draft could not be saved, so it was not published.".to_owned()));
                return;
            }
            let Some(id) = editor.flow_id.try_get_value() else { return };
            match versions::publish(&id, &body).await {
                Ok(published) => {
                    toasts.say(format!(
                        "Published version {}. {} points at it.",
                        published.version.version, published.alias.name
                    ));
                    open.try_set(false);
                    saver.refresh().await;
                }
                Err(error) => {
                    busy.try_set(false);
                    let first = error.report().and_then(|report| report.problems.first());
                    let words = first.map_or_else(|| error.to_string(), |problem| problem.message.clone());
                    wrong.try_set(Some(words));
                }
            }
        });
    };
    view! {
        <form class="publish-form" on:submit=publish>
            <Show
                when=move || errors.with(Vec::is_empty)
                fallback=move || {
                    view! {
                        <div role="alert">
                            <p>"Repair this first. A version is only made of a flow that can run."</p>
                            <ul class="problem-list">
                                {errors
                                    .get()
                                    .into_iter()
                                    .map(|(node, message)| {
                                        view! { <li class="wrong">{message} <small>{node}</small></li> }
                                    })
                                    .collect_view()}
                            </ul>
                        </div>
                    }
                }
            >
                <p class="hint">
                    "Makes version " {next} " of the draft. It never changes; the alias says which version is called."
                </p>
            </Show>
            <div class="field">
                <label for="publish-description">"Description"</label>
                <input
                    class="input"
                    id="publish-description"
                    placeholder="What changed"
                    autocomplete="off"
                    autofocus
                    prop:value=move || description.get()
                    on:input=move |event| description.set(event_target_value(&event))
                />
            </div>
            <div class="field">
                <label for="publish-alias">"Alias"</label>
                <input
                    class="input"
                    id="publish-alias"
                    autocomplete="off"
                    prop:value=move || alias.get()
                    on:input=move |event| alias.set(event_target_value(&event))
                />
            </div>
            {move || wrong.get().map(|why| view! { <p class="wrong" role="alert">{why}</p> })}
            <div class="actions">
                <button type="button" class="btn" on:click=move |_| open.set(false)>
                    "Cancel"
                </button>
                <button
                    type="submit"
                    class="btn primary"
                    disabled=move || busy.get() || !errors.with(Vec::is_empty)
                >
                    "Publish"
                </button>
            </div>
        </form>
    }
}
