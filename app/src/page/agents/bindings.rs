//! The ARNs of elsewhere that agents of here answer for. A node with one that is not bound offers to bind it.

use flow::wire::AgentList;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::Page;
use crate::api;
use crate::ui::toast::use_toasts;

#[component]
pub fn Bindings(list: AgentList) -> impl IntoView {
    let page: Page = expect_context();
    let toasts = use_toasts();
    (!list.bindings.is_empty()).then(|| {
        let rows = list.bindings.iter().map(|binding| {
            let agent = list.agents.iter().find(|agent| agent.id == binding.agent);
            let name = agent.map_or_else(|| binding.agent.clone(), |agent| agent.name.clone());
            let arn = binding.arn.clone();
            let (change, remove) = (arn.clone(), arn.clone());
            let labels = (format!("Change the binding of {arn}"), format!("Remove the binding of {arn}"));
            let unbind = move |_| {
                let arn = remove.clone();
                spawn_local(async move {
                    match api::agents::unbind(&arn).await {
                        Ok(()) => page.reload(),
                        Err(error) => toasts.fail(error),
                    }
                });
            };
            view! {
                <div class="line-item">
                    <div class="about">
                        <b>{name}</b>
                        <span class="dim small mono">{arn}</span>
                    </div>
                    <button
                        type="button"
                        class="btn"
                        aria-label=labels.0
                        on:click=move |_| page.agents.open.set(Some(change.clone()))
                    >
                        "Change"
                    </button>
                    <button type="button" class="btn danger" aria-label=labels.1 on:click=unbind>
                        "Remove"
                    </button>
                </div>
            }
        });
        view! {
            <section class="box" aria-labelledby="bindings-heading">
                <header>
                    <h2 id="bindings-heading">"Answer for agents of elsewhere"</h2>
                </header>
                {rows.collect_view()}
            </section>
        }
    })
}
