//! What the loose end of a wire is near: by arithmetic alone, since a layout read for each move would stutter.

use flow::address::is_inside;
use flow::definition::Node;
use flow::extensions::Position;
use flow::layout::{self, Row};

use super::geometry::{Rect, distance};
use crate::editor::connect::Target;
use crate::editor::document::{Document, Port};

/// How near to a handle a wire snaps to it, in screen pixels.
pub const SNAP: f64 = 24.0;

/// What a wire from this port would end at: a handle within reach, the card under the pointer, or nothing. `below`
/// tells how much taller a card is by what is said below it. The loop that the wire is in is its ground, and no card.
pub fn find(
    document: &Document,
    from: &Port,
    at: Position,
    zoom: f64,
    below: impl Fn(&str) -> f64,
) -> Option<Target> {
    let nodes: Vec<(String, &Node)> =
        document.every_node().into_iter().filter(|(address, _)| !is_inside(&from.node, address)).collect();
    // What is inside a loop comes behind it, and lies above it.
    let under = nodes.iter().rev().find(|(address, node)| {
        let rect = Rect::of_node(document, address, node);
        Rect { height: rect.height + below(address), ..rect }.contains(at)
    });
    // A gate enters at the card, so its handles do not matter.
    if !matches!(from.row, Row::Condition(_))
        && let Some(port) = nearest(document, &nodes, from, at, SNAP / zoom)
    {
        return Some(Target::Port(port));
    }
    under.filter(|(address, _)| *address != from.node).map(|(address, _)| Target::Node(address.clone()))
}

/// The loop whose body is under a point: the innermost; empty where it is the flow itself.
pub fn body_at(document: &Document, at: Position) -> String {
    let under = |(_, rect): &(String, Rect)| rect.contains(at);
    grounds(document, &[]).into_iter().rfind(under).map(|(address, _)| address).unwrap_or_default()
}

/// Every loop with where it is, those inside behind theirs. What `except` names is left out, and what is inside it.
pub fn grounds(document: &Document, except: &[String]) -> Vec<(String, Rect)> {
    let excepted = |address: &str| except.iter().any(|other| other == address || is_inside(address, other));
    let loops = document.every_node().into_iter().filter(|(_, node)| node.body().is_some());
    loops
        .filter(|(address, _)| !excepted(address))
        .map(|(address, node)| {
            let rect = Rect::of_node(document, &address, node);
            (address, rect)
        })
        .collect()
}

/// About how tall the strip with these words is below a card: a line holds some 34 letters, and is 15.4 high.
pub fn strip(words: &str) -> f64 {
    11.0 + 15.4 * words.chars().count().div_ceil(34) as f64
}

/// The middle of a port's handle, on the canvas.
pub fn handle(document: &Document, port: &Port) -> Option<Position> {
    document.handle(&port.node, document.node(&port.node)?, &port.row)
}

/// Where a wire that ends at this target is drawn to.
pub fn end(document: &Document, target: &Target, from: &Port) -> Option<Position> {
    match (target, &from.row) {
        (Target::Port(port), _) => handle(document, port),
        (Target::Node(node), Row::Condition(_)) => Some(offset(document.place(node), layout::gate())),
        (Target::Node(_), _) => None,
    }
}

pub fn offset(place: Position, by: Position) -> Position {
    Position { x: place.x + by.x, y: place.y + by.y }
}

/// The nearest handle on the other side within reach; the other side is what can end a wire from here.
fn nearest(
    document: &Document,
    nodes: &[(String, &Node)],
    from: &Port,
    at: Position,
    reach: f64,
) -> Option<Port> {
    let backwards = matches!(from.row, Row::Input(_));
    let mut best: Option<(f64, Port)> = None;
    // The node that it comes from is no target, and must not hide one.
    let others = nodes.iter().filter(|(address, _)| *address != from.node);
    for (address, node) in
        others.filter(|(address, node)| near(&Rect::of_node(document, address, node), at, reach))
    {
        for row in layout::rows(node) {
            let opposite = matches!(row, Row::Input(_)) != backwards;
            let port = Port::new(address, row);
            let Some(place) = document.handle(address, node, &port.row) else { continue };
            let away = distance(place, at);
            if opposite && away <= reach && best.as_ref().is_none_or(|(least, _)| away < *least) {
                best = Some((away, port));
            }
        }
    }
    best.map(|(_, port)| port)
}

