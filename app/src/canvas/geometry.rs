//! Points and rectangles.

use flow::address;
use flow::definition::Node;
use flow::extensions::Position;

use crate::editor::document::Document;

/// A rectangle in flow units.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Rect {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
}

impl Rect {
    /// The rectangle with these two corners, in any order.
    pub fn between(a: Position, b: Position) -> Self {
        Self { x: a.x.min(b.x), y: a.y.min(b.y), width: (a.x - b.x).abs(), height: (a.y - b.y).abs() }
    }

    /// A card at its place.
    pub fn of(place: Position, size: (f64, f64)) -> Self {
        Self { x: place.x, y: place.y, width: size.0, height: size.1 }
    }

    /// A node on the canvas; a loop with its body.
    pub fn of_node(document: &Document, address: &str, node: &Node) -> Self {
        Self::of(document.place(address), document.size_of(address, node))
    }

    /// The nodes of a body on the canvas.
    pub fn of_body(document: &Document, owner: &str) -> Vec<Self> {
        let nodes = document.body(owner).map(|body| body.nodes.iter());
        let rect = |node: &Node| Self::of_node(document, &address::join(owner, &node.name), node);
        nodes.into_iter().flatten().map(rect).collect()
    }

    /// Everything that is there: what is inside a loop lies within it.
    pub fn of_all(document: &Document) -> Option<Self> {
        Self::around(Self::of_body(document, ""))
    }

    pub fn contains(&self, point: Position) -> bool {
        (self.x..=self.x + self.width).contains(&point.x)
            && (self.y..=self.y + self.height).contains(&point.y)
    }

    /// Whether the other lies wholly inside.
    pub fn encloses(&self, other: &Self) -> bool {
        self.contains(Position { x: other.x, y: other.y })
            && self.contains(Position { x: other.x + other.width, y: other.y + other.height })
    }

    /// Whether they have a point in common.
    pub fn touches(&self, other: &Self) -> bool {
        self.x <= other.x + other.width
            && other.x <= self.x + self.width
            && self.y <= other.y + other.height
            && other.y <= self.y + self.height
    }

    /// So much larger on each side.
    pub fn grown(&self, by: f64) -> Self {
        Self { x: self.x - by, y: self.y - by, width: self.width + 2.0 * by, height: self.height + 2.0 * by }
    }

    pub fn middle(&self) -> Position {
        Position { x: self.x + self.width / 2.0, y: self.y + self.height / 2.0 }
    }

    /// The smallest rectangle around both.
    pub fn join(&self, other: &Self) -> Self {
        let (x, y) = (self.x.min(other.x), self.y.min(other.y));
        let right = (self.x + self.width).max(other.x + other.width);
        let bottom = (self.y + self.height).max(other.y + other.height);
        Self { x, y, width: right - x, height: bottom - y }
    }

    /// The smallest rectangle around all; none around nothing.
    pub fn around(rects: impl IntoIterator<Item = Self>) -> Option<Self> {
        rects.into_iter().reduce(|a, b| a.join(&b))
    }
}

pub fn distance(a: Position, b: Position) -> f64 {
    (a.x - b.x).hypot(a.y - b.y)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rectangles() {
        let rect = Rect::between(Position { x: 10.0, y: 0.0 }, Position { x: 0.0, y: 10.0 });
        assert!(rect.contains(Position { x: 5.0, y: 10.0 }));
        assert!(rect.encloses(&Rect { x: 1.0, y: 1.0, width: 9.0, height: 9.0 }));
        assert!(!rect.encloses(&Rect { x: 1.0, y: 1.0, width: 9.5, height: 9.0 }));
        assert_eq!(
            Rect::around([rect, Rect { x: 20.0, y: 0.0, width: 5.0, height: 5.0 }]).unwrap().width,
            25.0
        );
    }
}
