//! Finding nodes by anything that they say, and names by a few of their letters.

use std::collections::HashSet;

use flow::address::name;
use flow::definition::Node;

use super::document::Document;
use super::walk;

/// The addresses of the nodes that match, in the order of the canvas. Words must all be there, in any order;
/// `is:invalid` and `is:unused` ask for a state. `invalid` names the nodes that have problems.
pub fn find(document: &Document, invalid: &HashSet<String>, query: &str) -> Vec<String> {
    let words: Vec<String> = query.split_whitespace().map(str::to_lowercase).collect();
    if words.is_empty() {
        return Vec::new();
    }
    let unused = |address: &str| {
        let around = document.around(address);
        around.is_some_and(|(body, own)| !body.connections.iter().any(|c| c.source == own || c.target == own))
    };
    let matches = |address: &String| {
        let Some(node) = document.node(address) else { return false };
        let text = text(document, address, node);
        words.iter().all(|word| match word.as_str() {
            "is:invalid" => invalid.contains(address),
            "is:unused" => unused(address),
            word => text.contains(word),
        })
    };
    walk::order(document).into_iter().filter(matches).collect()
}

/// Everything that a node says, in small letters. What is in a loop's body speaks for itself.
fn text(document: &Document, address: &str, node: &Node) -> String {
    let mut own = node.clone();
    if let Some(body) = own.body_mut() {
        *body = Default::default();
    }
    let said = serde_json::to_string(&own).unwrap_or_default();
    let note = document.extensions.node(address).note;
    format!("{} {said} {note}", node.kind.describe().label).to_lowercase()
}

/// How well a text answers to what was typed; none where it does not. Its letters must come in order; best are whole
/// words, then beginnings of words, then letters side by side.
pub fn rank(text: &str, query: &str) -> Option<i32> {
    let (text, query) = (text.to_lowercase(), query.trim().to_lowercase());
    if query.is_empty() {
        return Some(0);
    }
    if let Some(at) = text.find(&query) {
        let begins = at == 0 || !text[..at].ends_with(|c: char| c.is_alphanumeric());
        return Some(1_000 + if begins { 500 } else { 0 } - at as i32 - text.len() as i32 / 4);
    }
    let letters: Vec<char> = text.chars().collect();
    let (mut at, mut score, mut last) = (0, 0, None);
    for wanted in query.chars().filter(|c| !c.is_whitespace()) {
        let found = at + letters[at..].iter().position(|c| *c == wanted)?;
        let begins = found == 0 || !letters[found - 1].is_alphanumeric();
        score += if begins { 30 } else { 0 } + if last == found.checked_sub(1) { 15 } else { 0 };
        last = Some(found);
        at = found + 1;
    }
    Some(score - letters.len() as i32 / 4)
}

/// The items that answer to what was typed, the best first; those alike stay in their order.
pub fn best<T: Clone>(items: &[T], query: &str, text: impl Fn(&T) -> String) -> Vec<T> {
    let mut found: Vec<(i32, T)> =
        items.iter().filter_map(|item| Some((rank(&text(item), query)?, item.clone()))).collect();
    if !query.trim().is_empty() {
        found.sort_by_key(|(score, _)| -score);
    }
    found.into_iter().map(|(_, item)| item).collect()
}

/// What is said of a hit: its name, and where it is.
pub fn words(address: &str, at: usize, of: usize) -> String {
    format!("{}, {} of {of}", name(address), at + 1)
}

#[cfg(test)]
mod tests {
    use flow::definition::NodeType;
    use flow::extensions::Position;
    use proptest::prelude::*;

    use super::*;
    use crate::editor::{change, prompt};

    #[test]
    fn finds_by_name_kind_text_and_state() {
        let mut document = Document::default();
        change::add(&mut document, NodeType::Input, Position::default(), "m").unwrap();
        let at = Position { x: 300.0, y: 0.0 };
        let asks = change::add(&mut document, NodeType::Prompt, at, "m").unwrap();
        prompt::set_text(&mut document, &asks, 0, "Where is the Parcel?", None);
        let found = |query: &str| find(&document, &HashSet::from([asks.clone()]), query);
        assert_eq!(found("parcel"), std::slice::from_ref(&asks));
        assert_eq!(found("prompt PARCEL"), std::slice::from_ref(&asks));
        assert_eq!(found("is:invalid"), std::slice::from_ref(&asks));
        assert_eq!(found("is:unused input").first().unwrap(), "FlowInputNode");
        assert!(found("nowhere").is_empty() && found(" ").is_empty());
    }

    #[test]
    fn a_beginning_goes_before_letters_in_between() {
        let kinds = ["Knowledge base", "Lambda function", "Loop", "Condition", "Collector"];
        let best = |query: &str| best(&kinds, query, |kind| (*kind).to_owned());
        assert_eq!(best("lo")[0], "Loop");
        assert_eq!(best("kb")[0], "Knowledge base");
        assert_eq!(best("con")[0], "Condition");
        assert_eq!(best("").len(), 5);
        assert!(best("zz").is_empty());
    }

    proptest! {
        #[test]
        fn every_text_answers_to_its_own_letters(text in "[a-z ]{1,20}", keep in prop::collection::vec(any::<bool>(), 20)) {
            let part: String = text.chars().zip(keep).filter(|(_, keep)| *keep).map(|(c, _)| c).collect();
            prop_assert!(rank(&text, &part).is_some());
        }
    }
}
