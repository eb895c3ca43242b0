//! Walking the graph by keyboard: which node is next in a direction, and the order of the Tab key.

use std::collections::{HashMap, HashSet};

use flow::address::{join, place};
use flow::definition::{Definition, Node};

use super::document::{Document, addresses};

/// A direction of the arrow keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    Left,
    Right,
    Up,
    Down,
}

/// The node to go to: along a connection to the left or right, else the nearest that stands in the direction. Down leads
/// into a loop, and where its body ends the way goes on from the loop.
pub fn next(document: &Document, from: &str, direction: Direction) -> Option<String> {
    if direction == Direction::Down
        && let Some(body) = document.node(from).and_then(Node::body)
        && let Some(first) = reading(document, addresses(body, from)).into_iter().next()
    {
        return Some(first);
    }
    if let Some(found) = beside(document, from, direction) {
        return Some(found);
    }
    let owner = place(from);
    match direction {
        _ if owner.is_empty() => None,
        Direction::Left | Direction::Up => Some(owner.to_owned()),
        Direction::Right => beside(document, owner, direction).or_else(|| Some(owner.to_owned())),
        Direction::Down => {
            std::iter::successors(Some(owner), |owner| Some(place(owner)).filter(|owner| !owner.is_empty()))
                .find_map(|owner| beside(document, owner, direction))
        }
    }
}

/// The node to go to within the body that this one is in.
fn beside(document: &Document, from: &str, direction: Direction) -> Option<String> {
    let (body, name) = document.around(from)?;
    let connections = body.connections.iter();
    let connected: Vec<&str> = match direction {
        Direction::Left => connections.filter(|c| c.target == name).map(|c| c.source.as_str()).collect(),
        Direction::Right => connections.filter(|c| c.source == name).map(|c| c.target.as_str()).collect(),
        Direction::Up | Direction::Down => Vec::new(),
    };
    let here = document.place(from);
    connected
        .into_iter()
        .map(|name| join(place(from), name))
        .min_by(|a, b| {
            let away = |address: &str| (document.place(address).y - here.y).abs();
            away(a).total_cmp(&away(b))
        })
        .or_else(|| nearest(document, body, from, direction))
}

/// The node itself and all that a way leads to from it, or that leads to it.
pub fn reach(document: &Document, from: &str, forth: bool) -> Vec<String> {
    let Some((body, own)) = document.around(from) else { return Vec::new() };
    let (mut seen, mut open) = (vec![own], vec![own]);
    while let Some(at) = open.pop() {
        for connection in &body.connections {
            let (near, far) = match forth {
                true => (&connection.source, &connection.target),
                false => (&connection.target, &connection.source),
            };
            if near == at && !seen.contains(&far.as_str()) {
                seen.push(far);
                open.push(far);
            }
        }
    }
    seen.into_iter().map(|name| join(place(from), name)).collect()
}

/// The nodes in the order in which they run, those alike from left to right and from top to bottom, and a loop's body
/// right behind the loop.
pub fn order(document: &Document) -> Vec<String> {
    let mut order = Vec::new();
    in_order(document, "", &mut order);
    order
}

fn in_order(document: &Document, owner: &str, order: &mut Vec<String>) {
    let Some(body) = document.body(owner) else { return };
    for address in running(body, owner, reading(document, addresses(body, owner))) {
        order.push(address.clone());
        if document.node(&address).is_some_and(|node| node.body().is_some()) {
            in_order(document, &address, order);
        }
    }
}

/// The same nodes with each behind what leads to it. What goes round in a circle keeps its place.
fn running(body: &Definition, owner: &str, mut left: Vec<String>) -> Vec<String> {
    let mut sources: HashMap<String, Vec<String>> = HashMap::new();
    for connection in &body.connections {
        sources.entry(join(owner, &connection.target)).or_default().push(join(owner, &connection.source));
    }
    let mut waiting: HashSet<String> = left.iter().cloned().collect();
    let mut order = Vec::new();
    while !left.is_empty() {
        let is_ready = |address: &String| {
            sources.get(address).is_none_or(|sources| sources.iter().all(|source| !waiting.contains(source)))
        };
        let at = left.iter().position(is_ready).unwrap_or(0);
        let next = left.remove(at);
        waiting.remove(&next);
        order.push(next);
    }
    order
}

