//! The effects of the node kinds that have one.

use flow::event::{Failure, ModelCall};
use flow::run::{Completion, Work};
use serde_json::Value;

use crate::provider::{Pieces, Registry};

/// What a node's effect may use.
#[derive(Clone)]
pub struct Context {
    pub models: Registry,
}

/// Does a node's work. Dropping the future stops it.
///
/// # Errors
/// Why the node failed.
pub async fn perform(work: Work, context: &Context, pieces: &Pieces) -> Result<Completion, Failure> {
    match work {
        Work::Chat(chat) => {
            let resolved = context.models.resolve(&chat.model)?;
            let answer = resolved.provider.chat(&resolved.model, &chat, pieces).await?;
            let model = ModelCall { model: resolved.id, served_by: answer.served_by, usage: answer.usage };
            Ok(Completion { value: Value::String(answer.text), model: Some(model) })
        }
    }
}
