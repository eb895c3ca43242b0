//! What can be done on the canvas, by name: the keys, the menus, the palette of commands and the sheet of shortcuts all
//! show this one list.

use crate::editor::arrange::Align;

/// Something that can be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    Run,
    RunNode,
    RunFromNode,
    Undo,
    Redo,
    AddNode,
    AddNote,
    Rename,
    Connect,
    Copy,
    Cut,
    Paste,
    PasteWired,
    Duplicate,
    Delete,
    DeleteAndHeal,
    SelectAll,
    SelectUpstream,
    SelectDownstream,
    Group,
    Ungroup,
    Collapse,
    CollapseNode,
    Disable,
    NextColour,
    Align(Align),
    Distribute { across: bool },
    Tidy,
    TidySelection,
    ZoomIn,
    ZoomOut,
    FullSize,
    Fit,
    FitSelection,
    Lock,
    SwapDrag,
    PartialMarquee,
    Wheel,
    Grid,
    Guides,
    Push,
    Near,
    Background,
    Course,
    Find,
    Palette,
    SearchNodes,
    Outline,
    ExportSvg,
    ExportPng,
    Sheet,
}

/// What a command acts on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    Nothing,
    /// Anything that is selected.
    Selection,
    /// So many nodes.
    Nodes(usize),
    /// Exactly one node.
    OneNode,
    /// Exactly one node, which is not a part of what runs for each item or round.
    NodeAlone,
    Group,
    /// A group or a note.
    Tinted,
}

impl Command {
    pub const ALL: [Self; 57] = [
        Self::AddNode,
        Self::AddNote,
        Self::Rename,
        Self::Connect,
        Self::Copy,
        Self::Cut,
        Self::Paste,
        Self::PasteWired,
        Self::Duplicate,
        Self::Delete,
        Self::DeleteAndHeal,
        Self::SelectAll,
        Self::SelectUpstream,
        Self::SelectDownstream,
        Self::Group,
        Self::Ungroup,
        Self::Collapse,
        Self::CollapseNode,
        Self::Disable,
        Self::NextColour,
        Self::Align(Align::Left),
        Self::Align(Align::Centre),
        Self::Align(Align::Right),
        Self::Align(Align::Top),
        Self::Align(Align::Middle),
        Self::Align(Align::Bottom),
        Self::Distribute { across: true },
        Self::Distribute { across: false },
        Self::Tidy,
        Self::TidySelection,
        Self::Undo,
        Self::Redo,
        Self::ZoomIn,
        Self::ZoomOut,
        Self::FullSize,
        Self::Fit,
        Self::FitSelection,
        Self::Lock,
        Self::SwapDrag,
        Self::PartialMarquee,
        Self::Wheel,
        Self::Grid,
        Self::Guides,
        Self::Push,
        Self::Near,
        Self::Background,
        Self::Course,
        Self::Find,
        Self::Palette,
        Self::SearchNodes,
        Self::Outline,
        Self::ExportSvg,
        Self::ExportPng,
        Self::Run,
        Self::RunNode,
        Self::RunFromNode,
        Self::Sheet,
    ];

