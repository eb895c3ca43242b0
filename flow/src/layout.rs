//! Where things stand on the canvas: a card's size and ports, the frame of a loop, and automatic placement.
//!
//! Always holds: a size and a port's place follow from the node alone, and a loop's from where the nodes of its body
//! stand, so that nothing needs to be measured. What is inside a loop stands where it stands from the corner of its
//! body. All lengths are flow units (a CSS pixel at 100 % zoom).

use std::collections::{BTreeMap, HashMap};

use crate::address::join;
use crate::definition::{Definition, Node, NodeType};
use crate::extensions::{Extensions, Position};
use crate::wire::{Thumbnail, ThumbnailNode};

/// A card's width.
pub const WIDTH: f64 = 216.0;
/// The height of a card's header.
pub const HEADER: f64 = 46.0;
/// The height of a row with one port.
pub const ROW: f64 = 22.0;
/// The space above the first and below the last row.
pub const PORTS_PADDING: f64 = 6.0;
/// The grid that placement snaps to.
pub const GRID: f64 = 20.0;

/// The room between a loop's frame and the nodes in it, on each side.
pub const ROOM: f64 = 40.0;

/// The room between columns.
const ASIDE: f64 = 84.0;
const GAP: f64 = 40.0;
/// What a frame is wide and high inside, at least.
const LEAST: (f64, f64) = (WIDTH, 60.0);

/// Places by address.
pub type Places = BTreeMap<String, Position>;

/// A row of a card: a port on its left or right side.
#[derive(Clone, Debug, PartialEq)]
pub enum Row {
    Input(String),
    Output(String),
    Condition(String),
}

/// The rows of a card, from the top: inputs, outputs, conditions.
pub fn rows(node: &Node) -> Vec<Row> {
    let inputs = node.inputs.iter().map(|port| Row::Input(port.name.clone()));
    let outputs = node.outputs.iter().map(|port| Row::Output(port.name.clone()));
    let conditions = node.conditions().iter().map(|condition| Row::Condition(condition.name.clone()));
    inputs.chain(outputs).chain(conditions).collect()
}

/// A card's width and height; of a loop, those without its body.
pub fn size(node: &Node) -> (f64, f64) {
    let rows = match node.body() {
        // Side by side: a frame is wide enough.
        Some(_) => node.inputs.len().max(node.outputs.len()),
        None => rows(node).len(),
    };
    let ports = if rows == 0 { 0.0 } else { 1.0 + 2.0 * PORTS_PADDING + ROW * rows as f64 };
    (WIDTH, HEADER + ports)
}

/// Where a loop's body begins, from the loop's top left corner: on the grid, below its ports.
pub fn body(node: &Node) -> Position {
    Position { x: ROOM, y: (size(node).1 / GRID).ceil() * GRID + ROOM / 2.0 }
}

/// A loop's width and height around what reaches this far from where its body begins.
pub fn frame(node: &Node, far: (f64, f64)) -> (f64, f64) {
    let corner = body(node);
    (corner.x + far.0.max(LEAST.0) + ROOM, corner.y + far.1.max(LEAST.1) + ROOM)
}

/// The width and height of a node, a loop's with its body, where nodes stand at these places.
pub fn extent(node: &Node, address: &str, place: &dyn Fn(&str) -> Position) -> (f64, f64) {
    let Some(body) = node.body() else { return size(node) };
    let far = body.nodes.iter().fold((0.0_f64, 0.0_f64), |far, inner| {
        let address = join(address, &inner.name);
        let (at, (width, height)) = (place(&address), extent(inner, &address, place));
        (far.0.max(at.x + width), far.1.max(at.y + height))
    });
    frame(node, far)
}

/// The middle of a port's handle, from the top left corner of its card, which is this wide.
pub fn port(node: &Node, width: f64, row: &Row) -> Option<Position> {
    let at = match (node.body(), row) {
        (Some(_), Row::Output(name)) => node.outputs.iter().position(|port| port.name == *name)?,
        _ => rows(node).iter().position(|candidate| candidate == row)?,
    };
    let x = if matches!(row, Row::Input(_)) { 0.0 } else { width };
    Some(Position { x, y: HEADER + 1.0 + PORTS_PADDING + ROW * (at as f64 + 0.5) })
}

