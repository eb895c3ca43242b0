//! Amazon Nova's body, which is Converse's under other names of the settings.

use serde_json::{Value, json};

use super::converse;
use super::telling::{Facts, Part};
use crate::service::ModelAnswer;

/// The whole answer.
pub(super) fn whole(answer: &ModelAnswer) -> Value {
    converse::whole(answer)
}

/// The pieces of a stream: each of Converse's events under its name.
pub(super) fn pieces(part: &Part<'_>, facts: &Facts<'_>) -> Vec<Value> {
    converse::events(part, facts).into_iter().map(|(name, event)| json!({name: event})).collect()
}

#[cfg(test)]
mod tests {
    use flow::message::Usage;

    use super::*;
    use crate::api::aws::runtime::family::Body;

    #[test]
    fn settings_have_names_of_their_own() {
        let chat = Body::Nova
            .chat(
                "amazon.nova-lite-v1:0",
                json!({"schemaVersion": "messages-v1", "system": [{"text": "Be brief."}],
                    "messages": [{"role": "user", "content": [{"text": "Hi"}]}],
                    "inferenceConfig": {"max_new_tokens": 9, "top_p": 0.5, "top_k": 3, "stopSequences": ["END"]}}),
            )
            .unwrap_or_else(|error| panic!("{:?}", error.told()));
        assert_eq!((chat.max_tokens, chat.top_p, chat.stop.len()), (Some(9), Some(0.5), 1));
        assert_eq!(chat.additional, Some(json!({"top_k": 3})));
        assert_eq!(chat.messages[1].text, "Hi");
    }

    #[test]
    fn pieces_are_converses_events() {
        let facts = Facts { id: "1", model: "m", first: 1, took: 5 };
        let usage = Some(Usage { input_tokens: 3, output_tokens: 4 });
        let answer = ModelAnswer { usage, ..ModelAnswer::default() };
        assert_eq!(pieces(&Part::Begin, &facts), [json!({"messageStart": {"role": "assistant"}})]);
        let text = json!({"contentBlockDelta": {"contentBlockIndex": 0, "delta": {"text": "a"}}});
        assert_eq!(pieces(&Part::Text(0, "a"), &facts), [text]);
        let end = pieces(&Part::End(&answer), &facts);
        assert_eq!(end[0], json!({"messageStop": {"stopReason": "end_turn"}}));
        assert_eq!(end[1]["metadata"]["usage"]["totalTokens"], 7);
    }
}
