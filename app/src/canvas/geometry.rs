//! Points, rectangles and the curve of a wire.

use flow::address;
use flow::definition::Node;
use flow::extensions::Position;

use crate::editor::document::Document;
use crate::editor::session::Wire;

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

/// The path of a wire from an output to an input.
pub fn curve(from: Position, to: Position) -> String {
    let (a, b) = controls(from, to);
    format!(
        "M{:.1} {:.1}C{:.1} {:.1} {:.1} {:.1} {:.1} {:.1}",
        from.x, from.y, a.x, a.y, b.x, b.y, to.x, to.y
    )
}

/// Half the way ahead where the target lies ahead, a loop where it lies behind.
fn controls(from: Position, to: Position) -> (Position, Position) {
    let ahead = to.x - from.x;
    let reach = if ahead >= 0.0 { 0.5 * ahead } else { 0.25 * 25.0 * (-ahead).sqrt() };
    // A short way still leaves its port level.
    let reach = reach.max((from.y - to.y).abs().min(28.0));
    (Position { x: from.x + reach, y: from.y }, Position { x: to.x - reach, y: to.y })
}

/// A point of a wire, at a part of its way.
pub fn along(from: Position, to: Position, part: f64) -> Position {
    let (a, b) = controls(from, to);
    let (rest, t) = (1.0 - part, part);
    let (p, q, r, s) = (rest.powi(3), 3.0 * rest * rest * t, 3.0 * rest * t * t, t.powi(3));
    Position { x: p * from.x + q * a.x + r * b.x + s * to.x, y: p * from.y + q * a.y + r * b.y + s * to.y }
}

/// Whether a straight cut crosses a wire.
pub fn crosses(from: Position, to: Position, cut: (Position, Position)) -> bool {
    const PARTS: u32 = 24;
    let points = (0..=PARTS).map(|at| along(from, to, f64::from(at) / f64::from(PARTS)));
    let points: Vec<Position> = points.collect();
    points.windows(2).any(|two| meet((two[0], two[1]), cut))
}

/// Whether two stretches have a point in common.
fn meet(a: (Position, Position), b: (Position, Position)) -> bool {
    let side = |(from, to): (Position, Position), at: Position| {
        (to.x - from.x) * (at.y - from.y) - (to.y - from.y) * (at.x - from.x)
    };
    side(a, b.0) * side(a, b.1) <= 0.0 && side(b, a.0) * side(b, a.1) <= 0.0
}

impl Wire {
    /// The middle of its way.
    pub fn middle(&self) -> Position {
        let (from, to) = self.ends();
        along(from, to, 0.5)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wire_keeps_its_ends() {
        let (from, to) = (Position { x: 0.0, y: 10.0 }, Position { x: 100.0, y: 50.0 });
        assert_eq!(curve(from, to), "M0.0 10.0C50.0 10.0 50.0 50.0 100.0 50.0");
        assert!(curve(to, from).starts_with("M100.0 50.0C162.5"));
    }

    #[test]
    fn a_cut_crosses_what_is_in_its_way() {
        let at = |x, y| Position { x, y };
        let (from, to) = (at(0.0, 0.0), at(200.0, 100.0));
        assert_eq!(along(from, to, 0.5), at(100.0, 50.0));
        assert!(crosses(from, to, (at(100.0, -50.0), at(100.0, 150.0))));
        assert!(!crosses(from, to, (at(100.0, 60.0), at(100.0, 150.0))));
        assert!(!crosses(from, to, (at(-20.0, -50.0), at(-20.0, 150.0))));
    }

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
