//! Saving by itself: a rest after a change sends it, and what is not acknowledged is kept in this browser.
//!
//! Always holds: nothing is saved over a change that this page has not seen, unless a person said so; a save of our
//! own whose answer was lost is recognised and is no conflict; undo does not know about saving.

use std::cell::Cell;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use flow::definition::Definition;
use flow::extensions::Extensions;
use flow::merge::{Choices, Merged, merge};
use flow::wire::{CreateFlow, Flow, SaveDraft, Saved};
use gloo_timers::future::TimeoutFuture;
use leptos::ev;
use leptos::leptos_dom::helpers::set_timeout;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::inspector::commit_typing;
use super::keep::Keeper;
use crate::api::{self, Answer, Error};
use crate::editor::autosave::{Autosave, REST, RETRY, Refusal, State};
use crate::editor::document::Document;
use crate::editor::kept::{Kept, Sent, Standing, standing};
use crate::editor::session::Editor;
use crate::ui::browser;
use crate::ui::toast::{Toasts, use_toasts};

/// How long after a change a copy is kept in this browser; at once where the page goes.
const KEEP: Duration = Duration::from_millis(250);

thread_local! {
    /// Saves of pages that were left and whose answers are not there yet.
    static LEAVING: Cell<usize> = const { Cell::new(0) };
}

/// A flow as the editor opens it: what the server has, and what this browser still kept of it.
#[derive(Clone, PartialEq)]
pub struct Opened {
    pub flow: Flow,
    keeper: Keeper,
    kept: Option<Kept>,
}

/// Opens a flow. The last save of a page that was just left comes first, so that it is not taken for another's.
///
/// # Errors
/// The server's, where it does not give the flow.
pub async fn open(flow: &str) -> Answer<Opened> {
    for _ in 0..250 {
        if LEAVING.get() == 0 {
            break;
        }
        TimeoutFuture::new(20).await;
    }
    let flow = api::flows::get(flow).await?;
    let (keeper, kept) = Keeper::open(&flow.id).await;
    Ok(Opened { flow, keeper, kept })
}

/// The saving of this page, as a context.
#[derive(Clone, Copy)]
pub struct Saver {
    editor: Editor,
    toasts: Toasts,
    pub autosave: RwSignal<Autosave>,
    /// The flow as the server last told it: title, aliases, versions.
    pub flow: RwSignal<Flow>,
    /// The other side of a conflict.
    pub theirs: RwSignal<Option<Flow>>,
    /// Whether the conflict is on the page; it can be put aside to look at the flow.
    pub asks: RwSignal<bool>,
    /// What the server had at the revision that this page is based on, where that is known.
    base: StoredValue<Option<Document>>,
    keeper: StoredValue<Keeper>,
    sent: StoredValue<Sent>,
    flight: StoredValue<Flight>,
    /// Counts the timers, so that only the newest one saves.
    timer: StoredValue<u64>,
    seen: StoredValue<u64>,
    /// Something changed since a copy was kept in this browser.
    unkept: StoredValue<bool>,
}

impl Saver {
    /// Shows the flow, with what this browser still kept of it.
    pub fn begin(editor: Editor, opened: Opened) -> Self {
        let Opened { flow, keeper, kept } = opened;
        let saver = Self {
            editor,
            toasts: use_toasts(),
            autosave: RwSignal::new(Autosave::new(flow.revision)),
            flow: RwSignal::new(flow.clone()),
            theirs: RwSignal::new(None),
            asks: RwSignal::new(true),
            base: StoredValue::new(Some(documents(&flow))),
            keeper: StoredValue::new(keeper),
            sent: StoredValue::new(Sent::default()),
            flight: StoredValue::new(Flight::default()),
            timer: StoredValue::new(0),
            seen: StoredValue::new(0),
            unkept: StoredValue::new(false),
        };
        match kept {
            Some(kept) => saver.restore(kept, flow),
            None => saver.load(flow),
        }
        saver.listen();
        saver
    }

    /// Saves what is on the screen, with what is being typed. Returns whether the server has it.
    pub async fn flush(self) -> bool {
        if self.is_gone() {
            return false;
        }
        commit_typing();
        self.note();
        for _ in 0..200 {
            match self.autosave.try_with_untracked(|autosave| autosave.state.clone()) {
                Some(State::Saved) => return true,
                Some(State::Saving) => TimeoutFuture::new(40).await,
                Some(State::Unsaved | State::Offline) => {
                    self.save().await;
                    if self.autosave.try_with_untracked(|autosave| autosave.state == State::Offline)
                        == Some(true)
                    {
                        return false;
                    }
                }
                Some(State::Conflict | State::Refused(_)) | None => return false,
            }
        }
        false
    }

