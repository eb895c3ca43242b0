//! The course of a wire: which way it goes from an output to an input.
//!
//! Always holds: whatever the course, the middle of the way is the point halfway between the ends. Numbers are
//! xyflow's where `curve` has none of its own.

use flow::extensions::Position;

use super::geometry::distance;
use crate::editor::session::Wire;

/// How far a stepped wire goes straight on before it turns, in flow units.
const STUB: f64 = 20.0;
/// How round the corners of a rounded wire are at most.
const ROUND: f64 = 5.0;
/// The stretches that a curve is taken for, where it is asked what crosses it.
const PARTS: u32 = 24;

/// Which way wires go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Course {
    #[default]
    Curved,
    Straight,
    Stepped,
    Rounded,
}

impl Course {
    pub const ALL: [Self; 4] = [Self::Curved, Self::Straight, Self::Stepped, Self::Rounded];

    /// The path of a wire, as SVG writes it.
    pub fn path(self, from: Position, to: Position) -> String {
        match self {
            Self::Curved => curve(from, to),
            Self::Straight | Self::Stepped => through(&self.corners(from, to), 0.0),
            Self::Rounded => through(&self.corners(from, to), ROUND),
        }
    }

    /// Whether a straight cut crosses a wire.
    pub fn crosses(self, from: Position, to: Position, cut: (Position, Position)) -> bool {
        let points = match self {
            Self::Curved => (0..=PARTS).map(|at| along(from, to, f64::from(at) / f64::from(PARTS))).collect(),
            _ => self.corners(from, to),
        };
        points.windows(2).any(|two| meet((two[0], two[1]), cut))
    }

    /// Where it turns, with its ends.
    fn corners(self, from: Position, to: Position) -> Vec<Position> {
        let at = |x, y| Position { x, y };
        let half = middle(from, to);
        if matches!(self, Self::Straight) {
            vec![from, to]
        } else if from.x + STUB < to.x - STUB {
            vec![from, at(half.x, from.y), at(half.x, to.y), to]
        } else {
            let (out, back) = (from.x + STUB, to.x - STUB);
            vec![from, at(out, from.y), at(out, half.y), at(back, half.y), at(back, to.y), to]
        }
    }

    /// As it is kept.
    pub fn key(self) -> &'static str {
        match self {
            Self::Curved => "curved",
            Self::Straight => "straight",
            Self::Stepped => "stepped",
            Self::Rounded => "rounded",
        }
    }

    /// For the announcement and the settings.
    pub fn words(self) -> &'static str {
        match self {
            Self::Curved => "Wires are curved",
            Self::Straight => "Wires are straight",
            Self::Stepped => "Wires go in steps",
            Self::Rounded => "Wires go in rounded steps",
        }
    }
}

/// Halfway between the ends, which is the middle of every course.
pub fn middle(from: Position, to: Position) -> Position {
    Position { x: f64::midpoint(from.x, to.x), y: f64::midpoint(from.y, to.y) }
}

impl Wire {
    /// The middle of its way.
    pub fn middle(&self) -> Position {
        let (from, to) = self.ends();
        middle(from, to)
    }
}