/// Where a gate enters a card: the middle of its header's left side.
pub fn gate() -> Position {
    Position { x: 0.0, y: HEADER / 2.0 }
}

/// A place for every node: layers from left to right, each node as near as can be to what it depends on. Bodies come
/// first, since loops are as large as they need.
pub fn arrange(definition: &Definition) -> Places {
    let mut places = Places::new();
    arrange_into(definition, "", &mut places);
    places
}

fn arrange_into(definition: &Definition, owner: &str, places: &mut Places) {
    for node in &definition.nodes {
        if let Some(body) = node.body() {
            arrange_into(body, &join(owner, &node.name), places);
        }
    }
    let own = columns(definition, &sizes(definition, owner, places));
    places.extend(own.into_iter().map(|(name, place)| (join(owner, name), place)));
}

/// The width and height of each node of a definition, by its name.
type Sizes<'a> = HashMap<&'a str, (f64, f64)>;

fn sizes<'a>(definition: &'a Definition, owner: &str, places: &Places) -> Sizes<'a> {
    let place = |address: &str| places.get(address).copied().unwrap_or_default();
    let nodes = definition.nodes.iter();
    nodes.map(|node| (node.name.as_str(), extent(node, &join(owner, &node.name), &place))).collect()
}

fn columns<'a>(definition: &'a Definition, sizes: &Sizes) -> BTreeMap<&'a str, Position> {
    let size = |node: &Node| sizes.get(node.name.as_str()).copied().unwrap_or((WIDTH, HEADER));
    let mut places: BTreeMap<&str, Position> = BTreeMap::new();
    let mut x = 0.0;
    for (column, layer) in layers(definition).iter().enumerate() {
        let mut wanted: Vec<(f64, &Node)> = layer
            .iter()
            .enumerate()
            .map(|(at, node)| {
                (centre_of_sources(definition, node, &places, &size).unwrap_or(at as f64), *node)
            })
            .collect();
        wanted.sort_by(|a, b| a.0.total_cmp(&b.0));
        let heights: f64 = wanted.iter().map(|(_, node)| size(node).1 + GAP).sum::<f64>() - GAP;
        let middle = wanted.iter().map(|(at, _)| at).sum::<f64>() / wanted.len().max(1) as f64;
        let mut y = if column == 0 { 0.0 } else { middle - heights / 2.0 };
        for (_, node) in &wanted {
            places.insert(&node.name, Position { x, y: snap(y) });
            y += size(node).1 + GAP;
        }
        x += wanted.iter().map(|(_, node)| size(node).0).fold(0.0, f64::max) + ASIDE;
        // A frame ends where it must; what is behind it stands on the grid again.
        x = (x / GRID).ceil() * GRID;
    }
    let top = places.values().map(|place| place.y).fold(f64::INFINITY, f64::min);
    if top.is_finite() {
        places.values_mut().for_each(|place| place.y -= top);
    }
    places
}

/// The place of every node: its own where it has one, else below the others by [`arrange`]. A body's first nodes stand
/// at its beginning.
pub fn places(definition: &Definition, extensions: &Extensions) -> Places {
    let mut places = Places::new();
    places_into(definition, extensions, "", &mut places);
    places
}

fn places_into(definition: &Definition, extensions: &Extensions, owner: &str, places: &mut Places) {
    for node in &definition.nodes {
        if let Some(body) = node.body() {
            places_into(body, extensions, &join(owner, &node.name), places);
        }
    }
    let sizes = sizes(definition, owner, places);
    let mut found = own_or_free(definition, extensions, owner, &sizes);
    if !owner.is_empty() {
        let (left, top) = corner(found.values());
        found.values_mut().for_each(|place| *place = Position { x: place.x - left, y: place.y - top });
    }
    places.extend(found.into_iter().map(|(name, place)| (join(owner, name), place)));
}