    /// Saves what is on the screen, and answers the revision that the server has it under; none where it has not.
    pub async fn saved_revision(self) -> Option<u64> {
        if !self.flush().await {
            return None;
        }
        self.autosave.try_with_untracked(|autosave| autosave.revision)
    }

    /// Mine becomes a flow of its own, and this one shows theirs.
    pub async fn keep_mine_as_copy(self) -> Result<String, Error> {
        let title = format!("{} (my copy)", self.flow.with_untracked(|flow| flow.title.clone()));
        let copy = create(&title, self.mine()).await?;
        if let Some(theirs) = self.theirs.get_untracked() {
            self.show(theirs);
        }
        Ok(copy.title)
    }

    /// Theirs becomes a flow of its own, and mine is saved here.
    pub async fn save_mine_over(self) -> Result<String, Error> {
        let Some(theirs) = self.theirs.get_untracked() else { return Ok(String::new()) };
        let copy = create(&format!("{} (other copy)", theirs.title), documents(&theirs)).await?;
        self.base.set_value(Some(documents(&theirs)));
        self.theirs.set(None);
        self.autosave.update(|autosave| autosave.overwrite(theirs.revision));
        self.save().await;
        Ok(copy.title)
    }

    /// Both sides in one, as far as this page knows where they parted.
    pub fn merged(self, choices: &Choices) -> Option<Merged> {
        let (base, mine) = (self.base.get_value()?, self.mine());
        let theirs = self.theirs.with_untracked(|theirs| theirs.as_ref().map(documents))?;
        // Places that were never given are no change of anyone's.
        let settled = |document: Document| Document::settled(document.definition, document.extensions);
        let (base, theirs) = (settled(base), settled(theirs));
        fn state(document: &Document) -> (&Definition, &Extensions) {
            (&document.definition, &document.extensions)
        }
        merge(state(&base), state(&mine), state(&theirs), choices)
    }

    /// Goes on with both sides in one; one step of undo.
    pub async fn merge_both(self, choices: &Choices) -> bool {
        let (Some(merged), Some(theirs)) = (self.merged(choices), self.theirs.get_untracked()) else {
            return false;
        };
        let merged = Document::settled(merged.definition, merged.extensions);
        self.editor.change("Merge the other side", |document| *document = merged);
        self.note();
        self.base.set_value(Some(documents(&theirs)));
        self.theirs.set(None);
        self.autosave.update(|autosave| autosave.overwrite(theirs.revision));
        self.save().await;
        true
    }

    /// Mine becomes a new flow, since the old one was deleted. Returns its id.
    pub async fn keep_as_new(self) -> Result<String, Error> {
        let title = self.flow.with_untracked(|flow| flow.title.clone());
        let flow = create(&title, self.mine()).await?;
        if !self.is_gone() {
            self.forget();
            self.autosave.set(Autosave::new(flow.revision));
        }
        Ok(flow.id)
    }

    /// Tries again what the server refused.
    pub fn retry(self) {
        self.autosave.update(Autosave::retry);
        spawn_local(self.save());
    }

    /// Brings the conflict back onto the page, with the other side where it could not be read before.
    pub fn resolve(self) {
        self.asks.set(true);
        if self.theirs.with_untracked(Option::is_none) {
            spawn_local(self.contest());
        }
    }

    /// The draft is at another revision than this page thinks: asks what the server has, and what that means.
    pub async fn contest(self) {
        let Some(id) = self.editor.flow_id.try_get_value() else { return };
        let answer = api::flows::get(&id).await;
        if self.is_gone() {
            return;
        }
        match answer {
            Ok(theirs) => self.face(theirs),
            Err(error) if refusal(&error) == Some(Refusal::Gone) => self.not_saved(&error),
            Err(error) => {
                self.autosave.update(Autosave::conflicted);
                self.toasts.fail(error);
            }
        }
    }

    /// Reads the flow's title, aliases and versions again.
    pub async fn refresh(self) {
        let Some(id) = self.editor.flow_id.try_get_value() else { return };
        if let Ok(flow) = api::flows::get(&id).await {
            self.flow.try_set(flow);
        }
    }

