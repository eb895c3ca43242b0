//! Which nodes run once an item: from an Iterator up to the Collector that gathers its items again.
//!
//! Always holds: a node that takes something from inside an iteration is inside it too, unless it is the Collector; a
//! value from outside is the same for every item. Iterations lie within each other or apart, and never overlap.

use std::collections::HashMap;

use crate::definition::{Connection, Definition, NodeType};

/// The input of a Collector that receives the items.
pub const ITEM: &str = "arrayItem";
/// The input of a Collector, and the output of an Iterator, with how many items there are.
pub const SIZE: &str = "arraySize";

/// The Iterators inside whose iterations a node runs, outermost first, by their place in the definition.
pub type Path = Vec<usize>;

/// A node that cannot be said to be inside one iteration or another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It takes values from two iterations of which neither is inside the other.
    Apart { node: usize, iterators: (usize, usize) },
    /// A Collector whose items come from no iteration.
    NotInside { collector: usize },
    /// A Collector that is not told the size of the iteration whose items it gathers.
    OtherSize { collector: usize, iterator: usize },
    /// A node inside an iteration that waits for what is gathered of it.
    WaitsForItself { node: usize, iterator: usize },
    /// A Collector behind a gate from inside the iteration that it gathers.
    GatedInside { collector: usize, iterator: usize },
}

/// The iterations of a definition's nodes, in the order of its nodes, and what is wrong with them. Nodes in a circle
/// count as outside.
pub fn paths(definition: &Definition) -> (Vec<Path>, Vec<Fault>) {
    let index: HashMap<&str, usize> =
        definition.nodes.iter().enumerate().map(|(at, node)| (node.name.as_str(), at)).collect();
    let mut entering: Vec<Vec<(usize, &Connection)>> = vec![Vec::new(); definition.nodes.len()];
    let mut leaving: Vec<Vec<usize>> = vec![Vec::new(); definition.nodes.len()];
    for connection in &definition.connections {
        let ends = (index.get(connection.source.as_str()), index.get(connection.target.as_str()));
        if let (Some(&source), Some(&target)) = ends {
            entering[target].push((source, connection));
            leaving[source].push(target);
        }
    }
    let mut waiting: Vec<usize> = entering.iter().map(Vec::len).collect();
    let mut ready: Vec<usize> = (0..waiting.len()).filter(|at| waiting[*at] == 0).collect();
    let mut paths: Vec<Path> = vec![Path::new(); definition.nodes.len()];
    let mut gathered: Vec<Bits> = vec![Bits::default(); definition.nodes.len()];
    let mut faults = Vec::new();
    while let Some(at) = ready.pop() {
        paths[at] = if definition.nodes[at].kind == NodeType::Collector {
            collector(definition, at, &entering[at], &paths, &mut faults)
        } else {
            inside(definition, at, &entering[at], &paths, &mut faults)
        };
        let mut before = Bits::default();
        for (source, _) in &entering[at] {
            before.unite(&gathered[*source]);
        }
        faults.extend(
            paths[at]
                .iter()
                .find(|iterator| before.has(**iterator))
                .map(|iterator| Fault::WaitsForItself { node: at, iterator: *iterator }),
        );
        if definition.nodes[at].kind == NodeType::Collector
            && let Some(iterator) = items(definition, at, &entering[at], &paths, &mut Vec::new()).last()
        {
            before.set(*iterator);
        }
        gathered[at] = before;
        for &target in &leaving[at] {
            waiting[target] -= 1;
            if waiting[target] == 0 {
                ready.push(target);
            }
        }
    }
    (paths, faults)
}

/// The iterations that what a node gives is inside of: an Iterator's items are inside its own.
fn behind(definition: &Definition, source: usize, paths: &[Path]) -> Path {
    let mut path = paths[source].clone();
    if definition.nodes[source].kind == NodeType::Iterator {
        path.push(source);
    }
    path
}

/// The iterations that the items of a Collector are inside of, which may come from several nodes.
fn items(
    definition: &Definition,
    collector: usize,
    entering: &[(usize, &Connection)],
    paths: &[Path],
    faults: &mut Vec<Fault>,
) -> Path {
    let items: Vec<(usize, &Connection)> = entering
        .iter()
        .filter(|(_, c)| c.data().is_some_and(|data| data.target_input == ITEM))
        .copied()
        .collect();
    inside(definition, collector, &items, paths, faults)
}

/// The connection into an input, with its source.
fn into<'a>(entering: &[(usize, &'a Connection)], input: &str) -> Option<(usize, &'a Connection)> {
    entering.iter().find(|(_, c)| c.data().is_some_and(|data| data.target_input == input)).copied()
}

/// A set of small numbers.
#[derive(Clone, Default)]
struct Bits(Vec<u64>);

impl Bits {
    fn set(&mut self, at: usize) {
        if self.0.len() <= at / 64 {
            self.0.resize(at / 64 + 1, 0);
        }
        self.0[at / 64] |= 1 << (at % 64);
    }

    fn has(&self, at: usize) -> bool {
        self.0.get(at / 64).is_some_and(|word| word & (1 << (at % 64)) != 0)
    }

    fn unite(&mut self, other: &Self) {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), 0);
        }
        self.0.iter_mut().zip(&other.0).for_each(|(word, more)| *word |= more);
    }
}

fn inside(
    definition: &Definition,
    node: usize,
    entering: &[(usize, &Connection)],
    paths: &[Path],
    faults: &mut Vec<Fault>,
) -> Path {
    let mut deepest = Path::new();
    for (source, _) in entering {
        let path = behind(definition, *source, paths);
        let common = deepest.iter().zip(&path).take_while(|(one, other)| one == other).count();
        if let (Some(one), Some(other)) = (deepest.get(common), path.get(common)) {
            faults.push(Fault::Apart { node, iterators: (*one, *other) });
        } else if path.len() > deepest.len() {
            deepest = path;
        }
    }
    deepest
}

fn collector(
    definition: &Definition,
    collector: usize,
    entering: &[(usize, &Connection)],
    paths: &[Path],
    faults: &mut Vec<Fault>,
) -> Path {
    if into(entering, ITEM).is_none() {
        return Path::new();
    }
    let mut path = items(definition, collector, entering, paths, faults);
    let Some(iterator) = path.pop() else {
        faults.push(Fault::NotInside { collector });
        return path;
    };
    let size = into(entering, SIZE).filter(|(source, connection)| {
        *source == iterator && connection.data().is_some_and(|data| data.source_output == SIZE)
    });
    if size.is_none() {
        faults.push(Fault::OtherSize { collector, iterator });
    }
    let gated = entering.iter().filter(|(_, connection)| connection.condition().is_some());
    for (source, _) in gated {
        if !path.starts_with(&behind(definition, *source, paths)) {
            faults.push(Fault::GatedInside { collector, iterator });
        }
    }
    path
}
