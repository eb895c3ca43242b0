//! What a question came to: the passages, then the answer as the model writes it, or why there is none.
//!
//! Always holds: what an older question comes to, or one that was given up, is never shown; giving up an answer ends the
//! model's call.

use flow::wire::{AnswerEvent, AnswerFromKnowledge, AskKnowledgeBase, PassageList};
use leptos::prelude::*;
use leptos::task::spawn_local;
use send_wrapper::SendWrapper;
use web_sys::AbortController;

use super::found::{Found, Said};
use crate::api;

#[derive(Clone, Copy)]
pub struct Asked {
    found: RwSignal<Option<PassageList>>,
    answer: RwSignal<Option<Said>>,
    wrong: RwSignal<Option<String>>,
    waits: RwSignal<Option<&'static str>>,
    turn: StoredValue<u32>,
    abort: StoredValue<Option<SendWrapper<AbortController>>>,
}

impl Asked {
    pub fn new() -> Self {
        let asked = Self {
            found: RwSignal::new(None),
            answer: RwSignal::new(None),
            wrong: RwSignal::new(None),
            waits: RwSignal::new(None),
            turn: StoredValue::new(0),
            abort: StoredValue::new(None),
        };
        on_cleanup(move || asked.give_up());
        asked
    }

    /// Says why there is nothing to ask.
    pub fn refuse(self, why: String) {
        self.give_up();
        self.wrong.set(Some(why));
    }

    /// Asks for passages.
    pub fn passages(self, base: String, ask: AskKnowledgeBase) {
        let turn = self.begin("Looking for passages …");
        spawn_local(async move {
            let found = api::knowledge::query(&base, &ask).await;
            if self.is_at(turn) {
                self.waits.set(None);
                match found {
                    Ok(list) => self.found.set(Some(list)),
                    Err(error) => self.wrong.set(Some(error.to_string())),
                }
            }
        });
    }

    /// Asks for an answer.
    pub fn answer(self, base: String, body: AnswerFromKnowledge) {
        let turn = self.begin("The model answers …");
        let abort = AbortController::new().ok().map(SendWrapper::new);
        let signal = abort.as_ref().map(|abort| abort.signal());
        self.abort.set_value(abort);
        spawn_local(async move {
            let take = move |event| {
                if self.is_at(turn) {
                    self.take(event);
                }
            };
            let told = api::knowledge::answer(&base, &body, signal.as_ref(), take).await;
            if self.is_at(turn) {
                self.waits.set(None);
                if let Err(error) = told {
                    self.wrong.set(Some(error.to_string()));
                }
            }
        });
    }

    fn take(self, event: AnswerEvent) {
        let more = |text: &str, cited| {
            self.answer.update(|answer| {
                let answer = answer.get_or_insert_default();
                answer.text.push_str(text);
                answer.cited.extend(cited);
            });
        };
        match event {
            AnswerEvent::Found { found, .. } => self.found.set(Some(found)),
            AnswerEvent::Text { text } => more(&text, None),
            AnswerEvent::Cited(cited) => more("", Some(cited)),
            AnswerEvent::Ended => {}
            AnswerEvent::Failed { message } => self.wrong.set(Some(message)),
        }
    }

    fn begin(self, what: &'static str) -> u32 {
        self.give_up();
        self.found.set(None);
        self.answer.set(None);
        self.wrong.set(None);
        self.waits.set(Some(what));
        self.turn.get_value()
    }

    fn is_at(self, turn: u32) -> bool {
        self.turn.try_get_value() == Some(turn)
    }

    fn give_up(self) {
        self.turn.try_update_value(|turn| *turn += 1);
        if let Some(abort) = self.abort.try_update_value(Option::take).flatten() {
            abort.abort();
        }
        self.waits.try_set(None);
    }
}

/// What a question came to, as far as it is known.
#[component]
pub fn Told(asked: Asked) -> impl IntoView {
    let Asked { found, answer, wrong, waits, .. } = asked;
    let waiting = move |what: &'static str| {
        view! {
            <p class="inside row dim">
                <span>{what}</span>
                <span class="grow"></span>
                <button type="button" class="btn" on:click=move |_| asked.give_up()>
                    "Stop"
                </button>
            </p>
        }
    };
    // Busy until all is said, so that it is read aloud once.
    view! {
        <div role="status" aria-busy=move || waits.with(Option::is_some).to_string()>
            {move || waits.get().map(waiting)}
            {move || wrong.get().map(|why| view! { <p class="inside wrong">{why}</p> })}
            {move || found.get().map(|list| view! { <Found list answer /> })}
        </div>
    }
}
