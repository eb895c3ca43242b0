//! What each command does, and whether it can be done now.

use flow::address::name;
use leptos::prelude::*;

use super::command::{Command, Needs};
use super::course::Course;
use super::geometry::Rect;
use super::menu::Menu;
use super::stage::Stage;
use super::viewport::{STEP, Viewport};
use super::wishes::{Background, Wheel, after};
use crate::editor::clipboard::How;
use crate::editor::document::addresses;
use crate::editor::selection::Selection;
use crate::editor::{arrange, change, given, group, note, splice, walk};
use crate::ui::browser;
use crate::ui::format::count;

impl Stage {
    /// Does it, where it can be done; says why where the canvas is locked.
    pub fn run(self, command: Command) {
        if command.moves() && self.wishes.get_untracked().locked {
            return self.say_locked();
        }
        if !self.is_possible(command) {
            return;
        }
        match command {
            Command::Run => self.reach(|reach| reach.run.run(())),
            Command::RunNode => self.run_part(false),
            Command::RunFromNode => self.run_part(true),
            Command::Undo => self.editor.undo(),
            Command::Redo => self.editor.redo(),
            Command::AddNode => self.menu.set(Some(Menu::add_anywhere(self))),
            Command::AddNote => self.add_note(),
            Command::Rename => self.rename(),
            Command::Connect => self.connect_by_list(),
            Command::Copy => drop(self.copy()),
            Command::Cut => {
                if self.copy() {
                    self.delete();
                }
            }
            Command::Paste => self.paste(How::default()),
            Command::PasteWired => self.paste(How { wired: true, ..How::default() }),
            Command::Duplicate => self.duplicate(),
            Command::Delete => self.delete(),
            Command::DeleteAndHeal => self.heal(),
            // A loop stands for what is inside it.
            Command::SelectAll => {
                let all = self.editor.look(|d| addresses(&d.definition, ""));
                self.editor.select(Selection::nodes(all));
            }
            Command::SelectUpstream => self.select_reach(false),
            Command::SelectDownstream => self.select_reach(true),
            Command::Group => self.group(),
            Command::Ungroup => self.ungroup(),
            Command::Collapse => self.collapse(),
            Command::CollapseNode => self.collapse_nodes(),
            Command::Disable => self.disable(),
            Command::NextColour => self.next_colour(),
            Command::Align(how) => {
                self.arrange(command, |document, nodes| arrange::align(document, nodes, how))
            }
            Command::Distribute { across } => {
                self.arrange(command, |document, nodes| arrange::distribute(document, nodes, across));
            }
            Command::Tidy => {
                self.arrange(command, |document, _| change::tidy(document));
                self.fit();
            }
            Command::TidySelection => self.arrange(command, arrange::tidy),
            Command::ZoomIn => self.zoom(STEP),
            Command::ZoomOut => self.zoom(1.0 / STEP),
            Command::FullSize => self.zoom(1.0 / self.viewport.with_untracked(|viewport| viewport.zoom)),
            Command::Fit => self.fit(),
            Command::FitSelection => self.fit_selection(),
            Command::Find => self.finding.set(true),
            Command::Palette => self.menu.set(Some(Menu::commands(self))),
            Command::SearchNodes => browser::focus_now("#palette-search"),
            Command::Outline => self.outline.update(|open| *open = !*open),
            Command::ExportSvg => self.export_svg(),
            Command::ExportPng => self.export_png(),
            Command::Sheet => self.sheet.set(true),
            Command::Lock
            | Command::SwapDrag
            | Command::PartialMarquee
            | Command::Wheel
            | Command::Grid
            | Command::Guides
            | Command::Push
            | Command::Near
            | Command::Background
            | Command::Course => self.wish(command),
        }
    }

    /// Whether what is selected lets it be done.
    pub fn is_possible(self, command: Command) -> bool {
        self.editor.selection.with_untracked(|selection| match command.needs() {
            Needs::Nothing => true,
            Needs::Selection => !selection.is_empty(),
            Needs::Nodes(least) => selection.outermost().len() >= least,
            Needs::OneNode => selection.only_node().is_some(),
            Needs::NodeAlone => selection.only_node().is_some_and(|node| {
                self.editor.look(|document| given::runs_alone(&document.definition, node))
            }),
            Needs::Group => !self.groups_selected().is_empty(),
            Needs::Tinted => !selection.notes.is_empty() || !self.groups_selected().is_empty(),
        })
    }