fn near(&Rect { x, y, width, height }: &Rect, at: Position, reach: f64) -> bool {
    let around =
        Rect { x: x - reach, y: y - reach, width: width + 2.0 * reach, height: height + 2.0 * reach };
    around.contains(at)
}

#[cfg(test)]
mod tests {
    use flow::definition::NodeType;

    use super::*;
    use crate::editor::change;

    #[test]
    fn snaps_in_screen_pixels_at_every_zoom() {
        let mut document = Document::default();
        change::add(&mut document, NodeType::Input, Position::default(), "m").unwrap();
        change::add(&mut document, NodeType::Output, Position { x: 400.0, y: 0.0 }, "m").unwrap();
        let from = Port::new("FlowInputNode", Row::Output("document".into()));
        let port = Port::new("FlowOutputNode", Row::Input("document".into()));
        let at = handle(&document, &port).unwrap();
        let find = |from: &Port, at, zoom| find(&document, from, at, zoom, |_| 0.0);
        for zoom in [0.25, 1.0, 3.0] {
            let beside = |pixels: f64| Position { x: at.x - pixels / zoom, y: at.y };
            assert_eq!(find(&from, beside(23.0), zoom), Some(Target::Port(port.clone())));
            assert_eq!(find(&from, beside(25.0), zoom), None);
        }
        let body = Position { x: 500.0, y: 10.0 };
        assert_eq!(find(&from, body, 1.0), Some(Target::Node("FlowOutputNode".into())));
        let foot = Position { x: 500.0, y: layout::size(&document.definition.nodes[1]).1 + 20.0 };
        assert_eq!(find(&from, foot, 1.0), None);
        let taller = super::find(&document, &from, foot, 1.0, |_| strip("Something is wrong with it."));
        assert_eq!(
            taller,
            Some(Target::Node("FlowOutputNode".into())),
            "what is said below belongs to the card"
        );
        assert_eq!(find(&from, Position { x: 50.0, y: 10.0 }, 1.0), None, "its own card");
    }

    #[test]
    fn its_own_handle_does_not_hide_one_behind_it() {
        let mut document = Document::default();
        let at = Position { x: 300.0, y: 0.0 };
        change::add(&mut document, NodeType::Prompt, at, "m").unwrap();
        let own = Port::new("Prompt_1", Row::Input("input".into()));
        let handle_of = |document: &Document, port| handle(document, port).unwrap();
        let place = handle_of(&document, &own);
        let from = Port::new("Prompt_1", Row::Output("modelCompletion".into()));
        let other = Port::new("Condition_1", Row::Input("value".into()));
        change::add(&mut document, NodeType::Condition, Position { x: place.x + 16.0, y: at.y }, "m")
            .unwrap();
        let wanted = handle_of(&document, &other);
        let between = Position { x: place.x + 5.0, y: wanted.y };
        assert_eq!(find(&document, &from, between, 1.0, |_| 0.0), Some(Target::Port(other)));
    }

    #[test]
    fn a_loop_is_the_ground_of_what_is_inside() {
        let mut document = Document::default();
        let at = Position { x: 100.0, y: 100.0 };
        change::add(&mut document, NodeType::Loop, at, "m").unwrap();
        change::add(&mut document, NodeType::Input, Position { x: -400.0, y: 0.0 }, "m").unwrap();
        let begin = document.beginning("Loop_1");
        let between = Position { x: begin.x + 400.0, y: begin.y + 20.0 };
        let inside = Port::new("Loop_1/LoopInput_1", Row::Output("loopInput".into()));
        let outside = Port::new("FlowInputNode", Row::Output("document".into()));
        assert_eq!(find(&document, &inside, between, 1.0, |_| 0.0), None);
        assert_eq!(find(&document, &outside, between, 1.0, |_| 0.0), Some(Target::Node("Loop_1".into())));
        let on = Position { x: begin.x + 50.0, y: begin.y + 20.0 };
        let card = Target::Node("Loop_1/LoopInput_1".into());
        assert_eq!(find(&document, &outside, on, 1.0, |_| 0.0), Some(card));
        assert_eq!(body_at(&document, between), "Loop_1");
        assert_eq!(body_at(&document, Position { x: 0.0, y: 0.0 }), "");
        let names =
            |except: &[String]| grounds(&document, except).into_iter().map(|(name, _)| name).collect();
        let (all, none): (Vec<String>, Vec<String>) = (names(&[]), names(&["Loop_1".to_owned()]));
        assert_eq!((all, none), (vec!["Loop_1".to_owned()], Vec::new()));
    }
}
