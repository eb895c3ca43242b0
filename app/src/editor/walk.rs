//! Walking the graph by keyboard: which node is next in a direction, and the order of the Tab key.

use super::document::Document;

/// A direction of the arrow keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    Left,
    Right,
    Up,
    Down,
}

/// The node to go to: along a connection to the left or right, else the nearest that stands in the direction.
pub fn next(document: &Document, from: &str, direction: Direction) -> Option<String> {
    let connected: Vec<&str> = match direction {
        Direction::Left => ends(document, |c| (c.target == from).then_some(c.source.as_str())),
        Direction::Right => ends(document, |c| (c.source == from).then_some(c.target.as_str())),
        Direction::Up | Direction::Down => Vec::new(),
    };
    let here = document.place(from);
    connected
        .into_iter()
        .min_by(|a, b| {
            let away = |name: &str| (document.place(name).y - here.y).abs();
            away(a).total_cmp(&away(b))
        })
        .map(str::to_owned)
        .or_else(|| nearest(document, from, direction))
}

/// The nodes in reading order: from left to right, from top to bottom.
pub fn order(document: &Document) -> Vec<String> {
    let mut names: Vec<String> = document.definition.nodes.iter().map(|node| node.name.clone()).collect();
    names.sort_by(|a, b| {
        let (a, b) = (document.place(a), document.place(b));
        a.x.total_cmp(&b.x).then(a.y.total_cmp(&b.y))
    });
    names
}

fn ends<'a>(
    document: &'a Document,
    end: impl Fn(&'a flow::definition::Connection) -> Option<&'a str>,
) -> Vec<&'a str> {
    document.definition.connections.iter().filter_map(end).collect()
}

fn nearest(document: &Document, from: &str, direction: Direction) -> Option<String> {
    let here = document.place(from);
    document
        .definition
        .nodes
        .iter()
        .filter(|node| node.name != from)
        .filter_map(|node| {
            let place = document.place(&node.name);
            let (dx, dy) = (place.x - here.x, place.y - here.y);
            let (along, across) = match direction {
                Direction::Left => (-dx, dy),
                Direction::Right => (dx, dy),
                Direction::Up => (-dy, dx),
                Direction::Down => (dy, dx),
            };
            // A step aside counts double, so that the way goes straight where it can.
            (along > 1.0).then_some((along + 2.0 * across.abs(), &node.name))
        })
        .min_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| name.clone())
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
    }
}
