//! Answers that a model makes of passages, told as they come, with what each part of them is from.
//!
//! Always holds: what was said in a session is kept when the answer is whole, and before its end is told; where no
//! passage is found no model is asked. An answer that is dropped stops the call of its model.

use std::collections::{BTreeMap, VecDeque};

use flow::definition::{InferenceConfiguration, KnowledgeBasePrompt};
use flow::message::{Message, Role};
use flow::node::knowledge_base::{NOTHING_FOUND, Query, citing_chat, configuration};
use flow::wire::{AnswerFromKnowledge, AskKnowledgeBase, Cited, KnowledgeAnswer, PassageList};

use super::question;
use crate::error::{Error, Result};
use crate::knowledge::cite::{Citer, Part};
use crate::provider::Error as ModelError;
use crate::service::{Said, Service, Talk};
use crate::{clock, id};

/// How long a session is kept after it was last used, in milliseconds: a day.
const KEPT: u64 = 24 * 60 * 60 * 1000;
/// How much of what was said is told to the model again, in messages.
const MOST_MESSAGES: usize = 20;

/// What a model is asked to make an answer of.
#[derive(Clone, Debug, Default)]
pub struct Grounds {
    /// The question, and how its passages are found.
    pub ask: AskKnowledgeBase,
    pub model: String,
    pub prompt: Option<String>,
    pub inference: Option<InferenceConfiguration>,
    /// The session that this goes on with; a new one where absent.
    pub session: Option<String>,
}

/// An answer that comes.
pub struct Answering {
    pub session: String,
    pub found: PassageList,
    base: String,
    question: String,
    history: Vec<Message>,
    service: Service,
    /// None when nothing more is said.
    talk: Option<Talk>,
    /// None when the answer is whole.
    citer: Option<Citer>,
    has_text: bool,
    told: VecDeque<Part>,
}

impl Service {
    /// Has a model answer from a base's passages.
    ///
    /// # Errors
    /// There is no such base, model or session, or the question cannot be asked.
    pub async fn answer_from(&self, id: &str, grounds: Grounds) -> Result<Answering> {
        let base = self.base(id).await?;
        let (session, history) = self.knowledge_session(&base, grounds.session).await?;
        let text = grounds.ask.text.clone();
        let mut asked = question(grounds.ask)?;
        // What a question leaves out, the one before it says.
        if let Some(before) = history.iter().rfind(|message| message.role == Role::User) {
            asked.text = format!("{}\n{text}", before.text);
        }
        let found = self.retriever.search(&base, &asked).await?;
        let mut configuration = configuration(&base);
        configuration.model_id = Some(grounds.model);
        configuration.prompt_template =
            grounds.prompt.map(|text| KnowledgeBasePrompt { text_prompt_template: Some(text) });
        configuration.inference_configuration = grounds.inference;
        let mut chat = citing_chat(&Query { text: text.clone(), configuration }, &found.passages);
        let last = chat.messages.len().saturating_sub(1);
        chat.messages.splice(last..last, history.iter().cloned());
        // A model that is not there is told of whether or not there is something to answer from.
        let talk = self.talk(chat, BTreeMap::new()).await?;
        let nothing = found.passages.is_empty();
        let mut answering = Answering {
            session,
            base,
            question: text,
            history,
            service: self.clone(),
            talk: (!nothing).then_some(talk),
            citer: (!nothing).then(|| Citer::new(found.passages.clone())),
            has_text: false,
            told: nothing.then(|| Part::Text(NOTHING_FOUND.to_owned())).into_iter().collect(),
            found,
        };
        if nothing {
            answering.keep(NOTHING_FOUND.to_owned()).await?;
        }
        Ok(answering)
    }

    /// As the native API asks it.
    ///
    /// # Errors
    /// As [`Service::answer_from`].
    pub async fn answer_from_knowledge(&self, id: &str, body: AnswerFromKnowledge) -> Result<Answering> {
        let AnswerFromKnowledge { ask, model, prompt, session } = body;
        self.require_model("model", Some(&model))?;
        self.answer_from(id, Grounds { ask, model, prompt, session, inference: None }).await
    }

    /// A session's id, and what was said in it.
    async fn knowledge_session(&self, base: &str, id: Option<String>) -> Result<(String, Vec<Message>)> {
        let Some(id) = id else { return Ok((id::by_time(clock::now())?, Vec::new())) };
        let said = self.store.agent_session(&place(base), &id, clock::now()).await?;
        let none = || {
            Error::invalid(
                "sessionId",
                "There is no such session, or it has ended. Leave it out for a new one.",
            )
        };
        let history = serde_json::from_str(&said.ok_or_else(none)?)?;
        Ok((id, history))
    }
}

/// Where the sessions of a base are kept, beside those of agents.
fn place(base: &str) -> String {
    format!("knowledge-base/{base}")
}

impl Answering {
    /// What is told next; none after the whole answer or an error.
    pub async fn next(&mut self) -> Option<std::result::Result<Part, ModelError>> {
        loop {
            if let Some(part) = self.told.pop_front() {
                return Some(Ok(part));
            }
            let said = self.talk.as_mut()?.next().await;
            match said {
                Some(Ok(Said::Text(text))) => self.take(&text),
                Some(Ok(Said::Done(answer))) => {
                    self.talk = None;
                    if !self.has_text {
                        self.take(&answer.text);
                    }
                    if let Err(error) = self.end().await {
                        return Some(Err(ModelError::Away(error.to_string())));
                    }
                }
                Some(Err(error)) => {
                    self.talk = None;
                    return Some(Err(error));
                }
                None => {
                    self.talk = None;
                    return Some(Err(ModelError::Garbled("The model broke off.".to_owned())));
                }
            }
        }
    }

    fn take(&mut self, text: &str) {
        self.has_text |= !text.is_empty();
        self.told.extend(self.citer.as_mut().into_iter().flat_map(|citer| citer.push(text)));
    }

    async fn end(&mut self) -> Result<()> {
        let Some(citer) = self.citer.take() else { return Ok(()) };
        let (rest, text) = citer.end();
        self.told.extend(rest);
        self.keep(text).await
    }

    /// Keeps the question and this answer in the session.
    async fn keep(&mut self, text: String) -> Result<()> {
        let mut said = std::mem::take(&mut self.history);
        said.push(Message { role: Role::User, text: self.question.clone() });
        said.push(Message { role: Role::Assistant, text });
        let said = &said[said.len().saturating_sub(MOST_MESSAGES)..];
        let (body, now) = (serde_json::to_string(said)?, clock::now());
        let kept = self.service.store.put_agent_session(
            place(&self.base),
            self.session.clone(),
            body,
            now,
            now + KEPT,
        );
        Ok(kept.await?)
    }

    /// The whole answer.
    ///
    /// # Errors
    /// There is none.
    pub async fn whole(mut self) -> std::result::Result<KnowledgeAnswer, ModelError> {
        let (mut text, mut citations): (String, Vec<Cited>) = Default::default();
        while let Some(part) = self.next().await {
            match part? {
                Part::Text(more) => text.push_str(&more),
                Part::Cited(cited) => citations.push(cited),
            }
        }
        Ok(KnowledgeAnswer { text, citations, session: self.session, found: self.found })
    }
}
