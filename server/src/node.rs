//! The effects of the node kinds that have one.

pub mod agent;
pub mod code;
pub mod flows;
pub mod function;
pub mod intent;
mod knowledge_base;
pub mod objects;

use std::sync::Arc;

use flow::event::{Failure, ModelCall};
use flow::message::Chat;
use flow::run::{Completion, Task, Work};
use serde_json::Value;

use crate::knowledge::Index;
use crate::provider::{Pieces, Registry};
use crate::python::Python;
use agent::Agents;
use flows::Flows;
use function::Functions;
use intent::Bots;
use objects::Objects;

/// What a node's effect may use.
#[derive(Clone)]
pub struct Context {
    pub models: Registry,
    pub functions: Functions,
    pub bots: Bots,
    pub objects: Objects,
    pub knowledge: Arc<dyn Index>,
    pub agents: Agents,
    pub python: Python,
}

/// The execution that a node works for.
#[derive(Clone, Debug)]
pub struct Origin {
    pub execution_id: String,
    pub flow_id: String,
    /// AWS's test alias for a draft.
    pub alias_id: String,
    /// How other flows are called for it.
    pub flows: Flows,
}

/// What a node's work came to.
#[derive(Clone, Debug)]
pub enum Outcome {
    Done(Completion),
    /// A question to a person, and what the node needs to go on.
    Asked {
        text: String,
        state: Value,
    },
}

/// Does a node's work. Dropping the future stops it.
///
/// # Errors
/// Why the node failed.
pub async fn perform(
    task: Task,
    context: &Context,
    origin: &Origin,
    pieces: &Pieces,
) -> Result<Outcome, Failure> {
    let done: Result<Completion, Failure> = match task.work {
        Work::Agent(call) => return agent::answer(&call, &task.chain, context, origin, pieces).await,
        Work::Chat(chat) => answer(&chat, context, pieces).await,
        Work::Function(call) => {
            let value = context.functions.call(&call, &task.chain, origin).await?;
            Ok(Completion { value, model: None })
        }
        Work::Intent(utterance) => {
            let (name, call) = context.bots.name(&utterance, &context.models, pieces).await?;
            Ok(Completion { value: Value::String(name), model: Some(call) })
        }
        Work::Write(write) => Ok(Completion { value: context.objects.write(&write).await?, model: None }),
        Work::Read(read) => Ok(Completion { value: context.objects.read(&read).await?, model: None }),
        Work::Search(query) => knowledge_base::search(&query, context, pieces).await,
        Work::Code(code) => {
            let value = code::run(&context.python, &task.node, *code, pieces).await?;
            Ok(Completion { value, model: None })
        }
    };
    done.map(Outcome::Done)
}

/// A model's answer to a chat.
async fn answer(chat: &Chat, context: &Context, pieces: &Pieces) -> Result<Completion, Failure> {
    let resolved = context.models.resolve(&chat.model)?;
    let answer = resolved.provider.chat(&resolved.model, chat, pieces).await?;
    let model = ModelCall { model: resolved.id, served_by: answer.served_by, usage: answer.usage };
    Ok(Completion { value: Value::String(answer.text), model: Some(model) })
}