    fn wish(self, command: Command) {
        self.wishes.update(|wishes| match command {
            Command::Lock => wishes.locked = !wishes.locked,
            Command::SwapDrag => wishes.marquee = !wishes.marquee,
            Command::PartialMarquee => wishes.partial = !wishes.partial,
            Command::Grid => wishes.off_grid = !wishes.off_grid,
            Command::Guides => wishes.no_guides = !wishes.no_guides,
            Command::Push => wishes.push = !wishes.push,
            Command::Near => wishes.near = !wishes.near,
            Command::Background => wishes.background = after(Background::ALL, wishes.background),
            Command::Course => wishes.course = after(Course::ALL, wishes.course),
            _ => wishes.wheel = after(Wheel::ALL, wishes.wheel),
        });
        let wishes = self.wishes.get_untracked();
        self.editor.say(match (command, wishes) {
            (Command::Lock, wishes) if wishes.locked => "Locked: nothing moves or connects",
            (Command::Lock, _) => "Unlocked",
            (Command::SwapDrag, wishes) if wishes.marquee => "A drag selects; Space and drag pans",
            (Command::SwapDrag, _) => "A drag pans; Shift and drag selects",
            (Command::PartialMarquee, wishes) if wishes.partial => "A marquee takes what it touches",
            (Command::PartialMarquee, _) => "A marquee takes what it holds whole",
            (Command::Grid, wishes) if wishes.off_grid => "Nothing snaps to the grid",
            (Command::Grid, _) => "What is dragged snaps to the grid",
            (Command::Guides, wishes) if wishes.no_guides => "Nothing snaps to other nodes' lines",
            (Command::Guides, _) => "What is dragged snaps to other nodes' lines",
            (Command::Push, wishes) if wishes.push => "Nodes make room for what is dropped on them",
            (Command::Push, _) => "Nodes stay where something is dropped on them",
            (Command::Near, wishes) if wishes.near => "A node that is dragged near another is connected",
            (Command::Near, _) => "Only wires connect",
            (Command::Background, wishes) => wishes.background.words(),
            (Command::Course, wishes) => wishes.course.words(),
            (_, wishes) => wishes.wheel.words(),
        });
    }

    fn run_part(self, following: bool) {
        if let Some(node) = self.editor.selection.with_untracked(|s| s.only_node().cloned()) {
            self.reach(|reach| reach.run_part.run((node, following)));
        }
    }

    fn rename(self) {
        let card = self.editor.selection.with_untracked(|s| s.only_node().cloned());
        if let Some(card) = card.and_then(|node| self.editor.card(&node)) {
            self.renaming.set(Some(card.id));
        }
    }

    fn connect_by_list(self) {
        if let Some(node) = self.editor.selection.with_untracked(|selection| selection.only_node().cloned()) {
            self.menu.set(Some(Menu::ports(self, &node)));
        }
    }

    fn select_reach(self, forth: bool) {
        let Some(node) = self.editor.selection.with_untracked(|s| s.only_node().cloned()) else { return };
        let found = self.editor.look(|document| walk::reach(document, &node, forth));
        self.editor.say(format!("{} selected", count(found.len() as u64, "node")));
        self.editor.select(Selection::nodes(found));
    }

    /// Removes the selected nodes, and leads what came to them on to where they led.
    fn heal(self) {
        let nodes = self.editor.selection.with_untracked(Selection::outermost);
        let label = format!("Delete {} and connect what is left", count(nodes.len() as u64, "node"));
        match self.editor.change(&label, |document| splice::heal(document, &nodes)) {
            Some(reason) => self.refuse(reason),
            None => self.editor.say("Deleted, and what is left is connected"),
        }
        self.focus_pane();
    }

    fn arrange(self, command: Command, by: impl FnOnce(&mut crate::editor::document::Document, &[String])) {
        let nodes = self.editor.selection.with_untracked(Selection::outermost);
        let cards = self.editor.cards.get_untracked();
        let before = cards.into_iter().map(|card| (card, card.place.get_untracked())).collect();
        self.editor.change(command.label(), |document| by(document, &nodes));
        self.editor.say(match command {
            Command::Tidy => "Tidied up".to_owned(),
            _ => format!("{} done for {}", command.label(), count(nodes.len() as u64, "node")),
        });
        self.glide(before);
    }

    fn add_note(self) {
        let middle = self.middle();
        let at = flow::extensions::Position {
            x: flow::layout::snap(middle.x - note::SIZE.0 / 2.0),
            y: flow::layout::snap(middle.y - note::SIZE.1 / 2.0),
        };
        self.add_note_at(at);
    }

