//! The keys of the commands as this person has them: those that commands come with, and those that were changed, which
//! are kept in this browser. Pure but for [`Keymap::load`].
//!
//! Always holds: keys mean one command at most, since [`Keymap::give`] takes them from whichever had them.

use std::collections::BTreeMap;

use leptos::prelude::*;

use super::command::{Command, Stroke};
use crate::ui::browser;

const KEY: &str = "anabranch.keys";

/// Keys that are pressed together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chord {
    control: bool,
    alt: bool,
    shift: bool,
    /// As people read it: `K`, `1`, `+`, `←`, `Delete`.
    key: String,
}

/// Why keys can be no command's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// The canvas does something with them that is no command.
    Fixed,
    /// The page never hears of them.
    Browser,
}

/// How keys that do not write are told and shown.
const NAMED: [(&str, &str); 4] =
    [("ArrowLeft", "←"), ("ArrowRight", "→"), ("ArrowUp", "↑"), ("ArrowDown", "↓")];

impl Chord {
    /// Reads what [`Chord::text`] writes.
    pub fn parse(text: &str) -> Self {
        let mut chord = Self::default();
        for part in text.split(' ').filter(|part| !part.is_empty()) {
            match part {
                "Ctrl" => chord.control = true,
                "Alt" => chord.alt = true,
                "Shift" => chord.shift = true,
                key => key.clone_into(&mut chord.key),
            }
        }
        chord
    }

    pub fn text(&self) -> String {
        let held = [(self.control, "Ctrl"), (self.alt, "Alt"), (self.shift, "Shift")];
        let held = held.into_iter().filter(|(held, _)| *held).map(|(_, name)| name);
        held.chain([self.key.as_str()]).collect::<Vec<_>>().join(" ")
    }

    /// What was pressed; none where that is only Shift and the like.
    pub fn of(stroke: &Stroke) -> Option<Self> {
        let Stroke { key, code, control, shift, alt } = *stroke;
        if matches!(
            key,
            "Shift" | "Control" | "Alt" | "Meta" | "AltGraph" | "CapsLock" | "Dead" | "Process" | ""
        ) {
            return None;
        }
        let key = written(key, code, shift || alt);
        // A sign that is written with Shift on one keyboard is written without on another.
        let shift = shift && !is_sign(&key);
        Some(Self { control, alt, shift, key })
    }

    /// Why no command can have them.
    pub fn refused(&self) -> Option<Refused> {
        let letters = |keys: &str| keys.split(' ').any(|key| key == self.key);
        let fixed = match self.key.as_str() {
            "Escape" | " " | "ContextMenu" => true,
            "Enter" => !self.control,
            "F10" => self.shift,
            key if NAMED.iter().any(|(_, name)| *name == key) => {
                self.alt || (self.control && self.shift) || !(self.control || self.shift)
            }
            _ => false,
        };
        let browser = (self.control && !self.alt && letters("N T W Tab PageUp PageDown"))
            || letters("F5 F11 F12")
            || (self.alt && letters("F4 Tab"));
        match (fixed, browser) {
            (true, _) => Some(Refused::Fixed),
            (_, true) => Some(Refused::Browser),
            _ => None,
        }
    }
}

/// The key as people read it. Letters and digits are named by where they are, when what they write depends on what is
/// held or on the alphabet.
fn written(key: &str, code: &str, held: bool) -> String {
    if let Some((_, name)) = NAMED.iter().find(|(known, _)| *known == key) {
        return (*name).to_owned();
    }
    let place = code.strip_prefix("Key").or_else(|| code.strip_prefix("Digit")).filter(|at| at.len() == 1);
    match (key, place) {
        ("=", _) => "+".to_owned(),
        ("-" | "_", _) => "−".to_owned(),
        (key, Some(place)) if !key.is_ascii() || (held && !is_letter(key)) => place.to_owned(),
        (key, _) if is_letter(key) => key.to_uppercase(),
        (key, _) => key.to_owned(),
    }
}

fn is_letter(key: &str) -> bool {
    key.len() == 1 && key.chars().all(|c| c.is_ascii_alphabetic())
}

fn is_sign(key: &str) -> bool {
    let mut letters = key.chars();
    matches!((letters.next(), letters.next()), (Some(one), None) if !one.is_alphanumeric() && !"←→↑↓ ".contains(one))
}

/// The keys of all commands: what was changed, by the command's name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keymap(BTreeMap<String, String>);

impl Keymap {
    /// Reads what was changed; later changes are kept as they come.
    pub fn load() -> RwSignal<Self> {
        let keymap = RwSignal::new(Self::read(&browser::stored(KEY).unwrap_or_default()));
        Effect::new(move || {
            let written = keymap.with(Self::written);
            browser::store(KEY, written.as_deref());
        });
        keymap
    }

    fn read(text: &str) -> Self {
        Self(serde_json::from_str(text).unwrap_or_default())
    }

    fn written(&self) -> Option<String> {
        if self.0.is_empty() {
            return None;
        }
        serde_json::to_string(&self.0).ok()
    }

    /// The keys of a command as people read them, separated by commas; empty where it has none.
    pub fn keys(&self, command: Command) -> String {
        self.0.get(&name(command)).cloned().unwrap_or_else(|| command.keys().to_owned())
    }

    /// The command of these keys.
    pub fn command(&self, chord: &Chord) -> Option<Command> {
        Command::ALL.into_iter().find(|command| self.chords(*command).contains(chord))
    }

