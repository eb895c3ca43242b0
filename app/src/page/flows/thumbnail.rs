//! A small picture of a flow's graph, drawn to fit a card.

use flow::wire::Thumbnail;
use leptos::prelude::*;

/// The card's picture, in its own units.
const WIDTH: f64 = 270.0;
const HEIGHT: f64 = 112.0;
const PADDING: f64 = 16.0;
/// The largest a node is drawn; a large flow is drawn smaller.
const LARGEST: (f64, f64) = (46.0, 18.0);
/// A node's usual height on the canvas.
const USUAL_HEIGHT: f64 = 80.0;

/// Where the nodes stand in the picture, and how large they are.
#[derive(Clone, Debug, PartialEq)]
struct Layout {
    places: Vec<(f64, f64)>,
    width: f64,
    height: f64,
}

fn lay_out(thumbnail: &Thumbnail) -> Layout {
    let (left, spread_x) = extent(thumbnail.nodes.iter().map(|node| node.x));
    let (top, spread_y) = extent(thumbnail.nodes.iter().map(|node| node.y));
    let scale_x =
        ((WIDTH - 2.0 * PADDING) / (spread_x + flow::layout::WIDTH)).min(LARGEST.0 / flow::layout::WIDTH);
    let scale_y = ((HEIGHT - 2.0 * PADDING) / (spread_y + USUAL_HEIGHT)).min(LARGEST.1 / USUAL_HEIGHT);
    let (width, height) = (flow::layout::WIDTH * scale_x, USUAL_HEIGHT * scale_y);
    let margin_x = (WIDTH - spread_x * scale_x - width) / 2.0;
    let margin_y = (HEIGHT - spread_y * scale_y - height) / 2.0;
    let place = |x: f64, y: f64| (margin_x + (x - left) * scale_x, margin_y + (y - top) * scale_y);
    Layout { places: thumbnail.nodes.iter().map(|node| place(node.x, node.y)).collect(), width, height }
}

/// The least value, and how far the greatest is from it.
fn extent(values: impl Iterator<Item = f64> + Clone) -> (f64, f64) {
    let least = values.clone().fold(f64::INFINITY, f64::min);
    let most = values.fold(f64::NEG_INFINITY, f64::max);
    if least.is_finite() { (least, most - least) } else { (0.0, 0.0) }
}

/// The curve from one node's right side to another's left.
fn curve(layout: &Layout, from: usize, to: usize) -> Option<String> {
    let (from, to) = (layout.places.get(from)?, layout.places.get(to)?);
    let (x1, y1) = (from.0 + layout.width, from.1 + layout.height / 2.0);
    let (x2, y2) = (to.0, to.1 + layout.height / 2.0);
    let bend = ((x2 - x1).abs() / 2.0).max(6.0);
    Some(format!("M{x1:.1} {y1:.1}C{:.1} {y1:.1},{:.1} {y2:.1},{x2:.1} {y2:.1}", x1 + bend, x2 - bend))
}

#[component]
pub fn Picture(thumbnail: Thumbnail) -> impl IntoView {
    let layout = lay_out(&thumbnail);
    let curves =
        thumbnail.edges.iter().filter_map(|(from, to)| curve(&layout, *from, *to)).collect::<Vec<_>>();
    let (width, height) = (layout.width, layout.height);
    let mark = (height * 0.55).min(width * 0.5);
    let nodes = layout.places.into_iter().zip(thumbnail.nodes);
    view! {
        <svg viewBox=format!("0 0 {WIDTH} {HEIGHT}") aria-hidden="true" preserveAspectRatio="xMidYMid meet">
            {curves.into_iter().map(|d| view! { <path class="thumb-edge" d=d></path> }).collect_view()}
            {nodes
                .map(|((x, y), node)| {
                    let inset = (height - mark) / 2.0;
                    view! {
                        <rect class="thumb-node" x=x y=y width=width height=height rx=height * 0.22></rect>
                        <rect
                            class=format!("thumb-mark {}", node.kind.describe().group.token())
                            x=x + inset
                            y=y + inset
                            width=mark
                            height=mark
                            rx=mark * 0.3
                        ></rect>
                    }
                })
                .collect_view()}
        </svg>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flow::definition::NodeType;
    use flow::wire::ThumbnailNode;

    fn thumbnail(places: &[(f64, f64)]) -> Thumbnail {
        let nodes =
            places.iter().map(|(x, y)| ThumbnailNode { kind: NodeType::Prompt, x: *x, y: *y }).collect();
        Thumbnail { nodes, edges: vec![(0, 1), (7, 0)] }
    }

    #[test]
    fn every_flow_fits_its_card() {
        let flows: [&[(f64, f64)]; 4] = [
            &[],
            &[(4000.0, -900.0)],
            &[(0.0, 0.0), (300.0, 0.0)],
            &[(-5000.0, 0.0), (9000.0, 4000.0), (0.0, 20.0)],
        ];
        for places in flows {
            let layout = lay_out(&thumbnail(places));
            for (x, y) in &layout.places {
                assert!(*x >= 0.0 && x + layout.width <= WIDTH, "{x} in {places:?}");
                assert!(*y >= 0.0 && y + layout.height <= HEIGHT, "{y} in {places:?}");
            }
        }
    }

    #[test]
    fn an_edge_to_nowhere_is_not_drawn() {
        let thumbnail = thumbnail(&[(0.0, 0.0), (300.0, 0.0)]);
        let layout = lay_out(&thumbnail);
        assert!(curve(&layout, 0, 1).is_some());
        assert!(curve(&layout, 7, 0).is_none());
    }
}
