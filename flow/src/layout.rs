//! Where things stand on the canvas: a card's size and ports, and automatic placement.
//!
//! Always holds: a size and a port's place follow from the node alone, so that nothing needs to be measured. All
//! lengths are flow units (a CSS pixel at 100 % zoom).

use std::collections::{BTreeMap, HashMap};

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

const COLUMN: f64 = WIDTH + 84.0;
const GAP: f64 = 40.0;

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

/// A card's width and height.
pub fn size(node: &Node) -> (f64, f64) {
    let rows = rows(node).len();
    let ports = if rows == 0 { 0.0 } else { 1.0 + 2.0 * PORTS_PADDING + ROW * rows as f64 };
    (WIDTH, HEADER + ports)
}

/// The middle of a port's handle, from the card's top left corner.
pub fn port(node: &Node, row: &Row) -> Option<Position> {
    let at = rows(node).iter().position(|candidate| candidate == row)?;
    let x = if matches!(row, Row::Input(_)) { 0.0 } else { WIDTH };
    Some(Position { x, y: HEADER + 1.0 + PORTS_PADDING + ROW * (at as f64 + 0.5) })
}

/// Where a gate enters a card: the middle of its header's left side.
pub fn gate() -> Position {
    Position { x: 0.0, y: HEADER / 2.0 }
}

/// A place for every node: layers from left to right, each node as near as can be to what it depends on.
pub fn arrange(definition: &Definition) -> BTreeMap<String, Position> {
    let layers = layers(definition);
    let mut places: BTreeMap<String, Position> = BTreeMap::new();
    for (column, layer) in layers.iter().enumerate() {
        let mut wanted: Vec<(f64, &Node)> = layer
            .iter()
            .enumerate()
            .map(|(at, node)| (centre_of_sources(definition, node, &places).unwrap_or(at as f64), *node))
            .collect();
        wanted.sort_by(|a, b| a.0.total_cmp(&b.0));
        let heights: f64 = wanted.iter().map(|(_, node)| size(node).1 + GAP).sum::<f64>() - GAP;
        let middle = wanted.iter().map(|(at, _)| at).sum::<f64>() / wanted.len().max(1) as f64;
        let mut y = if column == 0 { 0.0 } else { middle - heights / 2.0 };
        for (_, node) in wanted {
            places.insert(node.name.clone(), Position { x: column as f64 * COLUMN, y: snap(y) });
            y += size(node).1 + GAP;
        }
    }
    let top = places.values().map(|place| place.y).fold(f64::INFINITY, f64::min);
    if top.is_finite() {
        places.values_mut().for_each(|place| place.y -= top);
    }
    places
}

/// The place of every node: its own where it has one, else below the others by [`arrange`].
pub fn places(definition: &Definition, extensions: &Extensions) -> BTreeMap<String, Position> {
    let own = |node: &Node| extensions.nodes.get(&node.name).and_then(|extension| extension.position);
    let lowest = definition
        .nodes
        .iter()
        .filter_map(|node| own(node).map(|place| place.y + size(node).1 + GAP))
        .fold(0.0, f64::max);
    if let Some(known) = definition.nodes.iter().map(|node| Some((node.name.clone(), own(node)?))).collect() {
        return known;
    }
    let mut places = arrange(definition);
    for node in &definition.nodes {
        if let Some(place) = places.get_mut(&node.name) {
            match own(node) {
                Some(own) => *place = own,
                None => place.y = snap(place.y + lowest),
            }
        }
    }
    places
}

/// A small picture of the graph.
pub fn thumbnail(definition: &Definition, extensions: &Extensions) -> Thumbnail {
    let places = places(definition, extensions);
    let index: HashMap<&str, usize> =
        definition.nodes.iter().enumerate().map(|(at, node)| (node.name.as_str(), at)).collect();
    let nodes = definition
        .nodes
        .iter()
        .map(|node| {
            let place = places.get(&node.name).copied().unwrap_or_default();
            ThumbnailNode { kind: node.kind, x: place.x, y: place.y }
        })
        .collect();
    let mut edges: Vec<(usize, usize)> = definition
        .connections
        .iter()
        .filter_map(|c| Some((*index.get(c.source.as_str())?, *index.get(c.target.as_str())?)))
        .collect();
    edges.sort_unstable();
    edges.dedup();
    Thumbnail { nodes, edges }
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
    places: &BTreeMap<String, Position>,
) -> Option<f64> {
    let mut centres: Vec<f64> = Vec::new();
    for connection in definition.connections.iter().filter(|c| c.target == node.name) {
        let (Some(place), Some(source)) =
            (places.get(&connection.source), definition.node(&connection.source))
        else {
            continue;
        };
        // A gate says on which side of its Condition a branch belongs.
        let offset = match connection.condition() {
            Some(condition) => port(source, &Row::Condition(condition.to_owned())).map_or(0.0, |p| p.y * 2.0),
            None => size(source).1 / 2.0,
        };
        centres.push(place.y + offset);
    }
    (!centres.is_empty()).then(|| centres.iter().sum::<f64>() / centres.len() as f64)
}
