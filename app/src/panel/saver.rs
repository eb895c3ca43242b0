//! Saving by itself: a rest after a change sends it, and what is not acknowledged is kept in this browser.
//!
//! Always holds: nothing is saved over a change that this page has not seen, unless a person said so; undo does not
//! know about saving.

use flow::definition::Definition;
use flow::extensions::Extensions;
use flow::wire::{Flow, SaveDraft};
use gloo_timers::future::TimeoutFuture;
use leptos::ev;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::{Deserialize, Serialize};

use crate::api::{self, Error};
use crate::editor::autosave::{Autosave, REST, RETRY, State};
use crate::editor::session::Editor;
use crate::ui::browser;
use crate::ui::toast::{Toasts, use_toasts};

/// What is kept in the browser until the server has it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    /// The revision it is based on.
    pub revision: u64,
    pub definition: Definition,
    pub extensions: Extensions,
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
    /// Counts the timers, so that only the newest one saves.
    timer: StoredValue<u64>,
    seen: StoredValue<u64>,
}

impl Saver {
    /// Shows the flow, with what this browser still kept of it.
    pub fn begin(editor: Editor, flow: Flow) -> Self {
        let saver = Self {
            editor,
            toasts: use_toasts(),
            autosave: RwSignal::new(Autosave::new(flow.revision)),
            flow: RwSignal::new(flow.clone()),
            theirs: RwSignal::new(None),
            asks: RwSignal::new(true),
            timer: StoredValue::new(0),
            seen: StoredValue::new(0),
        };
        let kept = read(&flow.id)
            .filter(|kept| kept.definition != flow.definition || kept.extensions != flow.extensions);
        match kept {
            Some(kept) => saver.restore(kept, flow),
            None => editor.load(flow.definition, flow.extensions),
        }
        saver.listen();
        saver
    }

    /// Saves now, and again if need be. Returns whether the server has what the page shows.
    pub async fn flush(self) -> bool {
        for _ in 0..200 {
            match self.autosave.try_with_untracked(|autosave| autosave.state) {
                Some(State::Saved) => return true,
                Some(State::Saving) => TimeoutFuture::new(40).await,
                Some(State::Unsaved | State::Offline) => {
                    self.save().await;
                    if self.autosave.try_with_untracked(|autosave| autosave.state) == Some(State::Offline) {
                        return false;
                    }
                }
                Some(State::Conflict) | None => return false,
            }
        }
        false
    }

    /// Mine becomes a flow of its own, and this one shows theirs.
    pub async fn keep_mine_as_copy(self) -> Result<String, Error> {
        let (definition, extensions) = self.mine();
        let title = format!("{} (my copy)", self.flow.with_untracked(|flow| flow.title.clone()));
        let copy = create(&title, definition, extensions).await?;
        if let Some(theirs) = self.theirs.get_untracked() {
            self.show(theirs);
        }
        Ok(copy.title)
    }

    /// Theirs becomes a flow of its own, and mine is saved here.
    pub async fn save_mine_over(self) -> Result<String, Error> {
        let Some(theirs) = self.theirs.get_untracked() else { return Ok(String::new()) };
        let copy =
            create(&format!("{} (other copy)", theirs.title), theirs.definition, theirs.extensions).await?;
        self.theirs.set(None);
        self.autosave.update(|autosave| autosave.overwrite(theirs.revision));
        self.save().await;
        Ok(copy.title)
    }

    /// Reads the flow's title, aliases and versions again.
    pub async fn refresh(self) {
        let id = self.editor.flow_id.get_value();
        if let Ok(flow) = api::flows::get(&id).await {
            self.flow.try_set(flow);
        }
    }

    fn mine(self) -> (Definition, Extensions) {
        self.editor.look(|document| (document.definition.clone(), document.extensions.clone()))
    }

    fn show(self, flow: Flow) {
        self.forget();
        self.theirs.set(None);
        self.autosave.set(Autosave::new(flow.revision));
        self.editor.load(flow.definition.clone(), flow.extensions.clone());
        self.seen.set_value(self.editor.tick.get_untracked());
        self.flow.set(flow);
    }

    /// What an earlier visit could not save.
    fn restore(self, kept: Kept, flow: Flow) {
        self.editor.load(kept.definition, kept.extensions);
        self.autosave.update(|autosave| {
            autosave.revision = kept.revision;
            autosave.changed();
        });
        if kept.revision == flow.revision {
            self.toasts.say("Restored what was not saved when you left.");
            self.schedule(REST);
        } else {
            self.autosave.update(Autosave::conflicted);
            self.theirs.set(Some(flow));
        }
    }

