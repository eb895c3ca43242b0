//! Where everything of a picture is.

use flow::address::{join, place};
use flow::definition::{Connection, NodeType};
use flow::extensions::Position;
use flow::layout::{self, Row};

use crate::canvas::geometry::Rect;
use crate::editor::document::{Document, source_port};

/// Room round the flow.
const ROOM: f64 = 30.0;

/// A flow's nodes and wires, placed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Drawing {
    /// Loops before what is in them.
    pub blocks: Vec<Block>,
    pub lines: Vec<Line>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    pub address: String,
    pub kind: NodeType,
    pub at: Rect,
    /// Whether it is a loop, which lies around others.
    pub is_frame: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// `A.out → B.in`, as differences name connections.
    pub ends: String,
    pub source: String,
    pub target: String,
    /// The branch of a Condition that it leaves by.
    pub branch: Option<String>,
    pub from: Position,
    pub to: Position,
}

impl Drawing {
    pub fn of(document: &Document) -> Self {
        let blocks = document.every_node().into_iter().map(|(address, node)| Block {
            at: Rect::of_node(document, &address, node),
            kind: node.kind,
            is_frame: node.body().is_some(),
            address,
        });
        let connections = document.definition.every_connection().into_iter();
        let lines =
            connections.filter_map(|(address, connection)| line(document, place(&address), connection));
        Self { blocks: blocks.collect(), lines: lines.collect() }
    }

    /// What has to be seen of the canvas to see all of it.
    pub fn around(&self) -> Rect {
        let around = Rect::around(self.blocks.iter().map(|block| block.at)).unwrap_or_default();
        Rect {
            x: around.x - ROOM,
            y: around.y - ROOM,
            width: around.width + 2.0 * ROOM,
            height: around.height + 2.0 * ROOM,
        }
    }
}

fn line(document: &Document, owner: &str, connection: &Connection) -> Option<Line> {
    let (source, target) = (join(owner, &connection.source), join(owner, &connection.target));
    let port = source_port(connection, owner)?;
    let input = connection.data().map(|data| data.target_input.clone());
    let from = handle(document, &source, &port.row)?;
    let to = match &input {
        Some(input) => handle(document, &target, &Row::Input(input.clone()))?,
        None => beside(document.place(&target), layout::gate()),
    };
    let ends = match (connection.source_port(), &input) {
        (Some(port), Some(input)) => format!("{source}.{port} → {target}.{input}"),
        (Some(port), None) => format!("{source}.{port} → {target}"),
        (None, _) => format!("{source} → {target}"),
    };
    let branch = connection.condition().map(str::to_owned);
    Some(Line { ends, source, target, branch, from, to })
}

fn handle(document: &Document, address: &str, row: &Row) -> Option<Position> {
    document.handle(address, document.node(address)?, row)
}

fn beside(at: Position, by: Position) -> Position {
    Position { x: at.x + by.x, y: at.y + by.y }
}

#[cfg(test)]
mod tests {
    use flow::diff::{Subject, diff};

    use super::*;

    #[test]
    fn every_node_and_wire_of_every_template_is_drawn_and_named_as_differences_do() {
        for template in flow::templates::all("local/smollm2") {
            let document = Document::settled(template.definition, template.extensions);
            let drawing = Drawing::of(&document);
            assert_eq!(drawing.blocks.len(), document.every_node().len());
            assert_eq!(drawing.lines.len(), document.definition.every_connection().len());
            let around = drawing.around();
            assert!(drawing.blocks.iter().all(|block| around.encloses(&block.at)), "{}", template.title);
            let nothing = Document::default();
            let changes = diff(
                (&nothing.definition, &nothing.extensions),
                (&document.definition, &document.extensions),
            );
            let ends = |subject: Subject| match subject {
                Subject::Connection { ends } => Some(ends),
                _ => None,
            };
            for ends in changes.into_iter().filter_map(|change| ends(change.subject)) {
                assert!(drawing.lines.iter().any(|line| line.ends == ends), "{ends}");
            }
        }
    }
}
