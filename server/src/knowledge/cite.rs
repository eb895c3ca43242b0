//! Which part of an answer is from which passage.
//!
//! A model that is asked to puts the numbers of passages in brackets behind what it says. Those are taken out as the
//! answer comes and become citations. Small models do not keep to that: where an answer has none, each sentence is
//! taken to be from the passage that has most of its words, if it has most of them.
//!
//! Always holds: what is told of a text is its text without the brackets, whatever pieces it comes in; places are counted
//! in characters of that.

use flow::node::knowledge_base::Passage;
use flow::wire::Cited;

use super::words;

/// The longest that a mark can be, as in `[12, 13]`; what is longer is text.
const LONGEST_MARK: usize = 40;
/// How many of a sentence's words a passage must have, of ten.
const MOST_WORDS: usize = 6;

/// What is told of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    Text(String),
    Cited(Cited),
}

/// Reads an answer as it comes.
#[derive(Debug)]
pub struct Citer {
    passages: Vec<Passage>,
    /// What may be the beginning of a mark, with the space before it.
    held: String,
    /// The answer without marks.
    told: String,
    /// In characters.
    length: usize,
    /// Where what is not cited yet begins.
    from: usize,
    /// The passages of the marks that have just been read.
    marked: Vec<usize>,
    has_marks: bool,
}

impl Citer {
    pub fn new(passages: Vec<Passage>) -> Self {
        let (held, told) = (String::new(), String::new());
        Self { passages, held, told, length: 0, from: 0, marked: Vec::new(), has_marks: false }
    }

    /// Takes a piece of the answer.
    pub fn push(&mut self, piece: &str) -> Vec<Part> {
        let mut parts = Vec::new();
        for letter in piece.chars() {
            self.take(letter, &mut parts);
        }
        parts
    }

    /// The rest, when the answer is whole.
    pub fn end(mut self) -> (Vec<Part>, String) {
        let mut parts = Vec::new();
        let held = std::mem::take(&mut self.held);
        let rest = if self.marked.is_empty() { held.as_str() } else { held.trim_end() };
        self.tell(rest, &mut parts);
        self.cite(&mut parts);
        if !self.has_marks {
            parts.extend(by_words(&self.told, &self.passages).into_iter().map(Part::Cited));
        }
        (parts, self.told)
    }

    fn take(&mut self, letter: char, parts: &mut Vec<Part>) {
        let begun = self.held.trim_start().starts_with('[');
        match letter {
            ']' if begun => {
                self.held.push(letter);
                self.close(parts);
            }
            '[' if !begun => self.held.push(letter),
            _ if begun && self.held.len() < LONGEST_MARK && is_of_mark(letter) => self.held.push(letter),
            // The space before a mark goes with it.
            ' ' if !begun && self.held.is_empty() => self.held.push(letter),
            // A full stop behind a mark belongs to what the mark is of.
            '.' | '!' | '?' | ',' | ';' | ':' if self.held.is_empty() && !self.marked.is_empty() => {
                self.tell(letter.encode_utf8(&mut [0; 4]), parts);
            }
            _ => {
                let held = std::mem::take(&mut self.held);
                self.cite(parts);
                self.tell(&held, parts);
                if letter == ' ' || letter == '[' {
                    self.held.push(letter);
                } else {
                    self.tell(letter.encode_utf8(&mut [0; 4]), parts);
                }
            }
        }
    }

    /// A bracket that closes: a mark where it has numbers of passages, else text.
    fn close(&mut self, parts: &mut Vec<Part>) {
        let held = std::mem::take(&mut self.held);
        let inside = held.trim().trim_matches(['[', ']']);
        let inside = inside.trim_start_matches("Passage").trim_start_matches("passage");
        let numbers: Option<Vec<usize>> =
            inside.split([',', ' ']).filter(|part| !part.is_empty()).map(|part| part.parse().ok()).collect();
        let known = |number: &usize| (1..=self.passages.len()).contains(number);
        match numbers {
            Some(numbers) if !numbers.is_empty() => {
                // A number that no passage has is a mistake of the model's, and says nothing.
                self.has_marks = true;
                for number in numbers.into_iter().filter(known) {
                    if !self.marked.contains(&(number - 1)) {
                        self.marked.push(number - 1);
                    }
                }
            }
            _ => {
                self.cite(parts);
                self.tell(&held, parts);
            }
        }
    }

    fn tell(&mut self, text: &str, parts: &mut Vec<Part>) {
        if text.is_empty() {
            return;
        }
        self.told.push_str(text);
        self.length += text.chars().count();
        match parts.last_mut() {
            Some(Part::Text(last)) => last.push_str(text),
            _ => parts.push(Part::Text(text.to_owned())),
        }
    }

