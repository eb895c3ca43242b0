//! What can be done on the canvas, by name: the keys, the menus, the palette of commands and the sheet of shortcuts all
//! show this one list.

use crate::editor::arrange::Align;

/// Something that can be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    Run,
    Undo,
    Redo,
    AddNode,
    AddNote,
    Rename,
    Connect,
    Copy,
    Cut,
    Paste,
    Duplicate,
    Delete,
    DeleteAndHeal,
    SelectAll,
    SelectUpstream,
    SelectDownstream,
    Group,
    Ungroup,
    Collapse,
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
    Group,
    /// A group or a note.
    Tinted,
}

impl Command {
    pub const ALL: [Self; 46] = [
        Self::AddNode,
        Self::AddNote,
        Self::Rename,
        Self::Connect,
        Self::Copy,
        Self::Cut,
        Self::Paste,
        Self::Duplicate,
        Self::Delete,
        Self::DeleteAndHeal,
        Self::SelectAll,
        Self::SelectUpstream,
        Self::SelectDownstream,
        Self::Group,
        Self::Ungroup,
        Self::Collapse,
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
        Self::Find,
        Self::Palette,
        Self::SearchNodes,
        Self::Outline,
        Self::ExportSvg,
        Self::ExportPng,
        Self::Run,
        Self::Sheet,
    ];

    pub fn label(self) -> &'static str {
        match self {
            Self::Run => "Run",
            Self::Undo => "Undo",
            Self::Redo => "Redo",
            Self::AddNode => "Add a node…",
            Self::AddNote => "Add a note",
            Self::Rename => "Rename",
            Self::Connect => "Connect…",
            Self::Copy => "Copy",
            Self::Cut => "Cut",
            Self::Paste => "Paste",
            Self::Duplicate => "Duplicate",
            Self::Delete => "Delete",
            Self::DeleteAndHeal => "Delete, and connect what is left",
            Self::SelectAll => "Select all",
            Self::SelectUpstream => "Select what leads here",
            Self::SelectDownstream => "Select what follows",
            Self::Group => "Group",
            Self::Ungroup => "Ungroup",
            Self::Collapse => "Collapse or open the group",
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
            Self::Find => "Find…",
            Self::Palette => "All commands…",
            Self::SearchNodes => "Search the palette",
            Self::Outline => "Show or hide the outline",
            Self::ExportSvg => "Export as SVG",
            Self::ExportPng => "Export as PNG",
            Self::Sheet => "Shortcuts",
        }
    }

    /// Its keys as people read them; empty where it has none.
    pub fn keys(self) -> &'static str {
        match self {
            Self::Run => "Ctrl Enter",
            Self::Undo => "Ctrl Z",
            Self::Redo => "Ctrl Shift Z, Ctrl Y",
            Self::AddNode => "Tab",
            Self::AddNote => "N",
            Self::Rename => "F2",
            Self::Connect => "C",
            Self::Copy => "Ctrl C",
            Self::Cut => "Ctrl X",
            Self::Paste => "Ctrl V",
            Self::Duplicate => "Ctrl D",
            Self::Delete => "Delete, Backspace",
            Self::DeleteAndHeal => "Ctrl Delete",
            Self::SelectAll => "Ctrl A",
            Self::SelectUpstream => "Shift ←",
            Self::SelectDownstream => "Shift →",
            Self::Group => "Ctrl G",
            Self::Ungroup => "Ctrl Shift G",
            Self::Collapse => "Alt C",
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
            | Self::ExportSvg
            | Self::ExportPng => "",
        }
    }

    pub fn needs(self) -> Needs {
        match self {
            Self::Rename | Self::Connect | Self::SelectUpstream | Self::SelectDownstream => Needs::OneNode,
            Self::Copy | Self::Cut | Self::Duplicate | Self::DeleteAndHeal | Self::Group => Needs::Nodes(1),
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

    /// The command of these keys.
    pub fn of(stroke: &Stroke) -> Option<Self> {
        let Stroke { key, code, control, shift, alt } = *stroke;
        let key = key.to_lowercase();
        Some(match (control, alt, shift, key.as_str()) {
            (true, false, false, "enter") => Self::Run,
            (true, false, true, "z") | (true, false, false, "y") => Self::Redo,
            (true, false, false, "z") => Self::Undo,
            (true, false, false, "a") => Self::SelectAll,
            (true, false, false, "c") => Self::Copy,
            (true, false, false, "x") => Self::Cut,
            (true, false, _, "v") => Self::Paste,
            (true, false, false, "d") => Self::Duplicate,
            (true, false, false, "g") => Self::Group,
            (true, false, true, "g") => Self::Ungroup,
            (true, false, false, "f") => Self::Find,
            (true, false, false, "k") => Self::Palette,
            (true, false, _, "=" | "+") => Self::ZoomIn,
            (true, false, _, "-") => Self::ZoomOut,
            (true, false, false, "0") => Self::FullSize,
            (true, false, false, "1") => Self::Fit,
            (true, false, false, "delete" | "backspace") => Self::DeleteAndHeal,
            (false, false, true, _) if code == "Digit1" => Self::Fit,
            (false, false, true, _) if code == "Digit2" => Self::FitSelection,
            (false, false, true, "arrowleft") => Self::SelectUpstream,
            (false, false, true, "arrowright") => Self::SelectDownstream,
            (false, true, false, _) if code == "KeyC" => Self::Collapse,
            (false, true, false, _) if code == "KeyT" => Self::TidySelection,
            (false, true, true, _) if code == "KeyT" => Self::Tidy,
            (false, false, _, "?") => Self::Sheet,
            (false, false, _, "/") => Self::SearchNodes,
            (false, false, false, "delete" | "backspace") => Self::Delete,
            (false, false, false, "f2") => Self::Rename,
            (false, false, false, "tab") => Self::AddNode,
            (false, false, false, "c") => Self::Connect,
            (false, false, false, "n") => Self::AddNote,
            (false, false, false, "l") => Self::Lock,
            (false, false, false, "m") => Self::SwapDrag,
            (false, false, false, "o") => Self::Outline,
            _ => return None,
        })
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
    fn every_key_that_is_shown_does_what_it_says() {
        for command in Command::ALL {
            for keys in command.keys().split(", ").filter(|keys| !keys.is_empty()) {
                let mut stroke = Stroke::default();
                for part in keys.split(' ') {
                    match part {
                        "Ctrl" => stroke.control = true,
                        "Shift" => stroke.shift = true,
                        "Alt" => stroke.alt = true,
                        "←" => stroke.key = "ArrowLeft",
                        "→" => stroke.key = "ArrowRight",
                        "−" => stroke.key = "-",
                        key => stroke.key = key,
                    }
                }
                let code = match stroke.key {
                    digit if digit.chars().all(|c| c.is_ascii_digit()) => format!("Digit{digit}"),
                    letter => format!("Key{letter}"),
                };
                assert_eq!(Command::of(&Stroke { code: &code, ..stroke }), Some(command), "{keys}");
            }
        }
    }

    #[test]
    fn no_two_are_called_the_same() {
        let labels: HashSet<&str> = Command::ALL.iter().map(|command| command.label()).collect();
        assert_eq!(labels.len(), Command::ALL.len());
    }
}
