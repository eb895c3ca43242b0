//! Drawing wires, one or several together, and leading their ends elsewhere.

use flow::address::{join, place};
use flow::extensions::Position;
use flow::layout;
use leptos::prelude::*;

use super::menu::Menu;
use super::stage::{Loose, Stage};
use super::target;
use crate::editor::connect::{self, Link, Target};
use crate::editor::document::{Document, Port, source_port};
use crate::editor::joins;
use crate::editor::session::Card;
use crate::editor::strands::{self, Strand};
use crate::ui::format::count;

impl Stage {
    /// From a connected input, its wire is taken off and goes on from its source.
    pub(super) fn start_wire(self, port: Port) {
        let (from, moved) = self.editor.look(|document| match &port.row {
            layout::Row::Input(input) => document
                .into_input(&port.node, input)
                .and_then(|connection| {
                    let owner = place(&port.node);
                    Some((source_port(connection, owner)?, Some(join(owner, &connection.name))))
                })
                .unwrap_or((port.clone(), None)),
            _ => (port.clone(), None),
        });
        let start = self.editor.look(|document| target::handle(document, &from)).unwrap_or_default();
        self.wire.set(Some(Loose::at(from, start, moved)));
    }

    /// Draws a wire from each selected node, or takes all that are at the port to another.
    pub(super) fn start_wires(self, port: &Port) {
        let selection = self.editor.selection.get_untracked();
        self.hold(self.editor.look(|document| strands::at_port(document, port, &selection)));
    }

    /// Takes all selected connections off at the same ends.
    pub(super) fn take_ends(self, connection: &str, begins: bool) {
        let selection = self.editor.selection.get_untracked();
        self.hold(self.editor.look(|document| strands::at_ends(document, connection, begins, &selection)));
    }

    fn hold(self, strands: Vec<Strand>) {
        let begin = |strand: Strand| {
            let start = self.editor.look(|document| target::handle(document, &strand.from))?;
            Some((strand, start))
        };
        let mut held = strands.into_iter().filter_map(begin);
        let Some((Strand { from, moved }, start)) = held.next() else { return };
        self.wire.set(Some(Loose { others: held.collect(), ..Loose::at(from, start, moved) }));
    }

    /// Takes a connection off at its beginning, to go on from its end, or the other way round.
    pub(super) fn take_end(self, connection: &str, begins: bool) {
        let owner = place(connection);
        let found = self.editor.look(|document| {
            let taken = document.connection(connection)?;
            let from = match (begins, taken.data()) {
                (false, _) => source_port(taken, owner)?,
                (true, data) => {
                    Port::new(&join(owner, &taken.target), layout::Row::Input(data?.target_input.clone()))
                }
            };
            let start = target::handle(document, &from)?;
            Some((from, start))
        });
        if let Some((from, start)) = found {
            let moved = Some(connection.to_owned());
            self.wire.set(Some(Loose::at(from, start, moved)));
        }
    }

    pub(super) fn wire_to(self, at: Position) {
        let at = self.viewport.get_untracked().to_flow(at);
        let Some(mut loose) = self.wire.get_untracked() else { return };
        self.editor.look(|document| {
            let target = self.aimed(document, &loose, at);
            if !loose.others.is_empty() {
                loose.verdict = target.as_ref().map(|target| several(document, &loose, target));
                let lands = matches!(loose.verdict, Some(Ok(_)));
                let end =
                    target.filter(|_| lands).and_then(|target| target::end(document, &target, &loose.from));
                loose.end = end.unwrap_or(at);
                return;
            }
            loose.verdict = target
                .as_ref()
                .map(|target| connect::link(document, &loose.from, target, loose.moved.as_deref()));
            loose.taken = match (&target, &loose.verdict) {
                (Some(target), Some(Err(_))) => {
                    joins::aim(document, &loose.from, target, loose.moved.as_deref())
                }
                _ => None,
            };
            let end = match &loose.verdict {
                Some(Ok(_)) => target.as_ref(),
                _ => loose.taken.as_ref(),
            };
            let snapped = end.and_then(|end| target::end(document, end, &loose.from));
            loose.end = snapped.unwrap_or(at);
        });
        if self.wire.with_untracked(|old| old.as_ref() != Some(&loose)) {
            self.wire.set(Some(loose));
        }
    }

    /// What the loose end is near, at a point of the canvas in flow units.
    fn aimed(self, document: &Document, loose: &Loose, at: Position) -> Option<Target> {
        let zoom = self.viewport.with_untracked(|viewport| viewport.zoom);
        target::find(document, &loose.from, at, zoom, |name| self.below(name))
    }

    /// How much taller a card is by what is said below it.
    fn below(self, name: &str) -> f64 {
        let issue = untrack(|| self.editor.card(name).and_then(Card::issue));
        issue.map_or(0.0, |issue| target::strip(&issue))
    }

    pub(super) fn drop_wire(self, at: Position) {
        self.wire_to(at);
        let Some(loose) = self.wire.try_update(Option::take).flatten() else { return };
        if !loose.others.is_empty() {
            return self.drop_wires(&loose, at);
        }
        match &loose.verdict {
            Some(Ok(link)) => self.connect(link, loose.moved.as_deref()),
            Some(Err(reason)) => match Menu::join(self, at, &loose) {
                Some(menu) => self.menu.set(Some(menu)),
                None => self.editor.say(reason.clone()),
            },
            // A connection that was taken off stays as it was.
            None if loose.moved.is_some() => {}
            None => self.menu.set(Some(Menu::quick_add(self, at, Some(loose.from)))),
        }
    }
    /// Leads all of them to where they were dropped; one step of undo.
    fn drop_wires(self, loose: &Loose, at: Position) {
        let at = self.viewport.get_untracked().to_flow(at);
        let Some(target) = self.editor.look(|document| self.aimed(document, loose, at)) else {
            return self.editor.say("Nothing was connected. Drop several wires on a port or a node.");
        };
        let all = loose.strands();
        let label = if loose.moved.is_some() { "Move the connections" } else { "Connect" };
        let led = self.editor.change(label, |document| strands::lead(document, &all, &target));
        match (led.made.len(), led.reason) {
            (0, Some(reason)) => self.editor.say(reason),
            (made, None) => self.editor.say(format!("Connected {}", count(made as u64, "wire"))),
            (made, Some(reason)) => {
                self.refuse(format!("Connected {made} of {}. {reason}", all.len()));
            }
        }
    }
}

impl Loose {
    fn at(from: Port, start: Position, moved: Option<String>) -> Self {
        Self { from, start, end: start, verdict: None, taken: None, moved, others: Vec::new() }
    }

    fn strands(&self) -> Vec<Strand> {
        let first = Strand { from: self.from.clone(), moved: self.moved.clone() };
        std::iter::once(first).chain(self.others.iter().map(|(strand, _)| strand.clone())).collect()
    }
}

/// Whether any of several wires can end there.
fn several(document: &Document, loose: &Loose, target: &Target) -> Result<Link, String> {
    let led = strands::lead(&mut document.clone(), &loose.strands(), target);
    led.made.into_iter().next().ok_or_else(|| led.reason.unwrap_or_default())
}
