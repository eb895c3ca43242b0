//! An answer as it is told, part by part, whatever a body's family makes of them.

use flow::message::{Finish, ToolCall, Usage};

use crate::service::ModelAnswer;

/// What is known of a call besides its answer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Facts<'a> {
    /// Of this answer.
    pub id: &'a str,
    /// As the caller named it.
    pub model: &'a str,
    /// Milliseconds from the call to the first piece, and to now.
    pub first: u64,
    pub took: u64,
}

/// One thing that is told. A number is a block's place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Part<'a> {
    Begin,
    /// A block of text begins, or one of a call.
    Open(usize, Option<&'a ToolCall>),
    Text(usize, &'a str),
    /// The arguments of the block's call.
    Arguments(usize, &'a str),
    Close(usize),
    End(&'a ModelAnswer),
}

/// What was told so far.
#[derive(Debug, Default)]
pub(super) struct Blocks {
    begun: bool,
    texts: bool,
}

impl Blocks {
    /// A piece of text.
    pub fn text<'a>(&mut self, text: &'a str) -> Vec<Part<'a>> {
        let mut parts = self.begin();
        if !self.texts {
            self.texts = true;
            parts.push(Part::Open(0, None));
        }
        parts.push(Part::Text(0, text));
        parts
    }

    /// The whole answer, of which the text may have been told already.
    pub fn end<'a>(&mut self, answer: &'a ModelAnswer) -> Vec<Part<'a>> {
        let mut parts = match self.texts {
            // A server that does not stream.
            false if !answer.text.is_empty() => self.text(&answer.text),
            _ => self.begin(),
        };
        if self.texts {
            parts.push(Part::Close(0));
        }
        for (at, call) in answer.calls.iter().enumerate() {
            let at = at + usize::from(self.texts);
            parts.extend([Part::Open(at, Some(call)), Part::Arguments(at, &call.arguments), Part::Close(at)]);
        }
        parts.push(Part::End(answer));
        parts
    }

    fn begin<'a>(&mut self) -> Vec<Part<'a>> {
        if std::mem::replace(&mut self.begun, true) { Vec::new() } else { vec![Part::Begin] }
    }
}

/// Why an answer ended, in the words of Converse, which most families share.
pub(super) fn stop_reason(answer: &ModelAnswer) -> &'static str {
    match answer.finish {
        Finish::Length => "max_tokens",
        Finish::Stopped(_) => "stop_sequence",
        Finish::Filtered => "content_filtered",
        Finish::Done if answer.calls.is_empty() => "end_turn",
        Finish::Done => "tool_use",
    }
}

/// What was read and written. AWS's clients demand numbers where a model's server does not say.
pub(super) fn usage(answer: &ModelAnswer) -> Usage {
    answer.usage.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_told_in_blocks() {
        let call = ToolCall { id: "1".into(), name: "f".into(), arguments: "{}".into() };
        let answer = ModelAnswer { text: "ab".into(), calls: vec![call], ..ModelAnswer::default() };
        let call = &answer.calls[0];
        let mut blocks = Blocks::default();
        assert_eq!(blocks.text("a"), [Part::Begin, Part::Open(0, None), Part::Text(0, "a")]);
        assert_eq!(blocks.text("b"), [Part::Text(0, "b")]);
        let of_call = [Part::Open(1, Some(call)), Part::Arguments(1, "{}"), Part::Close(1)];
        let end = [&[Part::Close(0)][..], &of_call, &[Part::End(&answer)]].concat();
        assert_eq!(blocks.end(&answer), end);
        let at_once = [&[Part::Begin, Part::Open(0, None), Part::Text(0, "ab")][..], &end].concat();
        assert_eq!(Blocks::default().end(&answer), at_once);
        let nothing = ModelAnswer::default();
        assert_eq!(Blocks::default().end(&nothing), [Part::Begin, Part::End(&nothing)]);
    }

    #[test]
    fn says_why_it_ended() {
        let ended = |finish| stop_reason(&ModelAnswer { finish, ..ModelAnswer::default() });
        assert_eq!(ended(Finish::Done), "end_turn");
        assert_eq!(ended(Finish::Length), "max_tokens");
        assert_eq!(ended(Finish::Stopped(None)), "stop_sequence");
        assert_eq!(ended(Finish::Filtered), "content_filtered");
    }
}
