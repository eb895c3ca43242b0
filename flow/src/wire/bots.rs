//! Bindings of bots: which intents a Lex node's bot alias stands for.

use serde::{Deserialize, Serialize};

/// The intents of a bot's alias.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Bot {
    /// The bot alias's ARN as the nodes have it.
    pub arn: String,
    /// Such as `en_US`. Empty: every locale that has no binding of its own.
    pub locale: String,
    /// `connection/model` or an AWS model id. Empty: the model of new prompts.
    pub model: String,
    pub intents: Vec<Intent>,
    /// The answer where no intent fits; none where one always has to.
    pub fallback: Option<String>,
}

/// An intent, and messages that mean it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Intent {
    pub name: String,
    pub utterances: Vec<String>,
}

/// The bindings of bots, by ARN and locale.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BotList {
    pub bots: Vec<Bot>,
}

impl BotList {
    /// The binding that answers for an ARN in a locale: its own, else that for every locale.
    pub fn find(&self, arn: &str, locale: &str) -> Option<&Bot> {
        let of = |locale: &str| self.bots.iter().find(|bot| bot.arn == arn && bot.locale == locale);
        of(locale).or_else(|| of(""))
    }
}

/// Binds a bot's alias, or changes its binding.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PutBot {
    /// `connection/model` or an AWS model id. Absent or empty: the model of new prompts.
    #[serde(default)]
    pub model: String,
    /// Each with at least one message that means it.
    pub intents: Vec<Intent>,
    /// The answer where no intent fits, such as `FallbackIntent`. Absent: one always has to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fallback: Option<String>,
}

/// Asks for the intent of a message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TryBot {
    pub text: String,
}

/// What a try of a bot came to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BotTest {
    pub ok: bool,
    /// The intent and who named it, or what went wrong and what to do.
    pub message: String,
    pub intent: Option<String>,
}
