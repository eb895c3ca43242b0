//! Talking with an agent itself, without a flow: sessions that keep what was said.
//!
//! Always holds: a session answers one at a time; what was said is kept when there is an answer or a question, and a
//! failure leaves the session as it was; what is said of an answer ends with the answer or with why there is none.

use std::collections::HashSet;
use std::sync::Arc;

use flow::event::{Failure, FailureCode, Step};
use flow::message::{Message, Role};
use flow::node::agent::{Call, Resumed};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use futures_util::stream::{self, Stream};
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::Service;
use crate::error::{Error, Result};
use crate::node::agent::{self, Serving};
use crate::node::{Origin, Outcome};
use crate::provider::{Piece, Pieces};
use crate::{clock, id};

/// The answer or the question, or why there is neither.
type Answered = std::result::Result<String, Failure>;

/// How much of what was said is told to the model again, in messages.
const MOST_MESSAGES: usize = 100;
/// How many steps may wait to be told.
const LAG: usize = 64;

/// The sessions that answer now, by the ARN of the alias and their ids.
pub type Talking = Arc<Mutex<HashSet<(String, String)>>>;

/// What a session keeps.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Kept {
    history: Vec<Message>,
    /// What only the agent's functions get.
    attributes: Option<Value>,
    asked: Option<Asked>,
}

/// A question of the agent's own that waits for the person's next words.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Asked {
    /// What the agent works at.
    text: String,
    /// What was said about it.
    said: Vec<Message>,
    /// What the agent needs to go on.
    state: Value,
}

/// What a person says to an agent.
#[derive(Clone, Debug)]
pub struct Words {
    pub text: String,
    /// What the model is told this time.
    pub prompt_attributes: Option<Value>,
    /// What the agent's functions get from now on; as before where absent.
    pub session_attributes: Option<Value>,
}

/// What is said of an answer.
#[derive(Clone, Debug)]
pub enum Said {
    Step(Step),
    /// The answer, or the agent's question.
    Answer(String),
    Failed(Failure),
}

/// A session that answers now.
pub struct Session {
    pub serving: Arc<Serving>,
    id: String,
    arn: String,
    service: Service,
    _turn: Turn,
}

/// A session's turn, which is over when this is dropped.
struct Turn {
    talking: Talking,
    key: (String, String),
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.talking.lock().remove(&self.key);
    }
}

impl Service {
    /// Takes a session of an agent's alias up.
    ///
    /// # Errors
    /// There is no such agent or alias, it takes no calls, or the session answers already.
    pub async fn agent_session(&self, agent: &str, alias: &str, id: &str) -> Result<Session> {
        let Some((arn, callable)) = self.agent_registry.find(agent, alias) else {
            self.agent_draft(agent).await?;
            return Err(Error::NotFound { what: "alias", name: alias.to_owned() });
        };
        let closed = |message| Error::Conflict { code: "not_prepared", message };
        let serving = callable.map_err(closed)?;
        let key = (arn.clone(), id.to_owned());
        if !self.talking.lock().insert(key.clone()) {
            let message = format!("The session {id} is being answered. Wait for that, or use another.");
            return Err(Error::Conflict { code: "session_in_use", message });
        }
        let turn = Turn { talking: Arc::clone(&self.talking), key };
        Ok(Session { serving, id: id.to_owned(), arn, service: self.clone(), _turn: turn })
    }
}

impl Session {
    /// Forgets what was said.
    pub async fn end(self) -> Result<()> {
        Ok(self.service.store.end_agent_session(self.arn.clone(), self.id.clone()).await?)
    }

