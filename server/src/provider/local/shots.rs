//! Reads a prompt that shows examples before it asks.
//!
//! ```text
//! Is the customer angry or neutral? Answer with one word.
//!
//! Message: How do I change my address?
//! Tone: neutral
//!
//! Message: {{message}}
//! Tone:
//! ```
//!
//! Larger models understand this as it is. The local one does far better when each example becomes a turn of the
//! conversation: it then answers as the examples do, where it else chats about them.

use super::{Message, Role};

/// A prompt, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shots {
    pub instruction: String,
    /// Questions with their answers.
    pub examples: Vec<(String, String)>,
    pub query: String,
}

impl Shots {
    /// None where the prompt is not of that form, with one example at least.
    pub fn read(prompt: &str) -> Option<Self> {
        let (before, last) = prompt.trim_end().rsplit_once('\n')?;
        let answer = format!("\n{}: ", last.strip_suffix(':').filter(|name| is_name(name))?);
        let blocks: Vec<&str> = before.split("\n\n").collect();
        let first = blocks.iter().position(|block| block.contains(&answer))?;
        let (name, _) = blocks[first].split_once(": ").filter(|(name, _)| is_name(name))?;
        let question = format!("{name}: ");
        // Not by blocks: a question may hold empty lines.
        let shown = blocks[first..].join("\n\n");
        let mut parts: Vec<&str> = shown.strip_prefix(&question)?.split(&format!("\n\n{question}")).collect();
        let query = parts.pop()?.to_owned();
        let example = |part: &&str| part.split_once(&answer).map(|(q, a)| (q.to_owned(), a.to_owned()));
        let examples: Vec<_> = parts.iter().map(example).collect::<Option<_>>()?;
        let instruction = blocks[..first].join("\n\n");
        (!examples.is_empty()).then_some(Self { instruction, examples, query })
    }

    fn turns(self) -> Vec<Message> {
        let mut turns = Vec::with_capacity(2 + 2 * self.examples.len());
        if !self.instruction.is_empty() {
            turns.push(Message::system(self.instruction));
        }
        for (question, answer) in self.examples {
            turns.extend([Message::user(question), Message::assistant(answer)]);
        }
        turns.push(Message::user(self.query));
        turns
    }
}

/// A conversation of one message that shows examples, as turns; any other as it is.
pub fn spread(messages: Vec<Message>) -> Vec<Message> {
    match messages.as_slice() {
        [only] if only.role == Role::User => Shots::read(&only.content).map_or(messages, Shots::turns),
        _ => messages,
    }
}

/// Whether this may stand before the colon of a line: one or two words.
fn is_name(text: &str) -> bool {
    (1..=30).contains(&text.len())
        && text.split(' ').count() <= 2
        && text.chars().all(|c| c.is_alphabetic() || c == ' ')
}

#[cfg(test)]
mod tests {
    use super::*;

    type Parts<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a str);

    fn check(prompt: &str, expected: Option<Parts<'_>>) {
        let expected = expected.map(|(instruction, examples, query)| Shots {
            instruction: instruction.to_owned(),
            examples: examples.iter().map(|(q, a)| ((*q).to_owned(), (*a).to_owned())).collect(),
            query: query.to_owned(),
        });
        assert_eq!(Shots::read(prompt), expected, "{prompt}");
    }

    #[test]
    fn reads() {
        check("Say hello.", None);
        check("Is it so?\n\nText: a\nTone:", None);
        check("Q: a\nA: b\n\nQ: c\nA:", Some(("", &[("a", "b")], "c")));
        check("Do.\n\nQ: a\nA: b\n\nQ: c\nA: d\n\nQ: e\nA:\n", Some(("Do.", &[("a", "b"), ("c", "d")], "e")));
        check("Do.\n\nMore.\n\nQ: a\n\nb\nA: c\n\nd\n\nQ: e\n\nf\nA:", None);
        check("Do.\n\nQ: a\nA: c\n\nd\n\nQ: e\n\nf\nA:", Some(("Do.", &[("a", "c\n\nd")], "e\n\nf")));
        check("Do.\n\nNote: this\n\nQ: a\nA: b\n\nQ: c\nA:", Some(("Do.\n\nNote: this", &[("a", "b")], "c")));
        check("Do.\n\nQ: a\nA: b\n\nQ: it says\nA: no\nA:", Some(("Do.", &[("a", "b")], "it says\nA: no")));
    }

    #[test]
    fn a_conversation_stays_as_it_is() {
        let messages = vec![Message::system("Do."), Message::user("Q: a\nA: b\n\nQ: c\nA:")];
        assert_eq!(spread(messages.clone()), messages);
        let spread = spread(messages[1..].to_vec());
        assert_eq!(spread, [Message::user("a"), Message::assistant("b"), Message::user("c")]);
    }
}
