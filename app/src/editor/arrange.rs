//! Putting selected nodes in order: edges in line, equal gaps, or a layout of their own. Each is one step.

use std::collections::BTreeMap;

use flow::address::{join, place as owner_of};
use flow::definition::Definition;
use flow::extensions::Position;
use flow::layout;

use super::change;
use super::document::{Document, addresses};
use crate::canvas::geometry::{Rect, distance};

/// The gap to what made room.
const GAP: f64 = 20.0;

/// What comes in line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    Left,
    Centre,
    Right,
    Top,
    Middle,
    Bottom,
}

/// A node's place and size.
type Box = (Position, (f64, f64));

/// Brings nodes in line with the outermost of them, or with the middle of all.
pub fn align(document: &mut Document, nodes: &[String], how: Align) {
    let boxes = boxes(document, nodes);
    let least = |at: fn(&Box) -> f64| boxes.iter().map(|(_, b)| at(b)).fold(f64::INFINITY, f64::min);
    let most = |at: fn(&Box) -> f64| boxes.iter().map(|(_, b)| at(b)).fold(f64::NEG_INFINITY, f64::max);
    let (left, right) = (least(|b| b.0.x), most(|b| b.0.x + b.1.0));
    let (top, bottom) = (least(|b| b.0.y), most(|b| b.0.y + b.1.1));
    let moved: Vec<(String, Position)> = boxes
        .into_iter()
        .map(|(address, (at, (width, height)))| {
            let to = match how {
                Align::Left => Position { x: left, ..at },
                Align::Centre => Position { x: (left + right - width) / 2.0, ..at },
                Align::Right => Position { x: right - width, ..at },
                Align::Top => Position { y: top, ..at },
                Align::Middle => Position { y: (top + bottom - height) / 2.0, ..at },
                Align::Bottom => Position { y: bottom - height, ..at },
            };
            (address, to)
        })
        .collect();
    change::place(document, &moved);
}

/// Gives nodes equal gaps; the outermost two stay.
pub fn distribute(document: &mut Document, nodes: &[String], across: bool) {
    let mut boxes = boxes(document, nodes);
    let begin = |b: &Box| if across { b.0.x } else { b.0.y };
    let length = |b: &Box| if across { b.1.0 } else { b.1.1 };
    boxes.sort_by(|a, b| begin(&a.1).total_cmp(&begin(&b.1)));
    let (Some(first), Some(last)) = (boxes.first(), boxes.last()) else { return };
    if boxes.len() < 3 {
        return;
    }
    let whole = begin(&last.1) + length(&last.1) - begin(&first.1);
    let filled: f64 = boxes.iter().map(|(_, b)| length(b)).sum();
    let gap = (whole - filled) / (boxes.len() - 1) as f64;
    let mut next = begin(&first.1);
    let mut moved = Vec::new();
    for (address, b) in &boxes {
        let to = if across { Position { x: next, ..b.0 } } else { Position { y: next, ..b.0 } };
        moved.push((address.clone(), to));
        next += length(b) + gap;
    }
    change::place(document, &moved);
}

/// Lays out the selected nodes of one body alone, in layers as [`layout::arrange`] does, where they stand.
pub fn tidy(document: &mut Document, nodes: &[String]) {
    let mut bodies: BTreeMap<String, Vec<&String>> = BTreeMap::new();
    for address in nodes {
        bodies.entry(owner_of(address).to_owned()).or_default().push(address);
    }
    for (owner, chosen) in bodies {
        let Some(body) = document.body(&owner) else { continue };
        let has = |name: &str| chosen.iter().any(|address| **address == join(&owner, name));
        let part = Definition {
            nodes: body.nodes.iter().filter(|node| has(&node.name)).cloned().collect::<Vec<_>>().into(),
            connections: body
                .connections
                .iter()
                .filter(|connection| has(&connection.source) && has(&connection.target))
                .cloned()
                .collect::<Vec<_>>()
                .into(),
        };
        let before: Vec<Position> = chosen.iter().map(|address| document.place(address)).collect();
        let corner = layout::corner(before.iter());
        let laid = layout::arrange(&part);
        let own = laid.iter().filter(|(address, _)| owner_of(address).is_empty());
        let from = layout::corner(own.clone().map(|(_, at)| at));
        let moved: Vec<(String, Position)> = own
            .map(|(name, at)| {
                let to = Position { x: at.x - from.0 + corner.0, y: at.y - from.1 + corner.1 };
                (join(&owner, name), to)
            })
            .collect();
        change::place(document, &moved);
    }
}

/// Lets the nodes beside these make room: each that would lie under one goes on in one direction until it lies under
/// none.
pub fn push(document: &mut Document, moved: &[String]) {
    let Some(owner) = moved.first().map(|address| owner_of(address).to_owned()) else { return };
    let Some(body) = document.body(&owner) else { return };
    let is_moved = |address: &String| moved.contains(address);
    let (mut settled, mut others): (Vec<_>, Vec<_>) = addresses(body, &owner).into_iter().partition(is_moved);
    let rect = |address: &String| Rect::of(document.place(address), document.size(address));
    let mut taken: Vec<Rect> = settled.drain(..).map(|address| rect(&address)).collect();
    let Some(middle) = Rect::around(taken.iter().copied()).map(|around| around.middle()) else { return };
    others.sort_by(|a, b| distance(rect(a).middle(), middle).total_cmp(&distance(rect(b).middle(), middle)));
    let mut places = Vec::new();
    for address in others {
        let from = rect(&address);
        let to = out_of(from, &taken);
        if to != from {
            places.push((address, Position { x: to.x, y: to.y }));
        }
        taken.push(to);
    }
    change::place(document, &places);
}