fn curve(from: Position, to: Position) -> String {
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

/// A point of a curve, at a part of its way.
fn along(from: Position, to: Position, part: f64) -> Position {
    let (a, b) = controls(from, to);
    let (rest, t) = (1.0 - part, part);
    let (p, q, r, s) = (rest.powi(3), 3.0 * rest * rest * t, 3.0 * rest * t * t, t.powi(3));
    Position { x: p * from.x + q * a.x + r * b.x + s * to.x, y: p * from.y + q * a.y + r * b.y + s * to.y }
}

/// Straight from corner to corner, each so round, or as its stretches allow.
fn through(corners: &[Position], round: f64) -> String {
    let mut path = String::new();
    for (index, corner) in corners.iter().enumerate() {
        let around = index.checked_sub(1).and_then(|before| Some((corners[before], corners.get(index + 1)?)));
        let bend = around.map(|(before, after)| {
            let fits = round.min(distance(before, *corner) / 2.0).min(distance(*corner, *after) / 2.0);
            (towards(*corner, before, fits), towards(*corner, *after, fits), fits)
        });
        match bend {
            Some((arrive, leave, fits)) if fits > 0.0 => path.push_str(&format!(
                "L{:.1} {:.1}Q{:.1} {:.1} {:.1} {:.1}",
                arrive.x, arrive.y, corner.x, corner.y, leave.x, leave.y
            )),
            _ => {
                let command = if index == 0 { 'M' } else { 'L' };
                path.push_str(&format!("{command}{:.1} {:.1}", corner.x, corner.y));
            }
        }
    }
    path
}

/// The point so far from one point on the way to another.
fn towards(from: Position, to: Position, by: f64) -> Position {
    let part = by / distance(from, to).max(f64::EPSILON);
    Position { x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part }
}

/// Whether two stretches have a point in common.
fn meet(a: (Position, Position), b: (Position, Position)) -> bool {
    let side = |(from, to): (Position, Position), at: Position| {
        (to.x - from.x) * (at.y - from.y) - (to.y - from.y) * (at.x - from.x)
    };
    side(a, b.0) * side(a, b.1) <= 0.0 && side(b, a.0) * side(b, a.1) <= 0.0
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const fn at(x: f64, y: f64) -> Position {
        Position { x, y }
    }

    #[test]
    fn a_curve_keeps_its_ends() {
        let (from, to) = (at(0.0, 10.0), at(100.0, 50.0));
        assert_eq!(Course::Curved.path(from, to), "M0.0 10.0C50.0 10.0 50.0 50.0 100.0 50.0");
        assert!(Course::Curved.path(to, from).starts_with("M100.0 50.0C162.5"));
    }

    #[test]
    fn steps_turn_halfway_and_go_round_what_lies_behind() {
        let (from, to) = (at(0.0, 0.0), at(100.0, 50.0));
        assert_eq!(Course::Straight.path(from, to), "M0.0 0.0L100.0 50.0");
        assert_eq!(Course::Stepped.path(from, to), "M0.0 0.0L50.0 0.0L50.0 50.0L100.0 50.0");
        let back = "M100.0 50.0L120.0 50.0L120.0 25.0L-20.0 25.0L-20.0 0.0L0.0 0.0";
        assert_eq!(Course::Stepped.path(to, from), back);
        let rounded = "M0.0 0.0L45.0 0.0Q50.0 0.0 50.0 5.0L50.0 45.0Q50.0 50.0 55.0 50.0L100.0 50.0";
        assert_eq!(Course::Rounded.path(from, to), rounded);
        // Where there is no room to turn, nothing turns.
        assert!(Course::Rounded.path(from, at(100.0, 0.0)).ends_with("L100.0 0.0"));
        assert!(!Course::Rounded.path(from, at(100.0, 0.0)).contains("NaN"));
    }

    #[test]
    fn a_cut_crosses_what_is_in_its_way() {
        let (from, to) = (at(0.0, 0.0), at(200.0, 100.0));
        for course in Course::ALL {
            assert!(course.crosses(from, to, (at(90.0, 60.0), at(110.0, 40.0))), "{course:?}");
            assert!(!course.crosses(from, to, (at(-20.0, -50.0), at(-20.0, 150.0))), "{course:?}");
        }
        // Only what goes straight passes there.
        let corner = (at(40.0, 30.0), at(60.0, 20.0));
        assert!(Course::Straight.crosses(from, to, corner));
        assert!(!Course::Stepped.crosses(from, to, corner));
    }

    proptest! {
        #[test]
        fn every_course_passes_through_the_middle(x in -500.0..500.0, y in -500.0..500.0) {
            let (from, to) = (at(0.0, 0.0), at(x, y));
            let half = middle(from, to);
            let about = (at(half.x - 0.5, half.y - 0.37), at(half.x + 0.5, half.y + 0.37));
            let other = (at(half.x - 0.5, half.y + 0.37), at(half.x + 0.5, half.y - 0.37));
            for course in Course::ALL {
                prop_assert!(course.crosses(from, to, about) || course.crosses(from, to, other), "{course:?}");
            }
        }
    }
}
