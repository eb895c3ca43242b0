//! What keeps a text from being JSON, in words that say what to do.
//!
//! Always holds: a text without a fault is JSON, and an empty one has none. The text is read once, without recursion.

/// The first thing that is no JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Bytes of the text, start and end.
    pub span: (usize, usize),
    pub message: &'static str,
}

/// Why a text is no JSON.
pub fn fault(text: &str) -> Option<Fault> {
    if text.trim().is_empty() {
        return None;
    }
    let mut reader = Reader { text, at: 0, open: Vec::new(), comma: None };
    let mut next = Next::Value;
    loop {
        reader.blank();
        next = match reader.step(next) {
            Ok(Some(next)) => next,
            Ok(None) => return None,
            Err(fault) => return Some(fault),
        };
    }
}

/// What has to come.
#[derive(Clone, Copy, PartialEq)]
enum Next {
    Value,
    /// Right after `[`.
    FirstItem,
    /// Right after `{`.
    FirstKey,
    Key,
    Colon,
    /// A comma, or the end of what is open.
    More,
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    /// The brackets that are open, each with its place.
    open: Vec<(u8, usize)>,
    /// The last comma.
    comma: Option<usize>,
}

type Read<T> = Result<T, Fault>;

impl Reader<'_> {
    /// Reads one thing and says what comes then; none at the end.
    fn step(&mut self, next: Next) -> Read<Option<Next>> {
        let Some(letter) = self.peek() else {
            return match (next, self.open.last()) {
                (Next::More, None) => Ok(None),
                (_, Some(&(b'{', at))) => Err(fault_at(at, 1, "This { is not closed. Write } at its end.")),
                (_, Some(&(_, at))) => Err(fault_at(at, 1, "This [ is not closed. Write ] at its end.")),
                (_, None) => Err(self.here("Something is missing at the end.")),
            };
        };
        match (next, letter) {
            (Next::FirstItem | Next::More, b']') | (Next::FirstKey | Next::More, b'}') => self.close(letter),
            (Next::Value, b']' | b'}') | (Next::Key, b'}') => Err(self.nothing_before()),
            (Next::Value | Next::FirstItem, _) => self.value(letter),
            (Next::FirstKey | Next::Key, b'"') => self.string().map(|()| Some(Next::Colon)),
            (Next::FirstKey | Next::Key, _) => Err(self.word("A name in double quotes comes here.")),
            (Next::Colon, b':') => self.take(1, Next::Value),
            (Next::Colon, _) => Err(self.word("Write a colon between the name and its value.")),
            (Next::More, b',') if !self.open.is_empty() => self.separate(),
            (Next::More, _) if self.open.is_empty() => {
                Err(self.word("The JSON is over before this. Take it out."))
            }
            (Next::More, _) => Err(self.word("Write a comma before this.")),
        }
    }

    fn value(&mut self, letter: u8) -> Read<Option<Next>> {
        match letter {
            b'{' | b'[' => {
                self.open.push((letter, self.at));
                self.take(1, if letter == b'{' { Next::FirstKey } else { Next::FirstItem })
            }
            b'"' => self.string().map(|()| Some(Next::More)),
            b'-' | b'0'..=b'9' => self.number(),
            b'\'' => Err(self.word("Texts stand in double quotes: write \" in the place of '.")),
            b'/' | b'#' => Err(self.word("JSON has no comments. Take it out.")),
            b',' => Err(self.word("A value is missing before this comma.")),
            _ => match self.rest_of_word() {
                word @ ("true" | "false" | "null") => self.take(word.len(), Next::More),
                "True" | "False" | "None" | "undefined" | "NaN" => {
                    Err(self.word("JSON knows true, false and null, in small letters."))
                }
                _ => Err(self.word("Write a text in double quotes.")),
            },
        }
    }

    fn string(&mut self) -> Read<()> {
        let from = self.at;
        let mut bytes = self.text.as_bytes()[from + 1..].iter().enumerate();
        while let Some((at, byte)) = bytes.next() {
            let here = from + 1 + at;
            match byte {
                b'"' => {
                    self.at = here + 1;
                    return Ok(());
                }
                b'\\' => self.escape(here, bytes.next().map(|(_, byte)| *byte))?,
                0..0x20 => break,
                _ => {}
            }
        }
        let length = self.text[from..].lines().next().map_or(1, str::len);
        Err(fault_at(
            from,
            length,
            "This text is not closed on its line. Write \" at its end, and \\n for a new line.",
        ))
    }

    /// What follows a backslash.
    fn escape(&self, at: usize, letter: Option<u8>) -> Read<()> {
        match letter {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') | None => Ok(()),
            Some(b'u') => {
                let digits = self.text.as_bytes().get(at + 2..at + 6);
                match digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit)) {
                    true => Ok(()),
                    false => Err(fault_at(at, 2, "Four hexadecimal digits come after \\u.")),
                }
            }
            Some(_) => Err(fault_at(at, 1, "Write \\\\ for a backslash.")),
        }
    }

    fn number(&mut self) -> Read<Option<Next>> {
        let word = self.rest_of_word();
        match serde_json::from_str::<serde_json::Number>(word).is_ok() {
            true => self.take(word.len(), Next::More),
            false => Err(self
                .word("This is no number of JSON. Write it like 7, -1.5 or 1e6, a text in double quotes.")),
        }
    }

    fn close(&mut self, letter: u8) -> Read<Option<Next>> {
        match (self.open.pop(), letter) {
            (Some((b'{', _)), b'}') | (Some((b'[', _)), b']') => self.take(1, Next::More),
            (Some((b'{', _)), _) => Err(self.word("A } is missing before this ].")),
            (Some(_), _) => Err(self.word("A ] is missing before this }.")),
            (None, _) => Err(self.word("Nothing is open that this could close. Take it out.")),
        }
    }

    fn separate(&mut self) -> Read<Option<Next>> {
        self.comma = Some(self.at);
        let is_object = self.open.last().is_some_and(|(bracket, _)| *bracket == b'{');
        self.take(1, if is_object { Next::Key } else { Next::Value })
    }

    /// A bracket closes where a value should be: after a comma too many, or after a colon.
    fn nothing_before(&self) -> Fault {
        let before = self.text[..self.at].trim_end().len();
        match self.comma.filter(|comma| comma + 1 == before) {
            Some(comma) => fault_at(comma, 1, "Take this comma out: nothing comes after it."),
            None => self.word("A value is missing before this."),
        }
    }

    fn take(&mut self, length: usize, next: Next) -> Read<Option<Next>> {
        self.at += length;
        Ok(Some(next))
    }

    fn blank(&mut self) {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start_matches([' ', '\t', '\n', '\r']).len();
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// What stands here up to a blank or a sign of JSON.
    fn rest_of_word(&self) -> &str {
        let rest = &self.text[self.at..];
        let ends = |letter: char| letter.is_whitespace() || "{}[],:\"".contains(letter);
        &rest[..rest.find(ends).unwrap_or(rest.len())]
    }

    /// A fault of the word that stands here.
    fn word(&self, message: &'static str) -> Fault {
        let letter = self.text[self.at..].chars().next().map_or(0, char::len_utf8);
        fault_at(self.at, self.rest_of_word().len().max(letter), message)
    }

    fn here(&self, message: &'static str) -> Fault {
        fault_at(self.at, 0, message)
    }
}