/// Where a rectangle comes to lie free of all others, in the direction in which the first of them is left soonest.
fn out_of(from: Rect, taken: &[Rect]) -> Rect {
    let in_way = |rect: &Rect| taken.iter().find(|other| other.grown(GAP - 1.0).touches(rect)).copied();
    let beyond = |rect: &Rect, other: &Rect, side: usize| match side {
        0 => Rect { x: other.x + other.width + GAP, ..*rect },
        1 => Rect { x: other.x - rect.width - GAP, ..*rect },
        2 => Rect { y: other.y + other.height + GAP, ..*rect },
        _ => Rect { y: other.y - rect.height - GAP, ..*rect },
    };
    let Some(first) = in_way(&from) else { return from };
    let length = |side: &usize| distance(beyond(&from, &first, *side).middle(), from.middle());
    let side = (0..4).min_by(|a, b| length(a).total_cmp(&length(b))).unwrap_or(0);
    let mut rect = from;
    while let Some(other) = in_way(&rect) {
        rect = beyond(&rect, &other, side);
    }
    rect
}

fn boxes(document: &Document, nodes: &[String]) -> Vec<(String, Box)> {
    let one = |address: &String| (address.clone(), (document.place(address), document.size(address)));
    nodes.iter().filter(|address| document.node(address).is_some()).map(one).collect()
}

#[cfg(test)]
mod tests {
    use flow::definition::NodeType;
    use proptest::prelude::*;

    use super::*;

    fn document(places: &[(f64, f64)]) -> (Document, Vec<String>) {
        let mut document = Document::default();
        let add = |(x, y): &(f64, f64)| {
            change::add(&mut document, NodeType::Prompt, Position { x: *x, y: *y }, "m").unwrap()
        };
        let names = places.iter().map(add).collect();
        (document, names)
    }

    proptest! {
        #[test]
        fn what_is_aligned_is_in_line_and_moves_one_way_only(places in prop::collection::vec((-900.0..900.0, -900.0..900.0), 2..7)) {
            for how in [Align::Left, Align::Centre, Align::Right, Align::Top, Align::Middle, Align::Bottom] {
                let (mut document, names) = document(&places);
                let before: Vec<Position> = names.iter().map(|name| document.place(name)).collect();
                align(&mut document, &names, how);
                let level = matches!(how, Align::Top | Align::Middle | Align::Bottom);
                let first = document.place(&names[0]);
                for (name, before) in names.iter().zip(before) {
                    let now = document.place(name);
                    // All are of one size, so that their corners tell.
                    let (in_line, kept) = if level { (now.y - first.y, now.x - before.x) } else { (now.x - first.x, now.y - before.y) };
                    prop_assert!(in_line.abs() < 1e-6 && kept.abs() < 1e-6);
                }
            }
        }

        #[test]
        fn gaps_are_equal(places in prop::collection::vec((-900.0..900.0, -900.0..900.0), 3..7), across: bool) {
            let (mut document, names) = document(&places);
            distribute(&mut document, &names, across);
            let mut at: Vec<f64> = names.iter().map(|name| document.place(name)).map(|p| if across { p.x } else { p.y }).collect();
            at.sort_by(f64::total_cmp);
            let gaps: Vec<f64> = at.windows(2).map(|two| two[1] - two[0]).collect();
            prop_assert!(gaps.iter().all(|gap| (gap - gaps[0]).abs() < 1e-6));
        }
    }

    proptest! {
        #[test]
        fn what_is_dropped_stays_and_no_other_lies_under_it_or_another(
            places in prop::collection::vec((-600.0..600.0, -600.0..600.0), 2..9), how_many in 1..3_usize,
        ) {
            let (mut document, names) = document(&places);
            let (moved, others) = names.split_at(how_many.min(names.len() - 1));
            let before: Vec<Position> = moved.iter().map(|name| document.place(name)).collect();
            push(&mut document, moved);
            prop_assert_eq!(before, moved.iter().map(|name| document.place(name)).collect::<Vec<_>>());
            let rect = |name: &String| Rect::of(document.place(name), document.size(name));
            for (at, other) in others.iter().enumerate() {
                for beside in moved.iter().chain(&others[..at]) {
                    prop_assert!(!rect(other).touches(&rect(beside)), "{other} {beside}");
                }
            }
            let once = document.clone();
            push(&mut document, moved);
            prop_assert_eq!(once, document, "who has room stays");
        }
    }

    #[test]
    fn a_part_is_laid_out_where_it_stands_and_the_rest_stays() {
        let (mut document, names) = document(&[(500.0, 300.0), (510.0, 310.0), (0.0, 0.0)]);
        tidy(&mut document, &names[..2]);
        assert_eq!(document.place(&names[0]), Position { x: 500.0, y: 300.0 });
        let second = document.place(&names[1]);
        assert!(second.x == 500.0 && second.y > 300.0 + document.size(&names[0]).1, "{second:?}");
        assert_eq!(document.place(&names[2]), Position::default());
    }
}