    fn is_gone(self) -> bool {
        self.timer.try_get_value().is_none()
    }

    fn mine(self) -> Document {
        self.editor.look(Document::clone)
    }

    fn show(self, flow: Flow) {
        self.forget();
        self.sent.update_value(Sent::clear);
        self.theirs.set(None);
        self.base.set_value(Some(documents(&flow)));
        self.autosave.set(Autosave::new(flow.revision));
        self.load(flow.clone());
        self.seen.set_value(self.editor.tick.get_untracked());
        self.flow.set(flow);
    }

    /// Shows what the server has, with what it found there.
    fn load(self, flow: Flow) {
        self.editor.load(flow.definition.clone(), flow.extensions);
        self.editor.hear(&flow.report, &flow.definition);
    }

    /// What an earlier visit could not save.
    fn restore(self, kept: Kept, flow: Flow) {
        let Kept { revision, definition, extensions, sent, base, .. } = kept;
        let mine = Document::settled(definition, extensions);
        let standing = standing(&mine, revision, &sent, &documents(&flow), flow.revision);
        if standing == Standing::Same {
            self.forget();
            return self.load(flow);
        }
        self.editor.load(mine.definition, mine.extensions);
        self.sent.set_value(sent);
        if standing == Standing::Ahead {
            self.autosave.update(Autosave::changed);
            self.toasts.say("Restored what was not saved when you left.");
            self.schedule(REST);
        } else {
            let base = base.map(|(definition, extensions)| Document { definition, extensions });
            self.base.set_value(base);
            self.autosave.update(|autosave| {
                autosave.revision = revision;
                autosave.changed();
                autosave.conflicted();
            });
            self.theirs.set(Some(flow));
        }
    }

    /// What the server has, where it is not what this page thought.
    fn face(self, theirs: Flow) {
        let based_on = self.autosave.with_untracked(|autosave| autosave.revision);
        let standing = self
            .sent
            .with_value(|sent| standing(&self.mine(), based_on, sent, &documents(&theirs), theirs.revision));
        match standing {
            Standing::Apart => {
                self.autosave.update(Autosave::conflicted);
                self.theirs.set(Some(theirs));
                self.asks.set(true);
            }
            Standing::Same | Standing::Ahead => {
                let is_newest = standing == Standing::Same;
                self.base.set_value(Some(documents(&theirs)));
                self.autosave.update(|autosave| {
                    autosave.recognised(theirs.revision, is_newest);
                });
                self.flow.set(theirs);
                self.after_save(is_newest);
            }
        }
    }

    fn listen(self) {
        self.seen.set_value(self.editor.tick.get_untracked());
        Effect::new(move || {
            self.editor.tick.track();
            self.note();
        });
        let guard = window_event_listener(ev::beforeunload, move |event| {
            self.note_all();
            if !self.autosave.with_untracked(Autosave::is_safe) {
                event.prevent_default();
                event.set_return_value("unsaved");
            }
        });
        // Where the page is not asked before it goes, it still keeps what was being typed.
        let hide = window_event_listener(ev::pagehide, move |_| self.note_all());
        // History's back and forward leave the page without leaving the field; the router has only been told yet.
        let back = window_event_listener(ev::popstate, move |_| self.note_all());
        on_cleanup(move || {
            guard.remove();
            hide.remove();
            back.remove();
            self.leave();
        });
    }

    /// Takes notice of a change of the document, where there was one.
    fn note(self) {
        let tick = self.editor.tick.get_untracked();
        if tick == self.seen.get_value() {
            return;
        }
        self.seen.set_value(tick);
        self.autosave.update(Autosave::changed);
        self.keep_soon();
        self.schedule(REST);
    }

    /// The page may go: takes notice of what is being typed too, and keeps it at once.
    fn note_all(self) {
        commit_typing();
        self.note();
        self.keep_now();
    }

    /// Keeps a copy after a moment, since writing it down takes as long as the flow is large.
    fn keep_soon(self) {
        if !self.unkept.get_value() {
            self.unkept.set_value(true);
            set_timeout(move || self.keep_now(), KEEP);
        }
    }

    /// Keeps what is not kept yet.
    fn keep_now(self) {
        if self.unkept.try_get_value() == Some(true) {
            self.keep();
        }
    }

