//! A conversation as AWS's bodies have it, turn by turn, put together for a model.
//!
//! Always holds: each call of a tool has its result in the next turn, as AWS demands too.

use flow::message::{Chat, Exchange, Image, Message, Role, ToolCall};

use super::super::error::Error;

/// What one message says.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Turn {
    pub role: Role,
    pub texts: Vec<String>,
    /// Kinds of images and their bytes in base 64.
    pub images: Vec<(String, String)>,
    /// What the model wished to call.
    pub calls: Vec<ToolCall>,
    /// What calls of the turn before came to, by their ids.
    pub results: Vec<(String, String)>,
}

impl Turn {
    pub fn new(role: Role) -> Self {
        Self { role, texts: Vec::new(), images: Vec::new(), calls: Vec::new(), results: Vec::new() }
    }
}

/// Who is said to speak: `user` or `assistant`, and in some bodies `system`.
pub(super) fn role(place: &str, name: &str) -> Result<Role, Error> {
    match name {
        "user" => Ok(Role::User),
        "assistant" => Ok(Role::Assistant),
        "system" => Ok(Role::System),
        _ => Err(Error::field(format!("{place}.role"), "This is user or assistant.")),
    }
}

/// Puts the turns into a chat, after what the system says.
pub(super) fn put(chat: &mut Chat, system: &[String], turns: Vec<Turn>) -> Result<(), Error> {
    if !system.is_empty() {
        chat.messages.push(Message { role: Role::System, text: system.join("\n\n") });
    }
    if turns.first().is_some_and(|turn| turn.role == Role::Assistant) {
        let message = "A conversation begins with a message of the user.";
        return Err(Error::field("messages[0].role", message));
    }
    for (at, mut turn) in turns.into_iter().enumerate() {
        take_results(chat, at, std::mem::take(&mut turn.results))?;
        if turn.role != Role::Assistant && !turn.calls.is_empty() {
            let message = "Only the assistant calls tools.";
            return Err(Error::field(format!("messages[{at}].content"), message));
        }
        let text = turn.texts.join("\n");
        if !turn.calls.is_empty() {
            chat.exchanges.push(Exchange { text, calls: turn.calls, ..Exchange::default() });
        } else if !(text.is_empty() && turn.images.is_empty()) {
            show(chat, turn.images);
            let said = chat.exchanges.last_mut().map_or(&mut chat.messages, |last| &mut last.then);
            said.push(Message { role: turn.role, text });
        }
    }
    match waiting(chat).first() {
        None => Ok(()),
        Some(call) => Err(Error::field("messages", no_result(call))),
    }
}

/// Has the next message show images.
fn show(chat: &mut Chat, images: Vec<(String, String)>) {
    let then = chat.exchanges.iter().map(|exchange| exchange.then.len());
    let message = chat.messages.len() + then.sum::<usize>();
    let image = |(media_type, data)| Image { message, media_type, data };
    chat.images.extend(images.into_iter().map(image));
}

/// The calls that have no results yet.
fn waiting(chat: &Chat) -> &[ToolCall] {
    match chat.exchanges.last() {
        Some(last) if last.results.is_empty() => &last.calls,
        _ => &[],
    }
}

fn take_results(chat: &mut Chat, at: usize, mut given: Vec<(String, String)>) -> Result<(), Error> {
    let wrong = |message: String| Error::field(format!("messages[{at}].content"), message);
    let mut results = Vec::new();
    for call in waiting(chat) {
        let place = given.iter().position(|(id, _)| *id == call.id);
        let place = place.ok_or_else(|| wrong(no_result(call)))?;
        results.push(given.swap_remove(place).1);
    }
    if let Some((id, _)) = given.first() {
        return Err(wrong(format!("This has a result of {id}, which the message before does not call.")));
    }
    match chat.exchanges.last_mut() {
        Some(last) if last.results.is_empty() => last.results = results,
        _ => {}
    }
    Ok(())
}

fn no_result(call: &ToolCall) -> String {
    let ToolCall { id, name, .. } = call;
    format!("The call {id} of {name} has no result. Give it in the message after the call.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(role: Role, text: &str) -> Turn {
        Turn { texts: vec![text.into()], ..Turn::new(role) }
    }

    fn calls(ids: &[&str]) -> Turn {
        let call = |id: &&str| ToolCall { id: (*id).into(), name: "f".into(), arguments: "{}".into() };
        Turn { calls: ids.iter().map(call).collect(), ..said(Role::Assistant, "wait") }
    }

    fn results(ids: &[&str]) -> Turn {
        let result = |id: &&str| ((*id).to_owned(), format!("of {id}"));
        Turn { results: ids.iter().map(result).collect(), ..Turn::new(Role::User) }
    }

    fn chat(turns: Vec<Turn>) -> Result<Chat, String> {
        let mut chat = Chat::default();
        put(&mut chat, &["Be".into(), "brief".into()], turns).map_err(|error| error.told().1.to_owned())?;
        Ok(chat)
    }

    #[test]
    fn results_go_to_their_calls_and_talk_goes_on_after_them() {
        let turns = vec![
            said(Role::User, "a"),
            said(Role::Assistant, "b"),
            said(Role::User, "c"),
            calls(&["1", "2"]),
            Turn { texts: vec!["and".into()], ..results(&["2", "1"]) },
            said(Role::Assistant, "d"),
            Turn { images: vec![("image/png".into(), "AA==".into())], ..said(Role::User, "e") },
        ];
        let chat = chat(turns).unwrap();
        let texts = |messages: &[Message]| {
            let text = |message: &Message| message.text.clone();
            messages.iter().map(text).collect::<Vec<String>>().join(",")
        };
        assert_eq!(texts(&chat.messages), "Be\n\nbrief,a,b,c");
        assert_eq!(chat.exchanges.len(), 1);
        assert_eq!(chat.exchanges[0].text, "wait");
        assert_eq!(chat.exchanges[0].results, ["of 1", "of 2"]);
        assert_eq!(texts(&chat.exchanges[0].then), "and,d,e");
        // Four messages, then the third of the exchange.
        assert_eq!((chat.images.len(), chat.images[0].message), (1, 6));
    }

    #[test]
    fn what_does_not_fit_together_is_said() {
        let user = || said(Role::User, "a");
        for (turns, told) in [
            (vec![said(Role::Assistant, "a")], "messages[0].role: "),
            (vec![user(), calls(&["1"])], "messages: The call 1 of f"),
            (vec![user(), calls(&["1"]), user()], "messages[2].content: The call 1 of f"),
            (
                vec![user(), calls(&["1"]), results(&["1", "2"])],
                "messages[2].content: This has a result of 2",
            ),
            (vec![results(&["1"])], "messages[0].content: This has a result of 1"),
            (vec![Turn { role: Role::User, ..calls(&["1"]) }], "messages[0].content: Only the assistant"),
        ] {
            let error = chat(turns).unwrap_err();
            assert!(error.starts_with(told), "{error}");
        }
    }
}