fn reading(document: &Document, mut addresses: Vec<String>) -> Vec<String> {
    addresses.sort_by_cached_key(|address| {
        let place = document.place(address);
        (Ordered(place.x), Ordered(place.y))
    });
    addresses
}

/// A coordinate that can be sorted by.
struct Ordered(f64);

impl PartialEq for Ordered {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Ordered {}

impl PartialOrd for Ordered {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Ordered {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.total_cmp(&other.0)
    }
}

fn nearest(document: &Document, body: &Definition, from: &str, direction: Direction) -> Option<String> {
    let here = document.place(from);
    addresses(body, place(from))
        .into_iter()
        .filter(|address| address != from)
        .filter_map(|address| {
            let place = document.place(&address);
            let (dx, dy) = (place.x - here.x, place.y - here.y);
            let (along, across) = match direction {
                Direction::Left => (-dx, dy),
                Direction::Right => (dx, dy),
                Direction::Up => (-dy, dx),
                Direction::Down => (dy, dx),
            };
            // A step aside counts double, so that the way goes straight where it can.
            (along > 1.0).then_some((along + 2.0 * across.abs(), address))
        })
        .min_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, address)| address)
}

#[cfg(test)]
mod tests {
    use flow::definition::NodeType;
    use flow::extensions::Position;

    use super::*;
    use crate::editor::change;

    #[test]
    fn arrows_follow_connections_first() {
        let mut document = Document::default();
        for (kind, x, y) in
            [(NodeType::Input, 0.0, 0.0), (NodeType::Prompt, 300.0, 0.0), (NodeType::Output, 300.0, 200.0)]
        {
            change::add(&mut document, kind, Position { x, y }, "m").unwrap();
        }
        let to = |document: &Document, from, direction| next(document, from, direction);
        assert_eq!(to(&document, "FlowInputNode", Direction::Right).as_deref(), Some("Prompt_1"));
        assert_eq!(to(&document, "Prompt_1", Direction::Down).as_deref(), Some("FlowOutputNode"));
        assert_eq!(to(&document, "Prompt_1", Direction::Up), None);
        let from =
            crate::editor::document::Port::new("FlowInputNode", flow::layout::Row::Output("document".into()));
        let target = crate::editor::connect::Target::Node("FlowOutputNode".into());
        let link = crate::editor::connect::link(&document, &from, &target, None).unwrap();
        crate::editor::connect::connect(&mut document, &link);
        assert_eq!(to(&document, "FlowInputNode", Direction::Right).as_deref(), Some("FlowOutputNode"));
        assert_eq!(to(&document, "FlowOutputNode", Direction::Left).as_deref(), Some("FlowInputNode"));
        assert_eq!(order(&document), ["FlowInputNode", "Prompt_1", "FlowOutputNode"]);
        assert_eq!(reach(&document, "FlowInputNode", true), ["FlowInputNode", "FlowOutputNode"]);
        assert_eq!(reach(&document, "FlowOutputNode", false), ["FlowOutputNode", "FlowInputNode"]);
        assert_eq!(reach(&document, "Prompt_1", true), ["Prompt_1"]);
    }

    #[test]
    fn the_way_leads_into_a_loop_and_out_of_it() {
        let mut document = Document::default();
        for (kind, x, y) in
            [(NodeType::Input, 0.0, 0.0), (NodeType::Loop, 300.0, 0.0), (NodeType::Output, 300.0, 600.0)]
        {
            change::add(&mut document, kind, Position { x, y }, "m").unwrap();
        }
        let (begin, end) = ("Loop_1/LoopInput_1", "Loop_1/LoopController_1");
        for (from, direction, to) in [
            ("Loop_1", Direction::Down, begin),
            (begin, Direction::Right, end),
            (end, Direction::Left, begin),
            (begin, Direction::Left, "Loop_1"),
            (begin, Direction::Up, "Loop_1"),
            (end, Direction::Down, "FlowOutputNode"),
            (end, Direction::Right, "Loop_1"),
        ] {
            assert_eq!(next(&document, from, direction).as_deref(), Some(to), "{from} {direction:?}");
        }
        assert_eq!(order(&document), ["FlowInputNode", "Loop_1", begin, end, "FlowOutputNode"]);
    }
}
