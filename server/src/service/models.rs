//! Models that are asked outside of a flow: for an answer, for the tokens of a question, for what texts mean in numbers.
//!
//! Always holds: a model id leads where a Prompt node's does; a talk that is dropped stops the call of its model; the
//! calls of tools in an answer have arguments that are JSON objects.

use std::collections::BTreeMap;

use flow::message::{Chat, Finish, Image, Role, ToolCall};
use flow::node::prompt;
use futures_util::future::BoxFuture;
use serde_json::Value;
use tokio::sync::mpsc::Receiver;

use super::Service;
use crate::error::Error;
use crate::provider::{Answer, Error as ModelError, Piece, Pieces, Purpose, Resolved, Vectors};

/// How many pieces of an answer may wait for a slow reader.
const LAG: usize = 64;

/// What is told of an answer as it comes.
#[derive(Clone, Debug, PartialEq)]
pub enum Said {
    Text(String),
    /// The whole answer, which is the last that is said.
    Done(Answer),
}

/// A model that answers.
pub struct Talk {
    pieces: Receiver<Piece>,
    /// None when it has ended.
    work: Option<BoxFuture<'static, Result<Answer, ModelError>>>,
    ended: Option<Result<Answer, ModelError>>,
}

impl Talk {
    /// What is said next; none after the whole answer or an error.
    pub async fn next(&mut self) -> Option<Result<Said, ModelError>> {
        while let Some(work) = &mut self.work {
            tokio::select! {
                // In the order in which it was said.
                biased;
                Some(piece) = self.pieces.recv() => if let Piece::Text(text) = piece {
                    return Some(Ok(Said::Text(text)));
                },
                ended = work => (self.work, self.ended) = (None, Some(ended)),
            }
        }
        // The other end of the channel went with the work.
        while let Some(piece) = self.pieces.recv().await {
            if let Piece::Text(text) = piece {
                return Some(Ok(Said::Text(text)));
            }
        }
        Some(self.ended.take()?.and_then(sound).map(Said::Done))
    }

    /// The whole answer.
    ///
    /// # Errors
    /// There is none.
    pub async fn whole(mut self) -> Result<Answer, ModelError> {
        while let Some(said) = self.next().await {
            if let Said::Done(answer) = said? {
                return Ok(answer);
            }
        }
        Err(ModelError::Garbled("The model broke off.".to_owned()))
    }
}

impl Service {
    /// Asks a model. `variables` are those of the prompt that the model id names, if it names one.
    ///
    /// # Errors
    /// The model cannot be asked this.
    pub async fn talk(&self, chat: Chat, variables: BTreeMap<String, String>) -> Result<Talk, Error> {
        let chat = self.with_prompt(chat, variables).await?;
        let Resolved { provider, model, .. } = self.asked(&chat)?;
        let (pieces, receiver) = Pieces::channel(LAG);
        let work = async move { provider.chat(&model, &chat, &pieces).await };
        Ok(Talk { pieces: receiver, work: Some(Box::pin(work)), ended: None })
    }

    /// How many tokens a model would read of a chat. `variables` are as those of [`Service::talk`].
    ///
    /// # Errors
    /// They cannot be counted.
    pub async fn count_tokens(&self, chat: Chat, variables: BTreeMap<String, String>) -> Result<u64, Error> {
        let chat = self.with_prompt(chat, variables).await?;
        let Resolved { provider, model, .. } = self.asked(&chat)?;
        Ok(provider.count(&model, &chat).await?)
    }

    /// The model of the prompt that a model id names; none where it names no prompt.
    ///
    /// # Errors
    /// There is no such prompt.
    pub async fn model_of_prompt(&self, id: &str) -> Result<Option<String>, Error> {
        if !is_prompt(id) {
            return Ok(None);
        }
        Ok(Some(self.prompt_by_arn(id).await?.model_id))
    }

    /// What texts mean to a model in numbers: one vector for each, of this length where one is given.
    ///
    /// # Errors
    /// The model has no vectors, or none of this length.
    pub async fn embed(
        &self,
        model: &str,
        texts: Vec<String>,
        dimensions: Option<u32>,
        purpose: Purpose,
    ) -> Result<Vectors, Error> {
        let Resolved { provider, model, id } = self.models.resolve(model)?;
        let found = provider.embed(&model, texts, dimensions, purpose).await?;
        let length = found.vectors.first().map_or(0, Vec::len);
        match dimensions {
            Some(wanted) if length != wanted as usize => {
                let message = format!("{id} gives vectors of {length} numbers, not of {wanted}.");
                Err(Error::invalid("dimensions", message))
            }
            _ => Ok(found),
        }
    }

    /// A chat with the prompt that its model id names: the prompt says how it is asked, and the messages come after.
    async fn with_prompt(&self, chat: Chat, variables: BTreeMap<String, String>) -> Result<Chat, Error> {
        if is_prompt(&chat.model) {
            let prompt = self.prompt_by_arn(&chat.model).await?;
            let values: Vec<(String, Value)> =
                variables.into_iter().map(|(name, text)| (name, text.into())).collect();
            let asked = prompt::chat(&prompt, None, &values);
            return said_after(asked.map_err(|why| Error::invalid("promptVariables", why))?, chat);
        }
        if !variables.is_empty() {
            let message = "Only a prompt has variables. Give its ARN as the model's id.";
            return Err(Error::invalid("promptVariables", message));
        }
        Ok(chat)
    }

