//! Groups: nodes that are shown together, and as one card where they are collapsed. They run as if they were not.
//!
//! Always holds: of two groups that share a node, one lies inside the other.

use flow::address::{join, place};
use flow::extensions::{Group, Room};
use flow::layout::Row;

use super::document::{Document, Port, source_port};
use crate::canvas::geometry::Rect;

/// Space between what is in a group and the edge of its ground, and above it for the title.
const SPACE: f64 = 20.0;
const HEAD: f64 = 28.0;

/// Groups nodes. Groups that are among them whole lie inside the new one; others give up what it takes. Returns its id.
pub fn group(document: &mut Document, nodes: &[String]) -> Option<String> {
    let nodes: Vec<String> = nodes.iter().filter(|node| document.node(node).is_some()).cloned().collect();
    if nodes.is_empty() {
        return None;
    }
    let within = |inner: &[String], outer: &[String]| inner.iter().all(|node| outer.contains(node));
    if document
        .extensions
        .groups
        .iter()
        .any(|group| group.nodes.len() == nodes.len() && within(&group.nodes, &nodes))
    {
        return None;
    }
    for group in &mut document.extensions.groups {
        if !within(&group.nodes, &nodes) && !within(&nodes, &group.nodes) {
            group.nodes.retain(|node| !nodes.contains(node));
        }
    }
    document.extensions.groups.retain(|group| !group.nodes.is_empty());
    let title = format!("Group {}", document.extensions.groups.len() + 1);
    document.extensions.groups.push(Group { title, nodes, ..Group::default() });
    document.extensions.settle();
    document.extensions.groups.last().map(|group| group.id.clone())
}

/// Lets the nodes of groups stand alone again.
pub fn ungroup(document: &mut Document, ids: &[String]) {
    document.extensions.groups.retain(|group| !ids.contains(&group.id));
}

/// Changes a group.
pub fn edit(document: &mut Document, id: &str, change: impl FnOnce(&mut Group)) {
    if let Some(group) = document.extensions.groups.iter_mut().find(|group| group.id == id) {
        change(group);
    }
}

/// The innermost groups of these nodes.
pub fn of(document: &Document, nodes: &[String]) -> Vec<String> {
    let mut found: Vec<String> =
        nodes.iter().filter_map(|node| Some(innermost(document, node)?.id.clone())).collect();
    found.sort_unstable();
    found.dedup();
    found
}

fn innermost<'a>(document: &'a Document, node: &String) -> Option<&'a Group> {
    let around = document.extensions.groups.iter().filter(|group| group.nodes.contains(node));
    around.min_by_key(|group| group.nodes.len())
}

/// How many groups lie within this one, one in the other.
pub fn depth(groups: &[Group], group: &Group) -> usize {
    let inside = groups.iter().filter(|other| {
        other.id != group.id
            && other.nodes.len() < group.nodes.len()
            && other.nodes.iter().all(|node| group.nodes.contains(node))
    });
    inside.map(|other| 1 + depth(groups, other)).max().unwrap_or(0)
}

/// Whether a group lies inside another, with no third one between.
pub fn is_directly_in(groups: &[Group], inner: &Group, outer: &Group) -> bool {
    let lies_in = |inner: &Group, outer: &Group| {
        inner.nodes.len() < outer.nodes.len() && inner.nodes.iter().all(|node| outer.nodes.contains(node))
    };
    let between = |group: &&Group| lies_in(inner, group) && lies_in(group, outer);
    lies_in(inner, outer) && !groups.iter().any(|group| between(&group))
}

/// The least ground around what is in a group: its nodes and the grounds of the groups in it.
pub fn least_ground(inside: impl IntoIterator<Item = Rect>) -> Option<Rect> {
    let around = Rect::around(inside)?.grown(SPACE);
    Some(Rect { y: around.y - HEAD, height: around.height + HEAD, ..around })
}

/// A ground with the room that was given to it.
pub fn with_room(least: Rect, room: Room) -> Rect {
    let Room { left, top, right, bottom } = room;
    Rect {
        x: least.x - left.max(0.0),
        y: least.y - top.max(0.0),
        width: least.width + left.max(0.0) + right.max(0.0),
        height: least.height + top.max(0.0) + bottom.max(0.0),
    }
}

/// The room by which a ground comes as near to a wanted one as it can: what is in it never stands out.
pub fn room(least: Rect, wanted: Rect) -> Room {
    Room {
        left: (least.x - wanted.x).max(0.0),
        top: (least.y - wanted.y).max(0.0),
        right: (wanted.x + wanted.width - least.x - least.width).max(0.0),
        bottom: (wanted.y + wanted.height - least.y - least.height).max(0.0),
    }
}

/// The ground of a group as the document has it.
pub fn ground_of(document: &Document, group: &Group) -> Option<Rect> {
    let node = |address: &String| Some(Rect::of_node(document, address, document.node(address)?));
    let groups = &document.extensions.groups;
    let inner = groups.iter().filter(|inner| is_directly_in(groups, inner, group));
    let inner = inner.filter_map(|inner| ground_of(document, inner));
    Some(with_room(least_ground(group.nodes.iter().filter_map(node).chain(inner))?, group.room))
}