    /// Gives a command these keys alone, and takes them from whichever had them.
    pub fn give(&mut self, command: Command, chord: &Chord) {
        if let Some(other) = self.command(chord).filter(|other| *other != command) {
            let left: Vec<String> =
                self.chords(other).iter().filter(|own| *own != chord).map(Chord::text).collect();
            self.0.insert(name(other), left.join(", "));
        }
        self.0.insert(name(command), chord.text());
        self.0.retain(|known, keys| Command::ALL.iter().any(|c| name(*c) == *known && c.keys() != keys));
    }

    /// Gives a command the keys that it comes with; those that another has by now stay there.
    pub fn reset(&mut self, command: Command) {
        self.0.remove(&name(command));
        let free: Vec<String> = self
            .chords(command)
            .iter()
            .filter(|chord| Command::ALL.into_iter().all(|c| c == command || !self.chords(c).contains(chord)))
            .map(Chord::text)
            .collect();
        if free.join(", ") != command.keys() {
            self.0.insert(name(command), free.join(", "));
        }
    }

    pub fn is_changed(&self, command: Command) -> bool {
        self.0.contains_key(&name(command))
    }

    pub fn is_usual(&self) -> bool {
        self.0.is_empty()
    }

    fn chords(&self, command: Command) -> Vec<Chord> {
        self.keys(command).split(", ").filter(|keys| !keys.is_empty()).map(Chord::parse).collect()
    }
}

/// What a command is kept under: its name in the code, which stays when its words change.
fn name(command: Command) -> String {
    format!("{command:?}")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn stroke<'a>(key: &'a str, code: &'a str, held: &str) -> Stroke<'a> {
        let has = |c| held.contains(c);
        Stroke { key, code, control: has('c'), shift: has('s'), alt: has('a') }
    }

    fn pressed(key: &str, code: &str, held: &str) -> Option<Command> {
        Keymap::default().command(&Chord::of(&stroke(key, code, held))?)
    }

    #[test]
    fn keys_mean_what_they_come_with() {
        for (key, code, held, command) in [
            ("Enter", "Enter", "c", Command::Run),
            ("z", "KeyZ", "c", Command::Undo),
            ("Z", "KeyZ", "cs", Command::Redo),
            ("я", "KeyZ", "c", Command::Undo),
            ("!", "Digit1", "s", Command::Fit),
            ("ç", "KeyC", "a", Command::Collapse),
            ("?", "Slash", "s", Command::Sheet),
            ("?", "Minus", "", Command::Sheet),
            ("=", "Equal", "c", Command::ZoomIn),
            ("+", "Equal", "cs", Command::ZoomIn),
            ("-", "Minus", "c", Command::ZoomOut),
            ("ArrowLeft", "ArrowLeft", "s", Command::SelectUpstream),
            ("Delete", "Delete", "", Command::Delete),
            ("Tab", "Tab", "", Command::AddNode),
        ] {
            assert_eq!(pressed(key, code, held), Some(command), "{held} {key}");
        }
        assert_eq!(pressed("Shift", "ShiftLeft", "s"), None);
        assert_eq!(pressed("z", "KeyZ", "ca"), None);
    }

    #[test]
    fn every_command_comes_with_keys_of_its_own_that_can_be_had() {
        for command in Command::ALL {
            for keys in command.keys().split(", ").filter(|keys| !keys.is_empty()) {
                let chord = Chord::parse(keys);
                assert_eq!(chord.text(), keys);
                assert_eq!(Keymap::default().command(&chord), Some(command), "{keys}");
                assert_eq!(chord.refused(), None, "{keys}");
            }
        }
    }

    #[test]
    fn some_keys_are_nobodys() {
        for (keys, why) in [
            ("Escape", Refused::Fixed),
            ("←", Refused::Fixed),
            ("Alt ↑", Refused::Fixed),
            ("Ctrl Shift →", Refused::Fixed),
            ("Ctrl T", Refused::Browser),
            ("F5", Refused::Browser),
        ] {
            assert_eq!(Chord::parse(keys).refused(), Some(why), "{keys}");
        }
    }

    #[test]
    fn keys_that_are_taken_are_given_back_where_they_are_free() {
        let mut keymap = Keymap::default();
        keymap.give(Command::Tidy, &Chord::parse("Delete"));
        assert_eq!(keymap.keys(Command::Delete), "Backspace");
        keymap.reset(Command::Delete);
        assert_eq!(keymap.keys(Command::Delete), "Backspace", "Tidy has them");
        keymap.reset(Command::Tidy);
        keymap.reset(Command::Delete);
        assert!(keymap.is_usual());
    }

    proptest! {
        #[test]
        fn whatever_is_given_no_two_commands_have_the_same(
            gifts in prop::collection::vec((0..Command::ALL.len(), 0..Command::ALL.len(), any::<bool>()), 0..12),
        ) {
            let mut keymap = Keymap::default();
            for (to, of, resets) in gifts {
                let chord = keymap.chords(Command::ALL[of]).into_iter().next();
                match chord {
                    Some(chord) if !resets => {
                        keymap.give(Command::ALL[to], &chord);
                        prop_assert_eq!(keymap.command(&chord), Some(Command::ALL[to]));
                    }
                    _ => keymap.reset(Command::ALL[to]),
                }
                let all: Vec<Chord> = Command::ALL.into_iter().flat_map(|c| keymap.chords(c)).collect();
                for (at, chord) in all.iter().enumerate() {
                    prop_assert!(!all[..at].contains(chord), "{:?}", chord);
                }
                prop_assert_eq!(&Keymap::read(&keymap.written().unwrap_or_default()), &keymap);
            }
        }
    }
}
