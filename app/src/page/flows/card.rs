//! A flow's card: picture, name, aliases, how its last runs went.

use flow::wire::{FlowSummary, RunMark};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::filed::tag_label;
use super::thumbnail::Picture;
use super::{Open, Page};
use crate::api;
use crate::ui::browser;
use crate::ui::format::{ago, count, millis};
use crate::ui::icon::Glyph;
use crate::ui::menu::{Item, Menu};
use crate::ui::navigate::navigator;
use crate::ui::status::tone;
use crate::ui::toast::use_toasts;

/// The tallest bar of the sparkline, in pixels.
const BAR: f64 = 16.0;

#[component]
pub fn FlowCard(flow: FlowSummary) -> impl IntoView {
    let href = format!("/flows/{}", flow.id);
    let menu = actions(&flow);
    let label = format!("Actions for {}", flow.title);
    view! {
        <li class="card">
            <div class="thumb">
                <Picture thumbnail=flow.thumbnail.clone() />
            </div>
            <div class="body">
                <div class="row">
                    <h2 class="clip">
                        <a class="cover" href=href title=flow.title.clone()>
                            {flow.title.clone()}
                        </a>
                    </h2>
                    <span class="grow"></span>
                    <Menu label items=menu />
                </div>
                <div class="row wrap">{chips(&flow)}</div>
                <div class="row faint">
                    <Spark runs=flow.runs.clone() />
                    <span class="grow"></span>
                    <span class="num">{last_run(&flow, browser::now())}</span>
                </div>
            </div>
        </li>
    }
}

/// How the flow stands: where its aliases point, whether the draft went on.
fn chips(flow: &FlowSummary) -> impl IntoView + use<> {
    let aliases = flow.aliases.iter().map(|alias| format!("{} → v{}", alias.name, alias.version));
    let draft = match (flow.latest_version, flow.draft_changed) {
        (None, _) => Some("draft".to_owned()),
        (Some(_), true) => Some("draft changed".to_owned()),
        (Some(_), false) => None,
    };
    let folder =
        Some(flow.folder.clone()).filter(|folder| !folder.is_empty()).map(|folder| format!("in {folder}"));
    let kept = folder.into_iter().chain(flow.tags.iter().map(tag_label));
    let (stands, kept) = (aliases.chain(draft).collect::<Vec<_>>(), kept.collect::<Vec<_>>());
    view! {
        {stands.into_iter().map(|text| view! { <span class="chip">{text}</span> }).collect_view()}
        {kept.into_iter().map(|text| view! { <span class="chip kept clip">{text}</span> }).collect_view()}
    }
}

fn last_run(flow: &FlowSummary, now: u64) -> String {
    match flow.runs.last() {
        None => "never ran".to_owned(),
        Some(RunMark { duration: None, .. }) => "running now".to_owned(),
        Some(RunMark { duration: Some(duration), started_at, .. }) => {
            format!("ran {} · {}", ago(now, *started_at), millis(*duration))
        }
    }
}

/// The last runs as bars: as tall as they took long, coloured by how they ended.
#[component]
fn Spark(runs: Vec<RunMark>) -> impl IntoView {
    let longest = runs.iter().filter_map(|run| run.duration).max().unwrap_or(1).max(1) as f64;
    let failed = runs.iter().filter(|run| tone(run.status) == "bad").count() as u64;
    let label = format!("{}, {failed} failed", count(runs.len() as u64, "run"));
    (!runs.is_empty()).then(|| {
        let bars = runs.into_iter().enumerate().map(|(at, run)| {
            let height = 4.0 + (BAR - 4.0) * run.duration.unwrap_or(0) as f64 / longest;
            view! {
                <rect
                    class=format!("spark-bar {}", tone(run.status))
                    x=at as f64 * 4.5
                    y=BAR - height
                    width=3
                    height=height
                    rx=1
                ></rect>
            }
        });
        view! {
            <svg class="spark" role="img" aria-label=label viewBox="0 0 54 16">
                {bars.collect_view()}
            </svg>
        }
    })
}

fn actions(flow: &FlowSummary) -> Vec<Item> {
    let page: Page = expect_context();
    let toasts = use_toasts();
    let go = navigator();
    let id = flow.id.clone();
    let (renamed, deleted, exported) = (flow.clone(), flow.clone(), flow.clone());
    let filed = flow.clone();
    let open_at = format!("/flows/{id}");
    let versions_at = format!("/flows/{id}/versions");
    let duplicated = id;
    vec![
        Item::new(Glyph::Open, "Open", move || go.run(open_at.clone())),
        Item::new(Glyph::Restore, "Versions", move || go.run(versions_at.clone())),
        Item::new(Glyph::Pencil, "Rename…", move || page.open.set(Some(Open::Rename(renamed.clone())))),
        Item::new(Glyph::Open, "Folder and tags…", move || page.open.set(Some(Open::File(filed.clone())))),
        Item::new(Glyph::Copy, "Duplicate", move || {
            let id = duplicated.clone();
            spawn_local(async move {
                match api::flows::duplicate(&id).await {
                    Ok(copy) => {
                        toasts.say(format!("Made “{}”.", copy.title));
                        page.reload();
                    }
                    Err(error) => toasts.fail(error),
                }
            });
        }),
        Item::new(Glyph::Download, "Export…", move || page.open.set(Some(Open::Export(exported.clone())))),
        Item::new(Glyph::Trash, "Delete…", move || page.open.set(Some(Open::Delete(deleted.clone()))))
            .danger(),
    ]
}
