//! A single node that is dragged near another gets a connection to it, where a person wants that: shown dashed while it
//! is near, made where it is dropped.

use flow::address::place;
use flow::extensions::Position;
use flow::layout::{self, Row};
use leptos::prelude::*;

use super::geometry::distance;
use super::stage::Stage;
use crate::editor::connect::{self, Link, Target};
use crate::editor::document::Port;
use crate::editor::session::Card;

/// From how near, between two handles in flow units.
const NEAR: f64 = 150.0;
/// How many of the nearest pairs are tried.
const TRIES: usize = 8;

/// A connection that a dragged node would get.
#[derive(Clone, Debug, PartialEq)]
pub struct Near {
    pub link: Link,
    /// From an output to an input.
    pub from: Position,
    pub to: Position,
}

impl Stage {
    /// The connection that this node would get where it is now: between the two handles that are nearest to each other
    /// of those that fit.
    pub(super) fn nearest(self, dragged: Card) -> Option<Near> {
        let owner = dragged.name();
        let beside =
            |card: &Card| *card != dragged && card.is_shown() && place(&card.name()) == place(&owner);
        let others = self.editor.cards.get_untracked().into_iter().filter(beside);
        let mut pairs: Vec<(f64, Port, Port, Position, Position)> = others
            .flat_map(|other| {
                let forth = pairs(dragged, other);
                forth.into_iter().chain(pairs(other, dragged))
            })
            .collect();
        pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
        self.editor.look(|document| {
            pairs.into_iter().take(TRIES).find_map(|(_, from, to, start, end)| {
                let link = connect::link(document, &from, &Target::Port(to), None).ok()?;
                Some(Near { link, from: start, to: end })
            })
        })
    }

    /// Shows the connection, or none.
    pub(super) fn show_near(self, near: Option<Near>) {
        if self.near.with_untracked(|old| *old != near) {
            self.near.set(near);
        }
    }
}

/// The outputs of one card with the inputs of another, where they are near.
fn pairs(source: Card, target: Card) -> Vec<(f64, Port, Port, Position, Position)> {
    let rows = |card: Card| card.node.with_untracked(layout::rows);
    let handle = |card: Card, row: &Row| untrack(|| card.handle(row));
    let ends: Vec<(Row, Position)> = rows(target)
        .into_iter()
        .filter(|row| matches!(row, Row::Input(_)))
        .map(|row| (row.clone(), handle(target, &row)))
        .collect();
    let mut found = Vec::new();
    for row in rows(source).into_iter().filter(|row| matches!(row, Row::Output(_))) {
        let start = handle(source, &row);
        for (input, end) in &ends {
            let away = distance(start, *end);
            if away <= NEAR {
                let (from, to) =
                    (Port::new(&source.name(), row.clone()), Port::new(&target.name(), input.clone()));
                found.push((away, from, to, start, *end));
            }
        }
    }
    found
}
