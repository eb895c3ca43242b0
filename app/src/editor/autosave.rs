//! Whether the work is safe: what the chip in the top bar says and when a save is due.
//!
//! Always holds: one save is in flight at a time; a change is `Saved` only when the server acknowledged that very
//! change; after a conflict nothing is sent until a person decided.

/// Milliseconds of rest after a change before it is sent.
pub const REST: u32 = 600;
/// Milliseconds between tries while the server cannot be reached.
pub const RETRY: u32 = 4_000;

/// How the draft stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Saved,
    /// Changed here, not sent yet.
    Unsaved,
    Saving,
    /// The server cannot be reached; the change is kept in the browser.
    Offline,
    /// The draft was changed elsewhere too.
    Conflict,
}

/// The bookkeeping of saves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Autosave {
    pub state: State,
    /// The revision that the next save is based on.
    pub revision: u64,
    /// Counts the changes made here.
    edit: u64,
    /// The change that is in flight.
    sent: Option<u64>,
}

impl Autosave {
    pub fn new(revision: u64) -> Self {
        Self { state: State::Saved, revision, edit: 0, sent: None }
    }

    /// Something changed here.
    pub fn changed(&mut self) {
        self.edit += 1;
        if self.state == State::Saved {
            self.state = State::Unsaved;
        }
    }

    /// Whether to send now. If so, a save is in flight from here on.
    pub fn begin(&mut self) -> bool {
        if self.sent.is_some() || !matches!(self.state, State::Unsaved | State::Offline) {
            return false;
        }
        self.sent = Some(self.edit);
        self.state = State::Saving;
        true
    }

    /// The server has it. Returns whether more changes came meanwhile.
    pub fn acknowledged(&mut self, revision: u64) -> bool {
        self.revision = revision;
        let behind = self.sent.take() != Some(self.edit);
        self.state = if behind { State::Unsaved } else { State::Saved };
        behind
    }

    /// The server could not be reached, or could not save.
    pub fn failed(&mut self) {
        self.sent = None;
        self.state = State::Offline;
    }

    /// The draft was changed elsewhere.
    pub fn conflicted(&mut self) {
        self.sent = None;
        self.state = State::Conflict;
    }

    /// A person decided to save over the other side, whose revision is this.
    pub fn overwrite(&mut self, revision: u64) {
        self.revision = revision;
        self.state = State::Unsaved;
    }

    /// Whether leaving the page would lose something that only this page knows.
    pub fn is_safe(&self) -> bool {
        self.state == State::Saved
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_during_a_save_is_saved_next() {
        let mut autosave = Autosave::new(3);
        assert!(!autosave.begin());
        autosave.changed();
        assert!(autosave.begin());
        autosave.changed();
        assert!(!autosave.begin(), "one at a time");
        assert!(autosave.acknowledged(4));
        assert_eq!((autosave.state, autosave.revision), (State::Unsaved, 4));
        assert!(autosave.begin());
        assert!(!autosave.acknowledged(5));
        assert!(autosave.is_safe());
    }

    #[test]
    fn offline_tries_again_and_a_conflict_waits_for_a_person() {
        let mut autosave = Autosave::new(1);
        autosave.changed();
        autosave.begin();
        autosave.failed();
        autosave.changed();
        assert_eq!(autosave.state, State::Offline);
        assert!(autosave.begin());
        autosave.conflicted();
        autosave.changed();
        assert!(!autosave.begin());
        assert!(!autosave.is_safe());
        autosave.overwrite(7);
        assert!(autosave.begin());
        assert!(!autosave.acknowledged(8));
    }
}
