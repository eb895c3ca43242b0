//! A small picture of a flow's graph, drawn to fit a card.

use flow::wire::{Thumbnail, ThumbnailNode};
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
    boxes: Vec<Block>,
    /// The size of a node that is no loop.
    width: f64,
    height: f64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Block {
    x: f64,
    y: f64,
    width: f64,
    height: f64,
}

fn lay_out(thumbnail: &Thumbnail) -> Layout {
    let size = |node: &ThumbnailNode| node.frame.unwrap_or((flow::layout::WIDTH, USUAL_HEIGHT));
    let nodes = thumbnail.nodes.iter();
    let (left, spread_x) = extent(nodes.clone().map(|node| (node.x, node.x + size(node).0)));
    let (top, spread_y) = extent(nodes.clone().map(|node| (node.y, node.y + size(node).1)));
    let scale_x = ((WIDTH - 2.0 * PADDING) / spread_x.max(1.0)).min(LARGEST.0 / flow::layout::WIDTH);
    let scale_y = ((HEIGHT - 2.0 * PADDING) / spread_y.max(1.0)).min(LARGEST.1 / USUAL_HEIGHT);
    let margin_x = (WIDTH - spread_x * scale_x) / 2.0;
    let margin_y = (HEIGHT - spread_y * scale_y) / 2.0;
    let placed = |node: &ThumbnailNode| Block {
        x: margin_x + (node.x - left) * scale_x,
        y: margin_y + (node.y - top) * scale_y,
        width: size(node).0 * scale_x,
        height: size(node).1 * scale_y,
    };
    Layout {
        boxes: nodes.map(placed).collect(),
        width: flow::layout::WIDTH * scale_x,
        height: USUAL_HEIGHT * scale_y,
    }
}

/// The least begin, and how far the greatest end is from it.
fn extent(values: impl Iterator<Item = (f64, f64)> + Clone) -> (f64, f64) {
    let least = values.clone().map(|(begin, _)| begin).fold(f64::INFINITY, f64::min);
    let most = values.map(|(_, end)| end).fold(f64::NEG_INFINITY, f64::max);
    if least.is_finite() { (least, most - least) } else { (0.0, 0.0) }
}

/// The curve from one node's right side to another's left.
fn curve(layout: &Layout, from: usize, to: usize) -> Option<String> {
    let (from, to) = (layout.boxes.get(from)?, layout.boxes.get(to)?);
    // At a loop's side where its ports are.
    let level = |it: &Block| it.y + it.height.min(layout.height) / 2.0;
    let (x1, y1) = (from.x + from.width, level(from));
    let (x2, y2) = (to.x, level(to));
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
    let boxes = layout.boxes.into_iter().zip(thumbnail.nodes);
    // Loops lie below the wires, as on the canvas.
    let (loops, cards): (Vec<_>, Vec<_>) = boxes.partition(|(_, node)| node.frame.is_some());
    view! {
        <svg viewBox=format!("0 0 {WIDTH} {HEIGHT}") aria-hidden="true" preserveAspectRatio="xMidYMid meet">
            {loops
                .into_iter()
                .map(|(it, _)| {
                    view! {
                        <rect
                            class="thumb-frame"
                            x=it.x
                            y=it.y
                            width=it.width
                            height=it.height
                            rx=height * 0.22
                        ></rect>
                    }
                })
                .collect_view()}
            {curves.into_iter().map(|d| view! { <path class="thumb-edge" d=d></path> }).collect_view()}
            {cards
                .into_iter()
                .map(|(Block { x, y, .. }, node)| {
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

    fn thumbnail(places: &[(f64, f64)]) -> Thumbnail {
        let nodes =
            places.iter().map(|(x, y)| ThumbnailNode { kind: NodeType::Prompt, x: *x, y: *y, frame: None });
        let nodes = nodes.collect();
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
            for it in &layout.boxes {
                assert!(it.x >= 0.0 && it.x + it.width <= WIDTH, "{it:?} in {places:?}");
                assert!(it.y >= 0.0 && it.y + it.height <= HEIGHT, "{it:?} in {places:?}");
            }
        }
    }

    #[test]
    fn a_loop_lies_around_what_is_inside() {
        let mut thumbnail = thumbnail(&[(0.0, 0.0), (300.0, 0.0), (340.0, 120.0)]);
        thumbnail.nodes[1].frame = Some((900.0, 400.0));
        let layout = lay_out(&thumbnail);
        let (frame, inner) = (layout.boxes[1], layout.boxes[2]);
        assert!(frame.x < inner.x && inner.x + inner.width < frame.x + frame.width);
        assert!(frame.y < inner.y && inner.y + inner.height < frame.y + frame.height);
        assert!(frame.x + frame.width <= WIDTH && frame.y + frame.height <= HEIGHT);
    }

    #[test]
    fn an_edge_to_nowhere_is_not_drawn() {
        let thumbnail = thumbnail(&[(0.0, 0.0), (300.0, 0.0)]);
        let layout = lay_out(&thumbnail);
        assert!(curve(&layout, 0, 1).is_some());
        assert!(curve(&layout, 7, 0).is_none());
    }
}