    fn schedule(self, after: u32) {
        let turn = self.timer.get_value() + 1;
        self.timer.set_value(turn);
        spawn_local(async move {
            TimeoutFuture::new(after).await;
            // A newer change waits for its own rest; a page that is gone has no timer.
            if self.timer.try_get_value() == Some(turn) {
                self.save().await;
            }
        });
    }

    async fn save(self) {
        if self.autosave.try_update(Autosave::begin) != Some(true) {
            return;
        }
        let mine = self.mine();
        self.sent.update_value(|sent| sent.push(&mine));
        // Should the page go before the answer comes, the next one knows this save for its own.
        self.keep();
        let (id, revision) =
            (self.editor.flow_id.get_value(), self.autosave.with_untracked(|autosave| autosave.revision));
        let flight = Flight { document: Arc::new(mine.clone()), landed: Arc::default() };
        self.flight.set_value(flight.clone());
        let answer = api::flows::save(&id, revision, &draft(mine)).await;
        flight.land(&answer);
        if self.is_gone() {
            return;
        }
        match answer {
            Ok(saved) => {
                self.editor.hear(&saved.report, &flight.document.definition);
                self.base.set_value(Some(Document::clone(&flight.document)));
                self.saved(&saved);
            }
            Err(error) if error.is_conflict() => self.contest().await,
            Err(error) => self.not_saved(&error),
        }
    }

    fn saved(self, saved: &Saved) {
        self.flow.update(|flow| {
            flow.revision = saved.revision;
            flow.draft_changed = saved.draft_changed;
        });
        let behind = self.autosave.try_update(|autosave| autosave.acknowledged(saved.revision));
        self.after_save(behind != Some(true));
    }

    fn after_save(self, is_newest: bool) {
        self.sent.update_value(Sent::clear);
        if is_newest {
            self.forget();
        } else {
            self.keep();
            self.schedule(REST);
        }
    }

    fn not_saved(self, error: &Error) {
        if let Some(why) = refusal(error) {
            return self.autosave.update(|autosave| autosave.refused(why));
        }
        if *error != Error::Offline {
            self.toasts.fail(format!("Not saved: {error}"));
        }
        self.autosave.update(Autosave::failed);
        self.schedule(RETRY);
    }

    fn keep(self) -> String {
        self.unkept.set_value(false);
        let Document { definition, extensions } = self.mine();
        let revision = self.autosave.with_untracked(|autosave| autosave.revision);
        let sent = self.sent.get_value();
        let base = self.base.get_value().map(|base| (base.definition, base.extensions));
        let kept = Kept { revision, definition, extensions, base, sent, at: browser::now() };
        self.keeper.with_value(|keeper| keeper.keep(&kept))
    }

    fn forget(self) {
        self.unkept.set_value(false);
        self.keeper.with_value(Keeper::forget);
    }

    /// The page goes; what is not saved goes out once more, after what is on its way, and stays in the browser until
    /// it arrived. The key is given free only then.
    fn leave(self) {
        self.note();
        let state = self.autosave.with_untracked(|autosave| autosave.state.clone());
        if !matches!(state, State::Unsaved | State::Saving | State::Offline) {
            return;
        }
        let id = self.editor.flow_id.get_value();
        let revision = self.autosave.with_untracked(|autosave| autosave.revision);
        let flight = (state == State::Saving).then(|| self.flight.get_value());
        let mine = self.mine();
        self.sent.update_value(|sent| sent.push(&mine));
        let (text, keeper) = (self.keep(), self.keeper.get_value());
        LEAVING.set(LEAVING.get() + 1);
        spawn_local(async move {
            let landed = match &flight {
                Some(flight) => flight.landed().await,
                None => None,
            };
            let has_all = landed.is_some() && flight.is_some_and(|flight| *flight.document == mine);
            if has_all || api::flows::save(&id, landed.unwrap_or(revision), &draft(mine)).await.is_ok() {
                keeper.forget_this(&text);
            }
            LEAVING.set(LEAVING.get() - 1);
        });
    }
}

/// A save that is on its way.
#[derive(Clone, Default)]
struct Flight {
    document: Arc<Document>,
    /// The revision that it made; none where it made none.
    landed: Arc<OnceLock<Option<u64>>>,
}

impl Flight {
    fn land(&self, answer: &Answer<Saved>) {
        let _first = self.landed.set(answer.as_ref().ok().map(|saved| saved.revision));
    }

