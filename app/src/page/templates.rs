//! The templates: what each draws, what it is made of, and what it is tried with.

use std::collections::BTreeSet;

use flow::wire::Template;
use leptos::prelude::*;

use super::flows::templates::UseButton;
use super::flows::thumbnail::Picture;
use crate::api;
use crate::panel::trace::pretty;
use crate::ui::browser;
use crate::ui::format::excerpt;
use crate::ui::load::{Failure, Loaded, Loader};

/// How much of a sample is shown.
const LONG: usize = 110;

#[component]
pub fn TemplatesPage() -> impl IntoView {
    browser::set_title("Templates");
    let templates: Loader<Vec<Template>> = Loader::default();
    let load = move || templates.load(api::flows::templates());
    load();
    let search = RwSignal::new(String::new());
    view! {
        <div class="bar">
            <p class="crumb">
                <a href="/">"Flows"</a>
                " /"
            </p>
            <h1>"Templates"</h1>
            <span class="grow"></span>
            <input
                type="search"
                class="input search"
                placeholder="Search templates"
                aria-label="Search templates"
                prop:value=search
                on:input=move |event| search.set(event_target_value(&event))
            />
        </div>
        <p class="dim spaced">"Each of them runs as it is, with the model that answers by default. What you make of it is a flow of your own."</p>
        {move || match templates.get() {
            Loaded::Loading => view! { <div class="spinner" role="status" aria-label="Loading"></div> }.into_any(),
            Loaded::Failed(error) => {
                view! { <Failure error retry=Callback::new(move |()| load()) /> }.into_any()
            }
            Loaded::Ready(list) => {
                let words = search.get().trim().to_lowercase();
                let found: Vec<Template> = list.into_iter().filter(|template| fits(template, &words)).collect();
                if found.is_empty() {
                    return view! { <p class="dim" role="status">"No template is like that."</p> }.into_any();
                }
                let cards = found.into_iter().map(|template| view! { <Card template /> }).collect_view();
                view! { <ul class="grid" aria-label="Templates">{cards}</ul> }.into_any()
            }
        }}
    }
}

#[component]
fn Card(template: Template) -> impl IntoView {
    let thumbnail = flow::layout::thumbnail(&template.definition, &template.extensions);
    let kinds = kinds(&template);
    let sample = excerpt(&pretty(&template.sample_input), LONG);
    view! {
        <li class="card">
            <div class="thumb">
                <Picture thumbnail />
            </div>
            <div class="body">
                <div class="row">
                    <h2 class="clip">{template.title.clone()}</h2>
                    <span class="grow"></span>
                    <UseButton title=template.title id=template.id sample=template.sample_input />
                </div>
                <p class="small dim">{template.summary}</p>
                <div class="row wrap">
                    {kinds.into_iter().map(|kind| view! { <span class="chip">{kind}</span> }).collect_view()}
                </div>
                <p class="small faint">"Tried with: " {sample}</p>
            </div>
        </li>
    }
}

/// The kinds of its nodes, but for those that every flow has.
fn kinds(template: &Template) -> BTreeSet<&'static str> {
    let nodes = template.definition.every_node();
    let kinds = nodes.iter().map(|(_, node)| node.kind.describe());
    kinds.filter(|kind| kind.group != flow::node::Group::Io).map(|kind| kind.label).collect()
}

fn fits(template: &Template, words: &str) -> bool {
    let texts = [template.title.as_str(), template.summary.as_str()].into_iter().chain(kinds(template));
    words.is_empty() || texts.into_iter().any(|text| text.to_lowercase().contains(words))
}