    /// Who is asked a chat, if it can be.
    fn asked(&self, chat: &Chat) -> Result<Resolved, Error> {
        let found = self.models.resolve(&chat.model)?;
        if chat.exchanges.is_empty() && chat.messages.iter().all(|message| message.role == Role::System) {
            return Err(Error::invalid("messages", "There is nothing to answer. Give a message."));
        }
        let unfit = |what: &str| Err(ModelError::Unfit(format!("{} {what}.", found.id)).into());
        if !(chat.images.is_empty() || found.provider.takes_images()) {
            let message = format!("{} is shown no images. Leave them out, or use a larger model.", found.id);
            return Err(Error::invalid("image", message));
        }
        if !found.provider.takes_tools() {
            if !(chat.tools.is_empty() && chat.exchanges.is_empty()) {
                return unfit("takes no tools. Ask without them, or connect a larger model");
            }
            if chat.schema.is_some() {
                return unfit("cannot be held to a schema. Connect a larger model");
            }
        }
        Ok(found)
    }
}

/// What a prompt asks, and after it the messages of a chat, which may say nothing else.
fn said_after(mut asked: Chat, chat: Chat) -> Result<Chat, Error> {
    let is_sampled = chat.temperature.is_some() || chat.top_p.is_some() || chat.max_tokens.is_some();
    for (field, is_there) in [
        ("system", chat.messages.iter().any(|message| message.role == Role::System)),
        ("inferenceConfig", is_sampled || !chat.stop.is_empty()),
        ("toolConfig", !chat.tools.is_empty()),
        ("additionalModelRequestFields", chat.additional.is_some()),
    ] {
        if is_there {
            return Err(Error::invalid(field, "The prompt that is named says this. Leave it out."));
        }
    }
    let own = asked.messages.len();
    asked.messages.extend(chat.messages);
    asked.exchanges = chat.exchanges;
    asked.images =
        chat.images.into_iter().map(|image| Image { message: image.message + own, ..image }).collect();
    asked.schema = chat.schema;
    Ok(asked)
}

/// Whether a model's id is the ARN of a prompt.
pub fn is_prompt(id: &str) -> bool {
    let mut parts = id.splitn(6, ':');
    parts.next() == Some("arn")
        && parts.nth(1) == Some("bedrock")
        && parts.nth(2).is_some_and(|resource| resource.starts_with("prompt/"))
}

/// An answer whose calls can be told as AWS tells them.
fn sound(mut answer: Answer) -> Result<Answer, ModelError> {
    // What the limit of tokens cut off is no call yet; what was said before it is an answer.
    if answer.finish == Finish::Length {
        answer.calls.retain(|call| call.arguments.trim().is_empty() || is_object(&call.arguments));
    }
    for (at, call) in answer.calls.iter_mut().enumerate() {
        if call.arguments.trim().is_empty() {
            "{}".clone_into(&mut call.arguments);
        }
        if !is_object(&call.arguments) {
            let ToolCall { name, .. } = call;
            let message = format!("The model calls {name} with what is no JSON object. Ask again.");
            return Err(ModelError::Garbled(message));
        }
        if !is_id(&call.id) {
            call.id = format!("call_{at}");
        }
    }
    Ok(answer)
}

fn is_object(text: &str) -> bool {
    serde_json::from_str::<Value>(text).is_ok_and(|value| value.is_object())
}

/// Whether AWS's clients may give a call's id back.
fn is_id(id: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_.:-".contains(&byte);
    (1..=64).contains(&id.len()) && id.bytes().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prompts_arn_is_no_models() {
        for (id, prompt) in [
            ("arn:aws:bedrock:us-east-1:123456789012:prompt/ABCDEFGHIJ:1", true),
            ("arn:aws:bedrock:us-east-1:123456789012:default-prompt-router/x", false),
            ("arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0", false),
            ("test/model", false),
        ] {
            assert_eq!(is_prompt(id), prompt, "{id}");
        }
    }

    #[test]
    fn calls_have_objects_and_ids_that_can_be_given_back() {
        let call = |id: &str, arguments: &str| {
            let call = ToolCall { id: id.into(), name: "f".into(), arguments: arguments.into() };
            sound(Answer { calls: vec![call], ..Answer::default() }).map(|mut answer| answer.calls.remove(0))
        };
        assert_eq!(call("a", " ").unwrap().arguments, "{}");
        assert_eq!(call("a b", "{}").unwrap().id, "call_0");
        assert_eq!(call("call-1", "{}").unwrap().id, "call-1");
        assert!(call("a", "{").is_err() && call("a", "[]").is_err());
        let cut = ToolCall { id: "a".into(), name: "f".into(), arguments: r#"{"a":"#.into() };
        let cut =
            Answer { text: "Let me".into(), calls: vec![cut], finish: Finish::Length, ..Answer::default() };
        assert!(sound(cut).is_ok_and(|answer| answer.calls.is_empty() && answer.text == "Let me"));
    }

    #[tokio::test]
    async fn what_was_said_before_the_end_is_told_before_it() {
        let (pieces, receiver) = Pieces::channel(4);
        let work = async move {
            pieces.push("a".into()).await;
            pieces.push("b".into()).await;
            Err(ModelError::Garbled("off".into()))
        };
        let mut talk = Talk { pieces: receiver, work: Some(Box::pin(work)), ended: None };
        assert_eq!(talk.next().await, Some(Ok(Said::Text("a".into()))));
        assert_eq!(talk.next().await, Some(Ok(Said::Text("b".into()))));
        assert_eq!(talk.next().await, Some(Err(ModelError::Garbled("off".into()))));
        assert_eq!(talk.next().await, None);
    }
}