fn own_or_free<'a>(
    definition: &'a Definition,
    extensions: &Extensions,
    owner: &str,
    sizes: &Sizes,
) -> BTreeMap<&'a str, Position> {
    let own = |node: &Node| {
        let extension = extensions.nodes.get(&join(owner, &node.name));
        extension.and_then(|extension| extension.position)
    };
    let known: Option<BTreeMap<&str, Position>> =
        definition.nodes.iter().map(|node| Some((node.name.as_str(), own(node)?))).collect();
    if let Some(known) = known {
        return known;
    }
    let height = |node: &Node| sizes.get(node.name.as_str()).map_or(HEADER, |size| size.1);
    let lowest = definition
        .nodes
        .iter()
        .filter_map(|node| own(node).map(|place| place.y + height(node) + GAP))
        .fold(0.0, f64::max);
    let mut places = columns(definition, sizes);
    for node in &definition.nodes {
        if let Some(place) = places.get_mut(node.name.as_str()) {
            match own(node) {
                Some(own) => *place = own,
                None => place.y = snap(place.y + lowest),
            }
        }
    }
    places
}

/// The top left corner of what stands at these places; nought where nothing does.
pub fn corner<'a>(places: impl Iterator<Item = &'a Position> + Clone) -> (f64, f64) {
    let least = |values: &mut dyn Iterator<Item = f64>| values.reduce(f64::min).unwrap_or(0.0);
    (least(&mut places.clone().map(|place| place.x)), least(&mut places.map(|place| place.y)))
}

/// A small picture of the graph. A loop comes before the nodes of its body, which lie on it.
pub fn thumbnail(definition: &Definition, extensions: &Extensions) -> Thumbnail {
    let places = places(definition, extensions);
    let mut picture = Thumbnail::default();
    picture_into(definition, "", Position::default(), &places, &mut picture);
    picture.edges.sort_unstable();
    picture.edges.dedup();
    picture
}

fn picture_into(
    definition: &Definition,
    owner: &str,
    from: Position,
    places: &Places,
    picture: &mut Thumbnail,
) {
    let place = |address: &str| places.get(address).copied().unwrap_or_default();
    let mut index: HashMap<&str, usize> = HashMap::new();
    for node in &definition.nodes {
        let address = join(owner, &node.name);
        let at = place(&address);
        let at = Position { x: from.x + at.x, y: from.y + at.y };
        index.insert(&node.name, picture.nodes.len());
        let frame = node.body().map(|_| extent(node, &address, &place));
        picture.nodes.push(ThumbnailNode { kind: node.kind, x: at.x, y: at.y, frame });
        if let Some(inner) = node.body() {
            let begin = body(node);
            let from = Position { x: at.x + begin.x, y: at.y + begin.y };
            picture_into(inner, &address, from, places, picture);
        }
    }
    picture.edges.extend(
        definition
            .connections
            .iter()
            .filter_map(|c| Some((*index.get(c.source.as_str())?, *index.get(c.target.as_str())?))),
    );
}

/// A coordinate on the grid.
pub fn snap(at: f64) -> f64 {
    (at / GRID).round() * GRID
}

/// Nodes by their longest way from a start. A cycle ends where it would go round.
fn layers(definition: &Definition) -> Vec<Vec<&Node>> {
    let mut depth: HashMap<&str, usize> =
        definition.nodes.iter().map(|node| (node.name.as_str(), 0)).collect();
    for _ in 0..definition.nodes.len() {
        let mut moved = false;
        for connection in &definition.connections {
            let (Some(&from), Some(&to)) =
                (depth.get(connection.source.as_str()), depth.get(connection.target.as_str()))
            else {
                continue;
            };
            if to < from + 1 && from + 1 < definition.nodes.len() {
                depth.insert(&connection.target, from + 1);
                moved = true;
            }
        }
        if !moved {
            break;
        }
    }
    let mut layers: Vec<Vec<&Node>> = Vec::new();
    let mut nodes: Vec<&Node> = definition.nodes.iter().collect();
    nodes.sort_by_key(|node| node.kind != NodeType::Input);
    for node in nodes {
        let at = depth.get(node.name.as_str()).copied().unwrap_or(0);
        if layers.len() <= at {
            layers.resize_with(at + 1, Vec::new);
        }
        layers[at].push(node);
    }
    layers.retain(|layer| !layer.is_empty());
    layers
}

