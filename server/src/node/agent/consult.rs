//! An agent that asks another one.
//!
//! Always holds: agents ask each other no deeper than a limit, so that two that ask each other come to an end; the other
//! one begins afresh with each call, and what it wishes to ask a person goes to the agent that asked it.

use flow::event::Step;
use flow::message::{Message, Role, Usage};
use flow::node::agent::Call;
use futures_util::future::join;
use serde_json::{Value, json};
use tokio::sync::mpsc::Receiver;

use super::{Work, answer_at};
use crate::node::{Context, Outcome};
use crate::provider::{Piece, Pieces};

/// How deep agents ask each other.
const DEEPEST: usize = 4;
/// How many of the other one's steps may wait to be taken down.
const LAG: usize = 64;

/// What became of a question to another agent.
pub(super) struct Consulted {
    /// The ARN of the alias that was asked.
    pub arn: String,
    pub message: String,
    /// What the other one did.
    pub steps: Vec<Step>,
    /// Its answer, or why there is none.
    pub answered: Result<String, String>,
    /// What its models read and wrote.
    pub usage: Option<Usage>,
}

/// What a model is told of another agent's arguments.
pub(super) fn schema() -> Value {
    json!({"type": "object", "required": ["message"], "additionalProperties": false,
        "properties": {"message": {"type": "string", "description": "What it is asked, with all that it needs to know."}}})
}

/// Asks the agent of this alias; `number` counts the calls of the one that asks.
pub(super) async fn ask(
    arn: &str,
    tells_history: bool,
    arguments: &Value,
    work: &Work<'_>,
    number: usize,
    context: &Context,
) -> Consulted {
    let message = arguments["message"].as_str().unwrap_or_default().trim().to_owned();
    let mut consulted = Consulted {
        arn: arn.to_owned(),
        message: message.clone(),
        steps: Vec::new(),
        answered: Err("The message is empty. Say what is to be done.".to_owned()),
        usage: None,
    };
    if message.is_empty() {
        return consulted;
    }
    if work.depth + 1 > DEEPEST {
        let why = format!("Agents ask each other at most {DEEPEST} deep, and this one would be deeper.");
        return Consulted { answered: Err(why), ..consulted };
    }
    let call = Call {
        alias_arn: arn.to_owned(),
        // What the other one's functions are called by is no call of this one's.
        node: format!("{}/{number}", work.call.node),
        text: message,
        history: if tells_history { told(work.call) } else { Vec::new() },
        prompt_attributes: work.call.prompt_attributes.clone(),
        session_attributes: work.call.session_attributes.clone(),
        resumed: None,
    };
    let (pieces, arriving) = Pieces::channel(LAG);
    let answering = async move {
        let outcome = answer_at(&call, work.chain, context, work.origin, &pieces, work.depth + 1).await;
        drop(pieces);
        outcome
    };
    let (outcome, steps) = join(answering, taken_down(arriving)).await;
    consulted.steps = steps;
    consulted.answered = match outcome {
        Ok(Outcome::Done(completion)) => {
            consulted.usage = completion.model.and_then(|model| model.usage);
            Ok(flow::value::to_text(&completion.value))
        }
        Ok(Outcome::Asked { text, .. }) => {
            Ok(format!("It asks: {text} Find out, and ask it again with all that it needs to know."))
        }
        Err(failure) => Err(failure.message),
    };
    consulted
}

/// What was said so far, the person's last words too.
fn told(call: &Call) -> Vec<Message> {
    let last = Message { role: Role::User, text: call.text.clone() };
    call.history.iter().cloned().chain([last]).collect()
}

/// The steps of an agent that answers. What it says meanwhile is for the one that asked.
async fn taken_down(mut arriving: Receiver<Piece>) -> Vec<Step> {
    let mut steps = Vec::new();
    while let Some(piece) = arriving.recv().await {
        if let Piece::Step(step) = piece {
            steps.push(step);
        }
    }
    steps
}
