//! Smart guides: what is dragged comes in line with what stands still.

use flow::extensions::Position;

use super::geometry::Rect;

/// How near two lines must be to become one, in screen pixels.
pub const NEAR: f64 = 5.0;

/// A line that is shown: across a span, at a place of the other axis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Line {
    pub from: Position,
    pub to: Position,
}

/// How far to move so as to be in line, for each axis that has a line near, and the lines.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Guides {
    pub dx: Option<f64>,
    pub dy: Option<f64>,
    pub lines: Vec<Line>,
}

/// The lines within reach of what is dragged: its left, centre and right, and its top, middle and bottom.
pub fn find(moving: Rect, others: &[Rect], reach: f64) -> Guides {
    let across = |rect: &Rect| [rect.x, rect.x + rect.width / 2.0, rect.x + rect.width];
    let down = |rect: &Rect| [rect.y, rect.y + rect.height / 2.0, rect.y + rect.height];
    let (x, y) = (best(&moving, others, across, reach), best(&moving, others, down, reach));
    let moved = Rect { x: moving.x + x.map_or(0.0, |x| x.1), y: moving.y + y.map_or(0.0, |y| y.1), ..moving };
    let mut lines = Vec::new();
    if let Some((at, _, other)) = x {
        let span = moved.join(&other);
        let end = |y| Position { x: at, y };
        lines.push(Line { from: end(span.y), to: end(span.y + span.height) });
    }
    if let Some((at, _, other)) = y {
        let span = moved.join(&other);
        let end = |x| Position { x, y: at };
        lines.push(Line { from: end(span.x), to: end(span.x + span.width) });
    }
    Guides { dx: x.map(|x| x.1), dy: y.map(|y| y.1), lines }
}

/// The nearest line: where it is, how far away, and whose.
fn best(
    moving: &Rect,
    others: &[Rect],
    edges: fn(&Rect) -> [f64; 3],
    reach: f64,
) -> Option<(f64, f64, Rect)> {
    let own = edges(moving);
    let mut best: Option<(f64, f64, Rect)> = None;
    for other in others {
        for edge in edges(other) {
            for mine in own {
                let by = edge - mine;
                if by.abs() <= reach && best.is_none_or(|(_, least, _)| by.abs() < least.abs()) {
                    best = Some((edge, by, *other));
                }
            }
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rect(x: f64, y: f64) -> Rect {
        Rect { x, y, width: 200.0, height: 100.0 }
    }

    #[test]
    fn near_lines_become_one_and_far_ones_do_not() {
        let found = find(rect(303.0, 50.0), &[rect(300.0, 400.0)], NEAR);
        assert_eq!((found.dx, found.dy), (Some(-3.0), None));
        assert_eq!(
            found.lines,
            [Line { from: Position { x: 300.0, y: 50.0 }, to: Position { x: 300.0, y: 500.0 } }]
        );
        assert_eq!(find(rect(306.0, 50.0), &[rect(300.0, 400.0)], NEAR), Guides::default());
        assert_eq!(find(rect(0.0, 398.0), &[rect(300.0, 400.0)], NEAR).dy, Some(2.0));
    }

    proptest! {
        #[test]
        fn where_it_snaps_it_is_in_line(x in -99.0..99.0, y in -99.0..99.0, a in -99.0..99.0, b in -99.0..99.0) {
            let other = rect(a, b);
            let found = find(rect(x, y), &[other], NEAR);
            if let Some(dx) = found.dx {
                prop_assert!(dx.abs() <= NEAR);
                let again = find(rect(x + dx, y), &[other], NEAR);
                prop_assert!(again.dx.is_some_and(|dx| dx.abs() < 1e-9));
            }
        }
    }
}