    fn listen(self) {
        self.seen.set_value(self.editor.tick.get_untracked());
        Effect::new(move || {
            let tick = self.editor.tick.get();
            if tick == self.seen.get_value() {
                return;
            }
            self.seen.set_value(tick);
            self.autosave.update(Autosave::changed);
            self.keep();
            self.schedule(REST);
        });
        let guard = window_event_listener(ev::beforeunload, move |event| {
            if !self.autosave.with_untracked(Autosave::is_safe) {
                event.prevent_default();
                event.set_return_value("unsaved");
            }
        });
        on_cleanup(move || {
            guard.remove();
            self.leave();
        });
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
        let (definition, extensions) = self.mine();
        let (id, revision) =
            (self.editor.flow_id.get_value(), self.autosave.with_untracked(|autosave| autosave.revision));
        let answer = api::flows::save(&id, revision, &SaveDraft { definition, extensions }).await;
        if self.timer.try_get_value().is_none() {
            return;
        }
        match answer {
            Ok(saved) => {
                self.flow.update(|flow| {
                    flow.revision = saved.revision;
                    flow.draft_changed = saved.draft_changed;
                });
                if self.autosave.try_update(|autosave| autosave.acknowledged(saved.revision)) == Some(true) {
                    self.keep();
                    self.schedule(REST);
                } else {
                    self.forget();
                }
            }
            Err(error) if error.is_conflict() => self.conflict(&id).await,
            Err(error) => {
                if error != Error::Offline {
                    self.toasts.fail(format!("Not saved: {error}"));
                }
                self.autosave.update(Autosave::failed);
                self.schedule(RETRY);
            }
        }
    }

    async fn conflict(self, id: &str) {
        self.autosave.update(Autosave::conflicted);
        self.asks.set(true);
        match api::flows::get(id).await {
            Ok(theirs) => drop(self.theirs.try_set(Some(theirs))),
            Err(error) => self.toasts.fail(error),
        }
    }

    fn keep(self) {
        let (definition, extensions) = self.mine();
        let revision = self.autosave.with_untracked(|autosave| autosave.revision);
        if let Ok(text) = serde_json::to_string(&Kept { revision, definition, extensions }) {
            browser::store(&key(&self.editor.flow_id.get_value()), Some(&text));
        }
    }

    fn forget(self) {
        browser::store(&key(&self.editor.flow_id.get_value()), None);
    }

    /// The page goes; what is not saved goes out once more, and stays in the browser until it arrived.
    fn leave(self) {
        let state = self.autosave.with_untracked(|autosave| autosave.state);
        if !matches!(state, State::Unsaved | State::Offline) {
            return;
        }
        let id = self.editor.flow_id.get_value();
        let revision = self.autosave.with_untracked(|autosave| autosave.revision);
        let (definition, extensions) = self.mine();
        spawn_local(async move {
            let draft = SaveDraft { definition, extensions };
            if api::flows::save(&id, revision, &draft).await.is_ok() {
                browser::store(&key(&id), None);
            }
        });
    }
}

fn key(flow: &str) -> String {
    format!("anabranch.draft.{flow}")
}

fn read(flow: &str) -> Option<Kept> {
    serde_json::from_str(&browser::stored(&key(flow))?).ok()
}

async fn create(title: &str, definition: Definition, extensions: Extensions) -> Result<Flow, Error> {
    api::flows::create(&flow::wire::CreateFlow {
        title: Some(title.to_owned()),
        definition: Some(definition),
        extensions: Some(extensions),
        ..Default::default()
    })
    .await
}

/// How the draft stands, in a chip.
#[component]
pub fn SavedChip() -> impl IntoView {
    let saver = use_saver();
    let state = Memo::new(move |_| saver.autosave.with(|autosave| autosave.state));
    let look = move || match state.get() {
        State::Saved => ("chip ok", "Saved", "Everything is saved."),
        State::Unsaved | State::Saving => ("chip", "Saving…", "Your change is on its way."),
        State::Offline => {
            ("chip wait", "Offline", "The server does not answer. Your changes are kept in this browser.")
        }
        State::Conflict => ("chip bad", "Conflict", "The draft was changed elsewhere too."),
    };
    view! {
        <Show when=move || state.get() == State::Conflict>
            <button type="button" class="btn small" on:click=move |_| saver.asks.set(true)>
                "Resolve"
            </button>
        </Show>
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
