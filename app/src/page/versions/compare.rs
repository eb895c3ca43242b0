//! Two states of a flow side by side: what a reader needs to know of the difference.

use flow::definition::Definition;
use flow::diff::{Change, diff};
use flow::extensions::Extensions;
use leptos::prelude::*;

use super::change::ChangeView;
use super::{Page, Side};
use crate::api::{self, Answer};
use crate::ui::load::{Failure, Loaded, Loader};

#[component]
pub fn Compare() -> impl IntoView {
    let page: Page = expect_context();
    let changes = Loader::<Vec<Change>>::default();
    let load = move || {
        let (id, before, after) = (page.id.get_value(), page.before.get(), page.after.get());
        // A new draft or a new version is another comparison.
        let _ = page.flow.get();
        changes.load(compare(id, before, after));
    };
    Effect::new(load);
    view! {
        <section class="box" aria-labelledby="compare-heading">
            <header>
                <h2 id="compare-heading">"What changed"</h2>
                <span class="grow"></span>
                <label class="small dim" for="compare-before">
                    "from"
                </label>
                <SideSelect id="compare-before" side=page.before draft_last=false />
                <label class="small dim" for="compare-after">
                    "to"
                </label>
                <SideSelect id="compare-after" side=page.after draft_last=true />
            </header>
            <div class="inside">
                {move || match changes.get() {
                    Loaded::Loading => view! { <div class="spinner" role="status" aria-label="Loading"></div> }.into_any(),
                    Loaded::Failed(error) => {
                        view! { <Failure error retry=Callback::new(move |()| untrack(load)) /> }.into_any()
                    }
                    Loaded::Ready(changes) => view! { <Changes changes /> }.into_any(),
                }}
            </div>
        </section>
    }
}

/// Logic first; what only moved is said in a line.
#[component]
fn Changes(changes: Vec<Change>) -> impl IntoView {
    let (logic, moved): (Vec<Change>, Vec<Change>) =
        changes.into_iter().partition(|change| change.what.is_logic());
    let nothing = logic.is_empty();
    let moved = moved.len() as u64;
    view! {
        {nothing
            .then(|| {
                view! {
                    <p class="nothing" role="status">
                        {if moved == 0 { "They are the same." } else { "They run the same." }}
                    </p>
                }
            })}
        {logic.into_iter().map(|change| view! { <ChangeView change /> }).collect_view()}
        {(moved > 0)
            .then(|| {
                view! {
                    <p class="small faint">
                        {crate::ui::format::count(moved, "thing")} " only moved on the canvas."
                    </p>
                }
            })}
    }
}

#[component]
fn SideSelect(id: &'static str, side: RwSignal<Side>, draft_last: bool) -> impl IntoView {
    let page: Page = expect_context();
    let sides = move || {
        let versions = page.version_list().into_iter().map(|version| Side::Version(version.version));
        let mut sides: Vec<Side> = std::iter::once(Side::Draft).chain(versions).collect();
        if !draft_last {
            sides.push(Side::Nothing);
        }
        sides
    };
    view! {
        <select
            id=id
            class="select narrow-select"
            on:change=move |event| side.set(Side::from_key(&event_target_value(&event)))
        >
            {move || {
                sides()
                    .into_iter()
                    .map(|it| {
                        view! {
                            <option value=it.key() selected=move || side.get() == it>
                                {it.label()}
                            </option>
                        }
                    })
                    .collect_view()
            }}
        </select>
    }
}

async fn compare(flow: String, before: Side, after: Side) -> Answer<Vec<Change>> {
    let before = documents(&flow, before).await?;
    let after = documents(&flow, after).await?;
    Ok(diff((&before.0, &before.1), (&after.0, &after.1)))
}

async fn documents(flow: &str, side: Side) -> Answer<(Definition, Extensions)> {
    match side {
        Side::Nothing => Ok(Default::default()),
        Side::Version(number) => {
            api::versions::get(flow, number).await.map(|version| (version.definition, version.extensions))
        }
        Side::Draft => api::flows::get(flow).await.map(|flow| (flow.definition, flow.extensions)),
    }
}
