//! Two states of a flow side by side: what a reader needs to know of the difference.

use flow::definition::Definition;
use flow::diff::{Change, diff};
use flow::extensions::Extensions;
use leptos::prelude::*;

use super::change::{ChangeView, change_id};
use super::{Page, Side};
use crate::api::{self, Answer};
use crate::editor::document::Document;
use crate::picture::{FlowPicture, drawing_of_both, marks_of_changes};
use crate::ui::browser;
use crate::ui::load::{Failure, Loaded, Loader};

#[component]
pub fn Compare() -> impl IntoView {
    let page: Page = expect_context();
    let changes = Loader::<Compared>::default();
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
                    Loaded::Ready(compared) => {
                        view! {
                            <Picture compared=compared.clone() />
                            <Changes changes=compared.changes />
                        }
                            .into_any()
                    }
                }}
            </div>
        </section>
    }
}

/// Two states of a flow, and what is different.
#[derive(Clone, PartialEq)]
struct Compared {
    before: Document,
    after: Document,
    changes: Vec<Change>,
}

/// Both states on one picture. A node that is chosen leads to the words on it.
#[component]
fn Picture(compared: Compared) -> impl IntoView {
    let Compared { before, after, changes } = compared;
    let drawing = drawing_of_both(&before, &after, &changes);
    let marks = Signal::stored(marks_of_changes(&changes));
    let chosen = RwSignal::new(None::<String>);
    Effect::new(move || {
        if let Some(address) = chosen.get() {
            browser::focus_id_soon(change_id(&address));
        }
    });
    view! {
        <FlowPicture drawing marks chosen label="Both states of the flow" />
        <p class="legend small">
            <span class="what added">"+ added"</span>
            <span class="what removed">"− removed"</span>
            <span class="what changed">"~ changed"</span>
            <span class="what">"↔ only moved"</span>
        </p>
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

async fn compare(flow: String, before: Side, after: Side) -> Answer<Compared> {
    let before = documents(&flow, before).await?;
    let after = documents(&flow, after).await?;
    let changes = diff((&before.0, &before.1), (&after.0, &after.1));
    let settled = |(definition, extensions)| Document::settled(definition, extensions);
    Ok(Compared { before: settled(before), after: settled(after), changes })
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
