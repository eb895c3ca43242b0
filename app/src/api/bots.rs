//! Bindings of bots to intents.

use flow::wire::{Bot, BotList, BotTest, PutBot, TryBot};

use super::path::encode;
use super::{Answer, request};

pub async fn list() -> Answer<BotList> {
    request::get("/api/bots").await
}

pub async fn put(arn: &str, locale: &str, bot: &PutBot) -> Answer<Bot> {
    request::put(&at(arn, "", locale), bot).await
}

pub async fn delete(arn: &str, locale: &str) -> Answer<()> {
    request::delete(&at(arn, "", locale)).await
}

/// Names the intent of a message, as a node would.
pub async fn test(arn: &str, locale: &str, text: &str) -> Answer<BotTest> {
    request::post(&at(arn, "/test", locale), &TryBot { text: text.to_owned() }).await
}

fn at(arn: &str, what: &str, locale: &str) -> String {
    let locale = if locale.is_empty() { String::new() } else { format!("?locale={}", encode(locale)) };
    format!("/api/bots/{}{what}{locale}", encode(arn))
}
