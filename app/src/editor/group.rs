//! Groups: nodes that are shown together, and as one card where they are collapsed. They run as if they were not.
//!
//! Always holds: of two groups that share a node, one lies inside the other.

use flow::extensions::Group;
use flow::layout::Row;

use super::document::{Document, Port, source_port};
use flow::address::{join, place};

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