    /// Adds a note with its corner there, and lets one type into it.
    pub(super) fn add_note_at(self, at: flow::extensions::Position) {
        let id = self.editor.change("Add a note", |document| note::add(document, at));
        self.editor.select(Selection::note(&id));
        self.editor.say("Added a note. Type its text; Escape ends it.");
        self.writing.set(Some(id));
    }

    fn group(self) {
        let nodes = self.editor.selection.with_untracked(Selection::outermost);
        let Some(id) = self.editor.change("Group", |document| group::group(document, &nodes)) else {
            return self.editor.say("These nodes are a group already");
        };
        let selection = self.editor.look(|document| Selection::group(document, &id));
        self.editor.select(selection);
        self.editor.say(format!("Grouped {}", count(nodes.len() as u64, "node")));
    }

    /// The selected groups, else the innermost ones of the selected nodes.
    pub(super) fn groups_selected(self) -> Vec<String> {
        self.editor.selection.with_untracked(|selection| match selection.groups.is_empty() {
            false => selection.groups.iter().cloned().collect(),
            true => self.editor.look(|document| group::of(document, &selection.outermost())),
        })
    }

    fn ungroup(self) {
        let ids = self.groups_selected();
        self.editor.change("Ungroup", |document| group::ungroup(document, &ids));
        self.editor.say("Ungrouped");
    }

    fn collapse(self) {
        let ids = self.groups_selected();
        self.editor.change("Collapse", |document| {
            for id in &ids {
                group::edit(document, id, |group| group.collapsed = !group.collapsed);
            }
        });
        let collapsed = ids.first().and_then(|id| self.editor.group(id));
        let collapsed = collapsed.is_some_and(|group| group.group.with_untracked(|group| group.collapsed));
        self.editor.say(if collapsed { "Collapsed" } else { "Opened" });
    }

    fn collapse_nodes(self) {
        let nodes = self.editor.selection.with_untracked(Selection::outermost);
        let collapsed = self.editor.change("Collapse", |document| change::collapse(document, &nodes));
        self.editor.say(if collapsed { "Collapsed" } else { "Opened" });
    }

    fn disable(self) {
        let nodes = self.editor.selection.with_untracked(Selection::outermost);
        let (disabled, unable) = self.editor.change("Disable", |document| change::disable(document, &nodes));
        if let Some(unable) = unable {
            return self.refuse(format!("{} always runs: nothing begins or ends without it.", name(&unable)));
        }
        let what = count(nodes.len() as u64, "node");
        self.editor.say(match disabled {
            true => format!("Disabled {what}: runs skip it, and what needs it"),
            false => format!("Enabled {what}"),
        });
    }

    fn next_colour(self) {
        let notes = self.editor.selection.with_untracked(|selection| selection.notes.clone());
        let groups = if notes.is_empty() { self.groups_selected() } else { Vec::new() };
        let color = self.editor.change("Colour", |document| {
            let mut last = None;
            for id in &notes {
                note::edit(document, id, |note| {
                    note.color = note.color.next();
                    last = Some(note.color);
                });
            }
            for id in &groups {
                group::edit(document, id, |group| {
                    group.color = group.color.next();
                    last = Some(group.color);
                });
            }
            last
        });
        if let Some(color) = color {
            self.editor.say(format!("Now {}", color.name()));
        }
    }

    fn fit_selection(self) {
        self.measure();
        if let Some(around) = self.selected_rect() {
            self.travel(Viewport::fit(around, self.size.get_untracked()));
        }
    }

    /// What is around the selected nodes and notes.
    pub(super) fn selected_rect(self) -> Option<Rect> {
        let nodes = self.editor.selection.with_untracked(Selection::outermost);
        let cards = nodes.iter().filter_map(|node| self.editor.card(node));
        let nodes = cards.map(|card| Rect::of(card.place.get_untracked(), card.size.get_untracked()));
        let notes = self.editor.selection.with_untracked(|selection| selection.notes.clone());
        let notes = notes.iter().filter_map(|id| self.editor.note(id));
        let notes = notes.map(|note| Rect::of(note.place.get_untracked(), note.size.get_untracked()));
        Rect::around(nodes.chain(notes))
    }

    /// For the announcement when a node takes the focus of what was found.
    pub(super) fn show(self, address: &str) {
        self.bring(address);
        self.editor.say(name(address).to_owned());
    }
}
