//! Lex: names the intent of a message, of those that its bot's alias is bound to.

use serde_json::Value;

use super::{Group, Kind, Port, Ports, text};
use crate::definition::{Configuration, LexConfiguration, Node, NodeInput, NodeOutput, NodeType};
use crate::value::Type;

/// The message.
pub const TEXT: &str = "inputText";
const REQUEST: &str = "requestAttributes";
const SESSION: &str = "sessionAttributes";
/// The name of the intent.
pub const INTENT: &str = "predictedIntent";

pub(super) const KIND: Kind = Kind {
    label: "Lex",
    group: Group::Ai,
    about: "Names the intent of a message. The Connections page binds the bot's alias to intents, each with messages \
            that mean it.",
    inputs: Ports::Fixed(&[
        Port::required(TEXT, Some(Type::String)),
        Port::optional(REQUEST, Some(Type::Object)),
        Port::optional(SESSION, Some(Type::Object)),
    ]),
    outputs: Ports::Fixed(&[Port::required(INTENT, Some(Type::String))]),
};

/// A message whose intent is to be named.
#[derive(Clone, Debug, PartialEq)]
pub struct Utterance {
    pub bot_alias_arn: String,
    pub locale: String,
    pub text: String,
}

pub(super) fn fresh(name: &str) -> Node {
    Node {
        name: name.to_owned(),
        kind: NodeType::Lex,
        configuration: Some(Configuration::Lex(LexConfiguration {
            bot_alias_arn: String::new(),
            locale_id: "en_US".to_owned(),
        })),
        inputs: vec![NodeInput::whole(TEXT, Type::String)].into(),
        outputs: vec![NodeOutput { name: INTENT.to_owned(), kind: Type::String }].into(),
    }
}

/// What a node asks with these values.
pub(crate) fn utterance(lex: &LexConfiguration, values: Vec<(String, Value)>) -> Utterance {
    Utterance {
        bot_alias_arn: lex.bot_alias_arn.clone(),
        locale: lex.locale_id.clone(),
        text: text(values, TEXT),
    }
}

/// What a bot is called in sentences: what its alias's ARN ends with.
pub fn short(arn: &str) -> &str {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    match parts[..] {
        ["arn", _, "lex", _, _, resource] => resource.strip_prefix("bot-alias/").unwrap_or(resource),
        _ => arn,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bot_is_called_by_the_end_of_its_arn() {
        assert_eq!(short("arn:aws:lex:us-east-1:123456789012:bot-alias/SHOP/LIVE"), "SHOP/LIVE");
        assert_eq!((short("${bot}"), short("arn:aws:lex:us-east-1:1:bot/SHOP")), ("${bot}", "bot/SHOP"));
    }
}
