//! Cutting a text into passages of some hundred words: at paragraphs where it can be, at sentences where paragraphs
//! are long, at words where sentences are. A passage begins with the end of the one before, so that what lies across
//! a cut is found too.

/// How many characters a passage has at most.
const LONGEST: usize = 1_000;
/// How many characters of the passage before it may repeat.
const OVERLAP: usize = 150;

/// The passages of a text, in order.
pub fn cut(text: &str) -> Vec<String> {
    let mut passages: Vec<String> = Vec::new();
    let mut now = Passage::default();
    for piece in pieces(text) {
        if now.length > 0 && now.length + piece.length + 2 > LONGEST {
            let repeated = now.end(LONGEST.saturating_sub(piece.length + 2));
            passages.push(std::mem::take(&mut now).text);
            now = repeated;
        }
        now.add(&piece);
    }
    // What repeats the passage before and nothing else is none.
    if now.pieces.len() > now.repeated {
        passages.push(now.text);
    }
    passages
}

/// A part of a text that is not cut: a paragraph, a sentence, or some words of one.
#[derive(Clone)]
struct Piece {
    text: String,
    /// In characters.
    length: usize,
    /// Whether a paragraph begins with it.
    opens: bool,
}

#[derive(Default)]
struct Passage {
    text: String,
    length: usize,
    pieces: Vec<Piece>,
    /// How many of its pieces are of the passage before.
    repeated: usize,
}

impl Passage {
    fn add(&mut self, piece: &Piece) {
        if !self.text.is_empty() {
            let between = if piece.opens { "\n\n" } else { " " };
            self.text.push_str(between);
            self.length += between.len();
        }
        self.text.push_str(&piece.text);
        self.length += piece.length;
        self.pieces.push(piece.clone());
    }

    /// Its last sentences, as the beginning of the next.
    fn end(&self, room: usize) -> Self {
        let (room, mut length) = (room.min(OVERLAP), 0);
        let fits = |piece: &&Piece| {
            length += piece.length + 2;
            length <= room
        };
        let count = self.pieces.iter().rev().take_while(fits).count();
        let mut end = Self::default();
        for piece in &self.pieces[self.pieces.len() - count..] {
            end.add(piece);
        }
        end.repeated = count;
        end
    }
}

fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for paragraph in paragraphs(text) {
        let from = pieces.len();
        for sentence in sentences(&paragraph) {
            for part in parts(sentence) {
                let length = part.chars().count();
                pieces.push(Piece { text: part, length, opens: pieces.len() == from });
            }
        }
    }
    pieces
}

/// What empty lines part. A heading of Markdown stays with what follows it.
fn paragraphs(text: &str) -> Vec<String> {
    let mut paragraphs: Vec<String> = Vec::new();
    let (mut now, mut heads) = (String::new(), false);
    for line in text.lines().map(str::trim_end) {
        if line.trim().is_empty() {
            if !now.is_empty() && !heads {
                paragraphs.push(std::mem::take(&mut now));
            }
            continue;
        }
        let heading = line.starts_with('#');
        if heading && !heads && !now.is_empty() {
            paragraphs.push(std::mem::take(&mut now));
        }
        if !now.is_empty() {
            now.push('\n');
        }
        now.push_str(line);
        heads = heading;
    }
    if !now.is_empty() {
        paragraphs.push(now);
    }
    paragraphs
}

/// The sentences of a paragraph; one that is short is one piece.
fn sentences(paragraph: &str) -> Vec<&str> {
    if paragraph.chars().count() <= OVERLAP {
        return vec![paragraph.trim()];
    }
    let mut sentences = Vec::new();
    let (mut from, mut ended) = (0, false);
    for (at, letter) in paragraph.char_indices() {
        if ended && letter.is_whitespace() || letter == '\n' {
            sentences.push(paragraph[from..at].trim());
            from = at;
            ended = false;
        } else if matches!(letter, '。' | '！' | '？') {
            let end = at + letter.len_utf8();
            sentences.push(paragraph[from..end].trim());
            from = end;
        } else {
            // A quotation or bracket may close after the stop.
            ended = matches!(letter, '.' | '!' | '?' | '…')
                || ended && matches!(letter, '"' | '\'' | ')' | '”' | '’');
        }
    }
    sentences.push(paragraph[from..].trim());
    sentences.retain(|sentence| !sentence.is_empty());
    sentences
}

/// A sentence, or its parts where it is longer than a passage.
fn parts(sentence: &str) -> Vec<String> {
    if sentence.chars().count() <= LONGEST {
        return vec![sentence.to_owned()];
    }
    let mut parts = Vec::new();
    let (mut now, mut length) = (String::new(), 0);
    for word in sentence.split_whitespace() {
        for bit in bits(word) {
            let more = bit.chars().count();
            if length > 0 && length + 1 + more > LONGEST {
                parts.push(std::mem::take(&mut now));
                length = 0;
            }
            if length > 0 {
                now.push(' ');
                length += 1;
            }
            now.push_str(&bit);
            length += more;
        }
    }
    parts.push(now);
    parts
}

/// A word, or its bits where it is longer than a passage, as a text without spaces is.
fn bits(word: &str) -> Vec<String> {
    let letters: Vec<char> = word.chars().collect();
    letters.chunks(LONGEST).map(|bit| bit.iter().collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<&str> {
        text.split_whitespace().collect()
    }

    #[test]
    fn short_texts_are_one_passage() {
        assert_eq!(cut("  One line.  \n"), ["One line."]);
        assert_eq!(
            cut("# Refunds\n\nWithin 30 days.\n\nTo your card."),
            ["# Refunds\nWithin 30 days.\n\nTo your card."]
        );
        assert!(cut(" \n\n ").is_empty());
    }

    #[test]
    fn long_texts_are_cut_between_sentences_and_overlap() {
        let text: String =
            (0..60).map(|n| format!("Sentence number {n} says something of its own. ")).collect();
        let passages = cut(&text);
        assert!(passages.len() > 2);
        for pair in passages.windows(2) {
            assert!(pair[0].ends_with('.') && pair[0].chars().count() <= LONGEST, "{}", pair[0]);
            let first = pair[1].split_inclusive('.').next().unwrap();
            assert!(pair[0].contains(first.trim()), "{first} begins what was before");
        }
    }

    #[test]
    fn a_paragraph_stays_whole_where_it_fits() {
        let paragraph = |n: usize| format!("{}{n}", "word ".repeat(110));
        let text = format!("{}\n\n{}", paragraph(1), paragraph(2));
        assert_eq!(cut(&text), [paragraph(1), paragraph(2)]);
    }

    #[test]
    fn nothing_is_lost_and_nothing_is_too_long() {
        let letters: Vec<char> = "aé漢。.!? \n\n#\"x".chars().collect();
        let mut state = 7_u64;
        for round in 0..300 {
            let length = 1 + round * 11;
            let text: String = (0..length)
                .map(|_| {
                    state =
                        state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                    letters[usize::try_from(state >> 33).unwrap() % letters.len()]
                })
                .collect();
            let passages = cut(&text);
            assert!(passages.iter().all(|passage| passage.chars().count() <= LONGEST), "{round}");
            let all = passages.concat();
            for word in words(&text).iter().filter(|word| word.chars().count() < 20) {
                let first: String = word.chars().take_while(|c| !matches!(c, '。')).collect();
                assert!(all.contains(&first), "{round}: {word}");
            }
        }
        let endless = "x".repeat(2_500);
        assert_eq!(cut(&endless).iter().map(String::len).max(), Some(LONGEST));
    }
}
