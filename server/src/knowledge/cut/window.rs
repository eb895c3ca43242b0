//! Passages of one size, cut between words: pieces of the text as it stands.

/// The passages of a text, in order. Each but the first begins with at most `overlap` characters of the one before,
/// and without what is repeated they are the text again, save for white space at their ends.
pub(super) fn slide(text: &str, longest: usize, overlap: usize) -> Vec<String> {
    let text = text.trim_end();
    // Where each character begins, and the end.
    let marks: Vec<usize> =
        text.char_indices().map(|(at, _)| at).chain(std::iter::once(text.len())).collect();
    let is_space = |at: usize| text[marks[at]..].starts_with(char::is_whitespace);
    let count = marks.len() - 1;
    let (mut from, mut covered, mut passages) = (0, 0, Vec::new());
    while from < count {
        let mut end = end(from, longest, count, &is_space);
        if end <= covered || text[marks[covered]..marks[end]].trim().is_empty() {
            // What only repeats is no passage: where the next word is long or far, nothing is repeated.
            from = (covered..count).find(|at| !is_space(*at)).unwrap_or(count);
            end = self::end(from, longest, count, &is_space);
        }
        covered = end;
        let passage = text[marks[from]..marks[end]].trim();
        if !passage.is_empty() {
            passages.push(passage.to_owned());
        }
        if end == count {
            break;
        }
        from = begin(from, end, overlap, &is_space);
    }
    passages
}

/// Where the passage ends that begins here: after its last word that fits, or within one that is too long.
fn end(from: usize, longest: usize, count: usize, is_space: &impl Fn(usize) -> bool) -> usize {
    let furthest = from + longest;
    if furthest >= count {
        return count;
    }
    (from + 1..=furthest).rev().find(|at| is_space(*at)).unwrap_or(furthest)
}

/// Where the next passage begins: at a word within the end of this one, so that it goes on further than this one did.
fn begin(from: usize, end: usize, overlap: usize, is_space: &impl Fn(usize) -> bool) -> usize {
    let earliest = end.saturating_sub(overlap).max(from + 1);
    (earliest..end).find(|at| is_space(at - 1)).unwrap_or(end)
}
