//! What runs once an item, drawn as a ground below the nodes from an Iterator to its Collector.

use flow::iteration::paths;
use leptos::prelude::*;

use super::geometry::Rect;
use crate::editor::session::{Card, use_editor};

/// Room between the nodes and the edge of their ground; above them also for its words.
const ROOM: f64 = 18.0;
const HEAD: f64 = 22.0;

/// The nodes inside one Iterator's iteration.
#[derive(Clone, PartialEq)]
struct Region {
    iterator: String,
    /// How many other iterations lie within this one: the ground of each is larger than theirs.
    around: usize,
    cards: Vec<Card>,
}

#[component]
pub fn Regions() -> impl IntoView {
    let editor = use_editor();
    let regions = Memo::new(move |_| {
        editor.cards.track();
        editor.watch(|document| {
            let nodes = &document.definition.nodes;
            let (paths, _) = paths(&document.definition);
            let deepest = |iterator| {
                let inside =
                    paths.iter().filter_map(|path| Some((path, path.iter().position(|at| *at == iterator)?)));
                inside.map(|(path, place)| path.len() - 1 - place).max()
            };
            let region = |iterator: usize| {
                let inside = (0..nodes.len()).filter(|at| paths[*at].contains(&iterator));
                let cards: Vec<Card> = inside.filter_map(|at| editor.card(&nodes[at].name)).collect();
                Some(Region { iterator: nodes[iterator].name.clone(), around: deepest(iterator)?, cards })
            };
            let mut regions: Vec<Region> = (0..nodes.len()).filter_map(region).collect();
            // The outer ones lie below.
            regions.sort_by_key(|region| std::cmp::Reverse(region.around));
            regions
        })
    });
    view! {
        <For each=move || regions.get() key=|region| (region.iterator.clone(), region.around) let:region>
            <Ground iterator=region.iterator regions />
        </For>
    }
}

#[component]
fn Ground(iterator: String, regions: Memo<Vec<Region>>) -> impl IntoView {
    let words = format!("once for each item of {iterator}");
    let rect = Memo::new(move |_| {
        regions.with(|regions| {
            let region = regions.iter().find(|region| region.iterator == iterator)?;
            let card = |card: &Card| Rect::of(card.place.get(), card.size.get());
            let around = Rect::around(region.cards.iter().map(card))?;
            let (room, head) = (ROOM * (1 + region.around) as f64, HEAD * (1 + region.around) as f64);
            Some(Rect {
                x: around.x - room,
                y: around.y - room - head,
                width: around.width + 2.0 * room,
                height: around.height + 2.0 * room + head,
            })
        })
    });
    move || {
        rect.get().map(|rect| {
            view! {
                <div
                    class="region"
                    aria-hidden="true"
                    style:transform=format!("translate({}px, {}px)", rect.x, rect.y)
                    style:width=format!("{}px", rect.width)
                    style:height=format!("{}px", rect.height)
                >
                    {words.clone()}
                </div>
            }
        })
    }
}
