//! Whether the work is safe: what the chip in the top bar says and when a save is due.
//!
//! Always holds: one save is in flight at a time; a change is `Saved` only when the server acknowledged that very
//! change; after a conflict nothing is sent until a person decided; what the server refused is sent again only when
//! it was changed or a person asked for it.

/// Milliseconds of rest after a change before it is sent.
pub const REST: u32 = 600;
/// Milliseconds between tries while the server cannot be reached.
pub const RETRY: u32 = 4_000;

/// How the draft stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    Saved,
    /// Changed here, not sent yet.
    Unsaved,
    Saving,
    /// The server cannot be reached; the change is kept in the browser.
    Offline,
    /// The draft was changed elsewhere too.
    Conflict,
    /// The server answered that it will not have it. The change is kept in the browser.
    Refused(Refusal),
}

/// Why the server would not have a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The flow was deleted: no later save can succeed.
    Gone,
    /// In the server's words.
    Because(String),
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
        // What was refused may be welcome now.
        if matches!(self.state, State::Saved | State::Refused(Refusal::Because(_))) {
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

    /// The server will not have it.
    pub fn refused(&mut self, why: Refusal) {
        self.sent = None;
        self.state = State::Refused(why);
    }

    /// A person asks to try again what was refused.
    pub fn retry(&mut self) {
        if matches!(self.state, State::Refused(Refusal::Because(_))) {
            self.state = State::Unsaved;
        }
    }

    /// The server has a save of ours whose answer never came, at this revision. Returns whether more changes came
    /// since.
    pub fn recognised(&mut self, revision: u64, is_newest: bool) -> bool {
        self.revision = revision;
        self.sent = None;
        self.state = if is_newest { State::Saved } else { State::Unsaved };
        !is_newest
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
        assert_eq!((autosave.state.clone(), autosave.revision), (State::Unsaved, 4));
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

    #[test]
    fn a_refusal_is_not_repeated_by_itself() {
        let mut autosave = Autosave::new(1);
        autosave.changed();
        autosave.begin();
        autosave.refused(Refusal::Because("Too large.".into()));
        assert!(!autosave.begin(), "not by itself");
        autosave.changed();
        assert!(autosave.begin(), "a change may have made it good");
        autosave.refused(Refusal::Gone);
        autosave.changed();
        autosave.retry();
        assert!(!autosave.begin(), "a deleted flow stays deleted");
        assert!(!autosave.is_safe());
    }

    #[test]
    fn a_save_whose_answer_was_lost_is_recognised() {
        let mut autosave = Autosave::new(1);
        autosave.changed();
        autosave.begin();
        autosave.failed();
        assert!(!autosave.recognised(2, true));
        assert_eq!((autosave.state.clone(), autosave.revision), (State::Saved, 2));
        autosave.changed();
        autosave.begin();
        assert!(autosave.recognised(3, false));
        assert!(autosave.begin(), "what came since is sent on top of it");
    }
}