    async fn landed(&self) -> Option<u64> {
        loop {
            if let Some(landed) = self.landed.get() {
                return *landed;
            }
            TimeoutFuture::new(20).await;
        }
    }
}

/// Why the same save would be refused again; none where it is worth another try.
fn refusal(error: &Error) -> Option<Refusal> {
    let document = error.document()?;
    match document.status {
        // Something between us that knows no flows says "unknown".
        404 if document.code != "unknown" => Some(Refusal::Gone),
        401 | 408 | 425 | 429 => None,
        400..500 => Some(Refusal::Because(error.to_string())),
        _ => None,
    }
}

fn documents(flow: &Flow) -> Document {
    Document { definition: flow.definition.clone(), extensions: flow.extensions.clone() }
}

fn draft(document: Document) -> SaveDraft {
    let Document { definition, extensions } = document;
    SaveDraft { definition, extensions }
}

async fn create(title: &str, document: Document) -> Result<Flow, Error> {
    let Document { definition, extensions } = document;
    let asked = CreateFlow {
        title: Some(title.to_owned()),
        definition: Some(definition),
        extensions: Some(extensions),
        ..CreateFlow::default()
    };
    api::flows::create(&asked).await
}

/// How the draft stands, in a chip, with what can be done about it.
#[component]
pub fn SavedChip() -> impl IntoView {
    let saver = use_saver();
    let toasts = use_toasts();
    let go = crate::ui::navigate::navigator();
    let state = Memo::new(move |_| saver.autosave.with(|autosave| autosave.state.clone()));
    let look = move || match state.get() {
        State::Saved => ("chip ok", "Saved", "Everything is saved.".to_owned()),
        State::Unsaved | State::Saving => ("chip", "Saving…", "Your change is on its way.".to_owned()),
        State::Offline => (
            "chip wait",
            "Offline",
            "The server does not answer. Your changes are kept in this browser.".to_owned(),
        ),
        State::Conflict => ("chip bad", "Conflict", "The draft was changed elsewhere too.".to_owned()),
        State::Refused(Refusal::Gone) => (
            "chip bad",
            "Deleted",
            "This flow was deleted elsewhere. Your version is kept in this browser.".to_owned(),
        ),
        State::Refused(Refusal::Because(why)) => ("chip bad", "Not saved", why),
    };
    let keep_as_new = move |_| {
        spawn_local(async move {
            match saver.keep_as_new().await {
                Ok(id) => go.run(format!("/flows/{id}")),
                Err(error) => toasts.fail(error),
            }
        });
    };
    view! {
        {move || match state.get() {
            State::Conflict => Some(view! {
                <button type="button" class="btn small" on:click=move |_| saver.resolve()>
                    "Resolve"
                </button>
            }.into_any()),
            State::Refused(Refusal::Gone) => Some(view! {
                <button type="button" class="btn small" on:click=keep_as_new>
                    "Keep as a new flow"
                </button>
            }.into_any()),
            State::Refused(Refusal::Because(_)) => Some(view! {
                <button type="button" class="btn small" on:click=move |_| saver.retry()>
                    "Try again"
                </button>
            }.into_any()),
            _ => None,
        }}
        <span class=move || look().0 role="status" title=move || look().2>
            <span class="dot" aria-hidden="true"></span>
            {move || look().1}
        </span>
    }
}

/// The saving of this page.
pub fn use_saver() -> Saver {
    expect_context()
}

#[cfg(test)]
mod tests {
    use flow::wire::ErrorDocument;

    use super::*;

    fn refused(status: u16, code: &str) -> Error {
        Error::Refused(Box::new(ErrorDocument {
            kind: "about:blank".into(),
            title: String::new(),
            detail: "Why.".into(),
            status,
            code: code.into(),
            field: None,
            execution_id: None,
            node: None,
            revision: None,
            report: None,
        }))
    }

    #[test]
    fn only_what_can_change_by_itself_is_tried_again() {
        assert_eq!(refusal(&refused(404, "not_found")), Some(Refusal::Gone));
        for (status, code) in [(404, "unknown"), (413, "too_large"), (422, "invalid")] {
            assert_eq!(refusal(&refused(status, code)), Some(Refusal::Because("Why.".into())), "{status}");
        }
        for status in [401, 408, 429, 500, 503] {
            assert_eq!(refusal(&refused(status, "x")), None, "{status}");
        }
        assert_eq!(refusal(&Error::Offline), None);
    }
}