fn fault_at(at: usize, length: usize, message: &'static str) -> Fault {
    Fault { span: (at, at + length), message }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn each_fault_is_where_it_is_and_says_what_to_do() {
        for (text, wrong, message) in [
            ("{\"a\": 1,}", ",", "Take this comma out"),
            ("[1, 2, ]", ",", "Take this comma out"),
            ("{\"a\": }", "}", "A value is missing before this."),
            ("{'a': 1}", "'a'", "A name in double quotes"),
            ("{\"a\": 'b'}", "'b'", "Texts stand in double quotes"),
            ("{\"a\": b}", "b", "Write a text in double quotes."),
            ("{\"a\": True}", "True", "small letters"),
            ("{\"a\" 1}", "1", "Write a colon"),
            ("{\"a\": 1 \"b\": 2}", "\"", "Write a comma before this."),
            ("[1", "[", "This [ is not closed."),
            ("{\"a\": [1]", "{", "This { is not closed."),
            ("{\"a\": 1]", "]", "A } is missing before this ]."),
            ("[1}", "}", "A ] is missing before this }."),
            ("1]", "]", "Nothing is open"),
            ("{} {}", "{", "The JSON is over before this."),
            ("[01]", "01", "This is no number"),
            ("[1.]", "1.", "This is no number"),
            ("\"a", "\"a", "This text is not closed"),
            ("\"a\nb\"", "\"a", "This text is not closed"),
            ("\"\\d\"", "\\", "Write \\\\ for a backslash."),
            ("\"\\u12\"", "\\u", "Four hexadecimal digits"),
            ("[1 // two\n]", "//", "Write a comma before this."),
            ("// one\n1", "//", "JSON has no comments."),
            ("[,1]", ",", "A value is missing before this comma."),
        ] {
            let found = fault(text).unwrap_or_else(|| panic!("{text} has no fault"));
            assert_eq!(&text[found.span.0..found.span.1], wrong, "{text}: {}", found.message);
            assert!(found.message.contains(message), "{text}: {}", found.message);
        }
        for text in ["", " \n", "{}", " [1, -2.5e3, \"é\\u00e9\\n\", {\"a\": null}] ", "true", "\"a\\\\\""] {
            assert_eq!(fault(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn it_agrees_with_the_parser(text in "[{}\\[\\],:\"'tru0-9.e\\\\n a\u{e9}-]{0,24}") {
            let is_json = serde_json::from_str::<serde_json::Value>(&text).is_ok() || text.trim().is_empty();
            prop_assert_eq!(fault(&text).is_none(), is_json, "{}", text);
        }

        #[test]
        fn no_text_makes_it_panic(text in any::<String>()) {
            fault(&text);
        }
    }
}
