//! The kinds that this person added last, which lists offer first.

use flow::definition::NodeType;

use crate::ui::browser;

const KEY: &str = "anabranch.recent";
/// How many are remembered.
const MOST: usize = 4;

/// Remembers a kind that was added.
pub fn remember(kind: NodeType) {
    let mut kinds = known();
    kinds.retain(|known| *known != kind);
    kinds.insert(0, kind);
    kinds.truncate(MOST);
    let words: Vec<String> = kinds.into_iter().map(word).collect();
    browser::store(KEY, Some(&words.join(" ")));
}

/// The same items, those of the kinds that were added last in front.
pub fn first<T>(items: Vec<T>, kind: impl Fn(&T) -> Option<NodeType>) -> Vec<T> {
    ranked(items, &known(), kind)
}

fn known() -> Vec<NodeType> {
    let text = browser::stored(KEY).unwrap_or_default();
    text.split(' ')
        .filter_map(|word| NodeType::ALL.into_iter().find(|kind| self::word(*kind) == word))
        .collect()
}

fn word(kind: NodeType) -> String {
    format!("{kind:?}")
}

fn ranked<T>(mut items: Vec<T>, known: &[NodeType], kind: impl Fn(&T) -> Option<NodeType>) -> Vec<T> {
    let rank = |item: &T| known.iter().position(|known| Some(*known) == kind(item)).unwrap_or(known.len());
    items.sort_by_key(rank);
    items
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_come_first_and_the_rest_keep_their_order() {
        let kinds = vec![NodeType::Prompt, NodeType::Condition, NodeType::Output];
        let known = [NodeType::Output, NodeType::Lex];
        let ranked = ranked(kinds, &known, |kind| Some(*kind));
        assert_eq!(ranked, [NodeType::Output, NodeType::Prompt, NodeType::Condition]);
    }
}
