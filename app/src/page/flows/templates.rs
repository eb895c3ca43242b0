//! Flows to start from. Using one makes a flow of it and opens its editor.

use flow::node::Group;
use flow::wire::Template;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde_json::Value;

use super::Page;
use super::create::create;
use crate::panel::test::keep_sample;
use crate::ui::navigate::navigator;
use crate::ui::toast::use_toasts;

#[component]
pub fn Templates() -> impl IntoView {
    let page: Page = expect_context();
    let templates = move || page.templates.ready().filter(|templates| !templates.is_empty());
    move || {
        templates().map(|templates| {
            view! {
                <section aria-labelledby="templates">
                    <div class="row section">
                        <h3 id="templates">"Start from a template"</h3>
                        <span class="grow"></span>
                        <a class="link small" href="/templates">
                            "Look at all of them"
                        </a>
                    </div>
                    <ul class="grid">
                        {templates.into_iter().map(|template| view! { <Entry template /> }).collect_view()}
                    </ul>
                </section>
            }
        })
    }
}

/// Makes a flow of a template and opens its editor.
#[component]
pub fn UseButton(title: String, id: String, sample: Value) -> impl IntoView {
    let toasts = use_toasts();
    let go = navigator();
    let busy = RwSignal::new(false);
    let label = format!("Use {title}");
    let start = move |_| {
        let (id, sample) = (id.clone(), sample.clone());
        busy.set(true);
        spawn_local(async move {
            match create(String::new(), Some(id)).await {
                Ok(flow) => {
                    keep_sample(&flow.id, &sample);
                    let _page_is_gone = go.try_run(format!("/flows/{}", flow.id));
                }
                Err(error) => {
                    toasts.fail(error);
                    busy.set(false);
                }
            }
        });
    };
    view! {
        <button type="button" class="btn" aria-label=label disabled=busy on:click=start>
            "Use"
        </button>
    }
}

#[component]
fn Entry(template: Template) -> impl IntoView {
    let colour = main_group(&template).token();
    view! {
        <li class="tpl">
            <i class=format!("ico big {colour}") aria-hidden="true">
                <svg viewBox="0 0 24 24">
                    <path d="M4 12h5M9 12c4 0 3-6 7-6h4M9 12c4 0 3 6 7 6h4"></path>
                </svg>
            </i>
            <div>
                <b>{template.title.clone()}</b>
                <span>{template.summary}</span>
            </div>
            <UseButton title=template.title id=template.id sample=template.sample_input />
        </li>
    }
}

/// The group that most of its nodes are of, inputs and outputs aside.
fn main_group(template: &Template) -> Group {
    let groups: Vec<Group> = template
        .definition
        .nodes
        .iter()
        .map(|node| node.kind.describe().group)
        .filter(|group| *group != Group::Io)
        .collect();
    let many = |wanted: &Group| groups.iter().filter(|group| *group == wanted).count();
    groups.iter().max_by_key(|group| many(group)).copied().unwrap_or(Group::Io)
}