    /// Answers. Dropping what is said stops the agent.
    pub fn answer(self, words: Words) -> impl Stream<Item = Said> + Send + 'static {
        let (pieces, arriving) = Pieces::channel(LAG);
        let stopping = self.service.tasks.stopping();
        let work = async move { self.work(words, &pieces).await }.boxed();
        stream::unfold(
            Some(Telling { work: Some(work), result: None, arriving, stopping }),
            |telling| async { telling?.next().await },
        )
    }

    async fn work(self, words: Words, pieces: &Pieces) -> Answered {
        let mut kept = self.read().await.map_err(broken)?;
        if words.session_attributes.is_some() {
            kept.attributes.clone_from(&words.session_attributes);
        }
        let call = self.call(&kept, &words).map_err(broken)?;
        let origin = Origin {
            execution_id: self.id.clone(),
            flow_id: self.serving.agent.id.clone(),
            alias_id: self.serving.alias.clone(),
            flows: self.service.calls(0),
        };
        let outcome = agent::answer(&call, &[], self.service.runner.context(), &origin, pieces).await?;
        let text = keep(&mut kept, call.text, words.text, outcome);
        self.write(&kept).await.map_err(broken)?;
        Ok(text)
    }

    fn call(&self, kept: &Kept, words: &Words) -> Result<Call> {
        let resumed = kept
            .asked
            .as_ref()
            .map(|asked| Resumed { state: asked.state.clone(), reply: words.text.clone() });
        Ok(Call {
            alias_arn: self.arn.clone(),
            // Functions are told by it what is the same call again, and no two turns' calls are.
            node: id::by_time(clock::now())?,
            text: kept.asked.as_ref().map_or(&words.text, |asked| &asked.text).clone(),
            history: kept.history.clone(),
            prompt_attributes: words.prompt_attributes.clone(),
            session_attributes: kept.attributes.clone(),
            resumed,
        })
    }

    async fn read(&self) -> Result<Kept> {
        let stored = self.service.store.agent_session(&self.arn, &self.id, clock::now()).await?;
        Ok(stored.as_deref().map(serde_json::from_str).transpose()?.unwrap_or_default())
    }

    async fn write(&self, kept: &Kept) -> Result<()> {
        let (body, now) = (serde_json::to_string(kept)?, clock::now());
        let expires_at = now.saturating_add(self.serving.idle_seconds.saturating_mul(1000));
        let (arn, id) = (self.arn.clone(), self.id.clone());
        Ok(self.service.store.put_agent_session(arn, id, body, now, expires_at).await?)
    }
}

/// Adds a turn to what a session keeps; what the agent says.
fn keep(kept: &mut Kept, question: String, words: String, outcome: Outcome) -> String {
    let mut said = kept.asked.take().map_or_else(Vec::new, |asked| asked.said);
    said.push(Message { role: Role::User, text: words });
    let text = match outcome {
        Outcome::Done(completion) => {
            let text = flow::value::to_text(&completion.value);
            said.push(Message { role: Role::Assistant, text: text.clone() });
            kept.history.append(&mut said);
            text
        }
        Outcome::Asked { text, state } => {
            said.push(Message { role: Role::Assistant, text: text.clone() });
            kept.asked = Some(Asked { text: question, said, state });
            text
        }
    };
    // In pairs, so that a person's words come first still.
    let many = kept.history.len().saturating_sub(MOST_MESSAGES).next_multiple_of(2);
    kept.history.drain(..many.min(kept.history.len()));
    text
}

/// An answer as it is told.
struct Telling {
    /// Until it is done.
    work: Option<BoxFuture<'static, Answered>>,
    result: Option<Answered>,
    arriving: mpsc::Receiver<Piece>,
    stopping: CancellationToken,
}

impl Telling {
    /// What is said next, and what is left to say.
    async fn next(mut self) -> Option<(Said, Option<Self>)> {
        loop {
            let piece = match &mut self.work {
                // Its sender is gone with the work, so that what it sent is all told before the result.
                None => self.arriving.recv().await,
                Some(work) => tokio::select! {
                    biased;
                    Some(piece) = self.arriving.recv() => Some(piece),
                    result = work => {
                        (self.work, self.result) = (None, Some(result));
                        continue;
                    }
                    () = self.stopping.cancelled() => {
                        self.result = Some(Err(stopped()));
                        None
                    }
                },
            };
            match (piece, self.result.take()) {
                (Some(Piece::Step(step)), result) => {
                    self.result = result;
                    return Some((Said::Step(step), Some(self)));
                }
                (Some(_), result) => self.result = result,
                (None, Some(Ok(text))) => return Some((Said::Answer(text), None)),
                (None, result) => {
                    return Some((
                        Said::Failed(result.and_then(Answered::err).unwrap_or_else(stopped)),
                        None,
                    ));
                }
            }
        }
    }
}

fn stopped() -> Failure {
    let message = "The server stopped before there was an answer. Ask again.".to_owned();
    Failure { code: FailureCode::InternalServer, message }
}

fn broken(error: Error) -> Failure {
    tracing::error!("a session of an agent: {error:?}");
    Failure { code: FailureCode::InternalServer, message: error.to_string() }
}
