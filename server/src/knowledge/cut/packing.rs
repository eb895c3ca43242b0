//! Packing the paragraphs or sentences of a text into passages: at paragraphs where it can be, at sentences where
//! paragraphs are long, at words where sentences are.

/// How passages are packed.
#[derive(Clone, Copy)]
pub(super) struct Measure {
    /// How many characters a passage has at most.
    pub longest: usize,
    /// How many characters of the passage before it may repeat.
    pub overlap: usize,
    /// How many characters a paragraph has at most that is never taken apart.
    pub short: usize,
    pub unit: Unit,
}

/// What stays whole where it can.
#[derive(Clone, Copy)]
pub(super) enum Unit {
    Paragraphs,
    /// Sentences, of which so many are repeated at most.
    Sentences(usize),
}

/// The passages of a text, in order.
pub(super) fn pack(text: &str, measure: Measure) -> Vec<String> {
    let mut passages: Vec<String> = Vec::new();
    let mut now = Passage::default();
    for piece in pieces(text, measure) {
        if now.length > 0 && now.length + piece.length + 2 > measure.longest {
            let repeated = now.end(measure, measure.longest.saturating_sub(piece.length + 2));
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
    /// What stood before it: an empty line, the end of a line, or a space.
    before: &'static str,
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
            self.text.push_str(piece.before);
            self.length += piece.before.len();
        }
        self.text.push_str(&piece.text);
        self.length += piece.length;
        self.pieces.push(piece.clone());
    }

    /// Its last sentences, as the beginning of the next.
    fn end(&self, measure: Measure, room: usize) -> Self {
        let (room, mut length) = (room.min(measure.overlap), 0);
        let most = match measure.unit {
            Unit::Paragraphs => usize::MAX,
            Unit::Sentences(most) => most,
        };
        let fits = |piece: &&Piece| {
            length += piece.length + 2;
            length <= room
        };
        let count = self.pieces.iter().rev().take(most).take_while(fits).count();
        let mut end = Self::default();
        for piece in &self.pieces[self.pieces.len() - count..] {
            end.add(piece);
        }
        end.repeated = count;
        end
    }
}

fn pieces(text: &str, measure: Measure) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for paragraph in paragraphs(text) {
        let from = pieces.len();
        for (begins_line, sentence) in sentences(&paragraph, measure) {
            for (at, text) in parts(sentence, measure.longest).into_iter().enumerate() {
                let before = match (pieces.len() == from, begins_line && at == 0) {
                    (true, _) => "\n\n",
                    (false, true) => "\n",
                    (false, false) => " ",
                };
                pieces.push(Piece { length: text.chars().count(), text, before });
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

/// The sentences of a paragraph, and whether each begins a line; a paragraph that is short is one.
fn sentences(paragraph: &str, measure: Measure) -> Vec<(bool, &str)> {
    let whole = matches!(measure.unit, Unit::Paragraphs) && paragraph.chars().count() <= measure.short;
    if whole {
        return vec![(true, paragraph.trim())];
    }
    let mut sentences = Vec::new();
    let (mut from, mut ended, mut begins_line) = (0, false, true);
    for (at, letter) in paragraph.char_indices() {
        let heading = letter == '\n' && paragraph[from..at].trim_start().starts_with('#');
        if ended && letter.is_whitespace() || letter == '\n' && !heading {
            sentences.push((begins_line, paragraph[from..at].trim()));
            (from, ended, begins_line) = (at, false, letter == '\n');
        } else if matches!(letter, '。' | '！' | '？') {
            let end = at + letter.len_utf8();
            sentences.push((begins_line, paragraph[from..end].trim()));
            (from, begins_line) = (end, false);
        } else {
            // A quotation or bracket may close after the stop.
            ended = matches!(letter, '.' | '!' | '?' | '…')
                || ended && matches!(letter, '"' | '\'' | ')' | '”' | '’');
        }
    }
    sentences.push((begins_line, paragraph[from..].trim()));
    sentences.retain(|(_, sentence)| !sentence.is_empty());
    sentences
}

/// A sentence, or its parts where it is longer than a passage.
fn parts(sentence: &str, longest: usize) -> Vec<String> {
    if sentence.chars().count() <= longest {
        return vec![sentence.to_owned()];
    }
    let mut parts = Vec::new();
    let (mut now, mut length) = (String::new(), 0);
    for word in sentence.split_whitespace() {
        for bit in bits(word, longest) {
            let more = bit.chars().count();
            if length > 0 && length + 1 + more > longest {
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
fn bits(word: &str, longest: usize) -> Vec<String> {
    let letters: Vec<char> = word.chars().collect();
    letters.chunks(longest).map(|bit| bit.iter().collect()).collect()
}