    pub fn label(self) -> &'static str {
        match self {
            Self::Run => "Run",
            Self::RunNode => "Run this node",
            Self::RunFromNode => "Run from here",
            Self::Undo => "Undo",
            Self::Redo => "Redo",
            Self::AddNode => "Add a node…",
            Self::AddNote => "Add a note",
            Self::Rename => "Rename",
            Self::Connect => "Connect…",
            Self::Copy => "Copy",
            Self::Cut => "Cut",
            Self::Paste => "Paste",
            Self::PasteWired => "Paste, with what led there",
            Self::Duplicate => "Duplicate",
            Self::Delete => "Delete",
            Self::DeleteAndHeal => "Delete, and connect what is left",
            Self::SelectAll => "Select all",
            Self::SelectUpstream => "Select what leads here",
            Self::SelectDownstream => "Select what follows",
            Self::Group => "Group",
            Self::Ungroup => "Ungroup",
            Self::Collapse => "Collapse or open the group",
            Self::CollapseNode => "Collapse or open the node",
            Self::Disable => "Disable or enable",
            Self::NextColour => "Next colour",
            Self::Align(Align::Left) => "Align left",
            Self::Align(Align::Centre) => "Align centres",
            Self::Align(Align::Right) => "Align right",
            Self::Align(Align::Top) => "Align top",
            Self::Align(Align::Middle) => "Align middles",
            Self::Align(Align::Bottom) => "Align bottom",
            Self::Distribute { across: true } => "Distribute across",
            Self::Distribute { across: false } => "Distribute down",
            Self::Tidy => "Tidy up",
            Self::TidySelection => "Tidy up the selection",
            Self::ZoomIn => "Zoom in",
            Self::ZoomOut => "Zoom out",
            Self::FullSize => "100 %",
            Self::Fit => "Fit",
            Self::FitSelection => "Fit the selection",
            Self::Lock => "Lock or unlock the canvas",
            Self::SwapDrag => "Drag selects, or pans",
            Self::PartialMarquee => "Marquee takes what it touches, or what it holds",
            Self::Wheel => "Wheel zooms, pans, or as the device suggests",
            Self::Grid => "Snap to the grid, or not",
            Self::Guides => "Snap to other nodes' lines, or not",
            Self::Push => "Make room where a node is dropped, or not",
            Self::Near => "Connect what is dragged near, or not",
            Self::Background => "Background: dots, lines, crosses, or none",
            Self::Course => "Wires: curved, straight, or in steps",
            Self::Find => "Find…",
            Self::Palette => "All commands…",
            Self::SearchNodes => "Search the palette",
            Self::Outline => "Show or hide the outline",
            Self::ExportSvg => "Export as SVG",
            Self::ExportPng => "Export as PNG",
            Self::Sheet => "Shortcuts",
        }
    }

    /// The keys that it comes with, as people read them; empty where it has none. Which are in force, a
    /// [`Keymap`](super::keymap::Keymap) tells.
    pub fn keys(self) -> &'static str {
        match self {
            Self::Run => "Ctrl Enter",
            Self::RunNode => "R",
            Self::RunFromNode => "Shift R",
            Self::Undo => "Ctrl Z",
            Self::Redo => "Ctrl Shift Z, Ctrl Y",
            Self::AddNode => "Tab",
            Self::AddNote => "N",
            Self::Rename => "F2",
            Self::Connect => "C",
            Self::Copy => "Ctrl C",
            Self::Cut => "Ctrl X",
            Self::Paste => "Ctrl V",
            Self::PasteWired => "Ctrl Shift V",
            Self::Duplicate => "Ctrl D",
            Self::Delete => "Delete, Backspace",
            Self::DeleteAndHeal => "Ctrl Delete, Ctrl Backspace",
            Self::SelectAll => "Ctrl A",
            Self::SelectUpstream => "Shift ←",
            Self::SelectDownstream => "Shift →",
            Self::Group => "Ctrl G",
            Self::Ungroup => "Ctrl Shift G",
            Self::Collapse => "Alt C",
            Self::CollapseNode => "Alt Shift C",
            Self::Disable => "D",
            Self::Tidy => "Alt Shift T",
            Self::TidySelection => "Alt T",
            Self::ZoomIn => "Ctrl +",
            Self::ZoomOut => "Ctrl −",
            Self::FullSize => "Ctrl 0",
            Self::Fit => "Shift 1, Ctrl 1",
            Self::FitSelection => "Shift 2",
            Self::Lock => "L",
            Self::SwapDrag => "M",
            Self::Find => "Ctrl F",
            Self::Palette => "Ctrl K",
            Self::SearchNodes => "/",
            Self::Outline => "O",
            Self::Sheet => "?",
            Self::NextColour
            | Self::Align(_)
            | Self::Distribute { .. }
            | Self::PartialMarquee
            | Self::Wheel
            | Self::Grid
            | Self::Guides
            | Self::Push
            | Self::Near
            | Self::Background
            | Self::Course
            | Self::ExportSvg
            | Self::ExportPng => "",
        }
    }

    pub fn needs(self) -> Needs {
        match self {
            Self::RunNode | Self::RunFromNode => Needs::NodeAlone,
            Self::Rename | Self::Connect | Self::SelectUpstream | Self::SelectDownstream => Needs::OneNode,
            Self::Copy
            | Self::Cut
            | Self::Duplicate
            | Self::DeleteAndHeal
            | Self::Group
            | Self::Disable
            | Self::CollapseNode => Needs::Nodes(1),
            Self::Delete | Self::FitSelection => Needs::Selection,
            Self::Ungroup | Self::Collapse => Needs::Group,
            Self::NextColour => Needs::Tinted,
            Self::Align(_) | Self::TidySelection => Needs::Nodes(2),
            Self::Distribute { .. } => Needs::Nodes(3),
            _ => Needs::Nothing,
        }
    }

    /// Whether it changes where things are or how they are connected, which a locked canvas does not let it.
    pub fn moves(self) -> bool {
        matches!(
            self,
            Self::Connect | Self::Align(_) | Self::Distribute { .. } | Self::Tidy | Self::TidySelection
        )
    }
}

/// A key that was pressed, with the others that were held.
#[derive(Clone, Copy, Debug, Default)]
pub struct Stroke<'a> {
    pub key: &'a str,
    /// Where it is on the keyboard, whatever is written on it.
    pub code: &'a str,
    /// Ctrl or Cmd.
    pub control: bool,
    pub shift: bool,
    pub alt: bool,
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_two_are_called_the_same() {
        let labels: HashSet<&str> = Command::ALL.iter().map(|command| command.label()).collect();
        assert_eq!(labels.len(), Command::ALL.len());
    }
}