/// Where connections cross the border of a group: the ports inside that are entered, and those that are left.
pub fn border(document: &Document, group: &Group) -> (Vec<Port>, Vec<Port>) {
    let inside =
        |node: &str| group.nodes.iter().any(|own| own == node || flow::address::is_inside(node, own));
    let (mut entered, mut left) = (Vec::new(), Vec::new());
    for (address, connection) in document.definition.every_connection() {
        let owner = place(&address);
        let (source, target) = (join(owner, &connection.source), join(owner, &connection.target));
        match (inside(&source), inside(&target)) {
            (false, true) => {
                let input = connection.data().map_or("", |data| data.target_input.as_str());
                entered.push(Port::new(&target, Row::Input(input.to_owned())));
            }
            (true, false) => left.extend(source_port(connection, owner)),
            _ => {}
        }
    }
    for ports in [&mut entered, &mut left] {
        let mut seen: Vec<Port> = Vec::new();
        ports.retain(|port| {
            !seen.contains(port) && {
                seen.push(port.clone());
                true
            }
        });
    }
    (entered, left)
}

#[cfg(test)]
mod tests {
    use flow::definition::NodeType;
    use flow::extensions::Position;
    use proptest::prelude::*;

    use super::*;
    use crate::editor::change;

    fn document() -> (Document, Vec<String>) {
        let mut document = Document::default();
        let names = (0..6)
            .map(|_| change::add(&mut document, NodeType::Prompt, Position::default(), "m").unwrap())
            .collect();
        (document, names)
    }

    proptest! {
        #[test]
        fn groups_lie_inside_each_other_or_apart(sets in prop::collection::vec(prop::collection::btree_set(0..6usize, 1..6), 1..8)) {
            let (mut document, names) = document();
            for set in sets {
                let nodes: Vec<String> = set.into_iter().map(|at| names[at].clone()).collect();
                group(&mut document, &nodes);
            }
            let groups = &document.extensions.groups;
            for a in groups {
                for b in groups.iter().filter(|b| b.id != a.id) {
                    let shared = a.nodes.iter().filter(|node| b.nodes.contains(node)).count();
                    prop_assert!(shared == 0 || shared == a.nodes.len().min(b.nodes.len()));
                }
            }
        }
    }

    proptest! {
        #[test]
        fn a_ground_is_as_large_as_wanted_and_holds_what_is_in_it(
            x in -300.0..300.0, y in -300.0..300.0, width in 0.0..900.0, height in 0.0..900.0,
        ) {
            let (mut document, names) = document();
            let id = group(&mut document, &names).unwrap();
            let own = document.extensions.groups[0].clone();
            let least = ground_of(&document, &own).unwrap();
            let wanted = Rect { x, y, width, height };
            edit(&mut document, &id, |group| group.room = room(least, wanted));
            let ground = ground_of(&document, &document.extensions.groups[0]).unwrap();
            prop_assert!(ground.grown(1e-6).encloses(&least) && ground.grown(1e-6).encloses(&wanted));
            // What is in it moves, and the room goes along.
            for name in &names {
                document.put(name, Position { x: 1000.0, y: 500.0 });
            }
            let moved = ground_of(&document, &document.extensions.groups[0]).unwrap();
            prop_assert!((moved.width - ground.width).abs() < 1e-6 && (moved.x - ground.x - 1000.0).abs() < 1e-6);
        }
    }

    #[test]
    fn an_inner_ground_with_room_lies_inside_the_outer() {
        let (mut document, names) = document();
        let inner = group(&mut document, &names[..2]).unwrap();
        let outer = group(&mut document, &names[..4]).unwrap();
        edit(&mut document, &inner, |group| {
            group.room = Room { left: 90.0, top: 40.0, right: 7.0, bottom: 300.0 }
        });
        let ground = |id: &str| {
            let group = document.extensions.groups.iter().find(|group| group.id == id).unwrap();
            ground_of(&document, group).unwrap()
        };
        assert!(ground(&outer).encloses(&ground(&inner)));
    }

    #[test]
    fn what_crosses_the_border_is_a_port_of_the_group() {
        let mut document = Document::default();
        change::add(&mut document, NodeType::Input, Position::default(), "m").unwrap();
        let from = Port::new("FlowInputNode", Row::Output("document".into()));
        let prompt =
            change::add_connected(&mut document, NodeType::Prompt, Position::default(), "m", &from).unwrap();
        let answer = Port::new(&prompt, Row::Output("modelCompletion".into()));
        change::add_connected(&mut document, NodeType::Output, Position::default(), "m", &answer).unwrap();
        let one = std::slice::from_ref(&prompt);
        let id = group(&mut document, one).unwrap();
        assert_eq!(of(&document, one), std::slice::from_ref(&id));
        assert_eq!(group(&mut document, one), None, "it is one already");
        let made = document.extensions.groups[0].clone();
        let (entered, left) = border(&document, &made);
        assert_eq!((entered, left), (vec![Port::new(&prompt, Row::Input("input".into()))], vec![answer]));
        let outer = group(&mut document, &[prompt.clone(), "FlowInputNode".to_owned()]).unwrap();
        let groups = document.extensions.groups.clone();
        assert_eq!(depth(&groups, &groups[1]), 1);
        ungroup(&mut document, &[outer]);
        change::remove(&mut document, &[prompt], &[]);
        assert!(document.extensions.groups.is_empty(), "a group goes with its last node");
    }
}
