//! Undo and redo: what changes did, newest last.
//!
//! Always holds: an entry is one gesture, one command or one burst of typing; saving does not touch it. Absent on
//! purpose: selection and viewport, which people do not expect undo to move.

use super::difference::Difference;
use super::document::Document;

/// How many steps are kept.
pub const STEPS: usize = 500;
/// Milliseconds of rest that end a burst of typing.
pub const BURST: f64 = 1_000.0;

/// The changes that can be taken back, and those that can be done again.
#[derive(Clone, Debug, Default)]
pub struct History {
    done: Vec<Entry>,
    undone: Vec<Entry>,
}

#[derive(Clone, Debug)]
struct Entry {
    /// What it was, for the announcement: `Move 2 nodes`.
    label: String,
    difference: Difference,
    /// Changes of one kind to one thing, in quick succession, are one entry.
    burst: Option<String>,
    at: f64,
}

impl History {
    /// Remembers a change that was just made. Returns whether there was one.
    pub fn record(
        &mut self,
        before: &Document,
        after: &Document,
        label: &str,
        burst: Option<&str>,
        now: f64,
    ) -> bool {
        let mut difference = Difference::between(before, after);
        if difference.is_empty() {
            return false;
        }
        self.undone.clear();
        if let Some(last) = self.done.last()
            && burst.is_some()
            && last.burst.as_deref() == burst
            && now - last.at <= BURST
        {
            let mut first = before.clone();
            last.difference.revert(&mut first);
            difference = Difference::between(&first, after);
            self.done.pop();
            // A burst that came back to where it began did nothing that could be taken back.
            if difference.is_empty() {
                return true;
            }
        }
        self.done.push(Entry {
            label: label.to_owned(),
            difference,
            burst: burst.map(str::to_owned),
            at: now,
        });
        if self.done.len() > STEPS {
            self.done.remove(0);
        }
        true
    }

    /// Takes the last change back, and says what it was.
    pub fn undo(&mut self, document: &mut Document) -> Option<String> {
        let mut entry = self.done.pop()?;
        entry.difference.revert(document);
        // What is done again is whole: no typing goes on in it.
        entry.at = f64::NEG_INFINITY;
        let label = entry.label.clone();
        self.undone.push(entry);
        Some(label)
    }

    /// Does the last change that was taken back again, and says what it was.
    pub fn redo(&mut self, document: &mut Document) -> Option<String> {
        let entry = self.undone.pop()?;
        entry.difference.apply(document);
        let label = entry.label.clone();
        self.done.push(entry);
        Some(label)
    }

    /// Whether the change that undo takes back was typing into this.
    pub fn undoes_typing(&self, burst: &str) -> bool {
        self.done.last().is_some_and(|entry| entry.burst.as_deref() == Some(burst))
    }

    /// Whether the change that redo does again was typing into this.
    pub fn redoes_typing(&self, burst: &str) -> bool {
        self.undone.last().is_some_and(|entry| entry.burst.as_deref() == Some(burst))
    }

    pub fn can_undo(&self) -> bool {
        !self.done.is_empty()
    }

    pub fn can_redo(&self) -> bool {
        !self.undone.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use flow::definition::NodeType;
    use flow::extensions::Position;
    use proptest::prelude::*;

    use super::*;
    use crate::editor::{change, prompt, repeat};

    fn step(document: &mut Document, at: usize, choice: u8) {
        let every = document.every_node();
        let loops = every.iter().filter(|(_, node)| node.body().is_some()).map(|(name, _)| name.clone());
        // Into the flow itself or the body of a loop, so that changes happen at every depth.
        let owners: Vec<String> = std::iter::once(String::new()).chain(loops).collect();
        let owner = owners[at % owners.len()].clone();
        let names: Vec<String> = every.into_iter().map(|(name, _)| name).collect();
        let name = names.get(at % names.len().max(1)).cloned().unwrap_or_default();
        match choice % 8 {
            0 => drop(change::add_in(document, &owner, NodeType::Prompt, Position::default(), "m")),
            6 => {
                drop(change::add_in(document, &owner, NodeType::Loop, Position { x: at as f64, y: 9.0 }, "m"))
            }
            7 => drop(repeat::add_input(document, &owner)),
            1 => drop(change::remove(document, &[name], &[])),
            2 => drop(change::rename(document, &name, &format!("Renamed{at}x"))),
            3 => change::place(document, &[(name, Position { x: at as f64, y: 1.0 })]),
            4 => prompt::set_text(document, &name, 0, &format!("{{{{v{at}}}}}"), None),
            _ => drop(change::add(document, NodeType::Condition, Position::default(), "m")),
        }
        document.settle();
    }

    proptest! {
        #[test]
        fn undo_leads_back_and_redo_forth(steps in prop::collection::vec((0..9usize, any::<u8>()), 1..60)) {
            let mut history = History::default();
            let mut document = Document::default();
            let mut seen = vec![document.clone()];
            for (at, choice) in steps {
                let before = document.clone();
                step(&mut document, at, choice);
                if history.record(&before, &document, "step", None, 0.0) {
                    seen.push(document.clone());
                }
            }
            let last = document.clone();
            for expected in seen.iter().rev().skip(1) {
                prop_assert!(history.undo(&mut document).is_some());
                prop_assert_eq!(&document, expected);
            }
            prop_assert!(!history.can_undo());
            while history.redo(&mut document).is_some() {}
            prop_assert_eq!(document, last);
        }
    }

    #[test]
    fn a_burst_is_one_entry_and_two_hundred_steps_are_kept() {
        let mut history = History::default();
        let mut document = Document::default();
        let name = change::add(&mut document, NodeType::Prompt, Position::default(), "m").unwrap();
        let mut type_in = |history: &mut History, text: &str, now: f64| {
            let before = document.clone();
            prompt::set_text(&mut document, &name, 0, text, None);
            history.record(&before, &document, "Edit", Some("prompt"), now);
        };
        for (at, text) in ["a", "ab", "abc"].into_iter().enumerate() {
            type_in(&mut history, text, at as f64 * 300.0);
        }
        assert_eq!(history.done.len(), 1);
        type_in(&mut history, "abcd", 5_000.0);
        assert_eq!(history.done.len(), 2);
        type_in(&mut history, "abc", 5_300.0);
        assert_eq!(history.done.len(), 1, "a burst that came back to its start is no step");
        type_in(&mut history, "abcd", 9_000.0);
        assert_eq!(history.done.len(), 2);
        for at in 0..300 {
            type_in(&mut history, &format!("{at}"), 10_000.0 * f64::from(at + 2));
        }
        assert!(history.done.len() >= 200);
    }

    #[test]
    fn a_field_knows_its_own_typing_in_the_history() {
        let mut history = History::default();
        let mut document = Document::default();
        let name = change::add(&mut document, NodeType::Prompt, Position::default(), "m").unwrap();
        let type_in = |history: &mut History, document: &mut Document, text: &str, now: f64| {
            let before = document.clone();
            prompt::set_text(document, &name, 0, text, None);
            history.record(&before, document, "Edit", Some("prompt"), now);
        };
        type_in(&mut history, &mut document, "a", 0.0);
        assert!(history.undoes_typing("prompt") && !history.undoes_typing("code"));
        history.undo(&mut document);
        assert!(history.redoes_typing("prompt") && !history.redoes_typing("code"));
        assert!(!history.undoes_typing("prompt"));
        history.redo(&mut document);
        type_in(&mut history, &mut document, "ab", 100.0);
        assert_eq!(history.done.len(), 2, "typing does not go on in what was done again");
    }
}