    /// What was said since the last citation is from the passages whose marks were read.
    fn cite(&mut self, parts: &mut Vec<Part>) {
        if self.marked.is_empty() {
            return;
        }
        let space = self.told.chars().skip(self.from).take_while(|c| c.is_whitespace()).count();
        let from = self.from + space;
        let passages = std::mem::take(&mut self.marked);
        if from < self.length {
            parts.push(Part::Cited(Cited { from, to: self.length, passages }));
        }
        self.from = self.length;
    }
}

fn is_of_mark(letter: char) -> bool {
    letter.is_ascii_digit() || matches!(letter, ',' | ' ') || "Passagep".contains(letter)
}

/// The sentences of an answer, and of each the passage that has most of its words.
fn by_words(text: &str, passages: &[Passage]) -> Vec<Cited> {
    let known: Vec<Vec<String>> = passages.iter().map(|passage| all_words(&passage.text)).collect();
    let mut cited = Vec::new();
    for (from, to, sentence) in sentences(text) {
        let own = words(&sentence);
        let has = |words: &Vec<String>| own.iter().filter(|word| words.contains(word)).count();
        let best = known.iter().map(has).enumerate().max_by_key(|(at, count)| (*count, usize::MAX - at));
        if let Some((at, count)) = best
            && count > 0
            && count * 10 >= own.len() * MOST_WORDS
        {
            cited.push(Cited { from, to, passages: vec![at] });
        }
    }
    cited
}

fn all_words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

/// Each sentence with the places of its first character and behind its last.
fn sentences(text: &str) -> Vec<(usize, usize, String)> {
    let letters: Vec<char> = text.chars().collect();
    let (mut found, mut from) = (Vec::new(), 0);
    for at in 0..letters.len() {
        let ends = matches!(letters[at], '.' | '!' | '?' | '\n' | '。')
            && letters.get(at + 1).is_none_or(|next| next.is_whitespace());
        if !(ends || at + 1 == letters.len()) {
            continue;
        }
        let first = (from..=at).find(|at| !letters[*at].is_whitespace());
        if let Some(first) = first {
            found.push((first, at + 1, letters[first..=at].iter().collect()));
        }
        from = at + 1;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passages() -> Vec<Passage> {
        ["Returns are taken within 30 days.", "Delivery is free from 40 euros.", "The shop opens at nine."]
            .map(|text| Passage { text: text.to_owned(), ..Passage::default() })
            .to_vec()
    }

    /// What is told of an answer in pieces of this many characters.
    fn told(answer: &str, piece: usize) -> (String, Vec<(String, Vec<usize>)>) {
        let mut citer = Citer::new(passages());
        let letters: Vec<char> = answer.chars().collect();
        let mut parts: Vec<Part> =
            letters.chunks(piece).flat_map(|piece| citer.push(&piece.iter().collect::<String>())).collect();
        let (rest, whole) = citer.end();
        parts.extend(rest);
        let (mut text, mut cited) = (String::new(), Vec::new());
        for part in parts {
            match part {
                Part::Text(more) => text.push_str(&more),
                Part::Cited(Cited { from, to, passages }) => {
                    cited.push((text.chars().skip(from).take(to - from).collect(), passages));
                }
            }
        }
        assert_eq!(text, whole);
        (text, cited)
    }

    #[test]
    fn marks_become_citations_whatever_the_pieces_are() {
        for piece in [1, 2, 3, 7, 100] {
            for (answer, text, cited) in [
                ("30 days [1].", "30 days.", vec![("30 days.", vec![0])]),
                ("30 days. [1]", "30 days.", vec![("30 days.", vec![0])]),
                (
                    "It is 30 days [1]. Free from 40 [2][3]! Yes.",
                    "It is 30 days. Free from 40! Yes.",
                    vec![("It is 30 days.", vec![0]), ("Free from 40!", vec![1, 2])],
                ),
                ("Ü 漢 [1, 3] b", "Ü 漢 b", vec![("Ü 漢", vec![0, 2])]),
                ("So [Passage 2].", "So.", vec![("So.", vec![1])]),
                ("No such [9].", "No such.", vec![]),
                ("An [x] and [12", "An [x] and [12", vec![]),
                ("a [[1]]", "a []", vec![("a [", vec![0])]),
                ("[1]", "", vec![]),
            ] {
                let (found, by) = told(answer, piece);
                let by: Vec<(&str, Vec<usize>)> =
                    by.iter().map(|(text, by)| (text.as_str(), by.clone())).collect();
                assert_eq!((found.as_str(), by), (text, cited), "{answer} in {piece}");
            }
        }
    }

    #[test]
    fn without_marks_words_tell() {
        let (_, cited) =
            told("Returns are taken within 30 days. Ask your dentist! The shop opens at nine", 5);
        assert_eq!(
            cited,
            [
                ("Returns are taken within 30 days.".to_owned(), vec![0]),
                ("The shop opens at nine".to_owned(), vec![2])
            ]
        );
        assert!(told("", 1).1.is_empty() && told("...", 1).1.is_empty());
    }
}
