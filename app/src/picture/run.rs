//! What a run did, on the picture of the flow.

use std::collections::HashMap;

use flow::trace::{Row, State, Trace};

use super::{Drawing, Mark, Marks};
use crate::editor::folds::{Chosen, shown};

/// How every node stands, in the items and rounds that are chosen, and which wires were taken.
pub fn marks_of_run(drawing: &Drawing, trace: &Trace, chosen: &Chosen) -> Marks {
    let rows: HashMap<&str, &Row> = drawing
        .blocks
        .iter()
        .filter_map(|block| Some((block.address.as_str(), shown(trace, &block.address, chosen)?)))
        .collect();
    let nodes = rows.iter().map(|(address, row)| ((*address).to_owned(), mark(row))).collect();
    let lines = drawing.lines.iter().filter_map(|line| {
        let (source, target) = (rows.get(line.source.as_str())?, rows.get(line.target.as_str()));
        let other_branch = line.branch.is_some() && source.branch.is_some() && line.branch != source.branch;
        let class = match (source.state, target.map(|target| target.state)) {
            (State::Skipped, _) | (_, Some(State::Skipped)) => "off",
            _ if other_branch => "off",
            (State::Ok | State::Given, Some(State::Running)) => "live",
            (State::Ok | State::Given, Some(_)) => "done",
            _ => return None,
        };
        Some((line.ends.clone(), class))
    });
    Marks { nodes, lines: lines.collect() }
}

fn mark(row: &Row) -> Mark {
    let (class, sign, words) = match row.state {
        State::Running => ("run", "…", "running"),
        State::Waiting => ("wait", "?", "waits for an answer"),
        State::Ok => ("ok", "✓", "succeeded"),
        State::Given => ("given", "=", "given, not run"),
        State::Failed => ("bad", "!", "failed"),
        State::Skipped => ("skipped", "–", "not taken"),
        State::Stopped => ("skipped", "■", "stopped"),
        State::Lost => ("skipped", "?", "not known"),
    };
    let words = match row.duration().filter(|_| row.state == State::Ok) {
        Some(duration) => format!("{words}, {duration}"),
        None => words.to_owned(),
    };
    Mark { class, sign, words }
}