fn centre_of_sources(
    definition: &Definition,
    node: &Node,
    places: &BTreeMap<&str, Position>,
    size: &dyn Fn(&Node) -> (f64, f64),
) -> Option<f64> {
    let mut centres: Vec<f64> = Vec::new();
    for connection in definition.connections.iter().filter(|c| c.target == node.name) {
        let (Some(place), Some(source)) =
            (places.get(connection.source.as_str()), definition.node(&connection.source))
        else {
            continue;
        };
        // A gate says on which side of its Condition a branch belongs.
        let offset = match connection.condition() {
            Some(condition) => {
                port(source, WIDTH, &Row::Condition(condition.to_owned())).map_or(0.0, |p| p.y * 2.0)
            }
            None => size(source).1 / 2.0,
        };
        centres.push(place.y + offset);
    }
    (!centres.is_empty()).then(|| centres.iter().sum::<f64>() / centres.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A loop in a loop, between an Input and an Output.
    fn nested() -> Definition {
        let mut outer = NodeType::Loop.fresh("Outer");
        let mut inner = NodeType::Loop.fresh("Inner");
        inner.body_mut().unwrap().nodes.push(NodeType::Prompt.fresh("Ask"));
        outer.body_mut().unwrap().nodes.push(inner);
        let nodes = vec![NodeType::Input.fresh("Begin"), outer, NodeType::Output.fresh("End")];
        Definition { nodes: nodes.into(), ..Definition::default() }
    }

    #[test]
    fn a_frame_holds_its_body() {
        let definition = nested();
        let places = places(&definition, &Extensions::default());
        assert_eq!(places.len(), definition.every_node().len());
        let place = |address: &str| places[address];
        for (address, node) in definition.every_node() {
            let (Some(body), (width, height)) = (node.body(), extent(node, &address, &place)) else {
                continue;
            };
            let begin = super::body(node);
            for inner in &body.nodes {
                let address = join(&address, &inner.name);
                let (at, size) = (place(&address), extent(inner, &address, &place));
                assert!(at.x >= 0.0 && at.y >= 0.0, "{address}");
                assert!(begin.x + at.x + size.0 + ROOM <= width, "{address}");
                assert!(begin.y + at.y + size.1 + ROOM <= height, "{address}");
            }
        }
    }

    #[test]
    fn nothing_stands_on_a_loop() {
        let mut definition = nested();
        for (name, source, target) in [("a", "Begin", "Outer"), ("b", "Outer", "End")] {
            definition.connections.push(
                serde_json::from_value(serde_json::json!({"name": name, "type": "Data", "source": source,
                    "target": target, "configuration": {"data": {"sourceOutput": "o", "targetInput": "i"}}}))
                .unwrap(),
            );
        }
        let places = arrange(&definition);
        let place = |address: &str| places[address];
        let outer = definition.node("Outer").unwrap();
        assert!(places["End"].x >= places["Outer"].x + extent(outer, "Outer", &place).0);
        let picture = thumbnail(&definition, &Extensions::default());
        assert_eq!(picture.nodes.len(), 9);
        assert!(picture.nodes[1].frame.is_some() && picture.nodes[0].frame.is_none());
        assert!(picture.nodes[2].x >= picture.nodes[1].x + ROOM, "what is inside stands on its loop");
    }

    #[test]
    fn outputs_of_a_loop_are_level_with_its_inputs() {
        let node = NodeType::Loop.fresh("Again");
        let output = port(&node, 500.0, &Row::Output("loopOutput".into())).unwrap();
        let input = port(&node, 500.0, &Row::Input("loopInput".into())).unwrap();
        assert_eq!((output.x, output.y), (500.0, input.y));
    }
}
